"""A price for each vendor FTE and month."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.legs.price_model import Billable, PriceModel
from bposim.shapes import Path


class PerFte(PriceModel):
    """Fee = monthly price of an FTE × the vendor's effort; the client carries the productivity risk."""

    kind: ClassVar[str] = "per_fte"

    @property
    def by_effort(self) -> bool:
        """The fee is for the vendor's FTE."""
        return True

    def billed(self, work: Billable) -> Path:
        """Return the FTE of the month, learning and improvement included."""
        return work.effort

    @classmethod
    def example(cls) -> Self:
        """Return a monthly rate for one agent."""
        return cls(amount=1_900.0)
