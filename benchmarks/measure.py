"""One measurement in a process of its own: CPU time, peak memory, and what it printed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

KIBI = 1024.0
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread for whatever a library starts by itself; threads are measured where they are asked for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a process took, all of it from start to end, its children included."""

    cpu: float
    """User and system seconds."""
    wall: float
    """Seconds."""
    peak: float
    """Largest resident memory, MiB; Linux counts that of the starting process, some 30 MiB, as the least."""
    printed: dict[str, Any] = field(default_factory=dict)
    """The last line that it printed, where that is JSON."""


class FailedError(Exception):
    """The process failed; the message is the end of what it said."""


def fresh(command: Sequence[str | Path], **environment: str) -> Done:
    """Run a command to its end and return what it took."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=out,
            stderr=err,
            env={**os.environ, **SINGLE, **environment},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise FailedError(err.read().decode(errors="replace").strip()[-300:])
        lines = out.read().decode(errors="replace").strip().splitlines()
    printed = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Done(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / KIBI, printed)


def python(*arguments: str | Path, **environment: str) -> Done:
    """Run this interpreter afresh."""
    return fresh([sys.executable, *arguments], **environment)


def alternately(repeats: int, *ways: Callable[[], Done]) -> list[list[Done]]:
    """Run several ways in turn, so that a busy moment of the machine does not hit one of them alone."""
    rounds = [[way() for way in ways] for _ in range(repeats)]
    return [list(column) for column in zip(*rounds, strict=True)]


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)
