"""Tables for people and spreadsheets: right cells, and labels that do nothing."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter

import pytest
from rich.console import Console

from bposim.analysis.measures import Estimate
from bposim.analysis.summary import summarise
from bposim.report.table import (
    Table,
    categories,
    csv_text,
    in_parts,
    markdown,
    outcomes,
    plus_minus,
    printable,
    rich_table,
    tidy_rows,
)
from cli.hand_made import normal_costs, result_of, scenario_with


def drawn(table: Table, width: int = 200) -> str:
    """Return the table as a pipe receives it."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(rich_table(table, width))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_outcomes_are_in_order_of_rank() -> None:
    """Protects the first line of the table: it is the alternative to choose, with its saving and error."""
    result = result_of(normal_costs(blend=(9e6, 1e6), manila=(7e6, 1e6)))
    table = outcomes(result, summarise(result))
    assert [row[1] for row in table.rows] == ["manila", "blend", "in-house"]
    assert table.rows[0][5].startswith("3.0M ± ")
    assert table.rows[2][5] == "baseline"
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_tail_that_cannot_be_told_is_not_shown() -> None:
    """Protects against a made-up worst case: 500 trials have 25 points in the tail."""
    result = result_of({name: cost[:500] for name, cost in normal_costs(manila=(9e6, 1e6)).items()})
    table = outcomes(result, summarise(result))
    worst = [column.replace("\n", " ") for column in table.columns].index("worst 5%")
    assert table.rows[0][worst] == "-"


def test_a_sure_saving_is_not_shown_as_certain() -> None:
    """Protects against 100%: no finite sample shows that."""
    result = result_of(normal_costs(manila=(1e6, 1e4)))
    table = outcomes(result, summarise(result))
    assert table.rows[0][table.columns.index("P(saves)")] == ">99.9%"


def test_categories_are_sorted_and_totalled() -> None:
    """Protects the second table: largest first, an amount that would vanish on its own scale, a total."""
    result = result_of({"in-house": [5e6, 5e6], "manila": [3e6, 3e6]})
    result.categories["manila"] = {"taxes": 100.0, "vendor_fees": 2_999_900.0}
    table = categories(result, summarise(result))
    assert table.rows == (
        ("labour", "5.00M", "-"),
        ("vendor fees", "-", "3.00M"),
        ("taxes", "-", "100"),
        ("total", "5.00M", "3.00M"),
    )


def test_markup_in_a_label_is_text() -> None:
    """Protects the terminal: rich markup and escape sequences in a name are shown, not obeyed."""
    result = result_of({"in-house": [5.0, 6.0], "[bold red]x[/]\x1b[2J": [3.0, 4.0]})
    text = drawn(outcomes(result, summarise(result)))
    assert "[bold red]x[/]" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_terminal_loses_no_column(width: int) -> None:
    """Protects the last columns: what does not fit is wrapped, never left out."""
    result = result_of(normal_costs(manila=(9e6, 1e6)), scenario_with(promised_saving=5e5))
    table = outcomes(result, summarise(result))
    text = drawn(table, width)
    assert max(map(len, text.splitlines())) <= width
    # However a cell is wrapped, every one of its characters is still there.
    shown = Counter(text)
    wanted = Counter("".join(map("".join, (table.columns, *table.rows))))
    assert {char for char in wanted if not char.isspace() and shown[char] < wanted[char]} == set()


@pytest.mark.parametrize("width", [40, 50, 60, 70])
def test_a_narrow_terminal_cuts_no_word(width: int) -> None:
    """Protects reading at 60 columns: tables below each other, names repeated, cells in whole words."""
    result = result_of(normal_costs(manila=(9e6, 1e6)), scenario_with(promised_saving=5e5))
    table = outcomes(result, summarise(result))
    parts = in_parts(table, width)
    text = "".join(drawn(part, width) for part in parts)
    assert max(map(len, text.splitlines())) <= width
    words = {word for cell in (*table.columns, *itertools.chain(*table.rows)) for word in cell.split()}
    assert words <= set(text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert [part.title for part in parts] == [table.title, *[""] * (len(parts) - 1)]
    figures = [column for part in parts for column in part.columns[2:]]
    assert figures == list(table.columns[2:])
    assert text.count("in-house") == len(parts) > 1


def test_a_wide_terminal_gets_one_table() -> None:
    """Protects the usual case."""
    result = result_of(normal_costs(manila=(9e6, 1e6)))
    table = outcomes(result, summarise(result))
    assert in_parts(table, 120) == [table]


def test_markdown_escapes_what_it_would_read() -> None:
    """Protects a Markdown table: a pipe in a name is no column and an asterisk no emphasis."""
    text = markdown(Table("a|b", ("name", "x"), (("*p|q*", "1"),)))
    assert text.splitlines() == ["**a\\|b**", "", "| name | x |", "| --- | ---: |", "| \\*p\\|q\\* | 1 |"]


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_label_becomes_a_formula(label: str) -> None:
    """Protects spreadsheets: a text that would be calculated is marked as text and starts no new row."""
    rows = list(csv.reader(io.StringIO(csv_text([(label, -1.5, None)]), newline="")))
    assert rows == [[f"'{printable(label)}", "-1.5", ""]]


def test_tidy_rows_hold_the_full_numbers() -> None:
    """Protects CSV: one row a figure, numbers that read back as the same double."""
    result = result_of(normal_costs(manila=(9e6, 1e6)))
    summary = summarise(result)
    rows = {(name, measure): value for name, measure, value, _ in csv.reader(
        io.StringIO(csv_text(tidy_rows(summary)))
    )}  # fmt: skip
    manila = summary.alternatives["manila"]
    assert float(rows["manila", "saving.mean"]) == manila.saving.mean.value
    assert float(rows["manila", "by_category.labour"]) == manila.categories["labour"]
    assert float(rows["", "evpi"]) == summary.decision.evpi.value


def test_plus_minus_shows_no_digit_beyond_the_error() -> None:
    """Protects against false precision: 4,812,345 ± 120,000 is 4.81M at most."""
    assert plus_minus(Estimate(4_812_345.0, 420_000.0)) == "4.8M ± 400k"
    assert plus_minus(Estimate(4_812_345.0, None)) == "4.8M"


def test_printable_keeps_letters_of_every_language() -> None:
    """Protects names such as Kraków, while control characters become visible."""
    assert printable("Kraków\x07") == "Kraków\N{REPLACEMENT CHARACTER}"
