"""PERT: an estimate by a lowest, a most likely and a highest value."""

from __future__ import annotations

from typing import Self

from bposim.inputs.continuous import BetaShaped
from bposim.inputs.distribution import check_ascending
from bposim.part import Real


class Pert(BetaShaped):
    """PERT: a beta distribution from a lowest, most likely and highest value.

    Mean (low + shape * likely + high) / (shape + 2); shape 4 is the usual choice, less is flatter.
    Vose, Risk Analysis (2008), ch. 10.
    """

    kind = "pert"
    low: Real
    """Lowest value."""
    likely: Real
    """Most likely value."""
    high: Real
    """Highest value."""
    shape: Real = 4.0
    """Weight of the most likely value; 4 is usual."""

    @classmethod
    def example(cls) -> Self:
        return cls(low=2.0, likely=5.0, high=20.0)

    def _check_parameters(self) -> None:
        check_ascending(low=self.low, likely=self.likely, high=self.high)
        if self.shape < 0:
            raise ValueError(f"shape {self.shape:g} is negative; 4 is usual, 0 is uniform")

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _exponents(self) -> tuple[float, float]:
        width = self.high - self.low
        return (
            1 + self.shape * ((self.likely - self.low) / width),
            1 + self.shape * ((self.high - self.likely) / width),
        )

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high
