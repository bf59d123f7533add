"""Data breach."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import model_validator

from bposim.events.risk import LossRisk
from bposim.events.severity import Loss, with_tail
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, NonNegative, PerEvent
from bposim.part import Part, complaint
from bposim.world.world import World


class Records(Part):
    """The loss of a breach as records exposed × cost of one."""

    number: EventSize
    """Records exposed in one breach, drawn for each."""
    number_factor: NonNegative = 1.0
    """Multiplier of their number: what data minimisation leaves of it."""
    cost_each: Amount
    """Cost of one exposed record."""


class Breach(LossRisk):
    """Data leaks: N ~ Poisson(λ · exposure / 12) a month, each with a random loss.

    A vendor may pay back up to its liability cap; an insurance layer takes its part of what remains.
    """

    kind: ClassVar[str] = "breach"
    category: ClassVar[str] = "data_breach"

    per_year: NonNegative
    """Breaches a year, λ, if this leg did all the work."""
    severity: Annotated[EventSize | None, PerEvent()] = None
    """Loss from one breach, drawn for each, in base currency."""
    records: Records | None = None
    """Instead of severity: the loss as records × cost per record."""
    tail: Annotated[EventSize | None, PerEvent()] = None
    """Distribution of the losses above its lowest value, instead of severity's: generalised_pareto."""

    @model_validator(mode="after")
    def _one_loss(self) -> Self:
        if (self.severity is None) == (self.records is None):
            raise complaint("bp_value", "the loss from a breach is one of the two; give severity or records")
        if self.tail is not None:
            if self.severity is None:
                raise complaint("bp_value", "a tail continues severity; give severity instead of records")
            with_tail(self.severity, self.tail)
        return self

    def loss(self, world: World) -> Loss:
        if self.records is not None:
            each = self.records.number_factor * world.monthly(self.records.cost_each)
            return Loss(self.records.number, self.severity_factor * each)
        assert self.severity is not None  # noqa: S101 - checked on reading
        size = self.severity if self.tail is None else with_tail(self.severity, self.tail)
        return Loss(size, self.severity_factor)

    @classmethod
    def example(cls) -> Self:
        """Return a breach every ten years of 4.4 million on average, insured from half a million up."""
        return cls.model_validate(
            {
                "per_year": 0.098,
                "severity": {"lognormal": {"mean": 4.44e6, "sigma": 1.2}},
                "recovery": {"probability": 0.5, "liability_cap": 12.0},
                "insurance": {"retention": 5e5, "limit": 1e7},
            }
        )
