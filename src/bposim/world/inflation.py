"""Wage and price indices by country, moving once a year."""

from __future__ import annotations

import numpy as np

from bposim.discounting import year_of_month
from bposim.inputs.number import NonNegative, Number
from bposim.part import Part
from bposim.shapes import FloatArray
from bposim.world.noise import Persistence, autoregression


class Inflation(Part):
    """An index W(t) = Π_{k=1..y(t)} (1 + i + ε_k), ε_k ~ N(0, s²): 1 through the first year.

    ε may be an AR(1) with coefficient ``persistence``; its stationary standard deviation is s.
    """

    inflation: Number = 0.0
    """Mean rise a year, i."""
    review_noise: NonNegative = 0.0
    """Standard deviation s of one year's rise around the mean."""
    persistence: Persistence = 0.0
    """Correlation of one year's deviation with the year before."""

    def by_year(self, draw: FloatArray | None, years: int) -> FloatArray:
        """Return the index for years 0..years-1, ``(years, trials or 1)``; ``draw`` is ``(years, trials)``.

        Row k of ``draw`` belongs to the review that opens year k; row 0 is not used.
        """
        rise = (
            np.broadcast_to(np.asarray(1.0 + self.inflation), (years, np.size(self.inflation)))
            if draw is None
            else 1.0 + self.inflation + self.review_noise * autoregression(draw, self.persistence)
        )
        index = np.ones_like(rise)
        np.cumprod(rise[1:], axis=0, out=index[1:])
        return index


def by_month(index: FloatArray, months: int) -> FloatArray:
    """Spread a yearly index ``(years, …)`` over months 1..T."""
    spread: FloatArray = index[year_of_month(months)]
    return spread
