"""Results with costs chosen by hand, for the tests of everything that is computed from a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import bposim
from bposim.result import Result
from bposim.scenario import Preferences

if TYPE_CHECKING:
    from bposim.scenario import Scenario

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
"""A small scenario with a baseline in-house, and manila and blend beside it."""


def scenario_with(**preferences: object) -> Scenario:
    """Return the small scenario with these preferences in place of its own."""
    scenario = bposim.load(SMALL)
    return scenario.model_copy(update={"preferences": Preferences.model_validate(preferences)})


def result_of(
    costs: dict[str, Any], scenario: Scenario | None = None, payback: dict[str, Any] | None = None
) -> Result:
    """Return a result with these costs; payback is in month 12 unless ``payback`` says otherwise.

    An alternative that the scenario does not have is manila once more under that name.
    """
    scenario = scenario or scenario_with()
    others = {name: scenario.alternatives["manila"] for name in costs if name not in scenario.alternatives}
    scenario = scenario.model_copy(update={"alternatives": scenario.alternatives | others})
    arrays = {name: np.asarray(values, dtype=float) for name, values in costs.items()}
    trials = len(next(iter(arrays.values())))
    months = {name: np.full(trials, 12, dtype=np.int16) for name in arrays}
    months |= {name: np.asarray(values, dtype=np.int16) for name, values in (payback or {}).items()}
    return Result(
        scenario=scenario,
        seed=1,
        trials=trials,
        costs=arrays,
        categories={name: {"labour": float(np.mean(values))} for name, values in arrays.items()},
        payback=months,
        cumulative={name: np.zeros((37, trials), dtype=np.float32) for name in arrays},
        elapsed=0.5,
    )


def normal_costs(trials: int = 20_000, **alternatives: tuple[float, float]) -> dict[str, Any]:
    """Return costs by mean and standard deviation, in-house first with mean 10M and sd 1M; independent."""
    rng = np.random.default_rng(11)
    moments = {"in-house": (10e6, 1e6), **alternatives}
    return {name: rng.normal(mean, sd, trials) for name, (mean, sd) in moments.items()}
