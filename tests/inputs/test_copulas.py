"""The Student-t copula: rank correlations asked are got, extremes come together as its closed form says."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import stats

from bposim.engine import simulate
from bposim.errors import ScenarioError
from bposim.inputs.copulas import Gaussian, StudentT
from bposim.inputs.dependence import Dependence, NotPositiveSemidefiniteError
from bposim.inputs.distributions.lognormal import Lognormal
from bposim.inputs.distributions.pert import Pert
from bposim.inputs.draws import StreamDraws
from bposim.inputs.streams import generator
from bposim.scenario import Scenario

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

Tree: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[Tree], Scenario]

NAMES = ("a", "b", "c", "d")
TRIALS = 100_000


def scores(trials: int = TRIALS) -> dict[str, FloatArray]:
    """Return independent standard normal scores."""
    return {name: generator(5, name, 0).standard_normal(trials) for name in NAMES}


def common(trials: int = TRIALS) -> FloatArray:
    """Return the scores of the common draw."""
    return generator(5, "copula", 0).standard_normal(trials)


def tail_dependence(freedom: float, rho: float) -> float:
    """Return λ = 2 t_{ν+1}(−√((ν+1)(1−ρ)/(1+ρ))) (Embrechts, McNeil and Straumann 2002)."""
    return float(2 * stats.t.cdf(-math.sqrt((freedom + 1) * (1 - rho) / (1 + rho)), freedom + 1))


@pytest.mark.parametrize("freedom", [2.5, 4.0, 30.0])
@pytest.mark.parametrize("rank", [-1.0, -0.9, -0.4, 0.1, 0.5, 0.75, 1.0])
def test_rank_correlation_asked_is_got(freedom: float, rank: float) -> None:
    """Protects the meaning of a pair under the other copula: Spearman within 0.01 at 100,000 trials."""
    joined = Dependence(NAMES, [("c", "a", rank)], StudentT(freedom)).correlate(scores(), common())
    wages = Lognormal(mean=4, sd=3).from_normal(joined["a"])
    price = Pert(low=2, likely=5, high=20).from_normal(joined["c"])
    assert stats.spearmanr(wages, price).statistic == pytest.approx(rank, abs=0.01)


@pytest.mark.parametrize("freedom", [2.5, 4.0, 12.0])
@pytest.mark.parametrize("rho", [-0.6, 0.3, 0.8])
def test_rank_of_a_scale_mixture(freedom: float, rho: float) -> None:
    """Protects the quadrature: Spearman's correlation by its integral over the t density, 12 E[FG] − 3."""
    u = (np.arange(2000) + 0.5) / 2000
    x = stats.t.ppf(u, freedom)[:, np.newaxis]
    # Given X = x a bivariate t's Y is ρx + √((1−ρ²)(ν+x²)/(ν+1)) t_{ν+1}.
    y = rho * x + np.sqrt((1 - rho**2) * (freedom + x**2) / (freedom + 1)) * stats.t.ppf(u, freedom + 1)
    expected = 12 * float(np.mean(u[:, np.newaxis] * stats.t.cdf(y, freedom))) - 3
    assert StudentT(freedom).rank(rho) == pytest.approx(expected, abs=1e-4)


def test_many_degrees_of_freedom_are_a_gaussian_copula() -> None:
    """Protects the limit: with ν = 10⁶ the correlation and the scores are those of the Gaussian copula."""
    assert StudentT(1e6).correlation(0.6) == pytest.approx(Gaussian().correlation(0.6), abs=1e-5)
    pairs = [("a", "b", 0.6)]
    normal = Dependence(NAMES, pairs).correlate(scores(1000))
    student = Dependence(NAMES, pairs, StudentT(1e6)).correlate(scores(1000), common(1000))
    np.testing.assert_allclose(student["b"], normal["b"], atol=0.05)


@pytest.mark.parametrize("tail", [1.0, -1.0])
@pytest.mark.parametrize("rank", [0.0, 0.5])
def test_extremes_come_together(rank: float, tail: float) -> None:
    """Protects the reason for the copula: beyond the 0.1 % quantile a part λ of the extremes is common.

    λ is a limit, to which P(both beyond q)/q comes down with q; at 0.1 % and ν = 3 it is within 0.03.  A
    Gaussian copula of the same rank correlation has far less.
    """
    trials = 2_000_000
    pairs = [("a", "b", rank), ("a", "c", 0.1)]
    copula = StudentT(3.0)
    drawn = {name: generator(6, name, 0).standard_normal(trials) for name in NAMES}
    mixing = generator(6, "copula", 0).standard_normal(trials)
    share = {}
    for name, chosen in (("t", copula), ("normal", Gaussian())):
        joined = Dependence(NAMES, pairs, chosen).correlate(drawn, mixing)
        beyond = [tail * joined[end] > -stats.norm.ppf(1e-3) for end in ("a", "b")]
        share[name] = float(np.mean(beyond[0] & beyond[1])) / 1e-3
    expected = tail_dependence(3.0, copula.correlation(rank))
    error = math.sqrt(share["t"] / (trials * 1e-3))
    assert -4 * error < share["t"] - expected < 0.03 + 4 * error
    assert share["normal"] < expected / 2


def test_scores_stay_standard_normal() -> None:
    """Protects the margins: each input keeps its own distribution, and what takes no part its very draw."""
    before = scores()
    pairs = [("a", "b", 0.5), ("b", "c", 0.6)]
    joined = Dependence(NAMES, pairs, StudentT(4.0)).correlate(before, common())
    assert joined["d"] is before["d"]
    for name in "abc":
        assert stats.kstest(joined[name], "norm").pvalue > 0.001
    got = {(a, b): stats.spearmanr(joined[a], joined[b]).statistic for a, b in itertools.pairwise("abc")}
    assert got == {("a", "b"): pytest.approx(0.5, abs=0.01), ("b", "c"): pytest.approx(0.6, abs=0.01)}


def test_one_trial_at_a_time() -> None:
    """Protects the arithmetic: Φ⁻¹(t_ν(z √(ν/χ²))) trial by trial, with scipy's distributions."""
    freedom, rank = 4.0, 0.5
    before, mixing = scores(50), common(50)
    joined = Dependence(NAMES, [("b", "a", rank)], StudentT(freedom)).correlate(before, mixing)
    rho = StudentT(freedom).correlation(rank)
    for trial in range(50):
        square = stats.chi2.ppf(stats.norm.cdf(mixing[trial]), freedom)
        a, own = before["a"][trial], before["b"][trial]
        for name, z in (("a", a), ("b", rho * a + math.sqrt(1 - rho**2) * own)):
            expected = stats.norm.ppf(stats.t.cdf(z * math.sqrt(freedom / square), freedom))
            assert joined[name][trial] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_without_its_common_draw_it_refuses() -> None:
    """Protects from a copula that silently is another one."""
    with pytest.raises(ValueError, match="needs one further draw"):
        Dependence(NAMES, [("a", "b", 0.5)], StudentT(4.0)).correlate(scores(5))


def test_contradiction_proposes_ranks_of_the_same_copula() -> None:
    """Whoever takes over the proposed correlations is rid of the complaint."""
    pairs = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]
    with pytest.raises(NotPositiveSemidefiniteError) as caught:
        Dependence(NAMES, pairs, StudentT(3.0))
    proposed = [(a, b, r) for (a, b), r in caught.value.suggestion.items()]
    assert len(Dependence(NAMES, proposed, StudentT(3.0)).pairs) == 3


def with_copula(tree: Tree, copula: Tree | None) -> Tree:
    """Return the scenario with its correlations in the long form."""
    chosen = {"copula": copula} if copula else {}
    return tree | {"correlations": {**chosen, "pairs": tree["correlations"]}}


def test_long_form_without_a_copula_is_the_short_one(tiny: Tree, read: Read) -> None:
    """Protects old files: the list and the mapping of the same pairs give the same digest."""
    short, long = read(tiny), read(with_copula(tiny, None))
    assert short.correlations.pairs
    assert simulate(short, 200, 3).digest == simulate(long, 200, 3).digest


def test_copula_moves_no_draw_of_others(tiny: Tree, read: Read) -> None:
    """Protects pairing: only inputs that take part change; a run is the beginning of a longer one."""
    values = {}
    for name, tree in (("normal", tiny), ("t", with_copula(tiny, {"student_t": "4"}))):
        scenario = read(tree)
        drawn = scenario.uncertain.values(StreamDraws(3, 0, 1024), scenario.dependence)
        values[name] = dict(zip(scenario.uncertain.names, drawn, strict=True))
    taking_part = set(read(tiny).dependence.names)
    moved = {name for name, drawn in values["normal"].items() if not np.array_equal(drawn, values["t"][name])}
    assert moved == taking_part
    scenario = read(with_copula(tiny, {"student_t": "4"}))
    longer, shorter = simulate(scenario, 1500, 3), simulate(scenario, 700, 3)
    for name in longer.names:
        np.testing.assert_array_equal(longer.costs[name][:700], shorter.costs[name])


@pytest.mark.parametrize("freedom", ["2", "0", "-3"])
def test_degrees_of_freedom_must_exceed_two(tiny: Tree, read: Read, freedom: str) -> None:
    """Protects from a copula whose scores have no variance."""
    with pytest.raises(ScenarioError) as caught:
        read(with_copula(tiny, {"student_t": freedom}))
    assert [(c.code, c.path) for c in caught.value.complaints] == [("BP201", "correlations.copula.student_t")]


def test_row_of_the_long_form_is_located(tiny: Tree, read: Read) -> None:
    """Protects the place of a complaint: the row, below pairs."""
    tree = with_copula(tiny, {"student_t": "4"})
    tree["correlations"]["pairs"] = [["zebra", "quagga", "0.5"]]
    with pytest.raises(ScenarioError) as caught:
        read(tree)
    assert [(c.code, c.path) for c in caught.value.complaints] == [("BP203", "correlations.pairs[0]")]


def test_neighbours_of_a_clause_that_goes_stay_put(tiny: Tree, read: Read) -> None:
    """Protects --without: what a switched-off input was joined with keeps its draws, common draw and all."""
    indexation = tiny["alternatives"]["manila"]["legs"][0]["vendor"]["indexation"]
    indexation["cap"] = {"low": "3%", "likely": "5%", "high": "8%"}
    tiny["correlations"] += [["indexation.cap", "manila.price", 0.6], ["indexation.cap", "manila.once", 0.3]]
    before = read(with_copula(tiny, {"student_t": "3"}))
    after = before.without("indexation.cap")
    assert len(after.correlations.pairs) == len(before.correlations.pairs) - 2
    drawn = [
        dict(zip(s.uncertain.names, s.uncertain.values(StreamDraws(9, 0, 64), s.dependence), strict=True))
        for s in (before, after)
    ]
    assert drawn[0].keys() - drawn[1].keys() == {"alternatives.manila.legs[vendor PH].vendor.indexation.cap"}
    for name, values in drawn[1].items():
        np.testing.assert_array_equal(values, drawn[0][name])
