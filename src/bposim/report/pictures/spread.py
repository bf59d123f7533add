"""The figures that several pictures mark: mean, P5, P50 and P95, and how often something is a saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bposim.analysis.measures import Estimate, Sample, mean, quantiles
from bposim.report.numbers import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bposim.result import Result
    from bposim.shapes import FloatArray


@dataclass(frozen=True, slots=True)
class Spread:
    """Where one distribution lies, in money."""

    mean: Estimate
    p5: Estimate
    p50: Estimate
    p95: Estimate
    low: float
    """P0.5, where pictures end: beyond are outliers that would squeeze the rest."""
    high: float
    """P99.5."""
    least: float
    most: float

    @classmethod
    def of(cls, values: FloatArray, replicate: int = 1) -> Self:
        """Return the spread of totals by trial, ``(trials,)``, of which a design spread so many together."""
        sample = Sample(values, replicate)
        low, p5, p50, p95, high = quantiles(sample, (0.005, 0.05, 0.5, 0.95, 0.995))
        least, most = float(sample.ordered[0]), float(sample.ordered[-1])
        return cls(mean(sample), p5, p50, p95, low.value, high.value, least, most)

    @property
    def marked(self) -> dict[str, Estimate]:
        """The quantiles that pictures mark."""
        return {"P5": self.p5, "P50": self.p50, "P95": self.p95}


def savings(result: Result) -> dict[str, Spread]:
    """Return the spread of the saving of every alternative but the baseline."""
    return {name: Spread.of(result.saving(name), result.replicate) for name in result.names[1:]}


def share_saving(result: Result, name: str) -> float:
    """Return the share of trials in which the alternative costs less than the baseline."""
    return float(np.count_nonzero(result.saving(name) > 0.0)) / result.trials


def common_scale(spreads: Iterable[Spread]) -> Scale:
    """Return one scale for all the figures, without a digit that the largest error does not support."""
    shown = [estimate for spread in spreads for estimate in (spread.mean, *spread.marked.values())]
    sizes = [abs(estimate.value) for estimate in shown]
    return Scale.of(max(sizes), max(estimate.se or 0.0 for estimate in shown), min(sizes))
