"""What a board asks next: what drives the saving, what would turn it, what to negotiate and to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import Sample
from bposim.analysis.sensitivity import rank_correlation
from bposim.analysis.statistic import risk_measure, statistic
from bposim.analysis.turns import alone, beyond
from bposim.analysis.value_of_information import evppi
from bposim.report.drivers import drivers_behind, inputs_of
from bposim.report.numbers import MINUS, amount, futures, money
from bposim.report.pictures.seen import PLAIN, figure, per_cent, scale_of, spoken
from bposim.report.table import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.summary import Summary
    from bposim.report.drivers import Known
    from bposim.report.pictures.seen import Seen
    from bposim.result import AnyResult, Result
    from bposim.sample import Driver
    from bposim.shapes import FloatArray

FEWEST = 1_024
"""With fewer futures nothing is said about single inputs."""

LOOKED_AT = 4_096
"""Trials that choose the inputs that are looked at."""

CANDIDATES = 10
"""So many inputs, the strongest, are looked at for a turn, and valued."""

VALUED_TRIALS = 16_384
"""Trials in which they are valued."""

NAMED = 3

TERMS = frozenset({"price", "renewal uplift", "indexation", "termination"})
"""What a contract fixes and a buyer wants less of: drivers of these groups can be negotiated."""

WANTED = frozenset({"give_back", "flex", "reduced_credit"})
"""What a buyer wants more of, all the same."""

CLEAR = 4.0
"""A term is named where its swing is so many standard errors from nothing: it is the largest of many."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One of the questions below the answer, with its answers."""

    title: str
    lead: str
    points: tuple[str, ...]
    command: str
    """What gives more on it."""


def advice_on(result: AnyResult, summary: Summary, seen: Seen | None) -> tuple[Advice, ...]:
    """Return the answers; none without the drivers of the shown alternative, or of too few futures."""
    if seen is None or result.first.trials < FEWEST:
        return ()
    return (_drivers(seen), *_turns(result.first, summary), *_terms(seen), *_learning(result, summary))


def _drivers(seen: Seen) -> Advice:
    points = []
    for bar in seen.bars[:NAMED]:
        scale = scale_of([bar.low_mean, bar.high_mean])
        low, high = (scale.text(end.value, minus=MINUS) for end in (bar.low_mean, bar.high_mean))
        ends = [_number(at, is_rate=seen.is_rate(bar.name)) for at in (bar.low_at, bar.high_at)]
        points.append(
            f"{_spoken(seen, bar.name)}: from {low} where it is low ({ends[0]}) to {high} where it is high "
            f"({ends[1]})"
        )
    return Advice(
        "What drives it",
        f"The mean saving of {seen.label}, {seen.currency}, moves most with:",
        tuple(points),
        "bposim sensitivity",
    )


def _turns(result: Result, summary: Summary) -> Iterator[Advice]:
    """Say at which value of a single input another alternative would be the choice."""
    best = summary.decision.recommended
    rivals = [
        name for name in sorted(result.names, key=lambda n: summary.alternatives[n].rank) if name != best
    ]
    asked = list(dict.fromkeys([rivals[0], *([result.baseline] if best != result.baseline else [])]))
    measure = risk_measure(result.scenario, result.costs)
    points: list[str] = []
    for other in asked:
        figure_of = statistic("risk_adjusted_value", result.scenario.preferences, measure)
        if figure_of(result.costs[other], result.costs[best]).se is None:
            figure_of = statistic("saving.mean", result.scenario.preferences, measure)
        known = drivers_behind(result, dict.fromkeys((best, other)))
        strongest = _strongest(result.costs[other] - result.costs[best], known.values, known.drivers)
        labels = {driver.name: label for label, driver in known.drivers.items()}
        ahead = figure_of(result.costs[other], result.costs[best]).value >= 0
        leader, loser = (best, other) if ahead else (other, best)
        found = alone(result, figure_of, best, other, {known.drivers[name].name for name in strongest})
        for driver, places in found[:NAMED]:
            place = places[0]
            far = beyond(place, saves=ahead)
            # Where the leader is ahead on the low side, the input has to come out above.
            side = "above" if place.rising != ahead else "below"
            label = labels[driver.name]
            value = _valued(known, label, place.at)
            points.append(
                f"{printable(loser)} would be ahead of {printable(leader)} if "
                f"{spoken(label)} came out {side} {value}, "
                f"as it does in {futures(far, result.trials)}"
            )
        if not found:
            points.append(
                f"no single input puts {printable(loser)} ahead of {printable(leader)}, wherever it comes out"
            )
    yield Advice(
        "What would turn it",
        "Counted with risk, one input at a time, and what goes with it moving along. The rest stays as "
        "uncertain as it is, so an input can be on the wrong side in most futures and the choice still be "
        "right: what is at stake in the others weighs more.",
        tuple(points),
        "bposim breakeven",
    )


def _terms(seen: Seen) -> Iterator[Advice]:
    """Name the terms of the contract that clearly move the saving, in the direction that a buyer wants.

    A term that goes the other way, or that stands out only by the luck of this draw, is no advice.
    """
    points = []
    for bar in seen.bars:
        driver = seen.driver(bar.name)
        if not driver.is_input or driver.group not in TERMS or ".vendor" not in driver.name:
            continue
        swing = bar.swing_mean
        wants_more = driver.name.rpartition(".")[2] in WANTED
        if swing.se is None or abs(swing.value) <= CLEAR * swing.se or (swing.value > 0) != wants_more:
            continue
        good, bad = (bar.high_at, bar.low_at) if wants_more else (bar.low_at, bar.high_at)
        points.append(
            f"{_spoken(seen, bar.name)}: {_with_unit(seen, bar.name, good)} in place of "
            f"{_with_unit(seen, bar.name, bad)} goes with "
            f"{money(abs(swing.value), seen.currency, swing.se)} ± {amount(swing.se, swing.se)} more saving "
            "on average"
        )
        if len(points) == NAMED:
            break
    lead = (
        "Terms of the contract by what lies between their lowest and their highest tenth, ± one standard "
        "error:"
        if points
        else "No uncertain term of the contract moves the saving clearly. What each clause is worth as it is "
        "written, the command below tells."
    )
    yield Advice("What to negotiate first", lead, tuple(points), "bposim worth")


def _learning(result: AnyResult, summary: Summary) -> Iterator[Advice]:
    """Name the inputs that are worth finding out before choosing."""
    first = result.first
    if too_close(summary.decision.evpi):
        yield Advice(
            "What to find out first",
            "",
            ("Nothing: whatever is found out, the choice by mean cost would stay the same.",),
            "bposim value",
        )
        return
    count = min(first.trials, VALUED_TRIALS)
    order = sorted(first.names, key=lambda name: summary.alternatives[name].cost.mean.value)
    known = inputs_of(first)
    gap = first.costs[order[1]] - first.costs[order[0]]
    names = _strongest(gap, known.values, known.drivers)
    costs = {name: Sample(first.costs[name][:count]) for name in first.names}
    found = evppi(costs, {name: known.values[name][:count] for name in names}) if names else ()
    worth = [each for each in found if not too_close(each.value)][:NAMED]
    currency = first.scenario.base_currency
    points = [
        f"{spoken(each.name)}: knowing it is worth up to {money(each.value.value, currency, each.value.se)}"
        for each in worth
    ]
    lead = (
        "Before choosing by mean cost; pay no more for a study than this:"
        if points
        else "No single input is worth finding out: alone, none changes the choice by mean cost."
    )
    yield Advice("What to find out first", lead, tuple(points), "bposim value")


def _strongest(gap: FloatArray, values: dict[str, FloatArray], drivers: dict[str, Driver]) -> list[str]:
    """Return the inputs that go most with a difference of costs, in the first trials."""
    sample = Sample(gap[:LOOKED_AT])
    inputs = {
        name: x[:LOOKED_AT]
        for name, x in values.items()
        if drivers[name].is_input and np.ptp(x[:LOOKED_AT]) > 0
    }
    if not inputs or sample.spread == 0:
        return []
    found = rank_correlation(sample, inputs)
    return sorted(found, key=lambda name: -abs(found[name].value))[:CANDIDATES]


def _spoken(seen: Seen, name: str) -> str:
    return spoken(name) if not seen.driver(name).unit else f"{spoken(name)} ({seen.driver(name).unit})"


def _with_unit(seen: Seen, name: str, value: float) -> str:
    unit = seen.driver(name).unit
    text = _number(value, is_rate=seen.is_rate(name))
    return f"{unit} {text}" if unit else text


def _valued(known: Known, name: str, value: float) -> str:
    """Return a value of an input as the file writes it: 8.65%, PLN 16.5k."""
    text = _number(value, is_rate=known.is_rate(name))
    unit = known.drivers[name].unit
    return f"{unit} {text}" if unit else text


def _number(value: float, *, is_rate: bool) -> str:
    """Return three digits: 8.65%, 0.882, 1,050, 16.5k."""
    if is_rate:
        return per_cent(value)
    if PLAIN <= abs(value) < 10 * PLAIN:
        return f"{float(f'{value:.3g}'):,.0f}".replace("-", MINUS)
    return figure(value)
