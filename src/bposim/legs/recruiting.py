"""How fast a team can grow: what the labour market gives in a month."""

from __future__ import annotations

import numpy as np

from bposim.shapes import FloatArray, Path, Vector


def missing_staff(planned: Path, most: Path, months: int, *, at_work: bool) -> FloatArray:
    """Return the part of the planned staff that is not hired yet, ``(months, trials or 1)``.

    A(t) = min(F(t), A(t-1) + most); a team ``at_work`` starts complete, a new one with nobody.  Who leaves is
    replaced beside this growth.
    """
    most = np.atleast_1d(most)
    plan = np.atleast_2d(planned)
    plan = np.broadcast_to(plan, (months, max(plan.shape[1], most.size)))
    there: Vector = plan[0] if at_work else np.zeros(1)
    hired = np.ones(plan.shape)
    for row, wanted in zip(hired, plan, strict=True):
        there = np.minimum(wanted, there + most)
        np.divide(there, wanted, out=row, where=wanted > 0.0)
    return 1.0 - hired
