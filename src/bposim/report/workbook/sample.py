"""The first futures of the run, one a row: what each alternative cost and saved, and what was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.plain_names import PlainNames

if TYPE_CHECKING:
    from bposim.report.workbook.book import Book
    from bposim.result import AnyResult
    from bposim.shapes import FloatArray

MOST_ROWS = 5_000
MOST_CELLS = 120_000
"""Some 1.5 MB; a run with many inputs shows fewer of its futures."""

PRINTED_ROWS, PRINTED_COLUMNS = 35, 10
"""What is printed, one page: nobody reads more on paper."""

HEAD, FIRST = 4, 5

DIGITS = 7
"""What the run keeps of an input."""


def write_sample(book: Book, result: AnyResult) -> None:
    """Write as many of the first futures as a workbook carries well."""
    first, currency = result.first, result.scenario.base_currency
    titles, called = result.titles, PlainNames(result.scenario)
    columns: list[tuple[str, str, FloatArray]] = [
        (f"cost, {currency}", titles[name], np.round(first.costs[name], 2)) for name in first.names
    ]
    columns += [
        (f"saving, {currency}", titles[name], np.round(first.saving(name), 2))
        for name in first.names
        if name != first.baseline
    ]
    if first.sample is not None:
        columns += [
            (f"input{f', {driver.unit}' if driver.unit else ''}", called.driver(driver), _short(values))
            for driver, values in first.sample.inputs.items()
        ]
    rows = max(1, min(first.trials, MOST_ROWS, MOST_CELLS // len(columns)))
    page = book.sheet("Sample", (9, *[17] * len(columns)), colour="#7F7F7F")
    page.title(f"The first {rows:,} of {result.trials:,} futures")
    page.text(
        1,
        0,
        "One future a row, the same future for every alternative: present values and the inputs drawn. "
        "The run's folder holds all of them.",
        "note",
    )
    page.texts(HEAD - 1, 0, ("", *(kind for kind, _, _ in columns)), "head")
    page.tall(HEAD, 3)
    page.texts(HEAD, 0, ("future", *(name for _, name, _ in columns)), "head")
    for column, (kind, _, values) in enumerate(columns, 1):
        shape = "#,##0" if "," in kind else "0.######"
        for row, value in enumerate(values[:rows].tolist()):
            page.number(FIRST + row, column, value, "whole", shape)
    for row in range(rows):
        page.number(FIRST + row, 0, float(row), "whole", "0")
    page.freeze(FIRST, 1)
    page.filtered((HEAD, 0), (FIRST + rows - 1, len(columns)))
    there, here = (rows, len(columns)), (min(rows, PRINTED_ROWS), min(len(columns), PRINTED_COLUMNS))
    told = f"the first {here[0]} futures, {here[1]} of {there[1]} columns; the others are in the file"
    last = FIRST + here[0] - 1, here[1]
    page.on_paper((HEAD - 1, HEAD), last, told=told if here != there else "")


def _short(values: np.ndarray) -> FloatArray:
    """Return float32 values as the shortest doubles that mean them."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values[:MOST_ROWS].tolist()])
