"""Speed, threads and memory of the shipped scenarios: the engine, its floor, and the model written by hand.

    python benchmarks/speed.py        prints the three sections

Times are CPU seconds of the work alone, in interpreters of their own that have done a little of it before.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import KIBI, Done, alternately, median, python
from section import Goal, Section, markdown

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MAIN = "customer-support"
OTHERS = ("accounts-payable", "seasonal-tax")
TRIALS = 102_400
"""Of one measurement; whole blocks."""

LONG_TRIALS = 4 * TRIALS
"""Of a run for which several cores are asked for: starting and ending them no longer counts."""


def clocked(work: Callable[[], object]) -> dict[str, float]:
    """Return CPU and clock seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def engine(name: str, trials: int, threads: int, memory: str = "all") -> dict[str, object]:
    """Simulate a scenario once, keeping all totals or streaming them."""
    from bposim.engine import simulate, simulate_streamed  # noqa: PLC0415 - only where it is measured
    from bposim.files import load  # noqa: PLC0415

    run = simulate_streamed if memory == "streaming" else simulate
    scenario = load(SCENARIOS / f"{name}.yaml")
    run(scenario, trials=1, seed=2)
    results: list[Any] = []
    took = clocked(lambda: results.append(run(scenario, trials=trials, threads=threads)))
    return {**took, "digest": results[0].digest}


def floor(name: str, trials: int) -> dict[str, float]:
    """Draw the random numbers of a scenario, kind by kind."""
    from bposim.engine import BLOCK  # noqa: PLC0415
    from bposim.files import load  # noqa: PLC0415
    from bposim.throughput import floor_seconds, variates  # noqa: PLC0415

    drawn = variates(load(SCENARIOS / f"{name}.yaml"))
    floor_seconds(drawn, BLOCK)
    normal, uniform = floor_seconds(drawn, trials)
    counts = {"normals": drawn.normal / BLOCK, "uniforms": drawn.uniform / BLOCK, "streams": drawn.streams}
    return {"cpu": normal + uniform, "normal": normal, "uniform": uniform, **counts}


def by_hand(trials: int) -> dict[str, float]:
    """Simulate customer-support without bposim."""
    from by_hand import CHUNK, simulate  # noqa: PLC0415

    simulate(CHUNK, seed=2)
    return clocked(lambda: simulate(trials, seed=1))


CHILDREN = {"engine": engine, "floor": floor, "by_hand": by_hand}


def child(kind: str, *arguments: object) -> Done:
    """Run one of these in a fresh interpreter."""
    return python(__file__, kind, json.dumps(arguments))


def speed(repeats: int) -> Section:
    """Compare engine, floor and hand-written model."""
    rows, goals = [], []
    microseconds = 1e6 / TRIALS
    for name in (MAIN, *OTHERS):
        ways = [
            lambda name=name: child("engine", name, TRIALS, 1),
            lambda name=name: child("floor", name, TRIALS),
        ]
        if name == MAIN:
            ways.append(lambda: child("by_hand", TRIALS))
        rounds = alternately(repeats if name == MAIN else (repeats + 1) // 2, *ways)
        cpu = [[run.printed["cpu"] for run in way] for way in rounds]
        over = [median([one / other for one, other in zip(cpu[0], way, strict=True)]) for way in cpu[1:]]
        kinds = rounds[1][0].printed
        normal, uniform = (median([run.printed[k] for run in rounds[1]]) for k in ("normal", "uniform"))
        rows.append(
            (
                f"`{name}`",
                f"{microseconds * median(cpu[0]):.1f}",
                f"{microseconds * normal:.2f} ({kinds['normals']:,.0f})",
                f"{microseconds * uniform:.2f} ({kinds['uniforms']:,.0f})",
                f"{over[0]:.1f}",
                f"{microseconds * median(cpu[2]):.1f}" if name == MAIN else "",
                f"{over[1]:.2f}" if name == MAIN else "",
            )
        )
        if name == MAIN:
            goals = [
                Goal("`customer-support`, one thread, over its floor", 2.5, over[0]),
                Goal("`customer-support`, one thread, over the model by hand", 1.0, over[1]),
            ]
    columns = (
        "scenario",
        "µs a trial",
        "floor: normals",
        "uniforms",
        "over floor",
        "by hand, µs",
        "over by hand",
    )
    text = (
        "CPU time of one thread. The floor is what the generator takes for as many normals and uniforms (in "
        "brackets: how many a trial); all that inputs and events need is made from these two. By hand is "
        "`benchmarks/by_hand.py`: totals alone, in NumPy, without anything of bposim.\n\n"
    )
    return Section("Speed", text + markdown(columns, rows), goals)


def threads(repeats: int) -> Section:
    """Compare two threads with one, by the clock."""
    gains, seconds, digests = {}, {}, set()
    for trials in (TRIALS, LONG_TRIALS):
        ways = [lambda n=trials, cores=cores: child("engine", MAIN, n, cores) for cores in (1, 2)]
        one, two = alternately(repeats, *ways)
        seconds[trials] = [median([run.printed["wall"] for run in way]) for way in (one, two)]
        gains[trials] = median([a.printed["wall"] / b.printed["wall"] for a, b in zip(one, two, strict=True)])
        digests |= {(trials, run.printed["digest"]) for run in (*one, *two)}
    digests.add((TRIALS, child("engine", MAIN, TRIALS, 2, "streaming").printed["digest"]))
    different = len(digests) - len(gains) + 1
    said = "; ".join(
        f"{trials:,} trials {alone:.2f} s on one, {both:.2f} s on two, {gains[trials]:.2f} times as fast"
        for trials, (alone, both) in seconds.items()
    )
    text = (
        f"`{MAIN}`, by the clock: {said}. The goal is about the longer run. The clock also counts what else "
        "the machine does meanwhile: measure on an idle one."
    )
    goals = [
        Goal("two threads over one, by the clock", 1.7, gains[LONG_TRIALS], at_least=True),
        Goal("different digests from one thread, two threads and streaming", 1, different, ""),
    ]
    return Section("Threads", text, goals)


SIZES = {
    10_000: ("all", None),
    100_000: ("all", None),
    1_000_000: ("all", 350.0),
    10_000_000: ("all", 1.2 * KIBI),
    100_000_000: ("streaming", 1.0 * KIBI),
}
"""Trials whose memory is measured: what is kept, and the goal in MiB."""


def memory(*, long: bool) -> Section:
    """Measure the largest resident memory of whole processes."""
    rows, goals = [], []
    for trials, (kept, limit) in SIZES.items():
        if trials > 1_000_000 and not long:
            rows.append((f"{trials:,}", kept, "not measured", ""))
            continue
        run = child("engine", MAIN, trials, 1, kept)
        rows.append((f"{trials:,}", kept, f"{run.peak:,.0f}", f"{run.printed['cpu']:,.1f}"))
        if limit is not None:
            goals.append(Goal(f"memory of {trials / 1e6:,.0f}M trials", limit, run.peak, "MiB"))
    text = f"Largest resident memory of a process that simulates `{MAIN}`, interpreter included.\n\n"
    if not long:
        text += "10M and 100M take hours: `make bench BENCH_FLAGS=--long`.\n\n"
    return Section("Memory", text + markdown(("trials", "kept", "peak MiB", "CPU s"), rows, left=0), goals)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(CHILDREN[sys.argv[1]](*json.loads(sys.argv[2]))))
    else:
        for section in (speed(3), threads(3), memory(long=False)):
            print(section.text, *(" | ".join(goal.row) for goal in section.goals), "", sep="\n")
