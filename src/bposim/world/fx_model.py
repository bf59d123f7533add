"""What every exchange-rate model gives, and how a scenario writes one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import AfterValidator

from bposim.part import Part, Real, complaint
from bposim.shapes import FloatArray, Path


def positive(value: float) -> float:
    """Check that a price or a duration is above zero."""
    if value <= 0.0:
        raise complaint(
            "bp_range", f"{value:g} is not above 0; a rate is base currency for one unit, e.g. 0.0172"
        )
    return value


Positive = Annotated[Real, AfterValidator(positive)]


class FxModel(Part, ABC):
    """A model of S(t), months 1..T, from today's spot."""

    kind: ClassVar[str]

    spot: Positive
    """Today's price of one unit, in base currency."""

    def sample(self, rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        """Return the standard normal shocks ``(months, trials)``: the only use of randomness."""
        return rng.standard_normal(shape)

    @abstractmethod
    def path(self, draw: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T; without a draw, its expectation."""

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
