"""Rows with a name on the left and bars or spans beside it: what pictures of lists share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from matplotlib.patheffects import withStroke

from bposim.report.pictures.labels import amounts_on, drawable, fitted, inches, width_of
from bposim.report.pictures.style import INK, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bposim.analysis.measures import Estimate
    from bposim.report.numbers import Scale
    from bposim.report.pictures.page import Page

LINE = 0.34
"""Inches from row to row."""

GAP = 0.3
"""Inches between panels."""

Side: TypeAlias = Literal["left", "right", "above"]

SIDES: dict[Side, tuple[float, float, str, str]] = {
    "left": (-4, 0, "right", "center"),
    "right": (4, 0, "left", "center"),
    "above": (0, 5, "center", "bottom"),
}
"""Offset of a text in points, and how it is aligned."""

HALO = (withStroke(linewidth=2.5, foreground="white"),)
"""Text that stays legible on a line."""


def write_names(sheet: Page, floor: float, height: float, names: Sequence[str], most: float) -> float:
    """Write a name for each row, the first on top, and return how wide the longest is, at most ``most``."""
    texts = [fitted(drawable(name), most, SMALL) for name in names]
    for place, text in enumerate(texts):
        sheet.write(0, level_of(floor, height, place, len(texts)), text, SMALL, INK)
    return max(width_of(text, SMALL) for text in texts) + 0.12


def level_of(floor: float, height: float, place: int, count: int) -> float:
    """Return the baseline of the text of a row."""
    return floor + height * (1 - (place + 0.55) / count) - 0.045


def frame_rows(axes: Axes, count: int, ends: tuple[float, float], scale: Scale, room: float) -> None:
    """Set up axes for rows numbered from the top, with ``room`` inches for texts on either side."""
    low, high = ends
    width = inches(axes)[0]
    beyond = room / max(width - 2 * room, 0.2 * width) * ((high - low) or 1.0)
    axes.set_xlim(low - beyond, high + beyond)
    axes.set_ylim(count - 0.45, -0.55)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    amounts_on(axes.xaxis, scale, 4 if width < 5 else 6)  # noqa: PLR2004 - inches
    left, right = axes.get_xlim()
    if left < 0.0 < right:
        axes.axvline(0.0, color=INK, linewidth=1.0, zorder=0.9)


def bar(axes: Axes, place: float, estimate: Estimate, colour: str, text: str) -> None:
    """Draw a bar from 0 with its 95 % interval, and its text beyond both."""
    axes.barh(place, estimate.value, 0.62, color=colour)
    reach = [0.0, estimate.value]
    if estimate.low is not None and estimate.high is not None:
        axes.plot([estimate.low, estimate.high], [place, place], color=INK, linewidth=1.0)
        reach += [estimate.low, estimate.high]
    if estimate.value < 0:
        note(axes, min(reach), place, text, "left")
    else:
        note(axes, max(reach), place, text, "right")


def note(axes: Axes, x: float, place: float, text: str, side: Side) -> None:
    """Write a text on one side of a point of a row."""
    across, up, align, seat = SIDES[side]
    axes.annotate(
        text,
        (x, place),
        (across, up),
        textcoords="offset points",
        fontsize=SMALL,
        ha=align,
        va=seat,
        parse_math=False,
        path_effects=list(HALO),
    )


def reached(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """Return the least and the greatest place that bars from 0 with these intervals take."""
    ends = [0.0]
    for estimate in estimates:
        ends += [end for end in (estimate.value, estimate.low, estimate.high) if end is not None]
    return min(ends), max(ends)
