"""Who bears a loss: what a vendor pays back, and what an insurer does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bposim.discounting import year_of_month
from bposim.inputs.number import NonNegative, Share
from bposim.part import Part
from bposim.shapes import FloatArray, Path

if TYPE_CHECKING:
    from bposim.events.arrivals import Events
    from bposim.inputs.distributions import Distribution


class Recovery(Part):
    """With some probability the vendor pays a loss back, up to its liability cap."""

    probability: Share
    """Chance ρ that a claim succeeds."""
    liability_cap: NonNegative = 12.0
    """Most that the vendor pays for one event, in months of fees."""


class Insurance(Part):
    """A layer: the insurer pays what exceeds ``retention``, up to ``limit``, and ``aggregate`` a year."""

    retention: NonNegative
    """Borne by the insured on each event, in base currency."""
    limit: NonNegative
    """Most that is paid for one event."""
    aggregate: NonNegative = math.inf
    """Most that is paid in one year."""

    def layer(self, loss: Path) -> Path:
        """Return what the insurer pays of each loss, before the yearly aggregate."""
        return np.clip(np.subtract(loss, self.retention), 0.0, self.limit)


def net_losses(
    losses: FloatArray, events: Events, fees: Path, recovery: Recovery | None, insurance: Insurance | None, months: int, trials: int
) -> FloatArray:
    """Return what is left of each event's loss; the vendor pays first, the insurer what then remains.

    ``fees`` is the vendor's invoice of each month.  Where a year's insured losses exceed the aggregate,
    each of them is paid in proportion.
    """
    if recovery is not None:
        cap = recovery.liability_cap * fees
        paid = np.minimum(losses, events.pick(cap))
        losses = losses - np.where(events.luck < events.pick(recovery.probability), paid, 0.0)
    if insurance is None:
        return losses
    picked = Insurance.model_construct(
        retention=events.pick(insurance.retention), limit=events.pick(insurance.limit), aggregate=insurance.aggregate
    )
    paid = np.asarray(picked.layer(losses))
    cell = year_of_month(months)[events.month] * trials + events.trial
    yearly = np.bincount(cell, weights=paid, minlength=trials)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.minimum(1.0, events.pick(insurance.aggregate) / yearly[cell])
    return losses - paid * np.where(paid > 0.0, part, 0.0)


def expected_net_loss(size: Distribution, fees: Path, recovery: Recovery | None, insurance: Insurance | None) -> Path:
    """Return E[net loss] of one event, month by month, from limited expected values.

    The yearly aggregate of the insurance is left out: it bites only when several events fall into one year.
    """

    def retained(paid_back: Path) -> Path:
        """E[(X - c)+ less the layer on it], c the vendor's payment, through E[min(X, a)]."""

        def excess_limited(a: Path) -> Path:
            return size.limited_mean(paid_back + a) - size.limited_mean(paid_back)

        left = size.mean - size.limited_mean(paid_back)
        if insurance is None:
            return left
        top = insurance.retention + insurance.limit
        return left - (excess_limited(top) - excess_limited(insurance.retention))

    if recovery is None:
        return retained(0.0)
    cap = np.asarray(recovery.liability_cap * fees)
    return (1.0 - recovery.probability) * retained(0.0) + recovery.probability * retained(cap)
