"""Every number of the scenario: what it is, what it may turn out to be, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.explain.sources import noted, numbers
from bposim.inputs.names import short_name
from bposim.plain_names import PlainNames
from bposim.report.workbook.book import lines_of
from bposim.report.workbook.written import shown

if TYPE_CHECKING:
    from bposim.explain.sources import Written
    from bposim.report.workbook.book import Book, Page
    from bposim.scenario import Scenario

HEADS = (
    ("input", 34),
    ("what it is", 40),
    ("unit", 8),
    ("kind", 12),
    ("mean", 11),
    ("P5", 11),
    ("P50", 11),
    ("P95", 11),
    ("source", 38),
    ("grade", 7),
    ("owner", 11),
    ("note", 38),
    ("in the file", 40),
)
MOST_LINES = 8
"""A row is not higher than this; the cell still has the whole text."""

HEAD, FIRST = 3, 4
NUMBERS = range(4, 8)
"""Columns of figures."""


def write_assumptions(book: Book, scenario: Scenario) -> None:
    """Write what the file says, then what holds because it says nothing."""
    page = book.sheet("Assumptions", [width for _, width in HEADS], colour="#E69F00")
    page.title("Assumptions")
    page.text(
        1,
        0,
        "Mean and percentiles as the run draws them. Grades: P publisher, S press, T trade, C computed, "
        "M assumed. `bposim export --assumptions` makes a workbook to change them in.",
        "note",
    )
    page.heads(HEAD, (head for head, _ in HEADS), NUMBERS)
    found: dict[str, Written] = {}
    for written in numbers(scenario):
        known = found.get(written.name)
        if known is None or (written.given and not known.given):
            found[written.name] = written
    row, called = FIRST, PlainNames(scenario)
    given = [written for written in found.values() if written.given]
    for written in sorted(given, key=lambda own: own.name):
        _write(page, row, written, scenario, called)
        row += 1
    page.filtered((HEAD, 0), (row - 1, len(HEADS) - 1))
    page.freeze(FIRST, 1)
    told = "the names in the file stand in its last column"
    page.on_paper((HEAD, HEAD), (max(row - 1, HEAD), len(HEADS) - 2), told=told)


def _write(page: Page, row: int, written: Written, scenario: Scenario, called: PlainNames) -> None:
    number, note = shown(written, scenario), noted(written, scenario)
    said = number.figures
    page.text(row, 0, called.input(written.name), "wrapped")
    page.text(row, len(HEADS) - 1, short_name(written.name), "wrapped")
    page.text(row, 1, written.meaning, "wrapped")
    page.text(row, 2, number.unit, "wrapped")
    page.text(row, 3, said.kind, "wrapped")
    values = (said.mean, *(said.percentiles[level] for level in ("p5", "p50", "p95")))
    for column, value in enumerate(values, 4):
        told = column == NUMBERS[0] or said.kind != "certain"
        page.number(row, column, value if told else None, "top", number.num_format)
    texts = {0: called.input(written.name), 1: written.meaning, 8: note.source, 11: note.note}
    page.tall(row, min(MOST_LINES, max(lines_of(text, HEADS[column][1]) for column, text in texts.items())))
    page.texts(row, 8, (note.source, note.grade, note.owner, note.note), "wrapped")
