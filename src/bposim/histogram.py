"""A distribution kept in bounded memory: counts by bins of constant relative width, and exact moments.

A value x with |x| > TINY falls into bin sign(x) · (1 + ⌊ln(|x| / TINY) / ln(1 + WIDTH)⌋), what is smaller
into bin 0; the numbers of the bins rise with the values.  Whatever is read off the bins is within WIDTH of
its value, 0.1 %, or within TINY of 0.  Counts are integers, so merging is exact and in any order the same
(DDSketch: Masson, Rim and Lee, A fast and fully-mergeable quantile sketch, VLDB 12 (2019)).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bposim.shapes import FloatArray

WIDTH = 1e-3
"""Relative width of a bin, and so the largest relative error of what is read off."""

TINY = 0.01
"""Amounts up to this, a cent, count as 0 in the bins; moments and P(X > 0) do not round."""

_LOG_STEP = math.log1p(WIDTH)


class Moments:
    """Number, mean and squared deviations of values that come in blocks.

    The mean is the exactly rounded sum of the blocks' sums; squared deviations are merged by Chan, Golub and
    LeVeque (1979), which does not cancel as a difference of sums does.
    """

    def __init__(self) -> None:
        self.count = 0
        self._sums: list[float] = []
        self._running_mean = 0.0
        self._squares = 0.0

    def add(self, values: FloatArray) -> None:
        """Take a block."""
        size = values.size
        total = float(np.sum(values))
        mean = total / size
        squares = float(np.sum((values - mean) ** 2))
        both = self.count + size
        difference = mean - self._running_mean
        self._squares += squares + difference * difference * (self.count * size / both)
        self._running_mean += difference * (size / both)
        self.count = both
        self._sums.append(total)

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return math.fsum(self._sums) / self.count

    @property
    def sd(self) -> float:
        """The standard deviation with n - 1; 0 for a single value."""
        return math.sqrt(self._squares / max(self.count - 1, 1))

    def state(self) -> FloatArray:
        """Return all that is known, to be restored without loss but for the blocks' own sums."""
        return np.array([self.count, math.fsum(self._sums), self._running_mean, self._squares])

    @classmethod
    def restored(cls, state: FloatArray) -> Self:
        """Return the moments of a state."""
        moments = cls()
        moments.count, moments._sums = int(state[0]), [float(state[1])]
        moments._running_mean, moments._squares = float(state[2]), float(state[3])
        return moments


class Histogram:
    """Values that come in blocks, kept as counts and sums by bin."""

    def __init__(self) -> None:
        self.moments = Moments()
        self.positive = 0
        """How many values are above 0, exactly."""
        self.least = math.inf
        self.greatest = -math.inf
        self._lowest = 0
        self._counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._sums: FloatArray = np.zeros(0)

    def add(self, values: FloatArray) -> None:
        """Take a block, ``(trials,)``, all finite."""
        self.moments.add(values)
        self.positive += int(np.count_nonzero(values > 0.0))
        self.least = min(self.least, float(np.min(values)))
        self.greatest = max(self.greatest, float(np.max(values)))
        bins = _bins(values)
        low, high = int(np.min(bins)), int(np.max(bins))
        self._reach(low, high)
        here = slice(low - self._lowest, high - self._lowest + 1)
        self._counts[here] += np.bincount(bins - low)
        self._sums[here] += np.bincount(bins - low, weights=values)

    def _reach(self, low: int, high: int) -> None:
        """Let the bins reach from ``low`` to ``high``."""
        if not self._counts.size:
            self._lowest = low
        before = max(self._lowest - low, 0)
        after = max(high - (self._lowest + self._counts.size - 1), 0)
        if before or after:
            self._counts = np.pad(self._counts, (before, after))
            self._sums = np.pad(self._sums, (before, after))
            self._lowest -= before

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that is known, as arrays by name."""
        return {
            "counts": self._counts,
            "sums": self._sums,
            "integers": np.array([self._lowest, self.positive]),
            "ends": np.array([self.least, self.greatest]),
            "moments": self.moments.state(),
        }

    @classmethod
    def restored(cls, state: Mapping[str, NDArray[Any]]) -> Self:
        """Return the histogram of a state; raises KeyError where something is missing."""
        histogram = cls()
        histogram._counts, histogram._sums = state["counts"], state["sums"]
        histogram._lowest, histogram.positive = map(int, state["integers"])
        histogram.least, histogram.greatest = map(float, state["ends"])
        histogram.moments = Moments.restored(state["moments"])
        return histogram

    @property
    def size(self) -> int:
        """How many values there are."""
        return self.moments.count

    def bins(self) -> tuple[FloatArray, FloatArray, NDArray[np.int64], FloatArray]:
        """Return lower edge, upper edge, count and mean of each bin that is not empty, ascending."""
        filled = np.flatnonzero(self._counts)
        counts, number = self._counts[filled], filled + self._lowest
        inner = TINY * np.exp((np.abs(number) - 1) * _LOG_STEP)
        outer = inner * (1.0 + WIDTH)
        low = np.where(number > 0, inner, np.where(number < 0, -outer, -TINY))
        high = np.where(number > 0, outer, np.where(number < 0, -inner, TINY))
        # The outermost bins end where the values do.
        return (
            np.maximum(low, self.least),
            np.minimum(high, self.greatest),
            counts,
            self._sums[filled] / counts,
        )


def _bins(values: FloatArray) -> NDArray[np.int64]:
    magnitude = np.abs(values)
    number = np.log(np.maximum(magnitude, TINY) / TINY) / _LOG_STEP
    step = np.where(magnitude > TINY, 1.0 + np.floor(number), 0.0)
    return np.copysign(step, values).astype(np.int64)
