"""P1 to P99 of every cost and saving, and the bars of the savings' histograms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bposim.report.numbers import MINUS, Scale, class_names, rounded_to_error
from bposim.report.workbook.book import lines_of
from bposim.report.workbook.chart_look import DASHES, OKABE_ITO, titled
from bposim.report.workbook.number_formats import amount_format, axis_format
from bposim.report.workbook.spread import bar_edges, bar_shares, costs_of, savings_of

if TYPE_CHECKING:
    from bposim.report.workbook.book import Book, Page
    from bposim.report.workbook.spread import Spread
    from bposim.result import AnyResult

LEVELS = tuple(range(1, 100))
HEAD, FIRST = 4, 5
"""Rows of the headings and of the first percentile."""

WIDTH = 14
"""Of a column, in characters."""

CHART_COLUMNS = 9
"""Columns that the chart lies over."""

NAMED = (5, 50, 95)
"""Percentiles that get a name in the book."""


@dataclass(slots=True)
class Histogram:
    """Where the bars of an alternative's saving stand."""

    first: tuple[int, int]
    """Cell of the first bar's middle; beside it the shares that cost more, and that save."""
    count: int
    num_format: str
    beyond: bool
    """Whether an outermost bar holds everything beyond it."""


@dataclass(slots=True)
class Percentiles:
    """The sheet, and where charts find its figures."""

    book: Book
    page: Page
    costs: dict[str, int] = field(default_factory=dict)
    """Columns of the cost by alternative."""
    savings: dict[str, int] = field(default_factory=dict)
    histograms: dict[str, Histogram] = field(default_factory=dict)
    largest: dict[int, float] = field(default_factory=dict)
    """Largest amount by column."""

    def write(self, result: AnyResult) -> None:
        """Write the percentiles, the bars and the chart of the savings."""
        page, currency = self.page, result.scenario.base_currency
        page.title(f"Percentiles, {currency}")
        page.text(
            1,
            0,
            f"Present value over {result.scenario.months} months, {result.trials:,} futures. "
            "5 of 100 futures are at or below 5 %. Figures are rounded to what their error supports.",
            "note",
        )
        page.text(HEAD - 1, 0, "", "head")
        page.text(HEAD, 0, "percentile", "head")
        for number, level in enumerate(LEVELS):
            page.number(FIRST + number, 0, level / 100, "share", "0%")
        column, titles = 1, result.titles
        for kind, spreads, columns in (
            ("total cost", costs_of(result), self.costs),
            ("saving", savings_of(result), self.savings),
        ):
            for name, spread in spreads.items():
                page.text(HEAD - 1, column, kind, "head right")
                page.text(HEAD, column, titles[name], "head right")
                columns[name] = column
                self._column(column, spread, f"{kind.replace(' ', '_')}_{name}")
                column += 1
        beside = column + 1
        self._bars(beside + (CHART_COLUMNS if self.savings else 0), savings_of(result), titles)
        if self.savings:
            names = result.names
            chart = self.curves(
                self.savings,
                f"Saving against {titles[result.baseline]}: how many futures are at or below an amount",
                f"saving, {currency}",
                names,
            )
            alt = "S-curves of the saving by alternative, from the table on this sheet: P1 to P99."
            page.place(FIRST + 1, beside, chart, (840, 440), alt)
        page.tall(HEAD, max(lines_of(title, WIDTH) for title in titles.values()))
        page.freeze(FIRST, 1)
        last = beside + CHART_COLUMNS - 1 if self.savings else column - 1
        told = "the bars of the histograms are in the file" if self.savings else ""
        page.on_paper((HEAD - 1, HEAD), (FIRST + len(LEVELS) - 1, last), told=told)

    def _column(self, column: int, spread: Spread, name: str) -> None:
        for number, level in enumerate(LEVELS):
            at = spread.quantile(level / 100)
            self.page.number(FIRST + number, column, rounded_to_error(at.value, at.se))
            self.largest[column] = max(self.largest.get(column, 0.0), abs(at.value))
            if level in NAMED:
                self.book.name(f"{name}_p{level}", self.page, FIRST + number, column)

    def _bars(self, column: int, savings: dict[str, Spread], titles: dict[str, str]) -> None:
        page = self.page
        for name, spread in savings.items():
            page.texts(HEAD - 1, column, (f"saving of {titles[name]}", "", "", ""), "head")
            page.texts(HEAD, column, ("middle of the bar", "costs more", "saves", "holds"), "head right")
            edges = bar_edges(spread)
            beyond = spread.below(edges)
            below, above = bool(beyond[0] > 0), bool(beyond[-1] < 1)
            shares = bar_shares(spread, edges)
            largest, width = float(np.max(np.abs(edges))), float(edges[1] - edges[0])
            divisor = Scale.of(largest).divisor
            whole = (width / 2 / divisor).is_integer()
            shape = amount_format(divisor, 0 if whole else 1)
            self.histograms[name] = Histogram((FIRST, column), len(shares), shape, beyond=below or above)
            classes = class_names(edges.tolist(), below=below, above=above, minus=MINUS)
            for number, share in enumerate(shares.tolist()):
                row, middle = FIRST + number, float(edges[number] + edges[number + 1]) / 2
                page.number(row, column, middle)
                page.number(row, column + 1, share if middle < 0 else 0.0, "share", "0.0%")
                page.number(row, column + 2, share if middle >= 0 else 0.0, "share", "0.0%")
                page.text(row, column + 3, classes[number], "right")
            column += 5

    def curves(self, columns: dict[str, int], title: str, across: str, names: list[str]) -> object:
        """Return the S-curves of some columns: the share of futures at or below an amount."""
        page, last = self.page, FIRST + len(LEVELS) - 1
        chart = self.book.chart("scatter", "straight")
        for name, column in columns.items():
            look = names.index(name) % len(OKABE_ITO)
            chart.add_series(
                {
                    "name": [page.name, HEAD, column],
                    "categories": page.cells((FIRST, column), (last, column)),
                    "values": page.cells((FIRST, 0), (last, 0)),
                    "line": {"color": OKABE_ITO[look], "dash_type": DASHES[look], "width": 2.25},
                    "marker": {"type": "none"},
                }
            )
        largest = max(self.largest[column] for column in columns.values())
        titled(
            chart,
            title,
            across,
            "share of futures at or below",
            x={"num_format": axis_format(largest), "label_position": "low"},
            y={"num_format": "0%", "min": 0, "max": 1, "major_unit": 0.25, "label_position": "low"},
        )
        return chart
