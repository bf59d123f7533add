"""Spells: times that begin by chance, last a while and change something as long as they last.

The random numbers do not depend on the parameters: the count of a trial is the Poisson quantile of one
uniform, and the j-th spell has its marks in every trial whether it happens or not.  A higher rate keeps the
spells of the lower one and adds new ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from bposim.inputs.number import EventSize, NonNegative
from bposim.inputs.poisson import poisson_quantile
from bposim.inputs.streams import uniform_open
from bposim.part import Part
from bposim.shapes import FloatArray, Path

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one spell in each trial, each ``(trials,)``."""

    when: FloatArray
    """Uniform in (0, 1): where in the horizon it begins."""
    length: FloatArray
    """Standard normal."""
    size: FloatArray
    """Standard normal."""


LED_SPELLS = 2
"""Spells of which a design may set the marks."""
LED = ("count", *(f"{mark} {rank}" for rank in range(LED_SPELLS) for mark in ("when", "length", "size")))
"""What a design may set, most important first."""


class SpellNoise:
    """The random numbers of one source of spells: a count and, as far as needed, the marks of each spell."""

    def __init__(self, rng: np.random.Generator, trials: int) -> None:
        self._rng = rng
        self.trials = trials
        self.count = uniform_open(rng, trials)
        self._led: dict[str, FloatArray] = {}
        self._marks: list[Marks] = []

    @property
    def led(self) -> int:
        """Return how many uniforms a design may set."""
        return len(LED)

    @property
    def expected(self) -> float:
        """Return 0: marks are taken spell by spell, however many there are."""
        return 0.0

    def lead(self, uniforms: FloatArray, _expected: float, /) -> None:
        """Take the count and the marks of the first spells from a design, ``(led, trials)``."""
        self._led = dict(zip(LED, uniforms, strict=True))
        self.count = self._led["count"]

    def spell(self, j: int) -> Marks:
        """Return the marks of the j-th spell, from 0, of every trial."""
        while len(self._marks) <= j:
            when = uniform_open(self._rng, self.trials)
            length, size = self._rng.standard_normal((2, self.trials))
            rank, led = len(self._marks), self._led
            if rank < LED_SPELLS and led:
                when = led[f"when {rank}"]
                length, size = ndtri(led[f"length {rank}"]), ndtri(led[f"size {rank}"])
            self._marks.append(Marks(when, length, size))
        return self._marks[j]

    def happened(self, count: NDArray[np.int64]) -> tuple[NDArray[np.intp], Marks]:
        """Return the trial and the marks of every spell, ``(spells,)``, for a count ``(trials,)``."""
        trials = [np.flatnonzero(count > j) for j in range(int(count.max(initial=0)))]
        if not trials:
            return np.zeros(0, dtype=np.intp), Marks(np.zeros(0), np.zeros(0), np.zeros(0))
        drawn = [self.spell(j) for j in range(len(trials))]
        return np.concatenate(trials), Marks(
            np.concatenate([marks.when[trial] for marks, trial in zip(drawn, trials, strict=True)]),
            np.concatenate([marks.length[trial] for marks, trial in zip(drawn, trials, strict=True)]),
            np.concatenate([marks.size[trial] for marks, trial in zip(drawn, trials, strict=True)]),
        )


class Spells(Part, ABC):
    """Spells begin at a Poisson rate at any point of time; the horizon begins without one."""

    per_year: NonNegative
    """How many begin in a year, on average."""
    months: EventSize
    """How long one lasts, in months; drawn for each."""

    @abstractmethod
    def change(self, size: FloatArray) -> FloatArray:
        """Return the relative change while a spell lasts, -1 or more, for standard normal marks."""

    @property
    @abstractmethod
    def mean_change(self) -> float:
        """The expected relative change."""

    def multiplier(self, noise: SpellNoise | None, months: int) -> Path:
        """Return Π (1 + a o(t)) over the spells, ``(months, trials)``; without noise, its expectation.

        a is the change by a spell and o(t) the part of month t that it covers.  The expectation is that of a
        Poisson process, exp(λ/12 E[a] h(t)): Campbell's theorem; h is :meth:`covered`.
        """
        if noise is None:
            expected: FloatArray = np.exp(self.per_year / 12.0 * self.mean_change * self.covered(months))
            return expected
        product = np.ones(months * noise.trials)
        trial, marks = noise.happened(poisson_quantile(noise.count, self.per_year * (months / 12.0)))
        start = marks.when * months
        month, spell, part = overlaps(start, start + self.months.from_normal(marks.length), months)
        change = self.change(marks.size)
        np.multiply.at(product, month * noise.trials + trial[spell], 1.0 + change[spell] * part)
        return product.reshape(months, noise.trials)

    def covered(self, months: int) -> FloatArray:
        """Return h(t), the months of spells that month t has at one start a month, ``(months, 1)``.

        h(t) = ∫ E[min(M, τ)] dτ over (t-1, t], M the length: what began within M before τ still lasts at τ.
        The integral is by Gauss and Legendre between whole months and the steps of M, exact where the
        limited mean is a polynomial there (constant, discrete and uniform lengths).
        """
        inside = [step for step in self.months.steps if 0.0 < step < months]
        edges = np.unique(np.concatenate([np.arange(months + 1.0), inside]))
        left, half = edges[:-1], np.diff(edges) / 2.0
        lasting = self.months.limited_mean(left[:, np.newaxis] + half[:, np.newaxis] * (1.0 + _NODES))
        pieces = np.sum(_WEIGHTS * lasting, axis=1) * half
        by_month = np.bincount(left.astype(np.intp), weights=pieces, minlength=months)
        return np.asarray(by_month, dtype=np.float64)[:, np.newaxis]


def overlaps(
    start: FloatArray, end: FloatArray, months: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """Return row of the month, spell and covered part, wherever a spell meets a month of the horizon.

    Month t, in row t-1, is from t-1 to t.  Most spells meet few months, so the list is short.
    """
    end = np.minimum(end, months)
    first = start.astype(np.intp)
    met = np.ceil(end).astype(np.intp) - first
    spell = np.repeat(np.arange(start.size), met)
    month = first[spell] + np.arange(spell.size) - np.repeat(np.cumsum(met) - met, met)
    part = np.minimum(month + 1.0, end[spell]) - np.maximum(month, start[spell])
    return month, spell, part
