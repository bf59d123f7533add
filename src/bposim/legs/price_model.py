"""What every price model gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from bposim.inputs.money import Currency
from bposim.inputs.number import NonNegative
from bposim.part import Part
from bposim.shapes import Path


@dataclass(frozen=True, slots=True)
class Billable:
    """What a month's invoice can be based on."""

    volume: Path
    """Units served, σ s V."""
    forecast: Path
    """Units expected on the live share, σ s V̂."""
    effort: Path
    """The vendor's FTE, learning and improvement included; 0 where its productivity is not given."""
    live: Path
    """Live share of the whole work, σ s."""


class PriceModel(Part, ABC):
    """A way to charge: the fee of a month is ``amount`` × :meth:`billed`, before indexation and currency."""

    kind: ClassVar[str]

    amount: NonNegative
    """Price of one billed unit, month of an FTE, or month of service, in today's money."""
    currency: Currency | None = None
    """Currency of the contract; the base currency if left out."""

    @abstractmethod
    def billed(self, work: Billable) -> Path:
        """Return the quantity that is charged, month by month."""

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
