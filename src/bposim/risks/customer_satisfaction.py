"""Satisfied and dissatisfied customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np

from bposim.events.arrivals import EventNoise
from bposim.events.lag import lagged
from bposim.events.risk import Risk
from bposim.inputs.money import Amount
from bposim.inputs.number import Months, NonNegative, Number, Share
from bposim.operations import Line, Operations
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


def _served(volume: Path, whole: FloatArray) -> FloatArray:
    """Return the part of the whole volume that is served, ``(months, trials or 1)``; 0 of nothing."""
    shape = np.broadcast_shapes(np.shape(volume), whole.shape)
    return np.divide(volume, whole, out=np.zeros(shape), where=whole > 0)


class CustomerSatisfaction(Risk):
    """Customers who talk to this leg are more or less satisfied than today, and stay or leave later.

    Cost of month t = -Δ(t - lag) · s(t - lag) · churn per point · revenue / 12 · margin, s the part of the
    volume that the leg serves and Δ = points - error effect · 100 (e - e today).  It is two-sided: better
    service is a negative cost.  For work that no customer sees, leave it out.
    """

    kind: ClassVar[str] = "customer_satisfaction"
    one_sided: ClassVar[bool] = True

    points: Number = 0.0
    """Change of satisfaction against today, in points of the scale; negative is worse."""
    error_effect: NonNegative = 0.0
    """Points lost with one percentage point of error rate above today's, and won below."""
    errors_today: Share = 0.0
    """Error rate of today, where nothing is lost or won."""
    churn_per_point: NonNegative
    """Part of the revenue that goes with one point."""
    revenue: Amount
    """Revenue a year of the customers served, if this leg did all the work."""
    margin: Share
    """Contribution margin of that revenue."""
    lag: Months = 0.0
    """Months until customers have left, or stayed."""

    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the margin lost with customers who leave; a gain is negative."""
        above = 100.0 * (operations.error_rate - self.errors_today)
        lost = (self.error_effect * above - self.points) * _served(operations.volume, world.volume)
        worth = self.churn_per_point * self.margin * world.monthly(self.revenue) / 12.0
        yield Line("customer_satisfaction", lagged(lost, self.lag) * worth)

    @classmethod
    def example(cls) -> Self:
        """Return two points less, one more for each percentage point of errors, felt four months later."""
        return cls.model_validate(
            {
                "points": -2,
                "error_effect": 1,
                "errors_today": 0.02,
                "churn_per_point": 0.003,
                "revenue": 2e7,
                "margin": 0.4,
                "lag": 4.5,
            }
        )
