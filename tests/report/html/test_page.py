"""The report as a file: what it says in each case, what it embeds, and what it is made of."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pytest
from click.testing import CliRunner

import bposim
from bposim.analysis.measures import Estimate
from bposim.analysis.summary import summarise
from bposim.cli import main
from bposim.cli.source import summary_of
from bposim.engine import simulate_streamed
from bposim.library.outside_view import with_outside_view
from bposim.report.document import document
from bposim.report.html.document import MOST_BYTES, Story, embedded, page, story_of, with_minus
from bposim.report.html.script import HERE, LICENCES
from bposim.report.html.terms import clear_terms
from bposim.report.paragraph import paragraph
from bposim.report.pictures.seen import Seen
from cli.hand_made import SMALL, normal_costs, result_of, scenario_with

if TYPE_CHECKING:
    from bposim.report.html.advice import Advice
    from bposim.result import AnyResult

ROOT = Path(__file__).parents[3]

MOST_ROWS = 400
"""No set of rows in a chart is longer: points of curves, splits; never trials."""


def told(costs: dict[str, Any], **preferences: object) -> Story:
    """Return the story of costs by hand."""
    scenario = scenario_with(**preferences)
    kept = {name: own for name, own in scenario.alternatives.items() if name in costs}
    result = result_of(costs, scenario.model_copy(update={"alternatives": kept}))
    return story_of(result, summarise(result))


def tiles(story: Story) -> dict[str, str]:
    """Return the figures of the answer box."""
    return {tile.label: tile.value for tile in story.answer.tiles}


def marks(story: Story) -> dict[str, str]:
    """Return the marks of the status."""
    return {item.title: item.mark for item in story.status}


@pytest.fixture(scope="module")
def desk() -> AnyResult:
    """Return a small run with drivers, events and a blend."""
    return bposim.simulate(bposim.load(SMALL), trials=2_048, seed=3)


@pytest.fixture(scope="module")
def story(desk: AnyResult) -> Story:
    """Return its story."""
    return story_of(desk, summary_of(desk))


@pytest.fixture(scope="module")
def text(story: Story) -> str:
    """Return its page."""
    return page(story)


# ---------------------------------------------------------------- the answer in each case


def test_a_clear_winner() -> None:
    """Protects the common case: what to do, what it saves, how often, how bad, when the money is back."""
    story = told(normal_costs(manila=(8e6, 1e6)))
    assert story.answer.verdict == "Recommended: manila."
    assert not story.answer.undecided
    assert story.answer.lead.startswith("Against in-house, manila saves USD 2.0M on average")
    found = tiles(story)
    assert found["Mean saving"] == "USD 2.0M"
    assert found["Cheaper in"] == "92%"
    assert found["5 to 95 of 100 futures"] == "−0.3M to 4.3M"
    assert found["Half have paid back"] == "month 12"
    assert marks(story)["Converged?"] == "good"
    assert marks(story)["Choice settled?"] == "good"


def test_too_close_to_call() -> None:
    """Protects honesty: no recommendation, an open box, and a status that says why."""
    story = told(normal_costs(manila=(8e6, 1e6), blend=(8.001e6, 1e6)))
    assert story.answer.verdict.startswith("Too close to call: ")
    assert story.answer.undecided
    assert 'class="box open"' in page(story)
    assert marks(story)["Choice settled?"] == "poor"
    assert marks(story)["Converged?"] == "good"  # more trials of the same precision, and yet a draw


def test_the_baseline_wins() -> None:
    """Protects the answer that nobody sold: stay; the figures are those of the best of the others."""
    story = told(normal_costs(manila=(12e6, 1e6), blend=(13e6, 1e6)))
    assert story.answer.verdict == "Recommended: stay with in-house."
    assert story.answer.about == "manila against in-house"
    assert tiles(story)["Mean saving"] == "USD −2.0M"
    assert "costs USD 2.0M more on average" in story.answer.lead


def test_a_negative_saving_is_recommended_for_its_tail() -> None:
    """Protects a choice that costs more on average and is still right: the page says why."""
    costs = normal_costs(manila=(10.2e6, 0.2e6))
    costs["in-house"] = np.where(np.arange(20_000) % 10 == 0, 14e6, 9.5e6) + 0.01 * costs["in-house"]
    story = told(costs)
    assert story.answer.verdict == "Recommended: manila."
    assert tiles(story)["Mean saving"].startswith("USD −")
    assert "It ranks first because its bad outcomes are less costly." in story.answer.reasons


def test_a_tail_that_cannot_be_told() -> None:
    """Protects against a figure that the trials do not support: the box says that it is not known."""
    story = told(normal_costs(trials=100, manila=(8e6, 1e6)))
    assert story.answer.verdict.startswith("A first look only: ")
    assert story.answer.undecided
    assert tiles(story)["Worst 5% of futures"] == "not known"
    assert marks(story)["Converged?"] == "poor"


def test_a_run_that_has_not_converged() -> None:
    """Protects against false comfort: an error as wide as a part of the spread is told as such."""
    story = told(normal_costs(trials=2_048, manila=(8e6, 1e6)))
    item = next(item for item in story.status if item.title == "Converged?")
    assert item.mark == "poor"
    assert item.text.startswith("Not yet: the mean saving is known to ± ")
    assert "run more trials" in item.text


def test_few_of_the_worst_outcomes_are_no_convergence() -> None:
    """Protects from two verdicts: a warning to run more trials, and that more would change little."""
    costs = normal_costs(manila=(8e6, 1e6))
    costs["in-house"] = np.where(np.arange(20_000) < 20, 40e6, 10e6)  # a tail that 20 futures make
    story = told(costs, tail_level=0.999)
    assert any("few of the worst outcomes" in text for item in story.status for text in item.points)
    item = next(item for item in story.status if item.title == "Converged?")
    assert item.mark == "poor"
    assert "change little" not in item.text
    assert "few of the worst outcomes" in item.text


def test_outermost_classes_say_that_they_are_open() -> None:
    """Protects the histogram's ends: what lies beyond is in their bars, so table and tooltip say so."""
    story = told(normal_costs(manila=(8e6, 1e6)))
    [figure] = [figure for figure in story.figures if figure.key == "savings"]
    classes = [row[0] for row in figure.table.rows]
    assert classes[0].startswith("below ")
    assert classes[-1].startswith("above ")
    assert all(" to " in told for told in classes[1:-1])
    tooltips = {
        row["Saving"]
        for own in figure.panels
        for rows in own.chart["datasets"].values()
        for row in rows
        if "Saving" in row
    }
    assert tooltips == set(classes)


def test_one_future_says_nothing() -> None:
    """Protects the smallest run: no figures, no error, a page all the same."""
    story = told({"in-house": [10e6], "manila": [8e6]})
    assert story.answer.verdict.startswith("One future was simulated")
    assert story.answer.tiles == ()
    assert page(story).endswith("</html>")


def test_the_page_says_what_the_command_line_says(desk: AnyResult, story: Story) -> None:
    """Protects one voice: verdict, lead and reasons are the paragraph that ends a run."""
    said = " ".join([story.answer.verdict, story.answer.lead, *story.answer.reasons])
    assert said == paragraph(desk, summary_of(desk))


def test_it_says_what_drives_and_turns_it_and_what_to_negotiate(story: Story) -> None:
    """Protects the questions of a board beyond the figure."""
    titles = [advice.title for advice in story.answer.advice]
    assert titles == [
        "What drives it",
        "What would turn it",
        "What to negotiate first",
        "What to find out first",
    ]
    assert all(advice.points or advice.lead for advice in story.answer.advice)


def negotiated(story: Story) -> Advice:
    """Return what it says to negotiate."""
    return next(advice for advice in story.answer.advice if advice.title == "What to negotiate first")


def test_a_price_that_moves_the_saving_is_to_be_negotiated() -> None:
    """Protects direction and error: a lower price goes with a higher saving, and ± says how surely."""
    scenario = bposim.load(SMALL, {"manila.price.per_unit.amount": "{low: 150, likely: 400, high: 900}"})
    result = bposim.simulate(scenario, trials=4_096, seed=3)
    terms = negotiated(story_of(result, summary_of(result)))
    assert terms.points[0].startswith("manila: price per contact (PHP): PHP ")
    better, worse = map(float, re.findall(r"PHP ([\d.]+)", terms.points[0]))
    assert better < worse
    assert " ± " in terms.points[0]


@pytest.mark.parametrize(
    ("name", "group", "swing", "others", "named"),
    [
        ("price.per_unit.amount", "price", -9e5, 19, True),
        ("price.per_unit.amount", "price", -3e5, 0, True),
        ("price.per_unit.amount", "price", -3e5, 19, False),  # three standard errors: the largest of twenty
        ("price.per_unit.amount", "price", 9e5, 0, False),  # nobody asks for a higher price
        ("indexation.give_back", "indexation", 9e5, 0, True),
        ("indexation.give_back", "indexation", -9e5, 0, False),
        ("productivity", "productivity", -9e5, 0, False),  # no term of a contract
    ],
)
def test_noise_and_the_wrong_direction_are_no_advice(
    monkeypatch: pytest.MonkeyPatch,
    desk: AnyResult,
    name: str,
    group: str,
    swing: float,
    others: int,
    named: bool,
) -> None:
    """Protects a negotiator from asking for what only this draw says, or for what costs more."""
    seen = Seen(desk.first, "manila")
    some = seen.bars[0]
    bar = replace(some, name=name, low_mean=Estimate(0.0, 6e4), high_mean=Estimate(swing, 8e4))  # ± 1e5
    quiet = [replace(bar, name=f"price.{number}", high_mean=Estimate(1e4, 8e4)) for number in range(others)]
    known = {
        own.name: replace(
            seen.driver(some.name), name=f"alternatives.manila.vendor.{own.name}", group=group, is_input=True
        )
        for own in (bar, *quiet)
    }
    monkeypatch.setattr(Seen, "bars", (bar, *quiet))
    monkeypatch.setattr(Seen, "driver", lambda _, label: known[label])
    monkeypatch.setattr(Seen, "is_rate", lambda *_: False)
    terms = clear_terms(Seen(desk.first, "manila"))
    assert bool(terms.named) is named
    assert terms.looked_at == (0 if group == "productivity" else 1 + others)


def test_a_turn_is_told_on_its_right_side() -> None:
    """Protects direction: against a blend, manila gains by its cheaper price, in-house by a dearer one."""
    scenario = bposim.load(SMALL, {"manila.price.per_unit.amount": "{low: 150, likely: 200, high: 900}"})
    result = bposim.simulate(scenario, trials=4_096, seed=3)
    story = story_of(result, summary_of(result))
    assert "blend ranks first" in story.answer.verdict
    turns = next(advice for advice in story.answer.advice if advice.title == "What would turn it")
    for loser, side in (("manila", "below"), ("in-house", "above")):
        begin = f"{loser} would be ahead of blend if manila: price per contact came out {side} PHP "
        assert any(point.startswith(begin) for point in turns.points), turns.points


# ---------------------------------------------------------------- the file


def test_it_is_small_and_complete(text: str) -> None:
    """Protects mail boxes and archives: one file under 2 MB that names no other."""
    assert len(text.encode()) <= MOST_BYTES
    body = text[: text.index('<script type="application/json"')]
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", body)
    assert "@import" not in body
    assert "url(" not in body


def test_everything_fits_as_well() -> None:
    """Protects the limit where every field of the model is used and six alternatives are drawn."""
    result = bposim.simulate(bposim.load(ROOT / "scenarios" / "everything.yaml"), trials=512, seed=1)
    found = page(story_of(result, summarise(result)))
    assert len(found.encode()) <= MOST_BYTES
    assert found.count('class="drawing"') >= 12


def test_the_policy_allows_this_script_and_style_alone(text: str) -> None:
    """Protects readers of a page that somebody changed: anything but our own code is not run."""
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0])
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag, kind in (("script", "script-src"), ("style", "style-src")):
        content = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(content) == 1
        digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert " style=" not in text[: text.index('<script type="application/json"')]
    assert not re.search(r"\son[a-z]+=", text[: text.index('<script type="application/json"')])


def test_the_result_is_embedded_for_programs(desk: AnyResult, text: str) -> None:
    """Protects machines that read the page: the JSON is that of the command line."""
    found = re.findall(r'id="bposim-result">(.*?)</script>', text)[0]
    figures = with_outside_view(desk.scenario, summary_of(desk))
    assert len(figures.warnings) > len(summary_of(desk).warnings)
    assert json.loads(found) == json.loads(json.dumps(document(desk, figures)))


def test_embedded_text_cannot_leave_its_element() -> None:
    """Protects against a name that ends the script: every sign that could is escaped, and reads back."""
    content = {"a": "</script><!--<script>&\u2028\u2029", "b": '"quoted"\\'}
    found = str(embedded(content))
    assert not set("<>&\u2028\u2029") & set(found)
    assert json.loads(found) == content


def test_charts_hold_with_vega_lite_and_carry_no_trials(story: Story) -> None:
    """Protects the charts' grammar and the file's size: valid by the schema, points and not futures."""
    for figure in story.figures:
        for panel in figure.panels:
            chart = json.loads(json.dumps(panel.chart))
            sets = [*chart.get("datasets", {}).values(), chart.get("data", {}).get("values", [])]
            assert max(map(len, sets)) <= MOST_ROWS, figure.key
            for rows in sets:
                del rows[3:]  # a few tell whether the grammar is right
            assert alt.LayerChart.from_dict(chart).to_dict()


def test_every_figure_has_its_finding_its_unit_and_its_words(story: Story) -> None:
    """Protects readers who cannot see it, and those who ask in which money."""
    assert [figure.key for figure in story.figures] == [
        "savings",
        "s-curves",
        "fan",
        "waterfall",
        "tornado",
        "losses",
        "tail",
        "frontier",
    ]
    for figure in story.figures:
        assert figure.title
        assert "USD" in figure.subtitle
        assert len(figure.alt) > len(figure.title)
        assert figure.table.rows


def test_what_cannot_be_drawn_is_said() -> None:
    """Protects against a silent gap: a result without its sample names what is missing."""
    story = told(normal_costs(manila=(8e6, 1e6)))
    assert {title for title, _ in story.undrawn} == {"Event losses", "What the worst futures are made of"}
    assert "kept no sample" in page(story)


def test_a_streamed_run_says_what_its_charts_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects runs beyond memory: the figures are of all trials, and charts say of which they are."""
    for module in ("fold", "engine"):
        monkeypatch.setattr(f"bposim.{module}.SAMPLE_TRIALS", 2_048)
    result = simulate_streamed(bposim.load(SMALL), 4_096, 3)
    story = story_of(result, summary_of(result))
    assert len(story.figures) == 8
    kept = next(item for item in story.status if item.title == "Trials kept")
    assert "of 4,096 trials" in kept.text
    assert kept.text in page(story)


def test_assumptions_name_source_and_grade(story: Story) -> None:
    """Protects the question where a number is from."""
    growth = next(each for each in story.assumptions if each.path == "world.volume.growth")
    assert growth.name == "volume growth a year"
    assert growth.source == "demand plan 2026"
    assert growth.uncertain
    assert "to" in growth.spread
    names = [each.name for each in story.assumptions]
    assert len(names) == len(set(names))
    price = next(each for each in story.assumptions if each.path.startswith("manila.price"))
    assert price.unit == "PHP"


def test_base_case_and_mean_are_reconciled(desk: AnyResult, story: Story) -> None:
    """Protects the controller who has the deterministic sheet: both totals and their difference."""
    table = story.reconciliation[0]
    assert [row[0] for row in table.rows] == desk.names
    assert table.columns[1:3] == ("base case", "mean")


def test_declared_checks_are_in_the_status(tmp_path: Path) -> None:
    """Protects sign-off: a check that fails is there, with what was found."""
    path = tmp_path / "checked.yaml"
    check = "\nchecks: {pays: manila.saving.probability_positive >= 99.9%}\n"
    path.write_text(SMALL.read_text(encoding="utf-8") + check, encoding="utf-8")
    result = bposim.simulate(bposim.load(path), trials=2_048, seed=3)
    item = next(item for item in story_of(result, summarise(result)).status if item.title == "Checks")
    assert item.mark == "poor"
    assert "FAILED" in item.points[0]


# ---------------------------------------------------------------- the drawing code


def test_the_drawing_code_is_as_published() -> None:
    """Protects against a changed library: each file has the hash that its table states."""
    vendored = HERE / "vendor"
    stated = dict(re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})` \|", (vendored / "README.md").read_text()))
    scripts = {path.name for path in vendored.iterdir() if path.name.endswith(".js")}
    assert set(stated) == scripts
    for name, digest in stated.items():
        assert hashlib.sha256((vendored / name).read_bytes()).hexdigest() == digest, name


def test_the_page_keeps_the_notices(text: str) -> None:
    """Protects the licences of what the page carries: who wrote it, and under which terms."""
    assert text.count(html.escape(LICENCES)) + text.count(LICENCES) >= 2
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("-2.9M", "\N{MINUS SIGN}2.9M"),
        ("saving 5-95%: -2.9M to 28.8M", "saving 5-95%: \N{MINUS SIGN}2.9M to 28.8M"),
        ("as-is, 2027-01, krakow-2", "as-is, 2027-01, krakow-2"),
        ("(-0.4)", "(\N{MINUS SIGN}0.4)"),
    ],
)
def test_only_negative_numbers_get_a_minus(plain: str, shown: str) -> None:
    """Protects names, months and ranges from typography."""
    assert with_minus(plain) == shown


# ---------------------------------------------------------------- the command


def test_the_command_writes_the_page_and_says_what_is_next(tmp_path: Path) -> None:
    """Protects the way from a stored run to a file for the board."""
    folder = tmp_path / "out"
    ran = CliRunner().invoke(main, ["run", str(SMALL), "-n", "1k", "-o", str(folder)])
    assert ran.exit_code == 0, ran.output
    made = CliRunner().invoke(main, ["report", str(folder), "--against", str(folder)])
    assert made.exit_code == 0, made.output
    content = (folder / "report.html").read_text(encoding="utf-8")
    assert "Since the last run" in content
    assert "Both runs recommend " in content
    assert "bposim verify" in content
    assert str(folder / "report.html") in made.stdout
    assert made.stdout.rstrip().splitlines()[-1].startswith("Next: ")
    assert bposim.stored.read(folder).trials == 1_000  # the page leaves the run intact


@pytest.mark.parametrize(
    ("option", "name", "advice"),
    [
        ("--excel", "book.xls", "ends in .xlsx"),
        ("-o", "board.pdf", "print it for a PDF"),
        ("-o", "own.yaml", "ends in .html"),
    ],
)
def test_the_command_refuses_other_kinds_of_file(tmp_path: Path, option: str, name: str, advice: str) -> None:
    """Protects from files that no program opens, and the scenario from being written over by its report."""
    file = tmp_path / name
    file.write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(main, ["report", str(SMALL), option, str(file)])
    assert result.exit_code == 2
    assert advice in result.stderr
    assert file.read_text(encoding="utf-8") == "mine"
