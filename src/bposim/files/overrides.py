"""``--set``: a value written where the scenario would be changed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from bposim import sharing
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.files.resolved import resolved
from bposim.part import close_match
from bposim.scenario import Scenario
from bposim.tree import List, Map, Node, child, descend, dotted, steps_of, walk

if TYPE_CHECKING:
    from bposim.tree import Steps

_SET = "--set"
"""What stands for the file in the mark of an override."""


def overridden(tree: Map, target: str, text: str) -> Map:
    """Return the tree with an override, written where the scenario would be changed by hand.

    What only ``like:`` or ``extends:`` brings to a place is laid over there, as own keys are; mappings that
    do not exist yet are added.
    """
    whole = resolved(tree)
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


def meant(tree: Map, complaint: Complaint) -> Complaint:
    """Return the complaint about an unknown key of an override with the path that may have been meant."""
    is_override = complaint.mark is not None and complaint.mark.file == _SET
    if complaint.code != "BP104" or not is_override or "did you mean" in complaint.remedy:
        return complaint
    parent, _, key = complaint.path.rpartition(".")
    whole = resolved(tree)
    top = descend(whole, steps_of(parent.split(".") if parent else []))
    names = {way[-1]: ".".join(way) for way, _ in walk(top)} if isinstance(top, Map) else {}
    names.pop(key, None)
    close = close_match(key, names)
    return replace(complaint, remedy=f'did you mean "{parent}.{names[close]}"?') if close else complaint
