"""Outage of systems, site or network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np

from bposim.events.arrivals import EventNoise, Events
from bposim.events.risk import EventRisk
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, NonNegative
from bposim.operations import Line, Operations
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


class Outage(EventRisk):
    """Service stops: Poisson events of random length, each hour at a cost."""

    kind: ClassVar[str] = "outage"

    per_year: NonNegative
    """Outages a year if this leg did all the work."""
    hours: EventSize
    """Length of one outage, drawn for each."""
    cost_per_hour: Amount
    """Loss from one hour without the whole service."""
    recovery_factor: NonNegative = 1.0
    """Multiplier of the hours through disaster recovery; 0.4 means back in 40 % of the time."""

    def hours_lost(self, operations: Operations, world: World, noise: EventNoise | None) -> Path:
        """Return the hours lost in each month, all of an outage's in the month in which it begins."""
        if noise is None:
            return self.expected(operations, world) * self.hours.mean * self.recovery_factor
        events = self.happening(operations, world, noise)
        return events.by_month(self._lengths(events), world.months, world.trials)

    def _lengths(self, events: Events) -> FloatArray:
        return np.asarray(self.hours.from_normal(events.size) * events.pick(self.recovery_factor))

    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the cost of the hours lost in the month of each outage."""
        each_hour = world.monthly(self.cost_per_hour)
        if noise is None:
            yield Line("outage", self.hours_lost(operations, world, noise) * each_hour)
            return
        events = self.happening(operations, world, noise)
        losses = self._lengths(events) * events.pick(each_hour)
        yield Line("outage", events.costing(losses, world.months, world.trials))

    @classmethod
    def example(cls) -> Self:
        """Return an outage every two years of about a working day."""
        return cls.model_validate(
            {
                "per_year": 0.5,
                "hours": {"lognormal": {"median": 6, "sigma": 1.1}},
                "cost_per_hour": 8_000,
            }
        )
