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
    from collections.abc import Iterator

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

    ``measure`` is what the best blend is best by, by default mean-ES.  Raises ValueError for unpaired costs.
    """
    by = measure or MeanEs(level=level)
    base = Sample.of(baseline)
    samples = {name: Sample.of(cost) for name, cost in legs.items()}
    if not samples or any(sample.size != base.size for sample in samples.values()):
        raise ValueError("a blend takes one leg at least, and all costs from the same trials")
    table = np.stack([sample.values for sample in samples.values()])
    found: list[Blend] = []
    for weights in _shares(len(samples)):
        cost = Sample(_blend(table, weights))
        found.append(
            Blend(
                dict(zip(samples, weights, strict=True)),
                base.centre - cost.centre,
                expected_shortfall(cost, level).value,
                by.value(cost).value,
                efficient=False,
            )
        )
    blends = _marked(found)
    best = min(blends, key=lambda blend: blend.risk_adjusted)
    singles = [blend for blend in blends if max(blend.shares.values()) == 1]
    single = min(singles, key=lambda blend: blend.risk_adjusted)
    alone = next(name for name, share in single.shares.items() if share == 1)
    cost = Sample(_blend(table, tuple(best.shares.values())))
    return Frontier(
        blends,
        best,
        alone,
        mean(base.values - cost.values),
        expected_shortfall(cost, level),
        risk_adjusted_value(samples[alone], cost, by),
        diversification(legs, best.shares, level),
    )


def diversification(legs: Costs, shares: dict[str, float], level: float = 0.95) -> Estimate:
    """Return the weighted sum of the legs' shortfalls less the shortfall of the blend, never negative.

    The influences are subtracted trial by trial, so the error is the paired one.
    """
    samples = {name: Sample.of(legs[name]) for name, share in shares.items() if share}
    together = Sample(np.sum([shares[name] * sample.values for name, sample in samples.items()], axis=0))
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


def _shares(legs: int) -> Iterator[tuple[float, ...]]:
    """Yield every split of 1 into ``legs`` shares of whole steps."""
    steps = next((step for step in STEPS if math.comb(step + legs - 1, legs - 1) <= MOST_BLENDS), 1)

    def splits(left: int, places: int) -> Iterator[tuple[int, ...]]:
        if places == 1:
            yield (left,)
            return
        for first in range(left, -1, -1):
            for rest in splits(left - first, places - 1):
                yield (first, *rest)

    for split in splits(steps, legs):
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
