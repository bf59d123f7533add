"""Where names go beside points, so that they cover neither each other, a point nor a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Spot: TypeAlias = tuple[float, float]
"""Across and up on the page, in inches."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, right, bottom and top on the page, in inches."""

POINT, LINE = 0.07, 0.17
"""Half a point, and a line of text, in inches."""

MOST_LINES = 10
"""A name further from its point would be taken for another's."""

STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Places between two points of a line that no name covers."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a point is to have beside it."""

    at: Spot
    width: float
    room: float
    """Between the point's middle and the name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it goes: on which side of its point, and how far up."""

    is_right: bool
    up: float


def beside(names: Sequence[Name], line: Sequence[Spot], width: float, height: float) -> list[Place]:
    """Return a place for each name on a page of this size, the first names first.

    Right of its point if that is free, else left, else some lines up or down; right where nothing is.
    """
    points = [(x - POINT, x + POINT, y - POINT, y + POINT) for x, y in (name.at for name in names)]
    taken = [*points, *_along(line)]
    found = []
    for name, own in zip(names, points, strict=True):
        others = [box for box in taken if box != own]
        place = next(
            (place for place in _places() if _fits(place_box(name, place), others, width, height)), None
        )
        found.append(place or Place(is_right=True, up=0.0))
        taken.append(place_box(name, found[-1]))
    return found


def _places() -> Iterator[Place]:
    for lines in range(MOST_LINES + 1):
        for up in dict.fromkeys((lines * LINE, -lines * LINE)):
            for is_right in (True, False):
                yield Place(is_right, up)


def place_box(name: Name, place: Place) -> Box:
    """Return what a name covers there."""
    x, y = name.at
    start = x + name.room if place.is_right else x - name.room - name.width
    return start, start + name.width, y + place.up - LINE / 2, y + place.up + LINE / 2


def _fits(box: Box, taken: Sequence[Box], width: float, height: float) -> bool:
    left, right, bottom, top = box
    inside = left >= 0 and right <= width and bottom >= 0 and top <= height
    return inside and not any(
        left < other[1] and other[0] < right and bottom < other[3] and other[2] < top for other in taken
    )


def _along(line: Sequence[Spot]) -> Iterator[Box]:
    for (x, y), (to_x, to_y) in pairwise(line):
        for at in STEPS:
            across, up = (1 - at) * x + at * to_x, (1 - at) * y + at * to_y
            yield across, across, up, up
