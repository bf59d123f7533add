"""A currency that does not move."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel


class Fixed(FxModel):
    """S(t) = S0."""

    kind: ClassVar[str] = "fixed"

    def path(self, draw: FloatArray | None, months: int) -> Path:
        """Return the spot."""
        return self.spot

    @classmethod
    def example(cls) -> Self:
        """Return a pegged currency."""
        return cls(spot=0.2723)
