"""How a contract's price moves at each anniversary."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import model_validator

from bposim.inputs.number import NonNegative, Number
from bposim.part import Part, complaint
from bposim.shapes import FloatArray, Path
from bposim.world.inflation import by_month
from bposim.world.world import World


class Indexation(Part):
    """C(y) = C(y-1) (1 + rise - give_back); rise is fixed, or sensitivity × index within floor and cap."""

    fixed: Number | None = None
    """A rise a year, whatever inflation does."""
    wages_of: str | None = None
    """Country whose wage index the price follows."""
    prices_of: str | None = None
    """Country whose price index the price follows."""
    sensitivity: NonNegative = 1.0
    """Part of the index that is passed on."""
    floor: Number | None = None
    """Least rise a year."""
    cap: Number | None = None
    """Most rise a year."""
    give_back: NonNegative = 0.0
    """Contracted productivity gain, taken off each year's rise."""

    @model_validator(mode="after")
    def _one_basis(self) -> Self:
        if sum(basis is not None for basis in (self.fixed, self.wages_of, self.prices_of)) != 1:
            raise complaint("bp_indexation", "give one of fixed, wages_of or prices_of")
        return self

    def path(self, world: World) -> Path:
        """Return C for months 1..T; 1 through the first year."""
        years = (world.months - 1) // 12 + 1
        index = (
            world.wage_years.get(self.wages_of or "")
            if self.wages_of
            else world.price_years.get(self.prices_of or "")
        )
        rise: Path = np.zeros((years - 1, 1))
        if self.fixed is not None:
            rise = rise + self.fixed
        elif index is not None:
            rise = self.sensitivity * (index[1:] / index[:-1] - 1.0)
        if self.floor is not None:
            rise = np.maximum(rise, self.floor)
        if self.cap is not None:
            rise = np.minimum(rise, self.cap)
        level: FloatArray = np.cumprod(np.asarray(1.0 + rise - self.give_back), axis=0)
        return by_month(np.concatenate([np.ones((1, level.shape[1])), level]), world.months)
