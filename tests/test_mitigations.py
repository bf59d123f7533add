"""Mitigations: what they do to the legs that take them, what they cost, and which of them are refused."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.cash import base_case, simulate_block
from bposim.errors import ScenarioError
from bposim.inputs.draws import StreamDraws
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.library import measures
from bposim.mitigations import MAY_LAG, fits, possible

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.cash import Cash
    from bposim.scenario import Scenario

Tree = dict[str, Any]
SEED = 11
TRIALS = 256


def cash_of(scenario: Scenario) -> dict[str, Cash]:
    """Return the cash of one block."""
    return simulate_block(scenario, StreamDraws(SEED, 0, TRIALS))


def assert_same(one: Cash, other: Cash) -> None:
    """Compare the flows of all trials to the last but a few bits."""
    scale = np.abs(other.flow).max()
    np.testing.assert_allclose(one.flow, other.flow, rtol=1e-12, atol=1e-12 * scale)


def vendor_of(tree: Tree, name: str = "manila") -> Tree:
    """Return the terms of an alternative's vendor."""
    vendor: Tree = tree["alternatives"][name]["legs"][0]["vendor"]
    return vendor


def take(tree: Tree, mitigation: Tree, *names: str) -> Tree:
    """Return the scenario with a mitigation called shield, taken by alternatives of these names."""
    tree = deepcopy(tree)
    quoted = {f'"{pattern}"': factor for pattern, factor in mitigation.get("effects", {}).items()}
    tree.setdefault("mitigations", {})["shield"] = mitigation | ({"effects": quoted} if quoted else {})
    for name in names:
        tree["alternatives"][name].setdefault("mitigations", []).append("shield")
    return tree


def complaints_of(read: Callable[[Tree], Scenario], tree: Tree) -> list[str]:
    """Return code, path and what of each complaint."""
    with pytest.raises(ScenarioError) as refused:
        read(tree)
    return [f"{c.code} {c.path}: {c.what}; {c.remedy}" for c in refused.value.complaints]


# ---------------------------------------------------------------- what they do


def test_effects_are_the_parameters_multiplied_by_hand(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the effect itself: rates, event sizes, shares, an uncertain price in another currency."""
    by_hand = deepcopy(tiny)
    vendor = vendor_of(by_hand)
    vendor["risks"]["breach"] |= {"per_year": 0.4 * 0.5, "severity_factor": 0.8}
    vendor["risks"]["outage"]["recovery_factor"] = 0.5 * 0.7
    vendor["turnover"]["attrition"] = 0.4 * 0.9
    vendor["governance"]["cost_per_fte"] = 90_000 * 1.1
    vendor["price"]["per_unit"]["amount"] = {"low": 150 * 1.02, "likely": 180 * 1.02, "high": 240 * 1.02}
    effects = {
        "*.breach.per_year": 0.5, "breach.severity": 0.8, "*.outage.hours": 0.7,
        "manila.turnover.attrition": 0.9, "governance.cost_per_fte": 1.1, "vendor.price": 1.02,
    }  # fmt: skip
    mitigated = cash_of(read(take(tiny, {"effects": effects}, "manila")))
    assert_same(mitigated["manila"], cash_of(read(by_hand))["manila"])
    unchanged = cash_of(read(tiny))
    for name in ("in-house", "krakow", "blend"):
        np.testing.assert_array_equal(mitigated[name].flow, unchanged[name].flow)


def test_deterministic_twin_takes_effects_at_their_means(
    tiny: Tree, read: Callable[[Tree], Scenario]
) -> None:
    """Protects the base case: an uncertain factor counts with its mean, (a + 4m + b)/6 of a PERT."""
    uncertain = {"effects": {"*.breach.per_year": {"low": 0.6, "likely": 0.8, "high": 0.85}}}
    certain = {"effects": {"*.breach.per_year": (0.6 + 4 * 0.8 + 0.85) / 6}}
    actual = base_case(read(take(tiny, uncertain, "manila")))["manila"]
    expected = base_case(read(take(tiny, certain, "manila")))["manila"]
    assert actual.total == pytest.approx(expected.total, rel=1e-14)


def test_uncertain_effect_is_one_draw_for_all_who_take_it(
    tiny: Tree, read: Callable[[Tree], Scenario]
) -> None:
    """Protects the pairing: manila and its copy in the blend feel the same factor in each trial."""
    factor = {"uniform": {"low": 0.5, "high": 1.0}}
    vendor_of(tiny)["transition"]["delay"] = 0
    scenario = read(take(tiny, {"effects": {"manila.price": factor}}, "manila", "blend"))
    assert [name for name in scenario.uncertain.names if name.startswith("mitigations")] == [
        "mitigations.shield.effects.manila.price"
    ]
    before, after = cash_of(read(tiny)), cash_of(scenario)
    ratio = {
        name: after[name].categories["vendor_fees"] / before[name].categories["vendor_fees"]
        for name in ("manila", "blend")
    }
    np.testing.assert_allclose(ratio["manila"], ratio["blend"], rtol=1e-12)
    assert 0.5 < ratio["manila"].min() < 0.55
    assert 0.95 < ratio["manila"].max() < 1.0


def test_effects_on_one_parameter_multiply_in_any_order(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the product: 0.8 · 0.5 = 0.4, and the order of the list does not count to the last bit."""
    both = take(tiny, {"effects": {"*.breach.per_year": 0.8, "*.breach.*year": 0.5}}, "manila")
    one = take(tiny, {"effects": {"*.breach.per_year": 0.4}}, "manila")
    assert_same(cash_of(read(both))["manila"], cash_of(read(one))["manila"])
    two = take(tiny, {"effects": {"*.price": 0.7}}, "manila")
    two["mitigations"]["armour"] = {"effects": {"vendor.price": 1.3}}
    ways = []
    for order in (["armour", "shield"], ["shield", "armour"]):
        two["alternatives"]["manila"]["mitigations"] = order
        ways.append(cash_of(read(two))["manila"].flow)
    np.testing.assert_array_equal(*ways)


def test_mitigation_that_nobody_takes_moves_nothing(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the neutral default: an unused definition leaves every number as it was, and is warned of."""
    factor = {"low": 0.1, "likely": 0.2, "high": 0.3}
    scenario = read(take(tiny, {"once": "1M", "effects": {"*.price": factor}}))
    for name, cash in cash_of(read(tiny)).items():
        np.testing.assert_array_equal(cash_of(scenario)[name].flow, cash.flow)
    told = [f"{c.code} {c.path}" for c in scenario.warnings if "mitigations" in c.path]
    assert told == ["BP302 mitigations.shield"]


# ---------------------------------------------------------------- whom they act on


def test_one_team_is_mitigated_with_all_of_its_work(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the joining: the blend's in-house team, kept and still moving, has one attrition."""
    halved = deepcopy(tiny)
    turnover = halved["alternatives"]["in-house"]["legs"][0]["team"]["turnover"]
    turnover["attrition"] = {"low": 0.1, "likely": 0.15, "high": 0.225}
    expected = cash_of(read(halved))["blend"]
    for pattern in ("in-house.turnover.attrition", "*.team.turnover.attrition"):
        mitigated = cash_of(read(take(tiny, {"effects": {pattern: 0.5}}, "blend")))
        assert_same(mitigated["blend"], expected)


def test_outgoing_team_is_reached_only_by_its_name(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the rule for the baseline's team in manila: a wildcard leaves it, its name changes it."""
    halved = deepcopy(tiny)
    turnover = halved["alternatives"]["in-house"]["legs"][0]["team"]["turnover"]
    turnover["attrition"] = {"low": 0.1, "likely": 0.15, "high": 0.225}
    named = cash_of(read(take(tiny, {"effects": {"in-house.turnover.attrition": 0.5}}, "manila")))
    assert_same(named["manila"], cash_of(read(halved))["manila"])
    lower = deepcopy(tiny)
    vendor_of(lower)["turnover"]["attrition"] = 0.2
    wild = cash_of(read(take(tiny, {"effects": {"*.turnover.attrition": 0.5}}, "manila")))
    assert_same(wild["manila"], cash_of(read(lower))["manila"])


def test_baseline_may_take_one_itself(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the even-handed comparison: the baseline's own measure acts on it, not on the others."""
    plain, mitigated = (
        cash_of(read(tree))
        for tree in (tiny, take(tiny, {"effects": {"*.outage.cost_per_hour": 0.0}}, "in-house"))
    )
    assert not mitigated["in-house"].categories["outage"].any()
    np.testing.assert_array_equal(mitigated["manila"].flow, plain["manila"].flow)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.breach.per_year", "manila.vendor.risks.breach.per_year", True),
        ("breach.per_year", "manila.vendor.risks.breach.per_year", True),
        ("manila.breach.per_year", "krakow.team.risks.breach.per_year", False),
        ("*.breach", "manila.vendor.risks.breach.per_year", False),
        ("*.breach.*", "manila.vendor.risks.breach.per_year", True),
        ("*.breach.*", "manila.vendor.risks.breach.severity_factor", False),
        ("*.severity_factor", "manila.vendor.risks.breach.severity_factor", True),
        ("*.price", "manila.vendor.price.per_unit.amount", True),
        ("*.price", "manila.vendor.price.per_unit.commitment", False),
        ("*.price.commitment", "manila.vendor.price.per_unit.commitment", True),
        ("*.agent.salary", "krakow.team.roles.agent.salary.amount", True),
        ("*.lead.salary", "krakow.team.roles.agent.salary.amount", False),
        ("breach.manila.per_year", "manila.vendor.risks.breach.per_year", False),
    ],
)
def test_pattern(pattern: str, path: str, expected: bool) -> None:
    """Protects the meaning of a pattern: in this order, the last at the end, the amount unsaid."""
    assert fits(pattern, tuple(path.split("."))) is expected


# ---------------------------------------------------------------- when


def lagged_numbers() -> list[str]:
    """Return a pattern for each number that may lag, as a leg of the tiny scenario can have it."""
    below = {
        "Role": "roles.*", "Temporary": "temporary", "Hiring": "hiring", "Overtime": "overtime",
        "Turnover": "turnover", "Quality": "quality", "PerUnit": "price.per_unit", "PerFte": "price.per_fte",
        "FixedFee": "price.fixed_fee", "Band": "band", "ServiceLevel": "sla", "Governance": "governance",
        "Leakage": "leakage", "Recovery": "recovery", "Insurance": "insurance", "Vendor": "vendor",
        "EventRisk": "risks.*",
    }  # fmt: skip
    return [f"*.{below[kind]}.{field}" for kind, fields in MAY_LAG.items() for field in fields]


@pytest.mark.parametrize("pattern", lagged_numbers())
def test_lag_ends_on_the_month(tiny: Tree, read: Callable[[Tree], Scenario], pattern: str) -> None:
    """Protects the lag of each number that may have one: until the month as without, from then on as at once.

    Without stranded overhead, which remembers, and at the turn of a year, as insurance pays by the year.
    Hiring remembers the month before: it pays for a team's new size, see below.
    """
    del vendor_of(tiny)["transition"]["stranded_overhead"], tiny["correlations"]
    if ".roles." in pattern:
        for name in ("in-house", "krakow"):
            tiny["alternatives"][name]["legs"][0]["team"].pop("hiring", None)
    tiny["alternatives"]["in-house"]["legs"][0]["team"]["overtime"] = {"limit": 0.1}
    everyone = tuple(tiny["alternatives"])
    prices = {"per_fte": {"amount": 3000}, "fixed_fee": {"amount": 40_000}}
    for kind, price in prices.items():
        if f".{kind}." in pattern:
            vendor_of(tiny)["price"] = {kind: price}
    if pattern.endswith("roles.*.fixed"):
        tiny["alternatives"]["krakow"]["legs"][0]["team"]["roles"]["boss"] = {"fixed": 2, "salary": "100k"}
    for part in ("in-house", "manila", "krakow"):
        leg = tiny["alternatives"][part]["legs"][0]
        (leg.get("vendor") or leg["team"])["risks"]["breach"]["severity_factor"] = 0.9
    tiny["alternatives"]["krakow"]["legs"][0]["team"]["turnover"] |= {
        "training": "1k", "ramp_months": 2, "ramp_productivity": 0.5
    }  # fmt: skip
    tiny["alternatives"]["krakow"]["legs"][0]["team"]["quality"] |= {
        "turnover_sensitivity": 1,
        "distance": 1.1,
    }
    if pattern.endswith("commitment"):
        vendor_of(tiny)["price"]["per_unit"]["commitment"] = 1.0
    vendor_of(tiny)["governance"] |= {"travel": "9k", "tools": "5k"}
    runs = {
        lag: cash_of(read(take(tiny, {"lag": lag, "effects": {pattern: 0.97}}, *everyone)))
        for lag in (0, 12, 24)
    }
    plain = cash_of(read(tiny))
    touched = False
    for name, own in runs[12].items():
        scale = np.abs(own.flow).max()
        assert_same(runs[24][name], plain[name])
        np.testing.assert_allclose(own.flow[:13], plain[name].flow[:13], rtol=1e-12, atol=1e-12 * scale)
        if not pattern.endswith("per_year"):
            np.testing.assert_allclose(own.flow[13:], runs[0][name].flow[13:], rtol=1e-11, atol=1e-12 * scale)
        touched |= bool((np.abs(own.flow - plain[name].flow)[13:] > 1e-9 * scale).any())
    assert touched


def test_a_new_size_is_paid_for(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects hiring and training where a measure changes a team's size: 25 % more heads at 80 %.

    1,000 units a month at 50 an FTE are 20 FTE, from month 9 on 25, and a second boss: 6 are hired.  For the
    300 above the plan temporary staff do 6 FTE in months 7 and 8, then 7.5.
    """
    roles = {"agent": {"volume_per_fte": 50, "salary": 0}, "boss": {"fixed": 1, "salary": 0}}
    team = {
        "roles": roles,
        "staffing": "level",
        "hiring": {"per_hire": 1000, "per_release": 50},
        "temporary": {"premium": 0, "training": 100},
    }
    tiny |= {
        "start": "2027-01", "months": 12, "discount_rate": 0, "correlations": [],
        "world": {"volume": {"unit": "call", "per_month": 1000, "season": [0.7] * 6 + [1.3] * 6}},
        "alternatives": {
            "as it is": {"baseline": True, "legs": [{"team": team}]},
            "retooled": {"legs": [{"name": "other", "team": team}]},
        },
    }  # fmt: skip
    effects = {"*.agent.volume_per_fte": 0.8, "*.boss.fixed": 2}
    actual = base_case(read(take(tiny, {"lag": 8, "effects": effects}, "retooled")))["retooled"]
    expected = {7: 6.0 * 100, 9: (25 + 2 - 20 - 1) * 1000 + 1.5 * 100}
    assert [expected.get(t, 0.0) for t in range(13)] == pytest.approx(list(actual.flow), rel=1e-12, abs=1e-9)


def test_lagged_rate_keeps_a_part_of_the_same_events(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the thinning: after the lag a part f of the events stays as it was; before, all of them."""
    vendor = vendor_of(tiny)
    vendor["risks"] = {"outage": {"per_year": 6, "hours": 1, "cost_per_hour": 1}}
    tiny["alternatives"] = {
        "in-house": tiny["alternatives"]["in-house"],
        "manila": tiny["alternatives"]["manila"],
    }
    tiny["alternatives"]["in-house"]["legs"][0]["team"]["risks"] = {}
    del vendor["transition"], tiny["correlations"]
    plain = cash_of(read(tiny))["manila"]
    lagged = cash_of(read(take(tiny, {"lag": 12, "effects": {"*.outage.per_year": 0.3}}, "manila")))["manila"]
    gone = plain.flow[13:] - lagged.flow[13:]
    events_gone = np.round(gone).sum()
    expected, deviation = 0.7 * 6 * TRIALS, np.sqrt(0.7 * 6 * TRIALS)
    np.testing.assert_allclose(gone, np.round(gone), atol=1e-6)
    assert gone.min() > -1e-6
    assert abs(events_gone - expected) < 4 * deviation


def test_uncertain_lag_is_each_trials_own(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects an uncertain lag: with 0 and 12 months equally likely, half feel it in month 1."""
    lag = {"discrete": {"values": [0, 12], "weights": [1, 1]}}
    plain = cash_of(read(tiny))["manila"].flow
    lagged = cash_of(read(take(tiny, {"lag": lag, "effects": {"*.governance.audits": 0.0}}, "manila")))[
        "manila"
    ].flow
    early = np.mean(lagged[1] != plain[1])
    assert abs(early - 0.5) < 4 * 0.5 / np.sqrt(TRIALS)
    assert (lagged[13] != plain[13]).all()


# ---------------------------------------------------------------- what they cost


def test_costs_by_hand(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the cost: once, a twelfth of the year and a share of the fees each month, lag or not."""
    tiny["discount_rate"] = 0
    shield = {"once": 1200, "per_year": {"amount": 600, "currency": "PHP"}, "fee_share": "2%", "lag": 6}
    cash = cash_of(read(take(tiny, shield | {"effects": {"*.breach.per_year": 1}}, "manila")))["manila"]
    plain = cash_of(read(tiny))["manila"]
    fees = plain.categories["vendor_fees"]
    rate = (cash.categories["mitigation"] - 1200 - 0.02 * fees) / (24 * 600 / 12)
    np.testing.assert_allclose((cash.flow - plain.flow)[0], 1200, rtol=1e-9)
    assert abs(rate.mean() - 0.0172) < 4 * rate.std() / np.sqrt(TRIALS)
    certain = base_case(read(take(tiny, shield, "manila")))["manila"].categories
    expected = 1200 + 24 * 50 * 0.0172 + 0.02 * certain["vendor_fees"]
    assert certain["mitigation"] == pytest.approx(expected, rel=1e-12)


# ---------------------------------------------------------------- what is refused

REFUSED = [
    (
        {"effects": {"*.breach.severty": 0.9}},
        "BP204 mitigations.shield.effects.*.breach.severty: no number of a leg",
    ),
    (
        {"effects": {"world.volume.growth": 0.9}},
        "BP204 mitigations.shield.effects.world.volume.growth: no number",
    ),
    (
        {"effects": {"*.turnover.attrition": 3}},
        "BP201 mitigations.shield.effects.*.turnover.attrition: turnover.attr",
    ),
    (
        {"effects": {"*.vendor.productivity": 0}},
        "BP201 mitigations.shield.effects.*.vendor.productivity: productivity",
    ),
    (
        {"effects": {"*.breach.per_year": -1}},
        "BP201 mitigations.shield.effects.*.breach.per_year: -1 is not possible",
    ),
    (
        {"lag": 3, "effects": {"*.transition.delay": 0.5}},
        "BP201 mitigations.shield.lag: *.transition.delay means",
    ),
    (
        {"lag": 3, "effects": {"*.indexation.sensitivity": 0.5}},
        "BP201 mitigations.shield.lag: *.indexation.sensitiv",
    ),
    ({"cost": 3}, "BP104 mitigations.shield.cost: unknown key"),
]


@pytest.mark.parametrize(("mitigation", "expected"), REFUSED)
def test_refused(tiny: Tree, read: Callable[[Tree], Scenario], mitigation: Tree, expected: str) -> None:
    """Protects the writer: a slip is found when the file is read, with its place."""
    found = complaints_of(read, take(tiny, mitigation, "manila"))
    assert [text[: len(expected)] for text in found] == [expected]


def test_suggestions(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the remedies: a misspelt path and a misspelt name are answered with the right ones."""
    tree = take(tiny, {"effects": {"*.breach.severty": 0.9}}, "manila")
    tree["alternatives"]["krakow"]["mitigations"] = ["sheild", "shield", "shield"]
    found = complaints_of(read, tree)
    misspelt = "BP204 mitigations.shield.effects.*.breach.severty: no number of a leg is called so"
    assert found == [
        'BP204 alternatives.krakow.mitigations[0]: there is no mitigations.sheild; did you mean "shield"?',
        "BP204 alternatives.krakow.mitigations[2]: shield stands in the list already; remove it here",
        f'{misspelt}; did you mean "*.breach.severity"?',
    ]


def test_costs_without_effect_are_warned_of(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects against paying for nothing: krakow has no fraud risk, manila has no role to name."""
    found = {
        c.path: c.code
        for mitigation in (
            {"effects": {"*.fraud.per_year": 0.5}},
            {"effects": {"krakow.quality.error_rate": 0.5}},
        )
        for c in read(take(tiny, mitigation, "manila")).warnings
        if "shield" in c.what or "shield" in c.path
    }
    assert found == {
        "alternatives.manila.mitigations[0]": "BP302",
        "mitigations.shield.effects.krakow.quality.error_rate": "BP302",
    }


def test_every_number_that_may_lag_exists() -> None:
    """Protects the table: a class or field that is renamed does not stay in it unnoticed."""
    paths = {*possible(Team), *possible(Vendor)}
    missing = [
        f"{kind}.{field}" for kind, fields in MAY_LAG.items() for field in fields
        if not any(field in path for path in paths)
    ]  # fmt: skip
    assert missing == []


# ---------------------------------------------------------------- the library


def plain(node: Any) -> Any:  # noqa: ANN401 - a tree
    """Return a tree as nested data."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else str(node)


def measures_of_library() -> dict[str, Tree]:
    """Return every mitigation of the library that a scenario can take over."""
    found = {name: measures.node(f"mitigations.{name}") for name in measures.entries("mitigations")}
    return {name: plain(node) for name, node in found.items() if node is not None}


@pytest.mark.parametrize(("shelf", "letter", "count"), [("mitigations", "M", 44), ("clauses", "C", 15)])
def test_library_covers_the_register(shelf: str, letter: str, count: int) -> None:
    """Protects completeness: every row M1 to M44 and C1 to C15, usable or with the place where it lives."""
    entries = measures.entries(shelf)
    assert {str(entry["ref"]) for entry in entries.values()} == {f"{letter}{n}" for n in range(1, count + 1)}
    for name, entry in entries.items():
        allowed = {
            "ref",
            "meaning",
            "basis",
            "grade",
            "note",
            "lives",
            "switch",
            "measures",
            measures.PIECES[shelf],
        }
        assert entry.keys() <= allowed
        assert entry["grade"] in {"P", "S", "T", "C", "M"}
        assert measures.node(f"{shelf}.{name}") or measures.advice(f"{shelf}.{name}")
        assert {*entry.get("measures", ())} <= measures.entries("mitigations").keys()


@pytest.mark.parametrize("name", measures_of_library())
def test_measure_of_the_library_can_be_taken(tiny: Tree, read: Callable[[Tree], Scenario], name: str) -> None:
    """Protects each entry: it can be read, each effect means a number that a vendor or team can have."""
    scenario = read(take(tiny, measures_of_library()[name], "manila"))
    assert {warning.code for warning in scenario.warnings} <= {"BP301", "BP302"}
    assert scenario.annotations["mitigations.shield"]["source"].endswith(f"(grade M) [mitigations.{name}]")
    assert scenario.mitigations["shield"].effects


def test_all_measures_of_the_library_together(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects their joint use: no product leaves its range, everything is finite, breaches cost less."""
    tiny["mitigations"] = {
        name: measure
        | {"effects": {f'"{pattern}"': factor for pattern, factor in measure["effects"].items()}}
        for name, measure in measures_of_library().items()
    }
    before = cash_of(read(tiny))["manila"]
    tiny["alternatives"]["manila"]["mitigations"] = list(tiny["mitigations"])
    after = cash_of(read(tiny))["manila"]
    assert np.isfinite(after.flow).all()
    assert after.categories["mitigation"].min() > 0
    assert after.categories["data_breach"].mean() < before.categories["data_breach"].mean()
