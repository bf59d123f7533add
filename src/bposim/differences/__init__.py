"""What differs between two scenarios, as far as it matters: values, what shares a draw, sources, data.

Compared is what the files mean, not how they are written: ``40%`` and ``0.4`` are the same, and so are a key
that is left out and its default, two orders of one list of legs, and a part that is written anew or taken
over by ``like:``, as long as it is drawn under the same name.  What several places share by ``like:`` is one
difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from bposim.differences.contents import Contents, Value, path_of
from bposim.inputs.distribution import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.scenario import Scenario
    from bposim.tree import Steps

Kind: TypeAlias = Literal["changed", "added", "removed", "shared"]
"""``shared``: the value is the same, but it is drawn together with something else than before."""

WITHOUT_EFFECT = frozenset({"title", "meta", "stresses", "studies", "checks", "schema_version"})
"""Keys at the top of a file that change no cost and no ranking."""

PREFERENCES = "preferences"
"""They change no cost, but how alternatives rank."""


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
    before, after = Contents(old), Contents(new)
    found = [*_moved(before, after), *_gone(before, after, "removed"), *_gone(after, before, "added")]
    everything = [value.path for value in (*before.values.values(), *after.values.values())]
    order = {path: number for number, path in enumerate(dict.fromkeys(everything))}
    found.sort(key=lambda one: (_rank(one.section), order.get(one.path, len(order))))
    remarks, files = tuple(_remarks(old, new)), tuple(_data_files(old, new))
    return Differences(old, new, tuple(_told_once(found)), remarks, files)


def _moved(before: Contents, after: Contents) -> Iterator[Difference]:
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


def _gone(here: Contents, there: Contents, kind: Kind) -> Iterator[Difference]:
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
