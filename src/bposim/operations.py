"""What a leg is asked to do, what it then does, and the cash that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.shapes import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One cash flow of a leg in a category; costs are positive, credits negative, in base currency."""

    category: str
    monthly: Path = 0.0
    """Paid at the end of months 1..T."""
    upfront: Path = 0.0
    """Paid in month 0; a float or ``(trials,)``."""
    source: str = ""
    """``leg.risk`` of what a leg's risk costs, else empty."""

    def of(self, source: str) -> Line:
        """Return the line with its source."""
        return replace(self, source=source)


@dataclass(frozen=True, slots=True)
class Work:
    """The share of the whole work that is given to a leg, month by month."""

    share: Path
    """The leg's part of the work when fully live; fixed amounts of the leg are paid at this share."""
    served: Path
    """Part of the actual volume that the leg serves."""
    staffed: Path
    """Part of the forecast that a team is staffed for; above ``served`` while both sides run in parallel."""
    exposure: Path
    """Factor on the annual rates of the leg's events."""
    effort: Path = 1.0
    """Learning: effort and errors relative to a practised team."""
    productivity: Path = 1.0
    """Factor on a team's productivity: below 1 while morale is low."""
    attrition: Path = 1.0
    """Factor on a team's annual attrition: above 1 while morale is low."""

    def joined(self, other: Work) -> Work:
        """Return both works done by one and the same team; the worse morale holds for all of it."""
        return Work(
            share=self.share + other.share,
            served=self.served + other.served,
            staffed=self.staffed + other.staffed,
            exposure=self.exposure + other.exposure,
            effort=self.effort,
            productivity=np.minimum(self.productivity, other.productivity),
            attrition=np.maximum(self.attrition, other.attrition),
        )


@dataclass(frozen=True, slots=True)
class Operations:
    """What a leg did, read by its clauses and risks; nobody changes it."""

    exposure: Path
    """Factor on the annual rates of events."""
    volume: Path
    """Units served a month."""
    headcount: Path
    """FTE at work."""
    leaver_share: Path
    """Leavers of the month as a part of the headcount."""
    error_rate: Path = 0.0
    """Errors per unit served."""
    fees: Path = 0.0
    """A vendor's invoice of the month in base currency, before credits; 0 for a team."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """A team's plan for all of the work; money in base currency a month.

    A team that is staffed for a part of the work has that part of everything here.
    """

    headcount: Path
    """F, all roles, FTE."""
    pay: Path
    """Salaries without on-cost."""
    labour: Path
    """Salaries with on-cost."""
    overhead: Path
    """Space, systems and support."""
    unit_labour: Path = 0.0
    """Labour cost of one more unit, volume roles only, without overhead."""
    capacity: Path = 0.0
    """K, units, temporary staff included."""
    hiring: Path = 0.0
    """Hiring and release as the plan changes."""
    temporary_pay: Path = 0.0
    """Pay of temporary staff."""
    temporary_heads: Path = 0.0
    """Temporary staff, FTE."""
    training: Path = 0.0
    """Training of each of them."""
