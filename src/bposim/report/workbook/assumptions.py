"""Every number of the scenario: what it is, what it may turn out to be, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.inputs import figures
from bposim.explain.sources import noted, numbers
from bposim.inputs.names import short_name
from bposim.report.workbook.book import lines_of
from bposim.report.workbook.drivers import number_format

if TYPE_CHECKING:
    from bposim.explain.sources import Written
    from bposim.report.workbook.book import Book, Page
    from bposim.scenario import Scenario

HEADS = (
    ("input", 40),
    ("what it is", 48),
    ("unit", 9),
    ("kind", 13),
    ("mean", 13),
    ("P5", 13),
    ("P50", 13),
    ("P95", 13),
    ("source", 44),
    ("grade", 7),
    ("owner", 14),
    ("note", 44),
)
MOST_LINES = 6
"""A row is not higher than this; the cell still has the whole text."""

HEAD, FIRST = 3, 4
NUMBERS = range(4, 8)
"""Columns of figures."""


def write_assumptions(book: Book, scenario: Scenario) -> None:
    """Write what the file says, then what holds because it says nothing."""
    page = book.sheet("Assumptions", [width for _, width in HEADS], colour="#E69F00")
    page.text(0, 0, "Assumptions", "title")
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
    row = FIRST
    given = [written for written in found.values() if written.given]
    for written in sorted(given, key=lambda own: own.name):
        _write(page, row, written, scenario)
        row += 1
    page.filtered((HEAD, 0), (row - 1, len(HEADS) - 1))
    page.freeze(FIRST, 1)
    page.fit((HEAD, HEAD))


def _write(page: Page, row: int, written: Written, scenario: Scenario) -> None:
    said, note = figures(written.value), noted(written, scenario)
    rate = bool(getattr(written.value, "per_cent", False))
    currency = (written.currency or scenario.base_currency) if written.is_money else ""
    page.text(row, 0, short_name(written.name), "wrapped")
    page.text(row, 1, written.meaning, "wrapped")
    page.text(row, 2, currency or ("%" if rate else ""), "wrapped")
    page.text(row, 3, said.kind, "wrapped")
    values = (said.mean, *(said.percentiles[level] for level in ("p5", "p50", "p95")))
    finite = [value for value in values if np.isfinite(value)] or [0.0]
    shape = "0.0##%" if rate else number_format(np.array(finite))
    for column, value in enumerate(values, 4):
        page.number(row, column, value, "top", shape)
    texts = {1: written.meaning, 8: note.source, 11: note.note}
    page.tall(row, min(MOST_LINES, max(lines_of(text, HEADS[column][1]) for column, text in texts.items())))
    page.texts(row, 8, (note.source, note.grade, note.owner, note.note), "wrapped")
