"""Named stresses beside the base case, in the same futures.

A stress that changes something is simulated on the draws of the base.  One that is a condition takes no run:
it is the base's own futures in which the condition holds, with all that goes along with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bposim.analysis.comparison import ranking, risk_adjusted_value
from bposim.analysis.measures import (
    Estimate,
    Sample,
    expected_shortfall,
    mean,
    probability_above,
    quantiles,
)
from bposim.analysis.statistic import risk_measure
from bposim.engine import BLOCK
from bposim.inputs.draws import StreamDraws
from bposim.part import Part
from bposim.quantities import read_year_month
from bposim.stresses import percentile_of
from bposim.studies.variants import input_named, pinned_at, valued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.comparison import RiskMeasure
    from bposim.inputs.binding import Input
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.stresses import Shift, Stress
    from bposim.studies.variants import Run, Source

FEWEST = 100
"""A condition that holds in fewer futures than this says nothing."""

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Under:
    """One alternative under a stress; savings are against the baseline under the same stress."""

    cost: Estimate
    saving: Estimate
    change: Estimate
    """Of the mean saving against the base case; its error is paired where the futures are the same."""
    p5: Estimate
    p95: Estimate
    es95: Estimate
    probability_positive: Estimate
    adjusted: Estimate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stress does to the decision."""

    name: str
    condition: bool
    """Whether it is a part of the base's futures, not a change of them."""
    trials: int
    alternatives: dict[str, Under]
    order: tuple[str, ...]
    """Alternatives from best to worst by the risk-adjusted value."""
    close: bool
    """Whether the first of them cannot be told from another."""


class UnfitStressError(ValueError):
    """A stress that names what is not there, or that too few futures meet."""


def stressed(source: Source, run: Run) -> list[Outcome]:
    """Return the base case, then every stress of the scenario in the order of the file.

    Raises UnfitStressError, and ScenarioError where a value that is set does not fit.
    """
    scenario = source.scenario
    run.expect(1 + sum(not stress.given for stress in scenario.stresses.values()))
    base = valued(scenario, run).costs
    measure = risk_measure(scenario, base)
    found = [_outcome("as it is", base, base, scenario.baseline, measure, condition=False)]
    for name, stress in scenario.stresses.items():
        if stress.given:
            picked = _picked(scenario, name, stress, run)
            costs = {own: cost[picked] for own, cost in base.items()}
        else:
            costs = valued(_changed(source, name, stress), run).costs
        found.append(_outcome(name, costs, base, scenario.baseline, measure, condition=bool(stress.given)))
    return found


def _outcome(  # noqa: PLR0913 - a stress beside its base
    name: str,
    costs: Mapping[str, FloatArray],
    base: Mapping[str, FloatArray],
    baseline: str,
    measure: RiskMeasure,
    *,
    condition: bool,
) -> Outcome:
    trials = costs[baseline].size
    under = {}
    for own, cost in costs.items():
        saving = Sample(costs[baseline] - cost)
        before = base[baseline] - base[own]
        if condition:
            apart = mean(saving)
            change = Estimate(saving.centre - float(np.mean(before)), apart.se)
        else:
            change = mean(saving.values - before)
        p5, p95 = quantiles(saving, (0.05, 0.95))
        under[own] = Under(
            mean(cost),
            mean(saving),
            change,
            p5,
            p95,
            expected_shortfall(saving, tail="low"),
            probability_above(saving, 0.0),
            risk_adjusted_value(costs[baseline], cost, measure),
        )
    places = ranking(costs, measure)
    return Outcome(name, condition, trials, under, tuple(place.name for place in places), places[0].too_close)


def _changed(source: Source, name: str, stress: Stress) -> Scenario:
    scenario = source.changed(stress.set)
    pins = {}
    for path, text in stress.inputs.items():
        entry = _input(scenario, name, path)
        pins[entry.name] = float(entry.distribution.ppf(np.array([percentile_of(text)]))[0])
    scenario = pinned_at(scenario, pins) if pins else scenario
    if not stress.fx and stress.volume is None:
        return scenario
    world = scenario.world
    unknown = stress.fx.keys() - world.fx.keys()
    if unknown:
        raise UnfitStressError(f"{name}: the world has no exchange rate of {' or '.join(sorted(unknown))}")
    rates = {
        currency: _shifted(rate, "path", _factor(scenario, stress.fx[currency]))
        if currency in stress.fx
        else rate
        for currency, rate in world.fx.items()
    }
    update: dict[str, object] = {"fx": rates}
    if stress.volume is not None:
        update["volume"] = _shifted(world.volume, "noise_factor", _factor(scenario, stress.volume))
    return scenario.model_copy(update={"world": world.model_copy(update=update)})


def _factor(scenario: Scenario, shift: Shift) -> FloatArray:
    """Return 1 + change in the months of the shift and 1 in the others, ``(months, 1)``."""
    factor = np.ones((scenario.months, 1))
    first = _index(scenario, shift.from_month) if shift.from_month else 0
    last = _index(scenario, shift.to_month) if shift.to_month else scenario.months - 1
    factor[max(first, 0) : last + 1] += shift.change
    return factor


def _index(scenario: Scenario, month: str) -> int:
    """Return 0 for the first month of the scenario."""
    (year, number), (first_year, first) = read_year_month(month), scenario.calendar_start
    return (year - first_year) * 12 + number - first


def _shifted(part: P, method: str, factor: FloatArray) -> P:
    """Return the part with the path that a method returns multiplied by a factor."""
    kind = type(part)

    def path(self: Any, *arguments: Any) -> FloatArray:  # noqa: ANN401 - as the method it stands for
        return np.asarray(getattr(kind, method)(self, *arguments) * factor)

    shifted = type(f"Shifted{kind.__name__}", (kind,), {method: path, "__module__": __name__})
    copy = part.model_copy()
    object.__setattr__(copy, "__class__", shifted)
    return copy


def _picked(scenario: Scenario, name: str, stress: Stress, run: Run) -> FloatArray:
    """Return in which trials of the base every condition holds."""
    entries = {path: _input(scenario, name, path) for path in stress.given}
    number = {id(entry): at for at, entry in enumerate(scenario.uncertain.entries)}
    drawn: dict[str, list[FloatArray]] = {path: [] for path in entries}
    for start in range(0, run.trials, BLOCK):
        values = scenario.uncertain.values(StreamDraws(run.seed, start // BLOCK, BLOCK), scenario.dependence)
        for path, entry in entries.items():
            drawn[path].append(values[number[id(entry)]][: run.trials - start])
    picked = np.ones(run.trials, dtype=bool)
    for path, text in stress.given.items():
        limit = float(entries[path].distribution.ppf(np.array([percentile_of(text)]))[0])
        value = np.concatenate(drawn[path])
        picked &= value > limit if text.startswith("above") else value < limit
    count = int(np.count_nonzero(picked))
    if count < FEWEST:
        raise UnfitStressError(
            f"{name}: the condition holds in {count} of {run.trials:,} futures, {FEWEST} are needed; "
            "ask for less or simulate more with --trials"
        )
    return picked


def _input(scenario: Scenario, name: str, path: str) -> Input:
    try:
        entry = input_named(scenario, path)
    except ValueError as error:
        raise UnfitStressError(f"{name}: {error}") from None
    if entry is None:
        raise UnfitStressError(
            f"{name}: {path} is no uncertain input; `bposim plan FILE` lists them; set: changes "
            "a fixed number"
        )
    return entry
