"""What a board asks next: what drives the saving, what would turn it, what to negotiate and to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.report.html.terms import clear_terms, gain_text
from bposim.report.html.turning import turning
from bposim.report.html.values import named, number
from bposim.report.numbers import MINUS, futures, money
from bposim.report.pictures.seen import scale_of, spoken
from bposim.report.table import titled
from bposim.report.value import worth_of_each

if TYPE_CHECKING:
    from bposim.analysis.summary import Summary
    from bposim.report.html.terms import Terms
    from bposim.report.html.turning import Pair
    from bposim.report.pictures.seen import Seen
    from bposim.result import AnyResult

FEWEST = 1_024
"""With fewer futures nothing is said about single inputs."""

NAMED = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """What the futures tell of single inputs: worked out once, said in several places."""

    seen: Seen
    """The shown alternative with its drivers."""
    pairs: tuple[Pair, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Advice:
    """One of the questions below the answer, with its answers."""

    title: str
    lead: str
    points: tuple[str, ...]
    command: str
    """What gives more on it."""


def findings(result: AnyResult, summary: Summary, seen: Seen | None) -> Findings | None:
    """Return the findings; None without the drivers of the shown alternative, or of too few futures."""
    if seen is None or result.first.trials < FEWEST:
        return None
    return Findings(seen, turning(result.first, summary), clear_terms(seen))


def advice_on(result: AnyResult, summary: Summary, found: Findings | None) -> tuple[Advice, ...]:
    """Return the answers; none where nothing was found about single inputs."""
    if found is None:
        return ()
    return (
        _drivers(found.seen),
        _turns(found.pairs, result),
        _terms(found.terms, result.scenario.base_currency),
        _learning(result, summary),
    )


def _drivers(seen: Seen) -> Advice:
    points = []
    for bar in seen.bars[:NAMED]:
        scale = scale_of([bar.low_mean, bar.high_mean])
        low, high = (scale.text(end.value, minus=MINUS) for end in (bar.low_mean, bar.high_mean))
        ends = [number(at, is_rate=seen.is_rate(bar.name)) for at in (bar.low_at, bar.high_at)]
        points.append(
            f"{named(seen, bar.name)}: from {low} where it is low ({ends[0]}) to {high} where it is high "
            f"({ends[1]})"
        )
    return Advice(
        "What drives it",
        f"The mean saving of {seen.label}, {seen.currency}, moves most with:",
        tuple(points),
        "bposim sensitivity",
    )


def _turns(pairs: tuple[Pair, ...], result: AnyResult) -> Advice:
    """Say at which value of a single input another alternative would be the choice."""
    points: list[str] = []
    trials = result.first.trials
    for pair in pairs:
        leader, loser = titled(result, pair.leader), titled(result, pair.loser)
        points += [
            f"{loser} would be ahead of {leader} if {spoken(turn.name)} came out "
            f"{'above' if turn.above else 'below'} {turn.at}, as it does in {futures(turn.share, trials)}"
            for turn in pair.turns[:NAMED]
        ]
        if not pair.turns:
            points.append(f"no single input puts {loser} ahead of {leader}, wherever it comes out")
    return Advice(
        "What would turn it",
        "Counted with risk, one input at a time, and what goes with it moving along. The rest stays as "
        "uncertain as it is, so an input can be on the wrong side in most futures and the choice still be "
        "right: what is at stake in the others weighs more.",
        tuple(points),
        "bposim breakeven",
    )


def _terms(terms: Terms, currency: str) -> Advice:
    """Name the terms of the contract that clearly move the saving, in the direction that a buyer wants."""
    points = [
        f"{term.name}: {term.good} in place of {term.bad} goes with {gain_text(term.gain, currency)} more "
        "saving on average"
        for term in terms.named[:NAMED]
    ]
    lead = (
        "Terms of the contract by what lies between their lowest and their highest tenth, ± one standard "
        f"error; of {terms.looked_at} looked at, {'these stand' if len(points) > 1 else 'this one stands'} "
        "out by more than luck:"
        if points
        else "No uncertain term of the contract moves the saving clearly. What each clause is worth as it is "
        "written, the command below tells."
    )
    return Advice("What to negotiate first", lead, tuple(points), "bposim worth")


def _learning(result: AnyResult, summary: Summary) -> Advice:
    """Name the inputs that are worth finding out before choosing."""
    title, command = "What to find out first", "bposim value"
    if too_close(summary.decision.evpi):
        nothing = "Nothing: whatever is found out, the choice by mean cost would stay the same."
        return Advice(title, "", (nothing,), command)
    currency = result.scenario.base_currency
    worth = [each for each in worth_of_each(result) if not too_close(each.value)][:NAMED]
    points = [
        f"{spoken(each.name)}: knowing it is worth up to {money(each.value.value, currency, each.value.se)}"
        for each in worth
    ]
    lead = (
        "Before choosing by mean cost; pay no more for a study than this:"
        if points
        else "No single input is worth finding out: alone, none changes the choice by mean cost."
    )
    return Advice(title, lead, tuple(points), command)
