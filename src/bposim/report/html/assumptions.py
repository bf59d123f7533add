"""Every number that somebody put into a scenario: its value, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sources import noted, numbers
from bposim.inputs.distribution import Distribution
from bposim.inputs.names import short_name
from bposim.library.entry import GRADES
from bposim.plain_names import PlainNames
from bposim.report.plan import input_figure
from bposim.report.table import NOTHING, printable
from bposim.report.units import unit_of
from bposim.sample import units_of

if TYPE_CHECKING:
    from bposim.explain.sources import Written
    from bposim.scenario import Scenario

LEVELS = (0.05, 0.5, 0.95)

UNKNOWN = "not stated"

NO_ASSUMPTIONS = frozenset({"schema_version"})


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number, as texts."""

    name: str
    """What people call it."""
    path: str
    """How the file and the command line call it."""
    meaning: str
    value: str
    """The number, or the mean of what is uncertain."""
    spread: str
    """P5 to P95 of what is uncertain."""
    unit: str
    kind: str
    source: str
    owner: str
    grade: str
    uncertain: bool


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Return what the file states, each number once, the uncertain ones first in the order of the file."""
    units, called = dict(units_of(scenario, scenario.base_currency)), PlainNames(scenario)
    found: dict[str, Assumption] = {}
    for written in numbers(scenario):
        uncertain = isinstance(written.value, Distribution)
        if (written.given or uncertain) and written.name not in found and written.name not in NO_ASSUMPTIONS:
            found[written.name] = _assumption(written, scenario, units, called)
    return sorted(found.values(), key=lambda each: not each.uncertain)


def grades_used(rows: list[Assumption]) -> list[tuple[str, str, int]]:
    """Return each grade with its meaning and how many numbers have it, and how many have none."""
    counted = [
        (grade, meaning, sum(grade in row.grade.split() for row in rows)) for grade, meaning in GRADES.items()
    ]
    return [
        *(each for each in counted if each[2]),
        (NOTHING, "no grade is given", sum(not row.grade for row in rows)),
    ]


def _assumption(
    written: Written, scenario: Scenario, units: dict[int, str], called: PlainNames
) -> Assumption:
    note = noted(written, scenario)
    value, kind, spread = written.value, "fixed", ""
    unit = unit_of(written, scenario)
    is_part, unit = unit == "%", "" if unit in {"%", "months"} else unit
    if isinstance(value, Distribution):
        low, _, high = (float(x) for x in value.ppf(np.array(LEVELS)))
        spread = " to ".join(input_figure(end, per_cent=value.per_cent) for end in (low, high))
        kind = value.kind + (", each event" if written.per_event else "")
        unit = units.get(id(value), unit)
        shown = input_figure(value.mean if np.isfinite(value.mean) else None, per_cent=value.per_cent)
    else:
        shown = input_figure(float(value), per_cent=is_part)
    return Assumption(
        name=printable(called.input(written.name)),
        path=printable(short_name(written.name) or written.name),
        meaning=printable(written.meaning),
        value=shown,
        spread=spread,
        unit=unit,
        kind=kind.replace("_", " "),
        source=printable(note.source or note.note) or UNKNOWN,
        owner=printable(note.owner or scenario.meta.owner or "") or UNKNOWN,
        grade=note.grade,
        uncertain=isinstance(value, Distribution),
    )
