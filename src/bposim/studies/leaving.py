"""What leaving a contract early would cost, date by date and future by future.

Deciding to leave in month d is valued as what it is: the alternative once more, with contracts that end when
their notice, given in month d, runs out.  The model of a planned exit says the rest: the fee, the knowledge
lost, the transition's one-offs once more, rehiring, and who does the work from then on (docs/model.md,
Endings).  Every draw comes by its name, so all of these are the same futures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bposim.cash import cash_flows
from bposim.discounting import discount_factors, running_sum
from bposim.engine import BLOCK, keep_freed_memory
from bposim.errors import SimulationError
from bposim.executors import in_order
from bposim.inputs.draws import StreamDraws
from bposim.legs.continuity import IN_HOUSE
from bposim.legs.exit import Exit
from bposim.legs.termination import Termination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bposim.inputs.money import Money
    from bposim.legs.vendor import Vendor
    from bposim.operations import Line
    from bposim.scenario import Leg, Scenario
    from bposim.shapes import FloatArray, Vector
    from bposim.studies.variants import Run
    from bposim.world.world import World

T = TypeVar("T")

YEAR = 12
"""Months over which costs are compared: shorter, a season would speak."""

RECENT = 3
"""Months of volume that are looked at."""

MOVE = frozenset({"transition", "severance", "stranded_overhead", "retransition", "termination"})
"""Categories of the move itself; they say nothing about what the work costs."""

PATH = 2
"""Dimensions of what moves from month to month in each trial."""

SERVICE = frozenset({"service_quality", "service_credits"})


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which a contract may be left; what is None is as the contract has it."""

    to: str | None = None
    """Who takes over: in-house, or another alternative, whose first leg then does; as the contract's exit
    says, else in-house."""
    notice: float | None = None
    """Months from the decision to the end of the contract; 0 where neither says."""
    fee_months: tuple[float, ...] | None = None
    """Fee by contract year, in months of the fee."""
    cost: Money | None = None
    """What leaving costs beside the transition's one-offs."""
    rehiring: Money | None = None
    """For each FTE by which the old team grows again; as the contract's exit, else as the team's hiring."""
    recovery: float | None = None
    """Months without anybody between the end of the contract and the new beginning."""

    def notice_of(self, vendor: Vendor) -> Vector:
        """Return the months from the decision to the end of a contract."""
        if self.notice is not None:
            return self.notice
        return vendor.termination.notice if vendor.termination else 0.0

    def termination_of(self, vendor: Vendor) -> Termination | None:
        """Return what ending a contract early costs."""
        if self.fee_months is None:
            return vendor.termination
        if vendor.termination is None:
            return Termination.model_construct(fee_months=list(self.fee_months))
        return vendor.termination.model_copy(update={"fee_months": list(self.fee_months)})

    def left(self, vendor: Vendor, decided: float, hiring: Money | None) -> Vendor:
        """Return a contract of a bound scenario that one decides to leave in a month."""
        end: Vector = decided + self.notice_of(vendor)
        own = vendor.exit
        leave = Exit.model_construct(
            month=end if own is None else np.minimum(end, own.month),
            recovery_months=(own.recovery_months if own else 0.0) if self.recovery is None else self.recovery,
            fallback=self.to or (own.fallback if own else IN_HOUSE),
            cost=self.cost or (own.cost if own else None),
            rehiring=self.rehiring or (own.rehiring if own and own.rehiring else hiring),
        )
        return vendor.model_copy(update={"exit": leave, "termination": self.termination_of(vendor)})


@dataclass(frozen=True, slots=True)
class Paths:
    """An alternative along its futures, and what leaving it at each date would bring."""

    dates: tuple[int, ...]
    """Months at whose end one may decide to leave."""
    base: FloatArray
    """Cost of the baseline, ``(trials,)``, present value as all costs here."""
    stay: FloatArray
    """Cost of the alternative if it is not left, ``(trials,)``."""
    gain: FloatArray
    """What leaving at each date saves against staying, ``(dates, trials)``."""
    excess: FloatArray
    """Cost of the last year above what it would have been with who takes over, as a part of that,
    ``(dates, trials)``; above the baseline's where several take over."""
    states: dict[str, FloatArray]
    """What is known at each date, by name, each ``(dates, trials)``; ``excess`` is not among them."""
    changes: dict[str, FloatArray]
    """Mean cost of having left less that of staying, by category, ``(dates,)``."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """An alternative's cash in a block: present values by category, and costs month by month."""

    categories: dict[str, FloatArray]
    running: FloatArray
    """Cost of the work itself, ``(months, trials)``: without the move and without the losses by events."""
    service: FloatArray
    """The part of it that is poor service, less credits."""

    @property
    def total(self) -> FloatArray:
        return np.asarray(sum(self.categories[name] for name in sorted(self.categories)))


def paths(scenario: Scenario, name: str, dates: Sequence[int], terms: Terms, run: Run) -> Paths:
    """Return an alternative's paths and what leaving it at each of the dates brings."""
    found = by_block(
        scenario, run, lambda bound, draws: _block(bound, name, dates, terms, draws), 1 + len(dates)
    )

    def whole(arrays: Iterable[FloatArray]) -> FloatArray:
        return np.concatenate(list(arrays), axis=-1)[..., : run.trials]

    gain = whole(block.gain for block in found)
    if not np.isfinite(gain).all():
        raise SimulationError(f"{name}: what leaving it saves is not a number in every future")
    return Paths(
        dates=tuple(dates),
        base=whole(block.base for block in found),
        stay=whole(block.stay for block in found),
        gain=gain,
        excess=whole(block.excess for block in found),
        states={key: whole(block.states[key] for block in found) for key in found[0].states},
        changes={
            category: np.mean([block.changes[category] for block in found], axis=0)
            for category in found[0].changes
        },
    )


def by_block(
    scenario: Scenario, run: Run, value: Callable[[Scenario, StreamDraws], T], variants: int = 1
) -> list[T]:
    """Return what ``value`` makes of each whole block of a run: of the bound scenario and its draws.

    ``variants`` is how many alternatives it values, which the meter of the run is told.
    """
    keep_freed_memory()
    run.expect(variants)
    inputs, dependence = scenario.uncertain, scenario.dependence  # worked out once, before the threads

    def one(block: int) -> T:
        draws = StreamDraws(run.seed, block, BLOCK)
        return value(inputs.bind(scenario, inputs.values(draws, dependence)), draws)

    starts = range(0, run.trials, BLOCK)
    found = []
    for start, own in zip(starts, in_order(one, range(len(starts)), run.threads), strict=True):
        found.append(own)
        run.tell(variants * min(BLOCK, run.trials - start))
    return found


def with_legs(bound: Scenario, name: str, legs: Sequence[Leg]) -> Scenario:
    """Return a bound scenario with these legs in an alternative, which keeps its name and all else."""
    changed = bound.alternatives[name].model_copy(update={"legs": list(legs)})
    return bound.model_copy(update={"alternatives": {**bound.alternatives, name: changed}})


def total_cost(bound: Scenario, name: str, draws: StreamDraws) -> FloatArray:
    """Return the present value of an alternative's costs, ``(trials,)``."""
    return _ledgers(bound, {name}, draws)[0][name].total


def _block(bound: Scenario, name: str, dates: Sequence[int], terms: Terms, draws: StreamDraws) -> Paths:
    """Return the paths of one block."""
    legs = bound.alternatives[name].legs
    hiring = _cost_of_hiring(bound)
    ledgers, world = _ledgers(bound, {bound.baseline, name, *_successors(legs, terms)}, draws)
    stay, base = ledgers[name], ledgers[bound.baseline]
    gains, changes = [], []
    for date in dates:
        left = [
            leg.model_copy(update={"vendor": terms.left(leg.vendor, float(date), hiring)})
            if leg.vendor
            else leg
            for leg in legs
        ]
        away = _ledgers(with_legs(bound, name, left), {name}, draws)[0][name]
        gains.append(stay.total - away.total)
        changes.append(
            {
                category: np.mean(away.categories.get(category, 0.0) - stay.categories.get(category, 0.0))
                for category in away.categories | stay.categories
            }
        )
    at = np.array(dates)
    last = {key: _trailing(ledger.running, at, YEAR) for key, ledger in ledgers.items()}
    successors = _successors(legs, terms) or {bound.baseline}
    other = last[successors.pop() if len(successors) == 1 else bound.baseline]
    states = {f"last year of {key}": path for key, path in last.items() if key != name}
    states["service"] = _trailing(stay.service, at, YEAR)
    states["volume"] = _trailing(world.volume, at, RECENT)
    states |= {
        f"rate of {key}": np.asarray(path)[at - 1] for key, path in world.fx.items() if np.ndim(path) == PATH
    }
    trials = (len(dates), draws.trials)
    return Paths(
        dates=tuple(dates),
        base=base.total,
        stay=stay.total,
        gain=np.stack(gains),
        excess=np.divide(last[name], other, out=np.ones(trials), where=other > 0.0) - 1.0,
        states={key: np.broadcast_to(path, trials) for key, path in states.items()},
        changes={
            category: np.array([float(change.get(category, 0.0)) for change in changes])
            for category in sorted({category for change in changes for category in change})
        },
    )


def _successors(legs: Sequence[Leg], terms: Terms) -> set[str]:
    """Return the alternatives that would take over."""
    own = {leg.vendor.exit.fallback for leg in legs if leg.vendor and leg.vendor.exit}
    return ({terms.to} if terms.to else own) - {IN_HOUSE}


def _cost_of_hiring(bound: Scenario) -> Money | None:
    """Return what the baseline's first team pays for each FTE that it adds, None where the file is silent."""
    for leg in bound.alternatives[bound.baseline].legs:
        if leg.team:
            grown = leg.team.hiring.per_hire if leg.team.hiring else None
            return grown or (leg.team.turnover.recruiting if leg.team.turnover else None)
    return None


def _ledgers(bound: Scenario, names: set[str], draws: StreamDraws) -> tuple[dict[str, _Ledger], World]:
    factors = discount_factors(bound.discount_rate, bound.months)
    found: dict[str, _Ledger] = {}
    for name, world, lines in cash_flows(bound, draws):
        if name in names:
            found[name] = _ledger(lines, factors, world)
    return found, world


def _ledger(lines: Iterable[Line], factors: FloatArray, world: World) -> _Ledger:
    categories: dict[str, FloatArray] = {}
    running, service = np.zeros((2, world.months + 1, world.trials))
    for line in lines:
        if line.category not in categories:
            categories[line.category] = np.zeros(world.trials)
        if line.nothing:
            continue
        categories[line.category] += line.present_value(factors)
        if not line.source and line.category not in MOVE:
            line.add_to(running)
        if line.category in SERVICE:
            line.add_to(service)
    return _Ledger(categories, running[1:], service[1:])


def _trailing(path: FloatArray, dates: np.ndarray, months: int) -> FloatArray:
    """Return the sum of a path over the months up to each date, fewer where there are fewer."""
    total = running_sum(path)
    before = dates - months
    return np.asarray(
        total[dates - 1] - np.where((before > 0)[:, np.newaxis], total[np.maximum(before, 1) - 1], 0.0)
    )
