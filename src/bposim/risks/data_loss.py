"""Loss of data."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.events.following import FollowingRisk
from bposim.events.risk import LossRisk
from bposim.events.severity import Loss
from bposim.inputs.number import EventSize
from bposim.world.world import World


class DataLoss(FollowingRisk, LossRisk):
    """Data are gone and must be restored or entered again: Poisson × cost; backups are a severity_factor.

    It comes at a rate of its own, and ``after`` outages of the leg.
    """

    kind: ClassVar[str] = "data_loss"
    category: ClassVar[str] = "data_loss"

    severity: EventSize
    """Cost of restoring after one loss, drawn for each, in base currency."""

    def loss(self, world: World) -> Loss:
        return Loss(self.severity, self.severity_factor)

    @classmethod
    def example(cls) -> Self:
        """Return one in twelve years; restoring from backups takes a third of the work."""
        return cls.model_validate(
            {
                "per_year": 0.08,
                "severity": {"lognormal": {"median": 90_000, "sigma": 1.2}},
                "severity_factor": 0.35,
            }
        )
