"""What a board asks beyond the answer: people, years, conditions for signing, what it all rests on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import bposim
from bposim.analysis.breakeven import BreakEven
from bposim.analysis.checks import checked
from bposim.analysis.comparison import too_close
from bposim.analysis.summary import summarise
from bposim.cli import main
from bposim.cli.source import summary_of
from bposim.report.grades import resting_on, sentences
from bposim.report.html.advice import findings
from bposim.report.html.cash import Units, cash_by_year
from bposim.report.html.conditions import conditions
from bposim.report.html.document import page, story_of
from bposim.report.html.in_common import in_common
from bposim.report.html.turning import _turning_point
from bposim.report.people import people_by_alternative
from bposim.report.pictures.seen import Seen
from bposim.report.stored_worth import SCHEMA, worth_beside
from bposim.report.value import value, worth_of_each
from bposim.sample import Driver
from cli.hand_made import SMALL, normal_costs, result_of, scenario_with

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.report.html.document import Story
    from bposim.result import AnyResult


@pytest.fixture(scope="module")
def desk() -> AnyResult:
    """Return a small run whose price is what matters."""
    scenario = bposim.load(SMALL, {"manila.price.per_unit.amount": "{low: 150, likely: 200, high: 650}"})
    return bposim.simulate(scenario, trials=4_096, seed=3)


@pytest.fixture(scope="module")
def story(desk: AnyResult) -> Story:
    """Return its story."""
    return story_of(desk, summary_of(desk))


# ---------------------------------------------------------------- people


def test_people_by_hand() -> None:
    """Protects the first question of a works council: 15,000 / 750 with 5% more, a lead for 15 of them."""
    still = {"world.volume.growth": "0%", "manila.governance": "{retained_fte: 3, cost_per_fte: 90k}"}
    result = bposim.simulate(
        bposim.load(SMALL, {**still, "alternatives.manila.legs[0].vendor.productivity": "800"}),
        trials=16,
        seed=1,
    )
    table = people_by_alternative(result)
    rows = {row[0]: dict(zip(table.columns[1:], row[1:], strict=True)) for row in table.rows}
    agents = 15_000 / 750 * 1.05
    assert rows["in-house"]["own people,\nmonth 1"] == f"{agents * (1 + 1 / 15):.0f}"
    assert rows["in-house"]["vendor's,\npeak"] == "-"
    assert rows["manila"]["own,\nmonth 36"] == "3.0"  # those who steer
    assert rows["manila"]["vendor's,\nmonth 36"] == f"{15_000 / 800:.1f}"
    assert rows["manila"]["paid by\nhead"] == "no"
    before = float(rows["manila"]["own people,\nmonth 1"])
    assert before == pytest.approx(agents * (1 + 1 / 15) + 3, abs=0.5)


def test_a_vendor_that_does_not_say_its_productivity_has_no_people() -> None:
    """Protects from a 0 that would be read as nobody."""
    result = bposim.simulate(bposim.load(SMALL), trials=16, seed=1)
    rows = {row[0]: row for row in people_by_alternative(result).rows}
    assert rows["manila"][-4:] == ("not stated", "not stated", "not stated", "no")


# ---------------------------------------------------------------- years


def test_years_add_up_to_what_is_paid(desk: AnyResult) -> None:
    """Protects a budget: the differences of all years are what the cumulative saving ends at."""
    first = desk.first
    (cost, _), (gap, note) = cash_by_year(first)
    *years, whole = cost.rows
    assert [row[0] for row in years] == [
        "1: 2027-01 to 2027-12",
        "2: 2028-01 to 2028-12",
        "3: 2029-01 to 2029-12",
    ]
    assert whole[0] == "all years"
    thousands = {
        name: int(text.replace(",", ""))
        for name, text in zip(cost.columns, whole, strict=True)
        if name in first.names
    }
    assert thousands["manila"] == pytest.approx(first.yearly["manila"].sum(axis=0).mean() / 1e3, rel=0.02)
    ends = dict(zip(gap.columns[1:], gap.rows[-2][1:], strict=True))
    for name, text in ends.items():
        saved = float(np.mean(first.cumulative[name][-1], dtype=float))
        assert int(text.replace(",", "")) == pytest.approx(-saved / 1e3, abs=30)
    assert gap.rows[-1][0] == "furthest behind"
    assert "A minus is cheaper" in note
    for title in (cost.title, gap.title):
        assert "nominal, before tax, thousand USD" in title


@pytest.mark.parametrize(
    ("largest", "error", "value", "text"),
    [
        (3e7, 7e4, 29_264_123.0, "29,260"),  # thousands, to tens of thousands
        (3e7, 0.0, 29_264_123.0, "29,264"),
        (3e9, 4e6, 2_926_412_300.0, "2,926"),  # millions
        (2e5, 300.0, 123_456.0, "123,460"),  # money itself
    ],
)
def test_amounts_are_whole_units(largest: float, error: float, value: float, text: str) -> None:
    """Protects a budget's columns: whole units of one kind, and no digit that the error does not support."""
    assert Units.of(largest, error).text(value) == text


# ---------------------------------------------------------------- conditions


def told(story: Story) -> dict[str, list[str]]:
    """Return the conditions by kind."""
    found: dict[str, list[str]] = {}
    for point in story.conditions.points:
        found.setdefault(point.kind, []).append(point.text)
    return found


def test_a_condition_holds_on_the_side_that_is_named(desk: AnyResult, story: Story) -> None:
    """Protects a negotiator: where the price is on the side that is asked for, the alternative is ahead."""
    assert story.answer.verdict == "Recommended: manila."
    assert story.conditions.title == "Conditions for signing"
    price = desk.first.sample.inputs  # type: ignore[union-attr]
    drawn = next(
        np.asarray(x, float) for driver, x in price.items() if driver.name.endswith("per_unit.amount")
    )
    costs = desk.first.costs
    bounds = [text for text in told(story)["Agree on"] if "PHP" in text]
    assert bounds
    for text in bounds:
        side, at, rival = re.search(r" (above|below) PHP (\d+) .*else (\S+) is ahead", text).groups()  # type: ignore[union-attr]
        far = drawn > 1.15 * float(at) if side == "above" else drawn < 0.85 * float(at)
        assert np.mean(costs["manila"][far]) < np.mean(costs[rival][far])
        assert "95% interval" in text


def test_conditions_are_imperative_and_have_numbers_with_errors(story: Story) -> None:
    """Protects the use of the list: what to do, what it is worth, how surely."""
    found = told(story)
    assert set(found) <= {
        "Negotiate",
        "Agree on",
        "Check",
        "Show evidence for",
        "Value each clause and mitigation",
    }
    for kind in ("Negotiate", "Show evidence for"):
        assert all(" ± " in text for text in found.get(kind, ()))
    assert all("no grade is given" in text or "grade M" in text for text in found["Show evidence for"])
    shown = page(story)
    assert (
        shown.index('id="answer"')
        < shown.index('<section id="conditions"')
        < shown.index('<section id="status"')
    )
    assert "bposim worth DIR" in shown


def test_a_check_that_fails_comes_first(tmp_path: Path) -> None:
    """Protects sign-off: what the file itself requires heads the list, with what was found."""
    path = tmp_path / "checked.yaml"
    check = "\nchecks: {pays: manila.probability_positive >= 99.9%, cheap: manila.total_cost.mean <= 90M}\n"
    path.write_text(SMALL.read_text(encoding="utf-8") + check, encoding="utf-8")
    result = bposim.simulate(bposim.load(path), trials=2_048, seed=3)
    summary = summarise(result)
    first, *rest = conditions(result, summary, None, checked(result, summary), None).points
    assert first.kind == "Meet the check"
    assert first.text.startswith("pays: manila.probability_positive >= 99.9%; it fails (9")
    assert all(point.kind != "Meet the check" for point in rest)


def test_to_stay_is_nothing_to_sign() -> None:
    """Protects the baseline's win: what the best of the others would need, not what to sign."""
    scenario = bposim.load(SMALL, {"manila.price.per_unit.amount": "{low: 400, likely: 500, high: 900}"})
    result = bposim.simulate(scenario, trials=2_048, seed=3)
    summary = summary_of(result)
    asked = conditions(result, summary, findings(result, summary, Seen(result, summary.shown.name)), (), None)
    assert asked.title == "Before anything is signed"
    assert asked.lead.startswith("The run is for staying with in-house. ")


def test_a_draw_is_told_as_open() -> None:
    """Protects from conditions of a choice that nobody can make yet; without drivers there are none."""
    costs = normal_costs(manila=(8e6, 1e6), blend=(8.001e6, 1e6))
    result = result_of(costs, scenario_with())
    asked = conditions(result, summarise(result), None, (), None)
    assert asked.title == "Before anything is signed"
    assert asked.points == ()


# ---------------------------------------------------------------- a study beside the run


def study(sha256: str, worth: float, *, kind: str = "clause") -> str:
    """Return a stored study of one clause or mitigation of manila."""
    item = {"short": "manila.sla", "meaning": "service credits", "kind": kind, "taken": True}
    item |= {"risk_adjusted_value": {"value": worth, "se": 1e4, "low": 0, "high": 0}}
    content = {"schema": SCHEMA, "scenario": {"sha256": sha256}, "trials": 10_000}
    return json.dumps(content | {"alternatives": {"manila": {"items": [item]}}})


@pytest.mark.parametrize(
    ("worth", "kind", "says"),
    [
        (5e5, "clause", ("Hold on to", "without it the risk-adjusted cost is USD 500k ± 10k higher")),
        (-5e5, "clause", ("Strike or mend", "worth up to USD 500k ± 10k")),
        (5e5, "mitigation", ("Keep", "worth USD 500k ± 10k more than it costs, counted with risk")),
        (-5e5, "mitigation", ("Give up", "worth USD 500k ± 10k less than it costs, counted with risk")),
    ],
)
def test_a_study_beside_the_run_is_read(
    desk: AnyResult, tmp_path: Path, worth: float, kind: str, says: tuple[str, str]
) -> None:
    """Protects the list from simulating: what a study has found is told with its direction."""
    (tmp_path / "worth.json").write_text(study(desk.scenario.sha256, worth, kind=kind), encoding="utf-8")
    found = worth_beside(tmp_path, desk.scenario.sha256)
    summary = summary_of(desk)
    asked = conditions(desk, summary, findings(desk, summary, Seen(desk.first, "manila")), (), found)
    (point,) = [point for point in asked.points if "service credits" in point.text]
    assert (point.kind, point.text) == (says[0], f"sla (service credits): {says[1]}")


def test_a_study_of_something_else_is_not_read(desk: AnyResult, tmp_path: Path) -> None:
    """Protects from yesterday's figures: another scenario, another file, no file."""
    path = tmp_path / "worth.json"
    assert worth_beside(tmp_path, desk.scenario.sha256) is None
    for text in (
        study(desk.scenario.sha256, float("nan")),
        study("0" * 64, 5e5),
        '{"schema": "bposim.worth/1"}',
        "[1]",
        "no JSON",
    ):
        path.write_text(text, encoding="utf-8")
        assert worth_beside(tmp_path, desk.scenario.sha256) is None


def test_what_worth_writes_is_what_the_report_reads(tmp_path: Path) -> None:
    """Protects the way that the page names: its command, its file, its report."""
    folder = tmp_path / "out"
    run = CliRunner().invoke(main, ["run", str(SMALL), "-n", "1100", "-o", str(folder)])
    assert run.exit_code == 0, run.output
    worth = CliRunner().invoke(main, ["worth", str(folder), "-n", "1k", "--format", "json"])
    assert worth.exit_code == 0, worth.output
    (folder / "worth.json").write_text(worth.stdout, encoding="utf-8")
    made = CliRunner().invoke(main, ["report", str(folder)])
    assert made.exit_code == 0, made.output
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert '<section id="conditions"' in text
    assert "Value each clause" not in text


# ---------------------------------------------------------------- what it rests on


def test_shares_by_grade_of_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the share of judgement: of 3 a + 4 b + 12 c, 9, 16 and 144 parts of 169."""
    scenario = bposim.load(SMALL, {"world.volume.growth": "{low: 1%, likely: 2%, high: 4%, source: grade M}"})
    rng = np.random.default_rng(2)
    names = {"a": "world.volume.growth", "b": "world.wages.US.inflation", "c": "world.fx.PHP"}
    values = {label: rng.standard_normal(8_192) for label in names}
    known = {
        label: Driver(name, label, "world", "volume", "", is_input=label != "c")
        for label, name in names.items()
    }
    result = result_of({"in-house": np.zeros(8_192), "manila": np.zeros(8_192)}, scenario)
    monkeypatch.setattr(Seen, "__post_init__", lambda _: None)
    monkeypatch.setattr(Seen, "saving", 3 * values["a"] + 4 * values["b"] + 12 * values["c"])
    monkeypatch.setattr(Seen, "drivers", values)
    monkeypatch.setattr(Seen, "driver", lambda _, label: known[label])
    found = resting_on(Seen(result, "manila"))
    assert found is not None
    for origin, parts in (("judgement", 9), ("ungraded", 16), ("chance", 144)):
        share = found.shares[origin]  # type: ignore[index]
        assert share.se is not None
        assert abs(share.value - parts / 169) < 4 * share.se + 0.005
    assert found.judgement == pytest.approx(25 / 169, abs=0.02)
    assert "5% from inputs of grade M (not verified)" in sentences(found, "manila")[0]


def test_it_is_in_the_status_and_among_the_assumptions(story: Story) -> None:
    """Protects both readers: the one of the first page, and the one of the list."""
    (item,) = [item for item in story.status if item.title == "Rests on"]
    assert item.text == story.resting[0]
    assert page(story).count(item.text) >= 1
    assert " from inputs without a grade" in item.text


# ---------------------------------------------------------------- what to find out, and what is shared


def test_what_to_find_out_is_what_the_command_says(desk: AnyResult, story: Story) -> None:
    """Protects one figure: the page and ``bposim value`` give the same worth of the same input."""
    by_command = {piece.name: piece.value for piece in value(desk).pieces if len(piece.inputs) == 1}
    by_page = worth_of_each(desk)
    assert {each.name: each.value for each in by_page} == by_command
    (advice,) = [advice for advice in story.answer.advice if advice.title == "What to find out first"]
    worth = [each for each in by_page if not too_close(each.value)]
    assert len(advice.points) == min(3, len(worth))
    assert worth


def test_what_a_draw_shares_is_said(desk: AnyResult) -> None:
    """Protects from more trials that change nothing: whose inputs move both alternatives alike."""
    text = in_common(desk.first, "manila", "blend")
    assert text.startswith("manila and blend share uncertain inputs by like: ")
    assert " of manila (" in text
    assert "price" in text
    assert "in-house" in in_common(desk.first, "in-house", "blend")
    assert in_common(desk.first, "in-house", "manila") == ""


SURE = BreakEven(at=3.0, low=2.8, high=3.2, below=0.8, rising=True)
BACK = BreakEven(at=9.0, low=8.5, high=9.5, below=0.97, rising=False)
OPEN = BreakEven(at=1.2, low=None, high=1.4, below=0.16, rising=False)


def test_a_choice_turns_where_it_does_beyond_chance() -> None:
    """Protects from a condition that noise wrote: an open crossing is none, one that turns back no bound."""
    assert _turning_point((OPEN, SURE)) is SURE
    assert _turning_point((OPEN,)) is None
    assert _turning_point((SURE, BACK)) is None
