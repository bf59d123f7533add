"""Worth on paired futures and the best set: hand-computed cases, and every subset by brute force."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.analysis.comparison import MeanEs
from bposim.analysis.worth import Side, best_set, interaction, worth
from bposim.scenario import Promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray

RNG = np.random.default_rng(11)
BASE = RNG.normal(100, 10, 4000)
NAMES = ("a", "b", "c", "d", "e")
PRICE = {"a": 3.0, "b": 2.0, "c": 4.0, "d": 1.0, "e": 2.5}
LOSS = {name: RNG.gamma(2.0, 2.0, 4000) for name in NAMES}
"""What each mitigation prevents in a future."""


def test_worth_of_a_constant_is_that_constant_without_error() -> None:
    """Protects sign and pairing: what costs 2 less in each future is worth exactly 2 by any measure."""
    found = worth(Side(BASE, BASE - 30), Side(BASE, BASE - 28), MeanEs(), None)
    assert found.mean.value == pytest.approx(2.0, abs=1e-12)
    assert found.mean.se == pytest.approx(0.0, abs=1e-12)
    assert found.shortfall.value == pytest.approx(2.0, abs=1e-9)
    assert found.adjusted.value == pytest.approx(2.0, abs=1e-9)


def test_probability_of_a_miss_is_counted_by_hand() -> None:
    """Protects the promise: a saving equal to the promised one misses it, as a run counts."""
    base = np.array([10.0, 10.0, 10.0, 10.0])
    having, lacking = np.array([4.0, 5.0, 6.0, 1.0]), np.array([7.0, 7.0, 7.0, 1.0])
    found = worth(Side(base, having), Side(base, lacking), MeanEs(0.0), Promise(5.0, relative=False))
    assert found.miss.value == 3 / 4 - 2 / 4
    assert found.mean.value == (3 + 2 + 1 + 0) / 4


def test_interaction_is_zero_where_effects_add_up() -> None:
    """Protects the definition: worth of both less that of each."""
    neither, first, second = np.array([10.0, 12.0]), np.array([8.0, 9.0]), np.array([9.0, 9.0])
    added = first + second - neither
    sides = [Side(neither, own) for own in (neither, first, second, added)]
    assert interaction(*sides).value == 0.0
    assert interaction(*sides[:3], Side(neither, added - 1)).value == 1.0


def simulated(*, together: bool) -> Callable[[frozenset[str]], Side]:
    """Return an evaluation of sets in which a and b act on the same loss where ``together``."""

    def evaluate(chosen: frozenset[str]) -> Side:
        own: FloatArray = BASE - sum((LOSS[name] for name in chosen), np.zeros(BASE.size))
        if together and {"a", "b"} <= chosen:
            own = own + 0.8 * np.minimum(LOSS["a"], LOSS["b"])
        spent = sum(PRICE[name] for name in chosen)
        return Side(BASE, own + spent, spent)

    return evaluate


def brute_force(evaluate: Callable[[frozenset[str]], Side], budget: float | None) -> tuple[set[str], float]:
    """Return the best set by trying all of them."""
    none = MeanEs().value(_sample(evaluate(frozenset()).own)).value
    sets = [frozenset(s) for count in range(6) for s in combinations(NAMES, count)]
    allowed = [s for s in sets if budget is None or evaluate(s).spent <= budget]
    best = max(allowed, key=lambda s: none - MeanEs().value(_sample(evaluate(s).own)).value)
    return set(best), none - MeanEs().value(_sample(evaluate(best).own)).value


def _sample(cost: FloatArray):  # noqa: ANN202
    from bposim.analysis.measures import Sample  # noqa: PLC0415

    return Sample(cost)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("budget", [None, 0.0, 3.0, 5.5, 9.0])
def test_the_best_set_is_that_of_brute_force(together: bool, budget: float | None) -> None:
    """Protects exactness: all sets by their full distribution, also where two act on each other."""
    evaluate = simulated(together=together)
    found = best_set(NAMES, evaluate, MeanEs(), budget)
    chosen, gain = brute_force(evaluate, budget)
    assert set(found.chosen) == chosen
    assert found.worth == pytest.approx(gain, abs=1e-9)
    assert found.exact
    assert (("a", "b") in found.groups) == together


def test_too_many_for_all_sets_are_grown_and_bounded() -> None:
    """Protects the heuristic: it says that it is one, keeps the budget and stays below its bound."""
    rng = np.random.default_rng(3)
    names = tuple(f"m{number}" for number in range(17))
    gains = dict(zip(names, rng.uniform(1, 5, 17), strict=True))
    prices = dict(zip(names, rng.uniform(0.2, 2, 17), strict=True))

    def evaluate(chosen: frozenset[str]) -> Side:
        spent = sum(prices[name] for name in chosen)
        return Side(BASE, BASE - sum(gains[name] for name in chosen) + spent, spent)

    found = best_set(names, evaluate, MeanEs(), 6.0)
    assert not found.exact
    assert found.cost <= 6.0
    # By dynamic programming on a fine grid of prices, rounded down: no set within the budget is worth more.
    best = np.zeros(6001)
    for name in names:
        price, gain = int(prices[name] * 1000), gains[name] - prices[name]
        best[price:] = np.maximum(best[price:], best[: best.size - price] + gain)
    assert found.worth <= best[-1] + 1e-9
    assert best[-1] <= found.bound + 1e-2
    assert found.worth >= 0.95 * best[-1]
