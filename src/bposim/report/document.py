"""A run as a JSON document, for machines: ``bposim.result/1``.

Amounts are present values in the document's currency.  A value that the sample cannot give is null, never
NaN.  Standard errors stand beside the values, under ``se`` for the mean and under ``se_of`` for the others.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from bposim.analysis.checks import checked

if TYPE_CHECKING:
    from bposim.analysis.budget import BudgetSummary
    from bposim.analysis.checks import CheckOutcome
    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import AlternativeSummary, Decision, Summary
    from bposim.result import AnyResult

SCHEMA = "bposim.result/1"

COST = ("sd", "p5", "p25", "p50", "p75", "p95", "es95", "contingency_p80")
SAVING = ("sd", "p5", "p50", "p95", "es95", "probability_positive")


def document(result: AnyResult, summary: Summary) -> dict[str, Any]:
    """Return the run as plain values in a stable order; keys of a released schema do not change."""
    scenario = result.scenario
    return {
        "schema": SCHEMA,
        "scenario": {
            "title": scenario.title,
            "sha256": scenario.sha256,
            "changes": list(scenario.changes),
        },
        "seed": result.seed,
        "trials": result.trials,
        "design": result.design.kind,
        "currency": scenario.base_currency,
        "months": scenario.months,
        "baseline": result.baseline,
        "digest": result.digest,
        "alternatives": {
            name: _alternative(alternative, summary.decision)
            for name, alternative in summary.alternatives.items()
        },
        "decision": _decision(summary.decision),
        "risk_tolerance": finite(summary.risk_tolerance),
        "checks": [_check(outcome) for outcome in checked(result, summary)],
        "warnings": list(summary.warnings),
        "elapsed_s": finite(result.elapsed),
    }


def _check(outcome: CheckOutcome) -> dict[str, Any]:
    """Return what became of a check; a choice has no value, and the alternative is the one recommended."""
    required, estimate = outcome.required, outcome.estimate
    return {
        "name": outcome.name,
        "require": required.text,
        "verdict": outcome.verdict,
        "close": outcome.close,
        "alternative": outcome.alternative,
        "figure": required.figure,
        "bound": None if required.is_choice else required.bound,
        "value": finite(estimate.value) if estimate else None,
        "se": finite(estimate.se) if estimate else None,
        "interval": _interval(estimate) if estimate else [None, None],
    }


def json_text(content: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return strict JSON with a line break at its end."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def finite(value: float | None) -> float | None:
    """Return a plain number, or None where there is none or it is not finite."""
    return float(value) if value is not None and math.isfinite(value) else None


def _alternative(alternative: AlternativeSummary, decision: Decision) -> dict[str, Any]:
    saving = alternative.saving
    adjusted = alternative.risk_adjusted
    equivalent = adjusted.certainty_equivalent
    payback = alternative.payback
    content: dict[str, Any] = {
        "total_cost": _measures(alternative.cost, COST),
        "saving": {
            **_measures(saving, SAVING),
            "probability_interval": _interval(saving.probability_positive),
        },
        "risk_adjusted_value": {
            "certainty_equivalent": finite(equivalent.value) if equivalent else None,
            "mean_es": finite(adjusted.mean_es.value),
            "ranks_by": decision.rank_by,
            "se_of": {
                "certainty_equivalent": finite(equivalent.se) if equivalent else None,
                "mean_es": finite(adjusted.mean_es.se),
            },
            "reason": adjusted.reason,
        },
        "by_category": {category: finite(value) for category, value in alternative.categories.items()},
        "payback_month": {
            "p50": payback.p50,
            "never": finite(payback.never.value),
            "interval": [payback.low, payback.high],
        },
        "rank": alternative.rank,
    }
    if alternative.promise:
        content["promised_saving"] = {
            "probability_kept": finite(alternative.promise.probability_kept.value),
            "shortfall": finite(alternative.promise.shortfall.value),
            "se_of": {
                "probability_kept": finite(alternative.promise.probability_kept.se),
                "shortfall": finite(alternative.promise.shortfall.se),
            },
        }
    if rate := alternative.internal_rate:
        content["internal_rate_of_return"] = {
            "mean_cash_flow": finite(rate.mean.rate),
            "base_case": finite(rate.base_case.rate),
            "reason": {"mean_cash_flow": rate.mean.note, "base_case": rate.base_case.note},
        }
    if alternative.budget:
        content["budget"] = _budget(alternative.budget)
    return content


def _budget(budget: BudgetSummary) -> dict[str, Any]:
    """Return the probabilities of exceeding the budget; null where none is set, or none can be given."""

    def value(estimate: Estimate | None) -> float | None:
        return finite(estimate.value) if estimate else None

    def se(estimate: Estimate | None) -> float | None:
        return finite(estimate.se) if estimate else None

    return {
        "probability_total_exceeded": value(budget.total),
        "mean_excess": value(budget.excess),
        "probability_year_exceeded": [value(year) for year in budget.years],
        "probability_any_year_exceeded": value(budget.any_year),
        "se_of": {
            "probability_total_exceeded": se(budget.total),
            "mean_excess": se(budget.excess),
            "probability_year_exceeded": [se(year) for year in budget.years],
            "probability_any_year_exceeded": se(budget.any_year),
        },
    }


def _measures(measures: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Return mean and se, the named measures, and then their errors."""
    estimates: dict[str, Estimate] = {name: getattr(measures, name) for name in ("mean", *names)}
    return {
        "mean": finite(estimates["mean"].value),
        "se": finite(estimates["mean"].se),
        **{name: finite(estimates[name].value) for name in names},
        "se_of": {name: finite(estimates[name].se) for name in names},
    }


def _interval(estimate: Estimate) -> list[float | None]:
    return [finite(estimate.low), finite(estimate.high)]


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "recommended": decision.recommended,
        "probability_best": {name: finite(p.value) for name, p in decision.probability_best.items()},
        "expected_regret": {name: finite(regret.value) for name, regret in decision.expected_regret.items()},
        "evpi": finite(decision.evpi.value),
        "se_of": {
            "probability_best": {name: finite(p.se) for name, p in decision.probability_best.items()},
            "expected_regret": {name: finite(regret.se) for name, regret in decision.expected_regret.items()},
            "evpi": finite(decision.evpi.se),
        },
        "too_close_to_call": list(decision.close),
    }
