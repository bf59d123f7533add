"""How many events: the Poisson count as a quantile of one uniform, so a higher mean never gives fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.shapes import FloatArray, Vector

_ADDED_UP = 600.0
"""Means up to which the probabilities are added up; e^-mean is no double beyond 745."""


def poisson_quantile(u: FloatArray, mean: Vector) -> NDArray[np.int64]:
    """Return the smallest n with P(N <= n) >= u, N ~ Poisson(mean)."""
    largest = float(np.max(mean, initial=0.0))
    if isinstance(mean, float) and largest <= _ADDED_UP:
        return _looked_up(u, largest)
    if largest <= _ADDED_UP:
        return _added_up(u, mean, largest)
    means = np.broadcast_to(np.asarray(mean, dtype=np.float64), u.shape)
    count = np.empty(u.shape, dtype=np.int64)
    many = means > _ADDED_UP
    few = means[~many]
    count[~many] = _added_up(u[~many], few, float(np.max(few, initial=0.0)))
    near = np.ceil(special.pdtrik(u[many], means[many]))
    lower = np.maximum(near - 1.0, 0.0)
    count[many] = np.where(special.pdtr(lower, means[many]) >= u[many], lower, near).astype(np.int64)
    return count


def _looked_up(u: FloatArray, mean: float) -> NDArray[np.int64]:
    """Return Poisson quantiles of one mean: the place among its cumulated probabilities."""
    steps = mean / np.arange(1.0, _most(mean) - 1.0)
    cumulated = np.cumsum(np.cumprod(np.concatenate([[np.exp(-mean)], steps])))
    return np.searchsorted(cumulated, u)


def _most(mean: float) -> int:
    """Return a count that a mean all but never exceeds."""
    return int(mean + 12.0 * np.sqrt(mean) + 40.0)


def _added_up(u: FloatArray, mean: Vector, largest: float) -> NDArray[np.int64]:
    """Return Poisson quantiles by adding up probabilities; ``largest`` is the highest of the means."""
    count = np.zeros(u.shape, dtype=np.int64)
    means = np.asarray(mean, dtype=np.float64)
    some = u > np.exp(-means)  # few where events are rare
    u, means = u[some], np.broadcast_to(means, some.shape)[some]
    counted = np.zeros(u.shape, dtype=np.int64)
    probability = np.exp(-means)
    cumulated = probability.copy()
    for n in range(1, _most(largest)):
        more = u > cumulated
        if not more.any():
            break
        counted += more
        probability *= means / n
        cumulated += probability
    count[some] = counted
    return count
