"""The price level after a contract's renewals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.legs.dependence import Dependence
    from bposim.shapes import FloatArray, Path


def repricing(
    month: FloatArray, term: float, uplift: Path, dependence: Dependence | None, go_live: Path
) -> Path:
    """Return N(t) = Π over the renewals so far of 1 + u (1 - k); the n-th falls n · ``term`` after signature.

    ``month`` is 1..T as a column; k is the client's knowledge at the renewal, counted from ``go_live``.
    Without ``dependence`` the uplift u counts in full, N = (1 + u)^n.
    """
    renewals = np.floor((month - 1.0) / term)
    levels = [np.ones(1)]
    for renewal in range(1, int(renewals[-1, 0]) + 1):
        lost = 1.0 if dependence is None else 1.0 - dependence.knowledge(renewal * term - go_live)
        levels.append(np.atleast_1d(levels[-1] * (1.0 + uplift * lost)))
    every: FloatArray = np.stack(np.broadcast_arrays(*levels))[renewals[:, 0].astype(np.intp)]
    return every
