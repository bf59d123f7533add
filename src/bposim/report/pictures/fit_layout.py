"""What the panels of a fit share: where they lie, how the models look, headings and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.report.pictures.style import INK, LABEL, SMALL, Look, series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bposim.fit.outcome import Fit

HEIGHT, WIDTH = 4.4, 11.6
LEFT, BOTTOM = 0.75, 0.6
PANEL = 4.75
PITCH = 6.1
"""Inches: the body, the left panel's place, a panel's width, and from one to the other."""


def looks_of(fit: Fit, names: Sequence[str]) -> dict[str, tuple[Look, float]]:
    """Return look and width of each model: the proposed one strong and first in the palette."""
    order = [fit.chosen, *(name for name in names if name != fit.chosen)]
    found = dict(zip(order, series(len(order)), strict=True))
    return {name: (found[name], 2.2 if name == fit.chosen else 1.2) for name in names}


def headed(axes: Axes, text: str) -> None:
    """Write the heading of a panel."""
    axes.set_title(text, loc="left", fontsize=LABEL, fontweight="bold", color=INK, parse_math=False)


def legend(axes: Axes, place: str) -> None:
    """Put the key of a panel at a place of it."""
    axes.legend(loc=place, fontsize=SMALL, frameon=False, handlelength=2.6)  # type: ignore[call-overload]
