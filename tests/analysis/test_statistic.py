"""Figures by name: each is the one of the run's summary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bposim.analysis.comparison import MeanEs, risk_adjusted_value
from bposim.analysis.measures import expected_shortfall, mean, probability_above, quantile, sd
from bposim.analysis.statistic import risk_measure, statistic
from bposim.analysis.summary import summarise
from bposim.engine import simulate
from bposim.files import load
from bposim.scenario import Preferences, Promise

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
RNG = np.random.default_rng(8)
OTHER, OWN = RNG.normal(100, 9, 5000), RNG.normal(92, 14, 5000)
PREFERENCES = Preferences(promised_saving=Promise(0.05, relative=True))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("saving.mean", mean(OTHER - OWN)),
        ("mean", mean(OTHER - OWN)),
        ("saving.sd", sd(OTHER - OWN)),
        ("saving.p5", quantile(OTHER - OWN, 0.05)),
        ("saving.p97.5", quantile(OTHER - OWN, 0.975)),
        ("saving.es95", expected_shortfall(OTHER - OWN, 0.95, "low")),
        ("total_cost.es90", expected_shortfall(OWN, 0.90, "high")),
        ("total_cost.p95", quantile(OWN, 0.95)),
        ("probability_positive", probability_above(OTHER - OWN, 0.0)),
        ("saving.probability_positive", probability_above(OTHER - OWN, 0.0)),
        ("probability_kept", probability_above(OTHER - OWN - 0.05 * OTHER, 0.0)),
        ("risk_adjusted_value", risk_adjusted_value(OTHER, OWN, MeanEs(0.3, 0.9))),
    ],
)
def test_figure_is_that_of_the_measures(name: str, expected: object) -> None:
    """Protects what a name means, and on which side the tail of a saving and of a cost lies."""
    assert statistic(name, PREFERENCES, MeanEs(0.3, 0.9))(OTHER, OWN) == expected


@pytest.mark.parametrize("name", ["", "saving", "saving.p0", "saving.es", "cost.mean", "saving.median"])
def test_unknown_figure_is_refused(name: str) -> None:
    """Protects from a figure that is silently another one."""
    with pytest.raises(ValueError, match="known here"):
        statistic(name, PREFERENCES, MeanEs())


def test_promise_that_is_not_there_is_said() -> None:
    """Protects the message."""
    with pytest.raises(ValueError, match="promised_saving"):
        statistic("probability_kept", Preferences(), MeanEs())


def test_measure_is_the_one_that_ranks_the_run() -> None:
    """Protects agreement with the summary: a certainty equivalent that cannot be had gives way to mean-ES."""
    scenario = load(TINY)
    wanted = Preferences(rank_by="certainty_equivalent", risk_tolerance=1.0)
    asked = scenario.model_copy(update={"preferences": wanted})
    result = simulate(asked, 512)
    assert summarise(result).decision.rank_by == "mean_es"  # one trial dominates at a tolerance of 1
    assert isinstance(risk_measure(asked, result.costs), MeanEs)
