"""Switching off what a scenario has by choice: a clause of a contract, a risk, a mitigation (``--without``).

``manila.sla`` is left out where it is written and wherever it is taken over by ``like:``; ``blend.sla``, if
that is only taken over, is left out there alone.  ``*.sla`` means every such clause.  The name of a
mitigation takes it from every alternative, ``manila.encryption`` from one.

This is done to the tree of the file, before it becomes a scenario.  So the rest is checked as ever, the hash
tells the two scenarios apart, and nothing else moves a draw.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.inputs.names import matching
from bposim.mitigations import fits
from bposim.part import Part, close_match
from bposim.tree import List, Map, descend, steps_of, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bposim.scenario import Scenario
    from bposim.tree import Node, Steps

CLAUSES = {
    "sla": "service credits",
    "indexation": "the price follows an index",
    "cap": "cap on indexation or fee",
    "floor": "floor under indexation or fee",
    "give_back": "productivity given back in the price",
    "fx_clause": "who bears the exchange rate",
    "commitment": "least volume that is paid for",
    "band": "prices around the forecast volume",
    "term": "price renegotiated at the end of each term",
    "termination": "fee for leaving early",
    "recovery": "the vendor pays for losses it causes",
    "insurance": "insurance of the loss",
    "continuity": "emergency service when it fails",
    "incentive": "sharing of cost overruns and underruns",
    "earn_back": "credits can be earned back",
}
"""Clauses by their key, and what they say."""

WITHOUT = Mark("--without", 1, 1)
"""What stands for the place in a file in complaints about a name."""
_BODY = ("alternatives", "name", "legs[0]", "vendor")
"""The way to what a leg is; what can be left out lies below."""
_POSITION = re.compile(r"\[(\d+)\]")
_LEG = re.compile(r"\.legs\[0\]\.(?=team|vendor)")


def clause_paths(scenario: Scenario, alternative: str) -> Iterator[tuple[str, str]]:
    """Yield the full path and the key of each clause that an alternative has."""
    for number, leg in enumerate(scenario.alternatives[alternative].legs):
        kind = "vendor" if leg.vendor else "team"
        yield from _clauses_of(leg.body, f"alternatives.{alternative}.legs[{number}].{kind}")


def _clauses_of(part: Part, path: str) -> Iterator[tuple[str, str]]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        said = name in part.model_fields_set and value is not None
        if said and name in CLAUSES:
            yield f"{path}.{name}", name
        if isinstance(value, Part) and name != "transition":
            kind = getattr(type(value), "kind", name)
            inner = f"{path}.{name}" if name in {kind, "fx_clause"} else f"{path}.{name}.{kind}"
            yield from _clauses_of(value, inner)


class Place(NamedTuple):
    """A key that can be left out: the mapping that holds it, by its place and by its origin."""

    path: str
    key: str
    parent: str
    origin: str

    @property
    def written(self) -> bool:
        """Whether it stands where it was first written."""
        return _as_written(self.parent) == _as_written(self.origin)


def switched_off(tree: Map, names: Iterable[str]) -> Map:
    """Return a resolved tree (no ``like:``) without the clauses and mitigations of these names.

    Raises ScenarioError (BP204) with a complaint for each name that means nothing or several things.
    """
    complaints: list[Complaint] = []
    for name in names:
        try:
            tree = _without_mitigation(tree, name) or _without_clause(tree, name)
        except ScenarioError as error:
            complaints += error.complaints
    if complaints:
        raise ScenarioError(complaints)
    return tree


def uncorrelated(tree: Map) -> Map:
    """Return the tree without its correlations."""
    return _made(tree, {key: value for key, value in tree.items() if key != "correlations"})


def still_correlated(tree: Map, before: Collection[str], after: Collection[str]) -> Map:
    """Return the tree without the correlations of inputs that have gone.

    ``before`` and ``after`` are the names of the inputs.  What those were correlated with is nevertheless to
    be drawn as before.
    """
    written, gone = tree.get("correlations"), gone_correlations(tree, before, after)
    rows = _rows(tree)
    if not gone or rows is None:
        return tree
    rest = List([row for row in rows if not any(row is other for other, _ in gone)], rows.mark)
    return _with(tree, "correlations", _with(written, "pairs", rest) if isinstance(written, Map) else rest)


def gone_correlations(
    tree: Map, before: Collection[str], after: Collection[str]
) -> list[tuple[List, list[str]]]:
    """Return the correlations of inputs that were there before and are not after, with those inputs."""
    found = []
    for row in _rows(tree) or ():
        ends = [(str(end), matching(str(end), before)) for end in row[:2]] if isinstance(row, List) else []
        gone = [end for end, meant in ends if len(meant) == 1 and meant[0] not in after]
        if gone and isinstance(row, List):
            found.append((row, gone))
    return found


def _rows(tree: Map) -> List | None:
    written = tree.get("correlations")
    rows = written.get("pairs") if isinstance(written, Map) else written
    return rows if isinstance(rows, List) else None


def _without_mitigation(tree: Map, name: str) -> Map | None:
    """Return the tree in which nobody, or one alternative, takes the mitigation; None for any other name."""
    known, alternatives = tree.get("mitigations"), tree.get("alternatives")
    if not isinstance(known, Map) or not isinstance(alternatives, Map):
        return None
    only, _, last = name.rpartition(".")
    only = only.removesuffix(".mitigations").removesuffix("mitigations")
    if name in known:
        only, last = "", name
    if last not in known or only not in {"", *alternatives}:
        return None
    takers = [key for key in alternatives if only in {"", key} and last in _taken(alternatives[key])]
    if not takers:
        raise _refused(
            name, f"{only or 'none of them'} does not take {last}", "there is nothing to leave out"
        )
    changed: dict[str, Node] = dict(alternatives)
    for key in takers:
        alternative = alternatives[key]
        assert isinstance(alternative, Map)  # noqa: S101 - it has a list of mitigations
        rest = List([item for item in _taken(alternative) if item != last], alternative["mitigations"].mark)
        changed[key] = _with(alternative, "mitigations", rest)
    tree = _with(tree, "alternatives", _made(alternatives, changed))
    if any(last in _taken(alternative) for alternative in changed.values()):
        return tree
    rest_known = {key: value for key, value in known.items() if key != last}
    return _with(tree, "mitigations", _made(known, rest_known))


def _taken(alternative: Node) -> list[Node]:
    taken = alternative.get("mitigations") if isinstance(alternative, Map) else None
    return list(taken) if isinstance(taken, List) else []


def _without_clause(tree: Map, name: str) -> Map:
    places = list(_places(tree))
    found = [place for place in places if _means(name, place.path)]
    shallowest = min((place.path.count(".") for place in found), default=0)
    if "*" not in name:
        found = [place for place in found if place.path.count(".") == shallowest]
    meant = list({(_as_written(place.origin), place.key): place for place in reversed(found)}.values())
    if not found:
        what = "the scenario has no such clause, risk or mitigation"
        raise _refused(name, what, _suggestion(tree, name, places))
    if len(meant) > 1 and "*" not in name:
        listed = ", ".join(sorted(place.path for place in meant)[:5])
        what = f"this path fits {len(meant)} places: {listed}"
        raise _refused(name, what, f"write more of it, or *.{name} for all")
    for place in found:
        tree = _cut_shared(tree, place) if place.written else _cut(tree, steps_of(place.path.split(".")))
    return tree


def _places(tree: Map) -> Iterable[Place]:
    """Yield each key below a team or vendor of the alternatives."""
    for names, _ in walk(tree):
        if names[0] != "alternatives" or len(names) <= len(_BODY):
            continue
        parent = descend(tree, steps_of(names[:-1]))
        if isinstance(parent, Map) and not names[-1].endswith("]"):
            yield Place(".".join(names), names[-1], ".".join(names[:-1]), parent.origin)


def _means(name: str, path: str) -> bool:
    """Tell whether a name means a path: its parts in this order, the last at the end."""
    if name == path:
        return True
    words, plain = tuple(_POSITION.sub(r".\1", path).split(".")), _POSITION.sub(r".\1", name)
    return words[-1] == plain.rpartition(".")[2] and fits(plain, words)


def _cut_shared(node: Map, place: Place) -> Map:
    """Return the tree without the key of every mapping that has its origin there."""
    origin = _as_written(place.origin)

    def cut(inner: Node) -> Node:
        if isinstance(inner, List):
            items = [cut(item) for item in inner]
            same = all(a is b for a, b in zip(items, inner, strict=True))
            return inner if same else List(items, inner.mark)
        if not isinstance(inner, Map):
            return inner
        drop = place.key if _as_written(inner.origin) == origin else None
        kept = {key: cut(value) for key, value in inner.items() if key != drop}
        same = len(kept) == len(inner) and all(kept[key] is inner[key] for key in kept)
        return inner if same else _made(inner, kept)

    made = cut(node)
    assert isinstance(made, Map)  # noqa: S101 - a mapping stays one
    return made


def _cut(node: Map, steps: Steps) -> Map:
    """Return the tree without the key at the end of the steps."""

    def cut(inner: Node, rest: Sequence[str | int]) -> Node:
        if isinstance(inner, List):
            items = [cut(item, rest[1:]) if i == rest[0] else item for i, item in enumerate(inner)]
            return List(items, inner.mark)
        if not isinstance(inner, Map):
            return inner
        key = str(rest[0])
        if len(rest) == 1:
            return _made(inner, {name: value for name, value in inner.items() if name != key})
        return _with(inner, key, cut(inner[key], rest[1:]))

    made = cut(node, steps)
    assert isinstance(made, Map)  # noqa: S101 - a mapping stays one
    return made


def _as_written(path: str) -> str:
    """Return a path without the list that a leg written directly in its alternative was put into."""
    return _LEG.sub(".", path, count=1)


def _made(node: Map, items: dict[str, Node]) -> Map:
    marks = {key: mark for key, mark in node.key_marks.items() if key in items}
    return Map(dict(items), node.mark, marks, node.origin)


def _with(node: Map, key: str, value: Node) -> Map:
    return _made(node, {**node, key: value})


def _suggestion(tree: Map, name: str, places: Iterable[Place]) -> str:
    """Name what may have been meant: a mitigation, or the path of a clause by its alternative and its end."""
    mitigations = tree.get("mitigations")
    known = dict.fromkeys(mitigations if isinstance(mitigations, Map) else ())
    for place in places:
        parts = place.path.split(".")
        known.setdefault(f"{parts[1]}.{parts[-1]}")
    close = close_match(name, known)
    return (
        f"did you mean {close}?" if close else "give a path such as manila.sla, or the name of a mitigation"
    )


def _refused(name: str, what: str, remedy: str) -> ScenarioError:
    return ScenarioError([Complaint("BP204", name, what, remedy, WITHOUT)])
