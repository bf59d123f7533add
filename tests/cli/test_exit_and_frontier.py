"""``bposim exit`` and ``bposim frontier`` as click runs them: words, data, stored runs, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from bposim.cli import main
from cli.hand_made import SMALL

if TYPE_CHECKING:
    from pathlib import Path

OK, INVALID = 0, 2

FEW = ("-n", "2k")


def call(*arguments: object) -> Result:
    """Run a command; stdout and stderr are kept apart."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def data(*arguments: object) -> Any:  # noqa: ANN401 - JSON
    """Return what a command writes as JSON, read strictly."""
    result = call(*arguments, "--format", "json")
    assert result.exit_code == OK, result.stderr

    def refuse(text: str) -> None:
        raise AssertionError(text)

    return json.loads(result.stdout, parse_constant=refuse)


def test_exit_says_what_the_right_is_worth() -> None:
    """Protects the answer: a table, a sentence for each contract, and what the file leaves open."""
    result = call("exit", SMALL, *FEW)
    assert result.exit_code == OK
    assert "The right to leave, present value, USD, 2,000 trials" in result.stdout
    for name in ("manila", "blend"):
        assert f"{name} - in-house" in result.stdout
        assert f"{name}: the right to leave is worth" in result.stdout
    assert result.stdout.count("± is one standard error") == 1
    assert result.stderr.count("manila and blend: the contract says nothing about leaving") == 1
    told = call("exit", SMALL, *FEW, "--notice", "3", "--alternative", "manila")
    assert "says nothing about leaving" not in told.stderr
    assert "blend" not in told.stdout


def test_exit_draws_the_right(tmp_path: Path) -> None:
    """Protects -o: the study fits the picture that is drawn of it."""
    result = call(
        "exit", SMALL, *FEW, "--every", "6", "--rule", "-50%", "--alternative", "manila", "-o", tmp_path
    )
    assert result.exit_code == OK
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exit-manila.png", "exit-manila.svg"]


def test_exit_as_data() -> None:
    """Protects the schema: dates, both uses, foresight above the best use, probabilities that add up."""
    content = data(
        "exit", SMALL, *FEW, "--every", "6", "--notice", "3", "--fee-months", "2,1", "--rule", "5%"
    )
    assert content["schema"] == "bposim.exit/1"
    assert content["rule"] == {"excess": 0.05}
    assert content["pilots"] == {}
    manila = content["exits"]["manila"]
    assert manila["to"] == ["in-house"]
    assert manila["dates"] == [12, 18, 24, 30]
    assert manila["rule_from"] == 19
    assert 0.0 <= manila["best"]["value"]["value"] <= manila["foresight"]["value"]
    for use in (manila["by_rule"], manila["best"]):
        assert sum(use["by_date"]) == pytest.approx(use["probability"]["value"])
    fees = manila["change_by_category"]["termination"]
    assert all(fee > 0 for fee in fees[:2])
    assert fees[2] == pytest.approx(0)  # the contract's third year has no fee


def test_a_pilot_of_the_command_line() -> None:
    """Protects --pilot, --reveals and --accuracy: they arrive, and less is shown for less."""
    asked = ("exit", SMALL, *FEW, "--pilot", "20%:3", "--reveals", "manila.price")
    content = data(*asked)
    manila = content["pilots"]["manila"]
    assert manila["reveals"] == ["manila.price"]
    assert 0.0 <= manila["right_to_stop"]["value"] <= manila["foresight"]["value"]
    blurred = data(*asked, "--accuracy", "50%")["pilots"]["manila"]
    assert blurred["accuracy"] == 0.5
    assert blurred["right_to_stop"]["value"] <= manila["right_to_stop"]["value"]
    assert "Pilot first" in call(*asked).stdout


def test_a_stored_run_gives_scenario_and_seed(tmp_path: Path) -> None:
    """Protects DIR: the futures are those of the run, and a run is not changed afterwards."""
    folder = tmp_path / "run"
    assert call("run", SMALL, *FEW, "--seed", 9, "-o", folder).exit_code == OK
    for command in ("exit", "frontier"):
        stored = data(command, folder, *FEW)
        assert stored["seed"] == 9
        assert stored == data(command, SMALL, *FEW, "--seed", 9)
        refused = call(command, folder, "--set", "discount_rate=9%")
        assert refused.exit_code == INVALID
        assert "give its file" in refused.stderr


def test_frontier_says_what_a_second_vendor_is_worth() -> None:
    """Protects the answer and the schema: the splits, the best, and how coarse the grid is."""
    result = call("frontier", SMALL, *FEW)
    assert result.exit_code == OK
    assert "Splits of the work" in result.stdout
    assert "± is one standard error" in result.stdout
    assert "Best by risk-adjusted value is" in result.stdout
    assert "Shares go in steps of 10%" in result.stdout
    content = data("frontier", SMALL, *FEW, "--steps", 4)
    assert content["schema"] == "bposim.frontier/1"
    assert content["legs"] == ["in-house", "manila"]
    assert [split["shares"]["manila"] for split in content["splits"]] == [0, 0.25, 0.5, 0.75, 1]
    assert content["splits"][0]["mean_saving"] == pytest.approx(0)
    dear = data("frontier", SMALL, *FEW, "--steps", 4, "--per-year", "1M")
    half, whole = (
        dear["splits"][at]["risk_adjusted_cost"] - content["splits"][at]["risk_adjusted_cost"]
        for at in (2, 4)
    )
    assert whole == pytest.approx(0)
    assert half == pytest.approx(1e6 * content["annuity"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("exit", SMALL, "--alternative", "manilla"), "manila"),
        (("exit", SMALL, "--alternative", "in-house"), "no contract to leave"),
        (("exit", SMALL, "--to", "mars"), "mars cannot take over"),
        (("exit", SMALL, "--notice", "40"), "leaves nothing of the 36 months"),
        (("exit", SMALL, "--cost", "EUR 5k"), "no rate of EUR"),
        (("exit", SMALL, "--pilot", "10%"), "write its share and its months"),
        (("exit", SMALL, "--accuracy", "150%"), "150% is no share"),
        (("exit", SMALL, "--pilot", "10%:2", "--reveals", "moon"), "moon is no uncertain input"),
        (("frontier", SMALL, "--leg", "manila"), "two alternatives"),
        (("frontier", SMALL, "--leg", "blend", "--leg", "manila"), "blend is not an alternative of one leg"),
        (("frontier", SMALL, "--steps", "1"), "--steps"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[object, ...], complaint: str) -> None:
    """Protects the exit code and the words of every misuse."""
    result = call(*arguments, *("-n", "8"))
    assert result.exit_code == INVALID
    assert complaint in " ".join(result.stderr.replace("│", " ").split())
