"""What it is worth to find out before choosing, from the trials that a run has kept.

Only inputs can be found out: what chance will bring (rates, volume, events) nobody knows before it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.analysis.comparison import evpi, paired_differences, too_close
from bposim.analysis.measures import Estimate, Sample
from bposim.analysis.streamed import summarise_streamed
from bposim.analysis.value_of_information import (
    Study,
    evppi,
    spend_here_first,
)
from bposim.errors import RunError
from bposim.report.drivers import inputs_of
from bposim.report.estimate import plain
from bposim.report.study_value import Plan, is_there, looked_at, resolving, study_value
from bposim.result import Result
from bposim.sample import WORLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.value_of_information import Information
    from bposim.report.drivers import Known
    from bposim.result import AnyResult

SCHEMA = "bposim.value/1"

ALL_INPUTS = "all inputs together"

HALF = 0.5
"""A study that halves what is not known is shown beside perfect knowledge."""

ROWS = 12
"""So many inputs and groups are valued at half knowledge, too."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The value of knowing an input or a group of inputs."""

    name: str
    inputs: tuple[str, ...]
    value: Estimate
    changes: float
    half: Estimate | None
    """Value of resolving half of the variance; None where it was not asked for."""

    @property
    def worthless(self) -> bool:
        """Whether the trials cannot tell its value from nothing."""
        return too_close(self.value)


@dataclass(frozen=True, slots=True)
class Value:
    """What it is worth to find out, for somebody who chooses by mean cost."""

    choice: str
    """The alternative with the lowest mean cost."""
    ahead: Estimate | None
    """By how much its mean is below that of the next one; None where there is no other."""
    next_best: str
    everything: Estimate
    """Value of perfect information, of all trials of the run; as :attr:`ahead` where they were kept."""
    all_inputs: Piece | None
    """None where nothing is uncertain."""
    legs: tuple[Piece, ...]
    """All inputs of a leg, or of the world."""
    pieces: tuple[Piece, ...]
    """Inputs, and groups of several, the most valuable first."""
    studies: tuple[tuple[Plan, Study], ...]
    idle: tuple[str, ...]
    """Studies of the scenario file that look at what is not uncertain in this run."""
    known: Known
    labels: dict[str, str]
    """What JSON calls each input, group and leg, by the name that a reader sees."""
    titles: dict[str, str]
    """What people call each alternative."""
    currency: str
    seed: int
    sha256: str
    trials: int
    """Trials that inputs and studies are valued on: those that the run keeps the inputs of."""
    run_trials: int

    def seen(self, plan: Plan) -> str:
        """Return what a study looks at, as a reader knows it; as the user wrote it where that is more."""
        names = looked_at(self.known, plan.looks_at)
        return ", ".join(names if len(names) <= len(plan.looks_at) else plan.looks_at)

    @property
    def first(self) -> tuple[Study, ...]:
        """The studies that are worth more than their price, largest net value first."""
        return spend_here_first(study for _, study in self.studies)


def worth_of_each(result: AnyResult) -> tuple[Information, ...]:
    """Return what it is worth to know each input alone, the most valuable first: as :func:`value` has it."""
    first = result.first
    costs = {name: Sample(first.costs[name]) for name in first.names}
    known = inputs_of(first)
    return evppi(costs, known.values) if known.values and len(costs) > 1 else ()


def value(result: AnyResult, plans: Sequence[Plan] = (), *, by_path: bool = False) -> Value:
    """Return the value of perfect, partial and sample information.

    The studies are those of the scenario file and ``plans``, which stand for those of the same name;
    ``by_path`` names inputs by their paths.
    Raises RunError where a plan looks at what the run does not have, or there is no second alternative.
    """
    first = result.first
    written = [Plan.of(name, plan) for name, plan in first.scenario.studies.items()]
    own = {plan.name for plan in plans}
    asked = {plan.name: plan for plan in [*written, *plans]}.values()
    costs = {name: Sample(first.costs[name]) for name in first.names}
    if len(costs) == 1:
        raise RunError("there is one alternative only, so nothing that is found out can change the choice")
    known = inputs_of(first, by_path=by_path)
    kept = result if isinstance(result, Result) else first
    whole_run = {name: Sample(kept.costs[name]) for name in kept.names}
    choice, next_best = sorted(whole_run, key=lambda name: (whole_run[name].centre, name))[:2]
    idle = [plan.name for plan in asked if plan.name not in own and not is_there(known, plan)]
    groups = {name: own for name, own in known.groups.items() if len(own) > 1}
    several = {name: own for name, own in known.sources.items() if len(own) > 1}
    wholes = {_whole(name if by_path else known.called.source(name)): name for name in several}
    legs = {whole: several[name] for whole, name in wholes.items()}
    labels = known.labels | known.group_labels | {whole: _whole(name) for whole, name in wholes.items()}
    labels[ALL_INPUTS] = ALL_INPUTS
    found = {}
    if known.values:
        whole = {ALL_INPUTS: tuple(known.values)} if len(known.values) > 1 else {}
        worth = evppi(costs, known.values, groups | legs | whole)
        for each in sorted(worth, key=lambda one: (-one.value.value, labels[one.name])):
            found[each.name] = each
    small = [name for name in found if name not in legs and name != ALL_INPUTS]
    halved = set(small[:ROWS])

    def piece(name: str) -> Piece:
        own = found[name]
        half = resolving(costs, known, own.drivers, HALF) if name in halved else None
        return Piece(name, own.drivers, own.value, own.changes, half)

    every = ALL_INPUTS if ALL_INPUTS in found else next(iter(found), "")
    return Value(
        choice=choice,
        next_best=next_best,
        ahead=paired_differences({name: whole_run[name] for name in (next_best, choice)})[next_best, choice],
        everything=evpi(whole_run)
        if isinstance(result, Result)
        else summarise_streamed(result).decision.evpi,
        all_inputs=piece(every) if every else None,
        legs=tuple(piece(name) for name in found if name in legs),
        pieces=tuple(piece(name) for name in small),
        studies=tuple((plan, study_value(costs, known, plan)) for plan in asked if plan.name not in idle),
        idle=tuple(idle),
        known=known,
        labels=labels,
        titles=first.scenario.titles,
        currency=first.scenario.base_currency,
        seed=first.seed,
        sha256=first.scenario.sha256,
        trials=first.trials,
        run_trials=result.trials,
    )


def document(found: Value) -> dict[str, Any]:
    """Return the figures as plain values in a stable order; keys of a released schema do not change."""
    return {
        "schema": SCHEMA,
        "scenario": {"sha256": found.sha256},
        "seed": found.seed,
        "trials": found.trials,
        "run_trials": found.run_trials,
        "currency": found.currency,
        "choice_by_mean_cost": found.choice,
        "next_best": found.next_best,
        "ahead_of_next": plain(found.ahead) if found.ahead else None,
        "evpi": plain(found.everything),
        "all_inputs": _piece(found, found.all_inputs) if found.all_inputs else None,
        "legs": [_piece(found, each) for each in found.legs],
        "evppi": [_piece(found, each) for each in found.pieces],
        "studies": [
            {
                "name": plan.name,
                "looks_at": list(plan.looks_at),
                "evsi": plain(study.value),
                "price": study.price,
                "net": plain(study.net),
            }
            for plan, study in found.studies
        ],
        "studies_of_nothing_uncertain": list(found.idle),
        "spend_here_first": [study.name for study in found.first],
    }


def _whole(source: str) -> str:
    """Return what all inputs of a source are called."""
    return {WORLD: "all of the world", "scenario": "all shared inputs"}.get(source, f"all of {source}")


def _piece(found: Value, piece: Piece) -> dict[str, Any]:
    return {
        "name": found.labels[piece.name],
        "inputs": [found.known.drivers[name].name for name in piece.inputs],
        "evppi": plain(piece.value),
        "changes_choice": piece.changes,
        "evsi_half_resolved": plain(piece.half) if piece.half else None,
    }
