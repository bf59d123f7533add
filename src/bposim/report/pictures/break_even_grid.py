"""A figure of two alternatives by two numbers of the scenario, with the line along which the choice turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import TwoSlopeNorm

from bposim.report.numbers import MINUS, Scale, percent
from bposim.report.pictures.break_even_map import LOSS_TO_SAVING, PALEST, break_even_line, off_the_line
from bposim.report.pictures.convergence import FIGURES
from bposim.report.pictures.labels import drawable, fitted, inches, shorten, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.seen import figure, per_cent, spoken
from bposim.report.pictures.style import INK, SMALL, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.report.pictures.page import Origin
    from bposim.shapes import FloatArray

LONGEST = 30
"""Characters of an alternative's name."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The figure of an alternative against another one, ``(second, first)``."""

    alternative: str
    other: str
    figure: str
    """Its name for people."""
    level: float
    """Where the choice turns."""
    saves: bool
    """Whether more of the figure speaks for the alternative."""
    is_share: bool
    first: str
    second: str
    first_at: FloatArray
    second_at: FloatArray
    value: FloatArray
    se: FloatArray
    """NaN where there is none."""
    by_runs: bool
    rates: tuple[bool, bool] = (False, False)
    """Whether the first and the second number are written in per cent."""

    def at(self, number: int, value: float) -> str:
        """Return a value of the first number, 0, or the second, 1, as the file writes it."""
        return per_cent(value) if self.rates[number] else figure(value)

    @property
    def holds(self) -> FloatArray:
        """Where the figure speaks for the alternative."""
        ahead = self.value > self.level if self.saves else self.value < self.level
        return np.asarray(ahead)

    def text(self, value: float) -> str:
        """Return a cell's value as it is written."""
        if self.is_share:
            return percent(value)
        finite = self.se[np.isfinite(self.se)]
        error = float(finite.max()) if finite.size else None
        return Scale.of(float(np.abs(self.value).max()), error).text(value, minus=MINUS)


def finding(grid: Grid) -> str:
    """Return in a sentence in how many cells the choice holds, and where it turns."""
    name, other = _names(grid)
    held, cells = int(np.count_nonzero(grid.holds)), grid.value.size
    numbers = f"{spoken(grid.first)} and {spoken(grid.second)}"
    if held == cells:
        return f"{name} stays ahead of {other} everywhere on this map of {numbers}"
    if not held:
        return f"{other} stays ahead of {name} everywhere on this map of {numbers}"
    return f"{name} is ahead of {other} in {held} of {cells} cells of {numbers}"


def alt_text(origin: Origin, grid: Grid) -> str:
    """Return the picture in words, with the figures of its corners."""
    corners = [
        f"{drawable(grid.first)} {grid.at(0, float(grid.first_at[column]))} and {drawable(grid.second)} "
        f"{grid.at(1, float(grid.second_at[row]))}: {grid.text(float(grid.value[row, column]))}"
        for row in (0, -1)
        for column in (0, -1)
    ]
    what = f"Map of {_what(origin, grid)}, with the line along which the choice turns."
    return " ".join([f"{finding(grid)}.", what, f"{'; '.join(corners)}."])


def plot(axes: Axes, grid: Grid) -> Axes:
    """Draw the cells with their figures, blue where the alternative is ahead, and the line of break-even."""
    rows, columns = grid.value.shape
    away = (grid.value - grid.level) * (1.0 if grid.saves else -1.0)
    most = float(np.abs(away).max()) or 1.0
    norm = TwoSlopeNorm(0.0, -most, most)
    axes.pcolormesh(away, cmap=LOSS_TO_SAVING, norm=norm, edgecolors="white", linewidth=1.0)
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)
    crosses = min(rows, columns) > 1 and away.min() < 0.0 < away.max()
    line = break_even_line(axes, away) if crosses else np.empty((0, 2))
    width, height = inches(axes)
    for (row, column), value in np.ndenumerate(grid.value):
        dark = abs(away[row, column]) > PALEST * most
        text = grid.text(float(value))
        beside = width_of(text, SMALL) / 2 * columns / width
        axes.annotate(
            text,
            (column + 0.5, row + off_the_line(line - (column, row), beside, 0.1 * rows / height)),
            fontsize=SMALL,
            ha="center",
            va="center",
            color="white" if dark else INK,
        )
    axes.set_xticks(np.arange(columns) + 0.5, [grid.at(0, float(at)) for at in grid.first_at])
    axes.set_yticks(np.arange(rows) + 0.5, [grid.at(1, float(at)) for at in grid.second_at])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    first, second = (
        fitted(drawable(name), room, 10.0)
        for name, room in zip((grid.first, grid.second), inches(axes), strict=True)
    )
    axes.set_xlabel(first, parse_math=False)
    axes.set_ylabel(second, parse_math=False)
    return axes


def draw(origin: Origin, grid: Grid) -> Figure:
    """Return the picture; CannotDrawError where a cell has no figure."""
    if not np.isfinite(grid.value).all():
        raise CannotDrawError("some cells have no figure; simulate more trials")
    how = (
        "One run a cell, in the same futures: the two numbers alone are moved"
        if grid.by_runs
        else "Read off the run's own futures, where the two numbers came out so"
    )
    shown = (
        f"{_what(origin, grid)}: present value over {horizon(origin)}, {trials(origin)}. Blue: "
        f"{_names(grid)[0]} is ahead; on the black line the two are level. {how}."
    )
    with drawing():
        sheet = page(origin, finding(grid), shown, 4.6, 10.4)
        plot(sheet.axes(1.05, 0.65, sheet.width - 1.2, sheet.height - 0.8), grid)
    return sheet.figure


def _what(origin: Origin, grid: Grid) -> str:
    unit = "" if grid.is_share else f", {origin.scenario.base_currency}"
    name, other = _names(grid)
    return f"{FIGURES.get(grid.figure, grid.figure.replace('_', ' '))} of {name} against {other}{unit}"


def _names(grid: Grid) -> tuple[str, str]:
    return shorten(drawable(grid.alternative), LONGEST), shorten(drawable(grid.other), LONGEST)
