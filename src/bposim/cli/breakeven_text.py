"""What ``bposim breakeven`` says: tables and sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from bposim.cli.study import figure_text
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.breakeven import BreakEven
    from bposim.analysis.reverse_stress import Move, ReverseStress
    from bposim.analysis.statistic import Statistic
    from bposim.report.table import Table
    from bposim.result import Result
    from bposim.sample import Driver
    from bposim.studies.breakeven import Map, Turn
    from bposim.studies.variants import Run
    from bposim.studies.varied import Varied
MOST_MOVES = 8
MOST_ALONE = 12
SAID = 3
"""Moves that the sentence names; the table has the others."""
RANKED_BY = "risk_adjusted_value"


class Choice(NamedTuple):
    """What is compared with what."""

    result: Result
    statistic: Statistic
    alternative: str
    others: list[str]
    caution: str = ""
    """Why it is not the figure that the scenario ranks by."""
    by_path: bool = False
    """Whether inputs are called by their paths."""

    def called(self, name: str) -> str:
        """Return what people call an alternative."""
        from bposim.report.table import titled

        return titled(self.result, name)

    def driver(self, driver: Driver) -> str:
        """Return what people call something random."""
        from bposim.plain_names import PlainNames
        from bposim.report.table import printable

        if self.by_path:
            return printable(driver.label)
        return printable(PlainNames(self.result.scenario).driver(driver))

    def value(self, name: str, value: float) -> str:
        """Return a value of an input, by its full name, as the file writes it: 8.65%, 1,050."""
        from bposim.sample import without_variant

        inputs = self.result.scenario.uncertain.entries
        rates = {entry.name for entry in inputs if entry.distribution.per_cent}
        return number(value, is_rate=without_variant(name) in rates)

    def number(self, moved: Varied) -> str:
        """Return what people call a number of the file."""
        from bposim.plain_names import PlainNames
        from bposim.report.table import printable

        if self.by_path or not moved.name:
            return printable(moved.short)
        return printable(PlainNames(self.result.scenario).input(moved.name))


def turns_table(choice: Choice, moved: Varied, turns: Sequence[Turn]) -> Table:
    """Return where one number turns the choice, against each other alternative."""
    from bposim.report.numbers import percent
    from bposim.report.table import NOTHING, Table

    rows = []
    for turn in turns:
        now = figure_text(turn.now, is_share=choice.statistic.is_share)
        for place in turn.at or (None,):
            if place is None:
                rows.append((choice.called(turn.other), now, NOTHING, NOTHING, NOTHING, NOTHING))
                continue
            known = place.low is not None or place.high is not None
            span = f"{_edge(place.low, moved)} to {_edge(place.high, moved)}" if known else NOTHING
            chance = NOTHING if math.isnan(place.below) else percent(place.below)
            holds = "above" if place.rising == choice.statistic.saves else "below"
            rows.append((choice.called(turn.other), now, place_of(moved, place.at), span, holds, chance))
    title = (
        f"{choice.statistic.name} of {choice.called(choice.alternative)}: where it turns as "
        f"{choice.number(moved)} moves"
    )
    columns = ("against", "now", "break-even", "95%", "holds", "P(below)")
    return Table(title, columns, tuple(rows))


def turns_sentences(
    choice: Choice, moved: Varied, turns: Sequence[Turn], run: Run, *, unread: bool
) -> Iterator[str]:
    """Say what that number must be for the choice to hold, and how it was found."""
    from bposim.report.numbers import percent

    own, what = choice.called(choice.alternative), choice.number(moved)
    for turn in turns:
        other = choice.called(turn.other)
        if not turn.at:
            side = "for" if (turn.now.value > choice.statistic.level) == choice.statistic.saves else "against"
            yield (
                f"Against {other} no value of {what} from {place_of(moved, turn.low)} to "
                f"{place_of(moved, turn.high)} turns it: it speaks {side} {own} throughout."
            )
        for place in turn.at:
            holds = "above" if place.rising == choice.statistic.saves else "below"
            text = f"For {own} to hold against {other}, {what} must be {holds} {place_of(moved, place.at)}"
            if not math.isnan(place.below):
                chance = place.below if holds == "below" else 1 - place.below
                text += f", which it is in {percent(chance)} of futures"
            elif moved.now is not None:
                text += f"; it is {place_of(moved, moved.now)} now"
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
        if RANKED_BY in choice.statistic.name.lower():
            yield "Each future counts as it does in the ranking of the run, the costliest ones more."


def map_table(choice: Choice, first: Varied, second: Varied, found: Map, other: str) -> Table:
    """Return the figure over a grid of two numbers, and where it turns."""
    from bposim.report.numbers import Scale, percent
    from bposim.report.table import NOTHING, Table

    largest = float(abs(found.value).max())
    scale = Scale.of(largest)
    rows = [
        (
            place_of(second, float(at)),
            *(percent(cell) if choice.statistic.is_share else scale.text(cell) for cell in row),
            NOTHING if place is None else place_of(first, place),
        )
        for at, row, place in zip(found.second_at, found.value.tolist(), found.line, strict=True)
    ]
    title = (
        f"{choice.statistic.name} of {choice.called(choice.alternative)} against {choice.called(other)}; "
        f"across: {choice.number(first)}"
    )
    columns = (choice.number(second), *(place_of(first, float(at)) for at in found.first_at), "turns\nat")
    return Table(title, columns, tuple(rows))


def all_tables(
    choice: Choice,
    other: str,
    turns: Sequence[tuple[Driver, tuple[BreakEven, ...]]],
    move: ReverseStress,
    labels: dict[str, Driver],
) -> Iterator[Table]:
    """Return what would have to be true of each input alone, and the joint move that turns the choice."""
    from bposim.report.numbers import percent
    from bposim.report.table import Table

    own = choice.called(choice.alternative)
    by = _by(choice)
    if turns:
        rows = [
            (
                choice.driver(driver),
                driver.unit,
                "above" if place.rising else "below",
                choice.value(driver.name, place.at),
                percent(1 - place.below if place.rising else place.below),
            )
            for driver, places in turns[:MOST_ALONE]
            for place in places[:1]
        ]
        title = f"What would have to be true of one input for {own} against {choice.called(other)}, {by}"
        yield Table(title, ("input", "unit", "must be", "value", "P(so)"), tuple(rows), left=3)
    rows = [
        (
            choice.driver(labels[each.name]),
            labels[each.name].unit,
            choice.value(each.name, each.usual),
            choice.value(each.name, each.at),
            _percentile(each.below),
        )
        for each in _told(move)
    ]
    if rows:
        loser = choice.called(sides(choice, other)[1])
        what = (
            f"The most probable joint move that makes {loser} cheaper on average"
            if move.reached
            else f"The joint move tried that brings {loser} nearest to being cheaper on average"
        )
        yield Table(what, ("driver", "unit", "median", "moves to", "its\npercentile"), tuple(rows), left=2)


def all_sentences(
    choice: Choice,
    other: str,
    turns: Sequence[tuple[Driver, tuple[BreakEven, ...]]],
    move: ReverseStress,
    labels: dict[str, Driver],
) -> Iterator[str]:
    """Say which number to check first, and how likely the choice is to turn."""
    from bposim.report.numbers import of_futures, percent

    own, against = choice.called(choice.alternative), choice.called(other)
    by = _by(choice)
    costs = choice.result.first.costs
    ahead = choice.statistic(costs[other], costs[choice.alternative]).value >= 0
    if turns:
        driver, places = turns[0]
        place = places[0]
        name = choice.driver(driver)
        where = f"{'above' if place.rising else 'below'} {choice.value(driver.name, place.at)}"
        chance = percent(1 - place.below if place.rising else place.below)
        if ahead:
            text = f"{own} is ahead of {against} as long as {name} is {where}"
        else:
            text = f"{against} is ahead of {own} today; {own} would win if {name} were {where}"
        yield f"{by.capitalize()} {text}, which it is in {chance} of futures: check that number first."
    else:
        yield (
            f"{by.capitalize()} {own if ahead else against} is ahead of {against if ahead else own}, and no "
            "single input turns that, wherever it comes out."
        )
    leader, loser = map(choice.called, sides(choice, other))
    cheaper = f"On average {leader} is the cheaper one today"
    moves = [choice.driver(labels[each.name]) for each in _told(move)]
    likely = f"a move at least as large in that direction has a likelihood of {percent(move.likelihood, 1)}"
    if move.note:
        yield f"{cheaper}; {move.note}."
    elif len(moves) == 1:
        yield f"{cheaper}; {loser} would be if {moves[0]} moved as shown: {likely}."
    elif moves:
        named = listed([*moves[:SAID], "the others in the table"] if len(moves) > SAID else moves)
        yield f"{cheaper}; {loser} would be if {named} all moved as shown: {likely}."
    else:
        yield f"{cheaper}, by so little that hardly a move turns it."
    yield (
        f"For whatever reason, {loser} is the cheaper one in "
        f"{of_futures(move.seen.value, choice.result.first.trials)}."
    )


def _by(choice: Choice) -> str:
    """Return the figure in words, one of those of which each future has its part."""
    return "by risk-adjusted value" if RANKED_BY in choice.statistic.name.lower() else "on average"


def sides(choice: Choice, other: str) -> tuple[str, str]:
    """Return which of the two is cheaper on average, and which one a joint move speaks for."""
    costs = choice.result.first.costs
    saves = float((costs[other] - costs[choice.alternative]).mean()) >= 0
    return (choice.alternative, other) if saves else (other, choice.alternative)


def _told(move: ReverseStress) -> list[Move]:
    """Return the moves that are shown: nearer to its median an input has not moved."""
    return [each for each in move.moves[:MOST_MOVES] if abs(each.score) >= 0.05]  # noqa: PLR2004


def _percentile(share: float) -> str:
    return f"P{100 * share:.0f}" if 0.01 <= share <= 0.99 else f"P{100 * share:.1f}"  # noqa: PLR2004 - whole ones between


def place_of(moved: Varied, value: float) -> str:
    """Return a value of a number that is moved, in per cent where it is written so."""
    return number(value, is_rate=moved.is_rate)


def number(value: float, *, is_rate: bool = False) -> str:
    """Return four digits, with thousands separators where they are not a part of 1; a rate as 12.5%."""
    if math.isnan(value):
        return "-"
    if is_rate:
        return f"{100 * value:.4g}%"
    size = abs(value)
    return f"{float(f'{value:.4g}'):,.0f}" if size >= 1000 else f"{value:.4g}"  # noqa: PLR2004 - four digits


def _edge(value: float | None, moved: Varied) -> str:
    return "open" if value is None else place_of(moved, value)
