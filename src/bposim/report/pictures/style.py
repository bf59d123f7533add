"""One look for all pictures: Okabe and Ito's colours with differing line styles, white paper, few lines.

The colours are those of Okabe and Ito (2008), "Color Universal Design", chosen to be told apart with any
colour vision; their yellow, too pale for a line on white, is a grey here.  Styles differ as well, so that
a grey print still tells the alternatives apart.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import matplotlib as mpl
from matplotlib import font_manager

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bposim.result import Result

Dashes: TypeAlias = tuple[int, tuple[float, ...]]
"""Offset, then lengths of ink and gap in line widths; no lengths draw a solid line."""

INK = "#1a1a1a"
FAINT_INK = "#5c5c5c"
RULE = "#d9d9d9"
BLUE, VERMILION = "#0072B2", "#D55E00"

SAVES = BLUE
COSTS = VERMILION
TOTAL = "#8c8c8c"

LOW, HIGH = "#56B4E9", BLUE
"""Where a driver is low and where it is high; told apart by their darkness as well."""

_COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7f7f7f")
_DASHES: tuple[Dashes, ...] = (
    (0, ()),
    (0, (6, 1.6)),
    (0, (1.2, 1.2)),
    (0, (6, 1.4, 1.2, 1.4)),
    (0, (3, 1.2)),
    (0, (6, 1.4, 1.2, 1.4, 1.2, 1.4)),
    (0, (10, 2)),
    (0, (4, 1.2, 4, 1.2, 1.2, 1.2)),
    (0, (2, 2.4)),
)

_FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Arial Unicode MS",
    "Nirmala UI",
)
"""Fonts of the usual systems for scripts that matplotlib's own font lacks; the installed ones are used."""

TITLE, SUBTITLE, LABEL, SMALL = 14.0, 10.5, 10.0, 9.0
"""Sizes of text in points."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colour and line style of one alternative, the same in every picture."""

    colour: str
    dashes: Dashes


def looks(result: Result) -> dict[str, Look]:
    """Return the look of each alternative: black and solid for the baseline."""
    return looks_of(result.names)


def looks_of(names: Sequence[str]) -> dict[str, Look]:
    """Return the look of each of these names, the baseline's first, black and solid."""
    first, *others = names
    return {first: Look(INK, (0, ())), **dict(zip(others, series(len(others)), strict=True))}


def series(count: int) -> list[Look]:
    """Return looks for lines that are no alternatives."""
    return [Look(_COLOURS[i % len(_COLOURS)], _DASHES[i % len(_DASHES)]) for i in range(count)]


@cache
def families() -> tuple[str, ...]:
    """Return matplotlib's own font and, after it, the installed fonts for further scripts."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in _FALLBACKS if name in installed))


@cache
def glyphs() -> frozenset[int]:
    """Return the code points that these fonts can draw."""
    return frozenset(point for name in families() for point in _charmap(name))


def _charmap(family: str) -> Iterable[int]:
    return font_manager.get_font(font_manager.findfont(family)).get_charmap()


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Draw and save under these settings, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "axes.axisbelow": True,
                "axes.edgecolor": FAINT_INK,
                "axes.labelcolor": FAINT_INK,
                "axes.labelsize": LABEL,
                "axes.spines.right": False,
                "axes.spines.top": False,
                "axes.unicode_minus": True,
                "font.family": list(families()),
                "font.size": LABEL,
                "grid.color": RULE,
                "grid.linewidth": 0.6,
                "lines.solid_capstyle": "butt",
                # Ids in an SVG come from this salt and the content, so that a picture repeats.
                "svg.hashsalt": "bposim",
                "text.color": INK,
                # Glyphs on whole pixels would be wider than the widths that lines are broken by.
                "text.hinting": "no_hinting",
                "text.parse_math": False,
                "text.usetex": False,
                "xtick.color": FAINT_INK,
                "xtick.labelsize": SMALL,
                "ytick.color": FAINT_INK,
                "ytick.labelsize": SMALL,
            }
        )
        yield
