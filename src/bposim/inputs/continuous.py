"""Continuous distributions, which can be truncated."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from scipy import special

from bposim.inputs.distribution import Distribution
from bposim.inputs.quantile_table import NormalTable, QuantileIntegral, by_tail, shared_table
from bposim.part import Real
from bposim.shapes import FloatArray

_THIN = 1e-3
"""Below this mass, differences of closed forms lose too many digits and integration takes over."""


class _Cut(NamedTuple):
    """Where a distribution is truncated: bounds, probability cut off on either side, mass that is left."""

    low: float
    high: float
    below: float
    above: float
    mass: float


class Continuous(Distribution):
    """A continuous distribution that can be truncated.

    A kind supplies the ``_whole_…`` functions of the distribution before truncation.
    """

    slow: ClassVar[bool] = False
    """Whether the quantile function is so slow that from_normal goes through a table."""

    min: Real | None = None
    """Cut off everything below."""
    max: Real | None = None
    """Cut off everything above."""

    @abstractmethod
    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _whole_cdf(self, x: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _whole_sf(self, x: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        """Return E[X; X <= x]."""

    @abstractmethod
    def _whole_mean(self) -> float: ...
    @abstractmethod
    def _whole_variance(self) -> float: ...
    @abstractmethod
    def _whole_support(self) -> tuple[float, float]: ...

    def _point(self) -> float | None:
        """Return the only possible value if the parameters leave just one."""
        return None

    def _whole_kinks(self) -> tuple[float, ...]:
        """Return the values at which the density is not smooth."""
        return ()

    def _check_parameters(self) -> None:
        """Raise ValueError if the parameters before truncation describe no distribution."""

    def _check(self) -> None:
        self._check_parameters()
        if self._truncated and self._cut.mass <= 0:
            raise ValueError(
                f"nothing of the distribution lies between min {_shown(self.min)} and "
                f"max {_shown(self.max)}; move the bounds apart or towards the values it takes"
            )

    @property
    def _truncated(self) -> bool:
        return self.min is not None or self.max is not None

    @cached_property
    def _cut(self) -> _Cut:
        low, high = self.support
        point = self._point()
        if point is not None:
            return _Cut(low, high, 0.0, 0.0, float(low <= point <= high))
        if low >= high:
            return _Cut(low, high, 0.0, 0.0, 0.0)
        ends = np.array([low, high])
        (below, up_to), (beyond, above) = self._whole_cdf(ends), self._whole_sf(ends)
        # The difference is taken on the side where both probabilities are small and so keep their digits.
        if below > beyond:
            mass = beyond - above
        elif above > up_to:
            mass = up_to - below
        else:
            mass = 1.0 - below - above
        return _Cut(low, high, float(below), float(above), float(mass))

    @property
    def support(self) -> tuple[float, float]:
        low, high = self._whole_support()
        return (
            low if self.min is None else max(low, self.min),
            high if self.max is None else min(high, self.max),
        )

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        point = self._point()
        if point is not None:
            return np.full_like(u, point)
        if not self._truncated:
            return self._whole_quantile(u, v)
        cut = self._cut
        x = self._whole_quantile(cut.below + u * cut.mass, cut.above + v * cut.mass)
        return np.clip(x, cut.low, cut.high)

    def from_normal(self, z: FloatArray) -> FloatArray:
        if self.slow and self._point() is None:
            return self._table(np.asarray(z, dtype=np.float64))
        return super().from_normal(z)

    @cached_property
    def _table(self) -> NormalTable:
        exact = super().from_normal
        return shared_table(repr(self), lambda: NormalTable(exact, self.support))

    def cdf(self, x: FloatArray) -> FloatArray:
        return self._probability(np.asarray(x, dtype=np.float64))[0]

    def sf(self, x: FloatArray) -> FloatArray:
        return self._probability(np.asarray(x, dtype=np.float64))[1]

    def _probability(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        point = self._point()
        if point is not None:
            return np.where(x >= point, 1.0, 0.0), np.where(x >= point, 0.0, 1.0)
        if not self._truncated:
            return self._whole_cdf(x), self._whole_sf(x)
        cut = self._cut
        x = np.clip(x, cut.low, cut.high)
        cdf = (self._whole_cdf(x) - cut.below) / cut.mass
        sf = (self._whole_sf(x) - cut.above) / cut.mass
        if cut.below > cut.above + cut.mass:
            cdf = 1.0 - sf
        elif cut.above > cut.below + cut.mass:
            sf = 1.0 - cdf
        # A last digit of the differences must not make the ends of the support uncertain.
        cdf, sf = np.where(x >= cut.high, 1.0, cdf), np.where(x <= cut.low, 1.0, sf)
        return np.clip(cdf, 0.0, 1.0), np.clip(sf, 0.0, 1.0)

    @property
    def mean(self) -> float:
        point = self._point()
        if point is not None:
            return point
        if not self._truncated:
            return self._whole_mean()
        cut = self._cut
        if cut.mass < _THIN:
            return self._integral.expectation(lambda x: x)
        ends = np.array([cut.low, cut.high])
        lower, upper = self._whole_partial_mean(ends)
        return float(np.clip((upper - lower) / cut.mass, cut.low, cut.high))

    @property
    def variance(self) -> float:
        if self._point() is not None:
            return 0.0
        if not self._truncated:
            return self._whole_variance()
        centre = self.mean
        return self._integral.expectation(lambda x: (x - centre) ** 2)

    @cached_property
    def _integral(self) -> QuantileIntegral:
        low, high = self.support
        reach = 40.0 if math.isfinite(high - low) else 300.0
        kinks = np.array([x for x in self._whole_kinks() if low < x < high], dtype=np.float64)
        return QuantileIntegral(self.quantile, reach, tuple(special.logit(self.cdf(kinks))))

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        point = self._point()
        if point is not None:
            return np.minimum(point, cap)
        if not self._truncated:
            return self._whole_partial_mean(cap) + cap * self._whole_sf(cap)
        cut = self._cut
        inside = np.clip(cap, cut.low, cut.high)
        cdf, sf = self._probability(inside)
        if cut.mass < _THIN:
            with np.errstate(divide="ignore"):
                part = self._integral.partial_mean(np.log(cdf) - np.log(sf))
        else:
            lowest = self._whole_partial_mean(np.array([cut.low]))[0]
            part = (self._whole_partial_mean(inside) - lowest) / cut.mass
        return np.where(cap <= cut.low, cap, part + inside * sf)


class BetaShaped(Continuous):
    """A beta distribution stretched over an interval."""

    slow = True

    @abstractmethod
    def _exponents(self) -> tuple[float, float]:
        """Return the two shape parameters, α and β."""

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        width = high - low
        return by_tail(
            u,
            v,
            lambda tail: low + width * special.betaincinv(a, b, tail),
            lambda tail: high - width * special.betaincinv(b, a, tail),
        )

    def _position(self, x: FloatArray) -> FloatArray:
        low, high = self._whole_support()
        return np.clip((x - low) / (high - low), 0.0, 1.0)

    def _whole_cdf(self, x: FloatArray) -> FloatArray:
        a, b = self._exponents()
        return np.asarray(special.betainc(a, b, self._position(x)))

    def _whole_sf(self, x: FloatArray) -> FloatArray:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        return np.asarray(special.betainc(b, a, np.clip((high - x) / (high - low), 0.0, 1.0)))

    def _whole_partial_mean(self, x: FloatArray) -> FloatArray:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        position = self._position(x)
        above_low = (high - low) * a / (a + b) * special.betainc(a + 1, b, position)
        return np.asarray(low * special.betainc(a, b, position) + above_low)

    def _whole_mean(self) -> float:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        return (low * b + high * a) / (a + b)

    def _whole_variance(self) -> float:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        return (high - low) ** 2 * a * b / ((a + b) ** 2 * (a + b + 1))


def _shown(bound: float | None) -> str:
    return "(none)" if bound is None else f"{bound:g}"
