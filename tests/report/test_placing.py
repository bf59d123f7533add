"""Names beside points: none covers another, a point or a line, and none leaves the page."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bposim.report.pictures.placing import LINE, POINT, Name, Place, beside, place_box


def test_right_if_free_else_left() -> None:
    """Protects the plain cases: beside its point, and inside the page."""
    assert beside([Name((1.0, 1.0), 0.5, 0.1)], [], 4.0, 2.0) == [Place(is_right=True, up=0.0)]
    assert beside([Name((3.8, 1.0), 0.5, 0.1)], [], 4.0, 2.0) == [Place(is_right=False, up=0.0)]


def test_no_name_lies_on_the_line() -> None:
    """Protects the line: a name to its right would cover it, so the name goes left."""
    line = [(1.0, 1.0), (3.0, 1.0)]
    assert beside([Name((1.0, 1.0), 0.5, 0.1)], line, 4.0, 2.0) == [Place(is_right=False, up=0.0)]
    blocked = beside([Name((0.2, 1.0), 0.5, 0.1)], [(0.2, 1.0), (3.0, 1.0)], 4.0, 2.0)
    assert blocked[0].up != 0.0


@pytest.mark.parametrize("seed", range(5))
def test_names_of_a_crowd_are_apart(seed: int) -> None:
    """Protects legibility: nine points in a small place, and nine names of any length."""
    rng = np.random.default_rng(seed)
    names = [
        Name((2.5 + float(x), 2.0 + float(y)), float(width), 0.12)
        for x, y, width in zip(
            rng.normal(0, 0.3, 9), rng.normal(0, 0.3, 9), rng.uniform(0.3, 1.8, 9), strict=True
        )
    ]
    boxes = [place_box(name, place) for name, place in zip(names, beside(names, [], 6.0, 4.0), strict=True)]
    for one, other in itertools.combinations(boxes, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    for (x, y), (own, box) in itertools.product([name.at for name in names], enumerate(boxes)):
        if names[own].at != (x, y):
            outside = x + POINT <= box[0] or x - POINT >= box[1] or y + POINT <= box[2] or y - POINT >= box[3]
            assert outside
    assert all(box[0] >= 0 and box[1] <= 6.0 and box[2] >= 0 and box[3] <= 4.0 for box in boxes)
    assert all(box[3] - box[2] == pytest.approx(LINE) for box in boxes)
