"""Successors as cohorts: each month's leavers leave a vacancy, then a trainee, then a learner on the job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np

from bposim.inputs.number import Months, Share
from bposim.part import Part
from bposim.shapes import FloatArray, Vector


class Replacement(Part):
    """How a leaver is replaced: vacancy (no pay, no output), training (pay, no output), ramp, full output.

    Who leaves at the end of month u is missing from month u + 1 on, until a successor who stays is up to it:
    one who leaves as well is missing as the next leaver only.  Output missing up to x months after:
    C(x) = min(x, H + M) + (1 - p)(y - y² / 2R), y = min(max(x - H - M, 0), R).
    """

    hiring_lag: Months = 0.0
    """H, months until the successor starts: time to fill."""
    training_months: Months = 0.0
    """M, months of paid training without output."""
    ramp_months: Months = 0.0
    """R, months on the job until full productivity."""
    start_productivity: Share = 0.0
    """p, productivity at the start of the ramp, which climbs evenly to 1."""

    def vacant(self, age: float) -> Vector:
        """Return the part of the ``age``-th month after the leaving in which the seat is empty."""
        part: Vector = np.clip(self.hiring_lag - (age - 1.0), 0.0, 1.0)
        return part

    def missing(self, age: float) -> Vector:
        """Return the output of one FTE that is missing in the ``age``-th month after the leaving."""
        return self._missing_up_to(age) - self._missing_up_to(age - 1.0)

    def _missing_up_to(self, age: float) -> Vector:
        idle = self.hiring_lag + self.training_months
        ramp = np.maximum(self.ramp_months, 1e-9)
        y = np.clip(age - idle, 0.0, ramp)
        missing: Vector = np.minimum(age, idle) + (1.0 - self.start_productivity) * (y - y * y / (2.0 * ramp))
        return missing

    @property
    def ages(self) -> int:
        """Months after which every successor of every trial is fully productive."""
        longest = np.max(self.hiring_lag + self.training_months + self.ramp_months)
        return ceil(float(longest))


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What turnover does to a team month by month, each ``(months, trials)`` or ``(months, 1)``."""

    leaver_share: FloatArray
    """Leavers as a part of the staff that is there."""
    vacant: FloatArray
    """Part of the seats that is empty, and not paid."""
    missing: FloatArray
    """Part of the output that is missing: empty seats, trainees and learners."""


def cohorts(
    terms: Replacement, months: int, leave: Callable[[int, Vector], Vector], q: Vector | None
) -> Cohorts:
    """Return vacancies and missing output; ``leave(row, present)`` gives each month's leaver share.

    ``q`` is the monthly attrition of a team that already works: it starts with the vacancies and learners of
    the long run, q / (1 + q H) of its seats left in each month before; a new team (None) starts with none.
    """
    ages = range(1, terms.ages + 1)
    vacant_at = [terms.vacant(age) for age in ages]
    missing_at = [terms.missing(age) for age in ages]

    def a_month_on(seats: list[Vector], newly: Vector, share: Vector) -> list[Vector]:
        staying = [n * (1.0 - share * (1.0 - v)) for n, v in zip(seats, vacant_at, strict=True)]
        return [newly, *staying][: len(seats)]

    seats: list[Vector] = [0.0] * len(ages)  # by months since their last leaver
    if q is not None:
        for _ in ages:
            seats = a_month_on(seats, q / (1.0 + q * terms.hiring_lag), q)
    rows: list[tuple[Vector, Vector, Vector]] = []
    for row in range(months):
        vacant = np.minimum(1.0, sum((n * v for n, v in zip(seats, vacant_at, strict=True)), start=0.0))
        missing = np.minimum(1.0, sum((n * m for n, m in zip(seats, missing_at, strict=True)), start=0.0))
        share = leave(row, 1.0 - vacant)
        seats = a_month_on(seats, share * (1.0 - vacant), share)
        rows.append((share, vacant, missing))
    trials = max(np.size(value) for row in rows for value in row)
    share, vacant, missing = (
        np.stack([np.broadcast_to(value, trials) for value in column]) for column in zip(*rows, strict=True)
    )
    return Cohorts(share, vacant, missing)
