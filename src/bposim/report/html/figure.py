"""A figure of the page: its finding, its panels as Vega-Lite, its key, and the table behind it.

Colours are the names of the page's own style, ``var(--ink)``, which the browser looks up when it paints: a
change between light and dark, and a print, need no new drawing.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import altair as alt
from altair.utils.schemapi import debug_mode

from bposim.report.pictures.style import HIGH, INK, LOW, TOTAL, looks, series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bposim.report.pictures.style import Look
    from bposim.report.table import Table
    from bposim.result import Result

    Drawn: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart
    Rows: TypeAlias = Iterable[Mapping[str, Any]]

POINTS = 120
"""Points of a curve at most: more than a screen can show apart, and a small file."""

AMOUNT = "replace(format(datum.value, '~s'), 'G', 'bn')"
"""Labels of an axis of money: 2.5M, as everywhere else."""

NUMBER = "format(datum.value, ',')"

ZOOM = "wheel![event.ctrlKey || event.metaKey]"
"""The wheel alone goes on scrolling the page."""

INK_COLOUR, FAINT, RULE_COLOUR = "var(--ink)", "var(--faint)", "var(--rule)"
SAVES, COSTS, WHOLE = "var(--saves)", "var(--costs)", "var(--whole)"
LOW_END, HIGH_END = "var(--low)", "var(--high)"

_NAMED = {INK: INK_COLOUR, LOW: LOW_END, HIGH: HIGH_END, TOTAL: WHOLE} | {
    look.colour: f"var(--c{number})" for number, look in enumerate(series(7))
}


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the key: a stroke or a patch, and what it stands for."""

    label: str
    colour: str
    dash: str = ""
    """Lengths as SVG has them; empty for a solid line."""
    is_patch: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart of a figure; ``title`` is empty where there is but one."""

    title: str
    chart: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """What the page shows of one question."""

    key: str
    title: str
    """The finding."""
    subtitle: str
    """What is shown, in which unit, and how to read it."""
    alt: str
    """The same for those who cannot see it."""
    panels: tuple[Panel, ...]
    table: Table
    legend: tuple[Key, ...] = ()
    columns: int = 1
    """Panels beside each other where there is room."""
    zooms: bool = False


def colour(look: Look) -> str:
    """Return the colour of a look, by its name on the page."""
    return _NAMED[look.colour]


def dashes(look: Look, width: float = 2.0) -> list[float]:
    """Return the dashes of a look in pixels, empty for a solid line."""
    return [round(length * width, 1) for length in look.dashes[1]]


def legend_of(result: Result, labels: Mapping[str, str], names: Iterable[str]) -> tuple[Key, ...]:
    """Return the key of alternatives drawn as lines."""
    styled = looks(result)
    return tuple(
        Key(labels[name], colour(styled[name]), " ".join(map(str, dashes(styled[name])))) for name in names
    )


def inline(rows: Rows) -> alt.Data:
    """Return rows as the data of a chart."""
    values = [{key: _short(value) for key, value in row.items()} for row in rows]
    return alt.Data(values=values)  # type: ignore[no-untyped-call]


def _short(value: object) -> object:
    """Return a number with the digits that a screen can show."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def haloed(text: alt.Chart, **look: Any) -> tuple[alt.Chart, alt.Chart]:  # noqa: ANN401 - as altair has it
    """Return text with a rim of paper, to be read on top of lines and dots."""
    return (
        text.mark_text(
            stroke="var(--paper)", strokeWidth=4, strokeJoin="round", color="var(--paper)", **look
        ),
        text.mark_text(color=INK_COLOUR, **look),
    )


def money_axis(title: str, ticks: int = 6, *, grid: bool = False) -> alt.Axis:
    """Return an axis of amounts."""
    return alt.Axis(title=title, labelExpr=AMOUNT, tickCount=ticks, grid=grid)


def zoomed(chart: alt.Chart, *along: Literal["x", "y"]) -> alt.Chart:
    """Return the chart with its scales bound to dragging and to the wheel with Ctrl."""
    return chart.add_params(
        alt.selection_interval(name="zoom", bind="scales", encodings=list(along), zoom=ZOOM)
    )


def tips(*names: str, **fields: str) -> list[alt.Tooltip]:
    """Return what hovering shows: fields of finished text, under their own names or under another."""
    return [
        alt.Tooltip(field=field, type="nominal", title=name)
        for name, field in (fields | {name: name for name in names}).items()
    ]


def panel(chart: Drawn, height: float, title: str = "") -> Panel:
    """Return a chart as a panel as wide as its place."""
    drawn: dict[str, Any] = chart.properties(width="container", height=height).to_dict(validate=False)
    for unwanted in ("$schema", "config"):  # the page has its own
        drawn.pop(unwanted, None)
    _share_rows(drawn)
    return Panel(title, drawn)


@contextmanager
def drawing() -> Iterator[None]:
    """Draw without holding every part against the schema of Vega-Lite, which the tests do once for all."""
    with debug_mode(False):  # noqa: FBT003 - altair's own
        yield


def _share_rows(drawn: dict[str, Any]) -> None:
    """Write rows that several layers show only once."""
    names: dict[str, str] = {}
    for layer in drawn.get("layer", ()):
        rows = layer.get("data", {}).get("values")
        if rows is not None:
            name = names.setdefault(json.dumps(rows), f"rows{len(names)}")
            drawn.setdefault("datasets", {})[name] = rows
            layer["data"] = {"name": name}
