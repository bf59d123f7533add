"""Places in a workbook, as complaints name them: ``book.xlsx World!D7``, or a sheet, or the book alone."""

from __future__ import annotations

from dataclasses import dataclass

from bposim.errors import Mark


@dataclass(frozen=True, slots=True, order=True)
class CellPlace(Mark):
    """A cell of a workbook: row and column, from 1, and the sheet; row 0 is the sheet as a whole."""

    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.file} {self.cell}".strip()

    @property
    def cell(self) -> str:
        """The sheet and the cell as a formula would name them."""
        sheet = self.sheet if self.sheet.replace("_", "").isalnum() or not self.sheet else f"'{self.sheet}'"
        if not self.line:
            return sheet
        return f"{sheet}!{cell_name(self.line - 1, self.column - 1)}"


def whole_book(file: str) -> CellPlace:
    """Return the place of a complaint about a workbook as a whole."""
    return CellPlace(file, 0, 0)


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, both counted from 0: D7."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
