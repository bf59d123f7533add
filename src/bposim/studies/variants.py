"""Scenarios beside a scenario, valued in the same futures.

Every draw comes by its name, seed and block, so whatever a variant does not change is the same in each trial,
and a difference between two variants is a difference of the thing that was changed alone.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.cash import simulate_block
from bposim.engine import BLOCK
from bposim.errors import SimulationError
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

_Block: TypeAlias = "dict[str, tuple[FloatArray, dict[str, float]]]"
"""By alternative the totals of a block, and their sums by category."""

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


@dataclass(frozen=True, slots=True)
class Run:
    """How a study simulates: one seed for all of its variants."""

    trials: int = TRIALS
    seed: int = 1
    threads: int = 1


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
    _ = scenario.uncertain, scenario.dependence
    starts = range(0, run.trials, BLOCK)

    def value(start: int) -> _Block:
        cash = simulate_block(scenario, StreamDraws(run.seed, start // BLOCK, BLOCK))
        count = min(BLOCK, run.trials - start)
        return {
            name: (own.total[:count], {key: float(np.sum(pv[:count])) for key, pv in own.categories.items()})
            for name, own in cash.items()
        }

    if run.threads == 1:
        blocks = list(map(value, starts))
    else:
        with ThreadPoolExecutor(run.threads) as pool:
            blocks = list(pool.map(value, starts))
    costs = {name: np.concatenate([block[name][0] for block in blocks]) for name in scenario.alternatives}
    for name, cost in costs.items():
        if not np.isfinite(cost).all():
            trial = int(np.flatnonzero(~np.isfinite(cost))[0])
            raise SimulationError(f"{name}: the cost of trial {trial} is not a number")
    return Valued(costs, {name: _means([block[name][1] for block in blocks], run.trials) for name in costs})


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
