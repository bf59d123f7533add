"""How the work could be split over legs, each split simulated as the alternative that it would be.

A split is not the weighted sum of its legs: what it costs beside them, the old team that both of them leave
behind, minimum staff and the events of each are those of the split itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.analysis.comparison import risk_adjusted_value
from bposim.analysis.frontier import simulated_frontier, splits
from bposim.analysis.measures import Sample, expected_shortfall, mean, normal_interval, shortfall_influence
from bposim.analysis.statistic import risk_measure
from bposim.discounting import discount_factors
from bposim.scenario import Alternative
from bposim.studies.exit_right import expected
from bposim.studies.leaving import by_block, total_cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.analysis.comparison import RiskMeasure
    from bposim.analysis.frontier import Frontier
    from bposim.analysis.measures import Estimate
    from bposim.inputs.draws import StreamDraws
    from bposim.inputs.money import Money
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.variants import Run

Shares: TypeAlias = tuple[float, ...]

MOST_SPLITS = 66
"""Splits of a grid: each is simulated.  Four legs in quarters are 35, three in tenths 66."""

STEPS = (10, 4, 2)
"""Into how many steps the whole is divided, the finest first that is not too many; all have halves."""


@dataclass(frozen=True, slots=True)
class Coordination:
    """What it costs to run a split, beside what its legs cost."""

    once: Money | None = None
    per_year: Money | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Half and half of two legs against the better of them alone."""

    legs: tuple[str, str]
    alone: str
    mean: Estimate
    """What the second leg adds to the mean saving."""
    shortfall: Estimate
    """By how much it lowers the expected shortfall of the cost."""
    adjusted: Estimate
    """What it adds to the risk-adjusted value."""


@dataclass(frozen=True, slots=True)
class BlendStudy:
    """Splits of the work over legs."""

    legs: tuple[str, ...]
    step: float
    """Least difference of two shares."""
    frontier: Frontier
    pairs: tuple[Pair, ...]
    """Two legs of equal share, for every two that are not the baseline's."""
    bend: Estimate
    """Mean cost of the best true split above the weighted sum of its legs alone; below 0 where splitting is
    cheaper than that."""
    coordination: str
    """Alternative whose cost of coordination a split pays; empty where it was stated, or is 0."""
    annuity: float
    """Present value of 1 a year over the horizon."""


def legs_of(scenario: Scenario, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the alternatives that are one leg, or those named; raises ValueError for others."""
    single = [name for name, own in scenario.alternatives.items() if len(own.legs) == 1]
    for name in names:
        if name not in single:
            raise ValueError(f"{name} is not an alternative of one leg; those are {', '.join(single)}")
    found = tuple(dict.fromkeys(names)) or tuple(single)
    if len(found) < 2:  # noqa: PLR2004 - a split
        raise ValueError("a split takes two alternatives of one leg; there are fewer")
    return found


def blend_study(
    scenario: Scenario,
    legs: Sequence[str],
    run: Run,
    steps: int | None = None,
    coordination: Coordination | None = None,
) -> BlendStudy:
    """Simulate every split of the work over the legs in equal steps, on the same futures.

    Without ``coordination`` a split pays what an alternative of some of these legs says, if there is one.
    Raises ValueError for more splits than can be simulated.
    """
    grid = _grid(len(legs), steps)
    template = "" if coordination else _template(scenario, legs)

    def costs(bound: Scenario, draws: StreamDraws) -> FloatArray:
        beside = coordination or _coordination_of(bound, template)
        alone = {name: total_cost(bound, name, draws) for name in legs}
        shared = {name: _apart(bound, name, alone[name], draws) for name in legs}
        found = [total_cost(bound, bound.baseline, draws)]
        for shares in grid:
            part = {name: share for name, share in zip(legs, shares, strict=True) if share}
            found.append(
                _split_cost(bound, part, beside, shared, draws) if len(part) > 1 else alone[next(iter(part))]
            )
        return np.stack(found)

    base, *each = np.concatenate(by_block(scenario, run, costs, 1 + len(grid)), axis=1)[:, : run.trials]
    by_shares = dict(zip(grid, each, strict=True))
    alone = {name: by_shares[_whole(legs, name)] for name in legs}
    measure = risk_measure(scenario, {scenario.baseline: base, **alone})
    found = simulated_frontier(legs, by_shares, base, measure, scenario.preferences.tail_level)
    best = min((b for b in found.blends if max(b.shares.values()) < 1), key=lambda b: b.risk_adjusted)
    sum_of_legs = np.sum([share * alone[name] for name, share in best.shares.items()], axis=0)
    return BlendStudy(
        legs=tuple(legs),
        step=min(share for shares in grid for share in shares if share),
        frontier=found,
        pairs=tuple(_pairs(scenario, legs, by_shares, measure)),
        bend=mean(by_shares[tuple(best.shares.values())] - sum_of_legs),
        coordination=template,
        annuity=annuity(scenario),
    )


def _pairs(
    scenario: Scenario, legs: Sequence[str], costs: Mapping[Shares, FloatArray], measure: RiskMeasure
) -> Iterator[Pair]:
    level = scenario.preferences.tail_level
    for two in combinations([name for name in legs if name != scenario.baseline], 2):
        halves = costs.get(tuple(0.5 if name in two else 0.0 for name in legs))
        if halves is None:
            continue
        alone = min(two, key=lambda name: measure.value(Sample(costs[_whole(legs, name)])).value)
        whole = costs[_whole(legs, alone)]
        yield Pair(
            two,
            alone,
            mean(whole - halves),
            shortfall_saved(whole, halves, level),
            risk_adjusted_value(whole, halves, measure),
        )


def shortfall_saved(whole: FloatArray, halves: FloatArray, level: float) -> Estimate:
    """Return by how much halves have the lower expected shortfall of cost, with the paired error."""
    value = expected_shortfall(whole, level).value - expected_shortfall(halves, level).value
    influence = shortfall_influence(whole, level) - shortfall_influence(halves, level)
    return normal_interval(value, float(np.std(influence, ddof=1)) / math.sqrt(whole.size))


def annuity(scenario: Scenario) -> float:
    """Return the present value of 1 a year, paid monthly over the horizon, at the mean discount rate."""
    return float(np.sum(discount_factors(expected(scenario.discount_rate), scenario.months))) / 12.0


def _grid(legs: int, steps: int | None) -> list[Shares]:
    for parts in (steps,) if steps else STEPS:
        if math.comb(parts + legs - 1, parts) <= MOST_SPLITS:
            return list(splits(parts, legs))
    raise ValueError(f"so many splits of {legs} legs take too long; name fewer legs or give fewer steps")


def _whole(legs: Sequence[str], name: str) -> Shares:
    return tuple(float(leg == name) for leg in legs)


def _template(scenario: Scenario, legs: Sequence[str]) -> str:
    """Return the first alternative of several of these legs that costs something beside them."""
    streams = {scenario.alternatives[name].legs[0].stream for name in legs}
    for name, own in scenario.alternatives.items():
        if len(own.legs) > 1 and {leg.stream for leg in own.legs} <= streams and (own.once or own.per_year):
            return name
    return ""


def _coordination_of(bound: Scenario, template: str) -> Coordination:
    if not template:
        return Coordination()
    own = bound.alternatives[template]
    return Coordination(own.once, own.per_year)


def _apart(bound: Scenario, name: str, cost: FloatArray, draws: StreamDraws) -> tuple[FloatArray, FloatArray]:
    """Return what an alternative costs whatever its share, and what it brings in proportion to it."""
    own = bound.alternatives[name]
    nothing = np.zeros_like(cost)

    def difference(**without: object) -> FloatArray:
        bare = own.model_copy(update=without)
        changed = bound.model_copy(update={"alternatives": {**bound.alternatives, name: bare}})
        return cost - total_cost(changed, name, draws)

    fixed = own.once or own.per_year or own.investments
    return (
        difference(once=None, per_year=None, investments={}) if fixed else nothing,
        difference(benefits=None) if own.benefits else nothing,
    )


def _split_cost(
    bound: Scenario,
    part: Mapping[str, float],
    beside: Coordination,
    shared: Mapping[str, tuple[FloatArray, FloatArray]],
    draws: StreamDraws,
) -> FloatArray:
    own = {name: bound.alternatives[name] for name in part}
    name = " + ".join(part)  # no alternative's own name: what its mitigations say of it is not for all legs
    split = Alternative.model_construct(
        baseline=False,
        legs=[own[leg].legs[0].model_copy(update={"share": share}) for leg, share in part.items()],
        once=beside.once,
        per_year=beside.per_year,
        mitigations=sorted({taken for alternative in own.values() for taken in alternative.mitigations}),
    )
    changed = bound.model_copy(update={"alternatives": {**bound.alternatives, name: split}})
    cost = total_cost(changed, name, draws)
    for leg, share in part.items():
        fixed, proportional = shared[leg]
        cost = cost + fixed + share * proportional
    return cost
