"""Multiplicative noise of mean 1 that remembers: the exponential of a stationary AR(1)."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from bposim.inputs.number import NonNegative
from bposim.part import Part, Real, complaint
from bposim.shapes import FloatArray, Path


def _persistence(value: float) -> float:
    if not 0.0 <= value < 1.0:
        raise complaint(
            "bp_range", f"{value:g} is outside 0 to 1; 0 forgets at once, 0.9 remembers for a year"
        )
    return value


Persistence = Annotated[Real, AfterValidator(_persistence)]
"""Autocorrelation φ of one period with the next, 0 <= φ < 1."""


class Noise(Part):
    """Monthly noise exp(x(t) - σ²/2); x(1) ~ N(0, σ²), x(t) = φ x(t-1) + σ √(1-φ²) z(t).

    The factor has mean 1 in every month, and x has lag-k autocorrelation φ^k.
    """

    volatility: NonNegative
    """Standard deviation σ of x, the log of the monthly factor."""
    persistence: Persistence = 0.0
    """φ, the correlation of one month's x with the month before."""

    def factor(self, draw: FloatArray | None) -> Path:
        """Return the factor ``(months, trials)`` for standard normal ``draw``; 1 without noise."""
        if draw is None:
            return 1.0
        noise = self.volatility * autoregression(draw, self.persistence)
        noise -= self.volatility**2 / 2.0
        return np.exp(noise, out=noise)


def autoregression(draw: FloatArray, persistence: float) -> FloatArray:
    """Return the stationary AR(1) of unit variance driven by ``draw``, along the first axis."""
    if persistence == 0.0:
        return draw
    innovation = np.sqrt(1.0 - persistence**2)
    x = np.empty_like(draw)
    x[0] = draw[0]
    np.multiply(draw[1:], innovation, out=x[1:])
    carried = np.empty_like(draw[0])
    for t in range(1, len(draw)):
        np.multiply(x[t - 1], persistence, out=carried)
        x[t] += carried
    return x
