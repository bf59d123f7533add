"""Who does the parts of a run: the caller itself, threads, or processes; what comes of it is the same.

Threads share one Python and one heap, and wait for each other for much of a run.  Processes share nothing,
but must be started, and send back what they find.  On Linux they start by ``fork`` in milliseconds and
inherit the work; elsewhere a fresh interpreter has to import everything, so threads are used unless asked.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Literal, TypeVar

from bposim.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future, ProcessPoolExecutor

P = TypeVar("P")
T = TypeVar("T")

Executor = Literal["auto", "threads", "processes"]
EXECUTORS: tuple[Executor, ...] = ("auto", "threads", "processes")
"""``auto`` is processes on Linux and threads elsewhere."""

FORKS = sys.platform == "linux"
"""Elsewhere ``fork`` does not exist or breaks system libraries."""

_PR_SET_PDEATHSIG = 1


def in_order(
    work: Callable[[P], T], parts: Sequence[P], workers: int, executor: Executor = "auto"
) -> Iterator[T]:
    """Yield what the work makes of each part, in order, at most two parts a worker ahead of the reader.

    Without ``fork``, work and parts for ``processes`` must be of a kind that pickles.  Raises what the work
    raises, and RunError where a process was killed.
    """
    workers = min(workers, len(parts))
    if workers <= 1:
        yield from map(work, parts)
        return
    from concurrent.futures import BrokenExecutor, ThreadPoolExecutor  # noqa: PLC0415 - one core needs neither

    processes = executor == "processes" or (executor == "auto" and FORKS)
    pool, do = _processes(work, workers) if processes else (ThreadPoolExecutor(workers), work)
    window = 2 * workers
    waiting: list[Future[T]] = []
    try:
        with warnings.catch_warnings():
            # The other threads of this process draw progress bars or serve pages; no worker asks them.
            warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
            waiting += [pool.submit(do, part) for part in parts[:window]]
        for number in range(len(parts)):
            done = waiting.pop(0).result()
            if number + window < len(parts):
                waiting.append(pool.submit(do, parts[number + window]))
            yield done
            del done  # while the next is waited for
    except BrokenExecutor as error:
        message = (
            "a worker process was ended from outside, perhaps for want of memory; "
            "use fewer --threads, or --executor threads"
        )
        raise RunError(message) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _processes(work: Callable[[P], T], workers: int) -> tuple[ProcessPoolExecutor, Callable[[P], T]]:
    """Return a pool whose processes have the work already, and what is to be submitted to it."""
    import multiprocessing  # noqa: PLC0415 - as above
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    context = multiprocessing.get_context("fork" if FORKS else "spawn")
    return ProcessPoolExecutor(workers, context, _begin, (work, os.getpid())), _do


_work: Callable[..., object]


def _begin(work: Callable[[P], T], parent: int) -> None:
    """Prepare a worker: it has the work, leaves Ctrl-C to its parent, and does not outlive it."""
    global _work  # noqa: PLW0603 - the one thing that a worker is there for
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if FORKS:
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)


def _do(part: P) -> T:  # type: ignore[type-var] # what the work returns
    return _work(part)  # type: ignore[return-value]
