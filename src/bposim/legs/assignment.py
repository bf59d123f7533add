"""Who does which part of the work, month by month: the new legs, and what remains with the old ones.

Legs of one and the same team or contract are joined, so an alternative that keeps part of the in-house team
and is still moving another part has one in-house team, not two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from bposim.discounting import change
from bposim.inputs.draws import Draws
from bposim.legs.continuity import IN_HOUSE, interruption
from bposim.legs.course import Course, course_of
from bposim.legs.exit import exit_lines
from bposim.legs.team import Team
from bposim.legs.transition import Transition
from bposim.legs.vendor import Vendor
from bposim.operations import Line, Staffing, Work
from bposim.shapes import FloatArray, Path, product
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
class Undertaking:
    """A leg, its part of all work, and the course that it takes in this block."""

    leg: HasBody
    body: Team | Vendor
    """The leg's team or vendor as it turns out."""
    course: Course
    share: Path
    """Part of all work that is the leg's; of a leg of the baseline, what has not moved away from it."""
    exposed: Path
    """The same of the exposure to events."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Work given to a leg's team or vendor."""

    leg: HasBody
    work: Work

    def lines(self, world: World, draws: Draws, unit_cost: Callable[[], Path]) -> Iterator[Line]:
        """Yield the cash flows of the work, and of what country events take from it.

        An event takes the same part of the volume and of a team's capacity; the team is paid all the same.
        """
        body = _revealed(self.leg, world, draws)
        lost = world.disruption(body.country)
        if isinstance(lost, float) and lost == 0.0:
            yield from body.simulate(world, self.work, draws, self.leg.stream)
            return
        work = self.work
        rest = replace(work, served=work.served * (1.0 - lost), productivity=work.productivity * (1.0 - lost))
        yield from body.simulate(world, rest, draws, self.leg.stream)
        yield from interruption(body.continuity, world, work.served * lost, unit_cost)


def undertakings(legs: Sequence[HasBody], world: World, draws: Draws) -> list[Undertaking]:
    """Return the legs of an alternative with their courses."""
    bodies = [_revealed(leg, world, draws) for leg in legs]
    return [
        Undertaking(leg, body, _course(leg, body, world, draws), leg.share, leg.share)
        for leg, body in zip(legs, bodies, strict=True)
    ]


def _course(leg: HasBody, body: Team | Vendor, world: World, draws: Draws) -> Course:
    """Return the course of a leg, which is the same in every alternative."""
    key = f"course {id(body)} of {leg.stream}"
    return world.remember(key, lambda: course_of(body, world.month, draws, leg.stream))


def assign(
    legs: Sequence[Undertaking],
    baseline: Sequence[Undertaking],
    fallbacks: Mapping[str, HasBody],
    world: World,
) -> list[Assignment]:
    """Return all work of an alternative, one entry for each team or contract, in the order of their names.

    ``fallbacks`` are the legs that may take over from a vendor that has gone, by their alternative's name.
    """
    given: dict[str, Assignment] = {}
    for own in legs:
        for piece in [
            _own(own, world),
            *(_kept(own, old, world) for old in _remaining(own, baseline, world)),
        ]:
            before = given.get(piece.leg.identity)
            work = before.work.joined(piece.work) if before else piece.work
            given[piece.leg.identity] = Assignment(piece.leg, work)
    everybody = [*legs, *left_behind(legs, baseline, world)]
    for piece in [piece for own in everybody for piece in _taken_over(own, fallbacks)]:
        name = piece.leg.identity
        here = given.get(name)  # as this alternative has it: with its mitigations, and still learning
        given[name] = Assignment(here.leg, here.work.joined(piece.work)) if here else piece
    return [given[name] for name in sorted(given)]


def _own(own: Undertaking, world: World) -> Assignment:
    """Return the leg's own work: all of its share, or the live part of it."""
    leg, course = own.leg, own.course
    live = product(leg.share, course.live)
    effort = _learning(leg.transition, world) if leg.transition else 1.0
    share = product(leg.share, course.running)
    work = Work(share=share, served=live, staffed=live, exposure=live, effort=effort)
    return Assignment(leg, work)


def _learning(move: Transition, world: World) -> Path:
    return world.remember(f"learning {id(move)}", lambda: move.effort(world.month))


def _remaining(own: Undertaking, baseline: Sequence[Undertaking], world: World) -> Iterator[Undertaking]:
    """Yield what is still with the baseline's legs, or with them again; each goes on with its own course."""
    leg = own.leg
    if leg.transition is None and not _may_come_home(leg):
        return
    rest = _rest(own, world)
    for old in baseline:
        share = product(old.share, leg.share)
        yield replace(old, share=product(share, rest.served), exposed=product(share, rest.exposure))


def left_behind(
    legs: Sequence[Undertaking], baseline: Sequence[Undertaking], world: World
) -> list[Undertaking]:
    """Return the work that remains with legs of the baseline whose contract may end before it has moved."""
    ending = [old for old in baseline if not isinstance(old.course.gap, float)]
    return [old for own in legs for old in _remaining(own, ending, world)]


def _rest(own: Undertaking, world: World) -> Work:
    """Return what is still, or again, with the baseline, as if both sides had all of the work."""
    move, course = own.leg.transition, own.course
    return world.remember(f"rest {id(move)} {id(course)}", lambda: _left_by(move, course, world))


def _left_by(move: Transition | None, course: Course, world: World) -> Work:
    left = course.left
    stays = 1.0 - left
    rest = Work(
        share=stays,
        served=stays,
        staffed=stays + course.kept,
        exposure=1.0 - product(move.scope if move else 1.0, left),
        ends=move.moving_months(world.months) if move and isinstance(course.home, float) else None,
    )
    if move is None or move.morale is None:
        return rest
    unsettled = move.unsettled(world.month)
    return replace(
        rest,
        productivity=1.0 - move.morale.productivity_loss * unsettled,
        attrition=1.0 + (move.morale.attrition_factor - 1.0) * unsettled,
    )


def _kept(own: Undertaking, old: Undertaking, world: World) -> Assignment:
    """Return the work of a leg of the baseline that remains of ``own``, or has come back."""
    rest, course = _rest(own, world), old.course
    return Assignment(
        old.leg,
        replace(
            rest,
            share=product(old.share, course.running),
            served=product(old.share, course.live),
            staffed=product(old.leg.share, own.leg.share, rest.staffed, course.live),
            exposure=product(old.exposed, course.live),
        ),
    )


def _taken_over(own: Undertaking, fallbacks: Mapping[str, HasBody]) -> Iterator[Assignment]:
    """Yield the work that a named fallback does for a vendor that has gone, practised from its first day."""
    if isinstance(own.course.gap, float) or not isinstance(own.leg.body, Vendor):
        return
    failure, leave = own.leg.body.failure, own.leg.body.exit
    for terms, part in ((failure, own.course.away), (leave, own.course.onward)):
        if terms is not None and terms.fallback in fallbacks:
            work = own.share * part
            yield Assignment(fallbacks[terms.fallback], Work(work, work, work, own.exposed * part))


def _may_come_home(leg: HasBody) -> bool:
    """Return whether the end of its contract can bring a leg's work back to the baseline's legs."""
    if not isinstance(leg.body, Vendor):
        return False
    endings = (leg.body.failure, leg.body.exit)
    return any(terms is not None and terms.fallback == IN_HOUSE for terms in endings)


def _revealed(leg: HasBody, world: World, draws: Draws) -> Team | Vendor:
    """Return the team or vendor as it turns out: a vendor may be a bad one."""
    body = leg.body
    if isinstance(body, Team) or body.selection is None:
        return body
    terms = body.selection
    mark = draws.take(f"{leg.stream}.selection", terms.sample)
    # By the stream as well: on one and the same terms, vendors of different names turn out each by itself.
    key = f"revealed {id(body)} of {leg.stream}"
    return world.remember(key, lambda: terms.revealed(body, mark))


def gaps(legs: Sequence[Undertaking], world: World, unit_cost: Callable[[], Path]) -> Iterator[Line]:
    """Yield the cost of the months in which a leg has ended and nobody has taken over."""
    for own in legs:
        if not isinstance(own.course.gap, float):
            gap = own.share * own.course.gap
            yield from interruption(own.leg.body.continuity, world, gap, unit_cost)


def unit_cost(baseline: Sequence[Undertaking], world: World) -> Path:
    """Return the baseline's cost of a forecast unit: its teams' labour and overhead, its vendors' fees.

    0 in a month without forecast.
    """
    key = "unit cost of " + ", ".join(str(id(old.body)) for old in baseline)
    return world.remember(key, lambda: _unit_cost(baseline, world))


def _unit_cost(baseline: Sequence[Undertaking], world: World) -> Path:
    costs = (old.share * _running_cost(old.body, world) for old in baseline)
    total, forecast = np.broadcast_arrays(sum(costs, start=np.zeros((1, 1))), world.forecast)
    each: FloatArray = np.divide(total, forecast, out=np.zeros(total.shape), where=forecast > 0.0)
    return each


def _running_cost(body: Team | Vendor, world: World) -> Path:
    if isinstance(body, Team):
        plan = body.plan(world)
        return plan.labour + plan.overhead
    return body.whole_fees(world)


def moves(legs: Sequence[Undertaking], baseline: Sequence[Undertaking], world: World) -> Iterator[Line]:
    """Yield the cost of choosing and moving to each leg, and of ending the contracts that it moves away from.

    Severance and overhead are those of the baseline's teams.
    """
    old = _whole_staffing(baseline, world)
    for own in [*legs, *left_behind(legs, baseline, world)]:
        if isinstance(own.body, Vendor):
            yield from exit_lines(own.body, own.share, own.course, old, world)
    for own in legs:
        leg = own.leg
        if isinstance(leg.body, Vendor) and leg.body.selection and leg.body.selection.due_diligence:
            cost = world.today(leg.body.selection.due_diligence.cost)
            yield Line("transition", upfront=leg.share * cost)
        if leg.transition is None:
            continue
        yield from leg.transition.lines(world, leg.share, old, own.course)
        for other in baseline:
            if isinstance(other.body, Vendor) and other.body.termination is not None:
                moved = product(other.share, leg.share, change(own.course.moved), other.course.live)
                yield Line("termination", monthly=other.body.termination_fee(world, moved))


def _whole_staffing(baseline: Sequence[Undertaking], world: World) -> Staffing:
    """Return the headcount, pay and overhead of the baseline's teams doing all of their work."""
    key = "old staff " + ", ".join(str(id(old.leg)) for old in baseline)
    return world.remember(key, lambda: _added_up(baseline, world))


def _added_up(baseline: Sequence[Undertaking], world: World) -> Staffing:
    teams = [(old.share, old.leg.body.plan(world)) for old in baseline if isinstance(old.leg.body, Team)]

    def whole(*paths: Path) -> Path:
        return sum(paths[1:], start=paths[0]) if paths else np.zeros((1, 1))

    return Staffing(
        headcount=whole(*(product(share, plan.headcount) for share, plan in teams)),
        pay=whole(*(product(share, plan.pay) for share, plan in teams)),
        labour=whole(*(product(share, plan.labour) for share, plan in teams)),
        overhead=whole(*(product(share, plan.overhead) for share, plan in teams)),
    )
