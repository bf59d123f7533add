"""The assumptions of a scenario in a workbook that a non-programmer fills in, and back.

:func:`export_book` writes the workbook, :func:`import_book` reads it and changes the scenario file where a
cell was changed, and nowhere else.
"""

from __future__ import annotations

from pathlib import Path

from bposim.assumption_book.edits import BookChange
from bposim.assumption_book.importing import Imported, import_book
from bposim.assumption_book.listing import rows_of
from bposim.assumption_book.rows import sheets_of
from bposim.assumption_book.workbook import write_workbook
from bposim.files import load
from bposim.yaml_tree import load_tree

__all__ = ["BookChange", "Imported", "export_book", "import_book"]


def export_book(scenario: str | Path, book: str | Path) -> dict[str, int]:
    """Write a workbook of the assumptions in a scenario file; return the number of rows by sheet.

    Args:
        scenario: the file, which must be valid.
        book: the workbook, .xlsx; a file of that name is replaced.

    Raises:
        ScenarioError: with every complaint about the scenario.
    """
    whole = load(scenario)
    rows = rows_of(load_tree(scenario), whole.base_currency)
    path = Path(scenario)
    write_workbook(book, rows, path.read_bytes(), path.name, whole.title)
    return {name: len(own) for name, own in sheets_of(rows).items()}
