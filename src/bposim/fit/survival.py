"""The Kaplan-Meier curve: how many stay, without a model, when some are still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.fit.likelihood import Observations
    from bposim.shapes import FloatArray


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """S(t) = Π (1 - d/n) over the times at which d of n at risk leave, with Greenwood's variance.

    Kaplan and Meier, JASA 53 (1958).  Who entered later is at risk from then on only.
    """

    times: FloatArray
    """Times at which somebody left, ascending, ``(k,)``."""
    survival: FloatArray
    """Just after each time."""
    at_risk: FloatArray
    """Just before each time."""
    log_variance: FloatArray
    """Greenwood's variance of ln S, Σ d / (n (n - d)); infinite once nobody is left."""

    @classmethod
    def of(cls, data: Observations) -> KaplanMeier:
        """Return the curve of the observations."""
        times, left = np.unique(data.value[data.seen > 0], return_counts=True)
        values, entries = np.sort(data.value), np.sort(data.entry)
        present = np.searchsorted(entries, times, side="left") - np.searchsorted(values, times, side="left")
        at_risk = np.maximum(present.astype(np.float64), left)
        with np.errstate(divide="ignore"):
            variance: FloatArray = np.cumsum(left / (at_risk * (at_risk - left)), dtype=np.float64)
        survival: FloatArray = np.cumprod(1.0 - left / at_risk, dtype=np.float64)
        return cls(times, survival, at_risk, variance)

    def at(self, t: FloatArray) -> FloatArray:
        """Return S(t)."""
        steps = np.concatenate([[1.0], self.survival])
        return np.asarray(steps[np.searchsorted(self.times, t, side="right")])

    def band(self) -> tuple[FloatArray, FloatArray]:
        """Return the 95 % limits at each time, by ln(-ln S), which keeps them between 0 and 1."""
        with np.errstate(all="ignore"):
            log = np.log(self.survival)
            width = 1.96 * np.sqrt(self.log_variance) / np.abs(log)
            low, high = self.survival ** np.exp(width), self.survival ** np.exp(-width)
        known = np.isfinite(width) & (self.survival > 0.0)
        return np.where(known, low, 0.0), np.where(known, high, self.survival)

    @property
    def median(self) -> float | None:
        """The time by which half have left; None if more than half stay to the end."""
        below = np.flatnonzero(self.survival <= 0.5)  # noqa: PLR2004 - a half
        return float(self.times[below[0]]) if below.size else None
