"""The values of a scenario by their way, each with what it means, in place of how it is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

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


class Contents:
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
