"""The questions of the wizard: each with a default, and a reading that says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.library.catalogue import load
from bposim.wizard import readings
from bposim.wizard.answers import HOMES, PLACES, SECTORS, SIZES, Answers, plural, services

if TYPE_CHECKING:
    from collections.abc import Callable


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
        readings.service,
        "Decides what is counted (calls, invoices, hours), what people and vendors usually cost, and what "
        "can go wrong. Take the nearest; every figure can be replaced in the file.",
        _service_options,
    ),
    Question(
        "places",
        lambda _: "Where could a vendor do it? One place, or several with commas",
        lambda _: ", ".join(Answers().places),
        readings.places,
        "Each place becomes an alternative that is compared with your own team: its prices, wages, "
        "currency, staff turnover and storms.",
        _place_options,
    ),
    Question(
        "currency",
        lambda _: f"In which currency do you decide? {', '.join(HOMES)}",
        lambda _: Answers().currency,
        readings.currency,
        "All results are in this currency; it also says where your own team works. The library's amounts "
        "are in USD and are converted at the ECB's last rate.",
    ),
    Question(
        "start",
        lambda _: "From which month on? As year-month",
        lambda _: Answers().start,
        readings.start,
        "The first month that is compared, such as 2027-01. Vendors are signed at its beginning.",
    ),
    Question(
        "months",
        lambda _: "For how long? Years or months",
        lambda _: "5 years",
        readings.months,
        "The horizon, such as 5 years or 48 months: usually the term of the contract. Moving costs come "
        "first and savings later, so a short horizon favours staying.",
    ),
    Question(
        "sector",
        lambda _: f"Your sector? {', '.join(SECTORS)}",
        lambda _: Answers().sector,
        readings.choice_of(SECTORS, "sector"),
        "Decides how often data are breached and what that costs; general if none fits.",
    ),
    Question(
        "people",
        lambda answers: f"How many {answers.worker.role}s do the work today? Leads and managers not counted",
        lambda _: f"{Answers().people:g}",
        readings.people,
        "In full-time equivalents: two half-time people are 1. Leads and managers are added in proportion.",
    ),
    Question(
        "size",
        lambda _: "How large is your company?",
        lambda answers: answers.company,
        readings.choice_of(tuple(SIZES), "size"),
        "Decides the cost of a data breach and of choosing and steering a vendor.",
        _size_options,
    ),
    Question(
        "volume",
        lambda answers: f"How many {plural(answers.unit)} come in an average month?",
        lambda answers: f"{answers.monthly_volume:,.0f}",
        readings.volume,
        "With the number of people it says how much one person does; a vendor is paid for each. Write "
        "42,000 or 42k. An empty answer takes what so many people usually do.",
        origin=lambda _: "what so many people usually do, grade M",
    ),
    Question(
        "growth",
        lambda _: "By how much does that grow a year? One number, or low / likely / high",
        lambda _: "0%",
        readings.growth,
        "Such as 3%, or -2% / 3% / 8% if nobody knows, which is the honest answer: a vendor's price for a "
        "unit follows the volume, and a team grows in whole people and slowly.",
    ),
    Question(
        "pay",
        lambda answers: f"What does one {answers.worker.role} earn a year, in {answers.currency}?",
        lambda answers: f"{answers.currency} {answers.salary:,.0f}",
        readings.pay,
        "Gross pay of one person, such as 41,600 or 41.6k. Benefits, taxes on pay, desk and computer are "
        "added by the library's rates.",
        origin=lambda answers: answers.worker.origin,
    ),
    Question(
        "quotes",
        lambda answers: f"Prices quoted by vendors, for one {answers.unit}? Such as {answers.places[0]}=2.90",
        lambda _: "none, take the library's",
        readings.quotes,
        "One price a place, several with commas: poland=3.20, india=INR 180. Where it is still open, "
        "low / likely / high: india=INR 160 / 180 / 230. A vendor's price moves the result more than "
        "anything else here.",
        origin=lambda _: "rules of thumb, grade M",
    ),
    Question(
        "planned",
        lambda _: "How many months from signature to go-live, as planned?",
        _usual_planned,
        readings.planned,
        "The plan, without the delay: what usually comes on top of a plan is drawn from the library.",
        origin=lambda answers: _graded(str(_move(answers.places[0])["source"])),
    ),
    Question(
        "discount_rate",
        lambda _: "Your discount rate a year?",
        lambda _: _usual_discount(),
        readings.discount_rate,
        "What your company asks of an investment, such as 8%: money in later years counts for less by so "
        "much. Ask treasury; it is often called WACC.",
        origin=lambda _: _graded(load()["finance.discount_rate"].annotation),
    ),
    Question(
        "promised_saving",
        lambda answers: f"Which saving does the business case promise? In {answers.currency}, or e.g. 12%",
        lambda _: "none",
        readings.promised_saving,
        "Over the whole time, in today's money: an amount such as 1.5M, or a part of what staying costs. "
        "A run then says how likely it is to be kept, and what is missing where it is not.",
    ),
)
"""In the order in which they are asked; a later default may depend on an earlier answer."""
