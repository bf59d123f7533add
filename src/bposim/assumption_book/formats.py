"""The look of the workbook's cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

INPUT, GREY, LINE, PALE, DARK = "#FFF8DC", "#6B7280", "#D1D5DB", "#F3F4F6", "#1F3A5F"
"""Cells to fill in, text for reference, borders, headings, the bar of column headings."""

BAR: dict[str, Any] = {
    "bold": True,
    "bg_color": DARK,
    "font_color": "#FFFFFF",
    "border": 1,
    "border_color": LINE,
}
TO_FILL: dict[str, Any] = {"bg_color": INPUT, "border": 1, "border_color": LINE}


class Formats:
    """The cell formats of a book, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:  # noqa: ANN401 - names and values of XlsxWriter
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
            self.made[key] = self.book.add_format(base | properties)
        return self.made[key]

    def input(self, **properties: Any) -> Format:  # noqa: ANN401 - as above
        """Return the format of a cell to fill in."""
        return self.of(bg_color=INPUT, border=1, border_color=LINE, locked=False, **properties)
