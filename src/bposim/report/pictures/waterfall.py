"""From the mean cost of the baseline to that of an alternative, category by category."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import mean
from bposim.report.numbers import MINUS, Scale, futures, money
from bposim.report.pictures.labels import (
    amounts_on,
    drawable,
    fitted,
    inches,
    short_names,
    shorten,
    width_of,
)
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.ranks import ranked
from bposim.report.pictures.style import COSTS, FAINT_INK, INK, SAVES, SMALL, TOTAL, drawing
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result

TOGETHER = 2
"""Alternatives in one picture; of more, each has a picture of its own."""

TINY, BESIDE = 0.01, 0.1
"""A change is grouped as other below these parts of the baseline's cost and of the largest change."""

CUT = 0.25
"""The axis starts above 0 when all the changes happen within this part of the largest cost."""

NAMES = 2.1
"""Inches for the names of the bars at most."""

LINE = 0.33
"""Inches from bar to bar."""


@dataclass(frozen=True, slots=True)
class Step:
    """A bar of the waterfall, from ``start`` to ``end``; a total starts at 0."""

    label: str
    start: float
    end: float
    total: bool = False
    usual: float | None = None
    """What the change comes on top of, where the picture tells it."""

    @property
    def change(self) -> float:
        """What the bar adds to the cost."""
        return self.end - self.start


def groups(result: Result) -> list[list[str]]:
    """Return the alternatives of each picture: one or two together, of more each alone; the best first."""
    others = [name for name in ranked(result) if name != result.baseline]
    return [others] if 0 < len(others) <= TOGETHER else [[name] for name in others]


def steps(result: Result, name: str) -> list[Step]:
    """Return the bars from the baseline's mean cost to the alternative's, the largest change first.

    Changes below 1 % of the baseline's cost, where there are several, are one step "other" at the end.
    """
    base, own = result.categories[result.baseline], result.categories[name]
    first, last = math.fsum(base.values()), math.fsum(own.values())
    changes = {
        category: own.get(category, 0.0) - base.get(category, 0.0) for category in sorted({*base, *own})
    }
    largest = max(map(abs, changes.values()), default=0.0)
    limit = min(TINY * abs(first), BESIDE * largest)
    order = sorted(
        (category for category in changes if changes[category]), key=lambda name: -abs(changes[name])
    )
    tiny = [category for category in order if abs(changes[category]) < limit]
    single = [category for category in order if len(tiny) < 2 or category not in tiny]  # noqa: PLR2004
    shown = [(shorten(drawable(category).replace("_", " "), 24), changes[category]) for category in single]
    if len(single) < len(order):
        shown.append((f"other ({len(tiny)})", math.fsum(changes[category] for category in tiny)))
    names = short_names(result.titles)
    bars, level = [Step(names[result.baseline], 0.0, first, total=True)], first
    for label, change in shown:
        bars.append(Step(label, level, level + change))
        level += change
    return [*bars, Step(names[name], 0.0, last, total=True)]


def finding(result: Result, shown: list[str]) -> str:
    """Return in a sentence how far the mean costs lie apart, and what makes most of it if it is one."""
    names = short_names(result.titles)
    parts = [
        f"{names[name]} {'' if place else 'costs '}{_difference(result, name)}"
        for place, name in enumerate(shown)
    ]
    base = names[result.baseline]
    if not any(np.any(result.saving(name)) for name in shown):
        cost = "costs" if len(shown) == 1 else "cost"
        return f"{listed([names[name] for name in shown])} {cost} exactly as much as {base} in every future"
    when = "on average" if result.trials > 1 else f"in {futures(1.0, 1)}"
    sentence = f"Against {base}, {listed(parts)} {when}"
    changes = [step for step in steps(result, shown[0]) if not step.total] if len(shown) == 1 else []
    scale = scale_of_steps(result, shown)
    drivers = [
        f"{word} {step.label} ({scale.text(step.change, minus=MINUS, plus=True)})"
        for word, step in (
            ("less", min(changes, key=lambda step: step.change, default=None)),
            ("more", max(changes, key=lambda step: step.change, default=None)),
        )
        if step and (step.change < 0) == (word == "less")
    ]
    return f"{sentence}: {', '.join(drivers)}" if drivers else sentence


def alt_text(result: Result, shown: list[str]) -> str:
    """Return the picture in words, with the figures of its bars."""
    scale, currency = scale_of_steps(result, shown), result.scenario.base_currency
    rows = []
    for name in shown:
        first, *changes, last = steps(result, name)
        parts = [f"{step.label} {change_text(scale, step.change)}" for step in changes]
        ends = [f"{step.label} {scale.text(step.end)}" for step in (first, last)]
        rows.append(f"{'; '.join([ends[0], *parts, ends[1]])}.")
    what = f"Waterfall of mean total cost by category, present value in {currency}."
    return " ".join([f"{finding(result, shown)}.", what, *rows])


def plot(
    axes: Axes,
    result: Result,
    name: str,
    limits: tuple[float, float] | None = None,
    scale: Scale | None = None,
) -> Axes:
    """Draw the waterfall of one alternative, from the top down.

    ``limits`` of the cost and ``scale`` of its amounts are the picture's where panels share them.
    """
    bars = steps(result, name)
    return draw_steps(axes, bars, limits or limits_of(bars), scale or scale_of_steps(result, [name]))


def draw_steps(axes: Axes, bars: list[Step], limits: tuple[float, float], scale: Scale) -> Axes:
    """Draw the bars between these limits of the axis, with their names at the left and their changes."""
    low, high = limits
    texts = [
        scale.text(bar.end, minus=MINUS) if bar.total else change_text(scale, bar.change, minus=MINUS)
        for bar in bars
    ]
    widths = (width_of(text, SMALL, weight_of(bar)) for text, bar in zip(texts, bars, strict=True))
    room = (max(widths) + 0.15) / inches(axes)[0]
    axes.set_xlim(low, low + (high - low) / (1.0 - room))
    axes.set_ylim(len(bars) - 0.4, -0.6)
    for place, bar in enumerate(bars):
        start = low if bar.total else bar.start
        colour = TOTAL if bar.total else SAVES if bar.change < 0 else COSTS
        axes.barh(place, bar.end - start, 0.62, start, color=colour)
        if place + 1 < len(bars):
            axes.plot(
                [bar.end, bar.end], [place - 0.31, place + 1.31], color=FAINT_INK, linewidth=0.7, zorder=0.9
            )
        axes.annotate(
            texts[place],
            (max(start, bar.end), place),
            (4, 0),
            textcoords="offset points",
            fontsize=SMALL,
            fontweight=weight_of(bar),
            color=INK,
            va="center",
        )
    axes.set_yticks(range(len(bars)), list(map(label_of, bars)), parse_math=False)
    for label, bar in zip(axes.get_yticklabels(), bars, strict=True):
        label.set_fontweight(weight_of(bar))
        label.set_color(INK)
    axes.tick_params(axis="y", length=0)
    if low:
        _break_bars(axes, [0, len(bars) - 1])
    amounts_on(axes.xaxis, scale, 5)
    return axes


def draw(result: Result, shown: list[str] | None = None) -> Figure:
    """Return the picture of these alternatives, side by side; by default of the first of `groups`.

    Raises CannotDrawError when there is nothing to compare with the baseline.
    """
    shown = shown or next(iter(groups(result)), [])
    if not shown:
        raise CannotDrawError("a waterfall needs an alternative beside the baseline")
    base, currency = short_names(result.titles)[result.baseline], result.scenario.base_currency
    bars = {name: steps(result, name) for name in shown}
    together = [step for own in bars.values() for step in own]
    limits, scale = limits_of(together), scale_of_steps(result, shown)
    described = (
        f"Mean total cost, present value over {horizon(result)}, {currency}, {trials(result)}: from "
        f"{base} through what changes by category (blue: costs less, orange: more) to the alternative."
    )
    with drawing():
        labels = max(width_of(label_of(step), SMALL, weight_of(step)) for step in together) + 0.15
        most = max(len(own) for own in bars.values())
        sheet = page(
            result, finding(result, shown), described, LINE * most + 0.75, 11.4 if len(shown) > 1 else 9.6
        )
        pitch = (sheet.width + 0.3) / len(shown)
        for place, name in enumerate(shown):
            height = LINE * len(bars[name])
            axes = sheet.axes(
                place * pitch + labels, sheet.height - 0.1 - height, pitch - 0.3 - labels, height
            )
            plot(axes, result, name, limits, scale)
            cut = "; the axis does not start at 0" if limits[0] else ""
            axes.set_xlabel(f"Mean cost, present value, {currency}{cut}", parse_math=False)
    return sheet.figure


def change_text(scale: Scale, change: float, *, minus: str = "-") -> str:
    """Return a change with its sign, or in words where the scale has no digit for it."""
    if round(change / scale.divisor, scale.decimals) == 0:
        return "about 0"
    return scale.text(change, minus=minus, plus=True)


def weight_of(step: Step) -> str:
    """Return the weight of the font of a bar's label."""
    return "bold" if step.total else "normal"


def label_of(step: Step) -> str:
    """Return the label as it stands beside the bar, in a column of its own."""
    return fitted(step.label, NAMES, SMALL, weight_of(step))


def scale_of_steps(result: Result, shown: list[str]) -> Scale:
    """Return the scale of the bars, without a digit that the error of the mean costs does not support."""
    means = [mean(result.costs[name]) for name in (result.baseline, *shown)]
    bars = [step for name in shown for step in steps(result, name)]
    return step_scale(bars, max(own.se or 0.0 for own in means))


def step_scale(bars: list[Step], se: float) -> Scale:
    """Return the scale of the bars, without a digit that the error of their totals does not support."""
    sizes = [max(abs(step.end), abs(step.change)) for step in bars]
    return Scale.of(max(sizes), se, min(sizes))


def _difference(result: Result, name: str) -> str:
    """Return by how much the alternative costs less or more than the baseline on average."""
    saving = result.saving(name)
    if not np.any(saving):
        return "exactly as much"
    saved = mean(saving)
    if result.trials > 1 and too_close(saved):
        return "about as much"
    value = money(abs(saved.value), result.scenario.base_currency, saved.se)
    return f"{value} {'less' if saved.value > 0 else 'more'}"


def limits_of(bars: list[Step]) -> tuple[float, float]:
    """Return the limits of the axis: from 0, unless the changes would then be lost in the totals."""
    levels = [bar.end for bar in bars]
    low, high = min(levels), max(levels)
    if low > 0 and high - low < CUT * high:
        return max(low - 0.4 * (high - low), 0.0) if high > low else 0.0, high
    return min(low, 0.0), max(high, 0.0) or 1.0


def _break_bars(axes: Axes, places: list[int]) -> None:
    """Cut the bars of the totals by a white stroke, as the axis does not start at 0."""
    at = inches(axes)[0]
    for place in places:
        axes.plot(
            [0.16 / at, 0.26 / at],
            [place + 0.42, place - 0.42],
            color="white",
            linewidth=3.0,
            transform=axes.get_yaxis_transform(),
        )
