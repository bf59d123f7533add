"""A certain number of whole months, at least one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from bposim.part import complaint
from bposim.quantities import read_months


def _whole(written: object) -> int:
    months = read_months(written)
    if months != int(months) or months < 1:
        raise complaint("bp_range", f"{months:g} is not possible here; write whole months, 1 or more")
    return int(months)


WholeMonths = Annotated[
    int,
    BeforeValidator(_whole),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}],
            "description": "Whole months: 3, 3 months or 1 quarter.",
        }
    ),
]
"""Months that a clause counts one by one."""
