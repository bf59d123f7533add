"""What a run leaves behind: costs by trial, or of long runs their distributions, and the first trials."""

from __future__ import annotations

import hashlib
import importlib.util
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.errors import ExtraMissingError
from bposim.inputs.designs import RANDOM, Design

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from bposim.histogram import Histogram, Moments
    from bposim.report.notebook import Plots
    from bposim.sample import AnalysisSample
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


@dataclass(frozen=True, slots=True, repr=False)
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
    sample: AnalysisSample | None = None
    """Drivers and present values by category of the first trials; None where a result is made by hand."""
    yearly: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """Undiscounted cost by contract year in the first trials, ``(years, kept)``; month 0 is in year 1."""
    design: Design = RANDOM
    """How the random numbers were spread."""

    @property
    def baseline(self) -> str:
        """Name of the alternative that the savings compare with."""
        return self.scenario.baseline

    @property
    def names(self) -> list[str]:
        """Alternatives in the scenario's order, the baseline first."""
        return [self.baseline, *(name for name in self.costs if name != self.baseline)]

    @property
    def titles(self) -> dict[str, str]:
        """What people call each alternative, by its name, in the same order."""
        return {name: self.scenario.titles.get(name, name) for name in self.names}

    def saving(self, name: str) -> FloatArray:
        """Return PV(baseline) - PV(alternative), trial by trial."""
        return self.costs[self.baseline] - self.costs[name]

    @property
    def replicate(self) -> int:
        """Trials that were spread together: groups of so many are independent, the trials in one are not."""
        return self.design.replicate

    @property
    def first(self) -> Result:
        """The trials of the sample, a run of their own; the result itself where it has no more."""
        kept = self.sample.trials if self.sample else self.trials
        if kept == self.trials:
            return self
        assert self.sample is not None  # noqa: S101 - else all were kept
        return replace(
            self,
            trials=kept,
            costs={name: cost[:kept] for name, cost in self.costs.items()},
            payback={name: months[:kept] for name, months in self.payback.items()},
            categories=self.sample.category_means(),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of every trial's total cost: equal digests are equal results."""
        digest = Digest(self.costs)
        for start in range(0, self.trials, _HASHED):
            digest.add({name: cost[start : start + _HASHED] for name, cost in self.costs.items()})
        return digest.hex

    def to_frame(self) -> pd.DataFrame:
        """Return the total cost of every trial, one column an alternative."""
        import pandas as pd

        return pd.DataFrame({name: self.costs[name] for name in self.names}).rename_axis("trial")

    def to_parquet(self, path: str | Path) -> None:
        """Write the frame of :meth:`to_frame` to a Parquet file.

        Raises ExtraMissingError where the extra ``parquet`` is not installed.
        """
        if importlib.util.find_spec("pyarrow") is None:
            raise ExtraMissingError('Parquet needs pyarrow; pip install "bposim[parquet]"')
        self.to_frame().to_parquet(path, engine="pyarrow")

    @property
    def plot(self) -> Plots:
        """Its pictures: ``result.plot.savings()``, ``result.plot.tornado("manila")`` and so on."""
        from bposim.report.notebook import Plots  # noqa: PLC0415 - imports matplotlib when it draws

        return Plots(self)

    def __repr__(self) -> str:
        return _in_a_line(self)

    def _repr_html_(self) -> str:
        from bposim.report.notebook import summary_html  # noqa: PLC0415 - for notebooks alone

        return summary_html(self)


@dataclass(frozen=True, slots=True, repr=False)
class StreamedResult:
    """The outcome of a run whose trials are too many to keep: distributions, and the first trials whole."""

    scenario: Scenario
    seed: int
    trials: int
    costs: dict[str, Histogram]
    """Total cost by alternative."""
    savings: dict[str, Histogram]
    """Saving against the baseline by alternative, the baseline left out."""
    regrets: dict[str, Moments]
    """Cost above the cheapest alternative of each trial."""
    cheapest: dict[str, float]
    """In how many trials each alternative is the cheapest; ties are split equally."""
    payback: dict[str, NDArray[np.int64]]
    """By alternative how many trials pay back in month 0, 1 … T, and last how many never do."""
    categories: dict[str, dict[str, float]]
    """Mean present value by alternative and category."""
    first: Result
    """The first trials, a run of their own."""
    digest: str
    """As that of a Result of the same trials."""
    elapsed: float
    """Seconds of simulation."""

    @property
    def baseline(self) -> str:
        """Name of the alternative that the savings compare with."""
        return self.scenario.baseline

    @property
    def names(self) -> list[str]:
        """Alternatives in the scenario's order, the baseline first."""
        return self.first.names

    @property
    def titles(self) -> dict[str, str]:
        """What people call each alternative, by its name, in the same order."""
        return {name: self.scenario.titles.get(name, name) for name in self.names}

    @property
    def design(self) -> Design:
        """How the random numbers were spread."""
        return self.first.design

    @property
    def plot(self) -> Plots:
        """The pictures of its first trials, which it keeps."""
        return self.first.plot

    def __repr__(self) -> str:
        return _in_a_line(self)

    def _repr_html_(self) -> str:
        from bposim.report.notebook import summary_html  # noqa: PLC0415 - for notebooks alone

        return summary_html(self)


AnyResult: TypeAlias = Result | StreamedResult
"""What a run leaves, whichever way it was kept."""


def _in_a_line(result: AnyResult) -> str:
    names = ", ".join(result.names)
    kind = type(result).__name__
    return f"<{kind}: {result.scenario.title}; {names}; {result.trials:,} trials, seed {result.seed}>"


_HASHED = 65_536
"""Trials hashed at a time."""


class Digest:
    """SHA-256 of the names of the alternatives, sorted, then trial by trial of their total costs."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._sha = hashlib.sha256("\0".join(self._names).encode() + b"\0\0")

    def add(self, costs: Mapping[str, FloatArray]) -> None:
        """Take the next trials, however many."""
        rows = np.stack([costs[name] for name in self._names], axis=1)
        self._sha.update(np.ascontiguousarray(rows, dtype="<f8").data)

    @property
    def hex(self) -> str:
        """The digest so far."""
        return self._sha.hexdigest()


def payback_month(cumulative_saving: FloatArray) -> MonthArray:
    """Return the first month from which the saving stays at or above 0 to the horizon, ``(trials,)``.

    ``cumulative_saving`` is undiscounted, ``(months + 1, trials)``; row t is the end of month t, row 0
    the decision.  A trial whose last row is negative has none: -1.
    """
    last = len(cumulative_saving) - 1
    numbered = np.arange(1, last + 2, dtype=np.int16)[:, np.newaxis]
    month = np.max((cumulative_saving < 0) * numbered, axis=0)  # the month after the last one behind
    return np.where(month > last, NEVER, month).astype(np.int16)
