"""The key of a picture of curves: line, name and figures of each, as a table beside the axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from bposim.report.pictures.labels import fitted
from bposim.report.pictures.page import MARGIN
from bposim.report.pictures.style import FAINT_INK, INK, LABEL, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.report.pictures.page import Page
    from bposim.report.pictures.style import Look

LINE = 0.36
"""Inches from row to row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A curve's look, name and figures."""

    look: Look
    name: str
    figures: Sequence[str]
    bold: bool = False


def write_key(
    sheet: Page, left: float, columns: Sequence[float], head: Sequence[str], rows: Sequence[Row]
) -> None:
    """Write the table from ``left`` on; ``columns`` are the figures' right edges, ``head`` all names."""
    top = sheet.height - 0.4
    sheet.write(left, top, head[0], SMALL, FAINT_INK)
    for column, mark in zip(columns, head[1:], strict=True):
        sheet.write(column, top, mark, SMALL, FAINT_INK, align="right")
    width, height = sheet.figure.get_size_inches()
    room = columns[0] - left - 1.25
    for place, row in enumerate(rows, 1):
        level = top - LINE * place
        xs = [(MARGIN + left + shift) / width for shift in (0.0, 0.5)]
        ys = [(sheet.floor + level + 0.045) / height] * 2
        line = Line2D(xs, ys, color=row.look.colour, linestyle=row.look.dashes, linewidth=2.2)
        sheet.figure.add_artist(line)
        weight = "bold" if row.bold else "normal"
        sheet.write(left + 0.6, level, fitted(row.name, room, LABEL, weight), LABEL, INK, weight=weight)
        for column, text in zip(columns, row.figures, strict=True):
            sheet.write(column, level, text, LABEL, INK, align="right")
