"""The questions of the wizard: each with a default, and a reading that says what is wrong."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.library.catalogue import load
from bposim.quantities import read_money, read_months, read_number, read_year_month
from bposim.wizard.answers import HOMES, PLACES, SECTORS, SIZES, Answers, plural, services

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
    about: str
    """What the answer does, and how it is written: for whoever answers with a question mark."""
    options: Callable[[Answers], dict[str, str]] = lambda _: {}
    """What there is to choose from, each with a few words; empty where anything may be answered."""
    origin: Callable[[Answers], str | None] = lambda _: None
    """Source and grade of the default, of the library; None where the default is a choice."""


def _service(text: str, _: Answers) -> str:
    known = services()
    name = text.strip().lower().replace(" ", "_").replace("-", "_")
    code = f"SV{name}" if name.isdecimal() else name.upper()
    return _one_of(known.get(code, name), tuple(known.values()), "service")


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
    return ", ".join(f"{_move(place)['planned']} in {place}" for place in answers.places)


def _move(place: str) -> dict[str, Any]:
    """Return the library's transition to a place."""
    move: Any = load().profiles[f"profiles.location.{place}"].content["transition"]
    return dict(move)


def _usual_discount() -> str:
    default = load()["finance.discount_rate"].mean
    return f"{100 * (default or 0.0):.4g}%"


def _service_options(_: Answers) -> dict[str, str]:
    about = load().profiles
    return {
        f"{code.removeprefix('SV'):>2} {name}": about[f"profiles.service.{name}"].about.split(". ")[1]
        for code, name in services().items()
    }


def _place_options(_: Answers) -> dict[str, str]:
    return {name: f"wages in {place.currency}, prices in USD or as quoted" for name, place in PLACES.items()}


def _size_options(_: Answers) -> dict[str, str]:
    return {name: f"such as {people} people in this work" for name, people in SIZES.items()}


def _graded(source: str) -> str:
    """Return source and grade of a figure of the library, without its key."""
    return source.removeprefix("library: ").rpartition(" [")[0]


QUESTIONS = (
    Question(
        "service",
        lambda _: "Which work could move? Its number or name",
        lambda _: Answers().service,
        _service,
        "Decides what is counted (calls, invoices, hours), what people and vendors usually cost, and what "
        "can go wrong. Take the nearest; every figure can be replaced in the file.",
        _service_options,
    ),
    Question(
        "places",
        lambda _: "Where could a vendor do it? One place, or several with commas",
        lambda _: ", ".join(Answers().places),
        _places,
        "Each place becomes an alternative that is compared with your own team: its prices, wages, "
        "currency, staff turnover and storms.",
        _place_options,
    ),
    Question(
        "currency",
        lambda _: f"In which currency do you decide? {', '.join(HOMES)}",
        lambda _: Answers().currency,
        _currency,
        "All results are in this currency; it also says where your own team works. The library's amounts "
        "are in USD and are converted at the ECB's last rate.",
    ),
    Question(
        "start",
        lambda _: "From which month on? As year-month",
        lambda _: Answers().start,
        _start,
        "The first month that is compared, such as 2027-01. Vendors are signed at its beginning.",
    ),
    Question(
        "months",
        lambda _: "For how long? Years or months",
        lambda _: "5 years",
        _months,
        "The horizon, such as 5 years or 48 months: usually the term of the contract. Moving costs come "
        "first and savings later, so a short horizon favours staying.",
    ),
    Question(
        "sector",
        lambda _: f"Your sector? {', '.join(SECTORS)}",
        lambda _: Answers().sector,
        _choice(SECTORS, "sector"),
        "Decides how often data are breached and what that costs; general if none fits.",
    ),
    Question(
        "people",
        lambda answers: f"How many {answers.worker.role}s do the work today? Leads and managers not counted",
        lambda _: f"{Answers().people:g}",
        _people,
        "In full-time equivalents: two half-time people are 1. Leads and managers are added in proportion.",
    ),
    Question(
        "size",
        lambda _: "How large is your company?",
        lambda answers: answers.company,
        _choice(tuple(SIZES), "size"),
        "Decides the cost of a data breach and of choosing and steering a vendor.",
        _size_options,
    ),
    Question(
        "volume",
        lambda answers: f"How many {plural(answers.unit)} come in an average month?",
        lambda answers: f"{answers.monthly_volume:,.0f}".replace(",", "_"),
        _volume,
        "With the number of people it says how much one person does; a vendor is paid for each. Write "
        "42_000 or 42k. An empty answer takes what so many people usually do.",
        origin=lambda _: "what so many people usually do, grade M",
    ),
    Question(
        "pay",
        lambda answers: f"What does one {answers.worker.role} earn a year, in {answers.currency}?",
        lambda answers: f"{answers.currency} {answers.salary:,.0f}".replace(",", "_"),
        _pay,
        "Gross pay of one person, such as 41_600 or 41.6k. Benefits, taxes on pay, desk and computer are "
        "added by the library's rates.",
        origin=lambda answers: answers.worker.origin,
    ),
    Question(
        "quotes",
        lambda answers: f"Prices quoted by vendors, for one {answers.unit}? Such as {answers.places[0]}=2.90",
        lambda _: "none, take the library's",
        _quotes,
        "One price a place, several with commas: poland=3.20, india=INR 180. A vendor's quote moves the "
        "result more than anything else here.",
        origin=lambda _: "rules of thumb, grade M",
    ),
    Question(
        "planned",
        lambda _: "How many months from signature to go-live, as planned?",
        _usual_planned,
        _planned,
        "The plan, without the delay: what usually comes on top of a plan is drawn from the library.",
        origin=lambda answers: _graded(str(_move(answers.places[0])["source"])),
    ),
    Question(
        "discount_rate",
        lambda _: "Your discount rate a year?",
        lambda _: _usual_discount(),
        _discount_rate,
        "What your company asks of an investment, such as 8%: money in later years counts for less by so "
        "much. Ask treasury; it is often called WACC.",
        origin=lambda _: _graded(load()["finance.discount_rate"].annotation),
    ),
)
"""In the order in which they are asked; a later default may depend on an earlier answer."""
