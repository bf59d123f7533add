"""The lognormal distribution."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import Field
from scipy import special

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import check_not_negative, check_positive
from bposim.inputs.quantile_table import normal_score
from bposim.part import Real
from bposim.shapes import FloatArray


class Lognormal(Continuous):
    """The lognormal distribution, by one pair of parameters.

    ``mean`` and ``sd`` are those of the variable itself; ``median`` is exp of the mean of its logarithm and
    ``sigma`` the standard deviation of its logarithm.  All are before truncation.
    """

    kind = "lognormal"
    mu: Real | None = Field(default=None, alias="mean")
    """Mean of the variable itself."""
    sd: Real | None = None
    """Standard deviation of the variable itself; goes with mean."""
    median: Real | None = None
    """Median of the variable itself; goes with sigma."""
    sigma: Real | None = None
    """Standard deviation of the natural logarithm; goes with median or mean."""

    @classmethod
    def example(cls) -> Self:
        return cls(mean=4.0, sd=3.0)

    def _check_parameters(self) -> None:
        given = {"mean": self.mu, "sd": self.sd, "median": self.median, "sigma": self.sigma}
        found = [name for name, value in given.items() if value is not None]
        if found not in (["mean", "sd"], ["median", "sigma"], ["mean", "sigma"]):
            listed = ", ".join(found) if found else "no parameter"
            raise ValueError(f"{listed} given; give mean and sd, or median and sigma, or mean and sigma")
        for name, value in given.items():
            if value is not None:
                (check_positive if name in {"mean", "median"} else check_not_negative)(**{name: value})

    @cached_property
    def _log(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        if self.median is not None and self.sigma is not None:
            return math.log(self.median), self.sigma
        mean = self.mu or math.nan
        sigma = self.sigma if self.sd is None else math.sqrt(math.log1p((self.sd / mean) ** 2))
        sigma = math.nan if sigma is None else sigma
        return math.log(mean) - sigma**2 / 2, sigma

    def _point(self) -> float | None:
        centre, sigma = self._log
        return math.exp(centre) if sigma == 0 else None

    def from_normal(self, z: FloatArray) -> FloatArray:
        if self._truncated:
            return super().from_normal(z)
        centre, sigma = self._log
        return np.exp(centre + sigma * np.asarray(z, dtype=np.float64))

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        centre, sigma = self._log
        return np.exp(centre + sigma * normal_score(u, v))

    def _score(self, x: FloatArray) -> FloatArray:
        centre, sigma = self._log
        with np.errstate(divide="ignore"):
            return (np.log(np.maximum(x, 0.0)) - centre) / sigma

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.ndtr(self._score(x)))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.ndtr(-self._score(x)))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        return np.asarray(self._whole_mean() * special.ndtr(self._score(x) - self._log[1]))

    def _whole_mean(self) -> float:
        if self.mu is not None:
            return self.mu
        centre, sigma = self._log
        return _exp(centre + sigma**2 / 2)

    def _whole_variance(self) -> float:
        if self.sd is not None:
            return self.sd**2
        centre, sigma = self._log
        return _exp(2 * centre + sigma**2) * (_exp(sigma**2) - 1)

    def _whole_support(self) -> tuple[float, float]:
        return 0.0, math.inf

    @property
    def heavy_tailed(self) -> bool:
        return self.max is None and self._point() is None


def _exp(x: float) -> float:
    """Return exp(x), infinite instead of an error where it is too large."""
    return float(np.exp(np.float64(x))) if x < 709 else math.inf  # noqa: PLR2004 - the largest double is near e^709
