"""What splitting the work would do: mean saving against the mean cost of the dearest futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from bposim.report.html.figure import (
    FAINT,
    INK_COLOUR,
    Figure,
    colour,
    haloed,
    inline,
    money_axis,
    panel,
    tips,
    zoomed,
)
from bposim.report.numbers import MINUS
from bposim.report.pictures.frontier import alt_text, finding, scale_of_frontier, shares_of, singles, splits
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, sampled
from bposim.report.pictures.style import looks
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.analysis.frontier import Blend
    from bposim.result import Result

HEIGHT = 380


def figure(result: Result) -> Figure:
    """Return all splits, the efficient ones joined, the alternatives and the best split marked."""
    found = splits(result)
    names, styled, scale = short_names(result.names), looks(result), scale_of_frontier(found)
    currency = result.scenario.base_currency
    worst = f"{100 * (1 - result.scenario.preferences.tail_level):.3g}%"
    dearest = f"Dearest {worst}"

    def row(blend: Blend, **more: object) -> dict[str, Any]:
        return {
            "saving": blend.mean_saving,
            "cost": blend.shortfall,
            "Split": shares_of(result, blend),
            "Mean saving": f"{currency} {scale.text(blend.mean_saving, minus=MINUS)}",
            dearest: f"cost {currency} {scale.text(blend.shortfall, minus=MINUS)} on average",
            **more,
        }

    alone = {
        next(name for name, share in blend.shares.items() if share == 1): blend for blend in singles(found)
    }
    best_alone = next((name for name, blend in alone.items() if blend == found.best), None)
    x = [blend.mean_saving for blend in found.blends]
    y = [blend.shortfall for blend in found.blends]
    across, along = (max(x) - min(x)) or 1.0, (max(y) - min(y)) or 1.0
    middle = (min(x) + max(x)) / 2
    chart = alt.Chart(inline(row(blend) for blend in found.blends)).encode(
        x=alt.X(
            "saving:Q",
            scale=alt.Scale(domain=[min(x) - 0.08 * across, max(x) + 0.08 * across], nice=False, zero=False),
            axis=money_axis(f"Mean saving against {names[result.baseline]}, {currency}", 7, grid=True),
        ),
        y=alt.Y(
            "cost:Q",
            scale=alt.Scale(domain=[min(y) - 0.08 * along, max(y) + 0.08 * along], nice=False, zero=False),
            axis=money_axis(f"Mean cost of the dearest {worst}, {currency}", 6, grid=True),
        ),
        tooltip=tips("Split", "Mean saving", dearest),
    )
    marked = [
        row(
            blend,
            paint=colour(styled[name]),
            what=f"best: {names[name]}" if name == best_alone else names[name],
        )
        for name, blend in alone.items()
    ]
    efficient = inline(row(blend) for blend in found.efficient)
    layers: list[alt.Chart] = [
        zoomed(chart.mark_point(filled=True, size=28, color=FAINT, opacity=0.45, clip=True), "x", "y"),
        alt.Chart(efficient)
        .mark_line(color=INK_COLOUR, strokeWidth=1.8, clip=True)
        .encode(x="saving:Q", y="cost:Q", order="saving:Q"),
        alt.Chart(efficient)
        .mark_point(filled=True, size=34, color=INK_COLOUR, opacity=1, clip=True)
        .encode(x="saving:Q", y="cost:Q", tooltip=tips("Split", "Mean saving", dearest)),
        alt.Chart(inline(marked))
        .mark_point(filled=True, shape="square", size=110, opacity=1, clip=True)
        .encode(
            x="saving:Q",
            y="cost:Q",
            color=alt.Color("paint:N", scale=None, legend=None),
            tooltip=tips("Split", "Mean saving", dearest),
        ),
    ]
    for right in (True, False):
        own_side = [point for point in marked if (point["saving"] > middle) is right]
        if own_side:
            named = alt.Chart(inline(own_side)).encode(x="saving:Q", y="cost:Q", text="what:N")
            layers += haloed(named, align="right" if right else "left", dx=-12 if right else 12)
    best = inline([row(found.best, what="best split")])
    ring = alt.Chart(best).mark_point(
        shape="diamond",
        size=260 if best_alone else 150,
        filled=False,
        strokeWidth=2.2,
        color=INK_COLOUR,
        opacity=1,
        clip=True,
    )
    layers.append(ring.encode(x="saving:Q", y="cost:Q", tooltip=tips("Split", "Mean saving", dearest)))
    if best_alone is None:
        named = alt.Chart(best).encode(x="saving:Q", y="cost:Q", text="what:N")
        right = found.best.mean_saving > middle
        layers += haloed(
            named, align="right" if right else "left", dx=-13 if right else 13, fontWeight="bold"
        )
    listed = [*alone.values(), *(blend for blend in found.efficient if blend not in alone.values())]
    return Figure(
        key="frontier",
        title=sentence(finding(result, found)),
        subtitle=(
            f"Splits of the work over the alternatives: present value over {horizon(result)}, {currency}, "
            f"{sampled(result)}. Right saves more, down is safer; on the dark line no other split is better "
            "in both. Assumption: a split costs its share of each whole. Fixed costs and a second transition "
            "come on top, so simulate a split before choosing it: bposim frontier does."
        ),
        alt=alt_text(result, found),
        panels=(panel(alt.layer(*layers), HEIGHT),),
        table=Table(
            f"The alternatives and the efficient splits, {currency}",
            ("split", "mean saving", f"mean cost of\nthe dearest {worst}", "efficient", "best"),
            tuple(
                (
                    shares_of(result, blend),
                    scale.text(blend.mean_saving, minus=MINUS),
                    scale.text(blend.shortfall, minus=MINUS),
                    "yes" if blend.efficient else "no",
                    "yes" if blend == found.best else "",
                )
                for blend in listed
            ),
        ),
        zooms=True,
    )
