"""Leavers: mean and variance of a binomial, whatever the size of the team."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.legs.turnover import Turnover

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

Z = np.linspace(-12.0, 12.0, 200_001)
"""Standard normal draws, so close together that sums over them are integrals."""
DENSITY = np.exp(-(Z**2) / 2) / math.sqrt(2 * math.pi) * (Z[1] - Z[0])


def leavers(headcount: float, attrition: float) -> FloatArray:
    """Return the leavers of one month at each of the draws."""
    share = Turnover(attrition=attrition).leaver_share(headcount, 1.0, Z[np.newaxis])
    return np.asarray(headcount * np.asarray(share)[0])


@pytest.mark.parametrize("attrition", [0.15, 0.45])
@pytest.mark.parametrize("headcount", [0.1, 2.0, 40.0, 220.0, 900.0, 5000.0])
def test_leavers_have_the_moments_of_a_binomial(headcount: float, attrition: float) -> None:
    """Mean Fq and variance Fq(1-q): exact for small teams, where a normal is cut at 0, close for large.

    From 9 expected leavers on the normal is taken; cut at 0 its mean is off by less than 0.02 %.
    """
    q = 1 - (1 - attrition) ** (1 / 12)
    mean, variance = headcount * q, headcount * q * (1 - q)
    found = leavers(headcount, attrition)
    few = mean < 9 * (1 - q)
    assert np.sum(found * DENSITY) == pytest.approx(mean, rel=1e-6 if few else 2e-4)
    assert np.sum((found - mean) ** 2 * DENSITY) == pytest.approx(variance, rel=1e-6 if few else 5e-3)
    assert found.min() >= 0.0


def test_more_leave_at_a_higher_draw() -> None:
    """Leavers rise with their draw, so that correlated or common draws mean what they say."""
    for headcount in (2.0, 5000.0):
        assert (np.diff(leavers(headcount, 0.3)) >= 0).all()


def test_twelve_months_of_attrition_make_a_year() -> None:
    """Without a draw the leaver share is q = 1 - (1-a)^(1/12)."""
    share = Turnover(attrition=0.36).leaver_share(50.0, 1.0, None)
    assert (1 - float(np.asarray(share))) ** 12 == pytest.approx(0.64, rel=1e-12)


def test_morale_multiplies_the_annual_rate() -> None:
    """Attrition 30 % × 1.25 is 37.5 % a year, and the annual rate is multiplied, not the hazard."""
    share = Turnover(attrition=0.3).leaver_share(50.0, 1.25, None)
    assert float(np.asarray(share)) == pytest.approx(1 - 0.625 ** (1 / 12), rel=1e-12)


def test_attrition_times_morale_stays_below_everybody() -> None:
    """A rate above 100 % a year does not become a number that is none."""
    assert 0.4 < float(np.asarray(Turnover(attrition=0.9).leaver_share(50.0, 2.0, None))) < 1.0


def test_nobody_leaves_an_empty_team() -> None:
    """Before its go-live a team has nobody to lose, and no 0/0."""
    assert not leavers(0.0, 0.3).any()


def test_ramp_loss_by_hand() -> None:
    """Three months at 60 % cost 1.2 months of loaded pay."""
    assert Turnover(attrition=0.3, ramp_months=3.0, ramp_productivity=0.6).ramp_loss() == pytest.approx(1.2)
