"""Whether each number is one that makes sense where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.consistency.finding import NEGLIGIBLE, Finding, Keys, chance_up_to, parts
from bposim.events.arrivals import MOST_EVENTS
from bposim.events.feasibility import too_many
from bposim.events.risk import EventRisk
from bposim.inputs.distribution import Distribution
from bposim.quantities import read_year_month
from bposim.world.spells import Spells
from bposim.world.volume import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.scenario import Scenario

_GROWTH = frozenset(
    {
        "discount_rate",
        "growth",
        "inflation",
        "improvement",
        "renewal_uplift",
        "home",
        "foreign",
        "home_interest",
        "foreign_interest",
        "trend",
    }
)
"""Fields that make 1 + value a factor, so that -100 % ends the world."""

_RATES = _GROWTH | {"volatility", "drift", "review_noise", "scope_creep"}
"""Fields in which a number above 1 is most often a percentage without its sign."""

_DIVISORS = frozenset(
    {
        "volume_per_fte",
        "one_per",
        "productivity",
        "reference_headcount",
        "paid_hours_per_week",
        "productive",
    }
)
"""Fields that work is divided by."""

_MOST_USUAL = {
    "additional_charge": 5.0,
    "buffer": 1.0,
    "change_premium": 3.0,
    "change_requests": 1.0,
    "commitment": 1.2,
    "flex": 1.0,
    "give_back": 0.5,
    "oncost": 2.0,
}
"""Parts of something that are seldom larger; above, a percent sign was probably forgotten."""


_USUAL_HOURS = {
    "hours": (0.1, 2_000.0),
    "hours_per_week": (1.0, 168.0),
    "management_hours": (1.0, 20_000.0),
    "paid_hours_per_week": (8.0, 84.0),
    "service_hours": (8.0, 744.0),
}
"""Hours below or above which they are more likely days, minutes or per cent: an outage, a week, a month."""


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield numbers that make no sense where they stand, or lack their percent sign."""
    yield from _budget(scenario)
    for keys, part in parts(scenario, ()):
        for name in type(part).model_fields:
            yield from _range(name, getattr(part, name), (*keys, name))
        if isinstance(part, EventRisk) and (trouble := too_many(part, scenario.months)):
            yield Finding("BP201", (*keys, "per_year"), *trouble)
        if isinstance(part, Spells):
            yield from _events(part, scenario.months, (*keys, "per_year"))
        if isinstance(part, Step):
            yield from _step(part, (*keys, "from_month"))


def _range(name: str, value: object, keys: Keys) -> Iterator[Finding]:
    """Find a rate or a divisor that makes no sense, or is written without its percent sign."""
    if not isinstance(value, float | Distribution):
        return
    if name in _DIVISORS and (value.support[0] if isinstance(value, Distribution) else value) <= 0:
        yield Finding("BP201", keys, "it can be 0, and work is divided by it", "write a number above 0")
    if name in _GROWTH and chance_up_to(value, -1.0) > NEGLIGIBLE:
        remedy = "keep it above" + (", say with min: -90%" if isinstance(value, Distribution) else "")
        yield Finding("BP201", keys, "it can be -100% or less, and nothing is left then", remedy)
    mean = value.mean if isinstance(value, Distribution) else value
    least, most = _USUAL_HOURS.get(name, (-np.inf, np.inf))
    if mean and not least <= mean <= most:
        meant = f"did you mean {mean * 100:g}?" if least <= mean * 100 <= most / 4 else "write hours"
        yield Finding("BP303", keys, f"{mean:.3g} hours are {_in_minutes(mean)}", meant)
    usual = _MOST_USUAL.get(name, np.inf)
    if mean > usual:
        yield _without_sign(value, mean, usual, keys, "")
    if name in _RATES and abs(mean) > 1.0:
        yield _without_sign(value, mean, 1.0, keys, " a year")


def _in_minutes(hours: float) -> str:
    return f"{hours * 60:.2g} minutes" if hours < 1.0 else f"{hours / 24:,.3g} days"


def _without_sign(value: float | Distribution, mean: float, usual: float, keys: Keys, per: str) -> Finding:
    """Name the numbers of the file that lack their percent sign; their mean stands nowhere in it."""
    if not isinstance(value, Distribution):
        return Finding("BP302", keys, f"{value:g} is {value:,.0%}{per}", f"did you mean {value:g}%?")
    given = {key: getattr(value, key, None) for key in ("low", "median", "likely", "high")}
    large = {key: at for key, at in given.items() if at is not None and abs(at) > usual}
    if not large:
        return Finding("BP302", keys, f"its mean is {mean:,.0%}{per}", "is a percent sign missing?")
    what = ", ".join(f"{key}: {at:g} is {at:,.0%}" for key, at in large.items())
    meant = " and ".join(f"{at:g}%" for at in large.values())
    return Finding("BP302", keys, what + per, f"did you mean {meant}?")


def _events(spells: Spells, months: int, keys: Keys) -> Iterator[Finding]:
    rate = spells.per_year
    most = float(rate.ppf(np.asarray(1 - NEGLIGIBLE))) if isinstance(rate, Distribution) else rate
    if most * months / 12 > MOST_EVENTS:
        yield Finding(
            "BP201",
            keys,
            f"{most:g} events a year are over {MOST_EVENTS:g} in the horizon",
            "lower the rate, and put what happens every day into price or error rate",
        )


def _step(step: Step, keys: Keys) -> Iterator[Finding]:
    try:
        read_year_month(step.from_month)
    except ValueError as error:
        what, _, remedy = str(error).rpartition("; ")
        yield Finding("BP107", keys, what, remedy)


def _budget(scenario: Scenario) -> Iterator[Finding]:
    years, budget = -(-scenario.months // 12), scenario.preferences.budget
    if budget and len(budget.per_year) not in {0, 1, years}:
        yield Finding(
            "BP201",
            ("preferences", "budget", "per_year"),
            f"{len(budget.per_year)} amounts stand for {years} contract years",
            f"write {years}, or one for every year",
        )
