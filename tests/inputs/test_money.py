"""Amounts of money and the currency they are in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Amount, Currency, Money
from bposim.yaml_tree import read_node


def read(written: str) -> Money:
    """Return what a scenario file makes of an amount written in YAML."""
    return TypeAdapter(Amount).validate_python(read_node(written, "s.yaml", origin="here"))


def refusals(written: str) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the place and the message of each finding."""
    with pytest.raises(ValidationError) as caught:
        read(written)
    return [(finding["loc"], finding["msg"]) for finding in caught.value.errors()]


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("45k", 45_000.0, None),
        ("PHP 45k", 45_000.0, "PHP"),
        ("3.10 USD", 3.1, "USD"),
        ("{amount: 45k}", 45_000.0, None),
        ("{amount: 45k, currency: PHP}", 45_000.0, "PHP"),
        ("{value: 45k, currency: PHP}", 45_000.0, "PHP"),
        ("{value: PHP 45k}", 45_000.0, "PHP"),
        ("{amount: PHP 45k}", 45_000.0, "PHP"),
        ("{amount: PHP 45k, currency: PHP}", 45_000.0, "PHP"),
        ("{amount: {value: 45k}, currency: PHP}", 45_000.0, "PHP"),
    ],
)
def test_certain_amount(written: str, amount: float, currency: str | None) -> None:
    """The currency may stand before, behind or beside the number."""
    money = read(written)
    assert (money.amount, money.currency) == (amount, currency)


@pytest.mark.parametrize(
    "written",
    [
        "{low: 1k, likely: 2k, high: 3k, currency: PHP}",
        "{amount: {low: 1k, likely: 2k, high: 3k}, currency: PHP}",
        "{uniform: {low: 1k, high: 3k}, currency: PHP}",
    ],
)
def test_uncertain_amount(written: str) -> None:
    """A distribution has its currency beside it or around it."""
    money = read(written)
    assert isinstance(money.amount, Distribution)
    assert money.amount.mean == pytest.approx(2000.0, rel=1e-12)
    assert money.currency == "PHP"


@pytest.mark.parametrize(
    ("written", "where", "said"),
    [
        ("-45k", ("amount",), "write a number of at least 0"),
        ("$45k", (), "write the ISO code, as in USD 45k"),
        ("{value: $45k}", ("value",), "write the ISO code, as in USD 45k"),
        ("{amount: $45k}", ("amount",), "write the ISO code, as in USD 45k"),
        ("{amount: 45k, currency: php}", ("currency",), "write PHP"),
        ("{amount: 45k, curency: PHP}", ("curency",), 'did you mean "currency"?'),
        ("{amount: PHP 45k, currency: USD}", ("amount",), "is not in USD; keep one of the two"),
        ("{currency: PHP}", ("amount",), "the key is missing"),
        ("{low: 1k, likely: x, high: 3k}", ("amount", "likely"), '"x" is not a number'),
        ("{low: PHP 1k, likely: 2k, high: 3k}", ("amount", "low"), "currency: PHP stands beside it"),
        ("[45k]", (), "expected keys and values here, found a list"),
        ("45%", (), "is a share, and an amount of money is wanted here"),
    ],
)
def test_place_and_words_of_one_mistake(written: str, where: tuple[str | int, ...], said: str) -> None:
    """One mistake gives one finding, at its own place in the amount."""
    ((loc, message),) = refusals(written)
    assert loc == where
    assert said in message


@pytest.mark.parametrize(
    ("code", "remedy"), [("usd", "write USD"), ("US$", "three capitals"), ("EURO", "three capitals")]
)
def test_currency_is_three_capitals(code: str, remedy: str) -> None:
    """A code in small letters is shown right; anything else is explained."""
    with pytest.raises(ValidationError, match=remedy):
        TypeAdapter(Currency).validate_python(code)


def test_python_may_hand_over_numbers() -> None:
    """A program that builds an amount itself needs no text."""
    adapter: Any = TypeAdapter(Amount)
    assert adapter.validate_python(12.5) == Money(amount=12.5)
    assert adapter.validate_python(Money(amount=1.0, currency="EUR")).currency == "EUR"
