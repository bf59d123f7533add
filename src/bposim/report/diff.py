"""What differs between two scenarios, in words and as plain values: ``bposim.diff/1``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bposim.differences import PREFERENCES, WITHOUT_EFFECT
from bposim.explain.inputs import figures
from bposim.inputs.distribution import Distribution
from bposim.inputs.names import short_name
from bposim.report.document import finite
from bposim.report.numbers import percent
from bposim.report.plan import input_figure
from bposim.report.table import printable
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.differences import Difference, Differences, Kind
    from bposim.differences.contents import Value

SCHEMA = "bposim.diff/1"

_LEG = re.compile(
    r"alternatives\.(?P<alternative>[^.\[]+)(?:\.legs\[(?P<leg>[^\]]*)\])?(?:\.(?P<inside>.*))?"
)

SHOWN = 100
"""Characters of a value that are shown; JSON has it in full."""

_HEADINGS: dict[Kind, str] = {
    "changed": "Changed",
    "added": "Added",
    "removed": "Removed",
    "shared": "The same value, drawn together with something else",
}


def diff_lines(found: Differences, *, same_bytes: bool = False) -> Iterator[str]:
    """Yield what differs, a line each: the verdict first, then what can move the result, then the rest."""
    yield diff_verdict(found, same_bytes=same_bytes)
    acting = [one for one in found.values if one.section not in WITHOUT_EFFECT]
    for kind, heading in _HEADINGS.items():
        own = [one for one in acting if one.kind == kind]
        if own:
            yield f"{heading}:"
            for one in own:
                yield from _lines_of(one, found)
    inert = [one for one in found.values if one.section in WITHOUT_EFFECT]
    if inert:
        yield "Without effect on costs and ranking:"
        for one in inert:
            yield from _lines_of(one, found)
    if found.remarks:
        yield "Sources, owners and notes:"
        for remark in found.remarks:
            old, new = (_cut(text) or "nothing" for text in (remark.old, remark.new))
            yield f"  {spoken(remark.path, found)}, {remark.key}: {old} → {new}"
    if found.data_files:
        yield "Data files:"
        for file in found.data_files:
            said = [f"SHA-256 {one[:12]}…" if one else "not used" for one in (file.old, file.new)]
            yield f"  {printable(file.name)}: {said[0]} → {said[1]}"


def diff_verdict(found: Differences, *, same_bytes: bool = False) -> str:
    """Return in one sentence what kind of difference there is."""
    acting = [one for one in found.values if one.section not in WITHOUT_EFFECT]
    if acting:
        costs = sum(one.moves_costs for one in acting)
        ranking = len(acting) - costs
        said = [f"{_count(costs, 'assumption')} that can move the costs"] if costs else []
        said += [f"{_count(ranking, 'preference')} that can move the ranking"] if ranking else []
        return f"What differs: {listed(said)}."
    if found.data_files:
        return "Data files differ in what no number takes from them: no assumption differs."
    if found.values or found.remarks:
        return "No assumption differs; what does is said below and moves no figure."
    if same_bytes:
        return "The files are the same, byte for byte."
    return "Nothing that matters differs: layout, comments, order or spelling of numbers at most."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _lines_of(one: Difference, found: Differences) -> Iterator[str]:
    name = spoken(one.path, found)
    old, new = (_cut(text) or "the default" for text in (one.old_text, one.new_text))
    if one.kind == "changed":
        line = f"{name}: {old} → {new}"
    elif one.kind == "shared":
        line = f"{name}: {new}{_partners(one)}"
    else:
        many = f" ({one.count} values)" if one.count > 1 else ""
        line = f"{name}: {old if one.kind == 'removed' else new}{many}"
    yield f"  {line}{_also(one)}"
    if moved := moved_text(one):
        yield f"    {moved}"


def _partners(one: Difference) -> str:
    """Say under which names a shared number was and is drawn."""
    if one.old is None or one.new is None:
        return ""
    was, now = (
        "on its own" if end.origin == end.path else f"with {short_name(end.origin)}"
        for end in (one.old, one.new)
    )
    return f", was drawn {was}, is now drawn {now}"


def _also(one: Difference) -> str:
    """Name the other places that share it: the alternatives, or the places themselves."""
    if not one.also:
        return ""
    keys = [path.split(".") for path in one.also]
    names = [
        way[1] if way[0] == "alternatives" and len(way) > 1 else short_name(".".join(way)) for way in keys
    ]
    return f"  [also in {listed([printable(name) for name in dict.fromkeys(names)])}]"


def spoken(path: str, found: Differences) -> str:
    """Return the name of a place as people say it; a leg is named where its alternative has several."""
    if path.startswith("correlations["):
        return printable(f"correlation of {path[len('correlations[') : -1].replace(', ', ' and ')}")
    named = _LEG.match(path)
    if named is None:
        return printable(path)
    both = (scenario.alternatives.get(named["alternative"]) for scenario in (found.old, found.new))
    is_only = all(own is None or len(own.legs) == 1 for own in both)
    leg = [] if is_only or named["leg"] is None else [named["leg"]]
    inside = [key for key in (named["inside"] or "").split(".") if key and key not in {"team", "vendor"}]
    if inside[-1:] == ["amount"]:
        inside.pop()
    return printable(".".join([named["alternative"], *leg, *inside]))


def _cut(text: str) -> str:
    text = printable(" ".join(text.split()))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def moved_text(one: Difference) -> str:
    """Return how mean and span of an uncertain number move; empty where neither side is uncertain."""
    ends = [end for end in (one.old, one.new) if end and end.number is not None]
    if one.kind == "shared" or not any(isinstance(end.number, Distribution) for end in ends):
        return ""
    rate = any(isinstance(end.number, Distribution) and end.number.per_cent for end in ends)
    means = [_figure(end)["mean"] for end in ends]
    shown = " → ".join(input_figure(mean, per_cent=rate) for mean in means)
    spans = " → ".join(_span(end, per_cent=rate) for end in ends)
    return f"mean {shown}{_change(means, per_cent=rate)}; P5 to P95 {spans}"


def _change(means: list[float], *, per_cent: bool) -> str:
    """Return the change from the first to the second: of a rate in points, else as a part of the first."""
    if len(means) != 2:  # noqa: PLR2004 - old and new
        return ""
    if per_cent:
        points = round(100 * (means[1] - means[0]), 1)
        return f" ({points:+.1f} points)" if points else ""
    change = percent(means[1] / means[0] - 1, 1, plus=True) if means[0] else "0.0%"
    return "" if change == "0.0%" else f" ({change})"


def _span(value: Value, *, per_cent: bool) -> str:
    if not isinstance(value.number, Distribution):
        return "certain"
    return " to ".join(input_figure(_figure(value)[level], per_cent=per_cent) for level in ("p5", "p95"))


def _figure(value: Value) -> dict[str, float]:
    assert value.number is not None  # noqa: S101 - asked for before
    found = figures(value.number)
    return {"mean": found.mean, **found.percentiles}


def diff_content(found: Differences) -> dict[str, Any]:
    """Return what differs as plain values for JSON."""
    return {
        "schema": SCHEMA,
        "old": {"title": found.old.title, "sha256": found.old.sha256, "changes": list(found.old.changes)},
        "new": {"title": found.new.title, "sha256": found.new.sha256, "changes": list(found.new.changes)},
        "same": found.is_empty,
        "can_change_results": found.changes_results,
        "assumptions": [_content(one) for one in found.values],
        "annotations": [
            {"path": one.path, "key": one.key, "old": one.old or None, "new": one.new or None}
            for one in found.remarks
        ],
        "data_files": [
            {"name": file.name, "old": file.old or None, "new": file.new or None} for file in found.data_files
        ],
    }


def _content(one: Difference) -> dict[str, Any]:
    effect = "none" if one.section in WITHOUT_EFFECT else "ranking" if one.section == PREFERENCES else "costs"
    return {
        "kind": one.kind,
        "path": one.path,
        "also": list(one.also),
        "moves": effect,
        "values": one.count,
        "old": _end(one.old, one.old_text),
        "new": _end(one.new, one.new_text),
    }


def _end(value: Value | None, text: str) -> dict[str, Any] | None:
    """Return one side; null where there is nothing, without figures where it is no number."""
    if value is None:
        return {"text": text} if text else None
    content: dict[str, Any] = {"text": text or None, "given": value.given}
    if value.number is not None:
        content |= {name: finite(number) for name, number in _figure(value).items()}
        content["currency"] = value.currency
        content["drawn_as"] = value.origin if isinstance(value.number, Distribution) else None
    return content
