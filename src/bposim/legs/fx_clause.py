"""What every currency clause gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from bposim.part import Part
from bposim.shapes import Path


class FxClause(Part, ABC):
    """Who bears the exchange rate of an invoice."""

    kind: ClassVar[str]

    @abstractmethod
    def rate(self, path: Path, spot: float) -> Path:
        """Return base currency paid for one unit of the contract's currency, month by month.

        ``path`` is S(t) with a row for each of the months 1..T, ``spot`` S(0).
        """

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
