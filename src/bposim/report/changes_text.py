"""What changed between two runs, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import Estimate
from bposim.figures import figure_named
from bposim.report.changes import LABELS, change_name, level, points_decimals
from bposim.report.numbers import amount, money, percent
from bposim.report.table import titled
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.changes import Moved
    from bposim.report.since import RunChanges

MOST = 6
"""So many changes are named in a sentence; the others are its rest."""

PART = 0.1
"""A change is named if its effect is at least this part of the largest one, or of the whole."""


def changes_words(changes: RunChanges) -> str:
    """Return what happened to the result and why, in plain English."""
    return " ".join(changes_sentences(changes))


def changes_sentences(changes: RunChanges) -> Iterator[str]:
    """Yield the same, a sentence each."""
    first, second = changes.recommended
    old, new = titled(changes.old, first), titled(changes.new, second)
    if first == second:
        yield f"Both runs recommend {new}."
    else:
        yield f"The recommendation changed from {old} to {new}."
    figure = _figure(changes)
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
        told = listed([titled(changes.new, name) for name in same])
        yield f"The {LABELS.get(figure, figure)} of {told} is the same in both."
    for run, names, which in (
        (changes.old, changes.compared.only_old, "old"),
        (changes.new, changes.compared.only_new, "new"),
    ):
        if names:
            yield f"Only the {which} run has {listed([titled(run, name) for name in names])}."
    if changes.old.baseline != changes.new.baseline:
        was, now = (titled(run, run.baseline) for run in (changes.old, changes.new))
        yield f"The baseline was {was} and is {now}."
    yield from _other_reasons(changes)


def _figure(changes: RunChanges) -> str:
    """Return the figure that the sentences are about."""
    return changes.attribution.figure if changes.attribution else "saving.mean"


def _moved_sentence(changes: RunChanges, name: str, figure: str, moved: Moved) -> str:
    label = LABELS.get(figure, figure)
    change, currency = moved.change, changes.new.scenario.base_currency
    if change.se is None:
        return f"How the {label} of {titled(changes.new, name)} moved cannot be told: {change.note}."
    if too_close(change):
        return f"The {label} of {titled(changes.new, name)} moved by no more than chance."
    verb = "rose" if change.value > 0 else "fell"
    if figure_named(figure).is_share:
        decimals = points_decimals(change)
        by = f"{100 * abs(change.value):.{decimals}f} ± {100 * change.se:.{decimals}f} points"
        span = f"from {percent(moved.old.value, decimals)} to {percent(moved.new.value, decimals)}"
    else:
        by = money(abs(change.value), currency, change.se)
        by += f" ± {amount(change.se, change.se)}" if change.se else ""
        span = f"from {level(moved.old, moved)} to {level(moved.new, moved)}"
    return f"The {label} of {titled(changes.new, name)} {verb} by {by}, {span}{_because(changes, name)}."


def _because(changes: RunChanges, name: str) -> str:
    """Return the changes that did it, the largest first, and the rest in one figure."""
    attribution = changes.attribution
    if attribution is None or name not in attribution.effects or not attribution.changes:
        return ""
    effects = [
        (effect.share, change_name(change, changes))
        for change, effect in zip(attribution.changes, attribution.effects[name], strict=True)
        if effect.share.value
    ]
    effects.sort(key=lambda effect: -abs(effect[0].value))
    total = changes.compared.figures[name][attribution.figure].change.value
    # Effects that cancel may each be far larger than the whole, and what is small beside them as large as it.
    least = PART * min([abs(total), *(abs(share.value) for share, _ in effects[:1])])
    clear = [effect for effect in effects if not too_close(effect[0]) and abs(effect[0].value) >= least]
    told, untold = clear[:MOST], clear[MOST:]
    rest = total - sum(share.value for share, _ in told)
    error = max((share.se or 0.0 for share, _ in effects), default=0.0)
    parts = [f"{what} {_effect(changes, share.value, share)}" for share, what in told]
    if parts and (untold or abs(rest) > error):
        parts.append(f"the rest{_hidden(untold)} {_effect(changes, rest, Estimate(rest, error or None))}")
    return f": {', '.join(parts)}" if parts else ""


def _hidden(untold: Sequence[tuple[Estimate, str]]) -> str:
    """Return how many effects that are not small have no place in the sentence, e.g. " (2, which cancel)"."""
    if not untold:
        return ""
    signs = {share.value > 0 for share, _ in untold}
    return f" ({len(untold)} more{', which partly cancel' if len(signs) > 1 else ''})"


def _effect(changes: RunChanges, value: float, error: Estimate) -> str:
    if figure_named(_figure(changes)).is_share:
        return f"{100 * value:+.{points_decimals(error)}f} points"
    return amount(value, error.se, plus=True)


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
