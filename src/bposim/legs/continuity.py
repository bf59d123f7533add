"""Continuity: who does the work while a leg cannot, and what a vendor's failure leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bposim.inputs.number import Months, NonNegative, Share
from bposim.inputs.streams import uniform_open
from bposim.operations import Line
from bposim.part import Part
from bposim.shapes import FloatArray, Path, Vector
from bposim.world.world import World

IN_HOUSE = "in-house"
"""The fallback that needs no name: the legs of the baseline."""


class Continuity(Part):
    """Emergency service for work that its leg cannot do: country event, vendor failure, failed move."""

    covered: Share = 1.0
    """Part of the disrupted volume that is served all the same; the rest is lost at its margin."""
    emergency_premium: NonNegative = 1.5
    """Cost of an emergency unit as a multiple of the baseline's unit cost."""


class VendorFailure(Part):
    """The vendor fails or walks away at G + e, P(e > x months) = S(a + x) / S(a); G is its go-live.

    S(m) = (1 - h)^((m/12)^c) after m months of the relationship (Weibull), a of them before the horizon.  For
    ``recovery_months`` continuity applies, then the fallback does the work.  Getting it back costs the
    transition's one-offs × (1 + 1 - k), k the client's knowledge at that time (1 without ``dependence``).
    """

    per_year: Share
    """h, probability that a vendor fails within the first year; in each year, if the shape is 1."""
    shape: NonNegative = 1.0
    """c: 1 is a hazard that never changes; below 1 old relationships hold, above 1 they wear out."""
    age: Months = 0.0
    """a, months that the relationship had lasted at go-live, or in month 0 where the vendor works already."""
    recovery_months: Months = 0.0
    """Months from the failure until the fallback does the work."""
    fallback: str = IN_HOUSE
    """Who takes over: in-house (the baseline's legs), or an alternative, whose first leg then does."""

    def sample(self, rng: np.random.Generator, trials: int) -> FloatArray:
        """Return the uniform mark of each trial's failure, ``(trials,)``."""
        return uniform_open(rng, (trials,))

    def after(self, mark: FloatArray) -> FloatArray:
        """Return the months from go-live to the failure, infinite at a hazard of 0; a higher h is earlier."""
        with np.errstate(divide="ignore"):
            months = np.asarray(12.0 * np.log(mark) / np.log1p(-np.minimum(self.per_year, 0.999)))
        if self._ageless:
            return months
        before, shape = self.age / 12.0, np.maximum(self.shape, 0.01)
        return np.asarray(12.0 * ((before**shape + months / 12.0) ** (1.0 / shape) - before))

    def survival(self, months: Vector) -> Vector:
        """Return the probability that the vendor still works so many months after go-live."""
        years, kept = np.maximum(0.0, months) / 12.0, 1.0 - np.minimum(self.per_year, 0.999)
        if self._ageless:
            return kept**years
        before, shape = self.age / 12.0, np.maximum(self.shape, 0.01)
        return kept ** ((before + years) ** shape - before**shape)

    @property
    def _ageless(self) -> bool:
        """Whether the hazard is constant, so that the past does not matter."""
        return isinstance(self.shape, float) and self.shape == 1.0


def interruption(
    terms: Continuity | None, world: World, share: Path, unit_cost: Callable[[], Path]
) -> Iterator[Line]:
    """Yield what it costs that ``share`` of the volume is not done by its leg.

    Emergency service: covered · premium · baseline unit cost · share · V; the rest is lost at its margin.
    """
    volume = share * world.volume
    lost = volume
    if terms is not None:
        yield Line("continuity", terms.covered * terms.emergency_premium * unit_cost() * volume)
        lost = (1.0 - terms.covered) * volume
    if world.margin is not None:
        yield Line("lost_work", world.monthly(world.margin) * lost)
