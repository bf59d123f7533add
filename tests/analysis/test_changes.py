"""A change shared out over its causes, and figures of two runs side by side."""

from __future__ import annotations

import math
from itertools import chain, combinations

import numpy as np
import pytest

from bposim.analysis.changes import Case, Paired, compared, shares
from bposim.analysis.comparison import MeanEs
from bposim.analysis.measures import Sample
from bposim.analysis.statistic import statistic
from bposim.errors import RunError
from bposim.scenario import Preferences
from cli.hand_made import result_of, scenario_with


def sets(count: int) -> list[frozenset[int]]:
    """Return all sets of so many changes."""
    members = range(count)
    return [
        frozenset(one)
        for one in chain.from_iterable(combinations(members, size) for size in range(count + 1))
    ]


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_shares_add_up_to_the_whole(count: int, exact: bool) -> None:
    """Additivity by the weights themselves: whatever the figure, what is between the ends cancels."""
    total: dict[frozenset[int], float] = {}
    for weights in shares(count, exact=exact):
        for members, weight in weights.items():
            total[members] = total.get(members, 0.0) + weight
    ends = {frozenset(): -1.0, frozenset(range(count)): 1.0}
    for members, weight in total.items():
        assert math.isclose(weight, ends.get(members, 0.0), abs_tol=1e-12)


@pytest.mark.parametrize("exact", [True, False])
def test_two_changes_by_hand(exact: bool) -> None:
    """v: none 10, a 13, b 15, both 24. The interaction of 6 is shared: a 3 + 3 = 6, b 5 + 3 = 8."""
    value = {frozenset(): 10.0, frozenset({0}): 13.0, frozenset({1}): 15.0, frozenset({0, 1}): 24.0}
    found = [
        sum(weight * value[members] for members, weight in weights.items())
        for weights in shares(2, exact=exact)
    ]
    assert found == [6.0, 8.0]


def test_three_changes_by_hand() -> None:
    """The glove game: 0 has a left glove, 1 and 2 a right one each; a pair is worth 1: 4/6, 1/6, 1/6."""

    def worth(members: frozenset[int]) -> float:
        return float(0 in members and bool(members & {1, 2}))

    found = [
        sum(weight * worth(members) for members, weight in weights.items())
        for weights in shares(3, exact=True)
    ]
    assert found == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_exact_shares_do_not_depend_on_the_order() -> None:
    """Symmetry: renaming the changes renames their shares, which two orders do not promise."""
    rng = np.random.default_rng(3)
    value = {members: float(rng.normal()) for members in sets(4)}
    renamed = {frozenset((one + 1) % 4 for one in members): own for members, own in value.items()}
    first, second = (
        [sum(weight * v[members] for members, weight in weights.items()) for weights in shares(4, exact=True)]
        for v in (value, renamed)
    )
    assert second == pytest.approx([first[3], *first[:3]])


def test_two_orders_are_exact_where_only_pairs_act_on_each_other() -> None:
    """Protects the choice of two orders for many changes: what three do only together is what is missed."""
    rng = np.random.default_rng(8)
    single, pair = rng.normal(size=6), rng.normal(size=(6, 6))

    def worth(members: frozenset[int]) -> float:
        own = list(members)
        return float(single[own].sum() + sum(pair[a, b] for a, b in combinations(sorted(own), 2)))

    first, second = (
        [sum(weight * worth(members) for members, weight in each.items()) for each in shares(6, exact=exact)]
        for exact in (True, False)
    )
    assert second == pytest.approx(first)


def cases(figure: str, *pairs: tuple[np.ndarray, np.ndarray]) -> Paired[int]:
    """Return variants of baseline and own cost, by number."""
    found = statistic(figure, Preferences(), MeanEs())
    return Paired({number: Case(Sample(a), Sample(b), found) for number, (a, b) in enumerate(pairs)})


def test_error_of_a_difference_is_paired() -> None:
    """What both variants share cancels: adding 5 to every trial has no error at all."""
    rng = np.random.default_rng(5)
    base, own = rng.normal(100, 10, 2_000), rng.normal(90, 10, 2_000)
    change = cases("saving.mean", (base, own), (base, own - 5)).combined({0: -1.0, 1: 1.0})
    assert change.value == pytest.approx(5.0)
    assert change.se == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("figure", ["saving.mean", "saving.p10", "probability_positive"])
def test_intervals_of_a_paired_change_cover(figure: str) -> None:
    """95 % intervals hold the true change in 95 % of 200 runs, within four standard errors (0.89 up).

    The saving is normal: 1 and 1 before, 1.5 and 1.2 after, both from the same draw but for a little noise.
    """
    rng = np.random.default_rng(11)
    spread = math.hypot(1.2, 0.02)
    true = {
        "saving.mean": 0.5,
        "saving.p10": 0.5 + (spread - 1.0) * -1.2815515655446004,
        "probability_positive": _phi(1.5 / spread) - _phi(1.0),
    }[figure]
    hits, base = 0, np.full(600, 10.0)
    for _ in range(200):
        noise = rng.normal(size=600)
        before, after = 9.0 - noise, 8.5 - 1.2 * noise + 0.02 * rng.normal(size=600)
        change = cases(figure, (base, before), (base, after)).combined({0: -1.0, 1: 1.0})
        assert change.low is not None
        assert change.high is not None
        hits += change.low <= true <= change.high
    assert hits / 200 > 0.89


def _phi(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def test_runs_of_one_seed_are_compared_future_by_future() -> None:
    """Protects the paired error, and that the longer run is cut to what both have."""
    rng = np.random.default_rng(2)
    base = rng.normal(10e6, 1e6, 3_000)
    old = result_of({"in-house": base, "manila": base - 1e6})
    new = result_of({"in-house": base[:2_000], "manila": base[:2_000] - 1.2e6})
    found = compared(old, new, ("saving.mean",))
    moved = found.figures["manila"]["saving.mean"]
    assert (found.paired, found.trials) == (True, (2_000, 2_000))
    assert moved.change.value == pytest.approx(0.2e6)
    assert moved.change.se == pytest.approx(0.0, abs=1e-3)


def test_runs_with_other_draws_have_the_error_of_both() -> None:
    """Protects from an error that pairing would make too small where nothing is paired."""
    rng = np.random.default_rng(4)
    runs = [
        result_of({"in-house": np.full(4_000, 10e6), "manila": rng.normal(9e6, 1e6, 4_000)}) for _ in range(2)
    ]
    moved = compared(runs[0], runs[1], ("saving.mean",), same_streams=False).figures["manila"]["saving.mean"]
    assert moved.change.se == pytest.approx(math.sqrt(2) * 1e6 / math.sqrt(4_000), rel=0.05)


def test_two_currencies_are_not_compared() -> None:
    """Protects from euros less dollars."""
    euro = scenario_with().model_copy(update={"base_currency": "EUR"})
    costs = {"in-house": np.ones(4), "manila": np.ones(4)}
    with pytest.raises(RunError, match="USD, the other in EUR"):
        compared(result_of(costs), result_of(costs, euro))
