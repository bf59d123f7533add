"""Amounts of money: a number, certain or not, and the currency it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, StringConstraints

from bposim.inputs.number import NonNegative
from bposim.part import Part
from bposim.quantities import read_money
from bposim.tree import standing_for

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
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
    if "amount" in data:
        return data
    number = standing_for(data, {key: value for key, value in data.items() if key != "currency"})
    named = {key: value for key, value in data.items() if key == "currency"}
    return standing_for(data, {"amount": number} | named)


if TYPE_CHECKING:
    Amount: TypeAlias = Money
else:
    Amount = Annotated[Money, BeforeValidator(_read)]
