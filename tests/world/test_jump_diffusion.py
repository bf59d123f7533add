"""Merton's jump diffusion against the cumulants of the process, and by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from bposim.world.fx.gbm import Gbm
from bposim.world.fx.jump_diffusion import JumpDiffusion

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

TRIALS = 200_000
MODEL = JumpDiffusion(spot=2.0, drift=0.03, volatility=0.1, jumps_per_year=1.5, jump_mean=-0.1, jump_sd=0.08)


def log_after(model: JumpDiffusion, months: int) -> FloatArray:
    """Return log S(T)/S0, ``(trials,)``."""
    normal = np.random.default_rng(31).standard_normal((months, TRIALS))
    path = np.asarray(model.path(normal, model.sample(np.random.default_rng(37), months, TRIALS), months))
    log: FloatArray = np.log(path[-1] / model.spot)
    return log


def within(expected: float, sample: FloatArray) -> bool:
    """Whether the sample's mean is within four standard errors of what is expected."""
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / math.sqrt(sample.size))


@pytest.mark.parametrize("months", [1, 12])
def test_first_four_cumulants(months: int) -> None:
    """Trend, variance, skewness and tails of log S(t) are those of a compensated compound Poisson process."""
    years, rate, mean, sd, sigma = months / 12, 1.5, -0.1, 0.08, 0.1
    compensator = rate * (math.exp(mean + sd**2 / 2) - 1)
    first = (0.03 - sigma**2 / 2 - compensator + rate * mean) * years
    second = (sigma**2 + rate * (mean**2 + sd**2)) * years
    third = rate * (mean**3 + 3 * mean * sd**2) * years
    fourth = rate * (mean**4 + 6 * mean**2 * sd**2 + 3 * sd**4) * years
    deviation = log_after(MODEL, months) - first
    assert within(0.0, deviation)
    assert within(second, deviation**2)
    assert within(third, deviation**3)
    assert within(fourth + 3 * second**2, deviation**4)


def test_two_months_by_hand() -> None:
    """No jump in month 1, two of them in month 2, whose sum has twice the mean and √2 of the spread."""
    none, one, two = stats.poisson.cdf([0, 1, 2], 1.5 / 12)
    marks = np.array([[[none / 2], [0.9]], [[(one + two) / 2], [stats.norm.cdf(1.25)]]])
    path = np.asarray(MODEL.path(np.array([[0.5], [-1.0]]), marks, 2))[:, 0]
    trend = (0.03 - 0.1**2 / 2 - 1.5 * (math.exp(-0.1 + 0.08**2 / 2) - 1)) / 12
    first = trend + 0.1 * math.sqrt(1 / 12) * 0.5
    second = first + trend - 0.1 * math.sqrt(1 / 12) + 2 * -0.1 + math.sqrt(2) * 0.08 * 1.25
    assert path == pytest.approx([2.0 * math.exp(first), 2.0 * math.exp(second)], rel=1e-12)


def test_without_jumps_it_is_a_random_walk() -> None:
    """A rate of 0 gives geometric Brownian motion on the same shocks, whatever the jumps would be."""
    normal = np.random.default_rng(1).standard_normal((24, 64))
    marks = MODEL.sample(np.random.default_rng(2), 24, 64)
    calm = MODEL.model_copy(update={"jumps_per_year": 0.0}).path(normal, marks, 24)
    walk = Gbm(spot=2.0, drift=0.03, volatility=0.1).path(normal, None, 24)
    assert np.asarray(calm) == pytest.approx(np.asarray(walk), rel=1e-13)


def test_more_jumps_are_the_same_and_some_new_ones() -> None:
    """A higher rate moves no jump away: what a mitigation or a stress changes is the jumps alone."""
    normal, marks = np.zeros((24, 256)), MODEL.sample(np.random.default_rng(2), 24, 256)
    sudden = MODEL.model_copy(update={"volatility": 0.0, "jump_sd": 0.0, "drift": 0.0})

    def jumps(rate: float) -> FloatArray:
        path = np.asarray(sudden.model_copy(update={"jumps_per_year": rate}).path(normal, marks, 24))
        trend = -rate * math.expm1(-0.1) / 12
        return np.rint((np.diff(np.log(path), axis=0) - trend) / -0.1)

    few, many = jumps(0.5), jumps(3.0)
    assert few.sum() > 0
    assert (many >= few).all()


def test_parameters_of_each_trial_count_in_their_trial() -> None:
    """Uncertain parameters are arrays by trial; each column is the path of its own parameters."""
    normal = np.random.default_rng(1).standard_normal((36, 2))
    marks = MODEL.sample(np.random.default_rng(6), 36, 2)
    values = {
        "volatility": (0.1, 0.2),
        "jumps_per_year": (4.0, 9.0),
        "jump_mean": (-0.1, 0.2),
        "jump_sd": (0.0, 0.1),
    }
    both = MODEL.model_copy(update={name: np.array(pair) for name, pair in values.items()}).path(
        normal, marks, 36
    )
    for k in (0, 1):
        own = MODEL.model_copy(update={name: pair[k] for name, pair in values.items()})
        alone = own.path(normal[:, k : k + 1], marks[:, :, k : k + 1], 36)
        assert np.asarray(both)[:, k] == pytest.approx(np.asarray(alone)[:, 0], rel=1e-13)
