"""Random streams: the same address gives the same draws, another address gives others."""

import itertools

import numpy as np
import pytest
from scipy import stats

from bposim.inputs import streams
from bposim.inputs.streams import SideBySide, generator, uniform_open

FROZEN = [5160332197989870502, 12977018892598798089, 2728660982478473714]


class _Raw:
    """Stands in for a generator whose raw words are chosen."""

    def __init__(self, words: list[int]) -> None:
        self.bit_generator = self
        self.words = np.array(words, dtype=np.uint64)

    def random_raw(self, shape: int) -> np.ndarray:
        return self.words


def test_an_address_always_leads_to_the_same_draws() -> None:
    """Protects R0: order of asking, and what else was asked, change nothing."""
    first = generator(7, "fx:PHP", 3).standard_normal(10)
    generator(7, "another", 3).standard_normal(1000)
    assert np.array_equal(generator(7, "fx:PHP", 3).standard_normal(10), first)


def test_stream_version_one_is_frozen() -> None:
    """Protects stored runs: these words may change only together with STREAM_VERSION."""
    assert streams.STREAM_VERSION == 1
    assert generator(7, "fx:PHP", 0).bit_generator.random_raw(3).tolist() == FROZEN


def test_addresses_do_not_collide() -> None:
    """Protects independence: 12,000 addresses, close and far, start 12,000 different streams."""
    names = [f"input:{i}" for i in range(96)] + ["", "a", "a:1", "1:a"]
    seeds = [0, 1, 2**31, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64]
    blocks = [0, 1, 2, 10, 11, 12, 2**31, 2**32, 2**32 + 1, 101, 110, 1010, 1011, 5, 50]
    firsts = {
        generator(seed, name, block).bit_generator.random_raw()
        for seed, name, block in itertools.product(seeds, names, blocks)
    }
    assert len(firsts) == len(seeds) * len(names) * len(blocks)


def test_digits_do_not_run_into_each_other() -> None:
    """Protects the encoding: seed 1 block 11 is not seed 11 block 1, nor a name that starts with digits."""
    firsts = {
        generator(*address).bit_generator.random_raw()
        for address in [(1, "x", 11), (11, "x", 1), (1, "1:x", 1), (1, "11:x", 1), (1, "x:1", 1)]
    }
    assert len(firsts) == 5


def test_neighbouring_streams_are_uncorrelated() -> None:
    """Protects independence of blocks, names and seeds: correlations within four standard errors of 0."""
    n = 100_000
    base = generator(7, "a", 0).standard_normal(n)
    for address in [(7, "a", 1), (7, "b", 0), (8, "a", 0)]:
        other = generator(*address).standard_normal(n)
        assert abs(np.mean(base * other)) < 4 / np.sqrt(n)


@pytest.mark.parametrize(("seed", "block"), [(-1, 0), (0, -1)])
def test_negative_addresses_are_refused(seed: int, block: int) -> None:
    """Protects the user from a seed that would silently be another one."""
    with pytest.raises(ValueError, match="neither can be negative; use 0 or more"):
        generator(seed, "a", block)


def test_uniforms_never_reach_the_ends() -> None:
    """Protects quantile functions from 0 and 1, where they are infinite: the extreme raw words."""
    lowest, highest = uniform_open(_Raw([0, 2**64 - 1]), 2)
    assert lowest == 2.0**-53
    assert highest == 1 - 2.0**-53
    assert 0 < lowest < highest < 1


def test_uniforms_are_uniform() -> None:
    """Protects the scaling of raw words: Kolmogorov-Smirnov distance below its 1-in-10,000 limit."""
    u = uniform_open(generator(7, "u", 0), (100, 1000))
    assert u.shape == (100, 1000)
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-4


def test_blocks_side_by_side_draw_what_each_draws_by_itself() -> None:
    """Whatever is asked for, the trials of a block lie together and are those of the block alone."""

    def drawn(rng: np.random.Generator, trials: int) -> list[np.ndarray]:
        child, other = rng.spawn(2)
        return [
            rng.standard_normal(trials),
            uniform_open(rng, (3, trials)),
            other.standard_normal((2, trials)),
            uniform_open(child, trials),
        ]

    alone = [drawn(generator(3, "name", block), 8) for block in (4, 5)]
    together = drawn(SideBySide([generator(3, "name", block) for block in (4, 5)]), 16)  # type: ignore[arg-type]
    for one, other, both in zip(*alone, together, strict=True):
        assert np.array_equal(np.concatenate([one, other], axis=-1), both)
