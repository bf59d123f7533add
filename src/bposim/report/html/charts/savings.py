"""How the saving of each alternative is distributed, with break-even."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from bposim.report.html.figure import (
    FAINT,
    INK_COLOUR,
    Figure,
    Panel,
    colour,
    haloed,
    inline,
    money_axis,
    panel,
    tips,
    zoomed,
)
from bposim.report.numbers import MINUS, Scale, class_names, of_futures, percent
from bposim.report.pictures.labels import merged, sentence, short_names
from bposim.report.pictures.page import horizon, trials
from bposim.report.pictures.savings import alt_text, bar_edges, finding
from bposim.report.pictures.spread import common_scale, savings, share_saving
from bposim.report.pictures.style import looks
from bposim.report.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.report.pictures.spread import Spread
    from bposim.result import Result
    from bposim.shapes import FloatArray

HEIGHT = 120

FAR = 5.0
"""Break-even is left out where the picture would be so many times as wide as the outcomes."""

PALE = 0.4

ROW = 14
"""Pixels from one row of words to the next."""

CLOSE = 0.22
"""Of the width, which a line's words take on a phone."""


def figure(result: Result) -> Figure:
    """Return a panel an alternative, all on one axis."""
    spreads, labels = savings(result), short_names(result.titles)
    edges, scale = bar_edges(result, spreads), common_scale(spreads.values())
    base, currency = labels[result.baseline], result.scenario.base_currency
    below = any(own.least < edges[0] for own in spreads.values())
    above = any(own.most > edges[-1] for own in spreads.values())
    classes = class_names(edges.tolist(), below=below, above=above, minus=MINUS)
    shares = {name: _shares(result, name, edges) for name in spreads}
    return Figure(
        key="savings",
        title=sentence(finding(result)),
        subtitle=(
            f"Saving against {base}: present value over {horizon(result)}, {currency}, {trials(result)}. "
            "The higher a bar, the more futures; pale bars, left of break-even, cost more. Dashed lines: 5, "
            "50 and 95 of 100 futures save less."
            + (" The outermost bars hold everything beyond." if below or above else "")
        ),
        alt=alt_text(result),
        panels=tuple(
            _panel(result, name, shares[name], edges, classes, own, scale) for name, own in spreads.items()
        ),
        table=_table(labels, shares, classes, base, currency),
        zooms=True,
    )


def _shares(result: Result, name: str, edges: FloatArray) -> FloatArray:
    within = np.clip(result.saving(name), edges[0], edges[-1])
    return np.histogram(within, edges)[0] / result.trials


def _panel(  # noqa: PLR0913, PLR0917 - what is drawn, and on which axis
    result: Result,
    name: str,
    shares: FloatArray,
    edges: FloatArray,
    classes: Sequence[str],
    own: Spread,
    scale: Scale,
) -> Panel:
    width = float(edges[1] - edges[0])
    low, high = min(float(edges[0]), 0.0), max(float(edges[-1]), 0.0)
    if high - low > FAR * float(edges[-1] - edges[0]):
        low, high = float(edges[0]), float(edges[-1])
    bars = [
        {
            "from": left,
            "to": right,
            "share": float(share),
            "opacity": PALE if left < -0.75 * width else 1.0,
            "Saving": told,
            "Futures": percent(float(share), 1),
        }
        for (left, right), told, share in zip(pairwise(edges.tolist()), classes, shares, strict=True)
        if share
    ]
    currency = result.scenario.base_currency
    across = alt.X(
        "from:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=money_axis(f"Saving, {currency}"),
    )
    # Room above the bars for what the lines mark.
    top = 1.45 * float(shares.max())
    along = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(title="Futures", format="%", tickCount=3, grid=False),
    )
    drawn = zoomed(
        alt.Chart(inline(bars))
        .mark_rect(color=colour(looks(result)[name]), stroke="var(--paper)", strokeWidth=0.6, clip=True)
        .encode(
            x=across,
            x2="to:Q",
            y=along,
            y2=alt.datum(0),
            opacity=alt.Opacity("opacity:Q", scale=None),
            tooltip=tips("Saving", "Futures"),
        ),
        "x",
    )
    marks = merged({mark: at.value for mark, at in own.marked.items()}, "P5 to P95")
    lines: list[dict[str, Any]] = [
        {"at": value, "what": f"{mark} {scale.text(value, minus=MINUS)}"} for mark, value in marks.items()
    ]
    texts = _placed(lines, low, high)
    layers = [
        drawn,
        _rules(texts, color=FAINT, strokeDash=[5, 3]).encode(x="at:Q"),
    ]
    if low <= 0.0 <= high:
        side = _aligned(0.0, low, high, "right" if lines[0]["at"] > 0.0 else "left")
        zero = {"at": 0.0, "what": "break-even", "level": 2 * ROW, "align": side}
        told = {**zero, "Break-even": "costs the same as the baseline"}
        layers.append(
            _rules([told], color=INK_COLOUR, strokeWidth=2).encode(x="at:Q", tooltip=tips("Break-even"))
        )
        texts = [*texts, zero]
    for align in ("left", "right"):
        own_side = [text for text in texts if text["align"] == align]
        if own_side:
            where = alt.Chart(inline(own_side)).encode(
                x="at:Q", y=alt.Y("level:Q", scale=None), text="what:N"
            )
            layers += haloed(where, baseline="top", align=align, dx=4 if align == "left" else -4)
    often = of_futures(share_saving(result, name), result.trials)
    saved = scale.text(own.mean.value, minus=MINUS)
    title = f"{short_names(result.titles)[name]}: cheaper in {often}, mean saving {currency} {saved}"
    return panel(alt.layer(*layers).resolve_scale(y="shared"), HEIGHT, title)


def _rules(marked: list[dict[str, Any]], **look: Any) -> alt.Chart:  # noqa: ANN401 - altair's own options
    """Return lines that begin beside their words, so that none runs through another one's words above it."""
    drawn: alt.Chart = alt.Chart(inline(marked)).mark_rule(clip=True, **look)
    placed: alt.Chart = drawn.encode(y=alt.Y("level:Q", scale=None), y2=alt.value(HEIGHT))
    return placed


def _placed(lines: list[dict[str, Any]], low: float, high: float) -> list[dict[str, Any]]:
    """Return the words of the lines: the outer ones point outwards, the middle one has a row of its own."""
    last = len(lines) - 1
    return [
        {
            **line,
            "level": ROW if 0 < place < last else 1,
            "align": _aligned(line["at"], low, high, "right" if place == 0 < last else "left"),
        }
        for place, line in enumerate(lines)
    ]


def _aligned(at: float, low: float, high: float, wanted: str) -> str:
    """Return on which side of a line its words have room."""
    share = (at - low) / (high - low)
    return "left" if share < CLOSE else "right" if share > 1 - CLOSE else wanted


def _table(
    labels: dict[str, str], shares: dict[str, FloatArray], classes: Sequence[str], base: str, currency: str
) -> Table:
    rows = tuple(
        (told, *(percent(float(own[place]), 1) for own in shares.values()))
        for place, told in enumerate(classes)
        if any(own[place] for own in shares.values())
    )
    title = f"Share of futures by saving against {base}, {currency}"
    return Table(title, ("saving", *(labels[name] for name in shares)), rows)
