"""Blends of legs: mean saving against expected shortfall over the shares that each leg gets.

``legs`` are the total costs of giving the whole work to each leg, on paired trials.  A blend costs the
weighted sum.  That is exact where a leg's cost is proportional to its share; minimum fees, transitions and
oversight are not, so the shares found here are confirmed by a run of the blend itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import MeanEs, risk_adjusted_value
from bposim.analysis.measures import (
    Estimate,
    Sample,
    expected_shortfall,
    mean,
    normal_interval,
    shortfall_influence,
    tail_support,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.analysis.comparison import Costs, RiskMeasure
    from bposim.analysis.measures import Totals

MOST_BLENDS = 300
"""The grid of shares is made coarser until it has no more blends than this."""

STEPS = (20, 10, 5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Blend:
    """One choice of shares; ``efficient`` says that no other blend saves more at no higher shortfall."""

    shares: dict[str, float]
    mean_saving: float
    shortfall: float
    """Expected shortfall of the blend's total cost."""
    risk_adjusted: float
    """Risk-adjusted cost of the blend; lower is better."""
    efficient: bool


@dataclass(frozen=True, slots=True)
class Frontier:
    """All blends of the grid, and what the best of them is worth against the best single leg."""

    blends: tuple[Blend, ...]
    best: Blend
    best_single: str
    mean_saving: Estimate
    """Mean saving of the best blend against the baseline."""
    shortfall: Estimate
    """Expected shortfall of the best blend's cost."""
    worth_of_blending: Estimate
    """Risk-adjusted cost of the best single leg less that of the best blend, with the paired error."""
    diversification: Estimate
    """Shares x the legs' own shortfalls, less the best blend's: what spreading takes off the tail."""

    @property
    def efficient(self) -> tuple[Blend, ...]:
        """The efficient blends, by rising mean saving."""
        kept = [blend for blend in self.blends if blend.efficient]
        return tuple(sorted(kept, key=lambda blend: (blend.mean_saving, blend.shortfall)))


def frontier(
    legs: Costs, baseline: Totals, measure: RiskMeasure | None = None, level: float = 0.95
) -> Frontier:
    """Return the blends over a grid of shares, in steps of 5 % for up to three legs, coarser for more.

    A blend costs the weighted sum of its legs.  ``measure`` is what the best blend is best by, by default
    mean-ES.  Raises ValueError for unpaired costs.
    """
    base = Sample.of(baseline)
    samples = {name: Sample.of(cost) for name, cost in legs.items()}
    if not samples or any(sample.size != base.size for sample in samples.values()):
        raise ValueError("a blend takes one leg at least, and all costs from the same trials")
    table = np.stack([sample.values for sample in samples.values()])
    steps = next((step for step in STEPS if math.comb(step + len(legs) - 1, step) <= MOST_BLENDS), 1)
    costs = ((weights, Sample(_blend(table, weights))) for weights in splits(steps, len(legs)))
    return _frontier(tuple(legs), costs, base, measure, level)


def simulated_frontier(
    legs: Sequence[str],
    costs: Mapping[tuple[float, ...], Totals],
    baseline: Totals,
    measure: RiskMeasure | None = None,
    level: float = 0.95,
) -> Frontier:
    """Return the blends of a run each of which was simulated; ``costs`` by the shares of the legs.

    Every leg alone is among them.  Raises ValueError for unpaired costs.
    """
    base = Sample.of(baseline)
    samples = {weights: Sample.of(cost) for weights, cost in costs.items()}
    if any(sample.size != base.size for sample in samples.values()):
        raise ValueError("all costs of blends are from the same trials")
    return _frontier(tuple(legs), samples.items(), base, measure, level)


def _frontier(
    legs: tuple[str, ...],
    costs: Iterable[tuple[tuple[float, ...], Sample]],
    base: Sample,
    measure: RiskMeasure | None,
    level: float,
) -> Frontier:
    by = measure or MeanEs(level=level)
    found: list[Blend] = []
    kept: dict[tuple[float, ...], Sample] = {}
    least = math.inf
    for weights, cost in costs:
        blend = Blend(
            dict(zip(legs, weights, strict=True)),
            base.centre - cost.centre,
            expected_shortfall(cost, level).value,
            by.value(cost).value,
            efficient=False,
        )
        found.append(blend)
        if max(weights) == 1 or blend.risk_adjusted < least:
            kept[weights] = cost
            least = min(least, blend.risk_adjusted)
    blends = _marked(found)
    best = min(blends, key=lambda blend: blend.risk_adjusted)
    singles = [blend for blend in blends if max(blend.shares.values()) == 1]
    single = min(singles, key=lambda blend: blend.risk_adjusted)
    alone = next(name for name, share in single.shares.items() if share == 1)
    own = {name: kept[tuple(float(name == leg) for leg in legs)] for name in legs}
    cost = kept[tuple(best.shares.values())]
    return Frontier(
        blends,
        best,
        alone,
        mean(base.values - cost.values),
        expected_shortfall(cost, level),
        risk_adjusted_value(own[alone], cost, by),
        _spreading(own, best.shares, cost, level),
    )


def diversification(legs: Costs, shares: dict[str, float], level: float = 0.95) -> Estimate:
    """Return the weighted sum of the legs' shortfalls less the shortfall of the blend, never negative.

    The influences are subtracted trial by trial, so the error is the paired one.
    """
    samples = {name: Sample.of(legs[name]) for name, share in shares.items() if share}
    together = Sample(np.sum([shares[name] * sample.values for name, sample in samples.items()], axis=0))
    return _spreading(samples, shares, together, level)


def _spreading(legs: Costs, shares: dict[str, float], together: Sample, level: float) -> Estimate:
    """Return the weighted sum of the legs' shortfalls less that of what they cost together."""
    samples = {name: Sample.of(legs[name]) for name, share in shares.items() if share}
    apart = sum(shares[name] * expected_shortfall(sample, level).value for name, sample in samples.items())
    value = apart - expected_shortfall(together, level).value
    refused, note = tail_support(together, level)
    if refused:
        return Estimate(value, None, note=note)
    influence = -shortfall_influence(together, level)
    for name, sample in samples.items():
        influence = influence + shares[name] * shortfall_influence(sample, level)
    return normal_interval(value, float(np.std(influence, ddof=1)) / math.sqrt(together.size), note)


def _blend(table: np.ndarray, weights: tuple[float, ...]) -> np.ndarray:
    """Return the weighted sum of the rows without BLAS, so that it is the same on every machine."""
    total = np.zeros(table.shape[1])
    for weight, row in zip(weights, table, strict=True):
        if weight:
            total += weight * row
    return total


def splits(steps: int, legs: int) -> Iterator[tuple[float, ...]]:
    """Yield every split of 1 into so many shares of whole steps, each 1/steps."""

    def parts(left: int, places: int) -> Iterator[tuple[int, ...]]:
        if places == 1:
            yield (left,)
            return
        for first in range(left, -1, -1):
            for rest in parts(left - first, places - 1):
                yield (first, *rest)

    for split in parts(steps, legs):
        yield tuple(part / steps for part in split)


def _marked(blends: list[Blend]) -> tuple[Blend, ...]:
    """Return the blends with the efficient ones marked."""
    order = sorted(range(len(blends)), key=lambda at: (-blends[at].mean_saving, blends[at].shortfall))
    efficient, least = set(), math.inf
    for at in order:
        if blends[at].shortfall < least:
            efficient.add(at)
            least = blends[at].shortfall
    return tuple(
        Blend(
            blend.shares, blend.mean_saving, blend.shortfall, blend.risk_adjusted, efficient=at in efficient
        )
        for at, blend in enumerate(blends)
    )
