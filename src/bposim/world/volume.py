"""The volume of work: a forecast with growth, season and steps, and noise around it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from bposim.discounting import growth_path
from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, NonNegative, Number
from bposim.part import Part, Real, complaint
from bposim.quantities import read_year_month
from bposim.shapes import FloatArray, Path
from bposim.world.noise import Noise
from bposim.world.spells import SpellNoise, Spells


def _season(factors: list[float]) -> list[float]:
    if len(factors) != 12:  # noqa: PLR2004 - twelve months
        raise complaint("bp_range", f"{len(factors)} factors; a season has 12, January to December")
    mean = sum(factors) / 12.0
    if any(factor < 0 for factor in factors) or abs(mean - 1.0) > 0.005:  # noqa: PLR2004 - half a per cent
        scaled = ", ".join(f"{factor / mean:.3f}" for factor in factors) if mean > 0 else "twelve ones"
        raise complaint("bp_range", f"the factors average {mean:.4g}, not 1; did you mean [{scaled}]?")
    return [factor / mean for factor in factors]


class Step(Part):
    """A dated change of the forecast for good: a launch, a merger, a lost customer."""

    from_month: str
    """First month of the new level, e.g. 2028-04."""
    factor: NonNegative
    """Multiplier of the forecast from then on."""


class Surges(Spells):
    """Spells of more work than forecast: an outage elsewhere, a recall, a storm.

    V(t) is × Π (1 + (factor - 1) · o(t)), o(t) the part of month t that a surge covers.  A surge has one
    side, so the mean volume is above the forecast: nobody plans for it.
    """

    factor: EventSize
    """Multiplier of the volume while one lasts; drawn for each."""

    def change(self, size: FloatArray) -> FloatArray:
        """Return the factor less 1."""
        return self.factor.from_normal(size) - 1.0

    @property
    def mean_change(self) -> float:
        """The expected factor less 1."""
        return self.factor.mean - 1.0


class Volume(Part):
    """Work a month: V(t) = V̂(t) × noise × surges; forecast V̂(t) = V0 (1+g)^((t-1)/12) · season · steps."""

    unit: str
    """What is counted: contact, invoice, return."""
    per_month: NonNegative
    """Units in an average month of the first year."""
    growth: Number = 0.0
    """Growth a year."""
    season: Annotated[list[Real], AfterValidator(_season)] | None = None
    """Twelve factors, January to December, of mean 1."""
    steps: list[Step] = []  # noqa: RUF012 - pydantic copies defaults
    """Dated multipliers of the forecast."""
    noise: Noise | None = None
    """Deviation from the forecast, month by month."""
    surges: Surges | None = None
    """Spells of more work, on top of the noise and not in the forecast."""
    margin_per_unit: Amount | None = None
    """Contribution lost with each unit that is not served."""

    def forecast(self, start: tuple[int, int], months: int) -> FloatArray:
        """Return V̂ for months 1..T; ``start`` is the calendar year and month of month 1."""
        calendar = [(start[1] - 1 + t) % 12 for t in range(months)]
        level = self.per_month * growth_path(self.growth, months)
        if self.season:
            level = level * np.array([self.season[month] for month in calendar])[:, np.newaxis]
        for step in self.steps:
            year, month = read_year_month(step.from_month)
            first = (year - start[0]) * 12 + month - start[1]
            after = (np.arange(months) >= first)[:, np.newaxis]
            level = level * np.where(after, step.factor, 1.0)
        return level

    def noise_factor(self, draws: Draws, months: int) -> Path:
        """Return V(t) / V̂(t)."""
        return self.noise.factor(draws.normal("world.volume.noise", months)) if self.noise else 1.0

    def surge_factor(self, draws: Draws, months: int) -> Path:
        """Return what the surges multiply V(t) by; in the deterministic twin, by on average."""
        if self.surges is None:
            return 1.0
        return self.surges.multiplier(draws.take("world.volume.surges", SpellNoise), months)
