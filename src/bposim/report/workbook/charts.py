"""The charts of the first sheet, each linked to the cells that it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.report.numbers import futures, money
from bposim.report.workbook.cash_flows import HEAD as FLOW_HEAD
from bposim.report.workbook.cash_flows import LABEL, MONTH_0
from bposim.report.workbook.chart_look import DASHES, OKABE_ITO, chart_text, titled
from bposim.report.workbook.number_formats import axis_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.summary import Summary
    from bposim.report.workbook.book import Book, Page
    from bposim.report.workbook.cash_flows import CashFlows
    from bposim.report.workbook.percentiles import Percentiles
    from bposim.result import AnyResult

STACKED = 8
"""Parts that a column of a chart has at most; the smallest categories are one of them."""

STACK = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#999999")

MOST_HISTOGRAMS = 6
"""Further alternatives have their bars on the sheet Percentiles."""


@dataclass(frozen=True, slots=True)
class Charts:
    """What the charts are drawn from."""

    book: Book
    page: Page
    """The first sheet."""
    categories: tuple[int, ...]
    """Rows of the mean costs by category there, an alternative a column from 1 on; heads above the first."""
    result: AnyResult
    summary: Summary
    flows: CashFlows
    percentiles: Percentiles

    def all(self) -> Iterator[tuple[Any, str]]:
        """Yield every chart with the text for those who do not see it."""
        for name in list(self.percentiles.histograms)[:MOST_HISTOGRAMS]:
            yield self._histogram(name)
        yield self._cost_curves()
        yield self._by_category()
        if self.flows.cumulative:
            yield self._cumulative()
        yield self._by_year()

    @property
    def _currency(self) -> str:
        return self.result.scenario.base_currency

    def _histogram(self, name: str) -> tuple[Any, str]:
        """Return the bars of a saving: orange where it costs more, blue where it saves."""
        bars, page = self.percentiles.histograms[name], self.percentiles.page
        row, column = bars.first
        last = row + bars.count - 1
        chart = self.book.chart("column", "stacked")
        for offset, colour in ((1, OKABE_ITO[2]), (2, OKABE_ITO[1])):
            chart.add_series(
                {
                    "name": [page.name, row - 1, column + offset],
                    "categories": page.cells((row, column), (last, column)),
                    "values": page.cells((row, column + offset), (last, column + offset)),
                    "fill": {"color": colour},
                    "gap": 5,
                }
            )
        own = self.summary.alternatives[name].saving
        often = futures(own.probability_positive.value, self.result.trials)
        mean = own.mean
        average = money(abs(mean.value), self._currency, mean.se)
        says = f"saves {average}" if mean.value >= 0 else f"costs {average} more"
        title = f"{self.result.titles[name]} {says} on average, and is cheaper in {often}"
        titled(
            chart,
            title,
            f"saving against {self.result.titles[self.result.baseline]}, {self._currency}; break-even where "
            "the colour changes" + ("; the outermost bars hold everything beyond" if bars.beyond else ""),
            "share of futures",
            x={
                "num_format": bars.num_format,
                "label_position": "low",
                "interval_unit": max(1, bars.count // 8),
            },
            y={"num_format": "0%", "min": 0},
        )
        return chart, f"Histogram: {title}. The bars stand on the sheet {page.name}."

    def _cost_curves(self) -> tuple[Any, str]:
        least = min(self.summary.alternatives.values(), key=lambda own: own.cost.p50.value)
        title = f"{self.result.titles[least.name]} costs least in the median future"
        across = f"total cost, {self._currency}; the further left, the cheaper"
        chart = self.percentiles.curves(self.percentiles.costs, title, across, self.result.names)
        return (
            chart,
            f"S-curves of the total cost: {title}. P1 to P99 stand on {self.percentiles.page.name}.",
        )

    def _by_category(self) -> tuple[Any, str]:
        """Return a stacked column for each alternative."""
        page, names = self.page, self.result.names
        first = self.categories[0]
        chart = self.book.chart("column", "stacked")
        for number, row in enumerate(self.categories):
            chart.add_series(
                {
                    "name": [page.name, row, 0],
                    "categories": page.cells((first - 1, 1), (first - 1, len(names))),
                    "values": page.cells((row, 1), (row, len(names))),
                    "fill": {"color": STACK[number]},
                    "border": {"color": "#FFFFFF", "width": 0.5},
                    "gap": 60,
                }
            )
        means = [own.cost.mean.value for own in self.summary.alternatives.values()]
        titled(
            chart,
            "Where the money goes: mean cost by category",
            "",
            f"present value, {self._currency}",
            y={"num_format": axis_format(max(map(abs, means)))},
            x={"label_position": "low"},
        )
        chart.set_legend({"position": "right", "font": {"size": 8}})
        return chart, "Mean present value by category, a column an alternative; the smallest are one part."

    def _cumulative(self) -> tuple[Any, str]:
        """Return the cumulative saving of the base case: paid back where a line stays above 0."""
        chart = self.book.chart("line")
        for name, row in self.flows.cumulative.items():
            look = self.result.names.index(name) % len(OKABE_ITO)
            chart.add_series(
                {
                    "name": chart_text(self.result.titles[name]),
                    "categories": self.flows.page.cells((FLOW_HEAD, MONTH_0), (FLOW_HEAD, self.flows.last)),
                    "values": self.flows.page.cells((row, MONTH_0), (row, self.flows.last)),
                    "line": {"color": OKABE_ITO[look], "dash_type": DASHES[look], "width": 2.25},
                }
            )
        largest = max(abs(value) for name in self.flows.cumulative for value in self.flows.running[name])
        titled(
            chart,
            "Base case: paid back where the line stays above 0",
            "month",
            f"cumulative saving, {self._currency}",
            x={"label_position": "low", "interval_unit": 12, "interval_tick": 12},
            y={"num_format": axis_format(largest)},
        )
        return (
            chart,
            "Cumulative undiscounted saving of the base case by month, from the sheet Cash flows.",
        )

    def _by_year(self) -> tuple[Any, str]:
        page, last = self.flows.page, MONTH_0 + -(-self.flows.twin.months // 12) - 1
        chart = self.book.chart("column")
        for name, row in self.flows.years.items():
            look = self.result.names.index(name) % len(OKABE_ITO)
            chart.add_series(
                {
                    "name": [page.name, row, LABEL],
                    "categories": page.cells((self.flows.years_head, MONTH_0), (self.flows.years_head, last)),
                    "values": page.cells((row, MONTH_0), (row, last)),
                    "fill": {"color": "#595959" if look == 0 else OKABE_ITO[look]},
                    "gap": 80,
                }
            )
        largest = max(case.total for case in self.summary.base_case.values()) / max(
            self.flows.twin.months / 12, 1
        )
        titled(
            chart,
            "Base case: undiscounted cost by contract year",
            "",
            self._currency,
            y={"num_format": axis_format(abs(largest))},
        )
        return chart, "Undiscounted cost of the base case by contract year, from the sheet Cash flows."
