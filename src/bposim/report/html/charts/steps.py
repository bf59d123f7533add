"""Waterfalls: from one total through its changes to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from bposim.report.html.figure import (
    COSTS,
    FAINT,
    INK_COLOUR,
    SAVES,
    WHOLE,
    Key,
    inline,
    money_axis,
    panel,
    tips,
)
from bposim.report.numbers import MINUS
from bposim.report.pictures.labels import shorten
from bposim.report.pictures.waterfall import change_text, limits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.report.html.figure import Panel
    from bposim.report.numbers import Scale
    from bposim.report.pictures.waterfall import Step

LINE = 24
"""Pixels from bar to bar."""

NAME = 24
"""Characters of a bar's name."""

WIDEST, LETTER = 170, 6.6
"""Pixels of the widest name, and of a letter of it."""

LEGEND = (
    Key("total", WHOLE, is_patch=True),
    Key("costs less", SAVES, is_patch=True),
    Key("costs more", COSTS, is_patch=True),
)


def waterfall_panel(  # noqa: PLR0913 - what is drawn, and what panels share
    bars: Sequence[Step],
    scale: Scale,
    currency: str,
    *,
    title: str = "",
    limits: tuple[float, float] | None = None,
    longest: int = 0,
) -> Panel:
    """Return the bars from the top down.

    ``limits`` of the cost are shared where panels stand together, and so are the letters of the ``longest``
    name, so that the bars begin at one place.
    """
    low, high = limits or limits_of(list(bars))
    labels = _different([shorten(bar.label, NAME) for bar in bars])
    rows: list[dict[str, Any]] = [
        {
            "label": label,
            "from": max(low, min(bar.start, bar.end)) if not bar.total else low,
            "to": max(bar.start, bar.end),
            "paint": WHOLE if bar.total else SAVES if bar.change < 0 else COSTS,
            "what": scale.text(bar.end, minus=MINUS)
            if bar.total
            else change_text(scale, bar.change, minus=MINUS),
            "weight": "bold" if bar.total else "normal",
            "What": bar.label,
            "Total" if bar.total else "Change": f"{currency} "
            + (
                scale.text(bar.end, minus=MINUS) if bar.total else change_text(scale, bar.change, minus=MINUS)
            ),
        }
        for label, bar in zip(labels, bars, strict=True)
    ]
    joints = [
        {"level": above.end, "label": one, "next": other}
        for above, one, other in zip(bars[:-1], labels[:-1], labels[1:], strict=True)
    ]
    extent = min(WIDEST, LETTER * max(longest, *map(len, labels)) + 8)
    cut = "; the axis does not start at 0" if low else ""
    across = alt.X(
        "from:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=money_axis(f"Mean cost, {currency}{cut}", 4),
    )
    down = alt.Y(
        "label:N",
        sort=None,
        axis=alt.Axis(
            title=None, ticks=False, domain=False, labelLimit=WIDEST, labelPadding=6, minExtent=extent
        ),
        scale=alt.Scale(domain=labels, paddingInner=0.3),
    )
    totals = [row for row in rows if "Total" in row]
    changes = [row for row in rows if "Change" in row]
    layers: list[alt.Chart] = [
        alt.Chart(inline(joints))
        .mark_tick(color=FAINT, thickness=1, size=LINE, yOffset=LINE / 2)
        .encode(x="level:Q", y=alt.Y("label:N", sort=None))
    ]
    for part, names in ((totals, ("What", "Total")), (changes, ("What", "Change"))):
        if part:
            layers.append(
                alt.Chart(inline(part))
                .mark_bar(clip=True)
                .encode(
                    x=across,
                    x2="to:Q",
                    y=down,
                    color=alt.Color("paint:N", scale=None, legend=None),
                    tooltip=tips(*names),
                )
            )
            layers.append(
                alt.Chart(inline(part))
                .mark_text(
                    color=INK_COLOUR, align="left", dx=5, fontWeight="bold" if part is totals else "normal"
                )
                .encode(x="to:Q", y=down, text="what:N")
            )
    return panel(alt.layer(*layers), LINE * len(rows), title)


def _different(labels: list[str]) -> list[str]:
    """Return the labels, numbered where they would be one and the same bar."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
