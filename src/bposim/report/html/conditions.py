"""What must be agreed or shown before a contract is signed: a sentence each, with its number and error.

Only what the run supports: nothing is simulated.  What clauses and mitigations are worth takes simulations,
so it is read from a study that was stored beside the run, or its command is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bposim.analysis.multiplicity import standing_out
from bposim.report.checks import found_text
from bposim.report.grades import weakest_grades
from bposim.report.html.terms import gain_text, is_term
from bposim.report.html.values import named
from bposim.report.numbers import CLEAR, futures
from bposim.report.pictures.seen import spoken
from bposim.report.table import printable, titled
from bposim.sample import without_variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.checks import CheckOutcome
    from bposim.analysis.summary import Summary
    from bposim.report.html.advice import Findings
    from bposim.report.html.turning import Pair, Turn
    from bposim.report.stored_worth import StoredWorth, Valued
    from bposim.result import AnyResult

NAMED = 3
"""So many of a kind are named, the strongest."""

DRIVERS = 10
"""So many inputs, the strongest, are asked for their grade."""

RARE = 0.01
"""A value that an input passes more seldom is no condition."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is to be done, and of which kind that is."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """The list, with what it is about."""

    title: str
    lead: str
    points: tuple[Condition, ...]


def conditions(
    result: AnyResult,
    summary: Summary,
    found: Findings | None,
    outcomes: Sequence[CheckOutcome],
    worth: StoredWorth | None,
) -> Conditions:
    """Return the conditions; without points where the run supports none.

    ``found`` is what is known of single inputs, ``outcomes`` are those of the scenario's checks.
    """
    stays = summary.decision.recommended == result.baseline
    shown = titled(result, summary.shown.name)
    if stays:
        title = "Before anything is signed"
        lead = (
            f"The run is for staying with {titled(result, result.baseline)}. The best of the others, "
            f"{shown}, would need:"
        )
    elif summary.decision.close or not summary.decision.decided:
        title = "Before anything is signed"
        lead = f"The choice is open. If it falls on {shown}:"
    else:
        title, lead = "Conditions for signing", f"The recommendation of {shown} rests on these:"
    points = [*_checks(outcomes)]
    if found is not None:
        points += [*_terms(found), *_break_evens(result, summary, found), *_evidence(found)]
        points += _worth(summary.shown.name, worth, result.scenario.base_currency)
    return Conditions(title, lead if points else "", tuple(points))


def _checks(outcomes: Sequence[CheckOutcome]) -> Iterator[Condition]:
    for one in outcomes:
        if one.passed:
            continue
        state = "it fails" if one.verdict == "failed" else "the run cannot tell"
        text = f"{printable(one.name)}: {printable(one.required.text)}; {state} ({found_text(one)})"
        yield Condition("Meet the check", text)


def _terms(found: Findings) -> Iterator[Condition]:
    for term in found.terms.named[:NAMED]:
        gain = gain_text(term.gain, found.seen.currency)
        text = f"{term.name} towards {term.good}, away from {term.bad}: worth {gain} of mean saving"
        yield Condition("Negotiate", text)


def _break_evens(result: AnyResult, summary: Summary, found: Findings) -> Iterator[Condition]:
    """Yield on which side of which value an input must come out for the shown alternative to be ahead."""
    shown, close = summary.shown.name, {summary.decision.recommended, *summary.decision.close}
    told: set[tuple[str, bool]] = set()  # the next best alternative comes first, and asks for more
    for pair in found.pairs:
        both = {pair.leader, pair.loser}
        if shown not in both or both <= close:
            continue  # what turns a draw is no condition
        held = pair.leader == shown
        turns = [
            turn
            for turn in pair.turns
            if RARE <= turn.share <= 1 - RARE and (turn.driver.name, turn.above != held) not in told
        ]
        for turn in turns[: NAMED - 1]:
            told.add((turn.driver.name, turn.above != held))
            yield _break_even(result, pair, turn, held=held)


def _break_even(result: AnyResult, pair: Pair, turn: Turn, *, held: bool) -> Condition:
    loser, trials = titled(result, pair.loser), result.first.trials
    # The leader needs the near side, the one behind it the far side.
    above = turn.above != held
    share = turn.share if not held else 1 - turn.share
    why = f"else {loser} is ahead" if held else f"only then is {loser} ahead of {titled(result, pair.leader)}"
    side = "above" if above else "below"
    often = futures(share, trials)
    bound = f"{side} {turn.at} (95% interval {turn.low} to {turn.high}), as in {often}; {why}"
    if is_term(turn.driver):
        return Condition("Agree on", f"{spoken(turn.name)} {bound}")
    return Condition("Check", f"{spoken(turn.name)}: must come out {bound}")


def _evidence(found: Findings) -> Iterator[Condition]:
    """Yield the strongest inputs whose grade is the weakest among them: judgement is to be replaced."""
    seen = found.seen
    grades = weakest_grades(seen.result.scenario)
    inputs = [bar for bar in seen.bars if seen.driver(bar.name).is_input][:DRIVERS]
    weak = [bar for bar in inputs if grades.get(without_variant(seen.driver(bar.name).name), "") in {"M", ""}]
    count = 0
    for bar in weak:
        swing, driver = bar.swing_mean, seen.driver(bar.name)
        if is_term(driver) or not swing.se or abs(swing.value) <= CLEAR * swing.se:
            continue
        grade = grades.get(without_variant(driver.name), "")
        state = "grade M, not verified" if grade else "no grade is given"
        gain = gain_text(replace(swing, value=abs(swing.value)), seen.currency)
        text = (
            f"{named(seen, bar.name)} ({state}): {gain} of mean saving lie between its lowest and its "
            "highest tenth"
        )
        yield Condition("Show evidence for", text)
        count += 1
        if count == NAMED:
            return


def _worth(name: str, worth: StoredWorth | None, currency: str) -> Iterator[Condition]:
    if worth is None or name not in worth.items:
        yield Condition(
            "Value each clause and mitigation",
            "before it is given up, which takes simulations of its own: bposim worth DIR "
            f"--alternative {printable(name)} -o DIR puts the result into this list",
        )
        return
    items = worth.items[name]
    clear = standing_out({item.short: item.worth for item in items})
    strongest = sorted(
        (item for item in items if item.short in clear), key=lambda item: -abs(item.worth.value)
    )
    # What is to be struck takes with it what is only part of it.
    struck = tuple(f"{item.short}." for item in strongest if item.is_clause and item.worth.value <= 0)
    strongest = [item for item in strongest if not item.short.startswith(struck)]
    for is_clause in (True, False):
        for item in [item for item in strongest if item.is_clause is is_clause][:NAMED]:
            yield _valued(item, name, currency)


def _valued(item: Valued, name: str, currency: str) -> Condition:
    what = printable(item.short.removeprefix(f"{name}."))
    about = f"{what} ({printable(item.meaning)})" if item.meaning else what
    gain = gain_text(replace(item.worth, value=abs(item.worth.value)), currency)
    good = item.worth.value > 0
    if item.is_clause:
        effect = "without it the risk-adjusted cost is {} higher" if good else "worth up to {}"
        return Condition("Hold on to" if good else "Strike or mend", f"{about}: {effect.format(gain)}")
    kind = ("Keep" if item.taken else "Take") if good else ("Give up" if item.taken else "Leave")
    side = "more than it costs" if good else "less than it costs"
    return Condition(kind, f"{about}: worth {gain} {side}, counted with risk")
