"""Metalog distributions: smooth curves through any percentiles, with or without bounds.

Keelin, The Metalog Distributions, Decision Analysis 13 (2016).  With y the probability below,
t = ln(y/(1-y)) and c = y - 1/2, the quantile function is

    M = a1 + a2 t + a3 c t + a4 c + a5 c² + a6 c² t + a7 c³ + a8 c³ t + …

with as many terms as percentiles, so it meets each of them.  With a lower bound the value is
min + exp(M), with an upper one max - exp(-M), with both (min + max exp(M)) / (1 + exp(M)).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from scipy import special

from bposim.inputs.distribution import Distribution, Reals, check_percentiles
from bposim.inputs.quantile_table import QuantileIntegral
from bposim.part import Real
from bposim.shapes import FloatArray

MOST_PERCENTILES = 10
"""With more terms the curve swings between the percentiles."""


class Metalog(Distribution):
    """The smooth distribution through the given percentiles, optionally within bounds."""

    kind = "metalog"
    probabilities: Reals
    """Which percentiles are given, as probabilities, rising."""
    values: Reals
    """The value of each percentile."""
    min: Real | None = None
    """Lower bound."""
    max: Real | None = None
    """Upper bound."""

    REACH: ClassVar[float] = 100.0

    @classmethod
    def example(cls) -> Self:
        return cls(probabilities=(0.1, 0.5, 0.9), values=(2.0, 5.0, 10.0), min=0.0)

    def _check(self) -> None:
        count = len(self.values)
        if count != len(self.probabilities) or not 2 <= count <= MOST_PERCENTILES:  # noqa: PLR2004 - two make a spread
            raise ValueError(f"{count} percentiles; give 2 to {MOST_PERCENTILES}, and use empirical for data")
        check_percentiles(self.probabilities, self.values)
        if self.min is not None and self.values[0] <= self.min:
            raise ValueError(
                f"the lowest percentile {self.values[0]:g} is not above min {self.min:g}; lower min"
            )
        if self.max is not None and self.values[-1] >= self.max:
            raise ValueError(
                f"the highest percentile {self.values[-1]:g} is not below max {self.max:g}; raise max"
            )
        if not _feasible(self._coefficients):
            raise ValueError(self._too_sharp())

    def _too_sharp(self) -> str:
        what = "no smooth distribution passes through these percentiles"
        if len(self.values) != 3:  # noqa: PLR2004 - only with three is there one middle value to move
            return f"{what}: they bend too sharply; leave one out or move them to a smoother curve"
        logits, curve = special.logit(np.array(self.probabilities)), self._to_curve(np.array(self.values))
        feasible = curve[0] + (curve[2] - curve[0]) * (logits[1] - logits[0]) / (logits[2] - logits[0])
        refused = curve[1]
        for _ in range(60):
            middle = (feasible + refused) / 2
            if _feasible(_solve(self.probabilities, np.array([curve[0], middle, curve[2]]))):
                feasible = middle
            else:
                refused = middle
        limit = float(self._from_curve(np.array([feasible]))[0])
        side = "at least" if curve[1] < feasible else "at most"
        name = f"p{100 * self.probabilities[1]:g}"
        return (
            f"{what}: {name} {self.values[1]:g} is lopsided; make it {side} {limit:.4g}, or change the bounds"
        )

    @cached_property
    def _coefficients(self) -> tuple[float, ...]:
        return _solve(self.probabilities, self._to_curve(np.array(self.values)))

    def _to_curve(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            if self.min is not None and self.max is not None:
                return np.log(x - self.min) - np.log(self.max - x)
            if self.min is not None:
                return np.log(x - self.min)
            if self.max is not None:
                return -np.log(self.max - x)
        return x

    def _from_curve(self, m: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            if self.min is not None and self.max is not None:
                width = self.max - self.min
                return np.where(
                    m < 0, self.min + width * special.expit(m), self.max - width * special.expit(-m)
                )
            if self.min is not None:
                return self.min + np.exp(m)
            if self.max is not None:
                return self.max - np.exp(-m)
        return m

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        return self._from_curve(_curve(self._coefficients, np.log(u) - np.log(v), (u - v) / 2))

    def cdf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.expit(self._log_odds(np.asarray(x, dtype=np.float64))))

    def sf(self, x: FloatArray) -> FloatArray:
        return np.asarray(special.expit(-self._log_odds(np.asarray(x, dtype=np.float64))))

    def _log_odds(self, x: FloatArray) -> FloatArray:
        """Return the log-odds of the probability below x, by bisection on the rising curve."""
        wanted = self._to_curve(np.clip(x, *self.support))
        low, high = np.full_like(wanted, -800.0), np.full_like(wanted, 800.0)
        for _ in range(80):
            middle = (low + high) / 2
            short = _curve(self._coefficients, middle, np.tanh(middle / 2) / 2) < wanted
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high

    @cached_property
    def _integral(self) -> QuantileIntegral:
        return QuantileIntegral(self.quantile, self.REACH)

    def _far(self, power: int) -> tuple[float, float]:
        """Return E[exp(power |M|)] beyond the panels on either side, where the curve is straight.

        Infinite where the tail is too heavy; 0 on a side where the value is not exponential in M.
        """
        below, above = 0.0, 0.0
        if self.max is not None and self.min is None:
            below = self._tail(-1, power)
        if self.min is not None and self.max is None:
            above = self._tail(1, power)
        return below, above

    def _tail(self, side: int, power: int) -> float:
        slope = power * _tail_slope(self._coefficients, side)
        if slope >= 1:
            return math.inf
        end = _curve(self._coefficients, np.array([side * self.REACH]), np.array([side / 2]))[0]
        return math.exp(power * side * float(end) - self.REACH) / (1 - slope)

    @property
    def mean(self) -> float:
        below, above = self._far(1)
        return self._integral.expectation(lambda x: x) - below + above

    @property
    def variance(self) -> float:
        centre = self.mean
        return self._integral.expectation(lambda x: (x - centre) ** 2) + sum(self._far(2))

    @property
    def support(self) -> tuple[float, float]:
        return (-math.inf if self.min is None else self.min, math.inf if self.max is None else self.max)

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        inside = np.clip(cap, *self.support)
        t = self._log_odds(inside)
        limited = self._integral.partial_mean(t) - self._far(1)[0] + inside * special.expit(-t)
        return np.where(cap <= self.support[0], cap, limited)

    @property
    def heavy_tailed(self) -> bool:
        return self.min is not None and self.max is None and _tail_slope(self._coefficients, 1) > 0


def _curve(coefficients: tuple[float, ...], t: FloatArray, c: FloatArray) -> FloatArray:
    """Return M at log-odds t, c = y - 1/2, as (polynomial in c) + t (polynomial in c)."""
    plain, sloped = _polynomials(coefficients)
    return _polynomial(plain, c) + t * _polynomial(sloped, c)


def _polynomials(coefficients: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """Sort the terms of M into the coefficients of c^k and of c^k t, ascending in k."""
    plain: list[float] = []
    sloped: list[float] = []
    for term, coefficient in enumerate(coefficients, start=1):
        _home(term, plain, sloped).append(coefficient)
    return plain, sloped


def _home(term: int, plain: list[float], sloped: list[float]) -> list[float]:
    # The series starts 1, t, c t, c, c², c² t, c³, …: terms three and four are the odd ones out.
    if term == 3 or (term != 4 and term % 2 == 0):  # noqa: PLR2004
        return sloped
    return plain


def _polynomial(ascending: list[float], c: FloatArray) -> FloatArray:
    value = np.zeros_like(c)
    for coefficient in reversed(ascending):
        value = value * c + coefficient
    return value


def _solve(probabilities: tuple[float, ...], curve: FloatArray) -> tuple[float, ...]:
    """Return the coefficients of the curve through the points, one term a point."""
    p = np.array(probabilities)
    t, c = special.logit(p), p - 0.5
    unit = np.eye(p.size)
    basis = np.stack([_curve(tuple(row), t, c) for row in unit], axis=-1)
    coefficients = np.linalg.solve(basis, curve)
    # One step of refinement, so that percentiles asked are percentiles got also with many terms.
    coefficients += np.linalg.solve(basis, curve - np.sum(basis * coefficients, axis=-1))
    return tuple(coefficients.tolist())


def _tail_slope(coefficients: tuple[float, ...], side: int) -> float:
    """Return dM/dt far out: the upper tail for side 1, the lower for -1."""
    return float(_polynomial(_polynomials(coefficients)[1], np.array([side / 2]))[0])


def _feasible(coefficients: tuple[float, ...]) -> bool:
    """Whether the curve rises everywhere, so that the density is positive."""
    t = np.linspace(-40.0, 40.0, 3201)
    y, c = special.expit(t), np.tanh(t / 2) / 2
    plain, sloped = _polynomials(coefficients)
    weight = y * special.expit(-t)
    rise = weight * (_polynomial(_derivative(plain), c) + t * _polynomial(_derivative(sloped), c))
    rise += _polynomial(sloped, c)
    # Percentiles of a curve with straight ends leave slopes of rounding size there.
    return bool(np.all(rise > -1e-13 * np.max(np.abs(coefficients[1:]))))


def _derivative(ascending: list[float]) -> list[float]:
    return [k * coefficient for k, coefficient in enumerate(ascending)][1:]
