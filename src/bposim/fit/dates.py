"""Days, months and spans of time as files of data and options write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?:[T ][0-9:.]+Z?)?")
"""A month, or a day, whose time of day is passed over."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the file, or a month if it names no day."""

    year: int
    month: int
    day: int | None = None

    @property
    def month_index(self) -> int:
        """Months since year 0."""
        return 12 * self.year + self.month - 1

    @property
    def ordinal(self) -> int:
        """Days since year 1; of a month, its middle."""
        return date(self.year, self.month, self.day or 15).toordinal()

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")


def month_name(index: int) -> str:
    """Return a month such as 2024-03, from its count since year 0."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def read_day(cell: str) -> Day:
    """Read 2024-03 or 2024-03-31; raises ValueError with what is wrong and what to write."""
    found = DATE.fullmatch(cell)
    if not found:
        raise ValueError(f'"{cell[:30]}" is not a date; write it as 2024-03-31, or as 2024-03')
    year, month, day = int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    try:
        date(year, month, day or 1)
    except ValueError:
        raise ValueError(f'"{cell}" is not a day of the calendar; write it as 2024-03-31') from None
    return Day(year, month, day)


@dataclass(frozen=True, slots=True)
class Window:
    """When records were kept; None where the file has to show it."""

    first: Day | None = None
    last: Day | None = None

    @property
    def begin(self) -> int | None:
        """First day, in days since year 1."""
        if self.first is None:
            return None
        return date(self.first.year, self.first.month, self.first.day or 1).toordinal()

    def holds(self, day: Day) -> bool:
        """Return whether a day lies within; of a month, its middle."""
        begin, end = self.begin, self.end
        return (begin is None or day.ordinal >= begin) and (end is None or day.ordinal <= end)

    @property
    def end(self) -> int | None:
        """Last day, in days since year 1."""
        if self.last is None:
            return None
        if self.last.day:
            return self.last.ordinal
        _, days = monthrange(self.last.year, self.last.month)
        return date(self.last.year, self.last.month, days).toordinal()


ALWAYS = Window()


def read_window(text: str) -> Window:
    """Read 2019-01:2024-12, either end of which may be missing; raises ValueError as ``what; remedy``."""
    first, colon, last = text.partition(":")
    if not colon:
        raise ValueError(f'"{text[:40]}" is not a span of time; write it as 2019-01:2024-12')
    window = Window(*(read_day(end.strip()) if end.strip() else None for end in (first, last)))
    if window.begin and window.end and window.begin > window.end:
        raise ValueError(f"{first} is after {last}; write the earlier one first")
    return window
