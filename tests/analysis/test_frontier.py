"""Blends: two normals in closed form, what always holds, coverage of the value of diversification."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from bposim.analysis.comparison import MeanEs
from bposim.analysis.frontier import diversification, frontier
from bposim.analysis.measures import expected_shortfall

ES95 = 2.0627128075074275
"""Expected shortfall of a standard normal at 95 %."""


def test_two_equal_independent_legs_are_split_in_halves() -> None:
    """Same mean, sd 10 each: half and half has sd 7.07, and takes 10 (1 - 1/sqrt 2) ES off the tail."""
    z = np.random.default_rng(120).standard_normal((2, 100_000))
    found = frontier({"a": 100 + 10 * z[0], "b": 100 + 10 * z[1]}, np.full(100_000, 120.0), MeanEs(weight=1))
    assert found.best.shares["a"] == pytest.approx(0.5, abs=0.1)
    gain = 10 * (1 - math.sqrt(0.5)) * ES95
    assert found.diversification.value == pytest.approx(gain, rel=0.03)
    assert found.worth_of_blending.value == pytest.approx(gain, rel=0.03)
    assert found.mean_saving.value == pytest.approx(20, abs=0.2)
    assert found.shortfall.value == pytest.approx(100 + 10 * math.sqrt(0.5) * ES95, rel=0.005)


def test_the_least_shortfall_of_two_normals() -> None:
    """Equal means, sd 10 and 20, independent: the share of the first is 400 / 500 = 0.8."""
    z = np.random.default_rng(121).standard_normal((2, 100_000))
    found = frontier({"a": 10 * z[0], "b": 20 * z[1]}, np.zeros(100_000), MeanEs(weight=1))
    assert found.best.shares == {"a": 0.8, "b": 0.2}


def test_efficient_blends_trade_saving_for_tail() -> None:
    """Along the frontier both rise, no blend of the grid beats one on it, and every split is tried once."""
    z = np.random.default_rng(122).standard_normal((3, 5000))
    legs = {"home": 110 + 2 * z[0], "near": 100 + 10 * z[1], "far": 90 + 25 * z[2]}
    found = frontier(legs, 112 + z[0])
    assert len(found.blends) == 231
    assert all(sum(blend.shares.values()) == pytest.approx(1) for blend in found.blends)
    front = found.efficient
    assert all(
        one.mean_saving < two.mean_saving and one.shortfall < two.shortfall for one, two in pairwise(front)
    )
    for blend in found.blends:
        assert any(e.mean_saving >= blend.mean_saving and e.shortfall <= blend.shortfall for e in front)
    whole = next(blend for blend in found.blends if blend.shares["near"] == 1)
    assert whole.shortfall == pytest.approx(expected_shortfall(legs["near"]).value, rel=1e-12)
    assert len(frontier(legs | {"a": z[0], "b": z[1]}, z[2]).blends) <= 300


def test_one_leg_and_legs_that_move_together_gain_nothing() -> None:
    """Diversification is exactly 0 where there is nothing to diversify, and never negative elsewhere."""
    x = np.random.default_rng(123).lognormal(size=20_000)
    alone = frontier({"a": x}, x)
    assert (alone.best_single, alone.worth_of_blending.value, alone.diversification.value) == ("a", 0.0, 0.0)
    assert diversification({"a": x, "b": 2 * x}, {"a": 0.5, "b": 0.5}).value == pytest.approx(0.0, abs=1e-9)
    y = np.random.default_rng(124).lognormal(size=20_000)
    assert diversification({"a": x, "b": y}, {"a": 0.3, "b": 0.7}).value > 0
    with pytest.raises(ValueError, match="same trials"):
        frontier({"a": x}, x[:-1])


def test_the_interval_of_diversification_covers() -> None:
    """500 runs of 4,000 trials of two normals with correlation 0.6, at half and half."""
    rng = np.random.default_rng(125)
    truth, hits = ES95 * (1 - math.sqrt(0.8)), 0
    for _ in range(500):
        x, e = rng.standard_normal((2, 4000))
        found = diversification({"a": x, "b": 0.6 * x + 0.8 * e}, {"a": 0.5, "b": 0.5})
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert hits / 500 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 500))


def test_intervals_of_the_best_blend_cover() -> None:
    """300 runs of 4,000 trials of two normals: mean saving and ES of the split that came out best.

    The truth is that of the very shares that were chosen.  Choosing the best of 21 splits on the same trials
    flatters it, by less than the intervals can show.
    """
    rng = np.random.default_rng(126)
    hits = {"mean": 0, "shortfall": 0}
    for _ in range(300):
        base, x, y = rng.standard_normal((3, 4000))
        found = frontier({"a": 90 + 10 * x, "b": 91 + 12 * y}, 100 + 5 * base, MeanEs())
        a, b = found.best.shares.values()
        centre = 90 * a + 91 * b
        truth = {
            "mean": 100 - centre,
            "shortfall": centre + ES95 * math.hypot(10 * a, 12 * b),
        }
        for name, estimate in (("mean", found.mean_saving), ("shortfall", found.shortfall)):
            assert estimate.low is not None
            assert estimate.high is not None
            hits[name] += estimate.low <= truth[name] <= estimate.high
    for name, count in hits.items():
        assert count / 300 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 300)), name
