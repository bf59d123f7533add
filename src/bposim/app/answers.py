"""What the page shows of a scenario file: simulated once for the same content, and kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from bposim.analysis.measures import Sample, mean
from bposim.engine import simulate
from bposim.files import scenario_of
from bposim.verbs import summarise
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import Summary
    from bposim.result import Result
    from bposim.scenario import Scenario

QUICK, TRIALS, SEED = 2_000, 20_000, 1
"""Futures of the run that chooses the sliders, futures of an answer, and the seed of both."""

KEPT_RUNS, KEPT_PAGES = 8, 24

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A run of the page and its figures."""

    key: str
    """The same for the same file and trials."""
    result: Result
    summary: Summary


@dataclass(frozen=True, slots=True)
class Change:
    """The mean saving of an alternative before and after, in the same futures."""

    name: str
    before: Estimate
    after: Estimate
    difference: Estimate


class Kept(Generic[T]):
    """Results by the content that they were made of; the oldest go first.  Shared by all tabs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return what is kept under a key; make it where there is nothing."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = make()  # without the lock: another tab need not wait
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made


_RUNS: Kept[Answer] = Kept(KEPT_RUNS)
_PAGES: Kept[str] = Kept(KEPT_PAGES)


def key_of(data: bytes, name: str) -> str:
    """Return the address of a file's content; ``name`` says from where it names other files."""
    return sha256(name.encode() + b"\0" + data).hexdigest()


def scenario_in(data: bytes, name: str) -> Scenario:
    """Return the scenario that a file describes; raises ScenarioError with every complaint."""
    return scenario_of(read_tree(data, name))


def answer(
    data: bytes, name: str, trials: int = TRIALS, progress: Callable[[int, int], None] | None = None
) -> Answer:
    """Return the run of a file; raises ScenarioError where the file cannot be used."""

    key = f"{key_of(data, name)}-{trials}"

    def run() -> Answer:
        result = simulate(scenario_in(data, name), trials, SEED, progress=progress)
        return Answer(key, result, summarise(result))

    return _RUNS.get(key, run)


def report(own: Answer, base: Answer | None = None) -> str:
    """Return the report of a run as ``bposim report`` writes it; ``base`` is the file before its changes."""
    from bposim.report.html.document import page, story_of  # noqa: PLC0415 - altair is slow to import

    def write() -> str:
        earlier = (base.result, base.summary) if base else None
        return page(story_of(own.result, own.summary, earlier=earlier))

    return _PAGES.get(f"{own.key} {base.key if base else ''}", write)


def changes(base: Answer, own: Answer) -> list[Change]:
    """Return what became of each alternative's mean saving, with the error of the paired difference."""
    before, after = base.result, own.result

    def saving(result: Result, name: str) -> Sample:
        return Sample(result.costs[result.baseline] - result.costs[name])

    found = []
    for name in after.names:
        if name == after.baseline or name not in before.names:
            continue
        then, now = saving(before, name), saving(after, name)
        found.append(Change(name, mean(then), mean(now), mean(Sample(now.values - then.values))))
    return found
