"""A pilot as a staged decision: a part of the work goes first, shows how good it is, and then one may stop.

Stopping is the model's transition that is given up (docs/model.md, Endings), in the month in which the pilot
ends: what has moved goes back, the rest stays, and what the pilot has cost is spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from bposim.analysis.exit_option import best_exit
from bposim.analysis.measures import mean, proportion
from bposim.inputs.names import matching, short_name
from bposim.legs.transition import FailedTransition, Pilot
from bposim.studies.exit_right import saving_of
from bposim.studies.leaving import by_block, total_cost, with_legs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.measures import Estimate
    from bposim.inputs.draws import StreamDraws
    from bposim.inputs.money import Money
    from bposim.legs.transition import Transition
    from bposim.scenario import Leg, Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.exit_right import Saving
    from bposim.studies.variants import Run

MEASURED = frozenset(
    {
        "automation",
        "delay",
        "improvement",
        "knowledge_loss",
        "learning",
        "productivity",
        "quality",
        "turnover",
        "volume_per_fte",
    }
)
"""Parts of an input's path that a pilot shows unless it is said what it does."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a pilot is run, and what it shows."""

    share: float | None = None
    """Part of the leg's work; as the file has it."""
    months: float | None = None
    """Its length; as the file has it."""
    reveals: tuple[str, ...] = ()
    """Inputs that it shows; where none is named, those that say how well the leg does its work."""
    accuracy: float = 1.0
    """Correlation between what the pilot shows of an input and the truth; 1 shows it as it is."""
    stop_cost: Money | None = None
    """What stopping costs, for all of the work."""


@dataclass(frozen=True, slots=True)
class PilotStudy:
    """What it is worth to go on only if the pilot is good."""

    alternative: str
    reveals: tuple[str, ...]
    accuracy: float
    at_once: Saving
    """All of the work from go-live on, without a pilot."""
    through: Saving
    """The pilot first, and then all of the work in any case."""
    staged: Saving
    """The pilot first, and then the rest or nothing, whichever is better by what it has shown."""
    stop: Estimate
    """Value of the option to stop."""
    stops: Estimate
    """Probability that one does."""
    delay: Estimate
    """What the pilot costs because the rest comes later; negative where that saves."""
    worth: Estimate
    """Option to stop less that cost: what the pilot is worth against going at once."""
    hindsight: Estimate
    """Value of the option to somebody who knew the future: no pilot is worth more."""
    trials: int


VARIANTS = 4
"""The costs of a block: of the baseline, all at once, through the pilot, and stopped after it."""


@dataclass(frozen=True, slots=True)
class _Block:
    base: FloatArray
    at_once: FloatArray
    through: FloatArray
    stopped: FloatArray
    shown: dict[str, FloatArray]


def has_pilot(scenario: Scenario, alternative: str) -> bool:
    """Whether a leg of the alternative begins with a pilot."""
    return any(leg.transition and leg.transition.pilot for leg in scenario.alternatives[alternative].legs)


def pilot_study(scenario: Scenario, alternative: str, plan: Plan, run: Run) -> PilotStudy:
    """Value a pilot; raises ValueError where nothing is moved, or nothing uncertain is shown."""
    piloted = [leg for leg in scenario.alternatives[alternative].legs if _is_piloted(leg, plan)]
    if not piloted:
        raise ValueError(f"{alternative} has no pilot; say its share and months")
    names = shown_by(scenario, piloted, plan.reveals)
    if not names:
        raise ValueError(f"nothing uncertain that a pilot of {alternative} shows; name inputs")
    blocks = by_block(
        scenario,
        run,
        lambda bound, draws: _block(bound, alternative, plan, _values(scenario, names, draws), draws),
        VARIANTS,
    )

    def whole(name: str) -> FloatArray:
        return np.concatenate([getattr(block, name) for block in blocks])[: run.trials]

    base, at_once, through = whole("base"), whole("at_once"), whole("through")
    gain = through - whole("stopped")
    shown = {
        name: np.concatenate([block.shown[name] for block in blocks])[: run.trials][np.newaxis]
        for name in names
    }
    option = best_exit(gain[np.newaxis], shown)
    used = option.gain if option.value.value > 0.0 else np.zeros_like(gain)
    return PilotStudy(
        alternative=alternative,
        reveals=tuple(map(short_name, names)),
        accuracy=plan.accuracy,
        at_once=saving_of(base - at_once),
        through=saving_of(base - through),
        staged=saving_of(base - through + used),
        stop=option.value,
        stops=option.probability if option.value.value > 0.0 else proportion(0, gain.size),
        delay=mean(through - at_once),
        worth=mean(at_once - through + used),
        hindsight=mean(np.maximum(0.0, gain)),
        trials=run.trials,
    )


def shown_by(scenario: Scenario, legs: Sequence[Leg], reveals: Sequence[str]) -> tuple[str, ...]:
    """Return the full names of the inputs that a pilot shows; ValueError for a name of none or many."""
    known = scenario.uncertain.names
    if not reveals:
        origins = tuple(f"{leg.body.origin}." for leg in legs)
        return tuple(n for n in known if n.startswith(origins) and MEASURED & set(n.split(".")))
    found = []
    for name in reveals:
        meant = matching(name, known)
        if len(meant) != 1:
            raise ValueError(
                f"{name} can mean {' or '.join(meant[:5])}; write more of the path"
                if meant
                else f"{name} is no uncertain input of this scenario"
            )
        found += meant
    return tuple(dict.fromkeys(found))


def _is_piloted(leg: Leg, plan: Plan) -> bool:
    return leg.transition is not None and (leg.transition.pilot is not None or plan.share is not None)


def _values(scenario: Scenario, names: Sequence[str], draws: StreamDraws) -> dict[str, FloatArray]:
    inputs = scenario.uncertain
    values = inputs.values(draws, scenario.dependence)
    drawn = {entry.name: value for entry, value in zip(inputs.entries, values, strict=True)}
    return {name: drawn[name] for name in names}


def _block(
    bound: Scenario, name: str, plan: Plan, truth: dict[str, FloatArray], draws: StreamDraws
) -> _Block:
    legs = bound.alternatives[name].legs

    def cost(*, stopped: bool = False, pilot: bool = True) -> FloatArray:
        changed = [
            _moved(leg, _pilot(leg, plan) if pilot else None, plan.stop_cost, draws, stopped=stopped)
            if _is_piloted(leg, plan)
            else leg
            for leg in legs
        ]
        return total_cost(with_legs(bound, name, changed), name, draws)

    return _Block(
        base=total_cost(bound, bound.baseline, draws),
        at_once=cost(pilot=False),
        through=cost(),
        stopped=cost(stopped=True),
        shown={key: _seen(key, value, plan.accuracy, draws) for key, value in truth.items()},
    )


def _pilot(leg: Leg, plan: Plan) -> Pilot:
    assert leg.transition is not None  # noqa: S101 - asked before
    now = leg.transition.pilot or Pilot.model_construct(share=0.0, months=0.0)
    asked = {"share": plan.share, "months": plan.months}
    return now.model_copy(update={key: value for key, value in asked.items() if value is not None})


def _moved(
    leg: Leg, pilot: Pilot | None, stop_cost: Money | None, draws: StreamDraws, *, stopped: bool
) -> Leg:
    """Return a leg with another pilot, or none; ``stopped`` gives its move up when the pilot ends."""
    move = leg.transition
    assert move is not None  # noqa: S101 - asked before
    changes: dict[str, object] = {"pilot": pilot}
    if stopped and pilot is not None:
        changes["failure"] = _given_up(leg, move, pilot, stop_cost, draws)
    body = leg.body.model_copy(update={"transition": move.model_copy(update=changes)})
    return leg.model_copy(update={"vendor" if leg.vendor else "team": body})


def _given_up(
    leg: Leg, move: Transition, pilot: Pilot, stop_cost: Money | None, draws: StreamDraws
) -> FailedTransition:
    """Return the end of a move with its pilot; one that fails before by itself is over then."""
    end = move.go_live + pilot.months
    own = move.failure
    if own is not None:
        end = np.minimum(end, own.month_of(draws.take(f"{leg.stream}.transition failure", own.sample)))
    return FailedTransition.model_construct(
        probability=1.0,
        month=end,
        recovery_months=own.recovery_months if own else 0.0,
        return_cost=stop_cost or (own.return_cost if own else None),
    )


def _seen(name: str, truth: FloatArray, accuracy: float, draws: StreamDraws) -> FloatArray:
    """Return what a pilot shows of an input: its normal score in this block, blurred by error."""
    if accuracy >= 1.0:
        return truth
    ranks = np.argsort(np.argsort(truth, kind="stable"), kind="stable")
    score = ndtri((ranks + 0.5) / truth.size)
    error = draws.vector(f"pilot:{name}")
    return np.asarray(accuracy * score + np.sqrt(1.0 - accuracy**2) * error)
