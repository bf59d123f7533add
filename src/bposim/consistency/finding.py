"""What a check finds, and how the checks walk through a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.distribution import Distribution
from bposim.legs.price_model import PriceModel
from bposim.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.scenario import Scenario

NEGLIGIBLE = 1e-9
"""Probability of a value that no run will see."""

Keys = tuple[str | int, ...]
"""The way to a place in the file: keys of mappings and positions in lists."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding about a place in the scenario, not yet located in a file; codes BP3xx are warnings."""

    code: str
    keys: Keys
    what: str
    remedy: str


def parts(node: object, keys: Keys) -> Iterator[tuple[Keys, Part]]:
    """Yield every part of a scenario with the way to it in the file."""
    if isinstance(node, Distribution):
        return
    if isinstance(node, Part):
        keys = (*keys, node.kind) if isinstance(node, PriceModel) else keys  # written below its kind
        yield keys, node
        for name in type(node).model_fields:
            yield from parts(getattr(node, name), (*keys, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from parts(value, (*keys, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from parts(value, (*keys, number))


def mean_of(value: object) -> float:
    """Return the mean of a number, certain or not."""
    return value.mean if isinstance(value, Distribution) else float(value)  # type: ignore[arg-type]


def chance_up_to(value: float | Distribution, limit: float) -> float:
    """Return the probability that a number is at most ``limit``."""
    return float(value.cdf(np.asarray(limit))) if isinstance(value, Distribution) else float(value <= limit)


def baseline_names(scenario: Scenario) -> list[str]:
    """Return the alternatives that say they are the baseline; one should."""
    return [name for name, alternative in scenario.alternatives.items() if alternative.baseline]
