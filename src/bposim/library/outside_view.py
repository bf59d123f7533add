"""What happened to others, held against a scenario: which defaults it uses, and where it hopes for more.

The checks look at means of inputs and at the deterministic base case.  They warn and say what to do, they
never refuse: a scenario may have good reasons to be better than the record, and whoever signs it should know
that it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bposim.discounting import discount_factors
from bposim.inputs.distribution import Distribution
from bposim.legs.vendor import Vendor
from bposim.library.catalogue import figure, keys
from bposim.library.entry import GRADES, read_annotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.analysis.summary import Summary
    from bposim.legs.team import Team
    from bposim.library.entry import Entry
    from bposim.result import BaseCase
    from bposim.scenario import Scenario

ATTRITION = {
    "IN": ("attrition.india.back_office", "attrition.india.voice"),
    "PH": ("attrition.philippines.bpo",),
    "US": ("attrition.us.back_office", "attrition.us.contact_centre"),
}
"""Figures of attrition by country; a scenario does not say which work is voice, so the lowest counts."""

WAGES = {
    "IN": "wages.india.inflation",
    "MX": "wages.mexico.inflation",
    "PH": "wages.philippines.inflation",
    "US": "wages.us.inflation",
}
"""Figures of wage inflation by country."""

LEAST_GOVERNANCE = 0.03
"""Governance as a part of the fees: the low end of good practice."""

LEAST_TRANSITION = 0.05
"""One-off costs of the move as a part of a year's mean fees: the low end of the rule of thumb."""

LEAST_LOSERS = 0.10
"""P(no saving) of a default offshore case should not be below this; surveys report 17% to 53%."""

HUNDREDTH = 0.01
"""The smallest probability that is told in hundredths."""


class Default(NamedTuple):
    """A number of a scenario that comes from the library."""

    path: str
    """Where it stands in the scenario."""
    key: str
    """What it is in the library."""
    grade: str


def defaults_used(scenario: Scenario) -> list[Default]:
    """Return every default that the scenario took from the library, the weakest grade first, then by path."""
    found = (
        Default(path, *read)
        for path, notes in scenario.annotations.items()
        if (read := read_annotation(notes.get("source", ""))) is not None
    )
    order = list(GRADES)
    return sorted(found, key=lambda default: (-order.index(default.grade), default.path))


def with_outside_view(scenario: Scenario, summary: Summary) -> Summary:
    """Return the figures of a run, warned wherever the scenario is more optimistic than the record."""
    no_saving = {
        name: 1.0 - own.saving.probability_positive.value for name, own in summary.alternatives.items()
    }
    texts = (*summary.warnings, *outside_view(scenario, summary.base_case, no_saving))
    return replace(summary, warnings=tuple(dict.fromkeys(texts)))


def outside_view(
    scenario: Scenario, cases: Mapping[str, BaseCase], no_saving: Mapping[str, float] | None = None
) -> list[str]:
    """Say where the scenario is more optimistic than the published record, by which figure, and what to do.

    Args:
        scenario: the scenario.
        cases: its base case by alternative, from :func:`bposim.cash.base_case`.
        no_saving: P(saving <= 0) by alternative, where a run has been made.
    """
    warnings = [*_wages(scenario), *_currencies(scenario)]
    for name, alternative in scenario.alternatives.items():
        title = alternative.title or name
        bodies = [leg.body for leg in alternative.legs]
        warnings += [f"{title}: {text}" for body in bodies for text in _attrition(body)]
        if name == scenario.baseline:
            continue
        vendors = [body for body in bodies if isinstance(body, Vendor)]
        texts = [text for vendor in vendors for text in _transition(vendor)]
        texts += _saving(cases[scenario.baseline].total, cases[name].total)
        texts += _shares(scenario, cases[name]) if vendors else []
        if no_saving is not None and _goes_abroad(scenario, name):
            texts += _losers(no_saving[name])
        warnings += [f"{title}: {text}" for text in texts]
    return list(dict.fromkeys(warnings))


def _saving(baseline: float, total: float) -> Iterator[str]:
    entry = figure("savings.net.mixed")
    most = max(entry.published[0].values["range"])
    if baseline > 0.0 and 1.0 - total / baseline > most:
        saved = 1.0 - total / baseline
        yield (
            f"the base case saves {saved:.0%}; advised contracts at most {most:.0%} net {_cited(entry)}: "
            "check that all of the baseline's cost would really go, and add what the offer leaves out"
        )


def _losers(probability: float) -> Iterator[str]:
    entry = figure("savings.disappointment")
    share = entry.published[0].values["no cost saving"][0]
    if probability < LEAST_LOSERS:
        losers = f"only {probability:.0%}" if probability >= HUNDREDTH else "fewer than 1%"
        yield (
            f"{losers} of its futures save nothing; {share:.0%} of clients saved nothing {_cited(entry)}: "
            "widen the ranges of price, quality and transition, or note why this case is safer"
        )


def _transition(vendor: Vendor) -> Iterator[str]:
    transition = vendor.transition
    months = figure("one_off.transition.months")
    if transition is None:
        yield (
            f"the work moves at once and for nothing; moves took 3 to 12 months {_cited(months)}: add a "
            "transition with its months and one-off costs"
        )
        return
    if _mean(transition.delay) <= 0.0:
        cited = _cited(months)
        yield f"go-live cannot be late; moves took 3 to 12 months {cited}: give transition.delay a range"
    changes = _mean(vendor.leakage.change_requests) if vendor.leakage else 0.0
    if _mean(transition.overrun) <= 1.0 and changes <= 0.0:
        cited = _cited(figure("one_off.overrun"))
        yield (
            f"nothing costs more than planned; 57% of clients paid for what they thought included {cited}: "
            "give transition.overrun or leakage.change_requests a range"
        )
    if transition.learning is None or _mean(transition.learning.extra) <= 0.0:
        cited = _cited(figure("one_off.learning.extra"))
        yield (
            f"the vendor is as good as the old team from its first day; a fifth less is on record {cited}: "
            "add transition.learning"
        )


def _shares(scenario: Scenario, case: BaseCase) -> Iterator[str]:
    fees = case.categories.get("vendor_fees", 0.0)
    if fees <= 0.0:
        return
    governance = figure("governance.share_of_fees")
    if (share := case.categories.get("governance", 0.0) / fees) < LEAST_GOVERNANCE:
        yield (
            f"governance is {share:.1%} of the fees; 3% to 12% is good practice {_cited(governance)}: "
            "count the people who will steer the vendor in governance.retained_fte"
        )
    factors = np.asarray(discount_factors(_mean(scenario.discount_rate), scenario.months))
    yearly = fees * 12.0 / float(np.sum(factors))
    entry = figure("one_off.transition.share_of_fees")
    if (share := case.categories.get("transition", 0.0) / yearly) < LEAST_TRANSITION:
        yield (
            f"the move costs {share:.1%} of a year's fees; 5% to 25% is the rule of thumb {_cited(entry)}: "
            "add what is missing to transition.one_off, such as selection, travel and knowledge transfer"
        )


def _attrition(body: Team | Vendor) -> Iterator[str]:
    figures = ATTRITION.get(body.country or "", ())
    if body.turnover is None or not figures:
        return
    low, entry = min(
        ((_least(figure(key).default), figure(key)) for key in figures), key=lambda pair: pair[0]
    )
    mean = _mean(body.turnover.attrition)
    if mean < low:
        here = f"attrition of {mean:.0%} a year in {body.country}"
        yield (
            f"{here} is below {low:.0%}, the low end of the default {_cited(entry)}: raise "
            "turnover.attrition, or note where the lower figure was observed"
        )


def _wages(scenario: Scenario) -> Iterator[str]:
    for country, wages in sorted(scenario.world.wages.items()):
        if country not in WAGES:
            continue
        entry = figure(WAGES[country])
        low, mean = _lowest(entry), _mean(wages.inflation)
        if mean < low and country != _home(scenario):
            cited = _cited(entry)
            yield (
                f"wages in {country} rise by {mean:.1%} a year; {low:.1%} is the least on record {cited}: "
                f"raise world.wages.{country}.inflation, or note who forecasts less"
            )


def _currencies(scenario: Scenario) -> Iterator[str]:
    if scenario.base_currency != "USD":
        return  # the published volatilities are against the dollar
    for currency, model in sorted(scenario.world.fx.items()):
        key = f"fx.volatility.{currency.lower()}"
        volatility = 0.0 if model.kind == "fixed" else getattr(model, "volatility", None)
        if key not in keys() or volatility is None:
            continue
        entry = figure(key)
        mean, low = _mean(volatility), _lowest(entry)
        if mean < low:
            yield (
                f"{currency} moves by {mean:.1%} a year; {low:.1%} is the least on record {_cited(entry)}: "
                f"raise world.fx.{currency}.volatility, or fit it to data"
            )


def _goes_abroad(scenario: Scenario, name: str) -> bool:
    return any(leg.body.country not in {None, _home(scenario)} for leg in scenario.alternatives[name].legs)


def _home(scenario: Scenario) -> str | None:
    return scenario.alternatives[scenario.baseline].legs[0].body.country


def _lowest(entry: Entry) -> float:
    """Return the lowest figure that was published."""
    return min(end for published in entry.published for ends in published.values.values() for end in ends)


def _cited(entry: Entry) -> str:
    source = entry.published[0].source
    return f"({source.short}, grade {source.grade}; library.{entry.key})"


def _mean(value: Any) -> float:  # noqa: ANN401 - a number of an unbound scenario
    return value.mean if isinstance(value, Distribution) else float(value)


def _least(value: Any) -> float:  # noqa: ANN401 - as above
    return value.support[0] if isinstance(value, Distribution) else float(value)
