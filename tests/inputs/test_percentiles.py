"""Percentiles asked are percentiles got, or the refusal says what to do."""

import math
import re

import numpy as np
import pytest
from scipy import stats

from bposim.inputs.distribution import Distribution
from bposim.inputs.distributions.beta import Beta
from bposim.inputs.distributions.discrete import Discrete
from bposim.inputs.distributions.gamma import Gamma
from bposim.inputs.distributions.lognormal import Lognormal
from bposim.inputs.distributions.metalog import Metalog
from bposim.inputs.distributions.normal import Normal
from bposim.inputs.distributions.pert import Pert
from bposim.inputs.distributions.triangular import Triangular
from bposim.inputs.distributions.uniform import Uniform
from bposim.inputs.distributions.weibull import Weibull
from bposim.inputs.percentiles import default_for, fit

CASES = [
    (Normal, {0.1: -0.02, 0.9: 0.09}, {}),
    (Normal, {0.1: 1, 0.9: 10}, {"min": 0}),
    (Normal, {0.1: 3, 0.9: 9}, {"min": 0, "max": 12}),
    (Normal, {0.05: 1e6, 0.5: 1.1e6}, {}),
    (Lognormal, {0.05: 1, 0.95: 10}, {}),
    (Lognormal, {0.05: 1, 0.95: 1e6}, {}),
    (Lognormal, {0.1: 3, 0.9: 9}, {"max": 12}),
    (Uniform, {0.1: 3, 0.9: 9}, {}),
    (Uniform, {0.1: 3, 0.9: 9}, {"max": 12}),
    (Weibull, {0.1: 3, 0.9: 9}, {}),
    (Weibull, {0.1: 3, 0.9: 9}, {"max": 12}),
    (Gamma, {0.1: 3, 0.9: 9}, {}),
    (Gamma, {0.1: 0.001, 0.9: 9}, {}),
    (Gamma, {0.1: 1000, 0.9: 1001}, {}),
    (Gamma, {0.1: 3, 0.9: 9}, {"min": 2}),
    (Beta, {0.1: 0.3, 0.9: 0.9}, {}),
    (Beta, {0.1: 0.001, 0.9: 0.9}, {}),
    (Beta, {0.05: 0.0001, 0.9: 0.0015}, {}),
    (Beta, {0.1: 30, 0.9: 90}, {"low": 10, "high": 200}),
    (Triangular, {0.1: 3, 0.5: 5, 0.9: 8}, {}),
    (Triangular, {0.05: -3, 0.5: -1.75, 0.95: -1}, {}),
    (Pert, {0.1: 3, 0.5: 5, 0.9: 8}, {}),
    (Pert, {0.1: 3, 0.5: 5, 0.9: 7.5}, {"shape": 2}),
    (Metalog, {0.1: 2, 0.9: 10}, {}),
    (Metalog, {0.1: 2, 0.5: 5, 0.9: 10}, {}),
    (Metalog, {0.1: 2, 0.5: 5, 0.9: 10}, {"min": 0}),
    (Metalog, {0.1: 2, 0.5: 5, 0.9: 10}, {"max": 15}),
    (Metalog, {0.1: 0.2, 0.5: 0.5, 0.9: 0.7}, {"min": 0, "max": 1}),
    (Metalog, {0.05: 1, 0.25: 3, 0.5: 5, 0.75: 8, 0.95: 14}, {}),
    (
        Metalog,
        dict(zip(np.arange(0.1, 0.95, 0.1), stats.gumbel_r.ppf(np.arange(0.1, 0.95, 0.1)), strict=True)),
        {},
    ),
]


@pytest.mark.parametrize(("kind", "percentiles", "others"), CASES)
def test_percentiles_asked_are_percentiles_got(
    kind: type[Distribution], percentiles: dict[float, float], others: dict[str, float]
) -> None:
    """Protects inputs by percentiles, also with bounds: to 1e-9, by quantile and by probability."""
    member = kind.from_percentiles(percentiles, **others)
    p, x = np.array(list(percentiles)), np.array(list(percentiles.values()))
    np.testing.assert_allclose(member.ppf(p), x, rtol=1e-9)
    np.testing.assert_allclose(member.cdf(x), p, rtol=1e-6)
    assert type(member) is kind
    for bound in ("min", "max"):
        assert getattr(member, bound) == others.get(bound)


@pytest.mark.parametrize(("low", "high", "mean"), [(1.0, 10.0, 4.0400128), (635e3, 19e6, 5_922_706.8335)])
def test_lognormal_from_a_ninety_percent_interval(low: float, high: float, mean: float) -> None:
    """Protects the usual elicitation of losses: the published means for 90 % intervals, to their digits."""
    assert Lognormal.from_percentiles({0.05: low, 0.95: high}).mean == pytest.approx(mean, rel=1e-9, abs=5e-8)


@pytest.mark.parametrize(
    ("percentiles", "bounds", "kind"),
    [
        ({0.1: 1, 0.9: 4}, {}, Normal),
        ({0.1: 1, 0.9: 4}, {"min": 0}, Normal),
        ({0.1: 1, 0.5: 2, 0.9: 4}, {}, Metalog),
        ({0.1: 1, 0.5: 2, 0.9: 4}, {"min": 0, "max": 9}, Metalog),
        ({0.1: 1, 0.25: 1.6, 0.5: 2.4, 0.9: 4}, {}, Metalog),
    ],
)
def test_default_by_the_number_of_percentiles(
    percentiles: dict[float, float], bounds: dict[str, float], kind: type[Distribution]
) -> None:
    """Protects percentiles without a kind: normal for two, metalog for more, within their bounds."""
    member = default_for(percentiles, **bounds)
    assert type(member) is kind
    assert member.support == (bounds.get("min", -math.inf), bounds.get("max", math.inf))
    np.testing.assert_allclose(member.ppf(np.array(list(percentiles))), list(percentiles.values()), rtol=1e-9)


def test_p0_and_p100_are_bounds() -> None:
    """Protects people who give a minimum as p0: it is the same as min."""
    assert default_for({0.0: 0, 0.1: 1, 0.5: 2, 0.9: 4, 1.0: 9}) == default_for(
        {0.1: 1, 0.5: 2, 0.9: 4}, min=0.0, max=9.0
    )
    assert Normal.from_percentiles({0.0: 0, 0.1: 1, 0.9: 4}).support == (0.0, math.inf)


def test_order_of_the_percentiles_means_nothing() -> None:
    """Protects the file: keys in any order describe the same distribution."""
    assert default_for({0.9: 4, 0.1: 1, 0.5: 2}) == default_for({0.1: 1, 0.5: 2, 0.9: 4})


@pytest.mark.parametrize(
    ("kind", "percentiles", "others", "message"),
    [
        (Normal, {0.1: 5, 0.9: 4}, {}, "p90 4 does not exceed p10 5; percentiles must rise"),
        (Normal, {0.1: 5, 0.9: 5}, {}, "percentiles must rise"),
        (Normal, {0.1: 5, 0.9: math.nan}, {}, "not a finite number"),
        (Normal, {-0.1: 5, 0.9: 6}, {}, "p-10 is not a percentile"),
        (Normal, {0.1: 5}, {}, "1 percentiles are not a distribution; give two or more"),
        (Normal, {0.1: 1, 0.5: 2, 0.9: 3}, {}, "3 percentiles for normal; give 2, or leave out the kind"),
        (Normal, {0.1: 1, 0.9: 3}, {"min": 1}, "do not lie within min 1; move the bounds outwards"),
        (Normal, {0.0: 1, 0.1: 2, 0.9: 3}, {"min": 0}, "p0 and min are the same bound"),
        (Normal, {0.1: 1, 0.9: 300}, {"min": 0}, "no normal distribution has p10 1, p90 300, min 0"),
        (Lognormal, {0.1: -1, 0.9: 3}, {}, "lognormal is above 0"),
        (Beta, {0.1: 0.5, 0.9: 3}, {}, "do not lie between low 0 and high 1"),
        (Triangular, {0.1: 3, 0.5: 3.1, 0.9: 9}, {}, "no triangular distribution has p10 3"),
        (Discrete, {0.1: 3, 0.9: 9}, {}, "discrete cannot be given by percentiles"),
    ],
)
def test_impossible_percentiles_are_refused_in_plain_words(
    kind: type[Distribution], percentiles: dict[float, float], others: dict[str, float], message: str
) -> None:
    """Protects the user: no distribution that misses what was asked, and a remedy instead."""
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(kind, percentiles, **others)


def test_metalog_of_three_symmetric_percentiles_by_hand() -> None:
    """Protects the metalog against a slip in its terms: symmetric percentiles give a logistic curve."""
    member = Metalog.from_percentiles({0.1: 2, 0.5: 6, 0.9: 10})
    scale = 4 / math.log(9)
    u = np.array([0.01, 0.3, 0.99])
    np.testing.assert_allclose(member.ppf(u), stats.logistic.ppf(u, 6, scale), rtol=1e-12)
    assert member.mean == pytest.approx(6, rel=1e-12)
    assert member.variance == pytest.approx((scale * math.pi) ** 2 / 3, rel=1e-12)


def test_metalog_mean_in_closed_form() -> None:
    """Protects the integral: E[a1 + a2 t + a3 (y - 1/2) t] = a1 + a3/2, as t (y - 1/2) has mean 1/2."""
    p, x = np.array([0.1, 0.5, 0.9]), np.array([2.0, 5.0, 10.0])
    t = np.log(p / (1 - p))
    a1, _, a3 = np.linalg.solve(np.stack([np.ones(3), t, (p - 0.5) * t], axis=1), x)
    member = Metalog(probabilities=tuple(p), values=tuple(x))
    assert member.mean == pytest.approx(a1 + a3 / 2, rel=1e-12)


def test_log_metalog_of_two_percentiles_is_log_logistic() -> None:
    """Protects tails that follow a power law: mean and capped mean of a log-logistic in closed form."""
    shape = 1.25
    p = np.array([0.2, 0.8])
    member = Metalog(probabilities=tuple(p), values=tuple(stats.fisk.ppf(p, shape)), min=0)
    assert member.mean == pytest.approx(math.pi / shape / math.sin(math.pi / shape), rel=1e-10)
    assert member.variance == math.inf
    n = 400_000
    x = np.minimum(stats.fisk.ppf((np.arange(n) + 0.5) / n, shape), 7.0)
    assert member.limited_mean(7.0) == pytest.approx(x.mean(), rel=1e-7)


def test_metalog_below_an_upper_bound_mirrors_one_above_a_lower_bound() -> None:
    """Protects the upper bound: -X has the mirrored percentiles, so mean, cap and quantiles mirror too."""
    above = Metalog.from_percentiles({0.1: 1, 0.5: 2, 0.9: 4}, min=0)
    below = Metalog.from_percentiles({0.1: -4, 0.5: -2, 0.9: -1}, max=0)
    u = np.array([0.001, 0.2, 0.7, 0.999])
    np.testing.assert_allclose(below.ppf(u), -above.ppf(1 - u), rtol=1e-10)
    assert below.mean == pytest.approx(-above.mean, rel=1e-12)
    assert below.variance == pytest.approx(above.variance, rel=1e-10)
    # E[min(-X, -2)] = -E[max(X, 2)] = -(E[X] + 2 - E[min(X, 2)])
    assert below.limited_mean(-2.0) == pytest.approx(-(above.mean + 2 - above.limited_mean(2.0)), rel=1e-10)


@pytest.mark.parametrize("bounds", [{}, {"min": 0}, {"max": 20}, {"min": 0, "max": 20}])
def test_lopsided_percentiles_are_refused_with_the_limit(bounds: dict[str, float]) -> None:
    """Protects against a negative density: the limit that the message names is where feasibility ends."""
    with pytest.raises(ValueError, match="no smooth distribution") as caught:
        default_for({0.1: 1, 0.5: 9.3, 0.9: 9.5}, **bounds)
    limit = float(str(caught.value).split("at most ")[1].split(",")[0])
    member = default_for({0.1: 1, 0.5: limit - 1e-3, 0.9: 9.5}, **bounds)
    assert np.diff(member.ppf(np.linspace(1e-6, 1 - 1e-6, 20_001))).min() > 0
    with pytest.raises(ValueError, match="no smooth distribution"):
        default_for({0.1: 1, 0.5: limit + 2e-3, 0.9: 9.5}, **bounds)


def test_too_sharp_a_bend_is_refused_with_many_percentiles() -> None:
    """Protects curves through many points that would turn back between two of them."""
    with pytest.raises(ValueError, match="bend too sharply"):
        default_for({0.1: 1, 0.4: 1.01, 0.5: 8, 0.6: 8.01, 0.9: 9})


def test_a_metalog_without_a_mean_is_refused() -> None:
    """Protects against an infinite mean: a tail heavier than 1/x asks for an upper bound."""
    with pytest.raises(
        ValueError, match="mean does not exist or is too large; choose a lighter tail or add max"
    ):
        default_for({0.1: 1, 0.5: 20, 0.9: 400}, min=0)
    assert default_for({0.1: 1, 0.5: 20, 0.9: 400}, min=0, max=10_000).mean > 20
