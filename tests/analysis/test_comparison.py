"""Alternatives compared: published value-of-information cases, ties, rankings, payback."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from bposim.analysis.comparison import (
    Entropic,
    MeanEs,
    evpi,
    expected_regret,
    probability_best,
    ranking,
    risk_adjusted_value,
    too_close,
)
from bposim.analysis.measures import Estimate, mean
from bposim.analysis.payback import payback_summary
from bposim.result import payback_month

if TYPE_CHECKING:
    from bposim.analysis.comparison import RiskMeasure
    from bposim.shapes import FloatArray

TRIALS = 200_000
repeatable = settings(deadline=None, derandomize=True)

tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(-1000, 1000), min_size=width, max_size=width), min_size=1, max_size=40
    ).map(
        lambda rows: {
            f"a{i}": np.array(column, dtype=float) for i, column in enumerate(zip(*rows, strict=True))
        }
    )
)


def within(truth: float, estimate: Estimate) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


# --- published cases ----------------------------------------------------------------------------------


def test_evpi_of_two_normals() -> None:
    """P15: options 0 and p1 + p2, p ~ N(0,1) and N(0,2): EVPI sqrt(5) phi(0) = 0.89206."""
    rng = np.random.default_rng(21)
    benefit = rng.normal(0, 1, TRIALS) + rng.normal(0, 2, TRIALS)
    assert within(0.8920620580763856, evpi({"stay": np.zeros(TRIALS), "move": -benefit}))


def test_evpi_of_the_campaign() -> None:
    """P18 (Hubbard): P(loss) 0.291748, EVPI 208,954 = sd (phi(z) - z (1 - Phi(z)))."""
    rng = np.random.default_rng(22)
    units = rng.normal(225_000, 75_000 / 1.6448536269514722, TRIALS)
    costs = {"campaign": 5e6 - 25 * units, "none": np.zeros(TRIALS)}
    assert within(0.29174826979148794, probability_best(costs)["none"])
    assert within(208_954.0079386698, evpi(costs))
    assert within(208_954.0079386698, expected_regret(costs)["campaign"])
    assert within(625_000 + 208_954.0079386698, expected_regret(costs)["none"])


def test_make_or_buy() -> None:
    """P19 (Evans): making costs 50,000 + 125 Q, buying 175 Q, Q ~ N(1100, 100)."""
    q = np.random.default_rng(23).normal(1100, 100, TRIALS)
    costs = {"buy": 175 * q, "make": 50_000 + 125 * q}
    assert within(0.8413447460685429, probability_best(costs)["make"])
    assert within(416.57735293843143, evpi(costs))
    assert within(5000.0, risk_adjusted_value(costs["buy"], costs["make"], MeanEs(weight=0)))


def test_evpi_of_independent_rework() -> None:
    """P20, every combination once: 100,000 against 97,500; EVPI 6,300 exactly."""
    in_house = 95_000.0 + 50_000.0 * np.repeat([1] + [0] * 9, 10)
    outsource = 80_000.0 + 25_000.0 * np.tile([1] * 7 + [0] * 3, 10)
    regret = expected_regret({"in-house": in_house, "outsource": outsource})
    assert mean(in_house).value == 100_000.0
    assert mean(outsource).value == 97_500.0
    assert evpi({"in-house": in_house, "outsource": outsource}).value == 6300.0
    assert regret["in-house"].value == 6300.0 + 2500.0


def test_evpi_of_the_network_upgrade() -> None:
    """P21 (Wilcoxen): 24 against 20, EVPI 8, more than the study's price of 4."""
    net_cost = {"current": np.full(5, -20.0), "upgrade": np.array([-40.0, -40.0, -40.0, 0.0, 0.0])}
    assert evpi(net_cost).value == pytest.approx(8.0, rel=1e-14)


# --- ties and pairing ---------------------------------------------------------------------------------


def test_ties_are_split_equally() -> None:
    """Three futures by hand: a tie of two, a tie of three, one clear winner."""
    costs = {
        "a": np.array([1.0, 2.0, 5.0]),
        "b": np.array([1.0, 2.0, 4.0]),
        "c": np.array([9.0, 2.0, 9.0]),
    }
    found = {name: estimate.value for name, estimate in probability_best(costs).items()}
    assert found == pytest.approx(
        {"a": (1 / 2 + 1 / 3) / 3, "b": (1 / 2 + 1 / 3 + 1) / 3, "c": 1 / 9}, rel=1e-14
    )


def test_identical_alternatives_differ_by_exactly_nothing() -> None:
    """Same terms on both sides: no value, no regret, no information worth paying for, and no winner."""
    x = np.random.default_rng(24).lognormal(size=20_000)
    twins = {"a": x, "b": x.copy()}
    value = risk_adjusted_value(x, x.copy(), MeanEs())
    assert (value.value, value.se) == (0.0, 0.0)
    assert evpi(twins).value == 0.0
    assert {name: e.value for name, e in probability_best(twins).items()} == {"a": 0.5, "b": 0.5}
    assert all(place.too_close for place in ranking(twins, MeanEs()))


def test_alternatives_with_different_trials_are_refused() -> None:
    """Broadcasting one trial against many would compare different futures in silence."""
    with pytest.raises(ValueError, match="trials differ in number"):
        evpi({"a": np.zeros(3), "b": np.zeros(1)})
    with pytest.raises(ValueError, match="trials differ in number"):
        risk_adjusted_value(np.zeros(3), np.zeros(1), MeanEs())
    with pytest.raises(ValueError, match="no alternative"):
        evpi({})


@repeatable
@given(tables)
def test_regret_and_information_are_never_negative(costs: dict[str, FloatArray]) -> None:
    """EVPI >= 0, regret >= 0, EVPI the least regret, and the shares of best add up to 1."""
    regrets = expected_regret(costs)
    information = evpi(costs).value
    least_mean = min(mean(x).value for x in costs.values())
    mean_least = float(np.mean(np.min(np.stack(list(costs.values())), axis=0)))
    assert information >= 0
    assert all(regret.value >= information for regret in regrets.values())
    assert all(regret.low is None or regret.low >= 0 for regret in regrets.values())
    assert information == pytest.approx(least_mean - mean_least, abs=1e-9)
    assert sum(e.value for e in probability_best(costs).values()) == pytest.approx(1, abs=1e-12)


@repeatable
@given(tables)
def test_order_of_the_alternatives_means_nothing(costs: dict[str, FloatArray]) -> None:
    """The same file with its alternatives shuffled gives the same numbers to the last bit."""
    reverse = dict(reversed(costs.items()))
    assert probability_best(costs) == probability_best(reverse)
    assert expected_regret(costs) == expected_regret(reverse)
    assert ranking(costs, MeanEs(level=0.5)) == ranking(reverse, MeanEs(level=0.5))


# --- risk-adjusted value and ranking ------------------------------------------------------------------


@pytest.mark.parametrize("measure", [MeanEs(weight=0), MeanEs(), MeanEs(weight=1), Entropic(200.0)])
def test_a_sure_saving_is_its_own_risk_adjusted_value(measure: RiskMeasure) -> None:
    """Costs that differ by 3 in every future differ by 3 in every measure, with no error: pairing works."""
    x = np.random.default_rng(25).normal(100, 10, 20_000)
    value = risk_adjusted_value(x, x - 3, measure)
    assert value.value == pytest.approx(3.0, rel=1e-9)
    assert value.se == pytest.approx(0.0, abs=1e-9)


def test_an_alternative_that_steadies_the_cost_gains_by_it() -> None:
    """Equal means, sd 10 against 2: the value is 8 ES of a standard normal, and 96 / (2 rho)."""
    z = np.random.default_rng(26).standard_normal(TRIALS)
    base, steady = 100 + 10 * z, 100 + 2 * z
    assert within(8 * 2.0627128075074275, risk_adjusted_value(base, steady, MeanEs(weight=1)))
    assert within(96 / (2 * 50), risk_adjusted_value(base, steady, Entropic(50.0)))


@pytest.mark.parametrize("name", ["mean_es", "entropic", "evpi"])
def test_paired_intervals_cover_as_often_as_they_say(name: str) -> None:
    """1,000 runs of 4,000 paired trials; an unpaired error would cover almost always."""
    rng = np.random.default_rng([27, len(name)])
    runs = 1000
    hits = 0
    # Y = 0.9 X + 0.3 E has variance 0.9; Y + 0.2 - X has sd sqrt(0.1).
    sd_y, sd_gap = math.sqrt(0.9), math.sqrt(0.1)
    shift = 0.2 / sd_gap
    truth = {
        "mean_es": (1 - sd_y) * 2.0627128075074275 / 2 - 0.2,
        "entropic": (1 - 0.9) / (2 * 2.0) - 0.2,
        "evpi": sd_gap * float(norm.pdf(shift) - shift * norm.sf(shift)),
    }[name]
    for _ in range(runs):
        x = rng.standard_normal(4000)
        y = 0.9 * x + 0.3 * rng.standard_normal(4000) + 0.2
        estimate = {
            "mean_es": lambda: risk_adjusted_value(x, y, MeanEs()),  # noqa: B023  called at once
            "entropic": lambda: risk_adjusted_value(x, y, Entropic(2.0)),  # noqa: B023
            "evpi": lambda: evpi({"x": x, "y": y}),  # noqa: B023
        }[name]()
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= truth <= estimate.high
    assert hits / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_ranking_says_who_leads_by_how_much_and_what_is_too_close() -> None:
    """10 and 10.001 with independent noise of 1 cannot be told apart in 5,000 trials; 12 can."""
    rng = np.random.default_rng(28)
    noise = rng.standard_normal((3, 5000))
    costs = {"far": 12 + noise[0], "near": 10.001 + noise[1], "other": 10.0 + noise[2]}
    places = ranking(costs, MeanEs(weight=0))
    assert [place.rank for place in places] == [1, 2, 3]
    assert {places[0].name, places[1].name} == {"near", "other"}
    assert places[2].name == "far"
    assert [place.too_close for place in places] == [True, True, False]
    assert places[0].behind.value == 0.0
    assert places[2].behind.value == pytest.approx(places[2].value.value - places[0].value.value, rel=1e-12)


def test_the_tail_can_turn_the_ranking() -> None:
    """The cheaper mean with the wider spread loses once the tail has weight; low cost ranks first."""
    z = np.random.default_rng(29).standard_normal(20_000)
    costs = {"cheap": 99 + 10 * z, "steady": 100 + z}
    assert [place.name for place in ranking(costs, MeanEs(weight=0))] == ["cheap", "steady"]
    assert [place.name for place in ranking(costs, MeanEs())] == ["steady", "cheap"]


def test_without_an_error_nothing_is_called() -> None:
    """Too few tail points, or one trial that carries the exponential mean: the order is shown, not sold."""
    rng = np.random.default_rng(30)
    few = {"a": rng.standard_normal(500), "b": 5 + rng.standard_normal(500)}
    assert all(place.too_close for place in ranking(few, MeanEs()))
    heavy = risk_adjusted_value(rng.lognormal(0, 2, 5000), rng.standard_normal(5000), Entropic(1.0))
    assert heavy.se is None
    assert "do not rank" in heavy.note


@pytest.mark.parametrize(
    ("value", "se", "close"), [(2.0, 1.0, True), (-2.1, 1.0, False), (1.0, 0.0, False), (9.0, None, True)]
)
def test_two_standard_errors_are_the_line(value: float, se: float | None, close: bool) -> None:
    """Either sign; a certain difference is never close, one without error always."""
    assert too_close(Estimate(value, se)) == close


# --- payback ------------------------------------------------------------------------------------------


def test_payback_by_hand() -> None:
    """Pays at once; at the end; twice, the second time for good; never; never, after looking paid."""
    cumulative = np.array(
        [
            [0.0, -9.0, -1.0, -1.0, 5.0],
            [1.0, -5.0, 2.0, -1.0, 5.0],
            [2.0, -1.0, -1.0, -1.0, 5.0],
            [3.0, 0.0, 1.0, -1.0, -1.0],
        ]
    )
    months = payback_month(cumulative)
    assert months.tolist() == [0, 3, 3, -1, -1]
    assert months.dtype == np.int16


@repeatable
@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=1, max_size=8))
def test_payback_is_its_definition(rows: list[list[int]]) -> None:
    """Against the sentence of the model read out loud: first t such that all from t on are >= 0."""
    cumulative = np.array(rows, dtype=float)
    expected = [
        next((t for t in range(len(rows)) if all(row[trial] >= 0 for row in rows[t:])), -1)
        for trial in range(4)
    ]
    assert expected == payback_month(cumulative).tolist()


def test_median_payback_counts_those_who_never_pay_back() -> None:
    """Of 10 trials 4 never pay: the fifth of the ten in order is month 30, not the median of the six."""
    months = np.array([10, -1, 20, 30, -1, 40, 5, 15, -1, -1], dtype=np.int16)
    found = payback_summary(months)
    assert found.p50 == 30
    assert found.never.value == 0.4
    # Ranks 2 and 9 enclose the median of 10; the ninth never pays back.
    assert (found.low, found.high) == (10, None)


def test_median_payback_is_never_when_most_never_pay_back() -> None:
    """A median month over the lucky ones alone would promise what most futures do not keep."""
    found = payback_summary(np.array([3, -1, -1], dtype=np.int16))
    assert found.p50 is None
    assert found.never.value == pytest.approx(2 / 3, rel=1e-14)
    assert "too few" in found.note


def test_payback_of_no_trials_is_refused() -> None:
    """An empty run has no median."""
    with pytest.raises(ValueError, match="no trials"):
        payback_summary(np.array([], dtype=np.int16))
