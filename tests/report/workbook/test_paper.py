"""The workbook on paper: few pages, each with a title, the run and its number; nothing is cut off."""

from __future__ import annotations

import io
import re
import shutil
import warnings
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol

from bposim.explain.sources import numbers
from bposim.files import load
from bposim.report.paper import MOST, lay_out
from bposim.report.sheet_names import cut, units
from bposim.report.units import unit_of
from bposim.report.workbook.years import years_of
from report.workbook.books import NAMES, SCENARIOS, book, opened, parts, run, sheets

if TYPE_CHECKING:
    from pathlib import Path

FEW = 25
"""Pages that somebody takes to a meeting."""


def printed(content: bytes) -> dict[str, dict[str, Any]]:
    """Return header, footer, scale and print area of each sheet."""
    xml = parts(content, "xl/workbook.xml")["xl/workbook.xml"]
    areas = re.findall(r'<definedName name="_xlnm.Print_Area"[^>]*>(.*?)</definedName>', xml)
    by_sheet = dict(unescape(area).rpartition("!")[::2] for area in areas)
    found = {}
    for number, name in enumerate(sheets(content), 1):
        sheet = parts(content, f"xl/worksheets/sheet{number}.xml").popitem()[1]
        header = re.search(r"<oddHeader>(.*?)</oddHeader>", sheet)
        footer = re.search(r"<oddFooter>(.*?)</oddFooter>", sheet)
        found[name] = {
            "setup": re.search(r"<pageSetup[^>]*>", sheet),
            "fits": 'fitToPage="1"' in sheet,
            "header": unescape(header[1]) if header else "",
            "footer": unescape(footer[1]) if footer else "",
            "area": next((area for key, area in by_sheet.items() if key.strip("'") == name), ""),
        }
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_says_on_paper_what_it_is_of(name: str) -> None:
    """Protects a page that lies on a table alone: its title, scenario, seed and number stand on it."""
    result, _ = run(name)
    for sheet, found in printed(book(name)).items():
        assert 'orientation="landscape"' in found["setup"][0], sheet
        assert found["header"].startswith('&L&"Calibri,Bold"'), sheet
        assert f"seed {result.seed}, {result.trials:,} futures" in found["footer"], sheet
        assert found["footer"].endswith("&RPage &P of &N"), sheet
        assert found["area"], sheet
        assert found["fits"] == (sheet != "Summary"), sheet


def test_what_is_left_out_on_paper_is_said() -> None:
    """Protects a reader of paper: whoever misses months, columns or futures is told where they are."""
    found = printed(book("customer-support"))
    assert "months 0 to 12 of 25" in found["Cash flows"]["header"]
    for sheet in ("World", "Lines manila", "Sample"):
        assert "in the file" in found[sheet]["header"], sheet


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_decision_prints_on_few_pages(tmp_path: Path) -> None:
    """Protects the printer: a book of eighty and more pages is one that nobody prints."""
    path = opened({"book": book("customer-support")}, "pdf", tmp_path)["book"]
    pages = len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))
    assert len(sheets(book("customer-support"))) <= pages <= FEW


@pytest.mark.parametrize("title", ["R&G", "&[Picture] & more", "&P&N", "& " * 200, "😀" * 200, "a\x07b\nc"])
def test_no_title_is_a_code_or_too_long(title: str) -> None:
    """Protects the header: a sign of the title neither calls a picture nor makes Excel repair the file."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Workbook(stream) as made:
            sheet = made.add_worksheet()
            lay_out(sheet, title, title, (title, title))
            assert units(sheet.header) <= MOST
            assert units(sheet.footer) <= MOST
            codes = re.findall(r"&(.)", sheet.header.replace("&&", ""))
            assert codes == ["L", '"', "R", '"']
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as archive:
        assert "oddHeader" in archive.read("xl/worksheets/sheet1.xml").decode()


def test_a_text_is_cut_as_spreadsheets_count() -> None:
    """Protects names of sheets: an emoji is two of Excel's 31 units, and never half of it is left."""
    assert units("😀a") == 3
    assert cut("a😀😀", 4) == "a😀"
    assert cut("abc", 9) == "abc"


@pytest.mark.parametrize("name", NAMES)
def test_years_of_the_lines_are_those_of_the_cash_flows(name: str) -> None:
    """Protects the page that stands for the months: each year of the lines adds up to that of the flows."""
    found = sheets(book(name))
    flows = found["Cash flows"]
    start = next(i for i, row in enumerate(flows) if str(row[0]).startswith("year (month 0"))
    count = len(years_of(25))
    result, _ = run(name)
    for number, alternative in enumerate(result.names, start + 1):
        title = next(sheet for sheet in found if sheet == cut(f"Lines {alternative}", 31))
        lines = found[title]
        total = [row for row in lines if row[0] == "total cost"][-1]
        assert total[5 : 5 + count] == pytest.approx(flows[number][3 : 3 + count], rel=1e-9)
        assert total[4] == pytest.approx(flows[number][2], rel=1e-9)


def test_a_short_last_year_ends_with_the_contract() -> None:
    """Protects contracts of odd length."""
    assert years_of(25) == [(0, 12), (13, 24), (25, 25)]
    assert years_of(12) == [(0, 12)]


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_by_category_reach_the_total(name: str) -> None:
    """Protects the stacked chart: what has no colour of its own is in "other", not left out."""
    content = book(name)
    rows = sheets(content)["Summary"]
    total = next(row for row in rows if row[0] == "total")
    result, _ = run(name)
    charts = parts(content, "xl/charts/").values()
    chart = next(xml for xml in charts if "Where the money goes" in xml)
    sums = [0.0] * len(result.names)
    for place in re.findall(r"<c:val><c:numRef><c:f>Summary!(.*?)</c:f>", chart):
        row, _ = xl_cell_to_rowcol(place.partition(":")[0].replace("$", ""))
        for column in range(len(sums)):
            sums[column] += rows[row][column + 1]
    assert sums == pytest.approx(total[1 : 1 + len(sums)], rel=1e-6)


def test_a_part_of_something_is_told_in_per_cent() -> None:
    """Protects the clauses: 0.7 of the price is 70 %, a cap on a rise is a rate, a term is months."""
    scenario = load(SCENARIOS / "customer-support.yaml")
    found = {own.position: unit_of(own, scenario) for own in numbers(scenario)}

    def unit(ending: str) -> set[str]:
        return {unit for position, unit in found.items() if position.endswith(ending)}

    assert unit("band.reduced_credit") == {"%"}
    assert unit("indexation.cap") == {"%"}
    assert unit("turnover.attrition") == {"%"}
    assert unit("sla.capture") == {"%"}
    assert unit("vendor.term") == {"months"}
    assert unit("insurance.retention") == {"USD"}
    assert unit("band.additional_charge") == {""}, "a multiple of the price"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book("customer-support")))
    clauses = rows.get_sheet_by_name("Clauses and mitigations").to_python(skip_empty_area=False)
    assert {row[4] for row in clauses if str(row[3]).startswith("reduced_credit")} == {"%"}
