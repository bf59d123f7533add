"""The conductor: draw a block's inputs and world, do each alternative's work on it, fold the blocks.

scenario → inputs → world → work of each leg → lines → present values → result
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.discounting import discount_factors, running_sum
from bposim.errors import SimulationError
from bposim.fold import FAN_TRIALS, PIECE, SAMPLE_TRIALS, Fold, Outcome, StreamedFold
from bposim.inputs.designs import RANDOM, REPLICATE, Design, DesignedDraws, Led
from bposim.inputs.designs_directions import directed
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.legs.assignment import assign, gaps, left_behind, moves, undertakings, unit_cost
from bposim.mitigations import mitigated, taken_by, with_costs
from bposim.operations import Line
from bposim.result import BaseCase, Result, StreamedResult, payback_month
from bposim.sample import Observation, Observer
from bposim.world.world import World, simulate_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bposim.fold import Piece
    from bposim.inputs.designs import Coordinate, Kind
    from bposim.inputs.draws import Draws
    from bposim.sample import Driver
    from bposim.scenario import Alternative, Leg, Scenario
    from bposim.shapes import FloatArray

BLOCK = REPLICATE
"""Trials drawn together: the unit of randomness, memory and parallel work.  Part of the stream version."""

PILOT = 1 << 40
"""First block of the pilot run of a design: beyond those of any run, so that no draw is used twice."""
PILOT_BLOCKS = 1


@dataclass(frozen=True, slots=True)
class Cash:
    """The cash of one alternative in one block."""

    categories: dict[str, FloatArray]
    """Present value by category, each ``(trials,)``."""
    flow: FloatArray
    """Undiscounted cost of months 0..T, ``(months + 1, trials)``."""
    events: dict[str, FloatArray] = field(default_factory=dict)
    """Present value of event losses by ``leg.risk``, parts of the categories, each ``(trials,)``."""

    @property
    def total(self) -> FloatArray:
        """Present value of all categories, ``(trials,)``."""
        return np.asarray(sum(self.categories[name] for name in sorted(self.categories)))


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


def _keep_freed_memory() -> None:
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
    _keep_freed_memory()
    observer = Observer(scenario)

    def run(start: int) -> Outcome:
        draws = design.draws(seed, start // BLOCK, BLOCK)
        inputs = scenario.uncertain
        values = inputs.values(draws, scenario.dependence)
        bound = inputs.bind(scenario, values)
        cash, world = _evaluate(bound, draws)
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


def simulate_block(scenario: Scenario, draws: StreamDraws) -> dict[str, Cash]:
    """Return the cash of every alternative for the draws of one block."""
    inputs = scenario.uncertain
    return _evaluate(inputs.bind(scenario, inputs.values(draws, scenario.dependence)), draws)[0]


def pinned(scenario: Scenario, at: float | None = None) -> Scenario:
    """Return the scenario with every input at its mean, or at its quantile at probability ``at``."""
    inputs = scenario.uncertain
    return inputs.bind(scenario, inputs.means() if at is None else inputs.quantiles(at))


def base_case(scenario: Scenario, at: float | None = None) -> dict[str, BaseCase]:
    """Return the deterministic twin: no noise, events at their expectation, inputs at their means.

    With ``at``, every input is at that quantile of its own instead: 0.9 is P90 of each, whether high is dear
    or cheap.  It is a case to look at, not the P90 of the cost.  Raises ValueError unless 0 < at < 1.
    """
    cash, _ = _evaluate(pinned(scenario, at), NoDraws())
    return {
        name: BaseCase(
            {category: float(pv[0]) for category, pv in sorted(own.categories.items())}, own.flow[:, 0]
        )
        for name, own in cash.items()
    }


def _evaluate(bound: Scenario, draws: Draws) -> tuple[dict[str, Cash], World]:
    factors = discount_factors(bound.discount_rate, bound.months)
    cash = {}
    for name, world, lines in cash_flows(bound, draws):
        cash[name] = _accumulate(lines, factors, world)
    return cash, world  # one for all, and no scenario is without alternatives


def cash_flows(bound: Scenario, draws: Draws) -> Iterator[tuple[str, World, Iterator[Line]]]:
    """Yield each alternative of a bound scenario with its lines in the world, one for all, of these draws."""
    world = simulate_world(bound.world, draws, bound.months, bound.calendar_start, bound.base_currency)
    sides = mitigated(bound, world)
    fallbacks = {name: alternative.legs[0] for name, (alternative, _) in sides.items()}
    for name, (alternative, baseline) in sides.items():
        lines = _lines(alternative, baseline.legs, fallbacks, world, draws)
        yield name, world, with_costs(taken_by(bound, alternative), lines, world)


def _lines(
    alternative: Alternative, baseline: list[Leg], fallbacks: dict[str, Leg], world: World, draws: Draws
) -> Iterator[Line]:
    """Yield every cash flow of an alternative: its legs, the old team's work, the gaps and the moves."""
    legs = undertakings(alternative.legs, world, draws)
    old = undertakings(baseline, world, draws)
    emergency = partial(unit_cost, old, world)
    for assignment in assign(legs, old, fallbacks, world):
        yield from assignment.lines(world, draws, emergency)
    yield from gaps([*legs, *left_behind(legs, old, world)], world, emergency)
    yield from moves(legs, old, world)
    if alternative.once or alternative.per_year:
        yield Line("coordination", world.monthly(alternative.per_year) / 12.0, world.today(alternative.once))
    for _, investment in sorted(alternative.investments.items()):
        yield investment.line(world)
    if alternative.benefits:
        yield from alternative.benefits.lines(world, alternative.legs)


def _accumulate(lines: Iterator[Line], factors: FloatArray, world: World) -> Cash:
    categories: dict[str, FloatArray] = {}
    events: dict[str, FloatArray] = {}
    flow = np.zeros((world.months + 1, world.trials))
    for line in lines:
        value = 0.0 if line.nothing else line.present_value(factors)
        for sums, name in ((categories, line.category), (events, line.source)):
            if name and name not in sums:
                sums[name] = np.zeros(world.trials)
            if name:
                sums[name] += value
        if not line.nothing:
            line.add_to(flow)
    return Cash(categories, flow, events)
