"""The rows of a workbook of assumptions: what stands on which sheet, for whom to fill in.

A row is one number in any of its forms, one word, or the heading of a mapping, whose source, owner and note
it carries.  What a file takes over by ``like:``, from the library or by an alias is a row without cells:
it is changed where it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bposim.assumption_book.spelling import Amount, Style

if TYPE_CHECKING:
    from bposim.tree import Steps

FIXED, RANGE, PERCENTILES = "fixed", "low-likely-high", "P10-P50-P90"
PARAMETER, TEXT, CHOICE, FLAG, SHARED, HEADING = (
    "parameter", "text", "choice", "yes or no", "taken over", "heading",
)  # fmt: skip

VALUE, LOW, MID, HIGH, MIN, MAX = "value", "low", "mid", "high", "min", "max"
NUMBER_COLUMNS = (VALUE, LOW, MID, HIGH, MIN, MAX)

SLOTS: dict[str, dict[str, str]] = {
    FIXED: {VALUE: "value"},
    RANGE: {LOW: "low", MID: "likely", HIGH: "high", MIN: "min", MAX: "max"},
    PERCENTILES: {LOW: "p10", MID: "p50", HIGH: "p90", MIN: "min", MAX: "max"},
}
"""Column and key of each figure, by the form of a number."""

OPTIONAL = (MIN, MAX)

MAX_CELL = 32_000
"""Characters of a text that a cell takes, a little below the limit of the format."""

GENERAL = "General"
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


LABEL, MEANING, KIND, UNIT, SOURCE, OWNER, NOTE, PATH = (
    "label", "meaning", "kind", "unit", "source", "owner", "note", "path",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, float]] = {
    LABEL: ("What", 30),
    MEANING: ("Meaning", 36),
    KIND: ("Kind", 16),
    "value": ("Value", 12),
    "low": ("Low or P10", 11),
    "mid": ("Likely or P50", 11),
    "high": ("High or P90", 11),
    "min": ("Never below", 9),
    "max": ("Never above", 9),
    UNIT: ("Unit", 12),
    SOURCE: ("Source", 30),
    OWNER: ("Owner", 12),
    NOTE: ("Note", 30),
    PATH: ("Path in the file", 44),
}
"""Heading and width of each column, from the left."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands in a cell."""

    steps: Steps
    """The way to its scalar in the file."""
    text: str
    """As the file writes it."""
    amount: Amount


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    steps: Steps
    sheet: str
    depth: int
    label: str
    meaning: str = ""
    kind: str = HEADING
    kinds: tuple[str, ...] = ()
    """Kinds that may be chosen instead; empty where the kind is fixed."""
    figures: dict[str, Figure] = field(default_factory=dict)
    words: str | None = None
    """Text of the value column, of a text, a choice or a flag."""
    locked: bool = False
    """Whether the value cannot be changed in a workbook."""
    choices: tuple[str, ...] = ()
    unit: str = ""
    bounds: tuple[float | None, float | None] = (None, None)
    notes: dict[str, str] = field(default_factory=dict)
    annotatable: bool = False
    style: Style | None = None
    """How the numbers of a distribution are written."""
    is_map: bool = False
    """Whether the row stands for a mapping of the file, else for a single value."""

    @property
    def path(self) -> str:
        """The dotted path, unique in the file; names with dots in them are in quotes."""
        return path_of(self.steps)

    @property
    def is_month(self) -> bool:
        """Whether the text is a calendar month."""
        return self.words is not None and bool(_MONTH.fullmatch(self.words))

    @property
    def per_cent(self) -> bool:
        """Whether its numbers are written in per cent."""
        styles = [figure.amount.style for figure in self.figures.values()] or [self.style or Style()]
        return any(style.per_cent for style in styles)

    def style_of(self, column: str) -> Style:
        """Return how a number in this column is to be written."""
        if column in self.figures:
            return self.figures[column].amount.style
        return next((figure.amount.style for figure in self.figures.values()), self.style or Style())


def path_of(steps: Steps) -> str:
    """Return steps as a person writes them; a name that is itself a path is quoted."""
    parts: list[str] = []
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            name = f'"{step}"' if re.search(r"[.\[\]\"]", step) else step
            parts.append(f".{name}" if parts else name)
    return "".join(parts)


def sheets_of(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the rows by sheet, in the order of the workbook."""
    sheets: dict[str, list[Row]] = {}
    for row in rows:
        sheets.setdefault(row.sheet, []).append(row)
    return sheets
