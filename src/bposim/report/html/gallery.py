"""The charts of the page: which there are, in which order, and which of them a run cannot give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.errors import RunError
from bposim.report.html.charts import fan, frontier, losses, s_curves, savings, tail, tornado, waterfall
from bposim.report.html.figure import drawing
from bposim.report.pictures.page import CannotDrawError
from bposim.report.pictures.seen import Seen
from bposim.report.table import printable
from bposim.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.report.html.figure import Figure
    from bposim.result import AnyResult

TITLES = {
    "savings": "What is saved",
    "s-curves": "What it costs",
    "fan": "When the money is back",
    "waterfall": "Where the difference comes from",
    "tornado": "What drives it",
    "losses": "What events cost",
    "tail": "What the worst futures are made of",
    "frontier": "How to split the work",
}
"""What the contents call each figure."""


def figures_of(
    result: AnyResult, name: str, seen: Seen | None
) -> tuple[tuple[Figure, ...], tuple[tuple[str, str], ...]]:
    """Return the figures that the run can give, and of those that it cannot, title and reason."""
    whole = result if isinstance(result, Result) else result.first
    drawn: list[Figure] = []
    undrawn: list[tuple[str, str]] = []
    for title, draw in _charts(whole, name, seen):
        try:
            with drawing():
                drawn.append(draw())
        except CannotDrawError as error:
            undrawn.append((title, printable(str(error))))
    return tuple(drawn), tuple(undrawn)


def _charts(whole: Result, name: str, seen: Seen | None) -> Iterator[tuple[str, Callable[[], Figure]]]:
    yield "Savings", lambda: savings.figure(whole)
    yield "Total costs", lambda: s_curves.figure(whole)
    yield "Saving by month", lambda: fan.figure(whole)
    yield "From the baseline's cost to each alternative's", lambda: waterfall.figure(whole)
    if seen is not None:
        yield "What drives it", lambda: tornado.figure(seen)
    yield "Event losses", lambda: losses.figure(whole.first, name)
    yield "What the worst futures are made of", lambda: tail.figure(whole.first, name)
    yield "Splitting the work", lambda: frontier.figure(whole)


def seen_of(result: AnyResult, name: str) -> Seen | None:
    """Return the alternative with its drivers; None where nothing can be told of them."""
    try:
        seen = Seen(result.first, name)
        bars = seen.bars
    except (CannotDrawError, RunError):
        return None
    return seen if bars else None
