"""Pay of a year against the library's for the country: in dollars, of people who answer calls."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding, Keys, mean_of
from bposim.library.catalogue import figure
from bposim.library.first_month import FirstMonth, at_mean
from bposim.library.slip_words import CODE, did_you_mean, short, times
from bposim.rate_history import ecb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.money import Money

HOURS_A_YEAR = 2_080.0
"""Paid hours of one person: 52 weeks of 40."""

PAY = {
    "IN": "labour.india.hour",
    "MX": "labour.mexico.hour",
    "PH": "labour.philippines.hour",
    "US": "labour.us.customer_service",
}
"""Figures of pay an hour by country, of people who answer calls; other countries lie between or near them."""

LEAST_PAY, MOST_PAY = 1 / 5, 40.0
"""Pay of a full-time role as a multiple of the figure: half a minimum wage, and an expatriate manager's."""


def odd_pay(view: FirstMonth) -> Iterator[Finding]:
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
    view: FirstMonth, pay: Money, country: str | None, keys: Keys, dollar: float
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
    meant = [(f"{short(amount * by)}{why}", dollars * by) for by, why in _SLIPS_OF_PAY]
    meant += [
        (f"{other} {short(amount)}", amount * view.rates[other] * dollar)
        for other in view.rates
        if other != code
    ]
    about = f"{code} {short(amount)} a year for one person"
    least, most = short(low / rate), short(high / rate)
    usual = f"{code} {least}" if low == high else f"{code} {least} to {most}"
    far = times(dollars / (low if dollars < low else high))
    there = " there" if country in PAY else ""
    what = f"{about} is {far} an agent's pay{there} ({usual})"
    yield Finding(CODE, keys, what, did_you_mean(meant, near, 6.0) or "check amount, unit and currency")


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


def of_usual_pay(view: FirstMonth, amount: float, country: str | None) -> float:
    """Return an amount a year in base currency as a multiple of the usual pay; 1 where nobody can say."""
    dollar = _dollars(view.scenario.base_currency, view.rates)
    if dollar is None or math.isnan(amount):
        return 1.0
    low, high = _usual_pay(country)
    return amount * dollar / min(max(amount * dollar, low), high)
