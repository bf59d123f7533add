"""What moves the saving of an alternative: its mean where each driver was low and where it was high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from bposim.report.html.figure import (
    FAINT,
    HIGH_END,
    INK_COLOUR,
    LOW_END,
    Figure,
    Key,
    inline,
    money_axis,
    panel,
    tips,
)
from bposim.report.numbers import MINUS, amount
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, sampled
from bposim.report.pictures.seen import scale_of
from bposim.report.pictures.tornado import MOST, alt_text, ends, finding
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.report.pictures.seen import Seen

LINE = 28
NAME = 44
"""Characters of a driver's name."""


def figure(seen: Seen) -> Figure:
    """Return the bars of the mean saving, the widest on top; the table has the P5 as well."""
    bars = seen.bars[:MOST]
    scale = scale_of([end for bar in bars for of in ("mean", "p5") for end in ends(bar, of)])
    whole, currency = seen.mean.value, seen.currency
    labels = short_names({bar.name: seen.titled(bar.name) for bar in bars}, NAME)
    rows: list[dict[str, Any]] = []
    for bar in bars:
        pair = ((bar.low_mean, bar.low_at, "low", LOW_END), (bar.high_mean, bar.high_at, "high", HIGH_END))
        # The longer first, so that the shorter is seen where both are on one side.
        for end, at, side, paint in sorted(pair, key=lambda each: -abs(each[0].value - whole)):
            right = end.value >= max(bar.low_mean.value, bar.high_mean.value)
            rows.append(
                {
                    "driver": labels[bar.name],
                    "whole": whole,
                    "to": end.value,
                    "from95": end.value if end.low is None else end.low,
                    "to95": end.value if end.high is None else end.high,
                    "beyond": max(whole, end.value, end.high or end.value)
                    if right
                    else min(whole, end.value, end.low or end.value),
                    "right": right,
                    "paint": paint,
                    "what": scale.text(end.value, minus=MINUS),
                    "Driver": seen.titled(bar.name),
                    "In the file": seen.path(bar.name),
                    "Where it is": f"{side}: {seen.value(bar.name, at)} on average",
                    "Mean saving": f"{currency} {scale.text(end.value, minus=MINUS)}"
                    + (f" ± {amount(end.se, end.se)}" if end.se else ""),
                }
            )
    order = list(dict.fromkeys(row["driver"] for row in rows))
    more = f" The {MOST} strongest of {len(seen.bars)} drivers." if len(seen.bars) > MOST else ""
    mean = scale.text(whole, minus=MINUS)
    return Figure(
        key="tornado",
        title=sentence(finding(seen)),
        subtitle=(
            f"Mean saving of {seen.label} against {seen.base_label}, present value over "
            f"{horizon(seen.result)}, {currency}, {sampled(seen.result)}; in all futures it is {mean}, the "
            "upright line. Bars lead to the futures in which a driver came out in its lowest tenth and in "
            f"its highest tenth, and what goes with it moved along; thin lines: 95% interval.{more}"
        ),
        alt=alt_text(seen),
        panels=(panel(_chart(rows, order, whole, currency), LINE * len(order)),),
        table=Table(
            f"Saving where a driver is low and where it is high, {currency}",
            (
                "driver",
                "in the file",
                "low",
                "high",
                "mean saving\nif low",
                "mean saving\nif high",
                "P5 if low",
                "P5 if high",
            ),
            tuple(
                (
                    seen.titled(bar.name),
                    seen.path(bar.name),
                    seen.value(bar.name, bar.low_at),
                    seen.value(bar.name, bar.high_at),
                    *(scale.text(end.value, minus=MINUS) for of in ("mean", "p5") for end in ends(bar, of)),
                )
                for bar in bars
            ),
            left=2,
        ),
        legend=(
            Key("driver in its lowest tenth", LOW_END, is_patch=True),
            Key("driver in its highest tenth", HIGH_END, is_patch=True),
        ),
    )


def _chart(
    rows: list[dict[str, Any]], order: list[str], whole: float, currency: str
) -> alt.LayerChart | alt.FacetChart:
    levels = [row[key] for row in rows for key in ("from95", "to95", "whole")]
    low, high = min(levels), max(levels)
    room = 0.14 * ((high - low) or 1.0)
    across = alt.X(
        "whole:Q",
        scale=alt.Scale(domain=[low - room, high + room], nice=False, zero=False),
        axis=money_axis(f"Mean saving, {currency}", grid=True),
    )
    down = alt.Y(
        "driver:N",
        sort=None,
        scale=alt.Scale(domain=order, paddingInner=0.3),
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=220, labelPadding=6),
    )
    data = inline(rows)
    layers: list[alt.Chart] = [
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=across,
            x2="to:Q",
            y=down,
            color=alt.Color("paint:N", scale=None, legend=None),
            tooltip=tips("Driver", "In the file", "Where it is", "Mean saving"),
        ),
        alt.Chart(data).mark_rule(color=INK_COLOUR).encode(x="from95:Q", x2="to95:Q", y=down),
        alt.Chart(inline([{"at": whole}])).mark_rule(color=INK_COLOUR, strokeWidth=1.4).encode(x="at:Q"),
    ]
    layers += [
        alt.Chart(inline([row for row in rows if row["right"] is right]))
        .mark_text(color=INK_COLOUR, align="left" if right else "right", dx=5 if right else -5)
        .encode(x="beyond:Q", y=down, text="what:N")
        for right in (True, False)
        if any(row["right"] is right for row in rows)
    ]
    if low - room < 0.0 < high + room:
        layers.append(
            alt.Chart(inline([{"at": 0.0, "Break-even": "saves nothing"}]))
            .mark_rule(color=FAINT, strokeDash=[5, 3], strokeWidth=1.4)
            .encode(x="at:Q", tooltip=tips("Break-even"))
        )
    return alt.layer(*layers)
