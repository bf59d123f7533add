"""Amounts that are wrong by a unit: 44 for 44k, rupees for dollars, a year's volume for a month's.

Each is held against what is known from elsewhere: pay against the library's for the country, a vendor's
price for all of the work against what the work costs today, the volume against the people that it takes.
The bounds are wide, since they are to find slips and not opinions: a finding is a warning, BP303.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding, mean_of
from bposim.library.catalogue import figure
from bposim.library.first_month import FirstMonth, at_mean
from bposim.rate_history import ecb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.money import Money
    from bposim.legs.transition import OneOffs
    from bposim.legs.vendor import Vendor
    from bposim.scenario import Scenario

CODE = "BP303"

HOURS_A_YEAR = 2_080.0
"""Paid hours of one person: 52 weeks of 40."""

PAY = {
    "IN": "labour.india.hour",
    "MX": "labour.mexico.hour",
    "PH": "labour.philippines.hour",
    "US": "labour.us.customer_service",
}
"""Figures of pay an hour by country, of people who answer calls; other countries lie between or near them."""

LEAST_PAY, MOST_PAY = 1 / 10, 20.0
"""Pay of a full-time role as a multiple of the figure: half a minimum wage, and a chief officer's."""

LEAST_FEE, MOST_FEE = 1 / 10, 5.0
"""A price for all of the work as a multiple of what the work costs today; offers are 0.2 to 1.2 of it."""

MOST_PEOPLE, LEAST_PEOPLE = 20_000.0, 0.1
"""People that the whole work takes."""

MOST_BY_VOLUME = 2_000.0
"""People whose number follows the volume, for each whose number does not: managers, those who stay."""

LEAST_BY_VOLUME = 1 / 10
"""The same at least, of a team's own people."""

LEAST_ONE_OFF = 0.02
"""One-off costs of a move as a part of the vendor's fee of a month: the tenth part of a working day."""


def slips(scenario: Scenario) -> Iterator[Finding]:
    """Yield every amount that is far from what is usual, or from the rest of the scenario.

    A slip is told where it was made: prices are not held against a baseline whose pay or volume is one.
    """
    view = FirstMonth.of(scenario)
    pay, people = list(_pay(view)), list(_people(view))
    yield from (*pay, *people)
    if not people and not any(finding.keys[1] == view.baseline for finding in pay):
        yield from _prices(view)


def _pay(view: FirstMonth) -> Iterator[Finding]:
    """Find pay that nobody in that country would work for, or be paid."""
    dollar = _dollars(view.scenario.base_currency, view.rates)
    if dollar is None:
        return
    for name in view.scenario.alternatives:
        for leg, keys in view.bodies(name):
            team = leg.team
            for job, role in team.roles.items() if team else ():
                at = (*keys, "roles", job, "salary")
                yield from _one_pay(view, role.salary, team.country if team else None, at, dollar)
            governance = leg.vendor.governance if leg.vendor else None
            if governance and governance.cost_per_fte is not None:
                at = (*keys, "governance", "cost_per_fte")
                yield from _one_pay(view, governance.cost_per_fte, governance.country, at, dollar)


def _one_pay(
    view: FirstMonth, pay: Money, country: str | None, keys: tuple[str | int, ...], dollar: float
) -> Iterator[Finding]:
    amount, code = at_mean(pay.amount), view.code(pay.currency)
    if amount <= 0.0:
        return
    dollars = amount * view.rates[code] * dollar
    low, high = _usual_pay(country)
    if low * LEAST_PAY <= dollars <= high * MOST_PAY:
        return
    rate = dollars / amount
    near = math.sqrt(low * high)
    meant = [(f"{_short(amount * by)}{why}", dollars * by) for by, why in _SLIPS_OF_PAY]
    meant += [
        (f"{other} {_short(amount)}", amount * view.rates[other] * dollar)
        for other in view.rates
        if other != code
    ]
    about = f"{code} {_short(amount)} a year for one person"
    least, most = _short(low / rate), _short(high / rate)
    usual = f"{code} {least}" if low == high else f"{code} {least} to {most}"
    times = _times(dollars / (low if dollars < low else high))
    there = " there" if country in PAY else ""
    what = f"{about} is {times} an agent's pay{there} ({usual})"
    yield Finding(CODE, keys, what, _did_you_mean(meant, near, 6.0) or "check amount, unit and currency")


_SLIPS_OF_PAY = (
    (1e3, ""),
    (1e-3, ""),
    (1e6, ""),
    (1e-6, ""),
    (HOURS_A_YEAR, " a year, if that is an hour's pay"),
    (12.0, " a year, if that is a month's pay"),
)
"""Factors by which pay is most often wrong, and what to say beside the amount."""


@cache
def _usual_pay(country: str | None) -> tuple[float, float]:
    """Return the pay of an agent in USD a year, from lowest to highest where the country is not known."""
    known = {code: HOURS_A_YEAR * mean_of(figure(key).default) for code, key in PAY.items()}
    if country in known:
        return known[country], known[country]
    return min(known.values()), max(known.values())


def _dollars(base: str, rates: dict[str, float]) -> float | None:
    """Return USD for one unit of the base currency; None where nobody says."""
    if base == "USD":
        return 1.0
    if "USD" in rates:
        return 1.0 / rates["USD"]
    return _quoted(base)


@cache
def _quoted(base: str) -> float | None:
    try:
        return ecb("USD").rates[base][-1]
    except KeyError:
        return None


def _people(view: FirstMonth) -> Iterator[Finding]:
    """Find a volume that takes a city, or nobody."""
    keys = ("world", "volume", "per_month")
    follow, others = 0.0, 0.0
    for leg, _ in view.bodies(view.baseline):
        if leg.team is None:
            continue
        for job, heads in view.heads(leg.team).items():
            role = leg.team.roles[leg.team.roles[job].of or job]
            if role.volume_per_fte is not None:
                follow += at_mean(leg.share) * heads
            else:
                others += at_mean(leg.share) * heads
    steering = [
        at_mean(leg.vendor.governance.retained_fte)
        for name in view.scenario.alternatives
        for leg, _ in view.bodies(name)
        if leg.vendor and leg.vendor.governance
    ]
    if follow == 0.0:
        return
    volume = f"{view.volume:,.0f}" if view.volume >= 100 else f"{view.volume:.3g}"  # noqa: PLR2004 - digits
    of = f"a volume of {volume} a month takes {_short(follow)} people ({view.baseline})"
    remedy = "check per_month, and the volume_per_fte of a month"
    most = max(others, *steering, 0.0)
    if not LEAST_PEOPLE <= follow <= MOST_PEOPLE:
        yield Finding(CODE, keys, of, remedy)
    elif 0.0 < most < follow / MOST_BY_VOLUME:
        yield Finding(CODE, keys, f"{of}, and {_short(most)} manage or steer them", remedy)
    elif follow < 1.0 and others > follow / LEAST_BY_VOLUME:
        yield Finding(CODE, keys, f"{of}, beside {_short(others)} whose number is fixed", remedy)


def _prices(view: FirstMonth) -> Iterator[Finding]:
    """Find prices, and costs of a move, that do not belong to this amount of work."""
    today = view.today
    if not 0.0 < today < math.inf:
        return
    for name in view.scenario.alternatives:
        for leg, keys in view.bodies(name):
            vendor = leg.vendor
            fee = view.fee(vendor)
            if vendor is None or not fee > 0.0:
                continue
            if name != view.baseline and not LEAST_FEE <= fee / today <= MOST_FEE:
                yield _far_price(view, vendor, fee / today, keys)
            elif vendor.transition is not None:
                yield from _small_move(view, vendor.transition.one_off, fee, (*keys, "transition"))


def _far_price(view: FirstMonth, vendor: Vendor, ratio: float, keys: tuple[str | int, ...]) -> Finding:
    amount, code = at_mean(vendor.price.amount), view.code(vendor.price.currency)
    meant = [
        (f"{other} {_short(amount)}", ratio * rate / view.rates[code])
        for other, rate in view.rates.items()
        if other != code
    ]
    meant += [(f"{code} {_short(amount * by)}", ratio * by) for by in (1e3, 1e-3, 1e6, 1e-6)]
    base = view.scenario.base_currency
    fee, today = f"{base} {_short(ratio * view.today)}", _short(view.today)
    what = f"{code} {_short(amount)} makes {fee} a month for all of the work, which costs {today} today"
    remedy = _did_you_mean(meant, 0.5, 4.0) or "check price and currency, what is counted, and the volume"
    return Finding(CODE, (*keys, "price", vendor.price.kind, "amount"), what, remedy)


def _small_move(
    view: FirstMonth, one_off: OneOffs | None, fee: float, keys: tuple[str | int, ...]
) -> Iterator[Finding]:
    if one_off is None:
        return
    cost = sum(view.worth(getattr(one_off, item)) for item in type(one_off).model_fields)
    if 0.0 < cost < LEAST_ONE_OFF * fee:
        base = view.scenario.base_currency
        what = f"the move costs {base} {_short(cost)} once, and a month of the contract {base} {_short(fee)}"
        yield Finding(CODE, (*keys, "one_off"), what, "check the amounts, the price and the volume")


def _did_you_mean(meant: list[tuple[str, float]], near: float, within: float) -> str:
    """Return the reading whose value is nearest to the usual, if one is within that factor of it."""
    far = {text: abs(math.log(value / near)) for text, value in meant if value > 0.0}
    best = min(far, key=lambda text: far[text], default="")
    return f"did you mean {best}?" if best and far[best] <= math.log(within) else ""


def _times(ratio: float) -> str:
    return f"{_short(ratio)} times" if ratio > 1.0 else f"1/{_short(1.0 / ratio)} of"


def _short(value: float) -> str:
    """Write an amount in three digits, as a scenario file may have it: 44k, 1.25M, 0.072."""
    for power, suffix in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if value >= power:
            scale = 1e3 if suffix == "k" else power
            return f"{float(f'{value / scale:.3g}'):g}{suffix}"
    return f"{float(f'{value:.3g}'):,g}"
