"""The formats of a workbook's cells: each made once, all in one typeface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

TYPEFACE: dict[str, Any] = {"font_name": "Calibri", "font_size": 10}


class CellFormats:
    """The cell formats of a book; ``usual`` are properties of all that do not say otherwise."""

    def __init__(self, book: Workbook, **usual: Any) -> None:  # noqa: ANN401 - names and values of XlsxWriter
        self._book = book
        self._usual = TYPEFACE | usual
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:  # noqa: ANN401 - as above
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(self._usual | properties)
        return self._made[key]
