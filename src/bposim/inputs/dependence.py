"""Dependence between inputs: rank correlations pair by pair, joined by a copula.

Inputs are quantile functions of standard normal scores.  Giving the scores of a pair the correlation that
the copula knows for Spearman's r gives the inputs the rank correlation r, whatever their distributions; pairs
that are not given are uncorrelated.  Only the names that take part are touched, so adding a correlation moves
no draw of the others.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.copulas import Gaussian

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bposim.inputs.copulas import Copula
    from bposim.shapes import FloatArray

Pair = tuple[str, str, float]
"""Two names and the Spearman rank correlation between them."""

_ROUNDING = 1e-10
_PIVOT = 1e-12


class DependenceError(ValueError):
    """The correlations are not possible; the message is ``what is wrong; what to do``."""


class NotPositiveSemidefiniteError(DependenceError):
    """Each correlation is possible, but not all of them together.

    ``smallest_eigenvalue`` is that of the scores' correlations, ``worst_triple`` the three names
    that contradict each other most (None if no three alone do), ``nearest`` the nearest valid rank
    correlations by pair, ``suggestion`` the same rounded to two decimals and still valid.
    """

    def __init__(
        self,
        smallest_eigenvalue: float,
        worst_triple: tuple[str, str, str] | None,
        nearest: dict[tuple[str, str], float],
        suggestion: dict[tuple[str, str], float],
    ) -> None:
        self.smallest_eigenvalue = smallest_eigenvalue
        self.worst_triple = worst_triple
        self.nearest = nearest
        self.suggestion = suggestion
        blame = f", most of all those between {', '.join(worst_triple)}" if worst_triple else ""
        pairs = "; ".join(f"[{a}, {b}, {r:.2f}]" for (a, b), r in suggestion.items())
        super().__init__(
            f"the correlations contradict each other{blame} "
            f"(smallest eigenvalue {smallest_eigenvalue:.3g}, pairs not given count as 0); "
            f"the nearest that are possible: {pairs}"
        )


class Dependence:
    """Rank correlations between named inputs.

    ``names`` are all inputs there are, ``pairs`` the correlations that are given; without ``copula`` it is
    the Gaussian one.

    Raises:
        DependenceError: an unknown name, a pair twice, a name with itself, a correlation beyond ±1.
        NotPositiveSemidefiniteError: the correlations contradict each other.
    """

    def __init__(
        self, names: Iterable[str] = (), pairs: Iterable[Pair] = (), copula: Copula | None = None
    ) -> None:
        self.pairs = tuple(pairs)
        self.copula = copula or Gaussian()
        _check(set(names), self.pairs)
        self.names = tuple(sorted({name for a, b, _ in self.pairs for name in (a, b)}))
        """The names that take part, sorted."""
        row = {name: i for i, name in enumerate(self.names)}
        self.correlation = np.eye(len(self.names))
        """Correlation matrix of the normal scores, in the order of ``names``."""
        for a, b, r in self.pairs:
            rho = self.copula.correlation(r)
            self.correlation[row[a], row[b]] = self.correlation[row[b], row[a]] = rho
        if self.names and np.linalg.eigvalsh(self.correlation)[0] < -_ROUNDING:
            raise _contradiction(self.names, self.correlation, self.copula)

    @property
    def has_common_draw(self) -> bool:
        """Whether :meth:`correlate` takes one more normal draw a trial, common to all names."""
        return bool(self.names) and self.copula.has_common_draw

    def correlate(
        self, scores: Mapping[str, FloatArray], common: FloatArray | None = None
    ) -> dict[str, FloatArray]:
        """Return the scores with those of correlated names replaced by joined ones.

        ``scores`` are independent standard normal arrays of one shape, and so is ``common``, which only a
        copula with a common draw reads.  The result is standard normal too; arrays of other names are handed
        on as they are.

        Raises:
            KeyError: a correlated name has no scores.
            ValueError: the copula has a common draw and got none.
        """
        if not self.names:
            return dict(scores)
        return {**scores, **self.copula.joined(self._linear(scores), common)}

    def _linear(self, scores: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return normal scores with the correlation matrix, for the names that take part."""
        joined = {}
        for name, row in zip(self.names, self._factor, strict=True):
            # Explicit sums in a fixed order: the result of a matrix product may depend on the number of rows.
            terms = [weight * scores[other] for other, weight in zip(self.names, row, strict=True) if weight]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
            joined[name] = total
        return joined

    @cached_property
    def _factor(self) -> list[list[float]]:
        """Lower-triangular factor of the correlation matrix, rows of length 1."""
        return [[float(weight) for weight in row] for row in _cholesky(self.correlation)]


def _check(names: set[str], pairs: tuple[Pair, ...]) -> None:
    for a, b, r in pairs:
        for name in (a, b):
            if name not in names:
                raise DependenceError(f"{name} is not an uncertain input; write the path of one")
        if a == b:
            raise DependenceError(f"{a} is correlated with itself; name two different inputs")
        if not -1 <= r <= 1:
            raise DependenceError(
                f"correlation {r:g} of {a} and {b} is beyond ±1; write a number from -1 to 1"
            )
    for pair, count in Counter(tuple(sorted((a, b))) for a, b, _ in pairs).items():
        if count > 1:
            raise DependenceError(
                f"{' and '.join(pair)} are correlated {count} times; keep one of the entries"
            )


def _cholesky(matrix: FloatArray) -> FloatArray:
    """Return L with L Lᵀ = matrix, also for a singular one, where a dependent row gets no own part."""
    size = len(matrix)
    lower = np.zeros_like(matrix)
    for j in range(size):
        pivot = matrix[j, j] - math.fsum(lower[j, :j] ** 2)
        if pivot <= _PIVOT:
            continue
        lower[j, j] = math.sqrt(pivot)
        for i in range(j + 1, size):
            lower[i, j] = (matrix[i, j] - math.fsum(lower[i, :j] * lower[j, :j])) / lower[j, j]
    # What a skipped pivot leaves out is of rounding size; scores stay of variance 1 to the last digit.
    unit: FloatArray = lower / np.sqrt(np.sum(lower**2, axis=1, keepdims=True))
    return unit


def _contradiction(
    names: tuple[str, ...], matrix: FloatArray, copula: Copula
) -> NotPositiveSemidefiniteError:
    nearest = _nearest(matrix)
    return NotPositiveSemidefiniteError(
        float(np.linalg.eigvalsh(matrix)[0]),
        _worst_triple(names, matrix),
        _ranks(names, nearest, copula),
        _rounded(names, nearest, copula),
    )


def _worst_triple(names: tuple[str, ...], matrix: FloatArray) -> tuple[str, str, str] | None:
    """Return the three names with the most negative determinant, None if none is negative."""
    triples = np.array(list(combinations(range(len(names)), 3)), dtype=np.intp).reshape(-1, 3)
    if not len(triples):
        return None
    a, b, c = (matrix[triples[:, i], triples[:, j]] for i, j in ((0, 1), (0, 2), (1, 2)))
    determinants = 1 + 2 * a * b * c - a**2 - b**2 - c**2
    worst = int(np.argmin(determinants))
    if determinants[worst] >= -_ROUNDING:
        return None
    first, second, third = triples[worst]
    return names[first], names[second], names[third]


def _nearest(matrix: FloatArray) -> FloatArray:
    """Return the nearest correlation matrix in the Frobenius norm.

    Alternating projections with Dykstra's correction: Higham, Computing the nearest correlation matrix,
    IMA Journal of Numerical Analysis 22 (2002).
    """
    current, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(2000):
        shifted = current - correction
        values, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = projected - shifted
        before, current = current, projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.max(np.abs(current - before)) < 1e-12:  # noqa: PLR2004 - far below what anybody can state
            break
    # The last step left the cone by a rounding; a convex step towards independence returns to it.
    deficit = max(0.0, -float(np.linalg.eigvalsh(current)[0]))
    return (current + deficit * np.eye(len(matrix))) / (1 + deficit)


def _ranks(names: tuple[str, ...], matrix: FloatArray, copula: Copula) -> dict[tuple[str, str], float]:
    """Return the rank correlations of a correlation matrix of the scores, without those that are 0."""
    ranks = {
        (names[i], names[j]): copula.rank(float(matrix[i, j])) for i, j in combinations(range(len(names)), 2)
    }
    return {pair: r for pair, r in ranks.items() if abs(r) > _ROUNDING}


def _rounded(names: tuple[str, ...], matrix: FloatArray, copula: Copula) -> dict[tuple[str, str], float]:
    """Return rank correlations of two decimals that are still possible together."""
    independent = np.eye(len(names))
    for step in range(101):
        share = step / 100
        ranks = _ranks(names, (1 - share) * matrix + share * independent, copula)
        rounded = {pair: round(r, 2) for pair, r in ranks.items() if round(r, 2)}
        trial = independent.copy()
        for (a, b), r in rounded.items():
            i, j = names.index(a), names.index(b)
            trial[i, j] = trial[j, i] = copula.correlation(r)
        if np.linalg.eigvalsh(trial)[0] >= 0:
            return rounded
    return {}
