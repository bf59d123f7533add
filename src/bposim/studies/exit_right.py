"""The right to leave a contract: its worth by a stated rule and at its best, and when it is used.

The dates are those of :mod:`bposim.studies.leaving`, the optimal use is Longstaff and Schwartz's
(:mod:`bposim.analysis.exit_option`): each half of the futures follows what the other half has taught.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import risk_adjusted_value
from bposim.analysis.exit_option import NEVER, ExitOption, best_exit, exit_by_rule
from bposim.analysis.measures import Sample, expected_shortfall, mean, probability_above, quantile
from bposim.analysis.statistic import risk_measure
from bposim.studies.leaving import YEAR, Paths, Terms, paths

if TYPE_CHECKING:
    from bposim.analysis.comparison import RiskMeasure
    from bposim.analysis.measures import Estimate
    from bposim.legs.vendor import Vendor
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.variants import Run

EVERY = 3
"""Months between two dates at which leaving is thought of."""

FEWEST_SEEN = 30
"""Futures on either side that a sign to leave is read from."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Leave when the last year has cost so much more than it would have with who takes over."""

    excess: float = 0.10


@dataclass(frozen=True, slots=True)
class Saving:
    """The saving of an alternative against the baseline."""

    mean: Estimate
    p5: Estimate
    worst: Estimate
    """Mean of the worst 5 %."""
    positive: Estimate
    """Probability that there is one."""


@dataclass(frozen=True, slots=True)
class Use:
    """A way to use the right."""

    option: ExitOption
    saving: Saving
    """With the right."""
    adjusted: Estimate
    """What the right changes in the risk-adjusted value."""
    signs: tuple[float | None, ...]
    """Excess of the last year's cost above which one leaves rather than stays, by date; None where too few
    leave, or stay, to read one."""


@dataclass(frozen=True, slots=True)
class ExitStudy:
    """What the right to leave an alternative is worth."""

    alternative: str
    to: tuple[str, ...]
    """Who takes over, by contract."""
    paths: Paths
    rule_from: int
    """First month in which the stated rule is asked: a year after the move as planned."""
    without: Saving
    by_rule: Use
    best: Use
    """As well as could be learnt from what is known; by the stated rule, or never, where that is better.
    Taking the best of the three leans up where they are nearly equal, by less than the error."""
    hindsight: Estimate
    """What somebody would save who knew the future: no right is worth more."""


def dates_of(
    scenario: Scenario, alternative: str, terms: Terms, first: int = YEAR, every: int = EVERY
) -> tuple[int, ...]:
    """Return the months at whose end one may decide: the contract ends a month before the horizon at last.

    Raises ValueError where there is none, or no contract.
    """
    vendors = _vendors(scenario, alternative)
    if not vendors:
        raise ValueError(f"{alternative} has no contract that one could leave")
    notice = max(expected(terms.notice_of(vendor)) for vendor in vendors)
    found = tuple(range(max(first, 1), math.floor(scenario.months - 1 - notice) + 1, max(every, 1)))
    if not found:
        raise ValueError(
            f"{alternative}: with {notice:g} months of notice a decision in month {first} or later leaves "
            f"nothing of the {scenario.months} months; give an earlier first month"
        )
    return found


def exit_study(  # noqa: PLR0913, PLR0917 - the question, and how it is simulated
    scenario: Scenario,
    alternative: str,
    terms: Terms,
    rule: Rule,
    dates: tuple[int, ...],
    run: Run,
) -> ExitStudy:
    """Value the right to leave an alternative; raises ValueError where nobody, or itself, would take over."""
    _check(scenario, alternative, terms)
    found = paths(scenario, alternative, dates, terms, run)
    possible = found.gain != 0.0  # a vendor that has failed is not left any more
    measure = risk_measure(scenario, {scenario.baseline: found.base, alternative: found.stay})
    rule_from = _settled(scenario, alternative) + YEAR
    asked = (np.array(dates) >= rule_from)[:, np.newaxis] & possible
    stated = exit_by_rule(found.gain, (found.excess > rule.excess) & asked)
    best = best_exit(found.gain, {"excess": found.excess, **found.states}, possible)
    # What could be learnt may be worse than the stated rule, or than never to leave.
    never = exit_by_rule(found.gain, np.zeros_like(possible))
    best = max(never, stated, best, key=lambda option: option.value.value)
    return ExitStudy(
        alternative=alternative,
        to=tuple(sorted({_successor(vendor, terms) for vendor in _vendors(scenario, alternative)})),
        paths=found,
        rule_from=rule_from,
        without=saving_of(found.base - found.stay),
        by_rule=_use(found, stated, measure),
        best=_use(found, best, measure),
        hindsight=mean(np.maximum(0.0, found.gain.max(axis=0))),
    )


def saving_of(saving: FloatArray) -> Saving:
    """Return the figures of a saving."""
    sample = Sample(saving)
    return Saving(
        mean(sample),
        quantile(sample, 0.05),
        expected_shortfall(sample, 0.95, "low"),
        probability_above(sample, 0.0),
    )


def expected(value: object) -> float:
    """Return the mean of a number of a scenario that is not bound."""
    return float(getattr(value, "mean", value))  # type: ignore[arg-type]


def _use(found: Paths, option: ExitOption, measure: RiskMeasure) -> Use:
    cost = found.stay - option.gain
    signs = []
    for number in range(len(found.dates)):
        there = (option.date == NEVER) | (option.date >= number)
        signs.append(sign_to_leave(found.excess[number, there], option.date[there] == number))
    return Use(
        option,
        saving_of(found.base - cost),
        risk_adjusted_value(found.stay, cost, measure),
        tuple(signs),
    )


def sign_to_leave(seen: FloatArray, leaves: np.ndarray) -> float | None:
    """Return the value of what is seen above which one leaves rather than stays; None with too few of either.

    It sets those who leave apart from those who stay as well as one value can (Youden, 1950).
    """
    gone = int(np.count_nonzero(leaves))
    if min(gone, leaves.size - gone) < FEWEST_SEEN:
        return None
    order = np.argsort(-seen, kind="stable")
    caught = np.cumsum(leaves[order]) / gone
    wrong = np.cumsum(~leaves[order]) / (leaves.size - gone)
    last = int(np.argmax(caught - wrong))
    following = order[min(last + 1, leaves.size - 1)]
    return float((seen[order[last]] + seen[following]) / 2.0)


def _vendors(scenario: Scenario, alternative: str) -> list[Vendor]:
    return [leg.vendor for leg in scenario.alternatives[alternative].legs if leg.vendor]


def _successor(vendor: Vendor, terms: Terms) -> str:
    return terms.to or (vendor.exit.fallback if vendor.exit else "in-house")


def _check(scenario: Scenario, alternative: str, terms: Terms) -> None:
    others = [name for name in scenario.alternatives if name != alternative]
    for vendor in _vendors(scenario, alternative):
        to = _successor(vendor, terms)
        if to not in {"in-house", *others}:
            raise ValueError(f"{to} cannot take over from {alternative}; name {' or '.join(others)}")
        if to == "in-house" and alternative == scenario.baseline:
            raise ValueError(f"{alternative} is the baseline; say which alternative takes over")


def _settled(scenario: Scenario, alternative: str) -> int:
    """Return the month by which all work has moved, as planned."""
    months = [0.0]
    for leg in scenario.alternatives[alternative].legs:
        if move := leg.transition:
            pilot = expected(move.pilot.months) if move.pilot else 0.0
            months.append(expected(move.planned) + pilot + expected(move.ramp_months))
    return math.ceil(max(months))
