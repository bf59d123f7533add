"""Whether the pieces of a scenario fit together: what no single value can tell by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.consistency import contracts, decision, input_names, names, ranges
from bposim.consistency.finding import Finding
from bposim.mitigations import misfits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.scenario import Scenario

__all__ = ["Finding", "findings"]


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield everything that does not fit, and what is unusual, a family of checks after the other."""
    for family in (decision, names, input_names, contracts, ranges):
        yield from family.findings(scenario)
    yield from (Finding(*misfit) for misfit in misfits(scenario))
