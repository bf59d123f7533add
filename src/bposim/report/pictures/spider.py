"""How the mean saving goes with each of the strongest drivers, all on one axis of percentiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patheffects import withStroke

from bposim.analysis.breakeven import break_evens, conditional_mean
from bposim.analysis.measures import Estimate
from bposim.report.numbers import percent
from bposim.report.pictures.labels import amounts_on, fitted, inches, spread
from bposim.report.pictures.page import CannotDrawError, horizon, page, sampled
from bposim.report.pictures.seen import Seen, scale_of, spoken
from bposim.report.pictures.style import FAINT_INK, INK, SMALL, drawing, series
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.breakeven import BreakEven
    from bposim.report.numbers import Scale
    from bposim.result import Result
    from bposim.shapes import FloatArray

MOST = 7
"""Lines on the picture: as many as there are colours."""

SHARES = np.linspace(0.02, 0.98, 97)
"""Percentiles at which a line is drawn; further out the trials are few."""

FAR = 2.5
"""Break-even is left out where it would make the axis so many times as long as the lines need."""

ENDS = 3.45
"""Inches for the names of the lines."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One driver's line: the mean saving where the driver is at each of ``SHARES`` of its values."""

    name: str
    saving: FloatArray
    low_at: float
    high_at: float
    crossings: tuple[BreakEven, ...]


def threads(seen: Seen) -> list[Thread]:
    """Return the lines of the strongest drivers, the widest swing first."""
    found = []
    names = seen.strongest(MOST, common=True)
    if not names:
        raise CannotDrawError(f"only rare events move the saving of {seen.name}; the tornado shows them")
    for name in names:
        x = seen.drivers[name]
        curve = conditional_mean(seen.saving, x)
        at = np.quantile(x, SHARES)
        found.append(
            Thread(
                name,
                np.interp(at, curve.at, curve.value),
                float(at[0]),
                float(at[-1]),
                break_evens(curve, x),
            )
        )
    return found


def finding(seen: Seen) -> str:
    """Return in a sentence which drivers alone take the mean saving through 0, and how likely that is."""
    turning = {
        line.name: crossing for line in threads(seen) for crossing in line.crossings if _in_sight(crossing)
    }
    what = "saving" if seen.mean.value > 0 else "loss"
    if not turning:
        return f"no driver turns the mean {what} of {seen.label} on its own"
    parts = []
    for name, crossing in list(turning.items())[:2]:
        # Beyond the crossing is the side on which the mean has the other sign.
        above = crossing.rising != (seen.mean.value > 0)
        share = 1 - crossing.below if above else crossing.below
        side = "above" if above else "below"
        parts.append(f"{spoken(name)} {side} {seen.value(name, crossing.at)} ({percent(share)} of futures)")
    more = len(turning) - len(parts)
    count = (
        ("one driver turns", "two drivers turn")[len(turning) - 1]
        if not more
        else f"{len(turning)} drivers turn"
    )
    how = "on its own" if len(turning) == 1 else "each on its own"
    named = f"among them {listed(parts)}" if more else listed(parts)
    return f"{count} the mean {what} of {seen.label} {how}: {named}"


def _in_sight(crossing: BreakEven) -> bool:
    """Return whether a crossing lies where the lines are drawn."""
    return float(SHARES[0]) <= crossing.below <= float(SHARES[-1])


def alt_text(seen: Seen) -> str:
    """Return the picture in words, with the ends of its lines."""
    lines = threads(seen)
    scale = _scale(lines)
    rows = [
        f"{seen.titled(line.name)}: {scale.text(float(line.saving[0]))} at "
        f"{seen.value(line.name, line.low_at)}, "
        f"{scale.text(float(line.saving[-1]))} at {seen.value(line.name, line.high_at)}."
        for line in lines
    ]
    what = f"Spider chart of the mean saving by percentile of each driver, P2 to P98, in {seen.currency}."
    return " ".join([f"{finding(seen)}.", what, *rows])


def plot(axes: Axes, result: Result, name: str, seen: Seen | None = None) -> Axes:
    """Draw a line for each of the strongest drivers, with its name and values at the right end."""
    seen = seen or Seen(result, name)
    lines = threads(seen)
    scale = _scale(lines)
    for line, look in zip(lines, series(len(lines)), strict=True):
        axes.plot(100 * SHARES, line.saving, color=look.colour, linestyle=look.dashes, linewidth=2.0)
    low, high = (
        min(float(line.saving.min()) for line in lines),
        max(float(line.saving.max()) for line in lines),
    )
    wide = min(low, 0.0), max(high, 0.0)
    near = wide[1] - wide[0] <= FAR * (high - low) or low == high
    low, high = wide if near else (low, high)
    axes.set_xlim(0, 100)
    axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    if near:
        axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1.5)
        words, at = "break-even", (1.0, 0.0)
    else:
        words, at = (
            f"break-even, 0, is far {'below' if low > 0 else 'above'}",
            (1.0, axes.get_ylim()[low < 0]),
        )
    axes.annotate(
        words,
        at,
        (0, -12 if not near and low < 0 else 3),
        textcoords="offset points",
        fontsize=SMALL,
        color=FAINT_INK,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )
    axes.set_xticks([5, 25, 50, 75, 95], ["P5", "P25", "P50", "P75", "P95"])
    axes.grid(axis="x")
    amounts_on(axes.yaxis, scale, 6)
    _label_ends(axes, seen, lines)
    return axes


def draw(result: Result, name: str, seen: Seen | None = None) -> Figure:
    """Return the picture."""
    seen = seen or Seen(result, name)
    shown = (
        f"Mean saving of {seen.label} against {seen.base_label} in the futures in which a driver comes "
        "out at so many "
        f"per cent of its values: present value over {horizon(result)}, {seen.currency}, {sampled(result)}. "
        "A steep line is a strong driver; in brackets its values at P2 and P98. Rare events are in the "
        "tornado alone."
    )
    with drawing():
        sheet = page(result, finding(seen), shown, 5.0, 11.2)
        axes = sheet.axes(0.85, 0.6, sheet.width - 0.85 - ENDS, sheet.height - 0.8)
        plot(axes, result, name, seen)
        axes.set_xlabel("Percentile of the driver")
        axes.set_ylabel(f"Mean saving, present value, {seen.currency}")
    return sheet.figure


def _label_ends(axes: Axes, seen: Seen, lines: list[Thread]) -> None:
    """Write names and values of the drivers right of their lines, moved apart where they would overlap."""
    _, height = inches(axes)
    low, high = axes.get_ylim()
    levels = [(float(line.saving[-1]) - low) / (high - low) * height for line in lines]
    moved = spread(levels, [0.38] * len(lines), 0.0, height)
    for line, look, level, place in zip(lines, series(len(lines)), levels, moved, strict=True):
        axes.annotate(
            "",
            (0.98, level / height),
            (1.02, place / height),
            "axes fraction",
            arrowprops={
                "arrowstyle": "-",
                "color": look.colour,
                "linewidth": 0.8,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        title = fitted(seen.titled(line.name), ENDS - 0.25, SMALL, "bold")
        axes.annotate(
            title,
            (1.02, place / height),
            (3, 1),
            "axes fraction",
            "offset points",
            fontsize=SMALL,
            fontweight="bold",
            color=INK,
            va="bottom",
            parse_math=False,
        )
        axes.annotate(
            f"({seen.value(line.name, line.low_at)} to {seen.value(line.name, line.high_at)})",
            (1.02, place / height),
            (3, -1),
            "axes fraction",
            "offset points",
            fontsize=SMALL,
            color=FAINT_INK,
            va="top",
        )


def _scale(lines: list[Thread]) -> Scale:
    return scale_of([Estimate(float(value), None) for line in lines for value in line.saving[[0, -1]]])
