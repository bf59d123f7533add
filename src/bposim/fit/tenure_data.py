"""Tenures as a file gives them: lengths, or dates of hiring and leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bposim.fit.dates import ALWAYS, Window, read_day
from bposim.fit.likelihood import Observations
from bposim.fit.outcome import FEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.fit.sheet import Sheet

NAMES = (
    "tenure",
    "months",
    "tenure_months",
    "years",
    "tenure_years",
    "days",
    "tenure_days",
    "stag",
    "duration",
    "time",
)
"""Names by which the column of tenures is found."""

LEFT_NAMES = ("event", "left", "leaver", "has_left", "quit", "exited", "terminated", "attrition", "status")
"""Names by which the column is found that says who has left."""

CENSORED_NAMES = ("censored", "still_here", "active", "current", "employed")
"""The same, of a column that says who is still there."""

HIRED_NAMES = ("hired", "hire_date", "hired_on", "start_date", "joined", "join_date", "entry_date")
GONE_NAMES = ("left", "left_on", "leave_date", "exit_date", "end_date", "termination_date", "term_date")

YES = frozenset(
    {"1", "true", "yes", "y", "left", "leaver", "gone", "quit", "exited", "terminated", "resigned"}
)
NO = frozenset(
    {"0", "false", "no", "n", "here", "still here", "active", "current", "employed", "stays", "censored"}
)

MONTHS_PER = {"months": 1.0, "years": 12.0, "days": 12.0 / 365.25}
DAYS_A_MONTH = 365.25 / 12.0

_SURELY_SOME = 10.0
_LEAST = 0.02
"""Tenure in months that a tenure of 0 counts as: half a day."""

_BY_JUDGEMENT = "write attrition as {low, likely, high} by judgement instead"


@dataclass(frozen=True, slots=True)
class Tenures:
    """What was read, in months."""

    data: Observations
    said: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says about the columns."""

    column: str | None = None
    left: str | None = None
    entry: str | None = None
    unit: str | None = None
    observed: Window = ALWAYS


def read(sheet: Sheet, asked: Asked) -> Tenures:
    """Read tenures, or dates of hiring and leaving; raises ScenarioError with all that is wrong."""
    hired = None if asked.column else sheet.named(HIRED_NAMES)
    if hired is not None and not asked.entry:
        return _from_dates(sheet, hired, asked)
    return _from_tenures(sheet, asked)


def _from_dates(sheet: Sheet, hired: str, asked: Asked) -> Tenures:
    gone = asked.left or sheet.named(GONE_NAMES)
    if gone is None:
        raise sheet.refused(
            f'there are dates of hiring in "{hired}", but no column of leaving',
            "add a column left with the date, empty for those who are still there",
        )
    starts = sheet.cells(hired, "--column", read_day)
    ends = sheet.cells(gone, "--left", lambda cell: read_day(cell) if cell else None, empty=True)
    until = asked.observed.end or max(day.ordinal for day in (*starts, *ends) if day is not None)
    since = asked.observed.begin
    rows = iter(zip(starts, ends, strict=True))

    def tenure(_: Sequence[str]) -> tuple[float, float, float] | None:
        start, end = next(rows)
        if start.ordinal > until or (end is not None and end.ordinal > until):
            later = str(start if start.ordinal > until else end)
            raise ValueError(f"{later} is after the end of --observed; leave it out or move the end")
        stop = until if end is None else end.ordinal
        if stop < start.ordinal:
            raise ValueError(f"left on {end}, before being hired on {start}; correct one of them")
        if since is not None and stop < since:
            return None
        entered = 0.0 if since is None else max(since - start.ordinal, 0) / DAYS_A_MONTH
        return max((stop - start.ordinal) / DAYS_A_MONTH, entered + _LEAST), float(end is not None), entered

    found = sheet.each(gone, tenure)
    kept = [row for row in found if row is not None]
    if not kept:
        raise sheet.refused("nobody was there within --observed", "move its ends")
    value, seen, entry = (np.array(column) for column in zip(*kept, strict=True))
    day = date.fromordinal(until)
    who = f'{value.size:,} people, hired as in "{hired}", {int(seen.sum()):,} left as in "{gone}"'
    said = [f"Read as tenure: {who}; the others are taken to be still there on {day}."]
    if since is not None:
        said.append(
            f"Observed from {date.fromordinal(since)} on: who was there already counts from then, and the "
            f"{len(found) - len(kept):,} who had left before are left out."
        )
    warnings = []
    if asked.observed.end is None:
        warnings.append(
            f"the file does not say of which day it is; taken: its last date, {day}. Say it by --observed "
            f":{day}"
        )
    if since is None:
        warnings += _leavers_missing([day.ordinal for day in starts], [day.ordinal for day in ends if day])
    return _checked(sheet, Observations(value, seen, entry), tuple(said), tuple(warnings))


def _leavers_missing(starts: Sequence[int], ends: Sequence[int]) -> Iterator[str]:
    """Warn if earlier leavers seem to be missing, as in a list of present staff and recent leavers."""
    if not ends:
        return
    first, last = min(ends), max(*starts, *ends)
    present_before = sum(max(first - start, 0) for start in starts)
    present_after = sum(last - max(start, first) for start in starts) - sum(last - end for end in ends)
    expected = len(ends) * present_before / max(present_after, 1)
    if expected > _SURELY_SOME:
        day = date.fromordinal(first)
        yield (
            f"nobody left before {day}, when about {expected:.0f} should have: if earlier leavers are not in "
            f"the file, attrition is too low; say from when on they are by --observed {day}:"
        )


def _from_tenures(sheet: Sheet, asked: Asked) -> Tenures:
    name = asked.column or sheet.named(NAMES)
    if name is None:
        listed = ", ".join(sheet.header[:12])
        raise sheet.refused("no column is called tenure or months", f"say --column with one of {listed}")
    unit = asked.unit or next((unit for unit in MONTHS_PER if unit[:-1] in name.lower()), "months")
    months = MONTHS_PER[unit]

    def length(cell: str) -> float:
        value = sheet.dialect.number(cell) * months
        if value < 0.0:
            raise ValueError(f"{cell} is negative; correct it or leave the row out")
        return max(value, _LEAST)

    value = np.array(sheet.cells(name, "--column", length))
    left = asked.left or sheet.named(LEFT_NAMES)
    still = None if left else sheet.named(CENSORED_NAMES)
    warnings: list[str] = []
    if left or still:
        seen = np.array(sheet.cells(left or still or "", "--left", _yes_or_no))
        seen = 1.0 - seen if still else seen
        who = f'{int(seen.sum()):,} left as in "{left or still}", the others are still there'
    else:
        seen = np.ones_like(value)
        who = "all of whom left"
        warnings.append(
            "no column says who is still there, so all are taken to have left: of leavers alone the "
            "attrition is far too high, because those who stay are missing. Add a column left with 1 or 0"
        )
    entry = np.zeros_like(value)
    if asked.entry:
        entry = np.array(sheet.cells(asked.entry, "--entry", length))
        entry[entry <= _LEAST] = 0.0
        late = np.flatnonzero(entry >= value)
        if late.size:
            what = f"{late.size} people have as much tenure when they come under observation as at its end"
            raise sheet.refused(what, "correct the rows", sheet.rows[late[0]][0])
    said = f'Read as tenure in {unit}: {value.size:,} people in column "{name}", {who}.'
    return _checked(sheet, Observations(value, seen, entry), (said,), tuple(warnings))


def _yes_or_no(cell: str) -> float:
    word = cell.lower()
    if word in YES or word == "1.0":
        return 1.0
    if word in NO or word == "0.0":
        return 0.0
    raise ValueError(f'"{cell[:30]}" does not say whether one has left; write 1 or 0, yes or no')


def _checked(sheet: Sheet, data: Observations, said: tuple[str, ...], warnings: tuple[str, ...]) -> Tenures:
    leavers = int(data.seen.sum())
    if leavers < FEWEST:
        what = f"{leavers} people have left, fewer than {FEWEST}"
        raise sheet.refused(what, _BY_JUDGEMENT)
    if np.ptp(data.value[data.seen > 0]) == 0.0:
        raise sheet.refused(f"all {leavers} who left did so after the same tenure", _BY_JUDGEMENT)
    return Tenures(data, said, warnings)
