"""Tornado, rank correlation, first-order indices: published functions, closed forms, coverage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from bposim.analysis.sensitivity import first_order, rank_correlation, tornado

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate

TRIALS = 100_000


def within(truth: float, estimate: Estimate) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


# --- first-order indices ------------------------------------------------------------------------------


def test_ishigami_first_order() -> None:
    """P13: 0.31391, 0.44241 and 0; the third acts only jointly and must show nothing alone."""
    x = np.random.default_rng(70).uniform(-math.pi, math.pi, (3, TRIALS))
    y = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    found = first_order(y, {f"x{i}": row for i, row in enumerate(x)})
    assert [e.value for e in found.values()] == pytest.approx([0.31391, 0.44241, 0.0], abs=0.02)
    assert all(map(within, [0.31390519, 0.44241114, 0.0], found.values()))


def test_sobol_g_first_order() -> None:
    """P14: a function with a kink in every driver, eight of them; even the small ones within the error."""
    u = np.random.default_rng(71).uniform(size=(8, TRIALS))
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])[:, np.newaxis]
    y = np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=0)
    truth = [0.7161921688790331, 0.17904804221975829, 0.02367577417781928, 0.007161921688790333]
    found = list(first_order(y, {f"u{i}": row for i, row in enumerate(u)}).values())
    assert all(map(within, [*truth, *[7.161921688790333e-05] * 4], found))


def test_a_dependent_driver_explains_what_it_tells() -> None:
    """Y = X + 2 Z, corr 0.6: X alone tells (1 + 2 x 0.6)^2 / Var; a mute one with corr 0.6 tells too."""
    rng = np.random.default_rng(72)
    x = rng.standard_normal(TRIALS)
    z = 0.6 * x + 0.8 * rng.standard_normal(TRIALS)
    mute = 0.6 * z + 0.8 * rng.standard_normal(TRIALS)
    found = first_order(x + 2 * z, {"x": x, "z": z, "mute": mute})
    assert within(2.2**2 / 7.4, found["x"])
    assert within(2.6**2 / 7.4, found["z"])
    assert within((0.36 + 2 * 0.6) ** 2 / 7.4, found["mute"])


def test_a_rare_event_is_a_driver_like_any_other() -> None:
    """An event of 2 % costing 10, beside noise of sd 1: 100 x 0.02 x 0.98 / (1.96 + 1)."""
    rng = np.random.default_rng(73)
    event = (rng.uniform(size=TRIALS) < 0.02).astype(float)
    y = 10 * event + rng.standard_normal(TRIALS)
    assert within(1.96 / 2.96, first_order(y, {"event": event})["event"])


@pytest.mark.parametrize("slope", [0.0, 0.5, 2.0])
def test_first_order_intervals_cover(slope: float) -> None:
    """600 runs of 3,000 trials: 95 % for an index that matters, more for one that is 0."""
    rng = np.random.default_rng([74, int(10 * slope)])
    truth, hits, values = slope**2 / (slope**2 + 1), 0, []
    for _ in range(600):
        x, noise = rng.standard_normal((2, 3000))
        found = first_order(slope * x + noise, {"x": x})["x"]
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
        values.append(found.value)
    assert hits / 600 >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 600)
    assert slope == 0 or hits / 600 <= 0.95 + 4 * math.sqrt(0.95 * 0.05 / 600)
    assert np.mean(values) == pytest.approx(truth, abs=5 * np.std(values) / math.sqrt(600))


# --- tornado ------------------------------------------------------------------------------------------


def test_the_tornado_of_a_sum_of_normals() -> None:
    """Mean of a normal in its top decile is phi(z)/0.1 = 1.755; P5 there by the noise that is left."""
    rng = np.random.default_rng(75)
    x, small, noise = rng.standard_normal((3, TRIALS))
    bars = tornado(4 * x + 0.5 * small + noise, {"small": small, "x": x})
    assert [bar.name for bar in bars] == ["x", "small"]
    end = norm.pdf(norm.ppf(0.9)) / 0.1
    assert within(4 * end, bars[0].high_mean)
    assert within(8 * end, bars[0].swing_mean)
    assert within(1.0 * end, bars[1].swing_mean)
    assert bars[0].high_at == pytest.approx(end, abs=0.05)
    rest = math.hypot(4, 1)
    # The small one shifts a nearly unchanged distribution: both ends by half of 0.5 x 2 x 1.755.
    assert bars[1].high_quantile.value == pytest.approx(0.5 * end + rest * norm.ppf(0.05), abs=0.3)


def test_the_ends_of_an_event_are_no_event_and_event() -> None:
    """A 5 % event costing 8: low is its absence, high its presence, and the ends do not overlap."""
    rng = np.random.default_rng(76)
    event = (rng.uniform(size=20_000) < 0.05).astype(float)
    bar = tornado(8 * event + rng.standard_normal(20_000), {"event": event})[0]
    assert (bar.low_at, bar.high_at) == (0.0, 1.0)
    assert within(8.0, bar.swing_mean)
    assert within(8.0, bar.swing_quantile)


def test_tornado_intervals_cover() -> None:
    """600 runs: the cut at the decile comes from the sample, and an error that forgets it covers 89 %."""
    rng = np.random.default_rng(77)
    truth, hits = 3 * norm.pdf(norm.ppf(0.9)) / 0.1, 0
    for _ in range(600):
        x, noise = rng.standard_normal((2, 3000))
        end = tornado(3 * x + noise, {"x": x})[0].high_mean
        assert end.low is not None
        assert end.high is not None
        hits += end.low <= truth <= end.high
    assert hits / 600 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 600))


def test_what_does_not_vary_has_no_bar() -> None:
    """A constant driver has no low and high; a wrong share is refused."""
    y = np.random.default_rng(78).standard_normal(1000)
    assert tornado(y, {"constant": np.ones(1000)}) == ()
    assert first_order(y, {"constant": np.ones(1000)})["constant"].value == pytest.approx(0.0, abs=1e-12)
    assert first_order(np.ones(1000), {"y": y})["y"].se is None
    with pytest.raises(ValueError, match="share"):
        tornado(y, {"y": y}, share=0.6)


# --- rank correlation ---------------------------------------------------------------------------------


def test_rank_correlation_is_spearmans() -> None:
    """With ties equal to SciPy's; of a bivariate normal 6/pi asin(r/2); Pearson taken for it would differ."""
    rng = np.random.default_rng(79)
    x = rng.poisson(3, 2000).astype(float)
    y = x + rng.standard_normal(2000)
    assert rank_correlation(y, {"x": x})["x"].value == pytest.approx(
        float(spearmanr(x, y).statistic), abs=1e-12
    )
    z, e = rng.standard_normal((2, TRIALS))
    wild = np.exp(3 * (0.8 * z + 0.6 * e))
    assert within(6 / math.pi * math.asin(0.4), rank_correlation(wild, {"z": z})["z"])
    exact = rank_correlation(x, {"x": -x})["x"]
    assert (exact.value, exact.low, exact.high) == (-1.0, -1.0, -1.0)


def test_rank_correlation_intervals_cover() -> None:
    """800 runs of 300 trials at r = 0.6."""
    rng = np.random.default_rng(80)
    truth, hits = 6 / math.pi * math.asin(0.3), 0
    for _ in range(800):
        z, e = rng.standard_normal((2, 300))
        found = rank_correlation(0.6 * z + 0.8 * e, {"z": z})["z"]
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert hits / 800 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 800))
