"""The Weibull distribution."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from scipy import special

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_positive
from bposim.part import Real
from bposim.shapes import FloatArray


class Weibull(Continuous):
    """The Weibull distribution, P(X > x) = exp(-(x/scale)^shape)."""

    kind = "weibull"
    shape: Real
    """Shape k; below 1 the tail is heavy."""
    scale: Real
    """Scale λ: the value that 63 % lie below."""

    @classmethod
    def example(cls) -> Self:
        return cls(shape=1.5, scale=10.0)

    def _check_parameters(self) -> None:
        check_positive(shape=self.shape, scale=self.scale)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        hazard = -np.where(u <= v, np.log1p(-np.minimum(u, v)), np.log(v))
        return self.scale * hazard ** (1 / self.shape)

    def _hazard(self, x: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            hazard: FloatArray = (np.maximum(x, 0.0) / self.scale) ** self.shape
        return hazard

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return -np.expm1(-self._hazard(x))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.exp(-self._hazard(x))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        return np.asarray(self._whole_mean() * special.gammainc(1 + 1 / self.shape, self._hazard(x)))

    def _whole_mean(self) -> float:
        return self.scale * float(special.gamma(1 + 1 / self.shape))

    def _whole_variance(self) -> float:
        first, second = special.gamma(1 + 1 / self.shape), special.gamma(1 + 2 / self.shape)
        return self.scale**2 * float(second - first**2)

    def _whole_support(self) -> tuple[float, float]:
        return 0.0, math.inf

    @property
    def heavy_tailed(self) -> bool:
        return self.max is None and self.shape < 1
