"""The look of native charts: colours for colour-blind people, quiet lines, texts that do nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bposim.report.workbook.book import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

OKABE_ITO = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""Colours that colour-blind people tell apart; the baseline is black."""

DASHES = ("solid", "solid", "long_dash", "round_dot", "dash_dot", "square_dot", "long_dash_dot", "dash")


def chart_text(text: str) -> str:
    """Return a text for a chart: what looks like a cell, ``x!A1``, would be taken for one."""
    return re.sub(r"!(?=\$?[A-Za-z])", "! ", plain_text(text))


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
