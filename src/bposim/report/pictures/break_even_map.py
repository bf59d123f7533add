"""Where two drivers together make the mean saving of an alternative a loss: a map of cells of equal count."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.patheffects import withStroke

from bposim.analysis.breakeven import two_way_map
from bposim.analysis.measures import Estimate
from bposim.report.numbers import MINUS, money
from bposim.report.pictures.labels import fitted, inches, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, sampled
from bposim.report.pictures.seen import Seen, scale_of, spoken
from bposim.report.pictures.style import COSTS, INK, SAVES, SMALL, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.breakeven import TwoWayMap
    from bposim.report.numbers import Scale
    from bposim.result import Result
    from bposim.shapes import FloatArray

CELLS = 8
"""Cells along a driver."""

LOSS_TO_SAVING = LinearSegmentedColormap.from_list("loss to saving", [COSTS, "#ffffff", SAVES])

EMPTY = "#efefef"

LEVELS = (0.5, 0.2, 0.8)
"""Where a number stands in the height of its cell: in the middle, unless the line is there."""

GAP = 0.06
"""Between a number and the line, as a part of a cell."""

PALEST = 0.55
"""On a colour further than this towards the ends of the map, numbers are white."""


def pair(seen: Seen) -> tuple[str, str]:
    """Return the two drivers of the map: the chosen ones, or the two strongest that spread over cells."""
    if seen.chosen:
        found = seen.strongest(2)
        if len(found) < 2 or found[0] == found[1]:  # noqa: PLR2004 - it is called a pair
            raise CannotDrawError("a map takes two different drivers; choose two or none")
    else:
        found = [bar.name for bar in seen.bars if _spreads(seen, bar.name)][:2]
        if len(found) < 2:  # noqa: PLR2004
            raise CannotDrawError(f"fewer than two drivers of {seen.name} take many values")
    return found[0], found[1]


def cells(seen: Seen) -> TwoWayMap:
    """Return the map of the saving; CannotDrawError where no cell has enough trials."""
    first, second = pair(seen)
    found = two_way_map(seen.saving, seen.drivers[first], seen.drivers[second], CELLS)
    if not np.isfinite(found.mean).any():
        raise CannotDrawError(f"{seen.saving.size:,} trials leave fewer than 30 in each cell; run more")
    return found


def finding(seen: Seen, found: TwoWayMap | None = None) -> str:
    """Return in a sentence in how many cells it saves, and where it saves least."""
    found = found or cells(seen)
    first, second = (spoken(name) for name in pair(seen))
    known = int(np.isfinite(found.mean).sum())
    saves = int(np.count_nonzero(found.mean > 0))
    row, column = np.unravel_index(int(np.nanargmin(found.mean)), found.mean.shape)
    least = money(float(found.mean[row, column]), seen.currency, float(found.se[row, column]), minus=MINUS)
    sides = _side(int(column), found.mean.shape[1]), _side(int(row), found.mean.shape[0])
    together = f"{first} and {second} are {sides[0]}"
    where = together if sides[0] == sides[1] else f"{first} is {sides[0]} and {second} is {sides[1]}"
    how = (
        f"in all {known} cells"
        if saves == known
        else f"in {saves} of {known} cells"
        if saves
        else f"in none of {known} cells"
    )
    return f"{seen.label} saves on average {how}; least, {least}, where {where}"


def alt_text(seen: Seen) -> str:
    """Return the picture in words, with the figures of its corners."""
    found = cells(seen)
    scale = _scale(found)
    across, up = pair(seen)
    first, second = seen.titled(across), seen.titled(up)
    corners = [
        f"{first} about {seen.value(across, float(found.first_at[column]))} and {second} about "
        f"{seen.value(up, float(found.second_at[row]))}: "
        + (
            scale.text(float(found.mean[row, column]))
            if np.isfinite(found.mean[row, column])
            else "too few futures"
        )
        for row in (0, -1)
        for column in (0, -1)
    ]
    what = (
        f"Map of the mean saving by {first} (across) and {second} (up), in {seen.currency}, with the "
        "line of break-even."
    )
    return " ".join([f"{finding(seen, found)}.", what, f"{'; '.join(corners)}."])


def plot(axes: Axes, result: Result, name: str, seen: Seen | None = None) -> Axes:
    """Draw the cells with their mean savings, and the line along which the mean saving is 0."""
    seen = seen or Seen(result, name)
    found = cells(seen)
    rows, columns = found.mean.shape
    scale = _scale(found)
    most = float(np.nanmax(np.abs(found.mean))) or 1.0
    axes.set_facecolor(EMPTY)
    norm = TwoSlopeNorm(0.0, -most, most)
    axes.pcolormesh(found.mean, cmap=LOSS_TO_SAVING, norm=norm, edgecolors="white", linewidth=1.0)
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)
    crosses = min(rows, columns) > 1 and found.surface.min() < 0.0 < found.surface.max()
    line = break_even_line(axes, found.surface) if crosses else np.empty((0, 2))
    width, height = inches(axes)
    for (row, column), value in np.ndenumerate(found.mean):
        if np.isfinite(value):
            text = scale.text(float(value), minus=MINUS)
            beside = width_of(text, SMALL) / 2 * columns / width
            axes.annotate(
                text,
                (column + 0.5, row + off_the_line(line - (column, row), beside, 0.1 * rows / height)),
                fontsize=SMALL,
                ha="center",
                va="center",
                color="white" if abs(value) > PALEST * most else INK,
            )
    across, up = pair(seen)
    axes.set_xticks(range(columns + 1), _edges(seen, across, found.first_edges))
    axes.set_yticks(range(rows + 1), _edges(seen, up, found.second_edges))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    first, second = (
        fitted(seen.titled(own), room, 10.0) for own, room in zip((across, up), inches(axes), strict=True)
    )
    axes.set_xlabel(first, parse_math=False)
    axes.set_ylabel(second, parse_math=False)
    return axes


def draw(result: Result, name: str, seen: Seen | None = None) -> Figure:
    """Return the picture."""
    seen = seen or Seen(result, name)
    found = cells(seen)
    line = "; the black line is break-even" if found.surface.min() < 0.0 < found.surface.max() else ""
    shown = (
        f"Mean saving of {seen.label} against {seen.base_label} by two drivers: present value over "
        f"{horizon(result)}, "
        f"{seen.currency}, {sampled(result)}. Blue saves, orange costs more, grey has fewer than 30 "
        "futures. Edges are the "
        f"drivers' values, so that each column and each row holds as many futures{line}."
    )
    with drawing():
        sheet = page(result, finding(seen, found), shown, 5.0, 10.4)
        plot(sheet.axes(1.05, 0.65, sheet.width - 1.2, sheet.height - 0.8), result, name, seen)
    return sheet.figure


def off_the_line(line: FloatArray, beside: float, above: float) -> float:
    """Return the height in a cell at which a number of this half width and half height is off the line."""
    near = line[np.abs(line[:, 0] - 0.5) < beside + GAP, 1]
    distance = {level: float(np.min(np.abs(near - level), initial=1.0)) for level in LEVELS}
    free = (level for level in LEVELS if distance[level] >= above + GAP)
    return next(free, max(LEVELS, key=lambda level: distance[level]))


def break_even_line(axes: Axes, surface: FloatArray) -> FloatArray:
    """Draw the contour of a surface at 0 through the middles of the cells; return points along it."""
    rows, columns = surface.shape
    drawn = axes.contour(
        np.arange(columns) + 0.5, np.arange(rows) + 0.5, surface, [0.0], colors=INK, linewidths=2.2
    )
    drawn.set_path_effects([withStroke(linewidth=4.5, foreground="white")])
    steps = np.linspace(0.0, 1.0, 20)[:, np.newaxis]
    points = [a + steps * (b - a) for way in drawn.allsegs[0] for a, b in pairwise(way)]
    return np.concatenate(points) if points else np.empty((0, 2))


def _edges(seen: Seen, name: str, edges: np.ndarray) -> list[str]:
    return [seen.value(name, float(edge)) for edge in edges]


def _side(place: int, count: int) -> str:
    """Return where a cell lies among those of its driver."""
    return "lowest" if place == 0 else "highest" if place == count - 1 else "in between"


def _spreads(seen: Seen, name: str) -> bool:
    """Return whether a driver takes enough values for a cell each between its quantiles."""
    levels = np.quantile(seen.drivers[name], np.linspace(0, 1, CELLS + 1))
    return all(low < high for low, high in pairwise(levels))


def _scale(found: TwoWayMap) -> Scale:
    known = np.isfinite(found.mean)
    return scale_of(
        [Estimate(float(v), float(e)) for v, e in zip(found.mean[known], found.se[known], strict=True)]
    )
