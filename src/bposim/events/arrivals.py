"""Poisson arrivals whose rate can change without moving the random numbers.

The count of a trial is the Poisson quantile of one uniform, and the marks of its j-th event (month, size,
luck) are drawn for every trial whether or not the event happens.  So more events at a higher rate are the
same events and some new ones, and an alternative with half the exposure sees a part of the same events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bposim.inputs.streams import uniform_open
from bposim.shapes import FloatArray, Path, Vector

MOST_EVENTS = 500.0
"""Largest expected number of events in a trial; above it, model the cost as a running one."""


class EventNoise:
    """The random numbers of one risk in one block: a count and, rank by rank, the marks of each event."""

    def __init__(self, rng: np.random.Generator, trials: int) -> None:
        self._rng = rng
        self.trials = trials
        self.count = uniform_open(rng, (trials,))
        self._marks: list[Marks] = []

    @property
    def ranks(self) -> int:
        """Return how many ranks were drawn so far."""
        return len(self._marks)

    def rank(self, j: int) -> Marks:
        """Return the marks of the j-th event, from 0, of every trial."""
        while len(self._marks) <= j:
            uniforms = uniform_open(self._rng, (3, self.trials))
            self._marks.append(
                Marks(uniforms[0], uniforms[1], uniforms[2], self._rng.standard_normal(self.trials))
            )
        return self._marks[j]


@dataclass(frozen=True, slots=True)
class Marks:
    """Uniform and normal marks of one event in each trial, each ``(trials,)``."""

    when: FloatArray
    thinning: FloatArray
    luck: FloatArray
    size: FloatArray


@dataclass(frozen=True, slots=True)
class Events:
    """The events that happen, each array ``(events,)``."""

    month: NDArray[np.intp]
    """Row of the month, 0 for month 1."""
    trial: NDArray[np.intp]
    """Column of the trial."""
    size: FloatArray
    """Standard normal mark of the size."""
    luck: FloatArray
    """Uniform mark of whatever else is left to chance."""

    def pick(self, path: Path) -> Path:
        """Return the values of a path at each event's month and trial."""
        values = np.asarray(path)
        if values.ndim == 0:
            return float(values)
        if values.ndim == 1:
            return values[self.trial] if values.size > 1 else float(values[0])
        rows = self.month if values.shape[0] > 1 else np.zeros_like(self.month)
        picked: FloatArray = values[rows, self.trial if values.shape[1] > 1 else 0]
        return picked

    def by_month(self, losses: FloatArray, months: int, trials: int) -> FloatArray:
        """Add the events' losses up into a path ``(months, trials)``."""
        cells = np.bincount(self.month * trials + self.trial, weights=losses, minlength=months * trials)
        return np.asarray(cells.reshape(months, trials), dtype=np.float64)


def poisson_quantile(u: FloatArray, mean: Vector) -> NDArray[np.int64]:
    """Return the smallest n with P(N <= n) >= u, N ~ Poisson(mean), by adding up probabilities."""
    count = np.zeros(u.shape, dtype=np.int64)
    probability = np.broadcast_to(np.exp(-np.asarray(mean, dtype=float)), u.shape).copy()
    cumulated = probability.copy()
    largest = float(np.max(mean, initial=0.0))
    for n in range(1, int(largest + 12.0 * np.sqrt(largest) + 40.0)):
        more = u > cumulated
        if not more.any():
            break
        count += more
        probability *= mean / n
        cumulated += probability
    return count


def arrivals(noise: EventNoise, per_year: Vector, exposure: Path, months: int) -> Events:
    """Return the events of a Poisson process of rate ``per_year`` × ``exposure``, exposure at most 1."""
    count = poisson_quantile(noise.count, per_year * (months / 12.0))
    exposed = np.broadcast_to(exposure, (months, noise.trials))
    happened = [
        _at_rank(noise.rank(j), np.flatnonzero(count > j), exposed) for j in range(int(count.max(initial=0)))
    ]
    if not happened:
        nobody = np.zeros(0, dtype=np.intp)
        return Events(nobody, nobody, np.zeros(0), np.zeros(0))
    return Events(
        np.concatenate([events.month for events in happened]),
        np.concatenate([events.trial for events in happened]),
        np.concatenate([events.size for events in happened]),
        np.concatenate([events.luck for events in happened]),
    )


def _at_rank(marks: Marks, trial: NDArray[np.intp], exposed: FloatArray) -> Events:
    """Return the events of one rank in the given trials that the exposure of their month lets through."""
    month = (marks.when[trial] * len(exposed)).astype(np.intp)
    kept = marks.thinning[trial] < exposed[month, trial]
    trial, month = trial[kept], month[kept]
    return Events(month, trial, marks.size[trial], marks.luck[trial])
