"""How a number of the file stands in a row: its unit, and the number format of its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.inputs import figures
from bposim.inputs.distribution import Distribution
from bposim.report.workbook.number_formats import PER_CENT, WHOLE, number_format

if TYPE_CHECKING:
    from bposim.explain.inputs import Figures
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


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows of a number."""

    figures: Figures
    unit: str
    """A currency, %, months; empty where it is a plain number."""
    num_format: str


def shown(written: Written, scenario: Scenario) -> Shown:
    """Return what a row shows of a number of the file."""
    said, unit = figures(written.value), unit_of(written, scenario)
    values = np.array([value for value in (said.mean, *said.percentiles.values()) if np.isfinite(value)])
    if unit == "%":
        coarse = said.kind != "certain" and np.max(np.abs(values)) >= 0.01  # noqa: PLR2004 - a per cent
        return Shown(said, unit, "0.0%" if coarse else PER_CENT)
    if np.all(values == np.round(values)):
        return Shown(said, unit, WHOLE)
    return Shown(said, unit, "#,##0.####" if said.kind == "certain" else number_format(values))


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
