"""Poisson arrivals whose rate can change without moving the random numbers.

The count of a trial is the Poisson quantile of one uniform, and the marks of its j-th event (month, size,
luck) are drawn for every trial whether or not the event happens.  So more events at a higher rate are the
same events and some new ones, and an alternative with half the exposure sees a part of the same events.

A rate that varies by month is thinned (Lewis and Shedler 1979): candidates come at the highest rate of the
trial, and one in month t stays with the probability rate(t) / highest rate.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bposim.errors import SimulationError
from bposim.inputs.poisson import poisson_quantile
from bposim.inputs.streams import uniform_open
from bposim.operations import Losses
from bposim.shapes import FloatArray, Path, Vector

MOST_EVENTS = 500.0
"""Largest expected number of events in a trial; above it, model the cost as a running one."""

MOST_CANDIDATES = 10.0 * MOST_EVENTS
"""Largest mean of one trial, after overdispersion has raised it; more marks would not fit into memory."""

LED = ("count", "size 0", "when 0", "size 1", "when 1", "luck 0", "thinning 0", "size 2", "when 2")
"""What a design may set, most important first: how many events there are, and marks of the largest ones."""

MOST_ORDERED = 8
"""Events of a trial whose sizes a design puts in order."""

BELOW_ONE = 1.0 - 2.0**-53


class EventNoise:
    """The random numbers of one risk in one block: a count and, rank by rank, the marks of each event."""

    shared: EventNoise | None = None
    """The random numbers of the events that hit other legs, too."""
    _sizes: EventNoise | None = None
    """The random numbers that size and luck come from, if not from here."""

    def __init__(self, rng: np.random.Generator, trials: int) -> None:
        self._rng = rng
        self.trials = trials
        self.count = uniform_open(rng, (trials,))
        self._marks = _Marks(rng, trials)
        self.asked: list[float] = []
        """Mean number of events of each time that the noise was asked for some."""
        self._mixing: list[FloatArray] = []
        self.candidates: dict[tuple[float, int], Candidates] = {}
        """Those of a rate without uncertainty, which several alternatives share: by mean and months."""

    @property
    def led(self) -> int:
        """Return how many uniforms a design may set."""
        return len(LED)

    def lead(self, uniforms: FloatArray, expected: float, /) -> None:
        """Take the count and the marks of the largest events from a design, ``(led, trials)``.

        A trial that has n events where ``expected`` are expected has its n largest sizes in descending order
        from the design, the k-th U_k = U_(k-1) u_k^(1/(n-k)), and puts them at its first n ranks in random
        order.  So the sizes stay independent of each other and of the rank, whatever the rate really is; but
        the largest, of which most of a heavy-tailed loss consists, is one coordinate.
        """
        led = dict(zip(LED, uniforms, strict=True))
        self.count = led["count"]
        number = np.clip(poisson_quantile(self.count, expected), 1, MOST_ORDERED)
        most = int(number.max())
        marks = self.marks(most)
        shuffled, other = self._rng.spawn(2)  # how many are shuffled must not move the sizes
        order = uniform_open(shuffled, (most, self.trials))
        several = np.flatnonzero(number > 1)  # a single event has the first rank
        order = order[:, several]
        order[np.arange(most)[:, np.newaxis] >= number[several]] = 1.0
        ranks = np.zeros((most, self.trials), dtype=np.intp)
        ranks[:, several] = np.argsort(order, axis=0, kind="stable")
        highest = np.ones(self.trials)
        for k in range(most):
            trial = np.flatnonzero(number > k)
            rank = ranks[k, trial]
            u = led[f"size {k}"] if f"size {k}" in led else uniform_open(other, (self.trials,))
            highest[trial] *= u[trial] ** (1.0 / (number[trial] - k))
            marks[rank, SIZE, trial] = special.ndtri(np.minimum(highest[trial], BELOW_ONE))
            for name, mark in (("when", WHEN), ("thinning", THINNING), ("luck", LUCK)):
                if f"{name} {k}" in led:
                    marks[rank, mark, trial] = led[f"{name} {k}"][trial]

    @property
    def expected(self) -> float:
        """Return the highest mean number of events that was asked for."""
        return max(self.asked, default=0.0)

    @property
    def mixing(self) -> FloatArray:
        """Return the uniform that says how prone to events each trial is, ``(trials,)``."""
        if not self._mixing:  # from a child stream, so that it moves no mark
            (child,) = self._rng.spawn(1)
            self._mixing.append(uniform_open(child, (self.trials,)))
        return self._mixing[0]

    def beside(self, shared: EventNoise | None) -> EventNoise:
        """Return the same random numbers with those of the events shared with other legs beside them."""
        joined = copy.copy(self)
        joined.shared = shared
        return joined

    def marked_by(self, other: EventNoise | None) -> EventNoise:
        """Return events at the same times, whose size and luck are those of other random numbers."""
        joined = copy.copy(self)
        joined._sizes = other  # noqa: SLF001 - a copy of its own
        joined.candidates = {}
        return joined

    @property
    def ranks(self) -> int:
        """Return how many ranks were drawn so far."""
        return self._marks.ranks

    def marks(self, ranks: int) -> FloatArray:
        """Return the marks of at least so many events of every trial, ``(ranks, 4, trials)``.

        The second axis is ``WHEN``, ``THINNING``, ``LUCK``, ``SIZE``.
        """
        return self._marks.of(ranks)

    def sizes(self, ranks: int) -> FloatArray:
        """Return the marks that size and luck are taken from."""
        return self.marks(ranks) if self._sizes is None else self._sizes.marks(ranks)

    def rank(self, j: int) -> Marks:
        """Return the marks of the j-th event, from 0, of every trial."""
        marks = Marks(*self._marks.of(j + 1)[j])
        if self._sizes is None:
            return marks
        other = self._sizes.rank(j)
        return Marks(marks.when, marks.thinning, other.luck, other.size)


WHEN, THINNING, LUCK, SIZE = range(4)
"""The marks of one event: uniform, but for the size, which is normal."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Uniform and normal marks of one event in each trial, each ``(trials,)``."""

    when: FloatArray
    thinning: FloatArray
    luck: FloatArray
    size: FloatArray


class _Marks:
    """The marks drawn so far, in an array that doubles when it is full."""

    def __init__(self, rng: np.random.Generator, trials: int) -> None:
        self.rng = rng
        self.ranks = 0
        self.drawn = np.empty((8, 4, trials))

    def of(self, ranks: int) -> FloatArray:
        if ranks > len(self.drawn):
            before, self.drawn = self.drawn, np.empty((2 * ranks, *self.drawn.shape[1:]))
            self.drawn[: self.ranks] = before[: self.ranks]
        for marks in self.drawn[self.ranks : ranks]:
            marks[:SIZE] = uniform_open(self.rng, marks[:SIZE].shape)
            marks[SIZE] = self.rng.standard_normal(marks.shape[1])
        self.ranks = max(self.ranks, ranks)
        return self.drawn


@dataclass(frozen=True, slots=True)
class Clustering:
    """How events come together instead of each by itself."""

    overdispersion: Vector = 0.0
    """Variance of a gamma factor of mean 1 on the rate of each trial: the count is then negative binomial."""
    shared: Vector = 0.0
    """Part of the events that comes from the noise shared with other legs, if there is such noise."""


POISSON = Clustering()


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

    def costing(self, losses: FloatArray, months: int, trials: int) -> Losses:
        """Return the events with what each of them costs, as cash flows of their months."""
        return Losses(self.month, self.trial, losses, (months, trials))

    def by_month(self, losses: FloatArray, months: int, trials: int) -> FloatArray:
        """Add the events' losses up into a path ``(months, trials)``."""
        return self.costing(losses, months, trials).path()


def gamma_factor(u: FloatArray, variance: Vector) -> FloatArray:
    """Return the quantiles at ``u`` of the gamma distribution of mean 1 and the given variance, 1 at 0."""
    spread = np.broadcast_to(np.asarray(variance, dtype=np.float64), u.shape)
    factor = np.ones_like(u)
    mixed = spread > 1e-12  # noqa: PLR2004 - below, the factor differs from 1 by a millionth at most
    factor[mixed] = spread[mixed] * special.gammaincinv(1.0 / spread[mixed], u[mixed])
    return factor


def arrivals(
    noise: EventNoise, per_year: Path, exposure: Path, months: int, clustering: Clustering = POISSON
) -> Events:
    """Return the events of a Poisson process of rate ``per_year`` × ``exposure``, both of which may vary.

    Candidates come at the highest ``per_year`` of a trial times the highest exposure, that one at least 1.

    Raises:
        SimulationError: a trial expects more than MOST_CANDIDATES events.
    """
    highest, kept = _peak(per_year), exposure
    widest: Vector = 1.0
    if np.max(exposure) > 1.0:
        widest = np.maximum(1.0, _peak(exposure))
        kept = kept / widest
    if np.ndim(per_year) > 1:
        kept = kept * np.divide(per_year, highest, out=np.zeros(np.shape(per_year)), where=highest > 0)
    mean = highest * widest * (months / 12.0)
    if np.any(clustering.overdispersion):
        mean = mean * gamma_factor(noise.mixing, clustering.overdispersion)
    if float(np.max(mean, initial=0.0)) > MOST_CANDIDATES:
        message = (
            f"{np.max(mean):,.0f} events are expected in a trial, over {MOST_CANDIDATES:,.0f}; "
            "lower the rate, and put what happens every day into price or error rate"
        )
        raise SimulationError(message)
    if noise.shared is None or not np.any(clustering.shared):
        return _candidates(noise, mean, months).thinned(kept)
    own = _candidates(noise, mean * (1.0 - clustering.shared), months)
    shared = _candidates(noise.shared, mean * clustering.shared, months)
    return together([own.thinned(kept), shared.thinned(kept)])


def _peak(path: Path) -> Vector:
    """Return the highest value of each trial."""
    return np.asarray(np.max(path, axis=0)) if np.ndim(path) > 1 else path


@dataclass(frozen=True, slots=True)
class Candidates:
    """Events that would happen at the highest rate of their trial, rank by rank."""

    events: Events
    thinning: FloatArray
    """Uniform mark below which an event stays, ``(events,)``."""

    def thinned(self, kept: Path) -> Events:
        """Return those that stay with the probability ``kept`` of their month and trial."""
        stays = np.flatnonzero(self.thinning < self.events.pick(kept))
        events = self.events
        if stays.size == self.thinning.size:
            return events
        return Events(events.month[stays], events.trial[stays], events.size[stays], events.luck[stays])


def _candidates(noise: EventNoise, mean: Vector, months: int) -> Candidates:
    if not isinstance(mean, float):
        return _drawn(noise, mean, months)
    if (mean, months) not in noise.candidates:
        noise.candidates[mean, months] = _drawn(noise, mean, months)
    return noise.candidates[mean, months]


def _drawn(noise: EventNoise, mean: Vector, months: int) -> Candidates:
    noise.asked.append(float(np.mean(mean)))
    count = poisson_quantile(noise.count, mean)
    hit = np.flatnonzero(count)
    most = int(count.max(initial=0))
    rank, place = np.nonzero(count[hit] > np.arange(most)[:, np.newaxis])
    trial, marks, sizes = hit[place], noise.marks(most), noise.sizes(most)
    month = (marks[rank, WHEN, trial] * months).astype(np.intp)
    events = Events(month, trial, sizes[rank, SIZE, trial], sizes[rank, LUCK, trial])
    return Candidates(events, marks[rank, THINNING, trial])


def together(happened: list[Events]) -> Events:
    """Return the events of several sources as one."""
    if not happened:
        nobody = np.zeros(0, dtype=np.intp)
        return Events(nobody, nobody, np.zeros(0), np.zeros(0))
    return Events(
        np.concatenate([events.month for events in happened]),
        np.concatenate([events.trial for events in happened]),
        np.concatenate([events.size for events in happened]),
        np.concatenate([events.luck for events in happened]),
    )
