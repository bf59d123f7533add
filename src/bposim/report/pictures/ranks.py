"""In which order pictures show alternatives, and which of them a picture of one is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import ranking
from bposim.analysis.statistic import risk_measure

if TYPE_CHECKING:
    from bposim.result import Result


def ranked(result: Result) -> list[str]:
    """Return all alternatives, the best first, as the summary of the run ranks them."""
    places = ranking(result.costs, risk_measure(result.scenario, result.costs))
    # Of equals the baseline comes first: a move must gain something.
    order = sorted(places, key=lambda place: (place.value.value, place.name != result.baseline, place.name))
    return [place.name for place in order]


def subject(result: Result) -> str | None:
    """Return the best alternative beside the baseline; None where there is none."""
    return next((name for name in ranked(result) if name != result.baseline), None)
