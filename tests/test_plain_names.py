"""Plain names: every number has one of its own, and a thing has the same one wherever it is met."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bposim
from bposim.analysis.summary import summarise
from bposim.errors import ScenarioError
from bposim.explain.sources import numbers
from bposim.files import load, scenario_of
from bposim.plain_names import PlainNames, distinct
from bposim.plain_names.phrases import PHRASES
from bposim.report import sensitivity_text, value_text
from bposim.report.drivers import inputs_of
from bposim.report.html.document import page, story_of
from bposim.report.paragraph import paragraph
from bposim.report.pictures import savings as savings_picture
from bposim.report.pictures import tornado as tornado_picture
from bposim.report.pictures.seen import Seen
from bposim.report.sensitivity import document, sensitivity
from bposim.report.study_value import looked_at
from bposim.report.table import outcomes
from bposim.report.value import document as value_document
from bposim.report.value import value
from bposim.report.workbook import workbook
from bposim.yaml_tree import read_tree
from report.workbook.books import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.analysis.summary import Summary
    from bposim.report.html.document import Story
    from bposim.report.sensitivity import Sensitivity
    from bposim.report.value import Value
    from bposim.result import Result
    from bposim.scenario import Scenario

SMALL = Path(__file__).parent / "data" / "small.yaml"
SCENARIOS = Path(__file__).parents[1] / "scenarios"

TITLES = {
    "in-house": "Our own desk",
    "manila": "=1+1 [b]Manila[/b] <i>$x_1$</i>",
    "blend": "40% here, 60% there",
}


def titled(titles: Mapping[str, str]) -> Scenario:
    """Return the small scenario with these titles."""
    text = SMALL.read_text(encoding="utf-8")
    for name, title in titles.items():
        text = text.replace(f"\n  {name}:\n", f"\n  {name}:\n    title: {json.dumps(title)}\n")
    return scenario_of(read_tree(text, "titled.yaml"))


@cache
def run() -> tuple[Result, Summary]:
    """Return a run of the scenario with hostile titles."""
    result = bposim.simulate(titled(TITLES), trials=2_048, seed=3)
    return result, summarise(result)


@cache
def found() -> Sensitivity:
    """Return what drives manila's saving in it."""
    return sensitivity(run()[0], "manila")


@cache
def worth() -> Value:
    """Return what is worth finding out in it."""
    return value(run()[0])


@cache
def story() -> Story:
    """Return what its page says."""
    return story_of(*run())


@cache
def book() -> dict[str, list[list[Any]]]:
    """Return the cells of its workbook by sheet."""
    return sheets(workbook(*run()))


def listed(sheet: str, head: str) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the heading and each row of a table of the workbook whose heading begins so."""
    rows = book()[sheet]
    start = next(row for row, cells in enumerate(rows) if cells and cells[0] == head)
    yield from ((rows[start], cells) for cells in rows[start + 1 :] if cells and cells[0])


# ---------------------------------------------------------------- names of inputs


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_number_has_a_plain_name_of_its_own(path: Path) -> None:
    """Protects readers from paths, and from two numbers that read alike."""
    scenario = load(path)
    called = PlainNames(scenario)
    names: dict[str, set[str]] = {}
    for written in numbers(scenario):
        names.setdefault(called.input(written.name), set()).add(written.name)
    assert {name: paths for name, paths in names.items() if len(paths) > 1} == {}
    assert [name for name in names if "_" in name or re.search(r"[a-z]\.[a-z]", name)] == []


def test_every_phrase_is_of_a_number_that_there_is() -> None:
    """Protects the table from fields that were renamed: each phrase is said of a number of some scenario."""
    said: set[str] = set()
    for path in SCENARIOS.glob("*.yaml"):
        scenario = load(path)
        called = PlainNames(scenario)
        names = [called.input(written.name) for written in numbers(scenario)]
        said |= {name.partition(": ")[2] for name in names}.union(names)
    assert [phrase for phrase in PHRASES.values() if "{" not in phrase and phrase not in said] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("manila.legs[vendor PH].vendor.price.per_unit.amount", "manila: price per contact"),
        ("in-house.legs[team US].team.turnover.attrition", "in-house: staff turnover a year"),
        ("blend.legs[north].team.turnover.attrition", "blend, north: staff turnover a year"),
        ("blend.legs[vendor PH 2].vendor.term", "blend, vendor in PH 2: term of the contract (months)"),
        (
            "manila.legs[vendor PH].vendor.term (variant 2)",
            "manila: term of the contract (months) (variant 2)",
        ),
        ("manila.legs[vendor PH].vendor.risks.new_kind.some_field", "manila: new kind: some field"),
    ],
)
def test_a_name_says_whose_and_what(path: str, name: str) -> None:
    """Protects the words: the leg is told where there are several; a field without a phrase is words, too."""
    assert PlainNames(load(SMALL)).input(f"alternatives.{path}") == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("world.fx.PHP.drift", "PHP exchange rate: mean change a year"),
        ("inputs.cost-of-an-error", "cost of an error"),
        ("mitigations.audit.effects.*.breach.per_year", "audit: factor on breach per year"),
    ],
)
def test_what_belongs_to_no_alternative_names_none(path: str, name: str) -> None:
    """Protects the words of the world, of shared inputs and of measures."""
    assert PlainNames(load(SMALL)).input(path) == name


def test_names_that_read_alike_have_their_paths_behind_them() -> None:
    """Protects uniqueness, whatever titles people choose."""
    assert distinct({"a.x": "price", "b.x": "price", "c": "fee"}) == {
        "a.x": "price (a.x)",
        "b.x": "price (b.x)",
        "c": "fee",
    }


# ---------------------------------------------------------------- titles


def test_a_title_is_shown_and_the_name_stays_the_key() -> None:
    """Protects both sides: people read titles, programs and the command line find names."""
    result, summary = run()
    assert result.names == ["in-house", "manila", "blend"]
    assert {row[1] for row in outcomes(result, summary).rows} == set(TITLES.values())
    plain = document(found())
    assert (plain["alternative"], plain["baseline"]) == ("manila", "in-house")
    assert {"manila.price", "world.volume.growth"} <= {each["label"] for each in plain["drivers"]}
    assert {"manila: transition", "exchange rates"} <= {each["group"] for each in plain["drivers"]}
    assert "all of manila" in {each["name"] for each in value_document(worth())["legs"]}


def test_a_study_finds_inputs_by_path_and_by_name() -> None:
    """Protects what users wrote before: --study and studies: look at paths, and now at names, too."""
    known = worth().known
    name = f"{TITLES['manila']}: price per contact"
    assert looked_at(known, ["manila.price"]) == looked_at(known, [name]) == (name,)
    assert looked_at(known, ["manila: transition"]) == looked_at(known, [f"{TITLES['manila']}: transition"])


def test_a_title_is_not_taken_over_by_like() -> None:
    """Protects two alternatives from one title: what is like another is still another."""
    text = SMALL.read_text(encoding="utf-8").replace("\n  manila:\n", "\n  manila:\n    title: Manila\n")
    text = text.replace("\n  blend:\n", "\n  cebu:\n    like: manila\n  blend:\n")
    assert scenario_of(read_tree(text, "like.yaml")).titles["cebu"] == "cebu"


@pytest.mark.parametrize(
    ("titles", "code"),
    [
        ({"manila": "Desk", "blend": "desk"}, "BP205"),
        ({"manila": "In-House"}, "BP205"),
        ({"manila": ""}, "BP105"),
        ({"manila": "x" * 61}, "BP201"),
        ({"manila": "tab\there"}, "BP106"),
        ({"manila": "right\u202eleft"}, "BP106"),
    ],
    ids=["twice", "another's name", "empty", "long", "control", "bidirectional"],
)
def test_a_title_that_misleads_is_refused(titles: dict[str, str], code: str) -> None:
    """Protects readers from two alternatives that look like one, and from text that is not what it seems."""
    with pytest.raises(ScenarioError) as caught:
        titled(titles)
    assert [complaint.code for complaint in caught.value.complaints] == [code]


def test_titles_and_names_do_not_move_a_draw() -> None:
    """Protects every number: a title is for readers alone."""
    result, _ = run()
    assert bposim.simulate(load(SMALL), trials=2_048, seed=3).digest == result.digest


# ---------------------------------------------------------------- one name on every surface


def test_every_surface_calls_a_driver_by_one_name() -> None:
    """Protects a reader who goes from page to workbook to terminal: none has a name that another lacks."""
    result, _ = run()
    tornado, shares = sensitivity_text.tables(found(), 99)[:2]
    seen = Seen(result, "manila")
    every = {row[0] for row in tornado.rows}
    assert f"{TITLES['manila']}: price per contact" in every
    assert {row[0] for row in shares.rows} == every
    assert {bar.name for bar in seen.bars} == every
    assert {str(cells[0]).removeprefix("'") for _, cells in listed("Sensitivity", "driver")} == every
    chart = next(figure for figure in story().figures if figure.key == "tornado")
    assert {row[0] for row in chart.table.rows} <= {seen.titled(name) for name in every}
    assert {name for piece in worth().pieces for name in piece.inputs} <= set(inputs_of(result).drivers)


def test_every_surface_calls_an_assumption_by_one_name() -> None:
    """Protects the list of assumptions: page and workbook name the same numbers alike, paths beside them."""
    paper = {
        str(cells[head.index("in the file")]): str(cells[0]).removeprefix("'")
        for head, cells in listed("Assumptions", "input")
    }
    screen = {each.path: each.name for each in story().assumptions}
    both = paper.keys() & screen.keys()
    assert len(both) > 30
    assert {path: paper[path] for path in both} == {path: screen[path] for path in both}


def test_titles_are_on_every_surface_and_do_nothing() -> None:
    """Protects readers and their programs: markup, formulas and mathematics in a title are letters."""
    result, summary = run()
    told = [
        paragraph(result, summary),
        sensitivity_text.paragraph(found()),
        value_text.paragraph(worth()),
        savings_picture.finding(result),
        tornado_picture.alt_text(Seen(result, "manila")),
    ]
    for words in told:
        assert "manila" not in words
        assert "in-house" not in words
    html = page(story())
    assert "&lt;i&gt;$x_1$&lt;/i&gt;" in html
    assert "<i>$x_1$" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    cells = [cell for rows in book().values() for row in rows for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell.startswith("=1+1")]
    assert TITLES["in-house"] in cells
