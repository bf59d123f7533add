"""Clauses, risks and mitigations left out by name: what goes, what follows, and that nothing else moves."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from bposim import load
from bposim.cash import simulate_block
from bposim.cli import main
from bposim.errors import ScenarioError
from bposim.inputs.draws import StreamDraws
from bposim.library import measures
from bposim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.cash import Cash

Tree = dict[str, Any]
TINY = Path(__file__).parent / "data" / "tiny.yaml"


def cash_of(scenario: Scenario) -> dict[str, Cash]:
    """Return the cash of a small block."""
    return simulate_block(scenario, StreamDraws(5, 0, 128))


def changed(one: dict[str, Cash], other: dict[str, Cash]) -> dict[str, set[str]]:
    """Return the categories, by alternative, in which two runs differ in any bit."""
    different = {
        name: {
            category
            for category in own.categories.keys() | other[name].categories.keys()
            if not np.array_equal(
                own.categories.get(category, 0.0), other[name].categories.get(category, 0.0)
            )
        }
        for name, own in one.items()
    }
    return {name: categories for name, categories in different.items() if categories}


def refusals(scenario: Scenario, *names: str) -> list[str]:
    """Return the complaints about leaving these out."""
    with pytest.raises(ScenarioError) as refused:
        scenario.without(*names)
    return [str(complaint) for complaint in refused.value.complaints]


@pytest.fixture(scope="module")
def whole() -> Scenario:
    """Return the tiny scenario with all of its clauses."""
    return load(TINY)


@pytest.fixture(scope="module")
def whole_cash(whole: Scenario) -> dict[str, Cash]:
    """Return its cash."""
    return cash_of(whole)


# ---------------------------------------------------------------- what goes


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("manila.sla", {"manila": {"service_credits"}, "blend": {"service_credits"}}),
        ("blend.sla", {"blend": {"service_credits"}}),
        ("alternatives.manila.legs[0].vendor.sla", {n: {"service_credits"} for n in ("manila", "blend")}),
        ("manila.breach.recovery", {"manila": {"data_breach"}, "blend": {"data_breach"}}),
        ("in-house.risks.outage", {name: {"outage"} for name in ("in-house", "manila", "blend", "krakow")}),
        ("krakow.outage", {"krakow": {"outage"}}),
        ("blend.leakage", {"blend": {"taxes", "change_requests"}}),
        ("*.withholding", {"manila": {"taxes"}, "blend": {"taxes"}}),
    ],
)  # fmt: skip
def test_clause_goes_and_nothing_else_moves(
    whole: Scenario, whole_cash: dict[str, Cash], name: str, expected: dict[str, set[str]]
) -> None:
    """Protects the value of a clause: the two runs differ in its own lines alone, bit by bit.

    What is ``like`` the place goes with it, as ``--set`` would have it; a copy named by itself goes alone.
    The outgoing in-house team of the others is the in-house team.
    """
    assert changed(whole_cash, cash_of(whole.without(name))) == expected


def test_star_means_all(whole: Scenario) -> None:
    """Protects ``*.insurance``: no breach of any leg is insured any more."""
    bare = whole.without("*.insurance")
    risks = [leg.body.risks for alternative in bare.alternatives.values() for leg in alternative.legs]
    assert [risk.breach.insurance for risk in risks if risk.breach] == [None] * 5


def test_same_as_never_written(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the hash and the model: leaving out is the same as a file that never had the clauses."""
    never = deepcopy(tiny)
    vendor = never["alternatives"]["manila"]["legs"][0]["vendor"]
    del vendor["sla"], vendor["indexation"]["cap"], vendor["price"]["per_unit"]["band"]
    expected = read(never)
    actual = read(tiny).without("manila.sla", "indexation.cap", "per_unit.band")
    assert actual.sha256 == expected.sha256 != read(tiny).sha256
    assert actual == expected
    for name, cash in cash_of(expected).items():
        np.testing.assert_array_equal(cash_of(actual)[name].flow, cash.flow)


def test_default_takes_the_place_of_a_currency_clause(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects fx_clause: without one the client bears the rate, as the field's default says."""
    tiny["alternatives"]["manila"]["legs"][0]["vendor"]["fx_clause"] = "home"
    vendor = read(tiny).without("manila.fx_clause").alternatives["manila"].legs[0].vendor
    assert vendor is not None
    assert vendor.fx_clause.kind == "invoice"


def test_one_after_the_other(whole: Scenario) -> None:
    """Protects repeated use: two steps lead to the same scenario as one."""
    twice = whole.without("manila.sla").without("manila.leakage")
    assert twice == whole.without("manila.leakage", "manila.sla")
    assert twice.sha256 == whole.without("manila.leakage", "manila.sla").sha256


def test_neighbours_of_a_correlated_input_stay_put(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects pairing under dependence: an input keeps its draws when what it correlates with has gone."""
    indexation = tiny["alternatives"]["manila"]["legs"][0]["vendor"]["indexation"]
    indexation["cap"] = {"low": "3%", "likely": "5%", "high": "8%"}
    tiny["correlations"] += [["indexation.cap", "manila.price", 0.6], ["indexation.cap", "manila.once", 0.3]]
    before = read(tiny)
    after = before.without("indexation.cap")
    draws = StreamDraws(9, 0, 64)
    drawn = [
        {entry.name: value for entry, value in zip(s.uncertain.entries, values, strict=True)}
        for s in (before, after)
        for values in [s.uncertain.values(draws, s.dependence)]
    ]
    assert drawn[0].keys() - drawn[1].keys() == {"alternatives.manila.legs[vendor PH].vendor.indexation.cap"}
    for name, values in drawn[1].items():
        np.testing.assert_array_equal(values, drawn[0][name])


# ---------------------------------------------------------------- mitigations


@pytest.fixture
def shielded(tiny: Tree, read: Callable[[Tree], Scenario]) -> Scenario:
    """Return the tiny scenario whose manila and krakow take a mitigation of their breaches."""
    tiny["mitigations"] = {
        "shield": {"once": "10k", "effects": {"breach.per_year": {"low": 0.3, "likely": 0.5, "high": 1}}}
    }
    for name in ("manila", "krakow"):
        tiny["alternatives"][name]["mitigations"] = ["shield"]
    return read(tiny)


def test_mitigation_goes_from_all(shielded: Scenario, whole: Scenario, whole_cash: dict[str, Cash]) -> None:
    """Protects a mitigation's value: without it every number is what it was before it was thought of."""
    bare = shielded.without("shield")
    assert not bare.mitigations
    assert changed(whole_cash, cash_of(bare)) == {}
    assert [c.path for c in bare.warnings] == [c.path for c in whole.warnings]


def test_mitigation_goes_from_one(shielded: Scenario) -> None:
    """Protects ``manila.shield``: krakow keeps it, with the same draws."""
    both, one = cash_of(shielded), cash_of(shielded.without("manila.shield"))
    assert changed(both, one) == {"manila": {"mitigation", "data_breach"}}


# ---------------------------------------------------------------- what is refused


def test_unknown_names_are_all_answered(shielded: Scenario) -> None:
    """Protects the remedies: each name gets its own complaint and what it may have meant."""
    nothing = "the scenario has no such clause, risk or mitigation"
    assert refusals(shielded, "manila.slaa", "sheild", "blend.shield") == [
        f"--without:1:1 BP204 manila.slaa: {nothing}; did you mean manila.sla?",
        f"--without:1:1 BP204 sheild: {nothing}; did you mean shield?",
        "--without:1:1 BP204 blend.shield: blend does not take shield; there is nothing to leave out",
    ]


def test_several_meanings_are_refused(whole: Scenario) -> None:
    """Protects against too much: a name without a star means one clause."""
    (text,) = refusals(whole, "outage")
    assert text.startswith("--without:1:1 BP204 outage: this path fits 3 places: ")
    assert text.endswith("; write more of it, or *.outage for all")


def test_what_is_needed_cannot_go(whole: Scenario) -> None:
    """Protects the scenario: a contract without price is none, and the complaint says so."""
    (text,) = refusals(whole, "manila.price")
    assert "manila.price: the scenario does not work without it: " in text
    assert "the key is missing" in text
    (text,) = refusals(whole, "manila.quality")
    assert "sla measures accuracy" in text


def test_scenario_from_python_says_why_not(whole: Scenario) -> None:
    """Protects the Python interface: what was not read from a file has no clauses to leave out by path."""
    made = Scenario.model_validate(whole.model_copy())
    made = made.described(whole.sha256, (), {})
    with pytest.raises(ValueError, match="not read from a file"):
        made.without("manila.sla")


# ---------------------------------------------------------------- command line


def test_run_without(tmp_path: Path) -> None:
    """Protects ``--without`` of run: the same as the Python function, and told in the manifest."""
    folder = tmp_path / "out"
    arguments = [
        "run",
        str(TINY),
        "-n",
        "64",
        "--without",
        "manila.sla",
        "--without",
        "*.insurance",
        "-o",
        str(folder),
    ]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert load(TINY, without=("manila.sla", "*.insurance")).sha256 in text
    assert '"*.insurance"' in text


def test_plan_without() -> None:
    """Protects ``--without`` of plan: the clause has gone from the base case; a wrong name ends with 2."""
    whole, bare = (
        CliRunner().invoke(main, ["plan", str(TINY), "-n", "64", *more])
        for more in ([], ["--without", "manila.sla"])
    )
    assert "service credits" in whole.stdout
    assert "service credits" not in bare.stdout
    wrong = CliRunner().invoke(main, ["plan", str(TINY), "--without", "manila.slaa"])
    assert wrong.exit_code == 2
    assert "did you mean manila.sla?" in wrong.stderr


# ---------------------------------------------------------------- the library

PLACES = {
    "sla": "sla", "scope-and-band": "price.per_unit.band", "liability": "risks.breach.recovery",
    "change-management": "leakage", "exit-support": "dependence", "termination": "termination",
    "indexation": "indexation", "currency": "fx_clause", "minimum-volume": "price.per_unit.commitment",
    "dispute-resolution": "risks.dispute.severity_factor", "ownership": "risks.ip_loss.severity_factor",
}  # fmt: skip


def plain(node: Any) -> Any:  # noqa: ANN401 - a tree
    """Return a tree as nested data."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else str(node)


def test_every_clause_of_the_library_has_its_place() -> None:
    """Protects the test below: it looks at each clause that can be taken over, at the place it names."""
    lives = {name: str(entry.get("lives", "")) for name, entry in measures.entries("clauses").items()}
    usable = {name: lives[name].removeprefix("vendor.") for name in lives if measures.node(f"clauses.{name}")}
    assert usable == PLACES


@pytest.mark.parametrize("name", PLACES)
def test_clause_of_the_library_can_be_used_and_switched_off(
    tiny: Tree, read: Callable[[Tree], Scenario], name: str
) -> None:
    """Protects each clause: at its place it is valid, and its switch brings back the scenario without it."""
    entry = measures.entries("clauses")[name]
    piece = plain(measures.node(f"clauses.{name}"))
    vendor = tiny["alternatives"]["manila"]["legs"][0]["vendor"]
    vendor["risks"]["dispute"] = {"per_year": 0.2, "severity": 10_000}
    vendor["risks"]["ip_loss"] = {"per_year": 0.1, "severity": 50_000}
    *way, last = PLACES[name].split(".")
    for step in way:
        vendor = vendor[step]
    vendor.pop(last, None)
    bare = read(tiny)
    vendor[last] = piece | ({"wages_of": "PH"} if name == "indexation" else {})
    scenario = read(tiny)
    assert scenario != bare
    if "switch" in entry:
        assert scenario.without(f"manila.{str(entry['switch']).removeprefix('*.')}").sha256 == bare.sha256
