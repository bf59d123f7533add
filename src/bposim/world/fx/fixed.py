"""A currency without surprises."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel


class Fixed(FxModel):
    """S(t) = S0 exp(μ t/12): a peg at no drift, the forward rates by interest parity."""

    kind: ClassVar[str] = "fixed"
    shocked: ClassVar[bool] = False

    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return the spot, or its path along the drift."""
        moves = np.any(self.log_drift)
        return self.growing(months) if moves else self.spot

    @classmethod
    def example(cls) -> Self:
        """Return a pegged currency."""
        return cls(spot=0.2723)
