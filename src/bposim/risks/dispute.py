"""Contract disputes."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.events.risk import LossRisk
from bposim.events.severity import Loss
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, NonNegative
from bposim.shapes import Path
from bposim.world.world import World


class Dispute(LossRisk):
    """Client and vendor quarrel over terms: Poisson × (legal cost + management time)."""

    kind: ClassVar[str] = "dispute"
    category: ClassVar[str] = "dispute"
    one_sided: ClassVar[bool] = True

    severity: EventSize
    """Lawyers, experts and settlement of one dispute, drawn for each, in base currency."""
    management_hours: NonNegative = 0.0
    """Hours of one's own management that a dispute takes; severity_factor does not touch them."""
    cost_per_hour: Amount | None = None
    """Cost of such an hour."""

    def loss(self, world: World) -> Loss:
        return Loss(self.severity, self.severity_factor)

    def unshared(self, world: World) -> Path:
        return self.management_hours * world.monthly(self.cost_per_hour)

    @classmethod
    def example(cls) -> Self:
        """Return one in five years that takes lawyers and two months of a manager."""
        return cls.model_validate(
            {
                "per_year": 0.2,
                "severity": {"lognormal": {"median": 120_000, "sigma": 1.1, "max": 3e6}},
                "management_hours": 300,
                "cost_per_hour": 120,
            }
        )
