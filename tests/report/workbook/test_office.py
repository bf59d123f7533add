"""What another program makes of the workbook: LibreOffice opens and calculates it."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from bposim.cash import base_case
from bposim.files import load
from report.workbook.books import MONTHS, NAMES, SCENARIOS, book, opened, sheets, without_values

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc",
)

PRICE = 1.25
RATE = 0.11


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[list[Any]]]]:
    """Return the sheets of every book as LibreOffice calculates them, and of one with changed inputs."""
    contents = {name: without_values(book(name)) for name in NAMES}
    contents["changed"] = without_values(book("accounts-payable"), changed_inputs())
    found = opened(contents, "xlsx", tmp_path_factory.mktemp("office"))
    return {name: sheets(path.read_bytes()) for name, path in found.items()}


def changed_inputs() -> dict[tuple[str, str], float]:
    """Return the cells of the discount rate and of a vendor's price, with other values."""
    found = sheets(book("accounts-payable"))
    rate = next(i for i, row in enumerate(found["Cash flows"]) if str(row[0]).startswith("Discount rate"))
    price = next(i for i, row in enumerate(found["Lines onshore"]) if row[0] == "price")
    return {
        ("Cash flows", xl_rowcol_to_cell(rate, 1)): RATE,
        ("Lines onshore", xl_rowcol_to_cell(price, 4)): found["Lines onshore"][price][4] * PRICE,
    }


@pytest.mark.parametrize("name", NAMES)
def test_formulas_give_the_engines_figures(
    name: str, calculated: dict[str, dict[str, list[list[Any]]]]
) -> None:
    """Protects the twin: calculated from the inputs alone, every cell is what the engine says, to 1e-9."""
    expected, actual = sheets(book(name)), calculated[name]
    assert list(actual) == list(expected)
    compared = 0
    for sheet, rows in expected.items():
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, float):
                    found = actual[sheet][number][column]
                    assert isinstance(found, float), (sheet, number, column, found)
                    assert abs(found - value) <= 1e-9 * max(abs(value), 1.0), (sheet, number, column)
                    compared += 1
    assert compared > 5_000


def test_a_changed_input_goes_through_to_the_present_value(
    calculated: dict[str, dict[str, list[list[Any]]]],
) -> None:
    """Protects "live": with another price and discount rate the sheet shows what the engine then says."""
    path = SCENARIOS / "accounts-payable.yaml"
    rows = calculated["changed"]["Cash flows"]
    start = next(i for i, row in enumerate(rows) if row[0] == "onshore")
    fees = next(row for row in rows[start:] if row[0] == "vendor fees")[1]
    case = base_case(load(path, {**MONTHS, "discount_rate": str(RATE)}))["onshore"]
    assert fees == pytest.approx(PRICE * case.categories["vendor_fees"], rel=1e-9)
    labour = next(row for row in rows[start:] if row[0] == "labour")[1]
    assert labour == pytest.approx(case.categories["labour"], rel=1e-9)
    total = next(row for row in rows[start:] if row[0] == "total cost")[1]
    assert total > case.total
