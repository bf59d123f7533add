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

from bposim.report.numbers import Scale
from bposim.report.sheet_names import sheet_name
from bposim.report.table import inert

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

MOST_CHARACTERS = 32_767
"""The longest text that a cell holds."""

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no time zone
"""Stands in where no run says when it ended, so that the same run gives the same bytes."""

OKABE_ITO = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""Colours that colour-blind people tell apart; the baseline is black."""

DASHES = ("solid", "solid", "long_dash", "round_dot", "dash_dot", "square_dot", "long_dash_dot", "dash")

FONT = {"font_name": "Calibri", "font_size": 10, "valign": "vcenter"}
HEAD = {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
WHOLE = "#,##0;-#,##0;0"
UNITS = {1e9: ',,,"bn"', 1e6: ',,"M"', 1e3: ',"k"'}
INPUT, LINK = {"font_color": "#0000C8", "bg_color": "#FFF9E5"}, {"font_color": "#00701A"}

STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrapped": {"text_wrap": True, "valign": "top", "indent": 1},
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3864", "bottom": 1},
    "note": {"font_color": "#595959", "italic": True},
    "paragraph": {"text_wrap": True, "valign": "top", "font_size": 11, "bg_color": "#EEF3FA", "border": 1},
    "warning": {"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"},
    "head": HEAD,
    "head right": {**HEAD, "align": "right"},
    "head month": {**HEAD, "align": "right", "num_format": "0"},
    "label": {"text_wrap": True},
    "top": {"valign": "top"},
    "bold": {"bold": True},
    "right": {"align": "right"},
    "whole": {"num_format": WHOLE},
    "total": {"num_format": WHOLE, "bold": True, "top": 1},
    "total label": {"bold": True, "top": 1},
    "share": {"num_format": "0%"},
    "percent": {"num_format": "0.0##%"},
    "factor": {"num_format": "0.0000"},
    "number": {"num_format": "0.0000"},
    "general": {"num_format": "#,##0.####"},
    "input": {**INPUT},
    "input percent": {**INPUT, "num_format": "0.0##%"},
    "link": {**LINK, "num_format": WHOLE},
    "outline": {"font_color": "#595959"},
}
"""Blue on cream is an input, green comes from another sheet or block, black is worked out here."""


class Book:
    """A workbook in memory, and the names that are taken in it."""

    def __init__(self, title: str, created: datetime | None = None) -> None:
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
        self._formats: dict[str, Any] = {}
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
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&RPage &P of &N")
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
        key = f"{name}|{num_format}"
        if key not in self._formats:
            properties = {**FONT, **STYLES[name]} | ({"num_format": num_format} if num_format else {})
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

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

    def at(self, row: int, column: int, *, fixed: bool = False) -> str:
        """Return the address of a cell for a formula of another sheet."""
        return f"{quote_sheetname(self.name)}!{xl_rowcol_to_cell(row, column, fixed, fixed)}"

    def local(self, row: int, column: int, *, fixed: bool = False) -> str:
        """Return the address of a cell for a formula of the same sheet."""
        return str(xl_rowcol_to_cell(row, column, fixed, fixed))

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
            self.text(row, column, head, "head right" if column in figures else "head")

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

    def fit(self, header: tuple[int, int], *, columns: tuple[int, int] | None = None, wide: int = 1) -> None:
        """Print so many pages wide, the header rows on each, and with ``columns`` these, too."""
        self._sheet.fit_to_pages(wide, 0)
        self._sheet.repeat_rows(*header)
        if columns:
            self._sheet.repeat_columns(*columns)

    def scaled(self, percent: int, breaks: Sequence[int]) -> None:
        """Print at a scale with a new page before these rows: what is fitted to a width takes no breaks."""
        self._sheet.set_print_scale(percent)
        self._sheet.set_h_pagebreaks(breaks)

    def printed(self, last: tuple[int, int]) -> None:
        """Print the cells from the first to this one and no others."""
        self._sheet.print_area(0, 0, *last)

    def filtered(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Let a table be filtered and sorted."""
        if last[0] > first[0]:
            self._sheet.autofilter(*first, *last)

    def place(self, row: int, column: int, chart: Any, size: tuple[int, int], alt: str) -> None:  # noqa: ANN401 - XlsxWriter has no types; a place and a size
        """Put a chart on the sheet, with the text for those who do not see it."""
        chart.set_size({"width": size[0], "height": size[1]})
        self._sheet.insert_chart(
            row, column, chart, {"description": plain_text(alt)[:2000], "object_position": 1}
        )

    def cells(self, first: tuple[int, int], last: tuple[int, int]) -> list[Any]:
        """Return a range as charts take it: names need no quotes and nothing in them is a formula."""
        return [self.name, *first, *last]


def plain_text(text: str) -> str:
    """Return a text for a cell: inert, printable and not longer than a cell holds."""
    safe = "\n".join(map(inert, text.split("\n")))
    return safe if len(safe) <= MOST_CHARACTERS else f"{safe[: MOST_CHARACTERS - 1]}…"


def chart_text(text: str) -> str:
    """Return a text for a chart: what looks like a cell, ``x!A1``, would be taken for one."""
    return re.sub(r"!(?=\$?[A-Za-z])", "! ", plain_text(text))


def amount_format(divisor: float, decimals: int = 1) -> str:
    """Return the number format that tells amounts in units of ``divisor``, such as 1e6 for millions."""
    places = f".{'0' * decimals}" if decimals and divisor > 1 else ""
    shape = f"#,##0{places}{UNITS.get(divisor, '')}"
    return f"{shape};-{shape};0"


def axis_format(largest: float) -> str:
    """Return the number format of an axis that reaches to ``largest``."""
    divisor = Scale.of(largest).divisor
    return amount_format(divisor, 0 if largest / divisor >= 10 else 1)  # noqa: PLR2004 - two digits are enough


def lines_of(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column so many characters wide."""
    return sum(1 + int(len(line) / (1.2 * width)) for line in text.split("\n"))


def titled(chart: Any, title: str, across: str, up: str, **axes: Mapping[str, Any]) -> None:  # noqa: ANN401 - XlsxWriter has no types
    """Give a chart its title and the names of its axes, and quiet lines."""
    chart.set_title({"name": chart_text(title), "name_font": {"size": 11, "bold": True}, "overlay": False})
    quiet = {"visible": True, "line": {"color": "#E0E0E0", "width": 0.5}}
    font = {"size": 9, "bold": False}
    chart.set_x_axis(
        {"name": chart_text(across), "name_font": font, "num_font": {"size": 9}, **axes.get("x", {})}
    )
    chart.set_y_axis(
        {
            "name": chart_text(up),
            "name_font": font,
            "num_font": {"size": 9},
            "major_gridlines": quiet,
            **axes.get("y", {}),
        }
    )
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_plotarea({"fill": {"none": True}})
    chart.set_chartarea({"border": {"color": "#D9D9D9"}})
