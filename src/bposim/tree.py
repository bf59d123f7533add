"""A scenario file as plain nodes that remember where they were written.

``Map`` and ``List`` are a dict and a list, ``Text`` is a str, so pydantic reads them as such.  Each knows
its :class:`~bposim.errors.Mark`; a ``Map`` also knows its *origin*, the dotted path at which it was first
written.  The origin survives ``like:``, which is how one uncertain price stays one draw in every
alternative that uses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.errors import Mark

Node: TypeAlias = "Map | List | Text"
"""Anything that can stand in a scenario file."""

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a node: keys of mappings and positions in lists."""


class Text(str):
    """A YAML scalar as written; ``plain`` is False when it stood in quotes or in a block."""

    __slots__ = ("mark", "plain", "source")
    plain: bool
    mark: Mark | None
    source: str
    """Where the value comes from, if the mapping around it speaks of another source; empty otherwise."""

    def __new__(cls, value: str, mark: Mark | None = None, *, plain: bool = True, source: str = "") -> Self:
        """Keep the scalar's text with its place."""
        text = super().__new__(cls, value)
        text.mark = mark
        text.plain = plain
        text.source = source
        return text


class List(list["Node"]):
    """A YAML sequence."""

    def __init__(self, items: list[Node] | None = None, mark: Mark | None = None) -> None:
        super().__init__(items or [])
        self.mark = mark


class Map(dict[str, "Node"]):
    """A YAML mapping; ``key_marks`` gives the place of each key."""

    def __init__(
        self,
        items: dict[str, Node] | None = None,
        mark: Mark | None = None,
        key_marks: dict[str, Mark] | None = None,
        origin: str = "",
    ) -> None:
        super().__init__(items or {})
        self.mark = mark
        self.key_marks: dict[str, Mark] = key_marks or {}
        self.origin = origin


def standing_for(original: object, items: Mapping[str, Any]) -> Map:
    """Return a mapping of other items with the place and the origin of the value it stands for."""
    return Map(
        dict(items),
        getattr(original, "mark", None),
        getattr(original, "key_marks", None),
        getattr(original, "origin", ""),
    )


def walk(node: Node, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield every node below this one with its path; ``legs[0]`` is one component."""
    if isinstance(node, Map):
        inside = [((*names, key), value) for key, value in node.items()]
    elif isinstance(node, List) and names:
        inside = [((*names[:-1], f"{names[-1]}[{i}]"), value) for i, value in enumerate(node)]
    else:
        return
    for path, value in inside:
        yield path, value
        yield from walk(value, path)


def steps_of(names: Sequence[str]) -> Steps:
    """Split ``legs[0]`` into the key and the position; ``legs.0`` needs no quotes in a flow mapping."""
    steps: list[str | int] = []
    for name in names:
        key, *positions = re.split(r"\[([0-9]{1,6})\]", name)
        steps.append(int(key) if re.fullmatch("[0-9]{1,6}", key) else key)
        steps.extend(int(position) for position in positions if position)
    return tuple(steps)


def dotted(steps: Steps) -> str:
    """Write the way as a person does, ``legs[0].vendor``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def child(node: Node, step: str | int) -> Node | None:
    """Give the node one step below; None where there is none."""
    if isinstance(node, Map):
        return node.get(str(step))
    if isinstance(node, List) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def descend(node: Node, steps: Steps) -> Node | None:
    """Give the node at the end of the steps; None where there is none."""
    for step in steps:
        below = child(node, step)
        if below is None:
            return None
        node = below
    return node
