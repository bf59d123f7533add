"""Automation: a step in productivity that one alternative takes and another does not."""

from __future__ import annotations

import numpy as np

from bposim.inputs.number import Months, NonNegative
from bposim.part import Part
from bposim.shapes import FloatArray, Path


class Automation(Part):
    """Productivity is × (1 + gain · min(1, max(0, t - month) / ramp)) in month t.

    What it costs is an investment of the alternative, or in the vendor's price.
    """

    gain: NonNegative
    """Productivity gained: 0.3 is 30 % more done by the same people; uncertain, it may come to nothing."""
    month: Months
    """Months from the start of the horizon until the work is automated."""
    ramp_months: Months = 0.0
    """Months from then until all of the gain is there."""

    def path(self, month: FloatArray) -> Path:
        """Return the factor on productivity; ``month`` is 1..T as a column."""
        ramp = np.maximum(self.ramp_months, 1e-9)  # a ramp of 0 months is a jump
        factor: Path = 1.0 + self.gain * np.clip((month - self.month) / ramp, 0.0, 1.0)
        return factor
