"""The unit of a number of the file, which its type or what its field means gives away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bposim.inputs.distribution import Distribution

if TYPE_CHECKING:
    from bposim.explain.sources import Written
    from bposim.scenario import Scenario

_ASIDE = re.compile(r"\([^)]*\)")
_MONEY = re.compile(r"in base currency|^Present value")
_MONTHS = re.compile(r"^(?:[^\s,]+, )?(?:Further )?months\b|\bin months(?: of fees)?\.?$", re.IGNORECASE)
_PART = re.compile(
    r"\bparts? (?:\S+ )?of\b|^(?:\S+, )?(?:\w+ )?(?:growth|rise|interest rate|probability|chance|mark-up)\b"
    r"|\b0\.\d+ (?:is|means) \d+ ?%|\beffective and nominal\b",
    re.IGNORECASE,
)
"""What the meaning of a field says of its unit; a meaning is the docstring of the field."""


def unit_of(written: Written, scenario: Scenario) -> str:
    """Return the unit of a number: its currency, %, months; empty where neither type nor meaning says one."""
    meaning = _ASIDE.sub("", written.meaning)
    if written.is_money:
        return written.currency or scenario.base_currency
    if written.unit or (isinstance(written.value, Distribution) and written.value.per_cent):
        return written.unit or "%"
    if _MONEY.search(meaning):
        return scenario.base_currency
    if _MONTHS.search(meaning):
        return "months"
    return "%" if _PART.search(meaning) else ""
