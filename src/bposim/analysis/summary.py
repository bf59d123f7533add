"""The figures of a run that people decide by, each with its Monte Carlo error.

Costs are present values in base currency, low is good; a saving is the baseline's cost less the
alternative's in the same future.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from bposim.analysis.budget import BudgetSummary, budget_summary
from bposim.analysis.comparison import (
    Costs,
    Entropic,
    MeanEs,
    Place,
    evpi,
    expected_regret,
    probability_best,
    ranking,
    risk_adjusted_value,
)
from bposim.analysis.measures import (
    Estimate,
    Sample,
    certainty_equivalent,
    contingency,
    expected_shortfall,
    mean,
    normal_interval,
    probability_above,
    quantile,
    sd,
    shortfall_given_miss,
    tail_support,
)
from bposim.analysis.payback import PaybackSummary, payback_summary
from bposim.analysis.returns import InternalRate, internal_rate
from bposim.cash import base_case
from bposim.inputs.number import PerEvent
from bposim.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.distribution import Distribution
    from bposim.result import BaseCase, Result
    from bposim.scenario import Promise as Promised
    from bposim.scenario import Scenario

RankedBy: TypeAlias = Literal["mean_es", "certainty_equivalent"]
"""The risk-adjusted value that ranks."""

TOLERANCE_SHARE = 0.25
"""Risk tolerance as a part of the baseline's mean cost, where the scenario gives none."""

FEW_WORST = "few of the worst outcomes occur"
"""How the warning begins that the trials are too few for the tail that ranks."""


@dataclass(frozen=True, slots=True)
class CostMeasures:
    """Total cost of an alternative; ``es95`` is the mean of its highest 5 %."""

    mean: Estimate
    sd: Estimate
    p5: Estimate
    p25: Estimate
    p50: Estimate
    p75: Estimate
    p95: Estimate
    es95: Estimate
    contingency_p80: Estimate
    """What must be set aside above the mean for the budget to hold in 80 of 100 futures."""


@dataclass(frozen=True, slots=True)
class SavingMeasures:
    """Saving against the baseline; ``es95`` is the mean of its lowest 5 %."""

    mean: Estimate
    sd: Estimate
    p5: Estimate
    p50: Estimate
    p95: Estimate
    es95: Estimate
    probability_positive: Estimate


@dataclass(frozen=True, slots=True)
class Promise:
    """How an alternative does against the saving that was promised."""

    probability_kept: Estimate
    """P(saving > promised)."""
    shortfall: Estimate
    """Mean amount missing in the futures that miss it."""


@dataclass(frozen=True, slots=True)
class RiskAdjusted:
    """Risk-adjusted cost of the baseline less that of the alternative, by either measure."""

    mean_es: Estimate
    certainty_equivalent: Estimate | None
    reason: str = ""
    """Why there is no certainty equivalent."""


@dataclass(frozen=True, slots=True)
class Return:
    """Internal rate of return of the saving, a year, where its cash flow has exactly one."""

    mean: InternalRate
    """Of the mean cash flow of the first trials, whose paths are kept."""
    base_case: InternalRate


@dataclass(frozen=True, slots=True)
class AlternativeSummary:
    """One alternative; for the baseline every saving and risk-adjusted value is exactly 0."""

    name: str
    cost: CostMeasures
    saving: SavingMeasures
    risk_adjusted: RiskAdjusted
    categories: dict[str, float]
    """Mean present value by category; adds up to the mean cost."""
    payback: PaybackSummary
    rank: int
    promise: Promise | None
    """None where the scenario promises nothing, and for the baseline."""
    internal_rate: Return | None
    """None for the baseline."""
    budget: BudgetSummary | None
    """None where the scenario sets no budget."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the run says about the choice."""

    recommended: str
    rank_by: RankedBy
    probability_best: dict[str, Estimate]
    """By alternative: how often it is the cheapest."""
    expected_regret: dict[str, Estimate]
    """By alternative: mean cost above the cheapest one of each future."""
    evpi: Estimate
    """Expected value of perfect information, for somebody who chooses by mean cost."""
    close: tuple[str, ...]
    """Alternatives that the sample can tell from the recommended one to two standard errors at best."""
    decided: bool
    """Whether the sample gives an error to judge closeness by."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Every figure of a run."""

    alternatives: dict[str, AlternativeSummary]
    """By name, the baseline first."""
    decision: Decision
    risk_tolerance: float
    """ρ of the certainty equivalent, base currency."""
    warnings: tuple[str, ...]
    base_case: dict[str, BaseCase]
    """The deterministic twin by alternative."""

    @property
    def recommended(self) -> AlternativeSummary:
        """The alternative that ranks first."""
        return self.alternatives[self.decision.recommended]

    @property
    def shown(self) -> AlternativeSummary:
        """Whom figures and sentences are about where nobody is named: the best beside the baseline."""
        _, *others = self.alternatives.values()
        return min(others, key=lambda own: own.rank)


def summarise(result: Result) -> Summary:
    """Return every figure of a run; any number of trials from 1 works, errors are None where too few."""
    preferences = result.scenario.preferences
    costs = {name: Sample(result.costs[name], result.replicate) for name in result.names}
    base = costs[result.baseline]
    by_mean_es = MeanEs(preferences.tail_weight, preferences.tail_level)
    tolerance = preferences.risk_tolerance or TOLERANCE_SHARE * abs(base.centre) or 1.0
    unusable = why_no_equivalent(result.scenario, costs, tolerance)
    rank_by: RankedBy = "mean_es" if unusable else preferences.rank_by
    places = _places(
        costs, result.baseline, Entropic(tolerance) if rank_by == "certainty_equivalent" else by_mean_es
    )
    rank = {place.name: number for number, place in enumerate(places, 1)}
    cases = base_case(result.scenario)
    alternatives = {
        name: AlternativeSummary(
            name=name,
            cost=_cost_measures(cost),
            saving=_saving_measures(saving := base.like(base.values - cost.values)),
            risk_adjusted=RiskAdjusted(
                risk_adjusted_value(base, cost, by_mean_es),
                None if unusable else risk_adjusted_value(base, cost, Entropic(tolerance)),
                unusable,
            ),
            categories=result.categories[name],
            payback=payback_summary(result.payback[name], result.replicate),
            rank=rank[name],
            promise=None if name == result.baseline else _promise(saving, base, preferences.promised_saving),
            internal_rate=None if name == result.baseline else _return(result, cases, name),
            budget=budget_summary(preferences.budget, cost, result.yearly.get(name))
            if preferences.budget
            else None,
        )
        for name, cost in costs.items()
    }
    best = places[0]
    decision = Decision(
        recommended=best.name,
        rank_by=rank_by,
        probability_best=probability_best(costs),
        expected_regret=expected_regret(costs),
        evpi=evpi(costs),
        close=tuple(place.name for place in places[1:] if place.too_close),
        decided=all(place.behind.se is not None for place in places),
    )
    warnings = [str(complaint) for complaint in result.scenario.warnings]
    warnings += _warnings(result, base, tolerance, unusable)
    return Summary(alternatives, decision, tolerance, tuple(warnings), cases)


def event_sizes(scenario: Scenario) -> dict[str, Distribution]:
    """Return the distributions that are drawn anew for each event, by dotted path.

    What several places share by ``like:`` stands once, where it was first written.
    """
    sizes: dict[str, Distribution] = {}
    for path, size in _per_event(scenario, ""):
        shared = sizes.setdefault(size.origin or path, size)
        if shared != size:
            sizes[path] = size
    return sizes


def _per_event(node: object, path: str) -> Iterator[tuple[str, Distribution]]:
    if isinstance(node, Part):
        for name, field in type(node).model_fields.items():
            at = f"{path}.{name}" if path else name
            value = getattr(node, name)
            if any(isinstance(mark, PerEvent) for mark in field.metadata):
                if value is not None:
                    yield at, value
            else:
                yield from _per_event(value, at)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _per_event(value, f"{path}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _per_event(value, f"{path}[{number}]")


def why_no_equivalent(scenario: Scenario, costs: Costs, tolerance: float) -> str:
    """Return why there is no certainty equivalent to compare, or an empty text."""
    for path, size in event_sizes(scenario).items():
        if size.heavy_tailed:
            return f"{path} has no maximum and a heavy tail, so E[exp(cost / risk tolerance)] is infinite"
    for name, cost in costs.items():
        found = certainty_equivalent(cost, tolerance)
        if not found.reliable:
            return f"{name}: {found.note}"
    return ""


def _places(costs: dict[str, Sample], baseline: str, measure: MeanEs | Entropic) -> list[Place]:
    """Return the ranking in which, of equals, the baseline comes first: a move must gain something."""
    places = ranking(costs, measure)
    return sorted(places, key=lambda place: (place.value.value, place.name != baseline, place.name))


def _cost_measures(cost: Sample) -> CostMeasures:
    return CostMeasures(
        mean=mean(cost),
        sd=sd(cost),
        p5=quantile(cost, 0.05),
        p25=quantile(cost, 0.25),
        p50=quantile(cost, 0.50),
        p75=quantile(cost, 0.75),
        p95=quantile(cost, 0.95),
        es95=expected_shortfall(cost, 0.95),
        contingency_p80=contingency(cost, 0.8),
    )


def _saving_measures(saving: Sample) -> SavingMeasures:
    if not saving.values.any():
        # The baseline and its exact likes save nothing in every future: known, not estimated.
        zero = normal_interval(0.0, 0.0)
        return SavingMeasures(zero, zero, zero, zero, zero, zero, zero)
    return SavingMeasures(
        mean=mean(saving),
        sd=sd(saving),
        p5=quantile(saving, 0.05),
        p50=quantile(saving, 0.50),
        p95=quantile(saving, 0.95),
        es95=expected_shortfall(saving, 0.95, tail="low"),
        probability_positive=probability_above(saving, 0.0),
    )


def _promise(saving: Sample, base: Sample, promised: Promised | None) -> Promise | None:
    if promised is None:
        return None
    # A part of the baseline's cost is another amount in each future: held against 0, trial by trial.
    amount = 0.0 if promised.relative else promised.value
    kept = saving.like(saving.values - promised.of(base.values)) if promised.relative else saving
    return Promise(probability_above(kept, amount), shortfall_given_miss(kept, amount))


def _return(result: Result, cases: dict[str, BaseCase], name: str) -> Return:
    path = np.mean(result.cumulative[name], axis=1, dtype=np.float64)
    return Return(
        internal_rate(np.diff(path, prepend=0.0)),
        internal_rate(cases[result.baseline].flow - cases[name].flow),
    )


def _warnings(result: Result, base: Sample, tolerance: float, unusable: str) -> Iterator[str]:
    preferences = result.scenario.preferences
    if unusable and preferences.rank_by == "certainty_equivalent":
        yield f"the certainty equivalent cannot rank ({unusable}); the mean-ES value ranks instead"
    elif not unusable and preferences.risk_tolerance is None:
        yield (
            f"preferences.risk_tolerance is not given; a quarter of the baseline's mean cost, "
            f"{result.scenario.base_currency} {float(f'{tolerance:.2g}'):,.0f}, stands in"
        )
    refused, note = tail_support(base, preferences.tail_level)
    if note:
        effect = "they carry no error" if refused else "their error is rough"
        seen = "one trial" if result.trials == 1 else f"{result.trials:,} trials"
        yield f"{FEW_WORST} in {seen}, so {effect}; run more trials"
