"""How far a run can be relied on: enough trials, settled ranking, checks, warnings, who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from bposim.analysis.comparison import RESAMPLES, too_close
from bposim.analysis.measures import Z95
from bposim.analysis.summary import FEW_WORST
from bposim.report.checks import checks_words, found_text, verdict_text
from bposim.report.grades import MOST
from bposim.report.grades import sentences as grade_sentences
from bposim.report.html.in_common import in_common
from bposim.report.numbers import amount, probability
from bposim.report.paragraph import ENOUGH_TRIALS
from bposim.report.table import printable, titled
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.checks import CheckOutcome
    from bposim.analysis.summary import Summary
    from bposim.report.compare import Comparison
    from bposim.report.grades import Resting
    from bposim.result import AnyResult

    Mark: TypeAlias = Literal["good", "poor", "note"]

PART = 0.1
"""A run is precise enough where its own error is below this part of the spread that it describes."""

SURE = 0.95
"""A ranking that holds less often when the trials are drawn again is not settled."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the status: what is asked, what was found, and whether that is well."""

    title: str
    text: str
    mark: Mark
    points: tuple[str, ...] = ()


def status(
    result: AnyResult,
    summary: Summary,
    comparison: Comparison,
    outcomes: Sequence[CheckOutcome],
    resting: Resting | None,
) -> tuple[Item, ...]:
    """Return the status, what a reader has to know before relying on the page first.

    ``outcomes`` are those of the scenario's checks; ``resting`` is what the saving of the shown
    alternative rests on, None where that cannot be told.
    """
    return tuple(_items(result, summary, comparison, outcomes, resting))


def _items(
    result: AnyResult,
    summary: Summary,
    comparison: Comparison,
    outcomes: Sequence[CheckOutcome],
    resting: Resting | None,
) -> Iterator[Item]:
    meta = result.scenario.meta
    if meta.status:
        approved = meta.status.strip().lower() in {"approved", "final"}
        owner = f"; {printable(meta.owner)} answers for it" if meta.owner else ""
        yield Item("State", f"{printable(meta.status)}{owner}", "good" if approved else "note")
    yield _precision(result, summary)
    yield from _checks(outcomes)
    yield _settled(result, comparison)
    if resting is not None:
        yield _grades(resting, titled(result, summary.shown.name))
    if result.scenario.changes:
        yield Item(
            "Changes",
            "Not the scenario file as it is:",
            "note",
            tuple(map(printable, result.scenario.changes)),
        )
    if result.trials > result.first.trials:
        yield Item(
            "Trials kept",
            f"Charts of drivers, risks and tails are of the first {result.first.trials:,} of "
            f"{result.trials:,} trials, a run of their own.",
            "note",
        )
    if summary.warnings:
        count = f"{len(summary.warnings)} warning{'s' if len(summary.warnings) > 1 else ''}:"
        yield Item("Warnings", count, "poor", tuple(map(printable, summary.warnings)))
    else:
        yield Item("Warnings", "None.", "good")


def _checks(outcomes: Sequence[CheckOutcome]) -> Iterator[Item]:
    """Yield the checks that the scenario declares, each with what was found."""
    if outcomes:
        passed = all(one.passed for one in outcomes)
        points = tuple(
            f"{printable(one.name)}: {printable(one.required.text)}: {verdict_text(one)} ({found_text(one)})"
            for one in outcomes
        )
        yield Item("Checks", checks_words(outcomes), "good" if passed else "poor", points)


def _precision(result: AnyResult, summary: Summary) -> Item:
    """Hold the error of the simulation against the spread of what is simulated."""
    shown = summary.shown
    mean, worst, spread = shown.saving.mean, shown.saving.es95, shown.saving.sd.value
    title = "Converged?"
    if spread == 0.0 and result.trials > 1:
        return Item(title, "Yes: the saving is the same in every future.", "good")
    if mean.se is None or worst.se is None:
        return Item(
            title,
            f"No: {result.trials:,} trials are too few to judge the worst futures; "
            f"run {ENOUGH_TRIALS} or more.",
            "poor",
        )
    half = [Z95 * mean.se, Z95 * worst.se]
    errors = (
        f"the mean saving is known to ± {amount(half[0], half[0])}, the worst 5% to "
        f"± {amount(half[1], half[1])} (95% intervals, {result.trials:,} trials)"
    )
    if any(warning.startswith(FEW_WORST) for warning in summary.warnings):
        text = f"Not yet: {errors}, but {FEW_WORST} so far; run more trials."
        return Item(title, text, "poor")
    if max(half) <= PART * spread:
        return Item(title, f"Yes: {errors}. More trials would change little.", "good")
    return Item(title, f"Not yet: {errors}; run more trials.", "poor")


def _grades(resting: Resting, label: str) -> Item:
    """Say how much rests on what nobody has verified."""
    first, *more = grade_sentences(resting, label)
    return Item("Rests on", first, "poor" if resting.judgement > MOST else "note", tuple(more))


def _settled(result: AnyResult, comparison: Comparison) -> Item:
    first = comparison.places[0]
    name, holds = titled(result, first.name), comparison.stability.holds
    title = "Choice settled?"
    if first.too_close:
        rivals = [place.name for place in comparison.places[1:] if place.too_close or too_close(place.behind)]
        words = (in_common(result.first, first.name, place) for place in rivals)
        return Item(
            title,
            f"No: {listed([name, *(titled(result, rival) for rival in rivals)])} are too close to call.",
            "poor",
            tuple(text for text in words if text),
        )
    leads = (comparison.stability.leads or {}).get(first.name)
    if leads is None or holds is None:
        return Item(title, f"It cannot be told: {comparison.stability.note}.", "poor")
    again = probability(leads, RESAMPLES).replace("<", "less than ").replace(">", "more than ")
    if leads < SURE:
        return Item(title, f"No: with other random numbers {name} would rank first in only {again}.", "poor")
    text = (
        f"Yes, as far as chance goes: with other random numbers {name} would rank first again in {again}. "
        "This is about the simulation; whether the assumptions are right it cannot tell."
    )
    return Item(title, text, "good")
