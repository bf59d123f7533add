"""Effects that come later, or last for a while."""

from __future__ import annotations

import numpy as np

from bposim.discounting import running_sum
from bposim.shapes import FloatArray, Vector


def lagged(path: FloatArray, months: Vector) -> FloatArray:
    """Return x(t - m) of a path ``(months, trials or 1)``, 0 before month 1.

    Between two months it is interpolated: with m = 2.5, half of x(t-2) and half of x(t-3).
    """
    whole = np.floor(np.atleast_1d(months)).astype(np.intp)
    part = np.atleast_1d(months) - whole
    trials = max(path.shape[1], whole.size)
    padded = np.zeros((len(path) + 1, trials))
    padded[1:] = path
    row = np.arange(1, len(path) + 1)[:, np.newaxis] - whole
    trial = np.arange(trials)
    later = padded[np.maximum(row, 0), trial]
    earlier = padded[np.maximum(row - 1, 0), trial]
    return np.asarray((1.0 - part) * later + part * earlier)


def lasting(path: FloatArray, months: Vector) -> FloatArray:
    """Return the sum of what began in this month and the m - 1 before, each lasting m months from its own.

    A part of a month counts as that part: with m = 2.5, x(t) + x(t-1) + x(t-2) / 2.
    """
    begun = running_sum(path)
    return begun - lagged(begun, months)
