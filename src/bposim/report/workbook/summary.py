"""The first sheet: what to do, the table of alternatives with errors, and the charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bposim.report.numbers import Scale, rounded_to_error
from bposim.report.paragraph import paragraph
from bposim.report.workbook.book import lines_of
from bposim.report.workbook.charts import STACKED, Charts
from bposim.report.workbook.number_formats import amount_format

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import AlternativeSummary, Summary
    from bposim.report.workbook.book import Book, Page
    from bposim.report.workbook.cash_flows import CashFlows
    from bposim.report.workbook.percentiles import Percentiles
    from bposim.result import AnyResult

WIDTHS = (26, *[11] * 14)
LAST = 14
"""The last column that texts reach."""

LETTERS = 165
"""Letters of the paragraph in a line."""

CHART = (645, 345)
CHART_ROWS = 18
ROWS_ON_A_PAGE = 3
SCALE = 52
"""Per cent at which the width fits on A4 and Letter, also in a typeface a third wider than Calibri."""
SECOND = 7
"""Column of the second chart of a row."""

CONTENTS = {
    "Percentiles": "P1 to P99 of every cost and saving, and the bars of the histograms",
    "Cash flows": "the base case by month and category, discounted and compared, as formulas",
    "World": "volume, exchange rates and indices of the base case, month by month: inputs to change",
    "Lines": "what each line of the alternative is computed from, month by month, as formulas",
    "Assumptions": "every number of the scenario with its spread, source and grade",
    "Sensitivity": "what moves the saving most",
    "Clauses": "what the contracts say and what is done against risks",
    "Sample": "the first futures, one a row",
    "Manifest": "seed, versions, hashes and the command that makes this run again",
}
"""What the sheets are for, by how their names begin."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of alternatives: a figure, and whether its error stands beside it."""

    head: str
    of: Callable[[AlternativeSummary], Estimate | None]
    name: str = ""
    """What the figure is called in the book."""
    with_error: bool = False
    share: bool = False
    baseline: bool = False
    """Whether the baseline has one."""
    of_the_tail: bool = False
    """Whether it is not told where the futures are too few for an error."""


COLUMNS = (
    Column("mean cost", lambda own: own.cost.mean, "cost_mean", with_error=True, baseline=True),
    Column("cost P5", lambda own: own.cost.p5, baseline=True),
    Column("cost P95", lambda own: own.cost.p95, baseline=True),
    Column("mean saving", lambda own: own.saving.mean, "saving_mean", with_error=True),
    Column("cheaper in", lambda own: own.saving.probability_positive, "probability_saves", share=True),
    Column("saving P5", lambda own: own.saving.p5),
    Column(
        "worst 5 % of savings",
        lambda own: own.saving.es95,
        "saving_worst_5_percent",
        with_error=True,
        of_the_tail=True,
    ),
    Column(
        "risk-adjusted value",
        lambda own: own.risk_adjusted.mean_es,
        "risk_adjusted_value",
        with_error=True,
        of_the_tail=True,
    ),
)


@dataclass(slots=True)
class SummarySheet:
    """The sheet, its row by row."""

    book: Book
    page: Page
    result: AnyResult
    summary: Summary
    _categories_at: tuple[int, ...] = ()
    """Rows of the categories that are drawn, the last of them all others if there are too many."""
    _small: list[str] = field(default_factory=list)
    """Categories that the chart draws as one."""
    _breaks: list[int] = field(default_factory=list)
    """Rows before which a new page begins."""

    def write(self, flows: CashFlows, percentiles: Percentiles) -> None:
        """Write everything; the sheets that charts are drawn from are written."""
        row = self._opening()
        row = self._alternatives(row)
        row = self._categories(row)
        row = self._charts(row, flows, percentiles)
        # Links are of no use on paper, so it ends with the charts.
        self.page.scaled(SCALE, self._breaks, (row - 1, LAST))
        self.page.text(row, 0, "In this workbook", "section")
        self.page.texts(row, 1, [""] * LAST, "section")
        for number, target in enumerate(self.book.pages[1:], row + 1):
            self.page.link(number, 0, target, target.name)
            what = next((words for start, words in CONTENTS.items() if target.name.startswith(start)), "")
            self.page.text(number, 1, what)
        self.page.freeze(1, 0)

    def _opening(self) -> int:
        page, result = self.page, self.result
        scenario = result.scenario
        page.title(scenario.title or "Sourcing decision")
        changes = f" Not the file as it is: {' '.join(scenario.changes)}." if scenario.changes else ""
        page.text(
            1,
            0,
            f"Present value over {scenario.months} months from {scenario.start}, {scenario.base_currency}; "
            f"{result.trials:,} futures, seed {result.seed}.{changes}",
            "note",
        )
        told = paragraph(result, self.summary)
        page.across(3, 0, LAST, told, "paragraph", 1.3 * (1 + len(told) // LETTERS))
        row = 4
        for warning in self.summary.warnings:
            page.across(row, 0, LAST, f"Warning: {warning}", "warning", 1 + len(warning) // LETTERS)
            row += 1
        return row + 1

    def _alternatives(self, row: int) -> int:
        page, result = self.page, self.result
        page.text(row, 0, "Alternatives", "section")
        page.texts(row, 1, [""] * LAST, "section")
        heads = ["rank"]
        for column in COLUMNS:
            heads += [column.head, "±"] if column.with_error else [column.head]
        page.text(row + 1, 0, "alternative, best first", "head")
        page.texts(row + 1, 1, [*heads, "paid back by month"], "head right")
        page.tall(row + 1, 2)
        row += 2
        for own in sorted(self.summary.alternatives.values(), key=lambda a: a.rank):
            self._alternative(row, own)
            row += 1
        page.text(
            row,
            0,
            "± is one standard error; twice that is the 95 % interval. A saving is against the same future "
            f"of {result.titles[result.baseline]}. The last column: the month by which half of the futures "
            "have paid back. Figures are rounded to what their error supports.",
            "note",
        )
        return row + 2

    def _alternative(self, row: int, own: AlternativeSummary) -> None:
        page, base = self.page, own.name == self.result.baseline
        title = self.result.titles[own.name]
        page.text(row, 0, f"{title} (baseline)" if base else title, "name")
        page.tall(row, lines_of(title, WIDTHS[0]))
        page.number(row, 1, float(own.rank), "whole", "0")
        at = 2
        for column in COLUMNS:
            estimate = None if base and not column.baseline else column.of(own)
            if estimate is None or (column.of_the_tail and estimate.se is None):
                page.text(row, at, "–" if base else "too few futures", "right")
                at += 2 if column.with_error else 1
                continue
            if column.share:
                digits = "0%" if 0.01 <= estimate.value <= 0.99 else "0.0%"  # noqa: PLR2004 - whole hundredths
                page.number(row, at, estimate.value, "share", digits)
            else:
                page.number(row, at, rounded_to_error(estimate.value, estimate.se))
            if column.name:
                self.book.name(f"{column.name}_{own.name}", page, row, at)
            at += 1
            if column.with_error:
                page.number(
                    row, at, rounded_to_error(estimate.se or 0.0, estimate.se) if estimate.se else None
                )
                at += 1
        if base:
            page.text(row, at, "–", "right")
        elif own.payback.p50 is None:
            page.text(row, at, "never", "right")
        else:
            page.number(row, at, float(own.payback.p50), "whole", "0")

    def _categories(self, row: int) -> int:
        """Write the mean present value by category, an alternative a column."""
        page, names = self.page, self.result.names
        by_name = {name: self.summary.alternatives[name].categories for name in names}
        sizes = {
            category: max(abs(own.get(category, 0.0)) for own in by_name.values())
            for own in by_name.values()
            for category in own
        }
        page.text(row, 0, f"Mean present value by category, {self.result.scenario.base_currency}", "section")
        page.texts(row, 1, [""] * LAST, "section")
        page.text(row + 1, 0, "category", "head")
        titles = list(self.result.titles.values())
        page.texts(row + 1, 1, titles, "head right")
        page.tall(row + 1, max(lines_of(title, WIDTHS[1]) for title in titles))
        first = row = row + 2
        largest = max(abs(own.cost.mean.value) for own in self.summary.alternatives.values())
        order = [own for own in sorted(sizes, key=lambda own: (-sizes[own], own)) if sizes[own]]
        self._small = order[STACKED - 1 :]
        for category in order:
            page.text(row, 0, category.replace("_", " "))
            for column, name in enumerate(names, 1):
                value = by_name[name].get(category, 0.0)
                page.number(row, column, value, "whole", amount_format(_unit(value, largest)))
            row += 1
        page.text(row, 0, "total", "total label")
        for column, name in enumerate(names, 1):
            mean = self.summary.alternatives[name].cost.mean
            column_of = f"{page.local(first, column)}:{page.local(row - 1, column)}"
            page.formula(
                row, column, f"SUM({column_of})", mean.value, "total", amount_format(_unit(largest, largest))
            )
        self._categories_at = tuple(range(first, row))
        if row - first > STACKED:
            self._categories_at = (*range(first, first + STACKED - 1), row + 1)
            self._others(row + 1, (first + STACKED - 1, row - 1), largest)
            row += 1
        return row + 2

    def _others(self, row: int, rows: tuple[int, int], largest: float) -> None:
        """Write what the chart has no colour for as one sum, so that its columns reach the total."""
        page, (first, last) = self.page, rows
        page.text(row, 0, f"other, in the chart: the {last - first + 1} smallest", "note")
        for column, name in enumerate(self.result.names, 1):
            own = self.summary.alternatives[name].categories
            value = sum(own.get(category, 0.0) for category in self._small)
            shape = amount_format(_unit(value, largest))
            cells = page.range((first, column), (last, column))
            page.formula(row, column, f"SUM({cells})", value, "whole", shape)

    def _charts(self, row: int, flows: CashFlows, percentiles: Percentiles) -> int:
        """Place the charts two in a row and return the row after them."""
        drawn = Charts(
            self.book, self.page, self._categories_at, self.result, self.summary, flows, percentiles
        )
        charts = list(drawn.all())
        count = -(-len(charts) // 2)
        self._breaks = [row + CHART_ROWS * number for number in range(0, count, ROWS_ON_A_PAGE)]
        for number, (chart, alt) in enumerate(charts):
            place = row + CHART_ROWS * (number // 2), SECOND * (number % 2)
            self.page.place(*place, chart, CHART, alt)
        return row + CHART_ROWS * count + 1


def _unit(value: float, largest: float) -> float:
    """Return the unit that the largest amount is told in, or a smaller one where the value would vanish."""
    divisor = Scale.of(largest).divisor
    return divisor if not value or abs(value) >= 0.05 * divisor else Scale.of(value).divisor
