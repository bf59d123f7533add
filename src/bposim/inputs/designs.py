"""Designs: how the random numbers of a block are spread over what they can be.

``random`` leaves them to chance.  ``lhs`` gives each name a Latin hypercube of its own, the points of
different names in independent order.  ``sobol`` puts the inputs and the leading scores of every path into one
scrambled net, turned so that its first columns move the outcomes most, and gives each source of events a net
of its own.

Every single trial is distributed as a random one.  A block is one replicate: its points are spread together,
those of another block independently of them.  So averages are unbiased, and errors are measured by how much
the replicates differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np
from scipy.special import ndtri

from bposim.inputs.designs_nets import latin, scrambled_net
from bposim.inputs.draws import StreamDraws
from bposim.inputs.streams import generator

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray

T = TypeVar("T")

Kind: TypeAlias = Literal["random", "lhs", "sobol"]
Coordinate: TypeAlias = tuple[str, int]
"""A name and the number, from 0, of one of its scores."""

REPLICATE = 2048
"""Trials of a replicate: the engine's block."""

LED = 2
"""Leading scores of a path: together they hold nearly all of a slow path's effect on a sum over months."""


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of design and, of a ``sobol`` one, what its joint net is over.

    To compare two versions of a scenario on the same random numbers, hand both the same design.
    """

    kind: Kind = "random"
    coordinates: tuple[Coordinate, ...] = ()
    """Columns of the joint net after those of the directions, the most important first."""
    directions: tuple[tuple[float, ...], ...] = ()
    """Orthonormal combinations of the coordinates that have a column of their own, before all others."""

    expected: tuple[tuple[str, float], ...] = ()
    """Expected number of events by name of their source."""

    @property
    def replicate(self) -> int:
        """Trials that are spread together."""
        return 1 if self.kind == "random" else REPLICATE

    def draws(self, seed: int, block: int, trials: int, blocks: int = 1) -> StreamDraws:
        """Return the draws of a block, or of several side by side, ``trials`` in all."""
        if self.kind == "random":
            return StreamDraws(seed, block, trials, blocks)
        return DesignedDraws(self, seed, block, trials, blocks)


RANDOM = Design()


@runtime_checkable
class Led(Protocol):
    """Random numbers of which a design may set some."""

    @property
    def led(self) -> int:
        """How many uniforms it takes, in the order of their importance."""

    @property
    def expected(self) -> float:
        """How many events were expected of it; 0 where that is not known or does not matter."""

    def lead(self, uniforms: FloatArray, expected: float, /) -> None:
        """Take ``uniforms``, ``(led, trials)``, in the place of drawn ones, for so many expected events."""


class DesignedDraws(StreamDraws):
    """Draws whose inputs, leading scores of paths, counts and first marks of events come from a design.

    All else comes from the streams of the same names as without a design.
    """

    def __init__(self, design: Design, seed: int, block: int, trials: int, blocks: int = 1) -> None:
        super().__init__(seed, block, trials, blocks)
        self.design = design
        self.scores: dict[str, FloatArray] = {}
        """The scores of each name that was asked for, ``(scores, trials)``."""

    def vector(self, name: str) -> FloatArray:
        """Return standard normal scores of that name, ``(trials,)``."""
        if name not in self._drawn:
            self._drawn[name] = self._scores(name, 1)[0]
        drawn: FloatArray = self._drawn[name]
        return drawn

    def normal(self, name: str, rows: int) -> FloatArray:
        """Return standard normal noise of that name, ``(rows, trials)``, its leading scores designed."""
        if name not in self._drawn:
            noise = super().normal(name, rows)
            _lead(noise, slow_waves(rows), self._scores(name, min(LED, rows)))
        drawn: FloatArray = self._drawn[name]
        return drawn

    def take(self, name: str, sample: Callable[[np.random.Generator, int], T]) -> T:
        """Return the draw of that name; counts, marks and single uniforms of a trial are designed."""
        if name in self._drawn:
            known: T = self._drawn[name]
            return known
        drawn = super().take(name, sample)
        if isinstance(drawn, Led):
            drawn.lead(self._own(name, drawn.led), self._expected.get(name, 0.0))
        elif isinstance(drawn, np.ndarray) and drawn.ndim == 1:
            drawn[:] = self._own(name, 1)[0]
        return drawn

    def _scores(self, name: str, count: int) -> FloatArray:
        """Return standard normal scores, those of the joint net where the name is in it."""
        if name not in self.scores:
            rows = [self._columns.get((name, number)) for number in range(count)]
            joint = [row for row in rows if row is not None]
            together = len(joint) == count
            self.scores[name] = self._joint[joint] if together else ndtri(self._own(name, count))
        return self.scores[name]

    def _own(self, name: str, count: int) -> FloatArray:
        """Return uniforms spread for this name alone, ``(count, trials)``, in an order of their own."""
        own = self.trials // len(self.blocks)

        def spread(block: int) -> FloatArray:
            rng = generator(self.seed, f"design:{name}", block)
            if self.design.kind == "lhs" or count == 1:
                return latin(rng, count, own)
            net = scrambled_net(rng, count, own)
            return np.take(net, rng.permutation(own), axis=1)

        return _side_by_side([spread(block) for block in self.blocks])

    @cached_property
    def _expected(self) -> dict[str, float]:
        return dict(self.design.expected)

    @cached_property
    def _columns(self) -> dict[Coordinate, int]:
        return {coordinate: column for column, coordinate in enumerate(self.design.coordinates)}

    @cached_property
    def _joint(self) -> FloatArray:
        """The scores of all coordinates, ``(coordinates, trials)``."""
        ahead, own = len(self.design.directions), self.trials // len(self.blocks)
        columns = ahead + len(self.design.coordinates)
        generators = [generator(self.seed, "design", block) for block in self.blocks]
        scores = ndtri(_side_by_side([scrambled_net(rng, columns, own) for rng in generators]))
        if ahead:
            _lead(scores[ahead:], np.array(self.design.directions), scores[:ahead])
        joint: FloatArray = scores[ahead:]
        return joint


def _side_by_side(blocks: list[FloatArray]) -> FloatArray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1)


@cache
def slow_waves(rows: int) -> FloatArray:
    """Return the slowest cosines over so many months, orthonormal, ``(LED or fewer, rows)``.

    The first two are a constant and half a wave.  A sum over months of a path without memory moves with the
    first, of a random walk with a falling line, which is nine tenths the first and a tenth the second.
    """
    turns = np.arange(min(LED, rows))[:, np.newaxis] * (np.arange(rows) + 0.5) / rows
    waves = np.cos(np.pi * turns)
    found: FloatArray = waves / np.sqrt(np.sum(waves**2, axis=1, keepdims=True))
    return found


def _lead(noise: FloatArray, directions: FloatArray, scores: FloatArray) -> None:
    """Set the components of ``noise`` along orthonormal ``directions`` to ``scores``, in place.

    Independent standard normals stay so: the other components are not touched.
    """
    for direction, score in zip(directions, scores, strict=True):
        if np.ptp(direction) == 0.0:  # a level: one row for all
            level = float(direction[0])
            noise += level * (score - level * np.sum(noise, axis=0))
            continue
        used = slice(None) if direction.all() else np.flatnonzero(direction)
        weights = direction[used]
        # Sums in a fixed order: a matrix product may depend on the number of columns.
        missing = score - np.einsum("r,rn->n", weights, noise[used])
        noise[used] += weights[:, np.newaxis] * missing
