"""The figures that people decide by, against costs small enough to add up by hand."""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np
import pytest

import bposim
from bposim.analysis.summary import event_sizes, summarise
from cli.hand_made import SMALL, normal_costs, result_of, scenario_with

UNCAPPED = {
    "alternatives.in-house.legs[0].team.risks.breach.severity": "{lognormal: {mean: 1.2M, sigma: 1.1}}"
}


def test_savings_regret_and_evpi_by_hand() -> None:
    """Protects the sign of a saving and the pairing of trials: four futures, added up on paper."""
    costs = {"in-house": [10.0, 10.0, 10.0, 10.0], "manila": [8.0, 8.0, 12.0, 8.0]}
    summary = summarise(result_of(costs, scenario_with(tail_weight=0.0)))
    manila, decision = summary.alternatives["manila"], summary.decision
    assert manila.saving.mean.value == 1.0
    assert manila.saving.probability_positive.value == 0.75
    assert {name: p.value for name, p in decision.probability_best.items()} == {
        "in-house": 0.25,
        "manila": 0.75,
    }
    assert {name: r.value for name, r in decision.expected_regret.items()} == {"in-house": 1.5, "manila": 0.5}
    assert decision.evpi.value == 0.5
    assert (decision.recommended, manila.rank, summary.alternatives["in-house"].rank) == ("manila", 1, 2)
    assert manila.risk_adjusted.mean_es.value == 1.0


def test_the_baseline_saves_exactly_nothing() -> None:
    """Protects the zeros of the baseline, which readers check first."""
    base = summarise(result_of(normal_costs(manila=(9e6, 1e6)))).alternatives["in-house"]
    assert {getattr(base.saving, field.name).value for field in fields(base.saving)} == {0.0}
    assert base.risk_adjusted.mean_es.value == 0.0
    assert base.promise is None


def test_of_equals_the_baseline_is_recommended() -> None:
    """Protects against advice to move for nothing: the same cost in every future is a reason to stay."""
    same = normal_costs()["in-house"]
    decision = summarise(result_of({"blend": same, "in-house": same})).decision
    assert decision.recommended == "in-house"
    assert decision.close == ("blend",)


def test_close_alternatives_are_named() -> None:
    """Protects the honest answer: two means 1k apart with an error of 15k are too close, 2M apart are not."""
    costs = normal_costs(manila=(8e6, 1e6), blend=(8.001e6, 1e6))
    decision = summarise(result_of(costs)).decision
    assert {decision.recommended, *decision.close} == {"manila", "blend"}
    assert decision.decided


def test_the_tail_decides_between_equal_means() -> None:
    """Protects the measure on total cost: 9.5M surely beats 9.4M with a bad tail, though it is dearer."""
    risky = np.where(np.arange(20_000) % 20 == 0, 15e6, 9.4e6 - 5.6e6 / 19)
    costs = {"in-house": np.full(20_000, 9.5e6), "manila": risky}
    summary = summarise(result_of(costs))
    assert summary.alternatives["manila"].saving.mean.value == pytest.approx(0.1e6)
    # (1-w) mean + w ES: 0.5 × 9.4M + 0.5 × 15M = 12.2M, 2.7M above 9.5M.
    assert summary.alternatives["manila"].risk_adjusted.mean_es.value == pytest.approx(-2.7e6)
    assert summary.decision.recommended == "in-house"


def test_certainty_equivalent_of_normal_costs() -> None:
    """Protects ρ ln E[exp(X/ρ)] = μ + σ²/(2ρ), its use for ranking, and that a given tolerance is used."""
    scenario = scenario_with(rank_by="certainty_equivalent", risk_tolerance=1e6)
    summary = summarise(result_of(normal_costs(manila=(10.2e6, 0.1e6)), scenario))
    found = summary.alternatives["manila"].risk_adjusted.certainty_equivalent
    assert found is not None
    assert found.se is not None
    # In-house 10M + 1M²/2M = 10.5M; Manila 10.2M + 0.1M²/2M = 10.205M.
    assert abs(found.value - 0.295e6) <= 4 * found.se
    assert summary.decision.rank_by == "certainty_equivalent"
    assert summary.decision.recommended == "manila"
    assert summary.warnings == ()


def test_a_tolerance_stands_in_with_a_warning() -> None:
    """Protects the default: a quarter of the baseline's mean cost, never silently."""
    summary = summarise(result_of(normal_costs(manila=(9e6, 1e6))))
    assert summary.risk_tolerance == pytest.approx(2.5e6, rel=0.01)
    assert any("risk_tolerance" in warning for warning in summary.warnings)


def test_an_uncapped_heavy_loss_has_no_certainty_equivalent() -> None:
    """Protects MODEL §5: where the model says that it is infinite, nothing ranks by it."""
    scenario = bposim.load(SMALL, {**UNCAPPED, "preferences.rank_by": "certainty_equivalent"})
    summary = summarise(result_of(normal_costs(manila=(9e6, 1e6)), scenario))
    adjusted = summary.alternatives["manila"].risk_adjusted
    assert adjusted.certainty_equivalent is None
    assert "in-house.legs[team US].team.risks.breach.severity" in adjusted.reason
    assert summary.decision.rank_by == "mean_es"
    assert any("cannot rank" in warning for warning in summary.warnings)


def test_a_sample_that_rests_on_one_trial_does_not_rank_by_certainty_equivalent() -> None:
    """Protects the second line of defence: one enormous trial shows in the sample, not in the model."""
    costs = normal_costs(manila=(9e6, 1e6))
    costs["manila"][17] = 200e6
    summary = summarise(result_of(costs, scenario_with(rank_by="certainty_equivalent", risk_tolerance=5e6)))
    assert summary.alternatives["manila"].risk_adjusted.certainty_equivalent is None
    assert summary.decision.rank_by == "mean_es"


def test_the_promise_by_hand() -> None:
    """Protects P(S > promised), strictly, and the mean amount missing where it is missed."""
    costs = {"in-house": [10.0] * 4, "manila": [4.0, 5.0, 6.0, 8.0]}
    promise = summarise(result_of(costs, scenario_with(promised_saving=5.0))).alternatives["manila"].promise
    assert promise is not None
    assert promise.probability_kept.value == 0.25
    assert promise.shortfall.value == (1.0 + 3.0) / 2


@pytest.mark.parametrize("trials", [1, 2, 19])
def test_few_trials_give_figures_without_errors(trials: int) -> None:
    """Protects small runs: no failure and no NaN, and an error of the tail is not made up."""
    costs = {name: cost[:trials] for name, cost in normal_costs(manila=(9e6, 1e6)).items()}
    summary = summarise(result_of(costs))
    manila = summary.alternatives["manila"]
    assert manila.saving.es95.se is None
    assert not summary.decision.decided
    for estimate in astuple(manila.cost) + astuple(manila.saving):
        assert np.isfinite([part for part in estimate if isinstance(part, float)]).all()


def test_event_sizes_that_are_shared_stand_once() -> None:
    """Protects the list of event sizes: the blend's legs are like the others, so there are two, not four."""
    assert sorted(event_sizes(bposim.load(SMALL))) == [
        "alternatives.in-house.legs[team US].team.risks.breach.severity",
        "alternatives.manila.legs[vendor PH].vendor.risks.breach.severity",
    ]
