"""Data that a scenario takes from CSV files, read with the same suspicion as the scenario itself.

``{empirical: {file: data/losses.csv, column: loss}}`` becomes ``{empirical: {values: […]}}`` before the
scenario is checked.  The dialect is stated, never guessed: a header line, columns parted by ``delimiter``
(a comma if left out), a point or the stated ``decimal`` sign.  A file lies in the scenario's folder or below.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.part import close_match, suggestion
from bposim.quantities import kind_of, read_number
from bposim.tree import List, Map, Text, standing_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.tree import Node

MAX_BYTES = 20_000_000
MAX_COMPLAINTS = 20
"""Reading one file stops here: what is wrong twenty times is wrong throughout."""

DELIMITERS = {",": ",", ";": ";", "tab": "\t"}
DECIMALS = (".", ",")

_FILE_KEYS = ("file", "column", "delimiter", "decimal")
_OWN_KEYS = ("values", "min", "max")
_PLACEHOLDER = ("0", "1")
"""Stands for data that cannot be read, so that the rest of the scenario can still be checked."""


@dataclass(slots=True)
class DataFiles:
    """The scenario's data: what could be read, by whom it was asked for, and what is wrong."""

    folder: Path
    """The scenario's own folder, which no file may leave."""
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each file that was read, by its path below the folder."""
    complaints: list[Complaint] = field(default_factory=list)

    def filled(self, node: Node, path: str = "") -> Node:
        """Return the node with the data of every ``file:`` below it in place."""
        if isinstance(node, List):
            return List([self.filled(item, f"{path}[{i}]") for i, item in enumerate(node)], node.mark)
        if not isinstance(node, Map):
            return node
        items: dict[str, Node] = {}
        for key, value in node.items():
            here = f"{path}.{key}".lstrip(".")
            is_data = key == "empirical" and isinstance(value, Map) and "values" not in value
            items[key] = self._with_values(value, here) if is_data else self.filled(value, here)  # type: ignore[arg-type] - is_data
        return standing_for(node, items)

    def _with_values(self, asked: Map, path: str) -> Map:
        """Return an ``empirical`` mapping with the values of the column that it asks for."""
        found = len(self.complaints)
        for key in asked:
            if key not in (*_FILE_KEYS, *_OWN_KEYS):
                remedy = suggestion(key, (*_FILE_KEYS, *_OWN_KEYS))
                self.complaints.append(
                    Complaint("BP104", f"{path}.{key}", "unknown key", remedy, asked.key_marks.get(key))
                )
        misspelt = {close_match(key, _FILE_KEYS) for key in asked if key not in _FILE_KEYS}
        values = [Text(value) for value in _PLACEHOLDER]
        if "file" not in asked and not misspelt & {"file", "values"}:
            what, remedy = "there are no data", "add values: [1, 2, 3], or file: data/losses.csv with column:"
            self.complaints.append(Complaint("BP105", path, what, remedy, asked.mark))
        if len(self.complaints) == found:
            try:
                values = [Text(repr(value)) for value in self._column(asked, path)]
            except ScenarioError as error:
                self.complaints += error.complaints
        kept: dict[str, Node] = {key: asked[key] for key in ("min", "max") if key in asked}
        if len(self.complaints) > found:
            kept = {}  # the placeholder need not lie within the bounds
        return standing_for(asked, {"values": List([*values], asked.mark), **kept})

    def _column(self, asked: Map, path: str) -> list[float]:
        """Read the column; raises ScenarioError with all that is wrong with it."""
        for key in _FILE_KEYS:
            value = asked.get(key, Text("x"))
            if not isinstance(value, Text) or not value:
                what = f"expected text here, found {kind_of(value) if value else 'nothing'}"
                raise _refused(f"{path}.{key}", what, "write one word or path", asked.key_marks.get(key))
        source = asked["file"]
        assert isinstance(source, Text)  # noqa: S101 - checked above
        file = self._path(source, f"{path}.file")
        dialect = _Dialect(
            delimiter=_choice(asked, "delimiter", DELIMITERS, path), decimal=_choice(asked, "decimal", DECIMALS, path)
        )
        data = _bytes_of(file, source, f"{path}.file")
        name = file.resolve().relative_to(self.folder.resolve()).as_posix()
        self.hashes[name] = hashlib.sha256(data).hexdigest()
        table = _Table(str(file), _text_of(data, str(file)), dialect)
        column = asked.get("column")
        return table.column(column if isinstance(column, Text) else None, f"{path}.column", asked)

    def _path(self, source: Text, path: str) -> Path:
        """Return the path of a file that lies in the scenario's folder, seen from where it is named."""
        ways = PurePosixPath(source), PureWindowsPath(source)
        if "://" in source:
            what, remedy = f'"{source}" is an address on the network', "download it into the scenario's folder"
            raise _refused(path, what, remedy, source.mark)
        if any(way.anchor or ".." in way.parts for way in ways):
            what, remedy = f'"{source}" leads out of the scenario\'s folder', "use a relative path without .."
            raise _refused(path, what, remedy, source.mark)
        named_in = Path(source.mark.file).parent if source.mark and source.mark.file != "--set" else self.folder
        file = named_in / source
        if not file.resolve().is_relative_to(self.folder.resolve()):
            what, remedy = f'"{source}" is a link out of the scenario\'s folder', "put the file into the folder"
            raise _refused(path, what, remedy, source.mark)
        return file


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    decimal: str

    def number(self, cell: str) -> float:
        """Read a cell; raises ValueError with what is wrong and what to write."""
        if self.decimal == ",":
            if "." in cell:
                raise ValueError(f'"{cell}" has a point, and the decimal sign is a comma; write it without')
            cell = cell.replace(",", ".")
        elif re.fullmatch(r"[+-]?[0-9]+,[0-9]+", cell):
            raise ValueError(f'"{cell}" has a comma; add decimal: "," beside file: if it is the decimal sign')
        return read_number(cell)


class _Table:
    """The rows of a CSV file below its header."""

    def __init__(self, file: str, text: str, dialect: _Dialect) -> None:
        self.file = file
        self.dialect = dialect
        self.rows = self._rows(text)
        try:
            self.header = [name.strip() for name in next(self.rows)[1]]
        except StopIteration:
            raise _refused("", "the file is empty", "write a header line and rows below", self.mark(1)) from None

    def mark(self, line: int) -> Mark:
        return Mark(self.file, line, 1)

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line; empty lines at the end are none."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.dialect.delimiter, strict=True)
        empty: list[int] = []
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise _refused(
                    "", f"this is not CSV ({error})", "close every quote", self.mark(reader.line_num)
                ) from None
            if row is None:
                return
            if not row:
                empty.append(reader.line_num)
                continue
            yield from ((line, []) for line in empty)
            empty.clear()
            yield reader.line_num, row

    def column(self, name: Text | None, path: str, asked: Map) -> list[float]:
        """Return the numbers of the column, or of the only one if it has no name."""
        index = self._index(name, path, asked)
        complaints: list[Complaint] = []
        values: list[float] = []
        for line, row in self.rows:
            try:
                values.append(self._cell(row, index))
            except ValueError as error:
                what, _, remedy = str(error).rpartition("; ")
                where = f'column "{self.header[index]}": {what}'
                complaints.append(Complaint("BP208", path, where, remedy, self.mark(line)))
                if len(complaints) == MAX_COMPLAINTS:
                    break
        if complaints:
            raise ScenarioError(complaints)
        return values

    def _cell(self, row: list[str], index: int) -> float:
        if len(row) > len(self.header):
            raise ValueError(f"{len(row)} cells under {len(self.header)} names; check delimiter: and quotes")
        cell = row[index].strip() if index < len(row) else ""
        if not cell:
            raise ValueError("the cell is empty; fill it or leave the row out")
        return self.dialect.number(cell)

    def _index(self, name: Text | None, path: str, asked: Map) -> int:
        listed = ", ".join(self.header[:10])
        if name is None and len(self.header) == 1:
            return 0
        if name is None:
            raise _refused(path, f"the file has {len(self.header)} columns", f"add column: one of {listed}", asked.mark)
        count = self.header.count(name)
        if count == 1:
            return self.header.index(name)
        if count:
            raise _refused(path, f'{count} columns are called "{name}"', "rename all but one", self.mark(1))
        other = next((sign for sign, char in DELIMITERS.items() if char in self.header[0]), "")
        close = close_match(name, self.header)
        remedy = f'did you mean "{close}"?' if close else f"the columns are: {listed}"
        if other and len(self.header) == 1:
            remedy = f'add delimiter: "{other}", which seems to part the columns'
        raise _refused(path, f'the file has no column "{name}"', remedy, name.mark)


def _choice(asked: Map, key: str, known: dict[str, str] | tuple[str, ...], path: str) -> str:
    """Return what the key says about the dialect; the first of those known if it is left out."""
    value = asked.get(key, Text(next(iter(known))))
    if str(value) not in known:
        what, remedy = f"{kind_of(value)} is not known here", "write " + " or ".join(f'"{sign}"' for sign in known)
        raise _refused(f"{path}.{key}", what, remedy, value.mark)
    return known[str(value)] if isinstance(known, dict) else str(value)


def _bytes_of(file: Path, source: Text, path: str) -> bytes:
    try:
        if file.is_dir():
            raise _refused(path, f'"{source}" is a folder', "name a CSV file inside it", source.mark)
        if file.exists() and not file.is_file():
            raise _refused(path, f'"{source}" is not an ordinary file', "name a CSV file", source.mark)
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        names = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
        close = close_match(file.name, names)
        remedy = f'did you mean "{(PurePosixPath(source).parent / close)}"?' if close else "check the path"
        raise _refused(path, f'there is no file "{source}"', remedy, source.mark) from None
    except (OSError, ValueError) as error:
        raise _refused(path, f'"{source}" cannot be read ({error})', "check the path", source.mark) from None
    if len(data) > MAX_BYTES:
        what = f'"{source}" is larger than {MAX_BYTES // 1_000_000} MB'
        raise _refused(path, what, "keep the column that is needed", source.mark)
    return data


def _text_of(data: bytes, file: str) -> str:
    """Decode UTF-8, with or without the mark that spreadsheets put in front."""
    start = Mark(file, 1, 1)
    if data.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise _refused("", "the file is a workbook", "save the sheet as CSV (UTF-8)", start)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise _refused("", "the file is binary or in UTF-16", "save it as CSV (UTF-8)", start)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise _refused("", what, "save it as CSV (UTF-8)", Mark(file, line, 1)) from None


def _refused(path: str, what: str, remedy: str, mark: Mark | None) -> ScenarioError:
    return ScenarioError([Complaint("BP208", path, what, remedy, mark)])
