"""Each kind of distribution through one conformance suite, then what is particular to each."""

import copy
import inspect
import math
import pickle
import re
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from bposim.inputs.continuous import Continuous
from bposim.inputs.distribution import Distribution
from bposim.inputs.distributions.bernoulli import Bernoulli
from bposim.inputs.distributions.beta import Beta
from bposim.inputs.distributions.discrete import Discrete
from bposim.inputs.distributions.empirical import Empirical
from bposim.inputs.distributions.gamma import Gamma
from bposim.inputs.distributions.generalised_pareto import GeneralisedPareto
from bposim.inputs.distributions.lognormal import Lognormal
from bposim.inputs.distributions.metalog import Metalog
from bposim.inputs.distributions.mixture import Mixture
from bposim.inputs.distributions.normal import Normal
from bposim.inputs.distributions.pert import Pert
from bposim.inputs.distributions.triangular import Triangular
from bposim.inputs.distributions.uniform import Uniform
from bposim.inputs.distributions.weibull import Weibull
from bposim.inputs.quantile_table import NormalTable
from bposim.shapes import FloatArray

ATOMIC = [Discrete, Bernoulli]
SMOOTH = [
    Uniform,
    Triangular,
    Pert,
    Beta,
    Normal,
    Lognormal,
    Gamma,
    Weibull,
    GeneralisedPareto,
    Mixture,
    Metalog,
    Empirical,
]
KINDS = [*SMOOTH, *ATOMIC]
TRUNCATED = [
    Uniform(low=-1, high=3, min=0.5, max=2),
    Triangular(low=1, likely=2, high=6, min=1.5, max=5),
    Triangular(low=1, likely=2, high=6, min=3),
    Pert(low=2, likely=5, high=20, max=9),
    Beta(alpha=2, beta=5, min=0.2),
    Normal(mean=3, sd=2, min=0),
    Normal(mean=3, sd=2, min=2, max=4.5),
    Normal(mean=0, sd=1, min=6),
    Normal(mean=0, sd=1, max=-6),
    Lognormal(mean=4, sd=3, max=10),
    Gamma(shape=2.5, scale=4, min=3, max=30),
    Gamma(shape=2.5, scale=4, min=80),
    Weibull(shape=0.8, scale=10, max=40),
    GeneralisedPareto(threshold=1, shape=1, scale=3, max=90),
    GeneralisedPareto(threshold=1, shape=1.6, scale=3, min=2, max=90),
    Empirical(values=tuple(float(k * k) for k in range(30)), min=4, max=500),
]
MEMBERS = [*(kind.example() for kind in KINDS), *TRUNCATED]
SCIPY = [
    (Uniform(low=-1, high=3), stats.uniform(-1, 4)),
    (Triangular(low=1, likely=2, high=6), stats.triang(0.2, 1, 5)),
    (Triangular(low=1, likely=1, high=6), stats.triang(0, 1, 5)),
    (Triangular(low=1, likely=6, high=6), stats.triang(1, 1, 5)),
    (Pert(low=2, likely=5, high=20), stats.beta(1 + 4 * 3 / 18, 1 + 4 * 15 / 18, 2, 18)),
    (Beta(alpha=0.5, beta=7), stats.beta(0.5, 7)),
    (Beta(alpha=20, beta=3, low=-1, high=4), stats.beta(20, 3, -1, 5)),
    (Normal(mean=3, sd=2), stats.norm(3, 2)),
    (Lognormal(median=3, sigma=0.7), stats.lognorm(0.7, scale=3)),
    (Gamma(shape=0.4, scale=3), stats.gamma(0.4, scale=3)),
    (Gamma(shape=60, scale=0.1), stats.gamma(60, scale=0.1)),
    (Weibull(shape=0.7, scale=5), stats.weibull_min(0.7, scale=5)),
    (GeneralisedPareto(threshold=2, shape=0.3, scale=5), stats.genpareto(0.3, loc=2, scale=5)),
    (GeneralisedPareto(shape=0, scale=5), stats.genpareto(0, scale=5)),
    (GeneralisedPareto(threshold=2, shape=-0.4, scale=5), stats.genpareto(-0.4, loc=2, scale=5)),
    (
        Discrete(values=(1, 2, 7), weights=(0.25, 0.5, 0.25)),
        stats.rv_discrete(values=((1, 2, 7), (0.25, 0.5, 0.25))),
    ),
    (Bernoulli(p=0.3), stats.bernoulli(0.3)),
]


class Reference(Protocol):
    """A distribution of scipy.stats."""

    def ppf(self, q: FloatArray) -> FloatArray:
        """Return quantiles."""

    def isf(self, q: FloatArray) -> FloatArray:
        """Return quantiles by the probability above."""

    def cdf(self, x: FloatArray) -> FloatArray:
        """Return probabilities below."""

    def sf(self, x: FloatArray) -> FloatArray:
        """Return probabilities above."""

    def mean(self) -> float:
        """Return the mean."""

    def var(self) -> float:
        """Return the variance."""


def name(member: object) -> str:
    """Return a short name for a case."""
    return repr(member)[:70]


def every_kind(base: type[Distribution]) -> Iterator[type[Distribution]]:
    """Yield the concrete subclasses of a class, however deep."""
    for child in base.__subclasses__():
        if not inspect.isabstract(child):
            yield child
        yield from every_kind(child)


def sample(member: Distribution, trials: int = 200_000) -> FloatArray:
    """Return fixed draws."""
    return member.from_normal(np.random.default_rng(11).standard_normal(trials))


def test_every_kind_is_in_the_suite() -> None:
    """Protects the suite itself: a new kind of distribution cannot slip past it."""
    assert {kind.__name__ for kind in KINDS} == {kind.__name__ for kind in every_kind(Distribution)}


@pytest.mark.parametrize("kind", KINDS)
def test_kind_is_the_name_in_scenario_files(kind: type[Distribution]) -> None:
    """Protects loading: the word in a scenario is the kind, and each class says its own."""
    assert vars(kind)["kind"] == re.sub("(?<=.)([A-Z])", r"_\1", kind.__name__).lower()


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_sample_mean_is_the_mean(member: Distribution) -> None:
    """Protects drawing and the mean against each other, within four standard errors."""
    drawn = sample(member)
    assert abs(drawn.mean() - member.mean) < 4 * drawn.std() / math.sqrt(drawn.size)


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_half_of_the_draws_lie_below_the_median(member: Distribution) -> None:
    """Protects drawing against a wrong orientation or a mistaken tail."""
    median = member.ppf(np.array([0.5]))[0]
    at_most = float(member.cdf(np.array([median]))[0])
    share = np.mean(sample(member) <= median)
    assert at_most >= 0.5 - 1e-12
    assert abs(share - at_most) <= 4 * math.sqrt(0.25 / 200_000)


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_mean_and_variance_are_integrals_of_the_quantile_function(member: Distribution) -> None:
    """Protects closed forms, also under truncation, by a midpoint sum that shares no formula with them."""
    n = 200_000
    x = member.ppf((np.arange(n) + 0.5) / n)
    width = np.ptp(x)
    assert member.mean == pytest.approx(x.mean(), rel=1e-4, abs=1e-6 * width)
    if math.isfinite(member.variance) and not member.heavy_tailed:
        assert member.variance == pytest.approx(x.var(), rel=1e-3)


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_limited_mean_is_the_mean_of_the_capped_variable(member: Distribution) -> None:
    """Protects expected payments under a cap, scalar and array, inside the support and beyond it."""
    n = 200_000
    x = member.ppf((np.arange(n) + 0.5) / n)
    caps = np.array([x[0] - 1.0, *x[[100, n // 5, n // 2, 4 * n // 5, n - 100]], x[-1] + 5.0])
    expected = [np.minimum(x, cap).mean() for cap in caps]
    np.testing.assert_allclose(member.limited_mean(caps), expected, rtol=1e-4, atol=1e-6 * np.ptp(x))
    # NumPy rounds a power of a single number differently from one in an array.
    assert member.limited_mean(float(caps[2])) == pytest.approx(member.limited_mean(caps)[2], rel=1e-14)
    assert member.limited_mean(math.inf) == member.mean


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_quantile_function_rises_and_stays_in_the_support(member: Distribution) -> None:
    """Protects the copula, which needs a rising function, and bounds such as a share at most 1."""
    z = np.linspace(-9, 9, 4001)
    for x in (member.ppf(stats.norm.cdf(np.linspace(-8, 8, 4001))), member.from_normal(z)):
        low, high = member.support
        assert low <= x.min()
        assert x.max() <= high
        # Neighbouring polynomials of the table may differ by a rounding.
        assert np.diff(x).min() >= -1e-14 * np.abs(x).max()


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_cdf_and_sf_add_up_to_one(member: Distribution) -> None:
    """Protects the two tails, which are computed separately, against contradicting each other."""
    x = member.ppf(np.linspace(0.001, 0.999, 500))
    x = np.concatenate([x, [x[0] - 1e6, x[-1] + 1e6]])
    np.testing.assert_allclose(member.cdf(x) + member.sf(x), 1.0, rtol=1e-12)
    assert member.cdf(x[-2:]).tolist() == [0.0, 1.0] or math.isinf(member.support[1] - member.support[0])


@pytest.mark.parametrize("member", [m for m in MEMBERS if not isinstance(m, (Discrete, Bernoulli))], ids=name)
def test_cdf_inverts_the_quantile_function(member: Distribution) -> None:
    """Protects probabilities of a value: cdf(ppf(u)) = u and sf(ppf(u)) = 1 - u."""
    u = np.linspace(0.03, 0.97, 321)
    np.testing.assert_allclose(member.cdf(member.ppf(u)), u, rtol=1e-9)
    np.testing.assert_allclose(member.sf(member.ppf(u)), 1 - u, rtol=1e-9)


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_normal_scores_and_uniforms_give_the_same_quantiles(member: Distribution) -> None:
    """Protects the two ways of drawing against each other where a uniform can still tell values apart."""
    z = np.linspace(-5, 2, 1500)
    scale = np.abs(member.from_normal(np.array([-1.0, 1.0]))).max()
    # An atom may be entered one rounding earlier or later.
    same = np.isclose(member.from_normal(z), member.ppf(stats.norm.cdf(z)), rtol=1e-11, atol=1e-11 * scale)
    assert same.mean() > 0.999


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_a_draw_does_not_depend_on_its_company(member: Distribution) -> None:
    """Protects prefixes of trials: any part of an array has the values that the whole has there."""
    z = np.random.default_rng(3).standard_normal(501) * 3
    whole = member.from_normal(z)
    assert np.array_equal(whole[:7], member.from_normal(z[:7]))
    assert np.array_equal(whole[::3], member.from_normal(z[::3]))
    assert member.from_normal(z[:500].reshape(20, 25)).shape == (20, 25)


@pytest.mark.parametrize("member", MEMBERS, ids=name)
def test_cached_values_do_not_travel(member: Distribution) -> None:
    """Protects equality, copies and pickles from tables and arrays that were cached on first use."""
    z = np.array([-1.0, 0.3, 2.0])
    twin = copy.deepcopy(member)
    expected = member.from_normal(z)
    assert np.array_equal(twin.from_normal(z), expected)
    assert twin == member
    assert np.array_equal(pickle.loads(pickle.dumps(member)).from_normal(z), expected)  # noqa: S301 - our own


def test_a_changed_copy_forgets_cached_values() -> None:
    """Protects overrides of one parameter: the table of the original must not serve the copy."""
    z = np.array([0.0, 1.0])
    first = Pert(low=2, likely=5, high=20)
    first.from_normal(z)
    changed = first.model_copy(update={"high": 40.0})
    assert np.array_equal(changed.from_normal(z), Pert(low=2, likely=5, high=40).from_normal(z))


@pytest.mark.parametrize(("member", "reference"), SCIPY, ids=[name(m) for m, _ in SCIPY])
def test_quantile_functions_agree_with_scipy(member: Distribution, reference: Reference) -> None:
    """Protects every quantile function against an independent implementation, to 1e-12 relative."""
    u = np.concatenate(
        [10.0 ** np.arange(-12, -1), np.linspace(0.0123, 0.9877, 401), 1 - 10.0 ** -np.arange(2, 9)]
    )
    np.testing.assert_allclose(member.ppf(u), reference.ppf(u), rtol=1e-12, atol=1e-15)
    x = member.ppf(np.linspace(0.01, 0.99, 50)) + 0.01
    np.testing.assert_allclose(member.cdf(x), reference.cdf(x), rtol=1e-11)
    np.testing.assert_allclose(member.sf(x), reference.sf(x), rtol=1e-11, atol=1e-16)
    assert member.mean == pytest.approx(reference.mean(), rel=1e-12)
    assert member.variance == pytest.approx(reference.var(), rel=1e-12)


@pytest.mark.parametrize(
    ("member", "reference"),
    # scipy's own upper tail of the triangular distribution goes through 1 - u.
    [pair for pair in SCIPY if isinstance(pair[0], Continuous) and not isinstance(pair[0], Triangular)],
    ids=name,
)
def test_both_tails_stay_accurate(member: Distribution, reference: Reference) -> None:
    """Protects draws eight standard deviations out, where 1 - u has lost all digits."""
    z = np.array([-8.0, -7.0, 7.0, 8.0])
    expected = np.concatenate([reference.ppf(stats.norm.sf(-z[:2])), reference.isf(stats.norm.sf(z[2:]))])
    np.testing.assert_allclose(member.from_normal(z), expected, rtol=1e-10, atol=1e-12)


def test_upper_tail_of_a_triangle_mirrors_its_lower_one() -> None:
    """Protects draws far out in a triangle: by hand low + √(u (high - low)(likely - low))."""
    z = np.array([7.0, 8.0])
    rising = Triangular(low=-6, likely=-2, high=-1).from_normal(-z)
    np.testing.assert_allclose(rising + 6, np.sqrt(stats.norm.sf(z) * 20), rtol=1e-7)
    np.testing.assert_allclose(Triangular(low=1, likely=2, high=6).from_normal(z), -rising, rtol=1e-15)


@pytest.mark.parametrize(
    ("member", "reference"),
    [
        (Normal(mean=3, sd=2, min=0), stats.truncnorm(-1.5, np.inf, 3, 2)),
        (Normal(mean=0, sd=1, min=6), stats.truncnorm(6, np.inf)),
        (Normal(mean=0, sd=1, max=-6), stats.truncnorm(-np.inf, -6)),
        (Normal(mean=3, sd=2, min=2, max=4.5), stats.truncnorm(-0.5, 0.75, 3, 2)),
    ],
    ids=name,
)
def test_truncated_normal_agrees_with_scipy(member: Distribution, reference: Reference) -> None:
    """Protects truncation, in the middle and where only one part in a billion is left."""
    u = np.linspace(0.001, 0.999, 99)
    np.testing.assert_allclose(member.ppf(u), reference.ppf(u), rtol=1e-9)
    assert member.mean == pytest.approx(reference.mean(), rel=1e-10)
    assert member.variance == pytest.approx(reference.var(), rel=1e-6)


@given(
    low=st.floats(-1e6, 1e6),
    left=st.floats(0, 1e6),
    right=st.floats(1e-3, 1e6),
    shape=st.floats(0, 50),
)
@settings(max_examples=25, deadline=None)
def test_table_of_pert_keeps_its_error_bound(low: float, left: float, right: float, shape: float) -> None:
    """Protects the fast path: within 1e-12 of the range of the exact quantile, off its own check points."""
    member = Pert(low=low, likely=low + left, high=low + left + right, shape=shape)
    z = np.random.default_rng(5).uniform(-8.6, 8.6, 3000)
    exact = Distribution.from_normal(member, z)
    range_ = member.high - member.low
    rounding = 4 * np.spacing(max(abs(member.low), abs(member.high)))
    assert np.max(np.abs(member.from_normal(z) - exact)) <= 1e-12 * range_ + rounding


@pytest.mark.parametrize(
    "member",
    [
        Beta(alpha=0.1, beta=0.1),
        Beta(alpha=0.02, beta=5),
        Beta(alpha=1e5, beta=1e5),
        Pert(low=2, likely=5, high=20, min=19.9),
    ],
    ids=name,
)
def test_table_of_extreme_beta_keeps_its_error_bound(member: Distribution) -> None:
    """Protects the fast path at shapes where the quantile function is nearly a step, or a narrow slice."""
    z = np.random.default_rng(6).uniform(-8.6, 8.6, 20_000)
    low, high = member.support
    error = np.abs(member.from_normal(z) - Distribution.from_normal(member, z))
    assert error.max() <= 1e-12 * (high - low)


@pytest.mark.parametrize("shape", [0.05, 0.5, 1, 30, 1e4])
def test_table_of_gamma_keeps_its_error_bound(shape: float) -> None:
    """Protects the fast path of an unbounded kind: within 1e-12 of the value, over many powers of ten."""
    member = Gamma(shape=shape, scale=3)
    z = np.random.default_rng(7).uniform(-8.6, 8.6, 20_000)
    np.testing.assert_allclose(member.from_normal(z), Distribution.from_normal(member, z), rtol=1e-12)


def test_table_leaves_jumps_to_the_exact_function() -> None:
    """Protects against interpolating across a jump: the exact function answers there, the table elsewhere."""
    asked: list[int] = []

    def step(z: FloatArray) -> FloatArray:
        asked.append(z.size)
        return np.where(z < 0.1234, z, z + 5.0)

    table = NormalTable(step, (-math.inf, math.inf))
    asked.clear()
    z = np.linspace(0.1, 0.15, 5001)
    np.testing.assert_allclose(table(z), np.where(z < 0.1234, z, z + 5.0), rtol=1e-12)
    assert len(asked) == 1
    assert 0 < asked[0] < 5001


def test_a_draw_far_out_builds_the_rest_of_the_table_and_moves_no_other() -> None:
    """Protects the prefix property: a value depends on its own score, not on what was drawn before."""
    asked: list[int] = []

    def curve(z: FloatArray) -> FloatArray:
        asked.append(z.size)
        return np.exp(0.1 * z) * (z + 20.0)

    table = NormalTable(curve, (-math.inf, math.inf))
    z = np.linspace(-4.5, 4.5, 1001)
    near = table(z)
    built = sum(asked)
    far = np.linspace(-8.0, 8.0, 1001)
    np.testing.assert_allclose(table(far), np.exp(0.1 * far) * (far + 20.0), rtol=1e-12)
    assert np.array_equal(table(z), near)
    assert built < 0.6 * NormalTable.CELLS * (NormalTable.DEGREE + 4)
    asked.clear()
    assert np.array_equal(table(far), table(far))
    assert asked == []


JUMPS_AND_KINKS = [
    Mixture(
        components=(
            (43, Discrete(values=(0,), weights=(1,))),
            (57, Triangular(low=0.02, likely=0.08, high=0.2)),
        )
    ),
    Mixture(components=((0.7, Triangular(low=0, likely=1, high=3)), (0.3, Pert(low=2, likely=4, high=5)))),
    Mixture(components=((0.3, Bernoulli(p=0.5, value=3)), (0.7, Uniform(low=0, high=4)))),
]


@pytest.mark.parametrize("member", JUMPS_AND_KINKS, ids=name)
def test_table_of_a_mixture_keeps_its_error_bound(member: Distribution) -> None:
    """Protects refined cells: within 1e-12 of the range, with draws crowded around every jump and kink."""
    z = np.random.default_rng(8).uniform(-8.6, 8.6, 5000)
    values = np.array([0.0, 0.02, 0.08, 0.2, 1.0, 2.0, 3.0, 4.0])
    edges = stats.norm.ppf(member.cdf(values))
    edges = edges[np.isfinite(edges)]
    close = 10.0 ** np.linspace(-9, -1, 400)
    z = np.concatenate([z, *(edge + close for edge in edges), *(edge - close for edge in edges)])
    exact = Distribution.from_normal(member, z)
    low, high = member.support
    assert np.max(np.abs(member.from_normal(z) - exact)) <= 1e-12 * (high - low)


@pytest.mark.parametrize("member", [*JUMPS_AND_KINKS, Mixture.example()], ids=name)
def test_mixture_hardly_ever_needs_the_exact_function(
    member: Mixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects speed: of 400,000 draws fewer than one in 100,000 are left to the search for the quantile."""
    member = member.model_copy()
    table = member._table
    table(np.array([8.0]))  # it is then built as far as it goes
    exact, asked = table.exact, []

    def counted(z: FloatArray) -> FloatArray:
        asked.append(z.size)
        return exact(z)

    monkeypatch.setattr(table, "exact", counted)
    sample(member, 400_000)
    assert sum(asked) < 4


def test_mixture_quantiles_are_the_first_values_with_enough_probability() -> None:
    """Protects the search: weights 1, 2, 1 on an atom at 0, U(1, 3) and an atom at 2, by hand."""
    member = Mixture(
        components=(
            (1, Discrete(values=(0,), weights=(1,))),
            (2, Uniform(low=1, high=3)),
            (1, Bernoulli(p=1, value=2)),
        )
    )
    u = np.array([0.1, 0.25, 0.375, 0.5, 0.6, 0.75, 0.875])
    expected = [0.0, 0.0, 1.5, 2.0, 2.0, 2.0, 2.5]
    np.testing.assert_allclose(member.ppf(u), expected, rtol=1e-15, atol=0.0)


@pytest.mark.parametrize(
    ("low", "likely", "high", "shape", "mean", "variance"),
    [
        (2, 5, 20, 4, 7, 9.285714285714286),
        (0.1, 0.3, 0.7, 4, 1 / 3, 0.0122222222222222),
        (0.1, 0.3, 0.7, 1, 11 / 30, 0.0222222222222222),
    ],
)
def test_pert_mean_and_variance(
    low: float, likely: float, high: float, shape: float, mean: float, variance: float
) -> None:
    """Protects PERT: mean (a+4m+b)/6 and variance (μ-a)(b-μ)/7 at the usual shape, (k+3) for 7 at shape k."""
    member = Pert(low=low, likely=likely, high=high, shape=shape)
    assert member.mean == pytest.approx(mean, rel=1e-14)
    assert member.variance == pytest.approx((mean - low) * (high - mean) / (shape + 3), rel=1e-13)
    assert member.variance == pytest.approx(variance, rel=1e-12)


def test_lognormal_by_each_pair_of_parameters() -> None:
    """Protects that mean and sd are of the variable itself: three ways to write one distribution."""
    sigma = math.sqrt(math.log(1 + 0.75**2))
    median = 4 * math.exp(-(sigma**2) / 2)
    u = np.array([0.05, 0.5, 0.95])
    expected = median * np.exp(sigma * stats.norm.ppf(u))
    for member in (
        Lognormal(mean=4, sd=3),
        Lognormal(median=median, sigma=sigma),
        Lognormal(mean=4, sigma=sigma),
    ):
        np.testing.assert_allclose(member.ppf(u), expected, rtol=1e-12)
        assert member.mean == pytest.approx(4, rel=1e-14)
        assert member.variance == pytest.approx(9, rel=1e-13)


def test_lognormal_limited_mean_by_hand() -> None:
    """Protects the limited expected value: for LN(0, 1) at cap 1 it is e^(1/2) Φ(-1) + 1/2."""
    expected = math.exp(0.5) * 0.15865525393145707 + 0.5
    assert Lognormal(median=1, sigma=1).limited_mean(1.0) == pytest.approx(expected, rel=1e-14)


def test_generalised_pareto_moments() -> None:
    """Protects the mean u + σ/(1-ξ), the variance σ²/((1-ξ)²(1-2ξ)) and the mean excess above any level."""
    tail = GeneralisedPareto(threshold=100.0, shape=0.4, scale=30.0)
    assert tail.mean == pytest.approx(150.0, rel=1e-14)
    assert tail.variance == pytest.approx(900 / (0.36 * 0.2), rel=1e-14)
    assert GeneralisedPareto(shape=0.5, scale=1).variance == math.inf
    excess = (tail.mean - tail.limited_mean(250.0)) / float(tail.sf(np.asarray(250.0)))
    assert excess == pytest.approx((30 + 0.4 * 150) / 0.6, rel=1e-12)


def test_discrete_takes_weights_in_any_unit_and_order() -> None:
    """Protects discrete inputs: hand-computed quantiles, mean and cap for weights 3, 5, 2 of 10."""
    member = Discrete(values=(10, 0, 25), weights=(3, 5, 2))
    assert member.ppf(np.array([0.2, 0.5, 0.51, 0.8, 0.81])).tolist() == [0, 0, 10, 10, 25]
    assert member.mean == 8.0
    assert member.limited_mean(15.0) == pytest.approx(6.0, rel=1e-15)
    assert member.support == (0.0, 25.0)


def test_bernoulli_with_a_negative_value_still_rises() -> None:
    """Protects correlations of a credit: a rare negative value takes the lowest uniforms."""
    member = Bernoulli(p=0.25, value=-8)
    assert member.ppf(np.array([0.1, 0.24, 0.26, 0.9])).tolist() == [-8, -8, 0, 0]
    assert member.mean == -2.0


def test_mixture_of_an_atom_and_a_continuous_part() -> None:
    """Protects zero-inflated inputs: the atom keeps its whole probability and the rest its shape."""
    member = Mixture(
        components=((30, Discrete(values=(0,), weights=(1,))), (70, Lognormal(median=3, sigma=1)))
    )
    u = np.array([0.01, 0.3, 0.65, 0.9])
    expected = [0.0, 0.0, 3.0, 3.0 * math.exp(stats.norm.ppf(0.6 / 0.7))]
    np.testing.assert_allclose(member.ppf(u), expected, rtol=1e-12)
    assert member.mean == pytest.approx(0.7 * 3 * math.exp(0.5), rel=1e-14)
    assert np.mean(sample(member) == 0) == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 200_000))


def test_mixture_quantiles_in_the_far_upper_tail() -> None:
    """Protects rare large losses in a mixture: P(X > x) at z = 8 is Φ(-8)."""
    member = Mixture(components=((0.5, Normal(mean=0, sd=1)), (0.5, Normal(mean=0, sd=3))))
    x = member.from_normal(np.array([8.0]))
    np.testing.assert_allclose(member.sf(x), stats.norm.sf(8.0), rtol=1e-9)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (Lognormal(mean=4, sd=3), True),
        (Lognormal(mean=4, sd=3, max=90), False),
        (Lognormal(mean=4, sd=0), False),
        (Weibull(shape=0.9, scale=1), True),
        (Weibull(shape=1, scale=1), False),
        (Gamma(shape=0.1, scale=9), False),
        (GeneralisedPareto(shape=0.2, scale=9), True),
        (GeneralisedPareto(shape=1.2, scale=9, max=100), False),
        (GeneralisedPareto(shape=0, scale=9), False),
        (Normal(mean=0, sd=1), False),
        (Mixture(components=((0.9, Normal(mean=0, sd=1)), (0.1, Lognormal(mean=4, sd=3)))), True),
        (Metalog(probabilities=(0.1, 0.5, 0.9), values=(2, 5, 10), min=0), True),
        (Metalog(probabilities=(0.1, 0.5, 0.9), values=(2, 5, 10), min=0, max=50), False),
        (Metalog(probabilities=(0.1, 0.5, 0.9), values=(2, 5, 10)), False),
    ],
    ids=name,
)
def test_heavy_tails_are_known(member: Distribution, expected: bool) -> None:
    """Protects the refusal to rank by a certainty equivalent that does not exist."""
    assert member.heavy_tailed is expected


@pytest.mark.parametrize(
    "member",
    [
        Pert(low=3, likely=3, high=3),
        Triangular(low=3, likely=3, high=3),
        Uniform(low=3, high=3),
        Beta(alpha=2, beta=2, low=3, high=3),
        Normal(mean=3, sd=0),
        Normal(mean=3, sd=0, min=1, max=4),
        Lognormal(median=3, sigma=0),
        Lognormal(mean=3, sd=0),
        Bernoulli(p=1, value=3),
    ],
    ids=name,
)
def test_no_spread_is_a_constant(member: Distribution) -> None:
    """Protects tests and what-ifs that switch the uncertainty of an input off."""
    np.testing.assert_allclose(member.from_normal(np.array([-8.0, 0.0, 8.0])), 3.0, rtol=1e-15)
    assert member.mean == pytest.approx(3.0, rel=1e-15)
    assert member.variance == 0.0
    assert member.limited_mean(2.0) == 2.0
    assert member.limited_mean(9.0) == pytest.approx(3.0, rel=1e-15)


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (Pert, {"low": 5, "likely": 3, "high": 9}, "low 5 is above likely 3; put them in ascending order"),
        (Triangular, {"low": 1, "likely": 9, "high": 3}, "likely 9 is above high 3"),
        (Pert, {"low": 1, "likely": 2, "high": 3, "shape": -1}, "shape -1 is negative"),
        (Uniform, {"low": 2, "high": 1}, "low 2 is above high 1"),
        (Normal, {"mean": 1, "sd": -2}, "sd -2 is negative; write 0 or more"),
        (Normal, {"mean": math.nan, "sd": 1}, "finite number"),
        (Normal, {"mean": 1, "sd": math.inf}, "finite number"),
        (Normal, {"mean": 0, "sd": 1, "min": 60}, "nothing of the distribution lies between min 60"),
        (Normal, {"mean": 0, "sd": 0, "min": 1}, "nothing of the distribution lies between min 1"),
        (Normal, {"mean": 0, "sd": 1, "min": 2, "max": 1}, "move the bounds apart"),
        (Lognormal, {"mean": 1}, "mean given; give mean and sd, or median and sigma, or mean and sigma"),
        (Lognormal, {"median": 1, "sd": 1}, "sd, median given; give mean and sd"),
        (Lognormal, {}, "no parameter given"),
        (Lognormal, {"mean": -1, "sd": 1}, "mean -1 is not above 0; write a positive number"),
        (Lognormal, {"median": 1, "sigma": 90}, "mean does not exist or is too large"),
        (Beta, {"alpha": 0, "beta": 1}, "alpha 0 is not above 0"),
        (Gamma, {"shape": 1, "scale": -1}, "scale -1 is not above 0"),
        (Weibull, {"shape": 0, "scale": 1}, "shape 0 is not above 0"),
        (GeneralisedPareto, {"shape": 0.2, "scale": 0}, "scale 0 is not above 0"),
        (GeneralisedPareto, {"shape": 1, "scale": 2}, "choose a lighter tail or add max"),
        (Discrete, {"values": [1, 2], "weights": [1]}, "2 values and 1 weights; give one weight for each"),
        (Discrete, {"values": [1, 2], "weights": [1, -1]}, "weight -1 is negative"),
        (Discrete, {"values": [1], "weights": [0]}, "all weights are 0"),
        (Bernoulli, {"p": 1.2}, "p 1.2 is not a probability"),
        (Mixture, {"components": []}, "give each component its weight"),
        (Mixture, {"components": [(-1, Normal.example())]}, "give each component its weight"),
        (Empirical, {"values": [1, 2, 3], "min": 3}, "1 of 3 values are left; give 2 or more"),
    ],
)
def test_impossible_parameters_are_refused_in_plain_words(
    kind: type[Distribution], parameters: dict[str, Any], message: str
) -> None:
    """Protects the user: each mistake is named together with what to do about it."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(parameters)
    assert message in str(caught.value)


def test_numbers_are_read_as_people_write_them() -> None:
    """Protects scenario files: percent and suffixes work inside a distribution, also in its lists."""
    assert Normal.model_validate({"mean": "40%", "sd": "5%"}).mean == 0.4
    assert Discrete.model_validate({"values": ["1k", "2k"], "weights": ["75%", "25%"]}).mean == 1250.0


def test_empirical_mean_is_the_average_of_the_data() -> None:
    """Protects the tie to a spreadsheet: the mean of the distribution is the average of the column."""
    data = (3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0)
    member = Empirical(values=data)
    assert member.mean == 31 / 8
    assert member.ppf((np.arange(8) + 0.5) / 8).tolist() == sorted(data)
    assert member.ppf(np.array([0.5]))[0] == 3.5
    assert member.support == (1.0, 9.0)


def test_empirical_leaves_out_what_lies_beyond_its_bounds() -> None:
    """Protects bounds on data: an outlier that is cut off has no influence at all."""
    data = (1.0, 2.0, 4.0)
    assert Empirical(values=(*data, 1e6), max=100).mean == Empirical(values=data).mean


def test_unknown_parameter_is_answered_with_the_words_of_the_file() -> None:
    """Protects the hint: a misspelt mean is answered by "mean", as it is written in the file."""
    with pytest.raises(ValidationError, match=r'did you mean "mean"\?'):
        Normal.model_validate({"meen": 1, "sd": 1})
