"""The paragraph that ends a run: what to choose, what it saves, how bad it can get, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import Sample
from bposim.analysis.sensitivity import rank_correlation
from bposim.report.drivers import drivers_behind
from bposim.report.numbers import Scale, amount, futures, money
from bposim.report.table import printable, promised_text, titled
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import AlternativeSummary, Summary
    from bposim.result import AnyResult

ENOUGH_TRIALS = "20k"
"""Trials that give the worst 5 % a fair error."""

LOOKED_AT = 4_096
"""Trials that decide which drivers are named: enough for correlations that are worth naming, and quick."""

WORTH_NAMING = 0.2
"""A rank correlation nearer to 0 than this explains less than 4 % of what there is."""

NAMED = 3


def paragraph(result: AnyResult, summary: Summary) -> str:
    """Return a few sentences of plain English, without more digits than the errors support."""
    return " ".join([*verdict(result, summary), *reasons(result, summary)])


def verdict(result: AnyResult, summary: Summary) -> list[str]:
    """Return what to choose, or why nothing can be said about it yet."""
    return list(_verdict(result, summary))


def reasons(result: AnyResult, summary: Summary) -> list[str]:
    """Return why, how bad it can get and how sure that is, a sentence each; none of a single future."""
    return list(_reasons(result, summary)) if result.trials > 1 else []


def _verdict(result: AnyResult, summary: Summary) -> Iterator[str]:
    best, base = summary.recommended, summary.alternatives[result.baseline]
    if result.trials == 1:
        yield f"One future was simulated, which says nothing about risk; run with --trials {ENOUGH_TRIALS}."
    elif not summary.decision.decided:
        yield (
            f"A first look only: {result.trials:,} trials are too few to judge the worst outcomes "
            f"or to settle the ranking; run with --trials {ENOUGH_TRIALS}."
        )
        yield f"So far {titled(result, best.name)} ranks first."
    elif summary.decision.close:
        others = listed([titled(result, name) for name in summary.decision.close], "or")
        yield (
            f"Too close to call: {titled(result, best.name)} ranks first, "
            f"but {result.trials:,} trials cannot tell it from {others}."
        )
    elif best is base:
        yield f"Recommended: stay with {titled(result, base.name)}."
    else:
        yield f"Recommended: {titled(result, best.name)}."


def _reasons(result: AnyResult, summary: Summary) -> Iterator[str]:
    best, base = summary.recommended, summary.alternatives[result.baseline]
    shown = summary.shown
    yield from _saving(result, shown, base, challenger=best is base)
    yield from _tail(result, shown, base)
    yield from _drivers(result, shown)
    yield from _cheaper_on_average(result, summary, shown, base)
    if best is not base:
        yield from _payback(result, shown)
    yield from _promise(result, shown)
    yield from _sureness(result, summary)


def _saving(
    result: AnyResult, shown: AlternativeSummary, base: AlternativeSummary, *, challenger: bool
) -> Iterator[str]:
    saving, name = shown.saving, titled(result, shown.name)
    if saving.sd.value == 0.0 and saving.mean.value == 0.0:
        yield f"{name} costs the same as {titled(result, base.name)} in every future."
        return
    opening = (
        f"The best of the others, {name}," if challenger else f"Against {titled(result, base.name)}, {name}"
    )
    average = _average(saving.mean, result.scenario.base_currency)
    horizon = f"present value over {result.scenario.months} months"
    span = _span(saving.p5, saving.p95)
    yield (
        f"{opening} {average} ({span}{horizon}) and is cheaper in "
        f"{futures(saving.probability_positive.value, result.trials)}."
    )
    value = shown.risk_adjusted.mean_es.value
    if challenger and saving.mean.value > 0.0 > value and not too_close(saving.mean):
        yield "What it saves on average does not make up for its worse bad outcomes."
    if not challenger and saving.mean.value < 0.0 < value:
        yield "It ranks first because its bad outcomes are less costly."


def _average(mean: Estimate, currency: str) -> str:
    text = money(abs(mean.value), currency, mean.se)
    if mean.se and too_close(mean):
        text = money(mean.value, currency, mean.se)
        return f"saves next to nothing on average, {text} ± {amount(mean.se, mean.se)}"
    return f"saves {text} on average" if mean.value > 0.0 else f"costs {text} more on average"


def _span(low: Estimate, high: Estimate) -> str:
    if low.se is None or high.se is None:
        return ""
    scale = Scale.of(max(abs(low.value), abs(high.value)), max(low.se, high.se))
    return f"saving 5-95%: {scale.text(low.value)} to {scale.text(high.value)}; "


def _tail(result: AnyResult, shown: AlternativeSummary, base: AlternativeSummary) -> Iterator[str]:
    worst = shown.saving.es95
    if shown.saving.sd.value == 0.0:
        return
    if worst.se is None:
        yield f"What its worst 5% look like cannot be told from {result.trials:,} trials."
        return
    text = money(abs(worst.value), result.scenario.base_currency, worst.se)
    if worst.value >= 0.0:
        yield f"In the worst 5% of futures it still saves {text} on average."
    else:
        yield f"In the worst 5% of futures it costs {text} more than {titled(result, base.name)} on average."


def _drivers(result: AnyResult, shown: AlternativeSummary) -> Iterator[str]:
    """Name what the saving goes up and down with."""
    first = result.first
    if first.sample is None or min(first.trials, LOOKED_AT) <= NAMED or shown.saving.sd.value == 0.0:
        return
    drivers = drivers_behind(first, dict.fromkeys((first.baseline, shown.name))).values
    saving = Sample(first.saving(shown.name)[:LOOKED_AT])
    found = rank_correlation(saving, {name: x[:LOOKED_AT] for name, x in drivers.items()})
    strongest = sorted(found, key=lambda name: -abs(found[name].value))[:NAMED]
    pairs = [
        f"{printable(name)} ({found[name].value:+.1f})"
        for name in strongest
        if abs(found[name].value) >= WORTH_NAMING and not too_close(found[name])
    ]
    if pairs:
        yield f"The saving goes most with {listed(pairs)}, by rank correlation."


def _cheaper_on_average(
    result: AnyResult, summary: Summary, shown: AlternativeSummary, base: AlternativeSummary
) -> Iterator[str]:
    """Explain why the alternative with the lowest mean cost does not rank first."""
    cheapest = min(summary.alternatives.values(), key=lambda a: a.cost.mean.value)
    told = (summary.recommended, shown, base)
    if summary.decision.decided and cheapest not in told and cheapest.name not in summary.decision.close:
        yield f"{titled(result, cheapest.name)} is cheaper on average, but its bad outcomes are worse."


def _payback(result: AnyResult, shown: AlternativeSummary) -> Iterator[str]:
    payback = shown.payback
    never = payback.never.value
    if payback.p50 is None:
        yield f"Half of the futures or more do not pay back within {result.scenario.months} months."
        return
    month = "at once" if payback.p50 == 0 else f"by month {payback.p50}"
    rest = f"; {futures(never, result.trials)} never do" if never > 0.0 else ""
    yield f"Half of the futures have paid back {month}{rest}."


def _promise(result: AnyResult, shown: AlternativeSummary) -> Iterator[str]:
    promised = result.scenario.preferences.promised_saving
    if shown.promise is None or promised is None:
        return
    kept = futures(shown.promise.probability_kept.value, result.trials)
    what = promised_text(promised)
    said = (
        f"{what} of the baseline's cost" if promised.relative else f"{result.scenario.base_currency} {what}"
    )
    text = f"The promised {said} is exceeded in {kept}"
    missing = shown.promise.shortfall
    if missing.se is not None and missing.value > 0.0:
        text += f"; where it is missed, {amount(missing.value, missing.se)} is missing on average"
    yield f"{text}."


def _sureness(result: AnyResult, summary: Summary) -> Iterator[str]:
    decision = summary.decision
    best = decision.probability_best[decision.recommended]
    count = len(summary.alternatives)
    cheapest = futures(best.value, result.trials)
    if count > 2:  # noqa: PLR2004 - of two, the share that saves has said it
        name = titled(result, decision.recommended)
        yield f"{name} is the cheapest of the {count} alternatives in {cheapest}."
    evpi = decision.evpi
    if evpi.value > 0.0:
        yield (
            "To know the future before choosing would be worth "
            f"{money(evpi.value, result.scenario.base_currency, evpi.se)}: no study is worth more."
        )
