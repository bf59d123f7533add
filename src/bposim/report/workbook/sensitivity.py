"""What moves the saving: a table of drivers and the tornado that a board knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.analysis.measures import Sample, mean
from bposim.analysis.sensitivity import first_order, rank_correlation, tornado
from bposim.report.drivers import drivers_behind
from bposim.report.numbers import rounded_to_error
from bposim.report.workbook.chart_look import OKABE_ITO, titled
from bposim.report.workbook.number_formats import axis_format

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate
    from bposim.analysis.sensitivity import Bar
    from bposim.analysis.summary import Summary
    from bposim.report.drivers import Known
    from bposim.report.workbook.book import Book, Page
    from bposim.result import AnyResult, Result

HEADS = (
    ("driver", 44),
    ("belongs to", 26),
    ("kind", 9),
    ("low at", 13),
    ("high at", 13),
    ("mean saving where low", 15),
    ("± ", 11),
    ("mean saving where high", 15),
    ("±", 11),
    ("swing", 14),
    ("low, against the mean", 14),
    ("high, against the mean", 14),
    ("rank correlation", 12),
    ("share of variance, alone", 12),
    ("in the file", 40),
)
TOP = 4
"""Row that the chart begins in; the table stands below it."""
LOW, HIGH = 10, 11
"""Columns that the chart is drawn from."""

LAST_PRINTED = 13
"""Column; the names in the file stand beside it and are not printed."""

MOST = 12
"""Bars on the chart."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A saving and what moves it."""

    name: str
    baseline: str
    currency: str
    saving: Sample
    known: Known
    bars: tuple[Bar, ...]
    rank: dict[str, Estimate]
    alone: dict[str, Estimate]
    """Share of the variance that knowing the driver alone would remove."""


def write_sensitivity(book: Book, result: AnyResult, summary: Summary) -> None:
    """Write what drives the alternative that is recommended, or that comes next after the baseline."""
    page = book.sheet("Sensitivity", [width for _, width in HEADS], colour="#CC79A7")
    name = summary.shown.name
    page.title(f"What moves the saving of {result.titles[name]}")
    first = result.first
    if first.sample is None:
        _without(page, "This result has kept no drivers; simulate the scenario again.")
        return
    found = moved(first, name) if first.trials > 1 else None
    if found is None or not found.bars:
        _without(page, f"Nothing that {first.trials:,} futures could show moves this saving.")
        return
    count = min(len(found.bars), MOST)
    height = 130 + 28 * count
    head = TOP + -(-height // 20) + 1
    _write(page, found, head)
    chart = _tornado(book, page, found, (head + 1, head + count))
    page.place(TOP, 0, chart, (1100, height), f"Tornado chart: {_finding(found)}")


def _without(page: Page, why: str) -> None:
    """Write why there is no table."""
    page.text(2, 0, why, "note")
    page.on_paper((2, 2), (2, LAST_PRINTED))


def moved(result: Result, name: str) -> Moved:
    """Return what moves a saving, by the trials that the run kept whole."""
    known = drivers_behind(result, dict.fromkeys((result.baseline, name)))
    saving = Sample(result.saving(name))
    moves = bool(known.drivers) and saving.spread > 0.0
    return Moved(
        name=name,
        baseline=result.baseline,
        currency=result.scenario.base_currency,
        saving=saving,
        known=known,
        bars=tornado(saving, known.values) if moves else (),
        rank=rank_correlation(saving, known.values) if moves else {},
        alone=first_order(saving, known.values) if moves else {},
    )


def _write(page: Page, found: Moved, head: int) -> None:
    currency, titles = found.currency, found.known.called.titles
    page.text(
        1,
        0,
        f"Saving against {titles[found.baseline]}, present value in {currency}, from "
        f"{found.saving.size:,} futures. "
        "Low and high are the tenth of the futures in which the driver was lowest and highest; what it is "
        "correlated with moves along. `bposim sensitivity` says more.",
        "note",
    )
    page.text(2, 0, "Mean saving", "bold")
    page.number(2, 5, _centre(found), "bold", "#,##0")
    page.texts(head, 0, [head.strip() for head, _ in HEADS[:3]], "head")
    page.texts(head, 3, [head.strip() for head, _ in HEADS[3:]], "head right")
    page.tall(head, 2)
    for row, bar in enumerate(found.bars, head + 1):
        _write_bar(page, row, bar, found)
    page.filtered((head, 0), (head + len(found.bars), len(HEADS) - 1))
    page.freeze(2, 1)
    page.on_paper((head, head), (head + len(found.bars), LAST_PRINTED))


def _write_bar(page: Page, row: int, bar: Bar, found: Moved) -> None:
    driver = found.known.drivers[bar.name]
    page.text(row, 0, bar.name)
    page.text(row, 1, found.known.group(bar.name))
    page.text(row, len(HEADS) - 1, found.known.label(bar.name))
    page.text(row, 2, "input" if driver.is_input else "chance")
    for column, value in ((3, bar.low_at), (4, bar.high_at)):
        page.number(row, column, float(f"{value:.4g}"), "general")
    for column, end in ((5, bar.low_mean), (7, bar.high_mean)):
        _amount(page, row, column, end)
        page.number(row, column + 1, rounded_to_error(end.se, end.se) if end.se else None)
    _amount(page, row, 9, bar.swing_mean)
    low, high = page.local(row, 5), page.local(row, 7)
    middle = page.local(2, 5, fixed=True)
    centre = _centre(found)
    for column, cell, end in ((LOW, low, bar.low_mean), (HIGH, high, bar.high_mean)):
        page.formula(row, column, f"{cell}-{middle}", rounded_to_error(end.value, end.se) - centre)
    page.number(row, 12, found.rank[bar.name].value, "whole", "0.00")
    page.number(row, 13, found.alone[bar.name].value, "share", "0.0%")


def _amount(page: Page, row: int, column: int, estimate: Estimate) -> None:
    page.number(row, column, rounded_to_error(estimate.value, estimate.se))


def _centre(found: Moved) -> float:
    """Return the mean saving, as far as its error supports its digits."""
    estimate = mean(found.saving)
    return rounded_to_error(estimate.value, estimate.se)


def _finding(found: Moved) -> str:
    return f"the saving of {found.known.called.titles[found.name]} moves most with {found.bars[0].name}"


def _tornado(book: Book, page: Page, found: Moved, rows: tuple[int, int]) -> object:
    chart = book.chart("bar")
    first, last = rows
    for column, colour, words in ((LOW, OKABE_ITO[5], "driver low"), (HIGH, OKABE_ITO[1], "driver high")):
        chart.add_series(
            {
                "name": words,
                "categories": page.cells((first, 0), (last, 0)),
                "values": page.cells((first, column), (last, column)),
                "fill": {"color": colour},
                "overlap": 100,
                "gap": 40,
            }
        )
    finding = _finding(found)
    largest = max(
        abs(end.value - mean(found.saving).value)
        for bar in found.bars
        for end in (bar.low_mean, bar.high_mean)
    )
    titled(
        chart,
        finding[0].upper() + finding[1:],
        f"change of the mean saving, {found.currency}",
        "",
        y={
            "reverse": True,
            "label_position": "low",
            "crossing": "max",
            "major_gridlines": {"visible": False},
        },
        x={"num_format": axis_format(largest)},
    )
    return chart
