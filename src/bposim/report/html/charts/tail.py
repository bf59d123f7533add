"""What makes the costliest futures of an alternative dearer than its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.report.html.charts.steps import LEGEND, waterfall_panel
from bposim.report.html.figure import Figure
from bposim.report.numbers import MINUS
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, sampled
from bposim.report.pictures.tail import alt_text, finding, parts, steps
from bposim.report.pictures.waterfall import change_text, step_scale
from bposim.report.table import NOTHING, Table

if TYPE_CHECKING:
    from bposim.result import Result


def figure(result: Result, name: str) -> Figure:
    """Return the waterfall from the mean to the dearest futures; CannotDrawError as the picture."""
    found = parts(result, name)
    bars = steps(result, name, found)
    scale = step_scale(bars, found.total.se or 0.0)
    label, currency = short_names(result.titles)[name], result.scenario.base_currency
    worst = f"{100 * (1 - result.scenario.preferences.tail_level):.3g}%"
    rows = tuple(
        (
            bar.label,
            scale.text(bar.end if bar.total else bar.usual or 0.0, minus=MINUS),
            NOTHING if bar.total else change_text(scale, bar.change, minus=MINUS),
        )
        for bar in bars
    )
    return Figure(
        key="tail",
        title=sentence(finding(result, name, found)),
        subtitle=(
            f"Total cost of {label}, present value over {horizon(result)}, {currency}, {sampled(result)}: "
            f"what each category costs more in the dearest {worst} of futures than it usually does. "
            "The parts add up exactly."
        ),
        alt=alt_text(result, name),
        panels=(waterfall_panel(bars, scale, currency),),
        table=Table(
            f"What the dearest {worst} of futures are made of, {currency}",
            ("category", "usually", f"more in the dearest {worst}"),
            rows,
        ),
        legend=LEGEND,
    )
