"""From the mean cost of the baseline to that of each alternative, category by category."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.report.html.charts.steps import LEGEND, NAME, waterfall_panel
from bposim.report.html.figure import Figure
from bposim.report.numbers import MINUS
from bposim.report.pictures.labels import sentence, short_names
from bposim.report.pictures.page import horizon, trials
from bposim.report.pictures.ranks import ranked
from bposim.report.pictures.waterfall import alt_text, change_text, finding, limits_of, scale_of_steps, steps
from bposim.report.table import Table

if TYPE_CHECKING:
    from bposim.result import Result


def figure(result: Result) -> Figure:
    """Return a waterfall an alternative, the best first."""
    others = [name for name in ranked(result) if name != result.baseline]
    labels, currency = short_names(result.titles), result.scenario.base_currency
    bars = {name: steps(result, name) for name in others}
    together = [bar for own in bars.values() for bar in own]
    limits, scale = limits_of(together), scale_of_steps(result, others)
    longest = max(min(len(bar.label), NAME) for bar in together)
    rows = tuple(
        (
            labels[name],
            bar.label,
            "" if bar.total else change_text(scale, bar.change, minus=MINUS),
            scale.text(bar.end, minus=MINUS),
        )
        for name, own in bars.items()
        for bar in own
    )
    return Figure(
        key="waterfall",
        title=sentence(finding(result, others[:1])),
        subtitle=(
            f"Mean total cost, present value over {horizon(result)}, {currency}, {trials(result)}: from "
            f"{labels[result.baseline]} through what changes by category to the alternative. "
            "Changes too small to see are one bar."
        ),
        alt=alt_text(result, others),
        panels=tuple(
            waterfall_panel(own, scale, currency, title=labels[name], limits=limits, longest=longest)
            for name, own in bars.items()
        ),
        table=Table(
            f"Mean cost from {labels[result.baseline]} to each alternative, {currency}",
            ("alternative", "category", "change", "cost so far"),
            rows,
            left=2,
        ),
        legend=LEGEND,
        columns=1 if len(others) == 1 else 2,
    )
