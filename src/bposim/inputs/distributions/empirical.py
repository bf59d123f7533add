"""A distribution read off data."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Self

import numpy as np

from bposim.inputs.distribution import Distribution, Reals
from bposim.part import Real
from bposim.shapes import FloatArray


class _Ordered:
    """The data in ascending order, with the part of the mean below each value."""

    def __init__(self, values: tuple[float, ...]) -> None:
        self.x = np.sort(np.array(values, dtype=np.float64))
        steps = (self.x[:-1] + self.x[1:]) / 2
        self.partial_mean = (self.x[0] / 2 + np.concatenate([[0.0], np.cumsum(steps)])) / self.x.size


class Empirical(Distribution):
    """The data with straight lines between neighbours: x_(i) is the quantile of (i - 1/2) / n.

    Nothing below the lowest or above the highest observation is drawn.  Of the usual definitions
    (Hyndman and Fan 1996) this is the fifth; it is taken because its mean is the average of the data, which
    a spreadsheet shows too.
    """

    kind = "empirical"
    values: Reals
    """The observations, in any order."""
    min: Real | None = None
    """Leave out observations below."""
    max: Real | None = None
    """Leave out observations above."""

    @classmethod
    def example(cls) -> Self:
        return cls(values=tuple(10 * math.sin(k) + k for k in range(40)))

    def _check(self) -> None:
        if len(self._kept) < 2:  # noqa: PLR2004 - one value has no spread
            raise ValueError(
                f"{len(self._kept)} of {len(self.values)} values are left; give 2 or more within min and max"
            )

    @cached_property
    def _kept(self) -> tuple[float, ...]:
        low = -math.inf if self.min is None else self.min
        high = math.inf if self.max is None else self.max
        return tuple(x for x in self.values if low <= x <= high)

    @cached_property
    def _ordered(self) -> _Ordered:
        return _Ordered(self._kept)

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        x = self._ordered.x
        return np.interp(u * x.size - 0.5, np.arange(x.size), x)

    def _place(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how many observations are at or below x, and how far x is on the way to the next, 0 to 1."""
        ordered = self._ordered.x
        count = np.searchsorted(ordered, x, side="right")
        left, right = ordered[np.maximum(count - 1, 0)], ordered[np.minimum(count, ordered.size - 1)]
        gap = right - left
        return count.astype(np.float64), np.where(gap > 0, (x - left) / np.where(gap > 0, gap, 1.0), 0.0)

    def cdf(self, x: FloatArray) -> FloatArray:
        size = self._ordered.x.size
        count, way = self._place(np.asarray(x, dtype=np.float64))
        return np.where(count == 0, 0.0, np.where(count == size, 1.0, (count - 0.5 + way) / size))

    def sf(self, x: FloatArray) -> FloatArray:
        size = self._ordered.x.size
        count, way = self._place(np.asarray(x, dtype=np.float64))
        return np.where(count == 0, 1.0, np.where(count == size, 0.0, (size - count + 0.5 - way) / size))

    @property
    def mean(self) -> float:
        return math.fsum(self._kept) / len(self._kept)

    @property
    def variance(self) -> float:
        x = self._ordered.x - self.mean
        between = (x[:-1] ** 2 + x[:-1] * x[1:] + x[1:] ** 2) / 3
        return (math.fsum(between) + float(x[0] ** 2 + x[-1] ** 2) / 2) / x.size

    @property
    def support(self) -> tuple[float, float]:
        return float(self._ordered.x[0]), float(self._ordered.x[-1])

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        ordered = self._ordered
        inside = np.clip(cap, *self.support)
        count, way = self._place(inside)
        last = np.maximum(count.astype(np.intp) - 1, 0)
        below = ordered.partial_mean[last] + way * (ordered.x[last] + inside) / 2 / ordered.x.size
        return np.where(
            cap <= ordered.x[0],
            cap,
            np.where(cap >= ordered.x[-1], self.mean, below + inside * self.sf(inside)),
        )
