"""Measures of one distribution, each with its Monte Carlo error.

A sample is one total per trial, shape ``(trials,)``, in money; a cost is positive.  The tail of a cost
is its high end, that of a saving its low end.  Every interval is two-sided at 95 %.  An error that the
sample cannot support is not given: ``se`` is then None and ``note`` says why.

Where a measure is differentiable its error comes from its influence function, the effect that one more
trial at a given place has on the estimate: the variance of the estimate is Var(influence) / trials.

Under a design trials are spread together in replicates, and only the replicates are independent.  The
variance is then that of the mean of the influence over replicates, and intervals are by Student's t with one
degree of freedom less than there are replicates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import numpy as np
from scipy.special import bdtr, bdtrik, betaincinv, stdtrit

from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Tail: TypeAlias = Literal["high", "low"]

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal: half the width of a 95 % interval in standard errors."""

OUTSIDE = 0.025
"""The probability that a 95 % interval leaves out on either side."""

TAIL_REFUSED = 100
"""Fewer tail points than this carry no interval: a normal one covers 84 % at 10 points, not 95 %."""

TAIL_FLAGGED = 1000
"""Fewer tail points than this carry an interval with a warning."""

FEWEST_REPLICATES = 8
"""Fewer replicates than this carry no error: its own error would be a quarter and more."""

WEIGHT_LIMIT = 0.05
"""The largest share that one trial may have in an exponential mean before the mean is that one trial."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error and 95 % interval; None where the sample cannot give one."""

    value: float
    se: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CertaintyEquivalent:
    """A certainty equivalent and whether the sample can carry it.

    ``largest_weight`` is the share of the single heaviest trial in E[exp(X/rho)], between 0 and 1.  When
    it is large the estimate rests on that trial, as it does when the true value is infinite, and nothing
    should be ranked by it: ``reliable`` is False, ``se`` None and ``note`` says so.
    """

    value: float
    se: float | None
    largest_weight: float
    reliable: bool
    note: str = ""


class Sample:
    """Totals by trial, ``(trials,)``, with what several measures share: centre, spread and one sort.

    ``replicate`` trials each were spread together by a design; with 1 all trials are independent.
    """

    def __init__(self, values: FloatArray, replicate: int = 1) -> None:
        """Keep a read-only view of the totals.

        Raises ValueError when they are not one-dimensional, empty, or not all finite.
        """
        self.values: FloatArray = np.asarray(values, dtype=np.float64).view()
        self.values.flags.writeable = False
        if self.values.ndim != 1 or self.values.size == 0:
            raise ValueError(
                f"a sample has one total per trial, shape (trials,); this has shape {self.values.shape}"
            )
        if not np.isfinite(self.values).all():
            raise ValueError(
                f"trial {int(np.argmin(np.isfinite(self.values)))} has a total that is not finite"
            )
        self.size: int = self.values.size
        self.replicate = replicate

    def like(self, values: FloatArray) -> Sample:
        """Return other values of the same trials as a sample."""
        return Sample(values, self.replicate)

    @property
    def unsupported(self) -> str:
        """Why the sample carries no error, or an empty text."""
        if self.replicate > 1 and self.size < FEWEST_REPLICATES * self.replicate:
            needed = FEWEST_REPLICATES * self.replicate
            return f"under this design an error needs {needed:,} trials; these are {self.size:,}"
        return "a single trial has no error" if self.size == 1 else ""

    @cached_property
    def reach(self) -> float:
        """Half the width of a 95 % interval in standard errors."""
        if self.replicate == 1:
            return Z95
        return float(stdtrit(math.ceil(self.size / self.replicate) - 1, 1 - OUTSIDE))

    def error(self, influence: FloatArray) -> float:
        """Return the standard error of an estimate whose trials have this influence, ``(trials,)``."""
        # Measured from the first trial, so that equal influences have exactly no error.
        influence = influence - influence[0]
        if self.replicate == 1:
            return float(np.std(influence, ddof=1)) / math.sqrt(self.size)
        # The last replicate may be cut short and then counts by its trials.
        sums = np.add.reduceat(influence - np.mean(influence), np.arange(0, self.size, self.replicate))
        return math.sqrt(float(np.sum(sums**2)) * sums.size / (sums.size - 1)) / self.size

    def estimate(self, value: float, influence: FloatArray, note: str = "") -> Estimate:
        """Return an estimate with the error of its influence, or without where the sample carries none."""
        if self.unsupported:
            return Estimate(value, None, note=self.unsupported)
        se = self.error(influence)
        return Estimate(value, se, value - self.reach * se, value + self.reach * se, note)

    @classmethod
    def of(cls, values: Self | FloatArray) -> Self:
        """Return a sample as it is, an array as a sample."""
        return values if isinstance(values, cls) else cls(np.asarray(values))

    @cached_property
    def ordered(self) -> FloatArray:
        """The totals in ascending order, ``(trials,)``."""
        return np.sort(self.values)

    @cached_property
    def centre(self) -> float:
        """The arithmetic mean."""
        # Measured from the first trial, so that equal totals have exactly their own mean and no spread.
        return float(self.values[0] + np.mean(self.values - self.values[0]))

    @cached_property
    def spread(self) -> float:
        """The standard deviation with n - 1; 0 for a single trial."""
        return math.sqrt(float(np.sum((self.values - self.centre) ** 2)) / max(self.size - 1, 1))


Totals: TypeAlias = Sample | FloatArray
"""A sample, or the bare array of totals by trial; pass a sample to share its sort among measures."""


def normal_interval(value: float, se: float, note: str = "") -> Estimate:
    """Return an estimate whose 95 % interval is ``value`` plus or minus 1.96 standard errors."""
    return Estimate(value, se, value - Z95 * se, value + Z95 * se, note)


def mean(x: Totals) -> Estimate:
    """Return the mean with its error by the central limit theorem."""
    sample = Sample.of(x)
    return sample.estimate(sample.centre, sample.values)


def sd(x: Totals) -> Estimate:
    """Return the standard deviation (n - 1) with its error from the fourth central moment.

    Var(s^2) = s^4 (kurtosis - (n-3)/(n-1)) / n, and the delta method for the root.
    """
    sample = Sample.of(x)
    n, s = sample.size, sample.spread
    if n == 1:
        return Estimate(0.0, None, note="a single trial has no spread")
    if s == 0:
        return normal_interval(0.0, 0.0)
    square = ((sample.values - sample.centre) / s) ** 2
    if sample.replicate > 1:
        found = sample.estimate(s, s / 2 * square)
        return found if found.low is None else replace(found, low=max(found.low, 0.0))
    kurtosis = float(np.mean(square * square))
    se = s / 2 * math.sqrt(max(kurtosis - (n - 3) / (n - 1), 0.0) / n)
    return replace(normal_interval(s, se), low=max(s - Z95 * se, 0.0))


def skewness(x: Totals) -> Estimate:
    """Return the moment coefficient of skewness g = m3 / m2^1.5 with its error by influence function.

    The influence of a standardised total z is z^3 - 3 z - g - 1.5 g (z^2 - 1).
    """
    sample = Sample.of(x)
    if sample.spread == 0:
        return Estimate(0.0, None, note="without spread there is no skewness")
    z = (sample.values - sample.centre) / (sample.spread * math.sqrt(1 - 1 / sample.size))
    square = z * z
    cube = square * z
    g = float(np.mean(cube))
    influence = cube - 3 * z - 1.5 * g * square
    return sample.estimate(g, influence)


def quantile(x: Totals, p: float) -> Estimate:
    """Return the ``p`` quantile, 0 < p < 1, with the interval of two order statistics.

    The point is interpolated linearly between order statistics (NumPy's default, Hyndman and Fan's type
    7).  The interval needs no distribution: the number of totals below the true quantile is binomial.
    ``se`` is the interval's half width / 1.96.  A quantile too far out for the sample has no interval.
    Under a design that number is not binomial; its measured error takes the place (Woodruff 1952).
    """
    _check_share(p, "a quantile's probability")
    sample = Sample.of(x)
    below, weight = divmod((sample.size - 1) * p, 1)
    left = float(sample.ordered[int(below)])
    right = float(sample.ordered[min(int(below) + 1, sample.size - 1)])
    value = min(left + weight * (right - left), right)
    if sample.unsupported and sample.replicate > 1:
        return Estimate(value, None, note=sample.unsupported)
    ranks = enclosing_ranks(sample, value, p)
    if ranks is None:
        return Estimate(value, None, note=f"{sample.size:,} trials are too few for an interval at {p:.4g}")
    low, high = (float(sample.ordered[rank - 1]) for rank in ranks)
    return Estimate(value, (high - low) / (2 * sample.reach), low, high)


def quantiles(x: Totals, probabilities: Sequence[float]) -> tuple[Estimate, ...]:
    """Return several quantiles from one sort, in the order asked."""
    sample = Sample.of(x)
    return tuple(quantile(sample, p) for p in probabilities)


def enclosing_ranks(sample: Sample, value: float, p: float) -> tuple[int, int] | None:
    """Return the ranks of the order statistics that enclose the ``p`` quantile, estimated at ``value``."""
    if sample.replicate == 1:
        return order_statistic_ranks(sample.size, p)
    if sample.unsupported:
        return None
    away = sample.reach * sample.error((sample.values <= value).astype(np.float64))
    lower, upper = math.floor(sample.size * (p - away)), math.ceil(sample.size * (p + away)) + 1
    return (lower, upper) if lower > 0 and upper <= sample.size else None


def order_statistic_ranks(n: int, p: float) -> tuple[int, int] | None:
    """Return the ranks, counted from 1, of the two order statistics that enclose the ``p`` quantile.

    Each end fails with probability at most 2.5 %.  None when the sample of ``n`` does not reach so far.
    """
    # The inverse of the binomial distribution is continuous; the steps settle its rounding.
    lower = int(bdtrik(OUTSIDE, n, p)) + 1
    while lower > 0 and bdtr(lower - 1, n, p) > OUTSIDE:
        lower -= 1
    upper = max(int(bdtrik(1 - OUTSIDE, n, p)), 1)
    while bdtr(upper - 1, n, p) < 1 - OUTSIDE:
        upper += 1
    return (lower, upper) if lower > 0 and upper <= n else None


def value_at_risk(x: Totals, level: float = 0.95, tail: Tail = "high") -> Estimate:
    """Return the total that is exceeded on the bad side with probability 1 - ``level``.

    It is the ``level`` quantile of a cost (tail high), the 1 - ``level`` quantile of a saving (tail low).
    """
    return quantile(x, level if tail == "high" else 1 - level)


def expected_shortfall(x: Totals, level: float = 0.95, tail: Tail = "high") -> Estimate:
    """Return the mean of the worst 1 - ``level`` of the probability, atoms split.

    ES = v + E[max(X - v, 0)] / (1 - level) at a quantile v (Rockafellar and Uryasev, 2002), mirrored for
    the low tail.  The error is that of the same formula with v held fixed, which is exact to first order
    because ES is stationary in v.  It is refused below 100 tail points and flagged below 1,000.
    """
    sample = Sample.of(x)
    threshold, excess = _tail(sample, level, tail)
    scale = sample.size * (1 - level)
    total = float(np.sum(excess))
    value = threshold + (total if tail == "high" else -total) / scale
    refused, note = tail_support(sample, level, tail)
    if refused:
        return Estimate(value, None, note=note)
    if sample.replicate > 1:
        side = 1.0 if tail == "high" else -1.0
        beyond = np.maximum(side * (sample.values - threshold), 0.0)
        return sample.estimate(value, beyond / (1 - level), note)
    variance = max(float(np.sum(excess**2)) - total**2 / sample.size, 0.0)
    return normal_interval(value, math.sqrt(variance) / scale, note)


def tail_support(x: Totals, level: float, tail: Tail = "high") -> tuple[bool, str]:
    """Return whether the tail has too few points for an error, and the note that says so.

    Points beyond the threshold count; a tail that is one atom has no spread, there its trials count.
    """
    sample = Sample.of(x)
    _, excess = _tail(sample, level, tail)
    beyond = int(np.count_nonzero(excess))
    # The tail's share of the trials may miss a whole number by rounding: 1 - 0.9 is less than 0.1.
    points = int(sample.size * (1 - level) + 1e-9)
    points = min(points, beyond) if beyond else points
    if points < TAIL_REFUSED:
        return True, f"{points} tail points are too few for an error, {TAIL_REFUSED} are needed"
    if points < TAIL_FLAGGED:
        return False, f"only {points} tail points: the error is rough"
    return False, ""


def shortfall_influence(cost: Totals, level: float = 0.95) -> FloatArray:
    """Return each trial's influence on the high tail's shortfall, ``(trials,)``, up to a constant."""
    sample = Sample.of(cost)
    threshold, _ = _tail(sample, level, "high")
    return np.maximum(sample.values - threshold, 0.0) / (1 - level)


def mean_es(cost: Totals, weight: float = 0.5, level: float = 0.95) -> Estimate:
    """Return (1 - ``weight``) E[X] + ``weight`` ES(X) of a cost, the tail being its costliest part.

    The influences of mean and shortfall are added trial by trial, so their covariance is in the error.
    Raises ValueError unless 0 <= weight <= 1.
    """
    sample = Sample.of(cost)
    if weight == 0:
        return mean(sample)
    influence = mean_es_influence(sample, weight, level)
    value = (1 - weight) * sample.centre + weight * expected_shortfall(sample, level).value
    refused, note = tail_support(sample, level)
    if refused:
        return Estimate(value, None, note=note)
    return sample.estimate(value, influence, note)


def mean_es_influence(cost: Totals, weight: float = 0.5, level: float = 0.95) -> FloatArray:
    """Return each trial's influence on :func:`mean_es`, ``(trials,)``, up to a constant."""
    if not 0 <= weight <= 1:
        raise ValueError(f"the tail's weight lies between 0 and 1; it is {weight}")
    sample = Sample.of(cost)
    return (1 - weight) * sample.values + weight * shortfall_influence(sample, level)


def certainty_equivalent(cost: Totals, tolerance: float) -> CertaintyEquivalent:
    """Return rho ln E[exp(X / rho)] of a cost, rho the risk ``tolerance`` in money, by log-sum-exp.

    The error is by the delta method.  Raises ValueError unless the tolerance is positive and finite.
    """
    sample = Sample.of(cost)
    weights, largest = _exponential_weights(sample, tolerance)
    average = float(np.mean(weights))
    share = 1.0 / (average * weights.size)
    value = largest + tolerance * math.log(average)
    if share > WEIGHT_LIMIT and float(np.min(weights)) < 1:
        note = f"one trial carries {share:.0%} of the exponential mean: do not rank by it"
        return CertaintyEquivalent(value, None, share, reliable=False, note=note)
    if sample.unsupported:
        return CertaintyEquivalent(value, None, share, reliable=sample.size > 1, note=sample.unsupported)
    return CertaintyEquivalent(value, sample.error(tolerance / average * weights), share, reliable=True)


def certainty_equivalent_influence(cost: Totals, tolerance: float) -> FloatArray:
    """Return each trial's influence on the certainty equivalent, ``(trials,)``, up to a constant."""
    weights, _ = _exponential_weights(Sample.of(cost), tolerance)
    return tolerance * weights / float(np.mean(weights))


def probability_above(x: Totals, threshold: float) -> Estimate:
    """Return P(X > threshold) with the Clopper-Pearson interval."""
    sample = Sample.of(x)
    return share(sample, sample.values > threshold)


def probability_below(x: Totals, threshold: float) -> Estimate:
    """Return P(X < threshold) with the Clopper-Pearson interval; for a promise, that it is missed."""
    sample = Sample.of(x)
    return share(sample, sample.values < threshold)


def share(sample: Sample, counted: NDArray[np.bool_] | FloatArray) -> Estimate:
    """Return the share of a sample's trials that count; ``counted`` is 0 to 1 by trial, ``(trials,)``.

    Under a design the interval is Clopper and Pearson's for as many independent trials as would have the
    measured error (Korn and Graubard 1998).
    """
    successes = float(np.sum(counted))
    plain = proportion(successes, sample.size)
    if sample.replicate == 1 or plain.se is None:
        return plain
    p = plain.value
    if sample.unsupported:
        return Estimate(p, None, note=sample.unsupported)
    se = sample.error(np.asarray(counted, dtype=np.float64))
    if se == 0.0:
        return Estimate(p, se, p, p)
    effective = p * (1 - p) / (se * sample.reach / Z95) ** 2
    return replace(proportion(p * effective, effective), value=p, se=se)


def proportion(successes: float, trials: float) -> Estimate:
    """Return a share of trials with the exact interval of Clopper and Pearson (1934).

    ``se`` is sqrt(p (1-p) / trials).  A share of 0 or 1 has none, only the bound on its open side.
    ``successes`` may be fractional, where ties are split.
    """
    p = successes / trials
    low = float(betaincinv(successes, trials - successes + 1, OUTSIDE)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 1, trials - successes, 1 - OUTSIDE)) if successes < trials else 1.0
    if successes <= 0 or successes >= trials:
        seen = "none" if successes <= 0 else "all"
        return Estimate(p, None, low, high, note=f"seen in {seen} of {trials:,} trials: read the bound")
    return Estimate(p, math.sqrt(p * (1 - p) / trials), low, high)


def shortfall_given_miss(saving: Totals, promised: float) -> Estimate:
    """Return E[promised - S | S < promised], by how much a saving falls short when it does.

    The misses are few points of a tail and are held to the same counts as the expected shortfall.
    """
    sample = Sample.of(saving)
    short = promised - sample.values[sample.values < promised]
    if short.size == 0:
        return Estimate(0.0, None, note="no trial misses the promise")
    if short.size < TAIL_REFUSED:
        note = f"{short.size} misses are too few for an error, {TAIL_REFUSED} are needed"
        return Estimate(float(np.mean(short)), None, note=note)
    note = f"only {short.size} misses: the error is rough" if short.size < TAIL_FLAGGED else ""
    if sample.replicate == 1:
        return replace(mean(short), note=note)
    average = float(np.mean(short))
    missing = np.where(sample.values < promised, promised - sample.values - average, 0.0)
    return sample.estimate(average, missing * (sample.size / short.size), note)


def contingency(cost: Totals, p: float = 0.8) -> Estimate:
    """Return what must be set aside above the mean for the budget to hold with probability ``p``.

    It is the ``p`` quantile less the mean.  With the quantile's influence (p - 1[X <= q]) / f(q), its
    density f(q) read off the order statistics, the covariance of the two is in the error.
    """
    sample = Sample.of(cost)
    q = quantile(sample, p)
    value = q.value - sample.centre
    if q.se is None:
        return Estimate(value, None, note=q.note)
    if sample.replicate > 1:
        above = (sample.values > q.value).astype(np.float64)
        scatter = sample.error(above)
        return sample.estimate(value, (q.se / scatter if scatter else 0.0) * above - sample.values)
    below = int(np.searchsorted(sample.ordered, q.value, side="right"))
    partial_mean = float(np.sum(sample.ordered[:below] - sample.centre)) / sample.size
    inverse_density = q.se * math.sqrt(sample.size / (p * (1 - p)))
    variance = q.se**2 + (sample.spread**2 + 2 * inverse_density * partial_mean) / sample.size
    return normal_interval(value, math.sqrt(max(variance, 0.0)))


def _check_share(p: float, what: str) -> None:
    if not 0 < p < 1:
        raise ValueError(f"{what} lies strictly between 0 and 1; it is {p}")


def _tail(sample: Sample, level: float, tail: Tail) -> tuple[float, FloatArray]:
    """Return the tail's threshold (the inverse of the distribution function) and what lies beyond it."""
    _check_share(level, "a tail's level")
    rank = max(math.ceil(sample.size * level - 1e-9), 1)
    if tail == "high":
        threshold = float(sample.ordered[rank - 1])
        return threshold, sample.ordered[rank:] - threshold
    threshold = float(sample.ordered[sample.size - rank])
    return threshold, threshold - sample.ordered[: sample.size - rank]


def _exponential_weights(sample: Sample, tolerance: float) -> tuple[FloatArray, float]:
    """Return exp((X - max X) / tolerance), ``(trials,)``, and max X."""
    if not 0 < tolerance < math.inf:
        raise ValueError(f"a risk tolerance is a positive amount of money; it is {tolerance}")
    largest = float(np.max(sample.values))
    with np.errstate(over="ignore"):  # a tiny tolerance sends all but the largest to exp(-inf) = 0
        return np.exp((sample.values - largest) / tolerance), largest
