"""What two alternatives share by ``like:``, so that luck with it cannot tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.inputs.binding import Inputs
from bposim.plain_names import PlainNames
from bposim.report.table import printable, titled
from bposim.report.words import listed
from bposim.sample import without_variant

if TYPE_CHECKING:
    from bposim.result import Result

NAMED = 4
"""So many parts of a team or contract are named, those with the most inputs."""


def in_common(result: Result, one: str, other: str) -> str:
    """Return a sentence on the uncertain inputs that both alternatives use; empty where they share none."""
    if result.sample is None:
        return ""
    alternatives = result.scenario.alternatives
    shared = set(Inputs(alternatives[one]).names) & set(Inputs(alternatives[other]).names)
    parts: dict[str, dict[str, int]] = {}
    for driver in result.sample.inputs:
        if without_variant(driver.name) in shared:
            groups = parts.setdefault(driver.source, {})
            groups[driver.group] = groups.get(driver.group, 0) + 1
    if not parts:
        return ""
    told, called = [], PlainNames(result.scenario)
    for source, groups in parts.items():
        named = sorted(groups, key=lambda group: (-groups[group], group))
        rest = ["and more"] if len(named) > NAMED else []
        whose = printable(called.source(source))
        told.append(f"{sum(groups.values())} of {whose} ({', '.join([*named[:NAMED], *rest])})")
    return (
        f"{titled(result, one)} and {titled(result, other)} share uncertain inputs by like: {listed(told)}. "
        "These move both in the same way in every future, so only the rest can tell the two apart."
    )
