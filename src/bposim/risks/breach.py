"""Data breach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from bposim.events.arrivals import EventNoise, arrivals
from bposim.events.loss_sharing import Insurance, Recovery, expected_net_loss, net_losses
from bposim.events.risk import Risk
from bposim.inputs.number import EventSize, NonNegative
from bposim.operations import Line, Operations
from bposim.world.world import World


class Breach(Risk):
    """Data leaks: N ~ Poisson(λ · exposure / 12) a month, each with a random loss.

    A vendor may pay back up to its liability cap; an insurance layer takes its part of what remains.
    """

    kind: ClassVar[str] = "breach"

    per_year: NonNegative
    """Breaches a year, λ, if this leg did all the work."""
    severity: EventSize
    """Loss from one breach, drawn for each, in base currency."""
    recovery: Recovery | None = None
    """What the vendor pays back."""
    insurance: Insurance | None = None
    """What the insurer pays."""

    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the net losses in the month of each breach."""
        if noise is None:
            each = expected_net_loss(self, self.severity, operations.fees)
            yield Line("data_breach", self.per_year / 12.0 * operations.exposure * each)
            return
        events = arrivals(noise, self.per_year, operations.exposure, world.months)
        gross = self.severity.from_normal(events.size)
        losses = net_losses(self, gross, events, operations.fees, world)
        yield Line("data_breach", events.by_month(losses, world.months, world.trials))

    @classmethod
    def example(cls) -> Self:
        """Return a breach every ten years of 4.4 million on average, insured from half a million up."""
        return cls.model_validate(
            {
                "per_year": 0.098,
                "severity": {"lognormal": {"mean": 4.44e6, "sigma": 1.2}},
                "recovery": {"probability": 0.5, "liability_cap": 12.0},
                "insurance": {"retention": 5e5, "limit": 1e7},
            }
        )
