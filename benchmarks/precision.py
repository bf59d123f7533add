"""Precision at equal trials: each design against plain random numbers, and whether its error bars are honest.

    python benchmarks/precision.py [--scenario FILE ...] [--seeds 40] [--trials 32768]

Every scenario is run with many seeds under every design.  The *gain* is the variance of an estimate over the
seeds with random numbers divided by that with the design: a gain of 4 saves three trials in four.  The
*cover* is the share of runs whose 95 % interval holds the value that all seeds together give (those of the
design with the smallest errors).  The *cost* is CPU time against random numbers, the design's pilot run
included.  A gain that is measured with n seeds has itself an error of about 2 / sqrt(n); the same ratio
of the *stated* variances is known better and holds as far as stated and true errors agree.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bposim import load, simulate
from bposim.analysis.measures import Sample, expected_shortfall, mean, probability_above, quantile
from bposim.engine import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.measures import Estimate
    from bposim.inputs.designs import Kind
    from bposim.result import Result
    from bposim.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = [
    ROOT / "scenarios" / f"{name}.yaml" for name in ("customer-support", "accounts-payable", "seasonal-tax")
]
DESIGNS: tuple[Kind, ...] = ("random", "lhs", "sobol")

MEASURES: dict[str, Callable[[Sample], Estimate]] = {
    "mean": mean,
    "P(S>0)": lambda saving: probability_above(saving, 0.0),
    "ES95": lambda saving: expected_shortfall(saving, 0.95, tail="low"),
    "P5": lambda saving: quantile(saving, 0.05),
    "P50": lambda saving: quantile(saving, 0.5),
}
GOALS = {"mean": 20.0, "P(S>0)": 4.0, "ES95": 4.0}
COST_GOAL = 1.3


def estimates(result: Result) -> dict[tuple[str, str], Estimate]:
    """Return every measure of every alternative's saving."""
    found = {}
    for name in result.names[1:]:
        saving = Sample(result.saving(name), result.replicate)
        found |= {(name, measure): of(saving) for measure, of in MEASURES.items()}
    return found


def runs(
    scenario: Scenario, design: Kind, seeds: int, trials: int
) -> tuple[list[dict[tuple[str, str], Estimate]], float]:
    """Return the estimates of each seed, and the median CPU seconds of a run."""
    found, seconds = [], []
    for seed in range(1, seeds + 1):
        started = time.process_time()
        result = simulate(scenario, trials, seed, design=design)
        seconds.append(time.process_time() - started)
        found.append(estimates(result))
    return found, statistics.median(seconds)


def report(path: Path, seeds: int, trials: int) -> list[str]:
    """Return the rows of one scenario."""
    scenario = load(path)
    simulate(scenario, BLOCK, 1)  # first use of libraries and tables
    by_design = {design: runs(scenario, design, seeds, trials) for design in DESIGNS}
    rows = []
    for key in by_design["random"][0][0]:
        values = {
            design: np.array([run[key].value for run in found]) for design, (found, _) in by_design.items()
        }
        truth = min(values.values(), key=np.var).mean()
        for design, (found, cpu) in by_design.items():
            gain = values["random"].var(ddof=1) / values[design].var(ddof=1)
            cover = np.mean([_holds(run[key], truth) for run in found])
            stated = _stated(found, key)
            ratio = cpu / by_design["random"][1]
            honesty = stated / values[design].std(ddof=1)
            promised = (_stated(by_design["random"][0], key) / stated) ** 2
            gained = f"{gain:.1f}{_verdict(key[1], design, gain)}"
            rows.append(
                f"| {path.stem} | {key[0]} | {key[1]} | {design} | {gained} | {promised:.1f} | {honesty:.2f} "
                f"| {cover:.0%} | {ratio:.2f} |"
            )
    return rows


def _stated(found: list[dict[tuple[str, str], Estimate]], key: tuple[str, str]) -> float:
    """Return the root mean square of the errors that the runs state."""
    return float(np.sqrt(np.mean([(run[key].se or np.nan) ** 2 for run in found])))


def _holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high


def _verdict(measure: str, design: Kind, gain: float) -> str:
    if design != "sobol" or measure not in GOALS:
        return ""
    return " met" if gain >= GOALS[measure] else f" missed ({GOALS[measure]:.0f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", type=Path, nargs="+", default=SCENARIOS)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--trials", type=int, default=16 * BLOCK)
    arguments = parser.parse_args()
    print(f"{arguments.seeds} seeds, {arguments.trials:,} trials; cost goal {COST_GOAL}")
    print(
        "| scenario | alternative | saving's | design | gain | stated gain | stated / true | cover | cost |"
    )
    print("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for path in arguments.scenario:
        print("\n".join(report(path, arguments.seeds, arguments.trials)), flush=True)


if __name__ == "__main__":
    main()
