"""Short paths, what they mean, and a value set at one (``--set``)."""

from __future__ import annotations

import difflib
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, cast

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.sharing.pieces import MAX_NAMES, remade
from bposim.tree import List, Map, descend, steps_of, walk
from bposim.yaml_tree import read_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.tree import Node, Steps

_ASIDE = ("stresses", "studies")
"""What is not the scenario itself: a path means something in there only if it begins there."""

_SET = Mark("--set", 1, 1)


def find(tree: Map, path: str) -> list[tuple[str, ...]]:
    """Find what a short path such as ``manila.price`` means: full paths, ``legs[0]`` being one component.

    The short path's components stand in the full path in the same order, the last at its end.  An exact path
    wins, then the shallowest; several answers are equally good.
    """
    *way, last = path.split(".")
    found: list[tuple[str, ...]] = []
    for names, _ in walk(tree):
        if ".".join(names) == path:
            return [names]
        is_quoted = names[0] in _ASIDE and way[:1] != [names[0]]  # names and keys there look like paths
        if names[-1] == last and _in_order(way, names[:-1]) and not is_quoted:
            found.append(names)
    depth = min(map(len, found), default=0)
    return [names for names in found if len(names) == depth]


def set_value(tree: Map, path: str, text: str) -> Map:
    """Give the tree with the value at ``path`` replaced by ``text``, read as YAML (``--set path=value``).

    A key that does not exist yet is added where its parent path means exactly one mapping; whether it is a
    known key is for validation to say.  Set values before :func:`resolve`: what is shared then stays shared.

    Raises:
        ScenarioError: BP204 for a path that means nothing or several things, or the finding about the text.
    """
    names = _the_one(path, find(tree, path)) or _new_key(tree, path)
    full = ".".join(names)
    try:
        value = read_node(text, _SET.file, origin=full)
    except ScenarioError as error:
        raise ScenarioError([replace(complaint, path=full) for complaint in error.complaints]) from None
    return cast("Map", _replaced(tree, steps_of(names), value))


def _the_one(path: str, found: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    if len(found) > 1:
        meant = ", ".join(".".join(names) for names in found[:5])
        what = f"this path fits {len(found)} places: {meant}"
        raise ScenarioError([Complaint("BP204", path, what, "write more of the path", _SET)])
    return found[0] if found else None


def _new_key(tree: Map, path: str) -> tuple[str, ...]:
    """Give the full path of a key that does not exist yet, in a mapping that does."""
    parent, _, key = path.rpartition(".")
    names = _the_one(path, find(tree, parent)) if parent else ()
    if names is not None and key and "[" not in key and isinstance(descend(tree, steps_of(names)), Map):
        return (*names, key)
    known = {names[-1]: ".".join(names) for names, _ in walk(tree)}
    close = difflib.get_close_matches(key, islice(known, MAX_NAMES), n=3)
    remedy = (
        f"did you mean {' or '.join(known[name] for name in close)}?" if close else "see the scenario's keys"
    )
    raise ScenarioError([Complaint("BP204", path, "the scenario has no such value", remedy, _SET)])


def _replaced(node: Node, steps: Steps, value: Node) -> Node:
    """Give the node with ``value`` at the end of the steps; what lies beside them is shared, not copied."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(node, List) and isinstance(step, int):
        return List(
            [_replaced(item, rest, value) if i == step else item for i, item in enumerate(node)], node.mark
        )
    if isinstance(node, Map):
        key = str(step)
        made = remade(node, {**node, key: _replaced(node.get(key, value), rest, value)})
        if not rest:
            made.key_marks[key] = _SET
        return made
    return node


def _in_order(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether the short path's components stand in the full path in this order; ``legs`` fits ``legs[0]``."""
    rest = iter(full)
    return all(any(name in (other, other.partition("[")[0]) for other in rest) for name in short)
