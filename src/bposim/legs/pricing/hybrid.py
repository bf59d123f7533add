"""A fixed monthly part and a price for each unit or FTE on top."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from bposim.inputs.number import NonNegative
from bposim.legs.price_model import Billable, PriceModel
from bposim.part import complaint
from bposim.shapes import Path


class Hybrid(PriceModel):
    """Fee = (monthly price of the whole work × live share + per unit × units + per FTE × effort) · C · N."""

    kind: ClassVar[str] = "hybrid"

    unit_price: NonNegative | None = None
    """Price of one unit served, on top of the fixed part."""
    fte_price: NonNegative | None = None
    """Price of a month of one vendor FTE, on top of the fixed part."""

    @model_validator(mode="after")
    def _has_a_variable_part(self) -> Self:
        if self.unit_price is None and self.fte_price is None:
            raise complaint(
                "bp_price", "hybrid has only a fixed part; add unit_price or fte_price, or use fixed_fee"
            )
        return self

    @property
    def by_effort(self) -> bool:
        """Whether there is a part per FTE."""
        return self.fte_price is not None

    def billed(self, work: Billable) -> Path:
        """Return the live share of the whole work, which the fixed part is charged for."""
        return work.live

    def fee(self, work: Billable) -> Path:
        """Return the fixed and the variable part; both follow indexation and renewals."""
        fee = self.amount * work.live
        if self.unit_price is not None:
            fee = fee + self.unit_price * work.volume
        if self.fte_price is not None:
            fee = fee + self.fte_price * work.effort
        return fee * (work.repricing * work.indexation)

    @classmethod
    def example(cls) -> Self:
        """Return a platform fee with a price for each transaction."""
        return cls(amount=60_000.0, unit_price=2.1)
