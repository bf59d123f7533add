"""From a workbook back to the text of a scenario file: the workbook carries the file that it was made of."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bposim.assumption_book.applying import applied
from bposim.assumption_book.container import open_book
from bposim.assumption_book.listing import rows_of
from bposim.assumption_book.merging import merged
from bposim.assumption_book.places import CellPlace, whole_book
from bposim.assumption_book.reading import read_edits
from bposim.assumption_book.rows import SLOTS, VALUE, path_of
from bposim.assumption_book.workbook import HIDDEN, SCHEMA
from bposim.assumption_book.yaml_text import spots
from bposim.errors import Complaint, ScenarioError
from bposim.files import scenario_of
from bposim.yaml_tree import MAX_BYTES, content_of, read_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.assumption_book.container import Sheet
    from bposim.assumption_book.edits import BookChange
    from bposim.assumption_book.reading import Reading
    from bposim.assumption_book.rows import Row
    from bposim.tree import Steps

_AGAIN = "export the book again"


@dataclass(frozen=True, slots=True)
class Imported:
    """A scenario file with the changes of a workbook in it."""

    data: bytes
    """The new file; the old one's bytes but for the changes."""
    changes: tuple[BookChange, ...]
    remarks: tuple[str, ...]
    """Every coercion, with its cell."""
    kept: tuple[BookChange, ...]
    """What the file itself has changed since the book was made; it stays."""
    warnings: tuple[Complaint, ...]
    """What is unusual about the new scenario, by cell where it stands in one."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """The file inside a workbook."""

    name: str
    data: bytes


def import_book(
    book: str | Path, into: str | Path | None = None, output: str | Path | None = None
) -> Imported:
    """Return a scenario file with the changes that somebody made in a workbook of its assumptions.

    Args:
        book: an .xlsx file that :func:`bposim.assumption_book.export_book` has made.
        into: the scenario file to change; without it, the one that the workbook carries.
        output: where the result will be stored: paths in it are read from there.

    Raises:
        ScenarioError: with every complaint, each with its sheet and cell.
        ExtraMissingError: where python-calamine is not installed.
    """
    found = open_book(book)
    file = str(book)
    carried = _carried(found, file)
    base_rows = _rows(carried.data, carried.name, into or output)
    reading = read_edits(file, found, base_rows)
    data, name = carried.data, str(output or carried.name)
    edits, kept = reading.edits, list["BookChange"]()
    if into is not None:
        data = content_of(into)
        if data != carried.data:
            edits, kept = merged(reading.edits, base_rows, _rows(data, str(into), into), str(into))
        name = str(output or into)
    new = applied(data, edits)
    try:
        scenario = scenario_of(read_tree(new, name))
    except ScenarioError as error:
        raise ScenarioError(_in_cells(error.complaints, new, reading)) from None
    return Imported(
        new,
        tuple(change for edit in edits for change in edit.told()),
        tuple(reading.remarks),
        tuple(kept),
        tuple(_in_cells(scenario.warnings, new, reading)),
    )


def _carried(found: dict[str, Sheet], file: str) -> _Carried:
    """Return the scenario file that the workbook carries."""
    sheet = found.get(HIDDEN)
    if sheet is None:
        what = "the workbook is not one of assumptions, or its hidden sheet is gone"
        raise ScenarioError([Complaint("BP402", "", what, _AGAIN, whole_book(file))])
    cells = [str(row[0]) if row else "" for row in sheet.cells]
    place = CellPlace(file, 0, 0, HIDDEN)
    schema, name, digest, _, *pieces = [*cells, "", "", "", ""]
    if schema != SCHEMA:
        what = f"the workbook is of another version ({schema[:40]})"
        raise ScenarioError([Complaint("BP402", "", what, _AGAIN, place)])
    try:
        packed = base64.b64decode("".join(pieces), validate=True)
        data = zlib.decompressobj().decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError):
        data = b""
    if sha256(data).hexdigest() != digest:
        what = "the scenario file inside the workbook is damaged"
        raise ScenarioError([Complaint("BP402", "", what, _AGAIN, place)])
    return _Carried(Path(name.replace("\\", "/")).name or "scenario.yaml", data)


def _rows(data: bytes, name: str, beside: str | Path | None) -> list[Row]:
    return rows_of(read_tree(data, name), _currency(data, name, beside))


def _currency(data: bytes, name: str, beside: str | Path | None) -> str:
    """Return the base currency, which may stand in the file that this one extends."""
    tree = read_tree(data, str(Path(beside).parent / name) if beside else name)
    if "base_currency" in tree:
        return str(tree["base_currency"])
    return scenario_of(tree).base_currency


def _in_cells(complaints: Sequence[Complaint], data: bytes, reading: Reading) -> list[Complaint]:
    """Return complaints with the cell in place of the line, where the value stands in one."""
    text = data.decode("utf-8").removeprefix("\ufeff")
    root = spots(text)
    lines = [0]
    lines += [position + 1 for position, char in enumerate(text) if char == "\n"]

    def placed(complaint: Complaint) -> Complaint:
        mark = complaint.mark
        if mark is None or isinstance(mark, CellPlace) or mark.line > len(lines):
            return complaint
        steps = root.way_to(lines[mark.line - 1] + mark.column - 1)
        place = _cell_of(steps, complaint.what, reading)
        return replace(complaint, mark=place) if place else complaint

    return [placed(complaint) for complaint in complaints]


def _cell_of(steps: Steps, what: str, reading: Reading) -> CellPlace | None:
    """Return the cell of a value of the file; None for one that is in no cell.

    A complaint about a number as a whole names its key first, ``likely 500 is above high 300``.
    """
    by_key = {key: column for slots in SLOTS.values() for column, key in slots.items()}
    for count in range(len(steps), 0, -1):
        here = path_of(steps[:count])
        path = here if here in reading.places else f"{here}[2]"  # a correlation has its row at the number
        place = reading.places.get(path)
        if place is None:
            continue
        columns = reading.columns[place.sheet]
        named = [*map(str, steps[count:]), what.partition(" ")[0]]
        found = (column for word in named for column in (by_key.get(word), word) if column in columns)
        first = next(iter(SLOTS.get(reading.kinds.get(path, ""), {VALUE: ""})))
        return CellPlace(place.file, place.line, columns[next(found, first)] + 1, place.sheet)
    return None
