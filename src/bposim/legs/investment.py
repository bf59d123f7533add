"""Investment at a later date, once or again and again."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from bposim.inputs.money import Amount
from bposim.inputs.number import Months
from bposim.operations import Line
from bposim.part import Part
from bposim.quantities import read_months
from bposim.shapes import FloatArray, Path
from bposim.world.world import World

Cycle = Annotated[
    float, BeforeValidator(read_months), Field(ge=1), WithJsonSchema({"type": ["number", "string"]})
]
"""A certain length of time, a month at least: 36, 36 months, 3 years."""


class Investment(Part):
    """An amount that is paid in a month: equipment, a licence, its renewal; as written, not indexed."""

    amount: Amount
    """What is paid each time, whatever the alternative's legs."""
    month: Months
    """Month of the first payment; 0 is the decision."""
    every: Cycle | None = None
    """Months from one payment to the next; once, if left out."""

    def line(self, world: World) -> Line:
        """Return the payments: at the end of the month in which they fall due, as long as the horizon."""
        at_once = self.due(np.zeros((1, 1)))[0]
        return Line(
            "investment",
            self.due(world.month) * world.monthly(self.amount),
            at_once * world.today(self.amount),
        )

    def due(self, month: FloatArray) -> FloatArray:
        """Return how many payments fall due in each month, from 0."""
        return self._paid_by(month) - np.where(month > 0.0, self._paid_by(month - 1.0), 0.0)

    def _paid_by(self, month: FloatArray) -> FloatArray:
        """Return how many payments have fallen due."""
        elapsed: Path = month - self.month
        if self.every is None:
            return np.where(elapsed >= 0.0, 1.0, 0.0)
        return np.maximum(0.0, np.floor(elapsed / self.every) + 1.0)
