"""The reference model, its closed form, the NumPy month loop, and the clock that all peers run under.

    python benchmarks/reference.py month_loop|matrices|bposim [TRIALS]

``benchmarks/reference.yaml`` is the model as a bposim scenario, ``benchmarks/peers/`` has it in the words of
other libraries.  Nothing but NumPy is imported here, since every peer lives in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = 60
MU, SIGMA = float(np.log(1e6)), 0.10
"""Of the logarithm of a month's cost."""
FX_SIGMA = float(0.10 / np.sqrt(12))
"""Of a month's change of the logarithm of the rate."""
EVENTS = 1.5
"""Expected losses in all months."""
LOSS_MU, LOSS_SIGMA = float(np.log(2.5e5)), 1.2
"""Of the logarithm of a loss."""
DISCOUNT = (1 + 0.08 / 12) ** -np.arange(1, MONTHS + 1)

MEAN = 50_336_055.47
SD = 6_369_061.63


def mean() -> float:
    """Return the exact mean."""
    return float(DISCOUNT.sum() * np.exp(MU + SIGMA**2 / 2) + EVENTS * np.exp(LOSS_MU + LOSS_SIGMA**2 / 2))


def sd() -> float:
    """Return the exact standard deviation.

    Two months s <= t share the rate up to s: Cov = D(s) D(t) E[C]^2 (e^{s v} (1 + [s = t](e^{σ²} - 1)) - 1).
    """
    month = np.arange(1, MONTHS + 1)
    shared = np.exp(FX_SIGMA**2 * np.minimum.outer(month, month))
    shared[np.diag_indices(MONTHS)] *= np.exp(SIGMA**2)
    cost = np.exp(2 * MU + SIGMA**2) * (np.outer(DISCOUNT, DISCOUNT) * (shared - 1)).sum()
    return float(np.sqrt(cost + EVENTS * np.exp(2 * LOSS_MU + 2 * LOSS_SIGMA**2)))


def losses(rng: np.random.Generator, trials: int) -> np.ndarray:
    """Return each trial's losses by NumPy, for libraries without compound distributions."""
    count = rng.poisson(EVENTS, trials)
    sizes = rng.lognormal(LOSS_MU, LOSS_SIGMA, count.sum())
    return np.bincount(np.repeat(np.arange(trials), count), weights=sizes, minlength=trials)


def month_loop(trials: int) -> np.ndarray:
    """Return the total cost by NumPy, one month at a time: lean, and nothing is computed twice."""
    rng = np.random.default_rng(1)
    total, log_fx, z = np.zeros(trials), np.zeros(trials), np.empty(trials)
    for factor in DISCOUNT:
        rng.standard_normal(out=z)
        z *= FX_SIGMA
        z -= FX_SIGMA**2 / 2
        log_fx += z
        rng.standard_normal(out=z)
        z *= SIGMA
        z += MU
        z += log_fx
        np.exp(z, out=z)
        z *= factor
        total += z
    return total + losses(rng, trials)


def matrices(trials: int) -> np.ndarray:
    """Return the total cost by NumPy in whole matrices, as most people write it first."""
    rng = np.random.default_rng(1)
    cost = np.exp(MU + SIGMA * rng.standard_normal((trials, MONTHS)))
    fx = np.exp(np.cumsum(FX_SIGMA * rng.standard_normal((trials, MONTHS)) - FX_SIGMA**2 / 2, axis=1))
    return (cost * fx) @ DISCOUNT + losses(rng, trials)


def bposim_run() -> Callable[[int], np.ndarray]:
    """Return bposim's way: it reads the scenario file and simulates it, all inside the clock."""
    import bposim.engine  # noqa: PLC0415 - a peer's environment has no bposim
    import bposim.files  # noqa: PLC0415

    file = Path(__file__).with_name("reference.yaml")
    return lambda trials: bposim.engine.simulate(bposim.files.load(file), trials=trials).costs["contract"]


def clocked(model: Callable[[int], np.ndarray], trials: int | None = None) -> None:
    """Run a model once and print as JSON what it took and what came out; imports are done by then."""
    trials = int(sys.argv[-1]) if trials is None else trials
    wall, cpu = time.perf_counter(), time.process_time()
    total = np.asarray(model(trials), dtype=np.float64)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    error = total.std(ddof=1) / np.sqrt(total.size)
    print(json.dumps({"cpu": cpu, "wall": wall, "z": (total.mean() - MEAN) / error, "sd": total.std() / SD}))


if __name__ == "__main__":
    ways = {"month_loop": lambda: month_loop, "matrices": lambda: matrices, "bposim": bposim_run}
    clocked(ways[sys.argv[1]](), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
