"""From a scenario file to a Scenario, with every complaint located in the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bposim import sharing
from bposim.consistency import findings
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.inputs.number import FORM_KEYS
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.scenario import SCHEMA_VERSION, Scenario
from bposim.tree import List, Map, Node, Text
from bposim.yaml_tree import load_tree

EXCLUSIVE = (
    FORM_KEYS,
    frozenset({"team", "vendor"}),
    frozenset(PRICE_MODELS),
    frozenset(FX_CLAUSES),
    frozenset({"fixed", "wages_of", "prices_of"}),
    frozenset({"volume_per_fte", "one_per", "fixed"}),
)
"""Keys of which one mapping has one: an override with another of them replaces it."""


def load(path: str | Path, overrides: Mapping[str, str] | None = None) -> Scenario:
    """Read, check and return a scenario; ``overrides`` are paths and values as for ``--set``.

    Raises ScenarioError with every complaint.  Warnings are in ``scenario.warnings``.
    """
    tree = load_tree(path)
    for target, value in (overrides or {}).items():
        tree = sharing.set_value(tree, target, value)
    return scenario_of(tree)


def scenario_of(tree: Map) -> Scenario:
    """Return the scenario that a tree describes."""
    tree = sharing.resolve(tree, families=EXCLUSIVE, read=load_tree)
    tree, annotations = sharing.annotations(tree)
    _check_version(tree)
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        raise ScenarioError(_sorted(_complaint(tree, finding) for finding in error.errors(include_url=False))) from None
    complaints = [_located(tree, f.code, f.keys, f.what, f.remedy) for f in findings(scenario)]
    errors = [complaint for complaint in complaints if not complaint.code.startswith("BP3")]
    if errors:
        raise ScenarioError(_sorted(errors))
    return scenario.described(sha256=_content_hash(tree), warnings=_sorted(complaints), annotations=annotations)


def _check_version(tree: Map) -> None:
    version = tree.get("schema_version")
    if version is None or str(version) != str(SCHEMA_VERSION):
        found = "is missing" if version is None else f"is {version}"
        mark = tree.key_marks.get("schema_version", tree.mark)
        raise ScenarioError([
            Complaint("BP109", "schema_version", f"it {found}", f"write schema_version: {SCHEMA_VERSION}", mark)
        ])


def _content_hash(tree: Map) -> str:
    """Return SHA-256 of the content: comments, order and layout do not count."""
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _sorted(complaints: Any) -> list[Complaint]:  # noqa: ANN401
    return sorted(set(complaints), key=lambda c: (c.mark or Mark("", 0, 0), c.code, c.path, c.what))


def _complaint(tree: Map, finding: Mapping[str, Any]) -> Complaint:
    """Translate one finding of pydantic's into the language of the file."""
    kind, loc, message = finding["type"], finding["loc"], finding["msg"]
    if kind == "missing":
        return _located(tree, "BP105", loc, "the key is missing", "add it", parent=True)
    if kind == "bp_unknown_key":
        return _located(tree, "BP104", loc, "unknown key", message)
    what, remedy = _split(message.removeprefix("Value error, "))
    if kind == "value_error":
        code = "BP107" if isinstance(_node(tree, loc), str) else "BP202"
    elif kind == "bp_range" or kind.startswith(("greater_than", "less_than")):
        code = "BP201"
    else:
        code = "BP106"
    if isinstance(_node(tree, loc), str) and _node(tree, loc) == "" and kind != "bp_range":
        return _located(tree, "BP105", loc, "the value is missing", "write a value after the colon")
    return _located(tree, code, loc, what, remedy)


def _split(message: str) -> tuple[str, str]:
    what, semicolon, remedy = message.partition("; ")
    return (what, remedy) if semicolon else (message, "see `bposim schema` for what belongs here")


def _steps(tree: Node, loc: Sequence[str | int]) -> list[tuple[Node, str | int]]:
    """Follow a location through the tree; parts of it that name a kind, not a key, are passed over."""
    steps: list[tuple[Node, str | int]] = []
    node: Node = tree
    for key in loc:
        if isinstance(node, Map) and key not in node:
            inner = [(k, v) for k, v in node.items() if isinstance(v, Map) and key in v]
            if len(inner) == 1:
                steps.append((node, inner[0][0]))
                node = inner[0][1]
        if isinstance(node, Map) and key in node:
            steps.append((node, key))
            node = node[str(key)]
        elif isinstance(node, List) and isinstance(key, int) and key < len(node):
            steps.append((node, key))
            node = node[key]
    return steps


def _node(tree: Map, loc: Sequence[str | int]) -> Node:
    steps = _steps(tree, loc)
    if not steps:
        return tree
    parent, key = steps[-1]
    return parent[key]  # type: ignore[index,call-overload,no-any-return]


def _located(
    tree: Map, code: str, loc: Sequence[str | int], what: str, remedy: str, *, parent: bool = False
) -> Complaint:
    """Return the complaint with its path as the file writes it and the mark of the nearest place."""
    mark, path = tree.mark, ""
    for node, key in _steps(tree, loc):
        if isinstance(node, Map):
            mark = node.key_marks.get(str(key), mark)
            path = f"{path}.{key}" if path else str(key)
            value = node[str(key)]
            if isinstance(value, Text) and value.mark is not None and code not in {"BP104"}:
                mark = value.mark
        elif isinstance(node, List):
            entry = node[int(key)]
            mark = getattr(entry, "mark", None) or mark
            path = f"{path}[{key}]"
    if parent and loc:
        path = f"{path}.{loc[-1]}" if path else str(loc[-1])
    return Complaint(code, path, what, remedy, mark)
