"""The deterministic twin as the engine computes it, with a note of who yields each line and out of what.

Teams, vendors and transitions are replaced by ones that do the same and keep what they were given; so an
explanation shows what the engine has used, whatever stands between the file and a leg's work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import PrivateAttr

from bposim.cash import cash_flows, pinned
from bposim.discounting import discount_factors, present_value
from bposim.inputs.draws import Draws, NoDraws
from bposim.legs.team import Team
from bposim.legs.transition import Transition
from bposim.legs.vendor import Vendor
from bposim.operations import Line, Operations, Staffing, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.legs.course import Course
    from bposim.part import Part
    from bposim.scenario import Leg, Mitigation, Scenario
    from bposim.shapes import FloatArray, Path
    from bposim.world.world import World


@dataclass(slots=True)
class Doing:
    """What a team, a vendor or a transition was given and did; paths of the one trial of the twin."""

    label: str
    """Whose line it is, for people."""
    body: Part
    """The team, vendor, transition or, for what is none of theirs, alternative; every input at its mean."""
    written: Part
    """The same as the file has it, with its distributions."""
    world: World
    work: Work
    """Work of a team or vendor; of a transition, the leg's share."""
    operations: Operations
    overtime: Path = 0.0
    """A team's overtime, units a month."""
    lost: Path = 0.0
    """Units that a team cannot serve."""
    vacant: Path = 0.0
    """Part of a team's seats that is vacant, where successors come cohort by cohort."""
    missing: Path = 0.0
    """Part of a team's capacity that is missing with them."""
    hired: Path = 1.0
    """Part of a team's planned staff that could be hired by then."""
    learning: Path = 1.0
    """Factor on a vendor's effort and errors: learning, and knowledge that leavers took along."""
    old: Staffing | None = None
    """Staffing that a transition moves away from."""
    course: Course | None = None
    """Course of the leg that a transition is of."""
    measures: dict[str, Mitigation] = field(default_factory=dict)
    """Mitigations of an alternative."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an alternative and what it was computed from."""

    line: Line
    doing: Doing


@dataclass(frozen=True, slots=True)
class Twin:
    """Every cash flow of the deterministic twin."""

    scenario: Scenario
    """As the file has it, with distributions."""
    bound: Scenario
    """With every input at its mean, or at the quantile ``at``."""
    world: World
    entries: dict[str, list[Entry]]
    """By alternative, in the engine's order."""
    at: float | None = None

    @property
    def months(self) -> int:
        """The horizon T."""
        return self.bound.months

    @property
    def factors(self) -> FloatArray:
        """D(t) of months 0..T, ``(months + 1,)``."""
        return np.concatenate([[1.0], discount_factors(self.bound.discount_rate, self.months)[:, 0]])

    def categories(self, alternative: str) -> list[str]:
        """Return the categories of an alternative, sorted."""
        return sorted({entry.line.category for entry in self.entries[alternative]})

    def flow(self, entries: list[Entry]) -> FloatArray:
        """Return the undiscounted cost of months 0..T, ``(months + 1,)``."""
        total = np.zeros(self.months + 1)
        for entry in entries:
            total[0] += as_column(entry.line.upfront, 1)[0]
            total[1:] += as_column(entry.line.monthly, self.months)
        return total

    def present_value(self, flow: FloatArray) -> float:
        """Return the present value of months 0..T as the engine discounts them."""
        factors = self.factors[1:, np.newaxis]
        return float(flow[0] + present_value(flow[1:, np.newaxis], factors)[0])


def twin_of(scenario: Scenario, at: float | None = None) -> Twin:
    """Return the deterministic twin of a scenario; ``at`` is a quantile in place of every input's mean."""
    log = _Log()
    bound = pinned(scenario, at)
    watched = _watched(bound, scenario, log)
    entries: dict[str, list[Entry]] = {}
    for name, world, lines in cash_flows(watched, NoDraws()):
        found = list(lines)
        whole = _whole(name, bound, scenario, world, found)
        entries[name] = [Entry(line, log.doing(line) or whole) for line in found]
    return Twin(scenario, bound, whole.world, entries, at)


def _whole(name: str, bound: Scenario, written: Scenario, world: World, lines: list[Line]) -> Doing:
    """Return what is behind lines of an alternative that belong to none of its legs."""
    own = bound.alternatives[name]
    fees = sum((line.monthly for line in lines if line.category == "vendor_fees"), start=np.zeros((1, 1)))
    return Doing(
        label=name,
        body=own,
        written=written.alternatives[name],
        world=world,
        work=Work(1.0, 1.0, 1.0, 1.0),
        operations=Operations(1.0, world.volume, 0.0, 0.0, 0.0, fees),
        measures={measure: bound.mitigations[measure] for measure in sorted(own.mitigations)},
    )


def as_column(value: Path, months: int) -> FloatArray:
    """Return a path of the twin as one number a month, ``(months,)``."""
    path = np.asarray(value, dtype=np.float64)
    column = path[:, np.newaxis] if path.shape == (months,) else path
    return np.array(np.broadcast_to(column, (months, 1))[:, 0])


@dataclass(slots=True)
class _Log:
    """Which doing each line came from; it keeps the lines, so that their identities stay theirs."""

    seen: dict[int, tuple[Line, Doing]] = field(default_factory=dict)

    def noted(self, lines: Iterator[Line], doing: Doing) -> Iterator[Line]:
        """Pass the lines on, and remember whose they are."""
        for line in lines:
            self.seen[id(line)] = (line, doing)
            yield line

    def doing(self, line: Line) -> Doing | None:
        """Return what has yielded the line; None where nothing watched has."""
        found = self.seen.get(id(line))
        return found[1] if found else None


class _WatchedTeam(Team):
    """A team that keeps what it is given."""

    _log: _Log = PrivateAttr()
    _label: str = PrivateAttr()
    _written: Team = PrivateAttr()
    _done: tuple[Operations, Path, Path] | None = PrivateAttr(default=None)
    _absent: tuple[Path | None, Path | None] = PrivateAttr(default=(None, None))
    _hired: Path = PrivateAttr(default=1.0)

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the team's lines."""
        doing = Doing(self._label, self, self._written, world, work, Operations(work.exposure, 0.0, 0.0, 0.0))
        for line in self._log.noted(super().simulate(world, work, draws, stream), doing):
            if self._done is not None:
                doing.operations, doing.overtime, doing.lost = self._done
                doing.vacant, doing.missing = (0.0 if part is None else part for part in self._absent)
                doing.hired, doing.learning = self._hired, work.effort
            yield line

    def _operate(self, plan: Staffing, attendance: Any, *given: Any) -> tuple[Operations, Path, Path]:  # noqa: ANN401
        self._absent = attendance.vacant, attendance.missing
        self._hired = attendance.hired
        self._done = super()._operate(plan, attendance, *given)
        return self._done


class _WatchedVendor(Vendor):
    """A vendor that keeps what it is given."""

    _log: _Log = PrivateAttr()
    _label: str = PrivateAttr()
    _written: Vendor = PrivateAttr()
    _invoiced: tuple[Path, Path, Path] = PrivateAttr(default=(0.0, 0.0, 0.0))
    _staff: tuple[Path, Path] = PrivateAttr(default=(1.0, 0.0))

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the contract's lines."""
        doing = Doing(self._label, self, self._written, world, work, Operations(work.exposure, 0.0, 0.0, 0.0))
        for line in self._log.noted(super().simulate(world, work, draws, stream), doing):
            doing.operations = self._operations(work, *self._invoiced)
            doing.learning, _ = self._staff
            yield line

    def fees(self, world: World, work: Work, volume: Path, effort: Path) -> Path:
        """Return the invoice of each month."""
        fees = super().fees(world, work, volume, effort)
        self._invoiced = volume, effort, fees
        return fees

    def _people(self, *given: Any) -> tuple[Path, Path]:  # noqa: ANN401
        self._staff = super()._people(*given)
        return self._staff

    def _operations(self, work: Work, volume: Path, effort: Path, fees: Path) -> Operations:
        learning, leavers = self._staff
        errors = self.quality.rate(learning, leavers, None) if self.quality else 0.0
        return Operations(work.exposure, volume, effort, leavers, errors, fees)


class _WatchedTransition(Transition):
    """A transition that keeps what it is given."""

    _log: _Log = PrivateAttr()
    _label: str = PrivateAttr()
    _written: Transition = PrivateAttr()

    def lines(self, world: World, share: Path, old: Staffing, course: Course) -> Iterator[Line]:
        """Yield the cost of the move."""
        work = Work(share, share, share, share)
        nothing = Operations(share, 0.0, 0.0, 0.0)
        doing = Doing(self._label, self, self._written, world, work, nothing, old=old, course=course)
        return self._log.noted(super().lines(world, share, old, course), doing)


def _watched(bound: Scenario, written: Scenario, log: _Log) -> Scenario:
    """Return the bound scenario with every team, vendor and transition watched."""
    alternatives = {}
    for name, alternative in bound.alternatives.items():
        pairs = zip(alternative.legs, written.alternatives[name].legs, strict=True)
        legs = [
            _watched_leg(leg, own, f"{name}{_which(number, alternative.legs)}", log)
            for number, (leg, own) in enumerate(pairs)
        ]
        alternatives[name] = alternative.model_copy(update={"legs": legs})
    return bound.model_copy(update={"alternatives": alternatives})


def _which(number: int, legs: list[Leg]) -> str:
    """Return what tells a leg from the others of its alternative."""
    leg = legs[number]
    return "" if len(legs) == 1 else f" {leg.name}" if leg.name else f" leg {number + 1}"


def _watched_leg(leg: Leg, written: Leg, label: str, log: _Log) -> Leg:
    kind = _WatchedTeam if leg.team else _WatchedVendor
    values = dict(leg.body)
    if leg.body.transition is not None:
        move = leg.body.transition
        values["transition"] = _noting(
            _WatchedTransition.model_construct(**dict(move)), move, written.transition, label, log
        )
    body = _noting(kind.model_construct(**values), leg.body, written.body, label, log)
    return leg.model_copy(update={"team" if leg.team else "vendor": body})


def _noting(watched: Any, bound: Part, written: Part | None, label: str, log: _Log) -> Any:  # noqa: ANN401
    """Give a watched part its origin, and what it notes."""
    watched._origin = bound.origin  # noqa: SLF001 - private attributes are set once, where it is made
    watched._log, watched._label, watched._written = log, label, written  # noqa: SLF001 - as above
    return watched
