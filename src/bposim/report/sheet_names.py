"""Names of sheets that every spreadsheet accepts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_A_NAME = 31
"""The longest name that a sheet can have."""

_OF_EXCEL = "history"
"""A name that Excel keeps for itself."""


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """Return a name that every spreadsheet accepts, and that is not among those taken, in lower case."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", "".join(char if char.isprintable() else " " for char in wanted))
    clean = " ".join(clean.split()).lstrip("=+-@ ") or "sheet"
    name, number, used = clean[:MOST_OF_A_NAME].strip(), 2, {*taken, _OF_EXCEL}
    while name.lower() in used:
        ending = f" {number}"
        name, number = f"{clean[: MOST_OF_A_NAME - len(ending)].strip()}{ending}", number + 1
    return name
