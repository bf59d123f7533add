"""Random streams with addresses instead of positions: (seed, name, block) leads to a generator.

No stream depends on how many others exist or in which order they are asked for, so threads, the order of
the file or a removed risk cannot move a draw.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bposim.shapes import FloatArray

STREAM_VERSION = 1
"""Changes whenever the same address would lead to other draws."""

_HALF = 0.5
_STEP = 2.0**-52


def generator(seed: int, name: str, block: int) -> np.random.Generator:
    """Return the generator at an address; the same address always gives the same stream.

    Raises:
        ValueError: ``seed`` or ``block`` is negative.
    """
    if seed < 0 or block < 0:
        raise ValueError(f"seed {seed}, block {block}: neither can be negative; use 0 or more")
    # Numbers hold no colon and the name stands last, so no two addresses share an encoding.  The digest is
    # cut into words of fixed width because SeedSequence lets different keys with larger words collide.
    address = f"bposim:{STREAM_VERSION}:{seed}:{block}:{name}".encode()
    words = np.frombuffer(hashlib.sha256(address).digest(), dtype="<u4")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words, pool_size=len(words))))


class SideBySide:
    """The generators of neighbouring blocks as one: each draws for its own trials, which lie side by side.

    It has what the samplers of bposim use of a generator; the last axis of whatever they ask for is trials.
    """

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        self._generators = generators

    @property
    def bit_generator(self) -> SideBySide:
        """Return what gives raw numbers: itself."""
        return self

    def standard_normal(self, size: int | tuple[int, ...]) -> FloatArray:
        """Return standard normals of that shape."""
        parts = self._parts(size)
        whole = np.empty(size)
        for rng, (here, shape) in zip(self._generators, parts, strict=True):
            whole[..., here] = rng.standard_normal(shape)
        return whole

    def random_raw(self, size: int | tuple[int, ...]) -> NDArray[np.uint64]:
        """Return 64 random bits each, in that shape."""
        parts = self._parts(size)
        whole = np.empty(size, dtype=np.uint64)
        for rng, (here, shape) in zip(self._generators, parts, strict=True):
            whole[..., here] = rng.bit_generator.random_raw(shape)
        return whole

    def spawn(self, children: int) -> list[SideBySide]:
        """Return new generators, as those of the blocks would each by itself."""
        spawned = [rng.spawn(children) for rng in self._generators]
        return [SideBySide(child) for child in zip(*spawned, strict=True)]

    def _parts(self, size: int | tuple[int, ...]) -> list[tuple[slice, tuple[int, ...]]]:
        *rows, trials = (size,) if isinstance(size, int) else size
        own = trials // len(self._generators)
        return [(slice(start, start + own), (*rows, own)) for start in range(0, trials, own)]


def uniform_open(rng: np.random.Generator, shape: int | tuple[int, ...]) -> FloatArray:
    """Return uniforms in the open interval (0, 1), on the midpoints of 2**52 equal cells."""
    raw = rng.bit_generator.random_raw(shape)
    # 52 bits, since 53 bits and a half round to 1.0, where a quantile function is infinite.
    return ((raw >> np.uint64(12)).astype(np.float64) + _HALF) * _STEP
