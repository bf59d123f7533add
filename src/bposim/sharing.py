"""Parts of a scenario that are written once and used again: ``extends:``, ``like:``, ``--set``.

A mapping with ``like: target`` is the target with its own keys laid over it; a scenario with
``extends: base.yaml`` is the base with its own keys laid over it.  Mappings are laid over mappings key by
key, everything else replaces.  Four rules go beyond that:

- *Families.*  Keys of one family exclude each other: where the overlay has one, the base's others go.
- *Origins.*  A mapping laid over another keeps the base's origin, so both are one draw.  Where the overlay
  says a family's content wholly anew (another distribution, another price model) it keeps its own.
- *Library.*  ``like: library.<key>`` takes a default of the library.  Its origin is the place of its use:
  two places that use one figure are two draws, unless one of them is like the other.
- *Legs.*  ``team:`` or ``vendor:`` written directly in an alternative is its only leg.

Every value keeps the mark of the place where it was written, and no tree is changed in place.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar, cast

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.tree import List, Map, Text, child, descend, dotted, steps_of, walk
from bposim.yaml_tree import MAX_COMPLAINTS, MAX_DEPTH, MAX_NODES, read_node

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bposim.tree import Node, Steps

MAX_BASES = 10
"""Scenario files that extend one another in a row."""

MAX_NAMES = 1000
"""Names that a suggestion is chosen from; comparing all names of a hostile file would take minutes."""

MAX_PENDING = 100
"""Mappings and lists that wait for a ``like:`` inside them; a hostile chain must not exhaust the stack."""

LEG_KINDS = ("team", "vendor")
ANNOTATIONS = ("source", "note", "owner")
_LIBRARY = "library"
_ASIDE = ("stresses", "studies")
"""What is not the scenario itself: a path means something in there only if it begins there."""

_Collection = TypeVar("_Collection", Map, List)
_PERCENTILE = re.compile(r"p[0-9]+(\.[0-9]+)?")
_ONLY_LEG = re.compile(r"^(alternatives\.[^.]+)\.legs\[0\]")
"""A team or vendor written directly in an alternative became its leg, and is noted where it was written."""
_SET = Mark("--set", 1, 1)


class Shelf(Protocol):
    """A library of ready-made pieces; paths are without the leading ``library.``."""

    def node(self, path: str) -> Node | None:
        """Give the piece at the path; None where there is none."""

    def advice(self, path: str) -> str:
        """Say what to write instead of a path that leads nowhere."""


def resolve(
    tree: Map,
    *,
    families: Sequence[frozenset[str]] = (),
    read: Callable[[str], Map] | None = None,
    library: Shelf | None = None,
) -> Map:
    """Give the scenario with every ``extends:`` and ``like:`` carried out and every leg in a ``legs:`` list.

    Args:
        tree: a scenario as it was read.
        families: sets of keys that exclude each other; percentiles (``p10``) are in the family of ``likely``.
        read: reads a base file, by its path; without it ``extends:`` is refused.
        library: where ``like: library.<key>`` is looked up; a top-level ``library:`` of the tree goes before.

    Raises:
        ScenarioError: with a BP110 for each target that does not exist or leads in a circle.
    """
    complaints: list[Complaint] = []
    overlay = _Overlay(families, complaints)
    whole = _with_bases(tree, read, overlay)
    shared = _Likes(whole, overlay, complaints, library).resolved(whole, ())
    if complaints:
        raise ScenarioError(sorted(complaints, key=lambda c: (c.mark is not None, c.mark)))
    return cast("Map", shared)


def find(tree: Map, path: str) -> list[tuple[str, ...]]:
    """Find what a short path such as ``manila.price`` means: full paths, ``legs[0]`` being one component.

    The short path's components stand in the full path in the same order, the last at its end.  An exact path
    wins, then the shallowest; several answers are equally good.
    """
    *way, last = path.split(".")
    found: list[tuple[str, ...]] = []
    for names, _ in walk(tree):
        if ".".join(names) == path:
            return [names]
        is_quoted = names[0] in _ASIDE and way[:1] != [names[0]]  # names and keys there look like paths
        if names[-1] == last and _in_order(way, names[:-1]) and not is_quoted:
            found.append(names)
    depth = min(map(len, found), default=0)
    return [names for names in found if len(names) == depth]


def set_value(tree: Map, path: str, text: str) -> Map:
    """Give the tree with the value at ``path`` replaced by ``text``, read as YAML (``--set path=value``).

    A key that does not exist yet is added where its parent path means exactly one mapping; whether it is a
    known key is for validation to say.  Set values before :func:`resolve`: what is shared then stays shared.

    Raises:
        ScenarioError: BP204 for a path that means nothing or several things, or the finding about the text.
    """
    names = _the_one(path, find(tree, path)) or _new_key(tree, path)
    full = ".".join(names)
    try:
        value = read_node(text, _SET.file, origin=full)
    except ScenarioError as error:
        raise ScenarioError([replace(complaint, path=full) for complaint in error.complaints]) from None
    return cast("Map", _replaced(tree, steps_of(names), value))


def take_annotations(tree: Map) -> tuple[Map, dict[str, dict[str, str]]]:
    """Take ``source``, ``note`` and ``owner`` out of every mapping but ``meta``; return them by dotted path.

    What is like another part and has a note of its own keeps it under the path of its place; that of the part
    which was first written stays with it.  Only texts are taken: a mapping of that name is something the
    scenario defines, such as a role "owner".
    """
    found: list[tuple[str, str, dict[str, str]]] = []

    def stripped(node: Node, steps: Steps) -> Node:
        if isinstance(node, List):
            return List([stripped(item, (*steps, i)) for i, item in enumerate(node)], node.mark)
        if not isinstance(node, Map) or steps == ("meta",):
            return node
        notes = {key: str(node[key]) for key in ANNOTATIONS if isinstance(node.get(key), Text)}
        if notes:
            full = dotted(steps)
            place = full if node.origin == full else _ONLY_LEG.sub(r"\1", full)
            found.append((node.origin or place, place, notes))
        items = {key: stripped(value, (*steps, key)) for key, value in node.items() if key not in notes}
        return _remade(node, items)

    bare = cast("Map", stripped(tree, ()))
    taken = {origin: notes for origin, place, notes in found if origin == place}
    for origin, place, notes in found:
        if taken.setdefault(origin, notes) != notes:
            taken[place] = notes
    return bare, taken


class _Overlay:
    """Lays one mapping over another, and keeps the result within the limits of a file."""

    def __init__(self, families: Sequence[frozenset[str]], complaints: list[Complaint]) -> None:
        self.families = [(family, "likely" in family) for family in families]
        self.complaints = complaints
        self.entries = 0
        self.extents: dict[int, tuple[Node, int, int]] = {}

    def over(self, base: Map, own: Map, steps: Steps) -> Map:
        """Lay ``own`` over ``base``; ``steps`` tells where, since alternatives have a rule of their own."""
        rivals, renewed = self.rivals(base, own)
        # A source or note speaks of the content that it stands by, and goes with it.
        dropped = rivals.union(ANNOTATIONS) if renewed else rivals
        items: dict[str, Node] = {key: value for key, value in base.items() if key not in dropped}
        replaced = items.keys() <= {*own, *ANNOTATIONS}
        is_here = base.origin == own.origin and steps[:1] != ("meta",)  # not like another part
        if "source" in base and is_here and (renewed or replaced or "source" in own):
            # It no longer speaks of this mapping, and still of what is taken over inside it.
            items.pop("source", None)
            items = {key: with_source(value, base["source"]) for key, value in items.items()}
            beside = own.get("source", Map())
            own = _remade(
                own,
                {k: with_source(v, beside) if isinstance(items.get(k), Map) else v for k, v in own.items()},
            )
        for key, value in own.items():
            below = items.get(key)
            both = isinstance(below, Map) and isinstance(value, Map)
            items[key] = self.over(below, value, (*steps, key)) if both else value  # type: ignore[arg-type]
        marks = {**base.key_marks, **own.key_marks}
        if _is_alternative(steps):
            self.settle_legs(items, marks, base, own, steps)
        origin = own.origin if renewed else base.origin
        return self.measured(Map(items, own.mark, {key: marks[key] for key in items if key in marks}, origin))

    def rivals(self, base: Map, own: Map) -> tuple[set[str], bool]:
        """Tell which keys of the base must go, and whether a family's content comes wholly from ``own``."""
        rivals: set[str] = set()
        renewed = False
        for family, has_percentiles in self.families:
            theirs, ours = (
                {key for key in node if key in family or (has_percentiles and _PERCENTILE.fullmatch(key))}
                for node in (base, own)
            )
            if ours and theirs:
                rivals |= theirs - ours
                renewed |= not any(
                    isinstance(own[key], Map) and isinstance(base.get(key), Map) for key in ours
                )
        return rivals, renewed

    def settle_legs(
        self, items: dict[str, Node], marks: dict[str, Mark], base: Map, own: Map, steps: Steps
    ) -> None:
        """Bring an alternative's ``legs`` list and its leg written directly into one form."""
        legs, direct = base.get("legs"), [key for key in LEG_KINDS if key in own]
        if "legs" in own:
            for key in LEG_KINDS:
                if key in base and key not in own:
                    items.pop(key, None)
        elif direct and isinstance(legs, List):
            if len(legs) == 1 and isinstance(legs[0], Map):
                leg = _leg(own, direct, f"{own.origin}.legs[0]")
                items["legs"] = List([self.over(legs[0], leg, (*steps, "legs", 0))], legs.mark)
            else:
                what = f'"{direct[0]}" speaks of one leg, and there are {len(legs)} to be changed'
                self.complain(dotted((*steps, direct[0])), what, "write legs: in full", marks.get(direct[0]))
            for key in direct:
                del items[key]

    def with_legs(self, alternative: Map) -> Map:
        """Put a leg that is written directly in its alternative into a list of legs."""
        direct = [key for key in LEG_KINDS if key in alternative]
        if not direct or "legs" in alternative:
            return alternative
        leg = self.measured(_leg(alternative, direct, f"{alternative.origin}.legs[0]"))
        items: dict[str, Node] = {key: value for key, value in alternative.items() if key not in direct}
        items["legs"] = self.measured(List([leg], leg.mark))
        remade = _remade(alternative, items)
        if leg.mark:
            remade.key_marks["legs"] = leg.mark
        return self.measured(remade)

    def complain(self, path: str, what: str, remedy: str, mark: Mark | None) -> None:
        self.complaints.append(Complaint("BP110", path, what, remedy, mark))

    def measured(self, node: _Collection) -> _Collection:
        """Refuse a node that, written out in full, would be larger than a file may be."""
        self.entries += len(node)
        _, size, height = self.extent(node)
        if size > MAX_NODES or height > MAX_DEPTH or self.entries > MAX_NODES:
            what = f"written out in full this has over {MAX_NODES} entries or is over {MAX_DEPTH} deep"
            self.complaints.append(Complaint("BP108", "", what, "share less with like:", node.mark))
            raise ScenarioError(self.complaints)
        return node

    def extent(self, node: Node) -> tuple[Node, int, int]:
        """Give the node's size and height; it is held, so that no other node takes its identity."""
        if isinstance(node, Text):
            return node, 1, 0
        known = self.extents.get(id(node))
        if known is None:
            inside = [self.extent(item) for item in (node.values() if isinstance(node, Map) else node)]
            known = (
                node,
                1 + sum(size for _, size, _ in inside),
                1 + max((h for *_, h in inside), default=0),
            )
            self.extents[id(node)] = known
        return known


class _Circle(Exception):  # noqa: N818 - it is caught where the circle can be named
    """A node is needed for its own making."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps


class _Likes:
    """Carries out each ``like:`` of one tree, once, and finds those that need themselves."""

    def __init__(
        self, tree: Map, overlay: _Overlay, complaints: list[Complaint], library: Shelf | None
    ) -> None:
        self.tree = tree
        self.library = None if _LIBRARY in tree else library
        self.overlay = overlay
        self.complaints = complaints
        self.done: dict[Steps, Node] = {}
        self.pending: dict[Steps, bool] = {}

    def resolved(self, node: Node, steps: Steps) -> Node:
        """Give the node with everything that it takes over."""
        if isinstance(node, Text):
            return node
        if steps in self.done:
            return self.done[steps]
        if steps in self.pending:
            raise _Circle(steps)
        if len(self.pending) == MAX_PENDING:
            self.complain(steps, node, "like: goes through too many other mappings", "shorten the chain")
            raise ScenarioError(self.complaints)
        self.pending[steps] = isinstance(node, Map) and "like" in node
        try:
            made = self.made(node, steps)
        finally:
            del self.pending[steps]
        self.done[steps] = made
        return made

    def made(self, node: Map | List, steps: Steps) -> Node:
        if isinstance(node, List):
            values = [self.resolved(item, (*steps, i)) for i, item in enumerate(node)]
            same = all(a is b for a, b in zip(values, node, strict=True))
            return node if same else self.overlay.measured(List(values, node.mark))
        base = self.taken_over(node, steps) if "like" in node else None
        if isinstance(base, Text):
            return base
        items = {key: self.resolved(value, (*steps, key)) for key, value in node.items() if key != "like"}
        same = len(items) == len(node) and all(items[key] is node[key] for key in items)
        own = node if same else self.overlay.measured(_remade(node, items))
        if base is not None:
            own = self.overlay.over(base, own, steps)
        return self.overlay.with_legs(own) if _is_alternative(steps) else own

    def taken_over(self, node: Map, steps: Steps) -> Map | Text | None:
        """Give what ``like:`` points at; None, with a complaint, where that is nothing to build on."""
        like = node["like"]
        if not isinstance(like, Text) or not like:
            self.complain(steps, like, "like: wants one name or path", "write like: alternatives.<name>")
            return None
        if self.library and like.startswith(f"{_LIBRARY}."):
            return self.from_library(self.library, node, like, steps)
        return self.base(node, like, steps)

    def base(self, node: Map, like: Text, steps: Steps) -> Map | Text | None:
        """Give what ``like:`` points at in this tree; None, with a complaint, where that is nothing."""
        target = self.target(like, steps)
        try:
            base = self.at(target)
        except _Circle as circle:
            waiting = list(self.pending)
            inside = waiting[waiting.index(circle.steps) :]
            way = [circle.steps, *(s for s in inside if self.pending[s]), target, circle.steps]
            names = [dotted(s) for k, s in enumerate(way) if k == 0 or s != way[k - 1]]
            self.complain(steps, like, f"like: goes in a circle: {' -> '.join(names)}", "write one out")
            return None
        if base is None:
            self.complain(
                steps, like, f'there is no "{like}" to be like', self.suggestion(like, target, steps)
            )
            return None
        if isinstance(base, Text) and set(node) <= {"like", *ANNOTATIONS}:
            return base  # a certain number that is shared like an uncertain one
        if not isinstance(base, Map):
            kind = "a list" if isinstance(base, List) else "a single value"
            self.complain(steps, like, f'"{like}" is {kind}', "point at a mapping")
            return None
        if _is_alternative(steps):
            return _remade(base, {key: value for key, value in base.items() if key != "baseline"})
        return self.only_leg(base, like, steps) if _is_leg(steps) and _is_alternative(target) else base

    def from_library(self, library: Shelf, node: Map, like: Text, steps: Steps) -> Map | Text | None:
        """Give a piece of the library as if it were written here: with this place and this origin."""
        path = like.partition(".")[2]
        piece = library.node(path)
        if piece is None or isinstance(piece, List):
            what = f'there is no "{like}" to be like' if piece is None else f'"{like}" is a list'
            self.complain(steps, like, what, library.advice(path))
            return None
        return cast("Map | Text", written_at(piece, node.origin or dotted(steps), like.mark))

    def target(self, like: str, steps: Steps) -> Steps:
        names = self.tree.get("alternatives")
        if (_is_leg(steps) or _is_alternative(steps)) and isinstance(names, Map) and like in names:
            return ("alternatives", like)
        return steps_of(like.split("."))

    def at(self, target: Steps) -> Node | None:
        """Give the resolved node at the target; None where there is none."""
        node: Node = self.tree
        place: Steps = ()
        rest = target
        while rest:
            if place and isinstance(node, Map):
                rest = _as_written(node, place, rest)
                if "like" in node or (_is_alternative(place) and rest[0] == "legs" not in node):
                    node = self.resolved(node, place)  # what it holds is only known once it is made
                    return descend(node, _as_written(node, place, rest))
            below = child(node, rest[0])
            if below is None:
                return None
            node, place, rest = below, (*place, rest[0]), rest[1:]
        return self.resolved(node, place)

    def only_leg(self, alternative: Map, like: Text, steps: Steps) -> Map | None:
        legs = alternative.get("legs")
        if isinstance(legs, List) and len(legs) == 1 and isinstance(legs[0], Map):
            return legs[0]
        count = len(legs) if isinstance(legs, List) else 0
        name = like.rpartition(".")[2]
        remedy = f'name one, as in like: "alternatives.{name}.legs[0]"'
        self.complain(steps, like, f'"{like}" has {count} legs, and one leg can only be like one', remedy)
        return None

    def suggestion(self, like: str, target: Steps, steps: Steps) -> str:
        """Name the nearest thing that could have been meant."""
        exact = find(self.tree, like)
        if exact:
            return f'did you mean "{".".join(exact[0])}"?'
        names = self.tree.get("alternatives")
        if isinstance(names, Map) and len(target) == 1 and (_is_leg(steps) or _is_alternative(steps)):
            close = _nearest(like, names)
            listed = ", ".join(islice(names, 10))
            return f'did you mean "{close}"?' if close else f"the alternatives are: {listed}"
        node: Node = self.tree
        for i, step in enumerate(target):
            below = child(node, step)
            if below is None:
                close = _nearest(str(step), node) if isinstance(node, Map) else ""
                nearest = dotted((*target[:i], close, *target[i + 1 :]))
                return (
                    f'did you mean "{nearest}"?' if close else "give a path from the top, such as inputs.name"
                )
            node = below
        return "give a path from the top, such as inputs.name"

    def complain(self, steps: Steps, place: Node, what: str, remedy: str) -> None:
        complaint = Complaint("BP110", dotted(steps), what, remedy, place.mark)
        if complaint not in self.complaints:
            self.complaints.append(complaint)
        if len(self.complaints) >= MAX_COMPLAINTS:
            raise ScenarioError(self.complaints)


def _with_bases(tree: Map, read: Callable[[str], Map] | None, overlay: _Overlay) -> Map:
    """Lay the scenario over the chain of files that it extends."""
    chain, files = [tree], [Path(tree.mark.file).resolve() if tree.mark else Path()]
    while "extends" in chain[-1]:
        value = chain[-1]["extends"]
        path = _base_path(value, files[0].parent, is_file=read is not None)
        if path.resolve() in files or len(files) > MAX_BASES:
            way = " -> ".join(file.name for file in [*files, path])
            _refuse(value, f"extends: goes in a circle or over {MAX_BASES} files: {way}", "shorten the chain")
        files.append(path.resolve())
        chain.append(_base(path, value, read))
    whole = _remade(chain[-1], chain[-1])
    for own in reversed(chain[:-1]):
        rest = _remade(own, {key: node for key, node in own.items() if key != "extends"})
        whole = overlay.over(whole, rest, ())
    return whole


def _base_path(value: Node, folder: Path, *, is_file: bool) -> Path:
    """Give the path of a base file, which lies in the scenario's folder or below it."""
    if not isinstance(value, Text) or not value:
        _refuse(value, "extends: wants the path of one scenario file", "write extends: base.yaml")
    if not is_file or value.mark is None:
        _refuse(value, "extends: has a meaning only in a file", "read the scenario from a file")
    flavours = PurePosixPath(value), PureWindowsPath(value)
    if "://" in value or any(path.anchor or ".." in path.parts for path in flavours):
        _refuse(value, f'"{value}" leads out of the scenario\'s folder', "use a relative path without ..")
    path = Path(value.mark.file).parent / value
    if not path.resolve().is_relative_to(folder):
        _refuse(value, f'"{value}" is a link out of the scenario\'s folder', "put the file into the folder")
    return path


def _base(path: Path, value: Node, read: Callable[[str], Map] | None) -> Map:
    try:
        return read(str(path)) if read else Map()
    except ScenarioError as error:
        if all(complaint.code != "BP101" for complaint in error.complaints):
            raise
        _refuse(value, f'"{value}": {error.complaints[0].what}', error.complaints[0].remedy)


def _refuse(place: Node, what: str, remedy: str) -> NoReturn:
    raise ScenarioError([Complaint("BP110", "extends", what, remedy, place.mark)])


def _the_one(path: str, found: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    if len(found) > 1:
        meant = ", ".join(".".join(names) for names in found[:5])
        what = f"this path fits {len(found)} places: {meant}"
        raise ScenarioError([Complaint("BP204", path, what, "write more of the path", _SET)])
    return found[0] if found else None


def _new_key(tree: Map, path: str) -> tuple[str, ...]:
    """Give the full path of a key that does not exist yet, in a mapping that does."""
    parent, _, key = path.rpartition(".")
    names = _the_one(path, find(tree, parent)) if parent else ()
    if names is not None and key and "[" not in key and isinstance(descend(tree, steps_of(names)), Map):
        return (*names, key)
    known = {names[-1]: ".".join(names) for names, _ in walk(tree)}
    close = difflib.get_close_matches(key, islice(known, MAX_NAMES), n=3)
    remedy = (
        f"did you mean {' or '.join(known[name] for name in close)}?" if close else "see the scenario's keys"
    )
    raise ScenarioError([Complaint("BP204", path, "the scenario has no such value", remedy, _SET)])


def _replaced(node: Node, steps: Steps, value: Node) -> Node:
    """Give the node with ``value`` at the end of the steps; what lies beside them is shared, not copied."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(node, List) and isinstance(step, int):
        return List(
            [_replaced(item, rest, value) if i == step else item for i, item in enumerate(node)], node.mark
        )
    if isinstance(node, Map):
        key = str(step)
        remade = _remade(node, {**node, key: _replaced(node.get(key, value), rest, value)})
        if not rest:
            remade.key_marks[key] = _SET
        return remade
    return node


def _in_order(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether the short path's components stand in the full path in this order; ``legs`` fits ``legs[0]``."""
    rest = iter(full)
    return all(any(name in (other, other.partition("[")[0]) for other in rest) for name in short)


def _is_alternative(steps: Steps) -> bool:
    return len(steps) == 2 and steps[0] == "alternatives"  # noqa: PLR2004


def _is_leg(steps: Steps) -> bool:
    return len(steps) == 4 and steps[0] == "alternatives" and steps[2] == "legs"  # noqa: PLR2004


def _as_written(node: Node, place: Steps, rest: Steps) -> Steps:
    """Make ``legs[0].team`` of ``team``, or the reverse, as the alternative at ``place`` is written."""
    legs = node.get("legs") if isinstance(node, Map) else None
    if _is_alternative(place) and legs is None and rest[:2] == ("legs", 0) and len(rest) > 2:  # noqa: PLR2004
        return rest[2:]
    if _is_alternative(place) and isinstance(legs, List) and len(legs) == 1 and rest[0] in LEG_KINDS:
        return ("legs", 0, *rest)
    return rest


def _leg(alternative: Map, keys: Sequence[str], origin: str) -> Map:
    """Make a leg of the keys that stand directly in an alternative."""
    marks = {key: alternative.key_marks[key] for key in keys if key in alternative.key_marks}
    mark = next(iter(marks.values()), alternative.mark)
    return Map({key: alternative[key] for key in keys}, mark, marks, origin)


def _remade(node: Map, items: dict[str, Node]) -> Map:
    """Give the mapping with other items, at its place and with its origin."""
    marks = {key: mark for key, mark in node.key_marks.items() if key in items}
    return Map(dict(items), node.mark, marks, node.origin)


def with_source(node: Node, source: Node) -> Node:
    """Give a mapping that has no source of its own with this one; anything else as it is."""
    if not isinstance(node, Map) or "source" in node or not isinstance(source, Text):
        return node
    return _remade(node, {**node, "source": source})


def written_at(node: Node, origin: str, mark: Mark | None) -> Node:
    """Give the node as if it were written at this place."""
    if isinstance(node, Text):
        return Text(node, mark, plain=node.plain)
    if isinstance(node, List):
        return List([written_at(item, f"{origin}[{i}]", mark) for i, item in enumerate(node)], mark)
    items = {key: written_at(value, f"{origin}.{key}", mark) for key, value in node.items()}
    return Map(items, mark, dict.fromkeys(items, mark) if mark else {}, origin)


def _nearest(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word, list(islice(known, MAX_NAMES)), n=1)
    return close[0] if close else ""
