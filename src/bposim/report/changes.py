"""What changed between two runs, as tables and as plain values: ``bposim.changes/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bposim.analysis.comparison import too_close
from bposim.figures import figure_named
from bposim.report.diff import diff_content, spoken
from bposim.report.document import finite
from bposim.report.estimate import plain, share
from bposim.report.numbers import Scale, amount, place_of
from bposim.report.table import NOTHING, Table, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.changes import Attribution, Compared, Moved
    from bposim.analysis.measures import Estimate
    from bposim.report.since import RunChanges

SCHEMA = "bposim.changes/1"

NAMED = 3
"""So many paths of one change are named; the others are counted."""

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


def changes_tables(changes: RunChanges) -> Iterator[Table]:
    """Yield the figures of both runs, and by what the one that was attributed moved."""
    compared, currency = changes.compared, changes.new.scenario.base_currency
    rows = [
        (titled(changes.new, name), LABELS.get(figure, figure), *_cells(figure, moved))
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
    return _shown(moved.old, moved), _shown(moved.new, moved), _signed(moved.change)


def _shown(end: Estimate, moved: Moved) -> str:
    if end.se is None and end.low is None:
        return NOTHING
    error = f" ± {amount(end.se, end.se)}" if end.se else ""
    return level(end, moved) + error


def level(end: Estimate, moved: Moved) -> str:
    """Return the amount at one end of a change, with the digits that show the change.

    The same futures tell a change far more precisely than either end.
    """
    scale, change = Scale.of(end.value, end.se), moved.change
    if change.se is not None and not too_close(change):
        scale = scale.to_place(place_of(change.value))
    return scale.text(end.value)


def points_decimals(change: Estimate) -> int:
    """Return the decimals that show a change of a probability in points of a hundred: one at least."""
    return 1 if too_close(change) else max(1, -place_of(100 * change.value) - 1)


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
    decimals = points_decimals(estimate)
    return f"{100 * estimate.value:+.{decimals}f} ± {100 * estimate.se:.{decimals}f} points"


def _attribution_table(changes: RunChanges, attribution: Attribution) -> Table:
    names = list(attribution.effects)
    is_share = figure_named(attribution.figure).is_share
    cell = _points if is_share else _signed
    rows = [
        (change_name(change, changes), *(cell(attribution.effects[name][number].share) for name in names))
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
    return Table(title, ("change", *(titled(changes.new, name) for name in names)), tuple(rows))


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


def change_name(change: str, changes: RunChanges) -> str:
    """Return what changed as people say it; of many paths the first."""
    paths = change.split(" + ")
    shown = paths if len(paths) <= NAMED else paths[: NAMED - 1]
    more = [f"{len(paths) - len(shown)} more"] if len(paths) > len(shown) else []
    return " + ".join([*(spoken(path, changes.found) for path in shown), *more])


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
