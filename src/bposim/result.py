"""What a run leaves behind: per-trial costs, means by category, and monthly paths of the first trials."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.inputs.designs import RANDOM, Design

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

MonthArray: TypeAlias = "NDArray[np.int16]"
"""A month by trial, ``(trials,)``; ``NEVER`` where there is none."""

NEVER = -1
"""Payback month of a trial whose cumulative saving does not stay at or above 0 to the horizon."""


@dataclass(frozen=True, slots=True)
class BaseCase:
    """The deterministic twin of one alternative."""

    categories: dict[str, float]
    """Present value by category, base currency."""
    flow: FloatArray
    """Undiscounted cost of months 0..T, ``(months + 1,)``."""

    @property
    def total(self) -> float:
        """Present value of all categories."""
        return math.fsum(self.categories.values())


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a simulation; every array is in trial order, in base currency."""

    scenario: Scenario
    seed: int
    trials: int
    costs: dict[str, FloatArray]
    """Present value of the total cost by alternative, each ``(trials,)``."""
    categories: dict[str, dict[str, float]]
    """Mean present value by alternative and category."""
    payback: dict[str, MonthArray]
    """Payback month by alternative, each ``(trials,)``; NEVER where there is none."""
    cumulative: dict[str, NDArray[np.float32]]
    """Cumulative undiscounted saving of months 0..T in the first trials, ``(months + 1, kept)``."""
    elapsed: float
    """Seconds of simulation."""
    design: Design = RANDOM
    """How the random numbers were spread."""
    replicate: int = 1
    """Trials that were spread together: groups of so many are independent, the trials in one are not."""

    @property
    def baseline(self) -> str:
        """Name of the alternative that the savings compare with."""
        return self.scenario.baseline

    @property
    def names(self) -> list[str]:
        """Alternatives in the scenario's order, the baseline first."""
        return [self.baseline, *(name for name in self.costs if name != self.baseline)]

    def saving(self, name: str) -> FloatArray:
        """Return PV(baseline) - PV(alternative), trial by trial."""
        return self.costs[self.baseline] - self.costs[name]

    @property
    def digest(self) -> str:
        """SHA-256 of every trial's total cost, by alternative name: equal digests are equal results."""
        sha = hashlib.sha256()
        for name in sorted(self.costs):
            sha.update(name.encode() + b"\0")
            sha.update(np.ascontiguousarray(self.costs[name], dtype="<f8").tobytes())
        return sha.hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """Return the total cost of every trial, one column an alternative."""
        import pandas as pd

        return pd.DataFrame({name: self.costs[name] for name in self.names}).rename_axis("trial")


def payback_month(cumulative_saving: FloatArray) -> MonthArray:
    """Return the first month from which the saving stays at or above 0 to the horizon, ``(trials,)``.

    ``cumulative_saving`` is undiscounted, ``(months + 1, trials)``; row t is the end of month t, row 0
    the decision.  A trial whose last row is negative has none: -1.
    """
    last = len(cumulative_saving) - 1
    numbered = np.arange(1, last + 2, dtype=np.int16)[:, np.newaxis]
    month = np.max((cumulative_saving < 0) * numbered, axis=0)  # the month after the last one behind
    return np.where(month > last, NEVER, month).astype(np.int16)
