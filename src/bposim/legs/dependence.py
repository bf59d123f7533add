"""Dependence on a vendor: what the client still knows of its own work."""

from __future__ import annotations

import numpy as np

from bposim.inputs.number import Months, NonNegative, Share
from bposim.part import Part
from bposim.shapes import Path


class Dependence(Part):
    """Client knowledge k(m) = d + (1 - d) 2^(-(m₀ + m)/half-life) after m months outsourced.

    What is lost, 1 - k, scales the vendor's power at renewals, and the cost and length of getting the work
    back.
    """

    half_life: Months
    """Months in which half of the knowledge that is only in people's heads is lost."""
    documentation: Share = 0.0
    """Part d of the knowledge that is written down, owned by the client, and does not decay."""
    outsourced_before: Months = 0.0
    """Months m₀ for which the work had been outsourced when the horizon starts."""
    longer_exit: NonNegative = 1.0
    """e: recovery after an exit or a failure takes 1 + e (1 - k) times as long: by default up to twice."""

    def knowledge(self, months_outsourced: Path) -> Path:
        """Return k, from 1 (all) to d; ``months_outsourced`` are counted from go-live, none before it."""
        months = self.outsourced_before + np.maximum(0.0, months_outsourced)
        kept = np.exp2(-months / np.maximum(self.half_life, 1e-9))
        return self.documentation + (1.0 - self.documentation) * kept
