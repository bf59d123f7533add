"""Service credits: what the vendor pays back for a month below target."""

from __future__ import annotations

import numpy as np

from bposim.inputs.number import NonNegative, Share
from bposim.part import Part
from bposim.shapes import Path


class ServiceLevel(Part):
    """Credit = min(shortfall of the month's accuracy × credit rate, at risk) × fee × capture."""

    target: Share
    """Accuracy promised: units without error as a part of all."""
    credit_rate: NonNegative
    """Part of the fee credited for each whole unit of shortfall: 5 gives 5 % of the fee for one point."""
    at_risk: Share = 0.12
    """Most that a month can lose, as a part of its fee."""
    capture: Share = 1.0
    """Part of the credits due that is claimed and paid."""

    def credit(self, error_rate: Path, fees: Path) -> Path:
        """Return the credit of each month, positive, in base currency."""
        shortfall = np.maximum(0.0, self.target - (1.0 - error_rate))
        return np.minimum(shortfall * self.credit_rate, self.at_risk) * fees * self.capture
