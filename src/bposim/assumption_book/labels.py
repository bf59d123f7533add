"""What people call a value of a scenario file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.plain_names import words
from bposim.tree import List, Map, Text

if TYPE_CHECKING:
    from bposim.tree import Node, Steps

_NAMED_BY_THE_FILE = frozenset({"alternatives", "inputs", "mitigations", "stresses", "roles", "investments"})
_PAIR_AND_NUMBER = 3


def is_correlation(steps: Steps, node: List) -> bool:
    """Tell whether a list is one correlation, ``[input, input, r]``."""
    pair = len(node) == _PAIR_AND_NUMBER and all(isinstance(end, Text) for end in node)
    return pair and "correlations" in str(steps) and isinstance(steps[-1], int)


def label_of(steps: Steps, tree: Map, node: Node) -> str:
    """Return what people call it."""
    last = steps[-1]
    if isinstance(last, str):
        return last if len(steps) > 1 and steps[-2] in _NAMED_BY_THE_FILE else _words(last)
    parent: Node = tree
    for step in steps[:-1]:
        parent = parent[step] if isinstance(parent, (Map, List)) else parent  # type: ignore[index]
    if isinstance(parent, List) and is_correlation(steps[:-1], parent):
        return f"{parent[0]} with {parent[1]}"
    names = [step for step in steps if isinstance(step, str)]
    count = len(parent) if isinstance(parent, List) else 0
    name = node.get("name") if isinstance(node, Map) else None
    called = f": {name}" if isinstance(name, Text) else ""
    return f"{_words(names[-1]) if names else 'Entry'}, {last + 1} of {count}{called}"


def _words(key: str) -> str:
    """Return a key of the file as words."""
    said = words(key)
    return said[:1].upper() + said[1:]
