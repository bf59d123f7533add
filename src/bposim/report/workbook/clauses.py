"""What the contracts say and what is done against risks, with the numbers and what they cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bposim.clauses import CLAUSES, clause_paths
from bposim.explain.sources import numbers
from bposim.inputs.names import short_name
from bposim.report.workbook.book import lines_of
from bposim.report.workbook.written import shown

if TYPE_CHECKING:
    from bposim.explain.sources import Written
    from bposim.report.workbook.book import Book, Page
    from bposim.scenario import Scenario

_PRICE = re.compile(r"\.price\.[a-z_]+(?=\.|$)")
HEADS = (
    ("of", 16),
    ("clause or measure", 30),
    ("what it does", 40),
    ("parameter", 60),
    ("unit", 8),
    ("mean", 14),
    ("P5", 14),
    ("P95", 14),
)
HEAD, FIRST = 3, 4
NUMBERS = range(5, 8)
"""Columns of figures."""


def write_clauses(book: Book, scenario: Scenario) -> None:
    """Write every clause by alternative with its numbers, then the mitigations."""
    page = book.sheet("Clauses and mitigations", [width for _, width in HEADS], colour="#D55E00")
    page.title("Clauses and mitigations")
    page.text(
        1,
        0,
        "What each is worth needs the futures again without it: `bposim worth` on the run's folder, or on "
        "the scenario, prices every one and says what to negotiate first.",
        "note",
    )
    page.heads(HEAD, (head for head, _ in HEADS), NUMBERS)
    written = [own for own in numbers(scenario) if own.given]
    row = FIRST
    for alternative in scenario.alternatives:
        paths = {_position(path): (path, key) for path, key in clause_paths(scenario, alternative)}
        for at, (path, key) in paths.items():
            deeper = [other for other in paths if _within(other, at) and other != at]
            own = [
                number
                for number in written
                if _within(number.position, at)
                and not any(_within(number.position, other) for other in deeper)
            ]
            what = CLAUSES[key]
            if key == "fx_clause":
                what = f"{what}: {_fx_clause(scenario, alternative, path)}"
            texts = (scenario.titles[alternative], _clause(path), what)
            row = _entry(page, row, texts, own, at, scenario)
    for name in sorted(scenario.mitigations):
        takers = [
            scenario.titles[key] for key, own in scenario.alternatives.items() if name in own.mitigations
        ]
        taken = f"taken by {', '.join(takers)}" if takers else "taken by none"
        path = f"mitigations.{name}"
        own = [number for number in written if number.position.startswith(f"{path}.")]
        row = _entry(page, row, ("mitigation", name, taken), own, path, scenario)
    if row == FIRST:
        page.text(row, 0, "The scenario has no clauses and no mitigations.", "note")
    page.filtered((HEAD, 0), (row - 1, len(HEADS) - 1))
    page.freeze(FIRST, 2)
    page.on_paper((HEAD, HEAD), (max(row - 1, FIRST), len(HEADS) - 1))


def _entry(  # noqa: PLR0913, PLR0917 - a place, texts and numbers
    page: Page, row: int, texts: tuple[str, str, str], own: list[Written], path: str, scenario: Scenario
) -> int:
    """Write a clause or a measure with a row a number, and return the row after it."""
    if not own:
        page.texts(row, 0, texts, "wrapped")
        return row + 1
    for number in own:
        page.texts(row, 0, texts, "wrapped")
        row_of = shown(number, scenario)
        said = row_of.figures
        inner = number.position.removeprefix(path).lstrip(".").removesuffix(".amount") or "value"
        said_of = f"{inner}: {number.meaning}" if number.meaning else inner
        page.text(row, 3, said_of, "wrapped")
        page.tall(row, lines_of(said_of, HEADS[3][1]))
        for column, value in ((5, said.mean), (6, said.percentiles["p5"]), (7, said.percentiles["p95"])):
            if column == 5 or said.kind != "certain":  # noqa: PLR2004 - the mean
                page.number(row, column, value, "top", row_of.num_format)
        page.text(row, 4, row_of.unit, "wrapped")
        row += 1
    return row


def _position(path: str) -> str:
    """Return where the numbers of a clause stand: they do not name the price model that they are of."""
    return _PRICE.sub(".price", path)


def _within(position: str, at: str) -> bool:
    return position == at or position.startswith((f"{at}.", f"{at}["))


def _fx_clause(scenario: Scenario, alternative: str, path: str) -> str:
    """Return the kind of a currency clause."""
    leg = scenario.alternatives[alternative].legs[int(path.partition("legs[")[2].partition("]")[0])]
    return leg.vendor.fx_clause.kind if leg.vendor else ""


def _clause(path: str) -> str:
    """Return a clause's path without the alternative that stands beside it."""
    return short_name(path).partition(".")[2]
