"""A part of the invoices is bought forward."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.discounting import months_column
from bposim.inputs.number import Months, NonNegative, Number, Share
from bposim.legs.fx_clause import FxClause
from bposim.shapes import Path


class Hedged(FxClause):
    """For k months the part h is paid at the forward rate and its cost c, the rest and all later at S(t).

    F(t) = S(0) ((1 + home)/(1 + foreign))^(t/12), covered interest parity: a currency of higher rates is
    cheaper forward.  Paid: h F(t) (1 + c) + (1 - h) S(t) while t ≤ k, then S(t).
    """

    kind: ClassVar[str] = "hedged"

    fraction: Share
    """Part h of each invoice that is bought forward at signature."""
    months: Months
    """Months k for which it is."""
    home_interest: Number = 0.0
    """Interest rate a year of the base currency."""
    foreign_interest: Number = 0.0
    """Interest rate a year of the contract's currency; with the same as at home the forward is S(0)."""
    cost_basis_points: NonNegative = 0.0
    """Cost c of what is hedged: 30 adds 0.3 % to each hedged payment."""

    def rate(self, path: Path, spot: float) -> Path:
        """Return the mixed rate."""
        month = months_column(len(np.atleast_2d(path)))
        forward = spot * np.exp(
            (np.log1p(self.home_interest) - np.log1p(self.foreign_interest)) * (month / 12.0)
        )
        hedged = self.fraction * (month <= self.months)
        return hedged * (forward * (1.0 + self.cost_basis_points / 1e4)) + (1.0 - hedged) * path

    @classmethod
    def example(cls) -> Self:
        """Return half of the invoices of two years, bought forward by a client at lower rates."""
        return cls(
            fraction=0.5, months=24.0, home_interest=0.04, foreign_interest=0.06, cost_basis_points=15.0
        )
