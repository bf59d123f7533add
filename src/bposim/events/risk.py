"""What every risk gives; risks that are events, and events that cost money."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np

from bposim.discounting import growth_path
from bposim.events.arrivals import Clustering, EventNoise, Events, arrivals
from bposim.events.loss_sharing import Insurance, Recovery, expected_net_loss, net_losses
from bposim.events.severity import Loss
from bposim.inputs.draws import Draws
from bposim.inputs.number import NonNegative, Number, Share
from bposim.operations import Line, Operations
from bposim.part import Part
from bposim.shapes import Path
from bposim.world.world import World


class Risk(Part, ABC):
    """A reason why a leg's cash flows depart from plan; it reads operations and adds lines."""

    kind: ClassVar[str]
    one_sided: ClassVar[bool] = False
    """Whether it makes sense on one side of the comparison alone."""

    def sample(self, rng: np.random.Generator, trials: int) -> EventNoise:
        """Return the random numbers of this risk: the only use of randomness."""
        return EventNoise(rng, trials)

    def noise(self, draws: Draws, stream: str) -> EventNoise | None:
        """Return the random numbers of this risk on the leg whose events are drawn under ``stream``."""
        return draws.take(f"{stream}.{self.kind}", self.sample)

    @abstractmethod
    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the cash flows of this risk; without noise, their expectation."""

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""


class CommonShock(Part):
    """A part of a risk's events that hits every leg that names the same shock; no rate changes by it."""

    share: Share
    """Part ρ of this leg's events that are shared."""
    of: str
    """What strikes: a country such as PH, or a vendor. Legs that name the same are hit together."""


class EventRisk(Risk):
    """Events at the rate λ(t) · exposure(t) · G a year, G a gamma factor of mean 1 of the trial."""

    per_year: NonNegative
    """Events a year, λ, if this leg did all the work."""
    overdispersion: NonNegative = 0.0
    """Variance of G: how much more the number of events varies than a Poisson's; 0 is Poisson."""
    trend: Number = 0.0
    """Growth of the rate a year, from month 1: 10% for a threat on the rise."""
    common_shock: CommonShock | None = None
    """Events that hit other legs at the same time."""

    def noise(self, draws: Draws, stream: str) -> EventNoise | None:
        own = super().noise(draws, stream)
        if own is None or self.common_shock is None:
            return own
        return own.beside(draws.take(f"shock.{self.common_shock.of}.{self.kind}", self.sample))

    def annual_rate(self, operations: Operations, world: World) -> Path:
        """Return λ(t), events a year at full exposure."""
        if isinstance(self.trend, float) and self.trend == 0.0:
            return self.per_year
        return self.per_year * growth_path(self.trend, world.months)

    def exposure(self, operations: Operations) -> Path:
        """Return the factor on the rate that follows the work."""
        return operations.exposure

    def expected(self, operations: Operations, world: World) -> Path:
        """Return the expected number of events in each month."""
        return self.annual_rate(operations, world) / 12.0 * self.exposure(operations)

    def happening(self, operations: Operations, world: World, noise: EventNoise) -> Events:
        """Return the events of every trial."""
        return arrivals(
            noise,
            self.annual_rate(operations, world),
            self.exposure(operations),
            world.months,
            Clustering(self.overdispersion, self.common_shock.share if self.common_shock else 0.0),
        )


class LossRisk(EventRisk):
    """Events that cost money; the vendor pays first, then the insurer."""

    category: ClassVar[str]

    severity_factor: NonNegative = 1.0
    """Multiplier of every loss: what mitigation leaves of it."""
    recovery: Recovery | None = None
    """What the vendor pays back."""
    insurance: Insurance | None = None
    """What the insurer pays."""

    @abstractmethod
    def loss(self, world: World) -> Loss:
        """Return what one event costs before anyone shares it."""

    def unshared(self, world: World) -> Path:
        """Return what each event costs besides, which nobody shares."""
        return 0.0

    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the net losses in the month of each event."""
        loss, unshared = self.loss(world), self.unshared(world)
        if noise is None:
            each = expected_net_loss(self, loss, operations.fees) + unshared
            yield Line(self.category, self.expected(operations, world) * each)
            return
        events = self.happening(operations, world, noise)
        losses = net_losses(self, loss.drawn(events), events, operations.fees, world)
        losses = losses + events.pick(unshared)
        yield Line(self.category, events.costing(losses, world.months, world.trials))
