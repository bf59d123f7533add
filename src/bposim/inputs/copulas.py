"""Copulas: how inputs that have the same rank correlations move together in the tails.

Both start from standard normal scores z with a correlation matrix and return standard normal scores, so that
an input is its quantile function of them whichever copula is chosen.  They differ in what a Spearman rank
correlation means for the matrix, and in the extremes: of two inputs joined by a Gaussian copula an extreme of
one says less and less about the other (ρ < 1), by a Student-t copula a part λ of the extremes is common.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import chdtri, gammaincinv, ndtr, ndtri, stdtr

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

_NODES = 40
"""Points a dimension at which Spearman's correlation is integrated; its error is below 1e-4."""

_CLOSE = 1e-12


class Copula(Protocol):
    """What :class:`~bposim.inputs.dependence.Dependence` asks of a copula."""

    has_common_draw: bool
    """Whether :meth:`joined` takes one further normal draw a trial, common to all inputs that take part."""

    def rank(self, rho: float) -> float:
        """Return the Spearman rank correlation that the correlation ``rho`` of the scores gives."""

    def correlation(self, rank: float) -> float:
        """Return the correlation of the scores that gives a Spearman rank correlation."""

    def joined(self, scores: dict[str, FloatArray], common: FloatArray | None) -> dict[str, FloatArray]:
        """Return standard normal scores joined by this copula, from ones that have its correlations."""


class Gaussian:
    """The scores as they are; Spearman's r is (6/π) arcsin(ρ/2), so ρ = 2 sin(πr/6) (Kruskal 1958)."""

    has_common_draw = False

    def rank(self, rho: float) -> float:
        """Return (6/π) arcsin(ρ/2)."""
        return 6 / math.pi * math.asin(max(-1.0, min(1.0, rho)) / 2)

    def correlation(self, rank: float) -> float:
        """Return 2 sin(πr/6)."""
        return 2 * math.sin(math.pi * rank / 6)

    def joined(self, scores: dict[str, FloatArray], common: FloatArray | None) -> dict[str, FloatArray]:
        """Return the scores."""
        del common
        return scores


class StudentT:
    """Φ⁻¹(t_ν(z √(ν/χ²))), one χ² with ν degrees of freedom a trial, common to all inputs that take part.

    Tail dependence of a pair is λ = 2 t_{ν+1}(−√((ν+1)(1−ρ)/(1+ρ))), also where ρ is 0: what takes part in a
    Student-t copula is uncorrelated at most, never independent.  Spearman's r of a scale mixture of normals
    is (6/π) E[arcsin(ρ √(B₁B₂))], B_i = χ_i²/(χ² + χ_i²) with three independent χ² (Heinen and Valdesogo,
    Spearman rank correlation of the bivariate Student t, Journal of Multivariate Analysis 179, 2020): a
    little less than a normal pair's.  It has no inverse in closed form and is inverted numerically.
    """

    has_common_draw = True

    def __init__(self, freedom: float) -> None:
        self.freedom = freedom
        """ν, degrees of freedom."""

    def rank(self, rho: float) -> float:
        """Return Spearman's correlation by Gauss–Legendre quadrature over the probabilities of the χ²."""
        scale, weights = self._mixture
        # The quadrature of ρ = 1, whose true value is 1, sets the measure: both ends are exact.
        return float(np.sum(weights * np.arcsin(max(-1.0, min(1.0, rho)) * scale)) / self._unit)

    def correlation(self, rank: float) -> float:
        """Return ρ by bisection: rank(ρ) is odd and rises from 0 to 1."""
        low, high = 0.0, 1.0
        while high - low > _CLOSE:
            middle = (low + high) / 2
            low, high = (middle, high) if self.rank(middle) < abs(rank) else (low, middle)
        return math.copysign(1.0 if abs(rank) == 1.0 else (low + high) / 2, rank) if rank else 0.0

    def joined(self, scores: dict[str, FloatArray], common: FloatArray | None) -> dict[str, FloatArray]:
        """Return the scores over √(χ²/ν), mapped back to normal ones; χ² is a quantile of ``common``."""
        if common is None:
            raise ValueError("a Student-t copula needs one further draw a trial; hand over its normal scores")
        # A quantile, not a generator's own chi-square: it moves smoothly with ν, and designs can stratify it.
        stretch = np.sqrt(self.freedom / (2.0 * gammaincinv(self.freedom / 2.0, ndtr(common))))
        return {name: self._normal(z * stretch) for name, z in scores.items()}

    def _normal(self, t: FloatArray) -> FloatArray:
        """Return Φ⁻¹(t_ν(t)), by the lower tail on both sides, where a double keeps its precision."""
        normal: FloatArray = np.copysign(ndtri(stdtr(self.freedom, -np.abs(t))), t)
        return normal

    @cached_property
    def _mixture(self) -> tuple[FloatArray, FloatArray]:
        """Return √(B₁B₂) at the nodes and their weights, ``(nodes, nodes, nodes)``: χ², χ₁², χ₂²."""
        x, w = np.polynomial.legendre.leggauss(_NODES)
        square = chdtri(self.freedom, 1.0 - (x + 1.0) / 2.0)
        root = np.sqrt(square / (square[:, np.newaxis] + square))
        scale = root[:, :, np.newaxis] * root[:, np.newaxis, :]
        weights = (w / 2.0)[:, np.newaxis, np.newaxis] * (w / 2.0)[:, np.newaxis] * (w / 2.0)
        return scale, weights

    @cached_property
    def _unit(self) -> float:
        scale, weights = self._mixture
        return float(np.sum(weights * np.arcsin(scale)))
