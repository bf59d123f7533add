"""Edits of a workbook, written into the text of a scenario file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bposim.assumption_book.rows import SLOTS, VALUE
from bposim.assumption_book.yaml_text import Change, changed, quoted, replaced_text, rewritten, spots
from bposim.errors import BposimError, Complaint, ScenarioError
from bposim.sharing import ANNOTATIONS
from bposim.tree import List, Map
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.assumption_book.edits import Edit
    from bposim.assumption_book.yaml_text import Spot
    from bposim.tree import Node

_BESIDE = frozenset({*ANNOTATIONS, "currency", "weight"})
"""Keys of a number's mapping that stay when the number is written in another form."""


def applied(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return a scenario file with the edits in it, every other byte as it was."""
    if not edits:
        return data
    text = data.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    root = spots(text)
    new = changed(text, [change for edit in edits for change in _changes(text, root, edit)])
    _check(text, new, edits)
    return (mark + new).encode()


def _changes(text: str, root: Spot, edit: Edit) -> Iterator[Change]:
    row = edit.row
    spot = root.at(row.steps)
    if spot is None:
        raise BposimError(f"{row.path} is not found again in the file; please report this")
    if edit.words is not None:
        yield replaced_text(text, spot, edit.words)
        return
    new = _pairs(edit)
    if not row.is_map:
        if edit.kind is None and not edit.notes:
            yield Change(spot.start, spot.end, str(edit.figures[VALUE]))
            return
        value = new or {"value": row.figures[VALUE].text}
        notes = {name: quoted(words) for name, words in edit.notes.items() if words}
        inside = ", ".join(f"{key}: {each}" for key, each in (value | notes).items())
        yield Change(spot.start, spot.end, f"{{{inside}}}")
        return
    yield from _in_mapping(text, spot, edit, new)


def _pairs(edit: Edit) -> dict[str, str]:
    """Return the new keys of a number and their text."""
    slots = SLOTS.get(edit.kind or edit.row.kind, {VALUE: "value"})
    return {key: text for column, key in slots.items() if (text := edit.figures.get(column)) is not None}


def _in_mapping(text: str, spot: Spot, edit: Edit, new: dict[str, str]) -> Iterator[Change]:
    row = edit.row
    slots = SLOTS.get(row.kind, {})
    present = [key for key, _, _ in spot.pairs()]
    removed: list[str] = []
    added: dict[str, str] = {}
    if edit.kind is not None:
        removed = [key for key in present if key not in _BESIDE]
        added = new
    else:
        removed = [slots[column] for column, figure in edit.figures.items() if figure is None]
        for column, figure in edit.figures.items():
            if figure is None:
                continue
            if column in row.figures:
                value = spot.at((slots[column],))
                assert value is not None  # noqa: S101 - the row was made of it
                yield Change(value.start, value.end, figure)
            else:
                added[slots[column]] = figure
    for name, words in edit.notes.items():
        value = spot.below(name)
        if not words:
            removed.append(name)
        elif value is None:
            added[name] = quoted(words)
        else:
            yield replaced_text(text, value, words)
    if removed or added:
        figures_last = next((key for key in reversed(present) if key in slots.values()), None)
        is_number = bool(row.kinds)
        after = (figures_last or present[-1]) if is_number or spot.flow else None
        yield from rewritten(text, spot, removed, added, after=after)


def _check(old: str, new: str, edits: Sequence[Edit]) -> None:
    """Raise unless the new text says exactly what the old one said, and the edits."""
    wanted = _plain(read_tree(old, "before"), {})
    for edit in edits:
        _edited(wanted, edit)
    try:
        found: Any = _plain(read_tree(new, "after"), {})
    except ScenarioError as error:
        found = error
    if found != wanted:
        paths = ", ".join(edit.row.path for edit in edits[:3])
        what = f"a change cannot be written without touching something else, at {paths} perhaps"
        remedy = "change the scenario file by hand there, and import the rest"
        raise ScenarioError([Complaint("BP402", "", what, remedy, edits[0].place)])


def _plain(node: Node, known: dict[int, Any]) -> Any:  # noqa: ANN401 - nested data
    """Return nodes as dicts and lists, in which an alias is the very object of its anchor."""
    if id(node) in known:
        return known[id(node)]
    made: Any
    if isinstance(node, Map):
        made = {key: _plain(value, known) for key, value in node.items()}
    elif isinstance(node, List):
        made = [_plain(item, known) for item in node]
    else:
        return str(node)
    known[id(node)] = made
    return made


def _edited(tree: Any, edit: Edit) -> None:  # noqa: ANN401 - nested data
    *way, last = edit.row.steps
    around = tree
    for step in way:
        around = around[step]
    if edit.words is not None:
        around[last] = edit.words
    elif edit.row.is_map:
        _edited_mapping(around[last], edit)
    elif edit.kind is None and not edit.notes:
        around[last] = edit.figures[VALUE]
    else:
        own = {} if edit.kind or edit.figures else {"value": around[last]}
        around[last] = own | _pairs(edit) | {name: words for name, words in edit.notes.items() if words}


def _edited_mapping(own: dict[str, Any], edit: Edit) -> None:
    gone = [key for key in own if edit.kind is not None and key not in _BESIDE]
    gone += [SLOTS[edit.row.kind][column] for column, figure in edit.figures.items() if figure is None]
    gone += [name for name, words in edit.notes.items() if not words]
    for key in gone:
        del own[key]
    own.update(_pairs(edit) | {name: words for name, words in edit.notes.items() if words})
