"""Service credits: what the vendor pays back for a month below target."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from bposim.inputs.number import NonNegative, Share
from bposim.legs.whole_months import WholeMonths
from bposim.part import Part, Real, complaint
from bposim.shapes import FloatArray, Path, positive_part, product
from bposim.world.noise import Noise

_MET = 1e-12
"""A shortfall up to here is rounding: 0.93 - (1 - 0.07) is not quite 0."""

Draw = Callable[[str], FloatArray | None]
"""Standard normal noise ``(months, trials)`` of a metric by name; None for its expectation."""


def no_noise(metric: str) -> None:
    """Return no draw: the metric at its mean."""


@dataclass(frozen=True, slots=True)
class Downtime:
    """What of a month the leg did not work at all."""

    hours: Path = 0.0
    """Hours of outages."""
    country: Path = 0.0
    """Part of the month lost to events of the country, 0 to 1."""


WORKING = Downtime()


def _steps(rows: list[list[float]]) -> list[list[float]]:
    if any(len(row) != 2 for row in rows):  # noqa: PLR2004 - points and credit
        raise complaint("bp_sla", "a row of the table is [points, credit]; write [10, 2%]")
    if any(low[0] >= high[0] for low, high in itertools.pairwise(rows)):
        raise complaint("bp_sla", "the points of the table do not rise from row to row; sort the rows")
    if any(not (points >= 0.0 and 0.0 <= credit <= 1.0) for points, credit in rows):
        raise complaint("bp_sla", "points start at 0, a credit is a part of the fee from 0% to 100%")
    return rows


class Metric(Part):
    """One promise: attained = 1 - missed, shortfall = max(0, target - attained).

    Missed is the error rate of quality; or ``miss_rate``; or, where availability is promised, hours of
    outages / ``service_hours`` + (1 - ``force_majeure``) · part of the month lost to country events.

    Credited, as a part of the month's fee: at risk × pool × allocation once the target is missed, however
    far; or shortfall × credit rate; or the row of a table that the shortfall has reached.
    """

    target: Share
    """Units that meet the promise, as a part of all; of availability, the part of the time."""
    miss_rate: Share | None = None
    """Units that miss it in a practised team (late ones, say); the error rate of quality if left out."""
    noise: Noise | None = None
    """Monthly noise of mean 1 on the miss rate."""
    service_hours: NonNegative | None = None
    """Hours a month in which service is promised, 730 round the clock: the promise is then availability."""
    force_majeure: Share = 1.0
    """Part of the time lost to country events that is excused; 0 counts all of it."""
    allocation: NonNegative | None = None
    """Part of the pool that is credited when the target is missed."""
    credit_rate: NonNegative | None = None
    """Credit for each whole unit of shortfall, in fees: 5 gives 5 % of the fee for one point."""
    credit_table: Annotated[list[list[Real]], Field(min_length=1), AfterValidator(_steps)] | None = None
    """Rows [points of shortfall, credit]: from that many percentage points on, that part of the fee."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if sum(way is not None for way in (self.allocation, self.credit_rate, self.credit_table)) != 1:
            raise complaint("bp_sla", "give one of allocation, credit_rate or credit_table")
        if self.noise is not None and self.miss_rate is None:
            raise complaint("bp_sla", "noise is on miss_rate, and quality has its own; add miss_rate")
        if self.service_hours is None:
            if "force_majeure" in self.model_fields_set:
                raise complaint("bp_sla", "force_majeure is about service_hours; add them, or remove it")
        elif self.miss_rate is not None:
            raise complaint("bp_sla", "give miss_rate or service_hours; a promise is about one thing")
        return self

    @property
    def measures_accuracy(self) -> bool:
        """Whether the promise is about the errors of quality."""
        return self.miss_rate is None and self.service_hours is None

    def shortfall(
        self, error_rate: Path, learning: Path, draw: FloatArray | None, down: Downtime = WORKING
    ) -> Path:
        """Return how far the month is below target, 0 where it is met."""
        missed = error_rate
        if self.miss_rate is not None:
            noise = self.noise.factor(draw) if self.noise else 1.0
            missed = np.minimum(1.0, self.miss_rate * learning * noise)
        elif self.service_hours is not None:
            part = down.hours / np.maximum(self.service_hours, 1e-300)
            missed = np.minimum(1.0, part + (1.0 - self.force_majeure) * down.country)
        below: Path = np.maximum(0.0, self.target - (1.0 - missed))
        return below

    def credit(self, shortfall: Path, pool: Path) -> Path:
        """Return the credit as a part of the fee; ``pool`` is at risk × pool of the contract."""
        if self.credit_rate is not None:
            return shortfall * self.credit_rate
        if self.credit_table is not None:
            points, credits_ = zip(*self.credit_table, strict=True)
            reached = np.searchsorted(points, np.round(100.0 * np.asarray(shortfall), 9), side="right")
            found: FloatArray = np.array([0.0, *credits_])[reached * np.greater(shortfall, _MET)]
            return found
        missed: Path = np.where(np.greater(shortfall, _MET), 1.0, 0.0)
        return pool * (0.0 if self.allocation is None else self.allocation) * missed


class ServiceLevel(Part):
    """Credit = min(Σ credits of the metrics, at risk) × fee × capture, less what is earned back.

    Written for one metric, the accuracy: credit = min(shortfall × credit rate, at risk) × fee × capture.
    """

    target: Share | None = None
    """Accuracy promised: units without error as a part of all."""
    credit_rate: NonNegative | None = None
    """Credit for each whole unit of shortfall, in fees: 5 gives 5 % of the fee for one point."""
    metrics: dict[str, Metric] = {}  # noqa: RUF012 - pydantic copies defaults
    """Promises by name, instead of target and credit_rate."""
    at_risk: Share = 0.12
    """Most that a month can lose, as a part of its fee."""
    pool: NonNegative = 1.0
    """What the allocations divide, as a part of the amount at risk; above 1 a few misses reach the cap."""
    earn_back: WholeMonths | None = None
    """Months of service on target, one after another, after which a credit is returned to the vendor."""
    capture: Share = 1.0
    """Part of the credits due that is claimed and paid."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        single = (self.target is not None, self.credit_rate is not None)
        if any(single) == bool(self.metrics) or any(single) != all(single):
            raise complaint("bp_sla", "give target and credit_rate, or metrics")
        return self

    @property
    def measures_accuracy(self) -> bool:
        """Whether a promise is about the errors of quality."""
        return not self.metrics or any(metric.measures_accuracy for metric in self.metrics.values())

    @property
    def measures_availability(self) -> bool:
        """Whether a promise is about the time in which there is service."""
        return any(metric.service_hours is not None for metric in self.metrics.values())

    def credit(
        self,
        error_rate: Path,
        fees: Path,
        learning: Path = 1.0,
        draw: Draw = no_noise,
        down: Downtime = WORKING,
    ) -> Path:
        """Return the credit of each month, positive, in base currency, less earlier ones earned back in it.

        With ``earn_back``, ``fees`` has a row for each month.
        """
        due, missed = self._due(error_rate, learning, draw, down)
        credit = product(np.clip(due, 0.0, self.at_risk), self.capture, fees)
        if self.earn_back is None:
            return credit
        # A month without a fee, after the contract's end say, is none on target.
        missed = np.logical_or(missed, np.less_equal(fees, 0.0))
        return credit - _returned(credit, missed, self.earn_back)

    def _due(self, error_rate: Path, learning: Path, draw: Draw, down: Downtime) -> tuple[Path, Path]:
        """Return the credits as a part of the fee, before the cap, and 1 where any target is missed."""
        if self.target is not None and self.credit_rate is not None:
            shortfall = positive_part(error_rate - (1.0 - self.target))
            return shortfall * self.credit_rate, np.greater(shortfall, _MET)
        due: Path = 0.0
        missed: Path = np.zeros((1, 1), dtype=np.bool_)
        for name, metric in self.metrics.items():
            shortfall = metric.shortfall(error_rate, learning, draw(name) if metric.noise else None, down)
            due = due + metric.credit(shortfall, self.at_risk * self.pool)
            missed = np.logical_or(missed, np.greater(shortfall, _MET))
        return due, missed


def _returned(credit: Path, missed: Path, months: int) -> FloatArray:
    """Return each month's credit that comes back in the last of so many months on target after it."""
    credit, missed = np.broadcast_arrays(np.atleast_2d(credit), np.atleast_2d(missed))
    returned = np.zeros_like(credit)
    streak = np.zeros(credit.shape[1])
    for t in range(len(credit)):
        streak += 1.0
        streak *= ~missed[t]
        if t >= months:
            np.multiply(credit[t - months], streak >= months, out=returned[t])
    return returned
