"""Named stresses of a scenario: what if the peso rises by a fifth, what if attrition is at its P95?"""

from __future__ import annotations

import json
import re
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bposim.inputs.money import Currency
from bposim.part import Part, Real, complaint
from bposim.quantities import read_year_month

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)", re.IGNORECASE)
_SPECIAL = re.compile(r"[,:#\[\]{}]")
_CONDITION = re.compile(r"(above|below) +p(\d{1,2}(?:\.\d+)?)", re.IGNORECASE)


def _percentile(value: str) -> str:
    found = _PERCENTILE.fullmatch(value.strip())
    if found is None or not float(found[1]) > 0:
        raise complaint("bp_type", f"{value} is not a percentile; write one between p0 and p100, such as p95")
    return value.strip().lower()


def _condition(value: str) -> str:
    found = _CONDITION.fullmatch(value.strip())
    if found is None or not float(found[2]) > 0:
        raise complaint("bp_type", f"{value} is not a condition; write above p90 or below p10")
    return value.strip().lower()


def _texts(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {key: item if isinstance(item, str) else _flow(item) for key, item in value.items()}


def _flow(node: object) -> str:
    """Write a value as YAML in one line, as --set takes it."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in node.items()) + "}"
    if isinstance(node, list):
        return f"[{', '.join(map(_flow, node))}]"
    text = str(node)
    is_plain = getattr(node, "plain", True) and not _SPECIAL.search(text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _month(value: str) -> str:
    read_year_month(value)
    return value


CalendarMonth = Annotated[str, AfterValidator(_month)]


class Shift(Part):
    """A path of the world is multiplied by 1 + ``change`` from one month to another."""

    change: Annotated[Real, Field(gt=-1)]
    """For instance +20%."""
    from_month: CalendarMonth | None = None
    """First month, e.g. 2028-01; the start if left out."""
    to_month: CalendarMonth | None = None
    """Last month; the horizon if left out."""


class Stress(Part):
    """Something that is assumed to happen; all of what is said here happens at once."""

    set: Annotated[dict[str, str], BeforeValidator(_texts)] = {}  # noqa: RUF012 - pydantic copies defaults
    """Values by path, as for --set."""
    inputs: dict[str, Annotated[str, AfterValidator(_percentile)]] = {}  # noqa: RUF012
    """Uncertain inputs that are at a percentile of their own in every future: attrition: p95."""
    fx: dict[Currency, Shift] = {}  # noqa: RUF012
    """Exchange rates that are higher or lower for some time than they come out."""
    volume: Shift | None = None
    """The volume is above or below what it comes out as; nobody has forecast it."""
    given: dict[str, Annotated[str, AfterValidator(_condition)]] = {}  # noqa: RUF012
    """Conditions: only futures in which an input is above or below a percentile, others moving along."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        changes = self.set or self.inputs or self.fx or self.volume
        if self.given and changes:
            raise complaint(
                "bp_form", "a condition picks futures and the rest changes them; make it two stresses"
            )
        if not self.given and not changes:
            raise complaint("bp_missing", "nothing is stressed; add set:, inputs:, fx:, volume: or given:")
        return self


def percentile_of(text: str) -> float:
    """Return the probability of ``p95`` or ``above p90``."""
    return float(text.rpartition("p")[2]) / 100
