"""How the wizard writes numbers and mappings: as a scenario file has them, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bposim.quantities import read_number
from bposim.tree import List, Map

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.tree import Node
    from bposim.wizard.answers import Spread

ALIKE = 0.02
"""A factor this near to 1 leaves the library's figure as it is."""

ASSUMED = "our assumption (grade M)"
"""Source of a number of the wizard's own."""

_AMOUNTS = frozenset({"amount", "value", "low", "likely", "high", "mean", "median", "max", "min"})
"""Keys whose numbers are in the unit of the whole; a shape such as sigma is not."""


def times(value: Node, factor: float) -> Any:  # noqa: ANN401 - a node of text
    """Return a number, an amount or a distribution times ``factor``, without its annotations."""
    if isinstance(value, Map):
        items: dict[str, Any] = {}
        for name, below in value.items():
            if name in {"source", "note"}:
                continue
            scales = isinstance(below, Map) or name in _AMOUNTS
            items[name] = times(below, factor) if scales else below
        return Map(items)
    return number(read_number(value) * factor)


def flow(value: Node) -> str:
    """Return a node in one line."""
    if isinstance(value, Map):
        return "{" + ", ".join(f"{name}: {flow(below)}" for name, below in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, List) else str(value)


def same(factor: float) -> bool:
    """Return whether a factor changes nothing worth writing."""
    return abs(factor - 1.0) < ALIKE


def number(value: float) -> str:
    """Return a number with three significant digits, and its thousands apart."""
    if value >= 1000.0:  # noqa: PLR2004 - where thousands begin
        digits = 10 ** (len(f"{value:.0f}") - 3)
        return f"{round(value / digits) * digits:_}"
    return f"{value:.3g}"


def exact(value: float) -> str:
    """Return a number as it was given, its thousands apart."""
    return f"{value:_.10g}"


def percent(value: float) -> str:
    """Return a share or rate with its sign."""
    return f"{100 * value:.10g}%"


def spread(value: Spread, write: Callable[[float], str]) -> str:
    """Return a number, or three of them as an uncertain one."""
    if not isinstance(value, tuple):
        return write(value)
    low, likely, high = map(write, value)
    return f"{{low: {low}, likely: {likely}, high: {high}}}"


def money(amount: str, currency: str, source: str) -> str:
    """Return an amount with its currency and where it comes from."""
    return f'{{amount: {amount}, currency: {currency}, source: "{source}"}}'
