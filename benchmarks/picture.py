"""The picture of docs/performance.md: who takes how long, and how cost grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from bposim.report.pictures.style import BLUE, FAINT_INK, LABEL, RULE, SMALL, TOTAL, VERMILION, drawing

if TYPE_CHECKING:
    from pathlib import Path

    from growth import Growth
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

MANY = 1e5
"""From here on a number is written in full."""


def draw(reference: dict[str, float], growth: dict[str, Growth], file: Path) -> None:
    """Write the picture as PNG."""
    with drawing():
        figure = Figure(figsize=(10.4, 4.4), facecolor="white")
        FigureCanvasAgg(figure)
        _dots(figure.add_axes((0.18, 0.11, 0.30, 0.76)), reference)
        shown = [name for name in growth if name != "threads"]
        for place, name in enumerate(shown):
            row, column = divmod(place, 2)
            _grown(figure.add_axes((0.57 + 0.22 * column, 0.56 - 0.45 * row, 0.17, 0.31)), name, growth[name])
        figure.text(
            0.012,
            0.945,
            "Reference model, 100,000 trials: CPU seconds",
            fontsize=LABEL + 1,
            fontweight="bold",
        )
        figure.text(
            0.53, 0.945, "bposim: CPU seconds as one thing grows", fontsize=LABEL + 1, fontweight="bold"
        )
        figure.savefig(file, dpi=110, metadata={"Software": None})


def _dots(axes: Axes, reference: dict[str, float]) -> None:
    """Draw dots, not bars: a logarithmic scale has no zero for a bar to start at."""
    order = sorted(reference.items(), key=lambda entry: -entry[1])
    axes.set_xscale("log")
    axes.set_xlim(min(reference.values()) / 2, max(reference.values()) * 5)
    for place, (label, seconds) in enumerate(order):
        colour = BLUE if label.startswith("bposim") else TOTAL
        axes.hlines(place, axes.get_xlim()[0], seconds, color=RULE, linewidth=0.6, zorder=1)
        axes.plot([seconds], [place], "o", color=colour, markersize=7)
        offset = {"textcoords": "offset points", "va": "center", "fontsize": SMALL}
        axes.annotate(f"{seconds:.3g}", (seconds, place), (8, 0), **offset)
    axes.set_yticks(range(len(order)), [label.replace(", from `reference.yaml`", "") for label, _ in order])
    axes.tick_params(axis="y", length=0)
    _plain(axes.xaxis)


def _plain(axis: Axis) -> None:
    """Write powers of ten as they are, and mark nothing between them."""
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,g}" if value < MANY else f"{value:,.0f}")
    )


def _grown(axes: Axes, name: str, growth: Growth) -> None:
    fixed, each, _ = growth.line
    sizes = np.asarray(growth.sizes, dtype=float)
    fine = np.linspace(sizes[0], sizes[-1], 200)
    axes.plot(fine, fixed + each * fine, color=VERMILION, linewidth=1.2)
    axes.plot(sizes, growth.seconds, "o", color=BLUE, markersize=4.5)
    axes.set_title(
        f"{name}: slope {growth.slope:.2f}" if sizes[0] else name, loc="left", fontsize=SMALL, color=FAINT_INK
    )
    if sizes[-1] / max(sizes[0], 1) > 50:
        axes.set_xscale("log")
        axes.set_yscale("log")
        _plain(axes.xaxis)
        _plain(axes.yaxis)
    else:
        axes.set_xlim(0, sizes[-1] * 1.05)
        axes.set_ylim(0, max(growth.seconds) * 1.15)
    axes.grid(color=RULE, linewidth=0.6)
    axes.tick_params(labelsize=SMALL - 1)
