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
    """The vendor fails or walks away at G + e, P(e > x months) = (1 - h)^(x/12); G is its go-live.

    For ``recovery_months`` continuity applies, then the fallback does the work.  Getting it back costs the
    transition's one-offs × (1 + 1 - k), k the client's knowledge at that time (1 without ``dependence``).
    """

    per_year: Share
    """h, probability that a working vendor fails within a year."""
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
            return np.asarray(12.0 * np.log(mark) / np.log1p(-np.minimum(self.per_year, 0.999)))

    def survival(self, months: Vector) -> Vector:
        """Return the probability that the vendor still works so many months after go-live."""
        return (1.0 - np.minimum(self.per_year, 0.999)) ** (np.maximum(0.0, months) / 12.0)


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
