"""Event risks, one file each; none of them knows another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import create_model

from bposim.events.following import FollowingRisk
from bposim.events.risk import Risk
from bposim.families import members
from bposim.part import Part

if TYPE_CHECKING:
    from bposim.inputs.draws import Draws
    from bposim.operations import Line, Operations
    from bposim.world.world import World

RISKS = members(Risk, sys.modules[__name__])  # type: ignore[type-abstract]

if TYPE_CHECKING:

    class Risks(Part):
        """The risks of a leg, by kind."""

else:
    _fields: dict[str, Any] = {kind: (cls | None, None) for kind, cls in RISKS.items()}
    Risks = create_model("Risks", __base__=Part, __doc__="The risks of a leg, by kind.", **_fields)


def risk_lines(
    risks: Risks, operations: Operations, world: World, draws: Draws, stream: str
) -> Iterator[Line]:
    """Yield the lines of every risk that the leg has; ``stream`` names the leg's events."""
    for kind in RISKS:
        risk: Risk | None = getattr(risks, kind)
        if isinstance(risk, FollowingRisk) and risk.after:
            risk = risk.caused_by(risks, draws, stream)
        if risk is not None:
            for line in risk.lines(operations, world, risk.noise(draws, stream)):
                yield line.of(f"{stream}.{kind}")
