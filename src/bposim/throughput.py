"""How fast this machine simulates a scenario, beside its floor: drawing the same random numbers alone.

Times are CPU seconds of this process.  A machine's other work moves them, so a ratio is the median over turns
that each measure both sides.
"""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bposim.cash import simulate_block
from bposim.engine import BLOCK, simulate
from bposim.inputs.draws import StreamDraws
from bposim.inputs.streams import generator, uniform_open

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from bposim.scenario import Scenario

T = TypeVar("T")


@dataclass(slots=True)
class Variates:
    """Random numbers of one block by kind, and the streams that they come from."""

    normal: int = 0
    uniform: int = 0
    streams: int = 0


@dataclass(frozen=True, slots=True)
class Throughput:
    """Medians of several turns."""

    engine: float
    """CPU seconds a trial."""
    normal: float
    """CPU seconds a trial for the standard normals alone."""
    uniform: float
    """CPU seconds a trial for the uniforms alone."""
    ratio: float
    """Engine over floor, the floor being normals and uniforms."""
    spread: float
    """Largest less smallest ratio of a turn."""


class CountingDraws(StreamDraws):
    """The draws of a block, counted as they are made."""

    def __init__(self, seed: int, block: int, trials: int) -> None:
        super().__init__(seed, block, trials)
        self.counted = Variates()

    def take(self, name: str, sample: Callable[[np.random.Generator, int], T]) -> T:
        """Return the draw of that name, sampling it on first use."""

        def counting(rng: np.random.Generator, trials: int) -> T:
            self.counted.streams += 1
            counter: Any = _Counting(rng, self.counted)
            return sample(counter, trials)

        return super().take(name, counting)


class _Counting:
    """A generator, as far as the draws use one."""

    def __init__(self, rng: np.random.Generator, counted: Variates) -> None:
        self._rng = rng
        self._counted = counted
        self.bit_generator = self

    def standard_normal(self, size: int | tuple[int, ...]) -> np.ndarray:
        self._counted.normal += math.prod((size,) if isinstance(size, int) else size)
        return self._rng.standard_normal(size)

    def random_raw(self, size: int | tuple[int, ...]) -> np.ndarray:
        self._counted.uniform += math.prod((size,) if isinstance(size, int) else size)
        raw: np.ndarray = self._rng.bit_generator.random_raw(size)
        return raw

    def spawn(self, children: int) -> list[_Counting]:
        return [_Counting(child, self._counted) for child in self._rng.spawn(children)]


def variates(scenario: Scenario) -> Variates:
    """Return what one block of the scenario draws."""
    draws = CountingDraws(1, 0, BLOCK)
    simulate_block(scenario, draws)
    return draws.counted


def floor_seconds(drawn: Variates, trials: int) -> tuple[float, float]:
    """Return the CPU seconds that the normals and the uniforms of so many trials take, block by block."""
    blocks = math.ceil(trials / BLOCK)
    rng = generator(1, "floor", 0)

    def normals() -> None:
        for _ in range(blocks):
            rng.standard_normal(drawn.normal)

    def uniforms() -> None:
        for _ in range(blocks):
            uniform_open(rng, drawn.uniform)

    return _cpu(normals), _cpu(uniforms)


def engine_seconds(scenario: Scenario, trials: int) -> float:
    """Return the CPU seconds of a simulation on one thread."""
    return _cpu(lambda: simulate(scenario, trials=trials, seed=1))


def throughput(scenario: Scenario, trials: int, turns: int) -> Throughput:
    """Measure the engine and its floor in turns; whole blocks, at least one."""
    drawn = variates(scenario)  # and first use of libraries and tables
    trials = BLOCK * max(1, trials // BLOCK)
    each = [(engine_seconds(scenario, trials), *floor_seconds(drawn, trials)) for _ in range(turns)]
    ratios = [engine / (normal + uniform) for engine, normal, uniform in each]
    engine, normal, uniform = (statistics.median(column) / trials for column in zip(*each, strict=True))
    return Throughput(engine, normal, uniform, statistics.median(ratios), max(ratios) - min(ratios))


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
