"""At which value of a single input another alternative would be the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import Sample
from bposim.analysis.sensitivity import rank_correlation
from bposim.analysis.statistic import risk_measure, statistic
from bposim.analysis.turns import alone, beyond
from bposim.report.drivers import drivers_behind
from bposim.report.html.values import valued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.breakeven import BreakEven
    from bposim.analysis.summary import Summary
    from bposim.report.drivers import Known
    from bposim.result import Result
    from bposim.sample import Driver
    from bposim.shapes import FloatArray

LOOKED_AT = 4_096
"""Trials that choose the inputs that are looked at."""

CANDIDATES = 10
"""So many inputs, the strongest, are looked at for a turn."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The value of an input beyond which the other alternative is ahead."""

    name: str
    """The input, as a reader knows it."""
    driver: Driver
    at: str
    """The value with its unit."""
    low: str
    """Ends of its 95% interval."""
    high: str
    above: bool
    """Whether the other is ahead above the value, else below."""
    share: float
    """Share of futures in which the input comes out there."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two alternatives, and what turns the choice between them, the most probable turn first."""

    leader: str
    """As people call it, as is the loser."""
    loser: str
    turns: tuple[Turn, ...]


def turning(result: Result, summary: Summary) -> tuple[Pair, ...]:
    """Return what turns the choice against the next best alternative, and against the baseline."""
    best = summary.decision.recommended
    rivals = sorted(
        (name for name in result.names if name != best), key=lambda n: summary.alternatives[n].rank
    )
    asked = list(dict.fromkeys([rivals[0], *([result.baseline] if best != result.baseline else [])]))
    return tuple(_between(result, best, other) for other in asked)


def _between(result: Result, best: str, other: str) -> Pair:
    preferences, measure = result.scenario.preferences, risk_measure(result.scenario, result.costs)
    figure_of = statistic("risk_adjusted_value", preferences, measure)
    if figure_of(result.costs[other], result.costs[best]).se is None:
        figure_of = statistic("saving.mean", preferences, measure)
    known = drivers_behind(result, dict.fromkeys((best, other)))
    strongest = _strongest(result.costs[other] - result.costs[best], known)
    labels = {driver.name: label for label, driver in known.drivers.items()}
    ahead = figure_of(result.costs[other], result.costs[best]).value >= 0
    leader, loser = (best, other) if ahead else (other, best)
    found = alone(result, figure_of, best, other, {known.drivers[name].name for name in strongest})
    turns = [
        _turn(known, labels[driver.name], place, ahead=ahead)
        for driver, places in found
        if (place := _turning_point(places))
    ]
    return Pair(leader, loser, tuple(sorted(turns, key=lambda turn: -turn.share)))


def _turning_point(places: Sequence[BreakEven]) -> BreakEven | None:
    """Return the one place where the choice turns beyond chance; None if it never does, or turns back."""
    clear = [place for place in places if place.low is not None and place.high is not None]
    return clear[0] if len(clear) == 1 else None


def _turn(known: Known, label: str, place: BreakEven, *, ahead: bool) -> Turn:
    driver = known.drivers[label]
    at, low, high = (
        "" if value is None else valued(driver, value, is_rate=known.is_rate(label))
        for value in (place.at, place.low, place.high)
    )
    # Where the leader is ahead on the low side, the input has to come out above.
    return Turn(label, driver, at, low, high, place.rising != ahead, beyond(place, saves=ahead))


def _strongest(gap: FloatArray, known: Known) -> list[str]:
    """Return the inputs that go most with a difference of costs, in the first trials."""
    sample = Sample(gap[:LOOKED_AT])
    inputs = dict(_moving(known))
    if not inputs or sample.spread == 0:
        return []
    found = rank_correlation(sample, inputs)
    return sorted(found, key=lambda name: -abs(found[name].value))[:CANDIDATES]


def _moving(known: Known) -> Iterator[tuple[str, FloatArray]]:
    for name, x in known.values.items():
        first = x[:LOOKED_AT]
        if known.drivers[name].is_input and np.ptp(first) > 0:
            yield name, first
