"""The file that is fitted to, read as the data files of a scenario are: nothing is filled in silently."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bposim.csv_table import DELIMITERS, MAX_COMPLAINTS, CsvTable, Dialect, Read, each, refused, text_of
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.fit.dates import DATE
from bposim.part import close_match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

MAX_BYTES = 20_000_000
"""The European Central Bank's whole history has two."""


DATE_NAMES = (
    "month",
    "date",
    "day",
    "period",
    "occurred",
    "occurred_on",
    "event_date",
    "loss_date",
    "reported",
)
"""Names by which a column of dates is found; any case."""


@dataclass
class Sheet:
    """Header and rows of a file, with what was taken for granted about them."""

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    """Each with its line; as many cells as the header has names."""
    dialect: Dialect
    said: list[str] = field(default_factory=list)
    """What was concluded from the file, a sentence each."""

    def mark(self, line: int) -> Mark:
        """Return the place of a line."""
        return Mark(self.file, line, 1)

    def refused(self, what: str, remedy: str, line: int | None = None) -> ScenarioError:
        """Return the error of data that cannot be used."""
        return refused("", what, remedy, self.mark(line) if line else Mark(self.file, 1, 1))

    def named(self, names: Iterable[str]) -> str | None:
        """Return the first column that has one of the names, in any case; None without one."""
        wanted = [name.lower() for name in names]
        return next((name for name in self.header if _key(name) in wanted), None)

    def index(self, name: str, option: str) -> int:
        """Return the place of a column; raises ScenarioError, naming the option that asked for it."""
        found = [k for k, own in enumerate(self.header) if own == name] or [
            k for k, own in enumerate(self.header) if own.lower() == name.lower()
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise self.refused(f'{len(found)} columns are called "{name}"', "rename all but one")
        close = close_match(name, self.header)
        listed = ", ".join(own for own in self.header[:12] if own)
        remedy = f'did you mean {option} "{close}"?' if close else f"the columns are: {listed}"
        raise self.refused(f'the file has no column "{name}"', remedy)

    def dates(self) -> str | None:
        """Return the column of dates: by its name, or by its first cell."""
        found = self.named(DATE_NAMES)
        if found is None and self.rows:
            first = self.rows[0][1]
            found = next(
                (n for n, cell in zip(self.header, first, strict=True) if DATE.fullmatch(cell)), None
            )
        return found

    def cells(
        self, name: str, option: str, read: Callable[[str], Read], *, empty: bool = False
    ) -> list[Read]:
        """Read every cell of a column; raises ScenarioError with all that is wrong with it.

        ``read`` raises ValueError as ``what; remedy``.  Only with ``empty`` may a cell hold nothing.
        """
        place = self.index(name, option)

        def cell(row: Sequence[str]) -> Read:
            if not row[place] and not empty:
                raise ValueError("the cell is empty; fill it or leave the row out")
            return read(row[place])

        return self.each(name, cell)

    def each(self, about: str, read: Callable[[Sequence[str]], Read]) -> list[Read]:
        """Read every row; raises ScenarioError with the lines that cannot be read."""
        return each(self.rows, about, read, self.file)

    def only_number(self, skip: Iterable[str | None], wanted: str) -> str:
        """Return the only column of numbers, other than those to skip; ScenarioError if there are more."""
        numbers = self.only_numbers(skip)
        if len(numbers) != 1:
            listed = ", ".join(self.header[:12])
            raise self.refused(f"no column is called {wanted}", f"say --column with one of {listed}")
        return numbers[0]

    def only_numbers(self, skip: Iterable[str | None]) -> list[str]:
        """Return the columns, other than those to skip, whose first cell is a number."""
        passed = set(skip)
        first = self.rows[0][1] if self.rows else []
        return [
            name
            for name, cell in zip(self.header, first, strict=False)
            if name and name not in passed and _is_number(cell, self.dialect)
        ]


def read_sheet(path: Path, delimiter: str | None = None, decimal: str = ".") -> Sheet:
    """Read a CSV file, or the only one in a ZIP archive.

    Without a delimiter, the header decides if it has only one of them.  Raises ScenarioError.
    """
    data, name = _data(path)
    text = text_of(data, name)
    said = []
    if delimiter is None:
        top = text.split("\n", 1)[0]
        found = [sign for sign, char in DELIMITERS.items() if char in top]
        if len(found) > 1:
            what = f"the header has {' and '.join(found)}, and either may part the columns"
            raise refused("", what, f'say which, as --delimiter "{found[-1]}"', Mark(name, 1, 1))
        delimiter = found[0] if found else ","
        if delimiter != ",":
            said.append(f'Columns are parted by "{delimiter}", as the header shows.')
    dialect = Dialect(DELIMITERS[delimiter], decimal, "add --decimal ,")
    table = CsvTable(name, text, dialect)
    header = list(table.header)
    rows: list[tuple[int, list[str]]] = []
    problems: list[Complaint] = []
    for line, row in table.rows:
        cells = [cell.strip() for cell in row]
        if len(cells) > len(header):
            what, remedy = f"{len(cells)} cells under {len(header)} names", "check delimiter and quotes"
            problems.append(Complaint("BP208", "", what, remedy, table.mark(line)))
            if len(problems) == MAX_COMPLAINTS:
                break
            continue
        rows.append((line, cells + [""] * (len(header) - len(cells))))
    if problems:
        raise ScenarioError(problems)
    if not rows:
        raise refused("", "there is no row below the header", "add the data", Mark(name, 1, 1))
    return Sheet(name, header, rows, dialect, said)


def _data(path: Path) -> tuple[bytes, str]:
    name = str(path)
    place = Mark(name, 1, 1)
    if path.is_dir():
        raise refused("", "this is a folder", "name a CSV file inside it", place)
    if not path.exists():
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        close = close_match(path.name, names)
        remedy = f'did you mean "{path.parent / close}"?' if close else "check the path"
        raise refused("", "there is no such file", remedy, place)
    if not path.is_file():
        raise refused("", "this is not an ordinary file", "name a CSV file", place)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise refused("", f"it cannot be read ({error.strerror})", "check the path", place) from None
    if path.suffix.lower() == ".zip" and data.startswith(b"PK\3\4"):
        data, name = _unpacked(data, name)
    if len(data) > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        raise refused("", what, "keep the columns that are needed", place)
    return data, name


def _unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    """Return the only CSV file of an archive."""
    place = Mark(name, 1, 1)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                what = f"the archive holds {len(inside)} CSV files"
                raise refused("", what, "unpack it and name one", place)
            with archive.open(inside[0]) as stream:
                return stream.read(MAX_BYTES + 1), f"{name}/{inside[0].filename}"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise refused("", f"the archive cannot be read ({error})", "unpack it first", place) from None


def _key(name: str) -> str:
    return re.sub(r"[ -]+", "_", name.strip().lower())


def _is_number(cell: str, dialect: Dialect) -> bool:
    try:
        dialect.number(cell)
    except ValueError:
        # A number in another spelling is a number column, whose cells will then be complained about.
        return re.fullmatch(r"[+-]?[0-9][0-9.,'_ ]*%?", cell) is not None
    return True
