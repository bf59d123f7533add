"""Loss of a strategic capability."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.events.risk import LossRisk
from bposim.events.severity import Loss
from bposim.inputs.number import EventSize
from bposim.world.world import World


class Strategic(LossRisk):
    """A small chance of a large loss: a capability that cannot be bought back, a market that is missed.

    Nobody has data on it, so no scenario has it unless its author says so.
    """

    kind: ClassVar[str] = "strategic"
    category: ClassVar[str] = "strategic"

    severity: EventSize
    """Loss from one such event, drawn for each, in base currency."""

    def loss(self, world: World) -> Loss:
        return Loss(self.severity, self.severity_factor)

    @classmethod
    def example(cls) -> Self:
        """Return one in a hundred years of about 5 million."""
        return cls.model_validate(
            {
                "per_year": 0.01,
                "severity": {"lognormal": {"median": 5e6, "sigma": 0.8}},
            }
        )
