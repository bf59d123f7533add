"""The conductor: draw a block's inputs and world, do each alternative's work on it, fold the blocks.

scenario → inputs → world → work of each leg → lines → present values → result
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bposim.discounting import discount_factors, present_value, running_sum
from bposim.errors import SimulationError
from bposim.inputs.designs import Design, DesignedDraws, Led
from bposim.inputs.designs_directions import directed
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.legs.assignment import assign, gaps, moves, undertakings, unit_cost
from bposim.mitigations import mitigated, taken_by, with_costs
from bposim.operations import Line
from bposim.result import BaseCase, Result, payback_month
from bposim.world.world import World, simulate_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.inputs.designs import Coordinate, Kind
    from bposim.inputs.draws import Draws
    from bposim.scenario import Alternative, Leg, Scenario
    from bposim.shapes import FloatArray

BLOCK = 1024
"""Trials drawn together: the unit of randomness, memory and parallel work.  Part of the stream version."""

PILOT = 1 << 40
"""First block of the pilot run of a design: beyond those of any run, so that no draw is used twice."""
PILOT_BLOCKS = 2

FAN_TRIALS = 16 * BLOCK
"""Trials whose monthly paths are kept for pictures; memory then does not grow with the trials."""


@dataclass(frozen=True, slots=True)
class Cash:
    """The cash of one alternative in one block."""

    categories: dict[str, FloatArray]
    """Present value by category, each ``(trials,)``."""
    flow: FloatArray
    """Undiscounted cost of months 0..T, ``(months + 1, trials)``."""

    @property
    def total(self) -> FloatArray:
        """Present value of all categories, ``(trials,)``."""
        return np.asarray(sum(self.categories[name] for name in sorted(self.categories)))


def simulate(  # noqa: PLR0913, PLR0917 - all but the first may be left out
    scenario: Scenario,
    trials: int = 100_000,
    seed: int = 1,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
    design: Kind | Design = "random",
) -> Result:
    """Simulate ``trials`` futures of every alternative.

    The result depends on scenario, seed, trials and design only; the first n trials of a longer run are the
    run of n.  Raises SimulationError where a trial is not a number, ValueError for trials or threads below 1.
    """
    if trials < 1 or threads < 1:
        message = "trials and threads must be at least 1"
        raise ValueError(message)
    started = time.perf_counter()
    spread = design if isinstance(design, Design) else design_of(scenario, design)
    fold = _Fold(scenario, trials, spread)
    blocks = range(math.ceil(trials / BLOCK))

    def run(block: int) -> dict[str, Cash]:
        return simulate_block(scenario, spread.draws(seed, block, BLOCK))

    for block, cash in zip(blocks, _in_order(run, blocks, threads), strict=True):
        fold.add(block, cash)
        if progress:
            progress(min(trials, (block + 1) * BLOCK), trials)
    return fold.result(seed, time.perf_counter() - started)


def _in_order(
    run: Callable[[int], dict[str, Cash]], blocks: range, threads: int
) -> Iterator[dict[str, Cash]]:
    """Yield the blocks in order, a few at a time in the pool, so that waiting blocks stay few."""
    if threads == 1:
        yield from map(run, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        window = 2 * threads
        waiting = [pool.submit(run, block) for block in blocks[:window]]
        for block in blocks:
            done = waiting.pop(0)
            if block + window < len(blocks):
                waiting.append(pool.submit(run, block + window))
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
    return _evaluate(inputs.bind(scenario, inputs.values(draws, scenario.dependence)), draws)


def base_case(scenario: Scenario) -> dict[str, BaseCase]:
    """Return the deterministic twin: inputs at their means, no noise, events at their expectation."""
    inputs = scenario.uncertain
    cash = _evaluate(inputs.bind(scenario, inputs.means()), NoDraws())
    return {
        name: BaseCase(
            {category: float(pv[0]) for category, pv in sorted(own.categories.items())}, own.flow[:, 0]
        )
        for name, own in cash.items()
    }


def _evaluate(bound: Scenario, draws: Draws) -> dict[str, Cash]:
    factors = discount_factors(bound.discount_rate, bound.months)
    return {name: _accumulate(lines, factors, world) for name, world, lines in cash_flows(bound, draws)}


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
    emergency = partial(unit_cost, baseline, world, draws)
    for assignment in assign(legs, baseline, fallbacks, world):
        yield from assignment.lines(world, draws, emergency)
    yield from gaps(legs, world, emergency)
    yield from moves(legs, baseline, world)
    if alternative.once or alternative.per_year:
        yield Line("coordination", world.monthly(alternative.per_year) / 12.0, world.today(alternative.once))
    if alternative.benefits:
        yield from alternative.benefits.lines(world, alternative.legs)


def _accumulate(lines: Iterator[Line], factors: FloatArray, world: World) -> Cash:
    categories: dict[str, FloatArray] = {}
    flow = np.zeros((world.months + 1, world.trials))
    for line in lines:
        value = categories.setdefault(line.category, np.zeros(world.trials))
        value += present_value(line.monthly, factors)
        value += line.upfront
        flow[1:] += line.monthly
        flow[0] += line.upfront
    return Cash(categories, flow)


class _Fold:
    """Collects blocks in order; keeps totals and paybacks of every trial, monthly paths of the first ones."""

    def __init__(self, scenario: Scenario, trials: int, design: Design) -> None:
        self.scenario = scenario
        self.design = design
        self.trials = trials
        names = list(scenario.alternatives)
        kept = min(trials, FAN_TRIALS)
        self.costs = {name: np.empty(trials) for name in names}
        self.payback = {name: np.empty(trials, dtype=np.int16) for name in names}
        self.cumulative = {name: np.empty((scenario.months + 1, kept), dtype=np.float32) for name in names}
        self.category_sums: dict[str, dict[str, list[float]]] = {name: {} for name in names}

    def add(self, block: int, cash: dict[str, Cash]) -> None:
        """Take the block's trials, fewer in the last block."""
        start = block * BLOCK
        count = min(BLOCK, self.trials - start)
        here = slice(start, start + count)
        base = cash[self.scenario.baseline].flow
        for name, own in cash.items():
            total = own.total[:count]
            if not np.isfinite(total).all():
                trial = start + int(np.flatnonzero(~np.isfinite(total))[0])
                message = f"{name}: the cost of trial {trial} (block {block}) is not a number"
                raise SimulationError(message)
            saved = running_sum((base - own.flow)[:, :count])
            self.costs[name][here] = total
            self.payback[name][here] = payback_month(saved)
            if start < FAN_TRIALS:
                self.cumulative[name][:, here] = saved
            for category, value in own.categories.items():
                self.category_sums[name].setdefault(category, []).append(float(np.sum(value[:count])))

    def result(self, seed: int, elapsed: float) -> Result:
        """Return what was collected."""
        categories = {
            name: {category: math.fsum(parts) / self.trials for category, parts in sorted(sums.items())}
            for name, sums in self.category_sums.items()
        }
        return Result(
            scenario=self.scenario,
            seed=seed,
            trials=self.trials,
            design=self.design,
            replicate=1 if self.design.kind == "random" else BLOCK,
            costs=self.costs,
            categories=categories,
            payback=self.payback,
            cumulative=self.cumulative,
            elapsed=elapsed,
        )
