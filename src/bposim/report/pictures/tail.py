"""What makes the costliest futures of an alternative dearer than its mean: parts of expected shortfall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bposim.analysis.attribution import TailParts, tail_parts
from bposim.report.numbers import MINUS, Scale, money, percent
from bposim.report.pictures.labels import drawable, short_names, shorten, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, sampled
from bposim.report.pictures.style import FAINT_INK, INK, SMALL, drawing
from bposim.report.pictures.waterfall import (
    LINE,
    Step,
    change_text,
    draw_steps,
    label_of,
    limits_of,
    step_scale,
    weight_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result

MOST = 12
"""Categories with a bar of their own."""

SMALLEST, TOLD = 0.01, 0.1
"""A bar of its own takes this part of the largest difference, a place in the title this part of them all."""

COLUMN = 0.85
"""Inches of a column of figures."""


def parts(result: Result, name: str) -> TailParts:
    """Return the expected shortfall of a cost by category; CannotDrawError without a sample or an error."""
    if result.sample is None:
        raise CannotDrawError("this result kept no sample of its categories; simulate it again")
    found = tail_parts(result.sample.categories[name], _level(result))
    if found.total.se is None:
        raise CannotDrawError(f"{found.total.note}; run more trials")
    return found


def steps(result: Result, name: str, found: TailParts | None = None) -> list[Step]:
    """Return the bars from the mean cost to its expected shortfall, the largest difference first."""
    found = found or parts(result, name)
    mean = math.fsum(part.value for part in found.usual.values())
    more = {category: found.parts[category].value - found.usual[category].value for category in found.parts}
    order = sorted(
        (category for category in more if more[category]), key=lambda category: -abs(more[category])
    )
    # What would be written as 0 is better part of the rest.
    scale = Scale.of(found.total.value, found.total.se, 0.0)
    least = max(
        SMALLEST * max(map(abs, more.values()), default=0.0), 0.5 * scale.divisor * 10.0**-scale.decimals
    )
    shown = [
        category for place, category in enumerate(order) if place < MOST - 1 and abs(more[category]) >= least
    ]
    rest = order[len(shown) :]
    if len(rest) == 1:
        shown, rest = order, []
    bars, level = [Step("mean of all futures", 0.0, mean, total=True)], mean
    for category in shown:
        label = shorten(drawable(category).replace("_", " "), 24)
        bars.append(Step(label, level, level + more[category], usual=found.usual[category].value))
        level += more[category]
    if rest:
        change = math.fsum(more[category] for category in rest)
        usual = math.fsum(found.usual[category].value for category in rest)
        bars.append(Step(f"other ({len(rest)})", level, level + change, usual=usual))
    return [*bars, Step(f"mean of the dearest {_worst(result)}", 0.0, found.total.value, total=True)]


def finding(result: Result, name: str, found: TailParts | None = None) -> str:
    """Return in a sentence how much worse the tail is and what makes most of it."""
    found = found or parts(result, name)
    first, *changes, last = steps(result, name, found)
    label, currency = short_names(result.titles)[name], result.scenario.base_currency
    extra = last.end - first.end
    worse = [bar for bar in changes if bar.change > TOLD * extra][:2]
    named = " and ".join(f"{bar.label} ({percent(bar.change / extra)})" for bar in worse)
    start = (
        f"in the {_worst(result)} of futures that cost most, {label} costs "
        f"{money(extra, currency, found.total.se)} more than on average"
    )
    return f"{start}: above all {named}" if worse and extra > 0 else start


def alt_text(result: Result, name: str) -> str:
    """Return the picture in words, with the figures of its bars."""
    bars = steps(result, name)
    scale = step_scale(bars, parts(result, name).total.se or 0.0)
    ends = [f"{bar.label} {scale.text(bar.end)}" for bar in (bars[0], bars[-1])]
    rows = [f"{bar.label} {change_text(scale, bar.change)}" for bar in bars[1:-1]]
    currency = result.scenario.base_currency
    what = f"Waterfall from the mean cost to the mean of the futures that cost most, in {currency}."
    return " ".join([f"{finding(result, name)}.", what, f"{'; '.join([ends[0], *rows, ends[1]])}."])


def plot(axes: Axes, result: Result, name: str) -> Axes:
    """Draw the waterfall from the mean cost to the mean of the futures that cost most."""
    found = parts(result, name)
    bars = steps(result, name, found)
    return draw_steps(axes, bars, limits_of(bars), step_scale(bars, found.total.se or 0.0))


def draw(result: Result, name: str) -> Figure:
    """Return the picture: the waterfall, and beside it what each category costs usually and in the tail."""
    found = parts(result, name)
    bars = steps(result, name, found)
    scale, limits = step_scale(bars, found.total.se or 0.0), limits_of(bars)
    currency = result.scenario.base_currency
    described = (
        f"Total cost of {short_names(result.titles)[name]}, present value over {horizon(result)}, "
        f"{currency}, {sampled(result)}: "
        f"what each category costs more in the dearest {_worst(result)} of futures than it usually does. "
        "The parts add up exactly."
    )
    with drawing():
        labels = max(width_of(label_of(bar), SMALL, weight_of(bar)) for bar in bars) + 0.15
        height = LINE * len(bars)
        sheet = page(result, finding(result, name, found), described, height + 1.0, 10.6)
        floor = sheet.height - 0.35 - height
        width = sheet.width - labels - 2 * COLUMN - 0.15
        axes = sheet.axes(labels, floor, width, height)
        draw_steps(axes, bars, limits, scale)
        cut = "; the axis does not start at 0" if limits[0] else ""
        axes.set_xlabel(f"Mean cost, present value, {currency}{cut}")
        for column, head in ((1, "usually"), (2, f"dearest {_worst(result)}")):
            edge = sheet.width - (2 - column) * COLUMN
            sheet.write(edge, floor + height + 0.08, head, SMALL, FAINT_INK, align="right")
            for place, bar in enumerate(bars):
                if bar.usual is not None:
                    value = bar.usual + (bar.change if column == 2 else 0.0)  # noqa: PLR2004 - the tail
                    level = floor + height * (1 - (place + 0.6) / (len(bars) + 0.2)) - 0.045
                    sheet.write(edge, level, _written(scale, value), SMALL, INK, align="right")
    return sheet.figure


def _written(scale: Scale, value: float) -> str:
    return scale.text(value, minus=MINUS)


def _level(result: Result) -> float:
    return result.scenario.preferences.tail_level


def _worst(result: Result) -> str:
    return f"{100 * (1 - _level(result)):.3g}%"
