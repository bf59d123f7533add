"""``like: library.…`` in a scenario: what comes over, under which name, and what is said if nothing does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bposim.errors import ScenarioError
from bposim.files import load
from bposim.files.resolved import EXCLUSIVE
from bposim.library import defaults_used
from bposim.library.catalogue import SHELF
from bposim.sharing import resolve, take_annotations
from bposim.tree import Map, walk
from bposim.yaml_tree import load_tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.errors import Complaint
    from bposim.scenario import Scenario

PHILIPPINES = "library: Towers Watson via Philippine Daily Inquirer 2014 (grade S), range ours (grade M) "


def _resolved(text: str) -> Any:  # noqa: ANN401 - tests reach deep into the tree
    return resolve(read_tree(text, "s.yaml"), families=EXCLUSIVE, library=SHELF)


def _complaint(text: str) -> Complaint:
    with pytest.raises(ScenarioError) as caught:
        _resolved(text)
    (complaint,) = caught.value.complaints
    return complaint


def test_a_default_comes_over_with_its_source_and_the_place_of_its_use() -> None:
    """Protects the main use: numbers and source as in the library, place and origin as in the scenario."""
    tree = _resolved("a: 1\nb:\n  attrition: {like: library.attrition.philippines.bpo}\n")
    attrition = tree["b"]["attrition"]
    assert attrition == {
        "low": "18%",
        "likely": "28%",
        "high": "45%",
        "source": f"{PHILIPPINES}[attrition.philippines.bpo]",
    }
    assert attrition.origin == "b.attrition"
    assert str(attrition["low"].mark) == str(attrition.key_marks["low"])
    assert (attrition["low"].mark.file, attrition["low"].mark.line) == ("s.yaml", 3)


def test_two_places_are_two_draws_and_a_shared_one_is_one() -> None:
    """Protects independence: own attrition is not the vendor's, unless the scenario says that it is."""
    tree = _resolved(
        "x: {like: library.attrition.us.contact_centre}\n"
        "y: {like: library.attrition.us.contact_centre}\n"
        "z: {like: x}\n"
    )
    assert [tree[name].origin for name in "xyz"] == ["x", "y", "x"]


def test_a_piece_of_a_profile_has_origins_all_the_way_down() -> None:
    """Protects the names of draws inside a profile: they begin with the place of use, never with library."""
    tree = _resolved("a: {t: {like: library.profiles.service.it_services.team}}")
    origins = {".".join(names): node.origin for names, node in walk(tree) if isinstance(node, Map)}
    assert origins["a.t.roles.technician.salary"] == "a.t.roles.technician.salary"
    assert all(path == origin for path, origin in origins.items())


def test_own_keys_go_over_the_library_and_take_its_source_with_them() -> None:
    """Protects the sources: a number that replaces the library's does not keep the library's name."""
    tree = _resolved(
        "a: {like: library.attrition.us.contact_centre, uniform: {low: 1%, high: 2%}}\n"
        "b: {like: library.attrition.us.contact_centre, source: own leavers}\n"
        "c: {like: library.profiles.service.it_services.turnover, attrition: {value: 9%}}\n"
    )
    assert tree["a"] == {"uniform": {"low": "1%", "high": "2%"}}
    assert (tree["b"]["likely"], tree["b"]["source"]) == ("33%", "own leavers")
    assert tree["c"]["attrition"] == {"value": "9%"}
    assert "source" in tree["c"]


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("attrition.philipines.bpo", 'did you mean "library.attrition.philippines.bpo"?'),
        ("attrition.philippines", 'did you mean "library.attrition.philippines.bpo"?'),
        ("profiles.location.polnd.wages", 'did you mean "library.profiles.location.poland.wages"?'),
        ("xyzzy", "`bposim library` lists what there is"),
        (
            "savings.net.mixed",
            "it is for comparison only and has no default; `bposim library savings.net.mixed` shows it",
        ),
    ],
)
def test_what_the_library_does_not_have_is_said_with_the_nearest(key: str, remedy: str) -> None:
    """Protects the complaint: code, place in the scenario, and what could have been meant."""
    complaint = _complaint(f"a: 1\nb: {{like: library.{key}}}\n")
    assert (complaint.code, complaint.path) == ("BP110", "b")
    assert complaint.what == f'there is no "library.{key}" to be like'
    assert complaint.remedy == remedy
    assert complaint.mark is not None
    assert complaint.mark.line == 2


def test_a_scenario_may_have_a_library_of_its_own() -> None:
    """Protects names: a top-level library: in the file is meant before bposim's."""
    assert _resolved("library: {a: {value: 1}}\nb: {like: library.a}")["b"] == {"value": "1"}


def test_without_a_library_the_path_is_looked_for_in_the_scenario() -> None:
    """Protects resolve() as it was: who hands over no library gets the usual complaint."""
    with pytest.raises(ScenarioError) as caught:
        resolve(read_tree("b: {like: library.finance.discount_rate}", "s.yaml"))
    assert caught.value.complaints[0].code == "BP110"


def test_sources_of_the_library_become_annotations_with_key_and_grade(
    read: Callable[[dict[str, Any]], Scenario],
) -> None:
    """Protects the list of defaults: path, key and grade, weakest first; others' sources are left out."""
    role = {
        "volume_per_fte": 800,
        "salary": {"value": "40k", "source": "own payroll"},
        "oncost": {"like": "library.labour.us.benefits"},
    }
    turnover = {"attrition": {"like": "library.attrition.us.contact_centre"}}
    scenario = read(
        {
            "discount_rate": "8%",
            "world": {"volume": {"unit": "call", "per_month": 8_000, "margin_per_unit": 1}},
            "alternatives": {
                "home": {"baseline": True, "team": {"roles": {"agent": role}, "turnover": turnover}},
                "away": {"vendor": {"price": {"fixed_fee": {"amount": "20k"}}}},
            },
        }
    )
    assert defaults_used(scenario) == [
        ("alternatives.home.team.turnover.attrition", "attrition.us.contact_centre", "M"),
        ("alternatives.home.team.roles.agent.oncost", "labour.us.benefits", "C"),
    ]


def test_annotations_are_those_of_the_library() -> None:
    """Protects take_annotations on what comes from the library: the bare tree is a plain number."""
    bare, notes = take_annotations(_resolved("r: {like: library.finance.discount_rate}"))
    assert bare == {"r": {"value": "8%"}}
    assert notes["r"]["source"].endswith("range ours (grade M) [finance.discount_rate]")


def test_a_piece_of_a_profile_brings_the_source_of_the_whole() -> None:
    """The delay alone is taken from a transition whose source stands one level up."""
    delay = SHELF.node("profiles.location.poland.transition.delay")
    assert isinstance(delay, Map)
    assert str(delay["source"]).endswith("(grade M) [profiles.location.poland.transition]")


def test_a_source_covers_only_what_is_written_beside_it() -> None:
    """My quote did not say how wide the band is: that is still the library's."""
    piece = "library.profiles.service.back_office.vendor_offshore"
    text = f"vendor: {{like: {piece}, price: {{per_unit: {{amount: 4, source: my quote}}}}}}"
    _, taken = take_annotations(resolve(read_tree(text, "f"), families=EXCLUSIVE, library=SHELF))
    assert taken["vendor.price.per_unit"]["source"] == "my quote"
    assert taken["vendor.price.per_unit.band"]["source"].startswith("library: ")


def test_a_source_covers_no_single_value_that_it_was_not_given_for() -> None:
    """The commitment of a profile, a mere number, stays the library's beside my quote."""
    piece = "library.profiles.service.back_office.vendor_offshore"
    text = f"vendor: {{like: {piece}, price: {{per_unit: {{amount: 4, source: my quote}}}}}}"
    whole = resolve(read_tree(text, "f"), families=EXCLUSIVE, library=SHELF)
    _, taken = take_annotations(whole)
    below = {key for key in taken if key.startswith("vendor.price.per_unit.")}
    assert "vendor.price.per_unit.commitment" in below
    assert all(taken[key]["source"].startswith("library: ") for key in below)


def test_a_base_file_keeps_the_source_of_its_numbers(tmp_path: Path) -> None:
    """A new bid with its source says nothing about the commitment that the base file has from the old one."""
    (tmp_path / "base.yaml").write_text(
        "vendor: {per_unit: {amount: 4, commitment: 70%, source: old bid}}", encoding="utf-8"
    )
    top = read_tree(
        "{extends: base.yaml, vendor: {per_unit: {amount: 5, source: new bid}}}", str(tmp_path / "top.yaml")
    )
    _, taken = take_annotations(resolve(top, families=EXCLUSIVE, read=load_tree))
    assert {path: notes["source"] for path, notes in taken.items()} == {
        "vendor.per_unit": "new bid",
        "vendor.per_unit.commitment": "old bid",
    }


IN_DOLLARS = Path(__file__).parents[1] / "bad" / "bp209-library-in-dollars.yaml"


def test_only_what_is_in_dollars_is_refused_in_euro(tmp_path: Path) -> None:
    """Protects a scenario in euro: the rest of a piece of the library stays of use."""
    text = IN_DOLLARS.read_text(encoding="utf-8").replace(".fx}", ".fx, spot: 0.234, volatility: 6%}")
    path = tmp_path / "s.yaml"
    path.write_text(text.replace("{like: library.security.breach.cost}", "4M"), encoding="utf-8")
    assert load(path).world.fx["PLN"].model_dump()["spot"] == pytest.approx(0.234)
    path.write_text(text.replace("base_currency: EUR", "base_currency: USD"), encoding="utf-8")
    assert load(path).base_currency == "USD"
