"""Who bears a loss: what a vendor pays back, and what an insurer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.discounting import year_of_month
from bposim.inputs.number import NonNegative, Share
from bposim.part import Part
from bposim.shapes import FloatArray, Path

if TYPE_CHECKING:
    from bposim.events.arrivals import Events
    from bposim.events.severity import Loss
    from bposim.inputs.distribution import Distribution
    from bposim.world.world import World


class Sharing(Protocol):
    """A risk whose losses a vendor or an insurer may share."""

    @property
    def recovery(self) -> Recovery | None: ...
    @property
    def insurance(self) -> Insurance | None: ...


class Recovery(Part):
    """With some probability the vendor pays a loss back, up to its liability cap."""

    probability: Share
    """Chance ρ that a claim succeeds."""
    liability_cap: NonNegative = 12.0
    """Most that the vendor pays for one event, in months of fees."""

    def paid(self, losses: FloatArray, events: Events, fees: Path) -> FloatArray:
        """Return what the vendor pays of each event's loss; ``fees`` is its invoice of each month."""
        due = np.minimum(losses, events.pick(self.liability_cap) * events.pick(fees))
        return np.where(events.luck < events.pick(self.probability), due, 0.0)


class Insurance(Part):
    """A layer: the insurer pays what exceeds ``retention``, up to ``limit``, and ``aggregate`` a year."""

    retention: NonNegative
    """Borne by the insured on each event, in base currency."""
    limit: NonNegative
    """Most that is paid for one event."""
    aggregate: NonNegative | None = None
    """Most that is paid in one year; without it there is no such bound."""

    def paid(self, losses: FloatArray, events: Events, world: World) -> FloatArray:
        """Return what the insurer pays of each event's loss.

        Where a year's payments exceed the aggregate, each of them is paid in proportion.
        """
        paid = np.clip(losses - events.pick(self.retention), 0.0, events.pick(self.limit))
        if self.aggregate is None:
            return paid
        year_and_trial = year_of_month(world.months)[events.month] * world.trials + events.trial
        yearly = np.bincount(year_and_trial, weights=paid).astype(np.float64)[year_and_trial]
        bound = events.pick(self.aggregate)
        part = np.divide(bound, yearly, out=np.ones_like(yearly), where=yearly > bound)
        return paid * part


def net_losses(sharing: Sharing, losses: FloatArray, events: Events, fees: Path, world: World) -> FloatArray:
    """Return what is left of each event's loss; the vendor pays first, the insurer of what then remains."""
    if sharing.recovery is not None:
        losses = losses - sharing.recovery.paid(losses, events, fees)
    if sharing.insurance is not None:
        losses = losses - sharing.insurance.paid(losses, events, world)
    return losses


def expected_net_loss(sharing: Sharing, size: Loss | Distribution, fees: Path) -> Path:
    """Return E[net loss] of one event, month by month, from limited expected values.

    The yearly aggregate of the insurance is left out: it bites only when several events fall into one year.
    """
    recovery, insurance = sharing.recovery, sharing.insurance

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
