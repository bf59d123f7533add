"""The workbook itself: what is locked, what is offered, what nobody can inject."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from bposim.assumption_book import export_book, import_book
from bposim.assumption_book.container import open_book
from bposim.assumption_book.listing import rows_of
from bposim.assumption_book.spelling import Style, amount_of, from_text, same, spelled
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = """\
schema_version: 1
title: "=HYPERLINK('http://x')"
meta: {owner: "@SUM(A1)", note: "+1", purpose: "http://example.org", source: "_x0041_"}
base_currency: USD
start: 2027-01
months: 24
discount_rate: {value: 8%, source: "=1+1", note: "-2"}
world: {volume: {unit: "=A1", per_month: 1k}, wages: {US: {inflation: 3%}}}
alternatives:
  "=cmd|' /C calc'!A0":
    baseline: true
    team: {country: US, roles: {clerk: {volume_per_fte: 100, salary: 40k, oncost: 30%}}}
  World: {like: "=cmd|' /C calc'!A0", per_year: 5k}
  "a name that is far too long for the sheet of a workbook": {like: World}
  "A NAME that is far too long for the sheet of another": {like: World}
  History: {like: World}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the workbook of a scenario whose texts would be formulas."""
    scenario, path = tmp_path / "h.yaml", tmp_path / "book.xlsx"
    scenario.write_text(HOSTILE, encoding="utf-8")
    export_book(scenario, path)
    return path


def parts(book: Path) -> dict[str, str]:
    """Return the XML of the workbook's parts."""
    with zipfile.ZipFile(book) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def shown(book: Path, row: int) -> str:
    """Return the path of a row of the first sheet of values."""
    return str(open_book(book)["General"].cells[row - 1][13])


def test_no_text_becomes_a_formula_or_a_link(book: Path) -> None:
    """Protects the reader's machine: whatever a scenario says is text in the workbook."""
    for name, xml in parts(book).items():
        assert "<f>" not in xml
        assert "<hyperlink" not in xml
        assert "hyperlink" not in xml or not name.endswith(".rels")
    assert import_book(book).data.decode() == HOSTILE


def test_sheets_have_names_that_excel_accepts(book: Path) -> None:
    """Protects from a repair message: names are short, different and without forbidden characters."""
    names = list(open_book(book))
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert {"World 2", "History 2"} <= set(names)
    assert names[0] == "Read me"
    assert names[-1] == "_bposim"


def test_everything_but_the_cells_to_fill_in_is_locked(book: Path) -> None:
    """Protects paths and labels from slips; there is no password, since nothing here is secret."""
    xml = parts(book)
    formats = xml["xl/styles.xml"].partition("<cellXfs")[2].partition("</cellXfs>")[0]
    each = re.findall(r"<xf [^>]*/>|<xf [^>]*[^/]>.*?</xf>", formats, re.DOTALL)
    unlocked = {number for number, style in enumerate(each) if 'locked="0"' in style}
    general = xml["xl/worksheets/sheet2.xml"]
    assert re.search(r"<sheetProtection (?!.*password)", general)
    styles = dict(re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', general))
    free = {cell for cell, style in styles.items() if int(style) in unlocked}
    rate = next(number for number in range(5, 40) if shown(book, number) == "discount_rate")
    assert {"D6", f"C{rate}", f"D{rate}", f"I{rate}", f"K{rate}", f"M{rate}"} <= free
    assert not any(cell.startswith(("A", "B", "J", "N")) for cell in free)
    assert "D5" not in free, "the version of the format is no assumption"


def test_cells_offer_choices_and_ranges(tmp_path: Path) -> None:
    """Protects people from typing what cannot be: lists for words and kinds, limits that say why."""
    scenario, book = tmp_path / "s.yaml", tmp_path / "book.xlsx"
    text = HOSTILE.replace(
        "team: {country: US,", "team: {country: US, staffing: peak, turnover: {attrition: 20%},"
    )
    scenario.write_text(text, encoding="utf-8")
    export_book(scenario, book)
    xml = "".join(parts(book).values())
    assert '"follow,level,peak"' in xml
    assert '"fixed,low-likely-high,P10-P50-P90"' in xml
    assert '"true,false"' in xml
    assert "A number from 0% to 100% (% a year)." in xml
    assert re.search(r"<formula1>0(\.0)?</formula1><formula2>1(\.0)?</formula2>", xml)


def test_rows_say_kind_unit_and_meaning() -> None:
    """Protects people who do not know the file: what a number means, in which unit, in plain words."""
    rows = {row.path: row for row in rows_of(read_tree(HOSTILE, "h.yaml"), "USD")}
    salary = next(row for path, row in rows.items() if path.endswith("clerk.salary"))
    assert (salary.unit, salary.meaning, salary.kind) == (
        "USD a year",
        "Pay per FTE and year, today.",
        "fixed",
    )
    assert rows["discount_rate"].unit == "% a year"
    assert rows["months"].unit == "months"
    assert rows["alternatives.World.per_year"].unit == "USD a year"
    assert all(" = " not in row.meaning for row in rows.values())


# --- How numbers are written -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value", "unit", "new", "after"),
    [
        ("45k", 45_000, "", 47_500, "47.5k"),
        ("45k", 45_000, "", 47_512.25, "47512.25"),
        ("40%", 0.4, "", 0.425, "42.5%"),
        ("10 %", 0.1, "", 0.07, "7 %"),
        ("185_000", 185_000, "", 1_250_000, "1_250_000"),
        ("PHP 3.10", 3.1, "PHP", 3.25, "PHP 3.25"),
        ("130k PLN", 130_000, "PLN", 140_000, "140k PLN"),
        ("18 months", 18, "months", 24, "24 months"),
        ("1e6", 1e6, "", 2e6, "2000000"),
        ("-0.7%", -0.007, "", 0.0, "0%"),
        ("0.0157", 0.0157, "", 0.1 + 0.2, "0.3"),
        ("5.8%", 0.058, "", 1e-9, "0.0000001%"),
    ],
)
def test_a_new_number_is_written_as_the_old_one_was(
    written: str, value: float, unit: str, new: float, after: str
) -> None:
    """Protects the look of a file, and its value: what is written reads as the number of the cell."""
    amount = amount_of(written)
    assert amount is not None
    assert (amount.value, amount.style.unit) == (value, unit)
    assert spelled(new, amount.style) == after
    read = amount_of(after)
    assert read is not None
    assert same(read.value, new)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234,567", 1_234_567), ("1.234.567,8", 1_234_567.8), ("1 234", 1234), ("1\u202f234,5", 1234.5),
        ("1'000'000", 1e6), ("12,5 %", 0.125), ("\u22125", -5), ("45k", 45_000), ("PLN 3", 3),
        ("0,125", 0.125),
    ],
)  # fmt: skip
def test_texts_that_can_mean_one_number(text: str, value: float) -> None:
    """Protects national spellings, where they leave no doubt."""
    assert from_text(text, "PLN")[0] == value


@pytest.mark.parametrize(
    "text", ["1,000", "1.000", "12.345", "1,00,000", "1,2,3", "EUR 3", "3 months", "5-10", "~8", ""]
)
def test_texts_that_can_mean_two_numbers_or_none(text: str) -> None:
    """Protects from a factor of a thousand."""
    with pytest.raises(ValueError, match="; "):
        from_text(text, "PLN")


def test_style_without_anything_is_plain() -> None:
    """A number that had no predecessor is written in full."""
    assert spelled(1_234_567.5, Style()) == "1234567.5"


def test_no_kind_is_left_empty(tmp_path: Path) -> None:
    """Protects whoever fills it in: the kind of a row without numbers says that it is a heading."""
    calamine = pytest.importorskip("python_calamine")
    scenario, book = tmp_path / "s.yaml", tmp_path / "book.xlsx"
    scenario.write_text(HOSTILE, encoding="utf-8")
    export_book(scenario, book)
    rows = calamine.CalamineWorkbook.from_path(book).get_sheet_by_name("World").to_python()
    kinds = {row[0]: row[2] for row in rows if row[-1]}
    assert kinds["World"] == "heading"
    assert all(kinds.values())
