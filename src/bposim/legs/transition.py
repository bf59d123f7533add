"""From signature to steady state: how the work moves, and what moving it costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bposim.inputs.money import Amount
from bposim.inputs.number import Months, NonNegative, Share
from bposim.operations import Line, Staffing
from bposim.part import Part
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


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
    """Cost of each FTE that the move makes redundant."""

    weeks_of_pay: NonNegative = 0.0
    """Severance in weeks of salary at the time."""
    per_fte: Amount | None = None
    """Outplacement and other fixed cost of each."""
    redeployed: Share = 0.0
    """Part of the people who find other work in the company."""


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


class Transition(Part):
    """Go-live G = planned + delay; the live share s(t) then climbs from the pilot to 1."""

    planned: Months
    """Months from signature to go-live."""
    delay: Months = 0.0
    """Further months, uncertain and never negative."""
    pilot: Pilot | None = None
    ramp_months: Months = 0.0
    """Months of the linear climb from the pilot share to all of the work."""
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

    @property
    def go_live(self) -> Path:
        """G, months from signature; a float or ``(trials,)``."""
        return self.planned + self.delay

    def live_share(self, month: Path) -> Path:
        """Return s(t): 0 until G, the pilot's share for its months, then a linear climb to 1."""
        elapsed = month - self.go_live
        share, pilot = (self.pilot.share, self.pilot.months) if self.pilot else (0.0, 0.0)
        ramp = np.maximum(self.ramp_months, 1e-9)  # a ramp of 0 months is a jump
        climb = np.clip((elapsed - pilot) / ramp, 0.0, 1.0)
        return np.where(elapsed > 0.0, share + (1.0 - share) * climb, 0.0)

    def kept_in_parallel(self, month: FloatArray) -> Path:
        """Return π (s(t) - s(t-p)), the part of the work that is staffed twice."""
        if self.parallel_run is None:
            return 0.0
        before = self.live_share(month - self.parallel_run.months)
        return self.parallel_run.intensity * (self.live_share(month) - before)

    def effort(self, month: FloatArray) -> Path:
        """Return the factor on the new team's effort and errors."""
        if self.learning is None:
            return 1.0
        elapsed = np.maximum(0.0, month - self.go_live)
        return 1.0 + self.learning.extra * np.exp(-elapsed / np.maximum(self.learning.fades, 1e-9))

    def unsettled(self, month: FloatArray) -> Path:
        """Return 1 from announcement (month 1) to the end of the ramp, then 0."""
        pilot = self.pilot.months if self.pilot else 0.0
        return np.where(month <= self.go_live + pilot + self.ramp_months, 1.0, 0.0)

    def lines(self, world: World, share: Path, old: Staffing) -> Iterator[Line]:
        """Yield the cost of moving ``share`` of the work away from the ``old`` staffing of all of it."""
        yield from self._one_offs(world, share)
        live = self.live_share(world.month)
        moved = share * np.diff(live, axis=0, prepend=0.0)
        if self.severance:
            yield Line("severance", moved * self._severance(self.severance, world, old))
        if self.stranded_overhead:
            yield Line("stranded_overhead", _stranded(self.stranded_overhead, share * live * old.overhead))

    def _one_offs(self, world: World, share: Path) -> Iterator[Line]:
        items = self.one_off
        factor = share * self.overrun
        at_once = [items.selection, items.legal, items.travel, items.retention, items.other]
        spread = [items.knowledge_transfer, items.integration]
        due = np.asarray(sum((world.today(item) for item in spread), start=0.0))
        go_live = np.asarray(self.go_live)
        waits = go_live > 0.0
        upfront = sum((world.today(item) for item in at_once), start=0.0) + np.where(waits, 0.0, due)
        length = np.where(waits, go_live, 1.0)
        weight = np.where(waits, np.clip(length - (world.month - 1.0), 0.0, 1.0) / length, 0.0)
        running = sum((world.monthly(item) for item in spread), start=0.0)
        yield Line("transition", factor * weight * running, factor * upfront)

    def _severance(self, severance: Severance, world: World, old: Staffing) -> Path:
        """Return the severance for all of the old staff, at the pay of each month."""
        weekly = old.pay * 12.0 / 52.0
        pay = severance.weeks_of_pay * weekly + old.headcount * world.monthly(severance.per_fte)
        return (1.0 - severance.redeployed) * pay


def _stranded(terms: Stranded, released: Path) -> FloatArray:
    """Return the overhead still paid: a part of each month's release, decaying by its half-life."""
    released = np.asarray(released)
    decay = 0.5 ** (1.0 / np.maximum(terms.half_life, 1e-9))
    newly = terms.share * np.maximum(0.0, np.diff(released, axis=0, prepend=0.0))
    paid = np.empty_like(newly)
    level: Path = 0.0
    for t, more in enumerate(newly):
        level = level * decay + more
        paid[t] = level
    return paid
