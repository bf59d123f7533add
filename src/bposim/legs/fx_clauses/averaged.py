"""Invoices at the mean rate of some months."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.discounting import running_sum
from bposim.legs.fx_clause import FxClause
from bposim.legs.whole_months import WholeMonths
from bposim.shapes import Path


class Averaged(FxClause):
    """Invoices are paid at the mean of S over this and the n - 1 months before; early on, of those there are.

    S(0) is not among them: month 1 pays S(1), month 2 the mean of S(1) and S(2).
    """

    kind: ClassVar[str] = "averaged"

    months: WholeMonths
    """Months n of the mean."""

    def rate(self, path: Path, spot: float) -> Path:
        """Return the moving mean."""
        total = running_sum(np.atleast_2d(path))
        length = self.months
        mean = total.copy()
        mean[length:] -= total[:-length]
        mean /= np.minimum(np.arange(1.0, len(total) + 1.0), length)[:, np.newaxis]
        return mean

    @classmethod
    def example(cls) -> Self:
        """Return quarterly smoothing."""
        return cls(months=3)
