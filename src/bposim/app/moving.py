"""The numbers of a scenario file that a slider moves, and the file with them moved.

A certain number becomes the one that the slider shows.  Of an uncertain one the slider sets the centre (the
likely value, the median, the mean) and keeps the spread: all its figures are multiplied by the same factor,
or, where one of them is negative, moved by the same amount.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import Sample
from bposim.analysis.sensitivity import rank_correlation
from bposim.assumption_book.applying import applied
from bposim.assumption_book.edits import Edit, said
from bposim.assumption_book.listing import rows_of
from bposim.assumption_book.places import whole_book
from bposim.assumption_book.rows import (
    FIXED,
    GENERAL,
    MID,
    PARAMETER,
    PERCENTILES,
    RANGE,
    SHARED,
    SLOTS,
    VALUE,
    Figure,
)
from bposim.assumption_book.spelling import amount_of, spelled
from bposim.files import written_out
from bposim.inputs.names import short_name
from bposim.report.drivers import inputs_of
from bposim.sample import without_variant
from bposim.tree import Map, Text, descend
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.assumption_book.rows import Row
    from bposim.result import Result
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.tree import Steps

STRONGEST = 8
"""So many inputs, those that go most with the savings, are among the first sliders."""

MOST = 18
"""Sliders that are shown unasked."""

ALWAYS, ALWAYS_LAST = ("discount_rate", "world.volume.growth"), ("price", "attrition")
HALF = 0.5
"""A certain number moves by half of itself, up and down."""

TAIL = 0.01
"""The centre of an uncertain number moves between its own percentiles 1 and 99."""

LEAST = 0.01
"""A number that moves by a factor does not come nearer to zero than to this part of itself."""

POSITIONS = 40
"""At least so many steps from end to end."""

FINER = 10
"""A finer step is taken so that the number of the file is one of them, down to so many times finer."""

DIGITS = 4
"""Significant digits of a figure that moves along."""

_CENTRES = {("normal", "mean"): "mean", ("lognormal", "mean"): "mean", ("lognormal", "median"): "median"}
_PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Moving:
    """A number that can be moved: what it is called, and from where to where."""

    row: Row
    """Where it stands in the file; its figures are in the units of the file."""
    path: str
    """Of the number as a whole, as runs name the input."""
    label: str
    centre: float
    low: float
    high: float
    step: float
    kind: str = ""
    """The form in which it is written anew; empty where the form stays."""

    @property
    def group(self) -> str:
        """Whose number it is: the world's, an alternative's."""
        if self.row.steps[0] == "alternatives":
            return str(self.row.steps[1])
        return "Decision and world" if self.row.sheet in {GENERAL, "World", "Inputs"} else self.row.sheet

    @property
    def scale(self) -> float:
        """By what a slider shows the number multiplied: rates in per cent."""
        return _PER_CENT if self.row.per_cent else 1.0

    @property
    def is_certain(self) -> bool:
        """Whether the file gives one number and no range."""
        return self.row.kind == FIXED

    def at(self, value: float) -> Edit | None:
        """Return the change of the file that puts the centre at a value; None where it is there."""
        if math.isclose(value, self.centre, rel_tol=1e-9, abs_tol=self.step / FINER**2):
            return None
        own = {column: figure.amount.value for column, figure in self.row.figures.items()}
        moved = _moved(own, self.centre, value)
        moved[_centre_of(self.row)] = value
        return Edit(
            replace(self.row, kind=SHARED) if self.kind else self.row,
            whole_book(""),
            kind=self.kind or None,
            figures={column: spelled(each, self.row.style_of(column)) for column, each in moved.items()},
        )

    @property
    def written(self) -> str:
        """The number as the file has it."""
        return said(self.row)


def movable(data: bytes, name: str, scenario: Scenario) -> tuple[Moving, ...]:
    """Return every number of a valid scenario file that a slider can move, in the order of the file."""
    rows = rows_of(read_tree(data, name), scenario.base_currency)
    spreads = {
        entry.name: entry.distribution.ppf(np.array([TAIL, 0.5, 1 - TAIL]))
        for entry in scenario.uncertain.entries
    }
    whole = written_out(scenario)
    found = (_moving(row, spreads, whole) for row in rows)
    return tuple(moving for moving in found if moving is not None)


def moved(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the file with the changes in it; every other byte stays, comments too."""
    return applied(data, edits)


def main_ones(offered: Sequence[Moving], result: Result) -> tuple[Moving, ...]:
    """Return what to show first: prices, attrition, growth, discount rate, and what drives the savings.

    ``result`` is a quick run; an input counts by its highest rank correlation with any saving.
    """
    strength = _strength(result)
    driving = sorted(
        (moving for moving in offered if strength.get(moving.path, 0.0) > 0),
        key=lambda moving: -strength[moving.path],
    )[:STRONGEST]
    wanted = [moving for moving in offered if _is_main(moving.path)]
    shown = list(dict.fromkeys(moving.path for moving in [*driving, *wanted]))[:MOST]
    return tuple(moving for moving in offered if moving.path in shown)


def _is_main(path: str) -> bool:
    return path in ALWAYS or short_name(path).rpartition(".")[2] in ALWAYS_LAST


def _strength(result: Result) -> dict[str, float]:
    """Return by full name of an input its highest rank correlation with a saving, in absolute terms."""
    known = inputs_of(result)
    strength: dict[str, float] = {}
    if not known.values:
        return strength
    for name in result.names:
        saving = Sample(result.costs[result.baseline] - result.costs[name])
        if name == result.baseline or saving.spread == 0:
            continue
        for label, found in rank_correlation(saving, known.values).items():
            full = without_variant(known.drivers[label].name)
            strength[full] = max(strength.get(full, 0.0), abs(found.value))
    return strength


# ---------------------------------------------------------------- one row


def _moving(row: Row, spreads: Mapping[str, FloatArray], whole: Map) -> Moving | None:
    kind, path = "", row.path
    if row.kind == SHARED:
        taken = _from_library(row, whole)
        if taken is None:
            return None
        row, kind = taken, taken.kind
    elif row.kind == PARAMETER:
        if row.steps[-2:] not in _CENTRES:
            return None
        path = path.rsplit(".", 2)[0]
    elif row.locked or not row.kinds or _is_share(row) or row.kind not in {FIXED, RANGE, PERCENTILES}:
        return None
    if not row.figures or _centre_of(row) not in row.figures:
        return None
    centre = row.figures[_centre_of(row)].amount.value
    ends = _ends(row, centre, spreads.get(path))
    if ends is None:
        return None
    step = _step(ends[1] - ends[0], centre)
    low, high = _on_steps(*ends, centre, step)
    return Moving(row, path, _label(row, path), centre, low, high, step, kind) if low < high else None


def _is_share(row: Row) -> bool:
    """Tell whether it is a leg's share: shares have to add up, so no one of them moves alone."""
    return row.steps[-1] == "share" and "legs" in row.steps


def _from_library(row: Row, whole: Map) -> Row | None:
    """Return the row of a range that stands in the library, as it would be written here; None for others."""
    node = descend(whole, _as_legs(row.steps))
    if not isinstance(node, Map) or not row.meaning.startswith("Taken over from library."):
        return None
    for kind in (RANGE, PERCENTILES):
        columns = SLOTS[kind]
        texts = {column: node[key] for column, key in columns.items() if key in node}
        figures = {
            column: Figure((*row.steps, columns[column]), str(text), read)
            for column, text in texts.items()
            if isinstance(text, Text) and (read := amount_of(text))
        }
        if {columns[column] for column in figures} >= set(list(columns.values())[:3]):
            unit = "%" if next(iter(figures.values())).amount.style.per_cent else ""
            meaning = f"{row.meaning.partition(';')[0]}; moving it writes the range into this file."
            return replace(row, kind=kind, figures=figures, unit=unit, meaning=meaning)
    return None


def _as_legs(steps: Steps) -> Steps:
    """Return the way in a scenario with all sharing carried out, in which every leg stands in a list."""
    if steps[0] == "alternatives" and set(steps[2:3]) & {"team", "vendor"}:
        return (*steps[:2], "legs", 0, *steps[2:])
    return steps


def _centre_of(row: Row) -> str:
    return VALUE if row.kind in {FIXED, PARAMETER} else MID


def _moved(figures: Mapping[str, float], centre: float, value: float) -> dict[str, float]:
    """Return all figures of a number with its centre at a value."""
    if _scales(figures.values(), centre):
        return {column: _short(own * value / centre) for column, own in figures.items()}
    return {column: _short(own + value - centre) for column, own in figures.items()}


def _scales(figures: Iterable[float], centre: float) -> bool:
    """Tell whether a number moves by a factor."""
    return min(figures) >= 0 and centre > 0


def _ends(row: Row, centre: float, spread: FloatArray | None) -> tuple[float, float] | None:
    """Return between which values the centre can move, so that every figure stays in its range."""
    own = [figure.amount.value for figure in row.figures.values()]
    if row.kind == FIXED:
        low, high = sorted((centre * (1 - HALF), centre * (1 + HALF)))
    elif spread is not None and spread[0] <= centre <= spread[2]:
        low, high = float(spread[0]), float(spread[2])
    else:  # a period in another unit than that of the model, or a number that no run draws
        low, high = min(own), max(own)
    least, most = row.bounds
    scales = _scales(own, centre)
    if least is not None and min(own) != 0:
        low = max(low, centre * least / min(own) if scales else centre + least - min(own))
    if most is not None:
        high = min(high, centre * most / max(own) if scales else centre + most - max(own))
    if scales:
        low = max(low, centre * LEAST)
    return (low, high) if low < high and low <= centre <= high else None


def _step(width: float, centre: float) -> float:
    """Return a round step, of which the centre is a multiple where a finer one makes that possible."""
    steps = list(_round_steps(width / POSITIONS))
    return next((step for step in steps if _is_multiple(centre, step)), steps[0])


def _round_steps(most: float) -> Iterator[float]:
    """Yield 1, 2 and 5 times powers of ten, from the largest that is not above ``most`` downwards."""
    power = math.floor(math.log10(most)) + 1
    sizes = [mantissa * 10.0**exponent for exponent in range(power, power - 4, -1) for mantissa in (5, 2, 1)]
    yield from (size for size in sizes if most / FINER <= size <= most)


def _is_multiple(value: float, step: float) -> bool:
    return math.isclose(value / step, round(value / step), abs_tol=1e-6)


def _on_steps(low: float, high: float, centre: float, step: float) -> tuple[float, float]:
    """Return the ends a whole number of steps from the centre, inside."""
    down, up = math.floor((centre - low) / step + 1e-9), math.floor((high - centre) / step + 1e-9)
    return _clean(centre - down * step), _clean(centre + up * step)


def _clean(value: float) -> float:
    return float(f"{value:.12g}")


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _label(row: Row, path: str) -> str:
    """Return what people call the number: the path in words, without whose it is."""
    parts = short_name(path).split(".")
    whose = {"world", "inputs"} if row.steps[0] != "alternatives" else {row.steps[1]}
    own = [part for part in parts if part not in whose] or parts
    name = ", ".join(part.replace("_", " ") for part in own)
    unit = f" ({row.unit})" if row.unit else ""
    return f"{name[:1].upper()}{name[1:]}{unit}"
