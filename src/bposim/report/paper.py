"""How a sheet of a workbook is printed: landscape, its title above and the run below each page.

Paper is A4; what fits its width is a few per cent smaller on Letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.report.sheet_names import cut, units

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

A4 = 9

MOST = 255
"""Units of a header or footer, its codes included; Excel repairs a file that has more."""

AMPERSAND = "&&\N{ZERO WIDTH SPACE}"
"""A sign that would begin a code, doubled; XlsxWriter takes ``&G`` for a picture, also in ``&&G``."""


def lay_out(sheet: Worksheet, title: str, told: str, foot: tuple[str, str]) -> None:
    """Print a sheet in landscape on A4.

    Args:
        sheet: the sheet.
        title: what stands above each page at the left.
        told: what stands there at the right, such as what is left out on paper.
        foot: what stands below each page, left and in the middle; the number of the page is at the right.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f'&L&"Calibri,Bold"{_plain(title, 110)}&R&"Calibri,Italic"{_plain(told, 100)}')
    left, middle = foot
    sheet.set_footer(f'&L&"Calibri"{_plain(left, 100)}&C&"Calibri"{_plain(middle, 90)}&RPage &P of &N')


def one_page_wide(sheet: Worksheet, last: tuple[int, int], heads: tuple[int, int], first: int) -> None:
    """Print the rows from ``first`` to the cell ``last``, the rows ``heads`` on every page."""
    sheet.print_area(first, 0, *last)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(*heads)


def _plain(text: str, most: int) -> str:
    """Return a text without codes, at most so many units long."""
    printed = "".join(char if char.isprintable() else " " for char in text)
    line = cut(" ".join(printed.split()), most)
    while units(escaped := line.replace("&", AMPERSAND)) > most:
        line = line[:-1]
    return escaped
