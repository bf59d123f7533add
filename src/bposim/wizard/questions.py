"""The questions of the wizard: each with a default, and a reading that says what is wrong."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.library.catalogue import load
from bposim.quantities import read_money, read_months, read_number, read_year_month
from bposim.wizard.answers import HOMES, PLACES, SECTORS, SIZES, Answers, services

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST, LONGEST = 24, 240
"""Months of a horizon."""

AFTER_GO_LIVE = 12
"""Months after the planned go-live that the longest delay of the library and a ramp take."""

MOST_DISCOUNT = 0.4


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    name: str
    """Field of :class:`Answers`."""
    text: Callable[[Answers], str]
    default: Callable[[Answers], str]
    """What an empty answer means, as people write it."""
    read: Callable[[str, Answers], Any]
    """The value of an answer; raises ValueError with what is wrong and a remedy."""
    grade: Callable[[Answers], str | None] = lambda _: None
    """Grade of the default in the library; None where the default is a choice."""


def _service(text: str, _: Answers) -> str:
    known = services()
    name = text.strip().lower().replace(" ", "_").replace("-", "_")
    name = known.get(name.upper(), name)
    return _one_of(name, tuple(known.values()), "service")


def _places(text: str, _: Answers) -> tuple[str, ...]:
    names = [part.strip().lower().replace(" ", "_").replace("-", "_") for part in text.split(",")]
    return tuple(dict.fromkeys(_one_of(name, tuple(PLACES), "place") for name in names))


def _currency(text: str, _: Answers) -> str:
    return _one_of(text.strip().upper(), tuple(HOMES), "base currency of the wizard")


def _start(text: str, _: Answers) -> str:
    read_year_month(text.strip())
    return text.strip()


def _months(text: str, _: Answers) -> int:
    months = read_months(text.strip())
    if months != int(months) or not SHORTEST <= months <= LONGEST:
        raise ValueError(
            f"{months:g} months is no horizon; give whole months from {SHORTEST} to {LONGEST}, or 5 years"
        )
    return int(months)


def _people(text: str, _: Answers) -> float:
    return _positive(text, "people")


def _volume(text: str, answers: Answers) -> float:
    volume = _positive(text, "units a month")
    usual = answers.people * answers.worker.units
    if not usual / 20 <= volume <= usual * 20:
        each = volume / answers.people
        raise ValueError(
            f"that is {each:,.4g} a month for each of {answers.people:g} people, "
            f"and {answers.worker.units:,g} is usual; check volume, unit and people"
        )
    return volume


def _pay(text: str, answers: Answers) -> float:
    amount, currency = read_money(text.strip())
    if currency not in {None, answers.currency}:
        raise ValueError(f"pay is in {answers.currency} here; convert the {currency}")
    if not answers.salary / 20 <= amount <= answers.salary * 20:
        raise ValueError(
            f"{amount:,g} {answers.currency} a year is far from the usual {answers.salary:,.0f}; "
            "give the pay of one person for a year"
        )
    return amount


def _quotes(text: str, answers: Answers) -> dict[str, tuple[float, str]]:
    quotes: dict[str, tuple[float, str]] = {}
    for part in text.split(","):
        place, sign, price = part.partition("=")
        if not sign:
            raise ValueError(f'"{part.strip()}" is no quote; write e.g. {answers.places[0]}=2.90')
        name = _one_of(place.strip().lower().replace(" ", "_"), answers.places, "place of this comparison")
        amount, currency = read_money(price.strip())
        known = (answers.currency, PLACES[name].currency, "USD")
        if currency not in {None, *known}:
            raise ValueError(f"{currency} is not used here; quote {name} in one of {', '.join(known)}")
        if amount <= 0:
            raise ValueError("a price is above 0; leave the quote out to take the library's")
        quotes[name] = (amount, currency or answers.currency)
    return quotes


def _planned(text: str, answers: Answers) -> float:
    months = read_months(text.strip())
    if months > answers.months - AFTER_GO_LIVE:
        most = max(0, answers.months - AFTER_GO_LIVE)
        raise ValueError(
            f"{months:g} months leave too little of a horizon of {answers.months}; give {most} or fewer"
        )
    return months


def _discount_rate(text: str, _: Answers) -> float:
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


def _choice(known: tuple[str, ...], what: str) -> Callable[[str, Answers], str]:
    return lambda text, _: _one_of(text.strip().lower(), known, what)


def _positive(text: str, what: str) -> float:
    number = read_number(text.strip())
    if number <= 0:
        raise ValueError(f"{number:g} {what} leaves nothing to decide; write a number above 0")
    return number


def _usual_planned(answers: Answers) -> str:
    profiles = load().profiles
    moves: dict[str, Any] = {
        place: profiles[f"profiles.location.{place}"].content["transition"] for place in answers.places
    }
    return ", ".join(f"{move['planned']} in {place}" for place, move in moves.items())


def _usual_discount() -> str:
    default = load()["finance.discount_rate"].mean
    return f"{100 * (default or 0.0):.4g}%"


QUESTIONS = (
    Question(
        "service",
        lambda _: f"Which service? {', '.join(services().values())}",
        lambda _: Answers().service,
        _service,
    ),
    Question(
        "places",
        lambda _: f"Where could a vendor work? One or several of {', '.join(PLACES)}",
        lambda _: ", ".join(Answers().places),
        _places,
    ),
    Question(
        "currency", lambda _: f"Your currency? {', '.join(HOMES)}", lambda _: Answers().currency, _currency
    ),
    Question("start", lambda _: "First month?", lambda _: Answers().start, _start),
    Question("months", lambda _: "Horizon?", lambda _: "5 years", _months),
    Question(
        "sector",
        lambda _: f"Your sector? {', '.join(SECTORS)}",
        lambda _: Answers().sector,
        _choice(SECTORS, "sector"),
    ),
    Question(
        "people",
        lambda answers: f"How many people do the work today, as {answers.worker.role}s, leads not counted?",
        lambda _: f"{Answers().people:g}",
        _people,
    ),
    Question(
        "size",
        lambda _: f"Size of your company? {', '.join(SIZES)}",
        lambda answers: answers.company,
        _choice(tuple(SIZES), "size"),
    ),
    Question(
        "volume",
        lambda answers: f"Volume in an average month, in {answers.unit}s?",
        lambda answers: f"{answers.monthly_volume:,.0f}".replace(",", "_"),
        _volume,
        lambda _: "M",
    ),
    Question(
        "pay",
        lambda answers: f"Pay of one {answers.worker.role} a year, without on-cost?",
        lambda answers: f"{answers.currency} {answers.salary:,.0f}".replace(",", "_"),
        _pay,
        lambda answers: answers.worker.grade,
    ),
    Question(
        "quotes",
        lambda answers: (
            f"Prices for one {answers.unit} that were quoted, such as {answers.places[0]}=2.90, by comma?"
        ),
        lambda _: "none, take the library's",
        _quotes,
        lambda _: "M",
    ),
    Question(
        "planned",
        lambda _: "Months from signature to go-live, as planned?",
        _usual_planned,
        _planned,
        lambda _: "M",
    ),
    Question(
        "discount_rate",
        lambda _: "Discount rate a year?",
        lambda _: _usual_discount(),
        _discount_rate,
        lambda _: load()["finance.discount_rate"].grade,
    ),
)
"""In the order in which they are asked; a later default may depend on an earlier answer."""


def _unit(answers: Answers) -> str:
    volume: Any = answers.profile.content["volume"]
    return str(volume["unit"])
