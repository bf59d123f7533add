"""From a scenario file to a Scenario, with every complaint located in the file."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from bposim import sharing
from bposim.clauses import WITHOUT, still_correlated, switched_off, uncorrelated
from bposim.consistency import Finding, findings
from bposim.data_files import DataFiles
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.inputs.number import FORM_KEYS
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.library.catalogue import SHELF
from bposim.library.places import filled
from bposim.origins import settled
from bposim.part import close_match
from bposim.quantities import kind_of
from bposim.scenario import SCHEMA_VERSION, Scenario
from bposim.tree import List, Map, Node, Text, child, descend, dotted, standing_for, steps_of, walk
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.tree import Steps

EXCLUSIVE = (
    FORM_KEYS,
    frozenset({"team", "vendor"}),
    frozenset(PRICE_MODELS),
    frozenset(FX_CLAUSES),
    frozenset({"fixed", "wages_of", "prices_of"}),
    frozenset({"volume_per_fte", "one_per", "fixed"}),
    frozenset({"drift", "parity"}),
    frozenset({"severity", "records"}),
    frozenset({"margin", "incentive"}),
    frozenset({"allocation", "credit_rate", "credit_table"}),
)
"""Keys of which one mapping has one: an override with another of them replaces it."""

_SET = "--set"
"""What stands for the file in the mark of an override."""

_CODES = {
    "bp_missing": "BP105",
    "bp_unknown_key": "BP104",
    "bp_type": "BP106",
    "bp_range": "BP201",
}
"""The code of a finding by its kind; a value's own complaint is told apart by what the value is."""


def load(
    path: str | Path, overrides: Mapping[str, str] | None = None, without: Sequence[str] = ()
) -> Scenario:
    """Read, check and return a scenario; ``overrides`` are paths and values as for ``--set``.

    An override means the same as writing the value at its path into the file, so what is ``like`` it follows.
    ``without`` names clauses, risks and mitigations to leave out, as for ``--without``.

    Raises ScenarioError with every complaint.  Warnings are in ``scenario.warnings``.
    """
    tree = load_tree(path)
    for target, value in (overrides or {}).items():
        tree = _overridden(tree, target, value)
    try:
        scenario = scenario_of(tree).changed_by(
            [f"--set {target}={value}" for target, value in (overrides or {}).items()]
        )
        return scenario.without(*without) if without else scenario
    except ScenarioError as error:
        raise ScenarioError(_meant(tree, complaint) for complaint in error.complaints) from None


def scenario_of(written: Map) -> Scenario:
    """Return the scenario that a tree describes."""
    shared = sharing.resolve(written, families=EXCLUSIVE, read=load_tree, library=SHELF)
    whole, unfilled = filled(shared)
    whole = settled(whole)
    bare, annotations = sharing.take_annotations(whole)
    unread = [*_version(bare), *unfilled]
    data = DataFiles(Path(bare.mark.file).parent if bare.mark else Path())
    tree = cast("Map", data.filled(bare))
    unread += [*data.complaints, *_empty(tree)]
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unread += _but_unfilled([_complaint(tree, finding, written) for finding in details], unfilled)
        unread += _foreseen(tree, details, written)
        raise ScenarioError(_told_once(written, unread)) from None
    complaints = [_misfit(tree, finding, written) for finding in findings(scenario)]
    errors = [*unread, *(complaint for complaint in complaints if not complaint.code.startswith("BP3"))]
    if errors:
        raise ScenarioError(_told_once(written, errors))
    return scenario.described(
        sha256=_content_hash(tree),
        warnings=_told_once(written, complaints),
        annotations=annotations,
        data_files=data.hashes,
        cut=_Cut(written, whole),
    )


def written_out(scenario: Scenario) -> Map:
    """Return what a scenario was read from with all sharing carried out; each mapping knows its origin.

    Raises ValueError for a scenario that is not from a file.
    """
    cut = scenario.reader
    if not isinstance(cut, _Cut):
        raise ValueError("the scenario was not read from a file, so nothing is written anywhere")  # noqa: TRY004 - as without()
    return cut.whole


@dataclass(frozen=True, slots=True)
class _Cut:
    """Reads a tree again without some of its clauses, risks and mitigations."""

    written: Map = field(compare=False)
    whole: Map = field(compare=False)
    """With all sharing carried out, as it was then: a file that it extends may change later."""

    def __call__(self, names: Sequence[str], before: Scenario) -> Scenario:
        """Return the scenario without these names; ``before`` is the one with them."""
        tree = switched_off(
            sharing.resolve(self.written, families=EXCLUSIVE, read=load_tree, library=SHELF), names
        )
        try:
            after = scenario_of(uncorrelated(tree)).uncertain.names
            scenario = scenario_of(still_correlated(tree, before.uncertain.names, after))
        except ScenarioError as error:
            what = f"the scenario does not work without it: {error.complaints[0]}"
            remedy = "leave out what needs it, too"
            raise ScenarioError([Complaint("BP204", name, what, remedy, WITHOUT) for name in names]) from None
        return scenario.drawn_like(before)


def _but_unfilled(complaints: list[Complaint], unfilled: list[Complaint]) -> list[Complaint]:
    """Leave out that a key is missing where it has been said why the library does not fill it."""
    around = {complaint.path.removesuffix(".source") for complaint in unfilled}
    return [
        c for c in complaints if c.code != "BP105" or around.isdisjoint({c.path, c.path.rpartition(".")[0]})
    ]


def _misfit(tree: Map, finding: Finding, written: Map) -> Complaint:
    place = _original(_place(tree, finding.keys), written)
    return place.complaint(finding.code, finding.what, finding.remedy)


def _foreseen(tree: Map, details: Iterable[Mapping[str, Any]], written: Map) -> list[Complaint]:
    """Return what will not fit together once each value can be read, as far as that can be told now.

    Misspelt keys are taken for what they were meant to be, and a number is put where one could not be read;
    what then depends on such a number is left unsaid.
    """
    mended, guessed = tree, False
    for finding in details:
        steps = _place(mended, finding["loc"]).steps
        kind, last = finding["type"], str(finding["loc"][-1]) if finding["loc"] else ""
        meant = re.search('did you mean "(.+)"', finding["msg"])
        if kind == "bp_unknown_key":
            mended = _exchanged(mended, steps, meant[1] if meant else "", None)
            continue
        guessed = True
        if kind == "bp_missing" and (not steps or str(steps[-1]) != last):
            steps = (*steps, last)
        mended = _exchanged(mended, steps, str(steps[-1]) if steps else "", Text("1"))
    try:
        scenario = Scenario.model_validate(mended)
    except ValidationError:
        return []
    return [
        _misfit(tree, f, written)
        for f in findings(scenario)
        if not f.code.startswith("BP3")
        and (not guessed or (f.code in _CERTAIN and "transition" not in f.keys))
    ]


_CERTAIN = frozenset({"BP204", "BP205", "BP207"})
"""What names and currencies say, whatever the numbers are."""


def _exchanged(tree: Map, steps: Steps, key: str, value: Node | None) -> Map:
    """Return the tree with the last step's entry under another key, or gone without one; or another value."""
    *way, last = steps or ("",)

    def remade(node: Node, rest: Sequence[str | int]) -> Node:
        if isinstance(node, List):
            if rest:
                return List([remade(item, rest[1:]) if i == rest[0] else item for i, item in enumerate(node)])
            return List([value if i == last and value is not None else item for i, item in enumerate(node)])
        if not isinstance(node, Map):
            return node
        if rest:
            items = {k: remade(v, rest[1:]) if k == str(rest[0]) else v for k, v in node.items()}
            return standing_for(node, items)
        items = {k: v for k, v in node.items() if k != str(last)}
        moved = value if value is not None else node.get(str(last))
        if key and key not in items and moved is not None:
            items[key] = moved
        return standing_for(node, items)

    return cast("Map", remade(tree, way))


def _version(tree: Map) -> Iterator[Complaint]:
    """Yield that the version is missing; of a file in another version nothing else can be said."""
    version = tree.get("schema_version")
    path, remedy = "schema_version", f"write schema_version: {SCHEMA_VERSION}"
    if version is None:
        yield Complaint("BP109", path, "it is missing", remedy, tree.key_marks.get(path, tree.mark))
    elif version and str(version) != str(SCHEMA_VERSION):
        what = f"{kind_of(version)} is not a version that this bposim knows"
        raise ScenarioError([Complaint("BP109", path, what, remedy, tree.key_marks.get(path))])


def _empty(tree: Map) -> Iterator[Complaint]:
    """Yield each key without a value; a text would take it as an empty text."""
    for names, node in walk(tree):
        if isinstance(node, Text) and not node and node.plain:
            yield _place(tree, steps_of(names)).complaint("BP105", *_NO_VALUE)


_NO_VALUE = ("the value is missing", "write one after the colon, or remove the key if it is optional")


def _content_hash(tree: Map) -> str:
    """Return SHA-256 of the content: comments, order and layout do not count."""
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _told_once(written: Map, complaints: Iterable[Complaint]) -> list[Complaint]:
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


def _complaint(tree: Map, finding: Mapping[str, Any], written: Map) -> Complaint:
    """Locate a finding of the models in the file."""
    kind, loc = finding["type"], finding["loc"]
    what, _, remedy = finding["msg"].rpartition("; ")
    place = _original(_place(tree, loc), written)
    if place.node == "":
        return place.complaint("BP105", *_NO_VALUE)
    if kind == "bp_missing" and loc and loc[-1] not in place.steps[-1:]:
        return place.complaint("BP105", what, remedy, below=str(loc[-1]))
    if kind == "bp_unknown_key" or "[key]" in loc:
        place = replace(place, mark=place.key_mark)
    if kind == "bp_value":
        return place.complaint("BP107" if isinstance(place.node, Text) else "BP202", what, remedy)
    return place.complaint(_CODES.get(kind, "BP111"), what or "these keys do not fit together", remedy)


@dataclass(frozen=True, slots=True)
class _Place:
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


def _place(tree: Map, loc: Sequence[str | int]) -> _Place:
    """Follow a location as far as the tree goes; steps that name a kind, not a key, are passed over."""
    place = _Place("", tree, tree.mark, tree.mark)
    for step in loc:
        place = _below(place, step)
    return place


def _original(place: _Place, written: Map) -> _Place:
    """Return the place at which a mapping that ``like:`` took over unchanged was written."""
    node = place.node
    if not isinstance(node, Map) or not node.key_marks or node.origin in {"", place.path}:
        return place
    original = _place(written, steps_of(node.origin.split(".")))
    if not isinstance(original.node, Map) or original.path != node.origin:
        return place
    return original if node.key_marks.items() <= original.node.key_marks.items() else place


def _below(place: _Place, step: str | int) -> _Place:
    node = child(place.node, step)
    if node is None:
        return place
    mark = node.mark or place.mark
    if isinstance(place.node, Map):
        path = f"{place.path}.{step}".lstrip(".")
        return _Place(path, node, mark, place.node.key_marks.get(str(step), mark), (*place.steps, step))
    if node.mark is not None and node.mark == place.key_mark:  # the leg was written without a list
        return _Place(place.path.removesuffix(".legs"), node, mark, mark, (*place.steps, step))
    return _Place(f"{place.path}[{step}]", node, mark, mark, (*place.steps, step))


def _overridden(tree: Map, target: str, text: str) -> Map:
    """Return the tree with an override, written where the scenario would be changed by hand.

    What only ``like:`` or ``extends:`` brings to a place is laid over there, as own keys are; mappings that
    do not exist yet are added.
    """
    whole = sharing.resolve(tree, families=EXCLUSIVE, read=load_tree, library=SHELF)
    is_new = not sharing.find(whole, target)
    if sharing.find(tree, target) or (is_new and sharing.find(tree, target.rpartition(".")[0])):
        return sharing.set_value(tree, target, text)
    ways = _ways(whole, target)
    if len(ways) == 1:
        steps = _as_written(tree, steps_of(ways[0]))
        opened = _opened(tree, steps[:-1], ())
        if opened is not None:
            return sharing.set_value(cast("Map", opened), dotted(steps), text)
        if not is_new:
            what = "it comes out of a list that like: or extends: takes over"
            where = getattr(descend(whole, steps_of(ways[0])[:-1]), "origin", "")
            remedy = f"set {where}.{ways[0][-1]}, where it is written, or write the list anew"
            raise ScenarioError([Complaint("BP204", target, what, remedy, Mark(_SET, 1, 1))])
    return sharing.set_value(whole, target, text)


def _ways(whole: Map, target: str) -> list[tuple[str, ...]]:
    """Return the full paths that a target can mean, of which the last steps may not exist yet."""
    names = target.split(".")
    for known in range(len(names), 0, -1):
        found = sharing.find(whole, ".".join(names[:known]))
        if found:
            return [(*way, *names[known:]) for way in found]
    return [tuple(names)] if names[0] in Scenario.file_keys() else []


def _as_written(tree: Map, steps: Steps) -> Steps:
    """Return the steps with an alternative's only leg as it may be written, without a list."""
    alternative = descend(tree, steps[:2])
    if steps[2:4] == ("legs", 0) and not (isinstance(alternative, Map) and "legs" in alternative):
        return steps[:2] + steps[4:]
    return steps


def _opened(node: Node, steps: Steps, way: Steps) -> Node | None:
    """Return the node with a mapping at the end of the steps; None where that takes an entry of a list."""
    if not steps:
        return node if isinstance(node, Map) else None
    step, mark = steps[0], Mark(_SET, 1, 1)
    below = child(node, step)
    if below is None and isinstance(node, Map) and isinstance(step, str):
        below = Map(mark=mark, origin=dotted((*way, step)))
    inner = _opened(below, steps[1:], (*way, step)) if below is not None else None
    if inner is None:
        return None
    if isinstance(node, List):
        return List([inner if i == step else item for i, item in enumerate(node)], node.mark)
    assert isinstance(node, Map)  # noqa: S101 - a text has nothing below it
    key = str(step)
    marks = node.key_marks if key in node else {**node.key_marks, key: mark}
    return Map({**node, key: inner}, node.mark, marks, node.origin)


def _meant(tree: Map, complaint: Complaint) -> Complaint:
    """Return the complaint about an unknown key of an override with the path that may have been meant."""
    is_override = complaint.mark is not None and complaint.mark.file == _SET
    if complaint.code != "BP104" or not is_override or "did you mean" in complaint.remedy:
        return complaint
    parent, _, key = complaint.path.rpartition(".")
    whole = sharing.resolve(tree, families=EXCLUSIVE, read=load_tree, library=SHELF)
    top = descend(whole, steps_of(parent.split(".") if parent else []))
    names = {way[-1]: ".".join(way) for way, _ in walk(top)} if isinstance(top, Map) else {}
    names.pop(key, None)
    close = close_match(key, names)
    return replace(complaint, remedy=f'did you mean "{parent}.{names[close]}"?') if close else complaint
