"""Text files of rows and columns, in a dialect that is stated and never guessed.

A header line, columns parted by the delimiter, a point or the stated decimal sign, UTF-8.  Whatever is not so
is a :class:`~bposim.errors.ScenarioError` with the file's line.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.part import close_match
from bposim.quantities import read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bposim.tree import Map, Text

MAX_COMPLAINTS = 20
"""Reading one file stops here: what is wrong twenty times is wrong throughout."""

DELIMITERS = {",": ",", ";": ";", "tab": "\t"}
DECIMALS = (".", ",")

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are parted and its numbers written."""

    delimiter: str = ","
    decimal: str = "."
    decimal_remedy: str = 'add decimal: "," beside file:'
    """How one says that the decimal sign is a comma."""

    def number(self, cell: str) -> float:
        """Read a cell; raises ValueError with what is wrong and what to write."""
        if self.decimal == ",":
            if "." in cell:
                raise ValueError(f'"{cell}" has a point, and the decimal sign is a comma; write it without')
            cell = cell.replace(",", ".")
        elif re.fullmatch(r"[+-]?[0-9]+,[0-9]+", cell):
            raise ValueError(f'"{cell}" has a comma; {self.decimal_remedy} if it is the decimal sign')
        return read_number(cell)


class CsvTable:
    """The rows of a CSV file below its header."""

    def __init__(self, file: str, text: str, dialect: Dialect) -> None:
        self.file = file
        self.dialect = dialect
        self.rows = self._rows(text)
        try:
            self.header = [name.strip() for name in next(self.rows)[1]]
        except StopIteration:
            remedy = "write a header line and rows below"
            raise refused("", "the file is empty", remedy, self.mark(1)) from None

    def mark(self, line: int) -> Mark:
        """Return the place of a line."""
        return Mark(self.file, line, 1)

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line; empty lines at the end are none."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.dialect.delimiter, strict=True)
        empty: list[int] = []
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise refused(
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
        return each(self.rows, self.header[index], lambda row: self._cell(row, index), self.file, path)

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
            what = f"the file has {len(self.header)} columns"
            raise refused(path, what, f"add column: with one of {listed}", asked.mark)
        count = self.header.count(name)
        if count == 1:
            return self.header.index(name)
        if count:
            raise refused(path, f'{count} columns are called "{name}"', "rename all but one", self.mark(1))
        other = next((sign for sign, char in DELIMITERS.items() if char in self.header[0]), "")
        close = close_match(name, self.header)
        remedy = f'did you mean "{close}"?' if close else f"the columns are: {listed}"
        if other and len(self.header) == 1:
            remedy = f'add delimiter: "{other}", which seems to part the columns'
        raise refused(path, f'the file has no column "{name}"', remedy, name.mark)


def each(
    rows: Iterable[tuple[int, list[str]]],
    column: str,
    read: Callable[[list[str]], Read],
    file: str,
    path: str = "",
) -> list[Read]:
    """Return what ``read`` makes of every row, about a column; ScenarioError with the lines it refuses.

    ``read`` raises ValueError as ``what; remedy``.
    """
    values: list[Read] = []
    complaints: list[Complaint] = []
    for line, row in rows:
        try:
            values.append(read(row))
        except ValueError as error:
            what, _, remedy = str(error).rpartition("; ")
            where = f'column "{column}": {what}'
            complaints.append(Complaint("BP208", path, where, remedy, Mark(file, line, 1)))
            if len(complaints) == MAX_COMPLAINTS:
                break
    if complaints:
        raise ScenarioError(complaints)
    return values


def text_of(data: bytes, file: str) -> str:
    """Decode UTF-8, with or without the mark that spreadsheets put in front."""
    start = Mark(file, 1, 1)
    if data.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise refused("", "the file is a workbook", "save the sheet as CSV (UTF-8)", start)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise refused("", "the file is binary or in UTF-16", "save it as CSV (UTF-8)", start)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise refused("", what, "save it as CSV (UTF-8)", Mark(file, line, 1)) from None


def refused(path: str, what: str, remedy: str, mark: Mark | None) -> ScenarioError:
    """Return the error of data that cannot be used."""
    return ScenarioError([Complaint("BP208", path, what, remedy, mark)])
