"""A team of one's own: in-house, or a captive centre in any country and currency."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from bposim.discounting import change, growth_path, year_of_month
from bposim.inputs.binding import varies_by_month
from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Number
from bposim.legs.automation import Automation
from bposim.legs.continuity import Continuity
from bposim.legs.quality import Quality
from bposim.legs.recruiting import missing_staff
from bposim.legs.role import Need, Role, SizedRole, cost_of_one, sized
from bposim.legs.transition import Transition
from bposim.legs.turnover import Turnover
from bposim.operations import Line, Operations, Staffing, Work, until
from bposim.part import Part, complaint
from bposim.risks import Risks, risk_lines
from bposim.shapes import FloatArray, Path, first_months, positive_part, product
from bposim.world.world import World


class Overtime(Part):
    """Work above capacity that the team itself takes on."""

    limit: NonNegative = 0.2
    """Most overtime, as a part of capacity."""
    premium: NonNegative = 1.5
    """Pay for an overtime unit as a multiple of its labour cost; 1.5 is time and a half."""


class Temporary(Part):
    """Temporary staff for the forecast above the permanent plan."""

    premium: Number = 0.0
    """Extra over salary, without on-cost: 0.3 is 30 % more."""
    training: Amount | None = None
    """Cost of training each one taken on."""


class Hiring(Part):
    """Cost of changing the planned headcount."""

    per_hire: Amount | None = None
    """For each FTE added, at today's wages."""
    per_release: Amount | None = None
    """For each FTE given up, at today's wages."""
    most_per_month: NonNegative | None = None
    """FTE by which the team can grow in a month; what is missing is worked in overtime or lost."""


class Team(Part):
    """Own staff: F(t) = share · V̂(t) (1 + buffer) / p(t), with p growing by ``improvement`` a year."""

    country: str | None = None
    """Whose wages and prices the team's costs follow."""
    roles: dict[str, Role]
    """The jobs, by name."""
    buffer: NonNegative = 0.0
    """Staff above the forecast, as a part of it."""
    improvement: Number = 0.0
    """Growth of productivity a year."""
    automation: Automation | None = None
    """A step in productivity."""
    staffing: Literal["follow", "level", "peak"] = "follow"
    """Plan for each month's forecast, its average over the year, or its highest month of the year."""
    overtime: Overtime = Overtime()
    """What happens above capacity, before work is lost."""
    temporary: Temporary | None = None
    """Temporary staff for the forecast above the plan."""
    hiring: Hiring | None = None
    """Cost of hiring and release when the plan changes."""
    turnover: Turnover | None = None
    """Attrition and its cost."""
    quality: Quality | None = None
    """Errors and their cost."""
    transition: Transition | None = None
    """How the work gets here; a team or vendor that already does it has none."""
    risks: Risks = Risks()
    """Events: data breach, outage …"""
    continuity: Continuity | None = None
    """Emergency service while the leg cannot work; without it that volume is lost."""

    @model_validator(mode="after")
    def _roles_exist(self) -> Self:
        sized = {name for name, role in self.roles.items() if role.of is None}
        if not any(role.volume_per_fte is not None for role in self.roles.values()):
            raise complaint("bp_role", "no role has volume_per_fte; at least one must do the work")
        for name, role in self.roles.items():
            if role.of is not None and role.of not in sized:
                known = ", ".join(sorted(sized))
                raise complaint(
                    "bp_role", f"{name} counts {role.of}, which is not sized itself; use one of {known}"
                )
        return self

    def plan(self, world: World, effort: Path = 1.0) -> Staffing:
        """Return the staffing for all of the work; it depends on world and learning alone."""
        if isinstance(effort, float) and effort == 1.0:
            return world.remember(f"plan {id(self)}", lambda: self._plan(world, effort))
        return self._plan(world, effort)

    def _plan(self, world: World, effort: Path) -> Staffing:
        roles = sized(self.roles)
        need = Need.of(roles, world)
        planned = planned_volume(world.forecast, self.staffing)
        relief = (1.0 + self.buffer) * effort / growth_path(self.improvement, world.months)
        if self.automation is not None:
            relief = relief / self.automation.path(world.month)
        units = planned * relief

        wages, prices = world.wages(self.country or ""), world.prices(self.country or "")
        hiring: Path = 0.0
        if self.hiring:
            more = change(units, before=units[:1])
            hires = positive_part(more) * world.monthly(self.hiring.per_hire)
            releases = positive_part(-more) * world.monthly(self.hiring.per_release)
            hiring = product(wages, need.heads, hires + releases)
        uncovered: Path = 0.0
        temporary_units: Path = 0.0
        temporary_pay: Path = 0.0
        training: Path = 0.0
        if self.temporary:
            uncovered = positive_part(world.forecast - planned)
            temporary_units = uncovered * relief
            temporary_pay = product(wages, 1.0 + self.temporary.premium, need.volume_pay, temporary_units)
            training = world.monthly(self.temporary.training)
        plan = Staffing(
            headcount=units * need.heads + need.fixed_heads,
            pay=product(wages, units * need.pay + need.fixed_pay),
            labour=product(wages, units * need.labour + need.fixed_labour),
            overhead=product(prices, units * need.overhead + need.fixed_overhead),
            unit_labour=product(wages, need.volume_labour, relief, 1.0 / (1.0 + self.buffer)),
            capacity=(planned + uncovered) * (1.0 + self.buffer),
            hiring=hiring,
            temporary_pay=temporary_pay,
            temporary_heads=temporary_units * need.volume_heads,
            training=training,
        )
        alone = [size for size in roles if size.alone]
        if alone:
            plan = self._with_roles(plan, alone, units, relief, world)
        if self.turnover is None:
            return plan
        return replace(plan, successor=self._replacement_cost(self.turnover, world, plan))

    def _with_roles(
        self, plan: Staffing, alone: list[SizedRole], units: FloatArray, relief: Path, world: World
    ) -> Staffing:
        """Return the plan with the roles that are planned by themselves: cover raises their FTE, say.

        Cover raises capacity as far as every role that is sized by volume has the staff for it.
        """
        wages, prices = world.wages(self.country or ""), world.prices(self.country or "")
        capacity: Path = np.inf
        for size in alone:
            heads = size.heads(units)
            one = cost_of_one(size.role, world)
            hiring: Path = 0.0
            if self.hiring:
                change = np.diff(np.atleast_2d(heads), axis=0, prepend=np.atleast_2d(heads)[:1])
                hires = np.maximum(0.0, change) * world.monthly(self.hiring.per_hire)
                hiring = wages * (hires + np.maximum(0.0, -change) * world.monthly(self.hiring.per_release))
            plan = replace(
                plan,
                headcount=plan.headcount + heads,
                pay=plan.pay + wages * heads * one["pay"],
                labour=plan.labour + wages * heads * one["labour"],
                overhead=plan.overhead + prices * heads * one["overhead"],
                hiring=plan.hiring + hiring,
            )
            if size.role.volume_per_fte is not None:
                capacity = np.minimum(capacity, heads / (size.per_unit * relief) * (1.0 + self.buffer))
        volume_roles = [role for role in self.roles.values() if role.volume_per_fte is not None]
        if any(role.cover is None for role in volume_roles):
            return plan
        planned = units / relief * (1.0 + self.buffer)
        return replace(plan, capacity=plan.capacity + (capacity - planned))

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the team's cash flows for ``work``; ``stream`` names its noise and events.

        A team that hands its work over is computed for as long as it has any; its events go on.
        """
        plan = self.plan(world, work.effort)
        leaving = draws.normal(f"{stream}.turnover", world.months) if self.turnover else None
        months = self._months(world, work)
        noise = self.quality.noise_factor(world, draws, stream) if self.quality else 1.0
        if months == world.months:
            operations = yield from self._running(world, work, plan, leaving, noise)
        else:
            leaving = None if leaving is None else leaving[:months]
            operations = yield from self._running(
                world.until(months),
                until(work, months),
                until(plan, months),
                leaving,
                first_months(noise, months),
            )
            operations = operations.followed_by_none(work.exposure, world.months)
        yield from risk_lines(self.risks, operations, world, draws, stream)

    def _months(self, world: World, work: Work) -> int:
        """Return the months to compute: all, or those up to the end of its work."""
        if work.ends is None or world.trials == 1:  # one trial costs little, and explain shows all its months
            return world.months
        varies = world.remember(f"varies {id(self)}", lambda: varies_by_month(self))
        return world.months if varies else work.ends

    def _running(
        self, world: World, work: Work, plan: Staffing, leaving: FloatArray | None, noise: Path
    ) -> Generator[Line, None, Operations]:
        """Yield the cash flows of the work, events apart, and return what was done."""
        attendance = self._attendance(plan, world, work, leaving, 1.0 - self._short(plan, world, work))
        operations, overtime, lost = self._operate(plan, attendance, world, work, noise)
        present = 1.0 if attendance.vacant is None else 1.0 - attendance.vacant
        yield Line("labour", product(work.staffed, plan.labour, attendance.hired, present))
        yield Line("overhead", product(work.staffed, plan.overhead))
        yield Line("overtime", product(self.overtime.premium, plan.unit_labour, overtime))
        if world.margin is not None:
            yield Line("lost_work", product(world.monthly(world.margin), lost))
        if self.temporary:
            pay = product(work.staffed, plan.temporary_pay)
            taken_on = positive_part(change(product(work.staffed, plan.temporary_heads)))
            yield Line("temporary_staff", pay + product(taken_on, plan.training))
        if self.hiring:
            yield Line("hiring_and_release", product(work.staffed, plan.hiring))
        if self.turnover:
            yield Line("turnover", product(operations.leaver_share, operations.headcount, plan.successor))
        if self.quality:
            cost = world.monthly(self.quality.cost_per_error)
            yield Line("service_quality", product(operations.volume, operations.error_rate, cost))
        return operations

    def _short(self, plan: Staffing, world: World, work: Work) -> Path:
        """Return the part of the planned staff that could not be hired yet."""
        if self.hiring is None or self.hiring.most_per_month is None:
            return 0.0
        planned, at_work = work.staffed * plan.headcount, self.transition is None
        return missing_staff(planned, self.hiring.most_per_month, world.months, at_work=at_work)

    def _attendance(
        self, plan: Staffing, world: World, work: Work, draw: FloatArray | None, hired: Path
    ) -> _Attendance:
        """Return who leaves, and who and what is missing until successors are productive."""
        if self.turnover is None:
            return _Attendance(hired=hired)
        headcount, at_work = product(work.staffed, plan.headcount, hired), self.transition is None
        found = self.turnover.cohorts(headcount, work.attrition, draw, world.months, at_work=at_work)
        if found is not None:
            return _Attendance(found.leaver_share, found.vacant, found.missing, hired)
        return _Attendance(self.turnover.leaver_share(headcount, work.attrition, draw), hired=hired)

    def _operate(
        self, plan: Staffing, attendance: _Attendance, world: World, work: Work, noise: Path
    ) -> tuple[Operations, Path, Path]:
        """Return what the team does, its overtime and the work it loses, in units a month."""
        headcount = product(work.staffed, plan.headcount, attendance.hired)
        capacity = product(work.staffed, plan.capacity, work.productivity, attendance.hired)
        if attendance.vacant is not None and attendance.missing is not None:
            headcount = headcount * (1.0 - attendance.vacant)
            capacity = capacity * (1.0 - attendance.missing)
        demand = product(work.served, world.volume)
        above = positive_part(demand - capacity)
        overtime = np.minimum(above, self.overtime.limit * capacity)
        lost = above - overtime
        error_rate: Path = 0.0
        if self.quality:
            error_rate = self.quality.rate_with(work.effort, attendance.leaver_share, noise)
        operations = Operations(work.exposure, demand - lost, headcount, attendance.leaver_share, error_rate)
        return operations, overtime, lost

    def _replacement_cost(self, turnover: Turnover, world: World, plan: Staffing) -> Path:
        """Return the cost of one leaver: (recruiting + training) W, and the ramp at the mean loaded cost."""
        once = world.monthly(turnover.recruiting) + world.monthly(turnover.training)
        loaded = (plan.labour + plan.overhead) / np.maximum(plan.headcount, 1e-300)  # nobody: no cost either
        return world.at_wages(self.country, once) + product(turnover.ramp_loss(), loaded)


@dataclass(frozen=True, slots=True)
class _Attendance:
    """Leavers as a part of those who are there; with cohorts, the seats and the output that are missing."""

    leaver_share: Path = 0.0
    vacant: Path | None = None
    missing: Path | None = None
    hired: Path = 1.0
    """Part of the planned staff that could be hired by now."""


def planned_volume(forecast: FloatArray, staffing: str) -> FloatArray:
    """Return the volume that the plan staffs for, month by month."""
    if staffing == "follow":
        return forecast
    fold = np.mean if staffing == "level" else np.max
    years = year_of_month(len(forecast))
    levels = [np.asarray(fold(forecast[years == year], axis=0)) for year in range(years[-1] + 1)]
    return np.asarray(np.stack(levels)[years])
