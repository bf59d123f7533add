"""Opening a workbook that came from outside, with suspicion.

An xlsx file is a zip of XML.  Only the parts that hold cells are unpacked, within limits, and packed anew
for the reader; so a member that claims less than it holds, a bomb, or anything that is no cell never reaches
it.  The XML is scanned first for what the reader does not tell: which cells are formulas or errors, and
whether a stray cell far away would make a table of millions.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from bposim.assumption_book.places import CellPlace, cell_name, whole_book
from bposim.errors import Complaint, ExtraMissingError, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 20_000_000
"""Of the file as it is sent."""

MAX_UNPACKED = 100_000_000
"""Of all parts that are unpacked."""

MAX_PARTS = 2_000
MAX_ROWS, MAX_COLUMNS = 20_000, 200
"""A cell with content beyond these is refused."""

MISSING_EXTRA = 'reading a workbook needs python-calamine; pip install "bposim[excel]"'

_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]*\.xml|xl/_rels/[^/]*\.rels|xl/worksheets/[^/]*\.xml"
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_AGAIN = "export the book again, or open it in Excel or LibreOffice and save it as .xlsx"


@dataclass(slots=True)
class Marks:
    """What the XML of a sheet says about its cells beside their values."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that hold an error such as #REF!."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet; rows and columns count from 0."""

    name: str
    cells: list[list[Any]]
    marks: Marks
    merged: tuple[tuple[int, int, int, int], ...]
    """First row, first column, last row and last column of each merged range."""


def open_book(path: str | Path) -> dict[str, Sheet]:
    """Return the sheets of an xlsx file by name, in their order.

    Raises ScenarioError (BP401) for a file that is no readable workbook, ExtraMissingError where
    python-calamine is not installed.
    """
    try:
        import python_calamine  # noqa: PLC0415 - an extra
    except ImportError:
        raise ExtraMissingError(MISSING_EXTRA) from None
    file = str(path)
    parts = _parts(_content(file), file)
    marks = _marks_by_sheet(parts, file)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        found = {}
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            cells: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            found[name] = Sheet(name, cells, marks.get(name, Marks()), merged)
    except (python_calamine.CalamineError, ValueError, OverflowError) as error:
        _refuse(file, f"the workbook is damaged ({_short(error)})", _AGAIN)
    return found


def _content(file: str) -> bytes:
    place = Path(file)
    if not place.is_file():
        what = "this is a folder" if place.is_dir() else "there is no such file"
        _refuse(file, what, "name a workbook that bposim export has made")
    with place.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        _refuse(file, what, "remove what does not belong to the book: pictures, other sheets")
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "the workbook is protected by a password" if locked else "this is an old Excel file (.xls)"
        _refuse(file, what, "remove the password" if locked else "save it as .xlsx")
    if not data.startswith(b"PK"):
        _refuse(file, "this is not an Excel workbook", "name the .xlsx file that bposim export has made")
    return data


def _parts(data: bytes, file: str) -> dict[str, bytes]:
    """Unpack the parts that hold cells."""
    parts: dict[str, bytes] = {}
    room = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            if len(members) > MAX_PARTS:
                _refuse(file, f"the workbook has more than {MAX_PARTS} parts", _AGAIN)
            for member in members:
                name = member.filename.lstrip("/").replace("\\", "/")
                if not _NEEDED.fullmatch(name):
                    continue
                if name in parts or member.flag_bits & 1:
                    _refuse(file, "the workbook is damaged or locked", _AGAIN)
                with package.open(member) as stream:
                    parts[name] = stream.read(room + 1)
                room -= len(parts[name])
                if room < 0:
                    what = f"unpacked, the workbook is larger than {MAX_UNPACKED // 1_000_000} MB"
                    _refuse(file, what, "remove what does not belong to the book")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        _refuse(file, f"the workbook is damaged ({_short(error)})", _AGAIN)
    if "xl/workbook.xml" not in parts:
        kind = (
            "an OpenDocument spreadsheet"
            if b"opendocument.spreadsheet" in data[:200]
            else "no Excel workbook"
        )
        _refuse(file, f"this is {kind}", "save it as .xlsx")
    return parts


def _packed(parts: dict[str, bytes]) -> bytes:
    """Pack the parts again, as large as they are said to be."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def _marks_by_sheet(parts: dict[str, bytes], file: str) -> dict[str, Marks]:
    """Scan the XML of every sheet; the result is by the name of the sheet."""
    targets: dict[str, str] = {}
    for name, attributes in _elements(parts.get("xl/_rels/workbook.xml.rels", b"<x/>"), file):
        if name == "Relationship":
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = whole
    found: dict[str, Marks] = {}
    for name, attributes in _elements(parts["xl/workbook.xml"], file):
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            part = parts.get(targets.get(link, ""))
            if part is not None:
                found[attributes.get("name", "")] = _scanned(part, file, attributes.get("name", ""))
    return found


def _elements(xml: bytes, file: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield name and attributes of each element, names without their namespace, attributes with it."""
    seen: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: seen.append((name.rpartition(" ")[2], attributes))
    _run(parser, xml, file)
    yield from seen


def _scanned(xml: bytes, file: str, sheet: str) -> Marks:
    """Return which cells of a sheet are formulas or errors."""
    marks = Marks()
    here: list[Any] = [(0, 0), "", ""]  # cell, its type, and the element that text belongs to

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        here[2] = tag
        if tag == "c":
            here[0], here[1] = _position(attributes.get("r", "")), attributes.get("t", "")
        elif tag == "f" and here[0]:
            marks.formulas.add(here[0])
        elif tag in {"v", "is"} and here[0]:
            row, column = here[0]
            if row >= MAX_ROWS or column >= MAX_COLUMNS:
                mark = CellPlace(file, row + 1, column + 1, sheet)
                what = f"there is content in {cell_name(row, column)}, far outside the table"
                raise ScenarioError([Complaint("BP401", "", what, "delete it", mark)])

    def text(data: str) -> None:
        if here[2] == "v" and here[1] == "e":
            marks.errors[here[0]] = marks.errors.get(here[0], "") + data

    parser = _parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    _run(parser, xml, file)
    return marks


def _position(reference: str) -> tuple[int, int] | None:
    found = _CELL.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


class _DoctypeError(Exception):
    """The XML defines entities; no workbook needs that."""


def _parser() -> Any:  # noqa: ANN401 - expat's type has no public name
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise _DoctypeError

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: Any, xml: bytes, file: str) -> None:  # noqa: ANN401 - as above
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - the last piece
    except (expat.ExpatError, _DoctypeError) as error:
        _refuse(file, f"the workbook is damaged ({_short(error) or 'it defines entities'})", _AGAIN)


def _refuse(file: str, what: str, remedy: str) -> NoReturn:
    raise ScenarioError([Complaint("BP401", "", what, remedy, whole_book(file))])


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:100] if str(error) else ""
