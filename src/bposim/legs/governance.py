"""Managing a contract: retained staff, audits, travel and tools."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Share
from bposim.part import Part, complaint
from bposim.shapes import Path, product
from bposim.world.world import World


class Governance(Part):
    """The retained organisation from month 1, and a part of the fees."""

    fee_share: Share = 0.0
    """Cost of managing the contract as a part of its fees."""
    retained_fte: NonNegative = 0.0
    """People kept to steer the vendor."""
    cost_per_fte: Amount | None = None
    """Fully loaded cost of one of them a year, today."""
    country: str | None = None
    """Whose wages and prices the retained people and bought services follow."""
    audits: Amount | None = None
    """Audits and certificates a year."""
    travel: Amount | None = None
    """Travel a year."""
    tools: Amount | None = None
    """Monitoring and collaboration tools a year."""

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.cost_per_fte is None and not (
            isinstance(self.retained_fte, float) and self.retained_fte == 0.0
        ):
            raise complaint("bp_governance", "retained_fte has no cost; add cost_per_fte")
        return self

    def cost(self, world: World, fees: Path, share: Path) -> Path:
        """Return the cost of each month; fixed amounts at the leg's share of the work."""
        fixed = world.remember(f"governance {id(self)}", lambda: self._fixed(world))
        return product(share, fixed) + product(self.fee_share, fees)

    def _fixed(self, world: World) -> Path:
        """Return the cost of retained people and bought services, whatever the fees."""
        people = world.at_wages(
            self.country, product(self.retained_fte, world.monthly(self.cost_per_fte)) / 12.0
        )
        each = world.monthly(self.audits) + world.monthly(self.travel) + world.monthly(self.tools)
        return people + world.at_prices(self.country, each / 12.0)
