"""``source: library``: what the user left out of a mapping, filled where one default belongs there.

``PHP: {spot: 0.0172, model: gbm, source: library}`` gets its volatility, and ``attrition: {source: library}``
in a turnover of the Philippines is the figure for that country.  What is given stays.  Where two defaults
could be meant, or none is known, nothing is guessed: ``like: library.<key>`` names one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from bposim.errors import Complaint
from bposim.library.catalogue import node
from bposim.library.outside_view import ATTRITION, WAGES
from bposim.sharing import ANNOTATIONS, written_at
from bposim.tree import List, Map, Text, descend, dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bposim.tree import Node, Steps

WORD = "library"
"""What stands after ``source:``."""

Candidates: TypeAlias = "dict[str, Sequence[str]]"
"""Keys that the library can fill, each with the entries that it could be."""

WAGES_OF = {**WAGES, "PL": "wages.poland.inflation"}


def filled(tree: Map) -> tuple[Map, list[Complaint]]:
    """Return a resolved tree with every ``source: library`` carried out, and what could not be."""
    complaints: list[Complaint] = []

    def made(found: Node, steps: Steps) -> Node:
        if isinstance(found, List):
            items = [made(item, (*steps, i)) for i, item in enumerate(found)]
            same = all(new is old for new, old in zip(items, found, strict=True))
            return found if same else List(items, found.mark)
        if not isinstance(found, Map) or steps == ("meta",):
            return found
        inside = {key: made(value, (*steps, key)) for key, value in found.items()}
        same = all(inside[key] is found[key] for key in inside)
        own = found if same else Map(inside, found.mark, found.key_marks, found.origin)
        if found.get("source") != WORD or not isinstance(found["source"], Text):
            return own
        try:
            return _number(tree, own, steps) or _part(tree, own, steps)
        except _NoDefaultError as error:
            what, remedy = error.args
            mark = found["source"].mark or found.mark
            complaints.append(Complaint("BP204", dotted((*steps, "source")), what, remedy, mark))
            return own

    return cast("Map", made(tree, ())), complaints


class _NoDefaultError(Exception):
    """No default belongs here; its arguments are what is wrong and what to do."""


def _number(tree: Map, own: Map, steps: Steps) -> Map | None:
    """Return the default that is a number as a whole; None where the mapping says more than its source."""
    if not own.keys() <= set(ANNOTATIONS):
        return None
    key = str(steps[-1])
    candidates = _candidates(tree, steps[:-1]) or _ALONE.get(steps[-2:-1], {})
    if key not in candidates:
        return None
    return cast("Map", _default(key, candidates[key], own, own.origin or dotted(steps)))


def _part(tree: Map, own: Map, steps: Steps) -> Map:
    """Return the mapping with the keys that it lacks."""
    candidates = _candidates(tree, steps)
    if candidates is None:
        raise _NoDefaultError(
            "the library has no defaults for this mapping as a whole",
            "write like: library.<key> at a number of it (`bposim library` lists them), or its real source",
        )
    # Under --set and like: a key may stand with a value already; only what is missing is filled.
    missing = {key: entries for key, entries in candidates.items() if key not in own and entries}
    if not missing and not candidates.keys() & own.keys():
        raise _NoDefaultError(
            f"the library has no {' or '.join(candidates)} for {steps[-1]}",
            f"write {next(iter(candidates))}: yourself, with its own source",
        )
    if not missing:
        return own
    rest = {key: value for key, value in own.items() if key != "source"}
    origin = own.origin or dotted(steps)
    new = {key: _default(key, entries, own, f"{origin}.{key}") for key, entries in missing.items()}
    return Map({**rest, **new}, own.mark, own.key_marks, own.origin)


def _default(key: str, entries: Sequence[str], own: Map, origin: str) -> Node:
    """Return the one entry as if it were written here."""
    if not entries:
        raise _NoDefaultError(f"the library has no {key} for this", f"write {key}: with a source of its own")
    if len(entries) > 1:
        likes = " or ".join(f"{{like: library.{entry}}}" for entry in entries)
        raise _NoDefaultError(f"the library has {len(entries)} defaults for {key}", f"write {key}: {likes}")
    piece = node(entries[0])
    assert piece is not None  # noqa: S101 - the tables below name entries with defaults, as a test checks
    return written_at(piece, origin, own["source"].mark)


def _candidates(tree: Map, steps: Steps) -> Candidates | None:
    """Return what the library has for the mapping at a place; None for a place that it knows nothing of."""
    if len(steps) == 3 and steps[:2] in _OF_WORLD:  # noqa: PLR2004 - world, what, of whom
        return _OF_WORLD[steps[0], steps[1]](tree, steps)
    for depth in (1, 2):
        body, below = steps[:-depth], tuple(map(str, steps[-depth:]))
        if body and body[-1] in {"team", "vendor"} and below in _OF_BODY:
            return _OF_BODY[below](tree, body)
    return None


def _currency(tree: Map, steps: Steps) -> Candidates:
    # The published volatilities are against the dollar, and of a random walk without jumps.
    own = descend(tree, steps)
    model = own.get("model", "") if isinstance(own, Map) else ""
    entry = f"fx.volatility.{str(steps[-1]).lower()}"
    known = (
        tree.get("base_currency") == "USD" and model in {"gbm", "mean_reverting"} and node(entry) is not None
    )
    return {"volatility": (entry,) if known else ()}


def _wages(tree: Map, steps: Steps) -> Candidates:
    del tree
    entry = WAGES_OF.get(str(steps[-1]))
    return {"inflation": (entry,) if entry else ()}


def _turnover(tree: Map, body: Steps) -> Candidates:
    return {
        "attrition": ATTRITION.get(_country(tree, body), ()),
        "ramp_months": ("attrition.ramp.months",),
        "ramp_productivity": ("attrition.ramp.productivity",),
    }


def _governance(tree: Map, body: Steps) -> Candidates:
    alternatives = tree["alternatives"]
    teams = alternatives.values() if isinstance(alternatives, Map) else ()
    home = next(
        (
            _country(alternative, ("legs", 0, kind))
            for alternative in teams
            if isinstance(alternative, Map) and str(alternative.get("baseline", "")).lower() == "true"
            for kind in ("team", "vendor")
            if descend(alternative, ("legs", 0, kind)) is not None
        ),
        "",
    )
    there = _country(tree, body)
    if not home or not there:
        return {"fee_share": ("governance.share_of_fees", "governance.share_of_fees_offshore")}
    return {
        "fee_share": ("governance.share_of_fees" if home == there else "governance.share_of_fees_offshore",)
    }


def _fixed(**entries: Sequence[str]) -> Callable[[Map, Steps], Candidates]:
    return lambda _tree, _body: dict(entries)


def _indexation(tree: Map, body: Steps) -> Candidates:
    own = descend(tree, (*body, "indexation"))
    keys = () if isinstance(own, Map) and "fixed" in own else ("sensitivity", "floor", "cap")
    return {key: (f"commercial.indexation.{key}",) for key in keys}


def _country(tree: Map, body: Steps) -> str:
    found = descend(tree, body)
    return str(found.get("country", "")) if isinstance(found, Map) else ""


_OF_WORLD: dict[tuple[str | int, str | int], Callable[[Map, Steps], Candidates]] = {
    ("world", "fx"): _currency,
    ("world", "wages"): _wages,
}
_ALONE: dict[Steps, Candidates] = {
    (): {"discount_rate": ("finance.discount_rate",)},
    ("vendor",): {"renewal_uplift": ("commercial.renewal.uplift",)},
}
"""Numbers that are filled where they ask for it themselves, by the last step of what they stand in."""
_OF_BODY: dict[tuple[str, ...], Callable[[Map, Steps], Candidates]] = {
    ("turnover",): _turnover,
    ("governance",): _governance,
    ("indexation",): _indexation,
    ("leakage",): _fixed(
        change_requests=("commercial.change.share_of_fees",), change_premium=("commercial.change.premium",)
    ),
    ("transition", "learning"): _fixed(
        extra=("one_off.learning.extra",),
        fades=("one_off.learning.months_complex", "one_off.learning.months_routine"),
    ),
    ("transition", "morale"): _fixed(attrition_factor=("attrition.layoff_factor",)),
}
