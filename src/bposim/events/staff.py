"""Losses caused by the people who do the work."""

from __future__ import annotations

from abc import ABC

import numpy as np

from bposim.events.risk import LossRisk
from bposim.inputs.number import NonNegative
from bposim.operations import Operations
from bposim.shapes import Path
from bposim.world.world import World


class StaffRisk(LossRisk, ABC):
    """A rate that follows people: λ(t) · F(t)/F_ref · (1 + β L(t)/F(t)), F heads and L leavers."""

    reference_headcount: NonNegative | None = None
    """F_ref: FTE at which per_year holds; without it the rate follows the share of the work instead."""
    turnover_sensitivity: NonNegative = 0.0
    """β: how strongly a month's leavers (as a part of the staff) raise the rate."""

    def exposure(self, operations: Operations) -> Path:
        if self.reference_headcount is None:
            return operations.exposure
        return operations.headcount / self.reference_headcount

    def annual_rate(self, operations: Operations, world: World) -> Path:
        rate = super().annual_rate(operations, world)
        if not np.any(self.turnover_sensitivity):
            return rate
        leaving: Path = operations.leaver_share
        if np.any(operations.headcount):  # else it is not known; known, nobody leaves where nobody is
            leaving = np.where(np.asarray(operations.headcount) > 0.0, leaving, 0.0)
        return rate * (1.0 + self.turnover_sensitivity * leaving)
