"""From signature to steady state: how the work moves, and what moving it costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from bposim.discounting import change
from bposim.inputs.money import Amount
from bposim.inputs.number import Months, NonNegative, Share
from bposim.inputs.streams import uniform_open
from bposim.legs.course import Course
from bposim.operations import Line, Staffing, until
from bposim.part import Part, Real, complaint
from bposim.shapes import FloatArray, Path, Vector, positive_part, product
from bposim.world.world import World

STEEPNESS = 10.0
"""Of the logistic ramp: half of its work moves in the middle 22 % of its time."""


class Pilot(Part):
    """A part of the work goes first."""

    share: Share
    """Part of the leg's work that moves at go-live."""
    months: Months
    """Months until the rest starts to follow."""


class ParallelRun(Part):
    """The old team stays on for a while beside the new one."""

    months: Months
    """How long a released part is kept staffed."""
    intensity: Share = 1.0
    """Part of it that is kept."""


class OneOffs(Part):
    """Costs of the move itself, paid once; knowledge transfer and integration run until go-live."""

    selection: Amount | None = None
    legal: Amount | None = None
    travel: Amount | None = None
    retention: Amount | None = None
    """Bonuses that keep key people until hand-over."""
    other: Amount | None = None
    knowledge_transfer: Amount | None = None
    integration: Amount | None = None


class Severance(Part):
    """Cost of each FTE that the move makes redundant.

    Weeks of pay: weeks_of_pay + min(max(weeks_per_year × tenure, min_weeks), max_weeks).
    """

    weeks_of_pay: NonNegative = 0.0
    """Severance in weeks of salary at the time, whatever the tenure."""
    weeks_per_year: NonNegative = 0.0
    """Weeks of salary for each year of tenure."""
    tenure: NonNegative = 0.0
    """Mean years of service of those who go."""
    min_weeks: NonNegative = 0.0
    """Least weeks by tenure."""
    max_weeks: NonNegative | None = None
    """Most weeks by tenure; it prevails over the least."""
    per_fte: Amount | None = None
    """Outplacement and other fixed cost of each."""
    redeployed: Share = 0.0
    """Part of the people who find other work in the company."""

    @property
    def weeks(self) -> Vector:
        """Weeks of pay for each FTE, a float or ``(trials,)``."""
        by_tenure = np.maximum(self.weeks_per_year * self.tenure, self.min_weeks)
        most = np.inf if self.max_weeks is None else self.max_weeks
        return self.weeks_of_pay + np.minimum(by_tenure, most)


class Learning(Part):
    """A new team's effort and errors are 1 + extra · e^{-(t-G)/τ} of a practised one's."""

    extra: NonNegative
    """λ: 0.25 means a quarter more effort at go-live."""
    fades: Months
    """τ, months until the extra has fallen to 37 %."""


class Stranded(Part):
    """Overhead that stays when the people are gone."""

    share: Share
    """Part of the released overhead that cannot be saved at once."""
    half_life: Months
    """Months until half of it is gone."""


class Morale(Part):
    """From announcement to the end of the ramp the old team works less well and leaves faster."""

    productivity_loss: Share = 0.0
    """m: 0.05 means 5 % less done."""
    attrition_factor: NonNegative = 1.0
    """k: 1.25 means a quarter more leavers."""
    announced: Months = 0.0
    """Months from signature to the announcement."""


class FailedTransition(Part):
    """The move is given up: work that has moved goes back to the baseline's legs, the rest stays there."""

    probability: Share
    """That this happens at all."""
    month: Months
    """Months from signature until the move is given up; before go-live no work has moved."""
    recovery_months: Months = 0.0
    """Months from then until the baseline's legs do the work again; continuity applies to what had moved."""
    return_cost: Amount | None = None
    """One-off cost of the return, paid in that month."""

    def sample(self, rng: np.random.Generator, trials: int) -> FloatArray:
        """Return the uniform mark of each trial, ``(trials,)``."""
        return uniform_open(rng, (trials,))

    def month_of(self, mark: FloatArray) -> FloatArray:
        """Return the month of failure, infinite where the move succeeds."""
        return np.where(mark < self.probability, self.month, np.inf)


class Transition(Part):
    """Go-live G = planned + delay; the live share s(t) then climbs from the pilot to 1."""

    planned: Months
    """Months from signature to go-live."""
    delay: Months = 0.0
    """Further months, uncertain and never negative."""
    pilot: Pilot | None = None
    ramp_months: Months = 0.0
    """Months of the climb from the pilot share to all of the work; with waves, from the first to the last."""
    ramp: Literal["linear", "logistic"] = "linear"
    """Evenly, or slowly at both ends of the ramp."""
    waves: Annotated[list[Annotated[Real, Field(ge=0, le=1)]], Field(min_length=1)] | None = None
    """Part of the climb done after each wave, [25%, 50%, 75%, 100%], the waves evenly over the ramp."""
    parallel_run: ParallelRun | None = None
    one_off: OneOffs = OneOffs()
    overrun: NonNegative = 1.0
    """Factor on all one-off costs: 1.2 means 20 % over budget."""
    severance: Severance | None = None
    learning: Learning | None = None
    stranded_overhead: Stranded | None = None
    morale: Morale | None = None
    scope: Share = 1.0
    """κ: part of the old team's risk exposure that really moves with the work."""
    failure: FailedTransition | None = None
    """The transition may fail and the work return."""

    @model_validator(mode="after")
    def _waves_climb(self) -> Self:
        if self.waves is None:
            return self
        if self.waves != sorted(self.waves) or self.waves[-1] != 1.0:
            raise complaint("bp_waves", "waves are cumulated parts; write them rising, the last one 100%")
        if self.ramp == "logistic":
            raise complaint("bp_waves", "waves and a logistic ramp exclude each other; keep one of them")
        return self

    @property
    def go_live(self) -> Path:
        """G, months from signature; a float or ``(trials,)``."""
        return self.planned + self.delay

    def moving_months(self, horizon: int) -> int:
        """Return a month after which nothing moves or is kept beside, 2 or more if the horizon is."""
        pilot = self.pilot.months if self.pilot else 0.0
        beside = self.parallel_run.months if self.parallel_run else 0.0
        end = float(np.max(self.go_live + pilot + self.ramp_months + beside))
        return min(horizon, max(2, math.floor(min(end, horizon)) + 1))

    def live_share(self, month: Path) -> Path:
        """Return s(t): 0 until G, the pilot's share for its months, then a climb to 1."""
        elapsed = month - self.go_live
        share, pilot = (self.pilot.share, self.pilot.months) if self.pilot else (0.0, 0.0)
        return (share + (1.0 - share) * self._climb(elapsed - pilot)) * np.greater(elapsed, 0.0)

    def _climb(self, elapsed: Path) -> Path:
        """Return the part of the ramp's work that has moved so many months after its start."""
        if self.waves is not None:
            gap = self.ramp_months / max(1, len(self.waves) - 1)
            steps = np.diff(self.waves, prepend=0.0)
            climbed: Path = np.zeros(np.shape(elapsed))
            for number, step in enumerate(steps):
                climbed = climbed + step * (elapsed > number * gap)
            return climbed
        ramp = np.maximum(self.ramp_months, 1e-9)  # a ramp of 0 months is a jump
        part: Path = np.clip(elapsed / ramp, 0.0, 1.0)
        if self.ramp == "linear":
            return part
        # A logistic curve, stretched so that it starts at 0 and ends at 1.
        curve: Path = 0.5 + 0.5 * np.tanh(STEEPNESS / 2.0 * (part - 0.5)) / np.tanh(STEEPNESS / 4.0)
        return curve

    def kept_in_parallel(self, month: FloatArray, until: Vector = np.inf) -> Path:
        """Return π (s(t) - s(t-p)), the part that is staffed twice; nothing moves after ``until``."""
        if self.parallel_run is None:
            return 0.0
        before = self.live_share(np.minimum(month - self.parallel_run.months, until))
        return self.parallel_run.intensity * (self.live_share(np.minimum(month, until)) - before)

    def preparing(self, month: FloatArray, until: Vector) -> Path:
        """Return the part of each month that lies before go-live, and before the move is given up."""
        return np.clip(np.minimum(self.go_live, until) - (month - 1.0), 0.0, 1.0)

    def effort(self, month: FloatArray) -> Path:
        """Return the factor on the new team's effort and errors."""
        if self.learning is None:
            return 1.0
        elapsed = positive_part(month - self.go_live)
        return 1.0 + self.learning.extra * np.exp(elapsed * (-1.0 / np.maximum(self.learning.fades, 1e-9)))

    def unsettled(self, month: FloatArray) -> Path:
        """Return 1 from the month after the announcement to the end of the ramp, else 0."""
        pilot = self.pilot.months if self.pilot else 0.0
        known = month > (self.morale.announced if self.morale else 0.0)
        return (known & (month <= self.go_live + pilot + self.ramp_months)).astype(np.float64)

    def lines(self, world: World, share: Path, old: Staffing, course: Course) -> Iterator[Line]:
        """Yield the cost of moving ``share`` of the work away from the ``old`` staffing of all of it."""
        months = world.months
        if (
            isinstance(course.home, float) and world.trials > 1
        ):  # nothing comes back, so it ends with the move
            months = self.moving_months(world.months)
        here, old, course = world.until(months), until(old, months), until(course, months)
        yield from self._one_offs(here, share, course)
        if self.severance:
            yield Line(
                "severance", product(share, change(course.moved), self._severance(self.severance, here, old))
            )
        if self.stranded_overhead:
            left = positive_part(change(course.moved - course.kept))
            released = product(share, left, old.overhead)
            stranded: Path = _stranded(self.stranded_overhead, np.atleast_2d(released), world.months)
            if not isinstance(course.home, float):
                stranded = stranded * (1.0 - course.reused)
            yield Line("stranded_overhead", stranded)

    def _one_offs(self, world: World, share: Path, course: Course) -> Iterator[Line]:
        items = self.one_off
        factor = share * self.overrun
        at_once = [items.selection, items.legal, items.travel, items.retention, items.other]
        spread = [items.knowledge_transfer, items.integration]
        due = np.asarray(sum((world.today(item) for item in spread), start=0.0))
        go_live = np.asarray(self.go_live)
        waits = go_live > 0.0
        upfront = sum((world.today(item) for item in at_once), start=0.0) + np.where(waits, 0.0, due)
        length = np.where(waits, go_live, 1.0)
        running = sum((world.monthly(item) for item in spread), start=0.0)
        monthly = product(factor, 1.0 / length, course.preparing, running)  # nothing to prepare if G = 0
        yield Line("transition", monthly, factor * upfront)
        if self.failure:
            yield Line(
                "retransition", product(share, course.given_up, world.monthly(self.failure.return_cost))
            )
        if not isinstance(course.relearning, float):
            again = sum((world.monthly(item) for item in (*at_once, *spread)), start=0.0)
            yield Line("retransition", product(factor, course.relearning, again))

    def _severance(self, severance: Severance, world: World, old: Staffing) -> Path:
        """Return the severance for all of the old staff, at the pay of each month."""
        pay = product(severance.weeks * (12.0 / 52.0), old.pay)
        each = world.monthly(severance.per_fte)
        return product(1.0 - severance.redeployed, pay + product(old.headcount, each))


def _stranded(terms: Stranded, released: FloatArray, months: int) -> FloatArray:
    """Return the overhead still paid: a part of what each month releases, decaying by its half-life.

    Nothing more is released after the last row.
    """
    decay = 0.5 ** (1.0 / np.maximum(terms.half_life, 1e-9))
    newly = np.asarray(terms.share * released)
    paid = np.empty((months, newly.shape[1]))
    paid[: len(newly)] = newly
    for t in range(1, len(newly)):
        paid[t] += paid[t - 1] * decay
    for t in range(len(newly), months):
        np.multiply(paid[t - 1], decay, out=paid[t])
    return paid
