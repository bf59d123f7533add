"""What a head of personnel asks: how many people each alternative takes, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.twin import as_column, twin_of
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.report.pictures.labels import short_names
from bposim.report.table import NOTHING, Table

if TYPE_CHECKING:
    from bposim.explain.twin import Doing, Entry, Twin
    from bposim.result import Result
    from bposim.shapes import FloatArray, Path

TENTHS = 20
"""Fewer people than this are counted to a tenth."""

NOTE = (
    "Full-time equivalents at work by month, with every input at its mean. Own people are the teams', "
    "without what is vacant, and those kept to steer a vendor; temporary staff come on top. The vendor's "
    "people are what the work takes at its productivity: seats that are paid for where the price is by head, "
    "else its own affair."
)


@dataclass(slots=True)
class People:
    """Full-time equivalents of an alternative in months 1..T of the base case, each ``(months,)``."""

    own: FloatArray
    temporary: FloatArray
    vendors: FloatArray
    """Of the vendors whose productivity is stated."""
    unstated: bool = False
    """Whether there is a vendor whose productivity is not."""
    by_head: set[bool] = field(default_factory=set)
    """Whether the price is by head, of each vendor."""


def people_by_alternative(result: Result) -> Table:
    """Return own, temporary and vendors' people by alternative, from the deterministic twin."""
    twin, labels = twin_of(result.scenario), short_names(result.titles)
    counted = {name: counted_people(twin, twin.entries[name]) for name in result.names}
    columns = ["alternative", "own people,\nmonth 1", "own,\naverage", "own,\npeak", "own,\nmonth T"]
    columns[-1] = f"own,\nmonth {twin.months}"
    some = any(each.temporary.max() > 0 for each in counted.values())
    columns += ["temporary,\npeak"] if some else []
    columns += ["vendor's,\naverage", "vendor's,\npeak", f"vendor's,\nmonth {twin.months}", "paid by\nhead"]
    rows = []
    for name, each in counted.items():
        own = each.own
        cells = [_heads(x) for x in (own[0], own.mean(), own.max(), own[-1])]
        cells += [_heads(each.temporary.max())] if some else []
        rows.append((labels[name], *cells, *_vendors(each)))
    return Table("People in the base case, full-time equivalents", tuple(columns), tuple(rows))


def counted_people(twin: Twin, entries: list[Entry]) -> People:
    """Return the people behind the lines of an alternative."""
    nobody = np.zeros(twin.months)
    found = People(nobody.copy(), nobody.copy(), nobody.copy())
    for doing in {id(entry.doing): entry.doing for entry in entries}.values():
        body, work = doing.body, doing.work
        heads = as_column(doing.operations.headcount, twin.months)
        if isinstance(body, Team):
            plan = body.plan(doing.world, work.effort)
            found.own += heads
            found.temporary += _product(work.staffed, plan.temporary_heads, twin)
        elif isinstance(body, Vendor):
            found.vendors += heads
            found.own += _product(work.share, _steering(doing), twin)
            served = bool(as_column(work.served, twin.months).any())
            found.unstated |= served and body.productivity is None
            found.by_head |= {body.price.by_effort} if served else set()
    return found


def _steering(doing: Doing) -> Path:
    governance = getattr(doing.body, "governance", None)
    return governance.retained_fte if governance else 0.0


def _product(part: Path, heads: Path, twin: Twin) -> FloatArray:
    return as_column(part, twin.months) * as_column(heads, twin.months)


def _vendors(each: People) -> tuple[str, ...]:
    if not each.by_head:
        return (NOTHING,) * 4
    by_head = "some" if len(each.by_head) > 1 else "yes" if True in each.by_head else "no"
    x = each.vendors
    if each.unstated and not x.any():
        return (*("not stated",) * 3, by_head)
    least = "at least " if each.unstated else ""
    return (*(f"{least}{_heads(count)}" for count in (x.mean(), x.max(), x[-1])), by_head)


def _heads(count: float) -> str:
    rounded = round(float(count), 1)
    if not rounded:
        return NOTHING
    return f"{count:,.1f}" if rounded < TENTHS else f"{count:,.0f}"
