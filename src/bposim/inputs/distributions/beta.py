"""The beta distribution."""

from __future__ import annotations

from typing import Self

from bposim.inputs.continuous import BetaShaped
from bposim.inputs.distribution import check_ascending, check_positive
from bposim.part import Real


class Beta(BetaShaped):
    """A beta distribution between low and high, by its two shape parameters."""

    kind = "beta"
    alpha: Real
    """First shape parameter; more pulls towards high."""
    beta: Real
    """Second shape parameter; more pulls towards low."""
    low: Real = 0.0
    """Lowest value."""
    high: Real = 1.0
    """Highest value."""

    @classmethod
    def example(cls) -> Self:
        return cls(alpha=2.0, beta=5.0)

    def _check_parameters(self) -> None:
        check_positive(alpha=self.alpha, beta=self.beta)
        check_ascending(low=self.low, high=self.high)

    def _point(self) -> float | None:
        return self.low if self.low == self.high else None

    def _exponents(self) -> tuple[float, float]:
        return self.alpha, self.beta

    def _whole_support(self) -> tuple[float, float]:
        return self.low, self.high
