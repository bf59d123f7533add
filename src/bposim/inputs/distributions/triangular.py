"""The triangular distribution."""

from __future__ import annotations

from typing import Self

import numpy as np

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_ascending
from bposim.part import Real
from bposim.shapes import FloatArray


class Triangular(Continuous):
    """A triangle between low and high with its peak at likely."""

    kind = "triangular"
    low: Real
    """Lowest value."""
    likely: Real
    """Most likely value."""
    high: Real
    """Highest value."""

    @classmethod
    def example(cls) -> Self:
        return cls(low=1.0, likely=2.0, high=6.0)

    def _check_parameters(self) -> None:
        check_ascending(low=self.low, likely=self.likely, high=self.high)

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _whole_kinks(self) -> tuple[float, ...]:
        return (self.likely,)

    @property
    def _areas(self) -> tuple[float, float]:
        width = self.high - self.low
        return width * (self.likely - self.low), width * (self.high - self.likely)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        left, right = self._areas
        rising = u * (self.high - self.low) <= self.likely - self.low
        return np.where(rising, self.low + np.sqrt(u * left), self.high - np.sqrt(v * right))

    def _sides(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return P(X <= x) left of the peak and P(X > x) right of it."""
        left, right = self._areas
        rise = np.clip(x, self.low, self.likely) - self.low
        fall = self.high - np.clip(x, self.likely, self.high)
        return (rise**2 / left if left else 0.0 * x), (fall**2 / right if right else 0.0 * x)

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        left, right = self._sides(x)
        return np.where(x < self.likely, left, 1.0 - right)

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        left, right = self._sides(x)
        return np.where(x < self.likely, 1.0 - left, right)

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        left, right = self._sides(x)
        below = left * (self.low / 3 + 2 * np.clip(x, self.low, self.likely) / 3)
        above = right * (self.high / 3 + 2 * np.clip(x, self.likely, self.high) / 3)
        return np.where(x < self.likely, below, self._whole_mean() - above)

    def _whole_mean(self) -> float:
        return (self.low + self.likely + self.high) / 3

    def _whole_variance(self) -> float:
        a, m, b = self.low, self.likely, self.high
        return ((b - a) ** 2 - (m - a) * (b - m)) / 18

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high
