"""One mapping laid over another, within the limits of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.sharing.pieces import (
    ANNOTATIONS,
    LEG_KINDS,
    is_alternative,
    leg_of,
    remade,
    with_source,
    without_list,
)
from bposim.tree import List, Map, Text, dotted
from bposim.yaml_tree import MAX_DEPTH, MAX_NODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.tree import Node, Steps

_Collection = TypeVar("_Collection", Map, List)

_PERCENTILE = re.compile(r"p[0-9]+(\.[0-9]+)?")


class Overlay:
    """Lays one mapping over another, and keeps the result within the limits of a file."""

    def __init__(self, families: Sequence[frozenset[str]], complaints: list[Complaint]) -> None:
        self.families = [(family, "likely" in family) for family in families]
        self.complaints = complaints
        self.entries = 0
        self.extents: dict[int, tuple[Node, int, int]] = {}

    def over(self, base: Map, own: Map, steps: Steps) -> Map:
        """Lay ``own`` over ``base``; ``steps`` tells where, since alternatives have a rule of their own."""
        rivals, renewed = self.rivals(base, own)
        # A source or note speaks of the content that it stands by, and goes with it.
        dropped = rivals.union(ANNOTATIONS) if renewed else rivals
        items: dict[str, Node] = {key: value for key, value in base.items() if key not in dropped}
        replaced = items.keys() <= {*own, *ANNOTATIONS}
        is_here = without_list(base.origin) == without_list(own.origin)  # and not like another part
        speaks_anew = renewed or replaced or "source" in own
        if "source" in base and is_here and speaks_anew and steps[:1] != ("meta",):
            # It no longer speaks of this mapping, and still of what is taken over inside it.
            items.pop("source", None)
            items = {key: with_source(value, base["source"]) for key, value in items.items()}
            beside = own.get("source", Map())
            both = {k for k, v in own.items() if isinstance(v, Map) and isinstance(items.get(k), Map)}
            own = remade(own, {k: with_source(v, beside) if k in both else v for k, v in own.items()})
        for key, value in own.items():
            below = items.get(key)
            merges = isinstance(below, Map) and isinstance(value, Map)
            items[key] = self.over(below, value, (*steps, key)) if merges else value  # type: ignore[arg-type]
        marks = {**base.key_marks, **own.key_marks}
        if is_alternative(steps):
            self.settle_legs(items, marks, base, own, steps)
        origin = own.origin if renewed else base.origin
        return self.measured(Map(items, own.mark, {key: marks[key] for key in items if key in marks}, origin))

    def rivals(self, base: Map, own: Map) -> tuple[set[str], bool]:
        """Tell which keys of the base must go, and whether a family's content comes wholly from ``own``."""
        rivals: set[str] = set()
        renewed = False
        for family, has_percentiles in self.families:
            theirs, ours = (
                {key for key in node if key in family or (has_percentiles and _PERCENTILE.fullmatch(key))}
                for node in (base, own)
            )
            if ours and theirs:
                rivals |= theirs - ours
                renewed |= not any(
                    isinstance(own[key], Map) and isinstance(base.get(key), Map) for key in ours
                )
        return rivals, renewed

    def settle_legs(
        self, items: dict[str, Node], marks: dict[str, Mark], base: Map, own: Map, steps: Steps
    ) -> None:
        """Bring an alternative's ``legs`` list and its leg written directly into one form."""
        legs, direct = base.get("legs"), [key for key in LEG_KINDS if key in own]
        if "legs" in own:
            for key in LEG_KINDS:
                if key in base and key not in own:
                    items.pop(key, None)
        elif direct and isinstance(legs, List):
            if len(legs) == 1 and isinstance(legs[0], Map):
                leg = leg_of(own, direct, f"{own.origin}.legs[0]")
                items["legs"] = List([self.over(legs[0], leg, (*steps, "legs", 0))], legs.mark)
            else:
                what = f'"{direct[0]}" speaks of one leg, and there are {len(legs)} to be changed'
                self.complain(dotted((*steps, direct[0])), what, "write legs: in full", marks.get(direct[0]))
            for key in direct:
                del items[key]

    def with_legs(self, alternative: Map) -> Map:
        """Put a leg that is written directly in its alternative into a list of legs."""
        direct = [key for key in LEG_KINDS if key in alternative]
        if not direct or "legs" in alternative:
            return alternative
        leg = self.measured(leg_of(alternative, direct, f"{alternative.origin}.legs[0]"))
        items: dict[str, Node] = {key: value for key, value in alternative.items() if key not in direct}
        items["legs"] = self.measured(List([leg], leg.mark))
        made = remade(alternative, items)
        if leg.mark:
            made.key_marks["legs"] = leg.mark
        return self.measured(made)

    def complain(self, path: str, what: str, remedy: str, mark: Mark | None) -> None:
        """Note a complaint."""
        self.complaints.append(Complaint("BP110", path, what, remedy, mark))

    def measured(self, node: _Collection) -> _Collection:
        """Refuse a node that, written out in full, would be larger than a file may be."""
        self.entries += len(node)
        _, size, height = self.extent(node)
        if size > MAX_NODES or height > MAX_DEPTH or self.entries > MAX_NODES:
            what = f"written out in full this has over {MAX_NODES} entries or is over {MAX_DEPTH} deep"
            self.complaints.append(Complaint("BP108", "", what, "share less with like:", node.mark))
            raise ScenarioError(self.complaints)
        return node

    def extent(self, node: Node) -> tuple[Node, int, int]:
        """Give the node's size and height; it is held, so that no other node takes its identity."""
        if isinstance(node, Text):
            return node, 1, 0
        known = self.extents.get(id(node))
        if known is None:
            inside = [self.extent(item) for item in (node.values() if isinstance(node, Map) else node)]
            known = (
                node,
                1 + sum(size for _, size, _ in inside),
                1 + max((h for *_, h in inside), default=0),
            )
            self.extents[id(node)] = known
        return known
