"""The course of a leg: how far its work has moved month by month, and what ends it before the horizon.

A failed transition, a vendor's failure and a planned exit end a leg at a month τ.  What had moved by then,
s(min(t, τ)), is done by the leg until τ, by nobody for the recovery months, and by the fallback from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.legs.continuity import IN_HOUSE
from bposim.shapes import FloatArray, Path, Vector

if TYPE_CHECKING:
    from bposim.inputs.draws import Draws
    from bposim.legs.continuity import VendorFailure
    from bposim.legs.dependence import Dependence
    from bposim.legs.exit import Exit
    from bposim.legs.transition import Transition


@dataclass(frozen=True, slots=True)
class Course:
    """Where a leg's share of the work is, month by month, as parts of that share; 0 and 1 where nothing ends.

    What is neither ``live`` nor in the gap nor ``away`` is with the baseline's legs: not moved yet, or back.
    """

    moved: Path = 1.0
    """s(min(t, τ)), the part that has left the baseline's legs for this one, come back or not."""
    live: Path = 1.0
    """The part that the leg does."""
    gap: Path = 0.0
    """The part that nobody does: continuity."""
    home: Path = 0.0
    """The part that the baseline's legs do again."""
    away: Path = 0.0
    """The part that the named fallback of a vendor's failure does."""
    onward: Path = 0.0
    """The part that the named fallback of a planned exit does."""
    running: Path = 1.0
    """Part of the month in which the contract or the team exists, or is being prepared."""
    kept: Path = 0.0
    """π (s(t) - s(t-p)), the part that the old team is still staffed for beside the new one."""
    preparing: Path = 0.0
    """Part of the month that lies before go-live: knowledge transfer and integration run."""
    relearning: Path = 0.0
    """How often the transition's one-offs are due again: 1 + 1 - k in the month of a failure or an exit.

    0 at an exit before go-live: nothing has moved that would have to move again.
    """
    given_up: Path = 0.0
    """1 in the month in which the transition is given up."""
    exiting: Path = 0.0
    """How often the cost of a planned exit is due: 1 + 1 - k in its month."""
    leaving: Path = 0.0
    """The part that leaves the vendor in the month of a planned exit."""

    @property
    def left(self) -> Path:
        """The part that is not, or no longer, with the baseline's legs."""
        if isinstance(self.gap, float):
            return self.live
        return self.live + self.gap + self.away + self.onward

    @property
    def reused(self) -> Path:
        """Of what has moved, the part that is back with the baseline's legs and uses their overhead."""
        home, moved = np.broadcast_arrays(self.home, self.moved)
        part: FloatArray = np.divide(home, moved, out=np.zeros(home.shape), where=moved > 0.0)
        return part


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which a leg ends, with its probability: 1 in a simulated trial."""

    weight: float
    at: Vector
    """τ in months; infinite where nothing ends it."""
    recovery: Vector
    """Months until the fallback does the work."""
    given_up: Vector = 0.0
    """1 where the transition fails, else 0."""
    planned: Vector = 0.0
    """1 where the contract ends as planned, else 0: then the transition or the vendor fails."""


class Body(Protocol):
    """A team or vendor, as far as its course is concerned."""

    @property
    def transition(self) -> Transition | None: ...


def course_of(body: Body, month: FloatArray, draws: Draws, stream: str) -> Course:
    """Return the course of a leg with this team or vendor; ``month`` is 1..T as a column.

    Without noise the months in which it may end are weighed by their probability.
    """
    move: Transition | None = body.transition
    failure: VendorFailure | None = getattr(body, "failure", None)
    leave: Exit | None = getattr(body, "exit", None)
    if failure is None and leave is None and (move is None or move.failure is None):
        return Course() if move is None else _undisturbed(move, month)
    ways = [
        (ending.weight, _ended(ending, body, month))
        for ending in _endings(move, failure, leave, len(month), draws, stream)
    ]
    return Course(
        **{
            field.name: sum((weight * getattr(course, field.name) for weight, course in ways), start=0.0)
            for field in fields(Course)
        }
    )


def _undisturbed(move: Transition, month: FloatArray) -> Course:
    """Return the course of a move that nothing ends; after its last month all is live and nothing kept."""
    moving = month[: move.moving_months(len(month))]
    live = move.live_share(moving)
    live = _continued(live, len(month), 1.0)
    return Course(
        moved=live,
        live=live,
        kept=_continued(move.kept_in_parallel(moving), len(month), 0.0),
        preparing=_continued(move.preparing(moving, np.inf), len(month), 0.0),
    )


def _continued(path: Path, months: int, value: float) -> Path:
    """Return a path with the months after its end at a value."""
    if isinstance(path, float):
        return path
    rows = np.atleast_2d(path)
    continued = np.full((months, rows.shape[1]), value)
    continued[: len(rows)] = rows
    return continued


def _ended(ending: Ending, body: Body, month: FloatArray) -> Course:
    """Return the course that an ending gives."""
    move: Transition | None = body.transition
    known, longer = _knowledge(body, ending.at)
    stays = 1.0 - ending.given_up  # what is given up had hardly been outsourced
    until = np.minimum(month, ending.at)
    moved = move.live_share(until) if move else 1.0
    running = np.clip(ending.at - (month - 1.0), 0.0, 1.0)
    recovery = ending.recovery * (1.0 + stays * longer)
    back = np.clip(month - (ending.at + recovery), 0.0, 1.0)
    over = np.where(np.maximum(1.0, np.ceil(ending.at)) == month, 1.0, 0.0)
    waited = ending.planned * np.where(moved > 0.0, 0.0, 1.0)  # a contract that ends before its work starts
    away = stays * (1.0 - ending.planned) * _is_named(getattr(body, "failure", None))
    onward = ending.planned * _is_named(getattr(body, "exit", None))
    return Course(
        moved=moved,
        live=moved * running,
        gap=moved * np.maximum(0.0, 1.0 - running - back),
        home=moved * back * (1.0 - away - onward),
        away=moved * back * away,
        onward=moved * back * onward,
        running=running,
        kept=move.kept_in_parallel(month, ending.at) if move else 0.0,
        preparing=move.preparing(month, ending.at) if move else 0.0,
        relearning=over * stays * (1.0 - waited) * (2.0 - known),
        given_up=over * ending.given_up,
        exiting=over * ending.planned * (2.0 - known),
        leaving=over * ending.planned * moved,
    )


def _knowledge(body: Body, at: Vector) -> tuple[Path, Path]:
    """Return the client's knowledge k when the contract ends, and how much longer recovery then takes."""
    dependence: Dependence | None = getattr(body, "dependence", None)
    if dependence is None:
        return 1.0, 0.0
    known = dependence.knowledge(at - (body.transition.go_live if body.transition else 0.0))
    return known, dependence.longer_exit * (1.0 - known)


def _is_named(terms: VendorFailure | Exit | None) -> float:
    """Return 1 where another alternative takes over, 0 where the baseline does."""
    return 0.0 if terms is None or terms.fallback == IN_HOUSE else 1.0


def _endings(  # noqa: PLR0913, PLR0917 - what may end a leg, and the draws
    move: Transition | None,
    failure: VendorFailure | None,
    leave: Exit | None,
    months: int,
    draws: Draws,
    stream: str,
) -> Iterator[Ending]:
    """Yield the ways in which the leg ends: the drawn one, or without noise all of them."""
    trial = move.failure if move else None
    walked = draws.take(f"{stream}.failure", failure.sample) if failure else None
    luck = draws.take(f"{stream}.transition failure", trial.sample) if trial else None
    if (failure and walked is None) or (trial and luck is None):
        yield from _expected_endings(move, failure, leave, months)
        return
    start = move.go_live if move else 0.0
    fails = start + failure.after(walked) if failure and walked is not None else np.inf
    stops = trial.month_of(luck) if trial and luck is not None else np.inf
    leaves = leave.month if leave else np.inf
    given_up = np.where(np.isfinite(stops) & (stops <= fails) & (stops <= leaves), 1.0, 0.0)
    planned = np.where(np.isfinite(leaves) & (leaves < stops) & (leaves <= fails), 1.0, 0.0)
    recovery = (
        given_up * (trial.recovery_months if trial else 0.0)
        + planned * (leave.recovery_months if leave else 0.0)
        + (1.0 - given_up - planned) * (failure.recovery_months if failure else 0.0)
    )
    yield Ending(1.0, np.minimum(np.minimum(fails, stops), leaves), recovery, given_up, planned)


def _expected_endings(
    move: Transition | None, failure: VendorFailure | None, leave: Exit | None, months: int
) -> Iterator[Ending]:
    """Yield a failure in the middle of each month from go-live on, and none; with and without the move.

    A planned exit cuts off what would come after it.
    """
    trial = move.failure if move else None
    never = Ending(1.0, np.inf, 0.0)
    stops = [never]
    if trial:
        chance = float(trial.probability)
        stop = Ending(chance, float(trial.month), float(trial.recovery_months), given_up=1.0)
        stops = [replace(never, weight=1.0 - chance), stop]
    fails = [never]
    if failure:
        start = float(move.go_live) if move else 0.0
        edges = [max(start, float(t)) for t in range(months + 1)]
        if leave and start < leave.month < months:
            edges = sorted({*edges, float(leave.month)})
        alive = [float(failure.survival(edge - start)) for edge in edges]
        each = zip(edges, edges[1:], alive, alive[1:], strict=False)
        wait = float(failure.recovery_months)
        fails = [
            Ending(before - after, (low + high) / 2.0, wait)
            for low, high, before, after in each
            if high > low
        ]
        fails.append(Ending(alive[-1], np.inf, 0.0))
    leaves = Ending(1.0, float(leave.month), float(leave.recovery_months), planned=1.0) if leave else never
    for stop in stops:
        for fail in fails:
            first = min((stop, leaves, fail), key=lambda ending: float(ending.at))
            yield replace(first, weight=stop.weight * fail.weight)
