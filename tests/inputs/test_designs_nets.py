"""Latin hypercubes and scrambled nets: even, uniform point by point, and Sobol's own points underneath."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, qmc

from bposim.inputs.designs_nets import MOST_COLUMNS, latin, scrambled_net
from bposim.inputs.streams import generator


def cells(points: np.ndarray, count: int) -> np.ndarray:
    """Return the cell, of equal ones, that each coordinate lies in."""
    return (points * count).astype(np.intp)


@pytest.mark.parametrize("points", [1, 5, 256, 1000])
def test_a_latin_hypercube_has_one_point_in_each_cell(points: int) -> None:
    """Protects the stratification of every column, for numbers that are no power of two also."""
    found = latin(generator(1, "latin", 0), 3, points)
    assert np.array_equal(np.sort(cells(found, points)), np.tile(np.arange(points), (3, 1)))


def test_columns_of_a_latin_hypercube_are_independent() -> None:
    """Two columns in the same order would be one input, not two."""
    found = latin(generator(2, "latin", 0), 8, 1024)
    correlation = np.corrcoef(found)[np.triu_indices(8, 1)]
    assert np.abs(correlation).max() < 4 / np.sqrt(1024)


def test_the_net_before_scrambling_is_the_one_of_joe_and_kuo() -> None:
    """The points of scipy from the same numbers, all 161 columns: a slip in the recurrence shows at once.

    Scrambling keeps which points share a cell: of each column and each coarseness the same pairs.
    """
    reference = qmc.Sobol(MOST_COLUMNS, scramble=False).random(64).T
    found = scrambled_net(generator(3, "net", 0), MOST_COLUMNS, 64)
    for digits in (1, 2, 3, 4, 5, 6):
        ours, theirs = cells(found, 1 << digits), cells(reference, 1 << digits)
        # scipy walks in Gray code; its i-th point is ours at i ^ (i >> 1).
        order = np.arange(64) ^ (np.arange(64) >> 1)
        ours = ours[:, order]
        assert np.array_equal(
            ours[:, :, np.newaxis] == ours[:, np.newaxis], theirs[:, :, np.newaxis] == theirs[:, np.newaxis]
        )


def test_every_box_of_two_columns_has_its_point() -> None:
    """The first two columns are a (0, m, 2)-net: 256 points, one in each of the 16 x 16, 4 x 64 ... boxes."""
    x, y = scrambled_net(generator(4, "net", 0), 2, 256)
    for wide in (1, 4, 16, 64, 256):
        box = cells(x, wide) * (256 // wide) + cells(y, 256 // wide)
        assert np.unique(box).size == 256


def test_each_point_is_uniform() -> None:
    """One point over 2,000 scramblings, first and middle one: no bias from the place in the net."""
    drawn = np.array([scrambled_net(generator(5, "net", i), 3, 16)[:, [0, 7]] for i in range(2000)])
    for column in range(3):
        for point in range(2):
            assert kstest(drawn[:, column, point], "uniform").pvalue > 1e-4
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0


def test_a_part_of_a_net_is_its_first_points() -> None:
    """Trials that are no power of two take the beginning of the next larger net."""
    whole, part = (scrambled_net(generator(6, "net", 0), 4, points) for points in (64, 64))
    assert np.array_equal(whole, part)
    assert scrambled_net(generator(6, "net", 0), 4, 40).shape == (4, 40)


def test_more_columns_than_numbers_are_refused() -> None:
    """A repeated column would make two inputs one."""
    with pytest.raises(ValueError, match="at most 161"):
        scrambled_net(generator(7, "net", 0), MOST_COLUMNS + 1, 8)
