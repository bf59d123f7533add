"""Pieces of a tree made anew: what alternatives and legs are called, how a mapping is given other items."""

from __future__ import annotations

import difflib
import re
from itertools import islice
from typing import TYPE_CHECKING

from bposim.tree import List, Map, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bposim.errors import Mark
    from bposim.tree import Node, Steps

ANNOTATIONS = ("source", "note", "owner")

LEG_KINDS = ("team", "vendor")

MAX_NAMES = 1000
"""Names that a suggestion is chosen from; comparing all names of a hostile file would take minutes."""

_ONLY_LEG = re.compile(r"^(alternatives\.[^.]+)\.legs\[0\]")
_NUMBER = re.compile(r"([A-Z]{3} ?)?[+-]?[0-9.]")
"""How a single value begins that somebody can have a source for."""


def with_source(node: Node, source: Node) -> Node:
    """Give a mapping or number that has no source of its own with this one; anything else as it is."""
    if not isinstance(source, Text):
        return node
    if isinstance(node, Text) and not node.source and _NUMBER.match(node):
        return Text(node, node.mark, plain=node.plain, source=source)
    if not isinstance(node, Map) or "source" in node:
        return node
    return remade(node, {**node, "source": source})


def written_at(node: Node, origin: str, mark: Mark | None) -> Node:
    """Give the node as if it were written at this place."""
    if isinstance(node, Text):
        return Text(node, mark, plain=node.plain, source=node.source)
    if isinstance(node, List):
        return List([written_at(item, f"{origin}[{i}]", mark) for i, item in enumerate(node)], mark)
    items = {key: written_at(value, f"{origin}.{key}", mark) for key, value in node.items()}
    return Map(items, mark, dict.fromkeys(items, mark) if mark else {}, origin)


def is_alternative(steps: Steps) -> bool:
    """Tell whether the way leads to an alternative."""
    return len(steps) == 2 and steps[0] == "alternatives"  # noqa: PLR2004


def without_list(path: str) -> str:
    """Return the path of what is in an alternative's only leg as it is where that is written directly."""
    return _ONLY_LEG.sub(r"\1", path)


def is_leg(steps: Steps) -> bool:
    """Tell whether the way leads to a leg of an alternative."""
    return len(steps) == 4 and steps[0] == "alternatives" and steps[2] == "legs"  # noqa: PLR2004


def as_written(node: Node, place: Steps, rest: Steps) -> Steps:
    """Make ``legs[0].team`` of ``team``, or the reverse, as the alternative at ``place`` is written."""
    legs = node.get("legs") if isinstance(node, Map) else None
    if is_alternative(place) and legs is None and rest[:2] == ("legs", 0) and len(rest) > 2:  # noqa: PLR2004
        return rest[2:]
    if is_alternative(place) and isinstance(legs, List) and len(legs) == 1 and rest[0] in LEG_KINDS:
        return ("legs", 0, *rest)
    return rest


def leg_of(alternative: Map, keys: Sequence[str], origin: str) -> Map:
    """Make a leg of the keys that stand directly in an alternative."""
    marks = {key: alternative.key_marks[key] for key in keys if key in alternative.key_marks}
    mark = next(iter(marks.values()), alternative.mark)
    return Map({key: alternative[key] for key in keys}, mark, marks, origin)


def remade(node: Map, items: dict[str, Node]) -> Map:
    """Give the mapping with other items, at its place and with its origin."""
    marks = {key: mark for key, mark in node.key_marks.items() if key in items}
    return Map(dict(items), node.mark, marks, node.origin)


def nearest(word: str, known: Collection[str]) -> str:
    """Return the known name that is most like the word; an empty text where none is."""
    close = difflib.get_close_matches(word, list(islice(known, MAX_NAMES)), n=1)
    return close[0] if close else ""
