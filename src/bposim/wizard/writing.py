"""A scenario file from answers: readable text, whose numbers from the library stay references to it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple, cast

from bposim.tree import Map
from bposim.wizard.answers import BUFFER, PLACES, Answers, amount_of, dollar, plural, price_today
from bposim.wizard.contract import breach, vendor
from bposim.wizard.notation import ASSUMED, exact, flow, money, number, percent, same, spread, times
from bposim.wizard.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 112
"""Columns of a comment."""

LEFT_OUT = (
    "contracts that end early; disputes; customers who leave over the service; the way back. "
    "Tax on the saving. Systems that stay in every alternative."
)

_GRADES = (
    "Grades: P publisher's page seen, S press naming a study, T trade page, C computed, M our assumption."
)

_ECB = '"European Central Bank, euro reference rates, October 2026 (grade C)"'


class Assumption(NamedTuple):
    """One question of the wizard, and what the file says about it."""

    name: str
    value: str
    origin: str
    """Whose figure it is, and the grade of the library's."""


def assumptions(answers: Answers, given: dict[str, str]) -> list[Assumption]:
    """Return every question with its answer; ``given`` holds the texts that were typed, by question."""
    found = []
    for question in QUESTIONS:
        source = question.origin(answers)
        origin = f"library: {source}" if source else "our suggestion"
        text = answers.service if question.name == "service" else given.get(question.name)
        found.append(
            Assumption(
                question.name.replace("_", " "),
                text or question.default(answers),
                "you" if question.name in given else origin,
            )
        )
    return found


def scenario_text(answers: Answers, about: str = "", left_out: str = LEFT_OUT) -> str:
    """Return a complete scenario file.

    Args:
        answers: the decision.
        about: a paragraph at the head of the file, on what makes this work special.
        left_out: what the file does not count.
    """
    return "\n".join(
        [
            *_head(answers, about, left_out),
            *_decision(answers),
            *_world(answers),
            _section("What can be decided"),
            "alternatives:",
            *_team(answers),
            *(line for place in answers.places for line in vendor(answers, place)),
            *_wishes(answers),
        ]
    )


def _head(answers: Answers, about: str, left_out: str) -> Iterator[str]:
    yield f"# {_title(answers)}: your own team, or a vendor in {_names(answers)}"
    yield "#"
    yield from _comment(
        f"{about + ' ' if about else ''}A team of {answers.people:g} {answers.worker.role}s, "
        f"{answers.monthly_volume:,.0f} {plural(answers.unit)} a month. "
        "`bposim run FILE` says what keeping and moving cost."
    )
    yield "#"
    yield from _comment(
        "Replace first, because they move the result most: pay and people, the vendor's price by a quote, "
        "months to go-live, the people who stay to steer. What comes by `like: library.…` has its source and "
        f"grade in the library: `bposim library NAME` shows one, `bposim plan FILE` lists all. {_GRADES}"
    )
    if answers.currency != "USD":
        yield "#"
        yield from _comment(
            f"The library is of US teams and in USD. Pay is converted to {answers.currency} at today's rate; "
            "what is still in USD moves with the dollar. Replace the team's on-cost and overhead."
        )
    yield "#"
    yield from _comment(f"Left out: {left_out}")
    yield ""


def _decision(answers: Answers) -> Iterator[str]:
    yield "schema_version: 1"
    yield f'title: "{_title(answers)}: in-house, or {_names(answers)}"'
    yield 'meta: {purpose: "a first look, before quotes are asked for", price_basis: nominal, status: draft}'
    yield f"base_currency: {answers.currency}"
    yield f"start: {answers.start}"
    yield f"months: {answers.months}"
    if answers.discount_rate is None:
        yield "discount_rate: {like: library.finance.discount_rate}"
    else:
        yield f"discount_rate: {percent(answers.discount_rate)}"
    yield ""


def _world(answers: Answers) -> Iterator[str]:
    yield _section("The world: the same for every alternative")
    yield "world:"
    yield "  volume:"
    yield f"    like: {answers.shelf}.volume  # season, noise, what a lost unit costs"
    volume = number(answers.monthly_volume) if answers.volume is None else exact(answers.volume)
    yield f"    per_month: {volume}"
    if answers.growth is not None:
        yield f"    growth: {_annotated(spread(answers.growth, percent), 'own figure')}"
    if not same(answers.heaviness):
        margin = cast("Map", cast("Map", answers.profile.content["volume"])["margin_per_unit"])
        yield f"    margin_per_unit: {flow(times(margin, answers.heaviness))}"
    rates = list(_rates(answers))
    if rates:
        yield "  fx:"
        yield from rates
    indexed = {PLACES[place].country: place for place in answers.places}
    yield "  wages:"
    yield from _at_home(answers, "wages")
    yield from (
        f"    {country}: {{like: library.profiles.location.{place}.wages}}"
        for country, place in indexed.items()
        if country != answers.home
    )
    yield "  prices:"
    yield from _at_home(answers, "prices")
    yield "  country_events:  # storms, quakes, unrest"
    yield from (
        f"    {country}: {{like: library.profiles.location.{place}.events}}"
        for country, place in indexed.items()
    )
    yield ""


def _at_home(answers: Answers, name: str) -> Iterator[str]:
    place = next((key for key, place in PLACES.items() if place.country == answers.home), None)
    if place is not None:
        yield f"    {answers.home}: {{like: library.profiles.location.{place}.{name}}}"
        return
    mean = {"wages": "3.2%", "prices": "2.2%"}[name]
    yield f'    {answers.home}: {{inflation: {{normal: {{mean: {mean}, sd: 0.7%}}}}, source: "{ASSUMED}"}}'


def _rates(answers: Answers) -> Iterator[str]:
    """Yield the exchange rates of the currencies that are not the base."""
    quoted = {currency: place for place, (_, currency) in answers.quotes.items()}
    for currency in sorted({"USD", *quoted} - {answers.currency}):
        if answers.currency == "USD":
            yield f"    {currency}: {{like: library.profiles.location.{quoted[currency]}.fx}}"
            continue
        spot = price_today(currency, answers.currency)
        yield f"    {currency}:  # moves as it did since 2010, month by month"
        yield f"      {{model: historical, file: ecb, since: 2010-01, spot: {spot:.4g}, source: {_ECB}}}"


def _team(answers: Answers) -> Iterator[str]:
    worker = answers.worker
    own_pay = answers.pay is not None or answers.currency != "USD"
    ratio = answers.salary / worker.pay
    yield "  in-house:"
    yield "    baseline: true"
    yield "    team:"
    yield f"      like: {answers.shelf}.team  # leads and manager, on-cost, overhead, turnover, errors"
    if answers.home != "US":
        yield f"      country: {answers.home}"
    yield "      roles:"
    for name, role in cast("Map", answers.profile.content["roles"]).items():
        if not isinstance(role, Map) or not (own_pay or name == worker.role):
            continue
        salary, overhead = cast("Map", role["salary"]), cast("Map", role["overhead"])
        yield f"        {name}:"
        if name == worker.role:
            yield from _work_of(answers)
        if own_pay:
            own = name == worker.role and answers.pay is not None
            why = "own figure" if own else "the library's, in proportion (grade M)"
            pay = exact(answers.salary) if own else number(amount_of(salary) * ratio)
            yield f"          salary: {money(pay, answers.currency, why)}"
        else:
            dollars = f"USD {amount_of(salary):,.0f}"
            yield f"          salary: {{like: {answers.shelf}.roles.{name}.salary}}  # {dollars}"
        if answers.currency != "USD":
            desk = number(amount_of(overhead) * dollar(answers.currency))
            yield f"          overhead: {money(desk, answers.currency, 'library, converted (grade M)')}"
    yield "      risks:"
    yield from breach(answers, "team")
    yield f"        outage: {{like: {answers.shelf}.outage}}"
    yield ""


def _work_of(answers: Answers) -> Iterator[str]:
    units = f"{plural(answers.unit)} a month for one person"
    if answers.volume is None:
        yield f"          volume_per_fte: {number(answers.units)}  # {units}"
        return
    sum_of = f"{answers.monthly_volume:,.0f} / {answers.people:g} people, and {BUFFER:.0%} for absence"
    yield f"          volume_per_fte: {answers.units:_.6g}  # {units}: {sum_of}"


def _wishes(answers: Answers) -> Iterator[str]:
    yield _section("What moves together, and what we want")
    yield "correlations:"
    first = answers.places[0]
    yield f"  - [{first}.quality.distance, {first}.governance.retained_fte, 0.5]  # who errs is steered more"
    yield f"  - [{first}.transition.delay, {first}.transition.overrun, 0.6]  # what is late is dearer"
    yield ""
    yield "preferences:"
    yield "  rank_by: mean_es  # by what is saved in half the mean cost plus half the mean of the dearest 5 %"
    yield "  tail_weight: 0.5  # the half; 0: by the mean cost alone, 1: by the mean of the dearest 5 % alone"
    about = f"{answers.currency}, or a part of what in-house costs; a run says how likely it is"
    if answers.promised_saving is None:
        yield f"  # promised_saving: 1M  # of the business case: {about}"
    else:
        yield f"  promised_saving: {answers.promised_saving}  # of the business case: {about}"
    yield ""


def _annotated(value: str, source: str) -> str:
    """Return a number with its source beside it."""
    return (
        f"{value[:-1]}, source: {source}}}"
        if value.startswith("{")
        else f"{{value: {value}, source: {source}}}"
    )


def _title(answers: Answers) -> str:
    code, _, about = answers.profile.about.partition(". ")
    return f"{about.partition('. ')[0].partition(': ')[0]} ({code})"


def _names(answers: Answers) -> str:
    names = ["the US" if name == "us" else name.replace("_", " ").title() for name in answers.places]
    return " or ".join("the Philippines" if name == "Philippines" else name for name in names)


def _section(name: str) -> str:
    return f"# ── {name} ".ljust(WIDTH, "─")


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False))
