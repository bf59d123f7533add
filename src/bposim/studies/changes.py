"""By which changes of assumptions a result changed.

The changes between the two scenarios are made one set after another, every set simulated on the same draws,
so that what a share says is what that change does and nothing else.  Changes that make no scenario without
one another, such as the shares of two legs, count as one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.changes import MOST_EXACT, Attribution, Case, Effect, Paired, case_of, shares
from bposim.analysis.measures import Sample
from bposim.differences import PREFERENCES
from bposim.engine import BLOCK
from bposim.errors import RunError
from bposim.inputs.designs import RANDOM
from bposim.result import Result
from bposim.studies.mixed import Mixer
from bposim.studies.variants import Run, valued

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bposim.analysis.changes import Members, Weights
    from bposim.differences import Difference, Differences
    from bposim.result import AnyResult
    from bposim.shapes import FloatArray

MOST_FINEST = 6
"""So many changes at most are told apart one by one; beyond, those of one part of the file count as one."""

MOST_ORDERED = 20
"""So many parts of the file at most are told apart; beyond, those of one alternative count as one."""

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


@dataclass(frozen=True, slots=True)
class Ends:
    """What all alternatives cost before and after the changes, ``(trials,)`` by name, from trial 0 on."""

    old: Mapping[str, FloatArray]
    new: Mapping[str, FloatArray]


def ends_of(old: AnyResult, new: AnyResult, run: Run) -> Ends | None:
    """Return the futures of two runs, where the study would simulate just these; else None.

    Whether it would, the first block shows: it has to come out again to the last digit, which it does not
    where another version or another machine made the run.
    """
    kept = [each if isinstance(each, Result) else each.first for each in (old, new)]
    for own in kept:
        if own.seed != run.seed or own.design != RANDOM or own.trials < run.trials:
            return None
        block = Run(min(BLOCK, run.trials), run.seed)
        for name, cost in valued(own.scenario, block).costs.items():
            if not np.array_equal(cost, own.costs[name][: block.trials]):
                return None
    trials = min(own.trials for own in kept)
    return Ends(*({name: cost[:trials] for name, cost in own.costs.items()} for own in kept))


def attributed(found: Differences, figure: str, run: Run, ends: Ends | None = None) -> Attribution:
    """Return by which changes the figure moved, for every alternative that both scenarios have but baselines.

    ``ends`` save simulating the old scenario and the new one; of a single change they are all there is to
    know, and all of their trials are used.

    Raises ValueError for a name that is no figure, RunError for other currencies.
    """
    if found.old.base_currency != found.new.base_currency:
        raise RunError("amounts in two currencies cannot be shared out; compare runs in one currency")
    mixer = Mixer(found, _acting(found, figure))
    changes, weights = _changes(mixer)
    none, everything = frozenset[int](), frozenset(range(len(changes)))
    sets = {none, everything, *(members for each in weights for members in each)}
    names = [
        name
        for name in found.new.alternatives
        if name in found.old.alternatives
        and (figure.startswith("total_cost.") or name not in {found.old.baseline, found.new.baseline})
    ]
    known = {everything: ends.new, none: ends.old} if ends else {}
    simulated = sorted(sets - known.keys(), key=lambda one: (len(one), sorted(one)))
    trials = run.trials if simulated or not ends else ends.new[found.new.baseline].size
    run.expect(len(simulated))
    cases: dict[str, dict[Members, Case]] = {name: {} for name in names}
    for members in [*(each for each in sets if each in known), *simulated]:
        scenario = mixer.scenario(_made(changes, members))
        costs = known[members] if members in known else valued(scenario, run, names).costs
        kept = {scenario.baseline, *names}
        samples = {name: Sample(cost[:trials]) for name, cost in costs.items() if name in kept}
        for name in names:
            cases[name][members] = case_of(scenario, samples, name, figure)
    effects, total = {}, {}
    for name in names:
        paired = Paired(cases[name])
        total[name] = paired.combined({none: -1.0, everything: 1.0} if changes else {})
        at = {members: case.estimate.value for members, case in cases[name].items()}
        effects[name] = tuple(
            Effect(
                paired.combined(weights[one]),
                _step(at, none, frozenset({one})),
                _step(at, everything - {one}, everything),
            )
            for one in range(len(changes))
        )
    return Attribution(
        figure,
        tuple(change.name for change in changes),
        effects,
        total,
        trials,
        exact=len(changes) <= MOST_EXACT,
        runs=len(simulated),
    )


def _step(at: Mapping[Members, float], before: Members, after: Members) -> float | None:
    """Return what making the figure's changes from one set to another adds; None where one is not known."""
    return at[after] - at[before] if before in at and after in at else None


# ---------------------------------------------------------------- which changes count as one


def _changes(mixer: Mixer) -> tuple[tuple[Change, ...], Sequence[Weights]]:
    """Return the changes, as fine as can be simulated, and for each the weights of its share."""
    for changes in _candidates(mixer):
        weights = shares(len(changes), exact=len(changes) <= MOST_EXACT)
        if all(mixer.works(_made(changes, members)) for each in weights for members in each):
            return changes, weights
    return (Change("everything", mixer.acting),), shares(1, exact=True)


def _candidates(mixer: Mixer) -> Iterator[tuple[Change, ...]]:
    acting = mixer.acting
    if not acting:
        yield ()
    if len(acting) <= MOST_LOOKED_AT:
        finest = _together([(one.path, [one]) for one in acting], mixer)
        if len(finest) <= MOST_FINEST:
            yield finest
    for key in (_part, _place):
        groups = _by(acting, key)
        if len(groups) <= MOST_ORDERED:
            yield _together(groups, mixer)


def _made(changes: Sequence[Change], members: Members) -> Iterator[Difference]:
    """Yield the differences of some of the changes."""
    return (one for place in sorted(members) for one in changes[place].differences)


def _acting(found: Differences, figure: str) -> tuple[Difference, ...]:
    """Return the differences that can move a figure of the alternatives that both scenarios have."""
    by_taste = figure.endswith(("risk_adjusted_value", "probability_kept"))
    return tuple(
        one
        for one in found.values
        if (one.moves_costs or (by_taste and one.section == PREFERENCES)) and not _elsewhere(one, found)
    )


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


def _together(groups: list[tuple[str, list[Difference]]], mixer: Mixer) -> tuple[Change, ...]:
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


def _works(change: Change, changes: Sequence[Change], mixer: Mixer) -> bool:
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
