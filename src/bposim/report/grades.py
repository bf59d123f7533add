"""How much of what makes a saving uncertain rests on figures of each grade, and how much is chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from bposim.analysis.variance_shares import variance_shares
from bposim.explain.sources import noted, numbers
from bposim.inputs.distribution import Distribution
from bposim.library.entry import GRADES
from bposim.report.numbers import percent
from bposim.report.words import listed
from bposim.sample import without_variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.measures import Estimate
    from bposim.report.pictures.seen import Seen
    from bposim.sample import Driver
    from bposim.scenario import Scenario

LOOKED_AT = 8_192
"""Trials that tell it: shares of variance to about a hundredth."""

JUDGEMENT = "M"

MOST = 0.5
"""Beyond this part a saving rests on judgement."""

Origin: TypeAlias = Literal["judgement", "ungraded", "better", "chance"]

TOLD: dict[Origin, str] = {
    "judgement": "inputs of grade M (not verified)",
    "ungraded": "inputs without a grade",
    "better": "inputs of better grades",
    "chance": "chance (rates, volume, events)",
}
"""Where uncertainty comes from, in words."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Parts of the variance of a saving, which add up to 1 but for what no regression explains."""

    shares: dict[Origin, Estimate]
    """Shapley effects; an origin that there is not is left out."""
    certain: int
    """Numbers of grade M that are not uncertain, so that no share counts them."""

    @property
    def judgement(self) -> float:
        """The part that rests on inputs of grade M or none."""
        return sum(self.shares[each].value for each in ("judgement", "ungraded") if each in self.shares)


def resting_on(seen: Seen) -> Resting | None:
    """Return what the saving of an alternative rests on; None where its trials cannot tell.

    An input of several grades counts with the weakest.  Exchange rates, volume and events by themselves are
    chance, whatever the grade of the numbers behind them.  Correlated inputs share what they explain.
    """
    scenario = seen.result.scenario
    grades = weakest_grades(scenario)
    groups: dict[Origin, list[str]] = {}
    for name in seen.drivers:
        groups.setdefault(_origin(seen.driver(name), grades), []).append(name)
    drivers = {name: x[:LOOKED_AT] for name, x in seen.drivers.items() if np.ptp(x[:LOOKED_AT]) > 0}
    if not drivers:
        return None
    # Groups are named so that none can be taken for a driver.
    members = {f"all of {key}": [name for name in own if name in drivers] for key, own in groups.items()}
    found = variance_shares(seen.saving[:LOOKED_AT], drivers, members)
    shares = {key: found.shapley[f"all of {key}"] for key in groups}
    if any(share.se is None for share in shares.values()):
        return None
    certain = {
        each.name
        for each in numbers(scenario)
        if each.given and not isinstance(each.value, Distribution) and grades[each.name] == JUDGEMENT
    }
    return Resting(shares, len(certain))


def _origin(driver: Driver, grades: Mapping[str, str]) -> Origin:
    if not driver.is_input:
        return "chance"
    grade = grades.get(without_variant(driver.name), "")
    return "judgement" if grade == JUDGEMENT else "better" if grade else "ungraded"


def weakest_grades(scenario: Scenario) -> dict[str, str]:
    """Return the weakest grade that is noted at each number, by its full name; `empty` where none is."""
    order = list(GRADES)
    found = {}
    for written in numbers(scenario):
        grades = noted(written, scenario).grade.split()
        found[written.name] = max(grades, key=order.index) if grades else ""
    return found


def sentences(found: Resting, label: str) -> list[str]:
    """Say how much rests on judgement, and what no share counts."""
    parts = [
        f"{percent(found.shares[origin].value)} from {what}"
        for origin, what in TOLD.items()
        if origin in found.shares and round(found.shares[origin].value, 2) > 0
    ]
    said = [f"Of what makes the saving of {label} uncertain (its variance), {listed(parts)}."]
    if found.certain:
        said.append(
            f"In no share: {found.certain:,} number{'s' if found.certain > 1 else ''} of grade M without a "
            "range. What has no range moves nothing, however unsure it is."
        )
    return said
