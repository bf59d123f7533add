"""What the futures of one block cost: the world, the work of each alternative on it, its lines, their values.

inputs → world → work of each leg → lines → present values
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bposim.discounting import discount_factors
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.legs.assignment import assign, gaps, left_behind, moves, undertakings, unit_cost
from bposim.mitigations import mitigated, taken_by, with_costs
from bposim.operations import Line
from bposim.result import BaseCase
from bposim.world.world import World, simulate_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.draws import Draws
    from bposim.scenario import Alternative, Leg, Scenario
    from bposim.shapes import FloatArray


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


def simulate_block(scenario: Scenario, draws: StreamDraws) -> dict[str, Cash]:
    """Return the cash of every alternative for the draws of one block."""
    inputs = scenario.uncertain
    return evaluate(inputs.bind(scenario, inputs.values(draws, scenario.dependence)), draws)[0]


def pinned(scenario: Scenario, at: float | None = None) -> Scenario:
    """Return the scenario with every input at its mean, or at its quantile at probability ``at``."""
    inputs = scenario.uncertain
    return inputs.bind(scenario, inputs.means() if at is None else inputs.quantiles(at))


def base_case(scenario: Scenario, at: float | None = None) -> dict[str, BaseCase]:
    """Return the deterministic twin: no noise, events at their expectation, inputs at their means.

    With ``at``, every input is at that quantile of its own instead: 0.9 is P90 of each, whether high is dear
    or cheap.  It is a case to look at, not the P90 of the cost.  Raises ValueError unless 0 < at < 1.
    """
    cash, _ = evaluate(pinned(scenario, at), NoDraws())
    return {
        name: BaseCase(
            {category: float(pv[0]) for category, pv in sorted(own.categories.items())}, own.flow[:, 0]
        )
        for name, own in cash.items()
    }


def evaluate(bound: Scenario, draws: Draws) -> tuple[dict[str, Cash], World]:
    """Return the cash of every alternative of a bound scenario, and the world that they share."""
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
