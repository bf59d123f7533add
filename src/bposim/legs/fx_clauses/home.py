"""The vendor bears the exchange rate."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.legs.fx_clause import FxClause
from bposim.shapes import Path


class Home(FxClause):
    """Invoices are in the client's currency at the rate of the day of signature."""

    kind: ClassVar[str] = "home"

    def rate(self, path: Path, spot: float) -> Path:
        """Return S(0)."""
        return spot

    @classmethod
    def example(cls) -> Self:
        """Return the clause; it has no parameters."""
        return cls()
