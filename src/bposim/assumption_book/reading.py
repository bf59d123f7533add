"""What somebody changed in a workbook: every cell held against the row that it was made from.

A row is found by its path, a column by its heading, so sorting and hiding do no harm.  Everything that is
wrong is collected, each with its sheet and cell; what had to be interpreted is remarked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.assumption_book.cells import Cells, Findings
from bposim.assumption_book.places import CellPlace
from bposim.assumption_book.row_reading import RowReader
from bposim.assumption_book.rows import COLUMNS, KIND, PATH, VALUE, sheets_of
from bposim.assumption_book.workbook import HIDDEN, READ_ME
from bposim.errors import ScenarioError
from bposim.part import close_match
from bposim.yaml_tree import MAX_COMPLAINTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bposim.assumption_book.container import Sheet
    from bposim.assumption_book.edits import Edit
    from bposim.assumption_book.rows import Row

_SEARCHED = 30
"""Rows from the top among which the headings are looked for."""

_SHOWN = 5
"""Missing rows of a sheet that are named one by one."""


@dataclass(slots=True)
class Reading:
    """What was read from a workbook."""

    edits: list[Edit]
    remarks: list[str]
    """Each coercion and formula, with its cell."""
    places: dict[str, CellPlace]
    """The place of each row's value, by path; another column lies as many cells further as its heading."""
    columns: dict[str, dict[str, int]]
    """Number of each column, by sheet; from 0."""
    kinds: dict[str, str]
    """Kind of each row as the workbook has it, by path."""


def read_edits(file: str, found: dict[str, Sheet], rows: list[Row]) -> Reading:
    """Return what was changed in the sheets of a workbook that was made of these rows.

    Raises ScenarioError with every complaint, each with sheet and cell.
    """
    reader = _Reader(file)
    expected = sheets_of(rows)
    reader.check_sheets(found, expected)
    for name, own in expected.items():
        if name in found:
            reader.sheet(found[name], own)
    reader.check_replaced()
    if reader.complaints:
        raise ScenarioError(reader.complaints[:MAX_COMPLAINTS])
    return Reading(reader.edits, reader.remarks, reader.places, reader.columns, reader.kinds)


class _Reader(Findings):
    """One pass over a workbook."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.places: dict[str, CellPlace] = {}
        self.columns: dict[str, dict[str, int]] = {}
        self.kinds: dict[str, str] = {}

    def check_sheets(self, found: dict[str, Sheet], expected: dict[str, list[Row]]) -> None:
        strangers = [name for name in found if name not in {*expected, READ_ME, HIDDEN}]
        for name, rows in expected.items():
            if name in found:
                continue
            first = rows[0].path
            twin = next((other for other in strangers if _holds(found[other], first)), "")
            what = f'the sheet "{name}" is missing'
            remedy = "take it back from the book as it was exported"
            if twin:
                strangers.remove(twin)
                what, remedy = f'the sheet "{name}" was renamed to "{twin}"', f'rename it to "{name}" again'
            self.complain("BP402", CellPlace(self.file, 0, 0, twin or name), what, remedy)
        self.remarks += [
            f'the sheet "{name}" does not belong to the book and is not read' for name in strangers
        ]

    def sheet(self, sheet: Sheet, rows: list[Row]) -> None:
        """Read a sheet, row by row."""
        whole = CellPlace(self.file, 0, 0, sheet.name)
        header = next(
            (n for n, cells in enumerate(sheet.cells[:_SEARCHED]) if COLUMNS[PATH][0] in cells), None
        )
        if header is None:
            what = f'the line of headings with "{COLUMNS[PATH][0]}" is missing'
            self.complain("BP402", whole, what, "take the sheet back from the book as it was exported")
            return
        columns = self.headings(sheet, header, whole)
        if columns is None or self.is_merged(sheet, header, columns):
            return
        self.columns[sheet.name] = columns
        by_path = {row.path: row for row in rows}
        seen: set[str] = set()
        for number in range(header + 1, len(sheet.cells)):
            cells = Cells(self, sheet, number, columns)
            path = str(cells.raw(PATH)).strip()
            if path in seen:
                what, remedy = f"the row of {path} stands here a second time", "delete one of the two"
                self.complain("BP402", cells.place(PATH), what, remedy)
            elif path in by_path:
                seen.add(path)
                self.places[path] = cells.place(VALUE)
                self.kinds[path] = str(cells.raw(KIND))
                RowReader(self, by_path[path], cells).read()
            elif path or any(cells.raw(column) not in {"", None} for column in columns):
                self.stranger(cells, path, by_path)
        self.missing([row for row in rows if row.path not in seen], whole)

    def headings(self, sheet: Sheet, header: int, whole: CellPlace) -> dict[str, int] | None:
        texts = [str(cell).strip() for cell in sheet.cells[header]]
        columns = {key: texts.index(words) for key, (words, _) in COLUMNS.items() if texts.count(words) == 1}
        lost = [words for key, (words, _) in COLUMNS.items() if key not in columns]
        if lost:
            what = f"of the headings {', '.join(lost)} there is not one each"
            self.complain("BP402", whole, what, "give each column its heading back, once")
            return None
        return columns

    def is_merged(self, sheet: Sheet, header: int, columns: dict[str, int]) -> bool:
        """Complain about merged cells in the table; a merged cell hides what was in the others."""
        read = set(columns.values())
        inside = [
            (row, column) for row, column, last_row, last_column in sheet.merged
            if last_row >= header and read & set(range(column, last_column + 1))
        ]  # fmt: skip
        for row, column in inside:
            place = CellPlace(self.file, row + 1, column + 1, sheet.name)
            self.complain("BP402", place, "cells are merged here", "undo the merging, and fill each cell")
        return bool(inside)

    def stranger(self, cells: Cells, path: str, known: Iterable[str]) -> None:
        if not path:
            what, remedy = (
                "this row was inserted: it belongs to no value",
                "delete it; a remark goes into a Note",
            )
            filled = next(column for column in cells.columns if cells.raw(column) not in {"", None})
            self.complain("BP402", cells.place(filled), what, remedy)
            return
        close = close_match(path, known)
        remedy = (
            f"write {close} again" if close else "delete the row; new values are written in the scenario file"
        )
        self.complain("BP402", cells.place(PATH), f'there is no value "{path[:100]}" in this sheet', remedy)

    def missing(self, rows: list[Row], whole: CellPlace) -> None:
        remedy = "undo the deletion; a value is taken out in the scenario file"
        for row in rows[:_SHOWN]:
            self.complain("BP402", whole, "the row of this value was deleted", remedy, row.path)
        if len(rows) > _SHOWN:
            self.complain("BP402", whole, f"{len(rows) - _SHOWN} more rows were deleted", remedy)

    def check_replaced(self) -> None:
        """Complain about parts of a distribution that is itself replaced."""
        replaced = [edit.row.steps for edit in self.edits if edit.kind is not None]
        for edit in self.edits:
            for steps in replaced:
                if len(edit.row.steps) > len(steps) and edit.row.steps[: len(steps)] == steps:
                    what = "this part was changed, and the distribution that it belongs to is replaced"
                    self.complain("BP402", edit.place, what, "change one of the two back", edit.row.path)


def _holds(sheet: Sheet, path: str) -> bool:
    return any(path in cells for cells in sheet.cells[: 2 * _SEARCHED])
