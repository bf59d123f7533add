"""What changed between two runs, as tables, in words and as plain values: ``bposim.changes/1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.analysis.comparison import too_close
from bposim.figures import figure_named
from bposim.report.diff import diff_content, spoken
from bposim.report.document import finite
from bposim.report.estimate import plain, share
from bposim.report.numbers import amount, money, percent
from bposim.report.table import NOTHING, Table, plus_minus, printable
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.changes import Attribution, Compared, Moved
    from bposim.analysis.measures import Estimate
    from bposim.differences import Differences
    from bposim.result import AnyResult

SCHEMA = "bposim.changes/1"

NAMED = 3
"""So many changes are named in a sentence; the others are its rest."""

LABELS = {
    "saving.mean": "mean saving",
    "saving.p5": "saving, P5",
    "saving.es95": "saving in the worst 5%",
    "probability_positive": "P(saves)",
    "risk_adjusted_value": "risk-adjusted value",
    "total_cost.mean": "mean cost",
    "probability_kept": "P(promise kept)",
}
"""Figures as people say them; any other keeps its name."""

CHANCE = "chance: other futures"
"""What the runs' own futures add to the change on the futures that were simulated for each change."""


@dataclass(frozen=True, slots=True)
class RunChanges:
    """Two runs, what differs between their scenarios, and what that did."""

    old: AnyResult
    new: AnyResult
    recommended: tuple[str, str]
    """By the old run and by the new one."""
    found: Differences
    compared: Compared
    attribution: Attribution | None
    """None where nothing was asked to be attributed, or nothing that moves a figure differs."""
    versions: tuple[str, ...] = ()
    """Programs that differ, ``numpy 2.1, now 2.2``."""


def changes_tables(changes: RunChanges) -> Iterator[Table]:
    """Yield the figures of both runs, and by what the one that was attributed moved."""
    compared, currency = changes.compared, changes.new.scenario.base_currency
    rows = [
        (printable(name), LABELS.get(figure, figure), *_cells(figure, moved))
        for name, figures in compared.figures.items()
        if name != changes.new.baseline or changes.old.baseline != changes.new.baseline
        for figure, moved in figures.items()
    ]
    title = f"Figures of the two runs, {currency}, {_trials(compared)}"
    yield Table(title, ("alternative", "figure", "old", "new", "change"), tuple(rows), left=2)
    if changes.attribution and changes.attribution.changes:
        yield _attribution_table(changes, changes.attribution)


def _trials(compared: Compared) -> str:
    old, new = compared.trials
    if compared.paired:
        return f"the same {old:,} futures in both"
    return f"{old:,} and {new:,} futures, not the same ones"


def _cells(figure: str, moved: Moved) -> tuple[str, str, str]:
    if figure_named(figure).is_share:
        return share(moved.old), share(moved.new), _points(moved.change)
    ends = (_shown(moved.old), _shown(moved.new))
    return (*ends, _signed(moved.change))


def _shown(estimate: Estimate) -> str:
    return NOTHING if estimate.se is None and estimate.low is None else plus_minus(estimate)


def _signed(estimate: Estimate) -> str:
    if estimate.se is None:
        return NOTHING
    if not estimate.value and not estimate.se:
        return "0"
    text = amount(estimate.value, estimate.se or None, plus=True)
    return f"{text} ± {amount(estimate.se, estimate.se)}" if estimate.se else text


def _points(estimate: Estimate) -> str:
    """Return a change of a probability in points of a hundred."""
    if estimate.se is None:
        return NOTHING
    return f"{100 * estimate.value:+.1f} ± {100 * estimate.se:.1f} points"


def _attribution_table(changes: RunChanges, attribution: Attribution) -> Table:
    names = list(attribution.effects)
    is_share = figure_named(attribution.figure).is_share
    cell = _points if is_share else _signed
    rows = [
        (_name(change, changes), *(cell(attribution.effects[name][number].share) for name in names))
        for number, change in enumerate(attribution.changes)
        if any(attribution.effects[name][number].share.value for name in names)
    ]
    chance = {name: chance_of(changes, attribution, name) for name in names}
    if any(chance.values()):
        rows.append(
            (CHANCE, *(_bare(chance[name], attribution.total[name], is_share=is_share) for name in names))
        )
    whole = [changes.compared.figures[name][attribution.figure].change for name in names]
    rows.append(("together", *map(cell, whole)))
    unit = "" if is_share else f", {changes.new.scenario.base_currency}"
    label = LABELS.get(attribution.figure, attribution.figure)
    method = (
        "Shapley values" if attribution.exact else "the mean of two orders, that of the file and its reverse"
    )
    title = f"By what the {label} moved{unit}, {attribution.trials:,} futures for each change, {method}"
    return Table(title, ("change", *map(printable, names)), tuple(rows))


def _bare(value: float, total: Estimate, *, is_share: bool) -> str:
    """Return what chance adds, without digits that the error of the whole does not support."""
    return f"{100 * value:+.1f} points" if is_share else amount(value, total.se or None, plus=True)


def chance_of(changes: RunChanges, attribution: Attribution, name: str) -> float:
    """Return what is left of the change between the runs when all changes of assumptions are made.

    It is chance: the runs have other futures, or more of them, than were simulated for each change.
    """
    whole = changes.compared.figures[name][attribution.figure].change.value
    left = whole - attribution.total[name].value
    return 0.0 if abs(left) <= 1e-9 * max(abs(whole), 1.0) else left


def _name(change: str, changes: RunChanges) -> str:
    """Return what changed as people say it."""
    paths = change.split(" + ")
    shown = paths if len(paths) <= NAMED else paths[: NAMED - 1]
    more = [f"{len(paths) - len(shown)} more"] if len(paths) > len(shown) else []
    return " + ".join([*(spoken(path, changes.found) for path in shown), *more])


def changes_words(changes: RunChanges) -> str:
    """Return what happened to the result and why, in plain English."""
    return " ".join(_sentences(changes))


def _sentences(changes: RunChanges) -> Iterator[str]:
    old, new = map(printable, changes.recommended)
    if old == new:
        yield f"Both runs recommend {new}."
    else:
        yield f"The recommendation changed from {old} to {new}."
    figure = changes.attribution.figure if changes.attribution else "saving.mean"
    moved = {
        name: figures[figure]
        for name, figures in changes.compared.figures.items()
        if figure in figures and name not in {changes.old.baseline, changes.new.baseline}
    }
    same = [name for name, own in moved.items() if own.change.se == 0 and not own.change.value]
    for name, own in moved.items():
        if name not in same:
            yield _moved_sentence(changes, name, figure, own)
    if same:
        told = listed([printable(name) for name in same])
        yield f"The {LABELS.get(figure, figure)} of {told} is the same in both."
    for names, which in ((changes.compared.only_old, "old"), (changes.compared.only_new, "new")):
        if names:
            yield f"Only the {which} run has {listed([printable(name) for name in names])}."
    if changes.old.baseline != changes.new.baseline:
        yield f"The baseline was {printable(changes.old.baseline)} and is {printable(changes.new.baseline)}."
    yield from _other_reasons(changes)


def _moved_sentence(changes: RunChanges, name: str, figure: str, moved: Moved) -> str:
    label = LABELS.get(figure, figure)
    change, currency = moved.change, changes.new.scenario.base_currency
    if change.se is None:
        return f"How the {label} of {printable(name)} moved cannot be told: {change.note}."
    if too_close(change):
        return f"The {label} of {printable(name)} moved by no more than chance."
    verb = "rose" if change.value > 0 else "fell"
    if figure_named(figure).is_share:
        by = f"{100 * abs(change.value):.1f} ± {100 * change.se:.1f} points"
        span = f"from {percent(moved.old.value, 1)} to {percent(moved.new.value, 1)}"
    else:
        by = money(abs(change.value), currency, change.se)
        by += f" ± {amount(change.se, change.se)}" if change.se else ""
        span = f"from {amount(moved.old.value, moved.old.se)} to {amount(moved.new.value, moved.new.se)}"
    return f"The {label} of {printable(name)} {verb} by {by}, {span}{_because(changes, name)}."


def _because(changes: RunChanges, name: str) -> str:
    """Return the changes that did it, the largest first, and the rest in one figure."""
    attribution = changes.attribution
    if attribution is None or name not in attribution.effects or not attribution.changes:
        return ""
    is_share = figure_named(attribution.figure).is_share
    pairs = [
        (effect.share, _name(change, changes))
        for change, effect in zip(attribution.changes, attribution.effects[name], strict=True)
        if effect.share.value
    ]
    pairs.sort(key=lambda pair: -abs(pair[0].value))
    told = [pair for pair in pairs[:NAMED] if not too_close(pair[0])]
    rest = changes.compared.figures[name][attribution.figure].change.value - sum(
        share.value for share, _ in told
    )

    def shown(value: float, se: float | None) -> str:
        return f"{100 * value:+.1f} points" if is_share else amount(value, se, plus=True)

    parts = [f"{what} {shown(share.value, share.se)}" for share, what in told]
    largest = max((share.se or 0.0 for share, _ in pairs), default=0.0)
    if parts and abs(rest) > largest:
        parts.append(f"the rest {shown(rest, largest or None)}")
    return f": {', '.join(parts)}" if parts else ""


def _other_reasons(changes: RunChanges) -> Iterator[str]:
    """Say what differs beside the assumptions."""
    old, new, compared = changes.old, changes.new, changes.compared
    if old.trials != new.trials:
        yield f"The runs have {old.trials:,} and {new.trials:,} futures" + (
            f"; compared are the {compared.trials[0]:,} that both have." if compared.paired else "."
        )
    if old.seed != new.seed:
        yield f"Their seeds differ ({old.seed} and {new.seed}), so part of each change is chance."
    elif old.design != new.design:
        yield (
            f"Their futures are spread in different ways ({old.design.kind} and {new.design.kind}), "
            "so part of each change is chance."
        )
    if changes.versions:
        yield f"They were made with different versions: {'; '.join(changes.versions)}."
    if not changes.found.changes_results:
        yield "No assumption that can move a result differs between them."


def changes_content(changes: RunChanges) -> dict[str, Any]:
    """Return all of it as plain values for JSON."""
    compared, attribution = changes.compared, changes.attribution
    return {
        "schema": SCHEMA,
        "currency": changes.new.scenario.base_currency,
        "runs": {
            which: {
                "title": run.scenario.title,
                "sha256": run.scenario.sha256,
                "digest": run.digest,
                "seed": run.seed,
                "trials": run.trials,
                "design": run.design.kind,
                "baseline": run.baseline,
                "recommended": recommended,
            }
            for which, run, recommended in zip(
                ("old", "new"), (changes.old, changes.new), changes.recommended, strict=True
            )
        },
        "versions": list(changes.versions),
        "paired": compared.paired,
        "compared_trials": list(compared.trials),
        "only_old": list(compared.only_old),
        "only_new": list(compared.only_new),
        "alternatives": {
            name: {
                figure: {"old": plain(moved.old), "new": plain(moved.new), "change": plain(moved.change)}
                for figure, moved in figures.items()
            }
            for name, figures in compared.figures.items()
        },
        "attribution": _attribution_content(changes, attribution) if attribution else None,
        "assumptions": diff_content(changes.found),
    }


def _attribution_content(changes: RunChanges, attribution: Attribution) -> dict[str, Any]:
    return {
        "figure": attribution.figure,
        "method": "shapley" if attribution.exact else "two orders",
        "trials": attribution.trials,
        "runs": attribution.runs,
        "alternatives": {
            name: {
                "total": plain(attribution.total[name]),
                "chance": finite(chance_of(changes, attribution, name)),
                "changes": [
                    {
                        "change": change,
                        "share": plain(effect.share),
                        "alone": finite(effect.alone),
                        "last": finite(effect.last),
                    }
                    for change, effect in zip(attribution.changes, effects, strict=True)
                ],
            }
            for name, effects in attribution.effects.items()
        },
    }
