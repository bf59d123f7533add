"""What moves the saving of an alternative: its mean and its P5 where each driver was low and was high."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from matplotlib.patheffects import withStroke

from bposim.analysis.measures import mean, quantile
from bposim.report.numbers import MINUS
from bposim.report.pictures.labels import amounts_on, fitted, inches, width_of
from bposim.report.pictures.page import horizon, page, sampled
from bposim.report.pictures.seen import Seen, scale_of, spoken
from bposim.report.pictures.style import FAINT_INK, HIGH, INK, LABEL, LOW, SMALL, drawing
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.analysis.sensitivity import Bar
    from bposim.report.numbers import Scale
    from bposim.result import Result

    Of = Literal["mean", "p5"]

MOST = 12
"""Drivers on the picture."""

LINE = 0.34
"""Inches from bar to bar."""

NAMES, VALUE, GAP = 3.3, 0.66, 0.3
"""Inches for the names of the drivers at most, for a value of a driver, and between the panels."""

SWATCH = "\N{BLACK SQUARE}"

CERTAIN = 2.0
"""Two swings differ where they are so many errors apart."""


def finding(seen: Seen) -> str:
    """Return in a sentence which driver swings the mean saving most, and from where to where."""
    first, *others = seen.bars
    scale = scale_of([first.low_mean, first.high_mean])
    low, high = (
        f"{seen.currency} {scale.text(end.value, minus=MINUS)}" for end in (first.low_mean, first.high_mean)
    )
    rivals = [bar for bar in others if not _wider(first, bar)]
    if rivals:
        names = listed([spoken(bar.name) for bar in (first, *rivals[:2])])
        return f"the saving of {seen.label} moves most with {names}, about equally"
    return (
        f"the saving of {seen.label} moves most with {spoken(first.name)}: "
        f"{low} on average where it is low, {high} where it is high"
    )


def alt_text(seen: Seen) -> str:
    """Return the picture in words, with its figures."""
    bars = seen.bars[:MOST]
    scale = _scale(bars)
    rows = [
        f"{seen.titled(bar.name)}: mean {scale.text(bar.low_mean.value)} at "
        f"{seen.value(bar.name, bar.low_at)}, "
        f"{scale.text(bar.high_mean.value)} at {seen.value(bar.name, bar.high_at)}; "
        f"P5 {scale.text(bar.low_quantile.value)} and {scale.text(bar.high_quantile.value)}."
        for bar in bars
    ]
    return " ".join([f"{finding(seen)}.", f"Tornado chart of the saving, in {seen.currency}.", *rows])


def ends(bar: Bar, of: Of) -> tuple[Estimate, Estimate]:
    """Return the figure where the driver is low and where it is high."""
    return (bar.low_mean, bar.high_mean) if of == "mean" else (bar.low_quantile, bar.high_quantile)


def plot(axes: Axes, result: Result, name: str, of: Of = "mean", seen: Seen | None = None) -> Axes:
    """Draw the bars of one figure of the saving, its mean or its P5, the widest swing of the mean on top."""
    seen = seen or Seen(result, name)
    bars = seen.bars[:MOST]
    scale = _scale(bars)
    whole = (mean(seen.saving) if of == "mean" else quantile(seen.saving, 0.05)).value
    values = [end.value for bar in bars for end in ends(bar, of)]
    reached = [
        level for bar in bars for end in ends(bar, of) for level in (end.low, end.high) if level is not None
    ]
    low, high = min(whole, *values, *reached), max(whole, *values, *reached)
    text = max(width_of(scale.text(value, minus=MINUS), SMALL) for value in values) + 0.12
    room = text / (inches(axes)[0] - 2 * text) * ((high - low) or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(len(bars) - 0.45, -0.55)
    for place, bar in enumerate(bars):
        low_end, high_end = ends(bar, of)
        pair = sorted(
            ((low_end, LOW), (high_end, HIGH)), key=lambda each: -abs(each[0].value - whole)
        )  # the longer first, so that the shorter is seen where both are on one side
        for end, colour in pair:
            axes.barh(place, end.value - whole, 0.62, whole, color=colour)
            if end.low is not None and end.high is not None:
                axes.plot([end.low, end.high], [place, place], color=INK, linewidth=1.0)
        reached = [
            level
            for end in (low_end, high_end)
            for level in (end.value, end.low, end.high)
            if level is not None
        ]
        left, right = sorted((low_end.value, high_end.value))
        for value, beyond, align, shift in (
            (left, min(whole, *reached), "right", -4),
            (right, max(whole, *reached), "left", 4),
        ):
            axes.annotate(
                scale.text(value, minus=MINUS),
                (beyond, place),
                (shift, 0),
                textcoords="offset points",
                fontsize=SMALL,
                ha=align,
                va="center",
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
            )
    axes.axvline(whole, color=INK, linewidth=1.0)
    if low - room < 0.0 < high + room:
        axes.axvline(0.0, color=FAINT_INK, linewidth=1.0, dashes=(3, 1.5), zorder=0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    amounts_on(axes.xaxis, scale, 4)
    words = "Mean saving" if of == "mean" else "P5 of the saving"
    axes.set_title(
        f"{words}: {scale.text(whole, minus=MINUS)}",
        loc="left",
        fontsize=LABEL,
        fontweight="bold",
        parse_math=False,
    )
    return axes


def draw(result: Result, name: str, seen: Seen | None = None) -> Figure:
    """Return the picture: the drivers with their low and high values, the mean and the P5 side by side."""
    seen = seen or Seen(result, name)
    bars = seen.bars[:MOST]
    more = f" The {MOST} strongest of {len(seen.bars)} drivers." if len(seen.bars) > MOST else ""
    shown = (
        f"Saving of {seen.label} against {seen.base_label}: present value over {horizon(result)}, "
        f"{seen.currency}, {sampled(result)}. Bars lead to the futures in which a driver came out in its "
        "lowest tenth (pale) and its highest tenth (dark); 1 future in 20 saves less than the P5; the "
        f"broken line is break-even.{more}"
    )
    with drawing():
        sheet = page(result, finding(seen), shown, LINE * len(bars) + 0.95, 11.6)
        titles = [fitted(seen.titled(bar.name), NAMES, SMALL) for bar in bars]
        left = max(width_of(title, SMALL) for title in titles) + 0.1
        height = LINE * len(bars)
        floor = sheet.height - 0.35 - height
        start = left + 2 * VALUE + 0.15
        width = (sheet.width - start - GAP) / 2
        for place, (title, bar) in enumerate(zip(titles, bars, strict=True)):
            level = floor + height * (1 - (place + 0.55) / len(bars)) - 0.045
            sheet.write(0, level, title, SMALL, INK)
            sheet.write(left + VALUE, level, seen.value(bar.name, bar.low_at), SMALL, INK, align="right")
            high = seen.value(bar.name, bar.high_at)
            sheet.write(left + 2 * VALUE, level, high, SMALL, INK, align="right")
        for column, words, colour in ((1, "low", LOW), (2, "high", HIGH)):
            edge, level = left + column * VALUE, floor + height + 0.1
            sheet.write(edge, level, words, SMALL, INK, align="right", weight="bold")
            sheet.write(edge - 0.38, level, SWATCH, SMALL, colour, align="right")
        for place, of in enumerate(("mean", "p5")):
            axes = sheet.axes(start + place * (width + GAP), floor, width, height)
            plot(axes, result, name, "mean" if of == "mean" else "p5", seen)
            axes.set_xlabel(f"Saving, present value, {seen.currency}")
    return sheet.figure


def _wider(one: Bar, other: Bar) -> bool:
    """Return whether a swing of the mean is wider than another beyond their errors."""
    first, second = one.swing_mean, other.swing_mean
    return abs(first.value) - abs(second.value) > CERTAIN * math.hypot(first.se or 0.0, second.se or 0.0)


def _scale(bars: tuple[Bar, ...]) -> Scale:
    return scale_of([end for bar in bars for end in (*ends(bar, "mean"), *ends(bar, "p5"))])
