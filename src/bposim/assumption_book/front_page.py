"""The first sheet of the workbook: what to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bposim.assumption_book.formats import BAR, DARK, EXAMPLE, LINE
from bposim.assumption_book.rows import COLUMNS, FIXED, NUMBER_COLUMNS, PERCENTILES, RANGE, SHARED
from bposim.report.paper import lay_out

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from bposim.report.cell_formats import CellFormats


def front_page(sheet: Worksheet, style: CellFormats, name: str, title: str) -> None:
    """Write what the workbook is, what to do with it, and how a number is written."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 6, 15)
    sheet.set_column(7, 7, 44)
    sheet.write_string(0, 0, f"Assumptions: {title}", style.of(bold=True, font_size=16, font_color=DARK))
    stem = Path(name).stem
    lines = [
        f"This workbook holds the assumptions of {name}, a row each; it goes back there.",
        "1. Fill in the coloured cells, sheet by sheet. Everything else is locked, without a password.",
        "2. Save it as an Excel workbook (.xlsx) and send it back, or bring it in yourself:",
        f"       bposim import BOOK.xlsx --into {name} -o {stem}-2.yaml",
        "   Every change is listed, and whatever cannot be read is named with its sheet and cell.",
        "",
        "How a number is written: choose the kind first, then fill the cells that are not dimmed.",
    ]
    for number, line in enumerate(lines, 2):
        sheet.write_string(number, 0, line, style.of(font_size=11))
    row = 2 + len(lines)
    header = style.of(**BAR)
    for column, words in enumerate(("Kind", *(COLUMNS[c][0] for c in NUMBER_COLUMNS), "Read as")):
        sheet.write_string(row, column, words, header)
    for shift, (kind, figures, told) in enumerate(_EXAMPLES, 1):
        sheet.write_string(row + shift, 0, kind, style.of(**EXAMPLE))
        for column, key in enumerate(NUMBER_COLUMNS, 1):
            if key in figures:
                look = style.of(num_format="0%", **EXAMPLE)
                sheet.write_number(row + shift, column, figures[key], look)
            else:
                sheet.write_blank(row + shift, column, None, style.of(border=1, border_color=LINE))
        sheet.write_string(row + shift, 7, told, style.of(text_wrap=True))
        sheet.set_row(row + shift, 28)
    for number, line in enumerate(_RULES, row + len(_EXAMPLES) + 2):
        sheet.write_string(number, 0, line, style.of(font_size=11))
    sheet.hide_gridlines(2)
    sheet.protect("", {"select_locked_cells": True})
    lay_out(sheet, f"Assumptions: {title}", "", (name, "assumptions"))
    sheet.fit_to_pages(1, 0)


_EXAMPLES: tuple[tuple[str, dict[str, float], str], ...] = (
    (FIXED, {"value": 0.4}, "40%, certain."),
    (RANGE, {"low": 0.3, "mid": 0.4, "high": 0.55}, "Between 30% and 55%, most likely 40%."),
    (PERCENTILES, {"low": 0.3, "mid": 0.4, "high": 0.55, "min": 0.0, "max": 1.0},
     "In one case of ten below 30%, in one of ten above 55%, in half below 40%; never outside 0% to 100%."),
)  # fmt: skip

_RULES = (
    "• Amounts are typed in full: 45000, not 45k, in the currency of the Unit column; shares as 40% or 0.4.",
    "• A range says what you believe, not what you fear: high is high, not impossible.",
    "• Never below and Never above may stay empty.",
    "• Source: who says so. Owner: who answers. Note: anything else. At a heading: of all rows below it.",
    f"• {SHARED}: the same number as elsewhere; change it where the Meaning column says.",
    "• distribution: its parameters stand in the rows below. One of the three kinds above can replace it.",
    "• A formula in a coloured cell is fine: its result is taken, and said so.",
    "• The Path column is how a row is found again. Rows may be hidden, not deleted.",
)
