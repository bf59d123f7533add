"""The share of futures in which each alternative costs at most so much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np

from bposim.report.html.charts.curves import curves
from bposim.report.html.figure import (
    POINTS,
    Figure,
    inline,
    legend_of,
    money_axis,
    panel,
    tips,
)
from bposim.report.numbers import MINUS
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, trials
from bposim.report.pictures.s_curves import alt_text, curve, finding
from bposim.report.pictures.spread import Spread, common_scale
from bposim.report.pictures.style import looks
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.result import Result
    from bposim.shapes import FloatArray

HEIGHT = 360

TABLED = (1, 5, 10, 25, 50, 75, 90, 95, 99)
"""Percentages of the table."""

_SHARES = np.concatenate(([0.001, 0.005], np.arange(1, 100) / 100, [0.995, 0.999]))


def figure(result: Result) -> Figure:
    """Return the curves of all alternatives."""
    labels, currency = short_names(result.titles), result.scenario.base_currency
    scale = common_scale(Spread.of(result.costs[name], result.replicate) for name in result.names)
    rows = [
        {
            "cost": float(cost),
            "share": float(share),
            "name": labels[name],
            "Cost at most": f"{currency} {scale.text(float(cost), minus=MINUS)}",
            "in": f"{100 * share:.3g}% of futures",
        }
        for name in result.names
        for cost, share in zip(*_thinned(result.costs[name]), strict=True)
    ]
    styled = looks(result)
    axis = money_axis(f"Total cost, present value, {currency}", 8, grid=True)
    spread = [value for name in result.names for value in np.quantile(result.costs[name], [0.005, 0.995])]
    chart = curves(
        inline(rows),
        {labels[name]: styled[name] for name in result.names},
        told_by="name",
        x=alt.X(
            "cost:Q",
            axis=axis,
            scale=alt.Scale(zero=False, nice=False, domain=[float(min(spread)), float(max(spread))]),
        ),
        y=alt.Y(
            "share:Q",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(
                title="Share of futures that cost at most this",
                format=".0%",
                values=[0, 0.05, 0.25, 0.5, 0.75, 0.95, 1],
            ),
        ),
        order="share:Q",
        hover=("cost", "name"),
        tooltip=tips("Cost at most", "in", Alternative="name"),
    )
    order = sorted(result.names, key=lambda name: float(np.median(result.costs[name])))
    return Figure(
        key="s-curves",
        title=sentence(finding(result)),
        subtitle=(
            f"Total cost: present value over {horizon(result)}, {currency}, {trials(result)}. A curve gives "
            "the share of futures that cost at most so much: the further left, the cheaper; the flatter, "
            "the less certain. The axis does not start at 0."
        ),
        alt=alt_text(result),
        panels=(panel(chart, HEIGHT),),
        table=Table(
            f"Total cost that so many of 100 futures do not exceed, {currency}",
            ("alternative", *(f"P{level}" for level in TABLED)),
            tuple(
                (
                    labels[name],
                    *(
                        scale.text(float(value), minus=MINUS)
                        for value in np.percentile(result.costs[name], TABLED)
                    ),
                )
                for name in order
            ),
        ),
        legend=legend_of(result, labels, order),
        zooms=True,
    )


def _thinned(costs: FloatArray) -> tuple[FloatArray, FloatArray]:
    if costs.size <= POINTS:
        return curve(costs)
    return np.quantile(costs, _SHARES, method="inverted_cdf"), _SHARES
