"""Numbers, money and periods are read as people write them, and nothing is guessed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bposim.quantities import read_money, read_months, read_number, read_year_month
from bposim.tree import Text

NUMBERS = {
    "0": 0.0,
    "-0": 0.0,
    "40%": 0.4,
    "5 %": 0.05,
    "-2%": -0.02,
    "+3": 3.0,
    ".5": 0.5,
    "3.": 3.0,
    "1e6": 1e6,
    "1E-3": 1e-3,
    "2.5e2%": 2.5,
    "450k": 450_000.0,
    "1.5 k": 1500.0,
    "1.2M": 1_200_000.0,
    "2bn": 2e9,
    "185_000": 185_000.0,
    "1_000_000": 1e6,
    " 7 ": 7.0,
    "45,000": 45_000.0,
    "-1,234,567": -1_234_567.0,
    "1,000.50": 1000.5,
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_number_as_written(text: str, number: float) -> None:
    """Protects the grammar of numbers: percent, k, M, bn, underscores, exponents, signs."""
    assert number == read_number(text)
    assert number == read_number(Text(text))


@settings(deadline=None)
@given(st.integers(-99_999, 99_999), st.sampled_from([("%", -2), ("k", 3), ("M", 6), ("bn", 9)]))
def test_suffix_is_exact(thousandths: int, suffix: tuple[str, int]) -> None:
    """Protects the promise that 5.8% is the double 0.058, not the product 5.8 * 0.01."""
    sign, (whole, part) = "-" * (thousandths < 0), divmod(abs(thousandths), 1000)
    assert float(f"{thousandths}e{suffix[1] - 3}") == read_number(f"{sign}{whole}.{part:03d}{suffix[0]}")


def test_percent_is_rounded_once() -> None:
    """Protects against scaling in floating point, which gets these percentages wrong in the last digit."""
    shares = {"0.57%": 0.0057, "5.7%": 0.057, "29%": 0.29, "0.07%": 0.0007}
    assert shares == {text: read_number(text) for text in shares}
    assert shares != {text: float(text[:-1]) * 0.01 for text in shares}, "the cases tell the two ways apart"


REFUSED = {
    "0,40": "write 0.40",
    "-0,40": "write -0.40",
    "1,5%": "write 1.5%",
    "1.000,5": "write 1_000.5 or 1000.5",
    "1,00": "write 1.00",
    "1,0000": "write 1.0000",
    "1000,000": "write 1000.000",
    "0,400": "write 0.400",
    "1,00,000": "write a number such as",
    "1,250k": "write 1_250k or 1250k",
    "1,250%": "write 1_250% or 1250%",
    "1,000_000": "write a number such as",
    "1,000e3": "write a number such as",
    "1.000.000": "write 1_000_000 or 1000000",
    "1 000": "write 1_000 or 1000",
    "1'000'000": "write 1_000_000 or 1000000",
    "\N{MINUS SIGN}2%": "write -2%",
    "010": "write 10",
    "-00.5": "write -0.5",
    "45K": "write 45k",
    "1.2m": "write 1.2M",
    "3 million": "write 3M",
    "2 billion": "write 2bn",
    "40 percent": "write 40%",
    "nan": "not a finite number",
    ".inf": "not a finite number",
    "-Infinity": "not a finite number",
    "1e400": "too large",
    "1e999999999999": "too large",
    "1e-400": "write 0",
    "9" * 100: "100 characters",
    "true": "truth value",
    "NO": "truth value",
    "12:30": "time of day",
    "2027-01": "looks like a date",
    "0x1F": "decimal digits",
    "1/3": "formula",
    "=A1": "formula",
    "3.5 USD": "write 3.5",
    "": "empty",
    "~": "empty",
    "null": "empty",
    "abc": "write a number such as",
    "1__0": "write a number such as",
    "_1": "write a number such as",
    "5%%": "write a number such as",
    "\N{ARABIC-INDIC DIGIT FIVE}": "write a number such as",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_number_refused_with_the_right_spelling(text: str, said: str) -> None:
    """Protects the user from a silent misreading; the message shows what to write."""
    with pytest.raises(ValueError, match="; ") as caught:
        read_number(Text(text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text", [text for text, said in REFUSED.items() if said.startswith("write") and "such" not in said]
)
def test_proposed_spelling_can_be_read(text: str) -> None:
    """Protects the remedies: what a message says to write is itself readable."""
    with pytest.raises(ValueError, match="; write ") as caught:
        read_number(text)
    proposals = str(caught.value).rpartition("; write ")[2].split(" or ")
    assert len({read_number(proposal) for proposal in proposals}) == 1


@pytest.mark.parametrize(("read", "text"), [
    (read_number, "0.4"), (read_months, "18 months"), (read_money, "PHP 45"), (read_year_month, "2027-01"),
])  # fmt: skip
def test_quotes_make_text(read: object, text: str) -> None:
    """Protects the rule that quotes mean text: the message says to drop them."""
    with pytest.raises(ValueError, match="in quotes") as caught:
        read(Text(text, plain=False))  # type: ignore[operator]
    assert f'"{text}" is in quotes, so it is text; write {text} without quotes' == str(caught.value)


def test_quotes_around_a_wrong_number() -> None:
    """Protects the order of complaints: without its quotes "0,4" would still be wrong."""
    with pytest.raises(ValueError, match=r"write 0\.4$"):
        read_number(Text("0,4", plain=False))


@pytest.mark.parametrize(
    "value", [3, 3.0, np.float64(3.0), np.int64(3)], ids=lambda value: type(value).__name__
)
def test_numbers_of_python(value: object) -> None:
    """Protects callers from Python and NumPy, who hand over numbers instead of text."""
    assert read_number(value) == 3.0
    assert read_months(value) == 3.0
    assert read_money(value) == (3.0, None)


@pytest.mark.parametrize("value", [True, np.True_, None, {}, [], math.nan, math.inf, 10**400, 1j], ids=repr)
@pytest.mark.parametrize("read", [read_number, read_months, read_money])
def test_not_a_number_of_python(read: object, value: object) -> None:
    """Protects against True as 1, and against nan and inf from a caller."""
    with pytest.raises(ValueError, match=r"expected|finite"):
        read(value)  # type: ignore[operator]


MONTHS = {
    "18": 18.0,
    "18 months": 18.0,
    "1 month": 1.0,
    "3 years": 36.0,
    "1.5y": 18.0,
    "2 Quarters": 6.0,
    "6 weeks": 6 * 12 / 52,
    "90 days": 90 * 12 / 365,
    "0": 0.0,
}


@pytest.mark.parametrize(("text", "months"), MONTHS.items())
def test_months(text: str, months: float) -> None:
    """Protects the units of time; a bare number counts months."""
    assert read_months(text) == pytest.approx(months, rel=1e-15)


@pytest.mark.parametrize(("text", "said"), {
    "18m": "not a unit of time",
    "18 M": "not a unit of time",
    "2 fortnights": "not a unit of time",
    "-3": "negative",
    "1,5 years": "write 1.5 years",
    "12%": "write a period such as",
    "soon": "write a period such as",
    "": "empty",
    "010 days": "write 10 days",
}.items())  # fmt: skip
def test_months_refused(text: str, said: str) -> None:
    """Protects against 18m, which may be months, minutes or millions."""
    with pytest.raises(ValueError, match="; ") as caught:
        read_months(text)
    assert said in str(caught.value)


def test_negative_months_of_python() -> None:
    """Protects the sign rule for callers from Python, too."""
    with pytest.raises(ValueError, match="negative"):
        read_months(-1)


@pytest.mark.parametrize(("text", "money"), {
    "PHP 45_000": (45_000.0, "PHP"),
    "45k PHP": (45_000.0, "PHP"),
    "USD 1.2M": (1.2e6, "USD"),
    "5MXN": (5.0, "MXN"),
    "5MUSD": (5e6, "USD"),
    "-5 USD": (-5.0, "USD"),
    "3.10": (3.1, None),
    "3.1k": (3100.0, None),
    "PHP 45,000": (45_000.0, "PHP"),
    "1,234.50 USD": (1234.5, "USD"),
}.items())  # fmt: skip
def test_money(text: str, money: tuple[float, str | None]) -> None:
    """Protects amounts with their code before, after or absent."""
    assert money == read_money(text)


@pytest.mark.parametrize(("text", "said"), {
    "$5": "write the ISO code, as in USD 5",
    "5 \N{EURO SIGN}": "write the ISO code, as in EUR 5",
    "US$ 3.5": "as in USD 3.5",
    "usd 5": "write USD 5",
    "USD 5 USD": "write 5 USD",
    "USD 5 EUR": "write an amount such as",
    "5%": "is a share",
    "1,5 USD": "write 1.5 USD",
    "dear": "write an amount such as",
    "": "empty",
}.items())  # fmt: skip
def test_money_refused(text: str, said: str) -> None:
    """Protects against $, which is the sign of twenty currencies."""
    with pytest.raises(ValueError, match="; ") as caught:
        read_money(text)
    assert said in str(caught.value)


def test_year_month() -> None:
    """Protects the one spelling of a month in a calendar."""
    assert read_year_month("2027-01") == (2027, 1)
    assert read_year_month(Text("1999-12")) == (1999, 12)


@pytest.mark.parametrize(("value", "said"), [
    ("2027-1", "write 2027-01"),
    ("2027-13", "13 is not a month"),
    ("2027-00", "0 is not a month"),
    ("2027-01-15", "write 2027-01"),
    ("Jan 2027", "write year and month as 2027-01"),
    ("01/2027", "write year and month as 2027-01"),
    (2027, "write year and month as 2027-01"),
    (True, "write year and month as 2027-01"),
])  # fmt: skip
def test_year_month_refused(value: object, said: str) -> None:
    """Protects against dates that mean two things."""
    with pytest.raises(ValueError, match="; ") as caught:
        read_year_month(value)
    assert said in str(caught.value)


@settings(deadline=None)  # a shared machine may pause
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Protects against a traceback: whatever is typed gives a finite number or a message on one line."""
    for read in (read_number, read_months, read_money, read_year_month):
        message, parts = "; ", ()
        try:
            value = read(text)
            parts = value if isinstance(value, tuple) else (value,)
        except ValueError as error:
            message = str(error)
        assert "; " in message
        assert message.isprintable()
        assert all(math.isfinite(part) for part in parts if not isinstance(part, str | None))
