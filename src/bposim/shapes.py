"""The one shape rule: paths are ``(months, trials)``, quantities of a trial are ``(trials,)``.

A path may also be ``(months, 1)`` or a plain float where nothing varies; NumPy's broadcasting does the rest.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
"""Any array of double precision."""

Vector: TypeAlias = float | FloatArray
"""A float, or ``(trials,)``."""

Path: TypeAlias = float | FloatArray
"""A float, ``(months, 1)`` or ``(months, trials)``; row 0 is month 1."""
