"""A value that occurs or does not."""

from __future__ import annotations

from typing import Self

from bposim.inputs.atomic import Atomic
from bposim.part import Real


class Bernoulli(Atomic):
    """A value that occurs with probability p, otherwise 0."""

    kind = "bernoulli"
    p: Real
    """Probability."""
    value: Real = 1.0
    """The value if it occurs."""

    @classmethod
    def example(cls) -> Self:
        return cls(p=0.3, value=50.0)

    def _check(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(
                f"p {self.p:g} is not a probability; write a number from 0 to 1, or a percentage"
            )

    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return (0.0, self.value), (1 - self.p, self.p)
