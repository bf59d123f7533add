"""Amounts and exchange rates of the library are in US dollars: wrong in another base currency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding
from bposim.library.entry import read_annotation
from bposim.tree import Map, Text, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.consistency.finding import Keys
    from bposim.explain.sources import Written
    from bposim.scenario import Scenario
    from bposim.tree import Node

DOLLAR = "USD"

CODE = "BP209"

_RATE = re.compile(r"(?P<place>world\.fx\.(?P<currency>[A-Z]{3}))\.(?:spot|volatility)")

_STEP = re.compile(r"[^.\[\]]+")


def library_dollars(scenario: Scenario, whole: Map) -> Iterator[Finding]:
    """Yield each exchange rate and each amount without a currency that the library brought in dollars.

    ``whole`` is the tree of the scenario with all sharing carried out, which knows what came from there.
    """
    base = scenario.base_currency
    if base == DOLLAR:
        return
    from bposim.explain.sources import numbers  # noqa: PLC0415 - it reads scenarios; few are in another currency

    told: set[Keys] = set()
    for written in numbers(scenario):
        rate = _RATE.fullmatch(written.position)
        keys = _keys(rate["place"] if rate else written.position)
        if keys in told or not (rate or _is_amount(written)):
            continue
        if not _from_library(whole, _keys(written.position)):
            continue
        told.add(keys)
        if rate:
            what = f"the library's rate and volatility of {rate['currency']} are against {DOLLAR}, not {base}"
            per = f"{base} for one {rate['currency']}"
            remedy = f"write both here: spot is {per}; `bposim fit` reads them off a file"
        else:
            what = f"the library's amount is in {DOLLAR} and would count as {base}"
            remedy = f"convert it and write it here in {base}"
            remedy += f", or add currency: {DOLLAR} beside it" if written.is_money else ""
        yield Finding(CODE, keys, what, remedy)


def _is_amount(written: Written) -> bool:
    """Return whether a number that the file gives is in base currency; sizes of losses have no other."""
    is_size = written.position.endswith(".severity")
    return written.given and written.currency is None and (written.is_money or is_size)


def _from_library(whole: Map, keys: Keys) -> bool:
    """Return whether the value at these keys came with a piece of the library, and not over it."""
    node: Node = whole
    around: list[Map] = []
    for step in keys:
        below = child(node, step)
        if below is not None:
            around += [node] if isinstance(node, Map) else []
            node = below
    if isinstance(node, Map):
        return _signed(node.get("source"))
    if isinstance(node, Text) and node.source:
        return _signed(node.source)
    source = next((each["source"] for each in reversed(around) if "source" in each), None)
    # A piece stands where its like: does, and so do all values that it brought.
    return isinstance(source, Text) and _signed(source) and node.mark == source.mark


def _signed(source: object) -> bool:
    return isinstance(source, str) and read_annotation(source) is not None


def _keys(position: str) -> Keys:
    return tuple(int(step) if step.isdecimal() else step for step in _STEP.findall(position))
