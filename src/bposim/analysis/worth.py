"""What a clause or a mitigation is worth: the same futures with and without it.

Worth is what the alternative costs without it less what it costs with it, so positive is good for us.  Every
trial is the same future on both sides, and every error is that of the paired difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import MeanEs, risk_adjusted_value
from bposim.analysis.measures import Estimate, Sample, mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bposim.analysis.comparison import RiskMeasure
    from bposim.scenario import Promise
    from bposim.shapes import FloatArray

MOST_EXACT = 15
"""So many mitigations at most have all their sets compared."""

MOST_TOGETHER = 7
"""So many mitigations at most that act on each other are simulated in all their combinations: 128 runs."""


@dataclass(frozen=True, slots=True)
class Side:
    """Total costs ``(trials,)`` of the baseline and of the alternative, with or without something."""

    base: FloatArray
    own: FloatArray
    spent: float = 0.0
    """Mean present value of its mitigations."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What something is worth to an alternative, net of what it costs itself."""

    mean: Estimate
    """Mean cost without it, less with it."""
    shortfall: Estimate
    """The same of the mean of the costliest 5 %."""
    adjusted: Estimate
    """The same of the risk-adjusted cost."""
    miss: Estimate
    """By how much it lowers the probability of missing the promised saving, or of no saving."""
    cost: float
    """Mean present value of what it costs; 0 of a clause, whose price is in the fees."""

    @property
    def gross(self) -> float:
        """Mean worth before its cost."""
        return self.mean.value + self.cost


def worth(having: Side, lacking: Side, measure: RiskMeasure, promised: Promise | None) -> Worth:
    """Return the worth of what the one side has and the other lacks."""
    return Worth(
        mean(lacking.own - having.own),
        risk_adjusted_value(lacking.own, having.own, MeanEs(1.0)),
        risk_adjusted_value(lacking.own, having.own, measure),
        mean(_misses(lacking, promised) - _misses(having, promised)),
        having.spent - lacking.spent,
    )


def _misses(side: Side, promised: Promise | None) -> FloatArray:
    """Return 1.0 where the saving is not above what was promised, or above 0, ``(trials,)``."""
    level = promised.of(side.base) if promised is not None else 0.0
    return np.asarray(side.base - side.own <= level, dtype=np.float64)


def interaction(neither: Side, first: Side, second: Side, both: Side) -> Estimate:
    """Return the mean worth of both together less that of each alone; below 0 they replace each other."""
    return mean(first.own + second.own - both.own - neither.own)


# ---------------------------------------------------------------- the best set

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Selection:
    """The best set of mitigations, how it was found, and what no set can exceed."""

    chosen: tuple[str, ...]
    worth: float
    """Risk-adjusted worth of the set against none, net of its cost."""
    cost: float
    runner_up: tuple[str, ...] | None
    runner_up_worth: float | None
    exact: bool
    """Whether all sets were compared."""
    bound: float
    """No set within the budget is worth more: the worth itself where all were compared."""
    groups: tuple[tuple[str, ...], ...]
    """Mitigations that act on each other."""
    interactions: dict[tuple[str, str], Estimate] = field(default_factory=dict)


def best_set(
    names: Sequence[str],
    evaluate: Callable[[Names], Side],
    measure: RiskMeasure,
    budget: float | None = None,
) -> Selection:
    """Return the set with the lowest risk-adjusted cost among those that cost no more than ``budget``.

    ``evaluate`` simulates a set, on the same draws each time.  Each pair is simulated: those that act on
    each other in any trial form groups, of which every combination is simulated; between groups the
    differences add up trial by trial, so that every set of up to 15 is compared by its full distribution.

    With more of them, or more than seven in one group, the set grows by the best worth for its cost and is
    then improved by exchanges.  What no set exceeds is then bounded by filling the budget with the worths of
    each alone and adding every positive interaction of a pair, which holds if no three act together.
    """
    seen: dict[Names, Side] = {}

    def side(chosen: Names) -> Side:
        if chosen not in seen:
            seen[chosen] = evaluate(chosen)
        return seen[chosen]

    none = side(frozenset())
    pairs = {
        (one, other): (side(frozenset({one})), side(frozenset({other})), side(frozenset({one, other})))
        for one, other in combinations(names, 2)
    }
    interactions = {pair: interaction(none, *sides) for pair, sides in pairs.items()}
    groups = _groups(names, none, pairs)
    if len(names) <= MOST_EXACT and all(len(group) <= MOST_TOGETHER for group in groups):
        ranked = _all_sets(groups, side, measure, budget)
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        return Selection(
            tuple(sorted(best[1])),
            best[0],
            best[2],
            tuple(sorted(second[1])) if second else None,
            second[0] if second else None,
            exact=True,
            bound=best[0],
            groups=groups,
            interactions=interactions,
        )
    chosen, gain = _grown(names, side, measure, budget)
    return Selection(
        tuple(sorted(chosen)),
        gain,
        side(chosen).spent - none.spent,
        None,
        None,
        exact=False,
        bound=max(_bound(names, side, measure, budget, pairs), gain),
        groups=groups,
        interactions=interactions,
    )


def _value(measure: RiskMeasure, cost: FloatArray) -> float:
    return measure.value(Sample(cost)).value


def _groups(
    names: Sequence[str], none: Side, pairs: Mapping[tuple[str, str], tuple[Side, Side, Side]]
) -> tuple[tuple[str, ...], ...]:
    """Return the mitigations in groups between which the effects add up in every trial."""
    group = {name: {name} for name in names}
    for (one, other), (first, second, both) in pairs.items():
        apart = first.own + second.own - both.own - none.own
        if float(np.max(np.abs(apart))) > 1e-9 * float(np.max(np.abs(none.own))):
            joined = group[one] | group[other]
            for name in joined:
                group[name] = joined
    return tuple(dict.fromkeys(tuple(sorted(group[name])) for name in names))


def _subsets(names: Sequence[str]) -> Iterator[Names]:
    for count in range(len(names) + 1):
        yield from map(frozenset, combinations(names, count))


def _all_sets(
    groups: Sequence[Sequence[str]],
    side: Callable[[Names], Side],
    measure: RiskMeasure,
    budget: float | None,
) -> list[tuple[float, Names, float]]:
    """Return the two best sets: worth, names, cost."""
    none = side(frozenset())
    start = _value(measure, none.own)
    options = [
        [(chosen, side(chosen).own - none.own, side(chosen).spent - none.spent) for chosen in _subsets(group)]
        for group in groups
    ]
    least_left = [0.0] * (len(options) + 1)
    for at in range(len(options) - 1, -1, -1):
        least_left[at] = least_left[at + 1] + min(cost for _, _, cost in options[at])
    best: list[tuple[float, Names, float]] = []

    def visit(at: int, chosen: Names, own: FloatArray, cost: float) -> None:
        if budget is not None and cost + least_left[at] > budget * (1 + 1e-12):
            return
        if at == len(options):
            best.append((start - _value(measure, own), chosen, cost))
            best.sort(key=lambda found: (-found[0], len(found[1]), sorted(found[1])))
            del best[2:]
            return
        for more, change, price in options[at]:
            visit(at + 1, chosen | more, own + change if more else own, cost + price)

    visit(0, frozenset(), none.own, 0.0)
    return best or [(0.0, frozenset(), 0.0)]


def _grown(
    names: Sequence[str], side: Callable[[Names], Side], measure: RiskMeasure, budget: float | None
) -> tuple[Names, float]:
    """Return a set that no addition, removal or exchange of one improves, and its worth."""
    none = side(frozenset())
    start = _value(measure, none.own)

    def gain(chosen: Names) -> float:
        return start - _value(measure, side(chosen).own)

    def fits(chosen: Names) -> bool:
        return budget is None or side(chosen).spent - none.spent <= budget * (1 + 1e-12)

    chosen: Names = frozenset()
    while True:
        now, spent = gain(chosen), side(chosen).spent
        more = {
            name: (gain(chosen | {name}) - now) / max(side(chosen | {name}).spent - spent, 1e-9)
            for name in names
            if name not in chosen and fits(chosen | {name}) and gain(chosen | {name}) > now
        }
        if not more:
            break
        chosen |= {max(more, key=lambda name: (more[name], name))}
    while True:
        moves = [chosen - {name} for name in chosen] + [chosen | {name} for name in names]
        moves += [chosen - {out} | {new} for out in chosen for new in names if new not in chosen]
        better = max((move for move in moves if fits(move)), key=gain, default=chosen)
        if gain(better) <= gain(chosen) + 1e-9 * abs(start):
            return chosen, gain(chosen)
        chosen = better


def _bound(
    names: Sequence[str],
    side: Callable[[Names], Side],
    measure: RiskMeasure,
    budget: float | None,
    pairs: Mapping[tuple[str, str], tuple[Side, Side, Side]],
) -> float:
    """Return what no set within the budget is worth: the budget filled with the best, parts allowed."""
    none = side(frozenset())
    start = _value(measure, none.own)
    alone = {
        name: (
            start - _value(measure, side(frozenset({name})).own),
            side(frozenset({name})).spent - none.spent,
        )
        for name in names
    }
    lift = sum(
        max(start - _value(measure, both.own) - alone[one][0] - alone[other][0], 0.0)
        for (one, other), (_, _, both) in pairs.items()
    )
    good = sorted(
        ((gain, max(cost, 0.0)) for gain, cost in alone.values() if gain > 0),
        key=lambda item: -item[0] / max(item[1], 1e-300),
    )
    left, total = math.inf if budget is None else budget, 0.0
    for gain, cost in good:
        share = 1.0 if cost <= left else left / cost
        total += gain * share
        left -= cost * share
    return total + lift
