"""How the saving of each alternative against the baseline is distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import mean
from bposim.report.numbers import MINUS, Scale, amount, futures, money, probability
from bposim.report.pictures.labels import amounts_on, inches, short_names, spread, width_of
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
"""Break-even is left out where it would make the picture so many times as wide as the outcomes are."""

PALE = 0.4
"""Opacity of bars below break-even."""

ROWS = {1: 3.2, 2: 1.7, 4: 1.1, 1000: 0.7}
"""Height of a row in inches, by the largest number of rows that has it."""

ABOVE, BELOW = 0.58, 0.75
"""Inches above a row for its title and marks, and below the last for its axis."""


def finding(result: Result) -> str:
    """Return in a sentence which alternative saves most on average, how much and how often."""
    names, spreads = short_names(result.names), savings(result)
    best, *others = sorted(spreads, key=lambda name: -spreads[name].mean.value)
    saved, name, base = spreads[best].mean, names[best], names[result.baseline]
    often = futures(share_saving(result, best), result.trials)
    value = money(abs(saved.value), result.scenario.base_currency, saved.se)
    if not np.any(result.saving(best)):
        least = " and nothing else is cheaper" if others else ""
        return f"{name} costs exactly as much as {base} in every future{least}"
    if result.trials > 1 and too_close(saved):
        start = "no alternative clearly saves: " if others else ""
        return f"{start}{name} and {base} cost about the same on average; {name} is cheaper in {often}"
    if saved.value < 0:
        start = "no alternative saves on average: " if others else ""
        nearest = ", the nearest," if others else ""
        return f"{start}{name}{nearest} costs {value} more than {base} on average and is cheaper in {often}"
    rivals = [names[rival] for rival in others if _alike(result, best, rival)]
    if rivals:
        also = rivals[0] if len(rivals) == 1 else f"{len(rivals)} others"
        start = f"{name} and {also} save most and about the same, {value} on average"
        return f"{start}; {name} is cheaper than {base} in {often}"
    most = "saves most," if others else "saves"
    return f"{name} {most} {value} on average, and is cheaper than {base} in {often}"


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
    base = names[result.baseline]
    what = f"Histogram of the saving against {base}, present value in {currency}, one row an alternative."
    return " ".join([f"{finding(result)}.", what, *rows])


def _alike(result: Result, one: str, other: str) -> bool:
    """Return whether the mean savings of two alternatives are too close to tell apart."""
    return result.trials > 1 and too_close(mean(result.saving(one) - result.saving(other)))


def bar_edges(spreads: dict[str, Spread], count: int) -> FloatArray:
    """Return the edges of bars of one round width, common to all spreads, 0 an edge if it is within.

    The bars grow in number with the cube root of the ``count`` of trials (Rice's rule), and no spread gets
    fewer than eight unless others are far wider.
    """
    low, high = min(own.low for own in spreads.values()), max(own.high for own in spreads.values())
    size = max(abs(low), abs(high))
    bars = min(max(round(2 * count ** (1 / 3)), LEAST_BARS), MOST_BARS)
    narrowest = min(own.high - own.low for own in spreads.values()) / LEAST_BARS
    width = _round_up(
        max(min((high - low) / bars, narrowest), (high - low) / (2 * MOST_BARS), 1e-3 * size) or 1.0
    )
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
    spreads = spreads or {name: Spread.of(result.saving(name))}
    scale = scale or common_scale(spreads.values())
    edges = bar_edges(spreads, result.trials)
    width = float(edges[1] - edges[0])
    share = np.histogram(np.clip(result.saving(name), edges[0], edges[-1]), edges)[0] / result.trials
    colours = [to_rgba(looks(result)[name].colour, 1.0 if left > -width / 2 else PALE) for left in edges[:-1]]
    axes.bar(edges[:-1], share, width, align="edge", color=colours, edgecolor="white", linewidth=0.4)
    low, high = _limits(float(edges[0]), float(edges[-1]))
    room = 0.03 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0.0, 1.05 * float(share.max()))
    if low <= 0.0 <= high:
        axes.axvline(0.0, color=INK, linewidth=1.2, zorder=3)
    own = spreads[name]
    _mark(axes, own, scale)
    label, often = short_names(result.names)[name], probability(share_saving(result, name), result.trials)
    title = f"{label}: cheaper in {often} of futures, mean saving {scale.text(own.mean.value, minus=MINUS)}"
    axes.set_title(title, loc="left", pad=21, fontsize=LABEL, fontweight="bold", color=INK, parse_math=False)
    axes.set_ylabel("Share of\nfutures", fontsize=SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda part, _: f"{100 * part:g}%"))
    amounts_on(axes.xaxis, scale)
    return axes


def draw(result: Result) -> Figure:
    """Return the picture: one row an alternative, all on one axis of savings.

    Raises ValueError when there is nothing to compare with the baseline.
    """
    spreads = savings(result)
    if not spreads:
        raise ValueError("savings need an alternative beside the baseline")
    base, currency = short_names(result.names)[result.baseline], result.scenario.base_currency
    edges = bar_edges(spreads, result.trials)
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
        _label_axis(axes, f"Saving against {base}, present value, {currency}")
    return sheet.figure


def _limits(low: float, high: float) -> tuple[float, float]:
    """Return the limits of the axis: those of the bars and break-even, unless that is far off."""
    wide = min(low, 0.0), max(high, 0.0)
    return wide if wide[1] - wide[0] <= FAR * (high - low) else (low, high)


def _mark(axes: Axes, own: Spread, scale: Scale) -> None:
    """Mark the quantiles by lines with their values above, moved apart where they would overlap."""
    width, height = inches(axes)
    low, high = axes.get_xlim()
    texts = [f"{mark} {scale.text(at.value, minus=MINUS)}" for mark, at in own.marked.items()]
    values = [at.value for at in own.marked.values()]
    places = spread(
        [(value - low) / (high - low) * width for value in values],
        [width_of(text, SMALL) + 0.12 for text in texts],
        0.0,
        width,
    )
    for text, value, place in zip(texts, values, places, strict=True):
        axes.plot(
            [value, value],
            [0, 1],
            color=INK,
            linewidth=1.0,
            dashes=(3, 1.5),
            transform=axes.get_xaxis_transform(),
        )
        axes.annotate(
            text,
            (value, 1.0),
            (place / width, 1.0 + 0.09 / height),
            axes.get_xaxis_transform(),
            "axes fraction",
            {"arrowstyle": "-", "color": FAINT_INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
            ha="center",
            va="bottom",
            fontsize=SMALL,
        )


def _label_axis(axes: Axes, text: str) -> None:
    """Name the axis of savings, and break-even on it or where it lies."""
    low, high = axes.get_xlim()
    if low <= 0.0 <= high:
        words, where, align = "break-even", (0.0, 0.0), "center"
    elif low > 0.0:
        words, where, align = "\N{LEFTWARDS ARROW} break-even, 0, is far to the left", (low, 0.0), "left"
    else:
        words, where, align = "break-even, 0, is far to the right \N{RIGHTWARDS ARROW}", (high, 0.0), "right"
    axes.annotate(
        words,
        where,
        (0, -18),
        axes.get_xaxis_transform(),
        "offset points",
        fontsize=SMALL,
        fontweight="bold",
        ha=align,
        va="top",
    )
    axes.set_xlabel(text, labelpad=14, parse_math=False)


def _written(width: float) -> str:
    """Return a round width with no digit too many: 500k, 2.5M."""
    scale = Scale.of(width)
    return f"{width / scale.divisor:g}{scale.suffix}"


def _round_up(width: float) -> float:
    """Return the next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if width <= step * power * (1 + 1e-9))
