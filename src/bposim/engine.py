"""The conductor: draw a block, let it be valued, fold the blocks in order.

scenario → draws of a block → bound inputs → cash of each alternative (``cash``) → outcome → result (``fold``)
"""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.cash import evaluate, simulate_block
from bposim.discounting import running_sum
from bposim.errors import SimulationError
from bposim.executors import in_order
from bposim.fold import FAN_TRIALS, PIECE, SAMPLE_TRIALS, Fold, Outcome, StreamedFold
from bposim.inputs.designs import RANDOM, REPLICATE, Design, DesignedDraws, Led
from bposim.inputs.designs_directions import directed
from bposim.result import Result, StreamedResult, payback_month
from bposim.sample import Observation, Observer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bposim.cash import Cash
    from bposim.executors import Executor
    from bposim.fold import Piece
    from bposim.inputs.designs import Kind
    from bposim.sample import Driver
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

BLOCK = REPLICATE
"""Trials drawn together: the unit of randomness, memory and parallel work.  Part of the stream version."""

CELLS = 1 << 18
"""Months times trials that are valued in one go: more trials share the Python, but leave the cache."""
MOST_TOGETHER = 4
"""Blocks that are valued in one go; each is drawn by itself, so this changes no result."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Options of glibc's ``mallopt``."""

PILOT = 1 << 40
"""First block of the pilot run of a design: beyond those of any run, so that no draw is used twice."""


class Store(Protocol):
    """Keeps the pieces of a run as they are done, and knows those of a run that was interrupted."""

    def stored(self) -> Iterator[Piece]:
        """Yield the pieces that are there, from the first on without a gap."""

    def keep(self, piece: Piece) -> None:
        """Store a piece."""


def simulate(  # noqa: PLR0913, PLR0917 - all but the first may be left out
    scenario: Scenario,
    trials: int = 100_000,
    seed: int = 1,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
    store: Store | None = None,
    design: Kind | Design = "random",
    executor: Executor = "auto",
) -> Result:
    """Simulate ``trials`` futures of every alternative.

    The result depends on scenario, seed, trials and design only; the first n trials of a longer run are the
    run of n.  A ``store`` is given each piece of the run when it is done; the pieces that it has already are
    taken as they are.  Where several ``threads`` work, the ``executor`` says whether they are processes
    (:mod:`bposim.executors`).  Raises SimulationError where a trial is not a number, ValueError for trials or
    threads below 1, RunError where a process was killed.
    """
    _check(trials, threads)
    started = time.perf_counter()
    spread = design if isinstance(design, Design) else design_of(scenario, design)
    fold = Fold(scenario, trials)
    done = 0
    for piece in store.stored() if store else ():
        fold.restore(piece)
        done += 1
    if progress and done:
        progress(min(trials, done * PIECE), trials)
    starts = range(done * PIECE, trials, BLOCK)
    for start, outcome in _outcomes(scenario, starts, trials, seed, threads, spread, executor):
        fold.add(start, outcome)
        end = min(trials, start + BLOCK)
        if store and (end % PIECE == 0 or end == trials):
            store.keep(fold.piece(start // PIECE))
        del outcome  # a view of all that is left of its group, while the next group is valued
        if progress:
            progress(end, trials)
    return replace(fold.result(seed, time.perf_counter() - started), design=spread)


def simulate_streamed(  # noqa: PLR0913, PLR0917 - as above
    scenario: Scenario,
    trials: int,
    seed: int = 1,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
    executor: Executor = "auto",
) -> StreamedResult:
    """Simulate as :func:`simulate` does, in memory that does not grow with the trials.

    Totals become distributions, exact to 0.1 % of a value; the digest is that of :func:`simulate`.
    """
    _check(trials, threads)
    started = time.perf_counter()
    fold = StreamedFold(scenario, trials)
    starts = range(0, trials, BLOCK)
    for start, outcome in _outcomes(scenario, starts, trials, seed, threads, RANDOM, executor):
        fold.add(start, outcome)
        del outcome  # as above
        if progress:
            progress(min(trials, start + BLOCK), trials)
    return fold.result(seed, time.perf_counter() - started)


def _check(trials: int, threads: int) -> None:
    if trials < 1 or threads < 1:
        message = "trials and threads must be at least 1"
        raise ValueError(message)


@cache
def keep_freed_memory() -> None:
    """Make the C library keep what arrays free, where it is glibc; elsewhere nothing is done.

    It gives pages back when 128 KiB are free, and each of the 14,000 pages that a group of blocks touches is
    then mapped and cleared again: a quarter of the run.  All threads share one heap, since those that glibc
    makes for them end at 64 MiB and are given back, too.  NumPy asks for pages of 2 MiB below arrays as large
    as the three at the end, and where they have been, paths lie on such pages: a sixth of the page faults.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for option, value in ((_MMAP_THRESHOLD, 32 << 20), (_TRIM_THRESHOLD, 1 << 30), (_ARENA_MAX, 1)):
        mallopt(option, value)
    _together = [np.empty(31 << 20, dtype=np.uint8) for _ in range(3)]


def _outcomes(  # noqa: PLR0913, PLR0917 - what makes a run
    scenario: Scenario,
    starts: range,
    trials: int,
    seed: int,
    threads: int,
    design: Design,
    executor: Executor,
) -> Iterator[tuple[int, Outcome]]:
    """Yield the outcome of the blocks that start at these trials, in order."""
    size = blocks_together(scenario.months)
    groups = [starts[first : first + size] for first in range(0, len(starts), size)]
    value = Valuer(scenario, trials, seed, design, Observer(scenario))
    for blocks, outcomes in zip(groups, in_order(value, groups, threads, executor), strict=True):
        for start in blocks:
            yield start, outcomes.pop(0)


@dataclass(frozen=True, slots=True)
class Valuer:
    """Values groups of blocks of one run; no closure, so that it can be sent to another process."""

    scenario: Scenario
    trials: int
    seed: int
    design: Design
    observer: Observer

    def __call__(self, blocks: range) -> list[Outcome]:
        """Return what is left of each of the blocks that start at these trials."""
        keep_freed_memory()
        draws = self.design.draws(self.seed, blocks.start // BLOCK, len(blocks) * BLOCK, len(blocks))
        inputs = self.scenario.uncertain
        values = inputs.values(draws, self.scenario.dependence)
        bound = inputs.bind(self.scenario, values)
        cash, world = evaluate(bound, draws)
        sampled = blocks.start < SAMPLE_TRIALS
        drivers = self.observer.drivers(values, bound, world, draws.by_name()) if sampled else {}
        return _left_of(self.scenario.baseline, cash, drivers, blocks, self.trials)


def blocks_together(months: int) -> int:
    """Return how many blocks of so many months are valued in one go."""
    return max(1, min(MOST_TOGETHER, CELLS // (BLOCK * months)))


def _left_of(
    baseline: str, cash: Mapping[str, Cash], drivers: dict[Driver, FloatArray], blocks: range, trials: int
) -> list[Outcome]:
    """Return what is left of each of the blocks, which start at these trials, of a run of so many trials."""
    count = min(blocks[-1] + BLOCK, trials) - blocks.start
    costs = {name: own.total[:count] for name, own in cash.items()}
    for name, cost in costs.items():
        if not np.isfinite(cost).all():
            trial = blocks.start + int(np.flatnonzero(~np.isfinite(cost))[0])
            message = f"{name}: the cost of trial {trial} (block {trial // BLOCK}) is not a number"
            raise SimulationError(message)
    base = cash[baseline].flow[:, :count]
    # Against itself the baseline saves nothing, ever, and is never behind.
    saved, payback = {baseline: np.zeros_like(base)}, {baseline: np.zeros(count, dtype=np.int16)}
    for name, own in cash.items():
        if name != baseline:
            saving = base - own.flow[:, :count]
            saved[name] = running_sum(saving, out=saving)
            payback[name] = payback_month(saving)

    def outcome(start: int) -> Outcome:
        here = slice(start - blocks.start, min(start + BLOCK, trials) - blocks.start)
        categories, events = (
            {name: {key: value[here] for key, value in parts.items()} for name, parts in found.items()}
            for found in (
                {name: own.categories for name, own in cash.items()},
                {name: own.events for name, own in cash.items()},
            )
        )
        pictured = start < FAN_TRIALS
        return Outcome(
            costs={name: cost[here] for name, cost in costs.items()},
            payback={name: months[here] for name, months in payback.items()},
            category_sums={
                name: {key: float(np.sum(value)) for key, value in parts.items()}
                for name, parts in categories.items()
            },
            # In single precision, as they are kept: half as much to be sent from one process to another.
            cumulative={name: saving[:, here].astype(np.float32) for name, saving in saved.items()}
            if pictured
            else None,
            yearly={name: _by_year(own.flow[:, here]).astype(np.float32) for name, own in cash.items()}
            if pictured
            else None,
            observation=Observation(
                {driver: values[here].astype(np.float32) for driver, values in drivers.items()},
                categories,
                {
                    name: {source: losses.astype(np.float32) for source, losses in own.items()}
                    for name, own in events.items()
                },
            )
            if start < SAMPLE_TRIALS
            else None,
        )

    return [outcome(start) for start in blocks]


def _by_year(flow: FloatArray) -> FloatArray:
    """Return the sums of contract years, ``(years, trials)``, of months 0..T, month 0 in the first year."""
    firsts = [0, *range(13, len(flow), 12)]
    ends = [*firsts[1:], len(flow)]
    return np.stack([flow[first:end].sum(axis=0) for first, end in zip(firsts, ends, strict=True)])


def design_of(scenario: Scenario, kind: Kind) -> Design:
    """Return the design of that kind for a scenario, the same for every seed and number of trials.

    For ``sobol`` a pilot run finds what moves the savings, and the baseline's cost, most.
    """
    if kind != "sobol":
        return Design(kind)
    draws = DesignedDraws(Design("lhs"), 0, PILOT, BLOCK)
    cash = simulate_block(scenario, draws)
    base = cash[scenario.baseline].total
    outcomes = [*(base - cash[name].total for name in sorted(cash)), base]
    scores = {(name, number): row for name, rows in draws.scores.items() for number, row in enumerate(rows)}
    expected = sorted(
        (name, round(drawn.expected, 3))
        for name, drawn in draws.by_name().items()
        if isinstance(drawn, Led) and drawn.expected
    )
    return replace(directed(scores, outcomes), expected=tuple(expected))
