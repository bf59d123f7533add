"""How often the event losses of an alternative exceed any amount."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt
import numpy as np

from bposim.report.html.charts.curves import curves
from bposim.report.html.figure import (
    AMOUNT,
    Figure,
    Key,
    colour,
    dashes,
    inline,
    panel,
    tips,
)
from bposim.report.numbers import amount
from bposim.report.pictures.labels import drawable, sentence, short_names
from bposim.report.pictures.losses import (
    MOST,
    TAIL,
    alt_text,
    exceedance,
    figures_of,
    finding,
    looks_of,
    losses,
    shown_losses,
)
from bposim.report.pictures.page import horizon, sampled
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.result import Result

HEIGHT = 340

LEVELS = (1, 0.5, 0.2, 0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)

NAME, POINTS = 40, 80
"""Letters of a risk's name, and points of a curve."""

RARE = 0.1
"""From here on "1 of so many" says more than a percentage."""


def figure(result: Result, name: str) -> Figure:
    """Return the curves of the risks and of their sum; CannotDrawError as the picture."""
    every, shown = losses(result, name), shown_losses(result, name)
    styled = dict(zip(shown, looks_of(len(shown)), strict=True))
    labels = short_names({risk: risk for risk in shown}, NAME)
    currency = result.scenario.base_currency
    rows, least, most, lowest = [], np.inf, 0.0, 1.0
    for risk, loss in shown.items():
        if np.count_nonzero(loss) < TAIL:
            continue
        at, share = exceedance(loss)
        kept = np.unique(np.linspace(0, at.size - 1, POINTS).round().astype(np.intp))
        visible = at[share <= 0.9 * share[0]] if share.size > 1 else at
        least = min(least, float(visible[0] if visible.size else at[0]))
        most, lowest = max(most, float(at[-1])), min(lowest, float(share[-1]))
        rows += [
            {
                "loss": float(at[point]),
                "share": float(share[point]),
                "risk": labels[risk],
                "Loses at least": f"{currency} {amount(float(f'{at[point]:.3g}'))}",
                "in": f"1 of {1 / share[point]:,.0f} futures"
                if share[point] <= RARE
                else f"{share[point]:.0%} of futures",
            }
            for point in kept
        ]
    chart = curves(
        inline(rows),
        {labels[risk]: styled[risk] for risk in shown},
        told_by="risk",
        x=alt.X(
            "loss:Q",
            scale=alt.Scale(type="log", domain=[max(least, most / 1e5), 1.1 * most], nice=False),
            axis=alt.Axis(
                title=f"Loss, present value, {currency}",
                labelExpr=AMOUNT,
                values=_round_amounts(max(least, most / 1e5), 1.1 * most),
            ),
        ),
        y=alt.Y(
            "share:Q",
            scale=alt.Scale(type="log", domain=[min(lowest, 0.5), 1], nice=False),
            axis=alt.Axis(
                title="Futures that lose at least this",
                values=[level for level in LEVELS if level >= lowest],
                labelExpr="'1 in ' + format(1 / datum.value, ',.0f')",
            ),
        ),
        order="loss:Q",
        hover=("loss", "risk"),
        tooltip=tips("Loses at least", "in", Risk="risk"),
    )
    some = f" The {MOST} dearest of {len(every) - 1} risks." if len(shown) < len(every) else ""
    return Figure(
        key="losses",
        title=sentence(finding(result, name)),
        subtitle=(
            f"Losses of {short_names(result.titles)[name]} from event risks: present value over "
            f"{horizon(result)}, {currency}, {sampled(result)}. A line gives how many futures lose at least "
            "so much: the further right, the worse. Each step on either axis is ten times the last. Lines "
            f"end where {TAIL} futures are left.{some}"
        ),
        alt=alt_text(result, name),
        panels=(panel(chart, HEIGHT),),
        table=Table(
            f"Event losses, present value, {currency}",
            ("risk", "any loss in", "mean loss\na future", "1 in 100\nlose more than"),
            tuple((drawable(risk), *figures_of(loss)) for risk, loss in shown.items()),
        ),
        legend=tuple(
            Key(labels[risk], colour(styled[risk]), " ".join(map(str, dashes(styled[risk]))))
            for risk in shown
        ),
        zooms=True,
    )


def _round_amounts(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times powers of ten between these, fewer of them over many powers."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 1e3 else (1, 3) if high / low < 1e4 else (1,)  # noqa: PLR2004 - decades
    return [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]
