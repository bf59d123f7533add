"""The volume of work: forecast by hand, and the noise around it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.world.noise import Noise, autoregression
from bposim.world.volume import Volume

SEASON = [1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.8, 0.7, 0.7, 0.6]
TRIALS = 20_000


def volume(**parts: Any) -> Volume:  # noqa: ANN401 - as a file would write them
    """Return a volume of 1,000 a month."""
    return Volume.model_validate({"unit": "call", "per_month": 1000.0} | parts)


def within(expected: float, sample: Any) -> bool:  # noqa: ANN401 - an array
    """Whether the sample's mean is within four standard errors of what is expected."""
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / math.sqrt(sample.size))


def test_growth_by_hand() -> None:
    """V̂(t) = V0 (1+g)^((t-1)/12): month 1 is V0, month 13 a year's growth more, month 7 half a year's."""
    forecast = volume(growth=0.21).forecast((2027, 1), 13)[:, 0]
    assert forecast[[0, 6, 12]] == pytest.approx([1000.0, 1100.0, 1210.0], rel=1e-13)


def test_season_follows_the_calendar() -> None:
    """A horizon that starts in April begins with April's factor and comes to January in month 10."""
    forecast = volume(season=SEASON).forecast((2027, 4), 14)[:, 0]
    expected = [1000.0 * SEASON[(3 + t) % 12] for t in range(14)]
    assert forecast == pytest.approx(expected, rel=1e-13)
    assert forecast[9] == pytest.approx(1500.0, rel=1e-13)


def test_year_with_a_season_has_the_volume_of_one_without() -> None:
    """Factors that average nearly 1 are scaled to do so exactly, so a season never adds work."""
    rounded = [factor + 0.004 for factor in SEASON]
    assert volume(season=rounded).forecast((2027, 8), 12).sum() == pytest.approx(12_000.0, rel=1e-13)


@pytest.mark.parametrize("season", [[1.0] * 11, [1.2] * 12, [13.0] + [-1.0 / 11] * 11])
def test_impossible_season_is_refused(season: list[float]) -> None:
    """Eleven months, a mean of 1.2 or negative work are slips."""
    with pytest.raises(ValidationError, match=r"average|factors"):
        volume(season=season)


def test_steps_by_hand() -> None:
    """A step counts from its month on and multiplies those before; one in the past always counts."""
    steps = [
        {"from_month": "2027-03", "factor": 1.5},
        {"from_month": "2028-01", "factor": 0.5},
        {"from_month": "2026-07", "factor": 2.0},
        {"from_month": "2031-01", "factor": 9.0},
    ]
    forecast = volume(steps=steps).forecast((2027, 1), 13)[:, 0]
    assert forecast.tolist() == [2000.0] * 2 + [3000.0] * 10 + [1500.0]


def test_uncertain_growth_gives_a_forecast_for_each_trial() -> None:
    """Growth is drawn once a trial and held: each column has its own path."""
    bound = volume().model_copy(update={"growth": np.array([0.0, 0.1])})
    forecast = bound.forecast((2027, 1), 25)
    assert forecast.shape == (25, 2)
    assert forecast[24] == pytest.approx([1000.0, 1210.0], rel=1e-13)


def test_no_noise_without_noise_or_without_draws() -> None:
    """The deterministic twin's volume is the forecast."""
    noisy = volume(noise={"volatility": 0.3, "persistence": 0.5})
    assert noisy.noise_factor(NoDraws(), 12) == 1.0
    assert volume().noise_factor(StreamDraws(1, 0, 8), 12) == 1.0


@pytest.mark.parametrize("month", [1, 2, 24])
def test_expected_volume_is_the_forecast(month: int) -> None:
    """E[V(t)] = V̂(t) in the first and the last month, and the log has the variance σ² throughout."""
    factor = volume(noise={"volatility": 0.4, "persistence": 0.8}).noise_factor(StreamDraws(5, 0, TRIALS), 24)
    here = np.asarray(factor)[month - 1]
    log = np.log(here) + 0.4**2 / 2
    assert within(1.0, here)
    assert within(0.0, log)
    assert within(0.4**2, log**2)


@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("lag", [1, 3, 12])
def test_autocorrelation_fades_geometrically(persistence: float, lag: int) -> None:
    """Lag-k autocorrelation of x is φ^k, also from the first month on."""
    noise = Noise(volatility=0.2, persistence=persistence)
    draw = np.random.default_rng(23).standard_normal((14, TRIALS))
    x = (np.log(np.asarray(noise.factor(draw))) + 0.2**2 / 2) / 0.2
    for start in (0, 14 - lag - 1):
        assert within(persistence**lag, x[start] * x[start + lag])


def test_autoregression_by_hand() -> None:
    """x(1) = z(1), then x(t) = φ x(t-1) + √(1-φ²) z(t)."""
    x = autoregression(np.array([[1.0], [2.0], [-1.0]]), 0.6)[:, 0]
    assert x == pytest.approx([1.0, 0.6 + 0.8 * 2.0, 0.6 * 2.2 - 0.8], rel=1e-14)


@pytest.mark.parametrize("persistence", [-0.1, 1.0])
def test_explosive_or_negative_memory_is_refused(persistence: float) -> None:
    """At φ = 1 the noise would not have a mean, and a negative φ is a slip."""
    with pytest.raises(ValidationError):
        Noise(volatility=0.1, persistence=persistence)
