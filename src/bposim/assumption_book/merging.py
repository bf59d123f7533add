"""Three versions of a scenario: the file that a workbook was made of, that file now, and the workbook.

A change of the book is taken where the file still says what the book was made from, or says the same; where
both have changed, a person decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bposim.assumption_book.edits import BookChange, aspects, said
from bposim.errors import Complaint, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.assumption_book.edits import Edit
    from bposim.assumption_book.rows import Row


def merged(
    edits: Sequence[Edit], base: Sequence[Row], mine: Sequence[Row], file: str
) -> tuple[list[Edit], list[BookChange]]:
    """Return the edits for the file as it is now, and what that has itself changed.

    Raises ScenarioError (BP404) with every value that both have changed.
    """
    before = {row.path: row for row in base}
    now = {row.path: row for row in mine}
    complaints: list[Complaint] = []
    rest: list[Edit] = []
    for edit in edits:
        row = now.get(edit.row.path)
        if row is None:
            what, remedy = f"{file} no longer has this value", "export a fresh book of it"
            complaints.append(Complaint("BP404", edit.row.path, what, remedy, edit.place))
            continue
        moved = dict(aspects(row).items() - aspects(before[row.path]).items())
        wanted = edit.wanted
        for name, found in moved.items():
            if name in wanted and wanted[name] != found:
                old = aspects(before[row.path])[name] or "empty"
                what = f"the {name} was {old}, the book says {wanted[name]}, {file} says {found or 'nothing'}"
                remedy = "decide which holds, and put it into both"
                complaints.append(Complaint("BP404", row.path, what, remedy, edit.place))
        left = edit.without({name for name, found in moved.items() if wanted.get(name) == found})
        if left is not None:
            rest.append(replace(left, row=row))
    if complaints:
        raise ScenarioError(complaints)
    return rest, list(_kept(before, now))


def _kept(before: dict[str, Row], now: dict[str, Row]) -> Iterator[BookChange]:
    """Yield what the file has changed."""
    for path in dict.fromkeys([*before, *now]):
        old, new = before.get(path), now.get(path)
        if old is None or new is None or aspects(old) != aspects(new):
            yield BookChange("", path, said(old) if old else "", said(new) if new else "")
