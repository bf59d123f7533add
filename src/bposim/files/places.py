"""Complaints of the models and of the checks, located in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bposim.errors import Complaint, Mark
from bposim.tree import Map, Node, Text, child, descend, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.consistency import Finding
    from bposim.tree import Steps

_CODES = {
    "bp_missing": "BP105",
    "bp_unknown_key": "BP104",
    "bp_type": "BP106",
    "bp_range": "BP201",
}
"""The code of a finding by its kind; a value's own complaint is told apart by what the value is."""


NO_VALUE = ("the value is missing", "write one after the colon, or remove the key if it is optional")


MEANT = ' (if it is right, put note: "meant: why" beside it, and this is gone)'
"""How a doubted amount is confirmed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree and where it stands."""

    path: str
    node: Node
    mark: Mark | None
    key_mark: Mark | None
    steps: Steps = ()

    def complaint(self, code: str, what: str, remedy: str, below: str = "") -> Complaint:
        """Complain about a text where it stands, about a mapping or list, or a key it lacks, at its key."""
        mark = self.mark if isinstance(self.node, Text) else self.key_mark
        return Complaint(code, f"{self.path}.{below}".strip("."), what, remedy, mark)


def place_of(tree: Map, loc: Sequence[str | int]) -> Place:
    """Follow a location as far as the tree goes; steps that name a kind, not a key, are passed over."""
    place = Place("", tree, tree.mark, tree.mark)
    for step in loc:
        place = _below(place, step)
    return place


def _original(place: Place, written: Map) -> Place:
    """Return the place at which a mapping that ``like:`` took over unchanged was written."""
    node = place.node
    if not isinstance(node, Map) or not node.key_marks or node.origin in {"", place.path}:
        return place
    original = place_of(written, steps_of(node.origin.split(".")))
    if not isinstance(original.node, Map) or original.path != node.origin:
        return place
    return original if node.key_marks.items() <= original.node.key_marks.items() else place


def _below(place: Place, step: str | int) -> Place:
    node = child(place.node, step)
    if node is None:
        return place
    mark = node.mark or place.mark
    if isinstance(place.node, Map):
        path = f"{place.path}.{step}".lstrip(".")
        return Place(path, node, mark, place.node.key_marks.get(str(step), mark), (*place.steps, step))
    if node.mark is not None and node.mark == place.key_mark:  # the leg was written without a list
        return Place(place.path.removesuffix(".legs"), node, mark, mark, (*place.steps, step))
    return Place(f"{place.path}[{step}]", node, mark, mark, (*place.steps, step))


def located(tree: Map, finding: Mapping[str, Any], written: Map) -> Complaint:
    """Locate a finding of the models in the file."""
    kind, loc = finding["type"], finding["loc"]
    what, _, remedy = finding["msg"].rpartition("; ")
    place = _original(place_of(tree, loc), written)
    if place.node == "":
        return place.complaint("BP105", *NO_VALUE)
    if kind == "bp_missing" and loc and loc[-1] not in place.steps[-1:]:
        return place.complaint("BP105", what, remedy, below=str(loc[-1]))
    if kind == "bp_unknown_key" or "[key]" in loc:
        place = replace(place, mark=place.key_mark)
    if kind == "bp_value":
        return place.complaint("BP107" if isinstance(place.node, Text) else "BP202", what, remedy)
    return place.complaint(_CODES.get(kind, "BP111"), what or "these keys do not fit together", remedy)


def misfit(tree: Map, finding: Finding, written: Map) -> Complaint:
    """Locate a finding about how the pieces fit together."""
    place = _original(place_of(tree, finding.keys), written)
    return place.complaint(finding.code, finding.what, finding.remedy)


def unless_meant(whole: Map, finding: Finding) -> Iterator[Finding]:
    """Yield a finding, and how to say that it is meant if an amount is doubted, unless its author has."""
    if finding.code == "BP303":
        node: Node | None = whole
        around: list[Map] = []
        for step in finding.keys:
            around += [node] if isinstance(node, Map) else []
            node = None if node is None else child(node, step)
        beside = [node, *around[-1:]]
        notes = [str(each.get("note", "")) for each in beside if isinstance(each, Map)]
        if any(note.lower().startswith("meant") for note in notes):
            return
        finding = replace(finding, remedy=f"{finding.remedy}{MEANT}")
    yield finding


def told_once(written: Map, complaints: Iterable[Complaint]) -> list[Complaint]:
    """Return the complaints in the order of the file.

    What is wrong in a shared part is wrong wherever it is used; it is told for the place of writing.
    """

    def order(complaint: Complaint) -> tuple[object, ...]:
        way = steps_of(complaint.path.split("."))
        is_copy = (descend(written, way[:-1]) is None, descend(written, way) is None)
        return (complaint.mark or Mark("", 0, 0), complaint.code, is_copy, complaint.path, complaint.what)

    told: dict[object, Complaint] = {}
    for complaint in sorted(complaints, key=order):
        where = complaint.mark or complaint.path
        told.setdefault((where, complaint.code, complaint.what, complaint.remedy), complaint)
    return list(told.values())


def but_unfilled(complaints: list[Complaint], unfilled: list[Complaint]) -> list[Complaint]:
    """Leave out that a key is missing where it has been said why the library does not fill it."""
    around = {complaint.path.removesuffix(".source") for complaint in unfilled}
    return [
        c for c in complaints if c.code != "BP105" or around.isdisjoint({c.path, c.path.rpartition(".")[0]})
    ]
