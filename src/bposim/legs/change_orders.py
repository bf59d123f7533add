"""Change orders: work outside the contract's scope, ordered one at a time."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from bposim.events.arrivals import EventNoise, arrivals
from bposim.inputs.money import Currency, Money
from bposim.inputs.number import EventSize, NonNegative
from bposim.operations import Operations
from bposim.part import Part, complaint
from bposim.shapes import Path
from bposim.world.world import World


class ChangeOrders(Part):
    """N ~ Poisson(λ · exposure / 12) orders a month, each of a random size and dearer than contract prices.

    An order costs size × monthly fee × (1 + premium), or size × (1 + premium) in money.  The fee is that of
    all of the work: a contract with half of it has half of the orders, each as large.
    """

    per_year: NonNegative
    """Orders a year, λ, if this contract had all the work."""
    size: EventSize
    """Size of one order at contract prices, drawn for each: in months of fees, or an amount of money."""
    basis: Literal["fees", "money"] = "fees"
    """What the size counts: months of fees, or money."""
    currency: Currency | None = None
    """Currency of the sizes if they are money; the base currency if left out."""
    premium: NonNegative = 0.0
    """Mark-up on contract prices: 0.3 is 30 % above them."""

    @model_validator(mode="after")
    def _months_of_fees_have_no_currency(self) -> Self:
        if self.basis == "fees" and self.currency is not None:
            raise complaint(
                "bp_change_orders", "sizes are months of fees; remove currency, or add basis: money"
            )
        return self

    def sample(self, rng: np.random.Generator, trials: int) -> EventNoise:
        """Return the random numbers of the orders."""
        return EventNoise(rng, trials)

    def cost(self, operations: Operations, world: World, noise: EventNoise | None) -> Path:
        """Return the cost of each month's orders; without noise, its expectation."""
        factor = 1.0 + self.premium
        if noise is None:
            each = self._unit(world) * operations.exposure if self.basis == "money" else operations.fees
            return self.per_year / 12.0 * self.size.mean * factor * each
        events = arrivals(noise, self.per_year, operations.exposure, world.months)
        unit = (
            events.pick(self._unit(world))
            if self.basis == "money"
            else events.pick(operations.fees) / events.pick(operations.exposure)
        )
        losses = self.size.from_normal(events.size) * events.pick(factor) * unit
        return events.by_month(np.asarray(losses), world.months, world.trials)

    def _unit(self, world: World) -> Path:
        return world.monthly(Money(amount=1.0, currency=self.currency))
