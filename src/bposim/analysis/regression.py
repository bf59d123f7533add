"""Conditional means from a run's own draws: regression of an outcome on splines of the drivers.

A driver enters by columns of a natural cubic spline; how many it gets, the sample decides by the Bayesian
information criterion.  Pairs of drivers enter by products of their columns where the residual of the sum
shows that they act together.

Least squares sees the trials only through sums of products, so the Gram matrix is accumulated over a
number of folds of the trials, and leaving a fold out is a subtraction.  Folds are interleaved: trial i is
in fold i mod folds.  Trials are taken some thousands at a time, which bounds the memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.drivers import equal_count_bins
from bposim.analysis.splines import FINEST, Spline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.shapes import FloatArray

SCREEN = 32_768
"""So many trials, taken by chance, decide on the columns; all trials decide on the coefficients."""

CHUNK = 8_192
"""Trials taken at a time."""

COLUMNS = 500
"""The most columns of a surface, which bounds its time."""

TRIALS_A_COLUMN = 20
"""At least so many trials are asked for each column."""

_CELLS = 8
_CLEAR = 5.0  # standard deviations: 60 drivers make 1,770 pairs, of which chance shows one beyond 3.3
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """Columns of a surface that belong together: some columns of a driver, or products for a pair of drivers.

    ``owners`` are the names of one or two drivers, ``chosen`` for each column its column in each of their
    splines.
    """

    owners: tuple[str, ...]
    chosen: tuple[tuple[int, ...], ...]


class Basis:
    """The columns by which an outcome is regressed on drivers: a constant, then the terms'."""

    def __init__(self, splines: Mapping[str, Spline], terms: Sequence[Term]) -> None:
        self.splines = splines
        self.terms = tuple(terms)
        self.owners: tuple[tuple[str, ...], ...] = ((), *(term.owners for term in terms for _ in term.chosen))

    def __call__(self, drivers: Mapping[str, FloatArray]) -> FloatArray:
        """Return the columns at some trials, ``(trials, columns)``."""
        width = {name: 0 for term in self.terms for name in term.owners}
        for term in self.terms:
            for choice in term.chosen:
                for name, column in zip(term.owners, choice, strict=True):
                    width[name] = max(width[name], column + 1)
        trials = next(iter(drivers.values())).size
        single = {name: self.splines[name](drivers[name], columns) for name, columns in width.items()}
        found = np.empty((trials, len(self.owners)))
        found[:, 0] = 1.0
        choices = [(term.owners, choice) for term in self.terms for choice in term.chosen]
        for at, (owners, choice) in enumerate(choices, 1):
            found[:, at] = single[owners[0]][:, choice[0]]
            if len(choice) > 1:
                found[:, at] *= single[owners[1]][:, choice[1]]
        return found


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of products over the trials of each fold: all that least squares needs to know.

    ``gram`` is ``(folds, columns, columns)``, ``cross`` ``(folds, columns, outcomes)``, ``square``
    ``(folds, outcomes)``, ``counts`` ``(folds,)``; the outcomes are measured from ``centre`` ``(outcomes,)``.
    """

    gram: FloatArray
    cross: FloatArray
    square: FloatArray
    counts: FloatArray
    centre: FloatArray

    def without(self, fold: int | None) -> tuple[FloatArray, FloatArray, FloatArray, float]:
        """Return gram, cross, square and count of all folds but one (None: of all)."""
        kept = [number for number in range(len(self.counts)) if number != fold]
        return (
            self.gram[kept].sum(axis=0),
            self.cross[kept].sum(axis=0),
            self.square[kept].sum(axis=0),
            float(self.counts[kept].sum()),
        )

    def coefficients(self, fold: int | None = None) -> FloatArray:
        """Return the least-squares coefficients ``(columns, outcomes)`` without one fold (None: of all)."""
        gram, cross, _, _ = self.without(fold)
        return np.asarray(np.linalg.solve(ridged(gram), cross))


def ridged(gram: FloatArray) -> FloatArray:
    """Return the matrix with a trace of its diagonal added, so that two equal drivers share their effect."""
    return gram + np.diag(_RIDGE * np.diagonal(gram))


def accumulate(basis: Basis, drivers: Mapping[str, FloatArray], outcomes: FloatArray, folds: int) -> Sums:
    """Return the sums of products of the basis and the outcomes ``(trials, outcomes)`` by fold."""
    columns, width = len(basis.owners), outcomes.shape[1]
    gram = np.zeros((folds, columns, columns))
    cross = np.zeros((folds, columns, width))
    square = np.zeros((folds, width))
    counts = np.zeros(folds)
    centre = outcomes.mean(axis=0)
    for part in chunks(len(outcomes)):
        found = basis({name: drivers[name][part] for name in basis.splines})
        y = outcomes[part] - centre
        for fold in range(folds):
            mine = slice((fold - part.start) % folds, None, folds)
            gram[fold] += found[mine].T @ found[mine]
            cross[fold] += found[mine].T @ y[mine]
            square[fold] += np.sum(y[mine] ** 2, axis=0)
            counts[fold] += y[mine].shape[0]
    return Sums(gram, cross, square, counts, centre)


def choose_basis(
    drivers: Mapping[str, FloatArray], outcomes: FloatArray, *, pairs: bool = True, columns: int | None = None
) -> Basis:
    """Return the basis that the sample can carry for all of the outcomes ``(trials, outcomes)`` together.

    Each driver has at least its line, so that under dependence none is left to speak for another.
    """
    trials = len(outcomes)
    # Not every second trial: what is alike in a design's trials need not be alike in half of them.
    kept = np.sort(np.random.default_rng(0).permutation(trials)[:SCREEN])
    screened = {name: x[kept] for name, x in drivers.items()}
    y = outcomes[kept] - outcomes[kept].mean(axis=0)
    y = y / np.where(np.std(y, axis=0) > 0, np.std(y, axis=0), 1.0)
    budget = columns or max(min(COLUMNS, trials // TRIALS_A_COLUMN), len(drivers))
    splines = {name: Spline(x) for name, x in screened.items()}
    terms = []
    for name, x in screened.items():
        spline = splines[name]
        if spline.columns:
            detail = _levels(spline(x), y, max(budget // len(drivers), 1))
            terms.append(Term((name,), tuple((column,) for column in range(detail))))
    basis = Basis(splines, terms)
    room = budget - len(basis.owners)
    if not pairs or room <= 0 or not terms[1:]:
        return basis
    residual = y - predict(
        basis, screened, accumulate(basis, screened, y, 1).coefficients(), np.zeros(y.shape[1])
    )
    active = {name: screened[name] for term in terms for name in term.owners}
    return Basis(splines, [*terms, *_products(splines, active, residual, room)])


def predict(
    basis: Basis, drivers: Mapping[str, FloatArray], coefficients: FloatArray, centre: FloatArray
) -> FloatArray:
    """Return the surface at every trial, ``(trials, outcomes)``."""
    trials = next(iter(drivers.values())).size
    found = np.empty((trials, coefficients.shape[1]))
    for part in chunks(trials):
        found[part] = basis({name: drivers[name][part] for name in basis.splines}) @ coefficients + centre
    return found


def cross_fitted(
    drivers: Mapping[str, FloatArray], outcomes: FloatArray, *, folds: int = 5, pairs: bool = True
) -> FloatArray:
    """Return E[outcomes | drivers], ``(trials, outcomes)``, each trial by a fit that has not seen it."""
    basis = choose_basis(drivers, outcomes, pairs=pairs)
    sums = accumulate(basis, drivers, outcomes, folds)
    found = np.empty_like(outcomes)
    for fold in range(folds):
        mine = slice(fold, None, folds)
        part = {name: x[mine] for name, x in drivers.items()}
        found[mine] = predict(basis, part, sums.coefficients(fold), sums.centre)
    return found


def chunks(trials: int) -> Iterator[slice]:
    """Yield slices of some thousands of trials."""
    for start in range(0, trials, CHUNK):
        yield slice(start, min(start + CHUNK, trials))


def _levels(columns: FloatArray, y: FloatArray, most: int) -> int:
    """Return how many of the first columns pay for themselves by the Bayesian information criterion."""
    gain = np.sum((columns.T @ y / len(y)) ** 2, axis=1)
    unexplained = max(y.shape[1] - float(gain.sum()), 1e-12)
    price = unexplained * math.log(len(y)) / len(y)
    levels = [level for level in (1, 2, 4, 8, FINEST) if level <= min(most, len(gain))] or [1]
    if len(gain) <= most:
        levels.append(len(gain))
    return max(levels, key=lambda level: float(gain[:level].sum()) - price * level)


def _products(
    splines: Mapping[str, Spline], drivers: Mapping[str, FloatArray], residual: FloatArray, room: int
) -> list[Term]:
    """Return the products of pairs of drivers that explain what their sum does not, clearest first."""
    trials = len(residual)
    bins = {name: equal_count_bins(x, _CELLS) for name, x in drivers.items()}
    noise = np.mean(residual**2, axis=0)
    found: list[tuple[float, str, str]] = []
    for first, second in combinations(drivers, 2):
        (one, rows), (other, width) = bins[first], bins[second]
        cell = one * width + other
        count = np.bincount(cell, minlength=rows * width)
        inhabited = np.count_nonzero(count)
        for column, variance in zip(residual.T, noise, strict=True):
            if variance <= 0:
                continue
            sums = np.bincount(cell, weights=column, minlength=rows * width)
            explained = float(np.sum(sums**2 / np.maximum(count, 1))) / variance
            clear = (explained - inhabited) / math.sqrt(2 * inhabited)
            if clear > _CLEAR:
                found.append((clear, first, second))
    strongest = sorted({(a, b): clear for clear, a, b in sorted(found)}.items(), key=lambda item: -item[1])
    detail = next((size for size in (8, 6, 4, 3, 2) if len(strongest) * size * size <= 4 * room), 2)
    terms = []
    for (first, second), _ in strongest:
        left = splines[first](drivers[first], detail)
        right = splines[second](drivers[second], detail)
        chosen = []
        for i in range(left.shape[1]):
            for j in range(right.shape[1]):
                product = left[:, i] * right[:, j]
                power = float(np.mean(product * product))
                gain = (product @ residual / trials) ** 2 / max(power, 1e-300)
                if np.any(gain > noise * math.log(trials) / trials):
                    chosen.append((i, j))
        chosen = chosen[:room]
        room -= len(chosen)
        if chosen:
            terms.append(Term((first, second), tuple(chosen)))
    return terms
