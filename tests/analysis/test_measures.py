"""Measures of one distribution against closed forms, hand counts and repeated experiments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom, binomtest, norm

from bposim.analysis.measures import (
    Sample,
    certainty_equivalent,
    contingency,
    expected_shortfall,
    mean,
    mean_es,
    order_statistic_ranks,
    probability_above,
    probability_below,
    proportion,
    quantile,
    quantiles,
    sd,
    shortfall_given_miss,
    skewness,
    value_at_risk,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.measures import CertaintyEquivalent, Estimate
    from bposim.shapes import FloatArray

TRIALS = 200_000
repeatable = settings(deadline=None, derandomize=True)
LEVEL = 0.95
V = float(ndtri(LEVEL))
NORMAL_ES = float(norm.pdf(V)) / (1 - LEVEL)
# E[(Z-v)+] and E[(Z-v)+^2] of a standard normal Z give the variance of the shortfall's influence.
EXCESS = float(norm.pdf(V)) - V * (1 - LEVEL)
EXCESS_SQUARED = (1 + V**2) * (1 - LEVEL) - V * float(norm.pdf(V))
ES_VARIANCE = (EXCESS_SQUARED - EXCESS**2) / (1 - LEVEL) ** 2

samples = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60).map(np.array)
levels = st.floats(0.01, 0.99)


@pytest.fixture(scope="module")
def normal() -> Sample:
    """200,000 standard normal totals."""
    return Sample(np.random.default_rng(11).standard_normal(TRIALS))


def within(truth: float, estimate: Estimate | CertaintyEquivalent) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


# --- the sample ---------------------------------------------------------------------------------------


def test_a_total_that_is_not_finite_is_refused_with_its_trial() -> None:
    """A nan must stop the analysis and name the trial, never vanish in a mean."""
    with pytest.raises(ValueError, match="trial 2 has a total that is not finite"):
        Sample(np.array([1.0, 2.0, math.nan, math.inf]))


@pytest.mark.parametrize("values", [np.zeros((3, 2)), np.zeros(0), np.array(1.0)])
def test_only_one_total_per_trial_makes_a_sample(values: FloatArray) -> None:
    """A path passed for a total would otherwise be averaged over months."""
    with pytest.raises(ValueError, match="one total per trial"):
        Sample(values)


def test_a_sample_neither_sorts_nor_locks_the_caller_s_array() -> None:
    """Sorting in place would break the pairing of trials across alternatives."""
    values = np.array([3.0, 1.0, 2.0])
    sample = Sample(values)
    quantile(sample, 0.5)
    assert values.tolist() == [3.0, 1.0, 2.0]
    assert values.flags.writeable
    assert not sample.values.flags.writeable


# --- moments ------------------------------------------------------------------------------------------


def test_moments_by_hand() -> None:
    """1, 2, 3, 6: mean 3, variance 14/3; central moments 3.5 and 4.5 give skewness 4.5 / 3.5^1.5."""
    x = np.array([1.0, 2.0, 3.0, 6.0])
    assert mean(x).value == 3.0
    assert sd(x).value == pytest.approx(math.sqrt(14 / 3), rel=1e-14)
    assert skewness(x).value == pytest.approx(4.5 / 3.5**1.5, rel=1e-14)
    assert mean(x).se == pytest.approx(math.sqrt(14 / 3 / 4), rel=1e-14)


def test_standard_errors_of_normal_moments(normal: Sample) -> None:
    """Closed forms: 1/sqrt(n), 1/sqrt(2n), sqrt(6/n); a lost factor of 2 would show at once."""
    n = normal.size
    assert within(0.0, mean(normal))
    assert within(1.0, sd(normal))
    assert within(0.0, skewness(normal))
    assert mean(normal).se == pytest.approx(1 / math.sqrt(n), rel=0.02)
    assert sd(normal).se == pytest.approx(1 / math.sqrt(2 * n), rel=0.02)
    assert skewness(normal).se == pytest.approx(math.sqrt(6 / n), rel=0.05)


def test_skewness_of_an_exponential_is_two() -> None:
    """An asymmetric case: a wrong sign or power would pass on a symmetric one.

    The central moments 1, 2, 9, 44, 265 make the influence's variance 265 + 81 + 9 + 1 - 284 = 72.
    """
    estimate = skewness(np.random.default_rng(12).exponential(5.0, TRIALS))
    assert within(2.0, estimate)
    assert estimate.se == pytest.approx(math.sqrt(72 / TRIALS), rel=0.1)


def test_equal_totals_have_exactly_no_spread() -> None:
    """0.1 summed a thousand times is not 100; rounding must not look like risk (or like skewness)."""
    x = np.full(1000, 0.1)
    assert mean(x).value == 0.1
    assert mean(x).se == 0.0
    assert sd(x).value == 0.0
    assert skewness(x).value == 0.0
    assert skewness(x).se is None


def test_a_large_offset_does_not_spoil_the_spread() -> None:
    """The trap of the squared sums: the variance of 1e9 + (0, 1) is 0.5, not a rounding error."""
    assert sd(np.array([1e9, 1e9 + 1])).value == math.sqrt(0.5)


@pytest.mark.parametrize("measure", [mean, sd, skewness, lambda x: quantile(x, 0.5), expected_shortfall])
def test_one_trial_gives_a_value_without_an_error(measure: Callable[[FloatArray], Estimate]) -> None:
    """A run of one trial must not divide by zero, nor claim to be certain."""
    estimate = measure(np.array([7.0]))
    assert math.isfinite(estimate.value)
    assert estimate.se is None
    assert estimate.note


# --- quantiles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.05, 0.25, 0.5, 0.8, 0.95])
def test_quantiles_are_numpy_s(p: float) -> None:
    """A reader who checks with NumPy or a spreadsheet's PERCENTILE gets the same number."""
    x = np.random.default_rng(13).lognormal(size=1234)
    assert quantile(x, p).value == pytest.approx(float(np.quantile(x, p)), rel=1e-13)


def test_several_quantiles_come_in_the_order_asked() -> None:
    """They are matched to their labels by position."""
    x = np.arange(101.0)
    assert [e.value for e in quantiles(x, [0.95, 0.05])] == [95.0, 5.0]


def test_ranks_that_enclose_a_median_by_hand() -> None:
    """Of 100 trials the tabled ranks 40 and 61; of 6 both ends (2 * 0.5^6 = 3.1 %); 5 cannot reach 95 %."""
    assert order_statistic_ranks(100, 0.5) == (40, 61)
    assert order_statistic_ranks(6, 0.5) == (1, 6)
    assert order_statistic_ranks(5, 0.5) is None
    estimate = quantile(np.arange(1.0, 101.0), 0.5)
    assert (estimate.low, estimate.value, estimate.high) == (40.0, 50.5, 61.0)


@pytest.mark.parametrize(("n", "p"), [(30, 0.2), (1000, 0.05), (1000, 0.95), (10_000_000, 0.99)])
def test_ranks_are_the_tightest_that_keep_each_side(n: int, p: float) -> None:
    """Both the guarantee (2.5 % a side) and its sharpness: one rank further in would break it."""
    ranks = order_statistic_ranks(n, p)
    assert ranks is not None
    lower, upper = ranks
    assert binom.cdf(lower - 1, n, p) <= 0.025 < binom.cdf(lower, n, p)
    assert binom.cdf(upper - 2, n, p) < 0.975 <= binom.cdf(upper - 1, n, p)


def test_a_quantile_beyond_the_sample_has_no_interval() -> None:
    """With 100 trials the largest lies below the 99 % quantile in 37 % of cases."""
    estimate = quantile(np.arange(100.0), 0.99)
    assert estimate.se is None
    assert estimate.low is None
    assert "too few" in estimate.note


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 95.0, math.nan])
def test_a_probability_outside_the_open_interval_is_refused(p: float) -> None:
    """95 for 0.95 must not read past the sample."""
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        quantile(np.arange(10.0), p)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        expected_shortfall(np.arange(10.0), p)


# --- the tail -----------------------------------------------------------------------------------------


def test_value_at_risk_and_shortfall_of_a_normal(normal: Sample) -> None:
    """P04: 1.64485 and 2.06271 in the high tail, mirrored in the low one."""
    assert within(V, value_at_risk(normal))
    assert within(-V, value_at_risk(normal, tail="low"))
    assert within(2.0627128075074275, expected_shortfall(normal))
    assert within(-2.0627128075074275, expected_shortfall(normal, tail="low"))
    assert within(2.665214220345808, expected_shortfall(normal, 0.99))


def test_value_at_risk_and_shortfall_of_a_lognormal() -> None:
    """P04: 5.18025 and 8.55723."""
    x = Sample(np.random.default_rng(14).lognormal(size=TRIALS))
    assert within(5.180251602233013, value_at_risk(x))
    assert within(8.557226866796718, expected_shortfall(x))


def test_an_atom_at_the_threshold_is_split() -> None:
    """Of 20 trials the worst 7 % is 1.4 of a trial: all of 20 and 0.4 of the 10."""
    x = np.array([0.0] * 18 + [10.0, 20.0])
    assert expected_shortfall(x, 0.93).value == pytest.approx((20 + 0.4 * 10) / 1.4, rel=1e-12)
    assert expected_shortfall(-x, 0.93, "low").value == pytest.approx(-(20 + 0.4 * 10) / 1.4, rel=1e-12)
    assert expected_shortfall(x, 0.75).value == pytest.approx((20 + 10 + 3 * 0) / 5, rel=1e-12)


def test_shortfall_error_of_a_normal(normal: Sample) -> None:
    """The influence function's closed form; the error of a plain tail mean would be 33 % too small."""
    expected = math.sqrt(ES_VARIANCE / normal.size)
    assert expected_shortfall(normal).se == pytest.approx(expected, rel=0.05)
    assert expected_shortfall(normal, tail="low").se == pytest.approx(expected, rel=0.05)


def test_shortfall_of_the_costlier_half(normal: Sample) -> None:
    """At level 0.5 the closed forms are 2 phi(0) and 4 (1/2 - phi(0)^2): the mean excess is no trifle."""
    estimate = expected_shortfall(normal, 0.5)
    assert within(math.sqrt(2 / math.pi), estimate)
    assert estimate.se == pytest.approx(math.sqrt((2 - 2 / math.pi) / normal.size), rel=0.02)


@pytest.mark.parametrize(
    ("trials", "refused", "noted"), [(1999, True, True), (2000, False, True), (20000, False, False)]
)
def test_few_tail_points_are_refused_then_flagged(trials: int, refused: bool, noted: bool) -> None:
    """Below 100 tail points an interval covers less than it says; below 1,000 it is rough."""
    estimate = expected_shortfall(np.random.default_rng(15).standard_normal(trials))
    assert (estimate.se is None) == refused
    assert (estimate.low is None) == refused
    assert bool(estimate.note) == noted


def test_a_tail_that_hangs_on_three_trials_is_refused() -> None:
    """Ten thousand trials, three losses: 500 tail points, but only three that carry information."""
    x = np.zeros(10_000)
    x[:3] = 1e6
    estimate = expected_shortfall(x)
    assert estimate.value == pytest.approx(3e6 / 500, rel=1e-12)
    assert estimate.se is None


def test_a_tail_of_one_atom_is_certain() -> None:
    """A saving that is 0 in every trial has shortfall 0 without error."""
    estimate = expected_shortfall(np.zeros(10_000), tail="low")
    assert estimate.value == 0.0
    assert estimate.se == 0.0


# --- risk-adjusted cost -------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 1.0])
def test_mean_es_of_a_normal_with_its_error(normal: Sample, weight: float) -> None:
    """Value w ES; variance (1-w)^2 + w^2 V + 2 w (1-w), as Cov(Z, (Z-v)+) = P(Z > v) (Stein)."""
    variance = (1 - weight) ** 2 + weight**2 * ES_VARIANCE + 2 * weight * (1 - weight)
    estimate = mean_es(normal, weight)
    assert within(weight * NORMAL_ES, estimate)
    assert estimate.se == pytest.approx(math.sqrt(variance / normal.size), rel=0.05)


@pytest.mark.parametrize("weight", [-0.1, 1.1, math.nan])
def test_a_tail_weight_is_a_share(weight: float) -> None:
    """50 for 50 % must not rank anything."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean_es(np.arange(10.0), weight)


def test_certainty_equivalent_of_a_normal(normal: Sample) -> None:
    """Value mu + sigma^2 / (2 rho), error rho sqrt((exp(sigma^2/rho^2) - 1) / n)."""
    mu, sigma, rho = 100.0, 10.0, 15.0
    found = certainty_equivalent(mu + sigma * normal.values, rho)
    assert found.reliable
    assert within(mu + sigma**2 / (2 * rho), found)
    expected = rho * math.sqrt(math.expm1((sigma / rho) ** 2) / normal.size)
    assert found.se == pytest.approx(expected, rel=0.05)


def test_certainty_equivalent_by_hand_and_its_largest_weight() -> None:
    """Fifty of 0 and fifty of ln 3 at rho 1: ln((1 + 3) / 2), and a heavy trial weighs 3 of 50 + 150."""
    found = certainty_equivalent(np.array([0.0, math.log(3)] * 50), 1.0)
    assert found.value == pytest.approx(math.log(2), rel=1e-14)
    assert found.largest_weight == pytest.approx(3 / 200, rel=1e-14)


def test_an_uncapped_lognormal_has_no_certainty_equivalent_to_rank_by() -> None:
    """The true value is infinite; the sample's is one trial, and says so."""
    found = certainty_equivalent(np.random.default_rng(16).lognormal(0.0, 2.0, 10_000), 1.0)
    assert found.largest_weight > 0.99
    assert not found.reliable
    assert found.se is None
    assert "do not rank" in found.note


def test_certainty_equivalent_survives_money_and_tiny_tolerances() -> None:
    """exp(1e12 / 1) overflows without log-sum-exp; as rho goes to 0 the value is the largest cost."""
    assert certainty_equivalent(np.full(50, 1e12), 1.0).value == 1e12
    assert certainty_equivalent(np.array([1.0, 5.0]), 1e-308).value == 5.0


def test_a_sure_cost_is_its_own_certainty_equivalent() -> None:
    """Ten equal costs weigh 10 % each, and yet no trial is heavier than another."""
    found = certainty_equivalent(np.full(10, 7.0), 2.0)
    assert (found.value, found.se, found.reliable) == (7.0, 0.0, True)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.inf, math.nan])
def test_a_tolerance_is_a_positive_amount(tolerance: float) -> None:
    """A tolerance of 0 would divide by it."""
    with pytest.raises(ValueError, match="positive amount"):
        certainty_equivalent(np.arange(3.0), tolerance)


# --- probabilities and promises -----------------------------------------------------------------------


@pytest.mark.parametrize(("successes", "trials"), [(7, 50), (1, 1000), (0, 20), (20, 20)])
def test_proportion_interval_is_clopper_pearson_s(successes: int, trials: int) -> None:
    """Against scipy's own exact interval, both ends, both extremes."""
    reference = binomtest(successes, trials).proportion_ci(0.95, method="exact")
    estimate = proportion(successes, trials)
    assert estimate.low == pytest.approx(float(reference.low), rel=1e-10, abs=1e-12)
    assert estimate.high == pytest.approx(float(reference.high), rel=1e-10)


def test_never_seen_is_not_impossible() -> None:
    """0 of a million is "< 3.7e-6" with no standard error, never "0 %, plus or minus 0"."""
    estimate = proportion(0, 1_000_000)
    assert estimate.high == pytest.approx(1 - 0.025**1e-6, rel=1e-6)
    assert estimate.se is None


def test_a_total_at_the_threshold_is_neither_above_nor_below() -> None:
    """The same terms on both sides save exactly 0: neither a saving nor a loss."""
    x = np.array([-1.0, 0.0, 0.0, 2.0])
    assert probability_above(x, 0.0).value == 0.25
    assert probability_below(x, 0.0).value == 0.25
    assert probability_above(x, 0.0).se == pytest.approx(math.sqrt(0.25 * 0.75 / 4), rel=1e-14)


def test_shortfall_given_a_miss_of_a_normal(normal: Sample) -> None:
    """E[c - Z | Z < c] = c + phi(c) / Phi(c)."""
    c = 0.5
    assert within(c + float(norm.pdf(c) / norm.cdf(c)), shortfall_given_miss(normal, c))


def test_shortfall_given_few_or_no_misses() -> None:
    """The value by hand; no error from 2 misses, none from 0."""
    x = np.array([1.0, 3.0, 5.0, 9.0])
    assert shortfall_given_miss(x, 5.0).value == 3.0
    assert shortfall_given_miss(x, 5.0).se is None
    assert shortfall_given_miss(x, 1.0).value == 0.0
    assert "no trial" in shortfall_given_miss(x, 1.0).note


def test_contingency_of_a_normal_with_its_error(normal: Sample) -> None:
    """Value z; variance p(1-p)/f^2 + 1 - 2 with f = phi(z): the covariance with the mean is 1 and counts."""
    p = 0.8
    z = float(ndtri(p))
    density = float(norm.pdf(z))
    variance = p * (1 - p) / density**2 + 1 - 2
    estimate = contingency(normal, p)
    assert within(z, estimate)
    assert estimate.se == pytest.approx(math.sqrt(variance / normal.size), rel=0.1)


# --- stated coverage ----------------------------------------------------------------------------------

COVERED: dict[str, tuple[Callable[[FloatArray], Estimate], float]] = {
    "mean": (mean, 0.0),
    "sd": (sd, 1.0),
    "skewness": (skewness, 0.0),
    "p50": (lambda x: quantile(x, 0.5), 0.0),
    "p95": (lambda x: quantile(x, 0.95), V),
    "es95": (expected_shortfall, NORMAL_ES),
    "mean_es": (mean_es, NORMAL_ES / 2),
    "contingency": (contingency, float(ndtri(0.8))),
    "probability": (lambda x: probability_above(x, 1.0), float(norm.sf(1.0))),
    "given a miss": (lambda x: shortfall_given_miss(x, 0.0), math.sqrt(2 / math.pi)),
}


@pytest.mark.parametrize("name", COVERED)
def test_intervals_cover_as_often_as_they_say(name: str) -> None:
    """1,000 runs of 6,000 trials: 95 % within four binomial standard errors, no more and no less."""
    measure, truth = COVERED[name]
    rng = np.random.default_rng([17, len(name)])
    runs = 1000
    hits = 0
    for _ in range(runs):
        estimate = measure(rng.standard_normal(6000))
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= truth <= estimate.high
    assert hits / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


# --- properties ---------------------------------------------------------------------------------------


@repeatable
@given(samples, levels)
def test_shortfall_lies_beyond_the_quantile(x: FloatArray, level: float) -> None:
    """ES >= quantile >= the sample's end, on either side, for any sample with any ties."""
    slack = 1e-9 * (1 + float(np.max(np.abs(x))))
    high, low = expected_shortfall(x, level).value, expected_shortfall(x, level, "low").value
    assert high >= value_at_risk(x, level).value - slack
    assert high <= np.max(x) + slack
    assert low <= value_at_risk(x, level, "low").value + slack
    assert low >= np.min(x) - slack
    assert high >= mean(x).value - slack


@repeatable
@given(samples, levels, st.floats(0.01, 100), st.floats(-1e6, 1e6))
def test_measures_follow_a_change_of_currency_and_a_sure_amount(
    x: FloatArray, level: float, scale: float, shift: float
) -> None:
    """Measured on k X + c, each measure of money is k times the measure on X, plus c."""
    moved = scale * x + shift
    slack = 1e-9 * (1 + abs(shift) + scale * float(np.max(np.abs(x))))
    measures: list[Callable[[FloatArray], float]] = [
        lambda y: mean(y).value,
        lambda y: quantile(y, level).value,
        lambda y: expected_shortfall(y, level).value,
        lambda y: expected_shortfall(y, level, "low").value,
        lambda y: mean_es(y, 0.5, level).value,
    ]
    for measure in measures:
        assert measure(moved) == pytest.approx(scale * measure(x) + shift, abs=slack)
    assert sd(moved).value == pytest.approx(scale * sd(x).value, abs=slack)
    tolerance = 1.0 + float(np.ptp(x))
    assert certainty_equivalent(moved, scale * tolerance).value == pytest.approx(
        scale * certainty_equivalent(x, tolerance).value + shift, abs=slack
    )


@repeatable
@given(samples, st.floats(1.0, 1e7))
def test_certainty_equivalent_lies_between_mean_and_largest_and_falls_with_tolerance(
    x: FloatArray, tolerance: float
) -> None:
    """Risk aversion charges for spread, never pays for it, and never more than the worst case."""
    slack = 1e-9 * (tolerance + float(np.max(np.abs(x))))
    value = certainty_equivalent(x, tolerance).value
    assert mean(x).value - slack <= value <= float(np.max(x)) + slack
    assert certainty_equivalent(x, 2 * tolerance).value <= value + slack
