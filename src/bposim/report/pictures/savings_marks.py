"""What is written on the panels of savings: quantiles, what lies beyond the axis, and where break-even is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patheffects import withStroke

from bposim.report.numbers import MINUS, class_names
from bposim.report.pictures.labels import inches, merged, spread, width_of
from bposim.report.pictures.style import FAINT_INK, INK, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bposim.report.numbers import Scale
    from bposim.report.pictures.spread import Spread
    from bposim.shapes import FloatArray


def mark_quantiles(axes: Axes, own: Spread, scale: Scale) -> None:
    """Mark the quantiles by lines with their values above, moved apart where they would overlap."""
    width, height = inches(axes)
    low, high = axes.get_xlim()
    marks = merged({mark: at.value for mark, at in own.marked.items()}, "P5 to P95")
    texts = [f"{mark} {scale.text(value, minus=MINUS)}" for mark, value in marks.items()]
    values = list(marks.values())
    places = spread(
        [(value - low) / (high - low) * width for value in values],
        [width_of(text, SMALL) + 0.12 for text in texts],
        0.0,
        width,
    )
    for text, value, place in zip(texts, values, places, strict=True):
        axes.plot(
            [value, value],
            [0, 1],
            color=INK,
            linewidth=1.0,
            dashes=(3, 1.5),
            transform=axes.get_xaxis_transform(),
        )
        axes.annotate(
            text,
            (value, 1.0),
            (place / width, 1.0 + 0.09 / height),
            axes.get_xaxis_transform(),
            "axes fraction",
            {"arrowstyle": "-", "color": FAINT_INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
            ha="center",
            va="bottom",
            fontsize=SMALL,
        )


def mark_beyond(axes: Axes, own: Spread, edges: FloatArray, share: FloatArray) -> None:
    """Say over an outermost bar that it holds everything beyond, where that is so."""
    words = class_names(edges.tolist(), below=True, above=True, minus=MINUS)
    if len(words) == 1:
        return
    width = inches(axes)[0] * float(edges[1] - edges[0]) / float(np.diff(axes.get_xlim())[0])
    for is_there, place, text, align in (
        (own.least < edges[0], 0, words[0], "left"),
        (own.most > edges[-1], -1, words[-1], "right"),
    ):
        if not is_there or not share[place]:
            continue
        covered = math.ceil(width_of(text, SMALL) / width)  # bars that the text stands over
        heights = share[:covered] if place == 0 else share[-covered:]
        axes.annotate(
            text,
            (float(edges[place]), float(heights.max())),
            (0, 2),
            textcoords="offset points",
            fontsize=SMALL,
            ha=align,
            va="bottom",
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def label_axis(axes: Axes, text: str) -> None:
    """Name the axis of savings, and break-even on it or where it lies."""
    low, high = axes.get_xlim()
    if low <= 0.0 <= high:
        words, where, align = "break-even", (0.0, 0.0), "center"
    elif low > 0.0:
        words, where, align = "\N{LEFTWARDS ARROW} break-even, 0, is far to the left", (low, 0.0), "left"
    else:
        words, where, align = "break-even, 0, is far to the right \N{RIGHTWARDS ARROW}", (high, 0.0), "right"
    axes.annotate(
        words,
        where,
        (0, -18),
        axes.get_xaxis_transform(),
        "offset points",
        fontsize=SMALL,
        fontweight="bold",
        ha=align,
        va="top",
    )
    axes.set_xlabel(text, labelpad=14, parse_math=False)
