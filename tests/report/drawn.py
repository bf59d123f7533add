"""What can be seen on a picture, for the tests of the pictures."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from unittest.mock import patch

from matplotlib.text import Text

from bposim.report.pictures.style import drawing

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure


def texts(figure: Figure) -> list[str]:
    """Return every text that can be seen."""
    return [text.get_text() for text in seen(figure)]


def seen(figure: Figure) -> list[Text]:
    """Return the texts that are drawn; matplotlib also keeps ticks that are out of view."""
    found: list[Text] = []
    draw = Text.draw

    def note(self: Text, renderer: RendererBase) -> None:
        if self.get_visible() and self.get_text():
            found.append(self)
        draw(self, renderer)

    with drawing(), patch.object(Text, "draw", note):
        figure.canvas.draw()
    return found


def illegible(figure: Figure) -> list[tuple[str, ...]]:
    """Return the texts that leave the page, and pairs of texts that overlap."""
    page = figure.bbox
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in seen(figure)]
    found: list[tuple[str, ...]] = [
        (words,)
        for words, box in boxes
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]
    for (one, box), (other, second) in itertools.combinations(boxes, 2):
        across = min(box.x1, second.x1) - max(box.x0, second.x0)
        along = min(box.y1, second.y1) - max(box.y0, second.y0)
        if across > 1 and along > 2:
            found.append((one, other))
    return found
