"""A team of one's own: in-house, or a captive centre in any country and currency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from bposim.discounting import growth_path, year_of_month
from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Number
from bposim.legs.quality import Quality
from bposim.legs.transition import Transition
from bposim.legs.turnover import Turnover, ratio
from bposim.operations import Line, Operations, Staffing, Work
from bposim.part import Part, complaint
from bposim.risks import Risks, risk_lines
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


class Role(Part):
    """A kind of job, sized by volume, by span of control, or fixed."""

    volume_per_fte: NonNegative | None = None
    """Units that one FTE handles in a month."""
    one_per: NonNegative | None = None
    """Span: one FTE of this role for so many of the role named in ``of``."""
    of: str | None = None
    """The role that ``one_per`` counts."""
    fixed: NonNegative | None = None
    """FTE whatever the volume."""
    salary: Amount
    """Pay per FTE and year, today."""
    oncost: NonNegative = 0.0
    """Employer's taxes and benefits as a part of pay."""
    overhead: Amount | None = None
    """Space, systems and support per FTE and year, today."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        given = [self.volume_per_fte is not None, self.one_per is not None, self.fixed is not None]
        if sum(given) != 1 or (self.one_per is not None) != (self.of is not None):
            raise complaint("bp_role", "size a role by one of volume_per_fte, one_per with of, or fixed")
        return self


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

    def plan(self, world: World, work: Work) -> Staffing:
        """Return the staffing for ``work`` and its monthly cost."""
        wages, prices = world.wages(self.country or ""), world.prices(self.country or "")
        growth = growth_path(self.improvement, world.months)
        planned = _planned(world.forecast, self.staffing)
        uncovered = np.maximum(0.0, world.forecast - planned) if self.temporary else 0.0
        full = self._full_time_equivalents(planned * ((1.0 + self.buffer) / growth), work.effort)
        headcount: Path = 0.0
        pay: Path = 0.0
        labour: Path = 0.0
        overhead: Path = 0.0
        unit: Path = 0.0
        temporary: Path = 0.0
        hiring: Path = 0.0
        for name, role in sorted(self.roles.items()):
            fte = work.staffed * full[name]
            salary = world.monthly(role.salary) / 12.0 * wages
            headcount = headcount + fte
            pay = pay + fte * salary
            labour = labour + fte * salary * (1.0 + role.oncost)
            overhead = overhead + fte * world.monthly(role.overhead) / 12.0 * prices
            if self.hiring:
                hiring = hiring + self._hiring_cost(world, work.staffed, full[name]) * wages
            if role.volume_per_fte is not None:
                per_unit = work.effort / (role.volume_per_fte * growth)
                unit = unit + salary * (1.0 + role.oncost) * per_unit
                if self.temporary:
                    heads = work.staffed * uncovered * (1.0 + self.buffer) * per_unit
                    temporary = temporary + self._temporary_cost(world, heads, salary)
        capacity = work.staffed * (planned + uncovered) * (1.0 + self.buffer) * work.productivity
        return Staffing(headcount, pay, labour, overhead, unit, capacity, temporary, hiring)

    def _full_time_equivalents(self, units: Path, effort: Path) -> dict[str, Path]:
        """Return the FTE of each role for the whole work; ``units`` is volume over relative productivity."""
        fte: dict[str, Path] = {}
        for name, role in self.roles.items():
            if role.volume_per_fte is not None:
                fte[name] = units * effort / role.volume_per_fte
            elif role.fixed is not None:
                fte[name] = role.fixed
        for name, role in self.roles.items():
            if role.of is not None and role.one_per is not None:
                fte[name] = fte[role.of] / role.one_per
        return fte

    def _hiring_cost(self, world: World, staffed: Path, fte: Path) -> Path:
        """Return the cost of the plan's own changes; work that moves to another leg is severance."""
        if not self.hiring or np.ndim(fte) == 0:
            return 0.0
        change = np.diff(fte, axis=0, prepend=np.asarray(fte)[:1])
        hires, releases = np.maximum(0.0, change), np.maximum(0.0, -change)
        return staffed * (
            hires * world.monthly(self.hiring.per_hire) + releases * world.monthly(self.hiring.per_release)
        )

    def _temporary_cost(self, world: World, heads: Path, salary: Path) -> Path:
        if not self.temporary:
            return 0.0
        taken_on = np.maximum(0.0, np.diff(heads, axis=0, prepend=0.0))
        return heads * salary * (1.0 + self.temporary.premium) + taken_on * world.monthly(
            self.temporary.training
        )

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the team's cash flows for ``work``; ``stream`` names its noise and events."""
        plan = self.plan(world, work)
        demand = work.served * world.volume
        above = np.maximum(0.0, demand - plan.capacity)
        overtime = np.minimum(above, self.overtime.limit * plan.capacity)
        lost = above - overtime
        leavers: Path = 0.0
        if self.turnover:
            leavers = self.turnover.leavers(
                plan.headcount, work.attrition, draws.normal(f"{stream}.turnover", world.months)
            )
        leaver_share = ratio(leavers, plan.headcount)
        error_rate: Path = 0.0
        if self.quality:
            error_rate = self.quality.rate(
                work.effort, leaver_share, draws.normal(f"{stream}.quality", world.months)
            )
        operations = Operations(
            exposure=work.exposure,
            volume=demand - lost,
            headcount=plan.headcount,
            leaver_share=leaver_share,
            error_rate=error_rate,
        )
        yield Line("labour", plan.labour)
        yield Line("overhead", plan.overhead)
        yield Line("overtime", self.overtime.premium * plan.unit_labour * overtime)
        if world.margin is not None:
            yield Line("lost_work", world.monthly(world.margin) * lost)
        if self.temporary:
            yield Line("temporary_staff", plan.temporary_cost)
        if self.hiring:
            yield Line("hiring_and_release", plan.hiring_cost)
        if self.turnover:
            yield Line("turnover", leavers * self._replacement_cost(self.turnover, world, plan))
        if self.quality:
            yield Line(
                "service_quality", operations.volume * error_rate * world.monthly(self.quality.cost_per_error)
            )
        yield from risk_lines(self.risks, operations, world, draws, stream)

    def _replacement_cost(self, turnover: Turnover, world: World, plan: Staffing) -> Path:
        """Return the cost of one leaver: (recruiting + training) W, and the ramp at the mean loaded cost."""
        once = world.monthly(turnover.recruiting) + world.monthly(turnover.training)
        loaded = ratio(plan.labour + plan.overhead, plan.headcount)
        return once * world.wages(self.country or "") + turnover.ramp_loss() * loaded


def _planned(forecast: FloatArray, staffing: str) -> FloatArray:
    """Return the volume that the plan staffs for, month by month."""
    if staffing == "follow":
        return forecast
    fold = np.mean if staffing == "level" else np.max
    years = year_of_month(len(forecast))
    levels = [np.asarray(fold(forecast[years == year], axis=0)) for year in range(years[-1] + 1)]
    return np.asarray(np.stack(levels)[years])
