"""Each kind of risk by hand: what its rate follows, what an event costs, who is hit together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.cash import base_case
from bposim.engine import simulate
from bposim.events.arrivals import EventNoise
from bposim.inputs.draws import StreamDraws
from bposim.operations import Operations
from bposim.risks import RISKS, Risks, risk_lines
from bposim.risks.breach import Breach
from bposim.risks.customer_satisfaction import CustomerSatisfaction
from bposim.risks.dispute import Dispute
from bposim.risks.fraud import Fraud
from bposim.risks.regulatory import Regulatory, StatutoryCap
from bposim.risks.reputation import Reputation

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.events.risk import Risk
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Still = Callable[..., World]

TRIALS = 20_000


def column(*values: float) -> FloatArray:
    """Return a path of one trial."""
    return np.array(values)[:, np.newaxis]


def at_work(**paths: Any) -> Operations:  # noqa: ANN401 - paths
    """Return the operations of a leg that does all of the work, as far as they are not given."""
    usual = {"exposure": 1.0, "volume": 1000.0, "headcount": 10.0, "leaver_share": 0.0}
    return Operations(**(usual | paths))


def expected(risk: Risk, world: World, operations: Operations) -> FloatArray:
    """Return the expected cost of each month."""
    (line,) = risk.lines(operations, world, None)
    return np.broadcast_to(line.monthly, (world.months, 1))[:, 0]


def simulated(risk: Risk, world: World, operations: Operations) -> FloatArray:
    """Return the cost of each month and trial."""
    (line,) = risk.lines(operations, world, EventNoise(np.random.default_rng(61), TRIALS))
    return np.broadcast_to(line.monthly, (world.months, TRIALS))


def agree(risk: Risk, still: Still, months: int, operations: Operations) -> FloatArray:
    """Return the expected cost of each month, once the simulated mean is seen to be no other."""
    costs, means = (
        simulated(risk, still(months, TRIALS), operations),
        expected(risk, still(months), operations),
    )
    error = costs.std(axis=1, ddof=1) / math.sqrt(TRIALS)
    assert (np.abs(costs.mean(axis=1) - means) <= 4 * error).all()
    return means


# --- rates --------------------------------------------------------------------------------------------


def test_fraud_follows_heads_and_leavers(still: Still) -> None:
    """λ/12 · F/F_ref · (1 + β L/F) · loss: 1 a month · (5, 20, 30)/20 · (1, 1.5, 1) · 1000."""
    fraud = Fraud.model_validate(
        {"per_year": 12, "reference_headcount": 20, "turnover_sensitivity": 5, "severity": 1000}
    )
    heads, leavers = column(5, 20, 30), column(0, 0.1, 0)
    means = agree(fraud, still, 3, at_work(headcount=heads, leaver_share=leavers, exposure=0.0))
    assert means == pytest.approx([250.0, 1500.0, 1500.0])


def test_fraud_without_reference_follows_the_share_of_the_work(still: Still) -> None:
    """The headcount then says nothing; leavers still raise the rate, unless nobody is there to leave."""
    fraud = Fraud.model_validate({"per_year": 12, "turnover_sensitivity": 5, "severity": 1000})
    path = {"exposure": column(0.5, 0.3), "leaver_share": column(0.1, 0.1)}
    means = agree(fraud, still, 2, at_work(headcount=column(7, 0), **path))
    assert means == pytest.approx([750.0, 300.0])
    unknown = expected(fraud, still(2), at_work(headcount=0.0, **path))
    assert unknown == pytest.approx([750.0, 450.0])


def test_new_operation_breaks_more_rules(still: Still) -> None:
    """Rate × (1 + 3 e^(-n/2)), n the months since the first with exposure, that one as 1."""
    regulatory = Regulatory.model_validate(
        {"per_year": 12, "severity": 1, "unfamiliarity": {"extra": 3, "fades": 2}}
    )
    means = agree(regulatory, still, 5, at_work(exposure=column(0, 0, 0.5, 0, 1)))
    assert means == pytest.approx([0, 0, 0.5 * (1 + 3 * math.exp(-0.5)), 0, 1 + 3 * math.exp(-1.5)])


def test_familiar_at_once(still: Still) -> None:
    """An extra that fades in no time is none."""
    terms = {"per_year": 12, "severity": 1}
    regulatory = Regulatory.model_validate(terms | {"unfamiliarity": {"extra": 3, "fades": 0}})
    assert expected(regulatory, still(3), at_work()) == pytest.approx([1.0, 1.0, 1.0])


def test_trend_of_a_rate(still: Still) -> None:
    """A threat that grows by 21 % a year has 1.1 times the rate after six months."""
    breach = Breach.model_validate({"per_year": 12, "trend": 0.21, "severity": 100})
    means = agree(breach, still, 13, at_work())
    assert means[[0, 6, 12]] == pytest.approx([100.0, 110.0, 121.0])


def test_trend_of_each_trial(still: Still) -> None:
    """A trend that is drawn once a trial bends the rate of that trial alone."""
    breach = Breach.model_validate({"per_year": 12, "severity": 1}).model_copy(
        update={"trend": np.repeat([-0.9, 1.0], TRIALS // 2)}
    )
    late = simulated(breach, still(36, TRIALS), at_work())[24:].sum(axis=0)
    for half, growth in ((late[: TRIALS // 2], 0.1), (late[TRIALS // 2 :], 2.0)):
        rate = sum(growth ** (t / 12) for t in range(24, 36))
        assert abs(half.mean() - rate) <= 4 * math.sqrt(rate / half.size)


# --- losses -------------------------------------------------------------------------------------------


def test_fine_is_capped_by_statute(still: Still) -> None:
    """Each costs min(0.5 · 900, max(200, 4 % of 8000)) = 320 and 30 for putting things right."""
    regulatory = Regulatory.model_validate(
        {
            "per_year": 12,
            "severity": 900,
            "severity_factor": 0.5,
            "statutory_cap": {"amount": 200, "revenue_share": 0.04, "revenue": 8000},
            "remediation": 30,
        }
    )
    assert agree(regulatory, still, 2, at_work()) == pytest.approx([350.0, 350.0])


def test_vendor_bears_a_part_of_the_capped_fine(still: Still) -> None:
    """Half of the claims succeed and bring 2 months of fees of 50; nobody shares the remediation of 30."""
    regulatory = Regulatory.model_validate(
        {
            "per_year": 12,
            "severity": {"discrete": {"values": [40, 2000], "weights": [1, 1]}},
            "statutory_cap": {"amount": 320},
            "remediation": 30,
            "recovery": {"probability": 0.5, "liability_cap": 2},
        }
    )
    by_hand = 0.5 * (0.5 * 40 + 0.5 * 0) + 0.5 * (0.5 * 320 + 0.5 * 220) + 30
    assert agree(regulatory, still, 2, at_work(fees=50.0)) == pytest.approx([by_hand, by_hand])


def test_cap_needs_an_amount() -> None:
    """A cap without amount and revenue caps nothing."""
    with pytest.raises(ValueError, match="give amount, or revenue_share and revenue"):
        StatutoryCap.model_validate({"revenue_share": 0.04})


def test_records_times_cost(still: Still) -> None:
    """2000 records, half of them kept from the vendor, at 3 EUR of 1.5 and 80 %: 3600."""
    breach = Breach.model_validate(
        {
            "per_year": 12,
            "records": {"number": 2000, "number_factor": 0.5, "cost_each": {"amount": 3, "currency": "EUR"}},
            "severity_factor": 0.8,
        }
    )
    world = still(2, fx={"EUR": {"model": "fixed", "spot": 1.5}})
    assert expected(breach, world, at_work()) == pytest.approx([3600.0, 3600.0])


def test_dispute_costs_lawyers_and_managers(still: Still) -> None:
    """Mitigation lowers the lawyers' part: 0.5 · 1000 + 40 hours at 25."""
    dispute = Dispute.model_validate(
        {
            "per_year": 12,
            "severity": 1000,
            "severity_factor": 0.5,
            "management_hours": 40,
            "cost_per_hour": 25,
        }
    )
    assert agree(dispute, still, 2, at_work()) == pytest.approx([1500.0, 1500.0])


def test_scandal_lasts(still: Still) -> None:
    """One scandal a month, 1 % · 0.5 of 12,000 · 20 % a year: 1 for each that lasts, up to 2.5 of them."""
    reputation = Reputation.model_validate(
        {
            "per_year": 12,
            "churn": 0.01,
            "churn_factor": 0.5,
            "revenue": 12_000,
            "margin": 0.2,
            "lasts": 2.5,
        }
    )
    assert agree(reputation, still, 4, at_work()) == pytest.approx([1.0, 2.0, 2.5, 2.5])


def test_one_scandal_month_by_month(still: Still) -> None:
    """A scandal in month 2 of four costs its month, the next and half of the one after."""
    reputation = Reputation.model_validate(
        {"per_year": 1, "churn": 0.1, "revenue": 120, "margin": 1, "lasts": 2.5}
    )
    noise = EventNoise(np.random.default_rng(1), 1)
    noise.count = np.array([0.75])
    noise.marks(1)[0] = np.array([[0.3], [0.5], [0.5], [0.0]])  # when, thinning, luck and size of the event
    (line,) = reputation.lines(at_work(), still(4), noise)
    assert np.asarray(line.monthly)[:, 0].tolist() == [0.0, 1.0, 1.0, 0.5]


def test_satisfaction_is_felt_later_and_works_both_ways(still: Still) -> None:
    """2 points less, 1.5 a month late, 1 % of 12,000 · 50 % a point and year: 5 a point and month."""
    terms = {"churn_per_point": 0.01, "revenue": 12_000, "margin": 0.5, "lag": 1.5}
    for points, sign in ((-2, 1.0), (2, -1.0)):
        satisfaction = CustomerSatisfaction.model_validate(terms | {"points": points})
        half = at_work(volume=column(0, 500, 1000, 1000))
        assert expected(satisfaction, still(4), half) == pytest.approx([0, 0, sign * 2.5, sign * 7.5])


def test_errors_drive_customers_away(still: Still) -> None:
    """5 % errors instead of 3 %, 2 points for each percentage point: 4 points less; 2 % wins 2 points."""
    satisfaction = CustomerSatisfaction.model_validate(
        {
            "error_effect": 2,
            "errors_today": 0.03,
            "churn_per_point": 0.01,
            "revenue": 12_000,
            "margin": 0.5,
        }
    )
    errors = at_work(error_rate=column(0.05, 0.03, 0.02))
    assert expected(satisfaction, still(3), errors) == pytest.approx([20.0, 0.0, -10.0])


# --- legs that are hit together -----------------------------------------------------------------------


def cost_of(stream: str, risks: Risks, world: World, draws: StreamDraws) -> FloatArray:
    """Return the cost of a leg's risks by month and trial."""
    (line,) = risk_lines(risks, at_work(), world, draws, stream)
    return np.asarray(line.monthly)


def test_legs_of_one_shock_are_hit_in_the_same_months(still: Still) -> None:
    """Fully shared events fall together whatever the leg; half shared ones partly; another shock's do not."""
    world, draws = still(12, 2000), StreamDraws(5, 0, 2000)

    def leg(stream: str, share: float, of: str) -> FloatArray:
        breach = {"per_year": 1, "severity": 100, "common_shock": {"share": share, "of": of}}
        return cost_of(stream, Risks.model_validate({"breach": breach}), world, draws)

    assert np.array_equal(leg("north", 1.0, "PH"), leg("south", 1.0, "PH"))
    half = np.corrcoef(leg("north", 0.5, "PH").ravel(), leg("south", 0.5, "PH").ravel())[0, 1]
    assert half == pytest.approx(0.5, abs=0.06)
    assert not np.array_equal(leg("north", 1.0, "PH"), leg("south", 1.0, "IN"))
    apart = np.corrcoef(leg("north", 1.0, "PH").ravel(), leg("south", 1.0, "IN").ravel())[0, 1]
    assert abs(apart) < 0.03


def test_kinds_of_one_shock_are_hit_apart(still: Still) -> None:
    """A shock of the same name is another one for another kind of risk."""
    world, draws = still(12, 500), StreamDraws(5, 0, 500)
    terms = {"per_year": 2, "severity": 100, "common_shock": {"share": 1.0, "of": "PH"}}
    costs = [
        cost_of("north", Risks.model_validate({kind: terms}), world, draws)
        for kind in ("breach", "data_loss")
    ]
    assert not np.array_equal(*costs)


# --- in a scenario ------------------------------------------------------------------------------------


def desk(risks: dict[str, Any], **vendor: Any) -> dict[str, Any]:  # noqa: ANN401 - keys of the file
    """Return a scenario of a team and a vendor, the vendor with risks."""
    team = {"roles": {"agent": {"volume_per_fte": 10, "salary": 1000}}}
    fee = {"price": {"fixed_fee": {"amount": 1000}}, "transition": {"planned": 2}}
    return {
        "months": 12,
        "discount_rate": "0%",
        "world": {"volume": {"unit": "call", "per_month": 100, "margin_per_unit": 1}},
        "alternatives": {
            "old": {"baseline": True, "legs": [{"team": team}]},
            "new": {"legs": [{"vendor": fee | vendor | {"risks": risks}}]},
        },
    }


def test_reference_headcount_needs_a_headcount(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """A vendor whose staff is not known cannot have a rate that follows it; with its productivity it can."""
    fraud = {"fraud": {"per_year": 1, "reference_headcount": 5, "severity": 12}}
    with pytest.raises(ValueError, match="the vendor's headcount is not known"):
        read(desk(fraud))
    scenario = read(desk(fraud, productivity=10))
    assert base_case(scenario)["new"].categories["fraud"] == pytest.approx(10 / 5 * 12 * 10 / 12)


def test_one_sided_kinds_do_not_warn(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """A quarrel with the vendor and a change against today have no counterpart; a fraud has one."""
    quarrel = {"per_year": 1, "severity": 12}
    service = {"points": 1, "churn_per_point": 0.01, "revenue": 100, "margin": 0.5}
    natural = read(desk({"dispute": quarrel, "customer_satisfaction": service}))
    said = [warning.what for warning in natural.warnings]
    other = read(desk({"fraud": quarrel}))
    assert [warning.what for warning in other.warnings] == ["fraud is set for new but not for old", *said]


def test_risk_of_another_kind_moves_no_event(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """With every kind at once each still costs in every future what it costs alone."""
    everything = {kind: in_file(cls.example()) for kind, cls in RISKS.items()}
    whole = simulate(read(desk(everything)), trials=200, seed=3).categories["new"]
    for kind in ("breach", "regulatory", "reputation", "customer_satisfaction"):
        alone = simulate(read(desk({kind: everything[kind]})), trials=200, seed=3).categories["new"]
        category = "data_breach" if kind == "breach" else kind
        assert alone[category] == whole[category]


def in_file(part: Any) -> Any:  # noqa: ANN401 - any value of a risk
    """Return a risk as a file has it."""
    if hasattr(part, "model_fields_set"):
        keys = {
            field.alias or name: in_file(getattr(part, name))
            for name, field in type(part).model_fields.items()
            if name in part.model_fields_set and getattr(part, name) is not None
        }
        keys.pop("reference_headcount", None)
        named = {"lognormal", "pert"} & {getattr(part, "kind", "")}
        return {named.pop(): keys} if named else keys
    return part
