"""Breach of regulation."""

from __future__ import annotations

import math
from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator

from bposim.discounting import running_sum
from bposim.events.following import FollowingRisk
from bposim.events.risk import LossRisk
from bposim.events.severity import Loss
from bposim.inputs.money import Amount
from bposim.inputs.number import EventSize, Months, NonNegative, Share
from bposim.operations import Operations
from bposim.part import Part, complaint
from bposim.shapes import FloatArray, Path
from bposim.world.world import World


class Unfamiliarity(Part):
    """A new operation breaks rules more often: rate × (1 + extra · e^(-months at work / fades))."""

    extra: NonNegative
    """Extra rate at the start, as a part of the later one."""
    fades: Months
    """Months in which the extra falls to 37 % of itself."""

    def factor(self, operations: Operations, world: World) -> FloatArray:
        """Return the factor on the rate; months at work count from the first with exposure, that one as 1."""
        exposed = np.atleast_2d(np.asarray(operations.exposure)) > 0.0
        started = np.logical_or.accumulate(np.broadcast_to(exposed, (world.months, exposed.shape[1])), axis=0)
        at_work = running_sum(started.astype(np.float64))
        return np.asarray(1.0 + self.extra * np.exp(-at_work / np.maximum(self.fades, 1e-9)))


class StatutoryCap(Part):
    """The highest fine that the law knows: an amount or a part of revenue, whichever is higher."""

    amount: Amount | None = None
    """A fixed amount."""
    revenue_share: Share = 0.0
    """A part of a year's revenue; 4 % in the GDPR."""
    revenue: Amount | None = None
    """Revenue a year."""

    @model_validator(mode="after")
    def _some_cap(self) -> Self:
        if self.amount is None and self.revenue is None:
            raise complaint("bp_missing", "nothing caps the fine; give amount, or revenue_share and revenue")
        return self

    def most(self, world: World) -> Path:
        """Return the cap in base currency, at the exchange rate of each month."""
        part = self.revenue_share * world.monthly(self.revenue)
        return np.maximum(world.monthly(self.amount), part)


class Regulatory(FollowingRisk, LossRisk):
    """Rules are broken: Poisson × fine, more often while an operation is new, capped by statute.

    What the vendor bears of a fine is its recovery.  Fines ``after`` a data breach belong here or into the
    severity of the breach, not into both.
    """

    kind: ClassVar[str] = "regulatory"
    category: ClassVar[str] = "regulatory"

    severity: EventSize
    """Fine and damages from one breach of the rules, drawn for each, in base currency."""
    statutory_cap: StatutoryCap | None = None
    """The highest fine possible, after severity_factor."""
    remediation: Amount | None = None
    """Cost of putting things right after each: it is neither capped nor shared."""
    unfamiliarity: Unfamiliarity | None = None
    """Extra rate of a new operation; leave it out for a team that has done the work for long."""

    def annual_rate(self, operations: Operations, world: World) -> Path:
        rate = super().annual_rate(operations, world)
        return rate * self.unfamiliarity.factor(operations, world) if self.unfamiliarity else rate

    def loss(self, world: World) -> Loss:
        most = self.statutory_cap.most(world) if self.statutory_cap else math.inf
        return Loss(self.severity, self.severity_factor, most)

    def unshared(self, world: World) -> Path:
        return world.monthly(self.remediation)

    @classmethod
    def example(cls) -> Self:
        """Return one in ten years, three times as often at first, capped at 4 % of revenue or 20 million."""
        return cls.model_validate(
            {
                "per_year": 0.1,
                "severity": {"lognormal": {"median": 150_000, "sigma": 2.0, "max": 1e9}},
                "statutory_cap": {"amount": 2e7, "revenue_share": 0.04, "revenue": 8e8},
                "remediation": 40_000,
                "unfamiliarity": {"extra": 2, "fades": 6},
            }
        )
