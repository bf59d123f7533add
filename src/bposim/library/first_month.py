"""A scenario at the means of its inputs, in its first month: people and money before anything moves.

For checks of magnitude, without the engine: no season, no growth, no transition, no events.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bposim.cash import pinned
from bposim.legs.price_model import Billable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.money import Money
    from bposim.legs.role import Role
    from bposim.legs.team import Team
    from bposim.legs.vendor import Vendor
    from bposim.scenario import Leg, Scenario


class Body(NamedTuple):
    """A leg and the way to its team or vendor."""

    leg: Leg
    keys: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FirstMonth:
    """A scenario at the means of its inputs, in the first month, in base currency."""

    scenario: Scenario
    """With every input at its mean."""
    volume: float
    """Units a month."""
    rates: dict[str, float]
    """Base currency for one unit of each currency."""

    @classmethod
    def of(cls, scenario: Scenario) -> FirstMonth:
        """Return the first month of a scenario."""
        means = pinned(scenario)
        rates = {code: at_mean(model.spot) for code, model in means.world.fx.items()}
        rates[scenario.base_currency] = 1.0
        return cls(means, at_mean(means.world.volume.per_month), rates)

    @property
    def baseline(self) -> str:
        """Name of the alternative that the others are compared with."""
        return self.scenario.baseline

    def bodies(self, name: str) -> Iterator[Body]:
        """Yield the legs of an alternative."""
        for number, leg in enumerate(self.scenario.alternatives[name].legs):
            kind = "team" if leg.team else "vendor"
            yield Body(leg, ("alternatives", name, "legs", number, kind))

    def worth(self, money: Money | None) -> float:
        """Return an amount in base currency."""
        return 0.0 if money is None else at_mean(money.amount) * self.rates[self.code(money.currency)]

    def code(self, currency: str | None) -> str:
        """Return the currency, which is the base currency where none is named."""
        return currency or self.scenario.base_currency

    def heads(self, team: Team) -> dict[str, float]:
        """Return the FTE of each role for all of the work."""
        units = self.volume * (1.0 + at_mean(team.buffer))
        found = {name: self._own_heads(role, units) for name, role in team.roles.items()}
        return {
            name: found[role.of] / at_mean(role.one_per) if role.of and role.one_per is not None else own
            for (name, role), own in zip(team.roles.items(), found.values(), strict=True)
        }

    @staticmethod
    def _own_heads(role: Role, units: float) -> float:
        own = units / at_mean(role.volume_per_fte) if role.volume_per_fte is not None else 0.0
        least = at_mean(role.cover.least) if role.cover else 0.0
        return max(own, least, 0.0 if role.fixed is None else at_mean(role.fixed))

    def people(self, name: str) -> float:
        """Return the FTE of an alternative's own teams."""
        return sum(
            at_mean(leg.share) * sum(self.heads(leg.team).values())
            for leg, _ in self.bodies(name)
            if leg.team
        )

    def followers(self, name: str) -> float:
        """Return the FTE among them whose number follows the volume."""
        return sum(at_mean(leg.share) * self._following(leg.team) for leg, _ in self.bodies(name) if leg.team)

    def _following(self, team: Team) -> float:
        roles = team.roles
        return sum(
            count
            for job, count in self.heads(team).items()
            if roles[roles[job].of or job].volume_per_fte is not None
        )

    def output(self, leg: Leg) -> float:
        """Return the units that one who follows the volume does in a month; not a number if not known."""
        if leg.team:
            return self.volume / (self._following(leg.team) or math.nan)
        return (
            math.nan
            if not leg.vendor or leg.vendor.productivity is None
            else at_mean(leg.vendor.productivity)
        )

    def cost(self, leg: Leg) -> float:
        """Return what a month of all of the work costs with this team or vendor."""
        return self.team_cost(leg.team) if leg.team else self.fee(leg.vendor)

    def team_cost(self, team: Team) -> float:
        """Return the pay, on-cost and overhead of a month of all of the work."""
        heads = self.heads(team)
        return (
            sum(
                heads[name]
                * (self.worth(role.salary) * (1.0 + at_mean(role.oncost)) + self.worth(role.overhead))
                for name, role in team.roles.items()
            )
            / 12.0
        )

    def fee(self, vendor: Vendor | None) -> float:
        """Return a month's fee for all of the work; not a number where its people are not known."""
        if vendor is None:
            return math.nan
        effort = math.nan if vendor.productivity is None else self.volume / at_mean(vendor.productivity)
        billable = Billable(volume=self.volume, forecast=self.volume, effort=effort, live=1.0)
        return at_mean(vendor.price.fee(billable)) * self.rates[self.code(vendor.price.currency)]

    @property
    def today(self) -> float:
        """What a month of the work costs with the baseline, in the first month."""
        return sum(at_mean(leg.share) * self.cost(leg) for leg, _ in self.bodies(self.baseline))


def at_mean(value: Any) -> float:  # noqa: ANN401 - a number of a scenario at its means
    """Return a number of a pinned scenario; one that has a step from some month on at its mean."""
    return float(np.mean(np.asarray(value, dtype=np.float64)))
