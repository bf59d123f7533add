"""Numbers, money and periods as people write them in a memo.

Grammar of a number, ``[+-]digits[.digits][e[+-]digits][ ][%|k|M|bn]``: digits may be grouped by ``_``, one
space may stand before the suffix, a point is the decimal sign.  As we print them, so commas may part the
thousands of a number without suffix, groups of exactly three digits: ``45,000``, ``1,234,567.50``.  A comma
is never the decimal sign: ``1,5`` and ``1.000,5`` are refused rather than guessed.

Each function takes what a scenario file (:class:`~bposim.tree.Text`) or Python hands over.  It raises
``ValueError`` with a message ``what is wrong; what to write instead``; the last ``"; "`` parts the two.
"""

from __future__ import annotations

import math
import numbers
import re
from typing import TYPE_CHECKING

from bposim.tree import Text

if TYPE_CHECKING:
    from collections.abc import Callable

SCALES = {"": 0, "%": -2, "k": 3, "M": 6, "bn": 9}
"""The power of ten that each suffix stands for."""

MONTHS_PER = {"day": 12 / 365, "week": 12 / 52, "month": 1.0, "quarter": 3.0, "year": 12.0}
"""Months in one of each unit of time; a year has 365 days and 52 weeks."""

MAX_LENGTH = 60
"""No honest number is longer; the limit keeps hostile digits from costing time."""

_BODY = r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(rf"(?P<body>{_BODY}) ?(?P<suffix>%|k|M|bn)?")
_PERIOD = re.compile(rf"(?P<body>{_BODY}) ?(?P<unit>[A-Za-z]*)")
_CODE = r"(?P<{}>[A-Za-z]{{3}})"
_MONEY = re.compile(
    rf"(?:{_CODE.format('before')} ?)?(?P<amount>{_BODY} ?(?:%|k|M|bn)?)(?: ?{_CODE.format('after')})?"
)
_GROUPED = re.compile(
    r"(?P<before>(?:[A-Za-z]{3} ?)?[+-]?)(?P<digits>[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
    r"(?P<after>(?:\.[0-9]*)?(?: ?(?!(?:k|M|bn)$)[A-Za-z]+)?)"
)
_YEAR_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})(?:-[0-9]{1,2})?")

_UNITS = {
    spelling: unit
    for unit, spellings in {
        "day": "d day days",
        "week": "w wk week weeks",
        "month": "mo month months",
        "quarter": "q quarter quarters",
        "year": "y yr yrs year years",
    }.items()
    for spelling in spellings.split()
}
_SUFFIX_MEANT = {
    "K": "k", "thousand": "k", "tsd": "k",
    "m": "M", "mm": "M", "MM": "M", "mn": "M", "mio": "M", "million": "M",
    "b": "bn", "B": "bn", "BN": "bn", "Bn": "bn", "billion": "bn",
    "percent": "%", "pct": "%",
}  # fmt: skip
_ABSENT = frozenset({"", "~", "null"})
_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₱": "PHP", "¥": "JPY", "zł": "PLN"}

_NUMBER_EXAMPLES = "write a number such as 0.4, 40%, 185_000, 450k or 1.2M"
_PERIOD_EXAMPLES = "write a period such as 18, 18 months, 1.5 years, 6 weeks or 90 days"
_MONEY_EXAMPLES = "write an amount such as 3.10, USD 45_000 or 45k PHP"
_YEAR_MONTH_EXAMPLE = "write year and month as 2027-01"


def read_number(value: object) -> float:
    """Read a pure number.

    The result is the double nearest to the decimal that was written: ``read_number("5.8%") == 0.058``.
    """
    if not isinstance(value, str):
        return _from_python(value, "a number", _NUMBER_EXAMPLES)
    text = _unquoted(value, read_number, _NUMBER_EXAMPLES)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(_number_complaint(text))
    return _scaled(text, match["body"], SCALES[match["suffix"] or ""])


def is_grouped(text: str) -> bool:
    """Tell whether commas part the thousands of a number: ``45,000``, ``USD 1,234.50``."""
    return _GROUPED.fullmatch(text) is not None


def read_months(value: object) -> float:
    """Read a period of time, in months; a bare number counts months."""
    if not isinstance(value, str):
        months = _from_python(value, "a period", _PERIOD_EXAMPLES)
        return _not_negative(months, str(value))
    text = _unquoted(value, read_months, _PERIOD_EXAMPLES)
    match = _PERIOD.fullmatch(text)
    if match is None:
        msg = f"{_shown(text)} is not a period; {_repair(text, _PERIOD_UNIT) or _PERIOD_EXAMPLES}"
        raise ValueError(msg)
    unit = _UNITS.get((match["unit"] or "month").lower())
    if unit is None or match["unit"] == "M":
        remedy = f"write {match['body']} months, or days, weeks, quarters, years"
        msg = f'"{match["unit"]}" is not a unit of time; {remedy}'
        raise ValueError(msg)
    return _not_negative(_scaled(text, match["body"], 0) * MONTHS_PER[unit], text)


def read_money(value: object) -> tuple[float, str | None]:
    """Read an amount and its ISO 4217 currency code, before or after it; the code is ``None`` without one."""
    if not isinstance(value, str):
        return _from_python(value, "an amount of money", _MONEY_EXAMPLES), None
    text = _unquoted(value, read_money, _MONEY_EXAMPLES)
    match = _MONEY.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        raise ValueError(_money_complaint(text))
    code, amount = match["before"] or match["after"], match["amount"].strip()
    if amount.endswith("%"):
        msg = f"{_shown(text)} is a share, and an amount of money is wanted here; {_MONEY_EXAMPLES}"
        raise ValueError(msg)
    if code and code != code.upper():
        msg = f'currency codes are written in capitals, not "{code}"; write {code.upper()} {amount}'
        raise ValueError(msg)
    return read_number(amount), code


def read_year_month(value: object) -> tuple[int, int]:
    """Read ``2027-01`` as ``(2027, 1)``; the month runs from 1 to 12."""
    if not isinstance(value, str):
        msg = f"{kind_of(value)} is not a year and month; {_YEAR_MONTH_EXAMPLE}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns a ValueError, not a TypeError, into a located finding
    text = _unquoted(value, read_year_month, _YEAR_MONTH_EXAMPLE)
    match = _YEAR_MONTH.fullmatch(text)
    if match is None:
        msg = f"{_shown(text)} is not a year and month; {_YEAR_MONTH_EXAMPLE}"
        raise ValueError(msg)
    year, month = int(match["year"]), int(match["month"])
    if not 1 <= month <= 12:  # noqa: PLR2004
        msg = f"{month} is not a month; write 01 to 12 after {year}-"
        raise ValueError(msg)
    written = f"{year:04d}-{month:02d}"
    if text != written:
        msg = f"{_shown(text)} is not a year and month; write {written}"
        raise ValueError(msg)
    return year, month


def _unquoted(value: str, read: Callable[[object], object], examples: str) -> str:
    """Give the text to be read; a scalar in quotes is text by the writer's own will."""
    text = value.strip()
    if len(text) > MAX_LENGTH:
        msg = f"{_shown(text)} has {len(text)} characters, too many for a quantity; {examples}"
        raise ValueError(msg)
    if isinstance(value, Text) and not value.plain:
        read(text)  # where the inside cannot be read either, that is the better complaint
        msg = f"{_shown(text)} is in quotes, so it is text; write {text} without quotes"
        raise ValueError(msg)
    if text.lower() in _ABSENT:
        msg = f"the value is empty; {examples}"
        raise ValueError(msg)
    grouped = _GROUPED.fullmatch(text)
    return text.replace(",", "") if grouped else text


def _from_python(value: object, wanted: str, examples: str) -> float:
    """Turn a number of Python or NumPy into a float; ``True`` is not 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        msg = f"expected {wanted}, not {kind_of(value)}; {examples}"
        raise ValueError(msg)  # noqa: TRY004 - as in read_year_month
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        msg = f"{number} is not a finite number; {examples}"
        raise ValueError(msg)
    return number


def _scaled(text: str, body: str, power: int) -> float:
    """Compute ``body * 10**power``, rounded once.

    The power goes into the text's exponent, since a product such as ``5.8 * 0.01`` would be rounded twice.
    """
    mantissa, _, exponent = body.replace("_", "").lower().partition("e")
    whole = mantissa.lstrip("+-").partition(".")[0]
    if len(whole) > 1 and whole.startswith("0"):
        plain = text.replace(whole, whole.lstrip("0") or "0", 1)
        msg = f"{_shown(text)} has a leading zero, which some programs read as octal; write {plain}"
        raise ValueError(msg)
    number = float(f"{mantissa}e{int(exponent or 0) + power}")
    if math.isinf(number):
        msg = f"{_shown(text)} is too large for a number of a computer; write one below 1e308"
        raise ValueError(msg)
    if number == 0 and mantissa.strip("+-.0"):
        msg = f"{_shown(text)} is too close to zero to be told from it; write 0"
        raise ValueError(msg)
    return number + 0.0  # "-0" is 0


def _not_negative(months: float, text: str) -> float:
    if months < 0:
        msg = f"{_shown(text)} is a negative period; write it without the minus sign"
        raise ValueError(msg)
    return months


def _number_complaint(text: str) -> str:
    """Say why the text is not a number, with the spelling that is most likely meant."""
    for pattern, what, remedy in _LOOKALIKES:
        if pattern.match(text):
            return f"{_shown(text)} {what}; {remedy}"
    money = _MONEY.fullmatch(text)
    if money and not money["amount"].endswith("%"):
        code = money["before"] or money["after"]
        what = f"is an amount of money, not a pure number (currency: {code} stands beside it, where it can)"
        return f"{_shown(text)} {what}; write {money['amount'].strip()}"
    period = _PERIOD.fullmatch(text)
    if period and period["unit"].lower() in _UNITS:
        return f"{_shown(text)} is a period, and this key has a unit of its own; write the number alone"
    return f"{_shown(text)} is not a number; {_repair(text) or _NUMBER_EXAMPLES}"


_LOOKALIKES = [
    (re.compile(pattern, re.IGNORECASE), what, remedy)
    for pattern, what, remedy in (
        (r"(true|false|yes|no|on|off)$", "is a truth value, not a number", _NUMBER_EXAMPLES),
        (r"[+-]?\.?(nan|inf|infinity)$", "is not a finite number", _NUMBER_EXAMPLES),
        (r"[0-9]+(:[0-9]+)+$", "looks like a time of day, not a number", _NUMBER_EXAMPLES),
        (r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?$", "looks like a date, not a number", _NUMBER_EXAMPLES),
        (r"[+-]?0[xob][0-9a-f_]+$", "is not in decimal digits", _NUMBER_EXAMPLES),
        (r"=|.*[0-9)]\s*[*/^+-]\s*[0-9(]", "is a formula, not a number", "write its result"),
    )
]
"""What people write where a number belongs: how it looks, what it is, what to do."""


def _money_complaint(text: str) -> str:
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            rest = text.replace(symbol, "").replace("US", "").strip()
            amount = rest if _NUMBER.fullmatch(rest) else "45_000"
            return (
                f'"{symbol}" does not say which currency; '
                f"write the ISO code, as in {code} {amount} (others: EUR, GBP, INR, PHP, PLN, CAD)"
            )
    return f"{_shown(text)} is not an amount of money; {_repair(text, _CURRENCY) or _MONEY_EXAMPLES}"


def _repair(text: str, beside: re.Pattern[str] | None = None) -> str:
    """Return ``write …`` for a number in a national or careless spelling, and ``""`` where nothing fits.

    ``beside`` finds a word that belongs to the number, a unit or a currency, and is carried over.
    """
    plain = re.sub(r"\s", " ", text).replace("\N{MINUS SIGN}", "-")
    word = beside.search(plain) if beside else None
    if word:
        plain = plain.replace(word[0], "").strip()
    match = _CARELESS.fullmatch(plain)
    if match is None:
        return ""
    suffix = match["suffix"]
    suffix = suffix if suffix in SCALES else _SUFFIX_MEANT.get(suffix, _SUFFIX_MEANT.get(suffix.lower(), "?"))
    digits = match["digits"]
    for pattern, group, point in _NATIONAL:
        if pattern.fullmatch(digits):
            whole, _, part = digits.partition(point) if point else (digits, "", "")
            digits = re.sub(group, "_", whole) + (f".{part}" if part else "")
            break
    number = f"{match['sign']}{digits}{suffix}"
    if not _NUMBER.fullmatch(number) or (beside and suffix == "%"):
        return ""
    tail = f" {word[0]}" if word else ""
    spellings = dict.fromkeys([number, number.replace("_", "")])
    return "write " + " or ".join(spelling + tail for spelling in spellings)


_CARELESS = re.compile(r"(?P<sign>[+-]?) ?(?P<digits>[0-9][0-9.,'_ \u2019]*?) ?(?P<suffix>[A-Za-z%]*)")
_PERIOD_UNIT = re.compile(r"[A-Za-z]+$")
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_NATIONAL = [
    (re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?"), ",", "."),
    (re.compile(r"[1-9][0-9]{0,2}([ '\u2019][0-9]{3})+(\.[0-9]+)?"), r"[ '\u2019]", "."),
    (re.compile(r"[1-9][0-9]{0,2}([. '\u2019][0-9]{3})+,[0-9]+"), r"[. '\u2019]", ","),
    (re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3}){2,}"), r"\.", ""),
    (re.compile(r"[0-9]+,[0-9]+"), ",", ","),
]
"""Spellings of thousands and decimals: the whole, what groups the thousands, what parts the decimals."""


def _shown(text: str) -> str:
    """Quote the user's text for a message, cut to a readable length and on one line."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: MAX_LENGTH + 1])
    return f'"{line}"' if len(line) <= MAX_LENGTH else f'"{line[:20]}…"'


def kind_of(value: object) -> str:
    """Name a value's type for someone who does not program."""
    if isinstance(value, bool):
        return f'"{str(value).lower()}", a truth value'
    if isinstance(value, dict):
        return "a mapping of keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str):
        return _shown(value)
    return "nothing" if value is None else f"{value!r:.40}"
