"""What a run knows of a distribution, whether it kept every total or bins: quantiles and shares of bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bposim.analysis import measures, streamed
from bposim.analysis.measures import Sample
from bposim.result import StreamedResult

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate
    from bposim.analysis.streamed import Bins
    from bposim.result import AnyResult
    from bposim.shapes import FloatArray

BARS = 36
"""About so many bars in a histogram."""

OUTER = 0.005
"""Beyond this quantile and its opposite, outcomes count to the outermost bars."""


class Spread(Protocol):
    """A distribution of totals."""

    def quantile(self, p: float) -> Estimate:
        """Return a quantile with its error."""

    def below(self, edges: FloatArray) -> FloatArray:
        """Return the share of futures below each of some values."""


class Kept:
    """The distribution of totals by trial."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample

    def quantile(self, p: float) -> Estimate:
        """Return a quantile with its error."""
        return measures.quantile(self._sample, p)

    def below(self, edges: FloatArray) -> FloatArray:
        """Return the share of futures below each of some values."""
        return np.searchsorted(self._sample.ordered, edges, side="left") / self._sample.size


class Binned:
    """The distribution of a streamed run."""

    def __init__(self, bins: Bins) -> None:
        self._bins = bins

    def quantile(self, p: float) -> Estimate:
        """Return a quantile with its error."""
        return streamed.quantile(self._bins, p)

    def below(self, edges: FloatArray) -> FloatArray:
        """Return the share of futures below each of some values."""
        return np.array([1.0 - self._bins.above(float(edge)) / self._bins.size for edge in edges])


def costs_of(result: AnyResult) -> dict[str, Spread]:
    """Return the distribution of the total cost by alternative."""
    if isinstance(result, StreamedResult):
        return {name: Binned(streamed.Bins.of(result.costs[name])) for name in result.names}
    return {name: Kept(Sample(result.costs[name], result.replicate)) for name in result.names}


def savings_of(result: AnyResult) -> dict[str, Spread]:
    """Return the distribution of the saving by alternative, the baseline left out."""
    others = [name for name in result.names if name != result.baseline]
    if isinstance(result, StreamedResult):
        return {name: Binned(streamed.Bins.of(result.savings[name])) for name in others}
    return {name: Kept(Sample(result.saving(name), result.replicate)) for name in others}


def bar_edges(spread: Spread) -> FloatArray:
    """Return edges of bars of one round width, 0 an edge if it is among them."""
    low, high = spread.quantile(OUTER).value, spread.quantile(1 - OUTER).value
    if not high > low:
        width = max(abs(low) / 10, 1.0)
        return np.array([low - width, low + width])
    wanted = (high - low) / BARS
    unit = 10.0 ** math.floor(math.log10(wanted))
    width = next(step * unit for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * unit >= wanted)
    return np.arange(math.floor(low / width), math.ceil(high / width) + 1, dtype=np.float64) * width


def bar_shares(spread: Spread, edges: FloatArray) -> FloatArray:
    """Return the share of futures in each bar; what lies beyond counts to the outermost ones."""
    below = spread.below(edges)
    below[0], below[-1] = 0.0, 1.0
    return np.diff(below)
