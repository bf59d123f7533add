"""Service levels with several metrics by hand: pool, cap, tables, credits earned back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from bposim.cash import base_case, simulate_block
from bposim.inputs.draws import StreamDraws
from bposim.legs.sla import Downtime, ServiceLevel
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray


def column(*values: float) -> FloatArray:
    """Return a path of one trial."""
    return np.array(values)[:, np.newaxis]


def terms(metrics: dict[str, dict[str, Any]], **keys: float) -> ServiceLevel:
    """Return service levels as a file would write them."""
    return ServiceLevel.model_validate({"metrics": metrics, **keys})


def accuracy(**keys: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - as a file would write them
    """Return one metric on the errors of quality with a target of 95 %."""
    return {"accuracy": {"target": 0.95, **keys}}


def test_published_allocation_of_a_pool() -> None:
    """Case V13: invoice 100,000, at risk 10 %, pool 50 %, allocation 40 %: 2,000 for any miss."""
    sla = terms(accuracy(allocation=0.4), at_risk=0.1, pool=0.5)
    assert sla.credit(column(0.05, 0.051, 0.5), 100_000.0) == pytest.approx(column(0.0, 2_000.0, 2_000.0))


def test_allocations_add_up_to_the_amount_at_risk_and_no_further() -> None:
    """A pool of 200 %: one miss of three credits 6 %, two 10 % instead of 12 %: the month is capped."""
    late = {"target": 0.9, "miss_rate": 0.2, "allocation": 0.3}
    sla = terms(accuracy(allocation=0.3) | {"late": late}, at_risk=0.1, pool=2.0)
    assert sla.credit(column(0.01, 0.06), 1000.0) == pytest.approx(column(60.0, 100.0))


@pytest.mark.parametrize(
    ("points", "credit"),
    [
        (4.9, 0.0),
        (5, 0.0),
        (9.99, 0.0),
        (10, 0.02),
        (15, 0.04),
        (20, 0.06),
        (25, 0.08),
        (30, 0.10),
        (45, 0.10),
    ],
)
def test_published_credit_table(points: float, credit: float) -> None:
    """Case V14: 5 points 0 %, 10: 2, 15: 4, 20: 6, 25: 8, 30 and more: 10 % of the bill; by steps."""
    table = [[5, 0.0], [10, 0.02], [15, 0.04], [20, 0.06], [25, 0.08], [30, 0.10]]
    sla = terms(accuracy(credit_table=table), at_risk=0.5)
    assert sla.credit(0.05 + points / 100, 1.0) == credit


def test_a_table_from_zero_points_credits_misses_only() -> None:
    """A first row of 0 points means any miss: a month on target costs the vendor nothing."""
    sla = terms(accuracy(credit_table=[[0, 0.01], [10, 0.02]]), at_risk=0.5)
    assert sla.credit(column(0.0, 0.05, 0.051, 0.2), 100.0) == pytest.approx(column(0.0, 0.0, 1.0, 2.0))


def test_one_metric_is_the_short_form() -> None:
    """Target and credit rate alone are one metric of accuracy."""
    errors = column(0.0, 0.06, 0.08, 0.5)
    short = ServiceLevel(target=0.95, credit_rate=3.0, at_risk=0.1)
    assert terms(accuracy(credit_rate=3.0), at_risk=0.1).credit(errors, 500.0) == pytest.approx(
        np.asarray(short.credit(errors, 500.0)), rel=1e-14
    )


def test_rounding_is_no_miss() -> None:
    """A rate of 7 % against a target of 93 % is on target, although 0.93 - (1 - 0.07) is not 0 in binary."""
    assert 0.93 - (1 - 0.07) > 0
    sla = terms({"on time": {"target": 0.93, "miss_rate": 0.07, "allocation": 1.0}}, at_risk=0.1)
    assert not np.any(sla.credit(0.0, 1000.0))


def test_own_metric_learns_and_is_noisy() -> None:
    """4 % late in a practised team is 8 % while it learns; noise multiplies it; never more than all."""
    late = {"target": 0.9, "miss_rate": 0.04, "credit_rate": 1.0, "noise": {"volatility": 0.5}}
    sla = terms({"late": late}, at_risk=1.0)
    assert not np.any(sla.credit(1.0, 100.0, 2.0))
    assert np.asarray(sla.credit(1.0, 100.0, 4.0)) == pytest.approx(6.0)
    draw = column(0.0, 3.0)
    factor = np.exp(0.5 * draw - 0.125)
    assert sla.credit(0.0, 100.0, 2.0, lambda _: draw) == pytest.approx(
        100 * np.maximum(0.0, np.minimum(1.0, 0.08 * factor) - 0.1)
    )
    assert np.asarray(sla.credit(0.0, 100.0, 1000.0)) == pytest.approx(90.0)


def test_credits_are_earned_back() -> None:
    """Two months on target bring a credit back in the second of them; a miss starts the count anew."""
    sla = ServiceLevel(target=0.95, credit_rate=1.0, at_risk=1.0, capture=0.5, earn_back=2)
    missed = 0.05 + 0.1
    errors = column(missed, 0.0, 0.0, missed, 0.0, missed, 0.0, 0.0, missed)
    # Each miss credits 10 % of 100 and half is captured.  Months 1 and 6 come back in 3 and 8; month 4 does
    # not, for month 6 misses again; month 9 has no months after it.
    assert sla.credit(errors, np.full((9, 1), 100.0)) == pytest.approx(
        column(5.0, 0.0, -5.0, 5.0, 0.0, 5.0, 0.0, -5.0, 5.0)
    )


def test_earning_back_needs_every_metric() -> None:
    """One promise that is always missed keeps the credits of the others."""
    metrics = accuracy(credit_rate=1.0) | {"late": {"target": 0.9, "miss_rate": 0.2, "allocation": 0.0}}
    errors = column(0.15, 0.0, 0.0)
    sla = terms(metrics, at_risk=1.0, earn_back=1)
    assert sla.credit(errors, np.full((3, 1), 100.0)) == pytest.approx(column(10.0, 0.0, 0.0))


def test_only_accuracy_needs_quality() -> None:
    """A promise with a miss rate of its own stands alone; one about errors wants them described."""
    price = {"per_unit": {"amount": 1.0}}
    late = {"late": {"target": 0.9, "miss_rate": 0.05, "allocation": 1.0}}
    assert Vendor.model_validate({"price": price, "sla": {"metrics": late}}).quality is None
    with pytest.raises(ValidationError, match="add quality"):
        Vendor.model_validate({"price": price, "sla": {"metrics": late | accuracy(allocation=1.0)}})


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"target": 0.9},
        {"credit_rate": 1.0},
        {"target": 0.9, "credit_rate": 1.0, "metrics": accuracy(allocation=1.0)},
        {"metrics": accuracy()},
        {"metrics": accuracy(allocation=1.0, credit_rate=1.0)},
        {"metrics": accuracy(allocation=1.0, noise={"volatility": 0.1})},
        {"metrics": accuracy(credit_table=[])},
        {"metrics": accuracy(credit_table=[[1, 0.1, 2]])},
        {"metrics": accuracy(credit_table=[[5, 0.1], [5, 0.2]])},
        {"metrics": accuracy(credit_table=[[5, 1.1]])},
        {"metrics": accuracy(allocation=1.0), "earn_back": 0},
    ],
)
def test_half_a_service_level_is_refused(keys: dict[str, Any]) -> None:
    """One form, one way to size a credit, a table that rises: the rest is a slip."""
    with pytest.raises(ValidationError):
        ServiceLevel.model_validate(keys)


# ---------------------------------------------------------------- availability


def available(**keys: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - as a file would write them
    """Return a promise of 99 % of 200 hours a month."""
    return {"up": {"target": 0.99, "service_hours": 200, **keys}}


def test_availability_by_hand() -> None:
    """3 of 200 hours are half a point below 99 %, at 4 a credit of 2 %; 2 are on target; 500 are all."""
    sla = terms(available(credit_rate=4.0), at_risk=1.0)
    hours = column(0.0, 2.0, 3.0, 500.0)
    actual = sla.credit(1.0, 1000.0, 9.0, down=Downtime(hours))
    assert actual == pytest.approx(column(0.0, 0.0, 20.0, 1000.0))


def test_force_majeure_excuses_country_events() -> None:
    """A tenth of the month lost to a storm is excused, unless the contract says that only 30 % of it is."""
    down = Downtime(1.0, column(0.0, 0.1))
    assert not np.any(terms(available(credit_rate=1.0)).credit(0.0, 1000.0, down=down))
    sla = terms(available(credit_rate=1.0, force_majeure=0.3))
    assert sla.credit(0.0, 1000.0, down=down) == pytest.approx(column(0.0, 1000.0 * (0.005 + 0.07 - 0.01)))


@pytest.mark.parametrize(
    "keys", [{"miss_rate": 0.1, "service_hours": 200.0}, {"force_majeure": 0.5}], ids=str
)
def test_a_promise_is_about_one_thing(keys: dict[str, float]) -> None:
    """Late units and hours without service are two promises; force majeure belongs to the hours."""
    with pytest.raises(ValidationError):
        ServiceLevel.model_validate({"metrics": {"up": {"target": 0.9, "credit_rate": 1.0, **keys}}})


def uptime(read: Callable[[dict[str, Any]], Scenario], **sla: object) -> Scenario:
    """Return a vendor with two outages a year of 10 hours, against nobody at all."""
    vendor = {"price": {"fixed_fee": {"amount": 1000}}}
    outage = {"per_year": 2, "hours": 10, "recovery_factor": 0.5, "cost_per_hour": 7}
    return read(
        {
            "months": 24,
            "discount_rate": 0,
            "world": {"volume": {"unit": "call", "per_month": 1000}},
            "alternatives": {
                "free": {"baseline": True, "legs": [{"vendor": vendor}]},
                "held": {
                    "legs": [
                        {
                            "vendor": vendor
                            | {"risks": {"outage": outage}, "sla": {"metrics": sla, "at_risk": 1}}
                        }
                    ]
                },
            },
        }
    )


def test_the_outages_that_cost_money_are_credited(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """The month of an outage, and no other, has a credit: 5 hours of 100 are 50 of the fee, and cost 35."""
    promise = {"target": 1.0, "service_hours": 100, "credit_rate": 1.0}
    cash = simulate_block(uptime(read, up=promise), StreamDraws(3, 0, 1024))["held"]
    assert cash.categories["service_credits"] == pytest.approx(-50.0 / 35.0 * cash.categories["outage"])
    assert np.any(cash.categories["outage"])
    events = np.round((1000.0 - cash.flow[1:]) / (50.0 - 35.0))
    assert cash.flow[1:] == pytest.approx(1000.0 - 15.0 * events, rel=1e-12)


def test_expected_availability(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """Without noise a month loses 2/12 · 5 of 100 hours, 5/6 of a point; a quarter of it is below target."""
    promise = {"target": 1.0 - 0.75 * 5 / 600, "service_hours": 100, "credit_rate": 1.0}
    case = base_case(uptime(read, up=promise))["held"]
    assert case.categories["service_credits"] == pytest.approx(-24 * 1000.0 * 0.25 * 5 / 600, rel=1e-9)
