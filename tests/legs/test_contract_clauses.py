"""Clauses of a contract by hand: price models, indexation, service credits, governance, leakage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from bposim.legs.fx_clauses.home import Home
from bposim.legs.fx_clauses.invoice import Invoice
from bposim.legs.governance import Governance
from bposim.legs.indexation import Indexation
from bposim.legs.leakage import Leakage
from bposim.legs.price_model import Billable
from bposim.legs.pricing.fixed_fee import FixedFee
from bposim.legs.pricing.per_fte import PerFte
from bposim.legs.pricing.per_unit import Band, PerUnit
from bposim.legs.quality import Quality
from bposim.legs.sla import ServiceLevel

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Still = Callable[..., World]


def column(*values: float) -> FloatArray:
    """Return a path of one trial."""
    return np.array(values)[:, np.newaxis]


def work(*volume: float, forecast: float = 100.0) -> Billable:
    """Return months of work beside one forecast."""
    return Billable(
        column(*volume),
        np.full((len(volume), 1), forecast),
        column(*volume) / 10.0,
        np.full((len(volume), 1), 0.5),
    )


# --- price models -------------------------------------------------------------------------------------


def test_per_unit_bills_what_was_served() -> None:
    """Without commitment or band the units are billed as they come."""
    assert PerUnit(amount=3.0).billed(work(0.0, 70.0, 140.0)) == pytest.approx(column(0.0, 70.0, 140.0))


def test_take_or_pay() -> None:
    """Below 80 % of the forecast 80 % are billed all the same."""
    assert PerUnit(amount=3.0, commitment=0.8).billed(work(0.0, 79.0, 81.0)) == pytest.approx(
        column(80.0, 80.0, 81.0)
    )


def test_band_by_hand() -> None:
    """Forecast 100 ± 10: 30 units above at 120 %, 20 below with 60 % credited, inside the plain price."""
    price = PerUnit(amount=3.0, band=Band(flex=0.1, additional_charge=1.2, reduced_credit=0.6))
    billed = price.billed(work(140.0, 110.0, 95.0, 90.0, 70.0))
    # 140 at full price and 30 × 0.2 more; of the 20 missing below 90, 40 % are paid all the same.
    assert billed == pytest.approx(column(146.0, 110.0, 95.0, 90.0, 78.0))


def test_commitment_is_a_floor_under_the_band() -> None:
    """With both, the higher of the two is billed."""
    price = PerUnit(amount=3.0, commitment=0.75, band=Band(flex=0.1, reduced_credit=0.6))
    assert price.billed(work(70.0, 60.0)) == pytest.approx(column(78.0, 75.0))


def test_per_fte_bills_effort_and_fixed_fee_the_live_share() -> None:
    """The client bears productivity in one, and the vendor volume and productivity in the other."""
    assert PerFte(amount=1900.0).billed(work(70.0, 140.0)) == pytest.approx(column(7.0, 14.0))
    assert FixedFee(amount=4e5).billed(work(70.0, 140.0)) == pytest.approx(column(0.5, 0.5))


def test_currency_clauses() -> None:
    """Invoice: the client pays the month's rate; home: always today's."""
    path = column(1.1, 0.9)
    assert np.array_equal(Invoice().rate(path, 1.0), path)
    assert Home().rate(path, 1.0) == 1.0


# --- indexation ---------------------------------------------------------------------------------------


def index(still: Still, **keys: Any) -> list[float]:  # noqa: ANN401 - as a file would write them
    """Return C of the three years of a world with wages +10 % and prices +2 % a year."""
    world = still(36, wages={"PH": {"inflation": 0.1}}, prices={"PH": {"inflation": 0.02}})
    path = np.broadcast_to(Indexation.model_validate(keys).path(world), (36, 1))[:, 0]
    assert path == pytest.approx(np.repeat(path[::12], 12))
    return [float(level) for level in path[::12]]


def test_fixed_indexation(still: Still) -> None:
    """3 % at each anniversary, whatever inflation does."""
    assert index(still, fixed=0.03) == pytest.approx([1.0, 1.03, 1.03**2])


def test_index_is_passed_on_by_its_sensitivity(still: Still) -> None:
    """80 % of wages' 10 %, or all of prices' 2 %."""
    assert index(still, wages_of="PH", sensitivity=0.8) == pytest.approx([1.0, 1.08, 1.08**2])
    assert index(still, prices_of="PH") == pytest.approx([1.0, 1.02, 1.02**2])


def test_floor_and_cap(still: Still) -> None:
    """The rise is held between floor and cap, and the give-back comes off what remains."""
    assert index(still, wages_of="PH", cap=0.05) == pytest.approx([1.0, 1.05, 1.05**2])
    assert index(still, prices_of="PH", floor=0.03) == pytest.approx([1.0, 1.03, 1.03**2])
    assert index(still, wages_of="PH", cap=0.05, give_back=0.02) == pytest.approx([1.0, 1.03, 1.03**2])
    assert index(still, prices_of="PH", sensitivity=0.0, give_back=0.02) == pytest.approx(
        [1.0, 0.98, 0.98**2]
    )


def test_first_year_has_the_price_of_the_contract(still: Still) -> None:
    """A horizon of one year sees no anniversary."""
    path = Indexation.model_validate({"fixed": 0.5}).path(still(12))
    assert np.broadcast_to(path, (12, 1)).max() == 1.0


def test_indexation_wants_one_basis() -> None:
    """Two bases, or none, are a slip."""
    for keys in ({}, {"fixed": 0.03, "wages_of": "PH"}):
        with pytest.raises(ValidationError):
            Indexation.model_validate(keys)


# --- service credits ----------------------------------------------------------------------------------


def test_published_credit_pool() -> None:
    """Case V13: invoice 100,000, at risk 10 %, pool 50 %, allocation 40 %: credit 2,000, capped at 10,000.

    Missing the target by one point costs at risk × pool × allocation of the invoice.
    """
    terms = ServiceLevel(target=0.95, credit_rate=0.1 * 0.5 * 0.4 / 0.01, at_risk=0.1)
    error_rates = column(0.05, 0.06, 0.5)
    assert terms.credit(error_rates, 100_000.0) == pytest.approx(column(0.0, 2_000.0, 10_000.0), abs=1e-9)


@pytest.mark.parametrize(
    ("points", "credit"), [(5, 0.0), (10, 0.02), (15, 0.04), (20, 0.06), (25, 0.08), (30, 0.10), (45, 0.10)]
)
def test_published_credit_table(points: int, credit: float) -> None:
    """Case V14: 5 points free, then 2 % of the bill for each 5 points, at most 10 %; one is 1 % errors."""
    terms = ServiceLevel(target=0.95, credit_rate=0.4, at_risk=0.10)
    assert terms.credit(points / 100, 1.0) == pytest.approx(credit, abs=1e-12)


def test_only_captured_credits_are_money() -> None:
    """A vendor's customers claim a part of what is due; the cap holds before the claim."""
    assert ServiceLevel(target=1.0, credit_rate=1.0, at_risk=0.1, capture=0.5).credit(
        0.3, 200.0
    ) == pytest.approx(10.0)


def test_errors_by_hand() -> None:
    """e0 · distance · learning · (1 + β L/F), and never above one error a unit."""
    quality = Quality.model_validate(
        {"error_rate": 0.04, "cost_per_error": 12, "turnover_sensitivity": 2, "distance": 1.5}
    )
    assert quality.rate(1.2, column(0.0, 0.05), None) == pytest.approx(column(0.072, 0.0792))
    assert np.asarray(quality.rate(100.0, 0.0, None)).max() == 1.0


def test_quality_noise_has_mean_one() -> None:
    """Noisy errors cost as much on average as steady ones: 4 standard errors."""
    quality = Quality.model_validate(
        {"error_rate": 0.01, "cost_per_error": 12, "noise": {"volatility": 0.5, "persistence": 0.6}}
    )
    rate = np.asarray(quality.rate(1.0, 0.0, np.random.default_rng(67).standard_normal((12, 20_000))))[-1]
    assert abs(rate.mean() - 0.01) <= 4 * rate.std() / np.sqrt(rate.size)


# --- around the fees ----------------------------------------------------------------------------------


def test_governance_by_hand(still: Still) -> None:
    """Fee share of the fees; people on wages, bought services on prices, both at the leg's share."""
    world = still(24, wages={"US": {"inflation": 0.1}}, prices={"US": {"inflation": 0.05}}, fx={"EUR": 2.0})
    terms = Governance.model_validate({
        "fee_share": 0.06, "retained_fte": 2, "cost_per_fte": 90e3, "country": "US",
        "audits": {"amount": 12e3, "currency": "EUR"}, "travel": 24e3, "tools": 12e3,
    })  # fmt: skip
    cost = np.broadcast_to(terms.cost(world, 10e3, 0.5), (24, 1))[:, 0]
    assert cost[:12] == pytest.approx(np.full(12, 600 + 0.5 * (15e3 + 5e3)))
    assert cost[12:] == pytest.approx(np.full(12, 600 + 0.5 * (15e3 * 1.1 + 5e3 * 1.05)))


def test_retained_people_cost_something() -> None:
    """People without a price are a slip, not a free team."""
    with pytest.raises(ValidationError):
        Governance.model_validate({"retained_fte": 2})


def test_leakage_by_hand() -> None:
    """VAT on the fees, withholding grossed up w/(1-w), change requests at contract prices and a premium."""
    terms = Leakage(irrecoverable_vat=0.05, withholding=0.2, change_requests=0.1, change_premium=0.3)
    assert terms.taxes(1000.0) == pytest.approx(50 + 250)
    assert terms.changes(1000.0) == pytest.approx(130)
