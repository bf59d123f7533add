"""Amounts that are wrong by a unit: 44 for 44k, rupees for dollars, a year's volume for a month's.

Each is held against what is known from elsewhere: pay against the library's for the country, what belongs to
people against their pay, an alternative against the baseline, and every other amount against what the work
costs.  The bounds are wide, since they are to find slips and not opinions: a finding is a warning, BP303.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from bposim.consistency.finding import Finding, Keys, mean_of
from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Money
from bposim.legs.quality import Quality
from bposim.library.against_baseline import compared
from bposim.library.first_month import FirstMonth, at_mean
from bposim.library.slip_words import CODE, short, times
from bposim.library.usual_pay import HOURS_A_YEAR, odd_pay
from bposim.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bposim.scenario import Scenario

MOST_PEOPLE, LEAST_PEOPLE = 20_000.0, 0.1
"""People that the whole work takes."""

MOST_BY_VOLUME = 500.0
"""People whose number follows the volume, for each whose number does not: managers, those who stay."""

LEAST_BY_VOLUME = 1 / 10
"""The same at least, of a team's own people."""

LEAST_OF_PAY = 1 / 500
"""The least amount worth writing down, as a part of a year's pay: half a day's."""

A_YEARS_PAY, A_YEAR, A_UNIT = "a year's pay", "what a year of the work costs", "what a unit of the work costs"
AN_HOUR, PEOPLE = "what an hour of the work costs", "all the people who do the work"


class Held(NamedTuple):
    """What an amount is held against, how many times that it may be, and whether a tiny one is a slip."""

    against: str
    most: float
    may_be_tiny: bool = False


_OF_A_PERSON = Held(A_YEARS_PAY, 3.0)

HELD = {
    "overhead": Held(A_YEARS_PAY, 4.0),
    **dict.fromkeys(("recruiting", "training", "per_hire", "per_release", "per_fte"), _OF_A_PERSON),
    "cost_per_error": Held(A_UNIT, 5.0, may_be_tiny=True),
    "margin_per_unit": Held(A_UNIT, 100.0, may_be_tiny=True),
    "cost_per_hour": Held(AN_HOUR, 100.0, may_be_tiny=True),
    **dict.fromkeys(("audits", "travel", "tools"), Held(A_YEAR, 0.5)),
    "retained_fte": Held(PEOPLE, 1.0, may_be_tiny=True),
    "severity": Held(A_YEAR, 50.0),
    "one_off": Held(A_YEAR, 2.0),
}
"""By the name of an amount, or of what it is in; an error's cost counts by how often there is one."""

OTHER = Held(A_YEAR, 20.0)
"""Any other amount of money."""

FREE = frozenset({"salary", "cost_per_fte", "revenue", "amount", "cost_each"})
"""Amounts that are held against something else, or that know no bounds: a whole company's revenue, a fine."""


class Written(NamedTuple):
    """An amount, what it stands in, and the way to it."""

    keys: Keys
    part: object
    value: Money | Distribution | float


def slips(
    scenario: Scenario, unless_meant: Callable[[Finding], Iterable[Finding]] = lambda finding: (finding,)
) -> Iterator[Finding]:
    """Yield every amount that is far from what is usual, or from the rest of the scenario.

    A slip is told where it was made: nothing is held against a baseline whose own figures are suspicious.
    ``unless_meant`` takes out findings that the author has answered, so that they hide nothing else.
    """
    view = FirstMonth.of(scenario)
    amounts, pays = list(_written(view)), _pays(view)
    found = [each for finding in (*odd_pay(view), *_people(view)) for each in unless_meant(finding)]
    wrong = {finding.keys[:4] for finding in found}
    found += [
        each
        for own in amounts
        if _held(own.keys).against == A_YEARS_PAY and own.keys[:4] in pays.keys() - wrong
        for finding in _one_amount(view, own, pays[own.keys[:4]], pays[own.keys[:4]])
        for each in unless_meant(finding)
    ]
    yield from found
    wrong |= {finding.keys[:4] for finding in found}
    if any(keys[1] in {view.baseline, "volume"} for keys in wrong):
        return
    others = [each for finding in compared(view, wrong) for each in unless_meant(finding)]
    yield from others
    if any(finding.keys[1] == view.baseline or finding.keys[-1] == "productivity" for finding in others):
        return
    pay = next((pays[keys[:4]] for _, keys in view.bodies(view.baseline) if keys[:4] in pays), 0.0)
    scales = _scales(view) | ({A_YEARS_PAY: pay} if pay else {})
    for own in amounts:
        against, leg = _held(own.keys).against, own.keys[:4]
        told = leg in wrong or (against == A_YEARS_PAY and leg in pays)
        if against in scales and not told:
            for finding in _one_amount(view, own, scales[against], pay):
                yield from unless_meant(finding)


def _written(view: FirstMonth) -> Iterator[Written]:
    """Yield every amount of money, and what else is held against something."""
    world = view.scenario.world.volume
    below: list[tuple[Keys, object]] = [
        (("alternatives",), view.scenario.alternatives),
        (("world", "volume"), world),
    ]
    while below:
        keys, node = below.pop()
        if isinstance(node, list):
            below += [((*keys, number), item) for number, item in enumerate(node)]
        elif isinstance(node, Part | dict) and not isinstance(node, Distribution):
            for name, value in (node if isinstance(node, dict) else vars(node)).items():
                at = (*keys, name)
                if name in FREE:
                    continue
                if isinstance(value, Money) or (name in HELD and isinstance(value, float | Distribution)):
                    yield Written(at, node, value)
                elif isinstance(value, Part | dict | list):
                    below.append((at, value))


def _held(keys: Keys) -> Held:
    return HELD.get(str(keys[-1])) or HELD.get(str(keys[-2]), OTHER)


def _pays(view: FirstMonth) -> dict[Keys, float]:
    """Return the mean pay of a year in each leg, in base currency."""
    own: dict[Keys, float] = {}
    for name in view.scenario.alternatives:
        for leg, keys in view.bodies(name):
            heads = view.heads(leg.team) if leg.team else {}
            if leg.team and sum(heads.values()) > 0.0:
                paid = sum(view.worth(leg.team.roles[job].salary) * count for job, count in heads.items())
                own |= {keys[:4]: paid / sum(heads.values())} if paid > 0.0 else {}
    return own


def _scales(view: FirstMonth) -> dict[str, float]:
    """Return what a part of the work costs today, and who does it."""
    month, people = view.today, view.people(view.baseline)
    if not 0.0 < month < math.inf:
        return {}
    scales = {A_YEAR: 12.0 * month, AN_HOUR: 12.0 * month / HOURS_A_YEAR}
    if view.volume > 0.0:
        scales[A_UNIT] = month / view.volume
    if people > 0.0:
        scales[PEOPLE] = max(people, 5.0)  # a small team may keep as many
    return scales


def _one_amount(view: FirstMonth, own: Written, scale: float, pay: float) -> Iterator[Finding]:
    """Find an amount that dwarfs what it is held against, or is nothing beside a year's pay."""
    held, value = _held(own.keys), own.value
    written = at_mean(value.amount) if isinstance(value, Money) else mean_of(value)
    worth = view.worth(value) if isinstance(value, Money) else written
    often = at_mean(own.part.error_rate) if isinstance(own.part, Quality) else 1.0
    least, most = (
        0.0 if held.may_be_tiny else LEAST_OF_PAY * pay,
        held.most * scale / often if often else math.inf,
    )
    if worth == 0.0 or least <= worth <= most:
        return
    code = view.code(value.currency if isinstance(value, Money) else None)
    amount = short(written) if held.against == PEOPLE else f"{code} {short(written)}"
    amount += f" for {often:.2g} errors a unit" if isinstance(own.part, Quality) else ""
    beside = (
        f"{times(worth * often / scale)} {held.against}"
        if worth > most
        else f"{times(worth / pay)} {A_YEARS_PAY}"
    )
    meant = [short(written * by) for by in (1e-3, 1e3, 1e-6, 1e6) if least <= worth * by <= most]
    remedy = f"did you mean {meant[0]}?" if meant else "check amount, unit and currency"
    yield Finding(CODE, own.keys, f"{amount} is {beside}", remedy)


def _people(view: FirstMonth) -> Iterator[Finding]:
    """Find a volume that takes a city, or nobody."""
    keys = ("world", "volume", "per_month")
    follow = view.followers(view.baseline)
    others = view.people(view.baseline) - follow
    steering = [
        at_mean(leg.vendor.governance.retained_fte)
        for name in view.scenario.alternatives
        for leg, _ in view.bodies(name)
        if leg.vendor and leg.vendor.governance
    ]
    if follow == 0.0:
        return
    volume = f"{view.volume:,.0f}" if view.volume >= 100 else f"{view.volume:.3g}"  # noqa: PLR2004 - digits
    of = f"a volume of {volume} a month takes {short(follow)} people ({view.baseline})"
    remedy = "check per_month, and the volume_per_fte of a month"
    most = max(others, *steering, 0.0)
    if not LEAST_PEOPLE <= follow <= MOST_PEOPLE:
        yield Finding(CODE, keys, of, remedy)
    elif 0.0 < most < follow / MOST_BY_VOLUME:
        yield Finding(CODE, keys, f"{of}, and {short(most)} manage or steer them", remedy)
    elif follow < 1.0 and others > follow / LEAST_BY_VOLUME:
        yield Finding(CODE, keys, f"{of}, beside {short(others)} whose number is fixed", remedy)
