"""``like:`` carried out, within one file and from the library."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol, cast

from bposim.errors import Complaint, ScenarioError
from bposim.sharing.paths import find
from bposim.sharing.pieces import ANNOTATIONS, as_written, is_alternative, is_leg, nearest, remade, written_at
from bposim.tree import List, Map, Text, child, descend, dotted, steps_of
from bposim.yaml_tree import MAX_COMPLAINTS

if TYPE_CHECKING:
    from bposim.sharing.overlay import Overlay
    from bposim.tree import Node, Steps

MAX_PENDING = 100
"""Mappings and lists that wait for a ``like:`` inside them; a hostile chain must not exhaust the stack."""

_OWN = frozenset({"baseline", "title"})
"""What an alternative does not take over from another one: it would no longer tell them apart."""

_LIBRARY = "library"


class Shelf(Protocol):
    """A library of ready-made pieces; paths are without the leading ``library.``."""

    def node(self, path: str) -> Node | None:
        """Give the piece at the path; None where there is none."""

    def advice(self, path: str) -> str:
        """Say what to write instead of a path that leads nowhere."""


class _Circle(Exception):  # noqa: N818 - it is caught where the circle can be named
    """A node is needed for its own making."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps


class Likes:
    """Carries out each ``like:`` of one tree, once, and finds those that need themselves."""

    def __init__(
        self, tree: Map, overlay: Overlay, complaints: list[Complaint], library: Shelf | None
    ) -> None:
        self.tree = tree
        self.library = None if _LIBRARY in tree else library
        self.overlay = overlay
        self.complaints = complaints
        self.done: dict[Steps, Node] = {}
        self.pending: dict[Steps, bool] = {}

    def resolved(self, node: Node, steps: Steps) -> Node:
        """Give the node with everything that it takes over."""
        if isinstance(node, Text):
            return node
        if steps in self.done:
            return self.done[steps]
        if steps in self.pending:
            raise _Circle(steps)
        if len(self.pending) == MAX_PENDING:
            self.complain(steps, node, "like: goes through too many other mappings", "shorten the chain")
            raise ScenarioError(self.complaints)
        self.pending[steps] = isinstance(node, Map) and "like" in node
        try:
            made = self.made(node, steps)
        finally:
            del self.pending[steps]
        self.done[steps] = made
        return made

    def made(self, node: Map | List, steps: Steps) -> Node:
        """Give what :meth:`resolved` keeps: the node laid over what it is like."""
        if isinstance(node, List):
            values = [self.resolved(item, (*steps, i)) for i, item in enumerate(node)]
            same = all(a is b for a, b in zip(values, node, strict=True))
            return node if same else self.overlay.measured(List(values, node.mark))
        base = self.taken_over(node, steps) if "like" in node else None
        if isinstance(base, Text):
            return base
        items = {key: self.resolved(value, (*steps, key)) for key, value in node.items() if key != "like"}
        same = len(items) == len(node) and all(items[key] is node[key] for key in items)
        own = node if same else self.overlay.measured(remade(node, items))
        if base is not None:
            own = self.overlay.over(base, own, steps)
        return self.overlay.with_legs(own) if is_alternative(steps) else own

    def taken_over(self, node: Map, steps: Steps) -> Map | Text | None:
        """Give what ``like:`` points at; None, with a complaint, where that is nothing to build on."""
        like = node["like"]
        if not isinstance(like, Text) or not like:
            self.complain(steps, like, "like: wants one name or path", "write like: alternatives.<name>")
            return None
        if self.library and like.startswith(f"{_LIBRARY}."):
            return self.from_library(self.library, node, like, steps)
        return self.base(node, like, steps)

    def base(self, node: Map, like: Text, steps: Steps) -> Map | Text | None:
        """Give what ``like:`` points at in this tree; None, with a complaint, where that is nothing."""
        target = self.target(like, steps)
        try:
            base = self.at(target)
        except _Circle as circle:
            waiting = list(self.pending)
            inside = waiting[waiting.index(circle.steps) :]
            way = [circle.steps, *(s for s in inside if self.pending[s]), target, circle.steps]
            names = [dotted(s) for k, s in enumerate(way) if k == 0 or s != way[k - 1]]
            self.complain(steps, like, f"like: goes in a circle: {' -> '.join(names)}", "write one out")
            return None
        if base is None:
            self.complain(
                steps, like, f'there is no "{like}" to be like', self.suggestion(like, target, steps)
            )
            return None
        if isinstance(base, Text) and set(node) <= {"like", *ANNOTATIONS}:
            return base  # a certain number that is shared like an uncertain one
        if not isinstance(base, Map):
            kind = "a list" if isinstance(base, List) else "a single value"
            self.complain(steps, like, f'"{like}" is {kind}', "point at a mapping")
            return None
        if is_alternative(steps):
            return remade(base, {key: value for key, value in base.items() if key not in _OWN})
        return self.only_leg(base, like, steps) if is_leg(steps) and is_alternative(target) else base

    def from_library(self, library: Shelf, node: Map, like: Text, steps: Steps) -> Map | Text | None:
        """Give a piece of the library as if it were written here: with this place and this origin."""
        path = like.partition(".")[2]
        piece = library.node(path)
        if piece is None or isinstance(piece, List):
            what = f'there is no "{like}" to be like' if piece is None else f'"{like}" is a list'
            self.complain(steps, like, what, library.advice(path))
            return None
        return cast("Map | Text", written_at(piece, node.origin or dotted(steps), like.mark))

    def target(self, like: str, steps: Steps) -> Steps:
        """Give the way that ``like:`` points; an alternative or a leg may name an alternative alone."""
        names = self.tree.get("alternatives")
        if (is_leg(steps) or is_alternative(steps)) and isinstance(names, Map) and like in names:
            return ("alternatives", like)
        return steps_of(like.split("."))

    def at(self, target: Steps) -> Node | None:
        """Give the resolved node at the target; None where there is none."""
        node: Node = self.tree
        place: Steps = ()
        rest = target
        while rest:
            if place and isinstance(node, Map):
                rest = as_written(node, place, rest)
                if "like" in node or (is_alternative(place) and rest[0] == "legs" not in node):
                    node = self.resolved(node, place)  # what it holds is only known once it is made
                    return descend(node, as_written(node, place, rest))
            below = child(node, rest[0])
            if below is None:
                return None
            node, place, rest = below, (*place, rest[0]), rest[1:]
        return self.resolved(node, place)

    def only_leg(self, alternative: Map, like: Text, steps: Steps) -> Map | None:
        """Give the one leg of an alternative that a leg is to be like; None, with a complaint, of several."""
        legs = alternative.get("legs")
        if isinstance(legs, List) and len(legs) == 1 and isinstance(legs[0], Map):
            return legs[0]
        count = len(legs) if isinstance(legs, List) else 0
        name = like.rpartition(".")[2]
        remedy = f'name one, as in like: "alternatives.{name}.legs[0]"'
        self.complain(steps, like, f'"{like}" has {count} legs, and one leg can only be like one', remedy)
        return None

    def suggestion(self, like: str, target: Steps, steps: Steps) -> str:
        """Name the nearest thing that could have been meant."""
        exact = find(self.tree, like)
        if exact:
            return f'did you mean "{".".join(exact[0])}"?'
        names = self.tree.get("alternatives")
        if isinstance(names, Map) and len(target) == 1 and (is_leg(steps) or is_alternative(steps)):
            close = nearest(like, names)
            listed = ", ".join(islice((name for name in names if name != steps[1]), 10))
            return f'did you mean "{close}"?' if close else f"the alternatives are: {listed}"
        node: Node = self.tree
        for i, step in enumerate(target):
            below = child(node, step)
            if below is None:
                close = nearest(str(step), node) if isinstance(node, Map) else ""
                path = dotted((*target[:i], close, *target[i + 1 :]))
                return f'did you mean "{path}"?' if close else "give a path from the top, such as inputs.name"
            node = below
        return "give a path from the top, such as inputs.name"

    def complain(self, steps: Steps, place: Node, what: str, remedy: str) -> None:
        """Note a complaint, once."""
        complaint = Complaint("BP110", dotted(steps), what, remedy, place.mark)
        if complaint not in self.complaints:
            self.complaints.append(complaint)
        if len(self.complaints) >= MAX_COMPLAINTS:
            raise ScenarioError(self.complaints)
