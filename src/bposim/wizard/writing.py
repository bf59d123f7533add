"""A scenario file from answers: readable text, in which the library's numbers stay references to the library."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from bposim.library.catalogue import load
from bposim.quantities import read_number
from bposim.tree import List, Map
from bposim.wizard.answers import (
    BUFFER,
    BY_PEOPLE,
    PLACES,
    RETAINED,
    SIZES,
    Answers,
    amount_of,
    dollar,
    nearest_size,
    price_today,
)
from bposim.wizard.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.tree import Node

WIDTH = 112
"""Columns of a comment."""

STEERING, LEAST_STEERING = 1.75, 95_000.0
"""Cost of one of the people who stay, over the pay of one who does the work, and its least, in USD; grade M."""

ALIKE = 0.02
"""A factor this near to 1 leaves the library's figure as it is."""

BADLY_RUN_PACE = 0.72
"""Productivity under a badly run contract, over the usual one; grade M."""

USUAL_PACE = 0.9
"""Units that the library's vendor handles, as a part of those at home, where its price for a unit is from one an hour."""

MEASURED_ABROAD = frozenset({"customer_service", "front_office", "technical_support"})
"""Services for which the library's distance abroad comes from a survey that has bad vendors in it."""

_AMOUNTS = frozenset({"amount", "value", "low", "likely", "high", "mean", "median", "max", "min"})
_TEXTS = frozenset({"source", "note", "currency", "country"})

LEFT_OUT = (
    "failure of the vendor and early ends; disputes; customers who leave over the service; the way back. "
    "Tax on the saving. Systems that stay in every alternative."
)

_GRADES = (
    "Grades: P publisher's own page seen, S press or secondary page naming its study, T vendor blog or catalogue, "
    "C computed from published data, M our assumption, to be replaced by your own figure before anybody decides."
)


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
        grade = question.grade(answers)
        origin = f"library, grade {grade}" if grade else "default"
        text = given.get(question.name)
        found.append(
            Assumption(
                question.name.replace("_", " "), text or question.default(answers), "you" if text else origin
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
            "# ── What can be decided " + "─" * (WIDTH - 24),
            "",
            "alternatives:",
            *_team(answers),
            *(line for place in answers.places for line in _vendor(answers, place)),
            *_wishes(answers),
        ]
    )


def _head(answers: Answers, about: str, left_out: str) -> Iterator[str]:
    profile = answers.profile
    code, _, what = profile.about.partition(". ")
    name = what.partition(". ")[0]
    yield f"# {answers.service.replace('_', ' ').upper()} ({code}): your own team, or a vendor in {_names(answers)}"
    yield "#"
    yield from _comment(
        f"{name}. {about + ' ' if about else ''}A team of {answers.people:g} {answers.worker.role}s, "
        f"{answers.monthly_volume:,.0f} {_unit(answers)}s a month. `bposim run FILE` says what keeping and moving cost."
    )
    yield "#"
    yield from _comment(
        "Replace first, because they move the result most: pay and people, the vendor's price by a quote, months to "
        "go-live, the people who stay to steer. What comes by `like: library.…` has its source and grade in the "
        "library: `bposim library NAME` shows one, `bposim plan FILE` lists all."
    )
    if answers.currency != "USD":
        yield "#"
        yield from _comment(
            f"The library is of US teams and in USD. Pay is converted to {answers.currency} at today's rate; what is "
            "still in USD moves with the dollar. Replace on-cost and overhead of the team by your own."
        )
    yield "#"
    yield from _comment(f"Left out: {left_out}")
    yield ""


def _decision(answers: Answers) -> Iterator[str]:
    code = answers.profile.about.partition(".")[0]
    yield "schema_version: 1"
    yield f"title: {answers.service.replace('_', ' ').capitalize()} ({code}), in-house or {_names(answers)}"
    yield "meta:"
    yield "  purpose: a first look, before quotes are asked for"
    yield "  price_basis: nominal"
    yield "  status: draft"
    yield "  note: >-"
    yield from (f"    {line}" for line in textwrap.wrap(_GRADES, WIDTH - 4))
    yield ""
    yield f"base_currency: {answers.currency}"
    yield f"start: {answers.start}"
    yield f"months: {answers.months}"
    if answers.discount_rate is None:
        yield "discount_rate: {like: library.finance.discount_rate}"
    else:
        yield f"discount_rate: {_percent(answers.discount_rate)}"
    yield ""


def _world(answers: Answers) -> Iterator[str]:
    yield "# ── The world: the same for every alternative " + "─" * (WIDTH - 46)
    yield ""
    yield "world:"
    yield "  volume:"
    yield f"    like: library.profiles.service.{answers.service}.volume  # season, noise, what a lost unit costs"
    yield f"    per_month: {_number(answers.monthly_volume)}"
    if not _same(_heavier(answers)):
        margin = cast("Map", cast("Map", answers.profile.content["volume"])["margin_per_unit"])
        yield f"    margin_per_unit: {_flow(_times(margin, _heavier(answers)))}"
    rates = list(_rates(answers))
    if rates:
        yield "  fx:"
        yield from rates
    indexed = {PLACES[place].country: place for place in answers.places}
    for name in ("wages", "prices"):
        yield f"  {name}:"
        yield from _at_home(answers, name)
        yield from (
            f"    {country}: {{like: library.profiles.location.{place}.{name}}}"
            for country, place in indexed.items()
            if country != answers.home
        )
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
    yield f'    {answers.home}: {{inflation: {{normal: {{mean: {mean}, sd: 0.7%}}}}, source: "our assumption (grade M)"}}'


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


_ISG = '"ISG Momentum 2012 (grade P), a third of renegotiations follow poor performance; the rest is ours (grade M)"'

_ECB = '"European Central Bank, euro reference rates, October 2026 (grade C)"'


def _team(answers: Answers) -> Iterator[str]:
    worker = answers.worker
    service = f"library.profiles.service.{answers.service}"
    own_pay = answers.pay is not None or answers.currency != "USD"
    ratio = answers.salary / worker.pay
    yield "  in-house:"
    yield "    baseline: true"
    yield "    team:"
    yield f"      like: {service}.team  # leads and manager, on-cost, overhead, turnover, errors"
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
            yield f"          salary: {_own(amount_of(salary) * ratio, answers.currency, why)}"
        else:
            yield f"          salary: {{like: {service}.roles.{name}.salary}}  # {_money(salary)}"
        if answers.currency != "USD":
            desk = amount_of(overhead) * dollar(answers.currency)
            yield f"          overhead: {_own(desk, answers.currency, 'converted from the library (grade M)')}"
    yield "      risks:"
    yield from _breach(answers, "team")
    yield f"        outage: {{like: {service}.outage}}"
    yield ""


def _own(amount: float, currency: str, source: str) -> str:
    return f'{{amount: {_number(amount)}, currency: {currency}, source: "{source}"}}'


def _work_of(answers: Answers) -> Iterator[str]:
    units = f"{_unit(answers)}s a month for one person"
    if answers.volume is None:
        yield f"          volume_per_fte: {_number(answers.units)}  # {units}"
        return
    sum_of = f"{answers.monthly_volume:,.0f} / {answers.people:g} people, and {BUFFER:.0%} for absence"
    yield f"          volume_per_fte: {_number(answers.units)}  # {units}: {sum_of}"


def _vendor(answers: Answers, place: str) -> Iterator[str]:
    """Yield one vendor; the second and further ones are like the first but for what the place makes of it."""
    country = PLACES[place].country
    kind = "voice" if answers.nature == "voice" else "back_office"
    at = f"library.profiles.location.{place}"
    first = place == answers.places[0]
    yield f"  {place}:"
    yield "    vendor:"
    if first:
        yield f"      like: library.profiles.service.{answers.service}.vendor_offshore  # term, service level, change requests"
    else:
        yield f"      like: alternatives.{answers.places[0]}.vendor"
    yield f"      country: {country}"
    yield from _price(answers, place)
    if first:
        yield from _pace(answers)
        yield "      indexation:  # the price follows wages where the vendor works"
        yield f"        wages_of: {country}"
        yield "        sensitivity: {like: library.commercial.indexation.sensitivity}"
        yield "        floor: 0"
        yield "        cap: {like: library.commercial.indexation.cap}"
        yield '        give_back: {value: 1%, source: "our assumption (grade M)"}  # productivity, each year'
    else:
        yield f"      indexation: {{wages_of: {country}}}"
    yield f"      renewal_uplift: {{like: {at}.renewal_uplift}}"
    yield f"      turnover: {{like: {at}.turnover_{kind}}}"
    yield from _distance(answers, f"{at}.distance_{kind}")
    if first:
        yield from _governance(answers, at)
        yield from _transition(answers, at)
        yield "      risks:"
        yield from _breach(answers, "vendor")
        yield f"        outage: {{like: library.profiles.service.{answers.service}.outage}}"
    else:
        yield f"      governance: {{fee_share: {{like: {at}.governance.fee_share}}}}"
        yield "      transition:"
        if answers.planned is None:
            yield f"        planned: {_usual_months(place)}"
        yield f"        delay: {{like: {at}.transition.delay}}"
    yield ""


def _governance(answers: Answers, at: str) -> Iterator[str]:
    low, likely, high = RETAINED[answers.nature]
    parts = {name: part * answers.people for name, part in (("low", low), ("likely", likely), ("high", high))}
    numbers = ", ".join(f"{name}: {_number(value)}" for name, value in parts.items())
    why = f"our assumption, {low:.0%}, {likely:.0%} and {high:.0%} of the people (grade M)"
    cost = max(LEAST_STEERING * dollar(answers.currency), STEERING * answers.salary)
    yield "      governance:  # who stays to steer and for the exceptions; audits, travel, tools"
    yield f"        like: library.profiles.size.{nearest_size(answers.people)}.governance"
    yield f"        country: {answers.home}"
    yield f"        fee_share: {{like: {at}.governance.fee_share}}"
    yield f'        retained_fte: {{{numbers}, source: "{why}"}}'
    yield f"        cost_per_fte: {_own(cost, answers.currency, 'our assumption (grade M)')}"
    yield from _fitted(answers, "governance", "        ")


def _transition(answers: Answers, at: str) -> Iterator[str]:
    size = f"library.profiles.size.{nearest_size(answers.people)}"
    yield "      transition:"
    yield f"        like: {at}.transition  # delay, ramp, overrun"
    if answers.planned is None:
        yield f"        planned: {_usual_months(answers.places[0])}  # months from signature to go-live; put your own here"
    else:
        yield f'        planned: {{value: {answers.planned:g}, source: "own figure"}}'
    yield f"        learning: {{like: library.profiles.service.{answers.service}.learning}}"
    yield "        one_off:"
    yield f"          like: {size}.one_off"
    yield from _fitted(answers, "one_off", "          ")
    yield f"        severance: {{like: {size}.severance}}"
    yield f"        stranded_overhead: {{like: {size}.stranded_overhead}}"
    yield f"        morale: {{like: {size}.morale}}"
    yield '        scope: {value: 50%, source: "our assumption (grade M)"}  # part of the exposure to breaches that moves'


def _usual_months(place: str) -> str:
    transition = cast("Map", load().profiles[f"profiles.location.{place}"].content["transition"])
    return str(transition["planned"])


def _pace(answers: Answers) -> Iterator[str]:
    """Yield the vendor's productivity, where the library's is not right as it is."""
    if answers.service not in BY_PEOPLE and _same(_heavier(answers)):
        return
    pace = cast("Map", answers.profile.content["productivity"])
    usual = _flow(_times(pace, 1.0 / _heavier(answers)))
    if answers.service not in BY_PEOPLE:
        yield "      productivity:"
        yield f"        {usual[1:-1]}"
        return
    bad = _flow(_times(pace, BADLY_RUN_PACE / _heavier(answers)))
    yield "      productivity:  # units a month for one person; fewer where the contract is badly run"
    yield f"        mixture: [{{weight: 70%, {usual[1:-1]}}}, {{weight: 30%, {bad[1:-1]}}}]"
    yield f"        source: {_ISG}"


def _distance(answers: Answers, usual: str) -> Iterator[str]:
    if answers.service in MEASURED_ABROAD:
        yield f"      quality: {{distance: {{like: {usual}}}}}  # the rest as at home"
        return
    yield "      quality:  # error rate and cost of an error as at home; three contracts in ten are badly run"
    yield "        distance:"
    yield "          mixture:"
    yield f"            - {{weight: 70%, like: {usual}}}"
    yield "            - {weight: 30%, low: 1.4, likely: 2.2, high: 4}"
    yield f"          source: {_ISG}"


def _price(answers: Answers, place: str) -> Iterator[str]:
    if place in answers.quotes:
        amount, currency = answers.quotes[place]
        yield f'      price: {{per_unit: {{amount: {amount:g}, currency: {currency}, source: "quote (own figure)"}}}}'
        return
    price = cast("Map", answers.profile.content["price_offshore"])
    amount_node = cast("Map", cast("Map", price["per_unit"])["amount"])
    level = PLACES[place].price_level
    if answers.service in BY_PEOPLE:
        amount = _times(amount_node, level * USUAL_PACE * answers.worker.units)
        yield "      price:  # for a person and month; put your quote here"
        yield f"        per_fte: {{amount: {_flow(amount)}, currency: USD}}"
        yield f"        source: {_library_times(level)}"
        return
    factor = level * _heavier(answers)
    if _same(factor):
        yield f"      price: {{like: {_library(answers)}.price_offshore}}  # {_flow(amount_node)} USD; put your quote here"
        return
    yield "      price:  # put your quote here"
    yield f"        per_unit: {{amount: {_flow(_times(amount_node, factor))}}}  # USD"
    yield f"        source: {_library_times(factor)}"


def _library_times(factor: float) -> str:
    return f'"the library\'s offshore price × {factor:.3g} (grade M)"'


def _breach(answers: Answers, who: str) -> Iterator[str]:
    profile, piece = f"profiles.breach.{answers.sector}", f"{answers.company}"
    yield "        breach:"
    yield f"          like: library.{profile}.{piece}.{who}"
    if answers.currency != "USD":
        whole: Any = load().profiles[profile].content[piece]
        severity = _flow(_times(whole[who]["severity"], dollar(answers.currency)))
        yield f"          severity: {severity}  # the library's, converted"
    if who == "vendor":
        yield '          recovery: {probability: 50%, liability_cap: 12, source: "our assumption (grade M)"}'


def _fitted(answers: Answers, piece: str, margin: str) -> Iterator[str]:
    """Yield the amounts of a size's profile in proportion to the people, where they differ."""
    size = nearest_size(answers.people)
    scale = answers.people / SIZES[size]
    if _same(scale):
        return
    content = cast("Map", load().profiles[f"profiles.size.{size}"].content[piece])
    for name, value in content.items():
        if name not in {"source", "fee_share", "retained_fte", "cost_per_fte", "country"}:
            yield f"{margin}{name}: {_flow(_times(value, scale))}"
    yield f'{margin}source: "library.profiles.size.{size}.{piece} × {scale:.3g} for the people (grade M)"'


def _wishes(answers: Answers) -> Iterator[str]:
    yield "# ── What moves together, and what we want " + "─" * (WIDTH - 42)
    yield ""
    yield "correlations:"
    first = answers.places[0]
    yield f"  - [{first}.quality.distance, {first}.governance.retained_fte, 0.5]  # a vendor who errs needs more steering"
    yield f"  - [{first}.transition.delay, {first}.transition.overrun, 0.6]  # what is late is dearer"
    yield ""
    yield "preferences:"
    yield "  rank_by: mean_es  # mean saving less half of the distance to the mean of the worst 5 %"
    yield "  tail_weight: 0.5"
    yield f"# promised_saving: 1M  # {answers.currency}: what the business case promises; a run then says how likely it is"
    yield ""


def _times(value: Node, factor: float) -> Any:  # noqa: ANN401 - a node of text
    """Return a number, an amount or a distribution times ``factor``, without its annotations."""
    if isinstance(value, Map):
        items: dict[str, Any] = {}
        for name, below in value.items():
            if name in {"source", "note"}:
                continue
            scales = isinstance(below, Map) or name in _AMOUNTS
            items[name] = _times(below, factor) if scales else below
        return Map(items)
    return _number(read_number(value) * factor)


def _flow(value: Node) -> str:
    if isinstance(value, Map):
        return "{" + ", ".join(f"{name}: {_flow(below)}" for name, below in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]" if isinstance(value, List) else str(value)


def _heavier(answers: Answers) -> float:
    """Return how much more work a unit is than the library's."""
    return answers.worker.units / answers.units


def _same(factor: float) -> bool:
    return abs(factor - 1.0) < ALIKE


def _number(value: float) -> str:
    """Return a number with three significant digits, and its thousands apart."""
    if value >= 1000.0:  # noqa: PLR2004 - where thousands begin
        digits = 10 ** (len(f"{value:.0f}") - 3)
        return f"{round(value / digits) * digits:_}"
    return f"{value:.3g}"


def _percent(value: float) -> str:
    return f"{100 * value:.4g}%"


def _money(money: Map) -> str:
    return f"{money.get('currency', 'USD')} {amount_of(money):,.0f}; put your own here"


def _library(answers: Answers) -> str:
    return f"library.{answers.profile.key}"


def _unit(answers: Answers) -> str:
    return str(cast("Map", answers.profile.content["volume"])["unit"])


def _names(answers: Answers) -> str:
    names = ["the US" if name == "us" else name.replace("_", " ").title() for name in answers.places]
    return " or ".join("the Philippines" if name == "Philippines" else name for name in names)


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(text, WIDTH - 2))
