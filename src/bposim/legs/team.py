"""A team of one's own: in-house, or a captive centre in any country and currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from bposim.discounting import growth_path, year_of_month
from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Number
from bposim.legs.quality import Quality
from bposim.legs.transition import Transition
from bposim.legs.turnover import Turnover
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

    def own_heads(self) -> tuple[Path, Path]:
        """Return the FTE for one unit a month and the FTE whatever the volume, spans apart."""
        if self.volume_per_fte is not None:
            return 1.0 / self.volume_per_fte, 0.0
        return 0.0, self.fixed if self.fixed is not None else 0.0


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

    def plan(self, world: World, effort: Path = 1.0) -> Staffing:
        """Return the staffing for all of the work; it depends on world and learning alone."""
        if isinstance(effort, float) and effort == 1.0:
            return world.remember(f"plan {id(self)}", lambda: self._plan(world, effort))
        return self._plan(world, effort)

    def _plan(self, world: World, effort: Path) -> Staffing:
        wages, prices = world.wages(self.country or ""), world.prices(self.country or "")
        need = _Need.of(self._heads(), world)
        planned = _planned(world.forecast, self.staffing)
        relief = (1.0 + self.buffer) * effort / growth_path(self.improvement, world.months)
        units = planned * relief
        hiring: Path = 0.0
        if self.hiring:
            change = np.diff(units, axis=0, prepend=units[:1])
            hires = np.maximum(0.0, change) * world.monthly(self.hiring.per_hire)
            releases = np.maximum(0.0, -change) * world.monthly(self.hiring.per_release)
            hiring = wages * need.heads * (hires + releases)
        uncovered: Path = 0.0
        temporary_pay: Path = 0.0
        training: Path = 0.0
        if self.temporary:
            uncovered = np.maximum(0.0, world.forecast - planned)
            temporary_pay = wages * (1.0 + self.temporary.premium) * need.volume_pay * (uncovered * relief)
            training = need.volume_heads * world.monthly(self.temporary.training)
        return Staffing(
            headcount=units * need.heads + need.fixed_heads,
            pay=wages * (units * need.pay + need.fixed_pay),
            labour=wages * (units * need.labour + need.fixed_labour),
            overhead=prices * (units * need.overhead + need.fixed_overhead),
            unit_labour=wages * need.volume_labour * relief / (1.0 + self.buffer),
            capacity=(planned + uncovered) * (1.0 + self.buffer),
            hiring=hiring,
            temporary_pay=temporary_pay,
            temporary_units=uncovered * relief,
            training_per_unit=training,
        )

    def _heads(self) -> list[tuple[Role, Path, Path]]:
        """Return each role with its FTE for a unit a month, in year 0, and its FTE whatever the volume."""
        own = {name: role.own_heads() for name, role in self.roles.items()}
        heads: list[tuple[Role, Path, Path]] = []
        for name, role in sorted(self.roles.items()):
            per_unit, fixed = own[role.of or name]
            span = 1.0 if role.one_per is None else role.one_per
            heads.append((role, per_unit / span, fixed / span))
        return heads

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the team's cash flows for ``work``; ``stream`` names its noise and events."""
        plan = self.plan(world, work.effort)
        operations, overtime, lost = self._operate(plan, world, work, draws, stream)
        yield Line("labour", work.staffed * plan.labour)
        yield Line("overhead", work.staffed * plan.overhead)
        yield Line("overtime", self.overtime.premium * plan.unit_labour * overtime)
        if world.margin is not None:
            yield Line("lost_work", world.monthly(world.margin) * lost)
        if self.temporary:
            taken_on = np.maximum(0.0, np.diff(work.staffed * plan.temporary_units, axis=0, prepend=0.0))
            pay = work.staffed * plan.temporary_pay
            yield Line("temporary_staff", pay + taken_on * plan.training_per_unit)
        if self.hiring:
            yield Line("hiring_and_release", work.staffed * plan.hiring)
        if self.turnover:
            leavers = operations.leaver_share * operations.headcount
            yield Line("turnover", leavers * self._replacement_cost(self.turnover, world, plan))
        if self.quality:
            errors = operations.volume * operations.error_rate
            yield Line("service_quality", errors * world.monthly(self.quality.cost_per_error))
        yield from risk_lines(self.risks, operations, world, draws, stream)

    def _operate(
        self, plan: Staffing, world: World, work: Work, draws: Draws, stream: str
    ) -> tuple[Operations, Path, Path]:
        """Return what the team does, its overtime and the work it loses, in units a month."""
        headcount = work.staffed * plan.headcount
        capacity = work.staffed * plan.capacity * work.productivity
        demand = work.served * world.volume
        above = np.maximum(0.0, demand - capacity)
        overtime = np.minimum(above, self.overtime.limit * capacity)
        lost = above - overtime
        leaver_share: Path = 0.0
        if self.turnover:
            draw = draws.normal(f"{stream}.turnover", world.months)
            leaver_share = self.turnover.leaver_share(headcount, work.attrition, draw)
        error_rate: Path = 0.0
        if self.quality:
            draw = draws.normal(f"{stream}.quality", world.months)
            error_rate = self.quality.rate(work.effort, leaver_share, draw)
        operations = Operations(work.exposure, demand - lost, headcount, leaver_share, error_rate)
        return operations, overtime, lost

    def _replacement_cost(self, turnover: Turnover, world: World, plan: Staffing) -> Path:
        """Return the cost of one leaver: (recruiting + training) W, and the ramp at the mean loaded cost."""
        once = world.monthly(turnover.recruiting) + world.monthly(turnover.training)
        loaded = (plan.labour + plan.overhead) / np.maximum(plan.headcount, 1e-300)  # nobody: no cost either
        return once * world.wages(self.country or "") + turnover.ramp_loss() * loaded


@dataclass(frozen=True, slots=True)
class _Need:
    """What one unit of work a month takes, and what the team takes whatever its work; money a month."""

    heads: Path = 0.0
    pay: Path = 0.0
    labour: Path = 0.0
    overhead: Path = 0.0
    fixed_heads: Path = 0.0
    fixed_pay: Path = 0.0
    fixed_labour: Path = 0.0
    fixed_overhead: Path = 0.0
    volume_heads: Path = 0.0
    volume_pay: Path = 0.0
    volume_labour: Path = 0.0

    @classmethod
    def of(cls, heads: Iterable[tuple[Role, Path, Path]], world: World) -> _Need:
        """Add up the roles, before wage and price indices."""
        need: dict[str, Path] = {field.name: 0.0 for field in fields(cls)}
        for role, per_unit, fixed in heads:
            salary = world.monthly(role.salary) / 12.0
            loaded = salary * (1.0 + role.oncost)
            overhead = world.monthly(role.overhead) / 12.0
            each = {"heads": 1.0, "pay": salary, "labour": loaded, "overhead": overhead}
            for name, amount in each.items():
                need[name] = need[name] + per_unit * amount
                need[f"fixed_{name}"] = need[f"fixed_{name}"] + fixed * amount
                if role.volume_per_fte is not None and name != "overhead":
                    need[f"volume_{name}"] = need[f"volume_{name}"] + per_unit * amount
        return cls(**need)


def _planned(forecast: FloatArray, staffing: str) -> FloatArray:
    """Return the volume that the plan staffs for, month by month."""
    if staffing == "follow":
        return forecast
    fold = np.mean if staffing == "level" else np.max
    years = year_of_month(len(forecast))
    levels = [np.asarray(fold(forecast[years == year], axis=0)) for year in range(years[-1] + 1)]
    return np.asarray(np.stack(levels)[years])
