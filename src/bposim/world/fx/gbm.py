"""Geometric Brownian motion."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.discounting import months_column, running_sum
from bposim.inputs.number import NonNegative
from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel


class Gbm(FxModel):
    """Lognormal random walk S(t) = S0 exp((μ - σ²/2) t/12 + σ √(1/12) Σz), stepped by month.

    Parameters are per year.  E[S(t)] = S0 exp(μ t/12), Var(log S(t)) = σ² t/12.  Hull, ch. 14.
    """

    kind: ClassVar[str] = "gbm"

    volatility: NonNegative
    """Standard deviation σ of a year's log change."""

    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T."""
        if normal is None:
            return self.growing(months)
        walk = running_sum(normal)
        walk *= self.volatility * np.sqrt(1.0 / 12.0)
        walk += (self.log_drift - self.volatility**2 / 2.0) * (months_column(months) / 12.0)
        np.exp(walk, out=walk)
        walk *= self.spot
        return walk

    @classmethod
    def example(cls) -> Self:
        """Return the Philippine peso in dollars."""
        return cls(spot=0.0172, volatility=0.055)
