"""``bposim breakeven``: what would have to be true for another choice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from bposim.cli.again import source_again
from bposim.cli.breakeven_text import (
    RANKED_BY,
    Choice,
    all_sentences,
    all_tables,
    map_table,
    number,
    sides,
    turns_sentences,
    turns_table,
)
from bposim.cli.completing import alternatives, inputs
from bposim.cli.source import result_of, source_options
from bposim.cli.study import (
    Simulated,
    check_alternative,
    heading,
    numbers_of,
    picture_option,
    save_pictures,
)
from bposim.cli.terminal import say, show, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bposim.analysis.breakeven import BreakEven
    from bposim.report.pictures.gallery import Picture
    from bposim.report.table import Table
    from bposim.result import Result
    from bposim.studies.breakeven import Map
    from bposim.studies.variants import Run, Source
    from bposim.studies.varied import Varied

SCHEMA = "bposim.breakeven/1"
RUN_TRIALS = 10_000
"""Futures of each run where runs are needed: the same in all of them."""
PATHS = 2


@click.command()
@click.option(
    "--vary",
    "paths",
    multiple=True,
    metavar="PATH[=LOW..HIGH]",
    shell_complete=inputs,
    help="The number to move, e.g. manila.price or discount_rate=4%..15%; two of them make a map.",
)
@click.option(
    "--statistic",
    "figure",
    metavar="NAME",
    help="saving.mean, saving.p5, saving.es95, probability_positive …; risk_adjusted_value, by which "
    "alternatives rank, if left out.",
)
@click.option(
    "--alternative",
    "name",
    metavar="NAME",
    shell_complete=alternatives,
    help="Whose figure; the recommended one if left out.",
)
@click.option(
    "--against",
    "against",
    metavar="NAME",
    shell_complete=alternatives,
    help="Compared with this one; with each other one if left out.",
)
@click.option(
    "--level",
    "level",
    metavar="NUMBER",
    help="Where it turns: 0 in money and 50% of a probability if left out.",
)
@click.option("--by-runs", is_flag=True, help="Simulate again where the stored sample would do.")
@picture_option
@source_options
def breakeven(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    paths: tuple[str, ...],
    figure: str | None,
    name: str | None,
    against: str | None,
    level: str | None,
    by_runs: bool,  # noqa: FBT001 - a flag is a flag
    target: Path | None,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
) -> None:
    """Find the value of an input at which the choice turns, in SOURCE: a stored run or a scenario.

    An uncertain input is read off the run's own futures, without simulating: among those in which it came
    out so. A fixed number takes runs on the same random numbers, and so does a figure that cannot be read
    off. Without --vary: which inputs turn the choice alone, and the most probable joint move that turns the
    mean saving.
    """
    from bposim.errors import RunError, ScenarioError
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.result import StreamedResult
    from bposim.studies.variants import Run

    if len(paths) > PATHS:
        raise click.UsageError("a map has two numbers; give --vary once or twice")
    if target is not None and len(paths) < PATHS:
        message = "the picture is a map: give --vary twice, or draw bposim plot --kind break-even"
        raise click.UsageError(message)
    result = result_of(source, trials, seed, overrides, without, threads)
    kept = result.first if isinstance(result, StreamedResult) else result
    choice = _choice(kept, figure, level, name, against)
    run = Run(min(kept.trials, RUN_TRIALS), kept.seed, threads)
    try:
        if paths:
            origin, _ = source_again(source, overrides, without, seed)
            way = _two_ways if len(paths) == PATHS else _one_way
            content = way(choice, origin, paths, run, by_runs=by_runs)
        else:
            content = _all_ways(choice)
    except (RunError, ScenarioError):
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if content.picture is not None:
        save_pictures(target, [content.picture])
    if form == "json":
        write(json_text(_document(choice, content)))
        return
    show(content.tables)
    say(ERRORS)
    say(" ".join([*content.sentences, choice.caution]).rstrip())
    say(f"Next: bposim worth {source} tells what to negotiate first.")


class _Found(NamedTuple):
    """What a way of asking has found, for people and for programs."""

    tables: list[Table]
    sentences: list[str]
    plain: dict[str, Any]
    picture: Callable[[], Picture] | None = None


def _choice(
    result: Result, figure: str | None, level: str | None, name: str | None, against: str | None
) -> Choice:
    from dataclasses import replace

    from bposim.analysis.statistic import risk_measure, statistic
    from bposim.quantities import read_number
    from bposim.studies.breakeven import recommended

    check_alternative(name, result.costs)
    check_alternative(against, result.costs, "--against")
    measure = risk_measure(result.scenario, result.costs)
    order = recommended(result.costs, measure)
    own = name or next(each for each in order if each != against)
    others = [against] if against else [each for each in order if each != own]
    if own == against:
        raise click.BadParameter(f"{own} is compared with itself", param_hint="--against")
    if not others:
        raise click.UsageError("there is one alternative only, so nothing to choose")
    caution = ""
    try:
        found = statistic(figure or RANKED_BY, result.scenario.preferences, measure)
        if figure is None and found(result.costs[others[0]], result.costs[own]).se is None:
            found = statistic("saving.mean", result.scenario.preferences, measure)
            caution = (
                f"Alternatives rank by risk-adjusted value, for which {result.trials:,} futures are too few: "
                "this is the mean saving."
            )
        if level is not None:
            found = replace(found, level=read_number(level))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return Choice(result, found, own, others, caution)


def _document(choice: Choice, found: _Found) -> dict[str, Any]:
    scenario = choice.result.scenario
    return {
        **heading(SCHEMA, scenario, choice.result.seed),
        "statistic": choice.statistic.name,
        "level": choice.statistic.level,
        "alternative": choice.alternative,
        **found.plain,
    }


# ---------------------------------------------------------------- one number


def _one_way(choice: Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> _Found:
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
    return _Found(
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


def _two_ways(choice: Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> _Found:
    from bposim.report.table import printable
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
    if len(some) == 1:
        text = (
            f"The choice between {printable(choice.alternative)} and {printable(other)} turns in one row of "
            f"the map: with {second.short} at {number(some[0][1])}, where {first.short} is "
            f"{number(some[0][0])} ({way})."
        )
    elif some:
        text = (
            f"The choice between {printable(choice.alternative)} and {printable(other)} turns along the last "
            f"column: with {second.short} at {number(some[0][1])} where {first.short} is "
            f"{number(some[0][0])}, with {second.short} at {number(some[-1][1])} where it is "
            f"{number(some[-1][0])} ({way})."
        )
    else:
        text = f"Nowhere on this map does the choice turn against {printable(other)} ({way})."
    return _Found(
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


def _picture(  # noqa: PLR0913, PLR0917 - what is on the map, and where it comes from
    choice: Choice, origin: Source, moved: Sequence[Varied], found: Map, other: str, run: Run
) -> Picture:
    from bposim.report.pictures.break_even_grid import Grid
    from bposim.report.pictures.gallery import picture_of_grid

    grid = Grid(
        choice.alternative,
        other,
        choice.statistic.name,
        choice.statistic.level,
        choice.statistic.saves,
        choice.statistic.is_share,
        moved[0].short,
        moved[1].short,
        found.first_at,
        found.second_at,
        found.value,
        found.se,
        found.by_runs,
    )
    trials = run.trials if found.by_runs else choice.result.first.trials
    return picture_of_grid(Simulated(origin.scenario, choice.result.seed, trials), grid)


# ---------------------------------------------------------------- every number


def _all_ways(choice: Choice) -> _Found:
    from bposim.analysis.turns import alone
    from bposim.studies.breakeven import joint_move

    other = choice.others[0]
    if choice.statistic.parts is None or choice.statistic.level:
        raise ValueError(f"without --vary --statistic is {RANKED_BY} or saving.mean, and --level is left out")
    sample = choice.result.first.sample
    turns = alone(choice.result, choice.statistic, choice.alternative, other)
    move = joint_move(choice.result, choice.alternative, other)
    labels = {driver.name: driver for driver in sample.drivers} if sample else {}
    return _Found(
        list(all_tables(choice, other, turns, move, labels)),
        list(all_sentences(choice, other, turns, move)),
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
