"""One price a month for the whole service."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.legs.price_model import Billable, PriceModel
from bposim.shapes import Path


class FixedFee(PriceModel):
    """Fee = monthly price of the whole work × live share; the vendor carries volume and productivity."""

    kind: ClassVar[str] = "fixed_fee"

    def billed(self, work: Billable) -> Path:
        """Return the live share of the whole work."""
        return work.live

    @classmethod
    def example(cls) -> Self:
        """Return a managed service."""
        return cls(amount=400_000.0)
