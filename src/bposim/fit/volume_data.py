"""Volumes as a file gives them: by month, or by day and added up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bposim.fit.dates import Window, month_name, read_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.fit.dates import Day
    from bposim.fit.sheet import Sheet
    from bposim.shapes import FloatArray

NAMES = (
    "volume", "volumes", "contacts", "calls", "tickets", "invoices", "units", "orders", "count", "cases",
    "transactions", "items", "returns", "chats", "emails", "workload", "quantity",
)  # fmt: skip
"""Names by which the column of volumes is found."""

FEWEST_MONTHS = 12

_DAILY = 10.0
"""Rows a month from which they are days, not weeks."""

_EARLY, _LATE = 3, 26
"""A month that begins later or ends earlier in the file is not whole, a long weekend aside."""


@dataclass(frozen=True, slots=True)
class Volumes:
    """Volumes of months without gaps, oldest first."""

    first: int
    """Month of the first, since year 0."""
    values: FloatArray
    column: str
    said: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def months(self) -> tuple[str, ...]:
        """Names of the months."""
        return tuple(month_name(self.first + k) for k in range(self.values.size))


def read(sheet: Sheet, column: str | None, date_column: str | None, observed: Window) -> Volumes:
    """Read volumes by month, or by day and add them up; raises ScenarioError with all that is wrong."""
    dates = date_column or sheet.dates()
    if dates is None:
        raise sheet.refused("no column holds dates", "add one called month, such as 2024-03")
    name = column or sheet.named(NAMES) or sheet.only_number([dates], "volume")

    def volume(cell: str) -> float:
        value = sheet.dialect.number(cell)
        if value < 0.0:
            raise ValueError(f"{cell} is negative; correct it or leave the row out")
        return value

    days = sheet.cells(dates, "--date", read_day)
    by_month = _by_month(sheet, days, sheet.cells(name, "--column", volume), observed)
    months, said, warnings = _whole_months(sheet, by_month)
    for before, after in pairwise(months):
        if after != before + 1:
            raise sheet.refused(
                f"no volume between {month_name(before)} and {month_name(after)}",
                f"fill the gap, or begin after it by --observed {month_name(after)}:",
            )
    if len(months) < FEWEST_MONTHS:
        what = f"{len(months)} whole months are fewer than {FEWEST_MONTHS}"
        raise sheet.refused(what, "write growth and noise by judgement instead")
    totals = np.array([sum(value for _, value in by_month[month]) for month in months])
    if not totals.all():
        zero = month_name(months[int(np.flatnonzero(totals == 0.0)[0])])
        remedy = "leave such months out by --observed"
        raise sheet.refused(f"the volume of {zero} is 0, and bposim's noise multiplies", remedy)
    if len(set(totals)) == 1:
        raise sheet.refused("all volumes are equal", "write the number itself")
    span = f"{month_name(months[0])} to {month_name(months[-1])}"
    head = f'Read as volume: {len(months)} months {span} in column "{name}"'
    return Volumes(months[0], totals, name, (f"{head}{said}.",), tuple(warnings))


def _by_month(
    sheet: Sheet, days: Sequence[Day], values: Sequence[float], observed: Window
) -> dict[int, list[tuple[Day, float]]]:
    """Return what was observed by month; raises ScenarioError for a date that stands twice."""
    by_month: dict[int, list[tuple[Day, float]]] = {}
    seen: dict[int, int] = {}
    for (line, _), day, value in zip(sheet.rows, days, values, strict=True):
        if not observed.holds(day):
            continue
        at = day.ordinal if day.day else day.month_index
        if at in seen:
            remedy = "keep one of them, or add them up"
            raise sheet.refused(f"{day} stands in line {seen[at]} already", remedy, line)
        seen[at] = line
        by_month.setdefault(day.month_index, []).append((day, value))
    return by_month


def _whole_months(
    sheet: Sheet, by_month: dict[int, list[tuple[Day, float]]]
) -> tuple[list[int], str, list[str]]:
    """Return the months that are there as a whole, how rows became months, and what is doubtful about it."""
    months = sorted(by_month)
    if not months:
        raise sheet.refused("no row lies within --observed", "move its ends")
    rows = [len(by_month[month]) for month in months]
    typical = float(np.median(rows))
    if typical == 1.0:
        return months, "", []
    if typical < _DAILY:
        what = f"there are about {typical:.0f} rows a month"
        raise sheet.refused(what, "add them up: weeks do not fit into months")
    if min(day.day or 1 for day, _ in by_month[months[0]]) > _EARLY:
        months = months[1:]
    if max(day.day or 31 for day, _ in by_month[months[-1]]) < _LATE:
        months = months[:-1]
    thin = [month for month in months if len(by_month[month]) < 0.75 * typical]
    warnings = [
        f"{month_name(month)} has {len(by_month[month])} days where {typical:.0f} are usual: its total may "
        "be too low"
        for month in thin
    ]
    return months, f", {sum(rows):,} days added up, months at the ends that are not whole left out", warnings
