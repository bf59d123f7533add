"""What a board asks first: what to do, why, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.report.html.advice import Advice, advice_on
from bposim.report.numbers import MINUS, Scale, amount, money, of_futures
from bposim.report.paragraph import reasons, verdict
from bposim.report.table import titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import AlternativeSummary, Summary
    from bposim.report.html.advice import Findings
    from bposim.result import AnyResult


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the answer box."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer box."""

    verdict: str
    lead: str
    """The first reason: what is saved, how surely."""
    about: str
    """Whom the figures are about."""
    tiles: tuple[Tile, ...]
    reasons: tuple[str, ...]
    advice: tuple[Advice, ...]
    undecided: bool
    """Whether no choice can be recommended on these trials."""


def answer(result: AnyResult, summary: Summary, found: Findings | None) -> Answer:
    """Return the answer; ``found`` is what is known of single inputs, None where nothing is."""
    shown = summary.shown
    said = reasons(result, summary)
    decision = summary.decision
    return Answer(
        verdict=" ".join(verdict(result, summary)),
        lead=said[0] if said else "",
        about=f"{titled(result, shown.name)} against {titled(result, result.baseline)}",
        tiles=tuple(_tiles(result, shown)) if result.trials > 1 else (),
        reasons=tuple(said[1:]),
        advice=advice_on(result, summary, found),
        undecided=not decision.decided or bool(decision.close) or result.trials == 1,
    )


# ---------------------------------------------------------------- the figures


def _tiles(result: AnyResult, shown: AlternativeSummary) -> Iterator[Tile]:
    saving, currency = shown.saving, result.scenario.base_currency
    average = money(saving.mean.value, currency, saving.mean.se, minus=MINUS)
    error = f"± {amount(saving.mean.se, saving.mean.se)} by simulation" if saving.mean.se else ""
    yield Tile("Mean saving", average, error or "present value")
    yield _range(saving.p5, saving.p95, currency)
    often = of_futures(saving.probability_positive.value, result.trials)
    yield Tile("Cheaper in", often.removesuffix(" of futures"), "of futures" if "%" in often else "simulated")
    worst = saving.es95
    if saving.sd.value == 0.0:
        yield Tile("Worst 5% of futures", "the same", "nothing varies")
    elif worst.se is None:
        yield Tile("Worst 5% of futures", "not known", f"too few of {result.trials:,} trials")
    else:
        word = "still saved, on average" if worst.value >= 0 else "lost, on average"
        yield Tile("Worst 5% of futures", money(abs(worst.value), currency, worst.se, minus=MINUS), word)
    month = shown.payback.p50
    never = shown.payback.never.value
    rest = f"never in {of_futures(never, result.trials)}" if never > 0 else "in half of futures or more"
    yield Tile(
        "Half have paid back",
        "never" if month is None else "at once" if month == 0 else f"month {month}",
        rest,
    )


def _range(low: Estimate, high: Estimate, currency: str) -> Tile:
    if low.se is None or high.se is None:
        return Tile("5 to 95 of 100 futures", "not known", "too few trials")
    scale = Scale.of(max(abs(low.value), abs(high.value)), max(low.se, high.se))
    ends = [scale.text(end.value, minus=MINUS) for end in (low, high)]
    return Tile("5 to 95 of 100 futures", f"{ends[0]} to {ends[1]}", f"saving, {currency}")
