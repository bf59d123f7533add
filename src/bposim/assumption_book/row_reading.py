"""Reading one row of a workbook: each cell held against what was exported."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from bposim.assumption_book.edits import NOTES, Edit
from bposim.assumption_book.rows import (
    CHOICE,
    COLUMNS,
    FLAG,
    HEADING,
    KIND,
    NUMBER_COLUMNS,
    OPTIONAL,
    SHARED,
    SLOTS,
    UNIT,
    VALUE,
)
from bposim.assumption_book.spelling import from_text, same, spelled
from bposim.yaml_tree import has_unprintable

if TYPE_CHECKING:
    from bposim.assumption_book.cells import Cells, Findings
    from bposim.assumption_book.rows import Row

_MANY_TIMES = 5.0
"""A share above 500 % where the file had one below 100 % is taken for a forgotten per cent sign."""


class _BadCell(Exception):  # noqa: N818 - a complaint has been made of it
    """The cell cannot be read."""


class RowReader:
    """Reads one row."""

    def __init__(self, reader: Findings, row: Row, cells: Cells) -> None:
        self.reader = reader
        self.row = row
        self.cells = cells
        self.edit = Edit(row, cells.place(KIND))
        self.changed: list[str] = []

    def read(self) -> None:
        """Add what is new to the edits of the reader, or complaints."""
        before = len(self.reader.complaints)
        self.check_locked()
        if self.row.kinds:
            self.kinds()
        elif self.row.figures:
            self.numbers(self.row.kind)
        elif self.row.words is not None:
            self.words()
        for column in NOTES:
            self.note(column)
        if self.changed and len(self.reader.complaints) == before:
            self.edit.place = self.cells.place(self.changed[0])
            self.reader.edits.append(self.edit)

    def complain(self, column: str, what: str, remedy: str, code: str = "BP403") -> None:
        """Complain about a cell of the row."""
        self.reader.complain(code, self.cells.place(column), what, remedy, self.row.path)

    def remark(self, column: str, what: str) -> None:
        """Remark how a cell was read."""
        self.reader.remarks.append(f"{self.cells.place(column).cell}: {what}")

    def check_locked(self) -> None:
        """Complain about cells that cannot be filled in but differ from what was exported."""
        row, cells = self.row, self.cells
        if str(cells.raw(UNIT)) != row.unit:
            what = (
                f'the unit was "{row.unit}" and is now "{cells.raw(UNIT)}"; that changes nothing in the file'
            )
            self.complain(UNIT, what, f'write "{row.unit}" again, and the numbers in it', "BP402")
        if not row.kinds and str(cells.raw(KIND)) != row.kind:
            remedy = f'write "{row.kind}" again'
            self.complain(KIND, "the kind of this row cannot be changed", remedy, "BP402")
        unused = NUMBER_COLUMNS if row.kind in {HEADING, SHARED} else () if row.kinds else NUMBER_COLUMNS[1:]
        for column in unused:
            if cells.raw(column) not in {"", None} or cells.error(column):
                remedy = row.meaning if row.kind == SHARED else "clear the cell"
                self.complain(column, "this cell belongs to no value", remedy.rstrip("."), "BP402")

    def content(self, column: str) -> Any:  # noqa: ANN401 - whatever a cell holds
        """Return what a cell holds; the result, of a formula."""
        if error := self.cells.error(column):
            self.complain(column, f"the cell holds the error {error}", "type the value")
            raise _BadCell
        value = self.cells.raw(column)
        if self.cells.is_formula(column) and value == "":
            what = "the formula has no result stored with it"
            self.complain(column, what, "open the book, let it calculate, save it; or type the value")
            raise _BadCell
        return value

    def number(self, column: str) -> float | None:
        """Return the number in a cell; None where it is empty."""
        value = self.content(column)
        if value in {"", None} and not isinstance(value, bool):
            return None
        if isinstance(value, bool):
            self.complain(column, f"{str(value).upper()} is a truth value, not a number", "type the number")
        elif isinstance(value, dt.date | dt.time | dt.timedelta):
            shown = value.isoformat() if not isinstance(value, dt.timedelta) else str(value)
            what = f"the cell is a date or a time ({shown}), and a number is wanted"
            self.complain(column, what, "format the cell as a number and type it again")
        elif isinstance(value, int | float):
            if math.isfinite(value):
                return float(value)
            self.complain(column, f"{value} is not a finite number", "type a finite one")
        else:
            return self.number_in(column, str(value))
        raise _BadCell

    def number_in(self, column: str, text: str) -> float:
        """Return the number that a text means."""
        unit = self.row.unit.partition(" ")[0]
        try:
            value, taken = from_text(text, unit)
        except ValueError as error:
            what, _, remedy = str(error).rpartition("; ")
            self.complain(column, what, remedy)
            raise _BadCell from None
        if self.row.style_of(column).per_cent and "%" not in text and abs(value) >= 1:
            meant = f"{value:.6g}% or {100 * value:.6g}%"
            self.complain(column, f'the text "{text[:40]}" can mean {meant}', "type it with its % sign")
            raise _BadCell
        shown = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a readable remark
        self.remark(column, f'text "{shown}" read as {taken}')
        return value

    def kinds(self) -> None:
        """Read a number whose kind can be changed."""
        said = str(self.cells.raw(KIND))
        kind = next((each for each in self.row.kinds if each.casefold() == said.casefold()), None)
        if kind is None:
            self.complain(
                KIND, f'"{said[:40]}" is no kind of number', f"choose {' or '.join(self.row.kinds)}"
            )
            return
        if kind == self.row.kind:
            self.numbers(kind)
            return
        for column, key in SLOTS[kind].items():
            try:
                value = self.number(column)
            except _BadCell:
                continue
            if value is not None:
                self.edit.figures[column] = self.spelling(column, value)
            elif column not in OPTIONAL:
                what = f"the kind is {kind}, and its {key} is empty"
                self.complain(column, what, "fill it, or choose the former kind")
        self.check_unread(kind)
        self.edit.kind = kind
        self.changed.append(KIND)

    def numbers(self, kind: str) -> None:
        """Read the numbers of a row that keeps its kind."""
        columns = (
            SLOTS[kind] if self.row.kinds and kind in SLOTS else {} if self.row.kinds else {VALUE: "value"}
        )
        for column in columns:
            try:
                value = self.number(column)
            except _BadCell:
                continue
            figure = self.row.figures.get(column)
            if value is None and figure is not None and column not in OPTIONAL:
                self.complain(
                    column, "the cell is empty", "fill it; a value is taken out in the scenario file"
                )
            elif value is None:
                if figure is not None:
                    self.set(column, None)
            elif figure is None or not same(value, figure.amount.value):
                self.set(column, self.spelling(column, value))
        if self.row.kinds:
            self.check_unread(kind)

    def check_unread(self, kind: str) -> None:
        """Complain about numbers that the chosen kind does not read: the kind was perhaps forgotten."""
        for column in NUMBER_COLUMNS:
            if column in SLOTS.get(kind, {}):
                continue
            figure, value = self.row.figures.get(column), self.cells.raw(column)
            kept = figure is not None and isinstance(value, int | float) and same(value, figure.amount.value)
            if (value not in {"", None} or self.cells.error(column)) and not kept:
                heading = COLUMNS[column][0]
                what = f'"{heading}" is filled, and the kind is {kind}'
                self.complain(column, what, "choose the kind that it belongs to, or clear it")

    def set(self, column: str, text: str | None) -> None:
        """Take a new number; None where it goes."""
        self.edit.figures[column] = text
        self.changed.append(column)

    def spelling(self, column: str, value: float) -> str:
        """Return a new number as the file will have it."""
        style = self.row.style_of(column)
        known = [abs(figure.amount.value) for figure in self.row.figures.values()]
        if style.per_cent and abs(value) > 1 >= max(known, default=0.0):
            meant = f"{value:.6g}%"
            if abs(value) > _MANY_TIMES:
                self.complain(column, f"{value:.6g} is {100 * value:.6g}%", f"type {meant} if that is meant")
            elif value != 1:
                self.remark(
                    column, f"{value:.6g} was taken as {100 * value:.6g}%; type {meant} if that is meant"
                )
        if self.cells.is_formula(column):
            self.remark(column, f"the result of a formula, {value:.15g}, was taken")
        return spelled(value, style)

    def words(self) -> None:
        """Read a text, a choice or a flag."""
        row = self.row
        try:
            text = self.text(VALUE)
        except _BadCell:
            return
        if text == row.words or _plain(text) == _plain(row.words or ""):
            return
        if row.locked:
            what = "this value cannot be changed in a workbook"
            self.complain(VALUE, what, f'write "{row.words}" again; change it in the scenario file', "BP402")
        elif not text:
            self.complain(VALUE, "the cell is empty", "fill it; a value is taken out in the scenario file")
        else:
            text = self.known_word(_plain(text))
            if text != row.words:
                self.edit.words = text
                self.changed.append(VALUE)

    def known_word(self, text: str) -> str:
        """Return the word that was meant, where only some are known."""
        choices = (
            ("true", "false")
            if self.row.kind == FLAG
            else self.row.choices
            if self.row.kind == CHOICE
            else ()
        )
        meant = next((each for each in choices if each.casefold() == text.casefold()), text)
        if meant != text:
            self.remark(VALUE, f'"{text}" read as {meant}')
        return meant

    def text(self, column: str) -> str:
        """Return the text in a cell."""
        value = self.content(column)
        if isinstance(value, bool):
            text = str(value).lower()
        elif isinstance(value, dt.datetime | dt.date):
            text = f"{value:%Y-%m}" if self.row.is_month and column == VALUE else f"{value:%Y-%m-%d}"
            self.remark(column, f"the date {value:%Y-%m-%d} read as {text}")
        elif isinstance(value, int | float):
            text = f"{value:.15g}"
            self.remark(column, f"the number {text} read as text")
        else:
            text = str(value).replace("\r\n", "\n")
        if has_unprintable(text):
            self.complain(column, "the text has a control character in it", "type it again, without pasting")
            raise _BadCell
        return text

    def note(self, column: str) -> None:
        """Read source, owner or note."""
        before = self.row.notes.get(column, "")
        try:
            after = self.text(column)
        except _BadCell:
            return
        if _plain(after) == _plain(before):
            return
        if not self.row.annotatable:
            what = f"a {column} cannot stand at this value"
            self.complain(column, what, "write it at the heading above it", "BP402")
            return
        self.edit.notes[column] = "\n".join(map(_plain, after.splitlines()))
        self.edit.note_places[column] = self.cells.place(column)
        self.changed.append(column)


def _plain(text: str) -> str:
    return " ".join(text.split())
