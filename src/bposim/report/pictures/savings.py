"""How the saving of each alternative against the baseline is distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import mean
from bposim.report.numbers import MINUS, Scale, futures, money, of_futures
from bposim.report.pictures.labels import (
    amounts_on,
    fitted,
    inches,
    short_names,
    width_of,
)
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.ranks import choice
from bposim.report.pictures.savings_marks import label_axis, mark_beyond, mark_quantiles
from bposim.report.pictures.spread import Spread, common_scale, savings, share_saving
from bposim.report.pictures.style import INK, LABEL, SMALL, drawing, looks
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result
    from bposim.shapes import FloatArray

MOST_BARS, LEAST_BARS = 60, 8

FAR = 5.0
"""Break-even is left out where it would make the picture so many times as wide as the outcomes are."""

FINEST = 1e-4
"""The narrowest bar as a part of the baseline's mean cost; savings closer together are drawn as one."""

PALE = 0.4
"""Opacity of bars below break-even."""

ROWS = {1: 3.2, 2: 1.7, 4: 1.1, 1000: 0.7}
"""Height of a row in inches, by the largest number of rows that has it."""

ABOVE, BELOW = 0.58, 0.75
"""Inches above a row for its title and marks, and below the last for its axis."""


def finding(result: Result) -> str:
    """Return in a sentence which alternative saves most on average, and which one the run recommends."""
    spreads = savings(result)
    best, *others = sorted(spreads, key=lambda name: -spreads[name].mean.value)
    outcome = _outcome(result, spreads, best, others)
    advice = choice(result) if np.any(result.saving(best)) else None
    if advice is None:
        return outcome
    if advice.close:
        return f"{outcome}; by risk-adjusted value the choice is too close to call"
    saved, base = spreads[best].mean, result.baseline
    on_average = base if saved.value < 0 and not too_close(saved) else best
    reason = "" if advice.name == on_average else ": its bad outcomes are milder"
    return f"{outcome}; {short_names(result.titles)[advice.name]} is recommended{reason}"


def _outcome(result: Result, spreads: dict[str, Spread], best: str, others: list[str]) -> str:
    """Return who saves most on average, how much and how often."""
    names = short_names(result.titles)
    saved, name, base = spreads[best].mean, names[best], names[result.baseline]
    often = futures(share_saving(result, best), result.trials)
    value = money(abs(saved.value), result.scenario.base_currency, saved.se)
    if not np.any(result.saving(best)):
        return _equal(result, spreads)
    if result.trials == 1:
        return (
            f"{name} costs {value} {'less' if saved.value > 0 else 'more'} than {base} in {futures(1.0, 1)}"
        )
    if too_close(saved):
        start = "no alternative clearly saves: " if others else ""
        return f"{start}{name} and {base} cost about the same on average; {name} is cheaper in {often}"
    if saved.value < 0:
        start = "no alternative saves on average: " if others else ""
        nearest = ", the nearest," if others else ""
        return f"{start}{name}{nearest} costs {value} more than {base} on average and is cheaper in {often}"
    rivals = [names[rival] for rival in others if too_close(mean(result.saving(best) - result.saving(rival)))]
    if rivals:
        also = rivals[0] if len(rivals) == 1 else f"{len(rivals)} others"
        start = f"{name} and {also} save most and about the same, {value} on average"
        return f"{start}; {name} is cheaper than {base} in {often}"
    most = "saves most," if others else "saves"
    return f"{name} {most} {value} on average, and is cheaper than {base} in {often}"


def _equal(result: Result, spreads: dict[str, Spread]) -> str:
    """Return that nothing saves and which alternatives are the baseline in all but name."""
    names = short_names(result.titles)
    same = [names[name] for name in spreads if not np.any(result.saving(name))]
    start = "" if len(same) == len(spreads) else "no alternative saves: "
    cost = "costs" if len(same) == 1 else "cost"
    return f"{start}{listed(same)} {cost} exactly as much as {names[result.baseline]} in every future"


def alt_text(result: Result) -> str:
    """Return the picture in words, with the figures that it marks."""
    names, spreads = short_names(result.titles), savings(result)
    scale = common_scale(spreads.values())
    rows = [
        f"{names[name]}: mean {scale.text(own.mean.value)}, "
        + ", ".join(f"{mark} {scale.text(at.value)}" for mark, at in own.marked.items())
        + f", cheaper in {of_futures(share_saving(result, name), result.trials)}."
        for name, own in spreads.items()
    ]
    currency = result.scenario.base_currency
    base = names[result.baseline]
    what = f"Histogram of the saving against {base}, present value in {currency}, one row an alternative."
    return " ".join([f"{finding(result)}.", what, *rows])


def bar_edges(result: Result, spreads: dict[str, Spread]) -> FloatArray:
    """Return the edges of bars of one round width, common to all spreads, 0 an edge if it is within.

    The bars grow in number with the cube root of the trials (Rice's rule), and no spread gets fewer than
    eight unless others are far wider.  Bars are not finer than 0.01 % of the baseline's cost; where every
    saving is the same one, it stands in the middle of one bar.
    """
    low, high = min(own.low for own in spreads.values()), max(own.high for own in spreads.values())
    cost = abs(mean(result.costs[result.baseline]).value) or 1.0
    if high - low < FINEST * cost:
        return np.array([-0.5, 0.5]) * _round_up(10 * FINEST * cost) + (low + high) / 2
    bars = min(max(round(2 * result.trials ** (1 / 3)), LEAST_BARS), MOST_BARS)
    narrowest = min(own.high - own.low for own in spreads.values()) / LEAST_BARS
    wanted = max(min((high - low) / bars, narrowest), (high - low) / (2 * MOST_BARS), FINEST * cost)
    width = _round_up(wanted)
    first, last = math.floor(low / width), math.floor(high / width) + 1
    return np.arange(first, last + 1, dtype=np.float64) * width


def plot(
    axes: Axes,
    result: Result,
    name: str,
    spreads: dict[str, Spread] | None = None,
    scale: Scale | None = None,
) -> Axes:
    """Draw the saving of one alternative: bars that add up to 1, break-even, and P5, P50 and P95.

    ``spreads``, those of the alternatives in the picture, give its common bars; ``scale`` writes its amounts.
    """
    spreads = spreads or {name: Spread.of(result.saving(name), result.replicate)}
    scale = scale or common_scale(spreads.values())
    edges = bar_edges(result, spreads)
    width = float(edges[1] - edges[0])
    share = np.histogram(np.clip(result.saving(name), edges[0], edges[-1]), edges)[0] / result.trials
    colour = looks(result)[name].colour
    colours = [to_rgba(colour, PALE if left < -0.75 * width else 1.0) for left in edges[:-1]]
    axes.bar(edges[:-1], share, width, align="edge", color=colours, edgecolor="white", linewidth=0.4)
    low, high = _limits(edges)
    room = 0.03 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0.0, 1.05 * float(share.max()))
    if low <= 0.0 <= high:
        axes.axvline(0.0, color=INK, linewidth=1.2, zorder=3)
    own = spreads[name]
    mark_quantiles(axes, own, scale)
    mark_beyond(axes, own, edges, share)
    label, often = short_names(result.titles)[name], of_futures(share_saving(result, name), result.trials)
    words = f": cheaper in {often}, mean saving {scale.text(own.mean.value, minus=MINUS)}"
    title = fitted(label, inches(axes)[0] - width_of(words, LABEL, "bold"), LABEL, "bold") + words
    axes.set_title(title, loc="left", pad=21, fontsize=LABEL, fontweight="bold", color=INK, parse_math=False)
    axes.set_ylabel("Share of\nfutures", fontsize=SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda part, _: f"{100 * part:g}%"))
    amounts_on(axes.xaxis, scale if own.least or own.most else Scale.of(max(-low, high)))
    return axes


def draw(result: Result) -> Figure:
    """Return the picture: one row an alternative, all on one axis of savings.

    Raises CannotDrawError when there is nothing to compare with the baseline.
    """
    spreads = savings(result)
    if not spreads:
        raise CannotDrawError("savings need an alternative beside the baseline")
    base, currency = short_names(result.titles)[result.baseline], result.scenario.base_currency
    edges = bar_edges(result, spreads)
    scale = common_scale(spreads.values())
    outside = any(own.least < edges[0] or own.most > edges[-1] for own in spreads.values())
    shown = (
        f"Saving against {base}: present value over {horizon(result)}, {currency}, {trials(result)}. "
        f"Bars are {_written(float(edges[1] - edges[0]))} wide, pale where the alternative costs more"
        f"{'; the outermost ones hold everything beyond' if outside else ''}."
    )
    row = next(height for rows, height in ROWS.items() if len(spreads) <= rows)
    with drawing():
        sheet = page(result, finding(result), shown, (row + ABOVE) * len(spreads) + BELOW)
        for place, name in enumerate(spreads):
            bottom = sheet.height - (place + 1) * (row + ABOVE)
            axes = plot(sheet.axes(0.75, bottom, sheet.width - 0.75, row), result, name, spreads, scale)
            axes.tick_params(labelbottom=name == list(spreads)[-1])
        label_axis(axes, f"Saving against {base}, present value, {currency}")
    return sheet.figure


def _limits(edges: FloatArray) -> tuple[float, float]:
    """Return the limits of the axis: those of the bars and break-even, unless that is far off."""
    low, high = float(edges[0]), float(edges[-1])
    if len(edges) == 2:  # noqa: PLR2004 - a single bar
        low, high = low - 10 * (high - low), high + 10 * (high - low)
    wide = min(low, 0.0), max(high, 0.0)
    return wide if wide[1] - wide[0] <= FAR * (high - low) else (low, high)


def _written(width: float) -> str:
    """Return a round width with no digit too many: 500k, 2.5M."""
    scale = Scale.of(width)
    return f"{width / scale.divisor:g}{scale.suffix}"


def _round_up(width: float) -> float:
    """Return the next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if width <= step * power * (1 + 1e-9))
