"""The gamma distribution."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from scipy import special

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_positive
from bposim.inputs.quantile_table import by_tail
from bposim.part import Real
from bposim.shapes import FloatArray


class Gamma(Continuous):
    """The gamma distribution with mean shape * scale."""

    kind = "gamma"
    slow = True
    shape: Real
    """Shape k: mean²/variance."""
    scale: Real
    """Scale θ: variance/mean."""

    @classmethod
    def example(cls) -> Self:
        return cls(shape=2.5, scale=4.0)

    def _check_parameters(self) -> None:
        check_positive(shape=self.shape, scale=self.scale)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        k, scale = self.shape, self.scale
        return by_tail(
            u,
            v,
            lambda tail: np.asarray(scale * special.gammaincinv(k, tail)),
            lambda tail: np.asarray(scale * special.gammainccinv(k, tail)),
        )

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.gammainc(self.shape, np.maximum(x, 0.0) / self.scale))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.gammaincc(self.shape, np.maximum(x, 0.0) / self.scale))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        return np.asarray(
            self._whole_mean() * special.gammainc(self.shape + 1, np.maximum(x, 0.0) / self.scale)
        )

    def _whole_mean(self) -> float:
        return self.shape * self.scale

    def _whole_variance(self) -> float:
        return self.shape * self.scale**2

    def _whole_support(self) -> tuple[float, float]:
        return 0.0, math.inf
