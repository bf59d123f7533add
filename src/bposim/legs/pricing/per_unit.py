"""A price for each unit of work, with a band, charges outside it, and a committed minimum."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from bposim.inputs.number import NonNegative, Share
from bposim.legs.price_model import Billable, PriceModel
from bposim.part import Part
from bposim.shapes import Path, positive_part


class Band(Part):
    """Around the forecast the price holds; outside, additional and reduced resource charges apply."""

    flex: NonNegative
    """Half-width of the band as a part of the forecast."""
    additional_charge: NonNegative = 1.0
    """ARC: price of a unit above the band, as a multiple of the price."""
    reduced_credit: Share = 1.0
    """RRC: what is credited for a unit below the band, as a part of the price."""


class PerUnit(PriceModel):
    """Fee = price × units, at least ``commitment`` × forecast (take-or-pay on the live share)."""

    kind: ClassVar[str] = "per_unit"

    commitment: NonNegative = 0.0
    """Least billed volume as a part of the forecast on the live share."""
    band: Band | None = None
    """Charges outside the forecast's band."""

    def billed(self, work: Billable) -> Path:
        """Return the equivalent units at full price."""
        units = work.volume
        if self.band:
            above = positive_part(work.volume - work.forecast * (1.0 + self.band.flex))
            below = positive_part(work.forecast * (1.0 - self.band.flex) - work.volume)
            units = (
                units + (self.band.additional_charge - 1.0) * above + (1.0 - self.band.reduced_credit) * below
            )
        if isinstance(self.commitment, float) and self.commitment == 0.0:
            return units
        return np.maximum(units, self.commitment * work.forecast)

    @classmethod
    def example(cls) -> Self:
        """Return a contract with a band of 15 % and a commitment of 80 %."""
        return cls(
            amount=3.5, commitment=0.8, band=Band(flex=0.15, additional_charge=1.1, reduced_credit=0.6)
        )
