"""A scenario file as plain nodes that remember where they were written.

``Map`` and ``List`` are a dict and a list, ``Text`` is a str, so pydantic reads them as such.  Each knows
its :class:`~bposim.errors.Mark`; a ``Map`` also knows its *origin*, the dotted path at which it was first
written.  The origin survives ``like:``, which is how one uncertain price stays one draw in every
alternative that uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from bposim.errors import Mark

Node: TypeAlias = "Map | List | Text"
"""Anything that can stand in a scenario file."""


class Text(str):
    """A YAML scalar as written; ``plain`` is False when it stood in quotes or in a block."""

    __slots__ = ("mark", "plain")
    plain: bool
    mark: Mark | None

    def __new__(cls, value: str, mark: Mark | None = None, *, plain: bool = True) -> Self:
        """Keep the scalar's text with its place."""
        text = super().__new__(cls, value)
        text.mark = mark
        text.plain = plain
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
