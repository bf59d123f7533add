"""Text in pictures: labels that users wrote, made inert and short; amounts on axes; what must not overlap."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import Formatter, MaxNLocator

from bposim.report.numbers import MINUS, Scale
from bposim.report.pictures.style import families, glyphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

NAME_WIDTH = 30
"""Characters of an alternative's name on a picture."""

LEAST_WHOSE = 8
"""Characters that tell whose something is."""

FEW = 4
"""Letters of a word that may go so that no word is cut."""

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """Return text on one line without control and formatting characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def drawable(text: str) -> str:
    """Return clean text in which a character that no installed font can draw is a replacement sign."""
    known = glyphs()
    return "".join(sign if ord(sign) in known else UNKNOWN for sign in clean(text))


def shorten(text: str, width: int) -> str:
    """Return text of at most ``width`` characters; the middle gives way, where long names differ least.

    Of "whose: what" whose it is gives way first.
    """
    if len(text) <= width:
        return text
    whose, colon, what = text.partition(": ")
    if colon and (room := width - len(what) - len(colon)) >= LEAST_WHOSE:
        return f"{shorten(whose, room)}: {what}"
    head = math.ceil((width - 1) * 0.6)
    tail = width - 1 - head
    start, end = text[:head].rstrip(), text[len(text) - tail :].lstrip()
    # Whole words, where that costs a few letters only.
    if text[head] != " " and len(start) - (cut := start.rfind(" ")) <= FEW and cut > 0:
        start = start[:cut]
    if text[len(text) - tail - 1] != " " and 0 <= (cut := end.find(" ")) <= FEW:
        end = end[cut + 1 :]
    # What was shortened before keeps one sign for all that is missing.
    return f"{start.rstrip(f' {ELLIPSIS}')}{ELLIPSIS}{end.lstrip(f' {ELLIPSIS}')}"


def short_names(titles: Mapping[str, str], width: int = NAME_WIDTH) -> dict[str, str]:
    """Return a short label for each title, by the same key; labels that would read alike are numbered."""
    labels: dict[str, str] = {}
    for name, title in titles.items():
        label = shorten(drawable(title), width) or "(no name)"
        alike = sum(other == label or other.startswith(f"{label} (") for other in labels.values())
        labels[name] = f"{label} ({alike + 1})" if alike else label
    return labels


def sentence(text: str) -> str:
    """Return text that begins with a capital, unless its first word has capitals of its own."""
    word = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if word.islower() else text


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text in inches, ``size`` in points."""
    font = FontProperties(family=list(families()), size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return width / 72.0


def fitted(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Return text, shortened if it is longer than ``width`` inches on one line."""
    characters = len(text)
    while characters > 1 and width_of(shorten(text, characters), size, weight) > width:
        characters -= 1
    return shorten(text, characters)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Return text in as few lines of at most ``width`` inches as it takes, about equally long.

    A single word that is longer keeps a line to itself.
    """
    lines = _filled(text, width, size, weight)
    narrow, wide = width / 2, width
    while len(lines) > 1 and wide - narrow > 0.1:  # noqa: PLR2004 - inches
        middle = (narrow + wide) / 2
        tried = _filled(text, middle, size, weight)
        if len(tried) == len(lines):
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def _filled(text: str, width: float, size: float, weight: str) -> list[str]:
    """Return text in lines of at most ``width`` inches, each as full as it can be."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def merged(marks: Mapping[str, float], word: str) -> dict[str, float]:
    """Return the marks, or one called ``word`` in place of marks that are all at one value."""
    values = set(marks.values())
    return {word: values.pop()} if len(values) == 1 else dict(marks)


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres moved so that things of these sizes neither overlap nor leave low to high.

    What fits already stays.  The order of the centres is kept, of equals that given.  What does not fit at
    all starts at ``low``.
    """
    order = sorted(range(len(centres)), key=lambda i: centres[i])
    moved = list(centres)
    edge = low
    for i in order:
        moved[i] = max(centres[i], edge + sizes[i] / 2)
        edge = moved[i] + sizes[i] / 2
    edge = high
    for i in reversed(order):
        moved[i] = min(moved[i], edge - sizes[i] / 2)
        edge = moved[i] - sizes[i] / 2
    shift = max(low - edge, 0.0)
    return [centre + shift for centre in moved] if shift else moved


def inches(axes: Axes) -> tuple[float, float]:
    """Return width and height of the axes in inches."""
    box = axes.get_window_extent()
    dpi = axes.figure.dpi
    return box.width / dpi, box.height / dpi


class AmountFormatter(Formatter):
    """Ticks in the unit of a picture's labels, with as many decimals as their distance needs."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale

    def format_ticks(self, values: list[float]) -> list[str]:
        """Return the texts of the ticks at these places."""
        step = min((b - a for a, b in itertools.pairwise(values)), default=max(values, default=0.0))
        units = step / self.scale.divisor
        decimals = next((d for d in range(9) if math.isclose(units, round(units, d), rel_tol=1e-6)), 9)
        self.scale = Scale(self.scale.divisor, self.scale.suffix, decimals)
        return [self(value) for value in values]

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the text of a tick at ``x``."""
        return self.scale.text(x, minus=MINUS)


def amounts_on(axis: Axis, scale: Scale, ticks: int = 7) -> None:
    """Put at most ``ticks`` + 1 round amounts on an axis."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(AmountFormatter(scale))
