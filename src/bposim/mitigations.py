"""What the mitigations of an alternative do to its legs, and what they cost.

An effect is a factor on every number of the alternative's legs whose path fits its pattern.  The parts of a
pattern stand in the path in this order, the last at its end; ``*`` stands for anything within a part or for
a whole part.  A leg is known by the alternative, by its name, kind and country, and by the place where it was
first written; so in a blend ``manila.breach.per_year`` means the leg that is ``like: manila``.

One team is one team: where an alternative lists a team of the baseline, its mitigations hold for all the work
of that team, also for what is still to be moved.  A team of the baseline that only serves until the work has
moved is left as it is, unless the pattern begins with the baseline's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from itertools import product
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeAlias, Union, get_args, get_origin

import numpy as np
from pydantic_core import PydanticCustomError

from bposim.families import OneOf
from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Money
from bposim.inputs.number import NonNegative, PerEvent, Within
from bposim.legs.team import Team
from bposim.legs.vendor import PRICE_MODELS, Vendor
from bposim.operations import Line
from bposim.part import Part, close_match, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bposim.scenario import Alternative, Leg, Mitigation, Scenario
    from bposim.shapes import Path
    from bposim.world.world import World

Words: TypeAlias = tuple[str, ...]
"""A path, part by part."""

Owner: TypeAlias = tuple[type[Part], str]
"""A class and one of its fields."""

Change: TypeAlias = "Callable[[Spot], Path | None]"
"""Says what a number is multiplied by; None is not at all."""

_UNSAID = frozenset({"amount", *PRICE_MODELS})
"""Parts at the end of a path that go without saying: ``manila.price``."""

_UNCERTAIN = type(get_args(NonNegative)[1])
"""The annotation of every number that may be uncertain."""

_HOOKS = {"hours": "recovery_factor"}
"""Fields that multiply an event size; others are called after it, as ``severity_factor``."""

_DIVISORS = frozenset({"volume_per_fte", "one_per", "productivity"})

MAY_LAG: Mapping[str, Words] = {
    "Role": ("volume_per_fte", "one_per", "fixed", "salary", "oncost", "overhead"),
    "Overtime": ("limit", "premium"),
    "Temporary": ("premium", "training"),
    "Hiring": ("per_hire", "per_release"),
    "Turnover": ("attrition", "recruiting", "training", "ramp_months", "ramp_productivity"),
    "Quality": ("error_rate", "cost_per_error", "turnover_sensitivity", "distance"),
    "Vendor": ("productivity",),
    "PerUnit": ("amount", "commitment"),
    "PerFte": ("amount",),
    "FixedFee": ("amount",),
    "Band": ("flex", "additional_charge", "reduced_credit"),
    "ServiceLevel": ("target", "credit_rate", "at_risk", "capture"),
    "Governance": ("fee_share", "retained_fte", "cost_per_fte", "audits", "travel", "tools"),
    "Leakage": ("irrecoverable_vat", "withholding", "change_requests", "change_premium"),
    "EventRisk": ("per_year", "severity", "severity_factor", "hours", "recovery_factor", "cost_per_hour"),
    "Recovery": ("probability", "liability_cap"),
    "Insurance": ("retention", "limit"),
}
"""Numbers of which each month uses its own, by class: only these can change on the way."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One number of a leg: where it stands and what may be put there."""

    part: Part
    field: str
    path: Words
    """Parts of its path below the leg's team or vendor."""
    marks: tuple[object, ...]
    """Annotations of the field."""
    owner: Owner
    """Class and field that say what the number means; an amount means nothing by itself."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - a float, an array or a distribution
        """What stands there."""
        return getattr(self.part, self.field)

    @property
    def may_lag(self) -> bool:
        """Whether the number may change on the way."""
        kind, field = self.owner
        return any(field in MAY_LAG.get(base.__name__, ()) for base in kind.__mro__)


def mitigated(scenario: Scenario, world: World) -> dict[str, tuple[Alternative, Alternative]]:
    """Return each alternative, and the baseline as it works for it, as the mitigations leave them.

    ``scenario`` is bound to the draws of ``world``.  All of them are to be kept while the world is in use.
    """
    baseline = scenario.alternatives[scenario.baseline]
    return {
        name: _with_effects(scenario, name, world) if alternative.mitigations else (alternative, baseline)
        for name, alternative in scenario.alternatives.items()
    }


def with_costs(taken: Sequence[Mitigation], lines: Iterable[Line], world: World) -> Iterator[Line]:
    """Yield an alternative's lines, and behind them the costs of the mitigations that it takes."""
    if not taken:
        yield from lines
        return
    fees: Path = 0.0
    for line in lines:
        if line.category == "vendor_fees":
            fees = fees + line.monthly
        yield line
    for mitigation in taken:
        monthly = world.monthly(mitigation.per_year) / 12.0 + mitigation.fee_share * fees
        yield Line("mitigation", monthly, world.today(mitigation.once))


def taken_by(scenario: Scenario, alternative: Alternative) -> list[Mitigation]:
    """Return the mitigations of an alternative, in the order of their names."""
    return [scenario.mitigations[name] for name in sorted(alternative.mitigations)]


def _with_effects(scenario: Scenario, name: str, world: World) -> tuple[Alternative, Alternative]:
    alternative, baseline = scenario.alternatives[name], scenario.alternatives[scenario.baseline]
    effects = {
        (number, pattern): _factor(mitigation, pattern, world)
        for number, mitigation in enumerate(taken_by(scenario, alternative))
        for pattern in mitigation.effects
    }
    own = [_changed_leg(leg, _addresses(name, leg), effects) for leg in alternative.legs]
    listed = {leg.identity: leg.body for leg in own}
    named = {key: f for key, f in effects.items() if _begins_with(key[1], scenario.baseline)}
    old = [
        _with_body(leg, listed[leg.identity])
        if leg.identity in listed
        else _changed_leg(leg, _addresses(scenario.baseline, leg), named)
        for leg in baseline.legs
    ]
    return alternative.model_copy(update={"legs": own}), baseline.model_copy(update={"legs": old})


def _factor(mitigation: Mitigation, pattern: str, world: World) -> Path:
    """Return the factor of an effect: 1 until month ``lag``, then what it is."""
    factor, lag = mitigation.effects[pattern], mitigation.lag
    if isinstance(lag, float) and lag == 0.0:
        return factor
    return np.asarray(np.where(world.month > lag, factor, 1.0))


def _changed_leg(leg: Leg, addresses: Sequence[Words], effects: Mapping[tuple[int, str], Path]) -> Leg:
    def change(spot: Spot) -> Path | None:
        factor: Path | None = None
        for (_, pattern), more in effects.items():
            if _meant(pattern, addresses, spot.path):
                factor = more if factor is None else factor * more
        return factor

    return _with_body(leg, _multiplied(leg.body, (), change)) if effects else leg


def _with_body(leg: Leg, body: Part) -> Leg:
    return leg if body is leg.body else leg.model_copy(update={"team" if leg.team else "vendor": body})


def _multiplied(part: Part, path: Words, change: Change, owner: Owner | None = None) -> Any:  # noqa: ANN401 - a part of the same class
    """Return the part with each number below it multiplied by what ``change`` says, None for not at all."""
    new: dict[str, Any] = {}
    hooks: dict[str, Path] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value is None:
            continue
        marks, here = _marks(type(part), name), (*path, name)
        means = owner if owner and isinstance(part, Money) else (type(part), name)
        if any(isinstance(mark, _UNCERTAIN) for mark in marks):
            factor = change(Spot(part, name, here, marks, means))
            if factor is not None and any(isinstance(mark, PerEvent) for mark in marks):
                if hook := hook_of(type(part), name):
                    hooks[hook] = factor
            elif factor is not None:
                new[name] = value * factor
        else:
            below = _below(value, here, change, means)
            if below is not value:
                new[name] = below
    for name, factor in hooks.items():
        new[name] = new.get(name, getattr(part, name)) * factor
    return part.model_copy(update=new) if new else part


def _below(value: Any, path: Words, change: Change, owner: Owner) -> Any:  # noqa: ANN401
    if isinstance(value, Part):
        return _multiplied(value, _with_kind(path, type(value)), change, owner)
    if isinstance(value, dict):
        items = {key: _below(item, (*path, key), change, owner) for key, item in value.items()}
        return items if any(items[key] is not value[key] for key in items) else value
    if isinstance(value, list):
        entries = [_below(item, (*path, str(number)), change, owner) for number, item in enumerate(value)]
        return entries if any(a is not b for a, b in zip(entries, value, strict=True)) else value
    return value


def hook_of(kind: type[Part], size: str) -> str:
    """Return the field that multiplies an event size; an empty text where there is none."""
    return next((name for name in (f"{size}_factor", _HOOKS.get(size, "")) if name in kind.model_fields), "")


def _with_kind(path: Words, kind: type[Part]) -> Words:
    """Return the path with the kind of a family's member, as the file writes it: ``price.per_unit``."""
    word = getattr(kind, "kind", path[-1])
    return path if word == path[-1] else (*path, word)


@cache
def _marks(kind: type[Part], name: str) -> tuple[object, ...]:
    """Return the annotations of a field, also where None may stand instead."""
    field = kind.model_fields[name]
    either = get_args(field.annotation) if get_origin(field.annotation) in {Union, UnionType} else ()
    optional = [mark for option in either for mark in getattr(option, "__metadata__", ())]
    return (*field.metadata, *optional)


# ---------------------------------------------------------------- patterns


def _addresses(alternative: str, leg: Leg) -> tuple[Words, ...]:
    """Return the ways to name a leg: by where it stands and by where it was first written."""
    kind = "team" if leg.team else "vendor"
    place = (alternative, leg.name, kind, getattr(leg.body, "country", None))
    origin = leg.body.origin.replace("[", ".").replace("]", "").split(".")
    return tuple(word for word in place if word), tuple(origin)


def _begins_with(pattern: str, baseline: str) -> bool:
    return pattern.split(".", 1)[0] == baseline


def _meant(pattern: str, addresses: Sequence[Words], path: Words) -> bool:
    return any(fits(pattern, (*address, *path)) for address in addresses)


@lru_cache(maxsize=1 << 16)
def fits(pattern: str, path: Words) -> bool:
    """Tell whether a pattern means a path; ``*`` in the path stands for a name that is not known."""
    *way, last = pattern.split(".")
    ends = [path]
    while ends[-1][-1] in _UNSAID and len(ends[-1]) > 1:
        ends.append(ends[-1][:-1])
    return any(_same(end[-1], last) and _in_order(way, end[:-1]) for end in ends)


def _in_order(pattern: Sequence[str], path: Sequence[str]) -> bool:
    rest = iter(path)
    return all(any(_same(part, word) for part in rest) for word in pattern)


def _same(part: str, word: str) -> bool:
    if part.endswith("_factor") and "*" in word:
        return False  # "*" already means the event size that this factor belongs to
    return part == "*" or fnmatchcase(part, word)


# ---------------------------------------------------------------- what does not fit

Misfit: TypeAlias = tuple[str, tuple[str | int, ...], str, str]
"""Code, keys, what and remedy of a finding."""


def misfits(scenario: Scenario) -> Iterator[Misfit]:
    """Yield what is wrong or unusual about the scenario's mitigations."""
    for name, alternative in scenario.alternatives.items():
        for number, taken in enumerate(alternative.mitigations):
            keys = ("alternatives", name, "mitigations", number)
            if taken not in scenario.mitigations:
                yield (
                    "BP204",
                    keys,
                    f"there is no mitigations.{taken}",
                    suggestion(taken, scenario.mitigations),
                )
            elif taken in alternative.mitigations[:number]:
                yield "BP204", keys, f"{taken} stands in the list already", "remove it here"
    if not any(alternative.baseline for alternative in scenario.alternatives.values()):
        return  # told as such; whose remaining team an effect reaches cannot be said
    reached = {name: dict(_reached(scenario, name)) for name in scenario.alternatives}
    yield from _without_effect(scenario, reached)
    for taker, by_effect in reached.items():
        yield from _out_of_range(scenario, by_effect)
        for (name, pattern), spots in by_effect.items():
            if not _at_once(scenario.mitigations[name].lag):
                yield from _early(taker, name, pattern, spots)


def _without_effect(
    scenario: Scenario, reached: Mapping[str, Mapping[tuple[str, str], Sequence[Spot]]]
) -> Iterator[Misfit]:
    """Find patterns that mean nothing, mitigations that nobody takes, and those that change nothing."""
    for name, mitigation in scenario.mitigations.items():
        takers = {key: value for key, value in scenario.alternatives.items() if name in value.mitigations}
        acting = {key: [p for p in mitigation.effects if (name, p) in reached[key]] for key in takers}
        if not takers:
            remedy = f"add mitigations: [{name}] to an alternative, or remove it"
            yield "BP302", ("mitigations", name), "no alternative takes it", remedy
        for pattern in mitigation.effects:
            keys = ("mitigations", name, "effects", pattern)
            if not _known(scenario, pattern):
                yield "BP204", keys, "no number of a leg is called so", _nearest(pattern)
            elif (
                takers and not pattern.startswith("*") and not any(pattern in own for own in acting.values())
            ):
                remedy = "name what its legs have, or remove the effect"
                yield "BP302", keys, f"it changes nothing in {' or '.join(takers)}", remedy
        for taker, alternative in takers.items():
            if mitigation.effects and not acting[taker]:
                place = ("alternatives", taker, "mitigations", alternative.mitigations.index(name))
                remedy = f"give a leg of {taker} what {name} acts on, or do not take it there"
                yield "BP302", place, f"{name} costs money here and changes nothing", remedy


def _reached(scenario: Scenario, name: str) -> Iterator[tuple[tuple[str, str], list[Spot]]]:
    """Yield the numbers that each effect of an alternative's mitigations changes."""
    alternative, baseline = scenario.alternatives[name], scenario.alternatives[scenario.baseline]
    places = [(leg, _addresses(name, leg), "") for leg in alternative.legs]
    places += [(leg, _addresses(scenario.baseline, leg), scenario.baseline) for leg in baseline.legs]
    for taken in dict.fromkeys(alternative.mitigations):
        mitigation = scenario.mitigations.get(taken)
        for pattern in mitigation.effects if mitigation else ():
            spots = [
                spot
                for leg, addresses, first in places
                if not first or _begins_with(pattern, first)
                for spot in _spots(leg.body)
                if _meant(pattern, addresses, spot.path)
            ]
            if spots:
                yield (taken, pattern), spots


def _spots(body: Part) -> list[Spot]:
    found: list[Spot] = []

    def note(spot: Spot) -> None:
        found.append(spot)

    _multiplied(body, (), note)
    return found


def _out_of_range(
    scenario: Scenario, by_effect: Mapping[tuple[str, str], Sequence[Spot]]
) -> Iterator[Misfit]:
    """Find numbers that all effects together could take out of the range that they may have."""
    together: dict[tuple[int, str], tuple[Spot, list[tuple[str, str]]]] = {}
    for effect, spots in by_effect.items():
        for spot in spots:
            together.setdefault((id(spot.part), spot.field), (spot, []))[1].append(effect)
    for spot, effects in together.values():
        low, high = _bounds(spot.value)
        is_size = any(isinstance(mark, PerEvent) for mark in spot.marks)
        for name, pattern in dict.fromkeys(effects):
            factor = _bounds(scenario.mitigations[name].effects[pattern])
            ends = [_product(a, b) for a, b in product((low, high), factor)]
            low, high = min(ends), max(ends)
        name, pattern = effects[-1]
        keys = ("mitigations", name, "effects", pattern)
        path = ".".join(spot.path)
        if is_size and not hook_of(type(spot.part), spot.field) and "*" not in pattern.rpartition(".")[2]:
            yield "BP204", keys, f"{path} cannot be multiplied", "change its rate or its cost instead"
        elif not is_size:
            for what in _refusals(spot, low, high):
                yield (
                    "BP201",
                    keys,
                    f"{path}: {what}",
                    "change the factors, or give the number a min and a max",
                )


def _refusals(spot: Spot, low: float, high: float) -> Iterator[str]:
    """Yield why a number from ``low`` to ``high`` cannot stand there."""
    if spot.field in _DIVISORS and low <= 0.0:
        yield "it can become 0, and work is divided by it"
    for within in (mark for mark in spot.marks if isinstance(mark, Within)):
        try:
            within.check(low)
            within.check(high)
        except PydanticCustomError:
            yield f"it could be anything from {low:g} to {high:g}"
            return


def _early(alternative: str, name: str, pattern: str, spots: Iterable[Spot]) -> Iterator[Misfit]:
    fixed = next((spot for spot in spots if not spot.may_lag), None)
    if fixed:
        what = f"{pattern} means {'.'.join(fixed.path)} of {alternative}, which holds from start to end"
        yield "BP201", ("mitigations", name, "lag"), what, "remove the lag, or this effect"


def _at_once(lag: float | Distribution | Any) -> bool:  # noqa: ANN401 - a number of the scenario
    return isinstance(lag, float) and lag == 0.0


def _bounds(value: Any) -> tuple[float, float]:  # noqa: ANN401 - a number of the scenario
    return value.support if isinstance(value, Distribution) else (value, value)


def _product(a: float, b: float) -> float:
    return 0.0 if 0.0 in {a, b} else a * b


# ---------------------------------------------------------------- every path that there can be


def _known(scenario: Scenario, pattern: str) -> bool:
    """Tell whether a pattern can mean a number of one of the legs, set or not."""
    return any(
        _meant(pattern, _addresses(name, leg), path)
        for name, alternative in scenario.alternatives.items()
        for leg in alternative.legs
        for path in possible(type(leg.body))
    )


def _nearest(pattern: str) -> str:
    """Say what a pattern may have meant, from the paths that there can be."""
    words = [word for word in pattern.split(".") if word != "*"]
    paths = {*possible(Team), *possible(Vendor)}
    for count in range(len(words), 0, -1):
        tails = {".".join(path[-count:]) for path in paths if len(path) >= count}
        close = close_match(".".join(words[-count:]), sorted(tails))
        if close:
            return f'did you mean "*.{close}"?'
    return "`bposim schema` says what a leg has"


@cache
def possible(kind: type[Part]) -> tuple[Words, ...]:
    """Return the path of every number that a part of this class can hold; ``*`` is any name."""
    return tuple(dict.fromkeys(_possible(kind, (), (kind,))))


def _possible(kind: type[Part], path: Words, within: tuple[type[Part], ...]) -> Iterator[Words]:
    for name, field in kind.model_fields.items():
        here, marks = (*path, name), _marks(kind, name)
        if any(isinstance(mark, _UNCERTAIN) for mark in marks):
            yield here
            continue
        for below, steps in _parts_of(field.annotation, marks):
            if below not in within:
                yield from _possible(below, _with_kind((*here, *steps), below), (*within, below))


def _parts_of(annotation: Any, marks: Iterable[object]) -> Iterator[tuple[type[Part], Words]]:  # noqa: ANN401
    """Yield the parts that a field may hold, and the steps to each; ``*`` is a name or a place in a list."""
    families = [mark.family for mark in marks if isinstance(mark, OneOf)]
    if families:
        yield from ((member, ()) for family in families for member in family.values())
    elif isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation, ()
    else:
        step = ("*",) if get_origin(annotation) in {dict, list} else ()
        for option in get_args(annotation):
            for part, more in _parts_of(option, getattr(option, "__metadata__", ())):
                yield part, (*step, *more)
