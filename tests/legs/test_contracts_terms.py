"""Terms of contracts by hand: prices of effort and savings, currency, renewals, change orders, exit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from bposim.cash import base_case
from bposim.discounting import months_column
from bposim.errors import ScenarioError
from bposim.events.arrivals import EventNoise
from bposim.legs.change_orders import ChangeOrders
from bposim.legs.dependence import Dependence
from bposim.legs.fx_clauses.averaged import Averaged
from bposim.legs.fx_clauses.band import CurrencyBand
from bposim.legs.fx_clauses.hedged import Hedged
from bposim.legs.leakage import Leakage
from bposim.legs.price_model import Billable
from bposim.legs.pricing.cost_plus import CostPlus, Incentive
from bposim.legs.pricing.gain_share import GainShare
from bposim.legs.pricing.hybrid import Hybrid
from bposim.legs.renewals import repricing
from bposim.legs.termination import Termination
from bposim.legs.vendor import Vendor
from bposim.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Still = Callable[..., World]
    Read = Callable[[dict[str, Any]], Scenario]


def column(*values: float) -> FloatArray:
    """Return a path of one trial."""
    return np.array(values)[:, np.newaxis]


def work(effort: float = 0.0, volume: float = 0.0, live: float = 1.0, **levels: float) -> Billable:
    """Return a month of work."""
    return Billable(volume=volume, forecast=volume, effort=effort, live=live, **levels)


# --- price models -------------------------------------------------------------------------------------


def test_hybrid_by_hand() -> None:
    """1,000 fixed on half of the work, 2 a unit, 100 an FTE; indexed by 10 % and renewed at +5 %."""
    month = work(effort=3.0, volume=400.0, live=0.5, indexation=1.1, repricing=1.05)
    assert Hybrid(amount=1000.0, unit_price=2.0).fee(month) == pytest.approx((500 + 800) * 1.1 * 1.05)
    assert Hybrid(amount=1000.0, fte_price=100.0).fee(month) == pytest.approx((500 + 300) * 1.1 * 1.05)


def test_hybrid_without_a_variable_part_is_a_fixed_fee() -> None:
    """A missing price is a slip, not a second way to write fixed_fee."""
    with pytest.raises(ValidationError):
        Hybrid(amount=1000.0)


def test_cost_plus_margin_follows_wages_and_not_the_index() -> None:
    """4 FTE at 1,000, wages up 8 %, 15 % on top; the contract's indexation is not charged a second time."""
    fee = CostPlus(amount=1000.0, margin=0.15).fee(work(effort=4.0, wages=1.08, indexation=1.5))
    assert fee == pytest.approx(4 * 1000 * 1.08 * 1.15)


INCENTIVE = Incentive(
    target_cost=600_000.0,
    target_fee=100_000.0,
    vendor_share_below=0.3,
    vendor_share_above=0.3,
    ceiling=725_000.0,
)


@pytest.mark.parametrize(
    ("cost", "fee"),
    [
        (500_000, 630_000),  # case V16: 500,000 + 100,000 + 30 % of the 100,000 saved
        (600_000, 700_000),
        (630_000, 721_000),
        (800_000, 725_000),  # 840,000 without the ceiling
    ],
)
def test_published_incentive(cost: float, fee: float) -> None:
    """Case V16: target cost 600,000, fee 100,000, shares 70/30, ceiling 725,000."""
    assert CostPlus(amount=1.0, incentive=INCENTIVE).fee(work(effort=cost)) == pytest.approx(fee, rel=1e-12)


def test_incentive_shares_differ_above_and_below() -> None:
    """A vendor that keeps half of what it saves and bears a fifth of what it overspends."""
    terms = INCENTIVE.model_copy(
        update={"vendor_share_below": 0.5, "vendor_share_above": 0.2, "ceiling": None}
    )
    assert terms.fee(column(500e3, 700e3), 1.0) == pytest.approx(column(650e3, 780e3))


def test_incentive_is_for_all_of_the_work() -> None:
    """Half of the work has half of the target, and indexation moves target, fee and ceiling alike."""
    price = CostPlus(amount=1.0, incentive=INCENTIVE)
    assert price.fee(work(effort=250e3, live=0.5)) == pytest.approx(315e3)
    assert price.fee(work(effort=550e3, indexation=1.1)) == pytest.approx(1.1 * 630e3)


def test_cost_plus_has_one_reward() -> None:
    """A margin and an incentive would be paid twice, neither is a slip."""
    for keys in ({}, {"margin": 0.1, "incentive": INCENTIVE}):
        with pytest.raises(ValidationError):
            CostPlus(amount=1.0, **keys)


@pytest.mark.parametrize(
    ("units", "fee"),
    [
        (1000, 4000 + 0.3 * 1000),  # 5,000 before, 4,000 now
        (2000, 4000 + 0.2 * 4000),  # 30 % of 6,000 is more than the cap
        (760, 4000 - 0.5 * 200),
        (100, 4000 - 0.1 * 4000),  # half of 3,500 is more than the floor
    ],
)
def test_gain_share_by_hand(units: float, fee: float) -> None:
    """Base fee of 4 FTE at 1,000 against 5 a unit before: a share of the saving, within cap and floor."""
    price = GainShare(
        amount=1000.0, base="fte", baseline_unit_cost=5.0, share=0.3, loss_share=0.5, cap=0.2, floor=0.1
    )
    assert price.fee(work(effort=4.0, volume=units)) == pytest.approx(fee)


def test_gain_share_per_unit_is_a_price_between_the_two() -> None:
    """At 3 a unit against 5 a vendor with 40 % of the saving gets 3.80; indexation moves all of it."""
    price = GainShare(amount=3.0, baseline_unit_cost=5.0, share=0.4)
    assert price.fee(work(volume=100.0, indexation=1.1)) == pytest.approx(380 * 1.1)


def test_effort_must_be_known() -> None:
    """A price that depends on FTE needs the vendor's productivity; one per unit does not."""
    of_effort = (
        {"per_fte": {"amount": 1.0}},
        {"cost_plus": {"amount": 1.0, "margin": 0.1}},
        {"hybrid": {"amount": 1.0, "fte_price": 1.0}},
        {"gain_share": {"amount": 1.0, "base": "fte", "baseline_unit_cost": 1.0, "share": 0.3}},
    )
    for price in of_effort:
        with pytest.raises(ValidationError, match="needs productivity"):
            Vendor.model_validate({"price": price})
    assert (
        Vendor.model_validate({"price": {"hybrid": {"amount": 1.0, "unit_price": 1.0}}}).productivity is None
    )


# --- currency clauses ---------------------------------------------------------------------------------


def test_band_by_hand() -> None:
    """Agreed 2.0 ± 10 %: inside it is paid; beyond, the client bears all or a share of what leaves."""
    path = column(2.0, 2.15, 2.2, 2.5, 1.8, 1.5)
    assert CurrencyBand(width=0.1).rate(path, 2.0) == pytest.approx(column(2.0, 2.0, 2.0, 2.3, 2.0, 1.7))
    assert CurrencyBand(width=0.1, client_share=0.5).rate(path, 2.0) == pytest.approx(
        column(2.0, 2.0, 2.0, 2.15, 2.0, 1.85)
    )


def test_band_lies_between_the_two_plain_clauses() -> None:
    """Without width the client bears the rate, with a wide one the vendor does."""
    path = column(2.0, 3.9, 0.1)
    assert CurrencyBand(width=0.0).rate(path, 2.0) == pytest.approx(path)
    assert CurrencyBand(width=5.0).rate(path, 2.0) == pytest.approx(np.full((3, 1), 2.0))


def test_averaged_by_hand() -> None:
    """Three months' mean; the first months have those there are, and today's spot is not among them."""
    path = np.array([[1.0, 2.0], [2.0, 2.0], [6.0, 2.0], [4.0, 2.0]])
    expected = np.array([[1.0, 2.0], [1.5, 2.0], [3.0, 2.0], [4.0, 2.0]])
    assert Averaged(months=3).rate(path, 100.0) == pytest.approx(expected, rel=1e-14)
    assert Averaged(months=1).rate(path, 100.0) == pytest.approx(path, rel=1e-14)
    assert Averaged(months=99).rate(path[:, :1], 1.0) == pytest.approx(column(1.0, 1.5, 3.0, 3.25), rel=1e-14)


def test_averaged_reads_periods_and_refuses_parts_of_a_month() -> None:
    """A quarter is three months; half a month has no mean."""
    assert Averaged.model_validate({"months": "1 quarter"}).months == 3
    for months in ("0", "2.5", "-1"):
        with pytest.raises(ValidationError):
            Averaged.model_validate({"months": months})


def test_hedged_by_hand() -> None:
    """Half at the forward for a year, parity of 4 % and 6 %, 20 basis points dearer; then the rate."""
    clause = Hedged(fraction=0.5, months=12, home_interest=0.04, foreign_interest=0.06, cost_basis_points=20)
    rate = np.asarray(clause.rate(np.full((13, 1), 3.0), 2.0))[:, 0]
    assert rate[0] == pytest.approx(0.5 * 2 * (1.04 / 1.06) ** (1 / 12) * 1.002 + 1.5)
    assert rate[11] == pytest.approx(0.5 * 2 * (1.04 / 1.06) * 1.002 + 1.5)
    assert rate[12] == 3.0


def test_hedge_of_everything_fixes_the_rate() -> None:
    """A flat forward on all invoices is the vendor's bearing the rate, without its price."""
    path = np.random.default_rng(5).uniform(1.0, 3.0, (24, 50))
    assert Hedged(fraction=1.0, months=24).rate(path, 2.0) == pytest.approx(np.full((24, 50), 2.0))
    assert Hedged(fraction=0.0, months=24).rate(path, 2.0) == pytest.approx(path)


def hedged_contract(**price: object) -> Vendor:
    """Return a contract that is hedged in full for a year at 100 basis points."""
    clause = {"hedged": {"fraction": 1, "months": 12, "cost_basis_points": 100}}
    return Vendor.model_validate({"price": {"per_unit": {"amount": 3.0, **price}}, "fx_clause": clause})


def test_no_clause_touches_the_base_currency(still: Still) -> None:
    """There is nothing to hedge in a contract in the client's own currency."""
    assert hedged_contract()._rate(still(12)) == 1.0


def test_hedge_costs_under_a_fixed_rate(still: Still) -> None:
    """A rate that never moves is still hedged at a cost: 1 % for a year."""
    rate = np.asarray(hedged_contract(currency="EUR")._rate(still(24, fx={"EUR": 2.0})))[:, 0]
    assert rate == pytest.approx(np.repeat([2.02, 2.0], 12))


# --- renewals and dependence --------------------------------------------------------------------------


def test_knowledge_halves() -> None:
    """Half of what is not documented is lost in each half-life, from go-live or from before the start."""
    terms = Dependence(half_life=24.0, documentation=0.2)
    assert terms.knowledge(column(-5.0, 0.0, 24.0, 48.0)) == pytest.approx(column(1.0, 1.0, 0.6, 0.4))
    assert Dependence(half_life=24.0, outsourced_before=24.0).knowledge(24.0) == pytest.approx(0.25)
    assert Dependence(half_life=0.0, documentation=0.3).knowledge(1.0) == pytest.approx(0.3)


def test_renewals_take_all_of_the_uplift_without_dependence() -> None:
    """(1 + u)^n from the month after each term, for terms that are not whole months, too."""
    path = repricing(months_column(25), 9.5, 0.1, None, 0.0)
    assert path[[9, 10, 18, 19], 0] == pytest.approx([1.0, 1.1, 1.1, 1.21])


def test_renewals_take_what_knowledge_is_lost() -> None:
    """Go-live in month 6, half-life 6: at month 12 half is lost, at month 24 seven eighths."""
    path = np.asarray(repricing(months_column(25), 12.0, 0.2, Dependence(half_life=6.0), 6.0))[:, 0]
    assert path[[0, 11, 12, 23, 24]] == pytest.approx([1.0, 1.0, 1.1, 1.1, 1.1 * 1.175])


def test_lock_in_by_trial() -> None:
    """Uncertain uplift and half-life broadcast; who forgets all at once pays (1 + u)^n, who nothing 1."""
    terms = Dependence(half_life=1.0).model_copy(update={"half_life": np.array([1e-6, 1e-6, 1e12])})
    path = np.asarray(repricing(months_column(25), 12.0, np.array([0.2, -0.1, 0.2]), terms, 0.0))
    assert path.shape == (25, 3)
    assert path[24] == pytest.approx([1.44, 0.81, 1.0])


def test_renewal_before_go_live_finds_all_knowledge_there() -> None:
    """A contract whose service has not started has taught the vendor nothing."""
    path = np.asarray(repricing(months_column(13), 12.0, 0.2, Dependence(half_life=1.0), 12.0))
    assert path[12, 0] == 1.0


# --- change orders and scope creep --------------------------------------------------------------------

ORDERS: dict[str, Any] = {"per_year": 6.0, "size": {"lognormal": {"mean": 0.5, "sigma": 0.8}}, "premium": 0.3}


def operations(exposure: float, fee: float, months: int = 24) -> Operations:
    """Return a contract with a share of the work."""
    return Operations(
        exposure=np.full((months, 1), exposure),
        volume=1000.0,
        headcount=10.0,
        leaver_share=0.0,
        fees=np.full((months, 1), exposure * fee),
    )


def test_expected_change_orders(still: Still) -> None:
    """λ/12 · E[size] · fee · (1 + premium) a month; half of the work has half of it, in money as well."""
    world = still(24, fx={"EUR": 2.0})
    orders = ChangeOrders.model_validate(ORDERS)
    assert np.ravel(orders.cost(operations(1.0, 1000.0), world, None)) == pytest.approx(np.full(24, 325.0))
    assert np.ravel(orders.cost(operations(0.5, 1000.0), world, None)) == pytest.approx(np.full(24, 162.5))
    money = ChangeOrders.model_validate(ORDERS | {"basis": "money", "currency": "EUR"})
    assert np.ravel(money.cost(operations(0.5, 1000.0), world, None)) == pytest.approx(np.full(24, 0.325))


def test_change_orders_are_compound_poisson(still: Still) -> None:
    """Mean λT E[X] and variance λT E[X²] of the sizes with their premium, within 4 standard errors."""
    trials = 40_000
    world = still(24, trials)
    orders = ChangeOrders.model_validate(ORDERS)
    noise = orders.sample(np.random.default_rng(31), trials)
    total = np.asarray(orders.cost(operations(1.0, 1000.0), world, noise)).sum(axis=0)
    size = 1300.0 * 0.5
    mean, variance = 12 * size, 12 * size**2 * np.exp(0.8**2)
    assert abs(total.mean() - mean) <= 4 * np.sqrt(variance / trials)
    spread = np.sqrt(np.var((total - mean) ** 2) / trials)
    assert abs(total.var() - variance) <= 4 * spread


def test_orders_of_half_of_the_work_are_fewer_and_not_smaller(still: Still) -> None:
    """With half of the exposure every order that happens is one of the whole's, and costs the same."""
    world = still(24, 512)
    orders = ChangeOrders.model_validate(ORDERS)
    half, whole = (
        np.asarray(orders.cost(operations(share, 1000.0), world, EventNoise(np.random.default_rng(3), 512)))
        for share in (0.5, 1.0)
    )
    alone = (half > 0) & (np.isclose(half, whole, rtol=1e-12))
    assert alone.any()
    assert (half <= whole * (1 + 1e-12)).all()
    assert half.sum() < whole.sum()


def test_a_size_in_fees_has_no_currency() -> None:
    """A currency beside months of fees shows that money was meant."""
    with pytest.raises(ValidationError):
        ChangeOrders.model_validate(ORDERS | {"currency": "EUR"})


def test_scope_creep_by_hand() -> None:
    """10 % a year from go-live: nothing at first, 21 % of the fee after two years, at a premium."""
    terms = Leakage(scope_creep=0.1, change_requests=0.05, change_premium=0.3)
    assert terms.changes(1000.0, column(0.0, 12.0, 24.0)) == pytest.approx(
        column(0.05 * 1300, 0.15 * 1300, 0.26 * 1300)
    )


# --- ending a contract --------------------------------------------------------------------------------


def test_termination_fee_falls_with_the_years_of_the_contract() -> None:
    """6, 4, 3, 2, 1 months of the fee by contract year, then nothing; the contract is half a year old."""
    terms = Termination(fee_months=[6.0, 4.0, 3.0, 2.0, 1.0], contract_age=6.0)
    month = column(1, 6, 7, 18, 19, 54, 55, 90)
    assert terms.fee(month, 100.0) == pytest.approx(column(600, 600, 400, 400, 300, 100, 0, 0))


def test_what_is_left_of_the_notice_is_paid() -> None:
    """Six months of notice from the decision: work that leaves in month 2 is paid for four more."""
    assert Termination(fee_months=[1.0], notice=6.0).fee(column(2.0, 6.0, 9.0), 100.0) == pytest.approx(
        column(500, 100, 100)
    )


STAY: dict[str, Any] = {
    "price": {"per_unit": {"amount": 2.0}},
    "termination": {"fee_months": [6, 4], "notice": 8},
}
LEAVE: dict[str, Any] = {
    "price": {"per_unit": {"amount": 1.0}},
    "transition": {"planned": 5, "ramp_months": 2},
}


def decision(read: Read, **stay: object) -> Scenario:
    """Return a choice between staying with a vendor, with some terms changed, and leaving it."""
    return read(
        {
            "months": 24,
            "discount_rate": 0.0,
            "world": {"volume": {"unit": "call", "per_month": 1000.0}},
            "alternatives": {
                "stay": {"baseline": True, "legs": [{"vendor": STAY | stay}]},
                "leave": {"legs": [{"vendor": LEAVE}]},
            },
        }
    )


def test_leaving_the_baseline_contract_is_paid(read: Read) -> None:
    """Half of 2,000 a month leaves in month 6, half in 7: six months each, and 2 and 1 of notice."""
    case = base_case(decision(read))
    assert case["leave"].categories["termination"] == pytest.approx(1000 * (6 + 2) + 1000 * (6 + 1))
    assert "termination" not in case["stay"].categories


# --- what the reader is told --------------------------------------------------------------------------


def warnings(read: Read, **stay: object) -> list[str]:
    """Return what is unusual about the baseline's contract with some terms changed."""
    return [complaint.what for complaint in decision(read, **stay).warnings]


def test_hidden_cost_is_warned_of_when_it_is_counted_twice(read: Read) -> None:
    """Change requests as a part of fees, scope creep and change orders are three pictures of one thing."""
    orders = {"per_year": 2, "size": 0.5}
    said = "work outside the scope is in leakage.change_requests and in change_orders"
    assert said not in warnings(read, change_orders=orders)
    assert said in warnings(read, change_orders=orders, leakage={"change_requests": 0.05})
    assert said not in warnings(read, change_orders=orders, leakage={"irrecoverable_vat": 0.05})


def test_terms_without_effect_are_warned_of(read: Read) -> None:
    """An index on a cost that moves by itself, a clause on the base currency."""
    cost_plus = {"price": {"cost_plus": {"amount": 1, "margin": 0.1}}, "productivity": 5}
    assert any("not indexed" in what for what in warnings(read, **cost_plus, indexation={"fixed": 0.02}))
    assert any("currency clause" in what for what in warnings(read, fx_clause={"band": {"width": 0.05}}))
    assert not any("currency clause" in what for what in warnings(read))


def test_too_many_change_orders_are_refused(read: Read) -> None:
    """What is ordered every day is no event: each would be drawn on its own."""
    with pytest.raises(ScenarioError, match="over 500 orders"):
        warnings(read, change_orders={"per_year": 400, "size": 0.01})
