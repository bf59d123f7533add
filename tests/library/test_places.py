"""``source: library``: what was left out is filled where one default belongs, and refused where none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from bposim.cash import base_case
from bposim.engine import simulate
from bposim.errors import ScenarioError
from bposim.library import defaults_used, load
from bposim.library.outside_view import ATTRITION
from bposim.library.places import _ALONE, _OF_BODY, _OF_WORLD, WAGES_OF
from bposim.report.plan import plan
from bposim.scenario import Scenario
from bposim.tree import Map

Tree: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[Tree], Scenario]

FROM_LIBRARY = {"source": "library"}


def body(tree: Tree, alternative: str, kind: str) -> Tree:
    """Return the only leg's team or vendor."""
    found: Tree = tree["alternatives"][alternative]["legs"][0][kind]
    return found


def defaults(scenario: Scenario) -> dict[str, str]:
    """Return the library's key by the place that took it."""
    return {default.path: default.key for default in defaults_used(scenario)}


def test_volatility_that_was_left_out(tiny: Tree, read: Read) -> None:
    """Protects the memo's form: {spot, model, source: library} takes the volatility, and says so."""
    tiny["world"]["fx"]["PHP"] = {"spot": "0.0172", "model": "gbm"} | FROM_LIBRARY
    scenario = read(tiny)
    assert defaults(scenario) == {"world.fx.PHP.volatility": "fx.volatility.php"}
    assert getattr(scenario.world.fx["PHP"], "volatility", None) == load()["fx.volatility.php"].default
    listed = plan(scenario, base_case(scenario))["library_defaults"]
    assert [(row["path"], row["grade"]) for row in listed] == [("world.fx.PHP.volatility", "C")]


def test_same_numbers_as_like(tiny: Tree, read: Read) -> None:
    """Protects the meaning: it is what ``like: library.…`` at the number is, to the last draw."""
    filled, liked = tiny, {**tiny, "world": {**tiny["world"], "wages": dict(tiny["world"]["wages"])}}
    liked["world"]["wages"]["PL"] = {
        "inflation": {"like": "library.wages.poland.inflation"},
        "review_noise": "1%",
    }
    expected = simulate(read(liked), 100, 3).digest
    for written in (
        {"review_noise": "1%"} | FROM_LIBRARY,
        {"review_noise": "1%", "inflation": FROM_LIBRARY},
    ):
        filled["world"]["wages"]["PL"] = written
        assert simulate(read(filled), 100, 3).digest == expected


def test_what_is_given_stays(tiny: Tree, read: Read) -> None:
    """Protects own figures, and old files in which the word was only a remark."""
    tiny["world"]["fx"]["PHP"] |= FROM_LIBRARY
    scenario = read(tiny)
    assert defaults(scenario) == {}
    assert getattr(scenario.world.fx["PHP"], "volatility", None) == 0.055
    assert scenario.annotations["world.fx.PHP"] == FROM_LIBRARY


def test_parts_of_a_contract(tiny: Tree, read: Read) -> None:
    """Protects the other places: indexation, leakage, governance by distance, renewal, a team's turnover."""
    vendor = body(tiny, "manila", "vendor")
    vendor["indexation"] = {"wages_of": "PH", "cap": "8%"} | FROM_LIBRARY
    vendor["leakage"] = dict(FROM_LIBRARY)
    vendor["governance"] = {"retained_fte": 1, "cost_per_fte": "100k"} | FROM_LIBRARY
    vendor["renewal_uplift"] = dict(FROM_LIBRARY)
    vendor["turnover"] = dict(FROM_LIBRARY)
    tiny["discount_rate"] = dict(FROM_LIBRARY)
    at = "alternatives.manila.legs[vendor PH].vendor"
    found = defaults(read(tiny))
    assert found == {
        "discount_rate": "finance.discount_rate",
        f"{at}.indexation.sensitivity": "commercial.indexation.sensitivity",
        f"{at}.indexation.floor": "commercial.indexation.floor",
        f"{at}.leakage.change_requests": "commercial.change.share_of_fees",
        f"{at}.leakage.change_premium": "commercial.change.premium",
        f"{at}.governance.fee_share": "governance.share_of_fees_offshore",
        f"{at}.renewal_uplift": "commercial.renewal.uplift",
        f"{at}.turnover.attrition": "attrition.philippines.bpo",
        f"{at}.turnover.ramp_months": "attrition.ramp.months",
        f"{at}.turnover.ramp_productivity": "attrition.ramp.productivity",
    }


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (
            lambda t: body(t, "in-house", "team").update(turnover=dict(FROM_LIBRARY)),
            "alternatives.in-house.legs[0].team.turnover.source",
            "{like: library.attrition.us.back_office} or {like: library.attrition.us.contact_centre}",
        ),
        (
            lambda t: t["world"]["fx"].update(PHP={"spot": "0.0172", "model": "fixed"} | FROM_LIBRARY),
            "world.fx.PHP.source",
            "the library has no volatility for PHP; write volatility: yourself",
        ),
        (
            lambda t: t["world"]["wages"].update(PL=dict(FROM_LIBRARY), DE=dict(FROM_LIBRARY)),
            "world.wages.DE.source",
            "the library has no inflation for DE; write inflation: yourself",
        ),
        (
            lambda t: t["world"]["volume"]["noise"].update(FROM_LIBRARY),
            "world.volume.noise.source",
            "write like: library.<key> at a number of it",
        ),
    ],
)
def test_nothing_is_guessed(
    tiny: Tree, read: Read, change: Callable[[Tree], None], path: str, said: str
) -> None:
    """Protects from a figure that nobody chose: one complaint, its place, and what to write instead."""
    change(tiny)
    with pytest.raises(ScenarioError) as caught:
        read(tiny)
    assert [(c.code, c.path) for c in caught.value.complaints] == [("BP204", path)]
    assert said in f"{caught.value.complaints[0].what}; {caught.value.complaints[0].remedy}"


def test_every_entry_that_is_named_has_a_default() -> None:
    """Protects the tables: a renamed entry of the library is found out here."""
    bare = Map({"alternatives": Map()})
    candidates = [rule(bare, ("world", "fx", "PHP")) for rule in _OF_WORLD.values()]
    candidates += [rule(bare, ("alternatives", "a", "legs", 0, "vendor")) for rule in _OF_BODY.values()]
    named = {
        entry for found in (*candidates, *_ALONE.values()) for entries in found.values() for entry in entries
    }
    named |= {entry for entries in ATTRITION.values() for entry in entries} | set(WAGES_OF.values())
    assert len(named) > 15
    assert [entry for entry in sorted(named) if load()[entry].node is None] == []
