"""Splits of the work, each simulated: by hand, like the file's own blend, and a second vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.analysis.comparison import MeanEs
from bposim.analysis.frontier import frontier, simulated_frontier, splits
from bposim.engine import simulate
from bposim.inputs.money import Money
from bposim.studies.blends import Coordination, blend_study, legs_of
from bposim.studies.variants import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Read = Callable[[dict[str, Any]], Scenario]


def fixed(amount: object, currency: str = "USD") -> dict[str, Any]:
    """Return an alternative that is one contract at a fixed fee a month."""
    return {"legs": [{"vendor": {"price": {"fixed_fee": {"amount": amount, "currency": currency}}}}]}


def two_vendors(read: Read, **home: object) -> Scenario:
    """Two contracts of 90 a month in currencies that move apart, and 100 at home, for a year."""
    rate = {"spot": 1, "volatility": "20%"}
    return read(
        {
            "months": 12,
            "discount_rate": "0%",
            "world": {"volume": {"unit": "call", "per_month": 1000}, "fx": {"PHP": rate, "PLN": rate}},
            "alternatives": {
                "home": {"baseline": True} | fixed(100) | home,
                "peso": fixed(90, "PHP"),
                "zloty": fixed(90, "PLN"),
            },
        }
    )


def test_the_files_own_blend_is_one_of_the_splits(tiny: dict[str, Any], read: Read) -> None:
    """40 % in-house and 60 % Manila: to 1e-12 what a run of that alternative costs, at its coordination."""
    blend = tiny["alternatives"]["blend"]
    blend["per_year"] = "12k"
    # Manila's own once and per_year are paid by every split with it: the blend has to say so itself.
    for key in ("once", "per_year"):
        del tiny["alternatives"]["manila"][key]
    scenario = read(tiny)
    study = blend_study(scenario, ("in-house", "manila"), Run(1024, seed=3), steps=5)
    result = simulate(scenario, 1024, seed=3)
    split = next(b for b in study.frontier.blends if b.shares == {"in-house": 0.4, "manila": 0.6})
    assert study.coordination == "blend"
    assert split.mean_saving == pytest.approx(float(np.mean(result.saving("blend"))), rel=1e-9)
    whole = next(b for b in study.frontier.blends if b.shares["manila"] == 1)
    assert whole.mean_saving == pytest.approx(float(np.mean(result.saving("manila"))), rel=1e-9)


def test_what_an_alternative_costs_whatever_its_share_is_paid_in_full(read: Read) -> None:
    """Fixed fees are the weighted sum; 10 once and 24 a year beside the home team come on top of it."""
    scenario = two_vendors(read, once=10, per_year=24)
    plain = two_vendors(read)
    beside = blend_study(scenario, ("home", "peso"), Run(1024), steps=2, coordination=Coordination())
    without = blend_study(plain, ("home", "peso"), Run(1024), steps=2, coordination=Coordination())
    half = {"home": 0.5, "peso": 0.5}
    costs = [
        next(b for b in study.frontier.blends if b.shares == half).risk_adjusted
        for study in (beside, without)
    ]
    assert costs[0] - costs[1] == pytest.approx(34.0)
    assert without.bend.value == pytest.approx(0.0, abs=1e-9)


def test_a_second_vendor_of_another_currency_is_worth_the_tail_it_takes_off(read: Read) -> None:
    """Same mean, independent rates: the mean stays, the tail gets better, and coordination eats it."""
    scenario = two_vendors(read)
    free = blend_study(scenario, ("home", "peso", "zloty"), Run(20_480), steps=4)
    (pair,) = free.pairs
    assert pair.legs == ("peso", "zloty")
    assert abs(pair.mean.value) <= 4 * (pair.mean.se or 0.0)
    assert pair.shortfall.value > 10 * (pair.shortfall.se or 1.0)
    assert free.frontier.diversification.value > 0
    assert free.annuity == pytest.approx(1.0)
    paid = blend_study(
        scenario,
        ("peso", "zloty"),
        Run(20_480),
        steps=2,
        coordination=Coordination(per_year=money(2 * pair.adjusted.value)),
    )
    assert paid.frontier.worth_of_blending.value == 0.0
    assert paid.pairs[0].adjusted.value == pytest.approx(-pair.adjusted.value, rel=1e-9)


def money(amount: float) -> Money:
    """Return an amount in base currency."""
    return Money(amount=amount)


def test_a_simulated_frontier_of_weighted_sums_is_the_frontier_of_weighted_sums() -> None:
    """Protects the two ways into one computation: fed with weighted sums, both say the same."""
    z = np.random.default_rng(7).standard_normal((3, 4000))
    legs = {"a": 10 + z[0], "b": 9 + 2 * z[1]}
    summed = frontier(legs, z[2], MeanEs(weight=1))
    costs = {(s, t): s * legs["a"] + t * legs["b"] for s, t in splits(20, 2)}
    found = simulated_frontier(("a", "b"), costs, z[2], MeanEs(weight=1))
    assert [b.shares for b in found.blends] == [b.shares for b in summed.blends]
    assert found.best.shares == summed.best.shares
    assert found.worth_of_blending.value == pytest.approx(summed.worth_of_blending.value)
    assert found.diversification.value == pytest.approx(summed.diversification.value)


def test_legs_that_can_be_split(tiny: dict[str, Any], read: Read) -> None:
    """Alternatives of one leg, in the file's order; others are refused, as are too large grids."""
    scenario = read(tiny)
    assert legs_of(scenario) == ("in-house", "manila", "krakow")
    with pytest.raises(ValueError, match="blend is not an alternative of one leg"):
        legs_of(scenario, ("blend", "manila"))
    with pytest.raises(ValueError, match="two alternatives"):
        legs_of(scenario, ("manila",))
    with pytest.raises(ValueError, match="too long"):
        blend_study(scenario, legs_of(scenario), Run(8), steps=20)
