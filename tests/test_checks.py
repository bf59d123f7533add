"""Checks of a scenario: what can be required, when it holds, and that a run's numbers do not hear of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.special import ndtri

from bposim.analysis.checks import checked
from bposim.analysis.measures import Estimate
from bposim.analysis.streamed import summarise_streamed
from bposim.analysis.summary import summarise
from bposim.engine import simulate, simulate_streamed
from bposim.figures import alternative_and_figure
from bposim.files import load
from bposim.report.checks import checks_table, checks_words, found_text
from bposim.report.document import document
from bposim.report.estimate import share
from bposim.schema import scenario_schema
from cli.hand_made import SMALL, result_of

if TYPE_CHECKING:
    from bposim.analysis.checks import CheckOutcome

TINY = Path(__file__).parent / "data" / "tiny.yaml"
TRIALS = 4_000


def outcome_of(require: str, trials: int = TRIALS) -> CheckOutcome:
    """Return the outcome of a check where manila saves 1 on average, normally distributed with spread ½."""
    scenario = load(SMALL, {"checks": f"{{one: {{require: {require}}}}}"})
    scores = ndtri((np.arange(trials) + 0.5) / trials)
    costs = {"in-house": np.full(trials, 100.0), "manila": 99.0 - scores / 2, "blend": np.full(trials, 100.0)}
    result = result_of(costs, scenario)
    [outcome] = checked(result, summarise(result))
    return outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("manila.saving.p5", ("manila", "saving.p5")),
        ("saving.p97.5", (None, "saving.p97.5")),
        ("two.words.total_cost.es95", ("two.words", "total_cost.es95")),
        ("manila.probability_positive", ("manila", "probability_positive")),
        ("risk_adjusted_value", (None, "risk_adjusted_value")),
    ],
)
def test_figure_is_parted_from_its_alternative(text: str, expected: tuple[str | None, str]) -> None:
    """Protects one way of naming figures, whatever dots an alternative's name has."""
    assert expected == alternative_and_figure(text)


@pytest.mark.parametrize(
    ("require", "verdict", "close"),
    [
        ("manila.saving.mean >= 0.9", "passed", False),
        ("manila.saving.mean <= 0.9", "failed", False),
        ("manila.saving.mean >= 0.99", "passed", True),
        ("manila.saving.mean >= 1.01", "failed", True),
        ("manila.saving.mean > USD 0.5", "passed", False),
        ("manila.probability_positive >= 70%", "passed", False),
        ("manila.probability_positive >= 0.99", "failed", False),
        ("saving.mean < 5", "passed", False),
        ("recommended is manila", "passed", False),
        ("recommended is blend", "failed", False),
        ("in-house.total_cost.mean <= 100", "passed", False),
        ("in-house.total_cost.mean < 100", "failed", False),
    ],
)
def test_estimate_decides_and_its_interval_warns(require: str, verdict: str, close: bool) -> None:
    """The mean saving is 1 with an error of 0.5 / sqrt(4000) = 0.008: a bound within 0.015 is close."""
    outcome = outcome_of(require)
    assert (verdict, close) == (outcome.verdict, outcome.close)


def test_what_cannot_be_told_is_not_passed() -> None:
    """Protects from a pass that a handful of futures gives: the tail of 40 has 2 points."""
    outcome = outcome_of("manila.saving.es95 >= -100", trials=40)
    assert outcome.verdict == "untold"
    assert not outcome.passed
    assert "40 trials are too few" in checks_words([outcome])


@pytest.mark.parametrize("trials", [1, 40, 99])
@pytest.mark.parametrize("require", ["manila.probability_positive >= 70%", "manila.saving.mean >= -5"])
def test_fewer_than_a_hundred_trials_pass_nothing(require: str, trials: int) -> None:
    """Protects from a promise that one future kept: too few trials is not passed, whatever they show."""
    outcome = outcome_of(require, trials)
    assert (outcome.verdict, outcome.close) == ("untold", False)
    assert "too few for one; a check needs 100 at least" in checks_words([outcome])
    assert outcome_of(require, 100).passed


def test_too_few_trials_settle_no_choice() -> None:
    """Protects a required choice in the same way."""
    assert outcome_of("recommended is manila", 99).verdict == "untold"


@pytest.mark.parametrize(
    ("require", "decimals"),
    [
        ("manila.saving.p5 >= 0.179", 3),  # it is 0.1781, which two digits write 0.18
        ("manila.saving.p5 >= 0.17", 2),
        ("manila.probability_positive >= 97.72%", 2),  # it is 97.725 %
        ("manila.probability_positive >= 70%", 1),
    ],
)
def test_what_was_found_shows_why_it_failed(require: str, decimals: int) -> None:
    """Protects from "12.0k" that fails ">= 12k": the figure as written is on its side of the bound."""
    outcome = outcome_of(require)
    assert outcome.estimate
    shown, error = found_text(outcome).split(" ± ")
    assert error
    percents = outcome.required.figure == "probability_positive"
    value = round(float(shown) / 100, 9) if percents else float(shown)
    assert outcome.required.holds(value) == outcome.passed
    assert len(shown.partition(".")[2]) == decimals


def test_words_name_what_failed_and_what_is_close() -> None:
    """Protects the reader from a verdict without its reason."""
    failed, close = outcome_of("manila.saving.mean >= 2"), outcome_of("manila.saving.mean >= 0.99")
    assert "1 of 2 checks not passed: one (manila.saving.mean >= 2)" in checks_words([failed, close])
    assert "Too close to tell: one" in checks_words([close])
    assert checks_words([]) == ""
    assert checks_table([failed], "USD").rows[0][3] == "FAILED"


def test_checks_move_no_number() -> None:
    """Protects digests: a requirement is about the result and no part of it."""
    plain = simulate(load(TINY), 500, 7)
    with_check = simulate(load(TINY, {"checks": "{one: saving.mean >= 0}"}), 500, 7)
    assert plain.digest == with_check.digest


FIGURES = (
    "saving.mean", "saving.p5", "saving.p10", "saving.es95", "saving.es90", "total_cost.p90",
    "total_cost.es90", "total_cost.sd", "probability_positive", "risk_adjusted_value",
)  # fmt: skip


def test_streamed_run_has_the_same_figures() -> None:
    """Protects checks of runs longer than memory: bins are within 0.1 % of a value."""
    checks = ", ".join(f"{figure}: manila.{figure} >= 0" for figure in FIGURES)
    scenario = load(TINY, {"checks": f"{{{checks}}}"})
    whole, streamed = simulate(scenario, 8_192, 3), simulate_streamed(scenario, 8_192, 3)
    scale = abs(np.mean(whole.costs["manila"]))
    pairs = zip(
        checked(whole, summarise(whole)), checked(streamed, summarise_streamed(streamed)), strict=True
    )
    for expected, actual in pairs:
        assert expected.estimate
        assert actual.estimate
        assert actual.estimate.value == pytest.approx(expected.estimate.value, abs=2e-3 * scale), actual.name
        assert expected.verdict == actual.verdict


def test_document_has_every_check() -> None:
    """Protects the keys that programs read."""
    result = simulate(load(TINY, {"checks": "{a: manila.saving.mean >= 0, b: recommended is krakow}"}), 2_048)
    found: list[dict[str, Any]] = document(result, summarise(result))["checks"]
    assert [one["name"] for one in found] == ["a", "b"]
    assert found[0].keys() == {
        "name", "require", "verdict", "close", "alternative", "figure", "bound", "value", "se", "interval",
    }  # fmt: skip
    assert found[0]["verdict"] == "passed"
    assert (found[1]["value"], found[1]["alternative"]) == (None, "krakow")


def test_schema_offers_both_forms_of_a_check() -> None:
    """Protects completion in an editor: a text, or a mapping with require and a note."""
    forms = scenario_schema()["properties"]["checks"]["additionalProperties"]["anyOf"]
    assert {"type": "string"} in forms
    assert "require" in scenario_schema()["$defs"]["Check"]["properties"]


def test_a_share_that_every_future_shows_is_written_as_its_bound() -> None:
    """Protects "found": a check on P = 100% showed a dash, as if nothing had been found."""
    sure = Estimate(1.0, None, 0.99954, 1.0, "seen in all of 8,000 trials")
    assert share(sure) == ">99.9%"
    assert share(Estimate(0.0, None, 0.0, 0.0212)) == "<2.2%"
    assert share(Estimate(0.5, None)) == "-"
