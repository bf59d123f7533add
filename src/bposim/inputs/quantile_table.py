"""Numerics of quantile functions: integrals over them, tables of slow ones, both tails to full precision."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_STEPS = 200
"""More than bisection takes over any bracket but one that reaches 0."""


def tails(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the normal probabilities below and above z, the smaller one to full precision."""
    small = special.ndtr(-np.abs(z))
    return np.where(z < 0, small, 1.0 - small), np.where(z < 0, 1.0 - small, small)


def by_tail(
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


def normal_score(u: FloatArray, v: FloatArray) -> FloatArray:
    """Return the standard normal quantile of ``u``, accurate in both tails."""
    small = special.ndtri(np.minimum(u, v))
    return np.where(u <= v, small, -small)


def crossing(
    excess: Callable[[FloatArray, FloatArray], FloatArray],
    tail: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    """Return where ``excess(x, tail)``, rising in x, passes 0 between low and high, all ``(n,)``.

    Where it does not change sign the nearer end is returned.  Chandrupatla (1997), Advances in Engineering
    Software 28: inverse quadratic interpolation where that is safe, otherwise bisection; both on each element
    alone, down to a few units in the last place.
    """
    at_low, at_high = excess(low, tail), excess(high, tail)
    x = np.where(at_low < 0, high, low)
    left = np.flatnonzero((at_low < 0) & (at_high > 0))
    a, f_a, b, f_b, p = high[left], at_high[left], low[left], at_low[left], tail[left]
    t = np.full_like(a, 0.5)
    for _ in range(_MOST_STEPS):
        new = a + t * (b - a)
        f = excess(new, p)
        same = (f > 0) == (f_a > 0)
        c, f_c = np.where(same, a, b), np.where(same, f_a, f_b)
        b, f_b = np.where(same, b, a), np.where(same, f_b, f_a)
        a, f_a = new, f
        x[left] = best = np.where(np.abs(f_a) < np.abs(f_b), a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            least = 2 * np.spacing(np.abs(best)) / np.abs(b - a)
            slope, way = (f_a - f_b) / (f_c - f_b), (a - b) / (c - b)
            safe = (slope**2 < way) & ((1 - slope) ** 2 < 1 - way)
            curved = f_a / (f_b - f_a) * f_c / (f_b - f_c)
            curved += (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        more = (least < 0.5) & (f != 0)  # noqa: PLR2004 - the bracket is wider than a few units in the last place
        if not more.any():
            break
        t = np.clip(np.where(safe, curved, 0.5), least, 1 - least)[more]
        left, a, f_a, b, f_b, p = (part[more] for part in (left, a, f_a, b, f_b, p))
    return x


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


class _Finer(NamedTuple):
    """The failing cells of one level of a table, cut into parts.

    ``first`` says for each cell of the level above which column its parts begin at.  The first block of
    columns is empty (NaN) and stands for the parts of cells that have none.
    """

    first: NDArray[np.intp]
    centre: FloatArray
    half: float
    coefficients: FloatArray


class _Fit(NamedTuple):
    """Polynomials of the cells of a table, and of the parts of those that fail."""

    coefficients: FloatArray
    finer: tuple[_Finer, ...]
    whole: bool
    """Whether it goes as far as ``REACH``, not only as far as ``NEAR``."""


class NormalTable:
    """A slow quantile function of standard normal scores, z -> Q(Φ(z)), as piecewise polynomials.

    The error is checked when the table is built, at three points of every cell: within ``TOLERANCE`` times
    the width of the support; where that is infinite, times the value itself, to which the spread between
    the quartiles is added if values may be negative.  A cell that fails is cut into ``PARTS``, and again for
    as many ``levels`` as are asked for, as is worth it around a jump or a kink where the exact function is a
    search.  What still fails, and everything beyond ``REACH``, is left to the exact
    function; so accuracy never rests on smoothness, only speed does.  Each value depends on its own z alone.
    Beyond ``NEAR``, where few draws ever fall, the table is built when the first one does.
    """

    CELLS = 512
    REACH = 8.25
    NEAR = 4.6
    DEGREE = 7
    TOLERANCE = 2e-13
    PARTS = 16
    MOST = 64
    """How many failing cells of a level are cut up, those nearest to 0 first, where most draws fall."""
    ROUNDINGS = 4.0
    """Beside a jump the exact function is no better than a few roundings of z; nor need finer cells be."""
    _NODES = -np.cos(np.pi * np.arange(DEGREE + 1) / DEGREE)
    _FIT = np.linalg.inv(np.vander(_NODES, increasing=True))
    _CHECKS = np.array([-0.97, -0.1, 0.8])

    def __init__(
        self,
        exact: Callable[[FloatArray], FloatArray],
        support: tuple[float, float],
        levels: int = 0,
    ) -> None:
        self.exact = exact
        self.support = support
        # An unbounded positive quantile runs over many powers of ten; its logarithm does not.
        self.logarithmic = support[0] >= 0 and support[1] == np.inf
        self.levels = levels
        self._fit = self._built(self.NEAR)

    def _built(self, reach: float) -> _Fit:
        """Return the table of scores up to ``reach``; a cell is the same in each table that has it."""
        half = self.REACH / self.CELLS
        centre = half * (2 * np.arange(self.CELLS, dtype=np.float64) + 1) - self.REACH
        near = np.abs(centre) < reach
        # NaN marks what is left to the exact function, with one such cell on either side for the far tails.
        coefficients = np.full((self.DEGREE + 1, self.CELLS + 2), np.nan)
        coefficients[:, 1:-1][:, near] = self._fitted(centre[near], half, 0.0)
        fitted = coefficients[:, 1:-1]
        finer: list[_Finer] = []
        beside = (1, 1)
        for _ in range(self.levels):
            failed = np.flatnonzero(np.isnan(fitted[0]) & (np.abs(centre) < reach))
            failed = failed[np.argsort(np.abs(centre[failed]), kind="stable")][: self.MOST]
            if failed.size == 0:
                break
            first = np.zeros(sum(beside) + centre.size, dtype=np.intp)
            first[beside[0] + failed] = self.PARTS * (1 + np.arange(failed.size))
            half /= self.PARTS
            parts = half * (2 * np.arange(self.PARTS, dtype=np.float64) + 1 - self.PARTS)
            centre = (centre[failed][:, np.newaxis] + parts).ravel()
            fitted = self._fitted(centre, half, self.ROUNDINGS)
            beside = (self.PARTS, 0)
            finer.append(
                _Finer(
                    first,
                    np.pad(centre, beside),
                    half,
                    np.pad(fitted, ((0, 0), beside), constant_values=np.nan),
                )
            )
        return _Fit(coefficients, tuple(finer), whole=reach >= self.REACH)

    def _fitted(self, centre: FloatArray, half: float, roundings: float) -> FloatArray:
        """Return polynomials ``(degree + 1, cells)`` around the centres, NaN where one fails the check."""
        with np.errstate(divide="ignore", invalid="ignore"):
            values = self.exact(centre + half * self._NODES[:, np.newaxis])
            nodes = self._forward(values)
            level = np.all(nodes == nodes[0], axis=0)
            # Explicit sums: a matrix product may round differently from one machine to the next.  Differences
            # within the cell are fitted, so that a narrow range far from 0 keeps its digits.
            within = np.where(level, 0.0, nodes - nodes[0])
            fitted = np.stack([np.sum(row[:, np.newaxis] * within, axis=0) for row in self._FIT])
            fitted[0] += nodes[0]
            wanted = self.exact(centre + half * self._CHECKS[:, np.newaxis])
            found = self._backward(_horner(fitted, self._CHECKS[:, np.newaxis], np.arange(centre.size)))
            allowed = self.TOLERANCE * self._scale(wanted)
            if roundings:
                slope = (values[-1] - values[0]) / (2 * half)
                allowed += roundings * np.finfo(np.float64).eps * (1 + np.abs(centre)) * slope
            good = np.all((found == wanted) | (np.abs(found - wanted) <= allowed), axis=0)
        return np.where(good, fitted, np.nan)

    def __call__(self, z: FloatArray) -> FloatArray:
        """Return Q(Φ(z))."""
        place = np.clip((z + self.REACH) * (self.CELLS / (2 * self.REACH)) + 1, 0, self.CELLS + 1)
        cell = place.astype(np.intp)
        local = 2 * (place - cell) - 1
        fit = self._fit
        x = self._value(fit.coefficients, local, cell)
        missing = np.isnan(x)
        if missing.any() and not fit.whole and np.abs(z[missing]).max() > self.NEAR - self.REACH / self.CELLS:
            self._fit = fit = self._built(self.REACH)
            x = self._value(fit.coefficients, local, cell)
            missing = np.isnan(x)
        if missing.any():
            x[missing] = self._by_parts(fit.finer, z[missing], cell[missing])
        return x

    def _by_parts(self, levels: tuple[_Finer, ...], z: FloatArray, cell: NDArray[np.intp]) -> FloatArray:
        """Return Q(Φ(z)) for scores ``(n,)`` in cells that failed."""
        x = np.empty_like(z)
        left = np.arange(z.size)
        for finer in levels:
            first = finer.first[cell]
            # Differences of scores are exact; a place in the whole table would be too coarse here.
            part = (z[left] - finer.centre[first]) / (2 * finer.half) + 0.5
            cell = first + np.clip(part, 0, self.PARTS - 1).astype(np.intp)
            x[left] = self._value(finer.coefficients, (z[left] - finer.centre[cell]) / finer.half, cell)
            missing = np.isnan(x[left])
            left, cell = left[missing], cell[missing]
            if left.size == 0:
                return x
        x[left] = self.exact(z[left])
        return x

    def _value(self, coefficients: FloatArray, t: FloatArray, cell: NDArray[np.intp]) -> FloatArray:
        """Return the values at local coordinates t of cells, NaN in cells that failed."""
        with np.errstate(invalid="ignore"):
            x = self._backward(_horner(coefficients, t, cell))
        return np.clip(x, *self.support)

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


_BUILT: WeakValueDictionary[str, NormalTable] = WeakValueDictionary()


def shared_table(written: str, build: Callable[[], NormalTable]) -> NormalTable:
    """Return the table of a distribution that is ``written`` so; equal ones, of two vendors say, share it."""
    table = _BUILT.get(written)
    if table is None:
        table = _BUILT[written] = build()
    return table


def _horner(coefficients: FloatArray, t: FloatArray, cell: NDArray[np.intp]) -> FloatArray:
    """Evaluate the polynomial of each cell at the local coordinate t in [-1, 1]."""
    constant, *middle, highest = coefficients.take(cell, axis=1)
    value: FloatArray = highest * t
    for power in middle[::-1]:
        value += power
        value *= t
    value += constant
    return value
