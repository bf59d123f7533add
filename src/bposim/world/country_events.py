"""Events that strike a country and everybody who works there: disaster, unrest, blackout, epidemic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import numpy as np

from bposim.inputs.number import EventSize, Within
from bposim.shapes import FloatArray, Path
from bposim.world.spells import SpellNoise, Spells

if TYPE_CHECKING:
    from bposim.inputs.distribution import Distribution

    EventShare: TypeAlias = Distribution
else:
    EventShare = Annotated[EventSize, Within(0.0, 1.0)]


class CountryEvents(Spells):
    """Each event takes a part of the country's capacity as long as it lasts.

    Lost in month t: 1 - Π (1 - loss · o(t)), o(t) the part of the month that an event covers; of two at once
    each takes its part of what the other leaves.
    """

    capacity_loss: EventShare
    """Part of the capacity that one event takes, 0 to 1; drawn for each."""

    def change(self, size: FloatArray) -> FloatArray:
        """Return minus the capacity lost."""
        return -self.capacity_loss.from_normal(size)

    @property
    def mean_change(self) -> float:
        """Minus the expected capacity lost."""
        return -self.capacity_loss.mean

    def disruption(self, noise: SpellNoise | None, months: int) -> Path:
        """Return the part of the capacity lost in months 1..T, 0 to 1; without noise, its expectation."""
        lost: FloatArray = np.subtract(1.0, self.multiplier(noise, months))
        return lost
