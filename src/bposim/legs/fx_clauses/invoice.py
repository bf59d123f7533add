"""The client bears the exchange rate."""

from __future__ import annotations

from typing import ClassVar, Self

from bposim.legs.fx_clause import FxClause
from bposim.shapes import Path


class Invoice(FxClause):
    """Invoices are in the contract's currency and are paid at the rate of the month."""

    kind: ClassVar[str] = "invoice"

    def rate(self, path: Path, spot: float) -> Path:
        """Return S(t)."""
        return path

    @classmethod
    def example(cls) -> Self:
        """Return the clause; it has no parameters."""
        return cls()
