"""Contract years of a sheet of months, for readers of paper: month 0 counts to year 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.report.workbook.book import lines_of
from bposim.report.workbook.drivers import MEANING, MONTH_0, SOURCE, SYMBOL, VALUE, WIDTHS
from bposim.report.workbook.number_formats import number_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.report.workbook.book import Page
    from bposim.report.workbook.drivers import Place
    from bposim.shapes import FloatArray

TOLD = "by contract year; the months, formulas and drivers are in the file"
WIDE = sum(WIDTHS[MEANING : SOURCE + 1])
"""Characters across the columns that a formula in words is written over."""


@dataclass(frozen=True, slots=True)
class YearLine:
    """A line of an alternative: its name, its formula in words, its row of months and what stands there."""

    name: str
    formula: str
    row: int
    flow: FloatArray


def years_of(months: int) -> list[tuple[int, int]]:
    """Return first and last month of each contract year; the last year may be shorter."""
    ends = [min(12 * (year + 1), months) for year in range(-(-months // 12))]
    return [(0 if year == 0 else 12 * year + 1, end) for year, end in enumerate(ends)]


def write_heads(page: Page, row: int, first: int, months: int) -> None:
    """Write the heads of the years from the column ``first`` on."""
    for column, (_, end) in enumerate(years_of(months), first):
        short = f", to month {end}" if end % 12 else ""
        page.text(row, column, f"year {column - first + 1}{short}", "head right")
    if months % 12:
        page.tall(row, 2)


def write_line_years(page: Page, row: int, lines: Sequence[YearLine], currency: str) -> None:
    """Write every line by contract year, and let paper have this table instead of the months."""
    months = len(lines[0].flow) - 1
    years = years_of(months)
    page.text(row, SYMBOL, f"Every line by contract year, {currency}", "section")
    page.texts(row, MEANING, [""] * (len(years) + 4), "section")
    head = row + 1
    page.text(head, SYMBOL, "line", "head")
    page.across(head, MEANING, SOURCE, "how a month of it is computed", "head")
    page.text(head, VALUE, "all years", "head right")
    write_heads(page, head, MONTH_0, months)
    for at, line in enumerate(lines, head + 1):
        page.text(at, SYMBOL, line.name, "label")
        page.across(at, MEANING, SOURCE, line.formula, "label")
        page.tall(at, max(lines_of(line.name, WIDTHS[SYMBOL]), lines_of(line.formula, WIDE)))
        for column, (first, last) in enumerate(years, MONTH_0):
            cells = page.range((line.row, MONTH_0 + first), (line.row, MONTH_0 + last))
            page.formula(at, column, f"SUM({cells})", float(line.flow[first : last + 1].sum()))
        own = page.range((at, MONTH_0), (at, MONTH_0 + len(years) - 1))
        page.formula(at, VALUE, f"SUM({own})", float(line.flow.sum()))
    total = head + 1 + len(lines)
    page.texts(total, SYMBOL, ("total cost", "", "", ""), "total label")
    flow = np.sum([line.flow for line in lines], axis=0)
    sums = [float(flow.sum()), *(float(flow[first : last + 1].sum()) for first, last in years)]
    for column, value in enumerate(sums, VALUE):
        cells = page.range((head + 1, column), (total - 1, column))
        page.formula(total, column, f"SUM({cells})", value, "total")
    page.on_paper((head, head), (total, MONTH_0 + len(years) - 1), first=head, told=TOLD)


def write_world_years(page: Page, row: int, drivers: Sequence[tuple[Place, str, str, FloatArray]]) -> None:
    """Write the average of every driver by contract year, and let paper have this table."""
    months = max((len(values) for *_, values in drivers), default=12)
    years = years_of(months)
    page.text(row, SYMBOL, "The average month of each contract year", "section")
    page.texts(row, MEANING, [""] * (len(years) + 4), "section")
    head = row + 1
    page.texts(head, SYMBOL, ("driver", "meaning", "", ""), "head")
    page.text(head, VALUE, "value", "head right")
    write_heads(page, head, MONTH_0, months)
    for at, (place, symbol, meaning, values) in enumerate(drivers, head + 1):
        page.text(at, SYMBOL, symbol)
        page.text(at, MEANING, meaning)
        shape = number_format(values)
        if place.constant:
            page.formula(at, VALUE, page.local(place.row, VALUE), float(values[0]), "link", shape)
            continue
        for column, (first, last) in enumerate(years, MONTH_0):
            cells = page.range((place.row, MONTH_0 + max(first, 1)), (place.row, MONTH_0 + last))
            mean = float(values[max(first, 1) - 1 : last].mean())
            page.formula(at, column, f"AVERAGE({cells})", mean, "whole", shape)
    last_cell = (head + len(drivers), MONTH_0 + len(years) - 1)
    page.on_paper((head, head), last_cell, first=head, told=TOLD)
