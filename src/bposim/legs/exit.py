"""A planned exit: the contract ends in a stated month, and the work goes home or to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bposim.inputs.money import Amount
from bposim.inputs.number import Months
from bposim.legs.continuity import IN_HOUSE
from bposim.operations import Line
from bposim.part import Part

if TYPE_CHECKING:
    from bposim.legs.course import Course
    from bposim.legs.vendor import Vendor
    from bposim.operations import Staffing
    from bposim.shapes import Path
    from bposim.world.world import World


class Exit(Part):
    """The contract ends at the stated time τ, say with its term: a failure whose month is known.

    What has moved leaves with it: continuity for the recovery months, then the fallback.  It costs the
    transition's one-offs and ``cost``, each × (1 + 1 - k), the contract's ``termination``, and rehiring.
    """

    month: Months
    """τ, months from the start of the horizon to the last day of the contract."""
    recovery_months: Months = 0.0
    """Months from then until the fallback does the work; 0 if the hand-over is done by then."""
    fallback: str = IN_HOUSE
    """Who takes over: in-house (the baseline's legs), or an alternative, whose first leg then does."""
    cost: Amount | None = None
    """What leaving costs beside the transition's one-offs, for all of the work: systems, data, lawyers."""
    rehiring: Amount | None = None
    """Recruiting and training for each FTE by which the baseline's teams grow again."""

    @property
    def goes_home(self) -> bool:
        """Whether the baseline's legs take over."""
        return self.fallback == IN_HOUSE


def exit_lines(vendor: Vendor, share: Path, course: Course, old: Staffing, world: World) -> Iterator[Line]:
    """Yield what leaving costs in the month of the exit; ``share`` of all work was to be the vendor's.

    The transition's one-offs, which fall due again, are in its own lines.  ``old`` is the staffing of the
    baseline's teams for all of their work.
    """
    terms = vendor.exit
    if terms is None or isinstance(course.exiting, float):
        return
    yield Line("retransition", share * course.exiting * world.monthly(terms.cost))
    leaving = share * course.leaving
    if terms.goes_home and terms.rehiring is not None:
        yield Line("retransition", leaving * old.headcount * world.monthly(terms.rehiring))
    if vendor.termination is not None:
        yield Line("termination", vendor.termination_fee(world, leaving))
