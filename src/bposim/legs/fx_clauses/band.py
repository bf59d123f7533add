"""The client bears only what leaves a band."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.inputs.number import NonNegative, Share
from bposim.legs.fx_clause import FxClause
from bposim.shapes import Path


class CurrencyBand(FxClause):
    """Inside S(0)(1 ± b) the agreed rate S(0) is paid; beyond, S(0) and the client's part of the excess.

    Paid: S(0) + c · (max(0, S(t) - S(0)(1+b)) - max(0, S(0)(1-b) - S(t))), so nothing jumps at the edges.
    """

    kind: ClassVar[str] = "band"

    width: NonNegative
    """Half-width b of the band as a part of the agreed rate."""
    client_share: Share = 1.0
    """Part c of the movement beyond the band that the client bears, up or down."""

    def rate(self, path: Path, spot: float) -> Path:
        """Return the agreed rate and what leaves the band."""
        above = np.maximum(0.0, path - spot * (1.0 + self.width))
        below = np.maximum(0.0, spot * (1.0 - self.width) - path)
        return spot + self.client_share * (above - below)

    @classmethod
    def example(cls) -> Self:
        """Return a band of 5 % on either side."""
        return cls(width=0.05)
