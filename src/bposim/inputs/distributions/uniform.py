"""The uniform distribution."""

from __future__ import annotations

from typing import Self

import numpy as np

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_ascending
from bposim.part import Real
from bposim.shapes import FloatArray


class Uniform(Continuous):
    """Every value between low and high is equally likely."""

    kind = "uniform"
    low: Real
    """Lowest value."""
    high: Real
    """Highest value."""

    @classmethod
    def example(cls) -> Self:
        return cls(low=-1.0, high=3.0)

    def _check_parameters(self) -> None:
        check_ascending(low=self.low, high=self.high)

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        width = self.high - self.low
        return np.where(u <= v, self.low + width * u, self.high - width * v)

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.clip((self.high - x) / (self.high - self.low), 0.0, 1.0)

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        return self._whole_cdf(x) * (self.low + np.clip(x, self.low, self.high)) / 2

    def _whole_mean(self) -> float:
        return (self.low + self.high) / 2

    def _whole_variance(self) -> float:
        return (self.high - self.low) ** 2 / 12

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high
