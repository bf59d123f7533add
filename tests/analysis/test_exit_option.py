"""The right to leave: Margrabe, the put of Longstaff and Schwartz, rules by hand, no foresight."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import norm

from bposim.analysis.exit_option import NEVER, best_exit, exit_by_rule, gain_of_leaving

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate


def within(truth: float, estimate: Estimate) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


def bermudan_put(spot: float, strike: float, rate: float, volatility: float, dates: int) -> float:
    """A put of one year that may be exercised at ``dates`` even dates, by a binomial tree of 2,000 steps."""
    steps = 2000
    up = math.exp(volatility / math.sqrt(steps))
    discount = math.exp(-rate / steps)
    chance = (1 / discount - 1 / up) / (up - 1 / up)
    value = np.maximum(strike - spot * up ** (2.0 * np.arange(steps + 1) - steps), 0)
    for step in range(steps - 1, -1, -1):
        value = discount * (chance * value[1:] + (1 - chance) * value[:-1])
        if step and step % (steps // dates) == 0:
            value = np.maximum(value, strike - spot * up ** (2.0 * np.arange(step + 1) - step))
    return float(value[0])


def test_one_date_is_margrabe() -> None:
    """The right to swap a cost of 100 (20 %) for one of 105 (15 %) in a year: 7.8888, both known then."""
    rng = np.random.default_rng(130)
    z = rng.standard_normal((2, 200_000))
    stay = 100 * np.exp(0.2 * z[[0]] - 0.02)
    leave = 105 * np.exp(0.15 * z[[1]] - 0.01125)
    spread = math.hypot(0.2, 0.15)
    d = (math.log(100 / 105) + spread**2 / 2) / spread
    truth = 100 * norm.cdf(d) - 105 * norm.cdf(d - spread)
    found = best_exit(stay - leave, {"stay": stay, "leave": leave})
    assert within(truth, found.value)
    assert found.value.value == pytest.approx(truth, rel=0.015)
    # P(stay > leave): the swap in units of nothing, each cost with its own drift.
    chance = norm.cdf((math.log(100 / 105) - 0.02 + 0.01125) / spread)
    assert found.probability.value == pytest.approx(chance, abs=0.01)


def test_the_interval_of_a_right_covers() -> None:
    """200 runs of 4,000 paths of the one-date case: 95 % of the intervals hold Margrabe's value."""
    rng = np.random.default_rng(140)
    spread = math.hypot(0.2, 0.15)
    d = (math.log(100 / 105) + spread**2 / 2) / spread
    truth = 100 * norm.cdf(d) - 105 * norm.cdf(d - spread)
    covered = []
    for _ in range(200):
        z = rng.standard_normal((2, 4_000))
        stay = 100 * np.exp(0.2 * z[[0]] - 0.02)
        leave = 105 * np.exp(0.15 * z[[1]] - 0.01125)
        value = best_exit(stay - leave, {"stay": stay, "leave": leave}).value
        assert value.low is not None
        assert value.high is not None
        covered.append(value.low <= truth <= value.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 200))


def test_the_put_of_longstaff_and_schwartz() -> None:
    """Their first row (36, 40, 6 %, 20 %, 1 year, 50 dates): 4.478 by finite differences, 4.472 by theirs."""
    rng = np.random.default_rng(131)
    dates, trials = 50, 60_000
    z = rng.standard_normal((dates, trials))
    t = np.arange(1, dates + 1)[:, np.newaxis] / dates
    price = 36 * np.exp(np.cumsum(0.04 / dates + 0.2 / math.sqrt(dates) * z, axis=0))
    payoff = np.exp(-0.06 * t) * np.maximum(40 - price, 0)
    found = best_exit(payoff, {"price": price}, price < 40)
    truth = bermudan_put(36, 40, 0.06, 0.2, dates)
    assert truth == pytest.approx(4.478, abs=0.005)
    assert within(truth, found.value)
    # Nobody can do better than the optimum, and regression loses little of it.
    assert 0.985 * truth < found.value.value < truth + 0.03
    assert float(found.by_date.sum()) == pytest.approx(found.probability.value, abs=1e-12)


def test_nobody_sees_the_future() -> None:
    """What leaving saves is pure luck, unknown in advance: judged on its own paths a rule finds much."""
    rng = np.random.default_rng(132)
    found = []
    for _ in range(40):
        gain, *idle = rng.standard_normal((5, 3, 400))
        found.append(best_exit(gain, {f"x{i}": state for i, state in enumerate(idle)}).value.value)
    assert np.mean(found) < 0.06


def test_three_offers_in_a_row() -> None:
    """Standard normal offers seen one by one: worth 0.399, then E[max(Z, 0.399)] = 0.630, then 0.790."""
    gain = np.random.default_rng(135).standard_normal((3, 100_000))
    worth = 0.0
    for _ in range(3):
        worth = float(norm.pdf(worth) + worth * norm.cdf(worth))
    assert within(worth, best_exit(gain, {"gain": gain}).value)


def test_the_right_to_wait_is_worth_something() -> None:
    """One date more cannot hurt, and the best policy beats a stated rule on the same paths."""
    rng = np.random.default_rng(133)
    state = np.cumsum(rng.standard_normal((8, 40_000)), axis=0)
    # Each month that one stays costs its state; leaving costs 3 once.
    gain = gain_of_leaving(state, np.full_like(state, 3.0))
    early = best_exit(gain[:3], {"state": state[:3]}).value
    late = best_exit(gain, {"state": state}).value
    rule = exit_by_rule(gain, state > 2).value
    assert late.se is not None
    assert late.value > early.value - late.se
    assert late.value > rule.value > 0


def test_a_rule_by_hand() -> None:
    """Three paths: left at date 0, at date 1, and never; only the first date at which it holds counts."""
    gain = np.array([[5.0, 1.0, 9.0], [7.0, -2.0, 9.0]])
    rule = np.array([[True, False, False], [True, True, False]])
    found = exit_by_rule(np.hstack([gain, gain]), np.hstack([rule, rule]))
    assert found.date.tolist() == [0, 1, NEVER] * 2
    assert found.gain.tolist() == [5.0, -2.0, 0.0] * 2
    assert found.value.value == 1.0
    assert found.by_date == pytest.approx([1 / 3, 1 / 3])


def test_gain_of_leaving_by_hand() -> None:
    """Staying costs 4, 5 and 6; leaving at the start of month 2 costs 8 in all: it saves 11 - 8."""
    gain = gain_of_leaving(np.array([[4.0], [5.0], [6.0]]), np.array([[20.0], [8.0], [7.0]]))
    assert gain.tolist() == [[-5.0], [3.0], [-1.0]]


def test_where_one_may_not_leave_one_does_not() -> None:
    """A lock-in of two dates is kept, and shapes that do not fit are refused."""
    rng = np.random.default_rng(134)
    gain = 1 + rng.uniform(size=(4, 2000))
    allowed = np.ones((4, 2000), dtype=bool)
    allowed[:2] = False
    found = best_exit(gain, {"gain": gain}, allowed)
    assert found.by_date[:2].tolist() == [0.0, 0.0]
    assert found.probability.value > 0.99
    with pytest.raises(ValueError, match="state wage has shape"):
        best_exit(gain, {"wage": gain[:2]})
    with pytest.raises(ValueError, match="where one may leave"):
        best_exit(gain, {"gain": gain}, allowed[:2])
