"""The normal distribution."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from pydantic import Field
from scipy import special

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_not_negative
from bposim.inputs.quantile_table import normal_score
from bposim.part import Real
from bposim.shapes import FloatArray


class Normal(Continuous):
    """The normal distribution, by mean and standard deviation (before truncation)."""

    kind = "normal"
    mu: Real = Field(alias="mean")
    """Mean, before truncation."""
    sd: Real
    """Standard deviation, before truncation."""

    @classmethod
    def example(cls) -> Self:
        return cls(mean=3.0, sd=2.0)

    def _check_parameters(self) -> None:
        check_not_negative(sd=self.sd)

    def _point(self) -> float | None:
        return self.mu if self.sd == 0 else None

    def from_normal(self, z: FloatArray) -> FloatArray:
        if self._truncated:
            return super().from_normal(z)
        return self.mu + self.sd * np.asarray(z, dtype=np.float64)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        return self.mu + self.sd * normal_score(u, v)

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.ndtr((x - self.mu) / self.sd))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.ndtr((self.mu - x) / self.sd))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            density = np.exp(-(((x - self.mu) / self.sd) ** 2) / 2) / math.sqrt(2 * math.pi)
        return self.mu * self._whole_cdf(x) - self.sd * density

    def _whole_mean(self) -> float:
        return self.mu

    def _whole_variance(self) -> float:
        return self.sd**2

    def _whole_support(self) -> tuple[float, float]:
        return -math.inf, math.inf
