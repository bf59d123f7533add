"""In which order pictures show alternatives, and which of them a picture of one is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.analysis.comparison import ranking
from bposim.analysis.statistic import risk_measure

if TYPE_CHECKING:
    from bposim.analysis.comparison import Place
    from bposim.result import Result


@dataclass(frozen=True, slots=True)
class Choice:
    """What the run recommends by risk-adjusted value."""

    name: str
    close: bool
    """Some other alternative is too close to call."""


def _places(result: Result) -> list[Place]:
    places = ranking(result.costs, risk_measure(result.scenario, result.costs))
    # Of equals the baseline comes first: a move must gain something.
    return sorted(places, key=lambda place: (place.value.value, place.name != result.baseline, place.name))


def ranked(result: Result) -> list[str]:
    """Return all alternatives, the best first, as the summary of the run ranks them."""
    return [place.name for place in _places(result)]


def choice(result: Result) -> Choice | None:
    """Return what the run recommends; None where the trials are too few to judge it."""
    best, *others = _places(result)
    if any(place.behind.se is None for place in others):
        return None
    return Choice(best.name, any(place.too_close for place in others))


def subject(result: Result) -> str | None:
    """Return the best alternative beside the baseline; None where there is none."""
    return next((name for name in ranked(result) if name != result.baseline), None)
