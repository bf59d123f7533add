"""A picture as a page: the finding, what is shown, the panels, and where it comes from; all in inches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bposim.report.pictures.labels import drawable, fitted, sentence, width_of, wrapped
from bposim.report.pictures.style import FAINT_INK, SMALL, SUBTITLE, TITLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from bposim.result import Result
    from bposim.scenario import Scenario

MARGIN = 0.4
"""White space around everything."""

_TITLE_LINE, _SUBTITLE_LINE, _FOOTER = 0.27, 0.2, 0.42


class CannotDrawError(ValueError):
    """This run does not hold what the picture shows; the message says what is missing, and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """A figure whose body, the place for panels, is ``width`` by ``height`` above ``floor``."""

    figure: Figure
    width: float
    height: float
    floor: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return axes at a place in the body, counted from its lower left corner."""
        all_width, all_height = self.figure.get_size_inches()
        box = (
            (MARGIN + left) / all_width,
            (self.floor + bottom) / all_height,
            width / all_width,
            height / all_height,
        )
        return self.figure.add_axes(box)

    def write(  # noqa: PLR0913 - where, what, and how it looks
        self,
        left: float,
        bottom: float,
        text: str,
        size: float,
        colour: str,
        *,
        align: str = "left",
        weight: str = "normal",
    ) -> Text:
        """Return text written at a place in the body, its baseline at ``bottom``."""
        all_width, all_height = self.figure.get_size_inches()
        return self.figure.text(
            (MARGIN + left) / all_width,
            (self.floor + bottom) / all_height,
            text,
            fontsize=size,
            color=colour,
            ha=align,
            va="baseline",
            fontweight=weight,
            parse_math=False,
        )


class Origin(Protocol):
    """Where the numbers of a picture come from: a result, or how a study was simulated."""

    @property
    def scenario(self) -> Scenario:
        """What was simulated."""

    @property
    def seed(self) -> int:
        """With which draws."""

    @property
    def trials(self) -> int:
        """In how many futures."""


def page(result: Origin, finding: str, shown: str, height: float, width: float = 9.6) -> Page:
    """Return an empty page for a body of this size, with the finding as its title.

    ``shown`` says below the title what is shown; the footer names scenario, seed and trials.
    """
    # What differs from the file goes before its title, so that a long line is cut where it matters least.
    about = "; ".join(filter(None, [" ".join(result.scenario.changes), result.scenario.title]))
    return paper(finding, shown, (about, f"seed {result.seed}, {trials(result)}"), height, width)


def paper(finding: str, shown: str, footer: tuple[str, str], height: float, width: float = 9.6) -> Page:
    """Return an empty page as `page` does, with these words at the left and right of its footer."""
    titles = wrapped(sentence(finding), width, TITLE, "bold")
    subtitles = wrapped(sentence(shown), width, SUBTITLE)
    header = _TITLE_LINE * len(titles) + 0.06 + _SUBTITLE_LINE * len(subtitles)
    figure = Figure(figsize=(width + 2 * MARGIN, MARGIN + header + height + _FOOTER), facecolor="white")
    FigureCanvasAgg(figure)
    sheet = Page(figure, width, height, _FOOTER)
    below = height + header - 0.18
    for line in titles:
        sheet.write(0, below, line, TITLE, "black", weight="bold")
        below -= _TITLE_LINE
    below -= 0.02
    for line in subtitles:
        sheet.write(0, below, line, SUBTITLE, FAINT_INK)
        below -= _SUBTITLE_LINE
    about, run = footer
    room = width - width_of(run, SMALL) - 0.3
    sheet.write(0, 0.17 - _FOOTER, fitted(drawable(about), room, SMALL), SMALL, FAINT_INK)
    sheet.write(width, 0.17 - _FOOTER, run, SMALL, FAINT_INK, align="right")
    return sheet


def trials(result: Origin) -> str:
    """Return "100,000 trials"."""
    return f"{result.trials:,} trial{'s' if result.trials > 1 else ''}"


def sampled(result: Result) -> str:
    """Return how many trials a picture of the sample shows: "the first 65,536 of 100,000 trials"."""
    kept = result.first.trials
    return f"the first {kept:,} of {trials(result)}" if kept < result.trials else trials(result)


def horizon(result: Origin) -> str:
    """Return "60 months"."""
    months = result.scenario.months
    return f"{months} month{'s' if months > 1 else ''}"
