"""Wage and price indices by hand, and their noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bposim.discounting import discount_factors, present_value
from bposim.world.inflation import Inflation, by_month

TRIALS = 20_000


def test_index_is_one_through_the_first_year() -> None:
    """Wages rise at each anniversary: months 1 to 12 at today's, month 13 one rise up, month 25 two."""
    index = by_month(Inflation(inflation=0.04).by_year(None, 3), 26)[:, 0]
    assert index == pytest.approx([1.0] * 12 + [1.04] * 12 + [1.04**2] * 2, rel=1e-14)


def test_growing_annuity() -> None:
    """Case P12: 1 a year growing 4 %, at 9 % over 5 years: 4.1851818 at year-ends, 4.3694581 in mid-years."""
    index = by_month(Inflation(inflation=0.04).by_year(None, 5), 60)
    factors = discount_factors(0.09, 60)
    at_the_end, in_the_middle = (float(present_value(index[m::12], factors[m::12])[0]) for m in (11, 5))
    assert at_the_end == pytest.approx(4.185181849985254, rel=1e-12)
    assert in_the_middle == pytest.approx(4.369458130937534, rel=1e-12)


def test_noisy_index_by_hand() -> None:
    """Each review adds i + s a_k, a the AR(1) that starts with the draw of year 0, which opens no review."""
    draw = np.array([[1.0], [0.5], [-2.0]])
    first = 0.6 * 1.0 + 0.8 * 0.5
    second = 0.6 * first + 0.8 * -2.0
    index = Inflation(inflation=0.03, review_noise=0.01, persistence=0.6).by_year(draw, 3)[:, 0]
    expected = [1.0, 1.03 + 0.01 * first, (1.03 + 0.01 * first) * (1.03 + 0.01 * second)]
    assert index == pytest.approx(expected, rel=1e-14)


def test_uncertain_inflation_gives_an_index_for_each_trial() -> None:
    """A mean rise that is drawn once a trial holds for all years of the trial."""
    bound = Inflation(inflation=0.0).model_copy(update={"inflation": np.array([0.0, 0.1])})
    assert bound.by_year(None, 3) == pytest.approx(np.array([[1.0, 1.0], [1.0, 1.1], [1.0, 1.21]]), rel=1e-14)
    assert bound.by_year(np.zeros((3, 2)), 3) == pytest.approx(bound.by_year(None, 3), rel=1e-14)


@pytest.mark.parametrize("persistence", [0.0, 0.7])
def test_rises_have_their_mean_spread_and_memory(persistence: float) -> None:
    """ε_k has mean 0, variance s² and autocorrelation φ, from the first review on."""
    model = Inflation(inflation=0.05, review_noise=0.02, persistence=persistence)
    index = model.by_year(np.random.default_rng(29).standard_normal((4, TRIALS)), 4)
    shock = (index[1:] / index[:-1] - 1.05) / 0.02
    for moment, expected in ((shock[0], 0.0), (shock[2], 0.0), (shock[0] ** 2, 1.0), (shock[2] ** 2, 1.0)):
        assert abs(moment.mean() - expected) <= 4 * moment.std() / math.sqrt(TRIALS)
    product = shock[1] * shock[2]
    assert abs(product.mean() - persistence) <= 4 * product.std() / math.sqrt(TRIALS)


def test_one_year_needs_no_review() -> None:
    """A horizon of a year or less has no rise."""
    assert by_month(Inflation(inflation=0.5).by_year(np.ones((1, 3)), 1), 12).max() == 1.0
