"""A workbook: sheets by safe names, cells that are never formulas unless meant, styles by name.

Whatever text comes from a scenario goes through :func:`plain_text` or :func:`sheet_name`: no spreadsheet
reads it as a formula, a link or a format, also after it was saved as CSV.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from bposim.report.cell_formats import CellFormats
from bposim.report.paper import lay_out, one_page_wide
from bposim.report.sheet_names import sheet_name
from bposim.report.table import inert
from bposim.report.workbook.number_formats import PER_CENT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

MOST_CHARACTERS = 32_767
"""The longest text that a cell holds."""

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no time zone
"""Stands in where no run says when it ended, so that the same run gives the same bytes."""

HEAD = {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
INPUT, LINK = {"font_color": "#0000C8", "bg_color": "#FFF9E5"}, {"font_color": "#00701A"}

STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrapped": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3864", "bottom": 1},
    "note": {"font_color": "#595959", "italic": True},
    "paragraph": {"text_wrap": True, "valign": "top", "font_size": 11, "bg_color": "#EEF3FA", "border": 1},
    "warning": {"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"},
    "head": HEAD,
    "head right": {**HEAD, "align": "right"},
    "head text": {**HEAD, "align": "left", "indent": 1},
    "head figure": {**HEAD, "align": "right", "indent": 1},
    "head month": {**HEAD, "align": "right", "num_format": "0"},
    "label": {"text_wrap": True},
    "top": {"valign": "top", "align": "right", "indent": 1},
    "bold": {"bold": True},
    "name": {"bold": True, "text_wrap": True},
    "right": {"align": "right"},
    "whole": {"num_format": WHOLE},
    "total": {"num_format": WHOLE, "bold": True, "top": 1},
    "total label": {"bold": True, "top": 1},
    "share": {"num_format": "0%"},
    "percent": {"num_format": PER_CENT},
    "factor": {"num_format": "0.0000"},
    "number": {"num_format": "0.0000"},
    "general": {"num_format": "#,##0.####"},
    "input": {**INPUT},
    "input percent": {**INPUT, "num_format": PER_CENT},
    "link": {**LINK, "num_format": WHOLE},
    "outline": {"font_color": "#595959"},
}
"""Blue on cream is an input, green comes from another sheet or block, black is worked out here."""


class Book:
    """A workbook in memory, and the names that are taken in it."""

    def __init__(self, title: str, run: str = "", created: datetime | None = None) -> None:
        """Begin a workbook; title and ``run``, its seed and futures, stand below every page on paper."""
        self._bytes = io.BytesIO()
        self._book = Workbook(
            self._bytes,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": plain_text(title)[:255], "created": created or CREATED})
        self._book.set_calc_mode("auto")
        self._formats = CellFormats(self._book, valign="vcenter")
        self.foot = (title, run)
        self._sheets: set[str] = set()
        self.pages: list[Page] = []
        """The sheets in their order."""
        self._names: set[str] = set()

    def sheet(self, wanted: str, widths: Sequence[float], *, colour: str = "#1F3864") -> Page:
        """Add a sheet, its columns as wide as so many characters."""
        name = sheet_name(wanted, self._sheets)
        self._sheets.add(name.lower())
        sheet = self._book.add_worksheet(name)
        sheet.set_tab_color(colour)
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self.pages.append(Page(self, sheet, name))
        return self.pages[-1]

    def name(self, wanted: str, page: Page, row: int, column: int) -> None:
        """Give a cell a name for the whole book, such as ``saving_mean_manila``."""
        name = re.sub(r"[^A-Za-z0-9_]+", "_", wanted)[:200]
        number, free = 2, name
        while free.lower() in self._names:
            free, number = f"{name}_{number}", number + 1
        self._names.add(free.lower())
        self._book.define_name(free, f"={page.at(row, column, fixed=True)}")

    def style(self, name: str, num_format: str = "") -> Any:  # noqa: ANN401 - XlsxWriter has no types
        """Return the format of a style, with another number format if one is given."""
        other = {"num_format": num_format} if num_format else {}
        return self._formats.of(**STYLES[name] | other)

    def chart(self, kind: str, subtype: str = "") -> Any:  # noqa: ANN401 - XlsxWriter has no types
        """Return an empty native chart."""
        return self._book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})

    def content(self) -> bytes:
        """Return the finished file; nothing can be added afterwards."""
        self._book.close()
        return self._bytes.getvalue()


class Page:
    """A sheet of a book; rows and columns count from 0."""

    def __init__(self, book: Book, sheet: Any, name: str) -> None:  # noqa: ANN401 - XlsxWriter has no types
        self.book = book
        self.name = name
        self._sheet = sheet
        self._title = name

    def at(self, row: int, column: int, *, fixed: bool = False) -> str:
        """Return the address of a cell for a formula of another sheet."""
        return f"{quote_sheetname(self.name)}!{xl_rowcol_to_cell(row, column, fixed, fixed)}"

    def local(self, row: int, column: int, *, fixed: bool = False) -> str:
        """Return the address of a cell for a formula of the same sheet."""
        return str(xl_rowcol_to_cell(row, column, fixed, fixed))

    def range(self, first: tuple[int, int], last: tuple[int, int]) -> str:
        """Return the address of a range for a formula of the same sheet."""
        return f"{self.local(*first)}:{self.local(*last)}"

    def text(self, row: int, column: int, text: str, style: str = "plain") -> None:
        """Write a text, whatever it begins with."""
        if text:
            self._sheet.write_string(row, column, plain_text(text), self.book.style(style))
        else:
            self._sheet.write_blank(row, column, None, self.book.style(style))

    def across(self, row: int, first: int, last: int, text: str, style: str, lines: float = 0.0) -> None:  # noqa: PLR0913, PLR0917 - a place, a text and its look
        """Write a text over several columns, in a row that is so many lines high."""
        self._sheet.merge_range(row, first, row, last, "", self.book.style(style))
        self._sheet.write_string(row, first, plain_text(text), self.book.style(style))
        if lines:
            self.tall(row, lines)

    def texts(self, row: int, column: int, texts: Iterable[str], style: str = "plain") -> None:
        """Write texts beside each other."""
        for number, text in enumerate(texts):
            self.text(row, column + number, text, style)

    def heads(self, row: int, heads: Iterable[str], figures: Container[int]) -> None:
        """Write the heads of a table; those of the columns of ``figures`` stand to the right."""
        for column, head in enumerate(heads):
            self.text(row, column, head, "head figure" if column in figures else "head text")

    def number(
        self, row: int, column: int, value: float | None, style: str = "whole", num_format: str = ""
    ) -> None:
        """Write a number; an empty cell where there is none."""
        shape = self.book.style(style, num_format)
        if value is None or value != value or abs(value) == float("inf"):  # noqa: PLR0124 - nan
            self._sheet.write_blank(row, column, None, shape)
        else:
            self._sheet.write_number(row, column, value, shape)

    def formula(  # noqa: PLR0913, PLR0917 - a place, a formula, its value and its look
        self, row: int, column: int, formula: str, value: float, style: str = "whole", num_format: str = ""
    ) -> None:
        """Write a formula of this program with its value, for viewers that do not calculate."""
        self._sheet.write_formula(row, column, f"={formula}", self.book.style(style, num_format), value)

    def link(self, row: int, column: int, target: Page, text: str) -> None:
        """Write a link to another sheet of this book."""
        place = f"internal:{quote_sheetname(target.name)}!A1"
        self._sheet.write_url(row, column, place, self.book.style("link"), plain_text(text))

    def tall(self, row: int, lines: float) -> None:
        """Make a row so many lines high."""
        self._sheet.set_row(row, 13.5 * max(lines, 1.0) + 2.0)

    def outline(self, row: int, level: int = 1) -> None:
        """Let a row be folded away."""
        self._sheet.set_row(row, None, None, {"level": level})

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns left of a cell in sight."""
        self._sheet.freeze_panes(row, column)

    def title(self, text: str) -> None:
        """Write what the sheet is about; on paper it stands above every page."""
        self._title = text
        self.text(0, 0, text, "title")

    def on_paper(
        self, heads: tuple[int, int], last: tuple[int, int], *, first: int = 1, told: str = ""
    ) -> None:
        """Print the rows from ``first`` to a cell on one page wide, the rows ``heads`` on each page.

        ``told`` says above the page what is left out on paper.
        """
        lay_out(self._sheet, self._title, told, self.book.foot)
        one_page_wide(self._sheet, last, heads, first)

    def scaled(self, percent: int, breaks: Sequence[int], last: tuple[int, int]) -> None:
        """Print at a scale with a new page before these rows: what is fitted to a width takes no breaks."""
        lay_out(self._sheet, self._title, "", self.book.foot)
        self._sheet.print_area(1, 0, *last)
        self._sheet.set_print_scale(percent)
        self._sheet.set_h_pagebreaks(breaks)

    def filtered(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Let a table be filtered and sorted."""
        if last[0] > first[0]:
            self._sheet.autofilter(*first, *last)

    def place(self, row: int, column: int, chart: Any, size: tuple[int, int], alt: str) -> None:  # noqa: ANN401 - XlsxWriter has no types; a place and a size
        """Put a chart on the sheet, with the text for those who do not see it."""
        chart.set_size({"width": size[0], "height": size[1]})
        self._sheet.insert_chart(
            row,
            column,
            chart,
            # A little below the row: a page may begin there, and the one before would have its upper edge.
            {"description": plain_text(alt)[:2000], "object_position": 1, "y_offset": 5},
        )

    def cells(self, first: tuple[int, int], last: tuple[int, int]) -> list[Any]:
        """Return a range as charts take it: names need no quotes and nothing in them is a formula."""
        return [self.name, *first, *last]


def plain_text(text: str) -> str:
    """Return a text for a cell: inert, printable and not longer than a cell holds."""
    safe = "\n".join(map(inert, text.split("\n")))
    return safe if len(safe) <= MOST_CHARACTERS else f"{safe[: MOST_CHARACTERS - 1]}…"


def lines_of(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column so many characters wide."""
    return sum(1 + int(len(line) / (1.15 * width)) for line in text.split("\n"))
