"""How drivers stand on a sheet: a row each, with where it comes from, and a value or a column a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.document import line_month
from bposim.explain.lines import explain_line
from bposim.inputs.names import short_name
from bposim.report.workbook.number_formats import number_format

if TYPE_CHECKING:
    from bposim.explain.lines import Piece
    from bposim.explain.sheet import Driver
    from bposim.explain.twin import Twin
    from bposim.report.workbook.book import Page
    from bposim.shapes import FloatArray

SYMBOL, MEANING, FILE, SOURCE, VALUE, MONTH_0 = range(6)
WIDTHS = (22, 46, 38, 40, 12)
MONTH_WIDTH = 11.5
FORECAST = "V̂"
HEAD, CALENDAR, FIRST = 4, 5, 6
"""Rows of the month numbers, of the calendar, and the first one below."""

RULES = (
    "What the engine works out by rules that no cell holds is an input, too: it does not follow the others. "
    "Rows of drivers can be folded away at the left."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a driver stands: a row with a column a month, or a row with one value."""

    page: Page
    row: int
    constant: bool

    def cell(self, month: int, here: Page) -> str:
        """Return the address of a month as a formula on the page ``here`` has it."""
        own = self.page.at(self.row, VALUE if self.constant else MONTH_0 + month)
        if self.constant:
            own = self.page.at(self.row, VALUE, fixed=True)
        return own.rpartition("!")[2] if self.page is here else own


def write_head(page: Page, twin: Twin, title: str, note: str) -> None:
    """Write what a sheet is about, and the months above its columns."""
    page.title(title)
    page.text(1, SYMBOL, note, "note")
    page.text(2, SYMBOL, RULES, "note")
    page.texts(HEAD, SYMBOL, ("month", "meaning", "input of the file", "source and grade"), "head")
    page.text(HEAD, VALUE, "value", "head right")
    page.texts(CALENDAR, SYMBOL, ("", "", "", "", ""), "head")
    line = explain_line(twin, next(iter(twin.entries)), "total")
    for month in range(twin.months + 1):
        page.number(HEAD, MONTH_0 + month, float(month), "head month")
        page.text(CALENDAR, MONTH_0 + month, line_month(line, month), "head right")


def widths_of(twin: Twin) -> tuple[float, ...]:
    """Return the widths of a sheet's columns, in characters."""
    return (*WIDTHS, *[MONTH_WIDTH] * (twin.months + 1))


def key_of(driver: Driver) -> tuple[str, str, bytes]:
    """Return what makes two drivers the same one."""
    return driver.symbol, driver.meaning, driver.values.tobytes()


def is_constant(values: FloatArray) -> bool:
    """Tell whether every month has the same value."""
    return bool(np.all(values == values[0]))


def is_of_the_world(driver: Driver) -> bool:
    """Tell whether a driver comes from inputs of the world alone."""
    return bool(driver.inputs) and all(path.startswith("/world.") for path in driver.inputs)


def sayings(piece: Piece, driver: Driver) -> tuple[str, str]:
    """Return which inputs of the file a driver comes from, and who says so."""
    given = [ref for ref in piece.references if ref.symbol == driver.symbol and ref.written.given]
    paths = list(dict.fromkeys(short_name(ref.written.name) for ref in given))
    sources = dict.fromkeys(
        f"{f'[{ref.note.grade}] ' if ref.note.grade else ''}{ref.note.source or ref.note.note}"
        for ref in given
        if ref.note.source or ref.note.note
    )
    if not paths:
        return "worked out by the engine", ""
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    return f"{_cut(paths[0], WIDTHS[FILE] - len(more))}{more}", _cut("; ".join(sources), WIDTHS[SOURCE])


def _cut(text: str, width: float) -> str:
    """Return a text that stays in its column; the sheet Assumptions has the whole of it."""
    return text if len(text) <= width else f"{text[: int(width) - 1]}…"


def write_name(page: Page, row: int, driver: Driver) -> None:
    """Write what a row is."""
    page.text(row, SYMBOL, driver.symbol)
    page.text(row, MEANING, driver.meaning)


def write_given(page: Page, row: int, driver: Driver, said: tuple[str, str]) -> None:
    """Write a driver that nothing here gives: one value, or a value a month."""
    write_name(page, row, driver)
    page.texts(row, FILE, said, "note")
    shape = number_format(driver.values)
    if is_constant(driver.values):
        page.number(row, VALUE, float(driver.values[0]), "input", shape)
        return
    for month, value in enumerate(driver.values.tolist(), 1):
        page.number(row, MONTH_0 + month, value, "input", shape)
