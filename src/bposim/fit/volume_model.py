"""Level, growth and season of log volumes, with noise that remembers: regression with AR(1) errors.

ln V(t) = b0 + b1 y(t) + s(month of t) + x(t), y in years; x(t) = φ x(t-1) + e(t), stationary.  For each φ the
data are whitened (Prais and Winsten 1954) and the rest is least squares.  Models are compared by the full
likelihood; φ and the noise are taken from the restricted one, which allows for the parameters that the
regression has used up (Harville 1977): the full likelihood makes both too small in short histories.

Standard errors that take this φ for the truth are too small: where φ is large, or the months few, their 95 %
intervals hold 85 %.  Errors that are shown are averaged over every φ that the data allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

MOST_PERSISTENT = 0.98

_GRID = np.tanh(np.linspace(0.0, math.atanh(MOST_PERSISTENT), 33))
"""Values of φ to average over, closer together where the data tell them apart."""

MOST_ALIKE = 0.99
"""Largest rank correlation: a scenario takes none of 1, and two digits of one are written."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Which parts the expectation has."""

    growth: bool
    season: bool
    memory: bool = True

    @property
    def name(self) -> str:
        """E.g. "growth, season"."""
        parts = [word for word, there in (("growth", self.growth), ("season", self.season)) if there]
        return ", ".join(parts or ["level"]) + ("" if self.memory else ", no persistence")


@dataclass(frozen=True, slots=True)
class Regression:
    """A structure fitted to log volumes ``(n,)``."""

    structure: Structure
    coefficients: FloatArray
    """Level at the month after the last, growth, eleven contrasts of the season: those that there are."""
    covariance: FloatArray
    persistence: float
    volatility: float
    """Standard deviation of x."""
    log_likelihood: float
    """The full one, at its own maximum."""
    fitted: FloatArray
    """Expected log volumes without noise, ``(n,)``."""
    innovations: FloatArray
    """Whitened residuals over their standard deviation, ``(n,)``."""

    @property
    def free(self) -> int:
        """Parameters taken from the data."""
        return self.coefficients.size + 1 + self.structure.memory

    @property
    def slope(self) -> tuple[float, float]:
        """Growth of the logarithm a year and its standard error; zeros without growth."""
        if not self.structure.growth:
            return 0.0, 0.0
        return float(self.coefficients[1]), math.sqrt(float(self.covariance[1, 1]))

    @property
    def season(self) -> FloatArray:
        """Twelve factors, January first, of mean 1."""
        if not self.structure.season:
            return np.ones(12)
        effects = np.exp(_contrasts() @ self.coefficients[-11:])
        return np.asarray(effects / effects.mean())

    def level(self, ahead: float = 0.0) -> tuple[float, float]:
        """Return the expected volume of an average month and its relative standard error.

        The month is the one after the last, or ``ahead`` years later, where growth adds to the error.
        """
        mean_effect = 1.0
        if self.structure.season:
            mean_effect = float(np.exp(_contrasts() @ self.coefficients[-11:]).mean())
        value = math.exp(float(self.coefficients[0]) + self.volatility**2 / 2.0) * mean_effect
        variance = float(self.covariance[0, 0])
        if self.structure.growth:
            value *= math.exp(float(self.coefficients[1]) * ahead)
            variance += 2.0 * ahead * float(self.covariance[0, 1]) + ahead**2 * float(self.covariance[1, 1])
        return value, math.sqrt(variance)

    def correlation(self, ahead: float = 0.0) -> float:
        """Return the rank correlation of the errors of growth and level, ``ahead`` years after the last.

        A history that grew faster than it should also ends higher.  Zero without growth.
        """
        if not self.structure.growth:
            return 0.0
        together = float(self.covariance[0, 1]) + ahead * float(self.covariance[1, 1])
        pearson = together / (self.level(ahead)[1] * self.slope[1])
        rank = 6.0 / math.pi * math.asin(min(1.0, max(-1.0, pearson)) / 2.0)
        return min(MOST_ALIKE, max(-MOST_ALIKE, rank))


def design(structure: Structure, first_month: int, count: int) -> FloatArray:
    """Return the columns of the regression, ``(n, k)``; ``first_month`` is 0 for January."""
    columns = [np.ones(count)]
    if structure.growth:
        columns.append((np.arange(count) - count) / 12.0)
    if structure.season:
        columns += list(_contrasts()[(first_month + np.arange(count)) % 12].T)
    return np.column_stack(columns)


def _contrasts() -> FloatArray:
    """Return the effects of twelve months that add up to 0, from eleven numbers, ``(12, 11)``."""
    return np.vstack([np.eye(11), -np.ones(11)])


def fit_regression(
    logs: FloatArray, first_month: int, structure: Structure, extra: FloatArray | None = None
) -> Regression:
    """Return the fit; ``extra`` is a further column, such as a step, with the last coefficient."""
    from scipy.optimize import minimize_scalar

    x = design(structure, first_month, logs.size)
    if extra is not None:
        x = np.column_stack([x, extra])

    def lost(phi: float, restricted: bool) -> float:  # noqa: FBT001 - scipy hands it over
        return -_log_likelihood(logs, x, phi, restricted=restricted)

    phi = full = 0.0
    if structure.memory:
        full, phi = (
            float(
                minimize_scalar(lost, args=(restricted,), bounds=(0.0, MOST_PERSISTENT), method="bounded").x
            )
            for restricted in (False, True)
        )
    white_x, white_y = _whitened(x, phi), _whitened(logs, phi)
    inverse = np.linalg.inv(white_x.T @ white_x)
    coefficients = inverse @ (white_x.T @ white_y)
    residuals = white_y - white_x @ coefficients
    variance = float(residuals @ residuals) / max(logs.size - x.shape[1], 1)
    return Regression(
        structure,
        coefficients,
        inverse * variance,
        phi,
        math.sqrt(variance / (1.0 - phi**2)),
        _log_likelihood(logs, x, full, restricted=False),
        x @ coefficients,
        residuals / math.sqrt(variance) if variance > 0.0 else residuals,
    )


def averaged(fit: Regression, logs: FloatArray, first_month: int) -> Regression:
    """Return the fit with a covariance that holds whatever φ is, 0 to 0.98, each weighted by its likelihood.

    The restricted likelihood is the posterior density of φ where nothing was known before (Harville 1974);
    for each φ the coefficients are Student's t.  The second moments of this mixture about the estimate are
    the covariance.  Raises ValueError for less than three degrees of freedom, which have no second moments.
    """
    x = design(fit.structure, first_month, logs.size)
    free = logs.size - x.shape[1]
    if free < 3:  # noqa: PLR2004 - of Student's t
        raise ValueError(f"{free} degrees of freedom: the error of a regression takes 3")
    grid = _GRID if fit.structure.memory else np.zeros(1)
    likely = np.array([_log_likelihood(logs, x, phi, restricted=True) for phi in grid])
    weight = np.exp(likely - likely.max()) * (np.gradient(grid) if grid.size > 1 else 1.0)
    weight /= weight.sum()
    covariance = np.zeros_like(fit.covariance)
    for phi, share in zip(grid, weight, strict=True):
        white_x, white_y = _whitened(x, phi), _whitened(logs, phi)
        inverse = np.linalg.inv(white_x.T @ white_x)
        coefficients = inverse @ (white_x.T @ white_y)
        residuals = white_y - white_x @ coefficients
        off = coefficients - fit.coefficients
        covariance += share * (inverse * float(residuals @ residuals) / (free - 2) + np.outer(off, off))
    return replace(fit, covariance=covariance)


def _whitened(values: FloatArray, phi: float) -> FloatArray:
    """Return values whose noise is independent, of the variance of the innovations."""
    white = np.array(values)
    white[1:] -= phi * values[:-1]
    white[0] *= math.sqrt(1.0 - phi**2)
    return white


def _log_likelihood(y: FloatArray, x: FloatArray, phi: float, *, restricted: bool) -> float:
    """Return the log-likelihood at the best coefficients and variance for this φ."""
    white_x, white_y = _whitened(x, phi), _whitened(y, phi)
    coefficients, *_ = np.linalg.lstsq(white_x, white_y, rcond=None)
    residuals = white_y - white_x @ coefficients
    squares = max(float(residuals @ residuals), 1e-300)
    n, k = int(x.shape[0]), int(x.shape[1])
    start: float = 0.5 * math.log(1.0 - phi**2)
    if not restricted:
        return start - 0.5 * n * (math.log(2.0 * math.pi * squares / n) + 1.0)
    determinant = float(np.linalg.slogdet(white_x.T @ white_x)[1])
    return start - 0.5 * (n - k) * math.log(squares) - 0.5 * determinant


def simulated(fit: Regression, rng: np.random.Generator) -> FloatArray:
    """Return log volumes drawn from the fit, ``(n,)``."""
    shocks = rng.standard_normal(fit.fitted.size) * fit.volatility
    shocks[1:] *= math.sqrt(1.0 - fit.persistence**2)
    noise = np.empty_like(shocks)
    noise[0] = shocks[0]
    for t in range(1, noise.size):
        noise[t] = fit.persistence * noise[t - 1] + shocks[t]
    return np.asarray(fit.fitted + noise)
