"""A scenario with some of the differences to another one: the old file with pieces of the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bposim.errors import ScenarioError
from bposim.files import scenario_of, written_out
from bposim.tree import List, Map, child, descend, standing_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bposim.differences import Difference, Differences
    from bposim.scenario import Scenario
    from bposim.tree import Node, Steps


class Mixer:
    """Makes scenarios with some of the differences between two."""

    def __init__(self, found: Differences, acting: tuple[Difference, ...]) -> None:
        self.found = found
        self.acting = acting
        """The differences that are told apart; all of them together are the new scenario."""
        self.old, self.new = written_out(found.old), written_out(found.new)
        self.made: dict[frozenset[str], Scenario | None] = {frozenset(): found.old}

    def works(self, chosen: Iterable[Difference]) -> bool:
        """Return whether these differences alone make a scenario."""
        try:
            self.scenario(chosen)
        except ScenarioError:
            return False
        return True

    def scenario(self, chosen: Iterable[Difference]) -> Scenario:
        """Return the old scenario with these differences; raises ScenarioError where they make none."""
        chosen = list(chosen)
        name = frozenset(f"{one.kind} {one.path}" for one in chosen)
        if name not in self.made:
            whole = len(chosen) == len(self.acting)
            try:
                self.made[name] = self.found.new if whole else scenario_of(self._tree(chosen))
            except ScenarioError:
                self.made[name] = None
                raise
        made = self.made[name]
        if made is None:
            raise ScenarioError([])
        return made

    def _tree(self, chosen: Sequence[Difference]) -> Map:
        tree: Map = self.old
        for one in sorted(chosen, key=lambda one: one.kind == "removed"):
            for place in one.places:
                tree = self._moved(tree, *place)
        return tree

    def _moved(self, tree: Map, old: Steps, new: Steps) -> Map:
        """Return the tree with what the new file has at ``new``, or its lack of it, at ``old``.

        Where there is no such place, what is around it is taken over.
        """
        while len(old) > 1 and (
            descend(tree, old[:-1]) is None
            or (isinstance(old[-1], int) and (descend(tree, old) is None or descend(self.new, new) is None))
            or isinstance(descend(tree, old[:-1]), str)
            or isinstance(descend(self.new, new[:-1]), str)
        ):
            old, new = old[:-1], new[:-1]
        return cast("Map", _exchanged(tree, old, descend(self.new, new)))


def _exchanged(node: Node, steps: Steps, value: Node | None) -> Node:
    """Return a node with another value at the end of the steps, or without it."""
    step, *rest = steps
    if isinstance(node, List):
        items = [
            _exchanged(item, tuple(rest), value) if rest else value if value is not None else item
            for number, item in enumerate(node)
            if number == step
        ]
        return List([items[0] if number == step else item for number, item in enumerate(node)], node.mark)
    if not isinstance(node, Map):
        return node
    key = str(step)
    below = child(node, step)
    inner = _exchanged(below, tuple(rest), value) if rest and below is not None else value
    kept = {name: item for name, item in node.items() if name != key}
    return standing_for(node, kept if inner is None else {**kept, key: inner})
