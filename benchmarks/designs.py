"""The section on precision: what benchmarks/precision.py measures, with fewer seeds, a line a design."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from section import Goal, Section, markdown

SEEDS, TRIALS = 24, 16_384


def precision() -> Section | None:
    """Compare sobol and lhs with random draws at equal trials; None where there are no designs yet."""
    if find_spec("precision") is None:
        return None
    from precision import COST_GOAL, GOALS, SCENARIOS, runs  # noqa: PLC0415 - only where it is found

    from bposim import load  # noqa: PLC0415

    rows, sobol = [], []
    for path in SCENARIOS:
        scenario = load(path)
        variance, seconds = {}, {}
        for design in ("random", "lhs", "sobol"):
            found, seconds[design] = runs(scenario, design, SEEDS, TRIALS)
            variance[design] = {
                key: np.var([estimates[key].value for estimates in found], ddof=1) for key in found[0]
            }
        for design in ("lhs", "sobol"):
            ratio = {key: variance["random"][key] / other for key, other in variance[design].items()}
            gains = {
                what: float(np.exp(np.mean([np.log(gain) for (_, of), gain in ratio.items() if of == what])))
                for what in GOALS
            }
            cost = seconds[design] / seconds["random"]
            rows.append(
                (f"`{path.stem}`", design, *(f"{gain:.1f}" for gain in gains.values()), f"{cost:.2f}")
            )
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
        "design, geometric mean of the alternatives; good to about a third. `benchmarks/precision.py` "
        "has the whole table.\n\n"
    )
    table = markdown(("scenario", "design", *GOALS, "cost"), rows, left=2)
    return Section("Precision at equal trials", text + table, goals)


if __name__ == "__main__":
    section = precision()
    print(section.text if section else "this version has no designs")
