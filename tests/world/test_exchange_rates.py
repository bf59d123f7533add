"""Exchange-rate models against the moments and quantiles of the processes they are named after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.world.fx.fixed import Fixed
from bposim.world.fx.gbm import Gbm
from bposim.world.fx.mean_reverting import MeanReverting

if TYPE_CHECKING:
    from bposim.shapes import FloatArray
    from bposim.world.fx_model import FxModel

TRIALS = 40_000


def paths(model: FxModel, months: int, trials: int = TRIALS) -> FloatArray:
    """Return simulated rates ``(months, trials)``."""
    normal = np.random.default_rng(17).standard_normal((months, trials))
    return np.asarray(model.path(normal, model.sample(np.random.default_rng(19), months, trials), months))


def within(expected: float, sample: FloatArray) -> bool:
    """Whether the sample's mean is within four standard errors of what is expected."""
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / math.sqrt(sample.size))


def test_fixed_rate_is_the_spot() -> None:
    """A peg is today's rate in every month, whatever the draw."""
    peg = Fixed(spot=0.2723)
    path = np.broadcast_to(peg.path(np.ones((3, 2)), None, 3), (3, 2))
    assert path == pytest.approx(np.full((3, 2), 0.2723))


def test_gbm_by_hand() -> None:
    """Two months of one path: the log moves by (μ - σ²/2)/12 + σ z/√12 a month, from the end of month 1."""
    model = Gbm(spot=2.0, drift=0.06, volatility=0.12)
    step = (0.06 - 0.12**2 / 2) / 12
    first = step + 0.12 * 0.5 / math.sqrt(12)
    second = first + step - 0.12 * 1.5 / math.sqrt(12)
    path = np.asarray(model.path(np.array([[0.5], [-1.5]]), None, 2))[:, 0]
    assert path == pytest.approx([2 * math.exp(first), 2 * math.exp(second)], rel=1e-14)


def test_gbm_after_three_years() -> None:
    """Case P09: 83, μ 3 %, σ 5.5 %, 3 years: mean 90.8165, sd 8.6711, q05 77.293, q95 105.741."""
    rate = paths(Gbm(spot=83.0, drift=0.03, volatility=0.055), 36)[-1]
    assert within(90.81646554753246, rate)
    assert within(8.671095379157183**2, (rate - 90.81646554753246) ** 2)
    assert within(0.05, (rate <= 77.29349155944213).astype(float))
    assert within(0.95, (rate <= 105.74139682388886).astype(float))


@pytest.mark.parametrize("month", [1, 12, 60])
def test_gbm_variance_grows_with_time(month: int) -> None:
    """Var(log S(t)) = σ² t/12 and E[log S(t)] = log S0 - σ² t/24 at zero drift."""
    log = np.log(paths(Gbm(spot=0.0172, volatility=0.1), 60)[month - 1] / 0.0172)
    centre = -(0.1**2) * month / 24
    assert within(centre, log)
    assert within(0.1**2 * month / 12, (log - centre) ** 2)


def test_gbm_forgets() -> None:
    """Steps of different months are uncorrelated."""
    steps = np.diff(np.log(paths(Gbm(spot=1.0, volatility=0.1), 4)), axis=0)
    steps -= -(0.1**2) / 24
    assert within(0.0, steps[0] * steps[1])
    assert within(0.0, steps[0] * steps[2])


def test_mean_reversion_by_hand() -> None:
    """Half-life of a year, level twice the spot: after a year the log is half way there."""
    model = MeanReverting(spot=1.0, level=4.0, volatility=0.1, half_life=1.0)
    assert np.asarray(model.path(None, None, 24))[[11, 23], 0] == pytest.approx([2.0, 4.0**0.75], rel=1e-13)


def test_ornstein_uhlenbeck_after_three_years() -> None:
    """Case P10: from 83 to level 80, speed 0.8, volatility 0.1, 3 years: mean 80.27215, sd 0.0787310.

    The process is that of the log of the rate, so spot and level are e^83 and e^80.
    """
    speed, volatility = 0.8, 0.1
    model = MeanReverting(
        spot=math.exp(83.0), level=math.exp(80.0), volatility=volatility, half_life=math.log(2) / speed
    )
    variance = volatility**2 * (1 - math.exp(-2 * speed * 3)) / (2 * speed)
    log = np.log(paths(model, 36)[-1]) + variance / 2  # the model keeps E[S], not E[log S], on the curve
    assert within(80.27215385986824, log)
    assert within(0.07873096011699353**2, (log - 80.27215385986824) ** 2)


@pytest.mark.parametrize("month", [1, 6, 60])
def test_ornstein_uhlenbeck_variance(month: int) -> None:
    """Var(log S(t)) = σ² (1 - e^(-2κt/12)) / (2κ): it stops growing, unlike a random walk's."""
    model = MeanReverting(spot=0.27, volatility=0.2, half_life=0.75)
    speed = math.log(2) / 0.75
    variance = 0.2**2 * (1 - math.exp(-2 * speed * month / 12)) / (2 * speed)
    log = np.log(paths(model, 60)[month - 1] / 0.27) + variance / 2
    assert within(0.0, log)
    assert within(variance, log**2)


@pytest.mark.parametrize("lag", [1, 6, 18])
def test_ornstein_uhlenbeck_autocovariance(lag: int) -> None:
    """Cov(log S(t), log S(t+k)) = Var(log S(t)) e^(-κk/12)."""
    model = MeanReverting(spot=0.27, volatility=0.2, half_life=0.75)
    speed = math.log(2) / 0.75
    log = np.log(paths(model, 42) / 0.27)
    log += 0.2**2 * (1 - np.exp(-2 * speed * np.arange(1, 43) / 12))[:, np.newaxis] / (4 * speed)
    variance = 0.2**2 * (1 - math.exp(-2 * speed * 2)) / (2 * speed)
    assert within(variance * math.exp(-speed * lag / 12), log[23] * log[23 + lag])


def test_month_of_the_step_does_not_matter() -> None:
    """Exact discretisation: a deviation decays the same over a year whether in 1 or in 12 steps of noise."""
    model = MeanReverting(spot=1.0, volatility=0.3, half_life=0.5)
    draw = np.zeros((12, 1))
    draw[0] = 2.0
    log = np.log(np.asarray(model.path(draw, None, 12)))[:, 0]
    quiet = np.log(np.asarray(model.path(np.zeros((12, 1)), None, 12)))[:, 0]
    assert (log - quiet)[11] == pytest.approx((log - quiet)[0] * 0.5 ** (11 / 6), rel=1e-12)
