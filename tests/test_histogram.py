"""Distributions in bounded memory: bins that are fine enough, moments that do not cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.histogram import TINY, WIDTH, Histogram, Moments

if TYPE_CHECKING:
    from bposim.shapes import FloatArray


def filled(*blocks: FloatArray) -> Histogram:
    """Return a histogram of blocks."""
    histogram = Histogram()
    for block in blocks:
        histogram.add(block)
    return histogram


def spread_values(seed: int = 1) -> FloatArray:
    """Return values of both signs over twelve powers of ten, and some zeros."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.uniform(np.log(1e-4), np.log(1e8), 4_000)) * rng.choice([-1.0, 1.0], 4_000)
    values[:20] = 0.0
    return values


def test_every_value_lies_in_its_bin() -> None:
    """Protects the stated error: each value on its own comes back within 0.1 % of itself, or a cent of 0."""
    for value in (*spread_values()[:600], TINY, -TINY, TINY * (1 + WIDTH), 1.0, -1e6):
        low, high, counts, means = filled(np.array([value])).bins()
        assert counts.tolist() == [1]
        assert low[0] <= value <= high[0]
        assert means[0] == value
    low, high, *_ = filled(spread_values()).bins()
    large = np.minimum(abs(low), abs(high)) > TINY
    assert ((high - low)[large] <= WIDTH * 1.000001 * np.maximum(abs(low), abs(high))[large]).all()


def test_bins_ascend_and_count_everything() -> None:
    """Protects quantiles: bins do not overlap, from the most negative to the largest, nothing is lost."""
    values = spread_values()
    low, high, counts, means = filled(*np.split(values, 8)).bins()
    assert (low[1:] >= high[:-1] * (1 - 1e-12 * np.sign(high[:-1]))).all()
    assert counts.sum() == values.size
    assert np.sum(counts * means) == pytest.approx(values.sum(), rel=1e-12)
    assert (low[0], high[-1]) == (values.min(), values.max())


def test_what_is_above_zero_is_counted_and_not_binned() -> None:
    """Protects P(S > 0): amounts below a cent are still above 0, and 0 is not."""
    assert filled(np.array([1e-9, 0.0, -1e-9, 5.0])).positive == 2


def test_order_of_blocks_does_not_change_the_counts() -> None:
    """Protects merging: integer counts are the same whichever block comes first."""
    blocks = np.split(spread_values(), 8)
    one, other = filled(*blocks).bins(), filled(*blocks[::-1]).bins()
    assert np.array_equal(one[2], other[2])


def test_moments_do_not_cancel() -> None:
    """Protects the variance: 1, 2, 3 above a billion have the mean and variance of 1, 2, 3."""
    moments = Moments()
    for block in ([1e9 + 1.0], [1e9 + 2.0, 1e9 + 3.0]):
        moments.add(np.array(block))
    assert (moments.count, moments.mean, moments.sd) == (3, 1e9 + 2.0, 1.0)


def test_moments_are_those_of_all_values() -> None:
    """Protects the merging rule of Chan, Golub and LeVeque against NumPy's two passes."""
    values = spread_values()
    moments = filled(*np.array_split(values, 7)).moments
    assert moments.mean == pytest.approx(values.mean(), rel=1e-12)
    assert moments.sd == pytest.approx(values.std(ddof=1), rel=1e-12)


def test_a_restored_histogram_is_the_same() -> None:
    """Protects stored distributions: bins, moments and ends come back to the last bit."""
    histogram = filled(*np.split(spread_values(), 8))
    again = Histogram.restored(histogram.state())
    for one, other in zip(histogram.bins(), again.bins(), strict=True):
        assert np.array_equal(one, other)
    assert (again.size, again.positive) == (histogram.size, histogram.positive)
    assert again.moments.mean == histogram.moments.mean
    assert again.moments.sd == histogram.moments.sd
