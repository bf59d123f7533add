"""What a saving and a tail are made of: parts that add up exactly to the whole.

The parts of a total are one array a part (a category, a risk, a leg), each ``(trials,)``, that sum to the
total in every trial.  A mean is the sum of the parts' means.  An expected shortfall is the sum of the parts'
means over the same worst trials, E[part | tail], which is Euler's allocation of it (Tasche, 1999): the part's
marginal contribution when the whole is scaled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.analysis.measures import (
    Estimate,
    Sample,
    expected_shortfall,
    mean,
    normal_interval,
    tail_support,
)
from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.analysis.measures import Tail

Parts: TypeAlias = Mapping[str, FloatArray]
"""Parts of a total by name, each ``(trials,)``; together they are the total."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The mean saving by part: what each adds (positive) or takes away."""

    parts: dict[str, Estimate]
    total: Estimate


@dataclass(frozen=True, slots=True)
class TailParts:
    """The expected shortfall by part, and each part's mean in all trials to compare it with."""

    parts: dict[str, Estimate]
    usual: dict[str, Estimate]
    total: Estimate

    @property
    def shares(self) -> dict[str, float]:
        """Each part's share of the shortfall; they add up to 1.  Shares of a total near 0 mean nothing."""
        return {name: part.value / self.total.value for name, part in self.parts.items()}


def saving_parts(baseline: Parts, alternative: Parts) -> dict[str, FloatArray]:
    """Return baseline less alternative by part, ``(trials,)`` each; a part that one lacks is 0 there.

    The parts stand in the baseline's order, then the alternative's own.
    """
    names = [*baseline, *(name for name in alternative if name not in baseline)]
    size = {np.asarray(x).shape for x in (*baseline.values(), *alternative.values())}
    if len(size) != 1:
        raise ValueError("parts are subtracted trial by trial, but their trials differ in number")
    nothing = np.zeros(size.pop())
    return {name: baseline.get(name, nothing) - alternative.get(name, nothing) for name in names}


def waterfall(baseline: Parts, alternative: Parts) -> Waterfall:
    """Return the mean saving by part, with paired errors; the parts' values add up to the total's."""
    parts = {name: Sample(part) for name, part in saving_parts(baseline, alternative).items()}
    total = Sample(_whole({name: part.values for name, part in parts.items()}))
    return Waterfall({name: mean(part) for name, part in parts.items()}, mean(total))


def tail_parts(parts: Parts, level: float = 0.95, tail: Tail = "high") -> TailParts:
    """Return E[part | tail] for each part of a cost (tail high) or of a saving (tail low).

    The tail is the worst 1 - ``level`` of the probability of the sum.  Trials level with its threshold share
    what is left of it, so the values add up to :func:`expected_shortfall` exactly.  The error of a part is
    that of its influence (part - m) 1[tail] / (1 - level), m its mean at the threshold, where m is taken over
    the trials nearest to it; it is refused where the shortfall's is.
    """
    total = Sample(_whole(parts))
    weight = tail_weights(total, level, tail)
    refused, note = tail_support(total, level, tail)
    near = _near_threshold(total, level, tail)
    scale = total.size * (1 - level)
    found: dict[str, Estimate] = {}
    for name, part in parts.items():
        value = float(np.sum(weight * part)) / scale
        if refused:
            found[name] = Estimate(value, None, note=note)
            continue
        influence = weight * (part - float(np.mean(part[near]))) / (1 - level)
        found[name] = normal_interval(value, float(np.std(influence)) / math.sqrt(total.size), note)
    return TailParts(
        found, {name: mean(part) for name, part in parts.items()}, expected_shortfall(total, level, tail)
    )


def tail_weights(total: Sample, level: float, tail: Tail = "high") -> FloatArray:
    """Return each trial's part in the tail, ``(trials,)``: 1 inside, 0 outside, a fraction on an atom.

    They add up to trials x (1 - level).
    """
    threshold = _threshold(total, level, tail)
    beyond = total.values > threshold if tail == "high" else total.values < threshold
    level_with = total.values == threshold
    left = total.size * (1 - level) - np.count_nonzero(beyond)
    weight = beyond.astype(np.float64)
    weight[level_with] = left / np.count_nonzero(level_with)
    return weight


def _threshold(total: Sample, level: float, tail: Tail) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a tail's level lies strictly between 0 and 1; it is {level}")
    # As in measures: the share of the trials may miss a whole number by rounding.
    rank = max(math.ceil(total.size * level - 1e-9), 1)
    return float(total.ordered[rank - 1 if tail == "high" else total.size - rank])


def _near_threshold(total: Sample, level: float, tail: Tail) -> NDArray[np.bool_]:
    """Return which trials have a total about the threshold: those level with it, else the nearest ones."""
    threshold = _threshold(total, level, tail)
    level_with: NDArray[np.bool_] = total.values == threshold
    enough = max(math.isqrt(total.size), 1)
    if np.count_nonzero(level_with) >= enough:
        return level_with
    distance = np.abs(total.values - threshold)
    near: NDArray[np.bool_] = distance <= np.partition(distance, enough - 1)[enough - 1]
    return near


def _whole(parts: Parts) -> FloatArray:
    if not parts:
        raise ValueError("there is no part to add up")
    return np.asarray(np.sum([np.asarray(part, dtype=np.float64) for part in parts.values()], axis=0))
