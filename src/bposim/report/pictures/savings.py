"""How the saving of each alternative against the baseline is distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import mean
from bposim.report.numbers import MINUS, Scale, amount, futures, money, percent, probability
from bposim.report.pictures.labels import amounts_on, inches, inert, short_names, spread, width_of
from bposim.report.pictures.page import horizon, page, trials
from bposim.report.pictures.spread import Spread, common_scale, savings, share_saving
from bposim.report.pictures.style import FAINT_INK, INK, LABEL, SMALL, drawing, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result
    from bposim.shapes import FloatArray

MOST_BARS, LEAST_BARS = 60, 8
FAR = 5.0
"""Break-even is left out of the picture when it would make it so many times as wide as the outcomes are."""


def finding(result: Result) -> str:
    """Return in a sentence which alternative saves most on average, how much and how often."""
    names, spreads = short_names(result.names), savings(result)
    base = names[result.baseline]
    best, *others = sorted(spreads, key=lambda name: -spreads[name].mean.value)
    saved = spreads[best].mean
    often = futures(share_saving(result, best), result.trials)
    value = money(abs(saved.value), str(result.scenario.base_currency), saved.se)
    if not np.any(result.saving(best)) and not others:
        return f"{names[best]} costs exactly as much as {base} in every future"
    if result.trials > 1 and too_close(saved):
        closest = f"{names[best]} and {base} cost about the same on average"
        return f"{closest}; {names[best]} is cheaper in {often}"
    if saved.value < 0:
        costs = f"{value} more than {base} on average and is cheaper in {often}"
        return f"No alternative saves: {names[best]}, the nearest, costs {costs}" if others else f"{names[best]} costs {costs}"
    rivals = [name for name in others if result.trials > 1 and too_close(mean(result.saving(best) - result.saving(name)))]
    if rivals:
        also = names[rivals[0]] if len(rivals) == 1 else f"{len(rivals)} others"
        return f"{names[best]} and {also} save most and about the same, {value} on average; {names[best]} is cheaper than {base} in {often}"
    most = "saves most," if others else "saves"
    return f"{names[best]} {most} {value} on average, and is cheaper than {base} in {often}"


def alt_text(result: Result) -> str:
    """Return the picture in words, with the figures that it marks."""
    names, spreads = short_names(result.names), savings(result)
    rows = [
        f"{names[name]}: mean {amount(own.mean.value, own.mean.se)}, "
        + ", ".join(f"{mark} {amount(at.value, at.se)}" for mark, at in own.marked.items())
        + f", cheaper in {probability(share_saving(result, name), result.trials)} of futures."
        for name, own in spreads.items()
    ]
    currency = result.scenario.base_currency
    what = f"Histogram of the saving against {names[result.baseline]}, present value in {currency}, one row an alternative."
    return " ".join([f"{finding(result)}.", what, *rows])


def bar_edges(spreads: dict[str, Spread], count: int) -> FloatArray:
    """Return the edges of bars of one round width, common to all spreads, 0 an edge if it is within.

    The bars grow in number with the cube root of the ``count`` of trials (Rice's rule), and no spread gets
    fewer than eight unless others are far wider.
    """
    low, high = min(own.low for own in spreads.values()), max(own.high for own in spreads.values())
    size = max(abs(low), abs(high))
    bars = min(max(round(2 * count ** (1 / 3)), LEAST_BARS), MOST_BARS)
    narrowest = min(own.high - own.low for own in spreads.values()) / LEAST_BARS
    width = _round_up(max(min((high - low) / bars, narrowest), (high - low) / (2 * MOST_BARS), 1e-3 * size) or 1.0)
    first, last = math.floor(low / width), math.floor(high / width) + 1
    return np.arange(first, last + 1) * width


def plot(  # noqa: PLR0913 - what a row shares with its neighbours
    axes: Axes, result: Result, name: str, *, spreads: dict[str, Spread] | None = None, scale: Scale | None = None
) -> Axes:
    """Draw the saving of one alternative: bars that add up to 1, P5, P50 and P95, and break-even.

    ``spreads``, of all alternatives with this one, gives the picture's common bars; ``scale`` writes its amounts.
    """
    spreads = spreads or {name: Spread.of(result.saving(name))}
    scale = scale or common_scale(spreads.values())
    own, label, look = spreads[name], short_names(result.names)[name], looks(result)[name]
    edges = bar_edges(spreads, result.trials)
    within = np.clip(result.saving(name), edges[0], edges[-1])
    share = np.histogram(within, edges)[0] / result.trials
    width = edges[1] - edges[0]
    bars = axes.bar(edges[:-1], share, width, align="edge", color=look.colour, edgecolor="white", linewidth=0.4)
    for bar, left in zip(bars, edges[:-1], strict=True):
        bar.set_alpha(1.0 if left >= -width / 2 else 0.45)
    low, high = float(edges[0]), float(edges[-1])
    if max(high, 0.0) - min(low, 0.0) <= FAR * (high - low):
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.03 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0.0, 1.05 * float(share.max()))
    if low <= 0.0 <= high:
        axes.axvline(0.0, color=INK, linewidth=1.4, zorder=3)
    _mark_quantiles(axes, own, scale)
    saves = probability(share_saving(result, name), result.trials)
    mean_saved = scale.text(own.mean.value, minus=MINUS)
    title = axes.set_title(f"{label}: cheaper in {saves} of futures, mean saving {mean_saved}", loc="left", pad=19, fontsize=LABEL + 0.5, fontweight="bold", color=INK)
    inert([title])
    axes.set_ylabel("Share of\nfutures", fontsize=SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(_share))
    axes.tick_params(axis="y", length=2)
    amounts_on(axes.xaxis, scale)
    return axes


def draw(result: Result) -> Figure:
    """Return the picture: one row an alternative, on one axis of savings.

    Raises ValueError when there is nothing to compare with the baseline.
    """
    spreads = savings(result)
    if not spreads:
        raise ValueError("savings need an alternative beside the baseline")
    base = short_names(result.names)[result.baseline]
    edges = bar_edges(spreads, result.trials)
    currency = result.scenario.base_currency
    row = 3.4 if len(spreads) == 1 else 1.9 if len(spreads) == 2 else 1.15 if len(spreads) < 5 else 0.8
    gap, axis_room = 0.62, 0.62
    with drawing():
        scale = common_scale(spreads.values())
        shown = (
            f"Saving against {base}: present value over {horizon(result)}, {currency}; {trials(result)}. "
            f"Each bar is {_width(float(edges[1] - edges[0]))} wide, pale where {'it' if len(spreads) == 1 else 'the alternative'} costs more."
        )
        ...
