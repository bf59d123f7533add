"""Probability distributions of one uncertain number.

Every distribution works through its quantile function, so that a draw is a function of one uniform or
one standard normal number and can be correlated with others.  Conventions:

- ``u`` is the probability below and ``v = 1 - u`` the probability above, both in the open interval (0, 1).
  Both are handed over because near 1 a double cannot tell ``u`` from 1, while ``v`` keeps full precision.
- Arrays may have any shape; the result has the same shape.
- ``min`` and ``max`` truncate a continuous distribution: what lies outside is cut off and the rest is
  scaled up, as when values outside are drawn again.
- Parameters that describe nothing raise ``ValueError`` (from pydantic) as ``what is wrong; what to do``.

Formulas are those of Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions (1994, 1995).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator
from scipy import special

from bposim.part import Part, Real
from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Reals = Annotated[tuple[Real, ...], Field(strict=False)]
"""A list of certain numbers."""

_THIN = 1e-3
"""Below this mass, differences of closed forms lose too many digits and integration takes over."""


class Distribution(Part):
    """The distribution of one uncertain number."""

    model_config = ConfigDict(allow_inf_nan=False)

    kind: ClassVar[str]

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical member, on which the conformance tests run."""

    @classmethod
    def from_percentiles(cls, percentiles: Mapping[float, float], **others: float) -> Self:
        """Return the member that has the given percentiles, ``{0.1: a, 0.9: b}``.

        ``others`` are further parameters by name, such as ``min`` and ``max``.

        Raises:
            ValueError: the percentiles are not in order, too many, too few, or no member has them.
        """
        from bposim.inputs.percentiles import fit  # noqa: PLC0415 - the fits know the kinds, not the reverse

        return fit(cls, percentiles, **others)

    @abstractmethod
    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return the value that probability ``u`` lies below and ``v = 1 - u`` above."""

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantile function at ``u`` in the open interval (0, 1)."""
        u = np.asarray(u, dtype=np.float64)
        return self.quantile(u, 1.0 - u)

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the values at standard normal scores, ``ppf(Φ(z))``, accurate in both tails."""
        return self.quantile(*_tails(np.asarray(z, dtype=np.float64)))

    @abstractmethod
    def cdf(self, x: FloatArray) -> FloatArray:
        """Return P(X <= x)."""

    @abstractmethod
    def sf(self, x: FloatArray) -> FloatArray:
        """Return P(X > x), accurate where it is small."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expectation E[X]."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance; infinite where it does not exist."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The lowest and the highest possible value."""

    @overload
    def limited_mean(self, cap: float) -> float: ...
    @overload
    def limited_mean(self, cap: FloatArray) -> FloatArray: ...
    def limited_mean(self, cap: float | FloatArray) -> float | FloatArray:
        """Return E[min(X, cap)]: what is expected to be paid up to a limit."""
        limit = np.asarray(cap, dtype=np.float64)
        limited = np.where(limit == np.inf, self.mean, self._limited_mean(np.minimum(limit, _HUGE)))
        return limited if isinstance(cap, np.ndarray) else float(limited)

    @abstractmethod
    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        """Return E[min(X, cap)] for finite caps."""

    @property
    def heavy_tailed(self) -> bool:
        """Whether E[exp(sX)] is infinite for every s > 0, so no exponential certainty equivalent exists."""
        return False

    @model_validator(mode="after")
    def _validate(self) -> Self:
        self._check()
        if not math.isfinite(self.mean):
            raise ValueError("the mean does not exist or is too large; choose a lighter tail or add max")
        return self

    def _check(self) -> None:
        """Raise ValueError if the parameters describe no distribution."""

    def __copy__(self) -> Self:
        """Copy without cached values: model_copy may go on to change the parameters they rest on."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        """Leave cached values behind when the distribution is sent to another process."""
        state = super().__getstate__()
        state["__dict__"] = {name: state["__dict__"][name] for name in type(self).model_fields}
        return state


_HUGE = float(np.finfo(np.float64).max)


# --- Numerics ------------------------------------------------------------------------------------------


def _tails(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the normal probabilities below and above z, the smaller one to full precision."""
    small = special.ndtr(-np.abs(z))
    return np.where(z < 0, small, 1.0 - small), np.where(z < 0, 1.0 - small, small)


def _by_tail(
    u: FloatArray,
    v: FloatArray,
    lower: Callable[[FloatArray], FloatArray],
    upper: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Evaluate ``lower(u)`` below the median and ``upper(v)`` above it, each only where it is needed."""
    below = u <= v
    x = np.empty_like(u)
    x[below] = lower(u[below])
    x[~below] = upper(v[~below])
    return x


def _weighted(terms: list[tuple[float, FloatArray]]) -> FloatArray:
    """Return the weighted sum of arrays, added up in their order."""
    total = np.zeros_like(terms[0][1])
    for weight, term in terms:
        total += weight * term
    return total


def normal_score(u: FloatArray, v: FloatArray) -> FloatArray:
    """Return the standard normal quantile of ``u``, accurate in both tails."""
    small = special.ndtri(np.minimum(u, v))
    return np.where(u <= v, small, -small)


class QuantileIntegral:
    """Integrals over the quantile function, ∫ f(Q(u)) du, by Gauss-Legendre panels in log-odds of u.

    In log-odds both tails are stretched so far that they are smooth and decay exponentially.  ``reach``
    is where the log-odds stop; ``kinks`` are log-odds at which the integrand is not smooth.
    """

    NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)

    def __init__(
        self,
        quantile: Callable[[FloatArray, FloatArray], FloatArray],
        reach: float,
        kinks: tuple[float, ...] = (),
    ) -> None:
        self.quantile = quantile
        inside = [t for t in kinks if -reach < t < reach]
        self.edges = np.union1d(
            np.linspace(-reach, reach, int(reach) + 1), np.array(inside, dtype=np.float64)
        )
        self.t, self.weight = self._panels(self.edges[:-1], self.edges[1:])
        self.x = self._at(self.t)

    def expectation(self, function: Callable[[FloatArray], FloatArray]) -> float:
        """Return E[f(X)]."""
        return math.fsum((self.weight * function(self.x)).ravel())

    def partial_mean(self, t: FloatArray) -> FloatArray:
        """Return E[X; log-odds <= t], the part of the mean below a quantile."""
        t = np.clip(t, self.edges[0], self.edges[-1])
        below = np.concatenate([[0.0], np.cumsum(np.sum(self.weight * self.x, axis=-1))])
        panel = np.clip(np.searchsorted(self.edges, t, side="right") - 1, 0, self.edges.size - 2)
        nodes, weight = self._panels(self.edges[panel], t)
        rest: FloatArray = below[panel] + np.sum(weight * self._at(nodes), axis=-1)
        return rest

    def _at(self, t: FloatArray) -> FloatArray:
        return self.quantile(special.expit(t), special.expit(-t))

    def _panels(self, start: FloatArray, stop: FloatArray) -> tuple[FloatArray, FloatArray]:
        half = (stop - start)[..., np.newaxis] / 2
        t = start[..., np.newaxis] + half * (1 + self.NODES)
        return t, self.WEIGHTS * half * special.expit(t) * special.expit(-t)


class NormalTable:
    """A slow quantile function of standard normal scores, z -> Q(Φ(z)), as piecewise polynomials.

    The error is checked when the table is built, at three points of every cell: within ``TOLERANCE`` times
    the width of the support; where that is infinite, times the value itself, to which the spread between
    the quartiles is added if values may be negative.  A cell that fails, and everything beyond ``REACH``,
    is left to the exact function; so accuracy never rests on smoothness, only speed does.  Each value
    depends on its own z alone.
    """

    CELLS = 512
    REACH = 8.25
    DEGREE = 7
    TOLERANCE = 2e-13
    _NODES = -np.cos(np.pi * np.arange(DEGREE + 1) / DEGREE)
    _FIT = np.linalg.inv(np.vander(_NODES, increasing=True))
    _CHECKS = np.array([-0.97, -0.1, 0.8])

    def __init__(self, exact: Callable[[FloatArray], FloatArray], support: tuple[float, float]) -> None:
        self.exact = exact
        self.support = support
        # An unbounded positive quantile runs over many powers of ten; its logarithm does not.
        self.logarithmic = support[0] >= 0 and support[1] == np.inf
        half = self.REACH / self.CELLS
        centre = half * (2 * np.arange(self.CELLS) + 1) - self.REACH
        with np.errstate(divide="ignore", invalid="ignore"):
            nodes = self._forward(exact(centre + half * self._NODES[:, np.newaxis]))
            level = np.all(nodes == nodes[0], axis=0)
            # Explicit sums: a matrix product may round differently from one machine to the next.  Differences
            # within the cell are fitted, so that a narrow range far from 0 keeps its digits.
            within = np.where(level, 0.0, nodes - nodes[0])
            fitted = np.stack([np.sum(row[:, np.newaxis] * within, axis=0) for row in self._FIT])
            fitted[0] += nodes[0]
            wanted = exact(centre + half * self._CHECKS[:, np.newaxis])
            found = self._backward(_horner(fitted, self._CHECKS[:, np.newaxis], np.arange(self.CELLS)))
            scale = self._scale(wanted)
            good = np.all((found == wanted) | (np.abs(found - wanted) <= self.TOLERANCE * scale), axis=0)
        # NaN marks what is left to the exact function, with one such cell on either side for the far tails.
        self.coefficients = np.full((self.DEGREE + 1, self.CELLS + 2), np.nan)
        self.coefficients[:, 1:-1] = np.where(good, fitted, np.nan)

    def __call__(self, z: FloatArray) -> FloatArray:
        """Return Q(Φ(z))."""
        place = np.clip((z + self.REACH) * (self.CELLS / (2 * self.REACH)) + 1, 0, self.CELLS + 1)
        cell = place.astype(np.intp)
        with np.errstate(invalid="ignore"):
            x = self._backward(_horner(self.coefficients, 2 * (place - cell) - 1, cell))
        x = np.clip(x, *self.support)
        missing = np.isnan(x)
        if missing.any():
            x[missing] = self.exact(z[missing])
        return x

    def _scale(self, x: FloatArray) -> FloatArray:
        low, high = self.support
        if math.isfinite(high - low):
            return np.full_like(x, high - low)
        quartiles = self.exact(np.array([-0.6745, 0.6745]))
        return np.abs(x) + (0.0 if low >= 0 else quartiles[1] - quartiles[0])

    def _forward(self, x: FloatArray) -> FloatArray:
        return np.log(x) if self.logarithmic else x

    def _backward(self, y: FloatArray) -> FloatArray:
        return np.exp(y) if self.logarithmic else y


def _horner(coefficients: FloatArray, t: FloatArray, cell: NDArray[np.intp]) -> FloatArray:
    """Evaluate the polynomial of each cell at the local coordinate t in [-1, 1]."""
    value: FloatArray = coefficients[-1][cell]
    for power in coefficients[-2::-1]:
        value = value * t + power[cell]
    return value


# --- Continuous kinds ----------------------------------------------------------------------------------


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
        return NormalTable(super().from_normal, self.support)

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
        _ascending(low=self.low, high=self.high)

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
        _ascending(low=self.low, likely=self.likely, high=self.high)

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


class _BetaShaped(Continuous):
    """A beta distribution stretched over an interval."""

    slow = True

    @abstractmethod
    def _exponents(self) -> tuple[float, float]:
        """Return the two shape parameters, α and β."""

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        (a, b), (low, high) = self._exponents(), self._whole_support()
        width = high - low
        return _by_tail(
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


class Pert(_BetaShaped):
    """PERT: a beta distribution from a lowest, most likely and highest value.

    Mean (low + shape * likely + high) / (shape + 2); shape 4 is the usual choice, less is flatter.
    Vose, Risk Analysis (2008), ch. 10.
    """

    kind = "pert"
    low: Real
    """Lowest value."""
    likely: Real
    """Most likely value."""
    high: Real
    """Highest value."""
    shape: Real = 4.0
    """Weight of the most likely value; 4 is usual."""

    @classmethod
    def example(cls) -> Self:
        return cls(low=2.0, likely=5.0, high=20.0)

    def _check_parameters(self) -> None:
        _ascending(low=self.low, likely=self.likely, high=self.high)
        if self.shape < 0:
            raise ValueError(f"shape {self.shape:g} is negative; 4 is usual, 0 is uniform")

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _exponents(self) -> tuple[float, float]:
        width = self.high - self.low
        return (
            1 + self.shape * ((self.likely - self.low) / width),
            1 + self.shape * ((self.high - self.likely) / width),
        )

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high


class Beta(_BetaShaped):
    """A beta distribution between low and high, by its two shape parameters."""

    kind = "beta"
    alpha: Real
    """First shape parameter; more pulls towards high."""
    beta: Real
    """Second shape parameter; more pulls towards low."""
    low: Real = 0.0
    """Lowest value."""
    high: Real = 1.0
    """Highest value."""

    @classmethod
    def example(cls) -> Self:
        return cls(alpha=2.0, beta=5.0)

    def _check_parameters(self) -> None:
        _positive(alpha=self.alpha, beta=self.beta)
        _ascending(low=self.low, high=self.high)

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _exponents(self) -> tuple[float, float]:
        return self.alpha, self.beta

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high


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
        _not_negative(sd=self.sd)

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
                (_positive if name in {"mean", "median"} else _not_negative)(**{name: value})

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
        _positive(shape=self.shape, scale=self.scale)

    def _whole_quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        k, scale = self.shape, self.scale
        return _by_tail(
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
        _positive(shape=self.shape, scale=self.scale)

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


# --- Discrete kinds and mixtures -----------------------------------------------------------------------


class _Atoms:
    """Possible values in ascending order with their probabilities.

    A class of its own, not a tuple of arrays, so that comparing two distributions never compares arrays.
    """

    def __init__(self, values: tuple[float, ...], weights: tuple[float, ...]) -> None:
        order = np.argsort(values, kind="stable")
        total = math.fsum(weights)
        self.values = np.array(values)[order]
        self.weights = np.array(weights)[order] / total
        self.below = np.concatenate([[0.0], np.minimum(np.cumsum(self.weights), 1.0)])
        self.above = np.concatenate([np.minimum(np.cumsum(self.weights[::-1]), 1.0)[::-1], [0.0]])
        self.below[-1] = self.above[0] = 1.0


class _Atomic(Distribution):
    """A distribution on a few values."""

    @abstractmethod
    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return values and weights, in any order, the weights with a positive sum."""

    @cached_property
    def _atoms(self) -> _Atoms:
        return _Atoms(*self._weighted())

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        last = self._atoms.values.size - 1
        place: FloatArray = self._atoms.values[np.clip(np.searchsorted(self._atoms.below, u) - 1, 0, last)]
        return place

    def cdf(self, x: FloatArray) -> FloatArray:
        probability: FloatArray = self._atoms.below[np.searchsorted(self._atoms.values, x, side="right")]
        return probability

    def sf(self, x: FloatArray) -> FloatArray:
        probability: FloatArray = self._atoms.above[np.searchsorted(self._atoms.values, x, side="right")]
        return probability

    def _expectation(self, values: FloatArray) -> float:
        return math.fsum(self._atoms.weights * values)

    @property
    def mean(self) -> float:
        return self._expectation(self._atoms.values)

    @property
    def variance(self) -> float:
        return self._expectation((self._atoms.values - self.mean) ** 2)

    @property
    def support(self) -> tuple[float, float]:
        possible = self._atoms.values[self._atoms.weights > 0]
        return float(possible[0]), float(possible[-1])

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        limited: FloatArray = np.sum(
            self._atoms.weights * np.minimum(self._atoms.values, cap[..., None]), axis=-1
        )
        return limited


class Discrete(_Atomic):
    """One of a few values, with weights in any unit."""

    kind = "discrete"
    values: Reals
    """The possible values."""
    weights: Reals
    """How often each occurs, relative to the others."""

    @classmethod
    def example(cls) -> Self:
        return cls(values=(10.0, 0.0, 25.0), weights=(0.3, 0.5, 0.2))

    def _check(self) -> None:
        if not self.values or len(self.values) != len(self.weights):
            raise ValueError(
                f"{len(self.values)} values and {len(self.weights)} weights; give one weight for each value"
            )
        if min(self.weights) < 0:
            raise ValueError(f"weight {min(self.weights):g} is negative; weights are 0 or more")
        if math.fsum(self.weights) == 0:
            raise ValueError("all weights are 0; give at least one value a positive weight")

    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.values, self.weights


class Bernoulli(_Atomic):
    """A value that occurs with probability p, otherwise 0."""

    kind = "bernoulli"
    p: Real
    """Probability."""
    value: Real = 1.0
    """The value if it occurs."""

    @classmethod
    def example(cls) -> Self:
        return cls(p=0.3, value=50.0)

    def _check(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(
                f"p {self.p:g} is not a probability; write a number from 0 to 1, or a percentage"
            )

    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return (0.0, self.value), (1 - self.p, self.p)


class Mixture(Distribution):
    """One of several distributions, chosen by weight: P(X <= x) is their weighted mean."""

    kind = "mixture"
    components: Annotated[
        tuple[Annotated[tuple[Real, Distribution], Field(strict=False)], ...], Field(strict=False)
    ]
    """Pairs of weight and distribution; weights in any unit."""

    @classmethod
    def example(cls) -> Self:
        return cls(components=((0.7, Normal(mean=0.0, sd=1.0)), (0.3, Gamma(shape=2.0, scale=3.0))))

    def _check(self) -> None:
        weights = [weight for weight, _ in self.components]
        if not weights or min(weights) < 0 or math.fsum(weights) == 0:
            raise ValueError(
                "the weights of a mixture are 0 or more and not all 0; give each component its weight"
            )

    @cached_property
    def _parts(self) -> tuple[tuple[float, Distribution], ...]:
        total = math.fsum(weight for weight, _ in self.components)
        return tuple((weight / total, part) for weight, part in self.components if weight > 0)

    def from_normal(self, z: FloatArray) -> FloatArray:
        return self._table(np.asarray(z, dtype=np.float64))

    @cached_property
    def _table(self) -> NormalTable:
        return NormalTable(super().from_normal, self.support)

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        # The quantile of the mixture lies between the components' and is found there by bisection.
        quantiles = np.stack([part.quantile(u, v) for _, part in self._parts])
        low: FloatArray
        high: FloatArray
        low, high = quantiles.min(axis=0), quantiles.max(axis=0)
        high = np.where(self._reaches(low, u, v), low, high)
        for _ in range(200):
            middle = low + (high - low) / 2
            if np.all((middle == low) | (middle == high)):
                break
            enough = self._reaches(middle, u, v)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high

    def _reaches(self, x: FloatArray, u: FloatArray, v: FloatArray) -> NDArray[np.bool_]:
        reached: NDArray[np.bool_] = np.where(u <= v, self.cdf(x) >= u, self.sf(x) <= v)
        return reached

    def cdf(self, x: FloatArray) -> FloatArray:
        return np.minimum(_weighted([(weight, part.cdf(x)) for weight, part in self._parts]), 1.0)

    def sf(self, x: FloatArray) -> FloatArray:
        return np.minimum(_weighted([(weight, part.sf(x)) for weight, part in self._parts]), 1.0)

    @property
    def mean(self) -> float:
        return math.fsum(weight * part.mean for weight, part in self._parts)

    @property
    def variance(self) -> float:
        centre = self.mean
        return math.fsum(weight * (part.variance + (part.mean - centre) ** 2) for weight, part in self._parts)

    @property
    def support(self) -> tuple[float, float]:
        lows, highs = zip(*(part.support for _, part in self._parts), strict=True)
        return min(lows), max(highs)

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        return _weighted([(weight, part.limited_mean(cap)) for weight, part in self._parts])

    @property
    def heavy_tailed(self) -> bool:
        return any(part.heavy_tailed for _, part in self._parts)


# --- Complaints ----------------------------------------------------------------------------------------


def _exp(x: float) -> float:
    """Return exp(x), infinite instead of an error where it is too large."""
    return float(np.exp(np.float64(x))) if x < 709 else math.inf  # noqa: PLR2004 - the largest double is near e^709


def _shown(bound: float | None) -> str:
    return "(none)" if bound is None else f"{bound:g}"


def _positive(**parameters: float) -> None:
    for name, value in parameters.items():
        if value <= 0:
            raise ValueError(f"{name} {value:g} is not above 0; write a positive number")


def _not_negative(**parameters: float) -> None:
    for name, value in parameters.items():
        if value < 0:
            raise ValueError(f"{name} {value:g} is negative; write 0 or more")


def check_percentiles(probabilities: Sequence[float], values: Sequence[float]) -> None:
    """Raise ValueError unless these are the percentiles of some continuous distribution, in order."""
    for p in probabilities:
        if not 0 < p < 1:
            raise ValueError(f"p{100 * p:g} is not a percentile; write p1 to p99, or min and max for bounds")
    for x in values:
        if not math.isfinite(x):
            raise ValueError(f"{x:g} is not a finite number; write a value for each percentile")
    for (p, x), (q, y) in pairwise(zip(probabilities, values, strict=True)):
        if q <= p or y <= x:
            raise ValueError(f"p{100 * q:g} {y:g} does not exceed p{100 * p:g} {x:g}; percentiles must rise")


def _ascending(**parameters: float) -> None:
    named = list(parameters.items())
    for (name, value), (next_name, next_value) in pairwise(named):
        if value > next_value:
            raise ValueError(
                f"{name} {value:g} is above {next_name} {next_value:g}; put them in ascending order"
            )
