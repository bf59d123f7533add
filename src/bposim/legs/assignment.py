"""Who does which part of the work, month by month: the new legs, and what remains with the old ones.

Legs of one and the same team or contract are joined, so an alternative that keeps part of the in-house team
and is still moving another part has one in-house team, not two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bposim.legs.team import Team
from bposim.legs.transition import Transition
from bposim.legs.vendor import Vendor
from bposim.operations import Line, Staffing, Work
from bposim.shapes import Path
from bposim.world.world import World


class HasBody(Protocol):
    """A leg, as far as its work is concerned."""

    @property
    def share(self) -> Path: ...
    @property
    def body(self) -> Team | Vendor: ...
    @property
    def transition(self) -> Transition | None: ...
    @property
    def stream(self) -> str: ...
    @property
    def identity(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Assignment:
    """Work given to a leg's team or vendor."""

    leg: HasBody
    work: Work


def assign(legs: Sequence[HasBody], baseline: Sequence[HasBody], world: World) -> list[Assignment]:
    """Return all work of an alternative, one entry for each team or contract, in the order of their names."""
    given: dict[str, Assignment] = {}
    for leg in legs:
        for assignment in [_own(leg, world), *_remaining(leg, baseline, world)]:
            name = assignment.leg.identity
            before = given.get(name)
            work = before.work.joined(assignment.work) if before else assignment.work
            given[name] = Assignment(assignment.leg, work)
    return [given[name] for name in sorted(given)]


def _own(leg: HasBody, world: World) -> Assignment:
    """Return the leg's own work: all of its share, or the live part of it."""
    transition = leg.transition
    if transition is None:
        return Assignment(leg, Work(leg.share, leg.share, leg.share, leg.share))
    live = leg.share * transition.live_share(world.month)
    work = Work(
        share=leg.share, served=live, staffed=live, exposure=live, effort=transition.effort(world.month)
    )
    return Assignment(leg, work)


def _remaining(leg: HasBody, baseline: Sequence[HasBody], world: World) -> Iterator[Assignment]:
    """Yield the work that stays with the baseline's legs until the leg is fully live."""
    transition = leg.transition
    if transition is None:
        return
    live = transition.live_share(world.month)
    kept = transition.kept_in_parallel(world.month)
    morale = transition.morale
    unsettled = transition.unsettled(world.month)
    for old in baseline:
        share = old.share * leg.share
        yield Assignment(
            old,
            Work(
                share=share * (1.0 - live),
                served=share * (1.0 - live),
                staffed=share * (1.0 - live + kept),
                exposure=share * (1.0 - transition.scope * live),
                productivity=1.0 - morale.productivity_loss * unsettled if morale else 1.0,
                attrition=1.0 + (morale.attrition_factor - 1.0) * unsettled if morale else 1.0,
            ),
        )


def moves(legs: Sequence[HasBody], baseline: Sequence[HasBody], world: World) -> Iterator[Line]:
    """Yield the cost of each leg's transition; the baseline's teams are what is moved away from."""
    old = _whole_staffing(baseline, world)
    for leg in legs:
        if leg.transition is not None:
            yield from leg.transition.lines(world, leg.share, old)


def _whole_staffing(baseline: Sequence[HasBody], world: World) -> Staffing:
    """Return the headcount, pay and overhead of the baseline's teams doing all of their work."""
    teams = [(leg.share, leg.body.plan(world)) for leg in baseline if isinstance(leg.body, Team)]
    nothing = np.zeros((1, 1))
    return Staffing(
        headcount=sum((share * plan.headcount for share, plan in teams), start=nothing),
        pay=sum((share * plan.pay for share, plan in teams), start=nothing),
        labour=sum((share * plan.labour for share, plan in teams), start=nothing),
        overhead=sum((share * plan.overhead for share, plan in teams), start=nothing),
    )
