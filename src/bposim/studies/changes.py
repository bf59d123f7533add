"""By which changes of assumptions a result changed.

The changes between the two scenarios are made one set after another, every set simulated on the same draws,
so that what a share says is what that change does and nothing else.  Changes that make no scenario without
one another, such as the shares of two legs, count as one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bposim.analysis.changes import MOST_EXACT, Attribution, Case, Effect, Paired, case_of, shares
from bposim.analysis.measures import Sample
from bposim.differences import PREFERENCES
from bposim.errors import RunError, ScenarioError
from bposim.files import scenario_of, written_out
from bposim.studies.variants import valued
from bposim.tree import List, Map, child, descend, standing_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bposim.analysis.changes import Members
    from bposim.differences import Difference, Differences
    from bposim.scenario import Scenario
    from bposim.studies.variants import Run
    from bposim.tree import Node, Steps

MOST_ORDERED = 20
"""So many changes at most are told apart; beyond, those of one part of the file count as one."""

MOST_LOOKED_AT = 12
"""So many differences at most are tried one by one, whether they make scenarios alone."""

PARTNERS = 4
"""So many others are tried beside what makes no scenario alone, those with the closest names first."""

_LEG = re.compile(r"\.legs\[[^\]]*\](?:\.(?:team|vendor))?")


@dataclass(frozen=True, slots=True)
class Change:
    """Assumptions that changed together."""

    name: str
    differences: tuple[Difference, ...]


def attributed(
    found: Differences,
    figure: str,
    run: Run,
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Return by which changes the figure moved, for every alternative that both scenarios have but baselines.

    Raises ValueError for a name that is no figure, RunError for other currencies.
    """
    if found.old.base_currency != found.new.base_currency:
        raise RunError("amounts in two currencies cannot be shared out; compare runs in one currency")
    mixer = _Mixer(found, _acting(found, figure))
    changes, exact = _changes(mixer)
    weights = shares(len(changes), exact=exact)
    sets = sorted({members for each in weights for members in each}, key=lambda one: (len(one), sorted(one)))
    everything = frozenset(range(len(changes)))
    sets += [each for each in _ends(len(changes)) if each not in sets]
    names = [
        name
        for name in found.new.alternatives
        if name in found.old.alternatives
        and (figure.startswith("total_cost.") or name not in {found.old.baseline, found.new.baseline})
    ]
    cases: dict[str, dict[Members, Case]] = {name: {} for name in names}
    for number, members in enumerate(sets, 1):
        scenario = mixer.scenario(one for place in members for one in changes[place].differences)
        costs = {name: Sample(cost) for name, cost in valued(scenario, run, names).costs.items()}
        for name in names:
            cases[name][members] = case_of(scenario, costs, name, figure)
        if progress:
            progress(number, len(sets))
    none: Members = frozenset()
    effects, total = {}, {}
    for name in names:
        paired = Paired(cases[name])
        total[name] = paired.combined({none: -1.0, everything: 1.0} if changes else {})
        at = {members: case.estimate.value for members, case in cases[name].items()}
        effects[name] = tuple(
            Effect(
                paired.combined(weights[one]),
                at[frozenset({one})] - at[none],
                at[everything] - at[everything - {one}],
            )
            for one in range(len(changes))
        )
    return Attribution(
        figure, tuple(change.name for change in changes), effects, total, run.trials, exact, len(sets)
    )


def _ends(count: int) -> list[Members]:
    """Return the sets that are looked at in any case: none, each alone, all but each, all."""
    everything = frozenset(range(count))
    singles = [frozenset({one}) for one in range(count)]
    return list(dict.fromkeys([frozenset(), *singles, *(everything - one for one in singles), everything]))


# ---------------------------------------------------------------- which changes count as one


def _changes(mixer: _Mixer) -> tuple[tuple[Change, ...], bool]:
    """Return the changes, as fine as can be simulated, and whether all of their sets can be."""
    acting = mixer.acting
    if not acting:
        return (), True
    if len(acting) <= MOST_LOOKED_AT:
        finest = _together([(one.path, [one]) for one in acting], mixer)
        if len(finest) <= MOST_EXACT:
            return finest, True
    by_part = _by(acting, _part)
    if len(by_part) <= MOST_ORDERED:
        parts = _together(by_part, mixer)
        return parts, len(parts) <= MOST_EXACT
    by_place = _by(acting, _place)
    if len(by_place) <= MOST_ORDERED:
        places = _together(by_place, mixer)
        return places, len(places) <= MOST_EXACT
    return (Change("everything", tuple(acting)),), True


def _acting(found: Differences, figure: str) -> list[Difference]:
    """Return the differences that can move a figure of the alternatives that both scenarios have."""
    by_taste = figure.endswith(("risk_adjusted_value", "probability_kept"))
    return [
        one
        for one in found.values
        if (one.moves_costs or (by_taste and one.section == PREFERENCES)) and not _elsewhere(one, found)
    ]


def _elsewhere(one: Difference, found: Differences) -> bool:
    """Tell whether a difference is inside alternatives that only one of the scenarios has."""
    common = found.old.alternatives.keys() & found.new.alternatives.keys()
    ways = [path.split(".") for path in (one.path, *one.also)]
    return all(way[0] == "alternatives" and len(way) > 1 and way[1] not in common for way in ways)


def _by(acting: Sequence[Difference], key: Callable[[str], str]) -> list[tuple[str, list[Difference]]]:
    groups: dict[str, list[Difference]] = defaultdict(list)
    for one in acting:
        groups[key(one.path)].append(one)
    return list(groups.items())


def _part(path: str) -> str:
    """Return the part of the file: a price, a currency, the turnover of a leg."""
    keys = _LEG.sub("", path).partition("[")[0].split(".")
    return ".".join(keys[: 4 if keys[0] == "alternatives" and "risks" in keys[2:3] else 3])


def _place(path: str) -> str:
    """Return the alternative, or the part of the world."""
    return ".".join(_LEG.sub("", path).partition("[")[0].split(".")[:2])


def _together(groups: list[tuple[str, list[Difference]]], mixer: _Mixer) -> tuple[Change, ...]:
    """Join what makes no scenario without one another; in the worst case all of it."""
    changes = [Change(name, tuple(own)) for name, own in groups]
    while len(changes) > 1:
        stuck = next((one for one in changes if not _works(one, changes, mixer)), None)
        if stuck is None:
            break
        others = sorted((one for one in changes if one is not stuck), key=lambda one: -_alike(one, stuck))
        partner = next(
            (one for one in others[:PARTNERS] if _works(_joined(stuck, one), changes, mixer)), others[0]
        )
        place = changes.index(stuck)
        changes[place] = _joined(stuck, partner)
        changes.remove(partner)
    return tuple(changes)


def _works(change: Change, changes: Sequence[Change], mixer: _Mixer) -> bool:
    """Return whether a change can be made alone, and everything but it."""
    rest = [one for other in changes for one in other.differences if one not in change.differences]
    return mixer.works(change.differences) and mixer.works(rest)


def _joined(one: Change, other: Change) -> Change:
    return Change(f"{one.name} + {other.name}", (*one.differences, *other.differences))


def _alike(one: Change, other: Change) -> int:
    """Return how many keys the paths of two changes begin with in common."""
    pairs = zip(one.name.split("."), other.name.split("."), strict=False)
    count = 0
    for mine, theirs in pairs:
        if mine != theirs:
            break
        count += 1
    return count


# ---------------------------------------------------------------- a scenario with some of the changes


class _Mixer:
    """Makes scenarios with some of the differences: the old file with pieces of the new one."""

    def __init__(self, found: Differences, acting: Sequence[Difference]) -> None:
        self.found = found
        self.acting = acting
        """The differences that are told apart; all of them together are the new scenario."""
        self.old, self.new = written_out(found.old), written_out(found.new)
        self.made: dict[frozenset[str], Scenario | None] = {frozenset(): found.old}

    def works(self, chosen: Iterable[Difference]) -> bool:
        """Return whether these differences alone make a scenario."""
        try:
            self.scenario(chosen)
        except ScenarioError:
            return False
        return True

    def scenario(self, chosen: Iterable[Difference]) -> Scenario:
        """Return the old scenario with these differences; raises ScenarioError where they make none."""
        chosen = list(chosen)
        name = frozenset(f"{one.kind} {one.path}" for one in chosen)
        if name not in self.made:
            whole = len(chosen) == len(self.acting)
            try:
                self.made[name] = self.found.new if whole else scenario_of(self._tree(chosen))
            except ScenarioError:
                self.made[name] = None
                raise
        made = self.made[name]
        if made is None:
            raise ScenarioError([])
        return made

    def _tree(self, chosen: Sequence[Difference]) -> Map:
        tree: Map = self.old
        for one in sorted(chosen, key=lambda one: one.kind == "removed"):
            for place in one.places:
                tree = self._moved(tree, *place)
        return tree

    def _moved(self, tree: Map, old: Steps, new: Steps) -> Map:
        """Return the tree with what the new file has at ``new``, or its lack of it, at ``old``.

        Where there is no such place, what is around it is taken over.
        """
        while len(old) > 1 and (
            descend(tree, old[:-1]) is None
            or (isinstance(old[-1], int) and (descend(tree, old) is None or descend(self.new, new) is None))
            or isinstance(descend(tree, old[:-1]), str)
            or isinstance(descend(self.new, new[:-1]), str)
        ):
            old, new = old[:-1], new[:-1]
        return cast("Map", _exchanged(tree, old, descend(self.new, new)))


def _exchanged(node: Node, steps: Steps, value: Node | None) -> Node:
    """Return a node with another value at the end of the steps, or without it."""
    step, *rest = steps
    if isinstance(node, List):
        items = [
            _exchanged(item, tuple(rest), value) if rest else value if value is not None else item
            for number, item in enumerate(node)
            if number == step
        ]
        return List([items[0] if number == step else item for number, item in enumerate(node)], node.mark)
    if not isinstance(node, Map):
        return node
    key = str(step)
    below = child(node, step)
    inner = _exchanged(below, tuple(rest), value) if rest and below is not None else value
    kept = {name: item for name, item in node.items() if name != key}
    return standing_for(node, kept if inner is None else {**kept, key: inner})
