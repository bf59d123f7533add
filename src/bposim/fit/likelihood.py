"""Models fitted by maximum likelihood, with values cut off from below and values known only to exceed.

An observation is a value x that is seen, or known to be above x (censored: still here, capped), given that it
is above an entry e (truncated: smaller ones were not recorded).  Its log-likelihood is
ln f(x) - ln S(e) if seen and ln S(x) - ln S(e) if censored; Klein and Moeschberger, Survival Analysis (2003),
ch. 3.  Parameters are fitted as coordinates θ without bounds: logarithms of what has to be positive.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.inputs.distribution import Distribution
    from bposim.shapes import FloatArray

CHI2_95 = 3.841458820694124
"""95 % point of chi-squared with one degree of freedom."""

_WORST = 1e300
_NOTHING = 1e-6
"""A change of a coordinate that is far below any error."""

_FIRST_WIDTH = 0.05
_FARTHEST = 40.0
"""Coordinates are searched so far before an interval is called open."""


@dataclass(frozen=True, slots=True)
class Observations:
    """Values ``(n,)``, whether each was seen or only exceeded, and what each was above from the start."""

    value: FloatArray
    seen: FloatArray
    """1 or 0."""
    entry: FloatArray

    @classmethod
    def complete(cls, value: FloatArray, entry: float = 0.0) -> Observations:
        """Return values that were all seen, all those above ``entry``."""
        return cls(value, np.ones_like(value), np.full_like(value, entry))

    @property
    def whole(self) -> bool:
        """Whether nothing is censored or truncated."""
        return bool(self.seen.all() and not self.entry.any())

    @property
    def exposure(self) -> float:
        """Total time under observation, Σ (x - e)."""
        return math.fsum(self.value - self.entry)


class Model(ABC):
    """One family of distributions on the positive numbers."""

    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    """What its parameters are called in a scenario."""

    @abstractmethod
    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        """Return ln f(x)."""

    @abstractmethod
    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        """Return ln P(X > x)."""

    @abstractmethod
    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        """Return the values that are exceeded with probability ``v``."""

    @abstractmethod
    def start(self, data: Observations) -> FloatArray:
        """Return coordinates near the fit."""

    @abstractmethod
    def natural(self, theta: FloatArray) -> dict[str, float]:
        """Return the parameters by their names in a scenario."""

    @abstractmethod
    def distribution(self, theta: FloatArray) -> Distribution:
        """Return the distribution as bposim draws it; ValueError if it refuses the parameters."""

    def closed(self, data: Observations) -> FloatArray | None:
        """Return the fit where a formula gives it."""
        return None

    def intervals(self, fit: Fitted) -> dict[str, tuple[float, float]]:
        """Return 95 % profile-likelihood intervals of the parameters by their names in a scenario."""
        found: dict[str, tuple[float, float]] = {}
        for which, name in enumerate(self.names):
            ends = []
            for end in fit.interval(which):
                moved = np.array(fit.theta)
                moved[which] = end
                with np.errstate(over="ignore", invalid="ignore"):
                    ends.append(self.natural(moved)[name])
            found[name] = (min(ends), max(ends))
        return found

    def log_likelihood(self, theta: FloatArray, data: Observations) -> float:
        """Return the sum over the observations; very low where it is not a number."""
        with np.errstate(all="ignore"):
            terms = np.where(
                data.seen > 0, self.log_density(theta, data.value), self.log_survival(theta, data.value)
            )
            total = float(np.sum(terms))
            if data.entry.any():
                total -= float(np.sum(self.log_survival(theta, data.entry)))
        return total if math.isfinite(total) else -_WORST

    def fitted(self, data: Observations, start: FloatArray | None = None) -> Fitted:
        """Return the coordinates of the largest likelihood."""
        theta = self.closed(data)
        if theta is None:
            theta = minimum(
                lambda t: -self.log_likelihood(t, data), self.start(data) if start is None else start
            )
        return Fitted(self, theta, self.log_likelihood(theta, data), data)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model with the coordinates that the data give it."""

    model: Model
    theta: FloatArray
    log_likelihood: float
    data: Observations

    def survival(self, x: FloatArray) -> FloatArray:
        """Return P(X > x)."""
        with np.errstate(all="ignore"):
            return np.exp(self.model.log_survival(self.theta, np.asarray(x, dtype=np.float64)))

    def interval(self, which: int) -> tuple[float, float]:
        """Return the 95 % profile-likelihood interval of one coordinate; infinite where it does not close."""
        return profile_interval(
            lambda t: self.model.log_likelihood(t, self.data), self.theta, self.log_likelihood, which
        )

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Return the intervals of the parameters by their names in a scenario."""
        return self.model.intervals(self)

    def drawn(self, rng: np.random.Generator) -> FloatArray:
        """Return a sample of the model, each value above its entry, ``(n,)``."""
        above = self.survival(self.data.entry) if self.data.entry.any() else 1.0
        return self.model.quantile(self.theta, above * rng.uniform(1e-12, 1.0, self.data.value.size))

    def below(self, data: Observations) -> FloatArray:
        """Return P(X <= x) given X above the entry."""
        above = self.survival(data.entry) if data.entry.any() else 1.0
        return np.asarray(1.0 - self.survival(data.value) / above)


def minimum(objective: Callable[[FloatArray], float], start: FloatArray) -> FloatArray:
    """Return where a smooth function of few coordinates is smallest: by Newton, else by simplex."""
    found = _by_newton(objective, np.asarray(start, dtype=np.float64))
    return _by_simplex(objective, start) if found is None else found


def _by_newton(objective: Callable[[FloatArray], float], start: FloatArray) -> FloatArray | None:
    """Return the minimum by Newton's method with differences for derivatives; None where it is not convex."""
    size, width = start.size, 1e-4
    steps = width * np.eye(size)
    theta, value = start, objective(start)
    for _ in range(30):
        ahead = np.array([objective(theta + step) for step in steps])
        behind = np.array([objective(theta - step) for step in steps])
        gradient = (ahead - behind) / (2.0 * width)
        hessian = np.diag((ahead - 2.0 * value + behind) / width**2)
        for i in range(size):
            for k in range(i):
                both = objective(theta + steps[i] + steps[k])
                hessian[i, k] = hessian[k, i] = (both - ahead[i] - ahead[k] + value) / width**2
        if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 0.0:
            return None
        move = -np.linalg.solve(hessian, gradient)
        move *= min(1.0, 2.0 / float(np.max(np.abs(move)) + 1e-300))
        moved = objective(theta + move)
        while moved > value and float(np.max(np.abs(move))) > _NOTHING / 10.0:
            move /= 2.0
            moved = objective(theta + move)
        if float(np.max(np.abs(move))) <= _NOTHING:
            return theta + move if moved <= value else theta
        theta, value = theta + move, moved
    return None


def _by_simplex(objective: Callable[[FloatArray], float], start: FloatArray) -> FloatArray:
    """Return the minimum by Nelder and Mead's method, which needs no derivatives."""
    from scipy.optimize import minimize

    found: FloatArray = np.asarray(start, dtype=np.float64)
    size = 0.1
    for _ in range(3):  # again from where it stopped: a simplex that has collapsed early opens up anew
        options: Any = {
            "xatol": 1e-6,
            "fatol": 1e-8,
            "maxiter": 400 * found.size,
            "initial_simplex": np.vstack([found, found + size * np.eye(found.size)]),
        }
        result = minimize(objective, found, method="Nelder-Mead", options=options)
        moved = float(np.max(np.abs(result.x - found)))
        found = np.asarray(result.x, dtype=np.float64)
        if moved < 100.0 * _NOTHING:
            break
        size = 0.01
    return found


def profile_interval(
    log_likelihood: Callable[[FloatArray], float], theta: FloatArray, best: float, which: int
) -> tuple[float, float]:
    """Return where twice the loss of profile log-likelihood reaches the 95 % point of χ² with one degree.

    The other coordinates are fitted anew at each value.  An end that is not reached is infinite.
    """
    from scipy.optimize import brentq

    others = [k for k in range(theta.size) if k != which]
    memory = {0.0: theta[others]}

    @cache  # a flat likelihood is fitted anew with another result each time: the ends keep their signs
    def lost(step: float) -> float:
        if not step:
            return -CHI2_95
        moved = np.array(theta)
        moved[which] = theta[which] + step
        if others:
            nearest = min(memory, key=lambda known: abs(known - step))
            memory[step] = _along(lambda rest: -log_likelihood(_with(moved, others, rest)), memory[nearest])
            moved[others] = memory[step]
        return 2.0 * (best - log_likelihood(moved)) - CHI2_95

    ends = []
    for sign in (-1.0, 1.0):
        width = _FIRST_WIDTH
        while lost(sign * width) < 0.0 and width < _FARTHEST:
            width *= 2.0
        if width >= _FARTHEST:
            ends.append(sign * math.inf)
            continue
        near, far = (sign * width / 2.0 if width > _FIRST_WIDTH else 0.0), sign * width
        root = float(brentq(lost, min(near, far), max(near, far), xtol=1e-5))
        ends.append(float(theta[which] + root))
    return ends[0], ends[1]


def _with(theta: FloatArray, places: list[int], values: FloatArray) -> FloatArray:
    changed = np.array(theta)
    changed[places] = values
    return changed


def _along(objective: Callable[[FloatArray], float], start: FloatArray) -> FloatArray:
    """Return the minimum over the other coordinates: a line search where there is one."""
    from scipy.optimize import minimize_scalar

    if start.size > 1:
        return minimum(objective, start)
    near = float(start[0])
    found = minimize_scalar(lambda t: objective(np.array([t])), bracket=(near - 0.05, near + 0.05), tol=1e-7)
    return np.array([float(found.x)])
