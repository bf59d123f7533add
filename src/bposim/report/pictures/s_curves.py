"""How the total cost of every alternative is distributed: the share of futures that cost at most so much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter

from bposim.report.numbers import MINUS, futures
from bposim.report.pictures.key import Row, write_key
from bposim.report.pictures.labels import amounts_on, short_names
from bposim.report.pictures.page import horizon, page, trials
from bposim.report.pictures.spread import Spread, common_scale
from bposim.report.pictures.style import drawing, looks
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.result import Result
    from bposim.shapes import FloatArray

POINTS = 500
"""With more trials than this a curve is drawn through so many quantiles, with fewer step by step."""

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def finding(result: Result) -> str:
    """Return in a sentence which alternative costs least in the median future and in a costly one."""
    names, spreads = short_names(result.titles), _spreads(result)
    currency, scale = result.scenario.base_currency, common_scale(spreads.values())
    usual = _least({name: own.p50 for name, own in spreads.items()})
    value = f"{currency} {scale.text(spreads[usual[0]].p50.value, minus=MINUS)}"
    if spreads[usual[0]].p50.se is None:
        seen = futures(1.0, result.trials) if result.trials == 1 else f"the median of {result.trials} futures"
        return f"{names[usual[0]]} costs least in {seen}: {value}"
    costly = _least({name: own.p95 for name, own in spreads.items()})
    bad = f"{currency} {scale.text(spreads[costly[0]].p95.value, minus=MINUS)}"
    start = _costs(names, usual)
    if spreads[costly[0]].p95.se is None:
        return f"{start} in the median future: {value}"
    if set(usual) == set(costly):
        return f"{start} in the median future, {value}, and in a costly one, {bad} at P95"
    return f"{start} in the median future, {value}; {_costs(names, costly)} in a costly one, {bad} at P95"


def alt_text(result: Result) -> str:
    """Return the picture in words, with the figures in its table."""
    names, spreads = short_names(result.titles), _spreads(result)
    scale = common_scale(spreads.values())
    rows = [
        f"{names[name]}: "
        + ", ".join(f"{mark} {scale.text(at.value)}" for mark, at in own.marked.items())
        + "."
        for name, own in spreads.items()
    ]
    what = f"Cumulative distributions of total cost, present value in {result.scenario.base_currency}."
    return " ".join([f"{finding(result)}.", what, *rows])


def curve(costs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return cost and share of trials at or below it, for a curve in steps; the first share is 0.

    ``costs`` is ``(trials,)``; of many trials, the quantiles at the middle of equal shares stand for all.
    """
    if costs.size > POINTS:
        share = np.concatenate(([0.0005], np.arange(1, POINTS) / POINTS, [0.9995]))
        return np.quantile(costs, share, method="inverted_cdf"), share
    ordered = np.sort(costs)
    return np.concatenate((ordered[:1], ordered)), np.arange(ordered.size + 1) / ordered.size


def plot(axes: Axes, result: Result, name: str) -> Axes:
    """Draw the curve of one alternative."""
    cost, share = curve(result.costs[name])
    look = looks(result)[name]
    width = 2.8 if name == result.baseline else 1.9
    axes.plot(
        cost,
        share,
        color=look.colour,
        linestyle=look.dashes,
        linewidth=width,
        drawstyle="default" if result.trials > POINTS else "steps-post",
    )
    return axes


def draw(result: Result) -> Figure:
    """Return the picture: the curves of all alternatives, and their P5, P50 and P95 as a table."""
    spreads, currency = _spreads(result), result.scenario.base_currency
    scale = common_scale(spreads.values())
    shown = (
        f"Total cost: present value over {horizon(result)}, {currency}, {trials(result)}. "
        "A curve gives the share of futures that cost at most so much: the further left, the cheaper."
    )
    with drawing():
        sheet = page(result, finding(result), shown, 4.4, 11.2)
        axes = sheet.axes(0.7, 0.6, 5.4, sheet.height - 0.75)
        for name in result.names:
            plot(axes, result, name)
        low, high = min(own.low for own in spreads.values()), max(own.high for own in spreads.values())
        room = 0.03 * (high - low) if high - low > 1e-9 * abs(high) else 0.05 * abs(high) or 1.0
        axes.set_xlim(low - room, high + room)
        axes.set_ylim(0.0, 1.0)
        axes.yaxis.set_major_locator(FixedLocator(LEVELS))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}%"))
        axes.grid(axis="y")
        axes.set_ylabel("Share of futures that cost at most this")
        axes.set_xlabel(f"Total cost, present value, {currency}", labelpad=6)
        amounts_on(axes.xaxis, scale, 8)
        order = sorted(spreads, key=lambda name: spreads[name].p50.value)
        names, styled = short_names(result.titles), looks(result)
        rows = [
            Row(
                styled[name],
                names[name],
                [scale.text(at.value, minus=MINUS) for at in spreads[name].marked.values()],
                bold=name == result.baseline,
            )
            for name in order
        ]
        write_key(sheet, 6.4, (9.6, 10.4, 11.2), ("Cheapest median first", "P5", "P50", "P95"), rows)
    return sheet.figure


def _spreads(result: Result) -> dict[str, Spread]:
    return {name: Spread.of(result.costs[name], result.replicate) for name in result.names}


def _least(values: dict[str, Estimate]) -> list[str]:
    """Return the name of the lowest value, and those within two errors of it.

    The error of the difference is taken as if the two were independent: their common world makes it less.
    """
    order = sorted(values, key=lambda name: values[name].value)
    least = values[order[0]]
    return [order[0]] + [
        name
        for name in order[1:]
        if values[name].value - least.value <= 2 * math.hypot(values[name].se or 0.0, least.se or 0.0)
    ]


def _costs(names: dict[str, str], least: list[str]) -> str:
    """Return who costs least, as the beginning of a sentence."""
    if len(least) == 1:
        return f"{names[least[0]]} costs least"
    who = listed(
        [names[least[0]], names[least[1]] if len(least) == 2 else f"{len(least) - 1} others"]  # noqa: PLR2004
    )
    return f"{who} cost least and about the same"
