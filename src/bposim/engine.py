"""The conductor: draw a block, let it be valued, fold the blocks in order.

scenario → draws of a block → bound inputs → cash of each alternative (``cash``) → outcome → result (``fold``)
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.cash import evaluate, simulate_block
from bposim.discounting import running_sum
from bposim.errors import SimulationError
from bposim.fold import FAN_TRIALS, PIECE, SAMPLE_TRIALS, Fold, Outcome, StreamedFold
from bposim.inputs.designs import RANDOM, REPLICATE, Design, DesignedDraws, Led
from bposim.inputs.designs_directions import directed
from bposim.result import Result, StreamedResult, payback_month
from bposim.sample import Observation, Observer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bposim.cash import Cash
    from bposim.fold import Piece
    from bposim.inputs.designs import Coordinate, Kind
    from bposim.sample import Driver
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

BLOCK = REPLICATE
"""Trials drawn together: the unit of randomness, memory and parallel work.  Part of the stream version."""

PILOT = 1 << 40
"""First block of the pilot run of a design: beyond those of any run, so that no draw is used twice."""
PILOT_BLOCKS = 1


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
) -> Result:
    """Simulate ``trials`` futures of every alternative.

    The result depends on scenario, seed, trials and design only; the first n trials of a longer run are the
    run of n.  A ``store`` is given each piece of the run when it is done; the pieces that it has already are
    taken as they are.  Raises SimulationError where a trial is not a number, ValueError for trials or threads
    below 1.
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
    for start, outcome in _outcomes(scenario, starts, trials, seed, threads, spread):
        fold.add(start, outcome)
        end = min(trials, start + BLOCK)
        if store and (end % PIECE == 0 or end == trials):
            store.keep(fold.piece(start // PIECE))
        if progress:
            progress(end, trials)
    return replace(fold.result(seed, time.perf_counter() - started), design=spread)


def simulate_streamed(
    scenario: Scenario,
    trials: int,
    seed: int = 1,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> StreamedResult:
    """Simulate as :func:`simulate` does, in memory that does not grow with the trials.

    Totals become distributions, exact to 0.1 % of a value; the digest is that of :func:`simulate`.
    """
    _check(trials, threads)
    started = time.perf_counter()
    fold = StreamedFold(scenario, trials)
    for start, outcome in _outcomes(scenario, range(0, trials, BLOCK), trials, seed, threads, RANDOM):
        fold.add(start, outcome)
        if progress:
            progress(min(trials, start + BLOCK), trials)
    return fold.result(seed, time.perf_counter() - started)


def _check(trials: int, threads: int) -> None:
    if trials < 1 or threads < 1:
        message = "trials and threads must be at least 1"
        raise ValueError(message)


def keep_freed_memory() -> None:
    """Make the C library keep what arrays free, at least where it is glibc.

    It gives pages back when 128 KiB are free, and each of the 7,000 pages that 1,024 trials touch is then
    mapped and cleared again: a quarter of the run.  Freeing an array of up to 32 MiB raises the bound to
    twice its size.
    """
    np.empty(31 << 20, dtype=np.uint8)


def _outcomes(  # noqa: PLR0913, PLR0917 - what makes a run
    scenario: Scenario, starts: range, trials: int, seed: int, threads: int, design: Design
) -> Iterator[tuple[int, Outcome]]:
    """Yield the outcome of the blocks that start at these trials, in order."""
    keep_freed_memory()
    observer = Observer(scenario)

    def run(start: int) -> Outcome:
        draws = design.draws(seed, start // BLOCK, BLOCK)
        inputs = scenario.uncertain
        values = inputs.values(draws, scenario.dependence)
        bound = inputs.bind(scenario, values)
        cash, world = evaluate(bound, draws)
        drivers = observer.drivers(values, bound, world, draws.by_name()) if start < SAMPLE_TRIALS else None
        return _outcome(scenario.baseline, cash, drivers, start, min(BLOCK, trials - start))

    yield from zip(starts, _in_order(run, starts, threads), strict=True)


def _outcome(
    baseline: str,
    cash: Mapping[str, Cash],
    drivers: dict[Driver, FloatArray] | None,
    start: int,
    count: int,
) -> Outcome:
    """Return what is left of the block that starts at a trial; its first ``count`` trials are asked for."""
    costs = {name: own.total[:count] for name, own in cash.items()}
    for name, cost in costs.items():
        if not np.isfinite(cost).all():
            trial = start + int(np.flatnonzero(~np.isfinite(cost))[0])
            message = f"{name}: the cost of trial {trial} (block {start // BLOCK}) is not a number"
            raise SimulationError(message)
    base = cash[baseline].flow[:, :count]
    # Against itself the baseline saves nothing, ever, and is never behind.
    saved, payback = {baseline: np.zeros_like(base)}, {baseline: np.zeros(count, dtype=np.int16)}
    for name, own in cash.items():
        if name != baseline:
            saving = base - own.flow[:, :count]
            saved[name] = running_sum(saving, out=saving)
            payback[name] = payback_month(saved[name])
    return Outcome(
        costs=costs,
        payback=payback,
        category_sums={
            name: {category: float(np.sum(value[:count])) for category, value in own.categories.items()}
            for name, own in cash.items()
        },
        cumulative=saved if start < FAN_TRIALS else None,
        yearly={name: _by_year(own.flow[:, :count]) for name, own in cash.items()}
        if start < FAN_TRIALS
        else None,
        observation=None
        if drivers is None
        else Observation(
            drivers,
            {name: own.categories for name, own in cash.items()},
            {name: own.events for name, own in cash.items()},
        ),
    )


def _by_year(flow: FloatArray) -> FloatArray:
    """Return the sums of contract years, ``(years, trials)``, of months 0..T, month 0 in the first year."""
    firsts = [0, *range(13, len(flow), 12)]
    ends = [*firsts[1:], len(flow)]
    return np.stack([flow[first:end].sum(axis=0) for first, end in zip(firsts, ends, strict=True)])


def _in_order(run: Callable[[int], Outcome], blocks: range, threads: int) -> Iterator[Outcome]:
    """Yield the blocks in order, a few at a time in the pool, so that waiting blocks stay few."""
    if threads == 1:
        yield from map(run, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        window = 2 * threads
        waiting = [pool.submit(run, block) for block in blocks[:window]]
        for number in range(len(blocks)):
            done = waiting.pop(0)
            if number + window < len(blocks):
                waiting.append(pool.submit(run, blocks[number + window]))
            yield done.result()


def design_of(scenario: Scenario, kind: Kind) -> Design:
    """Return the design of that kind for a scenario, the same for every seed and number of trials.

    For ``sobol`` a pilot run finds what moves the savings, and the baseline's cost, most.
    """
    if kind != "sobol":
        return Design(kind)
    scores: dict[Coordinate, list[FloatArray]] = {}
    expected: dict[str, float] = {}
    outcomes: list[list[FloatArray]] = []
    for block in range(PILOT, PILOT + PILOT_BLOCKS):
        draws = DesignedDraws(Design("lhs"), 0, block, BLOCK)
        cash = simulate_block(scenario, draws)
        base = cash[scenario.baseline].total
        outcomes.append([*(base - cash[name].total for name in sorted(cash)), base])
        for name, drawn in draws.by_name().items():
            if isinstance(drawn, Led) and drawn.expected:
                expected[name] = drawn.expected
        for name, rows in draws.scores.items():
            for number, row in enumerate(rows):
                scores.setdefault((name, number), []).append(row)
    whole = {name: np.concatenate(parts) for name, parts in scores.items() if len(parts) == PILOT_BLOCKS}
    found = directed(whole, [np.concatenate(parts) for parts in zip(*outcomes, strict=True)])
    return replace(found, expected=tuple((name, round(mean, 3)) for name, mean in sorted(expected.items())))
