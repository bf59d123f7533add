"""The three ways of asking ``bposim breakeven``: by one number, by two, and by all of them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from bposim.cli.breakeven_text import (
    RANKED_BY,
    Choice,
    all_sentences,
    all_tables,
    map_table,
    place_of,
    sides,
    turns_sentences,
    turns_table,
)
from bposim.cli.study import Simulated, numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bposim.analysis.breakeven import BreakEven
    from bposim.report.pictures.files import Picture
    from bposim.report.table import Table
    from bposim.studies.breakeven import Map
    from bposim.studies.variants import Run, Source
    from bposim.studies.varied import Varied


class Found(NamedTuple):
    """What a way of asking has found, for people and for programs."""

    tables: list[Table]
    sentences: list[str]
    plain: dict[str, Any]
    picture: Callable[[], Picture] | None = None


# ---------------------------------------------------------------- one number


def one_way(choice: Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> Found:
    """Return where the choice turns as one number moves; ValueError for a path that means nothing."""
    from bposim.studies.breakeven import driver_of, turns_by_runs, turns_in_sample
    from bposim.studies.varied import varied

    moved = varied(origin, paths[0])
    seen = driver_of(choice.result.sample, moved)
    drawn = None if by_runs or "=" in paths[0] else seen
    turns = []
    if drawn is not None:
        turns = turns_in_sample(choice.result, drawn, choice.statistic, choice.alternative, choice.others)
    unread = any(math.isnan(turn.low) for turn in turns)
    if unread or not turns:
        turns = turns_by_runs(origin, moved, choice.statistic, choice.alternative, choice.others, run, seen)
    return Found(
        [turns_table(choice, moved, turns)],
        list(turns_sentences(choice, moved, turns, run, unread=unread)),
        {
            "vary": moved.name,
            "now": moved.now,
            "method": "runs" if turns[0].by_runs else "sample",
            "against": [
                {
                    "alternative": turn.other,
                    "figure_now": numbers_of(turn.now),
                    "low": turn.low,
                    "high": turn.high,
                    "break_even": [_place_content(place) for place in turn.at],
                }
                for turn in turns
            ],
        },
    )


def _place_content(place: BreakEven) -> dict[str, Any]:
    from bposim.report.document import finite

    return {
        "at": place.at,
        "low": finite(place.low),
        "high": finite(place.high),
        "probability_below": finite(place.below),
        "rising": place.rising,
    }


# ---------------------------------------------------------------- two numbers


def two_ways(choice: Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> Found:
    """Return the map of two numbers; ValueError for a path that means nothing."""
    from bposim.studies.breakeven import driver_of, map_by_runs, map_in_sample
    from bposim.studies.varied import varied

    first, second = (varied(origin, path) for path in paths)
    other = choice.others[0]
    ranged = any("=" in path for path in paths)
    drawn = [driver_of(choice.result.sample, one) for one in (first, second)]
    in_sample = not (by_runs or ranged or choice.statistic.parts is None)
    across, down = drawn
    if in_sample and across is not None and down is not None:
        found = map_in_sample(choice.result, across, down, choice.statistic, choice.alternative, other)
    else:
        found = map_by_runs(origin, first, second, choice.statistic, choice.alternative, other, run)
    way = f"by runs of {run.trials:,} trials" if found.by_runs else "from the run's own futures"
    some = [
        (place, float(at)) for place, at in zip(found.line, found.second_at, strict=True) if place is not None
    ]
    both = f"The choice between {choice.called(choice.alternative)} and {choice.called(other)}"
    across_name, down_name = choice.number(first), choice.number(second)
    if len(some) == 1:
        text = (
            f"{both} turns in one row of the map: with {down_name} at {place_of(second, some[0][1])}, where "
            f"{across_name} is {place_of(first, some[0][0])} ({way})."
        )
    elif some:
        text = (
            f"{both} turns along the last column: with {down_name} at {place_of(second, some[0][1])} where "
            f"{across_name} is {place_of(first, some[0][0])}, with {down_name} at "
            f"{place_of(second, some[-1][1])} where it is {place_of(first, some[-1][0])} ({way})."
        )
    else:
        text = _between_rows(choice, (first, second), found, other, way)
    return Found(
        [map_table(choice, first, second, found, other)],
        [text],
        {
            "vary": [first.name, second.name],
            "against": other,
            "method": "runs" if found.by_runs else "sample",
            "first": found.first_at.tolist(),
            "second": found.second_at.tolist(),
            "value": found.value.tolist(),
            "se": [[None if math.isnan(cell) else cell for cell in row] for row in found.se.tolist()],
            "break_even_of_first": list(found.line),
        },
        lambda: _picture(choice, origin, (first, second), found, other, run),
    )


def _between_rows(choice: Choice, moved: Sequence[Varied], found: Map, other: str, way: str) -> str:
    """Say where the choice turns from one row to the next, if it does not turn inside one."""
    ahead = [bool((row > choice.statistic.level).all()) for row in found.value]
    turns = [row for row, (one, next_one) in enumerate(pairwise(ahead)) if one != next_one]
    if not turns:
        return f"Nowhere on this map does the choice turn against {choice.called(other)} ({way})."
    below, above = (place_of(moved[1], float(found.second_at[turns[0] + step])) for step in (0, 1))
    return (
        f"The choice between {choice.called(choice.alternative)} and {choice.called(other)} turns as "
        f"{choice.number(moved[1])} goes from {below} to {above}, wherever "
        f"{choice.number(moved[0])} is ({way})."
    )


def _picture(  # noqa: PLR0913, PLR0917 - what is on the map, and where it comes from
    choice: Choice, origin: Source, moved: Sequence[Varied], found: Map, other: str, run: Run
) -> Picture:
    from bposim.report.pictures.break_even_grid import Grid
    from bposim.report.pictures.gallery import picture_of_grid

    grid = Grid(
        choice.called(choice.alternative),
        choice.called(other),
        choice.statistic.name,
        choice.statistic.level,
        choice.statistic.saves,
        choice.statistic.is_share,
        choice.number(moved[0]),
        choice.number(moved[1]),
        found.first_at,
        found.second_at,
        found.value,
        found.se,
        found.by_runs,
        (moved[0].is_rate, moved[1].is_rate),
    )
    trials = run.trials if found.by_runs else choice.result.first.trials
    return picture_of_grid(Simulated(origin.scenario, choice.result.seed, trials), grid)


# ---------------------------------------------------------------- every number


def all_ways(choice: Choice) -> Found:
    """Return where each input turns the choice alone, and the joint move that does; ValueError by figure."""
    from bposim.analysis.turns import alone
    from bposim.studies.breakeven import joint_move

    other = choice.others[0]
    if choice.statistic.parts is None or choice.statistic.level:
        raise ValueError(f"without --vary --statistic is {RANKED_BY} or saving.mean, and --level is left out")
    sample = choice.result.first.sample
    turns = alone(choice.result, choice.statistic, choice.alternative, other)
    move = joint_move(choice.result, choice.alternative, other)
    labels = {driver.name: driver for driver in sample.drivers} if sample else {}
    return Found(
        list(all_tables(choice, other, turns, move, labels)),
        list(all_sentences(choice, other, turns, move, labels)),
        {
            "against": other,
            "alone": [
                {"input": driver.name, "break_even": [_place_content(place) for place in places]}
                for driver, places in turns
            ],
            "reverse_stress": {
                "reached": move.reached,
                "distance": move.distance,
                "likelihood": move.likelihood,
                "statistic": "saving.mean",
                "towards": sides(choice, other)[1],
                "seen": numbers_of(move.seen),
                "moves": [
                    {
                        "driver": each.name,
                        "usual": each.usual,
                        "at": each.at,
                        "probability_below": each.below,
                        "score": each.score,
                    }
                    for each in move.moves
                ],
                "note": move.note,
            },
        },
    )
