"""What must be true: where the choice between two alternatives turns as a number of the scenario moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.breakeven import (
    BreakEven,
    Curve,
    break_even_by_runs,
    break_evens,
    conditional_mean,
    two_way_map,
)
from bposim.analysis.comparison import ranking
from bposim.analysis.drivers import equal_count_bins
from bposim.analysis.measures import Estimate, Sample
from bposim.analysis.reverse_stress import reverse_stress
from bposim.analysis.turns import parts_of
from bposim.studies.variants import valued
from bposim.studies.varied import at_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bposim.analysis.comparison import RiskMeasure
    from bposim.analysis.reverse_stress import ReverseStress
    from bposim.analysis.statistic import Statistic
    from bposim.result import Result
    from bposim.sample import AnalysisSample
    from bposim.shapes import FloatArray
    from bposim.studies.variants import Run, Source, Valued
    from bposim.studies.varied import Varied

BINS = 20
CELLS = 7
"""Rows and columns of a map."""
GRID = 5
"""Rows and columns of a map that takes a run for each of its cells."""
POINTS = 7
"""Places at which runs look for a turn, which is then narrowed down by more of them."""
BY_RUNS_RTOL = 1e-4


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the figure of an alternative against another one crosses the level; ``at`` may be empty."""

    alternative: str
    other: str
    now: Estimate
    """The figure as things are."""
    at: tuple[BreakEven, ...]
    """``below`` is NaN for a fixed number, of which nothing is probable."""
    by_runs: bool
    low: float
    high: float
    """Between these was looked; NaN where the sample is too small to look."""


@dataclass(frozen=True, slots=True)
class Map:
    """The figure by two numbers: ``value`` and ``se`` are ``(second, first)``."""

    first_at: FloatArray
    second_at: FloatArray
    value: FloatArray
    se: FloatArray
    line: tuple[float | None, ...]
    """For each row the first number at which the figure crosses the level; None where it does not."""
    by_runs: bool


def recommended(costs: Mapping[str, FloatArray], measure: RiskMeasure) -> list[str]:
    """Return the alternatives from best to worst."""
    return [place.name for place in ranking(costs, measure)]


def driver_of(sample: AnalysisSample | None, moved: Varied) -> FloatArray | None:
    """Return the values of a number in the sample of a run, None where it is fixed or was not drawn."""
    if sample is None or not moved.is_input:
        return None
    for driver, values in sample.inputs.items():
        if driver.name == moved.name:
            return np.asarray(values, dtype=np.float64)
    return None


def turns_in_sample(
    result: Result, drawn: FloatArray, statistic: Statistic, alternative: str, others: Sequence[str]
) -> list[Turn]:
    """Return where the figure turns, given the input: what is correlated with it moves along."""
    kept = result.first
    own = kept.costs[alternative]
    found = []
    for other in others:
        curve = curve_given(statistic, kept.costs[other], own, drawn)
        now = statistic(kept.costs[other], own)
        places = (float(curve.at[0]), float(curve.at[-1])) if curve.at.size > 1 else (np.nan, np.nan)
        at = break_evens(curve, drawn, statistic.level) if curve.at.size > 1 else ()
        found.append(Turn(alternative, other, now, at, by_runs=False, low=places[0], high=places[1]))
    return found


def curve_given(statistic: Statistic, other: FloatArray, own: FloatArray, drawn: FloatArray) -> Curve:
    """Return the figure given the input: by regression where it is a mean, else by bins of equal count."""
    if statistic.parts is not None:
        return conditional_mean(statistic.parts(Sample.of(other), Sample.of(own)), drawn)
    index, used = equal_count_bins(drawn, BINS)
    rows = []
    for number in range(used):
        inside = index == number
        estimate = statistic(other[inside], own[inside])
        if estimate.se is not None:
            rows.append((float(drawn[inside].mean()), estimate.value, estimate.se))
    at, value, se = np.array(rows).reshape(-1, 3).T
    return Curve(at, value, se)


def turns_by_runs(  # noqa: PLR0913, PLR0917 - what moves, what is looked at, how it is simulated
    source: Source,
    moved: Varied,
    statistic: Statistic,
    alternative: str,
    others: Sequence[str],
    run: Run,
    drawn: FloatArray | None = None,
) -> list[Turn]:
    """Return where the figure turns when this number alone moves, by runs on the same random numbers.

    ``drawn`` are its values in a run where it is uncertain, from which the probabilities come.
    """
    run.expect(POINTS + 1, at_least=True)
    seen: dict[float, Valued] = {}

    def at(place: float) -> Valued:
        if place not in seen:
            seen[place] = valued(at_values(source, [moved], [place]), run, {alternative, *others})
        return seen[place]

    found = []
    for other in others:
        figure = _minus_level(statistic, at, alternative, other)
        places = break_even_by_runs(figure, moved.low, moved.high, points=POINTS, rtol=BY_RUNS_RTOL)
        now = _plus_level(figure(moved.now), statistic) if moved.now is not None else Estimate(np.nan, None)
        step = (moved.high - moved.low) / 50
        turned = tuple(
            BreakEven(
                place.value,
                place.low,
                place.high,
                np.nan if drawn is None else float(np.mean(drawn < place.value)),
                figure(min(place.value + step, moved.high)).value
                > figure(max(place.value - step, moved.low)).value,
            )
            for place in places
        )
        found.append(Turn(alternative, other, now, turned, by_runs=True, low=moved.low, high=moved.high))
    return found


def _minus_level(
    statistic: Statistic, at: Callable[[float], Valued], alternative: str, other: str
) -> Callable[[float], Estimate]:
    def figure(place: float) -> Estimate:
        costs = at(place).costs
        found = statistic(costs[other], costs[alternative])
        return Estimate(found.value - statistic.level, found.se, note=found.note)

    return figure


def _plus_level(found: Estimate, statistic: Statistic) -> Estimate:
    return Estimate(found.value + statistic.level, found.se, note=found.note)


def map_in_sample(  # noqa: PLR0913, PLR0917 - two inputs, two alternatives
    result: Result,
    first: FloatArray,
    second: FloatArray,
    statistic: Statistic,
    alternative: str,
    other: str,
) -> Map:
    """Return the figure given two inputs, by regression on both; ValueError where it is no mean."""
    found = two_way_map(parts_of(result, statistic, alternative, other), first, second, CELLS)
    line = _line(found.first_at, found.surface, statistic.level)
    return Map(found.first_at, found.second_at, found.surface, found.se, line, by_runs=False)


def map_by_runs(  # noqa: PLR0913, PLR0917 - two numbers, two alternatives
    source: Source,
    first: Varied,
    second: Varied,
    statistic: Statistic,
    alternative: str,
    other: str,
    run: Run,
) -> Map:
    """Return the figure on a grid of two numbers, one run a cell, on the same random numbers."""
    columns, rows = first.places(GRID), second.places(GRID)
    value, se = np.empty((rows.size, columns.size)), np.empty((rows.size, columns.size))
    run.expect(rows.size * columns.size)
    for i, down in enumerate(rows):
        for j, across in enumerate(columns):
            costs = valued(
                at_values(source, [first, second], [across, down]), run, {alternative, other}
            ).costs
            found = statistic(costs[other], costs[alternative])
            value[i, j], se[i, j] = found.value, np.nan if found.se is None else found.se
    return Map(columns, rows, value, se, _line(columns, value, statistic.level), by_runs=True)


def _line(at: FloatArray, value: FloatArray, level: float) -> tuple[float | None, ...]:
    """Return for each row where the value first crosses the level, on a straight line between columns."""
    found: list[float | None] = []
    for row in value - level:
        change = np.flatnonzero(np.sign(row[:-1]) * np.sign(row[1:]) < 0)
        if change.size == 0:
            found.append(None)
            continue
        left = int(change[0])
        share = row[left] / (row[left] - row[left + 1])
        found.append(float(at[left] + share * (at[left + 1] - at[left])))
    return tuple(found)


def joint_move(result: Result, alternative: str, other: str) -> ReverseStress:
    """Return the most probable joint move of inputs and world that turns the mean saving."""
    kept = result.first
    if kept.sample is None:
        raise ValueError("the run kept no sample")
    drivers = {
        driver.name: np.asarray(values, dtype=np.float64) for driver, values in kept.sample.drivers.items()
    }
    return reverse_stress(kept.costs[other] - kept.costs[alternative], drivers)
