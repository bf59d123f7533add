"""Natural cubic splines of a driver, in columns from coarse to fine.

Cubic between knots at the driver's quantiles, linear beyond the outer ones, so that a far tail is not
extrapolated by a cube (Hastie, Tibshirani and Friedman, 2009, 5.2.1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

FINEST = 16
"""The most columns of one driver; a sine of two periods needs about ten."""


class Spline:
    """The columns of one driver: mean 0, variance 1, uncorrelated, from the line to the finest detail.

    The first p columns are a coarser spline for p = 1 (the line), 2 (one knot), 4, 8 and 16; a driver with
    few different values has one column less than values.  A constant driver has none.
    """

    def __init__(self, x: FloatArray, columns: int = FINEST) -> None:
        """Place the knots at the quantiles of ``x``, ``(trials,)``."""
        values = np.unique(x)
        self._middle = float(np.mean(x))
        self._scale = float(np.std(x)) or 1.0
        few = values.size <= FINEST
        inner = values[1:-1] if few else _nested_quantiles(x)
        low, high = (values[0], values[-1]) if few else np.quantile(x, [0.005, 0.995])
        inner = inner[(inner > low) & (inner < high)]
        _, first = np.unique(inner, return_index=True)
        self._inner = self._standard(inner[np.sort(first)][: max(columns - 1, 0)])
        self._low, self._high = (float(self._standard(np.asarray(end))) for end in (low, high))
        raw = self._raw(x, 1 + self._inner.size if values.size > 1 else 0)
        self._means = raw.mean(axis=0)
        triangle = _triangle(raw - self._means)
        pivots = np.abs(np.diagonal(triangle))
        self._kept = np.flatnonzero(pivots > 1e-8 * pivots.max(initial=0.0))  # a knot may add nothing
        if self._kept.size < pivots.size:
            triangle = _triangle((raw - self._means)[:, self._kept])
        self._turn = np.linalg.inv(triangle)
        self.columns: int = self._kept.size

    def __call__(self, x: FloatArray, columns: int | None = None) -> FloatArray:
        """Return the first ``columns`` columns at ``x``, ``(trials, columns)``."""
        count = self.columns if columns is None else min(columns, self.columns)
        if count == 0:
            return np.empty((x.size, 0))
        kept = self._kept[:count]
        raw = self._raw(x, int(kept[-1]) + 1)[:, kept]
        # The turn is upper triangular: coarser columns do not need the finer ones.
        found: FloatArray = (raw - self._means[kept]) @ self._turn[:count, :count]
        return found

    def _standard(self, x: FloatArray) -> FloatArray:
        return (x - self._middle) / self._scale

    def _raw(self, x: FloatArray, columns: int) -> FloatArray:
        """Return the line and the bends at the first inner knots, ``(trials, columns)``."""
        z = self._standard(x)
        found = np.empty((columns, x.size))
        if columns:
            found[0] = z
        if columns > 1:
            beyond = np.maximum(z - self._high, 0.0)
            beyond = beyond * beyond * beyond
            first = self._hinge(z, self._low, beyond)
            for row, knot in enumerate(self._inner[: columns - 1], 1):
                found[row] = self._hinge(z, float(knot), beyond) - first
        return found.T

    def _hinge(self, z: FloatArray, knot: float, beyond: FloatArray) -> FloatArray:
        bent = np.maximum(z - knot, 0.0)
        cube: FloatArray = bent * bent * bent - beyond
        return cube / (self._high - knot)


def _triangle(columns: FloatArray) -> FloatArray:
    """Return the upper triangle whose square is the columns' covariance."""
    return np.asarray(np.linalg.qr(columns, mode="r")) / math.sqrt(len(columns))


def _nested_quantiles(x: FloatArray) -> FloatArray:
    """Return the quantiles of 1/2, then 1/4 and 3/4, then the odd eighths and sixteenths, ``(15,)``."""
    shares = [odd / 2**level for level in range(1, 5) for odd in range(1, 2**level, 2)]
    found: FloatArray = np.quantile(x, shares)
    return found
