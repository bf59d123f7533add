"""What an outsourced service costs on top of its invoices."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from bposim.inputs.number import NonNegative, Share, within
from bposim.part import Part
from bposim.shapes import Path


class Leakage(Part):
    """Taxes that cannot be recovered, and work that was thought to be included."""

    irrecoverable_vat: Share = 0.0
    """VAT or sales tax that cannot be reclaimed, as a part of the fees."""
    withholding: Annotated[Share, AfterValidator(within(0.0, 0.9))] = 0.0
    """Withholding tax w that the client bears by gross-up: w / (1 - w) of the fees."""
    change_requests: NonNegative = 0.0
    """Extra work ordered, as a part of the fees at contract prices."""
    change_premium: NonNegative = 0.0
    """Mark-up on extra work: 0.3 is 30 % above contract prices."""

    def taxes(self, fees: Path) -> Path:
        """Return tax borne by the client, month by month."""
        return fees * (self.irrecoverable_vat + self.withholding / (1.0 - self.withholding))

    def changes(self, fees: Path) -> Path:
        """Return the cost of change requests, month by month."""
        return fees * self.change_requests * (1.0 + self.change_premium)
