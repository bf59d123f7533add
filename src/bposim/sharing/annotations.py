"""``source``, ``note`` and ``owner`` taken out of a tree, by the path that they stand at."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bposim.sharing.pieces import ANNOTATIONS, remade, without_list
from bposim.tree import List, Map, Text, dotted

if TYPE_CHECKING:
    from bposim.tree import Node, Steps


def take_annotations(tree: Map) -> tuple[Map, dict[str, dict[str, str]]]:
    """Take ``source``, ``note`` and ``owner`` out of every mapping but ``meta``; return them by dotted path.

    What is like another part and has a note of its own keeps it under the path of its place; that of the part
    which was first written stays with it.  Only texts are taken: a mapping of that name is something the
    scenario defines, such as a role "owner".
    """
    found: list[tuple[str, str, dict[str, str]]] = []

    def stripped(node: Node, steps: Steps) -> Node:
        if isinstance(node, List):
            return List([stripped(item, (*steps, i)) for i, item in enumerate(node)], node.mark)
        if not isinstance(node, Map) or steps == ("meta",):
            return node
        notes = {key: str(node[key]) for key in ANNOTATIONS if isinstance(node.get(key), Text)}
        full = dotted(steps)
        place = full if node.origin == full else without_list(full)
        origin = node.origin or place
        if notes:
            found.append((origin, place, notes))
        for key, value in node.items():
            if isinstance(value, Text) and value.source:
                found.append((f"{origin}.{key}", f"{place}.{key}", {"source": value.source}))
        items = {key: stripped(value, (*steps, key)) for key, value in node.items() if key not in notes}
        return remade(node, items)

    bare = cast("Map", stripped(tree, ()))
    taken = {origin: notes for origin, place, notes in found if origin == place}
    for origin, place, notes in found:
        if taken.setdefault(origin, notes) != notes:
            taken[place] = notes
    return bare, taken
