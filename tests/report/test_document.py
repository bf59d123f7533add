"""The JSON of a run: keys that programs rely on, and numbers that are numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import bposim
from bposim.analysis.summary import summarise
from bposim.report.document import document, json_text
from cli.hand_made import SMALL, normal_costs, result_of, scenario_with

if TYPE_CHECKING:
    from bposim.result import Result


def read(result: Result) -> dict[str, Any]:
    """Return the document as a program reads it; NaN and infinity are refused."""

    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is not JSON")

    content: dict[str, Any] = json.loads(
        json_text(document(result, summarise(result))), parse_constant=refuse
    )
    return content


@pytest.fixture(scope="module")
def run() -> Result:
    """Return a real run of 300 trials."""
    return bposim.simulate(bposim.load(SMALL), trials=300, seed=7)


def test_the_keys_are_kept(run: Result) -> None:
    """Protects `bposim.result/1`: programs outside read these keys."""
    content = read(run)
    assert content["schema"] == "bposim.result/1"
    assert {
        "schema", "scenario", "seed", "trials", "currency", "months", "baseline", "digest", "alternatives",
        "decision", "warnings", "elapsed_s",
    } <= set(content)  # fmt: skip
    assert {"title", "sha256"} <= set(content["scenario"])
    assert {"recommended", "probability_best", "expected_regret", "evpi"} <= set(content["decision"])
    assert list(content["alternatives"]) == ["in-house", "manila", "blend"]
    for alternative in content["alternatives"].values():
        cost, saving = alternative["total_cost"], alternative["saving"]
        assert {"mean", "se", "sd", "p5", "p25", "p50", "p75", "p95", "es95"} <= set(cost)
        assert {"mean", "se", "sd", "p5", "p50", "p95", "es95", "probability_positive"} <= set(saving)
        assert {"certainty_equivalent", "mean_es", "ranks_by"} <= set(alternative["risk_adjusted_value"])
        assert {"p50", "never"} <= set(alternative["payback_month"])
        assert isinstance(alternative["rank"], int)


def test_categories_add_up_to_the_mean(run: Result) -> None:
    """Protects the waterfall's first promise: the parts are the whole, to 1e-9."""
    for alternative in read(run)["alternatives"].values():
        assert sum(alternative["by_category"].values()) == pytest.approx(
            alternative["total_cost"]["mean"], rel=1e-9
        )


def test_the_baseline_stands_among_the_alternatives_with_zeros(run: Result) -> None:
    """Protects readers who loop over all alternatives: the baseline saves 0 and is worth 0."""
    content = read(run)
    base = content["alternatives"][content["baseline"]]
    assert {base["saving"][key] for key in ("mean", "se", "sd", "p5", "p50", "p95", "es95")} == {0.0}
    assert base["saving"]["probability_positive"] == 0.0
    assert base["risk_adjusted_value"]["mean_es"] == 0.0


def test_the_same_run_gives_the_same_text(run: Result) -> None:
    """Protects stable output: but for the time it took, two runs of one seed are one text."""
    again = bposim.simulate(bposim.load(SMALL), trials=300, seed=7)
    first, second = (document(result, summarise(result)) for result in (run, again))
    assert first.pop("elapsed_s") > 0
    assert second.pop("elapsed_s") > 0
    assert json_text(first) == json_text(second)


def test_what_a_sample_cannot_give_is_null() -> None:
    """Protects strict JSON: one trial has no error and no certainty equivalent, and NaN is not JSON."""
    manila = read(result_of({"in-house": [10.0], "manila": [8.0]}))["alternatives"]["manila"]
    assert manila["total_cost"]["mean"] == 8.0
    assert manila["total_cost"]["se"] is None
    assert manila["risk_adjusted_value"]["certainty_equivalent"] is None


def test_a_payback_that_never_comes_is_null() -> None:
    """Protects the median among all trials: two of three never pay back, so the median is never."""
    costs = {"in-house": [10.0] * 3, "manila": [8.0, 12.0, 12.0]}
    payback = read(result_of(costs, payback={"manila": [7, -1, -1]}))["alternatives"]["manila"][
        "payback_month"
    ]
    assert payback["p50"] is None
    assert payback["never"] == 2 / 3


def test_errors_stand_beside_the_values() -> None:
    """Protects the promise that every number carries its error, and the promised saving's figures."""
    scenario = scenario_with(promised_saving=500e3)
    manila = read(result_of(normal_costs(manila=(9e6, 1e6)), scenario))["alternatives"]["manila"]
    assert manila["saving"]["se"] == pytest.approx(2**0.5 * 1e6 / 20_000**0.5, rel=0.05)
    assert all(se > 0 for se in manila["saving"]["se_of"].values())
    low, high = manila["saving"]["probability_interval"]
    assert low < manila["saving"]["probability_positive"] < high
    assert 0 < manila["promised_saving"]["probability_kept"] < 1
