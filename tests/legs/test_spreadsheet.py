"""Whole alternatives without uncertainty, recomputed by the arithmetic of a spreadsheet: equal to 1e-9.

The expected numbers come from annuities and lists of months written out here, not from the engine's paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bposim import base_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

RATE, WAGES, PRICES, SPOT = 0.08, 0.03, 0.02, 0.25
MONTHS, VOLUME = 24, 12_000.0
Q = 1 - 0.7 ** (1 / 12)
"""Monthly hazard of an attrition of 30 % a year."""


def d(month: float) -> float:
    """Return the discount factor of a month's end."""
    return float((1 + RATE) ** (-month / 12))


def pv(flows: Iterable[float]) -> float:
    """Return the present value of payments at the end of months 1, 2 and so on."""
    return sum(flow * d(month) for month, flow in enumerate(flows, start=1))


def annuity(first: int, last: int) -> float:
    """Return the present value of 1 at the end of each month from ``first`` to ``last``."""
    v = (1 + RATE) ** (-1 / 12)
    return float(v**first * (1 - v ** (last - first + 1)) / (1 - v))


def indexed(rise: float) -> float:
    """Return the present value of 1 a month over two years, ``rise`` more in the second."""
    return annuity(1, 12) + (1 + rise) * annuity(13, 24)


def costs(
    read: Read, leg: Tree, *, baseline: Tree | None = None, world: Tree | None = None
) -> dict[str, float]:
    """Return the present value of each category of an alternative with this leg."""
    scenario = read(
        {
            "months": MONTHS,
            "discount_rate": RATE,
            "world": {
                "volume": {"unit": "call", "per_month": VOLUME, "margin_per_unit": 4},
                "fx": {"PLN": SPOT},
                "wages": {"US": {"inflation": WAGES}},
                "prices": {"US": {"inflation": PRICES}},
            }
            | (world or {}),
            "alternatives": {
                "base": {
                    "baseline": True,
                    "legs": [baseline or {"vendor": {"price": {"fixed_fee": {"amount": 1}}}}],
                },
                "other": {"legs": [leg]},
            },
        }
    )
    return {name: value for name, value in base_case(scenario)["other"].categories.items() if value}


def same(expected: float) -> Any:  # noqa: ANN401 - pytest's approximation
    """Return what equals ``expected`` to 1e-9 relative."""
    return pytest.approx(expected, rel=1e-9)


# --- teams --------------------------------------------------------------------------------------------

ROLES = {
    "agent": {"volume_per_fte": 600, "salary": "40k", "oncost": "25%", "overhead": "9k"},
    "lead": {"one_per": 10, "of": "agent", "salary": "60k", "oncost": "30%", "overhead": "10k"},
    "manager": {"fixed": 2, "salary": "90k", "oncost": "20%"},
}
AGENTS = VOLUME * 1.05 / 600
LABOUR = (AGENTS * 40e3 * 1.25 + AGENTS / 10 * 60e3 * 1.3 + 2 * 90e3 * 1.2) / 12
OVERHEAD = (AGENTS * 9e3 + AGENTS / 10 * 10e3) / 12
FTE = AGENTS * 1.1 + 2


def test_team(read: Read) -> None:
    """Labour on wages, overhead on prices, turnover with its ramp, errors; a buffer of 5 %."""
    team = {
        "country": "US",
        "roles": ROLES,
        "buffer": "5%",
        "turnover": {
            "attrition": "30%", "recruiting": "2k", "training": "3k",
            "ramp_months": 3, "ramp_productivity": "60%",
        },
        "quality": {"error_rate": "3%", "cost_per_error": 12, "turnover_sensitivity": 2},
    }  # fmt: skip
    assert AGENTS == 21.0
    wages, prices = indexed(WAGES), indexed(PRICES)
    ramp = 3 * 0.4 * (LABOUR * wages + OVERHEAD * prices) / FTE
    assert costs(read, {"team": team}) == {
        "labour": same(LABOUR * wages),
        "overhead": same(OVERHEAD * prices),
        "turnover": same(FTE * Q * (5000 * wages + ramp)),
        "service_quality": same(VOLUME * 0.03 * (1 + 2 * Q) * 12 * annuity(1, 24)),
    }


def test_half_of_a_team(read: Read) -> None:
    """A share of 50 % halves volume roles, spans and fixed roles alike."""
    half = {"share": 0.5, "team": {"country": "US", "roles": ROLES, "buffer": "5%"}, "name": "east"}
    scenario = {"legs": [half, half | {"name": "west"}]}
    read_scenario = read({
        "months": MONTHS, "discount_rate": RATE,
        "world": {"volume": {"unit": "call", "per_month": VOLUME}, "wages": {"US": {"inflation": WAGES}}},
        "alternatives": {"base": {"baseline": True, **scenario}, "other": {"like": "base"}},
    })  # fmt: skip
    assert base_case(read_scenario)["base"].categories["labour"] == same(LABOUR * indexed(WAGES))


def test_span_of_a_fixed_role(read: Read) -> None:
    """One assistant for every four of eight fixed experts is two assistants."""
    roles = {
        "agent": {"volume_per_fte": 600, "salary": "40k"},
        "expert": {"fixed": 8, "salary": "80k"},
        "assistant": {"one_per": 4, "of": "expert", "salary": "30k", "overhead": "6k"},
    }
    found = costs(read, {"team": {"roles": roles}})
    assert found["labour"] == same((20 * 40e3 + 8 * 80e3 + 2 * 30e3) / 12 * annuity(1, 24))
    assert found["overhead"] == same(2 * 6e3 / 12 * annuity(1, 24))


def test_productivity_improves(read: Read) -> None:
    """21 % a year: after six months a tenth fewer hours a unit; spans follow, fixed roles do not."""
    team = {"roles": ROLES, "improvement": "21%", "buffer": "5%"}
    sized = (AGENTS * 40e3 * 1.25 + AGENTS / 10 * 60e3 * 1.3) / 12
    flows = [sized / 1.21 ** ((t - 1) / 12) + 2 * 90e3 * 1.2 / 12 for t in range(1, 25)]
    assert costs(read, {"team": team})["labour"] == same(pv(flows))


def test_captive_in_another_currency(read: Read) -> None:
    """Zloty salaries at a spot of 0.25 dollars; Polish wages do not move while American ones do."""
    roles = {
        "agent": {"volume_per_fte": 600, "salary": {"amount": "80k", "currency": "PLN"}, "oncost": "20%"}
    }
    found = costs(
        read, {"team": {"country": "PL", "roles": roles}}, world={"wages": {"PL": {"inflation": 0}}}
    )
    assert found == {"labour": same(20 * 80e3 * SPOT * 1.2 / 12 * annuity(1, 24))}


PEAK = [2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
SEASONAL = {"volume": {"unit": "call", "per_month": VOLUME, "season": PEAK, "margin_per_unit": 4}}
SIMPLE = {"agent": {"volume_per_fte": 600, "salary": "40k", "oncost": "25%"}}
UNIT = 40e3 * 1.25 / 12 / 600
"""Labour cost of one unit."""


def test_level_plan_works_peaks_as_overtime_and_loses_the_rest(read: Read) -> None:
    """Capacity 12,000; of a peak of 24,000, 2,400 are overtime at 1.5 and 9,600 are lost at 4."""
    found = costs(read, {"team": {"roles": SIMPLE, "staffing": "level"}}, world=SEASONAL)
    peaks = annuity(1, 3) + annuity(13, 15)
    assert found == {
        "labour": same(VOLUME * UNIT * annuity(1, 24)),
        "overtime": same(2400 * 1.5 * UNIT * peaks),
        "lost_work": same(9600 * 4 * peaks),
    }


def test_enough_overtime_loses_nothing(read: Read) -> None:
    """With overtime up to 100 % of capacity all of the peak is worked."""
    team = {"roles": SIMPLE, "staffing": "level", "overtime": {"limit": 1, "premium": 2}}
    found = costs(read, {"team": team}, world=SEASONAL)
    assert set(found) == {"labour", "overtime"}
    assert found["overtime"] == same(12_000 * 2 * UNIT * (annuity(1, 3) + annuity(13, 15)))


def test_peak_plan_pays_idle_capacity(read: Read) -> None:
    """Staffed for 24,000 all year: twice the labour of a level plan, and no overtime."""
    found = costs(read, {"team": {"roles": SIMPLE, "staffing": "peak"}}, world=SEASONAL)
    assert found == {"labour": same(2 * VOLUME * UNIT * annuity(1, 24))}


def test_following_plan_hires_and_releases(read: Read) -> None:
    """FTE 40, 20, 10: after months 3, 6 and 12 it changes by -20, -10 and +30, each at its own cost."""
    team = {"roles": SIMPLE, "hiring": {"per_hire": "1k", "per_release": "3k"}}
    found = costs(read, {"team": team}, world=SEASONAL)
    changes = {4: 20 * 3e3, 7: 10 * 3e3, 13: 30 * 1e3, 16: 20 * 3e3, 19: 10 * 3e3}
    assert found == {
        "labour": same(pv([VOLUME * factor * UNIT for factor in PEAK * 2])),
        "hiring_and_release": same(sum(cost * d(month) for month, cost in changes.items())),
    }


def test_temporary_staff_covers_the_forecast_above_the_plan(read: Read) -> None:
    """20 temps in the peak at salary + 30 % without on-cost, each trained when taken on; nothing is lost."""
    team = {"roles": SIMPLE, "staffing": "level", "temporary": {"premium": "30%", "training": 500}}
    found = costs(read, {"team": team}, world=SEASONAL)
    pay = 20 * 40e3 / 12 * 1.3 * (annuity(1, 3) + annuity(13, 15))
    assert found == {
        "labour": same(VOLUME * UNIT * annuity(1, 24)),
        "temporary_staff": same(pay + 20 * 500 * (d(1) + d(13))),
    }


# --- vendors ------------------------------------------------------------------------------------------


def test_vendor_per_unit(read: Read) -> None:
    """3 % at the anniversary, + 5 % at the renewal after 18, with governance, taxes and changes on top."""
    vendor = {
        "price": {"per_unit": {"amount": 3, "commitment": "80%"}},
        "indexation": {"fixed": "3%"},
        "term": 18,
        "renewal_uplift": "5%",
        "governance": {
            "fee_share": "6%",
            "retained_fte": 2,
            "cost_per_fte": "90k",
            "country": "US",
            "audits": "24k",
        },
        "leakage": {
            "irrecoverable_vat": "2%",
            "withholding": "10%",
            "change_requests": "4%",
            "change_premium": "25%",
        },
        "quality": {"error_rate": "4%", "cost_per_error": 12},
    }
    fees = 3 * VOLUME * (annuity(1, 12) + 1.03 * annuity(13, 18) + 1.03 * 1.05 * annuity(19, 24))
    assert costs(read, {"vendor": vendor}) == {
        "vendor_fees": same(fees),
        "governance": same(0.06 * fees + 15e3 * indexed(WAGES) + 2e3 * indexed(PRICES)),
        "taxes": same(fees * (0.02 + 0.1 / 0.9)),
        "change_requests": same(fees * 0.04 * 1.25),
        "service_quality": same(VOLUME * 0.04 * 12 * annuity(1, 24)),
    }


def test_vendor_per_fte(read: Read) -> None:
    """12,000 units at 500 a month are 24 FTE, fewer with improvement of 10 % a year; zloty at the spot."""
    vendor = {
        "price": {"per_fte": {"amount": "8k", "currency": "PLN"}},
        "productivity": 500,
        "improvement": "10%",
        "fx_clause": "home",
    }
    flows = [24 / 1.1 ** ((t - 1) / 12) * 8e3 * SPOT for t in range(1, 25)]
    assert costs(read, {"vendor": vendor}) == {"vendor_fees": same(pv(flows))}


def test_vendor_at_a_fixed_fee(read: Read) -> None:
    """A managed service follows neither volume nor season; prices raise it at the anniversary."""
    vendor = {
        "price": {"fixed_fee": {"amount": "40k"}},
        "indexation": {"prices_of": "US", "give_back": "0.5%"},
    }
    found = costs(read, {"vendor": vendor}, world=SEASONAL | {"prices": {"US": {"inflation": PRICES}}})
    assert found == {"vendor_fees": same(40e3 * indexed(PRICES - 0.005))}


def test_vendor_with_service_credits(read: Read) -> None:
    """Accuracy 94 % against 97 %: 3 points × 2 = 6 % of the fee, of which 80 % are claimed."""
    vendor = {
        "price": {"per_unit": {"amount": 3}},
        "sla": {"target": "97%", "credit_rate": 2, "at_risk": "10%", "capture": "80%"},
        "quality": {"error_rate": "6%", "cost_per_error": 10},
    }
    fees = 3 * VOLUME * annuity(1, 24)
    assert costs(read, {"vendor": vendor})["service_credits"] == same(-fees * 0.06 * 0.8)


@pytest.mark.parametrize("productivity", [None, 500])
def test_vendor_turnover_drives_errors_and_costs_nothing_else(read: Read, productivity: float | None) -> None:
    """Errors × (1 + β q), whether the staff is known or not; replacing people is inside the price."""
    vendor: Tree = {
        "price": {"per_unit": {"amount": 3}},
        "turnover": {"attrition": "30%", "recruiting": "9k"},
        "quality": {"error_rate": "4%", "cost_per_error": 12, "turnover_sensitivity": 3, "distance": 1.2},
    }
    if productivity:
        vendor["productivity"] = productivity
    assert costs(read, {"vendor": vendor}) == {
        "vendor_fees": same(3 * VOLUME * annuity(1, 24)),
        "service_quality": same(VOLUME * 0.04 * 1.2 * (1 + 3 * Q) * 12 * annuity(1, 24)),
    }


def test_alternative_has_costs_of_its_own(read: Read) -> None:
    """``once`` in month 0 at the spot, ``per_year`` by month, whatever the legs' shares."""
    scenario = read({
        "months": MONTHS, "discount_rate": RATE,
        "world": {"volume": {"unit": "call", "per_month": VOLUME}, "fx": {"PLN": SPOT}},
        "alternatives": {
            "base": {"baseline": True, "legs": [{"vendor": {"price": {"fixed_fee": {"amount": 1}}}}]},
            "other": {"like": "base", "once": {"amount": "80k", "currency": "PLN"}, "per_year": "12k"},
        },
    })  # fmt: skip
    assert base_case(scenario)["other"].categories["coordination"] == same(20e3 + 1e3 * annuity(1, 24))


# --- a whole move -------------------------------------------------------------------------------------

LIVE = [0.0, 0.0, 0.0, 0.25, 0.5, 0.75] + [1.0] * 18
"""Go-live after 3 months, then a ramp of 4."""
BEFORE = [0.0, *LIVE[:-1]]


def moved(**extra: Any) -> Tree:  # noqa: ANN401 - as a file would write them
    """Return a vendor to whom the work moves."""
    return {
        "vendor": {
            "price": {"per_unit": {"amount": 3}},
            "transition": {"planned": 3, "ramp_months": 4} | extra,
        }
    }


def old_team(**extra: Any) -> Tree:  # noqa: ANN401 - as a file would write them
    """Return the in-house team that hands over."""
    return {"team": {"country": "US", "roles": ROLES, "buffer": "5%"} | extra}


def wage(month: int) -> float:
    """Return the wage index of a month."""
    return 1.0 if month <= 12 else 1 + WAGES


def test_move(read: Read) -> None:
    """Fees on the live share, the old team on the rest, one-offs with an overrun of 20 %."""
    leg = moved(one_off={"legal": "40k", "knowledge_transfer": "90k", "integration": "30k"}, overrun=1.2)
    assert costs(read, leg, baseline=old_team()) == {
        "vendor_fees": same(pv(3 * VOLUME * s for s in LIVE)),
        "labour": same(pv(LABOUR * (1 - s) for s in LIVE)),
        "overhead": same(pv(OVERHEAD * (1 - s) for s in LIVE)),
        "transition": same(1.2 * (40e3 + 40e3 * annuity(1, 3))),
    }


def test_move_with_people(read: Read) -> None:
    """Severance at that month's pay, stranded overhead, and an old team kept at 60 % for one month more."""
    leg = moved(
        severance={"weeks_of_pay": 13, "per_fte": "1k", "redeployed": "20%"},
        stranded_overhead={"share": "50%", "half_life": 3},
        parallel_run={"months": 1, "intensity": "60%"},
    )
    found = costs(read, leg, baseline=old_team())
    pay = (AGENTS * 40e3 + AGENTS / 10 * 60e3 + 2 * 90e3) / 4  # a quarter of a year
    steps = [s - b for s, b in zip(LIVE, BEFORE, strict=True)]
    assert found["severance"] == same(pv(0.8 * step * (pay + FTE * 1e3) for step in steps))
    assert found["labour"] == same(
        pv(
            LABOUR * wage(t) * (1 - s + 0.6 * step)
            for t, (s, step) in enumerate(zip(LIVE, steps, strict=True), 1)
        )
    )
    stranded, paid = 0.0, []
    left = [s - 0.6 * step for s, step in zip(LIVE, steps, strict=True)]
    for t, (now, before) in enumerate(zip(left, [0.0, *left[:-1]], strict=True)):
        overhead = OVERHEAD * (1.0 if t < 12 else 1 + PRICES)
        stranded = stranded * 0.5 ** (1 / 3) + 0.5 * max(0.0, now - before) * overhead
        paid.append(stranded)
    assert found["stranded_overhead"] == same(pv(paid))


def test_move_with_learning_and_morale(read: Read) -> None:
    """Vendor's effort and errors × (1 + 30 % e^(-(t-G)/4)); the old team does 10 % less and leaves faster."""
    leg = moved(
        learning={"extra": "30%", "fades": 4}, morale={"productivity_loss": "10%", "attrition_factor": 1.5}
    )
    leg["vendor"] |= {
        "price": {"per_fte": {"amount": "2k"}},
        "productivity": 500,
        "quality": {"error_rate": "4%", "cost_per_error": 12},
    }
    team = old_team(turnover={"attrition": "30%", "recruiting": "5k"}, buffer=0)
    found = costs(read, leg, baseline=team)
    effort = [1.3] * 3 + [1 + 0.3 * 2.718281828459045 ** (-e / 4) for e in range(1, 22)]
    assert found["vendor_fees"] == same(pv(24 * s * x * 2e3 for s, x in zip(LIVE, effort, strict=True)))
    assert found["service_quality"] == same(
        pv(VOLUME * s * 0.04 * x * 12 for s, x in zip(LIVE, effort, strict=True))
    )
    hazard = 1 - (1 - 0.45) ** (1 / 12)
    fte = 20 * 1.1 + 2
    assert found["turnover"] == same(pv(fte * (1 - s) * hazard * 5e3 for s in LIVE[:7]))
    # A tenth of the capacity is missing until month 7: all of it is worked as overtime at 1.5.
    unit = 40e3 * 1.25 / 12 / 600
    assert found["overtime"] == same(pv(0.1 * VOLUME * (1 - s) * 1.5 * unit for s in LIVE[:7]))
    assert "lost_work" not in found


def test_risks_of_a_move(read: Read) -> None:
    """Expected events: the vendor's on the live share, the old team's on 1 - κ s with κ = 80 %."""
    leg = moved(scope="80%")
    leg["vendor"]["risks"] = {"outage": {"per_year": 6, "hours": 4, "cost_per_hour": 500}}
    team = old_team(
        risks={
            "breach": {
                "per_year": 0.3,
                "severity": "400k",
                "insurance": {"retention": "100k", "limit": "250k"},
            }
        }
    )
    found = costs(read, leg, baseline=team)
    assert found["outage"] == same(pv(0.5 * s * 2000 for s in LIVE))
    assert found["data_breach"] == same(pv(0.025 * (1 - 0.8 * s) * 150e3 for s in LIVE))


def test_blend(read: Read) -> None:
    """40 % kept, 60 % moved: the sum of two fifths of the team and three fifths of the move."""
    scenario = read({
        "months": MONTHS, "discount_rate": RATE,
        "world": {"volume": {"unit": "call", "per_month": VOLUME}, "wages": {"US": {"inflation": WAGES}}},
        "alternatives": {
            "base": {"baseline": True, "legs": [old_team()]},
            "other": {"legs": [moved(one_off={"legal": "40k"})]},
            "blend": {"legs": [{"share": "40%", "like": "base"}, {"share": "60%", "like": "other"}]},
        },
    })  # fmt: skip
    found = base_case(scenario)["blend"].categories
    kept = pv(LABOUR * wage(t) * (0.4 + 0.6 * (1 - s)) for t, s in enumerate(LIVE, 1))
    assert found["labour"] == same(kept)
    assert found["vendor_fees"] == same(0.6 * pv(3 * VOLUME * s for s in LIVE))
    assert found["transition"] == same(0.6 * 40e3)
