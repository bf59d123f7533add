"""The generalised Pareto distribution."""

from __future__ import annotations

import math
from typing import Self

import numpy as np

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_positive
from bposim.part import Real
from bposim.shapes import FloatArray


class GeneralisedPareto(Continuous):
    """The generalised Pareto distribution, P(X > x) = (1 + shape (x - threshold) / scale)^(-1 / shape).

    What lies above a high threshold of almost any distribution tends to it: Pickands (1975), Balkema and
    de Haan (1974).  Shape 0 is the exponential; at 1 and above the mean is infinite and a max is needed.
    """

    kind = "generalised_pareto"
    threshold: Real = 0.0
    """The lowest value."""
    shape: Real
    """Shape ξ: how heavy the tail is; published operational and cyber losses lie around 0.5 to 1."""
    scale: Real
    """Scale σ: the mean excess over the threshold is σ / (1 - ξ)."""

    @classmethod
    def example(cls) -> Self:
        return cls(threshold=2.0, shape=0.25, scale=3.0)

    def _check_parameters(self) -> None:
        check_positive(scale=self.scale)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        hazard = -np.where(u <= v, np.log1p(-np.minimum(u, v)), np.log(v))
        if self.shape == 0:
            return self.threshold + self.scale * hazard
        with np.errstate(over="ignore"):
            return self.threshold + self.scale / self.shape * np.expm1(self.shape * hazard)

    def _hazard(self, x: FloatArray) -> FloatArray:
        """Return -ln P(X > x), infinite from the upper end of the support on."""
        with np.errstate(over="ignore", divide="ignore"):
            excess: FloatArray = np.maximum(x - self.threshold, 0.0) / self.scale
            if self.shape == 0:
                return excess
            hazard: FloatArray = np.log1p(np.maximum(self.shape * excess, -1.0)) / self.shape
        return hazard

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return -np.expm1(-self._hazard(x))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.exp(-self._hazard(x))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        hazard = self._hazard(x)
        lightness = 1.0 - self.shape
        if lightness == 0:
            limited = self.scale * hazard
        else:
            with np.errstate(over="ignore"):
                limited = -self.scale / lightness * np.expm1(-lightness * hazard)
        excess = np.maximum(x - self.threshold, 0.0)
        return np.asarray(self.threshold * self._whole_cdf(x) + limited - excess * self._whole_sf(x))

    def _whole_mean(self) -> float:
        return math.inf if self.shape >= 1 else self.threshold + self.scale / (1 - self.shape)

    def _whole_variance(self) -> float:
        if self.shape >= 0.5:  # noqa: PLR2004 - from here on the second moment is infinite
            return math.inf
        return self.scale**2 / ((1 - self.shape) ** 2 * (1 - 2 * self.shape))

    def _whole_support(self) -> tuple[float, float]:
        return self.threshold, self.threshold - self.scale / self.shape if self.shape < 0 else math.inf

    @property
    def heavy_tailed(self) -> bool:
        return self.max is None and self.shape > 0
