"""The library's mitigations and clauses, as ``like: library.mitigations.…`` finds them.

An entry says what it is, on what its figures rest and how good they are; what a scenario takes over is the
piece below ``measure`` or ``clause``, with its grade as ``source:``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bposim.tree import List, Map, Text
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

PIECES: Mapping[str, str] = {"mitigations": "measure", "clauses": "clause"}
"""The files, and the key of the piece that a scenario takes over from an entry."""

_HERE = Path(__file__).parent


@cache
def entries(shelf: str) -> Mapping[str, Map]:
    """Return the entries of ``mitigations`` or ``clauses`` by name, as they are written."""
    written = cast("Map", load_tree(_HERE / f"{shelf}.yaml")["entries"])
    return {name: cast("Map", entry) for name, entry in written.items()}


def node(path: str) -> Map | None:
    """Return the piece at a path such as ``mitigations.encryption``; None where there is none."""
    shelf, _, name = path.partition(".")
    entry = entries(shelf).get(name) if shelf in PIECES else None
    piece = entry.get(PIECES[shelf]) if entry is not None else None
    if entry is None or piece is None:
        return None
    items = dict(piece) if isinstance(piece, Map) else {"value": piece}
    return Map({**items, "source": Text(_source(entry, path))}, origin=f"library.{path}")


def advice(path: str) -> str:
    """Say where something lives that is no piece to take over; an empty text for an unknown path."""
    shelf, _, name = path.partition(".")
    entry = entries(shelf).get(name) if shelf in PIECES else None
    if entry is None:
        return ""
    measures = entry.get("measures")
    if "lives" in entry:
        return f"it is no piece to take over: {entry['lives']}"
    return f"take the mitigations {' and '.join(map(str, measures))}" if isinstance(measures, List) else ""


def _source(entry: Map, path: str) -> str:
    basis = entry.get("basis")
    rows = f", on the basis of {', '.join(map(str, basis))}" if isinstance(basis, List) else ""
    return f"library: our assumption{rows} (grade {entry['grade']}) [{path}]"
