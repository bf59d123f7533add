"""The whole engine: repeatability, invariances, published decisions, and the deterministic twin."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case, simulate
from bposim.cash import Cash, simulate_block
from bposim.discounting import discount_factors, growth_path, monthly_hazard, present_value
from bposim.engine import BLOCK
from bposim.errors import ScenarioError
from bposim.inputs.draws import StreamDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

SEED = 7
SMALL = 256
"""Trials of tests that hold in every single trial."""


def cash_of(scenario: Scenario, trials: int = SMALL) -> dict[str, Cash]:
    """Return the cash of the first block, with fewer trials than usual."""
    return simulate_block(scenario, StreamDraws(SEED, 0, trials))


def body(tree: Tree, name: str) -> Tree:
    """Return the team or the vendor of an alternative's first leg, to be changed."""
    leg = tree["alternatives"][name]["legs"][0]
    found: Tree = leg["team"] if "team" in leg else leg["vendor"]
    return found


def within(expected: float, sample: FloatArray) -> bool:
    """Whether the sample's mean is within four standard errors of what is expected."""
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / np.sqrt(sample.size))


# --- conventions --------------------------------------------------------------------------------------


def test_discounting_is_annual_and_effective_at_the_end_of_the_month() -> None:
    """D(12) of 8 % is 1/1.08, not (1 + 8 %/12)^-12, and month 1 is discounted already."""
    factors = discount_factors(0.08, 24)[:, 0]
    assert factors[[11, 23]] == pytest.approx([1 / 1.08, 1 / 1.08**2], rel=1e-14)
    assert factors[0] == pytest.approx(1.08 ** (-1 / 12), rel=1e-14)


def test_published_saving_per_employee() -> None:
    """Case V4: 25,000 at each year's end for 5 years at 6 % compounded monthly is worth 104,830."""
    factors = discount_factors(1.005**12 - 1, 60)[11::12]
    assert round(float(present_value(25_000.0, factors)[0])) == 104_830


def test_growth_is_a_year_apart_after_twelve_months() -> None:
    """Growth compounds by month: month 1 is the start, month 13 exactly one year's growth above it."""
    path = growth_path(0.03, 25)[:, 0]
    assert path[[0, 12, 24]] == pytest.approx([1.0, 1.03, 1.03**2], rel=1e-14)


@pytest.mark.parametrize("annual", [0.0, 0.3, 0.999])
def test_twelve_monthly_hazards_make_the_annual_one(annual: float) -> None:
    """Staying twelve months has the probability 1 - p; as a float and as an array."""
    assert (1.0 - monthly_hazard(annual)) ** 12 == pytest.approx(1.0 - annual, rel=1e-12, abs=1e-15)
    assert np.asarray(monthly_hazard(np.array([annual])))[0] == pytest.approx(
        monthly_hazard(annual), rel=1e-12
    )


# --- one result for one seed --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trials() -> int:
    """Return a number of trials that is not a whole number of blocks."""
    return 2 * BLOCK + 452


def test_threads_do_not_change_a_number(tiny: Tree, read: Read, trials: int) -> None:
    """The digest is that of one thread with 2 and with 7."""
    scenario = read(tiny)
    digest = simulate(scenario, trials, SEED).digest
    assert [simulate(scenario, trials, SEED, threads).digest for threads in (2, 7)] == [digest, digest]


def test_seeds_differ(tiny: Tree, read: Read) -> None:
    """Another seed is another run, so the digest tests cannot pass by drawing nothing."""
    scenario = read(tiny)
    assert simulate(scenario, 64, 1).digest != simulate(scenario, 64, 2).digest


def turned(node: Any) -> Any:  # noqa: ANN401 - nested data
    """Return the data with the keys of every mapping in reverse order."""
    if isinstance(node, dict):
        return {key: turned(node[key]) for key in reversed(node)}
    return [turned(item) for item in node] if isinstance(node, list) else node


def test_order_of_keys_does_not_change_a_number(tiny: Tree, read: Read) -> None:
    """Alternatives, roles, currencies and all other keys may stand in any order."""
    assert simulate(read(turned(tiny)), SMALL, SEED).digest == simulate(read(tiny), SMALL, SEED).digest


def test_order_of_shared_legs_does_not_change_a_number(tiny: Tree, read: Read) -> None:
    """A blend of ``like:`` legs is a set of legs."""
    digest = simulate(read(copy.deepcopy(tiny)), SMALL, SEED).digest
    tiny["alternatives"]["blend"]["legs"].reverse()
    assert simulate(read(tiny), SMALL, SEED).digest == digest


def test_order_of_legs_written_in_place_does_not_change_a_number(tiny: Tree, read: Read) -> None:
    """Legs with a name of their own keep their draws and events when the list is reordered."""
    legs = [
        {"name": name, "share": 0.5, leg: copy.deepcopy(body(tiny, alternative))}
        for name, leg, alternative in (("north", "vendor", "manila"), ("south", "team", "krakow"))
    ]
    tiny["alternatives"]["pair"] = {"legs": legs}
    digest = simulate(read(copy.deepcopy(tiny)), SMALL, SEED).digest
    legs.reverse()
    assert simulate(read(tiny), SMALL, SEED).digest == digest


def test_order_of_correlations_does_not_change_a_number(tiny: Tree, read: Read) -> None:
    """Rows of the list, and the two names of a row, may stand in any order."""
    rows = [["world.wages.PH.inflation", "manila.price", 0.5], ["manila.price", "manila.overrun", 0.3]]
    digests = {
        simulate(read(tiny | {"correlations": order}), SMALL, SEED).digest
        for order in (rows, rows[::-1], [[b, a, r] for a, b, r in rows])
    }
    assert len(digests) == 1


@pytest.mark.parametrize("fewer", [1, 700, BLOCK, BLOCK + 300])
def test_first_trials_of_a_longer_run_are_the_shorter_run(
    tiny: Tree, read: Read, trials: int, fewer: int
) -> None:
    """More trials add to a run and change nothing of it: costs, paybacks and monthly paths."""
    scenario = read(tiny)
    long, short = simulate(scenario, trials, SEED), simulate(scenario, fewer, SEED)
    for name in long.names:
        assert np.array_equal(short.costs[name], long.costs[name][:fewer])
        assert np.array_equal(short.payback[name], long.payback[name][:fewer])
        assert np.array_equal(short.cumulative[name], long.cumulative[name][:, :fewer])


@pytest.mark.parametrize("kind", ["breach", "outage"])
def test_removed_risk_moves_no_other_draw(tiny: Tree, read: Read, kind: str) -> None:
    """Without a risk, every other category of every alternative is the same to the last bit."""
    category = {"breach": "data_breach", "outage": "outage"}[kind]
    before = cash_of(read(copy.deepcopy(tiny)))
    for name in ("in-house", "manila"):
        del body(tiny, name)["risks"][kind]
    after = cash_of(read(tiny))
    assert category not in after["in-house"].categories
    assert before["in-house"].categories[category].max() > 0
    for name, cash in after.items():
        for other in cash.categories.keys() - {category}:
            assert np.array_equal(cash.categories[other], before[name].categories[other]), (name, other)


@pytest.mark.parametrize("name", ["krakow", "blend"])
def test_removed_alternative_moves_no_other_draw(tiny: Tree, read: Read, name: str) -> None:
    """An alternative that is not wanted any more takes no random number along, also if it shares legs."""
    before = cash_of(read(copy.deepcopy(tiny)))
    del tiny["alternatives"][name]
    after = cash_of(read(tiny))
    assert all(np.array_equal(cash.total, before[name].total) for name, cash in after.items())


@pytest.mark.parametrize("price", [100, 180, 300])
def test_changed_term_of_a_leg_moves_no_draw(tiny: Tree, read: Read, price: int) -> None:
    """Two runs with and without a clause use the same random numbers, for legs without a name too."""
    one: Tree = {"share": 0.5, "vendor": copy.deepcopy(body(tiny, "manila"))}
    one["vendor"]["risks"]["breach"]["recovery"] = {"probability": 0}
    other = copy.deepcopy(one)
    other["vendor"]["risks"]["breach"]["per_year"] = 1.2
    one["vendor"]["price"]["per_unit"]["amount"], other["vendor"]["price"]["per_unit"]["amount"] = 200, 210
    tiny["correlations"] = []
    tiny["alternatives"]["pair"] = {"legs": [one, other]}
    before = cash_of(read(copy.deepcopy(tiny)))["pair"].categories
    one["vendor"]["price"]["per_unit"]["amount"] = price
    after = cash_of(read(tiny))["pair"].categories
    assert not np.array_equal(after["vendor_fees"], before["vendor_fees"])
    for category in ("data_breach", "outage", "service_quality", "transition", "turnover"):
        assert np.array_equal(after[category], before[category]), category


def test_removed_uncertainty_moves_no_other_draw(tiny: Tree, read: Read) -> None:
    """An input that becomes certain leaves the other draws alone: only what it drives moves."""
    before = cash_of(read(copy.deepcopy(tiny)))
    body(tiny, "manila")["transition"]["overrun"] = 1.1
    after = cash_of(read(tiny))
    assert np.array_equal(after["in-house"].total, before["in-house"].total)
    changed = {
        c
        for c, pv in after["manila"].categories.items()
        if not np.array_equal(pv, before["manila"].categories[c])
    }
    assert changed == {"transition"}


# --- pairing ------------------------------------------------------------------------------------------


def test_same_terms_save_exactly_nothing(tiny: Tree, read: Read) -> None:
    """An alternative that is the baseline under another name costs the same in every trial."""
    tiny["alternatives"]["same"] = {"like": "in-house"}
    result = simulate(read(tiny), SMALL, SEED)
    assert not result.saving("same").any()
    assert result.saving("manila").any()


def test_alternative_like_another_costs_the_same(tiny: Tree, read: Read) -> None:
    """``like`` shares price draws, noise and events of a vendor, transition included."""
    tiny["alternatives"]["twin"] = {"like": "manila"}
    cash = cash_of(read(tiny))
    for category, pv in cash["manila"].categories.items():
        assert np.array_equal(cash["twin"].categories[category], pv), category
    assert np.array_equal(cash["twin"].flow, cash["manila"].flow)


def test_partial_override_keeps_events_paired(tiny: Tree, read: Read) -> None:
    """``like`` with one key changed meets the same events; only what depends on the key moves."""
    tiny["alternatives"]["stayer"] = {"like": "in-house", "team": {"turnover": {"attrition": "10%"}}}
    cash = cash_of(read(tiny))
    old, new = cash["in-house"].categories, cash["stayer"].categories
    changed = {category for category in old if not np.array_equal(old[category], new[category])}
    assert changed == {"turnover", "service_quality"}


def test_override_of_a_rate_keeps_the_old_events(tiny: Tree, read: Read) -> None:
    """Twice the breaches are the old ones and some new ones: in no trial does the cost fall."""
    for name in ("in-house", "manila"):
        del body(tiny, name)["risks"]["breach"]["insurance"]
    tiny["alternatives"]["leaky"] = {"like": "in-house", "team": {"risks": {"breach": {"per_year": 0.6}}}}
    cash = cash_of(read(tiny))
    few, many = (cash[name].categories["data_breach"] for name in ("in-house", "leaky"))
    assert (many >= few * (1 - 1e-12)).all()
    assert (many == few).any()
    assert (many > few).any()


# --- legs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["in-house", "manila", "krakow"])
def test_one_leg_of_all_the_work_is_that_leg_alone(tiny: Tree, read: Read, name: str) -> None:
    """A list with one leg of share 100 % is the alternative itself."""
    tiny["alternatives"]["alone"] = {"legs": [{"share": "100%", "like": name}]}
    for key in ("once", "per_year"):
        tiny["alternatives"][name].pop(key, None)
    cash = cash_of(read(tiny))
    assert np.array_equal(cash["alone"].flow, cash[name].flow)
    assert np.array_equal(cash["alone"].total, cash[name].total)


@pytest.mark.parametrize("name", ["in-house", "manila", "krakow"])
def test_two_halves_of_one_team_or_contract_are_the_whole(tiny: Tree, read: Read, name: str) -> None:
    """Two ``like`` legs of share 50 % are one team or contract: joined, not doubled, in every category."""
    tiny["alternatives"]["halves"] = {"legs": [{"share": 0.5, "like": name}] * 2}
    for key in ("once", "per_year"):
        tiny["alternatives"][name].pop(key, None)
    cash = cash_of(read(tiny))
    for category, pv in cash[name].categories.items():
        assert cash["halves"].categories[category] == pytest.approx(pv, rel=1e-12, abs=1e-6), category


@pytest.mark.parametrize("name", ["in-house", "manila", "krakow"])
def test_two_named_halves_expect_what_the_whole_does(tiny: Tree, read: Read, name: str) -> None:
    """Two teams or contracts of one kind, without noise, cost what one of them does for all the work."""
    halves = [{"share": 0.5, "like": name, "name": other} for other in ("east", "west")]
    tiny["alternatives"]["halves"] = {"legs": halves}
    for key in ("once", "per_year"):
        tiny["alternatives"][name].pop(key, None)
    for risky in ("in-house", "manila"):
        for part in ("recovery", "insurance"):
            body(tiny, risky)["risks"]["breach"].pop(
                part, None
            )  # a layer on half of the work is not half a layer
    base = base_case(read(tiny))
    assert base["halves"].categories == pytest.approx(base[name].categories, rel=1e-12)


def test_leg_without_work_costs_nothing(tiny: Tree, read: Read) -> None:
    """A share of 0 % is as good as no leg, in every trial; morale alone is a matter of the announcement."""
    del body(tiny, "manila")["transition"]["morale"]
    tiny["alternatives"]["idle"] = {
        "legs": [{"share": 1, "like": "in-house"}, {"share": 0, "like": "manila"}]
    }
    cash = cash_of(read(tiny))
    assert cash["idle"].total == pytest.approx(cash["in-house"].total, rel=1e-12)


# --- units --------------------------------------------------------------------------------------------

BASE_AMOUNTS = {
    "salary", "overhead", "recruiting", "training", "cost_per_error", "margin_per_unit", "severity",
    "retention", "limit", "aggregate", "cost_per_hour", "cost_per_fte", "audits", "legal",
    "knowledge_transfer", "per_fte", "once", "per_year", "per_hire", "per_release",
}  # fmt: skip


def in_smaller_money(node: Any, scale: float, *, amount: bool = False) -> Any:  # noqa: ANN401 - nested data
    """Return the scenario with base money written in units ``scale`` times smaller."""
    if isinstance(node, list):
        return [in_smaller_money(item, scale) for item in node]
    if not isinstance(node, dict):
        if not amount:
            return node
        number, unit = (float(node[:-1]), node[-1]) if node[-1] in "kM" else (float(node), "")
        return f"{number * scale!r}{unit}"
    foreign = "currency" in node
    return {
        key: value
        if key == "sigma"
        else str(float(value) * scale)
        if key == "spot"
        else in_smaller_money(value, scale, amount=(amount or is_base_amount(key, value)) and not foreign)
        for key, value in node.items()
    }


def is_base_amount(key: str, value: object) -> bool:
    """Whether a key holds base money; rates and shares of the same name, and prices by kind, do not."""
    share = isinstance(value, str) and value.endswith("%")
    rate = key == "per_year" and not (isinstance(value, str) and value.endswith("k"))
    return key in BASE_AMOUNTS and not share and not rate


def test_money_counted_in_a_thousandth_is_a_thousand_times_as_much(tiny: Tree, read: Read) -> None:
    """All amounts and exchange rates × 1000: every category of every trial × 1000, insured losses too."""
    once = cash_of(read(copy.deepcopy(tiny)))
    thousand = cash_of(read(in_smaller_money(tiny, 1000.0)))
    for name, cash in once.items():
        for category, pv in cash.categories.items():
            scaled = thousand[name].categories[category]
            assert scaled == pytest.approx(1000.0 * pv, rel=1e-10, abs=1e-3), (name, category)


def test_at_a_rate_of_zero_the_present_value_is_the_sum_of_the_flows(tiny: Tree, read: Read) -> None:
    """Discounting at 0 % is none; month 0 counts in full."""
    for cash in cash_of(read(tiny | {"discount_rate": 0})).values():
        assert cash.total == pytest.approx(cash.flow.sum(axis=0), rel=1e-12)


def test_present_value_of_the_flows_is_the_sum_of_the_categories(tiny: Tree, read: Read) -> None:
    """No line is counted in the total that is not in the monthly path, or the reverse."""
    for cash in cash_of(read(tiny | {"discount_rate": "8%"})).values():
        discounted = cash.flow[0] + present_value(cash.flow[1:], discount_factors(0.08, 24))
        assert cash.total == pytest.approx(discounted, rel=1e-12)


# --- metamorphic --------------------------------------------------------------------------------------

DEARER: list[tuple[str, str, list[str | int], Any, Any]] = [
    ("manila", "price", ["price", "per_unit", "amount"], 180, 198),
    ("manila", "attrition of the vendor", ["turnover", "attrition"], 0.3, 0.4),
    ("manila", "errors", ["quality", "error_rate"], "4%", "5%"),
    ("manila", "commitment", ["price", "per_unit", "commitment"], "70%", "105%"),
    ("manila", "withholding", ["leakage", "withholding"], "5%", "10%"),
    ("manila", "governance", ["governance", "retained_fte"], 2, 3),
    ("manila", "one-off", ["transition", "one_off", "legal"], "40k", "50k"),
    ("manila", "overrun", ["transition", "overrun"], 1.1, 1.3),
    ("manila", "severance", ["transition", "severance", "weeks_of_pay"], 8, 10),
    ("manila", "parallel run", ["transition", "parallel_run", "intensity"], "60%", "90%"),
    ("manila", "stranded overhead", ["transition", "stranded_overhead", "share"], "40%", "60%"),
    ("manila", "attrition of the old team", ["transition", "morale", "attrition_factor"], 1.25, 1.75),
    ("manila", "productivity of the old team", ["transition", "morale", "productivity_loss"], "0%", "10%"),
    ("manila", "outages", ["risks", "outage", "per_year"], 3, 4),
    ("manila", "breaches", ["risks", "breach", "per_year"], 0.4, 0.5),
    ("manila", "retention of the insurance", ["risks", "breach", "insurance", "retention"], "100k", "200k"),
    ("manila", "chance that no claim succeeds", ["risks", "breach", "recovery", "probability"], "50%", "30%"),
    ("in-house", "salary", ["roles", "agent", "salary"], "42k", "44k"),
    ("in-house", "oncost", ["roles", "agent", "oncost"], "28%", "30%"),
    ("in-house", "overtime pay", ["overtime", "premium"], 1.5, 2.0),
    ("in-house", "recruiting", ["turnover", "recruiting"], "2k", "4k"),
    ("in-house", "outages", ["risks", "outage", "per_year"], 2, 3),
    ("krakow", "hiring", ["hiring", "per_hire"], "1k", "2k"),
    ("krakow", "temporary staff", ["temporary", "premium"], "30%", "60%"),
]


OFFSETS = {
    "price": ["risks", "breach", "recovery"],  # liability is counted in months of fees
    "commitment": ["risks", "breach", "recovery"],
    "breaches": ["risks", "breach", "insurance"],  # an exhausted aggregate is shared out anew
    "errors": ["sla"],  # a service credit can be worth more than the errors
    "attrition of the vendor": ["sla"],
}
"""Terms through which a worse one may rightly pay something back; they are left out of its test."""


@pytest.mark.parametrize(
    ("name", "what", "path", "low", "high"), DEARER, ids=[f"{c[0]}: {c[1]}" for c in DEARER]
)
def test_dearer_terms_never_cost_less(
    tiny: Tree, read: Read, name: str, what: str, path: list[str], low: object, high: object
) -> None:
    """On the same random numbers a worse term costs more in some trials and less in none."""
    totals = []
    for value in (low, high):
        tree = copy.deepcopy(tiny) | {"correlations": []}
        place = body(tree, name)
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = value
        *way, last = OFFSETS.get(what, ["none"])
        place = body(tree, name)
        for key in way:
            place = place[key]
        place.pop(last, None)
        totals.append(cash_of(read(tree))[name].total)
    assert (totals[1] >= totals[0] * (1 - 1e-12)).all()
    assert totals[1].mean() > totals[0].mean()


def test_higher_attrition_never_costs_less(tiny: Tree, read: Read) -> None:
    """Leavers rise with attrition on the same noise, so turnover and quality of the in-house team do."""
    totals = []
    for attrition in (0.2, 0.25, 0.3, 0.4):
        body(tiny, "in-house")["turnover"]["attrition"] = attrition
        totals.append(cash_of(read(tiny))["in-house"].total)
    assert (np.diff(totals, axis=0) >= 0).all()


# --- the deterministic twin ---------------------------------------------------------------------------


def test_without_uncertainty_every_trial_is_the_deterministic_twin(read: Read) -> None:
    """Where nothing is uncertain and nothing random, the simulation is the spreadsheet in every trial."""
    scenario = read(
        linear(price=3.0, volume={"unit": "call", "per_month": 10_000}, overrun=1.2, transition=True)
    )
    result, base = simulate(scenario, 5, SEED), base_case(scenario)
    for name in result.names:
        assert result.costs[name] == pytest.approx([base[name].total] * 5, rel=1e-14)
        assert result.categories[name] == pytest.approx(base[name].categories, rel=1e-14)


def linear(*, price: object, volume: Tree, overrun: object, transition: bool) -> Tree:
    """Return a team and a vendor whose costs are linear in every uncertain quantity."""
    vendor: Tree = {
        "country": "US",
        "price": {"per_unit": {"amount": price}},
        "governance": {"fee_share": "5%", "retained_fte": 1, "cost_per_fte": "90k", "country": "US"},
        "quality": {"error_rate": "4%", "cost_per_error": 12},
    }
    if transition:
        vendor["transition"] = {
            "planned": 3,
            "ramp_months": 2,
            "one_off": {"legal": "40k"},
            "overrun": overrun,
        }
    team = {
        "country": "US",
        "roles": {"agent": {"volume_per_fte": 500, "salary": "40k"}},
        "buffer": 9,  # so much that no noise reaches the capacity: overtime is not linear
        "quality": {"error_rate": "3%", "cost_per_error": 10},
    }
    return {
        "months": 24,
        "discount_rate": "8%",
        "world": {"volume": volume, "wages": {"US": {"inflation": "3%"}}},
        "alternatives": {
            "stay": {"baseline": True, "legs": [{"team": team}]},
            "go": {"legs": [{"vendor": vendor}]},
        },
    }


def test_twin_is_the_mean_where_the_model_is_linear(read: Read) -> None:
    """Inputs at means, noise 1, leavers and events expected: 4 standard errors, category by category."""
    volume = {"unit": "call", "per_month": 10_000, "noise": {"volatility": "15%", "persistence": 0.6}}
    price = {"low": 2, "likely": 3, "high": 6}
    tree = linear(price=price, volume=volume, overrun={"low": 0.9, "likely": 1.1, "high": 2}, transition=True)
    tree["world"]["wages"]["US"] |= {"review_noise": "2%"}
    severity = {"lognormal": {"mean": "200k", "sigma": 1.2}}
    for name in ("stay", "go"):
        body(tree, name)["turnover"] = {
            "attrition": "30%",
            "recruiting": "2k",
            "ramp_months": 2,
            "ramp_productivity": "50%",
        }
        body(tree, name)["risks"] = {
            "breach": {
                "per_year": 0.5,
                "severity": severity,
                "insurance": {"retention": "50k", "limit": "500k"},
            },
            "outage": {"per_year": 2, "hours": {"gamma": {"shape": 2, "scale": 4}}, "cost_per_hour": 700},
        }
    body(tree, "go")["risks"]["breach"]["recovery"] = {"probability": "50%", "liability_cap": 3}
    body(tree, "stay")["quality"]["noise"] = {"volatility": "40%", "persistence": 0.5}
    scenario = read(tree)
    base = base_case(scenario)
    blocks = [simulate_block(scenario, StreamDraws(SEED, block, BLOCK)) for block in range(8)]
    for name, own in base.items():
        for category, expected in own.categories.items():
            sample = np.concatenate([block[name].categories[category] for block in blocks])
            assert within(expected, sample) or sample == pytest.approx(expected, rel=1e-12), (name, category)


def test_twin_takes_inputs_at_their_means(read: Read) -> None:
    """A PERT price of 2, 3, 6 counts as 20/6, not as its most likely value."""
    tree = linear(
        price={"low": 2, "likely": 3, "high": 6},
        volume={"unit": "call", "per_month": 1200},
        overrun=1,
        transition=False,
    )
    fees = base_case(read(tree | {"discount_rate": 0}))["go"].categories["vendor_fees"]
    assert fees == pytest.approx(24 * 1200 * 20 / 6, rel=1e-12)


# --- published decisions ------------------------------------------------------------------------------


def contract(**price: Tree) -> Tree:
    """Return a leg with nothing but a price."""
    return {"vendor": {"price": price}}


def test_make_or_buy_with_uncertain_volume(read: Read) -> None:
    """Case P19 (Evans): making costs 50,000 + 125 Q, buying 175 Q, Q ~ N(1100, 100).

    Making is better above 1,000 units: probability 0.84134, mean advantage 5,000, EVPI 416.58.
    """
    scenario = read(
        {
            "months": 1,
            "discount_rate": 0,
            "world": {
                "volume": {"unit": "part", "per_month": {"normal": {"mean": 1100, "sd": 100, "min": 0}}}
            },
            "alternatives": {
                "make": {"baseline": True, "once": "50k", "legs": [contract(per_unit={"amount": 125})]},
                "buy": {"legs": [contract(per_unit={"amount": 175})]},
            },
        }
    )
    assert base_case(scenario)["make"].total == pytest.approx(187_500, rel=1e-12)
    result = simulate(scenario, 8 * BLOCK, SEED)
    advantage = -result.saving("buy")
    assert within(5000.0, advantage)
    assert within(0.8413447460685429, (advantage > 0).astype(float))
    # What perfect information adds to always making: the loss where buying would have been better.
    assert within(416.57735293843143, np.maximum(0.0, -advantage))


@pytest.mark.parametrize(("units", "make", "buy"), [(1500, 237_500, 262_500), (800, 150_000, 140_000)])
def test_make_or_buy_at_two_volumes(read: Read, units: int, make: float, buy: float) -> None:
    """Case P19 (Evans), published totals."""
    scenario = read(
        {
            "months": 1,
            "discount_rate": 0,
            "world": {"volume": {"unit": "part", "per_month": units}},
            "alternatives": {
                "make": {"baseline": True, "once": "50k", "legs": [contract(per_unit={"amount": 125})]},
                "buy": {"legs": [contract(per_unit={"amount": 175})]},
            },
        }
    )
    totals = {name: case.total for name, case in base_case(scenario).items()}
    assert totals == pytest.approx({"make": make, "buy": buy}, rel=1e-12)


def test_relevant_cost_of_a_part(read: Read) -> None:
    """Case P27 (Wiley): making costs 9.20 a unit, buying 7.75, and 5,000 units save 7,250."""
    scenario = read(
        {
            "months": 1,
            "discount_rate": 0,
            "world": {"volume": {"unit": "part", "per_month": 5000}},
            "alternatives": {
                "make": {"baseline": True, "legs": [contract(per_unit={"amount": 9.20})]},
                "buy": {"legs": [contract(per_unit={"amount": 7.75})]},
            },
        }
    )
    assert simulate(scenario, 1, SEED).saving("buy")[0] == pytest.approx(7250, rel=1e-9)


def test_rework_in_house_or_outsourced(read: Read) -> None:
    """Case P20: 95k with a 10 % chance of 50k rework, or 80k with 70 % of 25k: 100,000 against 97,500."""
    scenario = read(
        {
            "months": 1,
            "discount_rate": 0,
            "world": {"volume": {"unit": "project", "per_month": 1}},
            "alternatives": {
                name: {
                    "baseline": name == "in-house",
                    "once": {"bernoulli": {"p": chance, "value": rework}},
                    "legs": [contract(fixed_fee={"amount": fee})],
                }
                for name, fee, chance, rework in (
                    ("in-house", "95k", "10%", "50k"),
                    ("outsource", "80k", "70%", "25k"),
                )
            },
        }
    )
    result = simulate(scenario, 8 * BLOCK, SEED)
    ours, theirs = result.costs["in-house"], result.costs["outsource"]
    assert {name: case.total for name, case in base_case(scenario).items()} == pytest.approx(
        {"in-house": 100_000, "outsource": 97_500}
    )
    assert within(100_000.0, ours)
    assert within(97_500.0, theirs)
    assert within(15_000.0**2, (ours - 100_000.0) ** 2)
    assert within(11_456.4392373896**2, (theirs - 97_500.0) ** 2)
    assert within(6_300.0, theirs - np.minimum(ours, theirs))


# --- refusals -----------------------------------------------------------------------------------------


def test_more_events_than_can_be_drawn_are_refused(tiny: Tree, read: Read) -> None:
    """Above some 700 expected events exp(-mean) is 0 and counts would be wrong: the file says so instead."""
    body(tiny, "in-house")["risks"]["outage"]["per_year"] = 500
    with pytest.raises(ScenarioError):
        read(tiny)


def test_month_without_work_is_simulated(tiny: Tree, read: Read) -> None:
    """A season may rest for a month: nobody is planned for it, and nothing becomes 0/0."""
    tiny["world"]["volume"]["season"] = [3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0]
    del body(tiny, "in-house")["roles"]["planner"]
    scenario = read(tiny)
    assert np.isfinite(simulate(scenario, 64, SEED).costs["in-house"]).all()
    assert all(np.isfinite(case.total) for case in base_case(scenario).values())


@pytest.mark.parametrize(("trials", "threads"), [(0, 1), (10, 0)])
def test_nothing_to_do_is_refused(tiny: Tree, read: Read, trials: int, threads: int) -> None:
    """No trials or no threads is a slip, not an empty result."""
    with pytest.raises(ValueError, match="at least 1"):
        simulate(read(tiny), trials, SEED, threads)
