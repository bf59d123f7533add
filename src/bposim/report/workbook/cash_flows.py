"""The cash flows of the base case by month and category, discounted and compared, all as formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.document import line_month
from bposim.explain.lines import explain_line
from bposim.report.workbook.drivers import MONTH_0 as LINES_MONTH_0
from bposim.report.workbook.years import write_heads, years_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.summary import Summary
    from bposim.explain.twin import Twin
    from bposim.report.workbook.book import Book, Page
    from bposim.report.workbook.lines import Lines
    from bposim.shapes import FloatArray

LABEL, PV, SUM, MONTH_0 = range(4)
WIDTHS = (34, 15, 15)
MONTH_WIDTH = 12
PRINTED = 12
"""The last month that is printed: paper has the first year by month, and every year as a whole."""
RATE, HEAD, CALENDAR, FACTOR, FIRST = 3, 5, 6, 7, 9
"""Rows of the discount rate, the month numbers, the calendar, D(t), and the first one below."""


@dataclass(slots=True)
class CashFlows:
    """The sheet, and where others find its figures."""

    book: Book
    twin: Twin
    baseline: str
    page: Page
    totals: dict[str, int] = field(default_factory=dict)
    """Rows of the total cost by alternative."""
    cumulative: dict[str, int] = field(default_factory=dict)
    """Rows of the cumulative saving by alternative, the baseline left out."""
    running: dict[str, list[float]] = field(default_factory=dict)
    """The cumulative savings."""
    years: dict[str, int] = field(default_factory=dict)
    """Rows of the cost by contract year."""
    years_head: int = 0

    def write(self, names: Sequence[str], lines: Lines, summary: Summary) -> None:
        """Write the sheet; ``names`` has the baseline first."""
        self._head()
        row = FIRST
        for name in names:
            row = self._alternative(row, name, lines)
        row = self._by_year(row, names)
        last = self._reconciled(row, names, summary)
        self.page.freeze(FACTOR + 1, PV)
        months = self.twin.months
        printed = min(months, max(PRINTED, len(years_of(months)) - 1))
        told = f"months 0 to {printed} of {months}; the others are in the file" if printed < months else ""
        self.page.on_paper((HEAD, FACTOR), (last, max(MONTH_0 + printed, MONTH_0 + 3)), told=told)

    @property
    def last(self) -> int:
        """Column of month T."""
        return MONTH_0 + self.twin.months

    def _head(self) -> None:
        page, twin = self.page, self.twin
        currency = twin.bound.base_currency
        page.title(f"Cash flows of the base case, {currency}")
        page.text(
            1,
            LABEL,
            "Undiscounted cost by month and category, a cost positive. Every input at its mean, events at "
            "their expectation; the lines come from the sheets Lines, and every figure here is a formula.",
            "note",
        )
        page.text(RATE, LABEL, "Discount rate a year, r", "bold")
        page.number(RATE, PV, float(twin.bound.discount_rate), "input percent")
        page.text(RATE, SUM, "an input: change it and all present values follow", "note")
        self.book.name("discount_rate", page, RATE, PV)
        page.text(HEAD, LABEL, "month t", "head")
        page.texts(HEAD, PV, ("present value", "undiscounted"), "head right")
        page.texts(CALENDAR, LABEL, ("", f"{currency} today", currency), "head right")
        page.text(FACTOR, LABEL, "discount factor D(t) = (1 + r)^(-t/12)")
        line = explain_line(twin, next(iter(twin.entries)), "total")
        rate = self.page.local(RATE, PV, fixed=True)
        for month, factor in enumerate(twin.factors.tolist()):
            column = MONTH_0 + month
            page.number(HEAD, column, float(month), "head month")
            page.text(CALENDAR, column, line_month(line, month), "head right")
            text = f"(1+{rate})^(-{self.page.local(HEAD, column)}/12)"
            page.formula(FACTOR, column, text, factor, "factor")

    def _alternative(self, row: int, name: str, lines: Lines) -> int:
        """Write the block of an alternative and return the row after it."""
        page, twin = self.page, self.twin
        base = name == self.baseline
        title = twin.bound.titles[name]
        page.text(row, LABEL, f"{title} (baseline)" if base else title, "section")
        page.texts(row, PV, [""] * (twin.months + 3), "section")
        row += 1
        first = row
        total = np.zeros(twin.months + 1)
        for category in twin.categories(name):
            entries = [entry for entry in twin.entries[name] if entry.line.category == category]
            flow = twin.flow(entries)
            total += flow
            page.text(row, LABEL, category.replace("_", " "))
            rows = lines.amounts[name, category]
            for month, value in enumerate(flow.tolist()):
                text = "+".join(own.at(at, LINES_MONTH_0 + month) for own, at in rows)
                page.formula(row, MONTH_0 + month, text, value, "link")
            self._sums(row, flow)
            row += 1
        self.totals[name] = row
        page.text(row, LABEL, "total cost", "total label")
        for month, value in enumerate(total.tolist()):
            column = MONTH_0 + month
            above = f"{self.page.local(first, column)}:{self.page.local(row - 1, column)}"
            page.formula(row, column, f"SUM({above})", value, "total")
        self._sums(row, total, "total")
        self.book.name(f"base_case_cost_{name}", page, row, PV)
        row += 1
        row = self._running(row, "cumulative cost", row - 1, total)
        if not base:
            saving = twin.flow(twin.entries[self.baseline]) - total
            page.text(row, LABEL, f"saving against {self.twin.bound.titles[self.baseline]}", "total label")
            for month, value in enumerate(saving.tolist()):
                column = MONTH_0 + month
                pair = [self.page.local(self.totals[who], column) for who in (self.baseline, name)]
                page.formula(row, column, "-".join(pair), value, "total")
            self._sums(row, saving, "total")
            self.book.name(f"base_case_saving_{name}", page, row, PV)
            self.cumulative[name] = row + 1
            self.running[name] = np.cumsum(saving).tolist()
            row = self._running(row + 1, "cumulative saving", row, saving)
        return row + 1

    def _sums(self, row: int, flow: FloatArray, style: str = "whole") -> None:
        """Write present value and sum of a row of months."""
        months = self._months(row)
        factors = (
            f"{self.page.local(FACTOR, MONTH_0, fixed=True)}:{self.page.local(FACTOR, self.last, fixed=True)}"
        )
        self.page.formula(row, PV, f"SUMPRODUCT({months},{factors})", self.twin.present_value(flow), style)
        self.page.formula(row, SUM, f"SUM({months})", float(flow.sum()), style)

    def _months(self, row: int) -> str:
        return f"{self.page.local(row, MONTH_0)}:{self.page.local(row, self.last)}"

    def _running(self, row: int, label: str, of: int, flow: FloatArray) -> int:
        self.page.text(row, LABEL, label, "note")
        for month, value in enumerate(np.cumsum(flow).tolist()):
            column = MONTH_0 + month
            before = "" if month == 0 else f"{self.page.local(row, column - 1)}+"
            self.page.formula(row, column, f"{before}{self.page.local(of, column)}", value)
        return row + 1

    def _by_year(self, row: int, names: Sequence[str]) -> int:
        """Write the cost by contract year; month 0 counts to year 1."""
        page, months = self.page, self.twin.months
        years = years_of(months)
        count = len(years)
        page.text(row, LABEL, "Undiscounted cost by contract year", "section")
        page.texts(row, PV, [""] * (count + 2), "section")
        self.years_head = row + 1
        page.text(row + 1, LABEL, "year (month 0 is in year 1)", "head")
        page.texts(row + 1, PV, ("", "all years"), "head right")
        write_heads(page, row + 1, MONTH_0, months)
        row += 2
        for name in names:
            self.years[name] = row
            page.text(row, LABEL, self.twin.bound.titles[name])
            page.text(row, PV, "")
            flow = self.twin.flow(self.twin.entries[name])
            for year, (first, last) in enumerate(years):
                here = [self.page.local(self.totals[name], MONTH_0 + month) for month in (first, last)]
                value = float(flow[first : last + 1].sum())
                page.formula(row, MONTH_0 + year, f"SUM({':'.join(here)})", value)
            own = f"{self.page.local(row, MONTH_0)}:{self.page.local(row, MONTH_0 + count - 1)}"
            page.formula(row, SUM, f"SUM({own})", float(flow.sum()))
            row += 1
        return row + 1

    def _reconciled(self, row: int, names: Sequence[str], summary: Summary) -> int:
        """Write present values here, of the engine and of the futures, and return the last row."""
        page = self.page
        page.text(row, LABEL, "Reconciliation: this sheet, the engine, the simulation", "section")
        page.texts(row, PV, [""] * 6, "section")
        heads = ("this sheet", "the engine", "difference", "mean of futures", "± (1 s.e.)", "what risk adds")
        page.text(row + 1, LABEL, "present value of total cost", "head")
        page.texts(row + 1, PV, heads, "head right")
        page.tall(row + 1, 2)
        for place, name in enumerate(names, row + 2):
            case, mean = summary.base_case[name].total, summary.alternatives[name].cost.mean
            here = self.page.local(place, PV)
            page.text(place, LABEL, self.twin.bound.titles[name])
            page.formula(place, PV, self.page.local(self.totals[name], PV), case)
            page.number(place, SUM, case)
            page.formula(place, MONTH_0, f"{here}-{self.page.local(place, SUM)}", 0.0, "whole", "#,##0.00")
            page.number(place, MONTH_0 + 1, mean.value)
            page.number(place, MONTH_0 + 2, mean.se)
            page.formula(
                place,
                MONTH_0 + 3,
                f"{self.page.local(place, MONTH_0 + 1)}-{here}",
                mean.value - case,
            )
        last = row + 2 + len(names)
        page.text(
            last,
            LABEL,
            "The difference is 0 until you change an input. The mean of the futures is another figure than "
            "the base case because costs do not follow inputs in a straight line: caps, floors, lost work, "
            "rare losses.",
            "note",
        )
        return last
