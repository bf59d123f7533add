"""From a scenario file to a Scenario, with every complaint located in the file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bposim import sharing
from bposim.clauses import WITHOUT, still_correlated, switched_off, uncorrelated
from bposim.consistency import findings
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.inputs.number import FORM_KEYS
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.origins import settled
from bposim.scenario import SCHEMA_VERSION, Scenario
from bposim.tree import Map, Node, Text, child
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

EXCLUSIVE = (
    FORM_KEYS,
    frozenset({"team", "vendor"}),
    frozenset(PRICE_MODELS),
    frozenset(FX_CLAUSES),
    frozenset({"fixed", "wages_of", "prices_of"}),
    frozenset({"volume_per_fte", "one_per", "fixed"}),
    frozenset({"severity", "records"}),
    frozenset({"margin", "incentive"}),
    frozenset({"allocation", "credit_rate", "credit_table"}),
)
"""Keys of which one mapping has one: an override with another of them replaces it."""


def load(
    path: str | Path, overrides: Mapping[str, str] | None = None, without: Sequence[str] = ()
) -> Scenario:
    """Read, check and return a scenario; ``overrides`` are paths and values as for ``--set``.

    ``without`` names clauses, risks and mitigations to leave out, as for ``--without``.

    Raises ScenarioError with every complaint.  Warnings are in ``scenario.warnings``.
    """
    tree = load_tree(path)
    for target, value in (overrides or {}).items():
        tree = sharing.set_value(tree, target, value)
    scenario = scenario_of(tree)
    return scenario.without(*without) if without else scenario


def scenario_of(written: Map) -> Scenario:
    """Return the scenario that a tree describes."""
    tree = settled(sharing.resolve(written, families=EXCLUSIVE, read=load_tree))
    tree, annotations = sharing.take_annotations(tree)
    _check_version(tree)
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        raise ScenarioError(
            _sorted(_complaint(tree, finding) for finding in error.errors(include_url=False))
        ) from None
    complaints = [_place(tree, f.keys).complaint(f.code, f.what, f.remedy) for f in findings(scenario)]
    errors = [complaint for complaint in complaints if not complaint.code.startswith("BP3")]
    if errors:
        raise ScenarioError(_sorted(errors))
    return scenario.described(
        sha256=_content_hash(tree),
        warnings=_sorted(complaints),
        annotations=annotations,
        cut=_Cut(written),
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Reads a tree again without some of its clauses, risks and mitigations."""

    written: Map = field(compare=False)

    def __call__(self, names: Sequence[str], before: Scenario) -> Scenario:
        """Return the scenario without these names; ``before`` is the one with them."""
        tree = switched_off(sharing.resolve(self.written, families=EXCLUSIVE, read=load_tree), names)
        try:
            after = scenario_of(uncorrelated(tree)).uncertain.names
            scenario = scenario_of(still_correlated(tree, before.uncertain.names, after))
        except ScenarioError as error:
            what = f"the scenario does not work without it: {error.complaints[0]}"
            remedy = "leave out what needs it, too"
            raise ScenarioError([Complaint("BP204", name, what, remedy, WITHOUT) for name in names]) from None
        return scenario.drawn_like(before)


def _check_version(tree: Map) -> None:
    version = tree.get("schema_version")
    if version is None or str(version) != str(SCHEMA_VERSION):
        found = "is missing" if version is None else f"is {version}"
        mark = tree.key_marks.get("schema_version", tree.mark)
        raise ScenarioError(
            [
                Complaint(
                    "BP109", "schema_version", f"it {found}", f"write schema_version: {SCHEMA_VERSION}", mark
                )
            ]
        )


def _content_hash(tree: Map) -> str:
    """Return SHA-256 of the content: comments, order and layout do not count."""
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _sorted(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Return the complaints in the order of the file, each once."""
    return sorted(set(complaints), key=lambda c: (c.mark or Mark("", 0, 0), c.code, c.path, c.what))


def _complaint(tree: Map, finding: Mapping[str, Any]) -> Complaint:
    """Translate one finding of pydantic's into the language of the file."""
    kind, loc, message = finding["type"], finding["loc"], finding["msg"].removeprefix("Value error, ")
    place = _place(tree, loc)
    if kind == "missing":
        return place.parent_complaint("BP105", str(loc[-1]), "the key is missing", "add it")
    if kind == "bp_unknown_key":
        return place.key_complaint("BP104", "unknown key", message)
    if place.node == "" and kind != "bp_range":
        return place.complaint("BP105", "the value is missing", "write a value after the colon")
    if kind == "value_error":
        code = "BP107" if isinstance(place.node, Text) else "BP202"
    else:
        code = "BP201" if kind == "bp_range" or kind.startswith(("greater_than", "less_than")) else "BP106"
    what, semicolon, remedy = message.partition("; ")
    return place.complaint(code, what, remedy if semicolon else "`bposim schema` says what belongs here")


@dataclass(frozen=True, slots=True)
class _Place:
    """A node of the tree and where it stands."""

    path: str
    node: Node
    mark: Mark | None
    key_mark: Mark | None

    def complaint(self, code: str, what: str, remedy: str) -> Complaint:
        """Complain about the value."""
        return Complaint(code, self.path, what, remedy, self.mark)

    def key_complaint(self, code: str, what: str, remedy: str) -> Complaint:
        """Complain about the key."""
        return Complaint(code, self.path, what, remedy, self.key_mark)

    def parent_complaint(self, code: str, key: str, what: str, remedy: str) -> Complaint:
        """Complain about a key that the mapping lacks, at the mapping's own key."""
        return Complaint(code, f"{self.path}.{key}".lstrip("."), what, remedy, self.key_mark)


def _place(tree: Map, loc: Sequence[str | int]) -> _Place:
    """Follow a location as far as the tree goes; steps that name a kind, not a key, are passed over."""
    place = _Place("", tree, tree.mark, tree.mark)
    for step in loc:
        if isinstance(place.node, Map) and step not in place.node:
            inner = [key for key, value in place.node.items() if isinstance(value, Map) and step in value]
            place = _below(place, inner[0]) if len(inner) == 1 else place
        place = _below(place, step)
    return place


def _below(place: _Place, step: str | int) -> _Place:
    node = child(place.node, step)
    if node is None:
        return place
    mark = node.mark or place.mark
    if isinstance(place.node, Map):
        path = f"{place.path}.{step}".lstrip(".")
        return _Place(path, node, mark, place.node.key_marks.get(str(step), mark))
    return _Place(f"{place.path}[{step}]", node, mark, mark)
