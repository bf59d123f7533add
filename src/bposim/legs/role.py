"""Roles: kinds of job, how many FTE each takes, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from pydantic import model_validator

from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative
from bposim.legs.cover import Cover
from bposim.part import Part, complaint
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


class Role(Part):
    """A kind of job, sized by volume, by span of control, or fixed; ``cover`` sets a least size."""

    volume_per_fte: NonNegative | None = None
    """Units that one FTE handles in a month."""
    one_per: NonNegative | None = None
    """Span: one FTE of this role for so many of the role named in ``of``."""
    of: str | None = None
    """The role that ``one_per`` counts."""
    fixed: NonNegative | None = None
    """FTE whatever the volume."""
    cover: Cover | None = None
    """Least staffing for service round the clock; it can size a role alone."""
    salary: Amount
    """Pay per FTE and year, today."""
    oncost: NonNegative = 0.0
    """Employer's taxes and benefits as a part of pay."""
    overhead: Amount | None = None
    """Space, systems and support per FTE and year, today."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        given = sum(size is not None for size in (self.volume_per_fte, self.one_per, self.fixed))
        alone = given == 0 and self.cover is not None
        if (given != 1 and not alone) or (self.one_per is not None) != (self.of is not None):
            raise complaint("bp_role", "size a role by one of volume_per_fte, one_per with of, or fixed")
        return self

    def own_heads(self) -> tuple[Path, Path]:
        """Return the FTE for one unit a month and the FTE whatever the volume, spans and cover apart."""
        if self.volume_per_fte is not None:
            return 1.0 / self.volume_per_fte, 0.0
        return 0.0, self.fixed if self.fixed is not None else 0.0

    def salary_in_base(self, world: World) -> Path:
        """Return a month's pay of one FTE before wage inflation, shift premium included."""
        monthly = world.monthly(self.salary) / 12.0
        return monthly if self.cover is None else monthly * (1.0 + self.cover.shift_premium)


@dataclass(frozen=True, slots=True)
class SizedRole:
    """A role and what it takes: max(least, max(least counted, heads of the counted role) / span)."""

    role: Role
    per_unit: Path
    """FTE for a unit a month in year 0, without cover."""
    fixed: Path
    """FTE whatever the volume, without cover."""
    alone: bool
    """Whether it is planned by itself: cover can bind here or in the role that is counted, or it has another
    size from some month on."""
    span: Path
    least: Path
    least_counted: Path

    def heads(self, units: FloatArray) -> Path:
        """Return the FTE for so many units a month at the productivity of year 0."""
        counted = self.least_counted / self.span
        return np.maximum(self.least, np.maximum(counted, units * self.per_unit + self.fixed))


def sized(roles: dict[str, Role]) -> list[SizedRole]:
    """Return the roles with their sizes, in the order of their names."""
    found = []
    for name, role in sorted(roles.items()):
        counted = roles[role.of or name]
        per_unit, fixed = counted.own_heads()
        span = 1.0 if role.one_per is None else role.one_per
        resized = max(map(np.ndim, (per_unit, fixed, span))) > 1
        found.append(
            SizedRole(
                role=role,
                per_unit=per_unit / span,
                fixed=fixed / span,
                alone=role.cover is not None or counted.cover is not None or resized,
                span=span,
                least=role.cover.least if role.cover else 0.0,
                least_counted=counted.cover.least if counted.cover else 0.0,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Need:
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
    def of(cls, roles: Iterable[SizedRole], world: World) -> Need:
        """Add up the roles, before wage and price indices; of those planned alone the volume parts."""
        need: dict[str, Path] = {field.name: 0.0 for field in fields(cls)}
        for size in roles:
            for name, amount in cost_of_one(size.role, world).items():
                if not size.alone:
                    need[name] = need[name] + size.per_unit * amount
                    need[f"fixed_{name}"] = need[f"fixed_{name}"] + size.fixed * amount
                if size.role.volume_per_fte is not None and name != "overhead":
                    need[f"volume_{name}"] = need[f"volume_{name}"] + size.per_unit * amount
        return cls(**need)


def cost_of_one(role: Role, world: World) -> dict[str, Path]:
    """Return what one FTE of the role is and costs in a month, before wage and price indices."""
    salary = role.salary_in_base(world)
    return {
        "heads": 1.0,
        "pay": salary,
        "labour": salary * (1.0 + role.oncost),
        "overhead": world.monthly(role.overhead) / 12.0,
    }
