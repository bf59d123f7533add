"""The one shape rule: paths are ``(months, trials)``, quantities of a trial are ``(trials,)``.

A path may also be ``(months, 1)`` or a plain float where nothing varies; NumPy's broadcasting does the rest.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
"""Any array of double precision."""

Vector: TypeAlias = float | FloatArray
"""A float, or ``(trials,)``."""

Path: TypeAlias = float | FloatArray
"""A float, ``(months, 1)`` or ``(months, trials)``; row 0 is month 1."""

_size = attrgetter("size")


def product(*factors: Path) -> Path:
    """Return the product, the small factors multiplied first, so that few passes go over whole paths.

    Where all other factors are the float 1, the result is the remaining factor itself: do not write into it.
    """
    number = 1.0
    arrays: list[FloatArray] = []
    for factor in factors:
        if isinstance(factor, float):
            number *= factor
        else:
            arrays.append(factor)
    if not arrays:
        return number
    if len(arrays) > 1:
        arrays.sort(key=_size)
    result = arrays[0] if number == 1.0 else arrays[0] * number
    owned = number != 1.0
    for array in arrays[1:]:
        if owned and result.shape == array.shape:
            result *= array
        else:
            result, owned = result * array, True
    return result


def first_months(path: Path, months: int) -> Path:
    """Return the first rows of a path; a float or a single row holds for all months."""
    return path if isinstance(path, float) or np.ndim(path) < 2 or len(path) == 1 else path[:months]  # noqa: PLR2004


def positive_part(path: Path) -> Path:
    """Return max(0, x).  ``np.clip`` takes a third of the time that ``np.maximum`` takes with a number."""
    positive: Path = np.clip(path, 0.0, np.inf)
    return positive
