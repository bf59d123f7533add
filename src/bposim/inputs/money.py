"""Amounts of money: a number, certain or not, and the currency it is in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, StringConstraints

from bposim.inputs.number import NonNegative
from bposim.part import Findings, Part, complaint
from bposim.quantities import kind_of, read_money
from bposim.tree import standing_for

_CODE = r"^[A-Z]{3}$"


def _code(data: Any) -> Any:  # noqa: ANN401
    if data is not None and not (isinstance(data, str) and re.fullmatch(_CODE, data)):
        spelt = str(data).strip().upper()
        remedy = f"write {spelt}" if re.fullmatch(_CODE, spelt) else "write three capitals, such as USD"
        raise complaint("bp_type", f"{kind_of(data)} is not a currency code; {remedy}")
    return data


Currency = Annotated[str, StringConstraints(pattern=_CODE), BeforeValidator(_code)]
"""An ISO 4217 code such as USD."""


class Money(Part):
    """An amount in a currency; without one, in the scenario's base currency."""

    amount: NonNegative
    """The amount, certain or uncertain."""
    currency: Currency | None = None
    """ISO code; the base currency if left out."""


def _read(data: Any) -> Any:  # noqa: ANN401
    """Let ``PHP 45k`` and ``{low: …, likely: …, high: …, currency: PHP}`` stand for an amount."""
    if isinstance(data, (Money, list)):
        return data
    if not isinstance(data, dict):
        amount, currency = read_money(data)
        return {"amount": amount, "currency": currency}
    key = "amount" if "amount" in data else "value"
    if isinstance(data.get(key), str) and data.keys() <= {key, "currency"}:
        amount, currency = _read_below(data, key)
        if currency is not None:
            return standing_for(data, {"amount": amount, "currency": currency})
    if "amount" in data:
        return data
    number = {key: value for key, value in data.items() if key != "currency"}
    if not number:
        return data
    named = {key: value for key, value in data.items() if key == "currency"}
    return standing_for(data, {"amount": standing_for(data, number)} | named)


def _read_below(data: dict[str, Any], key: str) -> tuple[float, str | None]:
    """Read ``{amount: PHP 45k}``; a currency beside the amount may only say the same."""
    findings = Findings()
    amount, currency = 0.0, None
    with findings.at(key):
        amount, currency = read_money(data[key])
        if currency is not None and data.get("currency", currency) != currency:
            raise complaint(
                "bp_form", f"{kind_of(data[key])} is not in {data['currency']}; keep one of the two"
            )
    findings.settle()
    return amount, currency


if TYPE_CHECKING:
    Amount: TypeAlias = Money
else:
    Amount = Annotated[Money, BeforeValidator(_read)]
