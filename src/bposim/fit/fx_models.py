"""Exchange-rate models of monthly log changes r, fitted by maximum likelihood.

All likelihoods are of the same n changes, the first rate given, so that they compare.  Years count 12 months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.likelihood import minimum

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

MOST_JUMPS = 8
"""Jumps in one month that the likelihood reckons with."""

_LOG_2PI = math.log(2.0 * math.pi)


def normal_log_likelihood(squares: float, count: int) -> float:
    """Return the largest log-likelihood of normal residuals with this sum of squares."""
    return -0.5 * count * (math.log(2.0 * math.pi * squares / count) + 1.0)


@dataclass(frozen=True, slots=True)
class RandomWalk:
    """r ~ N(m, σ²/12): geometric Brownian motion."""

    mean: float
    """Of a month's log change."""
    volatility: float
    """σ a year; of the variance with n - 1."""
    kurtosis: float
    count: int
    log_likelihood: float

    @classmethod
    def of(cls, changes: FloatArray) -> RandomWalk:
        """Fit to changes ``(n,)``."""
        mean = float(changes.mean())
        away = changes - mean
        squares = float(away @ away)
        n = changes.size
        kurtosis = float(np.mean(away**4)) / (squares / n) ** 2
        return cls(mean, math.sqrt(12.0 * squares / (n - 1)), kurtosis, n, normal_log_likelihood(squares, n))

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of σ, wider where changes have fat tails: Var ln s = (κ - 1) / 4n."""
        error = math.sqrt((max(self.kurtosis, 3.0) - 1.0) / (4.0 * self.count))
        return self.volatility * math.exp(-1.96 * error), self.volatility * math.exp(1.96 * error)

    @property
    def drift(self) -> tuple[float, float]:
        """Return μ = 12 m + σ²/2, the growth of the expected rate, and its standard error σ / √years."""
        years = self.count / 12.0
        return 12.0 * self.mean + self.volatility**2 / 2.0, self.volatility / math.sqrt(years)


@dataclass(frozen=True, slots=True)
class Reversion:
    """x(t+1) = a + b x(t) + e of the log rate x: a discretely observed Ornstein-Uhlenbeck process."""

    slope: float
    """b, corrected for the bias of short series, b + (1 + 3b) / n (Kendall 1954)."""
    raw_slope: float
    centre: float
    """Mean of the log rate."""
    residual_sd: float
    log_likelihood: float
    residuals: FloatArray

    @classmethod
    def of(cls, logs: FloatArray) -> Reversion:
        """Fit to log rates ``(n + 1,)``."""
        before, after = logs[:-1], logs[1:]
        n = before.size
        away = before - before.mean()
        raw = float(away @ (after - after.mean())) / float(away @ away)
        constant = float(after.mean()) - raw * float(before.mean())
        residuals: FloatArray = after - constant - raw * before
        squares = float(residuals @ residuals)
        centre = constant / (1.0 - raw) if raw < 1.0 else float(logs.mean())
        return cls(
            raw + (1.0 + 3.0 * raw) / n,
            raw,
            centre,
            math.sqrt(squares / (n - 2)),
            normal_log_likelihood(squares, n),
            residuals,
        )

    @property
    def reverts(self) -> bool:
        """Whether what is left of a deviation is between none and all."""
        return 0.0 < self.slope < 1.0

    @property
    def half_life(self) -> float:
        """Years until half of a deviation is gone."""
        return math.log(2.0) / (-12.0 * math.log(self.slope))

    @property
    def volatility(self) -> float:
        """Instantaneous σ a year, from sd² = σ² (1 - b²) / (2κ), κ = -12 ln b."""
        speed = -12.0 * math.log(self.slope)
        return self.residual_sd * math.sqrt(2.0 * speed / (1.0 - self.slope**2))

    @property
    def level(self) -> float:
        """The rate that bposim calls level: the mean of the rate itself in the long run."""
        speed = -12.0 * math.log(self.slope)
        return math.exp(self.centre + self.volatility**2 / (4.0 * speed))


@dataclass(frozen=True, slots=True)
class Jumps:
    """r is N(m + k j, σ²/12 + k s²) with k ~ Poisson(λ/12) jumps: Merton's model, by month."""

    theta: FloatArray
    """m, ln of the monthly diffusion's sd, ln λ, j, ln s."""
    log_likelihood: float

    @classmethod
    def of(cls, changes: FloatArray, near: Jumps | None = None) -> Jumps:
        """Fit to changes ``(n,)``, from several starts or from those of a fit to be near."""
        sd, mean = float(changes.std()), float(changes.mean())
        scaled = (changes - mean) / sd

        def lost(theta: FloatArray) -> float:
            return -jump_log_likelihood(theta, scaled) + _fence(theta)

        skew = float(np.sign(np.mean(scaled**3)))
        starts = [
            np.array([0.0, math.log(width), math.log(rate), skew * size, math.log(spread)])
            for width, rate, size, spread in (
                (0.85, 0.5, 1.5, 1.0),
                (0.7, 2.0, 0.0, 1.2),
                (0.9, 0.3, 2.5, 0.5),
            )
        ]
        if near is not None:
            m, width, rate, j, spread = near.theta
            starts = [np.array([(m - mean) / sd, width - math.log(sd), rate, j / sd, spread - math.log(sd)])]
        found = min((minimum(lost, start) for start in starts), key=lost)
        theta = np.array(
            [
                mean + sd * found[0],
                found[1] + math.log(sd),
                found[2],
                sd * found[3],
                found[4] + math.log(sd),
            ]
        )
        return cls(theta, jump_log_likelihood(theta, changes))

    @property
    def volatility(self) -> float:
        """σ a year, jumps aside."""
        return math.exp(self.theta[1]) * math.sqrt(12.0)

    @property
    def per_year(self) -> float:
        """λ."""
        return math.exp(self.theta[2])

    @property
    def jump_mean(self) -> float:
        """Mean of one jump of the log."""
        return float(self.theta[3])

    @property
    def jump_sd(self) -> float:
        """Standard deviation of one jump of the log."""
        return math.exp(self.theta[4])

    @property
    def total_volatility(self) -> float:
        """Standard deviation of a year's log change, jumps and all."""
        return math.sqrt(self.volatility**2 + self.per_year * (self.jump_mean**2 + self.jump_sd**2))

    def below(self, x: FloatArray) -> FloatArray:
        """Return P(r <= x)."""
        m, width, rate, j, spread = self.theta
        total = np.zeros_like(x)
        for k, weight in enumerate(_weights(rate)):
            sd = math.sqrt(math.exp(2.0 * width) + k * math.exp(2.0 * spread))
            total += weight * special.ndtr((x - m - k * j) / sd)
        return total

    def drawn(self, rng: np.random.Generator, count: int) -> FloatArray:
        """Return changes ``(count,)``."""
        m, width, rate, j, spread = self.theta
        jumps = rng.poisson(math.exp(rate) / 12.0, count)
        sd = np.sqrt(math.exp(2.0 * width) + jumps * math.exp(2.0 * spread))
        return np.asarray(m + jumps * j + sd * rng.standard_normal(count))


def jump_log_likelihood(theta: FloatArray, x: FloatArray) -> float:
    """Return Σ ln Σ_k Poisson(k; λ/12) N(x; m + k j, v + k s²)."""
    m, width, rate, j, spread = theta
    with np.errstate(all="ignore"):
        k = np.arange(MOST_JUMPS + 1)[:, np.newaxis]
        variance = np.exp(2.0 * width) + k * np.exp(2.0 * spread)
        away = x - m - k * j
        density = np.exp(-0.5 * away * away / variance) / np.sqrt(2.0 * math.pi * variance)
        total = float(np.sum(np.log(_weights(rate) @ density)))
    return total if math.isfinite(total) else -1e300


def _weights(log_rate: float) -> FloatArray:
    k = np.arange(MOST_JUMPS + 1)
    mean = np.exp(min(log_rate, 5.0)) / 12.0
    return np.asarray(np.exp(k * np.log(mean) - mean - special.gammaln(k + 1.0)))


def _fence(theta: FloatArray) -> float:
    """Return a penalty outside of what jumps are: rare, large, and not one observation of no width.

    In standard deviations of a month.  Without it the likelihood has no bound where a width goes to 0.
    """
    _, width, rate, j, spread = theta
    low = np.array([math.log(0.3), math.log(0.05), -8.0, math.log(0.1)])
    high = np.array([math.log(1.5), math.log(6.0), 8.0, math.log(4.0)])
    at = np.array([width, rate, j, spread])
    return 100.0 * float(np.sum(np.maximum(low - at, 0.0) ** 2 + np.maximum(at - high, 0.0) ** 2))


def p_of_random_walk(logs: FloatArray, replicates: int, seed: list[int]) -> float:
    """Return how often a random walk of this length seems to revert as much: a unit-root test by simulation.

    What the reverting model gains has no χ² distribution under the walk (Dickey and Fuller 1979).
    """

    def gained(path: FloatArray) -> float:
        changes = np.diff(path)
        away = changes - changes.mean()
        found = Reversion.of(path)
        if found.raw_slope >= 1.0:
            return 0.0
        return found.log_likelihood - normal_log_likelihood(float(away @ away), changes.size)

    changes = np.diff(logs)
    rng = np.random.default_rng(seed)
    at_least = gained(logs)
    walks = rng.normal(changes.mean(), changes.std(ddof=1), (replicates, changes.size))
    walks = np.concatenate([np.zeros((replicates, 1)), np.cumsum(walks, axis=1)], axis=1)
    return (1 + sum(gained(walk) >= at_least for walk in walks)) / (1 + replicates)
