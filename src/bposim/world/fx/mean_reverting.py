"""An Ornstein-Uhlenbeck process on the log of the rate."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.discounting import months_column
from bposim.inputs.number import NonNegative
from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel, Rate, Years


class MeanReverting(FxModel):
    """log S reverts to log(level) with a half-life: an exactly discretised Ornstein-Uhlenbeck process.

    κ = ln 2 / half-life, x(t) = x(t-1) e^{-κ/12} + sd z(t) with sd² = σ² (1 - e^{-κ/6}) / (2κ), and
    S(t) = exp(m(t) + x(t) - Var x(t)/2), m(t) = log level + (log S0 - log level) e^{-κ t/12} + μ t/12.  The
    last term of S keeps E[S(t)] = e^{m(t)}, so at level = spot and no drift the expected rate is today's.
    With a drift the level that the rate reverts to moves by it.
    """

    kind: ClassVar[str] = "mean_reverting"

    volatility: NonNegative
    """Instantaneous standard deviation σ of log S a year."""
    half_life: Years
    """Years until half of a deviation is gone."""
    level: Rate | None = None
    """Long-run rate in today's terms; today's spot if left out."""

    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T."""
        speed = np.log(2.0) / self.half_life
        level = np.log(self.level or self.spot)
        t = months_column(months)
        mean = level + (np.log(self.spot) - level) * np.exp(-speed * t / 12.0) + self.log_drift * t / 12.0
        if normal is None:
            return np.asarray(np.exp(mean))
        decay = np.exp(-speed / 12.0)
        scale = np.sqrt((1.0 - decay**2) / (2.0 * speed))
        x: FloatArray = normal * (self.volatility * scale)
        carried = np.empty_like(x[0])
        for month in range(1, months):
            np.multiply(x[month - 1], decay, out=carried)
            x[month] += carried
        variance = self.volatility**2 * (1.0 - np.exp(-2.0 * speed * t / 12.0)) / (2.0 * speed)
        x += mean - variance / 2.0
        np.exp(x, out=x)
        return x

    @classmethod
    def example(cls) -> Self:
        """Return the zloty in dollars."""
        return cls(spot=0.27, volatility=0.11, half_life=1.5)
