"""Alternatives compared on paired trials: which is best, at what regret, and how sure that is.

Costs are a mapping from an alternative's name to its totals ``(trials,)``; trial i is the same future in
all of them, so every difference is taken trial by trial and its error is the paired one.  Low is good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from bposim.analysis.drivers import fixed_stream
from bposim.analysis.measures import (
    Estimate,
    Sample,
    Totals,
    certainty_equivalent,
    certainty_equivalent_influence,
    mean,
    mean_es,
    mean_es_influence,
    normal_interval,
    share,
)
from bposim.inputs.designs import REPLICATE

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

Costs: TypeAlias = Mapping[str, Totals]
"""Total cost by alternative and trial; all of one length."""

CLOSE = 2.0
"""A difference within so many of its standard errors is too close to call."""


FEWEST_BLOCKS = 32
"""So many units at least are resampled; with fewer blocks, parts of blocks."""

RESAMPLES = 4_000


class RiskMeasure(Protocol):
    """A cost reduced to the one amount by which alternatives rank; lower is better."""

    def value(self, cost: Sample) -> Estimate:
        """Return the risk-adjusted cost."""

    def influence(self, cost: Sample) -> FloatArray:
        """Return each trial's influence on :meth:`value`, ``(trials,)``, up to a constant."""


@dataclass(frozen=True, slots=True)
class MeanEs:
    """(1 - weight) E[X] + weight ES(X) over the costliest 1 - ``level``; weight 0 ranks by the mean."""

    weight: float = 0.5
    level: float = 0.95

    def value(self, cost: Sample) -> Estimate:
        """Return the risk-adjusted cost."""
        return mean_es(cost, self.weight, self.level)

    def influence(self, cost: Sample) -> FloatArray:
        """Return each trial's influence, ``(trials,)``, up to a constant."""
        return mean_es_influence(cost, self.weight, self.level) if self.weight else cost.values


@dataclass(frozen=True, slots=True)
class Entropic:
    """The certainty equivalent rho ln E[exp(X / rho)], rho the risk ``tolerance`` in money."""

    tolerance: float

    def value(self, cost: Sample) -> Estimate:
        """Return the risk-adjusted cost, without an error where one trial dominates the sample."""
        found = certainty_equivalent(cost, self.tolerance)
        if found.se is None:
            return Estimate(found.value, None, note=found.note)
        return normal_interval(found.value, found.se, found.note)

    def influence(self, cost: Sample) -> FloatArray:
        """Return each trial's influence, ``(trials,)``, up to a constant."""
        return certainty_equivalent_influence(cost, self.tolerance)


@dataclass(frozen=True, slots=True)
class Place:
    """An alternative's place in the ranking, from 1, with its distance to the first.

    ``too_close`` says that the distance to the first (for the first: to some other) is within two paired
    standard errors, or that the sample gives no error to judge it by.
    """

    name: str
    rank: int
    value: Estimate
    behind: Estimate
    too_close: bool


@dataclass(frozen=True, slots=True)
class RankStability:
    """How often the ranking comes out the same when the run's blocks are drawn again.

    ``holds`` is the probability of the whole order, ``leads`` that of each alternative to come first, and
    ``places`` by alternative those of places 1, 2 and so on.  All None where the measure has no error.
    """

    order: tuple[str, ...]
    holds: float | None
    leads: dict[str, float] | None
    places: dict[str, tuple[float, ...]] | None
    note: str = ""


def risk_adjusted_value(baseline: Totals, alternative: Totals, measure: RiskMeasure) -> Estimate:
    """Return the baseline's risk-adjusted cost less the alternative's, with the paired error.

    Both are taken on total cost: an alternative that steadies the total gains by it.  The influences of
    the two are subtracted trial by trial.  Raises ValueError when the trials are not the same in number.
    """
    base, other = Sample.of(baseline), Sample.of(alternative)
    _check_paired({"baseline": base, "alternative": other})
    first, second = measure.value(base), measure.value(other)
    return _difference(base, first, second, measure.influence(base) - measure.influence(other))


def ranking(costs: Costs, measure: RiskMeasure) -> tuple[Place, ...]:
    """Return the alternatives from best to worst by ``measure``; equals stand by name."""
    samples = _check_paired(costs)
    values = {name: measure.value(sample) for name, sample in samples.items()}
    order = sorted(values, key=lambda name: (values[name].value, name))
    best, others = order[0], order[1:]
    best_influence = measure.influence(samples[best])
    behind = {
        name: _difference(
            samples[best], values[name], values[best], measure.influence(samples[name]) - best_influence
        )
        for name in others
    }
    close = {name: too_close(gap) for name, gap in behind.items()}
    behind[best] = normal_interval(0.0, 0.0)
    close[best] = any(close.values())
    return tuple(
        Place(name, rank, values[name], behind[name], close[name]) for rank, name in enumerate(order, 1)
    )


def paired_differences(costs: Costs) -> dict[tuple[str, str], Estimate]:
    """Return E[X_a - X_b] with its paired error for each pair (a, b) in the order given: what b saves."""
    samples = _check_paired(costs)
    return {
        (one, other): mean(samples[one].like(samples[one].values - samples[other].values))
        for one, other in combinations(samples, 2)
    }


def rank_stability(costs: Costs, measure: RiskMeasure, block: int = REPLICATE) -> RankStability:
    """Return the probability that the ranking holds when blocks of trials are drawn again with replacement.

    What each block contributes to a measure is the mean influence of its trials, so a redraw is a weighted
    mean and sorts nothing.  It answers "would another seed have ranked them so?", not which is best in a
    future, which is :func:`probability_best`.
    """
    samples = _check_paired(costs)
    values = {name: measure.value(sample) for name, sample in samples.items()}
    order = tuple(sorted(values, key=lambda name: (values[name].value, name)))
    size = samples[order[0]].size
    lacking = [values[name].note for name in order if values[name].se is None]
    if lacking or size < FEWEST_BLOCKS:
        note = lacking[0] if lacking else f"{size} trials are too few to draw again"
        return RankStability(order, None, None, None, note)
    starts = np.linspace(0, size, max(size // block, FEWEST_BLOCKS) + 1).astype(np.intp)
    counts = np.diff(starts)
    influences = np.stack([measure.influence(samples[name]) for name in order])
    sums = np.add.reduceat(influences - influences.mean(axis=1, keepdims=True), starts[:-1], axis=1)
    drawn = fixed_stream(3).multinomial(counts.size, np.full(counts.size, 1 / counts.size), RESAMPLES)
    level = np.array([values[name].value for name in order])
    redrawn = level + (drawn @ sums.T) / (drawn @ counts)[:, np.newaxis]
    # A stable sort leaves equals in their order, as the ranking does by name.
    place = np.argsort(np.argsort(redrawn, axis=1, kind="stable"), axis=1, kind="stable")
    shares = np.stack([np.mean(place == rank, axis=0) for rank in range(len(order))], axis=1)
    return RankStability(
        order,
        float(np.mean(np.all(place == np.arange(len(order)), axis=1))),
        {name: float(shares[row, 0]) for row, name in enumerate(order)},
        {name: tuple(map(float, shares[row])) for row, name in enumerate(order)},
    )


def too_close(difference: Estimate) -> bool:
    """Return whether a difference is within two standard errors of 0, or has no error to judge it by."""
    return difference.se is None or abs(difference.value) <= CLOSE * difference.se


def probability_best(costs: Costs) -> dict[str, Estimate]:
    """Return for each alternative the probability that it is the cheapest; ties are split equally.

    The shares add up to 1.  The intervals are Clopper and Pearson's; with ties they are a little wide.
    """
    samples = _check_paired(costs)
    least = _least(samples)
    winners = np.zeros(least.size)
    for sample in samples.values():
        winners += sample.values == least
    return {name: share(sample, (sample.values == least) / winners) for name, sample in samples.items()}


def expected_regret(costs: Costs) -> dict[str, Estimate]:
    """Return for each alternative E[X - min over alternatives of X], the mean cost of having chosen it."""
    samples = _check_paired(costs)
    least = _least(samples)
    return {name: _not_negative(mean(sample.like(sample.values - least))) for name, sample in samples.items()}


def evpi(costs: Costs) -> Estimate:
    """Return the expected value of perfect information, E[max(-X)] - max E[-X], in the unit of the costs.

    It is the expected regret of the alternative with the lowest mean cost, and so is its error.  Where
    two means are too close to call, the choice of the lower one biases it down, by less than that error.
    """
    return min(expected_regret(costs).values(), key=lambda regret: regret.value)


def _check_paired(costs: Costs) -> dict[str, Sample]:
    """Return the samples; raise ValueError unless there is one at least and all have the same trials."""
    samples = {name: Sample.of(cost) for name, cost in costs.items()}
    if not samples:
        raise ValueError("there is no alternative to compare")
    sizes = {name: sample.size for name, sample in samples.items()}
    if len({(sample.size, sample.replicate) for sample in samples.values()}) > 1:
        raise ValueError(
            f"alternatives are compared trial by trial, but their trials differ in number: {sizes}"
        )
    return samples


def _least(samples: Mapping[str, Sample]) -> FloatArray:
    """Return the lowest cost of each trial, ``(trials,)``."""
    return reduce(np.minimum, (sample.values for sample in samples.values()))


def _difference(sample: Sample, first: Estimate, second: Estimate, influence: FloatArray) -> Estimate:
    """Return first less second, both of the trials of ``sample``, with the error of the paired influence."""
    value = first.value - second.value
    note = "; ".join(dict.fromkeys(filter(None, (first.note, second.note))))
    if first.se is None or second.se is None:
        return Estimate(value, None, note=note)
    return sample.estimate(value, influence, note)


def _not_negative(estimate: Estimate) -> Estimate:
    """Return the estimate with its interval cut at 0, below which a regret cannot lie."""
    return estimate if estimate.low is None else replace(estimate, low=max(estimate.low, 0.0))
