"""What a leg is asked to do, what it then does, and the cash that follows."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bposim.discounting import present_value
from bposim.shapes import FloatArray, Path, first_months

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from numpy.typing import NDArray

R = TypeVar("R", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Losses:
    """Cash flows of single events, each array ``(events,)``: far fewer than the cells of a path."""

    month: NDArray[np.intp]
    """Row of the month, 0 for month 1."""
    trial: NDArray[np.intp]
    amount: FloatArray
    shape: tuple[int, int]
    """Months and trials."""

    def path(self) -> FloatArray:
        """Return the sums as a path ``(months, trials)``."""
        months, trials = self.shape
        cells = np.bincount(self.month * trials + self.trial, self.amount, months * trials)
        return np.asarray(cells.reshape(months, trials), dtype=np.float64)

    def present_value(self, factors: FloatArray) -> FloatArray:
        """Return the present value by trial."""
        discounted = self.amount * factors[self.month, self.trial if factors.shape[1] > 1 else 0]
        return np.asarray(np.bincount(self.trial, discounted, self.shape[1]), dtype=np.float64)

    def add_to(self, flow: FloatArray) -> None:
        """Add the cash to the contiguous flow of months 1..T."""
        np.add.at(flow.reshape(-1), self.month * self.shape[1] + self.trial, self.amount)


class Line:
    """One cash flow of a leg in a category; costs are positive, credits negative, in base currency.

    ``monthly`` is paid at the end of months 1..T, ``upfront``, a float or ``(trials,)``, in month 0.  A path
    that has fewer rows than the horizon has months, but more than one, ends with its last row.
    """

    __slots__ = ("_monthly", "category", "source", "upfront")

    def __init__(
        self, category: str, monthly: Path | Losses = 0.0, upfront: Path = 0.0, source: str = ""
    ) -> None:
        self.category = category
        self.upfront = upfront
        self.source = source
        self._monthly = monthly

    def of(self, source: str) -> Line:
        """Return the line with its source, ``leg.risk`` of what a leg's risk costs."""
        return Line(self.category, self._monthly, self.upfront, source)

    @property
    def monthly(self) -> Path:
        """What is paid at the end of months 1..T."""
        return self._monthly.path() if isinstance(self._monthly, Losses) else self._monthly

    def present_value(self, factors: FloatArray) -> Path:
        """Return the present value, ``(trials,)`` or ``(1,)``; ``factors`` has a row for each of 1..T."""
        monthly = self._monthly
        value = (
            monthly.present_value(factors) if isinstance(monthly, Losses) else present_value(monthly, factors)
        )
        return value if _nothing(self.upfront) else value + self.upfront

    def add_to(self, flow: FloatArray) -> None:
        """Add the cash to the flow of months 0..T, ``(months + 1, trials)``."""
        monthly = self._monthly
        if not _nothing(self.upfront):
            flow[0] += self.upfront
        if isinstance(monthly, Losses):
            monthly.add_to(flow[1:])
        elif isinstance(monthly, float) or monthly.ndim < 2 or len(monthly) == 1:  # noqa: PLR2004
            flow[1:] += monthly
        else:
            part = flow[1 : 1 + len(monthly)]
            part += monthly

    @property
    def nothing(self) -> bool:
        """Whether no cash flows, as where a term of the contract is not given."""
        return _nothing(self._monthly) and _nothing(self.upfront)


def _nothing(amount: Path | Losses) -> bool:
    return isinstance(amount, float) and amount == 0.0


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
    ends: int | None = None
    """Month after which nothing is left to serve and nobody to pay, 2 or more; None if there is none."""

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
            ends=None if self.ends is None or other.ends is None else max(self.ends, other.ends),
        )


def until(record: R, month: int) -> R:
    """Return a record of paths up to a month."""
    paths = {own.name: first_months(getattr(record, own.name), month) for own in fields(record)}
    return replace(record, **paths)


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

    def followed_by_none(self, exposure: Path, months: int) -> Operations:
        """Return what was done for some months, and nothing in those that follow, but for the exposure."""
        paths = {own.name: _padded(getattr(self, own.name), months) for own in fields(self)}
        return replace(self, **paths | {"exposure": exposure})


def _padded(path: Path, months: int) -> Path:
    if isinstance(path, float) or np.ndim(path) < 2 or len(path) in {1, months}:  # noqa: PLR2004
        return path
    padded = np.zeros((months, path.shape[1]))
    padded[: len(path)] = path
    return padded


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
    successor: Path = 0.0
    """Cost of replacing one leaver."""
