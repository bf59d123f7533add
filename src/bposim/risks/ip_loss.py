"""Loss of intellectual property."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.events.severity import Loss
from bposim.events.staff import StaffRisk
from bposim.inputs.number import EventSize
from bposim.world.world import World


class IpLoss(StaffRisk):
    """Designs, code or methods leave with people: Poisson × the margin that is lost through it.

    Set it where such property is exposed at all; damages paid by the vendor are its recovery.
    """

    kind: ClassVar[str] = "ip_loss"
    category: ClassVar[str] = "ip_loss"

    severity: EventSize
    """Present value of the margin lost through one event, drawn for each, in base currency."""

    def loss(self, world: World) -> Loss:
        return Loss(self.severity, self.severity_factor)

    @classmethod
    def example(cls) -> Self:
        """Return one in fifty years worth about a million."""
        return cls.model_validate(
            {
                "per_year": 0.02,
                "severity": {"lognormal": {"median": 800_000, "sigma": 1.0}},
                "recovery": {"probability": 0.1, "liability_cap": 12},
            }
        )
