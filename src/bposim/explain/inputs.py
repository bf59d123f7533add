"""Explanation of an input: what it is, where it is used, what it moves with, and who says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.explain.lines import explain_line
from bposim.explain.sources import noted, numbers
from bposim.inputs.distribution import Distribution
from bposim.inputs.names import matching, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bposim.explain.sources import Note, Written
    from bposim.explain.twin import Twin
    from bposim.scenario import Scenario

LEVELS = {"p5": 0.05, "p50": 0.50, "p95": 0.95}


@dataclass(frozen=True, slots=True)
class Figures:
    """A number of the file: a certain one, or a distribution with its parameters."""

    kind: str
    """Kind of the distribution, or \"certain\"."""
    parameters: dict[str, Any]
    """As the file writes them."""
    mean: float
    percentiles: dict[str, float]
    """P5, P50 and P95; of a certain number the number."""
    support: tuple[float | None, float | None]
    """Lowest and highest possible value; None where there is none."""


@dataclass(frozen=True, slots=True)
class InputExplanation:
    """An input of a scenario."""

    name: str
    """Where it was first written."""
    meaning: str
    figures: Figures
    currency: str | None
    """Of an amount of money."""
    per_cent: bool
    """Whether the file writes it in per cent."""
    per_event: bool
    given: bool
    used_at: tuple[str, ...]
    """Every place of the scenario that takes it."""
    variants: tuple[str, ...]
    """Places that share its draw with other parameters."""
    enters: tuple[str, ...]
    """Lines whose formula has it."""
    correlations: tuple[tuple[str, float], ...]
    """Other inputs and rank correlations."""
    note: Note

    @property
    def short(self) -> str:
        """The name as people write it."""
        return short_name(self.name)


def candidates(word: str, written: Iterable[Written]) -> list[str]:
    """Return the names of inputs that a word can mean; an exact one alone, else the shortest."""
    written = list(written)
    return matching(word, dict.fromkeys(each.name for each in written)) or sorted(
        {each.name for each in written if each.position in matching(word, [w.position for w in written])}
    )


def explain_input(twin: Twin, name: str) -> InputExplanation:
    """Return the explanation of the input that was first written at ``name``."""
    scenario = twin.scenario
    same = [each for each in numbers(scenario) if each.name == name]
    first = same[0]
    return InputExplanation(
        name=name,
        meaning=first.meaning,
        figures=figures(first.value),
        currency=first.currency or (scenario.base_currency if first.is_money else None),
        per_cent=isinstance(first.value, Distribution) and first.value.per_cent,
        per_event=first.per_event,
        given=any(each.given for each in same),
        used_at=tuple(each.position for each in same if each.value == first.value),
        variants=tuple(each.position for each in same if each.value != first.value),
        enters=tuple(_lines_with(twin, name)),
        correlations=tuple(_correlated(scenario, name)),
        note=noted(first, scenario),
    )


def figures(value: float | Distribution) -> Figures:
    """Return what a number says."""
    if not isinstance(value, Distribution):
        certain = float(value)
        return Figures("certain", {}, certain, dict.fromkeys(LEVELS, certain), (certain, certain))
    levels = value.ppf(np.array(list(LEVELS.values()))).tolist()
    given = {
        field.alias or name: _plain(getattr(value, name))
        for name, field in type(value).model_fields.items()
        if name in value.model_fields_set
    }
    return Figures(
        value.kind,
        {name: number for name, number in given.items() if number is not None},
        value.mean,
        dict(zip(LEVELS, levels, strict=True)),
        (_finite(value.support[0]), _finite(value.support[1])),
    )


def at_level(value: float | Distribution, at: float | None) -> float:
    """Return a number as the base case has it: its mean, or its quantile at probability ``at``."""
    if not isinstance(value, Distribution):
        return float(value)
    return value.mean if at is None else float(value.ppf(np.array([at]))[0])


def level_name(at: float | None) -> str:
    """Return "mean", or the percentile as people write it: P90."""
    return "mean" if at is None else f"P{100 * at:g}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _plain(value: Any) -> Any:  # noqa: ANN401 - a parameter of any distribution
    """Return a parameter as JSON has it."""
    if isinstance(value, Distribution):
        return {value.kind: figures(value).parameters}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _lines_with(twin: Twin, name: str) -> list[str]:
    """Return the lines one of whose drivers comes from the input."""
    if name == "discount_rate":
        return ["every present value"]
    found = []
    for alternative in twin.entries:
        for category in twin.categories(alternative):
            explained = explain_line(twin, alternative, category)
            if any(ref.written.name == name for piece in explained.pieces for ref in piece.references):
                found.append(explained.name)
    return found


def _correlated(scenario: Scenario, name: str) -> list[tuple[str, float]]:
    return [
        (other if one == name else one, rank)
        for one, other, rank in scenario.dependence.pairs
        if name in {one, other}
    ]
