"""Each of the strongest drivers against the saving: single futures, and the mean saving given the driver."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter

from bposim.analysis.breakeven import break_evens, conditional_mean
from bposim.analysis.measures import Z95, Estimate
from bposim.analysis.sensitivity import first_order
from bposim.report.numbers import Scale, percent
from bposim.report.pictures.labels import amounts_on, fitted, inches
from bposim.report.pictures.page import horizon, page, sampled
from bposim.report.pictures.seen import Seen, per_cent, spoken
from bposim.report.pictures.style import BLUE, FAINT_INK, INK, LABEL, SMALL, VERMILION, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result

MOST = 4
"""Drivers on the picture."""

DOTS = 1000
"""Futures drawn as dots: the first of the run, which are as good as any."""

LEAST = 0.01
"""The smallest share that is written out."""

HEIGHT, PANEL, GAP, LEFT = 2.9, 1.85, 0.55, 0.85
"""Inches of a row with its title and axis, of its panel, between the panels and left of them."""

LINE = 2.2
"""Points of the line's width."""


def finding(seen: Seen) -> str:
    """Return in a sentence how much of the uncertainty the first driver carries."""
    name = max(_explained(seen).items(), key=lambda each: each[1].value)[0]
    share = _explained(seen)[name]
    title = spoken(name)
    if share.low is None or share.low <= 0:
        return f"no driver alone says much about the saving of {seen.label}"
    return f"{_share(share)} of the variance of {seen.label}'s saving comes from {title} alone"


def alt_text(seen: Seen) -> str:
    """Return the picture in words, with its figures."""
    explained = _explained(seen)
    rows = [
        f"{seen.titled(name)}: explains {_share(share)} of the variance; {_crossing_words(seen, name)}."
        for name, share in explained.items()
    ]
    what = (
        "Scatter plots of the saving against the strongest drivers, with the mean given each, in "
        f"{seen.currency}."
    )
    return " ".join([f"{finding(seen)}.", what, *rows])


def plot(axes: Axes, result: Result, name: str, driver: str = "", seen: Seen | None = None) -> Axes:
    """Draw one driver, by default the strongest: dots, the conditional mean with its band, break-even."""
    seen = seen or Seen(result, name)
    driver = driver or seen.strongest(1)[0]
    x, y = seen.drivers[driver], seen.saving
    curve = conditional_mean(y, x)
    axes.plot(x[:DOTS], y[:DOTS], "o", color=FAINT_INK, markersize=2.2, markeredgewidth=0, alpha=0.4)
    axes.fill_between(
        curve.at,
        curve.value - Z95 * curve.se,
        curve.value + Z95 * curve.se,
        color=VERMILION,
        alpha=0.3,
        linewidth=0,
    )
    axes.plot(curve.at, curve.value, color=VERMILION, linewidth=LINE)
    axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1.5)
    low, high = np.quantile(x, [0.005, 0.995])
    room = 0.03 * (high - low) or 0.05 * abs(low) or 1.0
    axes.set_xlim(low - room, high + room)
    bottom, top = _limits(seen)
    axes.set_ylim(bottom, top + 0.02 * (top - bottom))
    for crossing in break_evens(curve, x)[:2]:
        axes.plot(crossing.at, 0.0, "o", color=BLUE, markersize=6, zorder=4)
    amounts_on(axes.yaxis, Scale.of(max(abs(bottom), abs(top))), 5)
    amounts_on(axes.xaxis, Scale.of(max(abs(low), abs(high))), 5)
    if seen.is_rate(driver):
        axes.xaxis.set_major_formatter(FuncFormatter(lambda rate, _: per_cent(rate)))
    explained = first_order(y, {driver: x})[driver]
    words = f"explains {_share(explained)}; {_crossing_words(seen, driver)}"
    width, _ = inches(axes)
    axes.set_title(
        fitted(seen.titled(driver), width, LABEL, "bold"),
        loc="left",
        pad=18,
        fontsize=LABEL,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    axes.annotate(
        fitted(words, width, SMALL),
        (0, 1),
        (0, 5),
        "axes fraction",
        "offset points",
        fontsize=SMALL,
        color=FAINT_INK,
    )
    return axes


def draw(result: Result, name: str, seen: Seen | None = None) -> Figure:
    """Return the picture: a panel a driver, all on one axis of savings."""
    seen = seen or Seen(result, name)
    shown_drivers = seen.strongest(MOST)
    some = min(DOTS, seen.saving.size)
    shown = (
        f"Saving of {seen.label} against {seen.base_label}: present value over {horizon(result)}, "
        f"{seen.currency}. "
        f"A dot is a future ({some:,} of {sampled(result)}); the line is the mean saving given the driver"
        f"{_marks(seen)}. Explained is the share of the variance."
    )
    columns = min(len(shown_drivers), 2)
    rows = math.ceil(len(shown_drivers) / columns)
    with drawing():
        sheet = page(result, finding(seen), shown, HEIGHT * rows, 11.2)
        pitch = (sheet.width - LEFT + GAP) / columns
        for place, driver in enumerate(shown_drivers):
            row, column = divmod(place, columns)
            axes = sheet.axes(
                LEFT + column * pitch, sheet.height - (row + 1) * HEIGHT + 0.5, pitch - GAP, PANEL
            )
            plot(axes, result, name, driver, seen)
            if column == 0:
                axes.set_ylabel(f"Saving, {seen.currency}")
    return sheet.figure


def _marks(seen: Seen) -> str:
    """Return what can be seen beside dots and line: a band twice as wide as the line, a break-even."""
    bottom, top = _limits(seen)
    curves = {name: conditional_mean(seen.saving, seen.drivers[name]) for name in seen.strongest(MOST)}
    # The line's own width in money, on an axis as high as a panel's.
    line = LINE / 72 / PANEL * (top - bottom)
    band = any(Z95 * float(np.max(curve.se)) > line for curve in curves.values())
    dot = any(break_evens(curve, seen.drivers[name]) for name, curve in curves.items())
    return f"{' with its 95% band' if band else ''}{'; a blue dot is where it breaks even' if dot else ''}"


def _limits(seen: Seen) -> tuple[float, float]:
    """Return the lowest and the highest saving on the picture, 0 among them."""
    bottom, top = np.quantile(seen.saving, [0.005, 0.995])
    return min(float(bottom), 0.0), max(float(top), 0.0)


def _explained(seen: Seen) -> dict[str, Estimate]:
    return first_order(seen.saving, {name: seen.drivers[name] for name in seen.strongest(MOST)})


def _share(explained: Estimate) -> str:
    if explained.value < LEAST:
        return "less than 1%"
    return percent(explained.value)


def _crossing_words(seen: Seen, driver: str) -> str:
    """Return where the mean saving given the driver crosses 0."""
    x = seen.drivers[driver]
    found = break_evens(conditional_mean(seen.saving, x), x)
    if not found:
        return "breaks even nowhere in its range"
    places = " and ".join(seen.value(driver, crossing.at) for crossing in found[:2])
    first = found[0]
    side, share = ("below", first.below) if first.rising else ("above", 1 - first.below)
    if len(found) > 1:
        return f"breaks even at {places}"
    often = percent(share) if share >= LEAST else "less than 1%"
    return f"breaks even at {places}; {side} it, {often} of futures"
