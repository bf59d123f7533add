"""Workbooks as they come back: every mistake is named with its sheet and cell, all of them at once."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

import workbook_cells as cells
from bposim.assumption_book import container, export_book, import_book
from bposim.errors import ExtraMissingError, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCENARIO = """\
schema_version: 1
title: Small
base_currency: USD
start: 2027-01
months: 24
discount_rate: 8%
world:
  volume: {unit: case, per_month: 1_000, growth: {p10: -2%, p50: 1%, p90: 4%}}
  fx: {PHP: {model: gbm, spot: 0.0172, volatility: 5%}}
  wages: {US: {inflation: 3%}}
alternatives:
  home: {baseline: true, team: {country: US, staffing: level,
    roles: {clerk: {volume_per_fte: 100, salary: 40k, oncost: 30%}}}}
  away:
    like: home
    per_year: 5k
"""
GENERAL, WORLD, HOME = "General", "World", "home"
RATE, PER_MONTH = "D10", "D8"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook as it was exported."""
    scenario, path = tmp_path / "small.yaml", tmp_path / "book.xlsx"
    scenario.write_text(SCENARIO, encoding="utf-8")
    export_book(scenario, path)
    return path


def complaints(book: Path) -> list[str]:
    """Return what an import complains about, a line each, without the folder."""
    with pytest.raises(ScenarioError) as caught:
        import_book(book)
    assert all(complaint.remedy and complaint.what for complaint in caught.value.complaints)
    return [str(complaint).replace(f"{book.parent}/", "") for complaint in caught.value.complaints]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (cells.error("#REF!"), "BP403 discount_rate: the cell holds the error #REF!; type the value"),
        (cells.error("#DIV/0!"), "the cell holds the error #DIV/0!"),
        (cells.truth(), "TRUE is a truth value, not a number"),
        (cells.formula(), "the formula has no result stored with it"),
        (cells.EMPTY, "the cell is empty"),
        (cells.text("a tenth"), '"a tenth" is not a number'),
        (cells.text("1,000"), 'the text "1,000" can mean 1000 or 1.000; type it as a number'),
        (cells.text("1.000"), "can mean 1000 or 1.000"),
        (cells.text("8 % p.a."), "is not a number"),
        (cells.text("12:30"), "looks like a time of day"),
        (cells.text("EUR 3"), 'the text "EUR 3" is in EUR'),
        (cells.text("=1+1"), "is a formula, not a number"),
        (cells.text("9" * 400), "too many for a quantity"),
        (cells.number(8), "8 is 800%; type 8% if that is meant"),
        (cells.number(1e301), "1e+301 is 1e+303%"),
    ],
)
def test_what_is_no_number_is_located(content: str | tuple[str, str], said: str, book: Path) -> None:
    """Protects a rate from being guessed; the cell is named."""
    cells.change(book, GENERAL, {RATE: content})
    [line] = complaints(book)
    assert line.startswith("book.xlsx")
    assert said in line
    assert f"{GENERAL}!{RATE}" in line


@pytest.mark.parametrize(
    ("content", "value", "remark"),
    [
        (cells.text("9 %"), "9%", 'General!D10: text "9 %" read as 9 %'),
        (cells.text("0,09"), "9%", 'General!D10: text "0,09" read as 0.09'),
        (cells.text("9.5%"), "9.5%", 'text "9.5%" read as 9.5%'),
        (cells.number(0.09), "9%", ""),
        (cells.number(0.1 + 0.2), "30%", ""),
        (cells.formula(0.0875), "8.75%", "General!D10: the result of a formula, 0.0875, was taken"),
        (cells.number(0.08 * (1 + 2e-16)), "8%", ""),
    ],
)
def test_what_can_mean_one_number_only_is_read_and_said(
    content: str | tuple[str, str], value: str, remark: str, book: Path
) -> None:
    """Protects people who type as they are used to, and says what was made of it."""
    cells.change(book, GENERAL, {RATE: content})
    imported = import_book(book)
    assert f"discount_rate: {value}\n" in imported.data.decode()
    assert imported.remarks == (() if not remark else imported.remarks)
    assert remark in "\n".join(imported.remarks)


def test_a_date_is_no_number_and_a_month_may_be_a_date(book: Path) -> None:
    """Protects from Excel's zeal: 2027-04 becomes a date, and so does 1/2."""
    cells.as_date(book, GENERAL, "D8", 46_478)  # start, 1 April 2027
    imported = import_book(book)
    assert "start: 2027-04\n" in imported.data.decode()
    assert "read as 2027-04" in imported.remarks[0]
    cells.as_date(book, GENERAL, RATE, 46_478)
    [line] = complaints(book)
    assert f"{GENERAL}!{RATE} BP403 discount_rate: the cell is a date or a time (2027-04-01)" in line


def test_a_forgotten_kind_is_noticed(book: Path) -> None:
    """Protects a range that somebody typed without choosing the kind: it would be lost."""
    cells.change(book, WORLD, {"E8": cells.number(900), "F8": cells.number(1000), "G8": cells.number(1200)})
    assert complaints(book) == [
        f'book.xlsx World!{cell} BP403 world.volume.per_month: "{heading}" is filled, and the kind is fixed; '
        "choose the kind that it belongs to, or clear it"
        for cell, heading in (("E8", "Low or P10"), ("F8", "Likely or P50"), ("G8", "High or P90"))
    ]


def test_a_kind_needs_its_numbers(book: Path) -> None:
    """Protects from half a range, and from a kind that does not exist."""
    cells.change(book, WORLD, {"C8": cells.text("low-likely-high"), "E8": cells.number(900)})
    cells.change(book, GENERAL, {"C10": cells.text("normal")})
    lines = complaints(book)
    assert [line.split(" BP")[0] for line in lines] == [
        "book.xlsx General!C10", "book.xlsx World!F8", "book.xlsx World!G8",
    ]  # fmt: skip
    assert "choose fixed or low-likely-high or P10-P50-P90" in lines[0]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("D12", 'this value cannot be changed in a workbook; write "gbm" again'),
        ("J8", 'the unit was "a month" and is now'),
        ("C12", "the kind of this row cannot be changed"),
        ("D5", "this cell belongs to no value"),
        ("K8", ""),
    ],
)
def test_locked_cells_that_were_changed(cell: str, said: str, book: Path) -> None:
    """Protects from edits that would silently do nothing: protection has no password."""
    cells.change(book, WORLD, {cell: cells.text("other words")})
    if not said:
        assert "source: other words" in import_book(book).data.decode()
        return
    [line] = complaints(book)
    assert said.partition("; ")[0] in line
    assert "BP402" in line


# --- Structure -------------------------------------------------------------------------------------


def _without_row(number: int) -> Callable[[str], str]:
    return lambda xml: re.sub(rf'<row r="{number}" .*?</row>', "", xml, flags=re.DOTALL)


def test_deleted_and_inserted_rows(book: Path) -> None:
    """Protects from a number that is gone or nobody's; neither is guessed."""
    cells.edit(book, WORLD, _without_row(8))
    extra = '<row r="40"><c r="A40" t="inlineStr"><is><t>Licences</t></is></c><c r="D40"><v>5</v></c></row>'
    cells.edit(book, WORLD, lambda xml: xml.replace("</sheetData>", f"{extra}</sheetData>"))
    inserted, deleted = complaints(book)
    assert inserted.startswith(
        "book.xlsx World!A40 BP402 this row was inserted: it belongs to no value; delete it"
    )
    assert (
        "World BP402 world.volume.per_month: the row of this value was deleted; undo the deletion" in deleted
    )


def test_a_row_twice_and_a_changed_path(book: Path) -> None:
    """Protects the column by which rows are found."""
    cells.change(book, WORLD, {"N9": cells.text("world.volume.per_month")})
    lines = complaints(book)
    assert lines[0].startswith(
        "book.xlsx World!N9 BP402 the row of world.volume.per_month stands here a second time"
    )
    assert "world.volume.growth: the row of this value was deleted" in lines[1]


def test_renamed_and_missing_sheets(book: Path) -> None:
    """Protects from half a book; a renamed sheet is recognised."""
    cells.rewrite(book, {"xl/workbook.xml": lambda xml: xml.replace('name="World"', 'name="Welt"')})
    [line] = complaints(book)
    assert line == 'book.xlsx Welt BP402 the sheet "World" was renamed to "Welt"; rename it to "World" again'
    cells.rewrite(book, {"xl/workbook.xml": lambda xml: re.sub('<sheet name="Welt"[^>]*/>', "", xml)})
    [line] = complaints(book)
    assert 'the sheet "World" is missing' in line


def test_merged_cells_and_lost_headings(book: Path) -> None:
    """Protects from cells that hide others, and columns that cannot be told."""
    cells.edit(book, WORLD, lambda xml: xml.replace("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="D8:E9"/></mergeCells>'))  # fmt: skip # noqa: E501
    [line] = complaints(book)
    assert line == "book.xlsx World!D8 BP402 cells are merged here; undo the merging, and fill each cell"
    cells.change(book, GENERAL, {"D4": cells.text("Wert")})
    assert any("of the headings Value there is not one each" in line for line in complaints(book))


def test_sheets_of_others_are_left_alone(book: Path) -> None:
    """A scratch sheet in the book does no harm, and is said not to be read."""

    def more(xml: str) -> str:
        return xml.replace("</sheets>", '<sheet name="Scratch" sheetId="99" r:id="rId2"/></sheets>')

    cells.rewrite(book, {"xl/workbook.xml": more})
    assert import_book(book).remarks == ('the sheet "Scratch" does not belong to the book and is not read',)


# --- The result has to be a scenario ---------------------------------------------------------------


def test_what_the_scenario_refuses_is_told_at_its_cell(book: Path) -> None:
    """Protects people from line numbers of a file that they have never seen."""
    cells.change(book, WORLD, {"F9": cells.number(0.2)})
    cells.change(book, HOME, {"D9": cells.text("yearly")})
    lines = complaints(book)
    assert lines[0].startswith(
        "book.xlsx World!G9 BP202 world.volume.growth: p90 0.04 does not exceed p50 0.2"
    )
    assert lines[1].startswith("book.xlsx home!D9 BP106 alternatives.home.")


def test_all_complaints_come_at_once(book: Path) -> None:
    """Protects from a round of mails for each mistake."""
    cells.change(book, GENERAL, {RATE: cells.text("x")})
    cells.change(book, WORLD, {PER_MONTH: cells.truth(), "E9": cells.error()})
    assert [line.split(" BP")[0] for line in complaints(book)] == [
        f"book.xlsx General!{RATE}", f"book.xlsx World!{PER_MONTH}", "book.xlsx World!E9",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "a: b # c", "- x", "{y}", "&anchor *x", "!tag", "%d", "'\"", "\u202e", "x" * 2000])  # fmt: skip # noqa: E501
def test_hostile_text_stays_text(words: str, book: Path) -> None:
    """Protects the file's structure from what is typed into a note."""
    cells.change(book, GENERAL, {"D6": cells.text(words), "M10": cells.text(words)})
    new = import_book(book).data.decode()
    assert new.count("\n") == SCENARIO.count("\n")


def test_control_characters_are_refused(book: Path) -> None:
    """Protects terminals and files from what a paste brings along."""
    cells.change(book, GENERAL, {"D6": cells.text("a_x0007_b\u0085")})
    [line] = complaints(book)
    assert line.startswith("book.xlsx General!D6 BP403 title: the text has a control character in it")


# --- Files that are no books -----------------------------------------------------------------------


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet")
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is not an Excel workbook"),
        (b"title: a scenario\n", "this is not an Excel workbook"),
        (b"PK\x03\x04 and then nothing", "the workbook is damaged"),
        (
            OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password; remove the password",
        ),
        (OLE + bytes(600), "this is an old Excel file (.xls); save it as .xlsx"),
        (_zip(x=b"y"), "this is no Excel workbook"),
        (ODS, "save it as .xlsx"),
        (_zip(**{"xl/workbook.xml": ENTITIES}), "it defines entities"),
        (_zip(**{"xl/workbook.xml": b"<workbook><unclosed></workbook>"}), "the workbook is damaged"),
    ],
)
def test_files_that_are_no_workbook(content: bytes, said: str, tmp_path: Path) -> None:
    """Protects from a traceback, whatever is named."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    [line] = complaints(path)
    assert line.startswith("book.xlsx BP401")
    assert said in line


def test_folders_and_missing_files(tmp_path: Path) -> None:
    """Protects the first typo."""
    assert "there is no such file" in complaints(tmp_path / "none.xlsx")[0]
    assert "this is a folder" in complaints(tmp_path)[0]


def test_another_workbook_is_recognised(tmp_path: Path) -> None:
    """Protects from reading a workbook that is none of assumptions."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as other:
        other.add_worksheet("World").write_number(0, 0, 1)
    [line] = complaints(path)
    assert (
        "the workbook is not one of assumptions, or its hidden sheet is gone; export the book again" in line
    )


def test_bombs_and_far_cells_are_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the machine: size, number of parts, and a cell that would make a table of millions."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    original = book.read_bytes()
    cells.edit(book, WORLD, lambda xml: xml.replace("</sheetData>", far))
    [line] = complaints(book)
    assert line.startswith("book.xlsx World!XFD1048576 BP401 there is content in XFD1048576")
    book.write_bytes(original)
    monkeypatch.setattr(container, "MAX_UNPACKED", 20_000)
    assert "unpacked, the workbook is larger than" in complaints(book)[0]
    monkeypatch.setattr(container, "MAX_PARTS", 3)
    assert "more than 3 parts" in complaints(book)[0]
    monkeypatch.setattr(container, "MAX_BYTES", 1_000)
    assert "larger than 0 MB" in complaints(book)[0]


def test_damaged_insides_are_noticed(book: Path) -> None:
    """Protects from a file inside the book that is not the one that was exported."""
    shared = "xl/sharedStrings.xml"
    with zipfile.ZipFile(book) as package:
        digest = re.findall(r"<t>([0-9a-f]{64})</t>", package.read(shared).decode())[0]
    cells.rewrite(book, {shared: lambda xml: xml.replace(digest, "0" * 64)})
    [line] = complaints(book)
    assert "the scenario file inside the workbook is damaged; export the book again" in line


def test_missing_reader_is_named(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects people without the extra: the line that installs it."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(ExtraMissingError, match=re.escape('pip install "bposim[excel]"')):
        import_book(book)
