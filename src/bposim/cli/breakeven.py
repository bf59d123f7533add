"""``bposim breakeven``: what would have to be true for another choice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from bposim.cli.again import source_again
from bposim.cli.source import result_of, source_options
from bposim.cli.study import check_alternative, figure_text, listed, numbers_of
from bposim.cli.terminal import say, show, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.breakeven import BreakEven
    from bposim.analysis.reverse_stress import Move, ReverseStress
    from bposim.analysis.statistic import Statistic
    from bposim.report.table import Table
    from bposim.result import Result
    from bposim.sample import Driver
    from bposim.studies.breakeven import Map, Turn
    from bposim.studies.variants import Run, Source
    from bposim.studies.varied import Varied

SCHEMA = "bposim.breakeven/1"
RUN_TRIALS = 10_000
"""Futures of each run where runs are needed: the same in all of them."""
MOST_MOVES = 8
MOST_ALONE = 12
PATHS = 2
RANKED_BY = "risk_adjusted_value"
BY = {"saving.mean": "on average", RANKED_BY: "by risk-adjusted value"}
"""The figures of which each future has its part, in words."""


class _Choice(NamedTuple):
    """What is compared with what."""

    result: Result
    statistic: Statistic
    alternative: str
    others: list[str]
    caution: str = ""
    """Why it is not the figure that the scenario ranks by."""


@click.command()
@click.option(
    "--vary",
    "paths",
    multiple=True,
    metavar="PATH[=LOW..HIGH]",
    help="The number to move, e.g. manila.price or discount_rate=4%..15%; two of them make a map.",
)
@click.option(
    "--statistic",
    "figure",
    metavar="NAME",
    help="saving.mean, saving.p5, saving.es95, probability_positive …; risk_adjusted_value, by which "
    "alternatives rank, if left out.",
)
@click.option("--alternative", "name", metavar="NAME", help="Whose figure; the recommended one if left out.")
@click.option(
    "--against", "against", metavar="NAME", help="Compared with this one; with each other one if left out."
)
@click.option(
    "--level",
    "level",
    metavar="NUMBER",
    help="Where it turns: 0 in money and 50% of a probability if left out.",
)
@click.option("--by-runs", is_flag=True, help="Simulate again where the stored sample would do.")
@source_options
def breakeven(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    paths: tuple[str, ...],
    figure: str | None,
    name: str | None,
    against: str | None,
    level: str | None,
    by_runs: bool,  # noqa: FBT001 - a flag is a flag
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
    from bposim.result import StreamedResult
    from bposim.studies.variants import Run

    if len(paths) > PATHS:
        raise click.UsageError("a map has two numbers; give --vary once or twice")
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
    if form == "json":
        write(json_text(_document(choice, content)))
        return
    show(content.tables)
    say(" ".join([*content.sentences, choice.caution]).rstrip())


class _Found(NamedTuple):
    """What a way of asking has found, for people and for programs."""

    tables: list[Table]
    sentences: list[str]
    plain: dict[str, Any]


def _choice(
    result: Result, figure: str | None, level: str | None, name: str | None, against: str | None
) -> _Choice:
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
    return _Choice(result, found, own, others, caution)


def _document(choice: _Choice, found: _Found) -> dict[str, Any]:
    scenario = choice.result.scenario
    return {
        "schema": SCHEMA,
        "scenario": {"title": scenario.title, "sha256": scenario.sha256},
        "currency": scenario.base_currency,
        "seed": choice.result.seed,
        "statistic": choice.statistic.name,
        "level": choice.statistic.level,
        "alternative": choice.alternative,
        **found.plain,
    }


# ---------------------------------------------------------------- one number


def _one_way(choice: _Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> _Found:
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
        [_turns_table(choice, moved, turns)],
        list(_turns_sentences(choice, moved, turns, run, unread=unread)),
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


def _turns_table(choice: _Choice, moved: Varied, turns: Sequence[Turn]) -> Table:
    from bposim.report.numbers import percent
    from bposim.report.table import NOTHING, Table, printable

    rows = []
    for turn in turns:
        now = figure_text(turn.now, is_share=choice.statistic.is_share)
        for place in turn.at or (None,):
            if place is None:
                rows.append((printable(turn.other), now, NOTHING, NOTHING, NOTHING, NOTHING))
                continue
            span = f"{_edge(place.low)} to {_edge(place.high)}" if place.low or place.high else NOTHING
            chance = NOTHING if math.isnan(place.below) else percent(place.below)
            holds = "above" if place.rising == choice.statistic.saves else "below"
            rows.append((printable(turn.other), now, _number(place.at), span, holds, chance))
    title = (
        f"{choice.statistic.name} of {printable(choice.alternative)}: where it turns as {moved.short} moves"
    )
    columns = ("against", "now", "break-even", "95%", "holds", "P(below)")
    return Table(title, columns, tuple(rows))


def _turns_sentences(
    choice: _Choice, moved: Varied, turns: Sequence[Turn], run: Run, *, unread: bool
) -> Iterator[str]:
    from bposim.report.numbers import percent
    from bposim.report.table import printable

    own = printable(choice.alternative)
    for turn in turns:
        other = printable(turn.other)
        if not turn.at:
            side = "for" if (turn.now.value > choice.statistic.level) == choice.statistic.saves else "against"
            yield (
                f"Against {other} no value of {moved.short} from {_number(turn.low)} to {_number(turn.high)} "
                f"turns it: it speaks {side} {own} throughout."
            )
        for place in turn.at:
            holds = "above" if place.rising == choice.statistic.saves else "below"
            text = f"For {own} to hold against {other}, {moved.short} must be {holds} {_number(place.at)}"
            if not math.isnan(place.below):
                chance = place.below if holds == "below" else 1 - place.below
                text += f", which it is in {percent(chance)} of futures"
            elif moved.now is not None:
                text += f"; it is {_number(moved.now)} now"
            yield f"{text}."
    if unread:
        yield f"{choice.result.trials:,} futures are too few to read {choice.statistic.name} off."
    if turns[0].by_runs:
        yield (
            f"By runs of {run.trials:,} trials in the same futures: this number alone is moved, what is "
            "correlated with it is not."
        )
    else:
        yield (
            "Read off the run's own futures: where the number comes out so, what is correlated with it does "
            "as well; --by-runs moves it alone."
        )
        if choice.statistic.name == RANKED_BY:
            yield "Each future counts as it does in the ranking of the run, the costliest ones more."


# ---------------------------------------------------------------- two numbers


def _two_ways(choice: _Choice, origin: Source, paths: Sequence[str], run: Run, *, by_runs: bool) -> _Found:
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
    if some:
        text = (
            f"The choice between {printable(choice.alternative)} and {printable(other)} turns along the last "
            f"column: with {second.short} at {_number(some[0][1])} where {first.short} is "
            f"{_number(some[0][0])}, with {second.short} at {_number(some[-1][1])} where it is "
            f"{_number(some[-1][0])} ({way})."
        )
    else:
        text = f"Nowhere on this map does the choice turn against {printable(other)} ({way})."
    return _Found(
        [_map_table(choice, first, second, found, other)],
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
    )


def _map_table(choice: _Choice, first: Varied, second: Varied, found: Map, other: str) -> Table:
    from bposim.report.numbers import Scale, percent
    from bposim.report.table import NOTHING, Table, printable

    largest = float(abs(found.value).max())
    scale = Scale.of(largest)
    rows = [
        (
            _number(float(at)),
            *(percent(cell) if choice.statistic.is_share else scale.text(cell) for cell in row),
            NOTHING if place is None else _number(place),
        )
        for at, row, place in zip(found.second_at, found.value.tolist(), found.line, strict=True)
    ]
    title = (
        f"{choice.statistic.name} of {printable(choice.alternative)} against {printable(other)}; "
        f"across: {first.short}"
    )
    columns = (second.short, *(_number(float(at)) for at in found.first_at), "turns\nat")
    return Table(title, columns, tuple(rows))


# ---------------------------------------------------------------- every number


def _all_ways(choice: _Choice) -> _Found:
    from bposim.studies.breakeven import alone, joint_move

    other = choice.others[0]
    if choice.statistic.parts is None or choice.statistic.level:
        raise ValueError(f"without --vary --statistic is {' or '.join(BY)}, and --level is left out")
    sample = choice.result.first.sample
    turns = alone(choice.result, choice.statistic, choice.alternative, other)
    move = joint_move(choice.result, choice.alternative, other)
    labels = {driver.name: driver for driver in sample.drivers} if sample else {}
    return _Found(
        list(_all_tables(choice, other, turns, move, labels)),
        list(_all_sentences(choice, other, turns, move)),
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
                "towards": _sides(choice, other)[1],
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


def _all_tables(
    choice: _Choice,
    other: str,
    turns: Sequence[tuple[Driver, tuple[BreakEven, ...]]],
    move: ReverseStress,
    labels: dict[str, Driver],
) -> Iterator[Table]:
    from bposim.report.numbers import percent
    from bposim.report.table import Table, printable

    own = printable(choice.alternative)
    by = BY[choice.statistic.name]
    if turns:
        rows = [
            (
                printable(driver.label),
                driver.unit,
                "above" if place.rising else "below",
                _number(place.at),
                percent(1 - place.below if place.rising else place.below),
            )
            for driver, places in turns[:MOST_ALONE]
            for place in places[:1]
        ]
        title = f"What would have to be true of one input for {own} against {printable(other)}, {by}"
        yield Table(title, ("input", "unit", "must be", "value", "P(so)"), tuple(rows), left=3)
    rows = [
        (
            printable(labels[each.name].label),
            labels[each.name].unit,
            _number(each.usual),
            _number(each.at),
            _percentile(each.below),
        )
        for each in _told(move)
    ]
    if rows:
        loser = printable(_sides(choice, other)[1])
        what = (
            f"The most probable joint move that makes {loser} cheaper on average"
            if move.reached
            else f"The joint move tried that brings {loser} nearest to being cheaper on average"
        )
        yield Table(what, ("driver", "unit", "median", "moves to", "its\npercentile"), tuple(rows), left=2)


def _all_sentences(
    choice: _Choice,
    other: str,
    turns: Sequence[tuple[Driver, tuple[BreakEven, ...]]],
    move: ReverseStress,
) -> Iterator[str]:
    from bposim.report.numbers import of_futures, percent
    from bposim.report.table import printable

    own, against = printable(choice.alternative), printable(other)
    by = BY[choice.statistic.name]
    costs = choice.result.first.costs
    ahead = choice.statistic(costs[other], costs[choice.alternative]).value >= 0
    if turns:
        driver, places = turns[0]
        place = places[0]
        name = printable(driver.label)
        where = f"{'above' if place.rising else 'below'} {_number(place.at)}"
        chance = percent(1 - place.below if place.rising else place.below)
        yield (
            f"{by.capitalize()} {own} is ahead of {against} as long as {name} is {where}, which it is in {chance} "
            "of futures: check that number first."
            if ahead
            else f"{by.capitalize()} {against} is ahead of {own} today; {own} would win if {name} were {where}, "
            f"which it is in {chance} of futures."
        )
    else:
        yield (
            f"{by.capitalize()} {own if ahead else against} is ahead of {against if ahead else own}, and no "
            "single input turns that, wherever it comes out."
        )
    leader, loser = map(printable, _sides(choice, other))
    cheaper = f"On average {leader} is the cheaper one today"
    moves = [printable(_short(each.name)) for each in _told(move)]
    likely = f"a move at least as large in that direction has a likelihood of {percent(move.likelihood, 1)}"
    if move.note:
        yield f"{cheaper}; {move.note}."
    elif len(moves) == 1:
        yield f"{cheaper}; {loser} would be if {moves[0]} moved as shown: {likely}."
    elif moves:
        named = listed(moves[:3]) if len(moves) <= 3 else f"{', '.join(moves[:3])} and the others in the table"  # noqa: PLR2004 - three are said
        yield f"{cheaper}; {loser} would be if {named} all moved as shown: {likely}."
    else:
        yield f"{cheaper}, by so little that hardly a move turns it."
    yield (
        f"For whatever reason, {loser} is the cheaper one in "
        f"{of_futures(move.seen.value, choice.result.first.trials)}."
    )


def _sides(choice: _Choice, other: str) -> tuple[str, str]:
    """Return which of the two is cheaper on average, and which one a joint move speaks for."""
    costs = choice.result.first.costs
    saves = float((costs[other] - costs[choice.alternative]).mean()) >= 0
    return (choice.alternative, other) if saves else (other, choice.alternative)


def _told(move: ReverseStress) -> list[Move]:
    """Return the moves that are shown: nearer to its median an input has not moved."""
    return [each for each in move.moves[:MOST_MOVES] if abs(each.score) >= 0.05]  # noqa: PLR2004


def _short(name: str) -> str:
    from bposim.inputs.names import short_name

    return short_name(name)


def _percentile(share: float) -> str:
    return f"P{100 * share:.0f}" if 0.01 <= share <= 0.99 else f"P{100 * share:.1f}"  # noqa: PLR2004 - whole ones between


def _number(value: float) -> str:
    """Return four digits, with thousands separators where they are not a part of 1."""
    if math.isnan(value):
        return "-"
    size = abs(value)
    return f"{float(f'{value:.4g}'):,.0f}" if size >= 1000 else f"{value:.4g}"  # noqa: PLR2004 - four digits


def _edge(value: float | None) -> str:
    return "open" if value is None else _number(value)
