"""Has a run enough trials?  Running estimates at doublings, and when to stop.

A rule that stops when the error looks small stops too often where the error happens to look too small, and
in a skewed sample a small error comes with a wrong estimate.  So a run is looked at only at doublings, and
by a careful error: the largest of three, that of all trials and those that either half alone leads to expect.
What the tail cannot support has no error, and such a figure has not converged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.analysis.measures import Z95, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.measures import Estimate, Totals
    from bposim.analysis.statistic import Statistic

FIRST = 1024
"""Trials of the first row of a table of convergence: one block."""

SAFETY = 0.9
"""A run is planned to reach so much of the half width that is asked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """How precise a figure is to be: half the width of its 95 % interval at most this."""

    statistic: str
    alternative: str | None
    """None for the alternative that is recommended, or next if that is the baseline."""
    share: float | None
    """As a part of the figure itself."""
    amount: float | None
    """Or in money (of a probability: as such)."""

    def half_width(self, estimate: Estimate) -> float:
        """Return the half width that is asked for."""
        return abs(estimate.value) * self.share if self.share is not None else self.amount or 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """A figure after so many trials; ``careful`` is the error that decides, None where there is none."""

    trials: int
    estimate: Estimate
    careful: float | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a target was reached, and how many trials it would take."""

    target: Target
    alternative: str
    step: Step
    wanted: float
    """Half width that is asked for."""
    trials_needed: int | None
    """By the law of the square root; None where the figure has no error or is 0."""

    @property
    def reached(self) -> bool:
        """Whether the careful half width is small enough."""
        return self.step.careful is not None and self.step.careful * Z95 <= self.wanted


def target(text: str, alternatives: Sequence[str]) -> Target:
    """Return the target that ``[alternative.]statistic:precision`` names; ValueError for none.

    The precision is a part of the figure, ``1%``, or money, ``50k``.
    """
    from bposim.quantities import read_number  # noqa: PLC0415 - only where a target is read

    name, colon, precision = text.rpartition(":")
    if not colon or not name:
        raise ValueError(f"{text!r} says no precision; write e.g. saving.p5:1% or saving.mean:50k")
    value = read_number(precision.strip())
    if not value > 0:
        raise ValueError(f"{precision} is no precision; give one above 0")
    own = next((each for each in alternatives if name.startswith(f"{each}.")), None)
    figure = name.removeprefix(f"{own}.") if own else name
    relative = precision.strip().endswith("%")
    return Target(figure, own, value if relative else None, None if relative else value)


def doublings(trials: int, first: int = FIRST) -> tuple[int, ...]:
    """Return 1, 2, 4 … times ``first`` trials, and all of them last."""
    found = []
    while first < trials:
        found.append(first)
        first *= 2
    return (*found, trials)


def running(statistic: Statistic, other: Totals, own: Totals, first: int = FIRST) -> tuple[Step, ...]:
    """Return the figure after 1, 2, 4 … blocks of the run: each row is the run of so many trials."""
    base, cost = Sample.of(other), Sample.of(own)
    return tuple(
        step(statistic, base.values[:count], cost.values[:count]) for count in doublings(cost.size, first)
    )


def step(statistic: Statistic, other: Totals, own: Totals) -> Step:
    """Return the figure with the careful error: the largest that the whole and its two halves claim."""
    base, cost = Sample.of(other), Sample.of(own)
    whole = statistic(base, cost)
    half = cost.size // 2
    if whole.se is None or half < 1:
        return Step(cost.size, whole, None)
    halves = (
        statistic(base.values[:half], cost.values[:half]),
        statistic(base.values[half:], cost.values[half:]),
    )
    claims = [part.se / math.sqrt(2) for part in halves if part.se is not None]
    return Step(cost.size, whole, max(whole.se, *claims) if claims else whole.se)


def judged(goal: Target, alternative: str, latest: Step) -> Judgement:
    """Return whether the latest step is precise enough, and about how many trials it would take."""
    wanted = goal.half_width(latest.estimate)
    needed = None
    if latest.careful is not None and wanted > 0:
        needed = math.ceil(latest.trials * (latest.careful * Z95 / (SAFETY * wanted)) ** 2)
    return Judgement(goal, alternative, latest, wanted, needed)
