"""Scenarios beside a scenario, valued in the same futures.

Every draw comes by its name, seed and block, so whatever a variant does not change is the same in each trial,
and a difference between two variants is a difference of the thing that was changed alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from bposim.cash import simulate_block
from bposim.engine import BLOCK, blocks_together, keep_freed_memory
from bposim.errors import SimulationError
from bposim.executors import in_order
from bposim.files import load
from bposim.inputs.correlations import Correlations
from bposim.inputs.draws import StreamDraws
from bposim.inputs.names import matching

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from bposim.inputs.binding import Input
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

_Blocks: TypeAlias = "dict[str, tuple[FloatArray, list[dict[str, float]]]]"
"""By alternative the totals of some blocks, and of each block the sums by category."""

TRIALS = 10_000
"""Futures of a study where nobody says: paired differences need fewer than the figures themselves."""


@dataclass(frozen=True)
class Source:
    """A scenario file with the changes it was asked for, to be read again with one more."""

    file: str | Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with these changes."""
        return load(self.file, self.overrides, self.without)

    def changed(self, more: Mapping[str, str]) -> Scenario:
        """Return the scenario with more values set; raises ScenarioError where they do not fit."""
        return load(self.file, {**self.overrides, **more}, self.without) if more else self.scenario


class Meter(Protocol):
    """Follows a study, which values variants of a scenario."""

    def expect(self, variants: int, trials: int, *, at_least: bool = False) -> None:
        """Take note that so many variants more, or at least so many, are to be valued in so many futures."""

    def done(self, futures: int) -> None:
        """Take note that a variant has been valued in so many futures more."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a study simulates: one seed for all of its variants."""

    trials: int = TRIALS
    seed: int = 1
    threads: int = 1
    meter: Meter | None = field(default=None, compare=False)
    """Who is told how much there is to simulate and how much is done; None tells nobody."""

    def expect(self, variants: int, *, at_least: bool = False) -> None:
        """Tell the meter that so many variants are going to be valued in all trials of the run."""
        if self.meter:
            self.meter.expect(variants, self.trials, at_least=at_least)

    def tell(self, futures: int) -> None:
        """Tell the meter that a variant has been valued in so many futures more."""
        if self.meter:
            self.meter.done(futures)


@dataclass(frozen=True, slots=True)
class Valued:
    """Total costs by alternative, ``(trials,)``, and mean present values by alternative and category."""

    costs: dict[str, FloatArray]
    categories: dict[str, dict[str, float]]

    def spent(self, name: str) -> float:
        """Return the mean present value of an alternative's mitigations."""
        return self.categories[name].get("mitigation", 0.0)


def valued(scenario: Scenario, run: Run, only: Collection[str] = ()) -> Valued:
    """Return what the alternatives cost in the trials of a run, to the bit as :func:`simulate` does.

    ``only`` some of them, with the baseline, take less time; the draws are the same.
    """
    scenario = narrowed(scenario, only) if only else scenario
    keep_freed_memory()
    _ = scenario.uncertain, scenario.dependence  # worked out once, before there are several who need it
    starts = range(0, run.trials, BLOCK)
    size = blocks_together(scenario.months)
    groups = [starts[first : first + size] for first in range(0, len(starts), size)]

    def value(group: range) -> _Blocks:
        draws = StreamDraws(run.seed, group.start // BLOCK, len(group) * BLOCK, len(group))
        count = min(group[-1] + BLOCK, run.trials) - group.start
        blocks = [slice(start - group.start, min(start - group.start + BLOCK, count)) for start in group]
        return {
            name: (
                own.total[:count],
                [{key: float(np.sum(pv[at])) for key, pv in own.categories.items()} for at in blocks],
            )
            for name, own in simulate_block(scenario, draws).items()
        }

    found = []
    for blocks in in_order(value, groups, run.threads):
        found.append(blocks)
        run.tell(blocks[scenario.baseline][0].size)
    costs = {name: np.concatenate([blocks[name][0] for blocks in found]) for name in scenario.alternatives}
    for name, cost in costs.items():
        if not np.isfinite(cost).all():
            trial = int(np.flatnonzero(~np.isfinite(cost))[0])
            raise SimulationError(f"{name}: the cost of trial {trial} is not a number")
    sums = {name: [block for blocks in found for block in blocks[name][1]] for name in costs}
    return Valued(costs, {name: _means(own, run.trials) for name, own in sums.items()})


def _means(blocks: Sequence[dict[str, float]], trials: int) -> dict[str, float]:
    categories = sorted({category for sums in blocks for category in sums})
    return {
        category: math.fsum(sums.get(category, 0.0) for sums in blocks) / trials for category in categories
    }


def narrowed(scenario: Scenario, names: Collection[str]) -> Scenario:
    """Return the scenario with these alternatives and the baseline alone, drawn as before."""
    kept = {
        name: own for name, own in scenario.alternatives.items() if name in names or name == scenario.baseline
    }
    return _redrawn(scenario, {"alternatives": kept})


def pinned_at(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return the scenario with these inputs, by their full names, at these values; nothing else moves.

    An input that was written with several sets of parameters has all of them at the value.
    """
    inputs = scenario.uncertain
    places = [values.get(entry.name, entry.distribution) for entry in inputs.entries]
    bound = inputs.bind(scenario, places)
    return _redrawn(scenario, {name: getattr(bound, name) for name in type(scenario).model_fields})


def taking(scenario: Scenario, alternative: str, mitigations: Iterable[str]) -> Scenario:
    """Return the scenario with an alternative that takes these mitigations and no others."""
    own = scenario.alternatives[alternative].model_copy(update={"mitigations": sorted(mitigations)})
    alternatives = {**scenario.alternatives, alternative: own}
    return scenario.model_copy(update={"alternatives": alternatives})


def _redrawn(scenario: Scenario, update: Mapping[str, object]) -> Scenario:
    """Return a changed copy whose remaining inputs are drawn as those of the scenario.

    Without its correlations it takes the dependence of the original, which knows inputs that are gone.
    """
    changed = scenario.model_copy(update={**update, "correlations": Correlations()})
    return changed.drawn_like(scenario)


def input_named(scenario: Scenario, path: str) -> Input | None:
    """Return the uncertain input that a path means; None where it means none or a fixed number.

    Raises ValueError where it can mean several.
    """
    found = matching(path, scenario.uncertain.names)
    if len(found) > 1:
        raise ValueError(f"{path} can mean {' or '.join(found[:5])}; write more of the path")
    return next((entry for entry in scenario.uncertain.entries if entry.name in found), None)
