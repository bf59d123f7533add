"""Which drivers move a total: tornado, rank correlation, first-order indices, from the run's own draws.

Nothing is run again.  "When this driver is high" means the trials in which it was high, so whatever is
correlated with it is high too: these are statements about learning a driver, not about turning a knob.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.drivers import check_drivers, equal_count_bins, midranks
from bposim.analysis.measures import Z95, Estimate, Sample, mean, normal_interval, quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.analysis.drivers import Drivers
    from bposim.analysis.measures import Totals
    from bposim.shapes import FloatArray

HALF = 0.5

FEWEST_RANKS = 4
"""With fewer trials a rank correlation has no error."""

LINE = 10
"""A bin with no more trials than this gets a level, not a line."""

FEWEST = 30
"""Fewer trials than this at one end of a driver carry no bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: the total's mean and quantile where a driver is low and where it is high."""

    name: str
    low_at: float
    """Mean of the driver in its low trials."""
    high_at: float
    """Mean of the driver in its high trials."""
    low_mean: Estimate
    high_mean: Estimate
    low_quantile: Estimate
    high_quantile: Estimate

    @property
    def swing_mean(self) -> Estimate:
        """Mean where the driver is high less mean where it is low."""
        return _difference(self.high_mean, self.low_mean)

    @property
    def swing_quantile(self) -> Estimate:
        """Quantile where the driver is high less quantile where it is low."""
        return _difference(self.high_quantile, self.low_quantile)


def tornado(total: Totals, drivers: Drivers, *, share: float = 0.1, p: float = 0.05) -> tuple[Bar, ...]:
    """Return a bar for each driver, widest swing of the mean first, equals by name.

    Low and high are the lowest and the highest ``share`` of the driver's values, 0 < share <= 1/2; for a
    driver with few values, the trials at its lowest and at its highest frequent value.  ``p`` is the quantile
    that is compared beside the mean.  Constant drivers have no bar.  Raises ValueError for a wrong share.
    """
    if not 0 < share <= HALF:
        raise ValueError(f"the ends of a driver are a share of the trials up to 1/2; it is {share}")
    sample = Sample.of(total)
    bars = []
    for name, x in check_drivers(drivers, sample.size).items():
        low, high = _ends(x, share)
        if min(np.count_nonzero(low), np.count_nonzero(high)) < FEWEST:
            continue
        at_low, at_high = _End(sample, x, low), _End(sample, x, high)
        bars.append(
            Bar(
                name,
                float(x[low].mean()),
                float(x[high].mean()),
                at_low.mean(),
                at_high.mean(),
                at_low.quantile(p),
                at_high.quantile(p),
            )
        )
    return tuple(sorted(bars, key=lambda bar: (-abs(bar.swing_mean.value), bar.name)))


def rank_correlation(total: Totals, drivers: Drivers) -> dict[str, Estimate]:
    """Return Spearman's rank correlation of the total with each driver, 0 for a constant one.

    The interval is Fisher's with the variance (1 + r^2 / 2) / (n - 3) of Bonett and Wright (2000).
    """
    sample = Sample.of(total)
    y = _standardised(midranks(sample.values))
    return {
        name: _fisher(float(np.mean(_standardised(midranks(x)) * y)), sample.size)
        for name, x in check_drivers(drivers, sample.size).items()
    }


def first_order(total: Totals, drivers: Drivers, bins: int | None = None) -> dict[str, Estimate]:
    """Return Var(E[total | driver]) / Var(total) for each driver, the share that knowing it alone removes.

    The conditional mean is a line in each of about n^(1/2) / 5 bins of equal count (at most 50): valid under
    any dependence, for steps as for curves.  Each number fitted takes off what it explains by chance, so the
    estimate is not biased by their noise; it may fall below 0, its interval does not.  The error is that of
    the influence (1 - S)(y - m)^2 - (y - m(x))^2, over the variance, and of the fitted numbers' own noise,
    2 (numbers - 1) (1 - S)^2 / n^2, which is what remains where S is 0.
    """
    sample = Sample.of(total)
    wanted = bins or int(min(max(math.sqrt(sample.size) / 5, 2), 50))
    y = sample.values - sample.centre
    return {name: _explained_alone(y, x, wanted) for name, x in check_drivers(drivers, sample.size).items()}


def bounded(estimate: Estimate, low: float, high: float) -> Estimate:
    """Return the estimate with its interval cut to what is possible."""
    if estimate.low is None or estimate.high is None:
        return estimate
    return replace(estimate, low=min(max(estimate.low, low), high), high=max(min(estimate.high, high), low))


def _explained_alone(y: FloatArray, x: FloatArray, bins: int) -> Estimate:
    """Return the first-order index of one driver; ``y`` has mean 0."""
    n, squares = y.size, float(np.sum(y * y))
    if squares == 0:
        return Estimate(0.0, None, note="the total does not vary")
    index, used = equal_count_bins(x, bins)
    count = np.bincount(index)
    step = y - (np.bincount(index, weights=y) / count)[index]
    along = x - (np.bincount(index, weights=x) / count)[index]
    spread = np.bincount(index, weights=along * along)
    sloped = (spread > 1e-18 * float(np.sum(spread) or 1.0)) & (count > LINE)
    slope = np.where(sloped, np.bincount(index, weights=along * step) / np.where(sloped, spread, 1.0), 0.0)
    distance = (step - slope[index] * along) ** 2
    fitted = used + int(np.count_nonzero(sloped))
    # Every number fitted hides its part of the distance; a lone trial would be its own mean.
    distance *= n / max(n - fitted, 1)
    value = 1 - float(np.sum(distance)) / squares * (n - 1) / n
    influence = ((1 - value) * y * y - distance) * (n / squares)
    chance = 2 * (fitted - 1) * (1 - value) ** 2 / n**2
    return bounded(normal_interval(value, math.sqrt(float(np.var(influence)) / n + chance)), 0.0, 1.0)


class _End:
    """The trials at one end of a driver, and the errors of what is computed from them.

    Where the end is cut off at a quantile of the driver, the cut itself comes from the sample.  That a trial
    at the cut is in or out matters by what it stands for there: with its mean at the cut taken off, the
    spread of the trials inside is the influence.  An end that is a value of its own has no such cut.
    """

    def __init__(self, total: Sample, x: FloatArray, inside: NDArray[np.bool_]) -> None:
        self._total, self._inside = total, inside
        self._sample = Sample(total.values[inside])
        cut = float(x[inside].max() if x[inside].min() <= x.min() else x[inside].min())
        self._near: NDArray[np.intp] | None = None
        if np.count_nonzero(x == cut) == 1:
            enough = min(math.isqrt(x.size), x.size)
            self._near = np.argpartition(np.abs(x - cut), enough - 1)[:enough]

    def mean(self) -> Estimate:
        """Return the mean total of the end."""
        return self._widened(mean(self._sample), self._total.values)

    def quantile(self, p: float) -> Estimate:
        """Return the ``p`` quantile of the end's totals."""
        found = quantile(self._sample, p)
        return self._widened(found, (self._total.values <= found.value).astype(np.float64))

    def _widened(self, estimate: Estimate, each: FloatArray) -> Estimate:
        inside = each[self._inside]
        plain = float(np.var(inside)) * inside.size
        if self._near is None or plain <= 0 or estimate.se is None:
            return estimate
        at_cut = inside - float(np.mean(each[self._near]))
        spread = float(np.sum(at_cut**2)) - float(np.sum(at_cut)) ** 2 / each.size
        factor = math.sqrt(max(spread / plain, 0.0))
        low, high = estimate.low, estimate.high
        return replace(
            estimate,
            se=estimate.se * factor,
            low=None if low is None else estimate.value - factor * (estimate.value - low),
            high=None if high is None else estimate.value + factor * (high - estimate.value),
        )


def _ends(x: FloatArray, share: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    low, high = np.quantile(x, [share, 1 - share])
    if low < high:
        return x <= low, x >= high
    # One value fills the middle; the ends are what lies beyond it, or the value itself if nothing does.
    below, above = x < low, x > high
    return (below if below.any() else x == low), (above if above.any() else (x == high) & below.any())


def _difference(high: Estimate, low: Estimate) -> Estimate:
    """Return the difference of two estimates from different trials, which are independent."""
    value = high.value - low.value
    if high.se is None or low.se is None:
        return Estimate(value, None, note=high.note or low.note)
    return normal_interval(value, math.hypot(high.se, low.se))


def _standardised(x: FloatArray) -> FloatArray:
    spread = float(np.std(x))
    return (x - x.mean()) / spread if spread > 0 else np.zeros_like(x)


def _fisher(r: float, n: int) -> Estimate:
    if n < FEWEST_RANKS:
        return Estimate(r, None, note=f"{n} trials are too few for an error")
    if abs(r) >= 1 - 1e-12:
        return Estimate(math.copysign(1.0, r), 0.0, math.copysign(1.0, r), math.copysign(1.0, r))
    spread = math.sqrt((1 + r * r / 2) / (n - 3))
    centre = math.atanh(r)
    return Estimate(
        r, spread * (1 - r * r), math.tanh(centre - Z95 * spread), math.tanh(centre + Z95 * spread)
    )
