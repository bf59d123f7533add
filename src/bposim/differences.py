"""What differs between two scenarios, as far as it matters: values, what shares a draw, sources, data.

Compared is what the files mean, not how they are written: ``40%`` and ``0.4`` are the same, and so are a key
that is left out and its default, two orders of one list of legs, and a part that is written anew or taken
over by ``like:``, as long as it is drawn under the same name.  What several places share by ``like:`` is one
difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from bposim.checks import Check
from bposim.files import written_out
from bposim.inputs.correlations import Correlations
from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Money
from bposim.inputs.names import short_name
from bposim.legs.fx_clause import FxClause
from bposim.legs.price_model import PriceModel
from bposim.part import Part
from bposim.scenario import Leg
from bposim.tree import Map, descend
from bposim.world.fx_model import FxModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.scenario import Scenario
    from bposim.tree import Node, Steps

Kind: TypeAlias = Literal["changed", "added", "removed", "shared"]
"""``shared``: the value is the same, but it is drawn together with something else than before."""

WITHOUT_EFFECT = frozenset({"title", "meta", "stresses", "studies", "checks", "schema_version"})
"""Keys at the top of a file that change no cost and no ranking."""

PREFERENCES = "preferences"
"""They change no cost, but how alternatives rank."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a scenario at one place."""

    keys: tuple[str, ...]
    """The way to it as a person reads it; an entry of a list has a label, ``[vendor PH]``."""
    steps: Steps
    """The way to it in the file with all sharing carried out."""
    meaning: object = field(repr=False)
    """Equal where two values mean the same."""
    number: float | Distribution | None
    origin: str
    """Where it was first written, which is also the name of its draw."""
    given: bool
    """False where the file says nothing and the default holds."""
    currency: str | None = None
    said: str | None = None
    """What it says, where that is not what the file has at its place."""

    @property
    def path(self) -> str:
        """The way to it in one text."""
        return path_of(self.keys)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs."""

    kind: Kind
    path: str
    old: Value | None
    new: Value | None
    old_text: str
    """As the file writes it; empty where it says nothing."""
    new_text: str
    origin: str
    """Where it was first written."""
    places: tuple[tuple[Steps, Steps], ...]
    """Ways to it in the old and in the new file, one pair for each place that shares it."""
    also: tuple[str, ...] = ()
    """Other places that share it."""
    count: int = 1
    """How many values were added or removed with it."""

    @property
    def section(self) -> str:
        """The key at the top of the file."""
        return self.path.partition(".")[0].partition("[")[0]

    @property
    def moves_costs(self) -> bool:
        """Whether it can move a cost."""
        return self.section not in WITHOUT_EFFECT and self.section != PREFERENCES


@dataclass(frozen=True, slots=True)
class Remark:
    """A source, note or owner that differs; empty where there is none."""

    path: str
    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file whose content differs; an empty hash where it is not used."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs between an old scenario and a new one."""

    old: Scenario
    new: Scenario
    values: tuple[Difference, ...]
    remarks: tuple[Remark, ...]
    data_files: tuple[DataFile, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the scenarios mean the same."""
        return not (self.values or self.remarks or self.data_files)

    @property
    def changes_results(self) -> bool:
        """Whether a run can come out otherwise, in its costs or in its ranking."""
        return any(one.section not in WITHOUT_EFFECT for one in self.values)


def differences(old: Scenario, new: Scenario) -> Differences:
    """Return what differs between two scenarios that were read from files."""
    before, after = _Contents(old), _Contents(new)
    found = [*_moved(before, after), *_gone(before, after, "removed"), *_gone(after, before, "added")]
    everything = [value.path for value in (*before.values.values(), *after.values.values())]
    order = {path: number for number, path in enumerate(dict.fromkeys(everything))}
    found.sort(key=lambda one: (_rank(one.section), order.get(one.path, len(order))))
    remarks, files = tuple(_remarks(old, new)), tuple(_data_files(old, new))
    return Differences(old, new, tuple(_told_once(found)), remarks, files)


class _Contents:
    """The values of a scenario by their way, and the mappings and lists that hold them."""

    def __init__(self, scenario: Scenario) -> None:
        self.tree = written_out(scenario)
        self.holders: dict[tuple[str, ...], Steps] = {}
        found = [*self._below(scenario, (), (), ""), *_correlations(scenario)]
        self.values = {value.keys: value for value in found}

    def text(self, value: Value) -> str:
        """Return a value as its file writes it; empty where it does not."""
        return self.text_at(value.steps) if value.said is None else value.said

    def text_at(self, steps: Steps) -> str:
        """Return what the file has at the end of a way; empty where it has nothing."""
        node = descend(self.tree, steps)
        return "" if node is None else flow(node)

    def _below(
        self, node: Part | dict[str, Any] | list[Any], keys: tuple[str, ...], steps: Steps, name: str
    ) -> Iterator[Value]:
        """Yield the values of a part, mapping or list; ``name`` is the path at which it was written."""
        self.holders[keys] = steps
        if isinstance(node, Part):
            origin = node.origin or name
            if isinstance(node, FxModel):
                yield Value((*keys, "model"), (*steps, "model"), node.kind, None, origin, given=True)
            elif isinstance(node, PriceModel | FxClause):
                yield Value(keys, steps, node.kind, None, origin, given=True, said=node.kind)
                keys, steps, origin = (*keys, node.kind), (*steps, node.kind), f"{origin}.{node.kind}"
                self.holders[keys] = steps
            for field_name, info in type(node).model_fields.items():
                key = info.alias or field_name
                given = field_name in node.model_fields_set
                value = getattr(node, field_name)
                yield from self._value(value, (*keys, key), (*steps, key), f"{origin}.{key}", given=given)
        elif isinstance(node, dict):
            for key, value in node.items():
                yield from self._value(value, (*keys, key), (*steps, key), f"{name}.{key}", given=True)
        else:
            for number, (label, value) in enumerate(zip(_labels(node), node, strict=True)):
                at = (*keys, f"[{label}]"), (*steps, number), f"{name}[{label}]"
                yield from self._value(value, *at, given=True)

    def _value(
        self,
        value: Any,  # noqa: ANN401 - whatever a part holds
        keys: tuple[str, ...],
        steps: Steps,
        name: str,
        *,
        given: bool,
    ) -> Iterator[Value]:
        """Yield a value, or the values inside it."""
        if value is None or isinstance(value, Correlations):
            return
        name = name.lstrip(".")
        if isinstance(value, Money):
            for one in self._value(value.amount, keys, steps, value.origin or name, given=given):
                yield replace(one, meaning=(one.meaning, value.currency), currency=value.currency)
        elif isinstance(value, Distribution):
            yield Value(keys, steps, _meaning(value), value, value.origin or name, given=given)
        elif isinstance(value, Check):
            yield Value(keys, steps, value.require, None, "", given=True, said=value.require.text)
        elif isinstance(value, Part | dict) or (isinstance(value, list) and not _is_plain(value)):
            yield from self._below(value, keys, steps, name)
        else:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            number = float(value) if is_number else None
            yield Value(keys, steps, _meaning(value), number, name, given=given)


def _correlations(scenario: Scenario) -> Iterator[Value]:
    """Yield each rank correlation between inputs, by the full names of the two."""
    if copula := scenario.correlations.copula:
        steps = ("correlations", "copula")
        yield Value(steps, steps, copula.student_t, copula.student_t, "", given=True)
    for one, other, rank in scenario.dependence.pairs:
        keys = ("correlations", f"[{short_name(one)}, {short_name(other)}]")
        yield Value(keys, ("correlations",), rank, rank, "", given=True, said=f"{rank:g}")


def path_of(keys: Sequence[str]) -> str:
    """Return the way in one text, ``alternatives.blend.legs[team US].share``."""
    return "".join(key if key.startswith("[") else f".{key}" for key in keys).lstrip(".")


def _labels(items: Sequence[object]) -> list[str]:
    """Return a name for each entry of a list: legs by what they are, everything else by its place."""
    labels: list[str] = []
    for number, item in enumerate(items):
        label = str(number)
        if isinstance(item, Leg):
            label = item.name or f"{'team' if item.team else 'vendor'} {item.body.country or ''}".strip()
        taken = sum(known.partition(" #")[0] == label for known in labels)
        labels.append(f"{label} #{taken + 1}" if taken else label)
    return labels


def _is_plain(items: Sequence[object]) -> bool:
    return not any(isinstance(item, Part) for item in items)


def _meaning(value: object) -> object:
    """Return what a value means: equal for equal values, whatever was said about where they stand."""
    if isinstance(value, Distribution):
        return (value.kind, *(_meaning(getattr(value, name)) for name in type(value).model_fields))
    if isinstance(value, dict):
        return tuple(sorted((key, _meaning(inner)) for key, inner in value.items()))
    if isinstance(value, list | tuple):
        inside = [_meaning(item) for item in value]
        # Names have no order; numbers do, a season for instance.
        named = all(isinstance(item, str | tuple) for item in inside)
        return tuple(sorted(inside, key=repr) if named else inside)
    return value


def _moved(before: _Contents, after: _Contents) -> Iterator[Difference]:
    """Yield what stands on both sides and differs."""
    for keys, old in before.values.items():
        new = after.values.get(keys)
        if new is None:
            continue
        is_drawn = isinstance(old.number, Distribution) and isinstance(new.number, Distribution)
        kind: Kind = "changed" if old.meaning != new.meaning else "shared"
        if kind == "changed" or (is_drawn and old.origin != new.origin):
            texts = before.text(old), after.text(new)
            yield Difference(kind, old.path, old, new, *texts, new.origin, ((old.steps, new.steps),))


def _gone(here: _Contents, there: _Contents, kind: Kind) -> Iterator[Difference]:
    """Yield what stands here and not there; a whole part is one difference."""
    missing = [value for keys, value in here.values.items() if keys not in there.values]

    def depth(value: Value) -> int:
        """Return the number of keys to the largest part around a value that is not there."""
        above = range(1, len(value.keys))
        return next((size for size in above if value.keys[:size] not in there.holders), len(value.keys))

    for keys, group in groupby(missing, key=lambda value: value.keys[: depth(value)]):
        values = [value for value in group if value.given]
        if not values:
            continue
        steps = values[0].steps[: len(keys)]
        only = values[0] if values[0].keys == keys and len(values) == 1 else None
        text = here.text(only) if only else here.text_at(steps)
        removed, there_at = kind == "removed", (*there.holders[keys[:-1]], steps[-1])
        yield Difference(
            kind,
            path_of(keys),
            old=only if removed else None,
            new=None if removed else only,
            old_text=text if removed else "",
            new_text="" if removed else text,
            origin=values[0].origin,
            places=((steps, there_at) if removed else (there_at, steps),),
            count=len(values),
        )


def _told_once(found: Sequence[Difference]) -> list[Difference]:
    """Join what is one difference because its places share it."""
    told: dict[object, Difference] = {}
    for one in found:
        meant = [end and (end.origin, repr(end.meaning)) for end in (one.old, one.new)]
        key = (one.kind, one.origin, one.old_text, one.new_text, *meant) if one.origin else one.path
        known = told.get(key)
        told[key] = (
            one
            if known is None
            else replace(known, also=(*known.also, one.path), places=(*known.places, *one.places))
        )
    return list(told.values())


_SECTIONS = (
    "alternatives",
    "mitigations",
    "correlations",
    PREFERENCES,
    "checks",
    "stresses",
    "meta",
    "title",
)


def _rank(section: str) -> int:
    """Return the place of a section: what moves money first."""
    return _SECTIONS.index(section) + 1 if section in _SECTIONS else 0


def _remarks(old: Scenario, new: Scenario) -> Iterator[Remark]:
    """Yield sources, notes and owners that differ, of what is there on both sides or on one."""
    for path in sorted({*old.annotations, *new.annotations}):
        before, after = old.annotations.get(path, {}), new.annotations.get(path, {})
        for key in ("source", "owner", "note"):
            texts = [" ".join(said.get(key, "").split()) for said in (before, after)]
            if texts[0] != texts[1]:
                yield Remark(path, key, *texts)


def _data_files(old: Scenario, new: Scenario) -> Iterator[DataFile]:
    for name in sorted({*old.data_files, *new.data_files}):
        before, after = old.data_files.get(name, ""), new.data_files.get(name, "")
        if before != after:
            yield DataFile(name, before, after)


def flow(node: Node) -> str:
    """Return a node as YAML in one line, without sources, notes and owners."""
    if isinstance(node, Map):
        kept = {key: value for key, value in node.items() if key not in {"source", "note", "owner"}}
        if kept.keys() == {"value"}:
            return flow(kept["value"])
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in kept.items()) + "}"
    if isinstance(node, list):
        return f"[{', '.join(map(flow, node))}]"
    return str(node)
