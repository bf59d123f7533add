"""Exchange rates as a file gives them: month-ends of one currency in another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from bposim.fit.dates import ALWAYS, Window, month_name, read_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.fit.dates import Day
    from bposim.fit.sheet import Sheet
    from bposim.shapes import FloatArray

NAMES = ("rate", "price", "close", "fx", "fx_rate", "exchange_rate", "value")
"""Names by which the column of rates is found if none is called by a currency's code."""

CODE = re.compile("[A-Z]{3}")
MISSING = frozenset({"", "N/A", "NA", "n/a", "ND", "-", "."})
FEWEST_CHANGES = 12
MANY_CODES = 5
"""Columns of currencies, with one for USD and none for EUR, that make a file the European Central Bank's."""

_LATE_IN_MONTH = 24
_STILL = 1e-9
"""Spread of the monthly log changes below which there is none but rounding."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Month-end rates without gaps, oldest first."""

    first: int
    """Month of the first, since year 0."""
    values: FloatArray
    """``(n + 1,)``."""
    currency: str
    base: str
    said: tuple[str, ...]
    source: str
    published: bool = False
    """Whether they are the history that comes with bposim."""

    @property
    def months(self) -> tuple[str, ...]:
        """Names of the months."""
        return tuple(month_name(self.first + k) for k in range(self.values.size))

    @property
    def pair(self) -> str:
        """E.g. "USD for one PHP"."""
        return f"{self.base or 'base currency'} for one {self.currency or 'unit'}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says about currencies and columns."""

    currency: str = ""
    base: str = ""
    per: str = ""
    """The currency of which one unit is quoted; empty if the rates are prices in the base currency."""
    column: str | None = None
    date: str | None = None
    observed: Window = ALWAYS


def codes(sheet: Sheet) -> list[str]:
    """Return the columns that are called by a currency's code."""
    return [name for name in sheet.header if CODE.fullmatch(name)]


def read(sheet: Sheet, asked: Asked) -> Rates:
    """Read one rate a month; raises ScenarioError with all that is wrong."""
    dates = asked.date or sheet.dates()
    if dates is None:
        raise sheet.refused("no column holds dates", "add one called month, such as 2024-03")
    known = codes(sheet)
    per = asked.per
    said: list[str] = []
    if not per and "USD" in known and "EUR" not in known and len(known) >= MANY_CODES:
        per = "EUR"
        said.append(
            "Rates are taken as units of each currency for one EUR, as the European Central Bank's are."
        )
    if per:
        currency, base, series = _crossed(sheet, asked, per, known)
    else:
        currency, base, series = _priced(sheet, asked, known)
    days = sheet.cells(dates, "--date", read_day)
    first, values, taken = _month_ends(sheet, days, series, asked.observed)
    rates = Rates(
        first,
        values,
        currency,
        base,
        (),
        f"fit to {PurePath(sheet.file).name}: {currency or 'rate'}, {month_name(first)} to "
        f"{month_name(first + values.size - 1)}",
    )
    head = f"Read as exchange rate: {rates.pair}, {taken}."
    return Rates(rates.first, rates.values, currency, base, (head, *said), rates.source)


def _priced(sheet: Sheet, asked: Asked, known: Sequence[str]) -> tuple[str, str, list[float | None]]:
    """Return currency, base and prices of one unit in base currency."""
    name = asked.column or (asked.currency if asked.currency in known else None)
    if name is None and asked.currency and known:
        what = f"there are rates of {', '.join(known)}, and none of {asked.currency}"
        raise sheet.refused(what, "say --column with the one that holds them")
    if name is None and len(known) == 1:
        name = known[0]
    if name is None and len(known) > 1:
        raise sheet.refused(f"there are rates of {', '.join(known)}", "say which by --currency")
    if name is None:
        name = sheet.named(NAMES) or sheet.only_number([], "rate or by a currency's code")
    currency = asked.currency or (name if CODE.fullmatch(name) else "")
    return currency, asked.base, _series(sheet, name)


def _crossed(
    sheet: Sheet, asked: Asked, per: str, known: Sequence[str]
) -> tuple[str, str, list[float | None]]:
    """Return currency, base and prices from units of each for one of ``per``."""
    if not asked.currency or not asked.base:
        missing = "--currency" if not asked.currency else "--base"
        raise sheet.refused(
            f"there are rates of {len(known)} currencies for one {per}",
            f"say {missing}, as in --currency PHP --base USD",
        )
    for code in (asked.currency, asked.base):
        if code != per and code not in known:
            raise sheet.refused(f"there are no rates of {code}", f"it has {', '.join([per, *known])}")
    if asked.currency == asked.base:
        raise sheet.refused(f"{asked.currency} in {asked.base} is always 1", "choose two currencies")
    one: list[float | None] = [1.0] * len(sheet.rows)
    foreign = one if asked.currency == per else _series(sheet, asked.currency)
    home = one if asked.base == per else _series(sheet, asked.base)
    crossed = [None if f is None or h is None else h / f for f, h in zip(foreign, home, strict=True)]
    return asked.currency, asked.base, crossed


def _series(sheet: Sheet, name: str) -> list[float | None]:
    def rate(cell: str) -> float | None:
        if cell in MISSING:
            return None
        value = sheet.dialect.number(cell)
        if value <= 0.0:
            raise ValueError(f"{cell} is not above 0; a rate is")
        return value

    return sheet.cells(name, "--column", rate, empty=True)


def _month_ends(
    sheet: Sheet, days: Sequence[Day], series: Sequence[float | None], observed: Window
) -> tuple[int, FloatArray, str]:
    """Return the first month, the last rate of each month, and what was taken in words."""
    by_month: dict[int, list[tuple[int, float, int]]] = {}
    seen: dict[int, int] = {}
    count = 0
    for (line, _), day, rate in zip(sheet.rows, days, series, strict=True):
        if rate is None or not observed.holds(day):
            continue
        at = day.ordinal if day.day else day.month_index
        if at in seen:
            raise sheet.refused(f"{day} stands in line {seen[at]} already", "keep one of them", line)
        seen[at] = line
        count += 1
        by_month.setdefault(day.month_index, []).append((day.ordinal, rate, day.day or 31))
    if len(by_month) <= FEWEST_CHANGES:
        what = f"there are rates in {len(by_month)} months"
        raise sheet.refused(what, f"give {FEWEST_CHANGES + 1} or more, or take the library's volatility")
    months = sorted(by_month)
    daily = count > 1.5 * len(months)
    if daily and max(by_month[months[-1]])[2] < _LATE_IN_MONTH:
        months.pop()  # it is not over
    for before, after in pairwise(months):
        if after != before + 1:
            raise sheet.refused(
                f"no rate between {month_name(before)} and {month_name(after)}",
                f"fill the gap from the source, or begin after it by --observed {month_name(after)}:",
            )
    values = np.array([max(by_month[month])[1] for month in months])
    if np.ptp(np.diff(np.log(values))) < _STILL:
        what = "the rate moves by the same part every month, so there is no volatility to fit"
        raise sheet.refused(
            what, "write model: fixed if a peg holds, else gbm with a volatility by judgement"
        )
    span = f"{month_name(months[0])} to {month_name(months[-1])}"
    taken = f"{values.size} month-ends {span}"
    if daily:
        taken += f", the last of {count / len(by_month):.0f} rates a month on average"
    return months[0], values, taken
