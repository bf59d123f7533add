"""The cells of a row of a workbook that came back, and what their reading collects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bposim.assumption_book.places import CellPlace
from bposim.errors import Complaint

if TYPE_CHECKING:
    from bposim.assumption_book.container import Sheet
    from bposim.assumption_book.edits import Edit


class Findings:
    """What the reading of a workbook collects."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.complaints: list[Complaint] = []
        self.remarks: list[str] = []
        self.edits: list[Edit] = []

    def complain(self, code: str, place: CellPlace, what: str, remedy: str, path: str = "") -> None:
        """Add a complaint."""
        self.complaints.append(Complaint(code, path, what, remedy, place))


class Cells:
    """The cells of one row of a sheet, by column."""

    def __init__(self, reader: Findings, sheet: Sheet, number: int, columns: dict[str, int]) -> None:
        self.reader = reader
        self.sheet = sheet
        self.number = number
        self.columns = columns

    def raw(self, column: str) -> Any:  # noqa: ANN401 - whatever a cell holds
        """Return what a cell holds, a text without the spaces around it."""
        cells, place = self.sheet.cells[self.number], self.columns[column]
        value = cells[place] if place < len(cells) else ""
        return value.strip() if isinstance(value, str) else value

    def place(self, column: str) -> CellPlace:
        """Return the place of a cell."""
        return CellPlace(self.reader.file, self.number + 1, self.columns[column] + 1, self.sheet.name)

    def error(self, column: str) -> str:
        """Return the error that the cell holds, such as #REF!; empty for none."""
        return self.sheet.marks.errors.get((self.number, self.columns[column]), "")

    def is_formula(self, column: str) -> bool:
        """Tell whether a cell is a formula."""
        return (self.number, self.columns[column]) in self.sheet.marks.formulas
