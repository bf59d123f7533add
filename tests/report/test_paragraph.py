"""The paragraph that ends a run is right in each case that a reader can meet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bposim import load, simulate
from bposim.analysis.summary import summarise
from bposim.report.paragraph import paragraph
from cli.hand_made import normal_costs, result_of, scenario_with

if TYPE_CHECKING:
    from bposim.scenario import Scenario


def said(
    costs: dict[str, Any], scenario: Scenario | None = None, payback: dict[str, Any] | None = None
) -> str:
    """Return the paragraph for these costs."""
    result = result_of(costs, scenario, payback)
    return paragraph(result, summarise(result))


def test_a_clear_winner() -> None:
    """Protects the common case: name, mean, range, probability, payback, value of knowing."""
    costs = normal_costs(manila=(8e6, 1e6))
    text = said(costs)
    assert text.startswith(
        "Recommended: manila. Against in-house, manila saves USD 2.0M on average (saving 5-95%: -0.3M to 4.3M"
    )
    assert "cheaper in 92 of 100 futures" in text
    worst = np.mean(np.sort(costs["in-house"] - costs["manila"])[:1000])  # 5 % of 20,000
    assert f"In the worst 5% of futures it costs USD {-worst / 1e3:.0f}k more than in-house" in text
    assert "Half of the futures have paid back by month 12." in text
    assert "To know the future before choosing would be worth USD" in text


def test_too_close_to_call() -> None:
    """Protects honesty: a gap within two errors is no recommendation."""
    text = said(normal_costs(manila=(8e6, 1e6), blend=(8.001e6, 1e6)))
    assert text.startswith("Too close to call: ")
    assert "20,000 trials cannot tell it from" in text
    assert "Recommended" not in text


def test_the_baseline_wins() -> None:
    """Protects the answer nobody sold: stay, with what the best of the others would cost."""
    text = said(normal_costs(manila=(12e6, 1e6), blend=(13e6, 1e6)))
    assert text.startswith(
        "Recommended: stay with in-house. The best of the others, manila, costs USD 2.0M more on"
    )
    assert "cheaper in 8 of 100 futures" in text
    assert "paid back" not in text


def test_the_baseline_wins_by_its_tail() -> None:
    """Protects a subtle case: cheaper on average and still not recommended, and the text says why."""
    risky = np.where(np.arange(20_000) % 20 == 0, 15e6, 9.4e6 - 5.6e6 / 19)
    text = said({"in-house": np.full(20_000, 9.5e6), "manila": risky})
    assert text.startswith("Recommended: stay with in-house.")
    assert "manila, saves USD 100k on average" in text
    assert "does not make up for its worse bad outcomes" in text


def test_a_negative_saving_is_recommended_for_its_tail() -> None:
    """Protects the mirror case: dearer on average, but steadier."""
    costs = normal_costs()
    costs = {
        "in-house": 9e6 + 4 * np.maximum(0.0, costs["in-house"] - 11e6),
        "manila": np.full(20_000, 9.5e6),
    }
    text = said(costs)
    assert text.startswith("Recommended: manila. Against in-house, manila costs USD")
    assert "It ranks first because its bad outcomes are less costly." in text


def test_the_cheapest_on_average_need_not_rank_first() -> None:
    """Protects the question that every reader asks: blend has the lowest mean, so why manila?"""
    risky = np.where(np.arange(20_000) % 20 == 0, 15e6, 7.9e6 - 7.1e6 / 19)
    text = said({**normal_costs(manila=(8e6, 0.1e6)), "blend": risky})
    assert text.startswith("Recommended: manila.")
    assert "blend is cheaper on average, but its bad outcomes are worse." in text


def test_few_trials_do_not_speak_of_the_tail() -> None:
    """Protects small samples: the ranking is called a first look and the worst 5% are not described."""
    text = said({name: cost[:200] for name, cost in normal_costs(manila=(8e6, 1e6)).items()})
    assert text.startswith("A first look only: 200 trials are too few")
    assert "What its worst 5% look like cannot be told from 200 trials." in text


def test_one_trial_says_nothing() -> None:
    """Protects `--trials 1`: no statistics of a single future."""
    assert said({"in-house": [10.0], "manila": [8.0]}) == (
        "One future was simulated, which says nothing about risk; run with --trials 20k."
    )


def test_identical_alternatives() -> None:
    """Protects the case of exact likes: no digits are made of nothing."""
    same = normal_costs()["in-house"]
    text = said({"in-house": same, "manila": same})
    assert text.startswith("Too close to call: in-house ranks first")
    assert "manila costs the same as in-house in every future." in text


def test_the_promise_is_held_against_the_runs() -> None:
    """Protects the comparison with the business case, and what is missing where it is missed."""
    scenario = scenario_with(promised_saving=2e6)
    text = said(normal_costs(manila=(8e6, 1e6)), scenario=scenario)
    assert "The promised USD 2M is exceeded in 50 of 100 futures; where it is missed, 1.1" in text


def test_payback_that_mostly_never_comes() -> None:
    """Protects the median payback: where most futures never pay back, no month is named."""
    text = said(normal_costs(manila=(8e6, 1e6)), payback={"manila": np.full(20_000, -1)})
    assert "Half of the futures or more do not pay back within 36 months." in text


def test_labels_do_nothing() -> None:
    """Protects the terminal from escape sequences in a name."""
    assert "\x1b" not in said(normal_costs(**{"\x1b[2Jx": (8e6, 1e6)}))


def test_the_drivers_that_matter_are_named() -> None:
    """Protects the reader's next question, what does it depend on, with the signs."""
    scenario = load(Path(__file__).parents[1] / "data" / "small.yaml")
    result = simulate(scenario, trials=2_048, seed=3)
    text = paragraph(result, summarise(result))
    named = re.search(r"The saving goes most with (.*?), by rank correlation\.", text)
    assert named
    drivers = re.findall(r"([^,]+?) \(([+-]0\.\d)\)", named[1])
    strengths = [abs(float(r)) for _, r in drivers]
    assert strengths == sorted(strengths, reverse=True)
    assert min(strengths) >= 0.2
    assert "manila: breach losses (-" in named[1], "what the vendor loses is not saved"
    assert "in-house: breach losses (+" in named[1]
