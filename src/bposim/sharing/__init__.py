"""Parts of a scenario that are written once and used again: ``extends:``, ``like:``, ``--set``.

A mapping with ``like: target`` is the target with its own keys laid over it; a scenario with
``extends: base.yaml`` is the base with its own keys laid over it.  Mappings are laid over mappings key by
key, everything else replaces.  Four rules go beyond that:

- *Families.*  Keys of one family exclude each other: where the overlay has one, the base's others go.
- *Origins.*  A mapping laid over another keeps the base's origin, so both are one draw.  Where the overlay
  says a family's content wholly anew (another distribution, another price model) it keeps its own.
- *Library.*  ``like: library.<key>`` takes a default of the library.  Its origin is the place of its use:
  two places that use one figure are two draws, unless one of them is like the other.
- *Legs.*  ``team:`` or ``vendor:`` written directly in an alternative is its only leg.

Every value keeps the mark of the place where it was written, and no tree is changed in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bposim.errors import Complaint, ScenarioError
from bposim.sharing.annotations import take_annotations
from bposim.sharing.bases import with_bases
from bposim.sharing.likes import Likes, Shelf
from bposim.sharing.overlay import Overlay
from bposim.sharing.paths import find, set_value
from bposim.sharing.pieces import ANNOTATIONS, with_source, written_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bposim.tree import Map

__all__ = [
    "ANNOTATIONS",
    "Shelf",
    "find",
    "resolve",
    "set_value",
    "take_annotations",
    "with_source",
    "written_at",
]


def resolve(
    tree: Map,
    *,
    families: Sequence[frozenset[str]] = (),
    read: Callable[[str], Map] | None = None,
    library: Shelf | None = None,
) -> Map:
    """Give the scenario with every ``extends:`` and ``like:`` carried out and every leg in a ``legs:`` list.

    Args:
        tree: a scenario as it was read.
        families: sets of keys that exclude each other; percentiles (``p10``) are in the family of ``likely``.
        read: reads a base file, by its path; without it ``extends:`` is refused.
        library: where ``like: library.<key>`` is looked up; a top-level ``library:`` of the tree goes before.

    Raises:
        ScenarioError: with a BP110 for each target that does not exist or leads in a circle.
    """
    complaints: list[Complaint] = []
    overlay = Overlay(families, complaints)
    whole = with_bases(tree, read, overlay)
    shared = Likes(whole, overlay, complaints, library).resolved(whole, ())
    if complaints:
        raise ScenarioError(sorted(complaints, key=lambda c: (c.mark is not None, c.mark)))
    return cast("Map", shared)
