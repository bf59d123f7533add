"""What the wizard's answers mean: each reading takes the text and the answers before it.

A reading raises ValueError, ``what is wrong; what to do``, and refuses what is out of proportion to the
answers before it: a wizard's file should need no mending.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from bposim.quantities import read_money, read_months, read_number, read_year_month
from bposim.wizard.answers import HOMES, PLACES, Answers, services
from bposim.wizard.notation import exact, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.wizard.answers import Spread

SHORTEST, LONGEST = 24, 240
"""Months of a horizon."""

CITIES = {
    "bangalore": "india", "bengaluru": "india", "chennai": "india", "hyderabad": "india", "pune": "india",
    "cebu": "philippines", "manila": "philippines",
    "krakow": "poland", "kraków": "poland", "warsaw": "poland", "wrocław": "poland", "wroclaw": "poland",
    "cape_town": "south_africa", "johannesburg": "south_africa",
    "guadalajara": "mexico", "monterrey": "mexico", "toronto": "canada", "usa": "us", "united_states": "us",
}  # fmt: skip
"""What people say for a place of the library."""

AFTER_GO_LIVE = 12
"""Months after the planned go-live that the longest delay of the library and a ramp take."""

MOST_DISCOUNT, MOST_GROWTH = 0.4, 0.5
"""Rates a year."""


def service(text: str, _: Answers) -> str:
    """Read the number, code or name of a service."""
    known = services()
    name = text.strip().lower().replace(" ", "_").replace("-", "_")
    code = f"SV{name}" if name.isdecimal() else name.upper()
    return _one_of(known.get(code, name), tuple(known.values()), "service")


def places(text: str, _: Answers) -> tuple[str, ...]:
    """Read places, parted by commas."""
    names = [part.strip().lower().replace(" ", "_").replace("-", "_") for part in text.split(",")]
    return tuple(dict.fromkeys(_one_of(CITIES.get(name, name), tuple(PLACES), "place") for name in names))


def currency(text: str, _: Answers) -> str:
    """Read a base currency."""
    return _one_of(text.strip().upper(), tuple(HOMES), "base currency of the wizard")


def start(text: str, _: Answers) -> str:
    """Read a month such as 2027-01."""
    read_year_month(text.strip())
    return text.strip()


def months(text: str, _: Answers) -> int:
    """Read the horizon."""
    months = read_months(text.strip())
    if months != int(months) or not SHORTEST <= months <= LONGEST:
        raise ValueError(
            f"{months:g} months is no horizon; give whole months from {SHORTEST} to {LONGEST}, or 5 years"
        )
    return int(months)


def people(text: str, _: Answers) -> float:
    """Read how many people do the work."""
    return _positive(text, "people")


def volume(text: str, answers: Answers) -> float:
    """Read units a month, in proportion to the people."""
    volume = _positive(text, "units a month")
    usual = answers.people * answers.worker.units
    if not usual / 20 <= volume <= usual * 20:
        each = volume / answers.people
        raise ValueError(
            f"that is {each:,.4g} a month for each of {answers.people:g} people, "
            f"and {answers.worker.units:,g} is usual; check volume, unit and people"
        )
    return volume


def pay(text: str, answers: Answers) -> float:
    """Read pay a year, in proportion to the usual."""
    amount, currency = read_money(text.strip())
    if currency not in {None, answers.currency}:
        raise ValueError(f"pay is in {answers.currency} here; convert the {currency}")
    if not answers.salary / 20 <= amount <= answers.salary * 20:
        raise ValueError(
            f"{amount:,g} {answers.currency} a year is far from the usual {answers.salary:,.0f}; "
            "give the pay of one person for a year"
        )
    return amount


def quotes(text: str, answers: Answers) -> dict[str, tuple[Spread, str]]:
    """Read prices by place: ``poland=3.20, india=INR 160 / 180 / 230``."""
    quotes: dict[str, tuple[Spread, str]] = {}
    if text.strip().lower() == "none":
        return quotes
    for part in re.split(r",(?![0-9]{3}(?![0-9]))", text):  # not within 1,250
        place, sign, price = part.partition("=")
        if not sign:
            raise ValueError(f'"{part.strip()}" is no quote; write e.g. {answers.places[0]}=2.90')
        name = _one_of(place.strip().lower().replace(" ", "_"), answers.places, "place of this comparison")
        amount, currency = _price(price)
        known = (answers.currency, PLACES[name].currency, "USD")
        if currency not in {None, *known}:
            raise ValueError(f"{currency} is not used here; quote {name} in one of {', '.join(known)}")
        quotes[name] = (amount, currency or answers.currency)
    return quotes


def _price(text: str) -> tuple[Spread, str | None]:
    """Read ``2.90``, ``PHP 160`` or ``PHP 140 / 160 / 210``."""
    currencies: dict[str, None] = {}

    def amount(part: str) -> float:
        value, currency = read_money(part)
        if currency is not None:
            currencies[currency] = None
        if value <= 0:
            raise ValueError("a price is above 0; leave the quote out to take the library's")
        return value

    price = _spread(text, amount, "2.40 / 2.90 / 3.60")
    if len(currencies) > 1:
        raise ValueError(f"{' and '.join(currencies)} are two currencies; quote a price in one")
    return price, next(iter(currencies), None)


def _spread(text: str, read: Callable[[str], float], example: str) -> Spread:
    """Read one number, or low / likely / high."""
    numbers = [read(part.strip()) for part in text.split("/")]
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != 3:  # noqa: PLR2004 - low, likely, high
        raise ValueError(f"these are {len(numbers)} numbers; write one, or low / likely / high: {example}")
    low, likely, high = numbers
    if not low <= likely <= high or low == high:
        raise ValueError(
            f"{low:g}, {likely:g} and {high:g} do not rise; write low / likely / high: {example}"
        )
    return low, likely, high


def growth(text: str, _: Answers) -> Spread:
    """Read growth of the volume a year."""

    def rate(part: str) -> float:
        value = read_number(part)
        if not -MOST_GROWTH <= value <= MOST_GROWTH:
            remedy = f"did you mean {value:g}%?" if abs(value) <= 100 * MOST_GROWTH else "write e.g. 3%"
            raise ValueError(f"{value:g} is {value:.0%} a year; {remedy}")
        return value

    return _spread(text, rate, "-2% / 3% / 8%")


def promised_saving(text: str, answers: Answers) -> str | None:
    """Read the saving that is promised, as a scenario file has it; None for "none"."""
    text = text.strip()
    if text.lower() == "none":
        return None
    if text.endswith("%"):
        part = read_number(text)
        if not 0.0 < part < 1.0:
            raise ValueError(f"{text} of what in-house costs is no saving; write e.g. 12%")
        return percent(part)
    amount, currency = read_money(text)
    if currency not in {None, answers.currency}:
        raise ValueError(f"savings are in {answers.currency} here; convert the {currency}")
    whole = answers.people * answers.salary * answers.months / 12
    if not whole / 1000 <= amount <= whole * 2:
        raise ValueError(
            f"{amount:,g} {answers.currency} over {answers.months} months is not in proportion to pay of "
            f"{whole:,.0f}; write the saving of the whole time, such as 1.5M, or a part, such as 12%"
        )
    return exact(amount)


def planned(text: str, answers: Answers) -> float:
    """Read the months from signature to go-live."""
    months = read_months(text.strip())
    if months > answers.months - AFTER_GO_LIVE:
        most = max(0, answers.months - AFTER_GO_LIVE)
        raise ValueError(
            f"{months:g} months leave too little of a horizon of {answers.months}; give {most} or fewer"
        )
    return months


def discount_rate(text: str, _: Answers) -> float:
    """Read a rate a year."""
    rate = read_number(text.strip())
    if not 0.0 <= rate <= MOST_DISCOUNT:
        remedy = f"did you mean {rate:g}%?" if 1.0 <= rate <= 100 * MOST_DISCOUNT else "write e.g. 8%"
        raise ValueError(f"{rate:g} is {rate:.0%} a year; {remedy}")
    return rate


def _one_of(name: str, known: tuple[str, ...], what: str) -> str:
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {close[0]}?" if close else f"write one of {', '.join(known)}"
    raise ValueError(f'"{name}" is no {what}; {remedy}')


def choice_of(known: tuple[str, ...], what: str) -> Callable[[str, Answers], str]:
    """Return a reading of one of a few words."""
    return lambda text, _: _one_of(text.strip().lower(), known, what)


def _positive(text: str, what: str) -> float:
    number = read_number(text.strip())
    if number <= 0:
        raise ValueError(f"{number:g} {what} leaves nothing to decide; write a number above 0")
    return number
