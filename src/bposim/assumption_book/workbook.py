"""Writing the workbook: a sheet for each area, cells to fill in coloured, everything else locked.

Every text is written as text, so that nothing in a scenario can become a formula or a link.  The scenario
file itself travels in a hidden sheet: a workbook alone is enough to make a scenario of it again.
"""

from __future__ import annotations

import base64
import io
import zlib
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bposim.assumption_book.formats import BAR, DARK, GREY, PALE, TO_FILL
from bposim.assumption_book.front_page import front_page
from bposim.assumption_book.rows import (
    CHOICE,
    COLUMNS,
    FIXED,
    FLAG,
    HEADING,
    KIND,
    LABEL,
    MEANING,
    NOTE,
    NUMBER_COLUMNS,
    OWNER,
    PARAMETER,
    PATH,
    PERCENTILES,
    RANGE,
    SOURCE,
    UNIT,
    VALUE,
    Row,
    sheets_of,
)
from bposim.report.cell_formats import CellFormats
from bposim.report.paper import lay_out, one_page_wide
from bposim.storage import write_whole

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SCHEMA = "bposim.book/1"
READ_ME = "Read me"
HIDDEN = "_bposim"

HEADER_ROW = 3
"""Row of the headings, from 0."""

CHUNK = 30_000
"""Characters of the embedded file in a cell."""

_LONGEST_LIST = 255
_LARGEST = 1e300
_MANY = 1_000


def write_workbook(target: str | Path, rows: list[Row], scenario: bytes, name: str, title: str) -> None:
    """Write a workbook of the rows of a scenario file.

    Args:
        target: the workbook; a file of that name is replaced.
        rows: what can be filled in, from :func:`bposim.assumption_book.listing.rows_of`.
        scenario: the content of the file, kept inside the workbook.
        name: name of the file, for people.
        title: title of the scenario.
    """
    import xlsxwriter  # noqa: PLC0415 - only an export needs it

    stream = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **texts}) as book:
        book.set_properties({"title": f"Assumptions: {title}", "comments": f"from {name}, by bposim"})
        style = CellFormats(book, valign="top")
        front_page(book.add_worksheet(READ_ME), style, name, title)
        for sheet_name, own in sheets_of(rows).items():
            sheet = book.add_worksheet(sheet_name)
            heading = f"{sheet_name}: {title}"
            _sheet(sheet, style, heading, own)
            lay_out(sheet, heading, "fill in the coloured cells", (name, "assumptions"))
        _hide(book.add_worksheet(HIDDEN), scenario, name)
    write_whole(Path(target), [stream.getvalue()])


def _sheet(sheet: Worksheet, style: CellFormats, heading: str, rows: list[Row]) -> None:
    places = {column: number for number, column in enumerate(COLUMNS)}
    sheet.write_string(0, 0, heading, style.of(bold=True, font_size=14, font_color=DARK))
    hint = (
        "Fill in the coloured cells. Rows cannot be added or removed. The first sheet says how to read a row."
    )
    sheet.write_string(1, 0, hint, style.of(font_color=GREY))
    header = style.of(text_wrap=True, **BAR)
    for column, (words, width) in COLUMNS.items():
        sheet.write_string(HEADER_ROW, places[column], words, header)
        sheet.set_column(places[column], places[column], width)
    sheet.set_row(HEADER_ROW, 28)
    for number, row in enumerate(rows, HEADER_ROW + 1):
        _row(sheet, style, number, row, places)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    last = HEADER_ROW + len(rows), places[NOTE]  # the path is for the computer
    one_page_wide(sheet, last, (HEADER_ROW, HEADER_ROW), HEADER_ROW)


def _row(sheet: Worksheet, style: CellFormats, number: int, row: Row, places: dict[str, int]) -> None:
    is_heading = row.kind == HEADING
    band: dict[str, Any] = {"bg_color": PALE} if is_heading else {}
    words = {LABEL: row.label, MEANING: row.meaning, UNIT: row.unit, PATH: row.path}
    for column, text in words.items():
        look: dict[str, Any] = {"text_wrap": column != PATH, **band}
        if column == LABEL:
            look |= {"align": "left", "indent": min(row.depth, 15), "bold": is_heading}
        elif column == UNIT:
            look["indent"] = 1
        else:
            look |= {"font_color": GREY, "font_size": 9}
        _text(sheet, number, places[column], text, style.of(**look))
    for column in (KIND, *NUMBER_COLUMNS):
        sheet.write_blank(number, places[column], None, style.of(**band))
    for column in (SOURCE, OWNER, NOTE):
        look = {"text_wrap": True, "font_size": 9}
        look |= TO_FILL | {"num_format": "@"} if row.annotatable else band
        _text(sheet, number, places[column], row.notes.get(column, ""), style.of(**look))
    _kind(sheet, style, number, row, places[KIND])
    if row.words is not None:
        _words(sheet, style, number, row, places[VALUE])
    elif row.kind in {FIXED, RANGE, PERCENTILES, PARAMETER} or row.kinds:
        _numbers(sheet, style, number, row, places)
    sheet.set_row(number, 13.5 * _lines(row))


def _lines(row: Row) -> int:
    """Return how many lines of text the row needs, up to six."""
    texts = {MEANING: row.meaning, SOURCE: row.notes.get(SOURCE, ""), NOTE: row.notes.get(NOTE, "")}
    narrow = {LABEL: "  " * row.depth + row.label, OWNER: row.notes.get(OWNER, "")}
    if row.words:
        narrow[VALUE] = row.words
    needed = [len(text) / (1.25 * COLUMNS[column][1]) for column, text in (texts | narrow).items()]
    return min(6, 1 + int(max(needed)))


def _text(sheet: Worksheet, number: int, column: int, text: str, look: Format) -> None:
    if text:
        sheet.write_string(number, column, text, look)
    else:
        sheet.write_blank(number, column, None, look)


def _kind(sheet: Worksheet, style: CellFormats, number: int, row: Row, column: int) -> None:
    if not row.kinds:
        band = {"bg_color": PALE} if row.kind == HEADING else {}
        sheet.write_string(number, column, row.kind, style.of(font_color=GREY, **band))
        return
    sheet.write_string(number, column, row.kind, style.of(**TO_FILL))
    sheet.data_validation(
        number, column, number, column,
        {
            "validate": "list",
            "source": list(row.kinds),
            "error_title": "Kind of number",
            "error_message": f"Choose one of: {', '.join(row.kinds)}.",
        },
    )  # fmt: skip


def _words(sheet: Worksheet, style: CellFormats, number: int, row: Row, column: int) -> None:
    if row.locked:
        _text(sheet, number, column, row.words or "", style.of(text_wrap=True))
        return
    _text(sheet, number, column, row.words or "", style.of(**TO_FILL, num_format="@", text_wrap=True))
    choices = ("true", "false") if row.kind == FLAG else row.choices if row.kind == CHOICE else ()
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        message = f"Choose one of: {', '.join(choices)}."[:_LONGEST_LIST]
        rule = {
            "validate": "list",
            "source": list(choices),
            "error_title": "Not known here",
            "error_message": message,
        }
        sheet.data_validation(number, column, number, column, rule)
    elif row.is_month:
        asked = {"input_title": "Calendar month", "input_message": "Year and month, such as 2027-01."}
        sheet.data_validation(number, column, number, column, {"validate": "any", **asked})


def _numbers(sheet: Worksheet, style: CellFormats, number: int, row: Row, places: dict[str, int]) -> None:
    usable = NUMBER_COLUMNS if row.kinds else (VALUE,)
    look = style.of(**TO_FILL, num_format=_number_format(row), align="right")
    for column in usable:
        figure = row.figures.get(column)
        if figure is None:
            sheet.write_blank(number, places[column], None, look)
        else:
            sheet.write_number(number, places[column], figure.amount.value, look)
    first, last = places[usable[0]], places[usable[-1]]
    sheet.data_validation(number, first, number, last, _range_rule(row))
    if not row.kinds:
        return
    # What the chosen kind does not read is dimmed, and comes back when the kind is changed.
    dim = style.of(bg_color="#FFFFFF", font_color="#C4C8CE", border=0)
    kind = f"$C{number + 1}"
    single, several = (number, places["value"]) * 2, (number, places["low"], number, places["max"])
    sheet.conditional_format(*single, {"type": "formula", "criteria": f'={kind}<>"{FIXED}"', "format": dim})
    taken = f'AND({kind}<>"{RANGE}",{kind}<>"{PERCENTILES}")'
    sheet.conditional_format(*several, {"type": "formula", "criteria": f"={taken}", "format": dim})


def _range_rule(row: Row) -> dict[str, Any]:
    low, high = row.bounds
    unit = f" ({row.unit})" if row.unit else ""

    def shown(limit: float) -> str:
        return f"{100 * limit:g}%" if row.per_cent else f"{limit:g}"

    if low is not None and high is not None:
        told = f"from {shown(low)} to {shown(high)}"
    elif low is not None or high is not None:
        told = f"of at least {shown(low)}" if low is not None else f"of at most {shown(high or 0.0)}"
    else:
        told = "of any size, also negative"
    example = " Type 40% for forty per cent." if row.per_cent else " Type it in full: 45000, not 45k."
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": -_LARGEST if low is None else low,
        "maximum": _LARGEST if high is None else high,
        "input_title": row.label[:32],
        "input_message": f"A number {told}{unit}."[:_LONGEST_LIST],
        "error_title": "This cannot be",
        "error_message": f"Wanted here: a number {told}{unit}.{example}"[:_LONGEST_LIST],
    }


def _number_format(row: Row) -> str:
    values = [figure.amount.value for figure in row.figures.values()]
    if row.per_cent:
        decimals = max((_decimals(100 * value) for value in values), default=0)
        return f"0.{'0' * max(1, decimals)}%"
    if any(abs(value) >= _MANY for value in values):
        return "#,##0.00" if any(value % 1 for value in values) else "#,##0"
    return "General"


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _hide(sheet: Worksheet, scenario: bytes, name: str) -> None:
    """Keep the scenario file in a sheet that is not shown."""
    packed = base64.b64encode(zlib.compress(scenario, 9)).decode("ascii")
    pieces = [packed[start : start + CHUNK] for start in range(0, len(packed), CHUNK)]
    head = [SCHEMA, name, sha256(scenario).hexdigest(), metadata.version("bposim")]
    for number, text in enumerate([*head, *pieces]):
        sheet.write_string(number, 0, text)
    sheet.very_hidden()
