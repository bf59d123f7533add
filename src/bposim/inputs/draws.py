"""The door through which every random number of a block comes, by name.

Whoever needs noise hands over its ``sample(rng, trials)`` and a name; the same name gives the same draw
to every alternative of the block.  :class:`NoDraws` answers None, which every path and risk reads as
"expectation only": that is the deterministic twin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from bposim.inputs.streams import SideBySide, generator

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from bposim.shapes import FloatArray

T = TypeVar("T")


class Draws(Protocol):
    """Named random draws of one block of trials."""

    trials: int

    def take(self, name: str, sample: Callable[[np.random.Generator, int], T]) -> T | None:
        """Return ``sample(rng, trials)`` for the stream of that name; None means no noise."""

    def normal(self, name: str, rows: int) -> FloatArray | None:
        """Return standard normal noise ``(rows, trials)``; None means no noise."""


class StreamDraws:
    """Draws from the streams addressed by (seed, name, block); each name is drawn once.

    Several ``blocks`` from ``block`` on lie side by side in ``trials``, each drawn as it is by itself.
    """

    def __init__(self, seed: int, block: int, trials: int, blocks: int = 1) -> None:
        self.seed = seed
        self.block = block
        self.trials = trials
        self.blocks = range(block, block + blocks)
        self._drawn: dict[str, Any] = {}

    def vector(self, name: str) -> FloatArray:
        """Return standard normal scores of that name, ``(trials,)``."""
        return self.take(name, lambda rng, trials: rng.standard_normal(trials))

    def take(self, name: str, sample: Callable[[np.random.Generator, int], T]) -> T:
        """Return the draw of that name, sampling it on first use."""
        if name not in self._drawn:
            self._drawn[name] = sample(self._generator(name), self.trials)
        drawn: T = self._drawn[name]
        return drawn

    def _generator(self, name: str) -> np.random.Generator:
        own = [generator(self.seed, name, block) for block in self.blocks]
        return own[0] if len(own) == 1 else cast("np.random.Generator", SideBySide(own))

    def normal(self, name: str, rows: int) -> FloatArray:
        """Return standard normal noise of that name, ``(rows, trials)``."""
        return self.take(name, lambda rng, trials: rng.standard_normal((rows, trials)))

    def by_name(self) -> dict[str, Any]:
        """Return what was drawn so far, by name."""
        return dict(self._drawn)

    def drawn(self) -> list[Any]:
        """Return what was drawn so far: arrays, and the marks of event risks."""
        return list(self._drawn.values())


class NoDraws:
    """The draws of the deterministic twin: one trial, no noise."""

    trials = 1

    def take(self, name: str, sample: Callable[[np.random.Generator, int], T]) -> None:
        """Return None: no noise."""

    def normal(self, name: str, rows: int) -> None:
        """Return None: no noise."""
