"""A grid of values of one or more numbers, and the figures of every alternative at each of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from bposim.analysis.comparison import ranking
from bposim.analysis.statistic import risk_measure, statistic
from bposim.studies.variants import valued
from bposim.studies.varied import at_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.measures import Estimate
    from bposim.studies.variants import Run, Source
    from bposim.studies.varied import Varied

FIGURES = ("saving.mean", "saving.p5", "saving.es95", "probability_positive", "risk_adjusted_value")
POINTS = 5
MOST_RUNS = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """One run of the grid."""

    at: tuple[float, ...]
    """Value of each number that is varied."""
    figures: dict[str, dict[str, Estimate]]
    """By alternative and figure; the baseline has those of its cost alone."""
    best: str
    close: bool
    """Whether the best cannot be told from another."""


def sweep(
    source: Source,
    moved: Sequence[Varied],
    run: Run,
    figures: Sequence[str] = FIGURES,
) -> list[Point]:
    """Return the figures at every combination, the last number moving fastest.

    Raises ValueError for a grid of more than a thousand runs, ScenarioError where a value does not fit.
    """
    grid = list(product(*(one.places(POINTS) for one in moved)))
    if len(grid) > MOST_RUNS:
        raise ValueError(f"that makes {len(grid):,} runs; give fewer points, at most {MOST_RUNS:,} in all")
    run.expect(len(grid))
    return list(_points(source, moved, run, figures, grid))


def _points(
    source: Source,
    moved: Sequence[Varied],
    run: Run,
    figures: Sequence[str],
    grid: Sequence[tuple[float, ...]],
) -> Iterator[Point]:
    for at in grid:
        scenario = at_values(source, moved, at)
        costs = valued(scenario, run).costs
        measure = risk_measure(scenario, costs)
        asked = [statistic(name, scenario.preferences, measure) for name in figures]
        found = {
            name: {figure.name: figure(costs[scenario.baseline], cost) for figure in asked}
            for name, cost in costs.items()
        }
        places = ranking(costs, measure)
        yield Point(tuple(map(float, at)), found, places[0].name, places[0].too_close)
