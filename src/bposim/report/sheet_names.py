"""Names of sheets that every spreadsheet accepts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_A_NAME = 31
"""The longest name that a sheet can have, in the units that spreadsheets count."""

_OF_EXCEL = "history"
"""A name that Excel keeps for itself."""


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """Return a name that every spreadsheet accepts, and that is not among those taken, in lower case."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", "".join(char if char.isprintable() else " " for char in wanted))
    clean = " ".join(clean.split()).lstrip("=+-@ ") or "sheet"
    name, number, used = cut(clean, MOST_OF_A_NAME).strip(), 2, {*taken, _OF_EXCEL}
    while name.lower() in used:
        ending = f" {number}"
        name, number = f"{cut(clean, MOST_OF_A_NAME - len(ending)).strip()}{ending}", number + 1
    return name


def units(text: str) -> int:
    """Return the length of a text as spreadsheets count it: what is beyond 16 bits, an emoji, is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is at most so many units long; no character is cut in two."""
    kept = text[:most]
    while units(kept) > most:
        kept = kept[:-1]
    return kept
