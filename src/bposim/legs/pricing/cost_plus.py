"""The vendor's cost is passed on, with a margin or with an incentive to stay below a target."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator

from bposim.inputs.number import NonNegative, Share
from bposim.legs.price_model import Billable, PriceModel
from bposim.part import Part, complaint
from bposim.shapes import Path


class Incentive(Part):
    """Client and vendor share what the cost is below or above a target; a ceiling bounds the fee.

    Fee = min(cost + target fee + v₋ max(0, target - cost) - v₊ max(0, cost - target), ceiling), v the
    vendor's shares: the fixed-price incentive contract of public procurement.  Target, target fee and ceiling
    are for a month of all of the work; a leg has its live share of them.
    """

    target_cost: NonNegative
    """Cost of a month that both sides expect for all of the work."""
    target_fee: NonNegative
    """What the vendor earns in a month at the target cost."""
    vendor_share_below: Share
    """Part of the cost below the target that the vendor keeps: 30% in a 70/30 contract."""
    vendor_share_above: Share
    """Part of the cost above the target that the vendor bears."""
    ceiling: NonNegative | None = None
    """Most that the client pays for a month of all of the work."""

    def fee(self, cost: Path, scale: Path) -> Path:
        """Return the fee for a cost; ``scale`` multiplies target, target fee and ceiling."""
        target = self.target_cost * scale
        kept = self.vendor_share_below * np.maximum(0.0, target - cost)
        borne = self.vendor_share_above * np.maximum(0.0, cost - target)
        fee = cost + self.target_fee * scale + kept - borne
        return fee if self.ceiling is None else np.minimum(fee, self.ceiling * scale)


class CostPlus(PriceModel):
    """Fee = cost · (1 + margin) · N, cost = cost of an FTE × effort × wage index of the vendor's country.

    With an incentive its rule takes the place of the margin.  Wages move the cost by themselves; indexation
    moves only the contract's own numbers: target, target fee and ceiling.
    """

    kind: ClassVar[str] = "cost_plus"

    margin: NonNegative | None = None
    """Vendor's margin as a part of its cost."""
    incentive: Incentive | None = None
    """Target cost and how departures from it are shared."""

    @model_validator(mode="after")
    def _one_reward(self) -> Self:
        if (self.margin is None) == (self.incentive is None):
            raise complaint(
                "bp_price", "cost_plus earns the vendor a margin or an incentive; give one of them"
            )
        return self

    @property
    def by_effort(self) -> bool:
        """The cost is that of the vendor's FTE."""
        return True

    def billed(self, work: Billable) -> Path:
        """Return the FTE of the month at the wages of the first year."""
        return work.effort * work.wages

    def fee(self, work: Billable) -> Path:
        """Return cost and reward."""
        cost = self.billed(work) * self.amount
        if self.incentive is None:
            return cost * (work.repricing * (1.0 + (0.0 if self.margin is None else self.margin)))
        return self.incentive.fee(cost, work.live * work.indexation) * work.repricing

    @classmethod
    def example(cls) -> Self:
        """Return an FTE's cost with a margin of 15 %."""
        return cls(amount=1_400.0, margin=0.15)
