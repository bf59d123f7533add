"""A base fee, and a share of what it is below or above a baseline."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np

from bposim.inputs.number import NonNegative, Share
from bposim.legs.price_model import Billable, PriceModel
from bposim.shapes import Path


class GainShare(PriceModel):
    """Fee = (B + min(g max(0, A - B), cap · B) - min(l max(0, B - A), floor · B)) · C · N.

    B = price × units or FTE is the base fee, A = baseline unit cost × units what the work would have cost;
    A - B is the saving that both sides share.  With a base fee per unit the saving of a unit is certain; per
    FTE it is what the vendor's productivity makes of it.
    """

    kind: ClassVar[str] = "gain_share"

    base: Literal["unit", "fte"] = "unit"
    """What the base fee is a price of: a unit served, or a month of one vendor FTE."""
    baseline_unit_cost: NonNegative
    """Agreed cost of one unit before, in the contract's currency; it is indexed as the price is."""
    share: Share
    """Part g of the saving that the vendor gets."""
    loss_share: Share = 0.0
    """Part l of a base fee above the baseline that the vendor pays back."""
    cap: NonNegative | None = None
    """Most that the vendor gets on top, as a part of the base fee."""
    floor: Share = 1.0
    """Most that the vendor pays back, as a part of the base fee."""

    @property
    def by_effort(self) -> bool:
        """Whether the base fee is per FTE."""
        return self.base == "fte"

    def billed(self, work: Billable) -> Path:
        """Return the units or FTE of the base fee."""
        return work.effort if self.base == "fte" else work.volume

    def fee(self, work: Billable) -> Path:
        """Return the base fee and the vendor's part of the saving."""
        base = self.billed(work) * self.amount
        saving = self.baseline_unit_cost * work.volume - base
        gain = self.share * np.maximum(0.0, saving)
        if self.cap is not None:
            gain = np.minimum(gain, self.cap * base)
        loss = np.minimum(self.loss_share * np.maximum(0.0, -saving), self.floor * base)
        return (base + gain - loss) * (work.repricing * work.indexation)

    @classmethod
    def example(cls) -> Self:
        """Return a rate for an FTE with a third of the saving against five dollars a unit."""
        return cls(
            amount=1_900.0,
            base="fte",
            baseline_unit_cost=5.0,
            share=0.33,
            loss_share=0.33,
            cap=0.2,
            floor=0.1,
        )
