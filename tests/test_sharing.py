"""What is written once and used again: ``like:``, ``extends:``, ``--set`` and annotations."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

import pytest

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.sharing import find, resolve, set_value, take_annotations
from bposim.tree import List, Map, Text, walk
from bposim.yaml_tree import load_tree, read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.tree import Node

FAMILIES = (
    frozenset({"normal", "pert", "low", "likely", "high", "value"}),
    frozenset({"team", "vendor"}),
    frozenset({"per_unit", "per_fte", "fixed_fee"}),
)

CENTRES = """
alternatives:
  in-house:
    baseline: true
    team: {country: US, wage: {low: 1, likely: 2, high: 3}}
  manila:
    legs:
      - vendor:
          country: PH
          term: 36
          price: {per_unit: {amount: {low: 3, likely: 4, high: 5}, currency: USD}}
"""
MANILA = {
    "country": "PH",
    "term": "36",
    "price": {"per_unit": {"amount": {"low": "3", "likely": "4", "high": "5"}, "currency": "USD"}},
}


def _resolved(text: str) -> Any:  # noqa: ANN401 - tests reach deep into the tree
    return resolve(read_tree(text, "s.yaml"), families=FAMILIES)


def _complaints(text: str) -> tuple[Complaint, ...]:
    with pytest.raises(ScenarioError) as caught:
        _resolved(text)
    return caught.value.complaints


def _the_complaint(text: str) -> Complaint:
    (complaint,) = _complaints(text)
    return complaint


def _origins(tree: Map) -> dict[str, str]:
    return {".".join(names): node.origin for names, node in walk(tree) if isinstance(node, Map)}


# -- like: between alternatives and legs ------------------------------------------------------------------


def test_a_leg_written_directly_becomes_the_only_leg() -> None:
    """Protects the shorthand: {team: …} is {legs: [{team: …}]}, with the team's origin as it was written."""
    in_house = _resolved(CENTRES)["alternatives"]["in-house"]
    assert in_house == {
        "baseline": "true",
        "legs": [{"team": {"country": "US", "wage": {"low": "1", "likely": "2", "high": "3"}}}],
    }
    assert in_house["legs"][0]["team"].origin == "alternatives.in-house.team"
    assert in_house["legs"].mark == Mark("s.yaml", 5, 5)
    assert in_house["legs"][0].mark == Mark("s.yaml", 5, 5)


def test_legs_and_shorthand_together_are_left_to_validation() -> None:
    """Protects against a silent choice between two descriptions of the legs."""
    text = "alternatives: {a: {legs: [{team: {x: 1}}], vendor: {y: 2}}}"
    assert _resolved(text) == read_tree(text, "f")


def test_alternative_like_another() -> None:
    """Protects the deep merge: own keys win, the rest is the base's, and `like` itself is gone."""
    cebu = _resolved(CENTRES + "  cebu: {like: manila, vendor: {term: 24}}\n")["alternatives"]["cebu"]
    assert cebu == {"legs": [{"vendor": MANILA | {"term": "24"}}]}
    assert cebu["legs"][0]["vendor"]["term"].mark == Mark("s.yaml", 12, 39)
    assert cebu["legs"][0]["vendor"]["country"].mark == Mark("s.yaml", 9, 20)


def test_being_like_the_baseline_does_not_make_a_baseline() -> None:
    """Protects the single baseline; one's own `baseline` stays."""
    alternatives = _resolved(CENTRES + "  a: {like: in-house}\n  b: {like: in-house, baseline: true}\n")[
        "alternatives"
    ]
    assert "baseline" not in alternatives["a"]
    assert alternatives["b"]["baseline"] == "true"
    assert alternatives["in-house"]["baseline"] == "true"


def test_own_legs_replace_the_legs_taken_over() -> None:
    """Protects `legs:` as a whole: lists replace, they are not merged by position."""
    a = _resolved(CENTRES + "  a: {like: manila, legs: [{share: 100%, like: in-house}]}\n")["alternatives"][
        "a"
    ]
    assert a["legs"] == [
        {"share": "100%", "team": {"country": "US", "wage": {"low": "1", "likely": "2", "high": "3"}}}
    ]


def test_leg_like_an_alternative() -> None:
    """Protects the blend of USERS §1, with an override in one leg and a chain of likes."""
    blend = _resolved(
        CENTRES
        + "  cebu: {like: manila}\n"
        + "  blend: {legs: [{share: 40%, like: in-house}, {share: 60%, like: cebu, vendor: {term: 12}}]}\n"
    )["alternatives"]["blend"]
    assert [leg["share"] for leg in blend["legs"]] == ["40%", "60%"]
    assert blend["legs"][0]["team"]["country"] == "US"
    assert blend["legs"][1]["vendor"] == MANILA | {"term": "12"}


def test_a_leg_of_the_other_kind_replaces() -> None:
    """Protects {team, vendor}: a vendor in place of a team leaves no team behind."""
    a = _resolved(CENTRES + "  a: {like: in-house, vendor: {country: PL}}\n")["alternatives"]["a"]
    assert a["legs"] == [{"vendor": {"country": "PL"}}]
    assert a["legs"][0].origin == "alternatives.a.legs[0]"


def test_leg_like_an_alternative_of_two_legs() -> None:
    """Protects against taking the first leg in silence."""
    text = CENTRES + "  b: {legs: [{like: manila}, {like: manila}]}\n  c: {legs: [{like: b}]}\n"
    complaint = _the_complaint(text)
    assert ("BP110", "alternatives.c.legs[0]", Mark("s.yaml", 13, 21)) == (
        complaint.code, complaint.path, complaint.mark,
    )  # fmt: skip
    assert '"b" has 2 legs' in complaint.what
    fixed = _resolved(text.replace("like: b}", 'like: "alternatives.b.legs[0]"}'))
    assert fixed["alternatives"]["c"]["legs"][0]["vendor"] == MANILA
    assert _resolved(text.replace("like: b}", "like: alternatives.b.legs.0}")) == fixed


def test_shorthand_over_two_legs() -> None:
    """Protects against changing one of two legs at random."""
    complaint = _the_complaint(
        CENTRES + "  b: {legs: [{like: manila}, {like: manila}]}\n  c: {like: b, vendor: {term: 1}}\n"
    )
    assert (complaint.path, complaint.remedy) == ("alternatives.c.vendor", "write legs: in full")


# -- like: by path ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "term"), [
    ("alternatives.manila.legs.0.vendor", "36"),
    ('"alternatives.manila.legs[0].vendor"', "36"),
    ("alternatives.manila.vendor", "36"),
    ("alternatives.cebu.vendor", "24"),
    ("alternatives.cebu.legs.0.vendor", "24"),
    ("alternatives.davao.legs.0.vendor", "24"),
])  # fmt: skip
def test_like_a_path(target: str, term: str) -> None:
    """Protects paths into what is itself taken over, whichever way the leg is written."""
    followers = "  cebu: {like: manila, vendor: {term: 24}}\n  davao: {like: cebu}\n"
    text = f"x: {{like: {target}, extra: 1}}\n{CENTRES}{followers}"
    assert _resolved(text)["x"] == MANILA | {"term": term, "extra": "1"}


def test_like_the_virtual_leg() -> None:
    """Protects a path to a leg that stands in the file only as shorthand, even from its own neighbourhood."""
    tree = _resolved(
        "x: {like: alternatives.a.legs.0}\n"
        "alternatives: {a: {team: {b: {like: alternatives.a.legs.0.team.c}, c: {d: 1}}}}"
    )
    assert tree["x"] == {"team": {"b": {"d": "1"}, "c": {"d": "1"}}}


def test_order_in_the_file_means_nothing() -> None:
    """Protects forward references."""
    forward = _resolved("a: {like: b, x: 1}\nb: {like: c, y: 2}\nc: {z: 3}")
    backward = _resolved("c: {z: 3}\nb: {like: c, y: 2}\na: {like: b, x: 1}")
    assert (
        forward
        == backward
        == {"a": {"x": "1", "y": "2", "z": "3"}, "b": {"y": "2", "z": "3"}, "c": {"z": "3"}}
    )


def test_like_deep_inside_lists() -> None:
    """Protects `like` in any mapping, also within a list and within what another mapping takes over."""
    tree = _resolved("a: [[{like: b.c}]]\nb: {c: {d: {like: e}}}\ne: {f: 1}\ng: {like: b}")
    assert tree["a"] == [[{"d": {"f": "1"}}]]
    assert tree["g"] == {"c": {"d": {"f": "1"}}}


# -- merge rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "own", "merged"), [
    ("{low: 1, likely: 2, high: 3}", "{normal: {mean: 1, sd: 2}}", {"normal": {"mean": "1", "sd": "2"}}),
    ("{normal: {mean: 1, sd: 2}}", "{normal: {sd: 3}}", {"normal": {"mean": "1", "sd": "3"}}),
    ("{low: 1, likely: 2, high: 3}", "{high: 5}", {"high": "5"}),
    ("{p10: 1, p50: 2, p90: 3}", "{p5: 1, p95: 4}", {"p5": "1", "p95": "4"}),
    ("{p10: 1, p90: 3}", "{low: 1, likely: 2, high: 3}", {"low": "1", "likely": "2", "high": "3"}),
    ("{low: 1, high: 3, min: 0}", "{p2.5: 1, p50: 2}", {"min": "0", "p2.5": "1", "p50": "2"}),
    ("{price: 1, term: 2}", "{price: 3}", {"price": "3", "term": "2"}),
    ("{price: {low: 1}}", "{price: 3}", {"price": "3"}),
    ("{price: 3}", "{price: {low: 1}}", {"price": {"low": "1"}}),
    ("{season: [1, 2, 3]}", "{season: [4]}", {"season": ["4"]}),
    ("{per_unit: {a: 1}, term: 1}", "{per_fte: {b: 2}}", {"term": "1", "per_fte": {"b": "2"}}),
    ("{per_unit: {a: 1}, fixed_fee: 9}", "{per_unit: {b: 2}}", {"per_unit": {"a": "1", "b": "2"}}),
])  # fmt: skip
def test_merge(base: str, own: str, merged: dict[str, object]) -> None:
    """Protects the merge of mappings and the families of keys that exclude each other."""
    tree = _resolved(f"base: {base}\nown: {own[:1]}like: base, {own[1:]}")
    assert merged == tree["own"]


def test_without_families_nothing_is_dropped() -> None:
    """Protects the meaning of `families`: it alone decides which keys exclude each other."""
    assert resolve(read_tree("a: {p10: 1}\nb: {like: a, p50: 2}", "f"))["b"] == {"p10": "1", "p50": "2"}


def test_origins_make_one_draw_of_what_is_shared() -> None:
    """Protects common random numbers: what is taken over keeps its origin, what is replaced does not."""
    tree = _resolved(
        CENTRES
        + "  cebu: {like: manila, vendor: {term: 24}}\n"
        + "  davao: {like: manila, vendor: {price: {per_unit: {amount: {normal: {mean: 4, sd: 1}}}}}}\n"
        + "  iloilo: {like: manila, vendor: {price: {per_unit: {amount: {low: 1, likely: 2, high: 3}}}}}\n"
    )
    found = _origins(tree)
    price = "legs[0].vendor.price.per_unit"
    assert found["alternatives.cebu"] == "alternatives.manila"
    assert found[f"alternatives.cebu.{price}.amount"] == f"alternatives.manila.{price}.amount"
    assert found[f"alternatives.davao.{price}"] == f"alternatives.manila.{price}"
    assert found[f"alternatives.davao.{price}.amount"] == "alternatives.davao.vendor.price.per_unit.amount"
    assert found[f"alternatives.iloilo.{price}.amount"] == "alternatives.iloilo.vendor.price.per_unit.amount"


def test_a_parameter_changed_keeps_the_draw() -> None:
    """Protects comparisons: the same distribution with another spread is still the same uncertain thing."""
    tree = _resolved("a: {x: {normal: {mean: 1, sd: 2}}}\nb: {like: a, x: {normal: {sd: 3}}}")
    assert (tree["b"]["x"].origin, tree["b"]["x"]["normal"].origin) == ("a.x", "a.x.normal")


def test_input_is_not_changed() -> None:
    """Protects callers that keep the tree as written, for `diff` and `export`."""
    tree = read_tree(CENTRES + "  cebu: {like: manila, vendor: {term: 24}}\n", "s.yaml")
    before = copy.deepcopy(tree)
    resolve(tree, families=FAMILIES)
    set_value(tree, "months", "3")
    set_value(tree, "cebu.vendor.term", "3")
    take_annotations(tree)
    assert before == tree
    assert before.key_marks == tree.key_marks
    assert _origins(before) == _origins(tree)


def test_a_tree_without_sharing_stays_as_it_is() -> None:
    """Protects marks and origins of everything that shares nothing."""
    tree = read_tree("a: {b: [1, {c: 2}]}\nd: '3'", "f")
    same = resolve(tree)
    assert same == tree
    assert same["a"] is tree["a"]


# -- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "path", "way"), [
    ("a: {like: a}", "a", "a"),
    ("a: {like: b}\nb: {like: a}", "b", "a -> b -> a"),
    ("a: {b: {like: a}}", "a.b", "a -> a.b -> a"),
    ("a: {b: {like: c}}\nc: {like: d}\nd: {like: a.b}", "d", "a.b -> c -> d -> a.b"),
    ("alternatives: {a: {legs: [{like: a}]}}", "alternatives.a.legs[0]",
     "alternatives.a -> alternatives.a.legs[0] -> alternatives.a"),
])  # fmt: skip
def test_circles(text: str, path: str, way: str) -> None:
    """Protects against endless sharing; the circle is printed, once."""
    complaint = _the_complaint(text)
    assert ("BP110", path, f"like: goes in a circle: {way}") == (
        complaint.code,
        complaint.path,
        complaint.what,
    )


@pytest.mark.parametrize(("addition", "said", "remedy"), [
    ("  x: {like: manilla}", 'no "manilla"', 'did you mean "manila"?'),
    ("  x: {like: 7}", 'no "7"', "the alternatives are: in-house, manila"),
    ("  x: {legs: [{like: in_house}]}", 'no "in_house"', 'did you mean "in-house"?'),
    ("x: {like: manila}", 'no "manila"', 'did you mean "alternatives.manila"?'),
    ("x: {like: alternatives.manila.legs.0.vendr.price}", "vendr", '.manila.legs[0].vendor.price"?'),
    ("x: {like: nowhere.at.all}", "nowhere", "give a path from the top"),
    ("x: {like: alternatives.manila.legs.7}", "legs.7", "give a path from the top"),
    ("x: {like: alternatives.manila.legs}", "is a list", "point at a mapping"),
    ("x: {like: alternatives.in-house.team.country, y: 1}", "is a single value", "point at a mapping"),
    ("x: {like: [a]}", "wants one name", "alternatives.<name>"),
    ("x: {like: }", "wants one name", "alternatives.<name>"),
])  # fmt: skip
def test_targets_that_do_not_exist(addition: str, said: str, remedy: str) -> None:
    """Protects against a misspelt target; the nearest thing is proposed."""
    complaint = _the_complaint(CENTRES + addition)
    assert complaint.code == "BP110"
    assert complaint.mark
    assert complaint.mark.line == 12
    assert said in complaint.what
    assert remedy in complaint.remedy


def test_all_targets_at_once_in_file_order() -> None:
    """Protects the promise of all errors at once, in the order of the file."""
    assert [c.mark.line for c in _complaints("a: {like: x}\nb: {like: y}\nc: {like: z}") if c.mark] == [
        1,
        2,
        3,
    ]


BOMBS = {
    "doubling": "".join(f"a{i}: {{x: {{like: a{i + 1}}}, y: {{like: a{i + 1}}}}}\n" for i in range(60))
    + "a60: {z: 1}",
    "doubling, ends first": "a0: {z: 1}\n"
    + "".join(f"a{i}: {{x: {{like: a{i - 1}}}, y: {{like: a{i - 1}}}}}\n" for i in range(1, 60)),
    "long chain": "".join(f"a{i}: {{like: a{i + 1}, q{i}: 1}}\n" for i in range(2000)) + "a2000: {z: 1}",
    "growing chain": "a0: {z: 1}\n" + "".join(f"a{i}: {{like: a{i - 1}, q{i}: 1}}\n" for i in range(1, 2000)),
    "wide": "b: {" + "".join(f"k{i}: 1," for i in range(2000)) + "}\n"
    + "".join(f"a{i}: {{like: b, q: 1}}\n" for i in range(500)),
    "deep": "a0: {z: 1}\n" + "".join(f"a{i}: {{x: {{like: a{i - 1}}}}}\n" for i in range(1, 500)),
    "deep in lists": "".join(f"a{i}: {{l: {'[' * 30}{{like: a{i + 1}}}{']' * 30}}}\n" for i in range(60)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_made_of_likes(name: str) -> None:
    """Protects memory and stack: a file that is small as written and huge when resolved is refused."""
    tree = read_tree(BOMBS[name], "f")
    start = time.process_time()
    with pytest.raises(ScenarioError, match=r"share less|shorten the chain"):
        resolve(tree)
    assert time.process_time() - start < 2.0  # well under a second on an idle machine


# -- extends: ---------------------------------------------------------------------------------------------


def _written(folder: Path, **files: str) -> Map:
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_tree(folder / "main.yaml")


def _extended(folder: Path, **files: str) -> Map:
    return resolve(_written(folder, **files), families=FAMILIES, read=load_tree)


def test_extends(tmp_path: Path) -> None:
    """Protects the base file: deep merge, this file wins, each value keeps the file it came from."""
    tree = _extended(tmp_path, main="extends: base.yaml\na: {x: 1}\n", base="a: {x: 0, y: 2}\nb: 3\n")
    assert tree == {"a": {"x": "1", "y": "2"}, "b": "3"}
    assert isinstance(tree["b"], Text)
    assert tree["b"].mark == Mark(str(tmp_path / "base.yaml"), 2, 4)
    assert tree.key_marks["a"].file == str(tmp_path / "main.yaml")


def test_extends_chain_is_relative_to_each_file(tmp_path: Path) -> None:
    """Protects a base in a subfolder that extends its own neighbour."""
    files = {
        "main": "extends: sub/b.yaml\nx: 1",
        "sub/b": "extends: c.yaml\ny: 2\nz: 2",
        "sub/c": "z: 3\nx: 3\nw: 3",
    }
    assert _extended(tmp_path, **files) == {"w": "3", "z": "2", "x": "1", "y": "2"}


def test_like_reaches_into_the_base(tmp_path: Path) -> None:
    """Protects the order: files are laid over one another first, then likes are carried out on the whole."""
    tree: Any = _extended(
        tmp_path,
        main="extends: base.yaml\nalternatives: {cebu: {like: manila}, manila: {vendor: {term: 12}}}",
        base=CENTRES,
    )
    assert tree["alternatives"]["manila"]["legs"] == [{"vendor": MANILA | {"term": "12"}}]
    assert tree["alternatives"]["cebu"]["legs"] == [{"vendor": MANILA | {"term": "12"}}]


def test_legs_over_a_shorthand_base(tmp_path: Path) -> None:
    """Protects an override by `legs:`: the base's directly written leg does not survive beside it."""
    tree = _extended(
        tmp_path,
        main="extends: base.yaml\nalternatives: {a: {legs: [{vendor: {x: 1}}]}}",
        base="alternatives: {a: {team: {y: 2}, k: 3}}",
    )
    assert tree == {"alternatives": {"a": {"k": "3", "legs": [{"vendor": {"x": "1"}}]}}}


@pytest.mark.parametrize(("value", "said"), [
    ("/etc/base.yaml", "leads out"),
    ("../base.yaml", "leads out"),
    ("sub/../../base.yaml", "leads out"),
    ("'C:\\base.yaml'", "leads out"),
    ("'..\\base.yaml'", "leads out"),
    ("https://example.org/base.yaml", "leads out"),
    ("link.yaml", "a link out"),
    ("folder/base.yaml", "a link out"),
    ("bsae.yaml", "no such file"),
    ("main.yaml", "in a circle"),
    ("[base.yaml]", "wants the path"),
    ("", "wants the path"),
])  # fmt: skip
def test_extends_refused(tmp_path: Path, value: str, said: str) -> None:
    """Protects the rest of the disk: a base lies in the scenario's folder or below."""
    folder, outside = tmp_path / "scenario", tmp_path / "outside"
    for place in (folder, outside):
        place.mkdir()
        (place / "base.yaml").write_text("a: 1", encoding="utf-8")
    (folder / "link.yaml").symlink_to(outside / "base.yaml")
    (folder / "folder").symlink_to(outside)
    with pytest.raises(ScenarioError) as caught:
        _extended(folder, main=f"b: 1\nextends: {value}\n")
    (complaint,) = caught.value.complaints
    assert (complaint.code, complaint.path) == ("BP110", "extends")
    assert complaint.mark
    assert complaint.mark.line == 2
    assert said in complaint.what


def test_extends_in_a_circle(tmp_path: Path) -> None:
    """Protects against files that extend each other; the way round is printed."""
    with pytest.raises(ScenarioError, match=r"main\.yaml -> b\.yaml -> main\.yaml"):
        _extended(tmp_path, main="extends: b.yaml", b="extends: main.yaml")


def test_faults_of_the_base_are_told_where_they_are(tmp_path: Path) -> None:
    """Protects the place of a mistake in the base file."""
    with pytest.raises(ScenarioError, match=r"base\.yaml:2:1 BP103"):
        _extended(tmp_path, main="extends: base.yaml", base="a: 1\na: 2")


def test_extends_without_a_reader() -> None:
    """Protects scenarios that come as text: there is no folder to look in."""
    with pytest.raises(ScenarioError, match="only in a file"):
        resolve(read_tree("extends: base.yaml", "text"))


# -- find and --set ---------------------------------------------------------------------------------------

SMALL = """
alternatives:
  manila: {vendor: {price: {low: 1}, term: 3}}
  b: {vendor: {price: 3}}
months: 36
season: [1, 2]
"""


@pytest.mark.parametrize(("path", "found"), [
    ("months", ["months"]),
    ("manila.price", ["alternatives.manila.vendor.price"]),
    ("manila.low", ["alternatives.manila.vendor.price.low"]),
    ("alternatives.b.vendor.price", ["alternatives.b.vendor.price"]),
    ("price", ["alternatives.manila.vendor.price", "alternatives.b.vendor.price"]),
    ("season[1]", ["season[1]"]),
    ("price.manila", []),
    ("pric", []),
    ("", []),
])  # fmt: skip
def test_find(path: str, found: list[str]) -> None:
    """Protects short paths: components in order, the last one at the end."""
    assert found == [".".join(names) for names in find(read_tree(SMALL, "f"), path)]


def test_find_prefers_exact_then_shallow() -> None:
    """Protects short paths from becoming ambiguous through something deep down."""
    tree = read_tree("a: {b: {c: 1}, x: {a: {b: 2}}}\nd: {a: {q: {b: 3}}}", "f")
    assert find(tree, "a.b") == [("a", "b")]
    assert find(tree, "x.b") == [("a", "x", "a", "b")]
    assert find(tree, "d.b") == [("d", "a", "q", "b")]
    assert find(tree, "b") == [("a", "b")]


def test_find_sees_through_positions_in_lists() -> None:
    """Protects paths after resolving, when every leg stands in a list."""
    tree = _resolved(CENTRES)
    full = ("alternatives", "manila", "legs[0]", "vendor", "term")
    assert find(tree, "manila.vendor.term") == find(tree, "manila.legs.term") == [full]


@pytest.mark.parametrize(("path", "text", "where", "value"), [
    ("months", "24", ("months",), "24"),
    ("months", "", ("months",), ""),
    ("manila.price", "40%", ("alternatives", "manila", "vendor", "price"), "40%"),
    ("manila.low", "2", ("alternatives", "manila", "vendor", "price", "low"), "2"),
    ("b.price", "{low: 1, likely: 2}", ("alternatives", "b", "vendor", "price"), {"low": "1", "likely": "2"}),
    ("season[1]", "9", ("season", 1), "9"),
    ("manila.vendor.currency", "PHP", ("alternatives", "manila", "vendor", "currency"), "PHP"),
    ("discount_rate", "8%", ("discount_rate",), "8%"),
])  # fmt: skip
def test_set_value(path: str, text: str, where: tuple[str | int, ...], value: object) -> None:
    """Protects --set: exactly the one value changes, and it says where it came from."""
    tree = read_tree(SMALL, "f")
    expected: Any = copy.deepcopy(tree)
    node = expected
    for step in where[:-1]:
        node = node[step]
    node[where[-1]] = value
    changed: Any = set_value(tree, path, text)
    assert expected == changed
    for step in where:
        parent, changed = changed, changed[step]
    assert changed.mark == Mark("--set", 1, 1)
    if isinstance(parent, Map):
        assert parent.key_marks[where[-1]] == Mark("--set", 1, 1)


def test_set_mapping_has_the_origin_of_its_place() -> None:
    """Protects streams: a distribution set from the command line is named by where it stands."""
    changed: Any = set_value(read_tree(SMALL, "f"), "b.price", "{normal: {mean: 1}}")
    price = changed["alternatives"]["b"]["vendor"]["price"]
    assert (price.origin, price["normal"].origin) == (
        "alternatives.b.vendor.price", "alternatives.b.vendor.price.normal",
    )  # fmt: skip


def test_set_before_resolving_reaches_all_that_share() -> None:
    """Protects what sharing means: a value set in the base is set in everything like it."""
    tree = read_tree(CENTRES + "  cebu: {like: manila}\n", "f")
    both: Any = resolve(set_value(tree, "manila.term", "99"), families=FAMILIES)
    assert both["alternatives"]["manila"]["legs"][0]["vendor"]["term"] == "99"
    assert both["alternatives"]["cebu"]["legs"][0]["vendor"]["term"] == "99"


@pytest.mark.parametrize(("path", "text", "code", "said"), [
    ("price", "1", "BP204", "fits 2 places: alternatives.manila.vendor.price, alternatives.b.vendor.price"),
    ("manila.prise.low", "1", "BP204", "did you mean alternatives.manila.vendor.price.low"),
    ("manilla.trem", "1", "BP204", "did you mean alternatives.manila.vendor.term"),
    ("vendor.new", "1", "BP204", "fits 2 places"),
    ("season[7]", "1", "BP204", "no such value"),
    ("months.x", "1", "BP204", "no such value"),
    ("", "1", "BP204", "no such value"),
    ("months", "!x 1", "BP108", "tags"),
    ("months", "[1", "BP102", "never closed"),
    ("b.price", "{low: 0,40}", "BP107", "0,40"),
])  # fmt: skip
def test_set_refused(path: str, text: str, code: str, said: str) -> None:
    """Protects against a --set that does nothing, or something else."""
    with pytest.raises(ScenarioError) as caught:
        set_value(read_tree(SMALL, "f"), path, text)
    (complaint,) = caught.value.complaints
    assert code == complaint.code
    assert said in str(complaint)
    assert complaint.mark
    assert complaint.mark.file == "--set"


# -- annotations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("manila", "cebu"), ("cebu", "manila")])
def test_what_is_like_another_part_has_a_source_of_its_own(names: tuple[str, str]) -> None:
    """Protects provenance: the source of a second vendor's price is not said of the first one's, nor lost."""
    written = {
        "manila": "{vendor: {price: {per_unit: {amount: 3}, source: quote}}}",
        "cebu": "{vendor: {like: alternatives.manila.vendor, price: {per_unit: {amount: 4}, source: guess}}}",
    }
    text = "alternatives: {" + ", ".join(f"{name}: {written[name]}" for name in names) + "}"
    _, taken = take_annotations(resolve(read_tree(text, "f"), families=[frozenset({"per_unit", "per_fte"})]))
    assert taken == {
        "alternatives.manila.vendor.price": {"source": "quote"},
        "alternatives.cebu.vendor.price": {"source": "guess"},
    }


def test_annotations() -> None:
    """Protects `source:`, `note:`, `owner:` in any mapping: kept by path, and never seen by models."""
    tree, taken = take_annotations(
        read_tree("note: top\na: {value: 3%, source: 'A (2024)', owner: me}\nl: [{v: 1, note: x}]\n", "f")
    )
    assert tree == {"a": {"value": "3%"}, "l": [{"v": "1"}]}
    assert taken == {"": {"note": "top"}, "a": {"source": "A (2024)", "owner": "me"}, "l[0]": {"note": "x"}}
    assert tree.key_marks == {"a": Mark("f", 2, 1), "l": Mark("f", 3, 1)}
    assert isinstance(tree["a"], Map)
    assert (tree["a"].origin, set(tree["a"].key_marks)) == ("a", {"value"})
    assert isinstance(tree["l"], List)


def test_meta_keeps_its_owner() -> None:
    """Protects the scenario's own particulars, where `owner` is a field."""
    text = "meta: {owner: FP&A, note: x}\na: {meta: {owner: me}}"
    assert take_annotations(read_tree(text, "f")) == (
        {"meta": {"owner": "FP&A", "note": "x"}, "a": {"meta": {}}},
        {"a.meta": {"owner": "me"}},
    )


def test_a_thing_called_owner_is_no_annotation() -> None:
    """Protects names that users give: a role may be called "owner"."""
    node: Node = read_tree("roles: {owner: {count: 2, source: S}}", "f")
    assert isinstance(node, Map)
    assert take_annotations(node) == ({"roles": {"owner": {"count": "2"}}}, {"roles.owner": {"source": "S"}})


def test_a_certain_number_is_shared_like_an_uncertain_one() -> None:
    """An input that is set to one value for a what-if keeps every place that is like it."""
    text = "inputs: {x: 14}\nb: {like: inputs.x, note: same}\nc: {like: inputs.x}\n"
    tree = resolve(read_tree(text, "f.yaml"))
    assert tree["b"] == tree["c"] == "14"
