"""What a vendor would do: its contract, who steers it, and the move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from bposim.library.catalogue import load
from bposim.tree import Map
from bposim.wizard.answers import BY_PEOPLE, PLACES, RETAINED, SIZES, Answers, dollar, nearest_size
from bposim.wizard.notation import ASSUMED, exact, flow, money, number, same, spread, times

if TYPE_CHECKING:
    from collections.abc import Iterator

STEERING, LEAST_STEERING = 1.75, 95_000.0
"""Cost of one who stays, over the pay of one who does the work, and its least, in USD; grade M."""

BADLY_RUN_PACE = 0.72
"""Productivity under a badly run contract, over the usual one; grade M."""

USUAL_PACE = 0.9
"""Units that the library's vendor handles, over those at home, where a unit's price is from one an hour."""

MEASURED_ABROAD = frozenset({"customer_service", "front_office", "technical_support"})
"""Services for which the library's distance abroad comes from a survey that has bad vendors in it."""

_ISG = '"ISG Momentum 2012 (grade P), a third of renegotiations follow poor performance; else ours (grade M)"'


def vendor(answers: Answers, place: str) -> Iterator[str]:
    """Yield one vendor; the second and further ones are like the first but for what the place makes of it."""
    country = PLACES[place].country
    kind = "voice" if answers.nature == "voice" else "back_office"
    at = f"library.profiles.location.{place}"
    first = place == answers.places[0]
    yield f"  {place}:"
    yield "    vendor:"
    if first:
        yield f"      like: {answers.shelf}.vendor_offshore  # term, service level, changes"
    else:
        yield f"      like: alternatives.{answers.places[0]}.vendor"
    yield f"      country: {country}"
    yield from _price(answers, place)
    if first:
        yield from _pace(answers)
        yield "      indexation:  # wages where the vendor works, less productivity (grade M)"
        terms = "library.commercial.indexation"
        yield f"        {{wages_of: {country}, sensitivity: {{like: {terms}.sensitivity}}, floor: 0,"
        yield f"         cap: {{like: {terms}.cap}}, give_back: 1%}}"
    else:
        yield f"      indexation: {{wages_of: {country}}}"
    yield f"      renewal_uplift: {{like: {at}.renewal_uplift}}"
    yield f"      turnover: {{like: {at}.turnover_{kind}}}"
    yield from _distance(answers, f"{at}.distance_{kind}")
    if first:
        yield from _governance(answers, at)
        yield from _transition(answers, at)
        likely = "default_small" if answers.company == "small" else "default_bb"
        yield "      failure:  # insolvent, or gone"
        yield f"        {{per_year: {{like: library.operations.vendor.{likely}}}, recovery_months: 4}}"
        yield "      continuity:  # what helps until then, and in a storm (grade M)"
        yield "        {covered: 60%, emergency_premium: 1.5}"
        yield "      risks:"
        yield from breach(answers, "vendor")
        yield f"        outage: {{like: {answers.shelf}.outage}}"
    else:
        yield f"      governance: {{fee_share: {{like: {at}.governance.fee_share}}}}"
        yield "      transition:"
        if answers.planned is None:
            yield f"        planned: {_usual_months(place)}"
        yield f"        delay: {{like: {at}.transition.delay}}"
    yield ""


def _price(answers: Answers, place: str) -> Iterator[str]:
    if place in answers.quotes:
        amount, currency = answers.quotes[place]
        yield f"      price: {{per_unit: {money(spread(amount, exact), currency, 'own figure, quoted')}}}"
        return
    price = cast("Map", answers.profile.content["price_offshore"])
    amount_node = cast("Map", cast("Map", price["per_unit"])["amount"])
    level = PLACES[place].price_level
    if answers.service in BY_PEOPLE:
        amount = times(amount_node, level * USUAL_PACE * answers.worker.units)
        yield "      price:  # for a person and month; put your quote here"
        yield f"        per_fte: {{amount: {flow(amount)}, currency: USD}}"
        yield f"        source: {_library_times(level)}"
        return
    factor = level * answers.heaviness
    if same(factor):
        yield f"      # USD {flow(amount_node)}; put your quote here"
        yield f"      price: {{like: {answers.shelf}.price_offshore}}"
        return
    yield "      price:  # put your quote here"
    yield f"        per_unit: {{amount: {flow(times(amount_node, factor))}, currency: USD}}"
    yield f"        source: {_library_times(factor)}"


def _pace(answers: Answers) -> Iterator[str]:
    """Yield the vendor's productivity, where the library's is not right as it is."""
    if answers.service not in BY_PEOPLE and same(answers.heaviness):
        return
    pace = cast("Map", answers.profile.content["productivity"])
    usual = flow(times(pace, 1.0 / answers.heaviness))
    if answers.service not in BY_PEOPLE:
        yield f"      productivity: {usual}"
        return
    bad = flow(times(pace, BADLY_RUN_PACE / answers.heaviness))
    yield "      productivity:  # units a month for one person; fewer where the contract is badly run"
    yield f"        mixture: [{{weight: 70%, {usual[1:-1]}}}, {{weight: 30%, {bad[1:-1]}}}]"
    yield f"        source: {_ISG}"


def _distance(answers: Answers, usual: str) -> Iterator[str]:
    if answers.service in MEASURED_ABROAD:
        yield f"      quality: {{distance: {{like: {usual}}}}}  # the rest as at home"
        return
    yield "      quality:  # error rate and cost of an error as at home; three contracts in ten are badly run"
    yield "        distance:"
    bad = "{weight: 30%, low: 1.4, likely: 2.2, high: 4}"
    yield f"          mixture: [{{weight: 70%, like: {usual}}}, {bad}]"
    yield f"          source: {_ISG}"


def _governance(answers: Answers, at: str) -> Iterator[str]:
    low, likely, high = RETAINED[answers.nature]
    parts = {name: part * answers.people for name, part in (("low", low), ("likely", likely), ("high", high))}
    numbers = ", ".join(f"{name}: {number(value)}" for name, value in parts.items())
    why = f"our assumption, {low:.0%}, {likely:.0%} and {high:.0%} of the people (grade M)"
    cost = number(max(LEAST_STEERING * dollar(answers.currency), STEERING * answers.salary))
    yield "      governance:  # who stays to steer and for the exceptions; audits, travel, tools"
    yield f"        like: library.profiles.size.{nearest_size(answers.people)}.governance"
    yield f"        country: {answers.home}"
    yield f"        fee_share: {{like: {at}.governance.fee_share}}"
    yield f'        retained_fte: {{{numbers}, source: "{why}"}}'
    yield f"        cost_per_fte: {money(cost, answers.currency, ASSUMED)}"
    yield from (f"        {line}" for line in _fitted(answers, "governance"))


def _transition(answers: Answers, at: str) -> Iterator[str]:
    size = f"library.profiles.size.{nearest_size(answers.people)}"
    yield "      transition:"
    yield f"        like: {at}.transition  # delay, ramp, overrun"
    if answers.planned is None:
        yield f"        planned: {_usual_months(answers.places[0])}  # months from signature to go-live"
    else:
        yield f'        planned: {{value: {answers.planned:g}, source: "own figure"}}'
    yield f"        learning: {{like: {answers.shelf}.learning}}"
    once = list(_fitted(answers, "one_off"))
    yield f"        one_off: {{like: {size}.one_off{',' if once else '}'}"
    if once:
        *amounts, source = once
        yield from (f"          {', '.join(amounts[k : k + 3])}," for k in range(0, len(amounts), 3))
        yield f"          {source}}}"
    yield f"        severance: {{like: {size}.severance}}"
    yield f"        stranded_overhead: {{like: {size}.stranded_overhead}}"
    yield f"        morale: {{like: {size}.morale}}"
    yield f'        scope: {{value: 50%, source: "{ASSUMED}"}}  # part of the exposure to breaches that moves'


def _usual_months(place: str) -> str:
    transition = cast("Map", load().profiles[f"profiles.location.{place}"].content["transition"])
    return str(transition["planned"])


def _fitted(answers: Answers, piece: str) -> Iterator[str]:
    """Yield the amounts of a size's profile in proportion to the people, where they differ."""
    size = nearest_size(answers.people)
    scale = answers.people / SIZES[size]
    if same(scale):
        return
    content = cast("Map", load().profiles[f"profiles.size.{size}"].content[piece])
    for name, value in content.items():
        if name in {"source", "fee_share", "retained_fte", "cost_per_fte", "country"}:
            continue
        amount: Any = times(value, scale)
        certain = isinstance(amount, Map) and isinstance(amount.get("amount"), str)
        written = f"{amount['currency']} {amount['amount']}" if certain else flow(amount)
        yield f"{name}: {written}"
    yield f'source: "library.profiles.size.{size}.{piece} × {scale:.3g} for the people (grade M)"'


def _library_times(factor: float) -> str:
    return f'"the library\'s offshore price × {factor:.3g} (grade M)"'


def breach(answers: Answers, who: str) -> Iterator[str]:
    """Yield the data breaches of a ``team`` or a ``vendor``."""
    profile, piece = f"profiles.breach.{answers.sector}", answers.company
    yield "        breach:"
    yield f"          like: library.{profile}.{piece}.{who}"
    if answers.currency != "USD":
        whole: Any = load().profiles[profile].content[piece]
        severity = flow(times(whole[who]["severity"], dollar(answers.currency)))
        yield f"          severity: {severity}  # the library's, converted"
    if who == "vendor":
        yield f'          recovery: {{probability: 50%, liability_cap: 12, source: "{ASSUMED}"}}'
