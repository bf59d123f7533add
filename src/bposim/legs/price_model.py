"""What every price model gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from bposim.inputs.money import Currency
from bposim.inputs.number import NonNegative
from bposim.part import Part
from bposim.shapes import Path, product


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
    wages: Path = 1.0
    """Wage index of the vendor's country."""
    indexation: Path = 1.0
    """C, the price level after the anniversaries so far."""
    repricing: Path = 1.0
    """N, the price level after the renewals so far."""


class PriceModel(Part, ABC):
    """A way to charge: the fee of a month in the contract's currency is :meth:`fee`."""

    kind: ClassVar[str]

    amount: NonNegative
    """Price of one billed unit, month of an FTE, or month of service, in today's money."""
    currency: Currency | None = None
    """Currency of the contract; the base currency if left out."""

    @property
    def by_effort(self) -> bool:
        """Whether the fee depends on the vendor's FTE, so that its productivity must be known."""
        return False

    @abstractmethod
    def billed(self, work: Billable) -> Path:
        """Return the quantity that ``amount`` is charged for, month by month."""

    def fee(self, work: Billable) -> Path:
        """Return price · billed · C · N of each month, in the contract's currency.

        Proportional to the work: half of its volume, forecast, effort and live share is half of the fee.
        """
        return product(self.billed(work), self.amount, work.repricing, work.indexation)

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
