"""Every figure of a run in two sentences: how it is defined, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bposim.scenario import Preferences


@dataclass(frozen=True, slots=True)
class MetricExplanation:
    """What a figure of a run means."""

    name: str
    definition: str
    reading: str
    also: tuple[str, ...] = ()
    """Other words for it."""


def explain_metric(word: str, preferences: Preferences | None = None) -> MetricExplanation:
    """Return the explanation of a metric by any of its words; KeyError for an unknown one.

    ``preferences`` are those that its formula has in a scenario, by default those of a file without any.
    """
    found = WORDS[word.lower().replace("-", "_").replace(" ", "_")]
    if found.name != "mean_es":
        return found
    own = preferences or Preferences()
    worst = f"{100 * (1 - own.tail_level):.3g}%"
    where = "In this file" if preferences else "Unless the file says otherwise,"
    values = f"{where} w = {own.tail_weight:g} and ES is the mean of the {worst} of futures that cost most."
    return replace(found, definition=f"{found.definition} {values}")


METRICS = (
    MetricExplanation(
        "mean",
        "The mean over all futures of the present value: of the cost, or of the saving in the same future.",
        "It is what many such decisions would come to on average; ± is its standard error.",
        ("mean_cost", "mean_saving", "expected_cost", "expected_saving"),
    ),
    MetricExplanation(
        "sd",
        "Standard deviation of the present value over the futures: √E[(X − E[X])²].",
        "It says how far a future lies from the mean, without telling good surprises from bad ones.",
        ("standard_deviation",),
    ),
    MetricExplanation(
        "se",
        "Standard error of an estimate: how far it would vary over runs with other seeds.",
        "It falls with the root of the trials; the uncertainty of the decision itself does not.",
        ("standard_error", "monte_carlo_error"),
    ),
    *(
        MetricExplanation(
            f"p{level}",
            f"The {level}% quantile: {level} of 100 futures are at or below it.",
            {
                5: "Of a cost it is a good outcome, of a saving a bad one.",
                25: "One in four futures is below.",
                50: "The median: half of the futures are below, half above; rare disasters do not move it.",
                75: "One in four futures is above.",
                95: "Of a cost it is a bad outcome, of a saving a good one; es95 says what lies beyond.",
            }[level],
            ("median",) if level == 50 else (),  # noqa: PLR2004 - the median is the 50 % quantile
        )
        for level in (5, 25, 50, 75, 95)
    ),
    MetricExplanation(
        "es95",
        "Expected shortfall: of a cost the mean of the 5% of futures that cost most, "
        "of a saving of the 5% that save least.",
        "If it goes badly, it comes to this on average; unlike P95 it counts how bad the worst are.",
        ("worst_5%", "worst_5_percent", "expected_shortfall", "cvar", "worst_5", "es"),
    ),
    MetricExplanation(
        "contingency_p80",
        "P80 of the cost less its mean.",
        "Set aside above the mean, it makes the budget hold in 80 of 100 futures.",
        ("contingency",),
    ),
    MetricExplanation(
        "probability_positive",
        "P(saves): share of futures in which the alternative costs less than the baseline does there.",
        "Both live in the same world, with the same volume, rates and wages, so luck common to both cancels.",
        ("p(saves)", "probability_saves"),
    ),
    MetricExplanation(
        "probability_kept",
        "The share of futures whose saving is above preferences.promised_saving.",
        "Below one half, the business case promises more than the median.",
        ("promise", "promised_saving"),
    ),
    MetricExplanation(
        "shortfall",
        "Mean of the promised less the real saving, over the futures that miss the promise.",
        "If the promise is missed, it is missed by so much on average.",
    ),
    MetricExplanation(
        "probability_missed",
        "Chance of a miss: share of futures whose saving is not above preferences.promised_saving.",
        "`bposim worth` shows by how much each clause or mitigation changes it; less is better.",
        ("p(miss)", "miss", "chance_of_a_miss", "chance_of_no_saving"),
    ),
    MetricExplanation(
        "internal_rate_of_return",
        "Yearly rate at which the saving is worth nothing: of its mean cash flow, and of the base case's.",
        "None where several rates solve it or no month costs more than the baseline; size is not in it.",
        ("irr", "return"),
    ),
    MetricExplanation(
        "budget",
        "Share of futures above preferences.budget: total, a present value; per_year, undiscounted cash.",
        "Month 0 counts in the first year; the years are those of the first 16,384 trials.",
        ("probability_total_exceeded", "probability_year_exceeded", "probability_any_year_exceeded"),
    ),
    MetricExplanation(
        "mean_es",
        "Risk-adjusted value: (1 − w) mean + w ES of the baseline's cost, less that of the alternative's; "
        "w is preferences.tail_weight.",
        "What the alternative is worth to somebody for whom bad outcomes count extra; the table ranks by it.",
        ("risk_adjusted_value", "risk_adj._value", "risk_adjusted", "counted_with_risk"),
    ),
    MetricExplanation(
        "certainty_equivalent",
        "Certain cost that is as good as the uncertain one: ρ ln E[exp(X/ρ)] with risk tolerance ρ; "
        "the value is the baseline's less the alternative's.",
        "The smaller the tolerance, the more a chance of large losses costs; it does not exist where tails "
        "are heavy and unbounded.",
        ("ce",),
    ),
    MetricExplanation(
        "risk_tolerance",
        "ρ of the certainty equivalent, in base currency; else a quarter of the baseline's mean cost.",
        "Roughly the stake of a coin toss, win ρ or lose ρ/2, that the company would just accept.",
    ),
    MetricExplanation(
        "probability_best",
        "The share of futures in which the alternative is the cheapest of all.",
        "An alternative can be rarely the best and still the best choice, if it is never far behind.",
    ),
    MetricExplanation(
        "expected_regret",
        "Mean of the alternative's cost less that of the cheapest alternative in the same future.",
        "What choosing it costs on average against somebody who knew the future; small is good.",
        ("regret",),
    ),
    MetricExplanation(
        "evpi",
        "Expected value of perfect information: E[max(−X)] − max E[−X], the least expected regret.",
        "No study, pilot or advice on this decision can be worth more.",
    ),
    MetricExplanation(
        "payback",
        "First month from which the cumulative undiscounted saving stays at 0 or above to the horizon; "
        "the table shows the median over the futures.",
        "A future whose last month is behind has none and counts as never.",
        ("payback_month",),
    ),
    MetricExplanation(
        "never",
        "The share of futures without a payback within the horizon.",
        "It differs from 1 − P(saves), which discounts.",
    ),
    MetricExplanation(
        "rank",
        "Place by the risk-adjusted value that preferences.rank_by names; 1 is recommended.",
        "Of equals the baseline comes first: a move must gain something.",
        ("recommended",),
    ),
    MetricExplanation(
        "too_close_to_call",
        "Alternatives whose distance to the recommended one is within two paired standard errors.",
        "More trials may tell them apart; if their difference is small, other reasons may decide.",
        ("close",),
    ),
    MetricExplanation(
        "base_case",
        "The deterministic twin: inputs at their means, or with --at at a percentile; events as expected.",
        "It ties to a spreadsheet; the mean of a run differs by what is convex: overtime, caps, bands.",
        ("deterministic_twin", "twin"),
    ),
    MetricExplanation(
        "present_value",
        "Sum over months t of cost × (1 + r)^(−t/12), month 0 undiscounted; r is discount_rate.",
        "Money at the decision: a saving late in the contract counts less.",
        ("pv", "npv"),
    ),
    MetricExplanation(
        "known_alone",
        "First-order index: Var E[saving | driver] / Var saving, the share of the variance that goes if only "
        "this driver is known.",
        "Of drivers that act together it tells less than all they do; the difference is in the fair share.",
        ("first_order", "first_order_index"),
    ),
    MetricExplanation(
        "left_if_rest_is_known",
        "Total index: E Var[saving | all others] / Var saving, the share that stays if all others are known.",
        "A driver with next to nothing here can be set to its mean.",
        ("total_index",),
    ),
    MetricExplanation(
        "fair_share",
        "Shapley effect: what a driver explains beyond those known before it, averaged over all orders.",
        "Fair shares add up to the variance that is explained, also where drivers move together.",
        ("shapley", "shapley_effect"),
    ),
    MetricExplanation(
        "dominance",
        "Stochastic dominance: first order, in every quantile no dearer; second order, no dearer on average "
        "in any part of its worst futures.",
        "First order: whoever wants to pay less prefers it; second order: everybody who dislikes risk does.",
        ("stochastic_dominance", "1st_order_dominance", "2nd_order_dominance"),
    ),
    MetricExplanation(
        "term",
        "Months of a contract from its signature, vendor.term; its price is then renegotiated.",
        "Each renewal multiplies the price by 1 + renewal_uplift.",
        ("contract_term",),
    ),
    MetricExplanation(
        "by_category",
        "Mean present value of each kind of cost; the categories add up to the mean cost.",
        "`bposim explain ALTERNATIVE.CATEGORY FILE` shows how each comes about.",
        ("categories", "category"),
    ),
    MetricExplanation(
        "digest",
        "SHA-256 of the cost of every alternative in every trial.",
        "Equal digests are equal results, whatever the threads or the machine.",
    ),
)

WORDS = {word.lower(): metric for metric in METRICS for word in (metric.name, *metric.also)}
"""Every metric by each of its words."""
