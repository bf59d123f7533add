"""How the saving of each alternative builds up by month, and when it has paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from bposim.analysis.payback import payback_summary
from bposim.report.html.figure import (
    INK_COLOUR,
    POINTS,
    Figure,
    Key,
    Panel,
    colour,
    haloed,
    inline,
    money_axis,
    panel,
    tips,
)
from bposim.report.numbers import MINUS, Scale
from bposim.report.pictures.fan import alt_text, fan_lines, finding, month_step, payback_words
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, trials
from bposim.report.pictures.style import looks
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.result import Result
    from bposim.shapes import FloatArray

HEIGHT = 220


def figure(result: Result) -> Figure:
    """Return a fan an alternative, all on one axis."""
    others, labels = result.names[1:], short_names(result.titles)
    fans = {name: fan_lines(result, name) for name in others}
    low, high = (
        min(0.0, *(own.min() for own in fans.values())),
        max(0.0, *(own.max() for own in fans.values())),
    )
    room = 0.05 * (high - low) or 1.0
    limits = (float(low - room), float(high + room))
    scale = Scale.of(max(abs(low), abs(high)))
    kept = result.cumulative[others[0]].shape[1]
    some = f"the first {kept:,} of {trials(result)}" if kept < result.trials else trials(result)
    base, currency = labels[result.baseline], result.scenario.base_currency
    return Figure(
        key="fan",
        title=sentence(finding(result)),
        subtitle=(
            f"Cumulative saving against {base} by month, not discounted, {currency}, over {horizon(result)}, "
            f"{some}. Line: half of futures are above; dark band: half of futures; pale band: 90 of 100. "
            "The dot marks the month by which half have paid back."
        ),
        alt=alt_text(result),
        panels=tuple(_panel(result, name, fans[name], limits, scale) for name in others),
        table=_table(result, fans, scale),
        legend=(
            Key("median", INK_COLOUR),
            Key("25 to 75 of 100 futures", "var(--band-dark)", is_patch=True),
            Key("5 to 95 of 100 futures", "var(--band-pale)", is_patch=True),
        ),
        columns=1 if len(others) == 1 else 2,
    )


def _panel(result: Result, name: str, lines: FloatArray, limits: tuple[float, float], scale: Scale) -> Panel:
    months = lines.shape[1]
    step = max(1, -(-months // POINTS))
    rows: list[dict[str, Any]] = [
        {
            "month": month,
            "left": month - step / 2,
            "right": month + step / 2,
            "floor": limits[0],
            "roof": limits[1],
            **{f"p{place}": float(lines[place, month]) for place in range(5)},
            "Month": str(month),
            "5 to 95 of 100": _range(lines[0, month], lines[4, month], scale),
            "25 to 75 of 100": _range(lines[1, month], lines[3, month], scale),
            "Half above": scale.text(float(lines[2, month]), minus=MINUS),
        }
        for month in range(0, months, step)
    ]
    ink = colour(looks(result)[name])
    currency = result.scenario.base_currency
    across = alt.X(
        "month:Q",
        scale=alt.Scale(domain=[0, months - 1], nice=False),
        axis=alt.Axis(title="Month", values=list(range(0, months, month_step(months - 1))), grid=False),
    )
    chart = alt.Chart(inline(rows)).encode(x=across)
    axis = money_axis(f"Cumulative saving, {currency}", 5, grid=True)
    on = alt.Scale(domain=list(limits), nice=False)
    hover = alt.selection_point(on="pointerover", fields=["month"], empty=False, nearest=False)
    layers: list[alt.Chart] = [
        chart.mark_area(color=ink, opacity=0.22).encode(y=alt.Y("p0:Q", axis=axis, scale=on), y2="p4:Q"),
        chart.mark_area(color=ink, opacity=0.38).encode(y="p1:Q", y2="p3:Q"),
        chart.mark_line(color=ink, strokeWidth=2.2).encode(y="p2:Q"),
        alt.Chart(inline([{"zero": 0.0}])).mark_rule(color=INK_COLOUR, strokeWidth=1.2).encode(y="zero:Q"),
    ]
    paid = payback_summary(result.payback[name]).p50
    if paid is not None:
        mark = alt.Chart(inline([{"month": paid, "zero": 0.0, "what": f"month {paid}"}]))
        late = paid > 0.7 * (months - 1)
        layers += [
            mark.mark_point(color=INK_COLOUR, filled=True, size=60, opacity=1).encode(
                x="month:Q", y="zero:Q"
            ),
            *haloed(
                mark.encode(x="month:Q", y="zero:Q", text="what:N"),
                align="right" if late else "left",
                dx=-6 if late else 6,
                dy=12,
                fontWeight="bold",
            ),
        ]
    layers.append(
        chart.mark_rect(color=INK_COLOUR)
        .encode(
            x="left:Q",
            x2="right:Q",
            y="floor:Q",
            y2="roof:Q",
            opacity=alt.condition(hover, alt.value(0.08), alt.value(0)),
            tooltip=tips("Month", "5 to 95 of 100", "25 to 75 of 100", "Half above"),
        )
        .add_params(hover)
    )
    title = f"{short_names(result.titles)[name]}: {payback_words(result, name)}"
    return panel(alt.layer(*layers), HEIGHT, title)


def _range(low: float, high: float, scale: Scale) -> str:
    return f"{scale.text(float(low), minus=MINUS)} to {scale.text(float(high), minus=MINUS)}"


def _table(result: Result, fans: dict[str, FloatArray], scale: Scale) -> Table:
    labels, months = short_names(result.titles), result.scenario.months
    step = max(1, month_step(months) // 2)
    shown = [*range(0, months, step), months]
    rows = tuple(
        (
            labels[name],
            str(month),
            *(scale.text(float(level), minus=MINUS) for level in lines[:, month]),
        )
        for name, lines in fans.items()
        for month in shown
    )
    title = f"Cumulative saving by month, not discounted, {result.scenario.base_currency}"
    return Table(title, ("alternative", "month", "P5", "P25", "P50", "P75", "P95"), rows)
