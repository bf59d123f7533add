"""Maximum likelihood with censoring and truncation, against closed forms and published fits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bposim.fit.frequency import dispersion, frequency
from bposim.fit.goodness import bootstrap, distances, ljung_box
from bposim.fit.likelihood import Fitted, Model, Observations
from bposim.fit.models import (
    ExponentialModel,
    GammaModel,
    LognormalModel,
    ParetoModel,
    SplicedModel,
    WeibullModel,
)
from bposim.fit.survival import KaplanMeier

MODELS = [
    (ExponentialModel(), [math.log(3.0)]),
    (LognormalModel(), [0.7, math.log(0.9)]),
    (WeibullModel(), [math.log(1.4), math.log(3.0)]),
    (GammaModel(), [math.log(0.8), math.log(3.0)]),
    (ParetoModel(0.5), [0.3, math.log(2.0)]),
    (SplicedModel(4.0), [0.7, math.log(0.9), 0.3, math.log(2.0)]),
]

# Freireich et al. (1963): weeks of remission under 6-mercaptopurine; STILL had not relapsed.
REMISSION = (6, 6, 6, 7, 10, 13, 16, 22, 23)
STILL = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)

# Klugman, Panjer and Willmot, Loss Models, data set B: 20 general liability losses.
LIABILITY = [
    27,
    82,
    115,
    126,
    155,
    161,
    243,
    294,
    340,
    384,
    457,
    680,
    855,
    877,
    974,
    1193,
    1340,
    1884,
    2558,
    15743,
]


def remission() -> Observations:
    """Return the weeks as censored observations."""
    value = np.array([*REMISSION, *STILL], dtype=np.float64)
    seen = np.array([1.0] * len(REMISSION) + [0.0] * len(STILL))
    return Observations(value, seen, np.zeros_like(value))


@pytest.mark.parametrize(("model", "theta"), MODELS, ids=lambda part: getattr(part, "kind", ""))
def test_density_survival_and_quantile_are_those_that_bposim_draws_from(
    model: Model, theta: list[float]
) -> None:
    """Protects that what is fitted is what a scenario then simulates."""
    own = np.array(theta)
    x = np.array([0.6, 1.3, 2.9, 3.9, 4.1, 8.0, 25.0])
    drawn = model.distribution(own)
    survival = np.exp(model.log_survival(own, x))
    assert drawn.sf(x) == pytest.approx(survival, rel=1e-9)
    h = 1e-5
    slope = (drawn.sf(x - h) - drawn.sf(x + h)) / (2.0 * h)
    assert np.exp(model.log_density(own, x)) == pytest.approx(slope, rel=1e-5)
    assert model.quantile(own, survival) == pytest.approx(x, rel=1e-9)


def test_censored_exponential_has_its_closed_form() -> None:
    """Protects the treatment of those who are still there: the rate is leavers over exposure, 9 / 359."""
    fit = ExponentialModel().fitted(remission())
    assert fit.model.natural(fit.theta)["scale"] == pytest.approx(359.0 / 9.0, rel=1e-12)
    low, high = fit.intervals()["scale"]
    for end in (low, high):  # 2 (l(best) - l(end)) is the 95 % point
        lost = 2.0 * (9.0 * math.log(end * 9.0 / 359.0) + 359.0 / end - 9.0)
        assert lost == pytest.approx(3.8415, abs=1e-3)


def test_censored_weibull_is_the_published_one() -> None:
    """Protects the censored likelihood: R's survreg gives shape 1.354 and scale 33.77 for these data."""
    fit = WeibullModel().fitted(remission())
    assert fit.model.natural(fit.theta) == pytest.approx({"shape": 1.354, "scale": 33.77}, rel=1e-3)


def test_kaplan_meier_is_the_published_one() -> None:
    """Protects the curve that the picture shows: 0.857 at 6, 0.753 at 10, 0.448 at 23 weeks."""
    curve = KaplanMeier.of(remission())
    assert curve.at(np.array([5.9, 6.0, 10.0, 23.0])) == pytest.approx([1.0, 0.857, 0.753, 0.448], abs=5e-4)
    assert curve.median == 23.0
    low, high = curve.band()
    assert np.all((low <= curve.survival) & (curve.survival <= high))


def test_severities_are_those_of_loss_models() -> None:
    """Protects exponential and gamma against the book: mean 1,424.4; α 0.55616, θ 2,561.1, ln L -162.293."""
    data = Observations.complete(np.array(LIABILITY, dtype=np.float64))
    exponential, gamma = ExponentialModel().fitted(data), GammaModel().fitted(data)
    assert exponential.model.natural(exponential.theta)["scale"] == pytest.approx(1424.4)
    assert gamma.model.natural(gamma.theta) == pytest.approx({"shape": 0.55616, "scale": 2561.1}, rel=1e-4)
    assert gamma.log_likelihood == pytest.approx(-162.293, abs=1e-3)


@pytest.mark.parametrize(("model", "theta"), MODELS[:5], ids=lambda part: getattr(part, "kind", ""))
def test_parameters_come_back_from_truncated_data(model: Model, theta: list[float]) -> None:
    """Protects the conditional likelihood: what was not recorded below a threshold does not bias the fit."""
    own, rng = np.array(theta), np.random.default_rng(3)
    entry = 1.2
    above = float(np.exp(model.log_survival(own, np.array(entry))))
    data = Observations.complete(model.quantile(own, above * rng.uniform(size=1500)), entry)
    fit = model.fitted(data)
    truth = model.natural(own)
    for name, (low, high) in fit.intervals().items():
        middle, half = (low + high) / 2.0, (high - low) / 2.0
        assert abs(truth[name] - middle) < 4.0 / 1.96 * half, name
    naive = model.fitted(Observations.complete(data.value))
    gap = abs(math.log(naive.model.distribution(naive.theta).mean / model.distribution(own).mean))
    assert gap > 0.1, "leaving the threshold out of account has to matter, or this test protects nothing"


def test_profile_intervals_cover() -> None:
    """Protects the intervals in a repeated experiment: 95 % of them hold the truth."""
    rng, times, hits = np.random.default_rng(11), 200, 0
    for _ in range(times):
        tenure, stop = 20.0 * rng.weibull(1.3, 50), rng.uniform(5.0, 40.0, 50)
        data = Observations(np.minimum(tenure, stop), (tenure <= stop).astype(float), np.zeros(50))
        low, high = WeibullModel().fitted(data).interval(0)
        hits += low <= math.log(1.3) <= high
    assert hits / times == pytest.approx(0.95, abs=4.0 * math.sqrt(0.95 * 0.05 / times))


def test_spliced_likelihood_falls_into_two() -> None:
    """Protects the tail: the best body and tail found apart are the best together."""
    rng = np.random.default_rng(4)
    data = Observations.complete(np.exp(rng.normal(1.0, 1.0, 400)))
    model = SplicedModel(8.0)
    fit = model.fitted(data)
    for step in np.vstack([np.eye(4), -np.eye(4)]) * 0.02:
        assert model.log_likelihood(fit.theta + step, data) < fit.log_likelihood


def test_distances_are_those_of_scipy() -> None:
    """Protects KS and CvM against scipy, and AD against its published form on a small sample."""
    u = np.random.default_rng(1).uniform(size=37)
    found = distances(u)
    assert found["KS"] == pytest.approx(stats.kstest(u, "uniform").statistic)
    assert found["CvM"] == pytest.approx(stats.cramervonmises(u, "uniform").statistic)
    assert distances(np.array([0.5]))["AD"] == pytest.approx(-1.0 - 2.0 * math.log(0.5))


def test_bootstrap_allows_for_fitted_parameters() -> None:
    """Protects the p values: under the model they are uniform, which those of a table are not."""
    rng, model, found, table = np.random.default_rng(8), LognormalModel(), [], []
    for _ in range(60):
        data = Observations.complete(np.exp(rng.normal(size=25)))
        fit = model.fitted(data)

        def again(inner: np.random.Generator, fit: Fitted = fit) -> tuple[dict[str, float], np.ndarray]:
            drawn = Observations.complete(fit.drawn(inner))
            refit = model.fitted(drawn)
            return distances(refit.below(drawn)), refit.theta

        tests = bootstrap(distances(fit.below(data)), again, 99, [1]).tests
        found.append(tests[0].p)
        table.append(stats.kstest(fit.below(data), "uniform").pvalue)
    assert np.mean(found) == pytest.approx(0.5, abs=4.0 * math.sqrt(1.0 / 12.0 / 60.0))
    assert np.mean(table) > 0.7, "the table is what the bootstrap is there to replace"


def test_negative_binomial_is_that_of_bliss_and_fisher() -> None:
    """Protects the dispersion: mites on 150 apple leaves, mean 1.147 and k = 1.025 (Biometrics 9, 1953)."""
    mites = np.repeat(np.arange(8.0), [70, 38, 17, 10, 9, 3, 2, 1])
    assert 1.0 / dispersion(mites) == pytest.approx(1.025, abs=2e-3)
    assert dispersion(np.array([3.0, 3.0, 4.0, 3.0])) == 0.0


def test_frequency_tells_clusters_and_trends_from_poisson() -> None:
    """Protects the warnings about events in bad years, and about a rate that has changed."""
    rng = np.random.default_rng(6)
    even = sorted(rng.integers(0, 120, 80))
    found = frequency(even, (0, 119), 80, 99)
    assert found is not None
    assert found.per_year == 8.0
    assert not found.clustered
    assert abs(found.trend) < 2.5
    clustered = [
        12 * year + month
        for year, n in enumerate([1, 30, 2, 0, 25, 1, 0, 20, 1, 0])
        for month in rng.integers(0, 12, n)
    ]
    found = frequency(clustered, (0, 119), 80, 99)
    assert found is not None
    assert found.clustered
    assert found.over_horizon == pytest.approx(found.overdispersion / 5.0)
    late = frequency(sorted(119 - (rng.uniform(size=80) ** 3 * 120).astype(int)), (0, 119), 80, 99)
    assert late is not None
    assert late.trend > 2.5


def test_rate_interval_is_exact() -> None:
    """Protects the interval of rare events: 2 in a year are compatible with 0.242 to 7.22 (Garwood)."""
    found = frequency([], (0, 11), 2, 9)
    assert found is not None
    assert found.interval == pytest.approx((0.2422, 7.2247), abs=1e-3)


def test_ljung_box_sees_memory() -> None:
    """Protects the warning that changes hang together."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=300)
    assert ljung_box(noise, 6) > 0.01
    assert ljung_box(noise[1:] + 0.5 * noise[:-1], 6) < 0.001
