"""Merton's jump diffusion: a lognormal random walk that is broken by sudden moves."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from scipy.special import ndtri

from bposim.discounting import months_column, running_sum
from bposim.inputs.number import NonNegative, Number
from bposim.inputs.poisson import poisson_quantile
from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel


class JumpDiffusion(FxModel):
    """S(t) = S0 exp((μ - σ²/2 - λk) t/12 + σ √(1/12) Σz + Σ Y), compensated so that E[S(t)] = S0 exp(μ t/12).

    Jumps arrive at the Poisson rate λ a year; each adds Y ~ N(m, s²) to the log, and k = E[e^Y] - 1 =
    exp(m + s²/2) - 1.  The n jumps of one month add up to N(nm, ns²), which one mark draws.  Cumulants of
    log S a year: μ - σ²/2 - λk + λm, σ² + λ(m² + s²), λ(m³ + 3ms²), λ(m⁴ + 6m²s² + 3s⁴).  Merton, Option
    pricing when underlying stock returns are discontinuous, Journal of Financial Economics 3 (1976).
    """

    kind: ClassVar[str] = "jump_diffusion"
    marks: ClassVar[int] = 2

    volatility: NonNegative
    """Standard deviation σ of a year's log change, jumps aside."""
    jumps_per_year: NonNegative
    """Expected number λ of jumps a year."""
    jump_mean: Number = 0.0
    """Mean m of one jump of the log; -10 % is a fall by about a tenth."""
    jump_sd: NonNegative = 0.0
    """Standard deviation s of one jump of the log."""

    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T; of a month's marks, the first counts the jumps, the second sizes them."""
        if normal is None or marks is None:
            return self.growing(months)
        step = normal * (self.volatility * np.sqrt(1.0 / 12.0))
        count = poisson_quantile(marks[:, 0], self.jumps_per_year / 12.0)
        hit = np.nonzero(count)  # few cells: only they pay for a normal quantile
        jumps, size = count[hit], ndtri(marks[:, 1][hit])
        mean, sd = (np.broadcast_to(value, count.shape)[hit] for value in (self.jump_mean, self.jump_sd))
        step[hit] += mean * jumps + sd * np.sqrt(jumps) * size
        walk = running_sum(step, out=step)
        compensator = self.jumps_per_year * np.expm1(self.jump_mean + self.jump_sd**2 / 2.0)
        trend = self.log_drift - self.volatility**2 / 2.0 - compensator
        walk += trend * months_column(months) / 12.0
        np.exp(walk, out=walk)
        walk *= self.spot
        return walk

    @classmethod
    def example(cls) -> Self:
        """Return the Mexican peso in dollars, which falls by a tenth every three years or so."""
        return cls(spot=0.053, volatility=0.105, jumps_per_year=0.3, jump_mean=-0.10, jump_sd=0.05)
