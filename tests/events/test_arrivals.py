"""Poisson arrivals and compound losses against scipy, closed forms and published distributions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import gamma, nbinom, poisson

from bposim.errors import SimulationError
from bposim.events.arrivals import (
    MOST_CANDIDATES,
    Clustering,
    EventNoise,
    Events,
    arrivals,
    gamma_factor,
)
from bposim.inputs.number import EventSize
from bposim.inputs.poisson import poisson_quantile

if TYPE_CHECKING:
    from bposim.inputs.distribution import Distribution
    from bposim.shapes import FloatArray

TRIALS = 40_000


def noise(trials: int = TRIALS, seed: int = 31) -> EventNoise:
    """Return the random numbers of a risk."""
    return EventNoise(np.random.default_rng(seed), trials)


def size(data: Any) -> Distribution:  # noqa: ANN401 - as a file would write it
    """Return an event size."""
    distribution: Distribution = TypeAdapter(EventSize).validate_python(data)
    return distribution


def annual_losses(per_year: float, severity: Distribution, trials: int = TRIALS) -> FloatArray:
    """Return the sum of a year's losses, ``(trials,)``."""
    events = arrivals(noise(trials), per_year, 1.0, 12)
    return np.asarray(events.by_month(severity.from_normal(events.size), 12, trials).sum(axis=0))


def within(expected: float, sample: Any) -> bool:  # noqa: ANN401 - an array
    """Whether the sample's mean is within four standard errors of what is expected."""
    sample = np.asarray(sample, dtype=float)
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / math.sqrt(sample.size))


# --- counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.05, 1.0, 7.5, 60.0, 500.0])
def test_counts_are_the_quantiles_of_a_poisson(mean: float) -> None:
    """Equal to scipy's quantile function at random probabilities and far out in both tails."""
    u = np.concatenate(
        [np.random.default_rng(37).uniform(size=20_000), [1e-15, 1e-6, 0.5, 1 - 1e-6, 1 - 1e-12]]
    )
    assert np.array_equal(poisson_quantile(u, mean), poisson.ppf(u, mean))


def test_counts_take_a_mean_for_each_trial() -> None:
    """An uncertain rate is drawn once a trial."""
    u = np.random.default_rng(41).uniform(size=5_000)
    mean = np.random.default_rng(43).gamma(2.0, 3.0, 5_000)
    assert np.array_equal(poisson_quantile(u, mean), poisson.ppf(u, mean))


def test_counts_of_many_events() -> None:
    """Means at which e^-mean is no double any more, alone and beside small ones."""
    u = np.random.default_rng(71).uniform(size=3_000)
    mean = np.random.default_rng(73).choice([0.2, 40.0, 599.0, 601.0, 2000.0, MOST_CANDIDATES], 3_000)
    assert np.array_equal(poisson_quantile(u, mean), poisson.ppf(u, mean))
    assert np.array_equal(poisson_quantile(u, 3000.0), poisson.ppf(u, 3000.0))


def test_a_higher_rate_keeps_the_old_events_and_adds_new_ones() -> None:
    """The counts of every trial can only rise, and the marks of the old ranks stay."""
    random = noise(500)
    few, many = (arrivals(random, rate, 1.0, 12) for rate in (1.0, 3.0))
    old, new = ({*zip(e.trial.tolist(), e.month.tolist(), e.size.tolist(), strict=True)} for e in (few, many))
    assert old < new


def test_marks_do_not_depend_on_who_asks_first() -> None:
    """Asking for a later rank, or twice, leaves the marks of the others as they are."""
    one, other = noise(50), noise(50)
    late = other.rank(5)
    assert np.array_equal(one.rank(0).size, other.rank(0).size)
    assert np.array_equal(one.rank(5).size, late.size)
    assert np.array_equal(one.count, other.count)


# --- when and where -----------------------------------------------------------------------------------


def test_events_fall_evenly_into_months() -> None:
    """Each month of the horizon has λ/12 events, with a Poisson's variance, independent of the next month."""
    events = arrivals(noise(), 2.4, 1.0, 18)
    counts = events.by_month(np.ones(events.trial.size), 18, TRIALS)
    assert all(within(0.2, month) for month in counts)
    assert within(0.2, (counts[7] - 0.2) ** 2)
    assert within(0.0, (counts[7] - 0.2) * (counts[8] - 0.2))


def test_thinning_by_exposure() -> None:
    """A rate × exposure(t) thins to a Poisson of that rate: mean and variance follow the exposure."""
    exposure = np.array([0.0, 0.0, 0.1, 0.4, 0.7, 1.0])[:, np.newaxis]
    events = arrivals(noise(), 12.0, exposure, 6)
    counts = events.by_month(np.ones(events.trial.size), 6, TRIALS)
    assert not counts[:2].any()
    for month in range(2, 6):
        assert within(exposure[month, 0], counts[month])
        assert within(exposure[month, 0], (counts[month] - exposure[month, 0]) ** 2)
    assert within(0.0, (counts[4] - 0.7) * (counts[5] - 1.0))


def test_less_exposure_sees_a_part_of_the_same_events() -> None:
    """A leg with 40 % of the work meets some of the events of one with all of it, and no others."""
    random = noise(500)
    whole, part = (arrivals(random, 6.0, share, 12) for share in (1.0, 0.4))
    all_of_them, some = ({*zip(e.trial.tolist(), e.size.tolist(), strict=True)} for e in (whole, part))
    assert some < all_of_them
    assert len(some) / len(all_of_them) == pytest.approx(0.4, abs=4 * math.sqrt(0.24 / len(all_of_them)))


def test_exposure_of_a_trial_thins_that_trial() -> None:
    """A go-live that differs by trial exposes each trial by its own path."""
    exposure = np.zeros((12, 200))
    exposure[6:, 100:] = 1.0
    events = arrivals(noise(200), 24.0, exposure, 12)
    assert events.trial.min() >= 100
    assert events.month.min() >= 6


def test_no_events() -> None:
    """A rate of zero makes an empty list that can be added up and picked from."""
    events = arrivals(noise(10), 0.0, 1.0, 12)
    assert events.trial.size == 0
    assert not events.by_month(np.zeros(0), 12, 10).any()
    assert np.size(events.pick(np.ones((12, 10)))) == 0


def test_pick_takes_the_value_of_each_event() -> None:
    """A float, a value a trial, a month's value for all trials and a full path, by hand."""
    month, trial = np.array([0, 2, 2]), np.array([1, 0, 3])
    events = Events(month, trial, np.zeros(3), np.zeros(3))
    path = np.arange(12.0).reshape(3, 4)
    assert events.pick(5.0) == 5.0
    assert np.asarray(events.pick(path[0])).tolist() == [1.0, 0.0, 3.0]
    assert np.asarray(events.pick(path[:, :1])).tolist() == [0.0, 8.0, 8.0]
    assert np.asarray(events.pick(path[:1])).tolist() == [1.0, 0.0, 3.0]
    assert np.asarray(events.pick(path)).tolist() == [1.0, 8.0, 11.0]


def test_losses_of_one_month_and_trial_add_up() -> None:
    """Two events in one cell, one in another, by hand."""
    events = Events(np.array([1, 1, 0]), np.array([2, 2, 0]), np.zeros(3), np.zeros(3))
    assert events.by_month(np.array([3.0, 4.0, 5.0]), 2, 3).tolist() == [[5.0, 0.0, 0.0], [0.0, 0.0, 7.0]]


# --- rates that vary by month -------------------------------------------------------------------------


def test_rate_of_each_month() -> None:
    """A rate that rises, falls and stops has its own mean and a Poisson's variance in each month."""
    rate = np.array([6.0, 12.0, 3.0, 0.0, 24.0, 1.0])[:, np.newaxis]
    events = arrivals(noise(), rate, 0.5, 6)
    counts = events.by_month(np.ones(events.trial.size), 6, TRIALS)
    assert not counts[3].any()
    for month in (0, 1, 2, 4, 5):
        assert within(rate[month, 0] / 24, counts[month])
        assert within(rate[month, 0] / 24, (counts[month] - rate[month, 0] / 24) ** 2)


def test_rate_that_falls_on_the_way_keeps_what_came_before() -> None:
    """A mitigation that halves the rate from month 7 on moves no earlier event and adds none."""
    later = np.where(np.arange(12) < 6, 1.0, 0.5)[:, np.newaxis]
    random = noise(500)
    before, after = (
        {*zip(e.month.tolist(), e.trial.tolist(), e.size.tolist(), strict=True)}
        for e in (arrivals(random, 8.0, 1.0, 12), arrivals(random, 8.0 * later, 1.0, 12))
    )
    assert after < before
    assert {event for event in before if event[0] < 6} < after


def test_rate_path_of_a_trial() -> None:
    """Each trial has its own highest rate; one with none at all has no event and no division by zero."""
    rate = np.array([[0.0, 36.0, 0.0], [0.0, 0.0, 36.0]]) * np.ones((1, 3))
    events = arrivals(noise(3), np.repeat(rate, 12, axis=0), 1.0, 24)
    assert set(events.trial.tolist()) == {1, 2}
    assert (events.month[events.trial == 1] < 12).all()
    assert (events.month[events.trial == 2] >= 12).all()


def test_exposure_above_one() -> None:
    """Twice the reference headcount has twice the events, and the months below it have theirs."""
    exposure = np.array([2.0, 0.5])[:, np.newaxis]
    events = arrivals(noise(), 6.0, exposure, 2)
    counts = events.by_month(np.ones(events.trial.size), 2, TRIALS)
    assert within(1.0, counts[0])
    assert within(1.0, (counts[0] - 1.0) ** 2)
    assert within(0.25, counts[1])


def test_too_many_events_are_an_error() -> None:
    """No run goes on with more candidates than it has memory for."""
    with pytest.raises(SimulationError, match="6,000 events are expected in a trial"):
        arrivals(noise(3), 6000.0, 1.0, 12)


# --- events that come together ------------------------------------------------------------------------


def test_overdispersed_counts_are_negative_binomial() -> None:
    """Poisson mean × Gamma(mean 1, variance v): mean m, variance m + v m², skewness, and the pmf itself."""
    m, v = 2.4, 0.5
    events = arrivals(noise(), m, 1.0, 12, Clustering(overdispersion=v))
    counts = np.bincount(events.trial, minlength=TRIALS)
    reference = nbinom(1 / v, 1 / (1 + v * m))
    variance = m + v * m * m
    assert reference.var() == pytest.approx(variance)
    assert within(m, counts)
    assert within(variance, (counts - m) ** 2)
    assert within(float(reference.stats("s")) * variance**1.5, (counts - m) ** 3)
    for n in range(8):
        assert within(reference.pmf(n), counts == n), n


def test_compound_negative_binomial_moments() -> None:
    """Variance m E[X²] + v m² E[X]² and the third central moment of gamma losses."""
    m, v, mean, second, third = 1.5, 0.8, 1200.0, 400.0**2 * 12, 400.0**3 * 60
    events = arrivals(noise(), m, 1.0, 12, Clustering(overdispersion=v))
    severity = size({"gamma": {"shape": 3, "scale": 400}})
    loss = events.by_month(severity.from_normal(events.size), 12, TRIALS).sum(axis=0)
    a = m * mean
    assert within(a, loss)
    assert within(m * second + v * a**2, (loss - a) ** 2)
    # Cumulants of S given G are G m E[X^k]; the law of total cumulance adds 3 cov and κ3(G) = 2 v².
    assert within(m * third + 3 * v * a * m * second + 2 * v**2 * a**3, (loss - a) ** 3)


def test_overdispersion_moves_no_mark() -> None:
    """The same events with and without it, where it does not change their number; none has variance 0."""
    random, again = noise(500), noise(500)
    plain = arrivals(random, 3.0, 1.0, 12)
    mixed = arrivals(again, 3.0, 1.0, 12, Clustering(overdispersion=0.7))
    one, other = (
        {*zip(e.trial.tolist(), e.month.tolist(), e.size.tolist(), strict=True)} for e in (plain, mixed)
    )
    raised = set(np.flatnonzero(again.mixing > gamma.cdf(1.0, 1 / 0.7, scale=0.7)).tolist())
    assert {event for event in one if event[0] in raised} < {e for e in other if e[0] in raised}
    assert {event for event in other if event[0] not in raised} < {e for e in one if e[0] not in raised}
    same = arrivals(random, 3.0, 1.0, 12, Clustering(overdispersion=0.0))
    assert np.array_equal(same.size, plain.size)


def test_more_overdispersed_rate_keeps_the_old_events() -> None:
    """A higher rate is the same events and some new ones, whatever the overdispersion."""
    random = noise(500)
    few, many = (arrivals(random, rate, 1.0, 12, Clustering(overdispersion=2.0)) for rate in (1.0, 3.0))
    old, new = ({*zip(e.trial.tolist(), e.month.tolist(), e.size.tolist(), strict=True)} for e in (few, many))
    assert old < new


def test_gamma_factor_of_each_trial() -> None:
    """Equal to scipy's quantiles for a variance that differs by trial; exactly 1 at 0."""
    u = np.random.default_rng(79).uniform(size=4)
    factor = gamma_factor(u, np.array([0.0, 0.1, 1.0, 30.0]))
    assert factor[0] == 1.0
    assert factor[1:] == pytest.approx(gamma.ppf(u[1:], [10, 1, 1 / 30], scale=[0.1, 1, 30]), rel=1e-10)


def both_legs(rates: tuple[float, float], share: float) -> list[Events]:
    """Return the events of two legs with random numbers of their own and some that they share."""
    shared = noise(seed=83)
    return [
        arrivals(noise(seed=seed).beside(shared), rate, 1.0, 12, Clustering(shared=share))
        for seed, rate in zip((89, 97), rates, strict=True)
    ]


def test_common_shocks_leave_each_leg_as_it_was() -> None:
    """The count of a leg stays Poisson(λ) whatever part of it is shared."""
    for events, rate in zip(both_legs((2.0, 0.7), 0.4), (2.0, 0.7), strict=True):
        counts = np.bincount(events.trial, minlength=TRIALS)
        assert within(rate, counts)
        assert within(rate, (counts - rate) ** 2)
        assert within(poisson.pmf(0, rate), counts == 0)


def test_common_shocks_hit_both_legs_at_once() -> None:
    """Shared events are the same in month, trial and size; the rarer leg meets a part of the other's."""
    often, rarely = (
        {*zip(e.trial.tolist(), e.month.tolist(), e.size.tolist(), strict=True)}
        for e in both_legs((2.0, 0.7), 1.0)
    )
    assert rarely < often
    one, other = both_legs((2.0, 2.0), 0.3)
    together = {*zip(one.trial.tolist(), one.size.tolist(), strict=True)} & {
        *zip(other.trial.tolist(), other.size.tolist(), strict=True)
    }
    assert within(0.6, np.bincount([trial for trial, _ in together], minlength=TRIALS))


def test_covariance_of_common_shocks() -> None:
    """Of two legs with equal rates the counts covary by the shared part of the rate, ρλ."""
    one, other = (np.bincount(e.trial, minlength=TRIALS) for e in both_legs((2.0, 2.0), 0.3))
    assert within(0.6, (one - 2.0) * (other - 2.0))


def test_shared_noise_is_not_needed() -> None:
    """Without noise to share a leg has all of its events to itself."""
    plain, alone = (arrivals(noise(300), 4.0, 1.0, 12, how) for how in (Clustering(), Clustering(shared=0.5)))
    assert np.array_equal(plain.size, alone.size)


# --- compound losses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("per_year", "mean"), [(0.1, 0.4040012826945727), (3.0, 12.12003848083718)])
def test_published_annual_loss(per_year: float, mean: float) -> None:
    """Case P03: a lognormal with 5 % and 95 % quantiles 1 and 10, at 0.1 and at 3 events a year."""
    loss = annual_losses(per_year, size({"lognormal": {"p5": 1, "p95": 10}}), 5 * TRIALS)
    assert within(mean, loss)


def test_moments_of_a_compound_poisson() -> None:
    """Mean λE[X], variance λE[X²], third central moment λE[X³]; X gamma of shape 3 and scale 400."""
    loss = annual_losses(2.5, size({"gamma": {"shape": 3, "scale": 400}}))
    assert within(2.5 * 1200, loss)
    assert within(2.5 * 400**2 * 3 * 4, (loss - 3000) ** 2)
    assert within(2.5 * 400**3 * 3 * 4 * 5, (loss - 3000) ** 3)


@pytest.mark.parametrize(
    ("x", "probability"),
    [
        (0, 0.0820849986238988),
        (500, 0.10955001083722471),
        (1000, 0.18672473239569803),
        (3000, 0.5612774644661044),
        (5000, 0.8272834305173064),
        (8000, 0.9723333987640276),
    ],
)
def test_published_distribution_of_gamma_losses(x: float, probability: float) -> None:
    """Case P07 (Bahnemann 4.2): Poisson(2.5) events of Gamma(3, 400)."""
    loss = annual_losses(2.5, size({"gamma": {"shape": 3, "scale": 400}}))
    assert within(probability, loss <= x)


def test_published_distribution_of_small_whole_losses() -> None:
    """Case P06 (Bahnemann 4.4): Poisson(1.75) events of 1 to 5, against Panjer's recursion."""
    weights = [0.2, 0.4, 0.2, 0.15, 0.05]
    pmf = [math.exp(-1.75)]
    for s in range(1, 16):
        pmf.append(1.75 / s * sum(x * weights[x - 1] * pmf[s - x] for x in range(1, min(5, s) + 1)))
    assert pmf[:3] == pytest.approx([0.1737739434504451, 0.0608208802076558, 0.13228541445165137], rel=1e-12)
    loss = annual_losses(1.75, size({"discrete": {"values": [1, 2, 3, 4, 5], "weights": weights}}))
    for s, probability in enumerate(pmf):
        assert within(probability, loss == s), s
    assert within(4.2875, loss)
    assert np.quantile(loss, [0.95, 0.99]).tolist() == [11.0, 15.0]


def test_published_probability_of_one_total() -> None:
    """Case P08 (Loss Models 9.34): Poisson(5) claims of 100, 500 or 1000; P(S = 600) = 0.0598929."""
    severity = size({"discrete": {"values": [100, 500, 1000], "weights": [0.8, 0.16, 0.04]}})
    assert within(0.059892862214093054, annual_losses(5.0, severity) == 600)


def test_many_skewed_losses_are_not_normal() -> None:
    """Case V12: Poisson(60) lognormals (3, variance 1.1) have variance 218,457 and no normal's tail."""
    severity = size({"lognormal": {"median": math.exp(3), "sigma": math.sqrt(1.1)}})
    loss = annual_losses(60.0, severity)
    mean, variance = 60 * math.exp(3.55), 60 * math.exp(8.2)
    assert round(variance) == 218_457
    assert within(mean, loss)
    assert within(variance, (loss - mean) ** 2)
    normal_tail = 0.0025
    assert (loss > mean + 2.8070337683438042 * math.sqrt(variance)).mean() > 3 * normal_tail


@pytest.mark.parametrize("cap", [50.0, 400.0, 3000.0])
@pytest.mark.parametrize(
    "severity",
    [
        {"lognormal": {"mean": 500, "sigma": 1.2}},
        {"lognormal": {"mean": 500, "sigma": 1.2, "max": 5000}},
        {"low": 20, "likely": 300, "high": 2000},
    ],
)
def test_limited_expected_value(severity: dict[str, Any], cap: float) -> None:
    """E[min(X, cap)] as the deterministic twin takes it is what capped events cost on average."""
    distribution = size(severity)
    drawn = distribution.from_normal(np.random.default_rng(47).standard_normal(TRIALS))
    assert within(distribution.limited_mean(cap), np.minimum(drawn, cap)) or (drawn <= cap).all()


def test_certain_size_is_the_same_each_time() -> None:
    """A plain number as an event's size."""
    events = arrivals(noise(200), 5.0, 1.0, 12)
    assert set(size(250).from_normal(events.size).tolist()) == {250.0}


def test_published_variance_of_pareto_losses() -> None:
    """Case V19: Poisson(3) events of Burr(3, 2, 1), which is Pareto(3, 2), have mean 3 and variance 12."""
    severity = size({"generalised_pareto": {"shape": 1 / 3, "scale": 2 / 3}})
    assert 3 * (severity.variance + severity.mean**2) == pytest.approx(12.0, rel=1e-12)
    assert within(3.0, annual_losses(3.0, severity))
