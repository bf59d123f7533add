"""What a vendor's leavers take along: knowledge of the process, which others have to learn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.number import Months, NonNegative, Share
from bposim.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray, Path, Vector


class KnowledgeLoss(Part):
    """Effort and errors are × (1 + λ x), x the part of the vendor's process knowledge that is lost.

    x(t+1) = (x(t) + φ (L/F)(t) (1 - x(t))) e^(-1/τ): leavers take along φ of what the average of their
    colleagues knows, and what is lost is learnt again.
    """

    taken: Share
    """φ, part of a leaver's knowledge of the process that is gone with them; the rest is written down or
    handed over."""
    extra: NonNegative
    """λ, extra effort and errors of people who know nothing of the process: 0.5 is half as much again."""
    relearnt: Months
    """τ, months until what was lost has fallen to 37 %."""

    def factors(
        self, months: int, leave: Callable[[int, Vector], Path], hazard: FloatArray | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return 1 + λ x(t), and the leavers as a part of the staff, each ``(months, trials or 1)``.

        ``leave(row, factor)`` gives a month's leavers at this factor on effort.  ``hazard`` is the monthly
        attrition of a vendor that works already, which starts with the loss of the long run; None starts
        with x = 0.
        """
        kept = np.exp(-1.0 / np.maximum(self.relearnt, 1e-9))
        lost: Path = 0.0
        if hazard is not None:
            gone = self.taken * hazard[0]
            lost = gone * kept / (1.0 - kept * (1.0 - gone))
        factors, leavers = [], []
        for row in range(months):
            factor = 1.0 + self.extra * lost
            left = leave(row, factor)
            factors.append(factor)
            leavers.append(left)
            lost = (lost + self.taken * left * (1.0 - lost)) * kept
        return _stacked(factors), _stacked(leavers)


def _stacked(rows: list[Path]) -> FloatArray:
    return np.stack(np.broadcast_arrays(*(np.atleast_1d(row) for row in rows)))
