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
from bposim.report.pictures.frontier import (
    alt_text,
    ends,
    finding,
    on_the_line,
    scale_of_frontier,
    shares_of,
    singles,
    splits,
)
from bposim.report.pictures.labels import sentence, short_names, width_of
from bposim.report.pictures.page import horizon, sampled
from bposim.report.pictures.placing import Name, beside
from bposim.report.pictures.style import SMALL, looks
from bposim.report.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.frontier import Blend, Frontier
    from bposim.result import Result

HEIGHT = 380

WIDTH, PIXELS = 760, 96
"""What a chart is about as wide as, to place names; and pixels of an inch."""

BESIDE = 14
"""Pixels between the middle of a point and its name."""


def figure(result: Result) -> Figure:
    """Return all splits, the efficient ones joined, the alternatives and the best split marked."""
    found = splits(result)
    names, styled, scale = short_names(result.titles), looks(result), scale_of_frontier(found)
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
    wide = (min(x) - 0.08 * across, max(x) + 0.25 * across)
    tall = (min(y) - 0.1 * along, max(y) + 0.1 * along)
    chart = alt.Chart(inline(row(blend) for blend in found.blends)).encode(
        x=alt.X(
            "saving:Q",
            scale=alt.Scale(domain=list(wide), nice=False, zero=False),
            axis=money_axis(f"Mean saving against {names[result.baseline]}, {currency}", 7, grid=True),
        ),
        y=alt.Y(
            "cost:Q",
            scale=alt.Scale(domain=list(tall), nice=False, zero=False),
            axis=money_axis(f"Mean cost of the dearest {worst}, {currency}", 6, grid=True),
        ),
        tooltip=tips("Split", "Mean saving", dearest),
    )
    marked = [row(blend, paint=colour(styled[name])) for name, blend in alone.items()]
    efficient = inline(row(blend) for blend in found.efficient)
    layers: list[alt.Chart] = [
        zoomed(
            chart.mark_point(filled=False, size=12, strokeWidth=0.7, color=FAINT, opacity=1, clip=True),
            "x",
            "y",
        ),
        alt.Chart(efficient)
        .mark_line(color=INK_COLOUR, strokeWidth=2.2, clip=True)
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
    told = [(blend, names[name]) for name, blend in alone.items() if name != best_alone]
    told += [(blend, shares_of(result, blend)) for blend in ends(found)]
    told.insert(0, (found.best, f"best: {names[best_alone]}" if best_alone else "best split"))
    layers += _named([(row(blend, what=text), text) for blend, text in told], found, wide, tall)
    listed = [*alone.values(), *(blend for blend in found.efficient if blend not in alone.values())]
    return Figure(
        key="frontier",
        title=sentence(finding(result, found)),
        subtitle=(
            f"Splits of the work over the alternatives: present value over {horizon(result)}, {currency}, "
            f"{sampled(result)}. Right saves more, down is safer; {on_the_line(found)}. "
            "Assumption: a split costs its share of each whole. Fixed costs and a second transition "
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


def _named(
    told: list[tuple[dict[str, Any], str]],
    found: Frontier,
    wide: tuple[float, float],
    tall: tuple[float, float],
) -> Iterator[alt.Chart]:
    """Yield the names beside their points, the first one, of the best split, in bold."""

    def spot(saving: float, cost: float) -> tuple[float, float]:
        across, up = (saving - wide[0]) / (wide[1] - wide[0]), (cost - tall[0]) / (tall[1] - tall[0])
        return across * WIDTH / PIXELS, up * HEIGHT / PIXELS

    names = [
        Name(spot(point["saving"], point["cost"]), width_of(text, SMALL), BESIDE / PIXELS)
        for point, text in told
    ]
    line = [spot(blend.mean_saving, blend.shortfall) for blend in found.efficient]
    places = beside(names, line, WIDTH / PIXELS, HEIGHT / PIXELS)
    for number, ((point, _), place) in enumerate(zip(told, places, strict=True)):
        text = alt.Chart(inline([point])).encode(x="saving:Q", y="cost:Q", text="what:N")
        yield from haloed(
            text,
            align="left" if place.is_right else "right",
            dx=BESIDE if place.is_right else -BESIDE,
            dy=-place.up * PIXELS,
            fontWeight="normal" if number else "bold",
        )
