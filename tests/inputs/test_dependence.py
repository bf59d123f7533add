"""Rank correlations: asked is got, and what is impossible is explained."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bposim.inputs.dependence import Dependence, DependenceError, NotPositiveSemidefiniteError, Pair
from bposim.inputs.distributions.bernoulli import Bernoulli
from bposim.inputs.distributions.lognormal import Lognormal
from bposim.inputs.distributions.pert import Pert
from bposim.inputs.streams import generator
from bposim.shapes import FloatArray

NAMES = ("a", "b", "c", "d")


def scores(names: Sequence[str] = NAMES, trials: int = 100_000) -> dict[str, FloatArray]:
    """Return independent standard normal scores."""
    return {name: generator(5, name, 0).standard_normal(trials) for name in names}


@pytest.mark.parametrize("r", [-1.0, -0.9, -0.4, 0.1, 0.4, 0.75, 1.0])
def test_rank_correlation_asked_is_got(r: float) -> None:
    """Protects dependence between inputs of different shape: Spearman within 0.01 at 100,000 trials."""
    joined = Dependence(NAMES, [("c", "a", r)]).correlate(scores())
    wages = Lognormal(mean=4, sd=3).from_normal(joined["a"])
    price = Pert(low=2, likely=5, high=20).from_normal(joined["c"])
    assert stats.spearmanr(wages, price).statistic == pytest.approx(r, abs=0.01)


def test_several_pairs_at_once() -> None:
    """Protects a whole matrix: every pair, given or not, has its rank correlation; margins stay normal."""
    pairs = [("a", "b", 0.5), ("b", "c", 0.6), ("a", "d", -0.3), ("c", "d", 0.2)]
    asked = {frozenset((a, b)): r for a, b, r in pairs}
    joined = Dependence(NAMES, pairs).correlate(scores())
    for a, b in itertools.combinations(NAMES, 2):
        got = stats.spearmanr(joined[a], joined[b]).statistic
        assert got == pytest.approx(asked.get(frozenset((a, b)), 0.0), abs=0.01)
    for array in joined.values():
        assert array.mean() == pytest.approx(0, abs=4 / math.sqrt(100_000))
        assert array.var() == pytest.approx(1, abs=4 * math.sqrt(2 / 100_000))


def test_names_without_correlations_are_handed_on_untouched() -> None:
    """Protects other draws: adding a correlation moves no input that it does not name."""
    before = scores()
    joined = Dependence(NAMES, [("b", "d", 0.5)]).correlate(before)
    assert joined["a"] is before["a"]
    assert joined["c"] is before["c"]
    assert list(joined) == list(before)
    assert Dependence(NAMES).correlate(before) == before


def test_the_first_of_a_pair_keeps_its_own_draw() -> None:
    """Protects the explicit sums: by hand, a stays and b = ρ a + √(1-ρ²) b with ρ = 2 sin(π/12)."""
    before = scores(trials=50)
    joined = Dependence(NAMES, [("b", "a", 0.5)]).correlate(before)
    rho = 2 * math.sin(math.pi / 12)
    np.testing.assert_array_equal(joined["a"], before["a"])
    np.testing.assert_allclose(
        joined["b"], rho * before["a"] + math.sqrt(1 - rho**2) * before["b"], rtol=1e-13
    )


def test_order_of_pairs_and_names_means_nothing() -> None:
    """Protects the file: pairs in another order, or the other way round, change no bit."""
    pairs = [("a", "b", 0.5), ("b", "c", 0.6), ("a", "d", -0.3)]
    first = Dependence(NAMES, pairs).correlate(scores(trials=100))
    other = Dependence(NAMES[::-1], [(b, a, r) for a, b, r in pairs[::-1]]).correlate(
        scores(NAMES[::-1], 100)
    )
    for name in NAMES:
        assert np.array_equal(first[name], other[name])


def test_a_prefix_of_trials_is_the_run_of_fewer_trials() -> None:
    """Protects prefixes: the joint draw of a trial does not depend on how many trials there are."""
    dependence = Dependence(NAMES, [("a", "b", 0.5), ("b", "c", 0.6)])
    before = scores(trials=1001)
    whole = dependence.correlate(before)
    part = dependence.correlate({name: array[:13] for name, array in before.items()})
    for name in NAMES:
        assert np.array_equal(whole[name][:13], part[name])


def test_singular_but_valid_correlations_are_accepted() -> None:
    """Protects perfect dependence: a and b are one number, and both go with c alike."""
    joined = Dependence(NAMES, [("a", "b", 1.0), ("b", "c", 0.6), ("a", "c", 0.6)]).correlate(scores())
    np.testing.assert_allclose(joined["a"], joined["b"], rtol=1e-12)
    assert stats.spearmanr(joined["b"], joined["c"]).statistic == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("a", "x", 0.5)], "x is not an uncertain input"),
        ([("a", "a", 0.5)], "a is correlated with itself"),
        ([("a", "b", 1.2)], "correlation 1.2 of a and b is beyond ±1; write a number from -1 to 1"),
        ([("a", "b", math.nan)], "is beyond ±1"),
        ([("a", "b", 0.2), ("b", "a", 0.2)], "a and b are correlated 2 times; keep one"),
    ],
)
def test_impossible_pairs_are_refused_in_plain_words(pairs: list[Pair], message: str) -> None:
    """Protects the user: each mistake names the pair and the remedy."""
    with pytest.raises(DependenceError) as caught:
        Dependence(NAMES, pairs)
    assert message in str(caught.value)


def test_contradiction_names_eigenvalue_triple_and_nearest_matrix() -> None:
    """Protects the explanation: by symmetry the eigenvalue is 1 - 2ρ and the nearest pairs have |ρ| = 1/2."""
    with pytest.raises(NotPositiveSemidefiniteError) as caught:
        Dependence(NAMES, [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)])
    error = caught.value
    assert error.smallest_eigenvalue == pytest.approx(1 - 4 * math.sin(0.15 * math.pi), rel=1e-12)
    assert error.worst_triple == ("a", "b", "c")
    half = 6 / math.pi * math.asin(0.25)
    assert error.nearest == pytest.approx({("a", "b"): half, ("a", "c"): -half, ("b", "c"): half}, abs=1e-6)
    assert "between a, b, c" in str(error)
    assert "[a, b, 0.48]" in str(error)


def test_worst_triple_is_found_among_many() -> None:
    """Protects the hint where it matters: of two contradictions the graver one is named."""
    pairs = [
        ("a", "b", 0.9),
        ("b", "c", 0.9),
        ("a", "c", 0.3),
        ("d", "e", 0.9),
        ("e", "f", 0.9),
        ("d", "f", -0.9),
    ]
    with pytest.raises(NotPositiveSemidefiniteError) as caught:
        Dependence("abcdef", pairs)
    assert caught.value.worst_triple == ("d", "e", "f")


def test_contradiction_without_a_triple_to_blame() -> None:
    """Protects the message where no three names contradict each other: a star of four with 0.55 each."""
    with pytest.raises(NotPositiveSemidefiniteError) as caught:
        Dependence("abcde", [("a", other, 0.55) for other in "bcde"])
    assert caught.value.worst_triple is None
    assert "most of all" not in str(caught.value)


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_what_the_refusal_suggests_is_accepted(correlations: list[float]) -> None:
    """Protects the remedy: the nearest matrix and its rounded form can be typed in and work."""
    pairs = [(a, b, r) for (a, b), r in zip(itertools.combinations(NAMES, 2), correlations, strict=True)]
    try:
        Dependence(NAMES, pairs)
    except NotPositiveSemidefiniteError as error:
        Dependence(NAMES, [(a, b, r) for (a, b), r in error.nearest.items()])
        Dependence(NAMES, [(a, b, r) for (a, b), r in error.suggestion.items()])


def test_correlated_event_indicators_move_together() -> None:
    """Protects dependence with a discrete input: two events meet as often as the bivariate normal says."""
    joined = Dependence(NAMES, [("a", "b", 0.7)]).correlate(scores())
    event = Bernoulli(p=0.2)
    both = np.mean((event.from_normal(joined["a"]) > 0) & (event.from_normal(joined["b"]) > 0))
    rho = 2 * math.sin(0.7 * math.pi / 6)
    z = stats.norm.ppf(0.2)
    expected = stats.multivariate_normal.cdf([z, z], cov=[[1, rho], [rho, 1]])
    assert both == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 100_000))
