"""What an alternative brings beside lower cost: negative costs of the category ``benefits``, shown apart.

Nothing is assumed: an alternative has the benefits that its owner states, each with the part of it that is
believed to be realised.  None of them may repeat what the legs already say (lower wages, fewer errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from bposim.inputs.money import Amount
from bposim.inputs.number import Months, NonNegative, Share
from bposim.legs.transition import Transition
from bposim.operations import Line
from bposim.part import Part
from bposim.shapes import Path
from bposim.world.world import World


class HasTransition(Protocol):
    """A leg, as far as its way into service is concerned."""

    @property
    def share(self) -> Path:
        """σ."""

    @property
    def transition(self) -> Transition | None:
        """How the work gets there."""


class ManagementFreed(Part):
    """Managers who turn to other work: FTE · value · realised part, a year."""

    fte: NonNegative
    """Managers who no longer look after this work, FTE."""
    value: Amount
    """What one of them is worth elsewhere in a year."""
    realised: Share
    """Part of it that really comes about."""
    lag: Months = 0.0
    """Months after the work has moved."""


class FasterLaunch(Part):
    """Margin of the months that a product is on the market earlier."""

    months: Months
    """How much earlier."""
    margin_per_month: Amount
    """Contribution of one month on the market."""
    planned: Months | None = None
    """Months from signature to the launch without this alternative; ``months`` if left out: now."""
    realised: Share = 1.0
    """Part of it that really comes about."""

    def gained(self, month: Path) -> Path:
        """Return the part of each month that lies between the earlier launch and the planned one."""
        planned = self.months if self.planned is None else self.planned
        start = np.maximum(0.0, planned - self.months)
        return np.asarray(np.clip(np.minimum(month, planned) - np.maximum(month - 1.0, start), 0.0, 1.0))


class YearlyBenefit(Part):
    """An amount a year that comes in as the work moves."""

    per_year: Amount
    """Worth of a full year."""
    realised: Share
    """Part of it that really comes about."""
    lag: Months = 0.0
    """Months after the work has moved."""


class Benefits(Part):
    """Benefits of an alternative, in nominal money; yearly ones come in with the work that has moved."""

    management_freed: ManagementFreed | None = None
    """Management time for other work."""
    faster_launch: FasterLaunch | None = None
    """An earlier start of sales."""
    technology: YearlyBenefit | None = None
    """Tools of the new team that make others' work cheaper or better, and licences that are not needed."""
    avoided_investment: Amount | None = None
    """Investment of month 0 that is not needed."""
    other: YearlyBenefit | None = None
    """Anything else that has been given a price."""

    def lines(self, world: World, legs: Sequence[HasTransition]) -> Iterator[Line]:
        """Yield the benefits as negative costs; ``legs`` are the alternative's."""
        monthly: Path = 0.0
        freed = self.management_freed
        if freed:
            value = freed.fte * freed.realised * world.monthly(freed.value) / 12.0
            monthly = monthly + value * moved(legs, world, freed.lag)
        for step in (self.technology, self.other):
            if step:
                value = step.realised * world.monthly(step.per_year) / 12.0
                monthly = monthly + value * moved(legs, world, step.lag)
        launch = self.faster_launch
        if launch:
            margin = launch.realised * world.monthly(launch.margin_per_month)
            monthly = monthly + margin * launch.gained(world.month)
        yield Line("benefits", -monthly, -world.today(self.avoided_investment))


def moved(legs: Sequence[HasTransition], world: World, lag: Path) -> Path:
    """Return Σ σ s(t - lag) / Σ σ over the legs that move, 0 to 1; 1 after the lag where none does."""
    month = world.month - lag
    moving = [(leg.share, leg.transition) for leg in legs if leg.transition is not None]
    whole = sum((share for share, _ in moving), start=np.zeros(1))
    if not np.any(whole):
        return np.where(month > 0.0, 1.0, 0.0)
    live = (share * transition.live_share(month) for share, transition in moving)
    return sum(live, start=np.zeros((1, 1))) / whole
