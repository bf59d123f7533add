"""What pictures of a fit are drawn from: the data beside what each model makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.shapes import FloatArray


@dataclass(frozen=True, slots=True)
class LossEvidence:
    """Losses in ascending order, and the quantiles that each model puts in their places."""

    losses: FloatArray
    """``(n,)``, ascending."""
    quantiles: Mapping[str, FloatArray]
    """By candidate, at (i - 1/2) / n, ``(n,)``."""
    recorded_from: float = 0.0
    """Losses below were not recorded."""
    counts: tuple[tuple[str, int], ...] = ()
    """Events by period, where there are dates."""
    expected: float = 0.0
    """Events a period by the fitted rate."""
    threshold: float | None = None
    """Where the tail begins, if one was fitted."""


@dataclass(frozen=True, slots=True)
class TenureEvidence:
    """The Kaplan-Meier curve with its 95 % band, and the survival that each model gives."""

    months: FloatArray
    """Times at which people left, ascending, after a 0; ``(k,)``."""
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: FloatArray
    grid: FloatArray
    """Times of the models' curves, ``(m,)``."""
    curves: Mapping[str, FloatArray]
    """By candidate, ``(m,)``."""
    hazards: Mapping[str, FloatArray]
    """Leaving a year as a part of those still there, by candidate, ``(m,)``."""
    observed_hazard: tuple[tuple[float, float, float], ...]
    """Intervals of tenure: from, to, leavers a year of presence."""


@dataclass(frozen=True, slots=True)
class FxEvidence:
    """Month-end rates, their log changes, and the quantiles of the fitted changes."""

    months: tuple[str, ...]
    """``(n + 1,)``."""
    rates: FloatArray
    changes: FloatArray
    """Log changes in ascending order, ``(n,)``."""
    quantiles: Mapping[str, FloatArray]
    """By candidate, at (i - 1/2) / n, ``(n,)``."""
    pair: str
    """"USD for one PHP"."""


@dataclass(frozen=True, slots=True)
class VolumeEvidence:
    """Volumes, what the model expects of them, and the unexplained month by month."""

    months: tuple[str, ...]
    volumes: FloatArray
    """``(n,)``."""
    expected: FloatArray
    """Level, growth and season without noise, ``(n,)``."""
    surprises: FloatArray
    """Innovations of the noise over their standard deviation, ascending, ``(n,)``."""
    scores: FloatArray
    """Standard normal quantiles at their places, ``(n,)``."""
    season: FloatArray
    """Twelve factors, January first."""


Evidence: TypeAlias = LossEvidence | TenureEvidence | FxEvidence | VolumeEvidence
