"""Throughput and memory of a scenario beside its floor: drawing the same random numbers with NumPy alone.

    python benchmarks/throughput.py [--scenario FILE] [--trials 10000 100000 1000000]

Each measurement runs in an interpreter of its own, so peak memory is that of one run.  CPU time is user plus
system time of the simulation alone; the median of the repeats is shown.  Ratios compare measurements of one
session on one machine; they are what to quote.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bposim import load, simulate
from bposim.engine import BLOCK, simulate_block
from bposim.events.arrivals import EventNoise
from bposim.inputs.draws import StreamDraws
from bposim.inputs.streams import generator, uniform_open

ROOT = Path(__file__).resolve().parent.parent
MEBI = 1024.0


def cpu_seconds() -> float:
    """Return user and system time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def variates(scenario_path: Path) -> tuple[int, int]:
    """Return the normal and uniform variates that one block of the scenario draws."""
    draws = StreamDraws(1, 0, BLOCK)
    simulate_block(load(scenario_path), draws)
    normal = uniform = 0
    for drawn in draws.drawn():
        if isinstance(drawn, EventNoise):
            uniform += BLOCK * (1 + 3 * drawn.ranks)
            normal += BLOCK * drawn.ranks
        else:
            normal += drawn.size
    return normal, uniform


def run_engine(scenario_path: Path, trials: int) -> tuple[float, float]:
    """Return CPU and wall seconds of a simulation."""
    scenario = load(scenario_path)
    simulate(scenario, trials=BLOCK, seed=2)  # first use of libraries and tables
    cpu, wall = cpu_seconds(), time.perf_counter()
    simulate(scenario, trials=trials, seed=1)
    return cpu_seconds() - cpu, time.perf_counter() - wall


def run_floor(normal: int, uniform: int, trials: int) -> tuple[float, float]:
    """Return CPU and wall seconds of drawing the same variates, block by block."""
    rng = generator(1, "floor", 0)
    cpu, wall = cpu_seconds(), time.perf_counter()
    for _ in range(-(-trials // BLOCK)):
        rng.standard_normal(normal)
        uniform_open(rng, uniform)
    return cpu_seconds() - cpu, time.perf_counter() - wall


def child(arguments: argparse.Namespace) -> None:
    """Measure once and print JSON: what a parent asks a fresh interpreter to do."""
    if arguments.child == "engine":
        cpu, wall = run_engine(arguments.scenario, arguments.trials[0])
    else:
        cpu, wall = run_floor(*variates(arguments.scenario), arguments.trials[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBI
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak}))


def measure(kind: str, scenario_path: Path, trials: int) -> dict[str, float]:
    """Measure once in a fresh interpreter."""
    command = [
        sys.executable,
        __file__,
        "--child",
        kind,
        "--scenario",
        str(scenario_path),
        "--trials",
        str(trials),
    ]
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **single})
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def table(scenario_path: Path, sizes: list[int], repeats: int) -> str:
    """Return the table of all measurements as Markdown."""
    rows = [
        "| trials | CPU s | trials a CPU second | floor CPU s | ratio to floor | peak MiB |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for trials in sizes:
        count = repeats if trials < 1_000_000 else 1  # noqa: PLR2004 - a million trials once is enough
        pairs = [
            (measure("engine", scenario_path, trials), measure("floor", scenario_path, trials))
            for _ in range(count)
        ]
        engine = statistics.median(one["cpu"] for one, _ in pairs)
        floor = statistics.median(other["cpu"] for _, other in pairs)
        ratio = statistics.median(one["cpu"] / other["cpu"] for one, other in pairs)
        peak = max(one["peak"] for one, _ in pairs)
        rows.append(
            f"| {trials:,} | {engine:.2f} | {trials / engine:,.0f} | {floor:.2f} | {ratio:.1f} | {peak:.0f} |"
        )
    return "\n".join(rows)


def machine() -> str:
    """Return a line that says what the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, {versions}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", type=Path, default=ROOT / "scenarios" / "customer-support.yaml")
    parser.add_argument("--trials", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", choices=["engine", "floor"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments)
        return
    normal, uniform = variates(arguments.scenario)
    drawn = f"{normal / BLOCK:,.0f} normal and {uniform / BLOCK:,.0f} uniform variates a trial"
    print(f"{arguments.scenario.name}: {drawn}")
    print(machine())
    print(table(arguments.scenario, arguments.trials, arguments.repeats))


if __name__ == "__main__":
    main()
