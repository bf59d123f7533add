"""All pictures of a result by kind, as figures and as files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bposim.report.pictures import (
    break_even_grid,
    break_even_map,
    comparison,
    convergence,
    fan,
    frontier,
    losses,
    s_curves,
    savings,
    scatter,
    spider,
    stress,
    tail,
    tornado,
    value,
    waterfall,
    worth,
)
from bposim.report.pictures import exit as exit_picture
from bposim.report.pictures.files import Picture, file_part, save
from bposim.report.pictures.page import CannotDrawError
from bposim.report.pictures.ranks import subject
from bposim.report.pictures.seen import Seen
from bposim.report.value import value as value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from bposim.report.pictures.break_even_grid import Grid
    from bposim.report.pictures.exit import Leaving
    from bposim.report.pictures.frontier import SimulatedSplits
    from bposim.report.pictures.page import Origin
    from bposim.report.pictures.stress import Stressed
    from bposim.report.pictures.worth import PriceList
    from bposim.report.value import Value
    from bposim.result import Result


@dataclass(frozen=True)
class Wanted:
    """What pictures are to be about."""

    result: Result
    alternative: str = ""
    """Of pictures of one alternative; by default the best beside the baseline."""
    drivers: Sequence[str] = field(default=())
    """In place of the strongest."""

    @cached_property
    def name(self) -> str:
        """The alternative of pictures of one."""
        name = self.alternative or subject(self.result)
        if name is None:
            raise CannotDrawError("there is no alternative beside the baseline")
        return name

    @cached_property
    def seen(self) -> Seen:
        """The same, with its drivers."""
        return Seen(self.result, self.name, self.drivers)

    def called(self, kind: str) -> str:
        """Return the file name of a picture of the one alternative."""
        return f"{kind}{file_part(self.name)}"


def _savings(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    yield Picture("savings", savings.draw(result), savings.finding(result), savings.alt_text(result))


def _s_curves(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    yield Picture("s-curves", s_curves.draw(result), s_curves.finding(result), s_curves.alt_text(result))


def _fan(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    yield Picture("fan", fan.draw(result), fan.finding(result), fan.alt_text(result))


def _waterfall(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    groups = waterfall.groups(result)
    if not groups:
        raise CannotDrawError("a waterfall needs an alternative beside the baseline")
    for place, group in enumerate(groups, 1):
        name = "waterfall" if len(groups) == 1 else f"waterfall-{place}{file_part(group[0])}"
        found = waterfall.finding(result, group)
        yield Picture(name, waterfall.draw(result, group), found, waterfall.alt_text(result, group))


def _tail(wanted: Wanted) -> Iterator[Picture]:
    result, name = wanted.result, wanted.name
    found = tail.finding(result, name)
    yield Picture(wanted.called("tail"), tail.draw(result, name), found, tail.alt_text(result, name))


def _losses(wanted: Wanted) -> Iterator[Picture]:
    result, name = wanted.result, wanted.name
    found = losses.finding(result, name)
    yield Picture(wanted.called("losses"), losses.draw(result, name), found, losses.alt_text(result, name))


def _tornado(wanted: Wanted) -> Iterator[Picture]:
    seen = wanted.seen
    figure = tornado.draw(seen.result, seen.name, seen)
    yield Picture(wanted.called("tornado"), figure, tornado.finding(seen), tornado.alt_text(seen))


def _spider(wanted: Wanted) -> Iterator[Picture]:
    seen = wanted.seen
    figure = spider.draw(seen.result, seen.name, seen)
    yield Picture(wanted.called("spider"), figure, spider.finding(seen), spider.alt_text(seen))


def _scatter(wanted: Wanted) -> Iterator[Picture]:
    seen = wanted.seen
    figure = scatter.draw(seen.result, seen.name, seen)
    yield Picture(wanted.called("scatter"), figure, scatter.finding(seen), scatter.alt_text(seen))


def _break_even(wanted: Wanted) -> Iterator[Picture]:
    seen = wanted.seen
    figure = break_even_map.draw(seen.result, seen.name, seen)
    name = wanted.called("break-even")
    yield Picture(name, figure, break_even_map.finding(seen), break_even_map.alt_text(seen))


def _frontier(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    found = frontier.splits(result)
    figure = frontier.draw(result, found)
    yield Picture("frontier", figure, frontier.finding(result, found), frontier.alt_text(result, found))


def _convergence(wanted: Wanted) -> Iterator[Picture]:
    result, name = wanted.result, wanted.name
    figure, found = convergence.draw(result, name), convergence.finding(result, name)
    yield Picture(wanted.called("convergence"), figure, found, convergence.alt_text(result, name))


def _comparison(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    found = comparison.comparison(result)
    words = comparison.alt_text(result, found)
    yield Picture("comparison", comparison.draw(result, found), comparison.finding(found), words)


def _value(wanted: Wanted) -> Iterator[Picture]:
    result = wanted.result
    if result.sample is None:
        raise CannotDrawError("this result kept no sample of its inputs; simulate it again")
    if len(result.names) == 1:
        raise CannotDrawError("there is one alternative only, so nothing to choose")
    yield picture_of_value(result, value_of(result))


KINDS: dict[str, Callable[[Wanted], Iterator[Picture]]] = {
    "savings": _savings,
    "s-curves": _s_curves,
    "fan": _fan,
    "waterfall": _waterfall,
    "tail": _tail,
    "losses": _losses,
    "tornado": _tornado,
    "spider": _spider,
    "scatter": _scatter,
    "break-even": _break_even,
    "comparison": _comparison,
    "value": _value,
    "frontier": _frontier,
    "convergence": _convergence,
}
"""What can be drawn of a run, in the order of a report: outcomes, risk, drivers, choices, precision."""

BY_COMMAND = {
    "worth": "bposim worth",
    "stress": "bposim stress",
    "exit": "bposim exit",
    "splits": "bposim frontier",
}
"""Kinds that take more than a run keeps, and the command that simulates it and draws them with ``-o``."""

OF_A_RUN = ("savings", "s-curves", "fan", "waterfall")
"""The kinds that a run leaves in its folder."""


def picture_of_exit(origin: Origin, right: Leaving) -> Picture:
    """Return the picture of a right to leave, which comes from a study and not from a run."""
    name = f"exit{file_part(right.alternative)}"
    found = exit_picture.finding(origin, right)
    return Picture(name, exit_picture.draw(origin, right), found, exit_picture.alt_text(origin, right))


def picture_of_value(origin: Origin, found: Value) -> Picture:
    """Return the picture of what is worth finding out, with the studies that were valued."""
    return Picture("value", value.draw(origin, found), value.finding(found), value.alt_text(found))


def picture_of_worth(origin: Origin, prices: PriceList) -> Picture:
    """Return the price list of a contract as a picture."""
    name = f"worth{file_part(prices.alternative)}"
    found = worth.finding(origin, prices)
    return Picture(name, worth.draw(origin, prices), found, worth.alt_text(origin, prices))


def picture_of_stresses(origin: Origin, found: Sequence[Stressed]) -> Picture:
    """Return the picture of the named stresses side by side."""
    figure = stress.draw(origin, found)
    return Picture("stress", figure, stress.finding(origin, found), stress.alt_text(origin, found))


def picture_of_splits(simulated: SimulatedSplits) -> Picture:
    """Return the picture of splits that were simulated one by one."""
    figure = frontier.draw(simulated)
    return Picture("splits", figure, frontier.finding(simulated), frontier.alt_text(simulated))


def picture_of_grid(origin: Origin, grid: Grid) -> Picture:
    """Return the map of a figure by two numbers of the scenario."""
    figure = break_even_grid.draw(origin, grid)
    words = break_even_grid.alt_text(origin, grid)
    return Picture("break-even-map", figure, break_even_grid.finding(grid), words)


def pictures(result: Result, kinds: Iterable[str] = OF_A_RUN) -> Iterator[Picture]:
    """Yield the pictures of a result one by one, leaving out those that it cannot give."""
    wanted = Wanted(result)
    for kind in kinds:
        try:
            yield from KINDS[kind](wanted)
        except CannotDrawError:
            continue


def save_all(result: Result, folder: Path) -> list[Path]:
    """Write the pictures of a run as PNG and SVG into an existing folder and return the files.

    A file is complete or not there.  The same result gives the same SVG, byte by byte.
    """
    return [path for picture in pictures(result) for path in save(picture, folder, ("png", "svg"))]
