"""Origins of legs that do not depend on the order of the list they stand in.

Inputs, noise and events are drawn under the path at which they were written.  A leg of a list is written at
``legs[0]``; here that becomes ``legs[north]`` for a leg named north and ``legs[vendor PH]`` for one without
name, so that neither reordering the list nor changing a term moves a draw.  Only legs of one kind and country
without names are told apart by their order.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bposim.tree import List, Map

if TYPE_CHECKING:
    from bposim.tree import Node


def settled(tree: Map) -> Map:
    """Return the tree with the origin of every leg, and of all inside it, free of the leg's position."""
    renamed: dict[str, str] = {}
    alternatives = tree.get("alternatives")
    for name, alternative in alternatives.items() if isinstance(alternatives, Map) else ():
        legs = alternative.get("legs") if isinstance(alternative, Map) else None
        here = f"alternatives.{name}.legs["
        if isinstance(legs, List):
            renamed |= _renamed([leg for leg in legs if isinstance(leg, Map) and leg.origin.startswith(here)])
    moved = _moved(tree, {old: new for old, new in renamed.items() if old != new})
    return moved if isinstance(moved, Map) else tree


def _renamed(written: list[Map]) -> dict[str, str]:
    """Return the settled origin of each leg of a list, by the origin it was read with."""
    taken: Counter[str] = Counter()
    renamed: dict[str, str] = {}
    for leg in written:
        label = _label(leg)
        taken[label] += 1
        number = f" {taken[label]}" if taken[label] > 1 else ""
        renamed[leg.origin] = f"{leg.origin.rpartition('[')[0]}[{label}{number}]"
    return renamed


def _label(leg: Map) -> str:
    """Return what tells a leg from the others of its list, whatever its terms: name, or kind and country."""
    if "name" in leg:
        return re.sub(r"[.\[\]]", " ", str(leg["name"]))
    kind = "team" if "team" in leg else "vendor"
    body = leg.get(kind)
    country = body.get("country", "") if isinstance(body, Map) else ""
    return f"{kind} {country}".strip()


def _moved(node: Node, renamed: dict[str, str]) -> Node:
    if not renamed:
        return node
    if isinstance(node, List):
        return List([_moved(item, renamed) for item in node], node.mark)
    if not isinstance(node, Map):
        return node
    head, bracket, rest = node.origin.partition("].")
    leg = head + bracket[:1]
    origin = renamed[leg] + bracket[1:] + rest if leg in renamed else node.origin
    return Map(
        {key: _moved(value, renamed) for key, value in node.items()}, node.mark, node.key_marks, origin
    )
