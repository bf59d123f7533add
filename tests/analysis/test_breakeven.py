"""Break-even: two normals in closed form, roots by runs, maps."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from scipy.stats import norm

from bposim.analysis.breakeven import (
    Curve,
    break_even_by_runs,
    break_evens,
    conditional_mean,
    conditional_statistic,
    mean_by_bins,
    two_way_map,
)
from bposim.analysis.measures import Z95, Estimate, quantile

TRIALS = 100_000


def test_two_normals() -> None:
    """Saving and driver jointly normal: E[saving | driver] = m + b (x - mean) crosses 0 at mean - m / b."""
    rng = np.random.default_rng(100)
    x = rng.normal(50, 8, TRIALS)
    saving = 12 - 1.5 * (x - 50) + rng.normal(0, 30, TRIALS)
    found = break_evens(conditional_mean(saving, x), x)
    assert len(found) == 1
    assert not found[0].rising
    assert found[0].low is not None
    assert found[0].high is not None
    assert found[0].low < 58 < found[0].high
    assert found[0].high - found[0].low < 1.0
    assert found[0].below == pytest.approx(norm.cdf(1), abs=0.01)


def test_p19_make_or_buy_breaks_even_at_1000() -> None:
    """P19: 50,000 + 125 Q against 175 Q, without noise exactly 1,000 units, from the sample and by runs."""
    q = np.random.default_rng(101).normal(1100, 100, TRIALS)
    found = break_evens(conditional_mean(175 * q - (50_000 + 125 * q), q), q)
    assert [each.at for each in found] == pytest.approx([1000.0], rel=1e-6)
    by_runs = break_even_by_runs(lambda units: Estimate(50 * units - 50_000, None), 500, 2000)
    assert [each.value for each in by_runs] == pytest.approx([1000.0], rel=1e-5)


def test_given_the_sample_what_is_correlated_moves_along() -> None:
    """Saving = 2 - x - y with corr(x, y) = 0.5: given x it breaks even at 2 / 1.5, with x alone set, at 2."""
    rng = np.random.default_rng(102)
    x, e = rng.standard_normal((2, TRIALS))
    y = 0.5 * x + math.sqrt(0.75) * e
    found = break_evens(conditional_mean(2 - x - y, x), x)
    assert found[0].at == pytest.approx(2 / 1.5, abs=0.05)
    by_runs = break_even_by_runs(lambda value: Estimate(4 * (2 - value - float(np.mean(y))), 0.012), -4, 4)
    assert by_runs[0].value == pytest.approx(2, abs=0.02)
    assert by_runs[0].se == pytest.approx(0.003, rel=1e-6)


def test_the_break_even_of_a_quantile() -> None:
    """P5 of the saving given x is 3 x - 1.645 sd: it crosses 0 where the mean is far above."""
    rng = np.random.default_rng(103)
    x = rng.uniform(0, 4, TRIALS)
    saving = 3 * x - 3 + rng.normal(0, 2, TRIALS)
    found = break_evens(conditional_statistic(saving, x, partial(quantile, p=0.05)), x)
    assert [each.at for each in found] == pytest.approx([1 + 2 * 1.6448536 / 3], abs=0.05)


def test_every_crossing_is_found_and_none_invented() -> None:
    """A parabola crosses twice, a line above the level never; a curve through a grid point once."""
    x = np.random.default_rng(104).uniform(-3, 3, TRIALS)
    found = break_evens(conditional_mean(x**2 - 2, x), x)
    assert [each.at for each in found] == pytest.approx([-math.sqrt(2), math.sqrt(2)], abs=0.01)
    assert [each.rising for each in found] == [False, True]
    assert break_evens(conditional_mean(x + 10, x), x) == ()
    at = np.array([0.0, 1.0, 2.0])
    assert [each.at for each in break_evens(Curve(at, at - 1, np.zeros(3)), x)] == [1.0]
    roots = break_even_by_runs(lambda value: Estimate((value - 1) * (value - 2), 0.0), 0, 4, points=9)
    assert [each.value for each in roots] == pytest.approx([1.0, 2.0], abs=1e-5)
    with pytest.raises(ValueError, match="lower to a higher"):
        break_even_by_runs(lambda value: Estimate(value, 0.0), 1, 1)


def test_intervals_cover() -> None:
    """300 runs of 3,000 trials whose noise grows with the driver: errors that assume even noise fail here."""
    rng = np.random.default_rng(105)
    hits = 0
    for _ in range(300):
        x = rng.uniform(0, 2, 3000)
        saving = 3 * (x - 1.4) + 3 * x**2 * rng.standard_normal(3000)
        found = [each for each in break_evens(conditional_mean(saving, x), x) if each.rising]
        hits += any(
            (each.low is None or each.low <= 1.4) and (each.high is None or each.high >= 1.4)
            for each in found
        )
    assert hits / 300 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 300))


def test_a_map_of_two_drivers() -> None:
    """Saving = 1 + x - 2 y + noise: cells hold their means within four errors, so does the surface nearly."""
    rng = np.random.default_rng(106)
    x, y, noise = rng.standard_normal((3, TRIALS))
    found = two_way_map(1 + x - 2 * y + noise, x, y, cells=8)
    assert found.mean.shape == found.surface.shape == (8, 8)
    assert int(found.count.sum()) == TRIALS
    truth = 1 + found.first_at[np.newaxis, :] - 2 * found.second_at[:, np.newaxis]
    assert np.max(np.abs(found.surface - truth)) < 0.1
    inner = (slice(2, 6), slice(2, 6))
    assert np.all(np.abs(found.mean - truth)[inner] < 4.5 * found.se[inner] + 0.01)
    assert found.first_edges.size == 9
    assert np.all(np.diff(found.first_edges) > 0)


def test_cells_of_a_map_cover() -> None:
    """200 maps of 4,000 trials: of 3,200 cells 95 % hold their true mean, given their edges, within 1.96 se.

    Noise grows with the first driver, so an error common to all cells would fail here.
    """
    rng = np.random.default_rng(109)
    hits = np.zeros((4, 4))
    for _ in range(200):
        x, y, noise = rng.uniform(size=4000), rng.uniform(size=4000), rng.standard_normal(4000)
        found = two_way_map(2 * x - 3 * y + (0.5 + 3 * x) * noise, x, y, cells=4)
        across, up = ((edges[1:] + edges[:-1]) / 2 for edges in (found.first_edges, found.second_edges))
        truth = 2 * across[np.newaxis, :] - 3 * up[:, np.newaxis]
        hits += np.abs(found.mean - truth) <= Z95 * found.se
    assert hits.mean() / 200 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 3200))


def test_the_line_of_a_map_is_where_its_cells_say() -> None:
    """200 maps of 4,000 trials of x - y + noise: the line crosses each row at x = y, within the row's error.

    The regression is surer than the cells whose error the map states, so that error covers at least as often
    as it says: here the place of the crossing, whose error is that of the cell over the slope, 1.
    """
    rng = np.random.default_rng(110)
    hits, rows = 0, 0
    for _ in range(200):
        x, y, noise = rng.uniform(size=4000), rng.uniform(size=4000), rng.standard_normal(4000)
        found = two_way_map(x - y + noise, x, y, cells=5)
        for row in (1, 2, 3):
            crossing = np.interp(0.0, found.surface[row], found.first_at)
            hits += abs(crossing - found.second_at[row]) <= Z95 * found.se[row, row]
            rows += 1
    assert hits / rows >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 200)


def test_cells_nobody_visited_stay_empty() -> None:
    """Two drivers that always move together leave the corners empty: no number is made up there."""
    x = np.random.default_rng(107).standard_normal(2000)
    found = two_way_map(x, x, x.copy(), cells=5)
    assert np.isnan(found.mean[0, 4])
    assert not np.isnan(found.mean[2, 2])


def test_bins_without_an_error_are_left_out() -> None:
    """A bin of 20 trials says nothing: it must not anchor the curve."""
    x = np.random.default_rng(108).standard_normal(100)
    assert conditional_statistic(x, x, mean_by_bins, bins=5).at.size == 0
    assert break_evens(conditional_statistic(x, x, mean_by_bins, bins=5), x) == ()
