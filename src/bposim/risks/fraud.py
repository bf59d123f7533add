"""Insider fraud and misuse of access."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.events.severity import Loss
from bposim.events.staff import StaffRisk
from bposim.inputs.number import EventSize
from bposim.world.world import World


class Fraud(StaffRisk):
    """Insiders steal or misuse access: Poisson × loss, at a rate that follows heads and leavers.

    Fraud that leaks data belongs here or under breach, not under both.
    """

    kind: ClassVar[str] = "fraud"
    category: ClassVar[str] = "fraud"

    severity: EventSize
    """Loss from one fraud, drawn for each, in base currency."""

    def loss(self, world: World) -> Loss:
        return Loss(self.severity, self.severity_factor)

    @classmethod
    def example(cls) -> Self:
        """Return one in ten years among 100 people, most of it found before it grows."""
        return cls.model_validate(
            {
                "per_year": 0.1,
                "reference_headcount": 100,
                "turnover_sensitivity": 5,
                "severity": {"lognormal": {"median": 60_000, "sigma": 1.6, "max": 1e7}},
                "insurance": {"retention": 5e4, "limit": 1e6},
            }
        )
