"""Who does the work does not show in what comes of it, and no worker is left behind."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bposim.executors
from bposim.engine import BLOCK, simulate, simulate_streamed
from bposim.errors import RunError, SimulationError
from bposim.executors import in_order
from bposim.files import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.executors import Executor
    from bposim.scenario import Scenario
    from bposim.tree import Tree

    Read = Callable[[Tree], Scenario]

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SEED = 11
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes start by fork on Linux alone")


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes as where there is no fork: a fresh interpreter, everything sent to it."""
    monkeypatch.setattr(bposim.executors, "FORKS", False)


def _slower_first(part: int) -> int:
    time.sleep(0.02 * (3 - part % 4))
    return part * part


@pytest.mark.parametrize("executor", ["threads", "processes"])
@pytest.mark.parametrize("workers", [1, 2, 5, 40])
def test_order_is_that_of_the_parts(executor: Executor, workers: int) -> None:
    """Protects the order of trials: an early part that takes longest still comes first."""
    parts = range(13)
    assert list(in_order(_slower_first, parts, workers, executor)) == [part * part for part in parts]


def test_few_parts_wait_for_the_reader() -> None:
    """Protects memory: the workers are at most two parts each ahead of whoever takes them."""
    begun: list[int] = []
    found = in_order(begun.append, range(50), 2, "threads")
    next(found)
    time.sleep(0.05)
    assert len(begun) <= 5
    found.close()
    assert len(begun) < 50


@pytest.mark.parametrize("executor", ["threads", "processes", "auto"])
def test_an_executor_changes_no_number(tiny: Tree, read: Read, executor: Executor) -> None:
    """Protects R0: one digest, kept or streamed, and a trial count that is not a whole number of blocks."""
    scenario, trials = read(tiny), 3 * BLOCK + 77
    alone = simulate(scenario, trials, SEED)
    several = simulate(scenario, trials, SEED, 3, executor=executor)
    streamed = simulate_streamed(scenario, trials, SEED, 2, executor=executor)
    assert several.digest == streamed.digest == alone.digest
    assert several.categories == alone.categories
    for mine, theirs in zip(several.sample.drivers.items(), alone.sample.drivers.items(), strict=True):
        assert mine[0] == theirs[0]
        assert mine[1].tobytes() == theirs[1].tobytes()


@pytest.mark.usefixtures("spawned")
def test_processes_without_fork_change_no_number() -> None:
    """Protects Windows and macOS: the work is sent there, and means the same."""
    scenario, trials = load(SCENARIOS / "customer-support.yaml"), 2 * BLOCK + 5
    alone = simulate(scenario, trials, SEED).digest
    assert simulate(scenario, trials, SEED, 2, executor="processes").digest == alone


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301 - its own
def test_a_copy_of_a_scenario_simulates_the_same(copied: Callable[[Scenario], Scenario]) -> None:
    """Protects users of joblib, Dask and copy: inputs are found by identity, which a copy has anew."""
    scenario = load(SCENARIOS / "customer-support.yaml")
    digest = simulate(scenario, 64, SEED).digest
    assert simulate(copied(scenario), 64, SEED).digest == digest


def _fails_at_three(part: int) -> int:
    if part == 3:
        raise SimulationError("manila: the cost of trial 3 (block 0) is not a number")
    return part


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_what_goes_wrong_in_a_worker_is_told_as_it_is(executor: Executor) -> None:
    """Protects the message: the same error as without workers, after all parts before it."""
    found = in_order(_fails_at_three, range(9), 2, executor)
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(SimulationError, match="manila: the cost of trial 3"):
        next(found)


def _is_killed(part: int) -> int:
    if part == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return part


@linux
def test_a_killed_worker_is_an_error_with_a_remedy() -> None:
    """Protects from a traceback or a wait without end where memory runs out and the system kills."""
    with pytest.raises(RunError, match=r"ended from outside.*fewer --threads"):
        list(in_order(_is_killed, range(9), 2, "processes"))


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(number) for number in listed.split()]


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_the_command(number: signal.Signals) -> None:
    """Protects the machine: however the command ends, its processes end, and Ctrl-C shows no traceback."""
    scenario = SCENARIOS / "customer-support.yaml"
    command = [sys.executable, "-m", "bposim", "run", str(scenario), "-n", "5M", "--threads", "2"]
    with subprocess.Popen(
        [*command, "--executor", "processes"], stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while len(workers := _children(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)
        if number == signal.SIGINT:  # as a terminal sends it: to all of them
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert len(workers) == 2
    while any(map(_runs, workers)) and time.monotonic() < deadline + 60:
        time.sleep(0.02)
    assert not any(map(_runs, workers))
    assert b"Traceback" not in said
    assert process.returncode == (130 if number == signal.SIGINT else -number)
