"""Damage to reputation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np

from bposim.events.arrivals import EventNoise
from bposim.events.following import FollowingRisk
from bposim.events.lag import lasting
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, Months, NonNegative, Share
from bposim.operations import Line, Operations
from bposim.world.world import World


class Reputation(FollowingRisk):
    """A scandal drives customers away for a while: churn × revenue / 12 × margin a month, for some months.

    It comes at a rate of its own, and ``after`` breaches or fines of the leg.  Business that is lost after a
    breach belongs here or into the severity of the breach, not into both.
    """

    kind: ClassVar[str] = "reputation"

    churn: EventSize
    """Part of the revenue that is lost while a scandal lasts, drawn for each."""
    revenue: Amount
    """Revenue a year that hangs on the reputation."""
    margin: Share
    """Contribution margin of that revenue."""
    lasts: Months
    """Months for which revenue is lost, from that of the event on; nothing counts beyond the horizon."""
    churn_factor: NonNegative = 1.0
    """Multiplier of the churn: what mitigation leaves of it."""

    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the lost margin in each month that a scandal lasts."""
        if noise is None:
            expected = self.expected(operations, world) * self.churn.mean
            begun = np.array(np.broadcast_to(expected, (world.months, np.shape(np.atleast_2d(expected))[1])))
        else:
            events = self.happening(operations, world, noise)
            begun = events.by_month(self.churn.from_normal(events.size), world.months, world.trials)
        lost = self.churn_factor * self.margin * world.monthly(self.revenue) / 12.0
        yield Line("reputation", lasting(begun, self.lasts) * lost)

    @classmethod
    def example(cls) -> Self:
        """Return a scandal in twenty years that costs 2 % of the revenue for nine months."""
        return cls.model_validate(
            {
                "per_year": 0.05,
                "churn": {"low": 0.002, "likely": 0.015, "high": 0.06},
                "revenue": 4e7,
                "margin": 0.35,
                "lasts": 9.5,
            }
        )
