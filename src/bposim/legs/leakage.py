"""What an outsourced service costs on top of its invoices."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from bposim.inputs.number import NonNegative, Share, Within
from bposim.part import Part
from bposim.shapes import Path, product


class Leakage(Part):
    """Taxes that cannot be recovered, and work that was thought to be included."""

    irrecoverable_vat: Share = 0.0
    """VAT or sales tax that cannot be reclaimed, as a part of the fees."""
    withholding: Annotated[Share, Within(0.0, 0.9)] = 0.0
    """Withholding tax w that the client bears by gross-up: w / (1 - w) of the fees."""
    change_requests: NonNegative = 0.0
    """Extra work ordered, as a part of the fees at contract prices; or model it as change_orders."""
    scope_creep: NonNegative = 0.0
    """Growth a year, from go-live, of work that stays outside the contract's scope, as a part of the fees."""
    change_premium: NonNegative = 0.0
    """Mark-up on extra work: 0.3 is 30 % above contract prices."""

    def taxes(self, fees: Path) -> Path:
        """Return tax borne by the client, month by month."""
        return product(fees, self.irrecoverable_vat + self.withholding / (1.0 - self.withholding))

    def changes(self, fees: Path, months_live: Path = 0.0) -> Path:
        """Return fees · (change requests + (1 + creep)^(months live / 12) - 1) · (1 + premium)."""
        extra = self.change_requests
        if np.any(self.scope_creep):
            extra = extra + np.expm1(np.log1p(self.scope_creep) * (np.asarray(months_live) / 12.0))
        return product(fees, extra, 1.0 + self.change_premium)
