"""From blocks to a result: what is left of a block, and how blocks are put together, in order.

A :class:`Fold` keeps the total of every trial; a :class:`StreamedFold` keeps distributions instead, in memory
that does not grow with the trials.  Both hash the totals in the order of the trials, so the digest is one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.histogram import Histogram, Moments
from bposim.result import NEVER, Digest, Result, StreamedResult
from bposim.sample import AnalysisSample, Observation, SampleFold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.result import MonthArray
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

FAN_TRIALS = 16_384
"""Trials whose monthly paths are kept for pictures; like the next two a whole number of blocks."""

SAMPLE_TRIALS = 65_536
"""Trials in the analysis sample: 328 in the worst 5 % of a decile; some 100 MB where much is uncertain."""

PIECE = SAMPLE_TRIALS
"""Trials in a piece, the part of a run that is stored at a time; the first holds fan and sample whole."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a block's trials when their months are forgotten; cut to the trials asked for."""

    costs: dict[str, FloatArray]
    """Total cost by alternative, each ``(trials,)``."""
    payback: dict[str, MonthArray]
    category_sums: dict[str, dict[str, float]]
    """Sum over the block's trials by alternative and category."""
    cumulative: dict[str, NDArray[np.float32]] | None
    """Cumulative saving of months 0..T, ``(months + 1, trials)``; None beyond FAN_TRIALS."""
    yearly: dict[str, NDArray[np.float32]] | None
    """Undiscounted cost of each contract year, ``(years, trials)``; None beyond FAN_TRIALS."""
    observation: Observation | None
    """Drivers and present values; None beyond SAMPLE_TRIALS."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a run from trial ``number`` × PIECE on, to be stored and folded in again."""

    number: int
    costs: dict[str, FloatArray]
    payback: dict[str, MonthArray]
    category_sums: dict[str, dict[str, float]]
    cumulative: dict[str, NDArray[np.float32]]
    """Empty but for the first piece."""
    yearly: dict[str, NDArray[np.float32]]
    """Likewise."""
    sample: AnalysisSample | None
    """None but for the first piece."""

    @property
    def trials(self) -> int:
        """How many there are in it."""
        return len(next(iter(self.costs.values())))


class Fold:
    """Collects blocks in order; keeps totals and paybacks of every trial, and the first trials whole."""

    def __init__(self, scenario: Scenario, trials: int) -> None:
        self.scenario = scenario
        self.trials = trials
        names = list(scenario.alternatives)
        fan = min(trials, FAN_TRIALS)
        self.costs = {name: np.empty(trials) for name in names}
        self.payback = {name: np.empty(trials, dtype=np.int16) for name in names}
        self.cumulative = {name: np.empty((scenario.months + 1, fan), dtype=np.float32) for name in names}
        years = -(-scenario.months // 12)
        self.yearly = {name: np.empty((years, fan), dtype=np.float32) for name in names}
        self._sums: dict[int, dict[str, dict[str, list[float]]]] = {}
        self._observed = SampleFold(min(trials, SAMPLE_TRIALS), scenario.base_currency)
        self._sample: AnalysisSample | None = None

    def add(self, start: int, outcome: Outcome) -> None:
        """Take the outcome of the block that starts at trial ``start``."""
        sums = self._sums.setdefault(start // PIECE, {})
        for name, cost in outcome.costs.items():
            here = slice(start, start + cost.size)
            self.costs[name][here] = cost
            self.payback[name][here] = outcome.payback[name]
            if outcome.cumulative is not None:
                self.cumulative[name][:, here] = outcome.cumulative[name]
            if outcome.yearly is not None:
                self.yearly[name][:, here] = outcome.yearly[name]
            by_category = sums.setdefault(name, {})
            for category, total in outcome.category_sums[name].items():
                by_category.setdefault(category, []).append(total)
        if outcome.observation is not None:
            self._observed.add(start, outcome.observation, cost.size)

    def piece(self, number: int) -> Piece:
        """Return a piece all of whose blocks have been taken; its arrays are views."""
        here = slice(number * PIECE, (number + 1) * PIECE)
        return Piece(
            number,
            {name: cost[here] for name, cost in self.costs.items()},
            {name: months[here] for name, months in self.payback.items()},
            {
                name: {category: math.fsum(parts) for category, parts in sorted(sums.items())}
                for name, sums in self._sums[number].items()
            },
            self.cumulative if number == 0 else {},
            self.yearly if number == 0 else {},
            self._whole_sample() if number == 0 else None,
        )

    def restore(self, piece: Piece) -> None:
        """Take a piece that was stored."""
        here = slice(piece.number * PIECE, piece.number * PIECE + piece.trials)
        for name, cost in piece.costs.items():
            self.costs[name][here] = cost
            self.payback[name][here] = piece.payback[name]
        self._sums[piece.number] = {
            name: {category: [total] for category, total in sums.items()}
            for name, sums in piece.category_sums.items()
        }
        if piece.number == 0:
            self.cumulative, self.yearly, self._sample = piece.cumulative, piece.yearly, piece.sample

    def result(self, seed: int, elapsed: float) -> Result:
        """Return what was collected."""
        pieces = [self.piece(number).category_sums for number in sorted(self._sums)]
        return Result(
            scenario=self.scenario,
            seed=seed,
            trials=self.trials,
            costs=self.costs,
            categories={name: _means([own[name] for own in pieces], self.trials) for name in self.costs},
            payback=self.payback,
            cumulative=self.cumulative,
            yearly=self.yearly,
            elapsed=elapsed,
            sample=self._whole_sample(),
        )

    def _whole_sample(self) -> AnalysisSample:
        if self._sample is None:
            self._sample = self._observed.sample()
        return self._sample


def _means(pieces: list[dict[str, float]], trials: int) -> dict[str, float]:
    """Return the means by category of sums by piece."""
    categories = sorted({category for sums in pieces for category in sums})
    return {
        category: math.fsum(sums.get(category, 0.0) for sums in pieces) / trials for category in categories
    }


class StreamedFold:
    """Collects blocks in order; keeps distributions of every total and saving, and the first trials whole."""

    def __init__(self, scenario: Scenario, trials: int) -> None:
        self.scenario = scenario
        self.trials = trials
        self._first = Fold(scenario, min(trials, SAMPLE_TRIALS))
        names = list(scenario.alternatives)
        self._costs = {name: Histogram() for name in names}
        self._savings = {name: Histogram() for name in names if name != scenario.baseline}
        self._regrets = {name: Moments() for name in names}
        self._cheapest = dict.fromkeys(names, 0.0)
        self._payback = {name: np.zeros(scenario.months + 2, dtype=np.int64) for name in names}
        self._sums: dict[str, dict[str, list[float]]] = {name: {} for name in names}
        self._piece_sums: dict[str, dict[str, list[float]]] = {name: {} for name in names}
        self._piece = 0
        self._digest = Digest(names)

    def add(self, start: int, outcome: Outcome) -> None:
        """Take the outcome of the block that starts at trial ``start``."""
        if start < self._first.trials:
            self._first.add(start, outcome)
        costs = outcome.costs
        self._digest.add(costs)
        least = np.min(np.stack(list(costs.values())), axis=0)
        winners = np.sum([cost == least for cost in costs.values()], axis=0)
        for name, cost in costs.items():
            self._costs[name].add(cost)
            self._regrets[name].add(cost - least)
            self._cheapest[name] += float(np.sum((cost == least) / winners))
            if name in self._savings:
                self._savings[name].add(costs[self.scenario.baseline] - cost)
            months = outcome.payback[name]
            last = self.scenario.months + 1
            self._payback[name] += np.bincount(np.where(months == NEVER, last, months), minlength=last + 1)
        self._add_categories(start, outcome)

    def _add_categories(self, start: int, outcome: Outcome) -> None:
        """Add up piece by piece as a Fold does, so that the means are the same to the bit."""
        if start // PIECE > self._piece:
            self._close_piece()
            self._piece = start // PIECE
        for name, sums in outcome.category_sums.items():
            for category, total in sums.items():
                self._piece_sums[name].setdefault(category, []).append(total)

    def _close_piece(self) -> None:
        for name, sums in self._piece_sums.items():
            for category, parts in sums.items():
                self._sums[name].setdefault(category, []).append(math.fsum(parts))
            sums.clear()

    def result(self, seed: int, elapsed: float) -> StreamedResult:
        """Return what was collected."""
        self._close_piece()
        return StreamedResult(
            scenario=self.scenario,
            seed=seed,
            trials=self.trials,
            costs=self._costs,
            savings=self._savings,
            regrets=self._regrets,
            cheapest=self._cheapest,
            payback=self._payback,
            categories={
                name: {category: math.fsum(parts) / self.trials for category, parts in sorted(sums.items())}
                for name, sums in self._sums.items()
            },
            first=self._first.result(seed, elapsed),
            digest=self._digest.hex,
            elapsed=elapsed,
        )
