"""How the saving of each alternative builds up month by month, and when it has paid back what it took."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MultipleLocator

from bposim.analysis.payback import payback_summary
from bposim.report.numbers import MINUS, Scale, of_futures
from bposim.report.pictures.labels import (
    amounts_on,
    fitted,
    inches,
    merged,
    sentence,
    short_names,
    spread,
)
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.spread import Spread, common_scale
from bposim.report.pictures.style import FAINT_INK, INK, LABEL, SMALL, drawing, looks
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.payback import PaybackSummary
    from bposim.result import Result
    from bposim.shapes import FloatArray

LEVELS = (5, 25, 50, 75, 95)
"""Percentages of futures at or below the lines of a fan."""

LEFT, GAP, ENDS, BELOW, ABOVE = 0.95, 0.25, 0.85, 0.55, 0.55
"""Inches left of the panels, between them, and right of, below and above each for what is written there."""

COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2, 1000: 3}
"""Panels side by side, by the largest number of panels that has so many."""


def finding(result: Result) -> str:
    """Return in a sentence which alternative pays back first, by when, and how often it never does."""
    names, paid = short_names(result.titles), _paybacks(result)
    within, base = f"within {horizon(result)}", names[result.baseline]
    order = sorted(
        paid,
        key=lambda name: (math.inf if paid[name].p50 is None else paid[name].p50, paid[name].never.value),
    )
    first = order[0]
    month, never = paid[first].p50, of_futures(paid[first].never.value, result.trials)
    if not any(np.any(result.cumulative[name]) for name in order):
        return f"{listed([names[name] for name in order])} cost the same as {base} month by month"
    if month is None:
        start = "no alternative pays back in half of futures: " if len(order) > 1 else ""
        nearest = ", the nearest," if len(order) > 1 else ""
        return f"{start}{names[first]}{nearest} never pays back {within} in {never}"
    also = [names[name] for name in order if paid[name].p50 == month]
    if month == 0:
        are = "is" if len(also) == 1 else "are"
        return f"{listed(also)} {are} never behind {base} in half of futures or more"
    if len(also) > 1:
        return f"{listed(also)} have paid back by month {month} in half of futures, no alternative earlier"
    start = f"{names[first]} pays back first, by" if len(order) > 1 else f"{names[first]} has paid back by"
    return f"{start} month {month} in half of futures; in {never} it never does {within}"


def alt_text(result: Result) -> str:
    """Return the picture in words, with the figures that it marks."""
    names = short_names(result.titles)
    scale = _scale(result, result.names[1:])
    ends = {name: _end(result, name).marked.items() for name in result.names[1:]}
    rows = [
        f"{names[name]}: {', '.join(f'{mark} {scale.text(at.value)}' for mark, at in marked)} "
        f"in month {result.scenario.months}; {payback_words(result, name)}."
        for name, marked in ends.items()
    ]
    what = (
        f"Fan charts of the cumulative undiscounted saving against {names[result.baseline]} by month, "
        f"in {result.scenario.base_currency}, one panel an alternative."
    )
    return " ".join([f"{finding(result)}.", what, *rows])


def fan_lines(result: Result, name: str) -> FloatArray:
    """Return P5, P25, P50, P75 and P95 of the cumulative saving of months 0..T, ``(5, months + 1)``."""
    return np.asarray(np.percentile(result.cumulative[name], LEVELS, axis=1), dtype=np.float64)


def plot(
    axes: Axes,
    result: Result,
    name: str,
    limits: tuple[float, float] | None = None,
    scale: Scale | None = None,
) -> Axes:
    """Draw the fan of one alternative: P5 to P95, P25 to P75, the median, break-even and the median payback.

    ``limits`` of the saving and ``scale`` of its amounts are the picture's where panels share them.
    """
    lines = fan_lines(result, name)
    scale = scale or _scale(result, [name])
    months = np.arange(lines.shape[1])
    colour = looks(result)[name].colour
    axes.fill_between(months, lines[0], lines[4], color=colour, alpha=0.22, linewidth=0)
    axes.fill_between(months, lines[1], lines[3], color=colour, alpha=0.42, linewidth=0)
    axes.plot(months, lines[2], color=colour, linewidth=2.0)
    axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1.5)
    axes.set_xlim(0, months[-1])
    axes.set_ylim(limits or _limits(result, [name]))
    axes.xaxis.set_major_locator(MultipleLocator(month_step(int(months[-1]))))
    amounts_on(axes.yaxis, scale, 6)
    _mark_payback(axes, payback_summary(result.payback[name]).p50)
    ends = {"P95": lines[4, -1], "P50": lines[2, -1], "P5": lines[0, -1]}
    _label_ends(axes, merged({mark: float(at) for mark, at in ends.items()}, ""), scale)
    label = fitted(short_names(result.titles)[name], inches(axes)[0] + ENDS, LABEL + 0.5, "bold")
    axes.set_title(
        label, loc="left", pad=22, fontsize=LABEL + 0.5, fontweight="bold", color=INK, parse_math=False
    )
    words = sentence(payback_words(result, name))
    axes.annotate(words, (0, 1), (0, 8), "axes fraction", "offset points", fontsize=SMALL, color=FAINT_INK)
    return axes


def draw(result: Result) -> Figure:
    """Return the picture: one panel an alternative, all on one scale.

    Raises CannotDrawError when there is nothing to compare with the baseline.
    """
    others = result.names[1:]
    if not others:
        raise CannotDrawError("a fan of savings needs an alternative beside the baseline")
    kept = result.cumulative[others[0]].shape[1]
    some = f"the first {kept:,} of {trials(result)}" if kept < result.trials else trials(result)
    base, currency = short_names(result.titles)[result.baseline], result.scenario.base_currency
    shown = (
        f"Cumulative saving against {base}, not discounted, {currency}, {some}. "
        "Line: median (P50); dark: half of futures (P25 to P75); pale: nine of ten (P5 to P95); "
        "dot: half of futures have paid back for good."
    )
    columns = next(count for panels, count in COLUMNS.items() if len(others) <= panels)
    rows = math.ceil(len(others) / columns)
    height = 4.1 if rows == 1 else 2.9 if rows == 2 else 2.4  # noqa: PLR2004
    with drawing():
        scale, limits = _scale(result, others), _limits(result, others)
        sheet = page(result, finding(result), shown, height * rows, 11.0 if columns > 1 else 9.6)
        pitch = (sheet.width - LEFT + GAP) / columns
        for place, name in enumerate(others):
            row, column = divmod(place, columns)
            box = (LEFT + column * pitch, sheet.height - (row + 1) * height + BELOW)
            axes = sheet.axes(*box, pitch - GAP - ENDS, height - BELOW - ABOVE)
            plot(axes, result, name, limits, scale)
            axes.tick_params(labelleft=column == 0)
            if column == 0:
                axes.set_ylabel(f"Cumulative saving, {currency}")
            axes.set_xlabel("Month")
    return sheet.figure


def _paybacks(result: Result) -> dict[str, PaybackSummary]:
    return {name: payback_summary(result.payback[name]) for name in result.names[1:]}


def _end(result: Result, name: str) -> Spread:
    return Spread.of(np.asarray(result.cumulative[name][-1], dtype=np.float64), result.replicate)


def _scale(result: Result, names: list[str]) -> Scale:
    """Return the scale of what the fans end at, in the unit of the axis."""
    ends = common_scale([_end(result, name) for name in names])
    axis = Scale.of(max(map(abs, _limits(result, names))))
    return ends if ends.divisor == axis.divisor else axis


def payback_words(result: Result, name: str) -> str:
    """Return when the alternative pays back and how often it never does."""
    paid = payback_summary(result.payback[name])
    if paid.p50 is None:
        return f"{of_futures(paid.never.value, result.trials)} never pay back"
    never = of_futures(paid.never.value, result.trials).removesuffix(" of futures")
    if paid.p50 == 0:
        return f"half or more never behind, {never} never pay back" if paid.never.value else "never behind"
    return f"half have paid back by month {paid.p50}, {never} never do"


def _limits(result: Result, names: list[str]) -> tuple[float, float]:
    """Return limits that hold the fans of all these alternatives and break-even."""
    lines = [fan_lines(result, name) for name in names]
    low, high = min(0.0, *(float(own.min()) for own in lines)), max(0.0, *(float(own.max()) for own in lines))
    if low == high:
        high = 0.01 * abs(float(np.mean(result.costs[result.baseline]))) or 1.0
        low = -high
    return low - 0.08 * (high - low), high + 0.05 * (high - low)


def month_step(months: int) -> int:
    """Return the months between ticks: whole years where there are two or more."""
    if months < 24:  # noqa: PLR2004
        return 3 if months > 6 else 1  # noqa: PLR2004
    return 12 * math.ceil(months / 72)


def _mark_payback(axes: Axes, month: int | None) -> None:
    """Mark the median payback month on the break-even line and drop a line to its number."""
    if month is None:
        return
    low, _ = axes.get_ylim()
    last = axes.get_xlim()[1]
    axes.plot([month, month], [low, 0.0], color=INK, linewidth=1.0, dashes=(3, 1.5))
    axes.plot([month], [0.0], "o", color=INK, markersize=5, clip_on=False, zorder=4)
    near_end = month > 0.7 * last
    axes.annotate(
        f"month {month}",
        (month, low),
        (-4 if near_end else 4, 3),
        textcoords="offset points",
        fontsize=SMALL,
        ha="right" if near_end else "left",
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def _label_ends(axes: Axes, ends: dict[str, float], scale: Scale) -> None:
    """Write what the lines end at to the right of them, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    _, height = inches(axes)
    levels = [(value - low) / (high - low) * height for value in ends.values()]
    # Written from the bottom up, so that equal ends keep the order of their names.
    moved = spread(levels[::-1], [0.165] * len(levels), 0.0, height)[::-1]
    for (mark, value), level in zip(ends.items(), moved, strict=True):
        axes.annotate(
            f"{mark} {scale.text(value, minus=MINUS)}".strip(),
            (1.0, level / height),
            (4, 0),
            "axes fraction",
            "offset points",
            fontsize=SMALL,
            va="center",
        )
