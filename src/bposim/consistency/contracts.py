"""Whether the terms of a contract, its beginning and its end fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.consistency.finding import NEGLIGIBLE, Finding, Keys, chance_up_to, mean_of
from bposim.events.arrivals import MOST_EVENTS
from bposim.inputs.distribution import Distribution
from bposim.legs.continuity import IN_HOUSE
from bposim.legs.fx_clauses.home import Home
from bposim.legs.fx_clauses.invoice import Invoice
from bposim.legs.pricing.cost_plus import CostPlus
from bposim.legs.selection import PLACES
from bposim.part import close_match
from bposim.risks import RISKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.legs.vendor import Vendor
    from bposim.scenario import Alternative, Leg, Scenario


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield terms of contracts that do not fit the scenario, or count something twice or not at all."""
    for name, alternative in scenario.alternatives.items():
        for number, leg in enumerate(alternative.legs):
            at: Keys = ("alternatives", name, "legs", number)
            yield from _transition(scenario, alternative, leg, at)
            yield from _ending(alternative, leg, at)
            yield from _failure(scenario, name, leg, at)
            if leg.vendor is not None:
                yield from _headcount(leg.vendor, (*at, "vendor", "risks"))
                yield from _terms(scenario, leg.vendor, (*at, "vendor"))


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
    if isinstance(rate, float | Distribution) and chance_up_to(rate, most) < 1 - NEGLIGIBLE:
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
            "in a run nobody leaves this contract, so its terms for leaving count in `bposim exit` alone",
            "nothing, if they are for that; for a planned end add exit: to this vendor",
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
    month, last = mean_of(vendor.exit.month), scenario.months
    starts = (
        mean_of(vendor.transition.planned) + mean_of(vendor.transition.delay) if vendor.transition else 0.0
    )
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
