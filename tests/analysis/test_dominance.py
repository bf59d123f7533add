"""Stochastic dominance: known pairs, exact cases, and how often a claim is false."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from bposim.analysis.dominance import dominance, dominance_table, undominated
from bposim.analysis.measures import certainty_equivalent

TRIALS = 20_000


def test_a_cost_that_is_lower_in_law_dominates_at_both_orders() -> None:
    """N(0,1) against N(0.1,1): first order, hence second; and the other way round it is dominated."""
    rng = np.random.default_rng(50)
    x = rng.standard_normal(TRIALS)
    y = 0.1 + 0.9 * x + math.sqrt(0.19) * rng.standard_normal(TRIALS)
    for order in (1, 2):
        assert dominance(x, y, order).verdict == "dominates"
        assert dominance(y, x, order).verdict == "dominated"


def test_a_steadier_cost_dominates_at_second_order_only() -> None:
    """N(0,1) and N(0.1,1.5): distribution functions cross, but no risk-averse payer wants the second."""
    z = np.random.default_rng(51).standard_normal(TRIALS)
    assert dominance(z, 0.1 + 1.5 * z, 1).verdict == "crosses"
    assert dominance(z, 0.1 + 1.5 * z, 2).verdict == "dominates"


def test_cheaper_but_riskier_crosses_at_second_order_too() -> None:
    """N(0,1) and N(-0.2,1.5): which is better depends on the aversion, and the test must say so."""
    z = np.random.default_rng(52).standard_normal(TRIALS)
    assert dominance(z, -0.2 + 1.5 * z, 2).verdict == "crosses"


def test_equal_costs_are_too_close_to_call() -> None:
    """The very same cost, and another one of the same distribution."""
    rng = np.random.default_rng(53)
    x = rng.standard_normal(TRIALS)
    for order in (1, 2):
        assert dominance(x, x.copy(), order).verdict == "too close to call"
        assert dominance(x, rng.standard_normal(TRIALS), order).verdict == "too close to call"


def test_level_stretches_stand_against_no_claim() -> None:
    """A floor on the second cost leaves all amounts above it exactly level: still dominance, it is a fact."""
    x = np.random.default_rng(54).standard_normal(TRIALS)
    assert dominance(x, np.maximum(x, 0.0), 1).verdict == "dominates"
    assert dominance(np.ones(200), np.full(200, 2.0), 1).verdict == "dominates"


@pytest.mark.parametrize("order", [1, 2])
def test_the_curve_is_the_difference_of_the_two_costs(order: int) -> None:
    """Against P(X > t) and E[max(X - t, 0)] of two normals, within four errors everywhere but for chance."""
    rng = np.random.default_rng(55)
    x, y = rng.normal(0, 1, TRIALS), rng.normal(0.2, 2, TRIALS)
    found = dominance(x, y, order)
    t = found.amounts
    if order == 1:
        truth = norm.sf(t) - norm.sf((t - 0.2) / 2)
    else:
        call = [s * norm.pdf((t - m) / s) - (t - m) * norm.sf((t - m) / s) for m, s in ((0, 1), (0.2, 2))]
        truth = call[0] - call[1]
    assert np.max(np.abs(found.difference - truth) / found.se) < 4.5


def test_a_false_claim_of_dominance_has_five_percent() -> None:
    """The hardest case: level at one amount, clearly better at the others; 600 runs of 1,000 trials."""
    rng = np.random.default_rng(56)
    runs, claims = 600, 0
    for _ in range(runs):
        a = rng.choice(4, 1000, p=[0.5, 0.2, 0.2, 0.1]).astype(float)
        b = rng.choice(4, 1000, p=[0.3, 0.4, 0.05, 0.25]).astype(float)
        claims += dominance(a, b, 1).verdict == "dominates"
    assert claims / runs == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / runs))


def test_equal_distributions_are_rarely_told_apart() -> None:
    """200 pairs of one distribution: a band at all amounts together keeps false claims below 5 %."""
    rng = np.random.default_rng(57)
    verdicts = [
        dominance(rng.standard_normal(1000), rng.standard_normal(1000), order).verdict
        for order in (1, 2)
        for _ in range(100)
    ]
    assert sum(verdict != "too close to call" for verdict in verdicts) <= 0.05 * 200 + 4 * math.sqrt(
        0.0475 * 200
    )


def test_a_false_claim_of_crossing_is_rare() -> None:
    """Better at one amount and level at twenty others: one will look worse by chance, the band knows."""
    rng = np.random.default_rng(49)
    level = [0.6 / 20] * 20
    runs = 400
    claims = 0
    for _ in range(runs):
        a = rng.choice(22, 1000, p=[0.3, 0.1, *level]).astype(float)
        b = rng.choice(22, 1000, p=[0.1, 0.3, *level]).astype(float)
        claims += dominance(a, b, 1).verdict == "crosses"
    assert claims / runs <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / runs)


def test_dominance_implies_the_order_of_certainty_equivalents() -> None:
    """Whoever dominates at second order is cheaper for every risk tolerance: 60 pairs, 3 tolerances."""
    rng = np.random.default_rng(58)
    claims = 0
    for _ in range(60):
        z = rng.standard_normal((2, 4000))
        a = rng.uniform(-0.3, 0.3) + rng.uniform(0.5, 2) * z[0]
        b = rng.uniform(-0.3, 0.3) + rng.uniform(0.5, 2) * (0.8 * z[0] + 0.6 * z[1])
        if dominance(a, b, 2).verdict == "dominates":
            claims += 1
            for tolerance in (1.0, 4.0, 100.0):
                assert certainty_equivalent(a, tolerance).value < certainty_equivalent(b, tolerance).value
    assert claims > 10


def test_the_table_and_the_undominated() -> None:
    """Of three, the one that is dearer in every future is out; the steady and the cheap one stay."""
    z = np.random.default_rng(59).standard_normal(TRIALS)
    costs = {"dear": 1 + z, "steady": z, "cheap": -0.5 + 2 * z}
    assert dominance_table(costs)["dear", "steady"].verdict == "dominated"
    assert undominated(costs) == ("steady", "cheap")
    assert undominated(costs, 2) == ("steady", "cheap")


def test_costs_that_are_not_paired_are_refused() -> None:
    """Different futures have no paired difference."""
    with pytest.raises(ValueError, match="trial by trial"):
        dominance(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="share below"):
        dominance(np.zeros(3), np.zeros(3), share=0.5)
