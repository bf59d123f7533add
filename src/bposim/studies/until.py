"""A run that goes on until its figures are precise enough.

The run is looked at after 16 blocks and then only at doublings; it goes straight to the doubling at which
the targets are expected to hold, and stops where they do by the careful error of
:mod:`bposim.analysis.convergence`.  The result is that of a run of so many trials, to the bit: what was
simulated before is taken up again, not drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.analysis.comparison import ranking
from bposim.analysis.convergence import judged, running, step
from bposim.analysis.statistic import risk_measure, statistic
from bposim.engine import BLOCK, simulate
from bposim.fold import PIECE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bposim.analysis.convergence import Judgement, Step, Target
    from bposim.analysis.statistic import Statistic
    from bposim.executors import Executor
    from bposim.fold import Piece
    from bposim.result import Result
    from bposim.scenario import Scenario

PILOT = 16 * BLOCK
"""Trials of the first look: 819 in the worst 5 %."""

MOST = 1_000_000
"""Trials at which a run ends in any case where nobody says."""


@dataclass(frozen=True, slots=True)
class Until:
    """A run that went on until its targets were reached, or the most trials were."""

    result: Result
    judgements: tuple[Judgement, ...]
    tables: tuple[tuple[Step, ...], ...]
    """For each target the figure after 1, 2, 4 … blocks."""
    looks: tuple[int, ...]
    """Trials at which it was decided whether to go on."""

    @property
    def reached(self) -> bool:
        """Whether every target was reached."""
        return all(judgement.reached for judgement in self.judgements)


class _Kept:
    """The whole pieces of the run so far, in memory."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def stored(self) -> Iterator[Piece]:
        """Yield what is there."""
        yield from self.pieces

    def keep(self, piece: Piece) -> None:
        """Keep a piece if no trials can be added to it."""
        if piece.trials == PIECE:
            self.pieces.append(piece)


def simulate_until(  # noqa: PLR0913, PLR0917 - as simulate, with targets
    scenario: Scenario,
    targets: Sequence[Target],
    seed: int = 1,
    threads: int = 1,
    most: int = MOST,
    progress: Callable[[int, int], None] | None = None,
    executor: Executor = "auto",
) -> Until:
    """Simulate until every target is reached by a careful error, at most ``most`` trials.

    Raises ValueError for a target whose figure or alternative does not exist.
    """
    kept = _Kept()
    trials, looks = min(PILOT, most), []
    while True:
        result = simulate(scenario, trials, seed, threads, progress, kept, executor=executor)
        looks.append(trials)
        judgements = tuple(judge(result, goal) for goal in targets)
        if trials >= most or all(judgement.reached for judgement in judgements):
            return Until(result, judgements, tuple(_table(result, goal) for goal in targets), tuple(looks))
        needed = max(judgement.trials_needed or 0 for judgement in judgements if not judgement.reached)
        trials *= 2
        while trials < min(needed, most):
            trials *= 2
        trials = min(trials, most)


def judge(result: Result, goal: Target) -> Judgement:
    """Return how a run does against a target."""
    name = goal.alternative or _shown(result)
    figure = _figure(result, goal)
    return judged(goal, name, step(figure, result.costs[result.baseline], result.costs[name]))


def _table(result: Result, goal: Target) -> tuple[Step, ...]:
    name = goal.alternative or _shown(result)
    return running(_figure(result, goal), result.costs[result.baseline], result.costs[name])


def _figure(result: Result, goal: Target) -> Statistic:
    return statistic(goal.statistic, result.scenario.preferences, risk_measure(result.scenario, result.costs))


def _shown(result: Result) -> str:
    """Return the recommended alternative, or the next one where that is the baseline."""
    order = [place.name for place in ranking(result.costs, risk_measure(result.scenario, result.costs))]
    return next((name for name in order if name != result.baseline), result.baseline)
