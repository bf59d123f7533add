"""Whether the pieces of a scenario fit together: what no single value can tell by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.checks import RECOMMENDED
from bposim.events.arrivals import MOST_EVENTS
from bposim.events.feasibility import too_many
from bposim.events.risk import EventRisk
from bposim.inputs.correlations import CorrelationError
from bposim.inputs.distribution import Distribution
from bposim.inputs.names import all_meant, closest
from bposim.legs.continuity import IN_HOUSE
from bposim.legs.fx_clauses.home import Home
from bposim.legs.fx_clauses.invoice import Invoice
from bposim.legs.price_model import PriceModel
from bposim.legs.pricing.cost_plus import CostPlus
from bposim.legs.selection import PLACES
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.mitigations import misfits
from bposim.part import Part, close_match, suggestion
from bposim.quantities import read_year_month
from bposim.risks import RISKS, Risks
from bposim.world.fx.historical import Historical
from bposim.world.fx_correlations import shock_dependence
from bposim.world.spells import Spells
from bposim.world.volume import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bposim.scenario import Alternative, Leg, Scenario

Keys = tuple[str | int, ...]

SHARE_TOLERANCE = 1e-9
NEGLIGIBLE = 1e-9
"""Probability of a value that no run will see."""

MOST_CORRELATION_FINDINGS = 20
"""Reading the correlations stops here: each round looks at all of them."""

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


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding about a place in the scenario, not yet located in a file; codes BP3xx are warnings."""

    code: str
    keys: Keys
    what: str
    remedy: str


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield everything that does not fit, and what is unusual."""
    yield from _decision(scenario)
    yield from _currencies(scenario)
    yield from _correlations(scenario)
    yield from _budget(scenario)
    yield from _histories(scenario)
    yield from _struck_countries(scenario)
    yield from _checks(scenario)
    yield from _studies(scenario)
    for name, alternative in scenario.alternatives.items():
        here: Keys = ("alternatives", name)
        yield from _legs(alternative, here)
        for number, leg in enumerate(alternative.legs):
            at: Keys = (*here, "legs", number)
            yield from _countries(scenario, leg, at)
            yield from _transition(scenario, alternative, leg, at)
            yield from _ending(alternative, leg, at)
            yield from _failure(scenario, name, leg, at)
    for keys, part in _parts(scenario, ()):
        for name in type(part).model_fields:
            yield from _range(name, getattr(part, name), (*keys, name))
        if isinstance(part, EventRisk) and (trouble := too_many(part, scenario.months)):
            yield Finding("BP201", (*keys, "per_year"), *trouble)
        if isinstance(part, Risks):
            yield from _causes(part, keys)
        if isinstance(part, Vendor):
            yield from _headcount(part, (*keys, "risks"))
            yield from _terms(scenario, part, keys)
        if isinstance(part, Spells):
            yield from _events(part, scenario.months, (*keys, "per_year"))
        if isinstance(part, Step):
            yield from _step(part, (*keys, "from_month"))
    yield from _one_sided(scenario)
    yield from _unserved(scenario)
    yield from (Finding(*misfit) for misfit in misfits(scenario))


def _decision(scenario: Scenario) -> Iterator[Finding]:
    baselines = _baselines(scenario)
    if len(scenario.alternatives) < 2:  # noqa: PLR2004 - a decision needs a choice
        yield Finding(
            "BP205", ("alternatives",), "there is nothing to choose", "write at least two alternatives"
        )
    if not baselines:
        yield Finding(
            "BP205",
            ("alternatives",),
            "no alternative is the baseline",
            "add baseline: true to the one that savings compare with",
        )
    for name in baselines[1:]:
        yield Finding(
            "BP205",
            ("alternatives", name, "baseline"),
            f"{baselines[0]} is the baseline already",
            "keep baseline: true on one alternative only",
        )


def _legs(alternative: Alternative, here: Keys) -> Iterator[Finding]:
    if any(isinstance(leg.share, Distribution) for leg in alternative.legs):
        yield Finding(
            "BP206", (*here, "legs"), "a share is uncertain", "write each leg's share as one number"
        )
        return
    shares = [float(leg.share) for leg in alternative.legs]
    if abs(sum(shares) - 1.0) > SHARE_TOLERANCE:
        yield Finding(
            "BP206",
            (*here, "legs"),
            f"the shares of the legs add up to {sum(shares):.6g}, not 1",
            "change the shares so that they add up to 100%",
        )
    unnamed: set[tuple[type[Part], str | None]] = set()
    for number, leg in enumerate(alternative.legs):
        if leg.name is not None or not leg.body.origin.startswith(f"{'.'.join(map(str, here))}.legs["):
            continue
        if (alike := (type(leg.body), leg.body.country)) in unnamed:
            yield Finding(
                "BP302",
                (*here, "legs", number),
                "two legs of one kind and country have no name, so their draws depend on their order",
                "give each of them a name:",
            )
        unnamed.add(alike)
    seen: dict[str, Leg] = {}
    for number, leg in enumerate(alternative.legs):
        twin = seen.setdefault(leg.stream, leg)
        if twin is not leg and twin.body != leg.body:
            yield Finding(
                "BP205",
                (*here, "legs", number),
                "two legs are like the same one but differ, so it is open whether they are one team or two",
                "give each of them a name:",
            )


def _currencies(scenario: Scenario) -> Iterator[Finding]:
    known = {scenario.base_currency, *scenario.world.fx}
    for keys, part in _parts(scenario, ()):
        currency = getattr(part, "currency", None)
        if isinstance(currency, str) and currency not in known:
            yield Finding(
                "BP207",
                (*keys, "currency"),
                f"{currency} has no exchange rate",
                f"add world.fx.{currency} with its spot rate in {scenario.base_currency}",
            )
    if scenario.base_currency in scenario.world.fx:
        yield Finding(
            "BP207",
            ("world", "fx", scenario.base_currency),
            f"{scenario.base_currency} is the base currency and always worth 1",
            "remove this rate",
        )


def _budget(scenario: Scenario) -> Iterator[Finding]:
    years, budget = -(-scenario.months // 12), scenario.preferences.budget
    if budget and len(budget.per_year) not in {0, 1, years}:
        yield Finding(
            "BP201",
            ("preferences", "budget", "per_year"),
            f"{len(budget.per_year)} amounts stand for {years} contract years",
            f"write {years}, or one for every year",
        )


def _checks(scenario: Scenario) -> Iterator[Finding]:
    """Find checks of what the scenario does not have."""
    for key, check in scenario.checks.items():
        required, at = check.require, ("checks", key)
        name = required.alternative
        if name is not None and name not in scenario.alternatives:
            remedy = suggestion(name, scenario.alternatives)
            yield Finding("BP204", at, f"there is no alternative {name}", remedy)
        elif required.figure.endswith("probability_kept") and scenario.preferences.promised_saving is None:
            yield Finding("BP204", at, "no saving is promised", "add preferences.promised_saving")
        elif (
            name is not None
            and name == next(iter(_baselines(scenario)), None)
            and not required.figure.startswith((RECOMMENDED, "total_cost."))
        ):
            what = f"{name} is the baseline, which saves nothing against itself"
            yield Finding("BP302", at, what, f"check another alternative, or {name}.total_cost.mean")
        if required.currency not in {None, scenario.base_currency}:
            what = f"{required.currency} is not the currency of results"
            yield Finding("BP207", at, what, f"write the bound in {scenario.base_currency}")


def _baselines(scenario: Scenario) -> list[str]:
    return [name for name, alternative in scenario.alternatives.items() if alternative.baseline]


def _correlations(scenario: Scenario) -> Iterator[Finding]:
    inputs, world = scenario.uncertain.names, scenario.world
    given = scenario.correlations
    yield from _impossible(
        given.pairs,
        ("correlations", "pairs"),
        lambda rows: given.model_copy(update={"pairs": rows}).dependence(inputs),
    )
    yield from _impossible(
        world.fx_correlations, ("world", "fx_correlations"), lambda rows: shock_dependence(rows, world.fx)
    )


def _studies(scenario: Scenario) -> Iterator[Finding]:
    """Look for studies of inputs that there are not, or of several inputs where one has to be meant."""
    inputs = scenario.uncertain.names if scenario.studies else ()
    for name, plan in scenario.studies.items():
        keys: Keys = ("studies", name, "looks_at")
        found: set[str] = set()
        for pattern in plan.looks_at:
            meant = all_meant(pattern, inputs)
            found.update(meant)
            if not meant:
                alike = closest(pattern, inputs)
                advice = f"did you mean {' or '.join(alike)}?" if alike else "`bposim plan FILE` lists them"
                # A warning: --set may have made the input certain, and a run does not need the study.
                yield Finding("BP302", keys, f"no uncertain input is called {pattern}", advice)
        if len(found) > 1 and plan.resolves is None:
            what = f"observations and checks are of one input; this names {len(found)}"
            yield Finding("BP111", keys, what, "name one of them, or say resolves: in place of the other way")


def _impossible(
    listed: list[list[str]], keys: Keys, check: Callable[[list[list[str]]], object]
) -> Iterator[Finding]:
    """Look at the list again without each row that was refused, so that every mistake is told at once."""
    rows = list(enumerate(listed))
    for _ in range(MOST_CORRELATION_FINDINGS):
        try:
            check([row for _, row in rows])
        except CorrelationError as error:
            what, _, remedy = str(error).partition("; ")
            if error.row is None:
                yield Finding("BP203", keys, what, remedy)
                return
            number, _ = rows.pop(error.row)
            yield Finding("BP203", (*keys, number), what, remedy)
        else:
            return


def _histories(scenario: Scenario) -> Iterator[Finding]:
    """Currencies of one file keep their joint rows only if they draw them alike."""
    first: dict[str, str] = {}
    for currency, model in scenario.world.fx.items():
        if not isinstance(model, Historical) or model.file is None:
            continue
        other = first.setdefault(model.file, currency)
        theirs = scenario.world.fx[other]
        for name in ("since", "block_months"):
            if getattr(model, name) != getattr(theirs, name):
                yield Finding(
                    "BP203",
                    ("world", "fx", currency, name),
                    f"{other} has another {name}, and the currencies of one file move together",
                    f"write the same {name} for both",
                )


def _struck_countries(scenario: Scenario) -> Iterator[Finding]:
    bodies = [leg.body for alternative in scenario.alternatives.values() for leg in alternative.legs]
    used = {body.country for body in bodies if body.country is not None}
    known = used | scenario.world.wages.keys() | scenario.world.prices.keys()
    for country in scenario.world.country_events:
        keys: Keys = ("world", "country_events", country)
        if country not in known:
            close = close_match(country, known)
            remedy = f'did you mean "{close}"?' if close else "use the name that legs and wages use"
            yield Finding("BP204", keys, f"no leg, wages or prices are of {country}", remedy)
        elif country not in used:
            what = f"no leg works in {country}, so nothing is disrupted"
            yield Finding("BP302", keys, what, f"add country: {country} to a leg")


def _countries(scenario: Scenario, leg: Leg, at: Keys) -> Iterator[Finding]:
    body = leg.body
    wages, prices = scenario.world.wages, scenario.world.prices
    if isinstance(body, Team):
        yield from _known(body.country, wages, "wages", (*at, "team", "country"))
    if isinstance(body, Vendor):
        if body.governance:
            yield from _known(
                body.governance.country, wages, "wages", (*at, "vendor", "governance", "country")
            )
        if body.indexation:
            here = (*at, "vendor", "indexation")
            yield from _known(body.indexation.wages_of, wages, "wages", (*here, "wages_of"))
            yield from _known(body.indexation.prices_of, prices, "prices", (*here, "prices_of"))


def _known(country: str | None, index: Iterable[str], kind: str, keys: Keys) -> Iterator[Finding]:
    index = list(index)
    if country is not None and country not in index:
        close = close_match(country, index)
        remedy = f'did you mean "{close}"?' if close else f"add world.{kind}.{country}: {{inflation: …}}"
        yield Finding("BP204", keys, f"{country} has no {kind} in the world", remedy)


def _transition(scenario: Scenario, alternative: Alternative, leg: Leg, at: Keys) -> Iterator[Finding]:
    transition = leg.transition
    kind = "team" if leg.team else "vendor"
    if transition is None:
        if kind == "vendor" and not alternative.baseline:
            yield Finding(
                "BP302",
                (*at, kind),
                "the contract starts in month 1 without a transition",
                "add transition: planned months, ramp, one-off costs; or set planned: 0 if it works already",
            )
        return
    keys = (*at, kind, "transition")
    if alternative.baseline:
        yield Finding("BP205", keys, "the baseline cannot move away from itself", "remove its transition")
    months = [
        transition.planned,
        transition.delay,
        transition.ramp_months,
        transition.pilot.months if transition.pilot else 0.0,
    ]
    likely = sum(value.mean if isinstance(value, Distribution) else value for value in months)
    if likely >= scenario.months:
        yield Finding(
            "BP205",
            keys,
            f"the transition takes {likely:.0f} months, the horizon is {scenario.months}",
            "lengthen months: or shorten the transition",
        )


def _terms(scenario: Scenario, vendor: Vendor, keys: Keys) -> Iterator[Finding]:
    """Find terms of a contract that count one thing twice, or nothing at all."""
    leakage, orders = vendor.leakage, vendor.change_orders
    extra = [
        name
        for name, value in (
            ("leakage.change_requests", leakage.change_requests if leakage else 0.0),
            ("leakage.scope_creep", leakage.scope_creep if leakage else 0.0),
            ("change_orders", orders.per_year if orders else 0.0),
        )
        if isinstance(value, Distribution) or value > 0.0
    ]
    if len(extra) > 1:
        yield Finding(
            "BP302",
            (*keys, *extra[-1].split(".")),
            f"work outside the scope is in {' and in '.join(extra)}",
            "keep one of them, unless each stands for other work",
        )
    rate = orders.per_year if orders else 0.0
    most = MOST_EVENTS * 12 / scenario.months
    if isinstance(rate, float | Distribution) and _chance_up_to(rate, most) < 1 - NEGLIGIBLE:
        yield Finding(
            "BP201",
            (*keys, "change_orders", "per_year"),
            f"there can be over {MOST_EVENTS:g} orders in the horizon",
            "lower the rate, and put what is ordered every day into leakage.change_requests",
        )
    if isinstance(vendor.price, CostPlus) and vendor.price.incentive is None and vendor.indexation:
        yield Finding(
            "BP302",
            (*keys, "indexation"),
            "cost_plus with a margin is not indexed: wages move the cost already",
            "remove indexation, or set wages of the vendor's country in the world",
        )
    if vendor.price.currency in {None, scenario.base_currency} and not isinstance(
        vendor.fx_clause, (Invoice, Home)
    ):
        yield Finding(
            "BP302",
            (*keys, "fx_clause"),
            f"the contract is in {scenario.base_currency}, so its currency clause does nothing",
            "give the price its currency, or remove fx_clause",
        )


def _ending(alternative: Alternative, leg: Leg, at: Keys) -> Iterator[Finding]:
    vendor = leg.vendor
    if vendor and vendor.termination and not alternative.baseline and not vendor.exit:
        yield Finding(
            "BP302",
            (*at, "vendor", "termination"),
            "no alternative moves work away from this contract, so ending it costs nothing",
            "write it for the contracts of the baseline, or add the exit that it is for",
        )


def _failure(scenario: Scenario, name: str, leg: Leg, at: Keys) -> Iterator[Finding]:
    """Find a vendor that nobody, or only itself, could replace, and differences of what it does not have."""
    vendor = leg.vendor
    if vendor is None:
        return
    if vendor.exit is not None:
        yield from _exit(scenario, vendor, (*at, "vendor", "exit", "month"))
    for ending, terms in (("failure", vendor.failure), ("exit", vendor.exit)):
        if terms is not None:
            yield from _fallback(scenario, name, terms.fallback, (*at, "vendor", ending, "fallback"))
    for factor in vendor.selection.if_bad if vendor.selection else ():
        part: object = vendor
        for step in PLACES[factor]:
            part = getattr(part, step) if part is not None else None
        if part is None:
            yield Finding(
                "BP302",
                (*at, "vendor", "selection", "if_bad", factor),
                f"the vendor has no {factor.replace('_', ' ')} for a bad one to be worse at",
                "add it to the vendor, or remove this factor",
            )


def _fallback(scenario: Scenario, name: str, chosen: str, keys: Keys) -> Iterator[Finding]:
    """Find a fallback that cannot take over, or that does less than it seems to."""
    others = [other for other in scenario.alternatives if other != name]
    if chosen == IN_HOUSE and scenario.alternatives[name].baseline:
        yield Finding(
            "BP205",
            keys,
            "a vendor of the baseline cannot fall back on the baseline",
            f"write the alternative whose first leg takes over: {' or '.join(others)}",
        )
    elif chosen != IN_HOUSE and chosen not in others:
        close = close_match(chosen, [*others, IN_HOUSE])
        known = ", ".join([IN_HOUSE, *others])
        yield Finding(
            "BP204",
            keys,
            f"{chosen} is no other alternative that could take over",
            f"did you mean {close}?" if close else f"write one of {known}",
        )
    elif chosen != IN_HOUSE and scenario.alternatives[chosen].baseline:
        yield Finding(
            "BP302",
            keys,
            f"{chosen} is the baseline: by its name, only its first leg takes over and nobody is rehired",
            f"write {IN_HOUSE}, unless that is meant",
        )


def _exit(scenario: Scenario, vendor: Vendor, keys: Keys) -> Iterator[Finding]:
    """Find an exit that comes before the work, or after the horizon."""
    assert vendor.exit is not None  # noqa: S101 - looked at by the caller
    month, last = _mean(vendor.exit.month), scenario.months
    starts = _mean(vendor.transition.planned) + _mean(vendor.transition.delay) if vendor.transition else 0.0
    if month <= starts:
        yield Finding(
            "BP205",
            keys,
            f"the contract ends in month {month:g}, and its work starts in month {starts:g}",
            "write a later month",
        )
    elif month >= last:
        yield Finding(
            "BP302",
            keys,
            f"the contract ends in month {month:g}, and the horizon has {last}",
            "lengthen months:, or remove the exit",
        )


def _mean(value: object) -> float:
    return value.mean if isinstance(value, Distribution) else float(value)  # type: ignore[arg-type]


def _one_sided(scenario: Scenario) -> Iterator[Finding]:
    """Warn of a risk that only the baseline, or only another alternative, carries."""
    natural = {kind for kind, risk in RISKS.items() if risk.one_sided}
    carried = {name: _carried(alternative) for name, alternative in scenario.alternatives.items()}
    base = next((name for name, alternative in scenario.alternatives.items() if alternative.baseline), None)
    if base is None:
        return
    for name, kinds in carried.items():
        for kind in sorted((carried[base] ^ kinds) - natural):
            has, lacks = (base, name) if kind in carried[base] else (name, base)
            yield Finding(
                "BP301",
                ("alternatives", lacks),
                f"{kind.replace('_', ' ')} is set for {has} but not for {lacks}",
                f"set it for {lacks} too, or write it there with a rate of 0 if it really cannot happen",
            )
        for number, leg in enumerate(scenario.alternatives[name].legs):
            for kind in sorted((carried[base] & kinds) - _carried_by(leg) - natural):
                yield Finding(
                    "BP301",
                    ("alternatives", name, "legs", number),
                    f"{kind.replace('_', ' ')} is set for {base} and other legs of {name}, but not here",
                    "set it here too, or write it with a rate of 0 if it really cannot happen",
                )


def _carried(alternative: Alternative) -> set[str]:
    return set().union(*(_carried_by(leg) for leg in alternative.legs))


def _carried_by(leg: Leg) -> set[str]:
    kinds = {kind for kind in RISKS if getattr(leg.body.risks, kind) is not None}
    kinds |= {kind for kind in ("quality", "turnover") if getattr(leg.body, kind) is not None}
    # Replacing its people is the vendor's cost, inside the price.
    return kinds | {"turnover"} if isinstance(leg.body, Vendor) else kinds


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


def _range(name: str, value: object, keys: Keys) -> Iterator[Finding]:
    """Find a rate or a divisor that makes no sense, or is written without its percent sign."""
    if not isinstance(value, float | Distribution):
        return
    if name in _DIVISORS and (value.support[0] if isinstance(value, Distribution) else value) <= 0:
        yield Finding("BP201", keys, "it can be 0, and work is divided by it", "write a number above 0")
    if name in _GROWTH and _chance_up_to(value, -1.0) > NEGLIGIBLE:
        remedy = "keep it above" + (", say with min: -90%" if isinstance(value, Distribution) else "")
        yield Finding("BP201", keys, "it can be -100% or less, and nothing is left then", remedy)
    mean = value.mean if isinstance(value, Distribution) else value
    usual = _MOST_USUAL.get(name, np.inf)
    if mean > usual:
        yield _without_sign(value, mean, usual, keys, "")
    if name in _RATES and abs(mean) > 1.0:
        yield _without_sign(value, mean, 1.0, keys, " a year")


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


def _chance_up_to(value: float | Distribution, limit: float) -> float:
    return float(value.cdf(np.asarray(limit))) if isinstance(value, Distribution) else float(value <= limit)


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


def _headcount(vendor: Vendor, keys: Keys) -> Iterator[Finding]:
    for kind in RISKS:
        reference = getattr(getattr(vendor.risks, kind), "reference_headcount", None)
        if reference is not None and vendor.productivity is None:
            yield Finding(
                "BP205",
                (*keys, kind, "reference_headcount"),
                "the vendor's headcount is not known, so no rate can follow it",
                "give the vendor's productivity, or remove reference_headcount",
            )


def _causes(risks: Risks, keys: Keys) -> Iterator[Finding]:
    """Find events that are to follow from what is no event, or is no risk of the leg."""
    events = [kind for kind, risk in RISKS.items() if issubclass(risk, EventRisk)]
    for kind in RISKS:
        for cause in getattr(getattr(risks, kind), "after", {}):
            here = (*keys, kind, "after", cause)
            if cause not in events or cause == kind:
                close = close_match(cause, events)
                remedy = f"did you mean {close}?" if close else f"write one of {', '.join(events)}"
                yield Finding("BP204", here, f"{cause} is no other event that it could follow", remedy)
            elif getattr(risks, cause) is None:
                what = f"{cause.replace('_', ' ')} is no risk of this leg, so nothing follows from it"
                yield Finding("BP302", here, what, f"add {cause} to the leg's risks, or remove it here")


def _step(step: Step, keys: Keys) -> Iterator[Finding]:
    try:
        read_year_month(step.from_month)
    except ValueError as error:
        what, _, remedy = str(error).rpartition("; ")
        yield Finding("BP107", keys, what, remedy)


def _unserved(scenario: Scenario) -> Iterator[Finding]:
    bodies = [leg.body for alternative in scenario.alternatives.values() for leg in alternative.legs]
    by_team = any(isinstance(body, Team) for body in bodies)
    by_vendor = any(isinstance(body, Vendor) and (body.failure or body.exit) for body in bodies)
    if scenario.world.volume.margin_per_unit is None and (by_team or by_vendor):
        yield Finding(
            "BP302",
            ("world", "volume"),
            f"work that {'a team cannot serve' if by_team else 'a vendor leaves behind'} costs nothing",
            "add margin_per_unit: what is lost with a unit that is not served",
        )


def _parts(node: object, keys: Keys) -> Iterator[tuple[Keys, Part]]:
    if isinstance(node, Distribution):
        return
    if isinstance(node, Part):
        keys = (*keys, node.kind) if isinstance(node, PriceModel) else keys  # written below its kind
        yield keys, node
        for name in type(node).model_fields:
            yield from _parts(getattr(node, name), (*keys, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _parts(value, (*keys, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _parts(value, (*keys, number))
