"""The workbook: figures of the run and of the engine, charts that show them, texts that do nothing."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from xlsxwriter.utility import xl_cell_to_rowcol

from bposim.analysis.streamed import summarise_streamed
from bposim.analysis.summary import summarise
from bposim.engine import simulate, simulate_streamed
from bposim.explain.traced import Before, Constant, Operation, Symbol
from bposim.report.sheet_names import MOST_OF_A_NAME, sheet_name, units
from bposim.report.table import FORMULA_STARTS
from bposim.report.workbook import workbook, write_workbook
from bposim.report.workbook.book import MOST_CHARACTERS, plain_text
from bposim.report.workbook.formula import formula
from bposim.report.workbook.spread import bar_edges, bar_shares, costs_of, savings_of
from report.workbook.books import NAMES, book, parts, run, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bposim.scenario import Scenario

    Read = Callable[[dict[str, Any]], Scenario]

RANGE = re.compile(r"<c:f>(.*?)</c:f>")


def column_of(rows: list[list[Any]], label: str, column: int = 1) -> float:
    """Return a figure of the row with a label."""
    return float(next(row[column] for row in rows if row[0] == label))


def blocks(rows: list[list[Any]], titles: dict[str, str]) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield each alternative of the sheet of cash flows with the rows of its block."""
    first, *others = titles.values()
    heads = [f"{first} (baseline)", *others]
    starts = [next(i for i, row in enumerate(rows) if row[0] == head) for head in heads]
    ends = [*starts[1:], next(i for i, row in enumerate(rows) if "by contract year" in str(row[0]))]
    for name, start, end in zip(titles, starts, ends, strict=True):
        yield name, rows[start + 1 : end]


@pytest.mark.parametrize("name", NAMES)
def test_cash_flows_are_the_engines_base_case(name: str) -> None:
    """Protects the sheet that controllers check: present values by category, in total, months, savings."""
    result, summary = run(name)
    rows = sheets(book(name))["Cash flows"]
    base = summary.base_case[result.baseline]
    for own, block in blocks(rows, result.titles):
        case = summary.base_case[own]
        for category, value in case.categories.items():
            assert column_of(block, category.replace("_", " ")) == pytest.approx(value, rel=1e-9, abs=1e-6)
        assert column_of(block, "total cost") == pytest.approx(case.total, rel=1e-9)
        total = next(row for row in block if row[0] == "total cost")
        np.testing.assert_allclose(np.array(total[3 : 4 + 25], float), case.flow, rtol=1e-9, atol=1e-6)
        if own != result.baseline:
            saving = column_of(block, f"saving against {result.titles[result.baseline]}")
            assert saving == pytest.approx(base.total - case.total, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_an_input_has_one_cell(name: str) -> None:
    """Protects the saving after a change: no alternative keeps a salary or price that another one changed."""
    places: dict[tuple[Any, ...], list[str]] = {}
    for sheet, rows in sheets(book(name)).items():
        for row in rows if sheet.startswith("Lines ") else []:
            symbol, meaning, file, *_ = row
            if "." in file and not file.startswith("from "):
                places.setdefault((symbol, meaning, file, *row[4:]), []).append(sheet)
    assert len(places) > 30
    assert not {place: found for place, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("name", NAMES)
def test_charts_are_native_and_show_filled_cells(name: str) -> None:
    """Protects against empty pictures: each range of each chart points to cells with something in them."""
    content = book(name)
    cells, charts = sheets(content), parts(content, "xl/charts/")
    result, _ = run(name)
    assert len(charts) >= len(result.names) + 4
    for xml in charts.values():
        ranges = [unescape(found) for found in RANGE.findall(xml)]
        assert ranges
        for place in ranges:
            sheet, _, address = place.rpartition("!")
            first, _, last = address.replace("$", "").partition(":")
            (top, left), (bottom, right) = xl_cell_to_rowcol(first), xl_cell_to_rowcol(last or first)
            rows = cells[sheet.strip("'").replace("''", "'")]
            found = [rows[row][column] for row in range(top, bottom + 1) for column in range(left, right + 1)]
            assert all(value != "" for value in found), place


def test_the_table_says_what_the_run_says() -> None:
    """Protects the first sheet: best first, and the figures of the summary to the digits of their error."""
    result, summary = run("customer-support")
    rows = sheets(book("customer-support"))["Summary"]
    start = next(i for i, row in enumerate(rows) if row[0] == "alternative, best first")
    ranked = sorted(summary.alternatives.values(), key=lambda own: own.rank)
    for own, row in zip(ranked, rows[start + 1 :], strict=False):
        assert row[0].removesuffix(" (baseline)") == own.name
        assert row[2] == pytest.approx(own.cost.mean.value, abs=own.cost.mean.se or 0.0)
        assert row[2] % 1_000 == 0, "more digits than an error of hundreds of thousands supports"
    shown = [row[0] for row in rows[start + 1 : start + 1 + len(ranked)]]
    assert f"{result.baseline} (baseline)" in shown


def test_percentiles_and_bars_are_those_of_the_trials() -> None:
    """Protects the curves: half of the futures lie below P50, and the bars add up to all of them."""
    result, _ = run("customer-support")
    rows = sheets(book("customer-support"))["Percentiles"]
    head = next(i for i, row in enumerate(rows) if row[0] == "percentile")
    median = next(row for row in rows[head + 1 :] if row[0] == 0.5)
    for column, name in enumerate(result.names, 1):
        assert rows[head][column] == name
        assert np.mean(result.costs[name] <= median[column]) == pytest.approx(0.5, abs=0.06)
    for column in [i for i, cell in enumerate(rows[head]) if cell == "costs more"]:
        shares = [row[column] + row[column + 1] for row in rows[head + 1 :] if row[column] != ""]
        name = rows[head - 1][column - 1].removeprefix("saving of ")
        assert sum(shares) == pytest.approx(1.0)
        less = sum(row[column] for row in rows[head + 1 :] if row[column] != "")
        assert less == pytest.approx(float(np.mean(result.saving(name) < 0.0)), abs=0.02)
        holds = [row[column + 2] for row in rows[head + 1 :] if row[column] != ""]
        middles = [row[column - 1] for row in rows[head + 1 :] if row[column] != ""]
        half, saving = (middles[1] - middles[0]) / 2, result.saving(name)
        assert holds[0].startswith("below ") == bool(np.any(saving < middles[0] - half))
        assert holds[-1].startswith("above ") == bool(np.any(saving >= middles[-1] + half))
        assert all(" to " in told and told[0] != "'" for told in holds[1:-1]), "no sign that guards a formula"


def test_names_of_the_book_point_to_the_figures() -> None:
    """Protects somebody's own sheet that refers to ours by name."""
    result, summary = run("customer-support")
    content = book("customer-support")
    xml = parts(content, "xl/workbook.xml")["xl/workbook.xml"]
    names = dict(re.findall(r'<definedName name="(\w+)">(.*?)</definedName>', xml))
    sheet, _, address = unescape(names["base_case_cost_manila"]).rpartition("!")
    row, column = xl_cell_to_rowcol(address.replace("$", ""))
    found = sheets(content)[sheet.strip("'")][row][column]
    assert found == pytest.approx(summary.base_case["manila"].total, rel=1e-9)
    wanted = {"discount_rate", *(f"saving_mean_{name}" for name in result.names if name != result.baseline)}
    assert wanted <= set(names)


def test_sample_has_numbers_that_are_the_runs() -> None:
    """Protects further analysis in the sheet: costs of the first futures to the cent, inputs as drawn."""
    result, _ = run("customer-support")
    rows = sheets(book("customer-support"))["Sample"]
    head = next(i for i, row in enumerate(rows) if row[0] == "future")
    table = rows[head + 1 :]
    assert len(table) == 200
    for column, name in enumerate(result.names, 1):
        np.testing.assert_allclose([row[column] for row in table], result.costs[name], atol=0.006)
    assert all(isinstance(value, float) for row in table for value in row)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """Protects comparison by hash: nothing of the clock is in the file, and it is written as a whole."""
    result, summary = run("seasonal-tax")
    path = write_workbook(tmp_path / "book.xlsx", result, summary)
    assert path.read_bytes() == book("seasonal-tax")
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_books_stay_small() -> None:
    """Protects mail: the largest scenario, two years of it and few futures, is far below 4 MB."""
    assert max(len(book(name)) for name in NAMES) < 2_500_000


HOSTILE = "=cmd|'/C calc'!A1"
EVIL = "=evil'!A1 [x]*?/: <b>&"
"""Name of an alternative: a formula, a cell, and every sign that no sheet may have in its name."""

NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "{=1}", "http://example.com", "mailto:a@b.c")


def hostile(tiny: dict[str, Any], read: Read) -> Scenario:
    """Return a scenario all of whose texts want to be formulas."""
    tiny["title"] = f'"{HOSTILE}"'
    tiny["alternatives"] = {
        f'"{EVIL}"' if name == "krakow" else name: own for name, own in tiny["alternatives"].items()
    }
    tiny["world"]["volume"]["unit"] = f'"{HOSTILE}"'
    tiny["world"]["volume"]["source"] = '"@SUM(1+1)"'
    tiny["world"]["volume"]["note"] = "+1+1 http://example.com"
    tiny["world"]["wages"]["US"]["owner"] = '"-2+3"'
    return read(tiny)


def test_texts_of_a_scenario_do_nothing(tiny: dict[str, Any], read: Read) -> None:
    """Protects whoever opens the file: no text is a formula, none a link out, also after a CSV export."""
    scenario = hostile(tiny, read)
    result = simulate(scenario, 100, 1)
    content = workbook(result, summarise(result))
    everything = parts(content)
    strings = re.findall(r"<t[^>]*>(.*?)</t>", everything["xl/sharedStrings.xml"], re.DOTALL)
    assert any("cmd" in text for text in strings)
    assert not [text for text in strings if unescape(text).startswith(FORMULA_STARTS)]
    formulas = [text for name, xml in everything.items() for text in re.findall(r"<f>(.*?)</f>", xml)]
    assert formulas
    assert not [text for text in formulas if "cmd" in text or "SUM(1" in text or "http" in text]
    assert not [name for name, xml in everything.items() if 'TargetMode="External"' in xml]
    assert not [name for name in everything if "externalLink" in name]
    known = set(sheets(content))
    for name, xml in everything.items():
        for place in RANGE.findall(xml) if name.startswith("xl/charts/chart") else ():
            assert unescape(place).rpartition("!")[0].strip("'") in known, place


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_is_inert_whatever_it_begins_with(text: str) -> None:
    """Protects the one door of texts into the book."""
    assert not plain_text(text).startswith(FORMULA_STARTS)
    assert plain_text(f"fine\n{text}").split("\n")[1] == plain_text(text)


def test_a_text_longer_than_a_cell_is_cut() -> None:
    """Protects against a repair message: 32,767 characters are the most."""
    assert len(plain_text("x" * 40_000)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    "wanted",
    [
        "a/b\\c?*[x]:y",
        "'quoted'",
        "",
        "History",
        "=history",
        "=cmd",
        "x" * 60,
        "tab\tand\nbreak",
        "Ünïcode – €",
        "😀" * 40,
        "x" + "😀" * 40,
    ],
)
def test_every_name_becomes_that_of_a_sheet(wanted: str) -> None:
    """Protects against a book that no spreadsheet opens, because of a name in the scenario."""
    name = sheet_name(wanted, {"x" * MOST_OF_A_NAME})
    assert 0 < units(name) <= MOST_OF_A_NAME
    assert name.encode(), "no half of a character"
    assert not set(name) & set("[]:*?/\\'\t\n")
    assert name.lower() != "history"
    assert name.lower() != "x" * MOST_OF_A_NAME


def test_names_that_become_one_are_told_apart() -> None:
    """Protects charts and formulas: two alternatives never share a sheet."""
    assert sheet_name("Lines a/b", {"lines a b"}) == "Lines a b 2"
    assert units(sheet_name("😀" * 40, {"😀" * 15})) <= MOST_OF_A_NAME


def test_brackets_stand_where_a_formula_needs_them() -> None:
    """Protects the arithmetic: minus and division bind to the left, a sign before a power does not."""
    x, y, z = (Symbol(name) for name in "xyz")

    def text(expression: Operation | Before, month: int = 3) -> str:
        return formula(expression, month, lambda name, at: f"{name}{at}")

    assert text(Operation("-", (x, Operation("-", (y, z))))) == "x3-(y3-z3)"
    assert text(Operation("-", (Operation("-", (x, y)), z))) == "x3-y3-z3"
    assert text(Operation("/", (x, Operation("*", (y, z))))) == "x3/(y3*z3)"
    assert text(Operation("*", (Operation("+", (x, y)), z))) == "(x3+y3)*z3"
    assert text(Operation("^", (Operation("neg", (x,)), Constant(2.0)))) == "((-x3)^2)"
    assert text(Operation("neg", (Operation("^", (x, y)),))) == "(-(x3^y3))"
    assert text(Operation("+", (x, Constant(-2.0)))) == "x3+(-2)"
    assert text(Operation("max", (x, Constant(0.0)))) == "MAX(x3,0)"
    assert text(Before(x, Constant(0.0))) == "x2"
    assert text(Before(x, Constant(0.0)), 1) == "0"


@pytest.mark.parametrize("trials", [1, 30])
def test_few_trials_make_a_book(trials: int, tiny: dict[str, Any], read: Read) -> None:
    """Protects a first look: what so few futures cannot say is said, and nothing is not a number."""
    result = simulate(read(tiny), trials, 1)
    found = sheets(workbook(result, summarise(result)))
    assert not [cell for rows in found.values() for row in rows for cell in row if cell == "#NUM!"]
    assert any("too few" in str(cell) for row in found["Summary"] for cell in row)


def test_a_streamed_run_makes_a_book(tiny: dict[str, Any], read: Read) -> None:
    """Protects long runs: percentiles come from their bins, and agree with the same run kept whole."""
    scenario = read(tiny)
    streamed = simulate_streamed(scenario, 2048, 1)
    kept = streamed.first
    assert "Percentiles" in sheets(workbook(streamed, summarise_streamed(streamed)))
    for of in (costs_of, savings_of):
        binned, whole = of(streamed), of(kept)
        for name, spread in whole.items():
            for p in (0.05, 0.5, 0.95):
                expected = spread.quantile(p).value
                assert binned[name].quantile(p).value == pytest.approx(expected, rel=0.002)
            edges = bar_edges(spread)
            np.testing.assert_allclose(binned[name].below(edges), spread.below(edges), atol=0.01)
            assert float(np.sum(bar_shares(spread, edges))) == pytest.approx(1.0)


def test_the_manifest_of_a_stored_run_is_in_it() -> None:
    """Protects the auditor: what the run's folder says of itself stands in the book, its lists in a line."""
    result, summary = run("seasonal-tax")
    manifest = {
        "command": ["bposim", "run"],
        "digest": result.digest,
        "finished": "2027-03-01T10:00:00+00:00",
    }
    content = workbook(result, summary, manifest)
    rows = {row[0]: row[1] for row in sheets(content)["Manifest"]}
    assert (rows["command"], rows["digest"]) == ("bposim run", result.digest)
    assert "2027-03-01T10:00:00Z" in parts(content, "docProps/core.xml")["docProps/core.xml"]
