"""Whether every name means something: currencies, countries, inputs, alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.checks import RECOMMENDED
from bposim.consistency.finding import Finding, Keys, baseline_names, parts
from bposim.events.risk import EventRisk
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.part import close_match, suggestion
from bposim.risks import RISKS, Risks
from bposim.world.fx.historical import Historical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bposim.scenario import Leg, Scenario


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield every name that the scenario does not define, and what is struck that is not there."""
    yield from _currencies(scenario)
    yield from _histories(scenario)
    yield from _struck_countries(scenario)
    yield from _checks(scenario)
    for name, alternative in scenario.alternatives.items():
        for number, leg in enumerate(alternative.legs):
            yield from _countries(scenario, leg, ("alternatives", name, "legs", number))
    for keys, part in parts(scenario, ()):
        if isinstance(part, Risks):
            yield from _causes(part, keys)


def _currencies(scenario: Scenario) -> Iterator[Finding]:
    known = {scenario.base_currency, *scenario.world.fx}
    for keys, part in parts(scenario, ()):
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
            and name == next(iter(baseline_names(scenario)), None)
            and not required.figure.startswith((RECOMMENDED, "total_cost."))
        ):
            what = f"{name} is the baseline, which saves nothing against itself"
            yield Finding("BP302", at, what, f"check another alternative, or {name}.total_cost.mean")
        if required.currency not in {None, scenario.base_currency}:
            what = f"{required.currency} is not the currency of results"
            yield Finding("BP207", at, what, f"write the bound in {scenario.base_currency}")


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
