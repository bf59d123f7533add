"""A change of a result shared out over the changes of assumptions behind it, without a remainder.

v(S) is a figure when the changes in S are made and the others are not, all on the same draws.  The change as
a whole is v(all) - v(none).  Up to four changes get their Shapley value, the mean over all orders of making
them of what each adds (Shapley, 1953): v is then known for every set.  More of them are made in the order of
the file and in the reverse of it, and what each adds is averaged over the two.  Either way what several do
only together is shared between them, and the shares add up to the whole.

All figures are of the same trials, so errors are those of paired differences.  Where a figure is a mean of
something each trial adds, the error is that of the combined parts; else it is a jackknife over groups of
trials (Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import numpy as np
from scipy.special import stdtrit

from bposim.analysis.measures import FEWEST_REPLICATES, OUTSIDE, Z95, Estimate, Sample, mean
from bposim.analysis.statistic import risk_measure, statistic
from bposim.errors import RunError
from bposim.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bposim.analysis.statistic import Statistic
    from bposim.result import AnyResult
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

MOST_EXACT = 4
"""So many changes at most are made in all their sets, which are 16; two orders of five have 10 sets, and are
exact as well unless three changes act on each other."""

GROUPS = 32
"""Groups of trials that a jackknife leaves out, one after another."""

K = TypeVar("K", bound=Hashable)

Members: TypeAlias = frozenset[int]
"""Which of the changes are made, by number."""

Weights: TypeAlias = Mapping[Members, float]
"""What a share is made of: the sum of weight times v."""


def shares(count: int, *, exact: bool) -> list[dict[Members, float]]:
    """Return for each of ``count`` changes the weights of its share; together they are v(all) - v(none)."""
    if not exact:
        return [_in_two_orders(one, count) for one in range(count)]
    return [_shapley(one, count) for one in range(count)]


def _shapley(one: int, count: int) -> dict[Members, float]:
    others = [other for other in range(count) if other != one]
    weights: dict[Members, float] = {}
    for size in range(count):
        weight = 1.0 / (count * math.comb(count - 1, size))
        for chosen in combinations(others, size):
            weights[frozenset(chosen)] = -weight
            weights[frozenset((*chosen, one))] = weight
    return weights


def _in_two_orders(one: int, count: int) -> dict[Members, float]:
    weights: dict[Members, float] = {}
    for before in (range(one), range(one + 1, count)):
        for members, weight in ((frozenset(before), -0.5), (frozenset((*before, one)), 0.5)):
            weights[members] = weights.get(members, 0.0) + weight
    return weights


@dataclass(frozen=True)
class Case:
    """One alternative beside what it is compared with, and the figure that is taken of them."""

    other: Sample
    own: Sample
    figure: Statistic

    @cached_property
    def estimate(self) -> Estimate:
        """The figure of all trials."""
        return self.figure(self.other, self.own)

    @cached_property
    def parts(self) -> FloatArray | None:
        """What each trial adds to the figure, ``(trials,)``, where it is a mean."""
        return self.figure.parts(self.other, self.own) if self.figure.parts else None

    @cached_property
    def left_out(self) -> FloatArray:
        """The figure without each group of trials, ``(groups,)``."""
        size, replicate = self.own.size, self.own.replicate
        units = math.ceil(size / replicate)
        groups = min(GROUPS, units)
        ends = [min(unit * replicate, size) for unit in np.linspace(0, units, groups + 1).astype(int)]
        found = []
        for first, last in pairwise(ends):
            kept = np.concatenate((np.arange(first), np.arange(last, size)))
            other, own = (sample.like(sample.values[kept]) for sample in (self.other, self.own))
            found.append(self.figure(other, own).value)
        return np.array(found)


class Paired(Generic[K]):
    """Figures of several variants of one thing on the same trials, by name."""

    def __init__(self, cases: Mapping[K, Case]) -> None:
        """Take the cases; raises ValueError where their trials differ in number."""
        self.cases = cases
        sizes = {(case.own.size, case.own.replicate) for case in cases.values()}
        if len(sizes) != 1:
            raise ValueError(f"figures are compared on the same trials, these are of {sorted(sizes)}")

    def combined(self, weights: Mapping[K, float]) -> Estimate:
        """Return the sum of weight times figure, with the error that it has on common trials."""
        used = {key: weight for key, weight in weights.items() if weight}
        cases = [self.cases[key] for key in used]
        if not cases:
            return Estimate(0.0, 0.0, 0.0, 0.0)
        value = math.fsum(
            weight * case.estimate.value for weight, case in zip(used.values(), cases, strict=True)
        )
        lacking = next((case.estimate.note for case in cases if _has_no_error(case.estimate)), "")
        if lacking:
            return Estimate(value, None, note=lacking)
        sample = cases[0].own
        parts = [case.parts for case in cases]
        if all(part is not None for part in parts):
            each = np.zeros(sample.size)
            for weight, part in zip(used.values(), parts, strict=True):
                each += weight * (0.0 if part is None else part)
            error = mean(sample.like(each))
            return _around(value, error.se, sample.reach, error.note)
        return self._jackknifed(value, used)

    def _jackknifed(self, value: float, weights: Mapping[K, float]) -> Estimate:
        rows = np.zeros(1)
        for key, weight in weights.items():
            rows = rows + weight * self.cases[key].left_out
        count = rows.size
        if count < FEWEST_REPLICATES:
            return Estimate(value, None, note=f"{count} groups of trials are too few for an error")
        se = math.sqrt((count - 1) / count * float(np.sum((rows - rows.mean()) ** 2)))
        return _around(value, se, float(stdtrit(count - 1, 1 - OUTSIDE)))


def _has_no_error(estimate: Estimate) -> bool:
    return estimate.se is None and estimate.low is None


def _around(value: float, se: float | None, reach: float, note: str = "") -> Estimate:
    if se is None:
        return Estimate(value, None, note=note)
    return Estimate(value, se, value - reach * se, value + reach * se, note)


# ---------------------------------------------------------------- two runs side by side

FIGURES = ("saving.mean", "saving.p5", "saving.es95", "probability_positive", "risk_adjusted_value")
"""What is compared where nobody says."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure of an alternative in the old run and in the new one."""

    old: Estimate
    new: Estimate
    change: Estimate


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures of two runs side by side."""

    figures: dict[str, dict[str, Moved]]
    """By alternative and figure, of the alternatives that both have."""
    paired: bool
    """Whether trial i is the same future in both, so that the change has the error of paired differences."""
    trials: tuple[int, int]
    """Trials that are compared, of the old run and of the new one."""
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one change did to a figure."""

    share: Estimate
    """Its share of the whole; the shares of all changes add up to it."""
    alone: float | None
    """What it does to the old scenario alone; None where that was not simulated."""
    last: float | None
    """What it does when all others have been made; None where that was not simulated."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """A figure's change by the assumption that changed."""

    figure: str
    changes: tuple[str, ...]
    """What changed, each named by its path in the file; several that count as one are joined by +."""
    effects: dict[str, tuple[Effect, ...]]
    """By alternative, in the order of ``changes``."""
    total: dict[str, Estimate]
    """By alternative: the change from the old scenario to the new one on these draws."""
    trials: int
    exact: bool
    """Shapley values over all sets; else an average over two orders."""
    runs: int


def compared(
    old: AnyResult, new: AnyResult, figures: Sequence[str] = FIGURES, *, same_streams: bool = True
) -> Compared:
    """Return how the figures moved; of streamed runs, in the trials that they keep.

    Runs with the same seed and design are compared in the trials that both have, future by future, unless
    they were made by versions that draw differently.  Raises RunError for other currencies, ValueError for a
    name that is no figure.
    """
    one, other = (run if isinstance(run, Result) else run.first for run in (old, new))
    if one.scenario.base_currency != other.scenario.base_currency:
        raise RunError(
            f"one run is in {one.scenario.base_currency}, the other in {other.scenario.base_currency}; "
            "compare runs in one currency"
        )
    paired = same_streams and one.seed == other.seed and one.design == other.design
    count = min(one.trials, other.trials) if paired else None
    before, after = _samples(one, count), _samples(other, count)
    asked = _fit(figures, one, other)
    figures_of = {
        name: {figure: _moved((one, before), (other, after), name, figure, paired=paired) for figure in asked}
        for name in other.names
        if name in before
    }
    return Compared(
        figures_of,
        paired,
        (count or one.trials, count or other.trials),
        tuple(name for name in one.names if name not in after),
        tuple(name for name in other.names if name not in before),
    )


def _fit(figures: Iterable[str], *runs: Result) -> list[str]:
    """Return the figures that both scenarios have; a promise may be missing in one."""
    promised = all(run.scenario.preferences.promised_saving is not None for run in runs)
    return [figure for figure in figures if promised or not figure.endswith("probability_kept")]


def _samples(run: Result, count: int | None) -> dict[str, Sample]:
    return {name: Sample(cost[:count], run.replicate) for name, cost in run.costs.items()}


def _moved(
    old: tuple[Result, Mapping[str, Sample]],
    new: tuple[Result, Mapping[str, Sample]],
    name: str,
    figure: str,
    *,
    paired: bool,
) -> Moved:
    first, second = (case_of(run.scenario, costs, name, figure) for run, costs in (old, new))
    change = (
        Paired({"old": first, "new": second}).combined({"old": -1.0, "new": 1.0})
        if paired
        else _unpaired(first.estimate, second.estimate)
    )
    return Moved(first.estimate, second.estimate, change)


def _unpaired(old: Estimate, new: Estimate) -> Estimate:
    """Return the change between runs whose draws have nothing in common."""
    value = new.value - old.value
    if old.se is None or new.se is None:
        return Estimate(value, None, note=old.note or new.note)
    return _around(value, math.hypot(old.se, new.se), Z95)


def case_of(scenario: Scenario, costs: Mapping[str, Sample], name: str, figure: str) -> Case:
    """Return a figure of an alternative against the baseline; ValueError for a name that is no figure."""
    return Case(
        costs[scenario.baseline],
        costs[name],
        statistic(figure, scenario.preferences, risk_measure(scenario, costs)),
    )
