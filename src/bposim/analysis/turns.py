"""Which single inputs turn the choice between two alternatives, read off the futures of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.breakeven import break_evens, conditional_mean
from bposim.analysis.measures import Sample

if TYPE_CHECKING:
    from collections.abc import Container

    from bposim.analysis.breakeven import BreakEven
    from bposim.analysis.statistic import Statistic
    from bposim.result import Result
    from bposim.sample import Driver
    from bposim.shapes import FloatArray


def parts_of(result: Result, statistic: Statistic, alternative: str, other: str) -> FloatArray:
    """Return what each trial of the sample adds to a figure that is a mean; ValueError for another one."""
    costs = result.first.costs
    if statistic.parts is None:
        raise ValueError(f"{statistic.name} is no mean over futures, so it is not split among them")
    return statistic.parts(Sample.of(costs[other]), Sample.of(costs[alternative]))


def alone(
    result: Result,
    statistic: Statistic,
    alternative: str,
    other: str,
    among: Container[str] | None = None,
) -> list[tuple[Driver, tuple[BreakEven, ...]]]:
    """Return every input of the sample that alone turns the figure, the most probable turn first.

    ``among`` names the only inputs that are looked at, in place of all.  Raises ValueError where the figure
    is no mean.
    """
    kept = result.first
    if kept.sample is None:
        return []
    parts = Sample(parts_of(result, statistic, alternative, other))
    found = []
    for driver, values in kept.sample.inputs.items():
        if among is not None and driver.name not in among:
            continue
        drawn = np.asarray(values, dtype=np.float64)
        if np.ptp(drawn) > 0 and (
            places := break_evens(conditional_mean(parts, drawn), drawn, statistic.level)
        ):
            found.append((driver, places))
    side = parts.centre >= statistic.level
    return sorted(found, key=lambda item: (-beyond(item[1][0], saves=side), item[0].name))


def beyond(place: BreakEven, *, saves: bool) -> float:
    """Return the probability that the input lies on the far side, where the choice is the other one."""
    return place.below if place.rising == saves else 1.0 - place.below
