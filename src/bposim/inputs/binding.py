"""From a scenario whose numbers are distributions to one whose numbers are draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bposim.inputs.distribution import Distribution
from bposim.inputs.number import PerEvent
from bposim.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.inputs.dependence import Dependence
    from bposim.inputs.draws import StreamDraws
    from bposim.shapes import FloatArray

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain number of the scenario, drawn once a trial.

    ``name`` is the dotted path at which it was first written; places that share it by ``like:`` share its
    draw.  Where an override changed only some of its parameters, the variants share the underlying normal
    draw, so they move together.
    """

    name: str
    distribution: Distribution


class Inputs:
    """Every uncertain number of a scenario and where it stands."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def __getstate__(self) -> dict[str, Part]:
        """Leave out of a copy what is found by identity: its parts are others."""
        return {"part": self.part}

    @property
    def entries(self) -> tuple[Input, ...]:
        """The distinct inputs, by name."""
        return self._entries[0]

    @cached_property
    def _entries(self) -> tuple[tuple[Input, ...], dict[int, int]]:
        """The inputs, and which of them each distribution of the part is."""
        unique: list[Input] = []
        value_of: dict[int, int] = {}
        for distribution in sorted(_walk(self.part), key=lambda d: (d.origin, repr(d))):
            entry = Input(distribution.origin, distribution)
            if not unique or unique[-1].name != entry.name or unique[-1].distribution != distribution:
                unique.append(entry)
            value_of[id(distribution)] = len(unique) - 1
        return tuple(unique), value_of

    @cached_property
    def _first(self) -> dict[int, Any]:
        return _repeated(self.part)

    @cached_property
    def _holders(self) -> dict[int, tuple[str, ...]]:
        return _holders(self.part, self._first)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the distinct names, sorted."""
        return tuple(sorted({entry.name for entry in self.entries}))

    def values(self, draws: StreamDraws, dependence: Dependence) -> list[FloatArray]:
        """Return one array ``(trials,)`` an entry: quantiles at correlated standard normal draws."""
        # Also those of a clause that was switched off, so that what they are correlated with stays put.
        names = {*self.names, *dependence.names}
        common = draws.vector("copula") if dependence.has_common_draw else None
        scores = dependence.correlate({name: draws.vector(f"input:{name}") for name in names}, common)
        return [entry.distribution.from_normal(scores[entry.name]) for entry in self.entries]

    def means(self) -> list[float]:
        """Return the mean of each entry: what the deterministic twin uses."""
        return [entry.distribution.mean for entry in self.entries]

    def quantiles(self, at: float) -> list[float]:
        """Return the quantile of each entry at probability ``at``; raises ValueError unless 0 < at < 1."""
        if not 0 < at < 1:
            raise ValueError(f"{at:g} is not the probability of a percentile; give one such as 0.9")
        return [float(entry.distribution.ppf(np.array([at]))[0]) for entry in self.entries]

    def bind(self, part: P, values: list[Any]) -> P:
        """Return ``part`` (of this scenario) with each entry replaced by its value; event sizes stay.

        Parts that ``like:`` made equal become one and the same, so that what is computed for one of them in a
        block can be remembered for all.
        """
        bound: P = self._bound(part, values, {})
        return bound

    def _bound(self, node: Any, values: list[Any], done: dict[int, Any]) -> Any:  # noqa: ANN401
        if isinstance(node, Distribution):
            return values[self._entries[1][id(node)]]
        node = self._first.get(id(node), node)
        key = id(node)
        if key not in self._holders:
            return node
        if key not in done:
            done[key] = self._copied(node, values, done)
        return done[key]

    def _copied(self, node: Any, values: list[Any], done: dict[int, Any]) -> Any:  # noqa: ANN401
        if isinstance(node, Part):
            names = self._holders[id(node)]
            return node.model_copy(
                update={name: self._bound(getattr(node, name), values, done) for name in names}
            )
        if isinstance(node, dict):
            return {key: self._bound(value, values, done) for key, value in node.items()}
        return [self._bound(value, values, done) for value in node]


def _fields(part: Part) -> Iterator[tuple[str, Any]]:
    for name in _names(type(part)):
        yield name, getattr(part, name)


@cache
def _names(kind: type[Part]) -> tuple[str, ...]:
    """Return the fields that may hold inputs: all but event sizes."""
    fields = kind.model_fields.items()
    return tuple(
        name for name, field in fields if not any(isinstance(mark, PerEvent) for mark in field.metadata)
    )


def _inside(node: object) -> Iterator[Any]:
    """Yield what a part, a mapping or a list holds directly."""
    if isinstance(node, Part):
        yield from (value for _, value in _fields(node))
    elif isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def varies_by_month(node: object) -> bool:
    """Tell whether a bound part holds a path: a number that a mitigation changes on the way."""
    if isinstance(node, np.ndarray):
        return node.ndim > 1
    return any(varies_by_month(value) for value in _inside(node))


def _walk(node: object) -> Iterator[Distribution]:
    if isinstance(node, Distribution):
        yield node
        return
    for value in _inside(node):
        yield from _walk(value)


def _repeated(part: Part) -> dict[int, Part]:
    """Return the earlier one of each part that equals an earlier one of the same origin, by its identity."""
    known: dict[tuple[type[Part], str], list[Part]] = {}
    first: dict[int, Part] = {}

    def visit(node: object) -> None:
        if isinstance(node, Part):
            alike = known.setdefault((type(node), node.origin), [])
            equal = next((other for other in alike if other == node), None)
            if equal is None:
                alike.append(node)
            elif equal is not node:
                first[id(node)] = equal
                return
        for value in _inside(node):
            if not isinstance(value, Distribution):
                visit(value)

    visit(part)
    return first


def _holders(part: Part, first: dict[int, Part]) -> dict[int, tuple[str, ...]]:
    """Return the identities of everything that binding changes, with the fields in which a part changes."""
    found: dict[int, tuple[str, ...]] = {}

    def changes(node: object) -> bool:
        if isinstance(node, Distribution):
            return True
        if isinstance(node, Part):
            inside = tuple(name for name, value in _fields(node) if changes(value))
        else:
            inside = tuple("*" for value in _inside(node) if changes(value))
        if inside:
            found[id(node)] = inside
        return bool(inside) or id(node) in first

    changes(part)
    return found
