"""The numbers of a scenario as the file has them: where each stands, what it says, and who says so."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Money
from bposim.inputs.number import PerEvent, Within
from bposim.legs.fx_clause import FxClause
from bposim.legs.price_model import PriceModel
from bposim.part import Part
from bposim.quantities import read_months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.scenario import Scenario

_GRADE = re.compile(
    r"\b[Gg]rades? ([PSTCM])(?: and ([PSTCM]))?\b"
    r"|^([PSTCM])(?=$|[:;,]| [a-z])"
    r"|(?:^|[;,] |[.)]; | {2}|\. )[A-Za-z]+:? ([PSTCM])(?=$|[:;,.)])"
)
"""``grade S``; ``M: own payroll``; ``grade S; spread M`` or ``Size: M``, a grade of a part of the number."""
_ONLY_LEG = re.compile(r"alternatives\.(?P<alternative>[^.]+)\.legs\[0\]\.(?P<below>(?:team|vendor)\..*)")


@dataclass(frozen=True, slots=True)
class Written:
    """A number of the file at one place of its use."""

    position: str
    """Where it is used, ``alternatives.manila.legs[0].vendor.price.amount``."""
    name: str
    """Where it was first written; places that share it by ``like:`` have the same name."""
    value: float | Distribution
    currency: str | None
    """None for the base currency, and where it is no money."""
    is_money: bool
    meaning: str
    """What the field means."""
    per_event: bool
    """Whether it is drawn anew for each event."""
    given: bool
    """False where the file says nothing and the default holds."""
    unit: str = ""
    """months, or % of a part of 1, where the type of the field says so."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted at a number, or at the closest mapping around it that has a source or a note."""

    at: str = ""
    """Path of that mapping; empty where nothing is noted."""
    source: str = ""
    note: str = ""
    owner: str = ""
    """Of the closest mapping that has one."""

    @property
    def grade(self) -> str:
        """The grades that are named, P S T C or M, in the order of the text; empty where there are none."""
        found = [
            grade
            for text in (self.source, self.note)
            for hit in _GRADE.finditer(text)
            for grade in hit.groups()
        ]
        return " ".join(dict.fromkeys(filter(None, found)))


def numbers(scenario: Scenario) -> list[Written]:
    """Return every number of a scenario, in the order of its fields.

    A single value that overrides what ``like:`` brought is named after its own place.
    """
    first: dict[str, float | Distribution] = {}
    own: dict[tuple[str, float], str] = {}
    found = []
    for each in _below(scenario, "", ""):
        value = each.value
        if first.setdefault(each.name, value) != value and not isinstance(value, Distribution):
            name = own.setdefault((each.name, value), _own_name(each.position, scenario))
            found.append(replace(each, name=name))
        else:
            found.append(each)
    return found


def _own_name(position: str, scenario: Scenario) -> str:
    """Return the path of a position as a file has it: the only leg of an alternative needs no number."""
    match = _ONLY_LEG.fullmatch(position)
    if match and len(scenario.alternatives[match["alternative"]].legs) == 1:
        return f"alternatives.{match['alternative']}.{match['below']}"
    return position


def number_at(part: Part, path: str, position: str = "") -> Written | None:
    """Return the number at a path below a part, such as ``quality.error_rate``; None where there is none."""
    *way, last = path.split(".")
    node: Any = part
    for step in way:
        node = node.get(step) if isinstance(node, dict) else getattr(node, step, None)
        if node is None:
            return None
    if isinstance(node, dict):
        value, field, about, given = node.get(last), last, "", True
    else:
        value, field = getattr(node, last, None), last
        about = _meaning(node, last)
        given = last in node.model_fields_set
    where = f"{position}.{path}" if position else path
    origin = _written_at(node) if isinstance(node, Part) else ""
    for written in _number(value, where, f"{origin}.{field}" if origin else where, about, given=given):
        return written
    return None


def noted(written: Written, scenario: Scenario) -> Note:
    """Return what the file notes about a number."""
    notes = scenario.annotations
    starts = (start for start in (written.name, written.position))
    around = [path for start in starts for path in _around(start)]
    at = next((path for path in around if notes.get(path, {}).keys() & {"source", "note"}), "")
    owner = next((notes[path]["owner"] for path in around if "owner" in notes.get(path, {})), "")
    own = notes.get(at, {})
    return Note(at, own.get("source", ""), own.get("note", ""), owner)


def _around(path: str) -> Iterator[str]:
    """Yield the path and those of all mappings around it, the closest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def _below(node: object, position: str, name: str) -> Iterator[Written]:
    if isinstance(node, Part):
        origin = _written_at(node) or name or position
        for field, info in type(node).model_fields.items():
            key = info.alias or field
            value = getattr(node, field)
            at = f"{position}.{key}" if position else key
            where = f"{origin}.{key}" if origin else key
            given = field in node.model_fields_set
            events = any(isinstance(mark, PerEvent) for mark in info.metadata)
            unit = _unit(info.metadata)
            found = [
                replace(number, unit=unit)
                for number in _number(value, at, where, _meaning(node, field), given=given, per_event=events)
            ]
            if field == "amount" and found:
                found = [replace(found[0], currency=getattr(node, "currency", None), is_money=True)]
            yield from found or _below(value, at, where)
    elif isinstance(node, dict):
        for key, value in node.items():
            at, where = f"{position}.{key}", f"{name}.{key}"
            yield from list(_number(value, at, where, "", given=True)) or _below(value, at, where)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _below(value, f"{position}[{number}]", f"{name}[{number}]")


def _written_at(part: Part) -> str:
    """Return where a part's numbers were written; price models and clauses have their kind in the path."""
    if part.origin and isinstance(part, PriceModel | FxClause):
        return f"{part.origin}.{part.kind}"
    return part.origin


def _number(  # noqa: PLR0913 - one argument for each part of the record
    value: object, position: str, name: str, meaning: str, *, given: bool, per_event: bool = False
) -> Iterator[Written]:
    """Yield the number that a value is, if it is one."""
    currency, is_money = None, isinstance(value, Money)
    if isinstance(value, Money):
        currency = value.currency
        name = value.origin or name
        value = value.amount
    if isinstance(value, Distribution):
        name = value.origin or name
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return
    yield Written(
        position,
        name,
        value if isinstance(value, Distribution) else float(value),
        currency,
        is_money,
        meaning,
        per_event,
        given,
    )


def _unit(marks: list[Any]) -> str:
    """Return the unit that the type of a field has: months, or % of a part of 1."""
    if any(isinstance(mark, Within) and mark.high == 1.0 for mark in marks):
        return "%"
    return "months" if any(getattr(mark, "scalar", None) is read_months for mark in marks) else ""


def _meaning(part: Part, field: str) -> str:
    return " ".join(part.meanings().get(field, "").replace("``", "").split())
