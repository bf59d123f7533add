"""The section on precision: what benchmarks/precision.py measures, with fewer seeds, a line a design."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from precision import COST_GOAL, DESIGNS, GOALS, SCENARIOS, runs
from section import Goal, Section, markdown

from bposim import load, simulate

if TYPE_CHECKING:
    from bposim.inputs.designs import Kind
    from bposim.scenario import Scenario

SEEDS, TRIALS = 24, 16_384
"""Of the variances."""

DEFAULT_TRIALS, TURNS = 102_400, 3
"""Of the cost: about those of a run where nobody says, since a design's pilot is the same for any number."""


def precision() -> Section:
    """Compare sobol and lhs with random draws at equal trials."""
    rows, sobol = [], []
    for path in SCENARIOS:
        scenario = load(path)
        variance, short = {}, {}
        for design in DESIGNS:
            found, short[design] = runs(scenario, design, SEEDS, TRIALS)
            variance[design] = {
                key: np.var([estimates[key].value for estimates in found], ddof=1) for key in found[0]
            }
        costs = _costs(scenario)
        for design in DESIGNS[1:]:
            ratio = {key: variance["random"][key] / other for key, other in variance[design].items()}
            gains = {
                what: float(np.exp(np.mean([np.log(gain) for (_, of), gain in ratio.items() if of == what])))
                for what in GOALS
            }
            cost = costs[design]
            shown = (f"{gain:.1f}" for gain in gains.values())
            of_short = short[design] / short["random"]
            rows.append((f"`{path.stem}`", design, *shown, f"{of_short:.2f}", f"{cost:.2f}"))
            if design == "sobol":
                sobol.append((gains, cost))
    goals = [
        Goal(f"sobol: variance of {what} divided by, worst scenario", goal, worst, at_least=True)
        for what, goal in GOALS.items()
        for worst in [min(gains[what] for gains, _ in sobol)]
    ]
    goals.append(Goal("sobol: cost over random, worst scenario", COST_GOAL, max(cost for _, cost in sobol)))
    text = (
        f"Variance of an estimate over {SEEDS} seeds of {TRIALS:,} trials, plain random draws over the "
        "design, geometric mean of the alternatives; good to about a third. Cost is CPU time over that of "
        f"random draws, a design's pilot included: of these runs, and of {DEFAULT_TRIALS:,} trials, which "
        "the goal is about. `benchmarks/precision.py` has the whole table.\n\n"
    )
    columns = ("scenario", "design", *GOALS, f"cost of {TRIALS:,}", f"cost of {DEFAULT_TRIALS:,}")
    table = markdown(columns, rows, left=2)
    return Section("Precision at equal trials", text + table, goals)


def _costs(scenario: Scenario) -> dict[Kind, float]:
    """Return the CPU time of a default run under each design over that of random draws."""
    turns = []
    for seed in range(TURNS):
        seconds: dict[Kind, float] = {}
        for design in DESIGNS:
            started = time.process_time()
            simulate(scenario, DEFAULT_TRIALS, seed, design=design)
            seconds[design] = time.process_time() - started
        turns.append({design: own / seconds["random"] for design, own in seconds.items()})
    return {design: statistics.median(turn[design] for turn in turns) for design in DESIGNS}


if __name__ == "__main__":
    print(precision().text)
