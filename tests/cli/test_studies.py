"""The commands worth, breakeven, stress, sweep and run --until: what they print and refuse."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner

from bposim.cli import main
from bposim.stored import read

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"


def output(*arguments: str, code: int = 0) -> str:
    """Return what a command writes to stdout, or its complaint where it is to fail."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


def test_worth_says_what_to_negotiate() -> None:
    """Protects the price list and its last words."""
    text = output("worth", TINY, "-n", "1k", "--alternative", "manila")
    assert "Price list of manila" in text
    assert "Negotiate indexation first" in text or "Negotiate term first" in text
    assert "All clauses at once" in text


def test_worth_as_json() -> None:
    """Protects the keys of bposim.worth/1."""
    content = json.loads(output("worth", TINY, "-n", "1k", "--alternative", "manila", "--format", "json"))
    assert content["schema"] == "bposim.worth/1"
    own = content["alternatives"]["manila"]
    assert {"fees", "annuity", "items", "not_valued", "all_clauses", "interactions", "best_set"} == own.keys()
    assert {"mean", "es95", "risk_adjusted_value", "probability_of_miss", "per_year"} <= own["items"][
        0
    ].keys()


@pytest.mark.parametrize(
    "arguments", [(), ("--vary", "manila.price"), ("--vary", "manila.price", "--vary", "manila.delay")]
)
def test_breakeven_of_a_stored_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Protects the three ways of asking a stored run, and that each ends in words."""
    folder = tmp_path / "out"
    output("run", TINY, "-n", "4k", "-o", folder)
    text = output("breakeven", folder, "--alternative", "manila", "--against", "in-house", *arguments)
    assert "manila" in text
    content = json.loads(
        output("breakeven", folder, "--alternative", "manila", "--format", "json", *arguments)
    )
    assert content["schema"] == "bposim.breakeven/1"
    assert content.get("method", "sample") == "sample"


def test_breakeven_of_a_fixed_number_takes_runs() -> None:
    """Protects that a fixed number is not read off the sample, and that it says so."""
    text = output(
        "breakeven", TINY, "-n", "1k", "--vary", "manila.fee_share=1%..90%", "--alternative", "manila"
    )
    assert "By runs of 1,000 trials" in text


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--vary", "a", "--vary", "b", "--vary", "c"), "once or twice"),
        (("--vary", "manila.prise"), "no number of the scenario"),
        (("--statistic", "saving.best"), "known here"),
        (("--alternative", "mars"), "no alternative mars"),
        (("--alternative", "manila", "--against", "manila"), "itself"),
    ],
)
def test_breakeven_refuses(arguments: tuple[str, ...], what: str) -> None:
    """Protects the messages of wrong questions."""
    text = output("breakeven", TINY, "-n", "1k", *arguments, code=2)
    assert what in " ".join(text.replace("│", " ").split())


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of 4,000 trials of the tiny scenario."""
    folder = tmp_path_factory.mktemp("tiny") / "out"
    output("run", TINY, "-n", "4k", "-o", folder)
    return folder


@pytest.mark.parametrize(("one", "other"), [("manila", "in-house"), ("in-house", "manila")])
def test_breakeven_names_who_is_cheaper_in_how_many_futures(ran: Path, one: str, other: str) -> None:
    """Protects the last sentence: the share is that of the alternative it names, whoever is ahead."""
    costs = read(ran).first.costs
    leader, loser = sorted((one, other), key=lambda name: costs[name].mean())
    share = round(100 * float((costs[loser] < costs[leader]).mean()))
    text = " ".join(output("breakeven", ran, "--alternative", one, "--against", other).split())
    assert f"{loser} is the cheaper one in {share}% of futures" in text or (
        f"{loser} is the cheaper one in {share} of 100 futures" in text
    )
    assert f"On average {leader} is the cheaper one today" in text


def test_breakeven_asks_for_what_the_scenario_ranks_by(ran: Path) -> None:
    """Protects from telling where the mean turns when the choice is made by another figure."""
    content = json.loads(output("breakeven", ran, "--format", "json"))
    assert content["statistic"] == "risk_adjusted_value"
    assert content["reverse_stress"]["statistic"] == "saving.mean"
    assert "by risk-adjusted value" in " ".join(output("breakeven", ran).split()).lower()


def test_breakeven_falls_back_to_the_mean_and_says_so() -> None:
    """Protects from a risk-adjusted value that a few futures cannot tell."""
    assert "On average" in output("breakeven", TINY, "-n", "200", "--statistic", "mean")
    text = " ".join(output("breakeven", TINY, "-n", "200").split())
    assert "200 futures are too few: this is the mean saving" in text


def test_breakeven_runs_where_a_figure_cannot_be_read_off(ran: Path) -> None:
    """Protects from "no value from - to - turns it" where no value was looked at."""
    text = output("breakeven", ran, "--vary", "manila.price", "--statistic", "saving.es95")
    assert "from - to -" not in text
    assert "4,000 futures are too few to read saving.es95 off. By runs of 4,000 trials" in " ".join(
        text.split()
    )


def test_breakeven_points_to_shown_moves_alone(ran: Path) -> None:
    """Protects the words about the table: they name what is in it, or say that there is more in it."""
    names = ("manila", "krakow", "in-house")
    for one, other in permutations(names, 2):
        text = output("breakeven", ran, "--alternative", one, "--against", other)
        table = text.partition("joint move")[2].partition("percentile")[2].partition("By risk-adj")[0]
        shown = [line for line in table.splitlines() if re.search(r"P[\d.]+ *$", line)]
        assert ("the others in the table" in text) == (len(shown) > 3)


def test_studies_take_the_folder_of_a_run(ran: Path) -> None:
    """Protects that a run's folder stands for its scenario and its seed in worth, sweep and stress."""
    asked = ("--vary", "discount_rate=6%..9%:2", "-n", "1k", "--format", "json")
    assert output("sweep", ran, *asked) == output("sweep", TINY, *asked)
    asked = ("-n", "1k", "--alternative", "manila", "--format", "json")
    assert output("worth", ran, *asked) == output("worth", TINY, *asked)
    assert "names no stress" in output("stress", ran, code=2)


def test_sweep_says_what_to_write_and_by_what_it_chooses() -> None:
    """Protects the example of --vary, and that the choice beside any figure is the ranking's."""
    assert "--vary discount_rate=" in output("sweep", TINY, code=2)
    text = output("sweep", TINY, "-n", "1k", "--vary", "discount_rate=6%..9%:2", "--statistic", "saving.mean")
    assert "choice by" in text
    assert "By risk-adjusted value" in text


def test_stress_needs_stresses() -> None:
    """Protects the hint of what to write."""
    assert "stresses:" in output("stress", TINY, code=2)


def test_stress_and_sweep(tmp_path: Path) -> None:
    """Protects tables, words, JSON and CSV."""
    (tmp_path / "tiny.yaml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "s.yaml"
    file.write_text("extends: tiny.yaml\nstresses:\n  dear: {set: {discount_rate: 12%}}\n", encoding="utf-8")
    assert "stays the choice" in (text := output("stress", file, "-n", "1k")) or "turns under" in text
    content = json.loads(output("stress", file, "-n", "1k", "--format", "json"))
    assert [stress["name"] for stress in content["stresses"]] == ["as it is", "dear"]
    grid = ("sweep", file, "-n", "1k", "--vary", "discount_rate=6%..9%:2")
    rows = output(*grid, "--csv", "--statistic", "saving.mean").splitlines()
    assert rows[0] == "discount_rate,alternative,statistic,value,se"
    assert len(rows) == 1 + 2 * 4
    assert json.loads(output(*grid, "--format", "json"))["schema"] == "bposim.sweep/1"


def test_run_until_says_how_it_converged() -> None:
    """Protects the table and the verdict, reached or not."""
    text = output("run", TINY, "--until", "manila.saving.mean:1bn", "--max-trials", "2k")
    assert "Precise enough after 2,000 trials" in text
    text = output("run", TINY, "--until", "saving.p5:0.001%", "--max-trials", "2k")
    assert "ended at --max-trials 2,000" in text
    assert "no alternative" not in text


@pytest.mark.parametrize("target", ["saving.p5", "saving.best:1%", "saving.p5:0"])
def test_run_until_refuses(target: str) -> None:
    """Protects from a run towards nothing."""
    output("run", TINY, "--until", target, code=2)
