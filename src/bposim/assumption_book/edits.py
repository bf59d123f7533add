"""What is new in one row of a workbook, and how a person is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bposim.assumption_book.rows import NOTE, OWNER, SLOTS, SOURCE, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.assumption_book.places import CellPlace
    from bposim.assumption_book.rows import Row

NOTES = (SOURCE, OWNER, NOTE)


@dataclass(frozen=True, slots=True)
class BookChange:
    """One difference between the book and the file, in words."""

    cell: str
    path: str
    before: str
    after: str


@dataclass(slots=True)
class Edit:
    """What is new in one row."""

    row: Row
    place: CellPlace
    """The first cell that is new."""
    kind: str | None = None
    """Another kind of number; None where it stays."""
    figures: dict[str, str | None] = field(default_factory=dict)
    """New numbers by column as the file writes them, all of them under a new kind; None where one goes."""
    words: str | None = None
    notes: dict[str, str] = field(default_factory=dict)
    """New source, owner or note; empty where it goes."""
    note_places: dict[str, CellPlace] = field(default_factory=dict)

    @property
    def changes_value(self) -> bool:
        """Whether more than notes is new."""
        return self.words is not None or self.kind is not None or bool(self.figures)

    @property
    def wanted(self) -> dict[str, str]:
        """What the book wants the row to say, as far as it changes it."""
        return self.notes | ({"value": self.after} if self.changes_value else {})

    @property
    def after(self) -> str:
        """The new value as one line of the file would have it."""
        if self.words is not None:
            return self.words
        before = {column: figure.text for column, figure in self.row.figures.items()}
        figures: dict[str, str | None] = {**({} if self.kind else before), **self.figures}
        return _form(self.kind or self.row.kind, figures)

    def without(self, done: set[str]) -> Edit | None:
        """Return the edit without what the file says already; None where nothing is left."""
        notes = {name: text for name, text in self.notes.items() if name not in done}
        rest = replace(self, notes=notes)
        if "value" in done:
            rest = replace(rest, kind=None, figures={}, words=None)
        return rest if notes or rest.changes_value else None

    def told(self) -> Iterator[BookChange]:
        """Yield what is new, in words."""
        row = self.row
        if self.changes_value:
            yield BookChange(self.place.cell, row.path, said(row) or row.kind, self.after)
        for name, text in self.notes.items():
            cell = self.note_places[name].cell
            yield BookChange(cell, f"{row.path}.{name}", row.notes.get(name, ""), text)


def aspects(row: Row) -> dict[str, str]:
    """Return what a row says: its value and each of its notes."""
    notes = {name: row.notes.get(name, "") for name in NOTES}
    return {"value": said(row), **notes}


def said(row: Row) -> str:
    """Return the value of a row as one line of the file would have it."""
    if row.words is not None:
        return row.words
    return _form(row.kind, {column: figure.text for column, figure in row.figures.items()})


def _form(kind: str, figures: Mapping[str, str | None]) -> str:
    """Return a number as one line of the file would have it."""
    slots = SLOTS.get(kind, {VALUE: "value"})
    if set(slots) == {VALUE}:
        return figures.get(VALUE) or ""
    return (
        "{"
        + ", ".join(f"{key}: {figures[c]}" for c, key in slots.items() if figures.get(c) is not None)
        + "}"
    )
