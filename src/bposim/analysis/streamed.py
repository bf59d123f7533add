"""The figures of a streamed run: from distributions in bins, where totals by trial are not kept.

What concerns one distribution comes from its bins, which keep counts, exact sums and exact moments: quantiles
and shortfalls are within 0.1 % of their values, means, standard deviations and P(S > 0) exact.  Errors of
paired differences need both totals of a trial: their spread is that of the first trials, kept whole.
What only the first trials can say is taken from there, and a warning says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import CLOSE, Entropic, MeanEs
from bposim.analysis.measures import (
    TAIL_FLAGGED,
    TAIL_REFUSED,
    WEIGHT_LIMIT,
    Z95,
    CertaintyEquivalent,
    Estimate,
    Sample,
    normal_interval,
    order_statistic_ranks,
    proportion,
)
from bposim.analysis.payback import PaybackSummary
from bposim.analysis.summary import (
    FEW_WORST,
    TOLERANCE_SHARE,
    AlternativeSummary,
    CostMeasures,
    Promise,
    RankedBy,
    RiskAdjusted,
    SavingMeasures,
    Summary,
    summarise,
)
from bposim.figures import figure_named
from bposim.result import StreamedResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.figures import FigureName
    from bposim.histogram import Histogram, Moments
    from bposim.result import AnyResult
    from bposim.scenario import Promise as Promised
    from bposim.shapes import FloatArray


@dataclass(frozen=True)
class Bins:
    """A distribution as bins in ascending order, each array ``(bins,)``."""

    low: FloatArray
    high: FloatArray
    counts: NDArray[np.int64]
    means: FloatArray
    centre: float
    spread: float
    """The standard deviation with n - 1."""

    @classmethod
    def of(cls, histogram: Histogram) -> Bins:
        """Return the bins of a histogram."""
        return cls(*histogram.bins(), histogram.moments.mean, histogram.moments.sd)

    def mirrored(self) -> Bins:
        """Return the distribution of -X."""
        return Bins(
            -self.high[::-1],
            -self.low[::-1],
            self.counts[::-1],
            -self.means[::-1],
            -self.centre,
            self.spread,
        )

    @cached_property
    def before(self) -> NDArray[np.int64]:
        """How many values stand in earlier bins."""
        return np.cumsum(self.counts) - self.counts

    @property
    def size(self) -> int:
        """How many values there are."""
        return int(self.before[-1] + self.counts[-1])

    def ranked(self, rank: int) -> float:
        """Return the value of a rank from 1, as if the values of a bin stood evenly in it."""
        at = int(np.searchsorted(self.before, rank - 1, side="right")) - 1
        part = (rank - 0.5 - self.before[at]) / self.counts[at]
        return float(self.low[at] + part * (self.high[at] - self.low[at]))

    def above(self, value: float) -> float:
        """Return how many values are above one, as if the values of a bin stood evenly in it."""
        width = np.maximum(self.high - self.low, np.finfo(float).tiny)
        part = np.clip((self.high - value) / width, 0.0, 1.0)
        return math.fsum(self.counts * np.where(self.high > self.low, part, self.means > value))

    def expectation(self, values: FloatArray) -> float:
        """Return the mean of a function that has these ``values`` at the means of the bins."""
        return math.fsum(self.counts * values) / self.size

    def deviation(self, values: FloatArray) -> float:
        """Return the standard deviation of such a function."""
        centre = self.expectation(values)
        return math.sqrt(self.expectation((values - centre) ** 2))


def mean(moments: Moments) -> Estimate:
    """Return the mean with its error by the central limit theorem."""
    if moments.count == 1:
        return Estimate(moments.mean, None, note="a single trial has no error")
    return normal_interval(moments.mean, moments.sd / math.sqrt(moments.count))


def sd(bins: Bins) -> Estimate:
    """Return the standard deviation; its error is by the fourth moment of the bins."""
    s, n = bins.spread, bins.size
    if n == 1:
        return Estimate(0.0, None, note="a single trial has no spread")
    if s == 0.0:
        return normal_interval(0.0, 0.0)
    kurtosis = bins.expectation(((bins.means - bins.centre) / s) ** 4)
    se = s / 2 * math.sqrt(max(kurtosis - (n - 3) / (n - 1), 0.0) / n)
    return replace(normal_interval(s, se), low=max(s - Z95 * se, 0.0))


def quantile(bins: Bins, p: float) -> Estimate:
    """Return a quantile with the interval of two order statistics."""
    below, weight = divmod((bins.size - 1) * p, 1)
    left, right = bins.ranked(int(below) + 1), bins.ranked(min(int(below) + 2, bins.size))
    value = left + weight * (right - left)
    ranks = order_statistic_ranks(bins.size, p)
    if ranks is None:
        return Estimate(value, None, note=f"{bins.size:,} trials are too few for an interval at {p:.4g}")
    low, high = map(bins.ranked, ranks)
    return Estimate(value, (high - low) / (2 * Z95), low, high)


def contingency(bins: Bins, p: float = 0.8) -> Estimate:
    """Return the quantile less the mean; see :func:`bposim.analysis.measures.contingency`."""
    q = quantile(bins, p)
    value = q.value - bins.centre
    if q.se is None:
        return Estimate(value, None, note=q.note)
    below = bins.means <= q.value
    partial_mean = math.fsum(bins.counts[below] * (bins.means[below] - bins.centre)) / bins.size
    inverse_density = q.se * math.sqrt(bins.size / (p * (1 - p)))
    variance = q.se**2 + (bins.spread**2 + 2 * inverse_density * partial_mean) / bins.size
    return normal_interval(value, math.sqrt(max(variance, 0.0)))


def expected_shortfall(bins: Bins, level: float) -> Estimate:
    """Return the mean of the highest 1 - ``level``; the bin of the threshold is split evenly."""
    threshold = _threshold(bins, level)
    excess = np.maximum(bins.means - threshold, 0.0)
    at = int(np.searchsorted(bins.low, threshold, side="right")) - 1
    if bins.high[at] > bins.low[at]:
        above = (bins.high[at] - threshold) / (bins.high[at] - bins.low[at])
        excess[at] = above * (bins.high[at] - threshold) / 2
    value = threshold + bins.expectation(excess) / (1 - level)
    refused, note = _support(bins, level)
    if refused:
        return Estimate(value, None, note=note)
    return normal_interval(value, bins.deviation(excess) / (1 - level) / math.sqrt(bins.size), note)


def mean_es(bins: Bins, measure: MeanEs) -> Estimate:
    """Return (1 - weight) E[X] + weight ES(X)."""
    shortfall = expected_shortfall(bins, measure.level)
    value = (1 - measure.weight) * bins.centre + measure.weight * shortfall.value
    if measure.weight and shortfall.se is None:
        return Estimate(value, None, note=shortfall.note)
    tail = np.maximum(bins.means - _threshold(bins, measure.level), 0.0) / (1 - measure.level)
    influence = (1 - measure.weight) * bins.means + measure.weight * tail
    return normal_interval(value, bins.deviation(influence) / math.sqrt(bins.size), shortfall.note)


def certainty_equivalent(bins: Bins, tolerance: float) -> CertaintyEquivalent:
    """Return rho ln E[exp(X / rho)] by log-sum-exp over the bins."""
    largest = float(bins.high[-1])
    with np.errstate(over="ignore", under="ignore"):
        weights = np.exp((bins.means - largest) / tolerance)
    average = bins.expectation(weights)
    share = float(weights[-1]) / (average * bins.size)
    value = largest + tolerance * math.log(average)
    if (share > WEIGHT_LIMIT and bins.counts.size > 1) or bins.size == 1:
        note = f"one trial carries {share:.0%} of the exponential mean: do not rank by it"
        return CertaintyEquivalent(value, None, share, reliable=False, note=note)
    se = tolerance * bins.deviation(weights) / (average * math.sqrt(bins.size))
    return CertaintyEquivalent(value, se, share, reliable=True)


def payback(counts: NDArray[np.int64]) -> PaybackSummary:
    """Return the median month; ``counts`` are trials by payback month, last those that never pay back."""
    n = int(counts.sum())
    never = proportion(int(counts[-1]), n)
    paid = np.cumsum(counts[:-1])

    def ranked(rank: int) -> int | None:
        return int(np.searchsorted(paid, rank)) if rank <= paid[-1] else None

    ranks = order_statistic_ranks(n, 0.5)
    if ranks is None:
        return PaybackSummary(
            ranked((n + 1) // 2), None, None, never, f"{n:,} trials are too few for an interval"
        )
    return PaybackSummary(ranked((n + 1) // 2), ranked(ranks[0]), ranked(ranks[1]), never)


def summary_of(result: AnyResult) -> Summary:
    """Return every figure of a run, however it was kept."""
    return summarise_streamed(result) if isinstance(result, StreamedResult) else summarise(result)


def summarise_streamed(result: StreamedResult) -> Summary:
    """Return every figure of a streamed run."""
    first = summarise(result.first)
    costs = {name: Bins.of(histogram) for name, histogram in result.costs.items()}
    preferences, baseline = result.scenario.preferences, result.baseline
    by_mean_es = MeanEs(preferences.tail_weight, preferences.tail_level)
    tolerance = preferences.risk_tolerance or TOLERANCE_SHARE * abs(costs[baseline].centre) or 1.0
    equivalents = {name: certainty_equivalent(bins, tolerance) for name, bins in costs.items()}
    unusable = first.alternatives[baseline].risk_adjusted.reason or next(
        (f"{name}: {found.note}" for name, found in equivalents.items() if not found.reliable), ""
    )
    shortfalls = {name: mean_es(bins, by_mean_es) for name, bins in costs.items()}
    entropic = {name: Estimate(found.value, found.se, note=found.note) for name, found in equivalents.items()}
    rank_by: RankedBy = "mean_es" if unusable else preferences.rank_by
    measure: MeanEs | Entropic = Entropic(tolerance) if rank_by == "certainty_equivalent" else by_mean_es
    values = entropic if rank_by == "certainty_equivalent" else shortfalls
    order = sorted(values, key=lambda name: (values[name].value, name != baseline, name))
    paired = _Paired(result)
    behind = {name: paired.difference(values, name, order[0], measure) for name in order[1:]}
    adjusted = {
        name: RiskAdjusted(
            paired.difference(shortfalls, baseline, name, by_mean_es),
            None if unusable else paired.difference(entropic, baseline, name, Entropic(tolerance)),
            unusable,
        )
        for name in result.names
    }
    alternatives = {
        name: _alternative(
            first.alternatives[name], result, costs[name], adjusted[name], order.index(name) + 1
        )
        for name in result.names
    }
    regret = {name: mean(moments) for name, moments in result.regrets.items()}
    decision = replace(
        first.decision,
        recommended=order[0],
        rank_by=rank_by,
        probability_best={name: proportion(won, result.trials) for name, won in result.cheapest.items()},
        expected_regret={
            name: replace(found, low=None if found.low is None else max(found.low, 0.0))
            for name, found in regret.items()
        },
        evpi=min(regret.values(), key=lambda found: found.value),
        close=tuple(
            name for name, gap in behind.items() if gap.se is None or abs(gap.value) <= CLOSE * gap.se
        ),
        decided=all(gap.se is not None for gap in behind.values()),
    )
    return replace(
        first,
        alternatives=alternatives,
        decision=decision,
        risk_tolerance=tolerance,
        warnings=(*_but_of_few_trials(first), _kept_warning(result)),
    )


class _Paired:
    """Errors of differences, by the spread of paired influences in the first trials."""

    def __init__(self, result: StreamedResult) -> None:
        self._trials = result.trials
        self._first = {name: Sample(cost) for name, cost in result.first.costs.items()}

    def difference(
        self, values: dict[str, Estimate], name: str, other: str, measure: MeanEs | Entropic
    ) -> Estimate:
        """Return the value of ``name`` less that of ``other``."""
        if name == other:
            return normal_interval(0.0, 0.0)
        value = values[name].value - values[other].value
        if values[name].se is None or values[other].se is None:
            return Estimate(value, None, note=values[name].note or values[other].note)
        influence = measure.influence(self._first[name]) - measure.influence(self._first[other])
        return normal_interval(value, float(np.std(influence, ddof=1)) / math.sqrt(self._trials))


def _alternative(
    first: AlternativeSummary, result: StreamedResult, cost: Bins, adjusted: RiskAdjusted, rank: int
) -> AlternativeSummary:
    name = first.name
    histogram = result.savings.get(name)
    return replace(
        first,
        cost=CostMeasures(
            mean=mean(result.costs[name].moments),
            sd=sd(cost),
            p5=quantile(cost, 0.05),
            p25=quantile(cost, 0.25),
            p50=quantile(cost, 0.50),
            p75=quantile(cost, 0.75),
            p95=quantile(cost, 0.95),
            es95=expected_shortfall(cost, 0.95),
            contingency_p80=contingency(cost, 0.8),
        ),
        saving=first.saving if histogram is None else _saving(histogram),
        promise=_promise(first, histogram, result.scenario.preferences.promised_saving),
        risk_adjusted=adjusted,
        categories=result.categories[name],
        payback=payback(result.payback[name]),
        rank=rank,
    )


def _saving(histogram: Histogram) -> SavingMeasures:
    if histogram.least == histogram.greatest == 0.0:
        zero = normal_interval(0.0, 0.0)
        return SavingMeasures(zero, zero, zero, zero, zero, zero, zero)
    bins = Bins.of(histogram)
    worst = expected_shortfall(bins.mirrored(), 0.95)
    return SavingMeasures(
        mean=mean(histogram.moments),
        sd=sd(bins),
        p5=quantile(bins, 0.05),
        p50=quantile(bins, 0.50),
        p95=quantile(bins, 0.95),
        es95=_negated(worst),
        probability_positive=proportion(histogram.positive, histogram.size),
    )


def _promise(
    first: AlternativeSummary, histogram: Histogram | None, promised: Promised | None
) -> Promise | None:
    """Return the promise kept; one in per cent of the baseline's cost is only known of the first trials."""
    if first.promise is None or histogram is None or promised is None or promised.relative:
        return first.promise
    bins = Bins.of(histogram)
    kept = min(bins.above(promised.value), bins.size)
    missed = bins.size - kept
    if missed < TAIL_FLAGGED:
        return replace(first.promise, probability_kept=proportion(kept, bins.size))
    short = np.maximum(promised.value - bins.means, 0.0)
    average = bins.expectation(short) * bins.size / missed
    spread = math.sqrt(
        bins.expectation(np.where(short > 0.0, (short - average) ** 2, 0.0)) * bins.size / missed
    )
    return Promise(proportion(kept, bins.size), normal_interval(average, spread / math.sqrt(missed)))


def _negated(estimate: Estimate) -> Estimate:
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return Estimate(-estimate.value, estimate.se, low, high, estimate.note)


def _threshold(bins: Bins, level: float) -> float:
    return bins.ranked(max(math.ceil(bins.size * level - 1e-9), 1))


def _support(bins: Bins, level: float) -> tuple[bool, str]:
    points = int(bins.size * (1 - level) + 1e-9)
    if points < TAIL_REFUSED:
        return True, f"{points} tail points are too few for an error, {TAIL_REFUSED} are needed"
    return False, f"only {points} tail points: the error is rough" if points < TAIL_FLAGGED else ""


def _but_of_few_trials(first: Summary) -> tuple[str, ...]:
    """Return the warnings of the first trials without those about their number."""
    return tuple(text for text in first.warnings if not text.startswith(FEW_WORST))


def _kept_warning(result: StreamedResult) -> str:
    return (
        "totals were streamed: quantiles are within 0.1% of their values; a promise in per cent, a budget, "
        f"the rate of return and the pictures are of the first {result.first.trials:,} trials"
    )


def figure_of_streamed(result: StreamedResult, summary: Summary, name: str, figure: str) -> Estimate:
    """Return a figure of an alternative by its name, as :func:`bposim.analysis.statistic.statistic` names it.

    ``summary`` is that of the run.  Raises ValueError for a name that is no figure.
    """
    named, own = figure_named(figure), summary.alternatives[name]
    kept = own.promise.probability_kept if own.promise else None
    told = {
        "probability_saves": own.saving.probability_positive,
        "probability_kept": kept or Estimate(math.nan, None, note="no saving is promised"),
        "risk_adjusted_value": (
            summary.decision.rank_by == "certainty_equivalent" and own.risk_adjusted.certainty_equivalent
        )
        or own.risk_adjusted.mean_es,
    }
    measures = own.cost if named.group == "total_cost" else own.saving
    found: Estimate | None = told.get(named.part) or getattr(measures, named.part, None)
    return found or _read_off(result, name, named)


def _read_off(result: StreamedResult, name: str, named: FigureName) -> Estimate:
    """Return a percentile, or a mean beyond one, that no summary has."""
    level = named.level or 0.0
    if named.group == "total_cost":
        bins = Bins.of(result.costs[name])
        return quantile(bins, level) if named.part.startswith("p") else expected_shortfall(bins, level)
    if name == result.baseline:
        return normal_interval(0.0, 0.0)
    bins = Bins.of(result.savings[name])
    return (
        quantile(bins, level)
        if named.part.startswith("p")
        else _negated(expected_shortfall(bins.mirrored(), level))
    )
