"""A few values with weights."""

from __future__ import annotations

import math
from typing import Self

from bposim.inputs.atomic import Atomic
from bposim.inputs.distribution import Reals


class Discrete(Atomic):
    """One of a few values, with weights in any unit."""

    kind = "discrete"
    values: Reals
    """The possible values."""
    weights: Reals
    """How often each occurs, relative to the others."""

    @classmethod
    def example(cls) -> Self:
        return cls(values=(10.0, 0.0, 25.0), weights=(0.3, 0.5, 0.2))

    def _check(self) -> None:
        if not self.values or len(self.values) != len(self.weights):
            raise ValueError(
                f"{len(self.values)} values and {len(self.weights)} weights; give one weight for each value"
            )
        if min(self.weights) < 0:
            raise ValueError(f"weight {min(self.weights):g} is negative; weights are 0 or more")
        if math.fsum(self.weights) == 0:
            raise ValueError("all weights are 0; give at least one value a positive weight")

    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.values, self.weights
