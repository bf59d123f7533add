"""A contract with a vendor."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

import bposim.legs.fx_clauses
import bposim.legs.pricing
from bposim.discounting import growth_path
from bposim.families import OneOf, members
from bposim.inputs.draws import Draws
from bposim.inputs.number import NonNegative, Number
from bposim.legs.automation import Automation
from bposim.legs.change_orders import ChangeOrders
from bposim.legs.continuity import Continuity, VendorFailure
from bposim.legs.dependence import Dependence
from bposim.legs.exit import Exit
from bposim.legs.fx_clause import FxClause
from bposim.legs.fx_clauses.invoice import Invoice
from bposim.legs.governance import Governance
from bposim.legs.indexation import Indexation
from bposim.legs.knowledge_loss import KnowledgeLoss
from bposim.legs.leakage import Leakage
from bposim.legs.price_model import Billable, PriceModel
from bposim.legs.quality import Quality
from bposim.legs.renewals import repricing
from bposim.legs.selection import Selection
from bposim.legs.sla import WORKING, Downtime, ServiceLevel
from bposim.legs.termination import Termination
from bposim.legs.transition import Transition
from bposim.legs.turnover import Turnover, scatter
from bposim.operations import Line, Operations, Work
from bposim.part import Part, complaint
from bposim.quantities import read_months
from bposim.risks import Risks, risk_lines
from bposim.risks.outage import Outage
from bposim.shapes import FloatArray, Path, product
from bposim.world.world import World

PRICE_MODELS = members(PriceModel, bposim.legs.pricing)  # type: ignore[type-abstract]
FX_CLAUSES = members(FxClause, bposim.legs.fx_clauses)  # type: ignore[type-abstract]

if TYPE_CHECKING:
    AnyPrice = PriceModel
    AnyFxClause = FxClause
else:
    AnyPrice = Annotated[PriceModel, OneOf(PRICE_MODELS, "price model")]
    AnyFxClause = Annotated[FxClause, OneOf(FX_CLAUSES, "currency clause")]


Term = Annotated[
    float, BeforeValidator(read_months), Field(gt=0), WithJsonSchema({"type": ["number", "string"]})
]
"""A certain length of time: 36, 36 months, 3 years."""


class Vendor(Part):
    """Fee(t) = price · billed(t) · C(t) · N(t) · fx(t)."""

    country: str | None = None
    """Where the vendor works."""
    price: AnyPrice
    """How the vendor charges."""
    productivity: NonNegative | None = None
    """Units that one vendor FTE handles in a month; needed by per_fte and for turnover."""
    improvement: Number = 0.0
    """Growth of the vendor's productivity a year."""
    automation: Automation | None = None
    """A step in the vendor's productivity."""
    term: Term | None = None
    """Months of the contract's term, after which the price is renegotiated."""
    renewal_uplift: Number = 0.0
    """Change u of the price at each renewal: N = (1 + u)^(renewals so far); it can be negative."""
    dependence: Dependence | None = None
    """What the client forgets of its own work: a renewal then changes the price by u · (1 - knowledge)."""
    indexation: Indexation | None = None
    """Change of the price at each anniversary."""
    fx_clause: AnyFxClause = Invoice()
    """Who bears the exchange rate."""
    sla: ServiceLevel | None = None
    """Service credits."""
    governance: Governance | None = None
    """Cost of steering the vendor."""
    leakage: Leakage | None = None
    """Cost on top of the invoices."""
    change_orders: ChangeOrders | None = None
    """Work outside the scope, order by order; instead of leakage.change_requests, not beside it."""
    termination: Termination | None = None
    """What it costs to leave this contract early: where an alternative moves work away, or at its exit."""
    turnover: Turnover | None = None
    """The vendor's attrition: it drives quality; replacing people is the vendor's cost."""
    knowledge_loss: KnowledgeLoss | None = None
    """What those who leave take along: effort and errors rise until it is learnt again."""
    quality: Quality | None = None
    """Errors and what they cost the client."""
    transition: Transition | None = None
    """How the work gets here; a team or vendor that already does it has none."""
    risks: Risks = Risks()
    """Events: data breach, outage …"""
    continuity: Continuity | None = None
    """Emergency service while the leg cannot work; without it that volume is lost."""
    failure: VendorFailure | None = None
    """The vendor may fail or walk away."""
    exit: Exit | None = None
    """The contract ends in a month that is known today."""
    selection: Selection | None = None
    """The vendor may turn out to be a bad one."""

    @model_validator(mode="after")
    def _sizes_known(self) -> Self:
        if self.price.by_effort and self.productivity is None:
            raise complaint(
                "bp_vendor",
                f"{self.price.kind} needs productivity: units that one vendor FTE handles in a month",
            )
        if self.sla is not None and self.sla.measures_accuracy and self.quality is None:
            raise complaint("bp_vendor", "sla measures accuracy; add quality with its error_rate")
        if self.knowledge_loss is not None and self.turnover is None:
            raise complaint("bp_vendor", "knowledge is lost with leavers; add turnover with its attrition")
        return self

    def simulate(self, world: World, work: Work, draws: Draws, stream: str) -> Iterator[Line]:
        """Yield the contract's cash flows for ``work``; ``stream`` names its noise and events."""
        volume = product(work.served, world.volume)
        learning, leaver_share = self._people(world, volume, work, draws, stream)
        effort = self._effort(world, volume, work, learning)
        fees = self.fees(world, work, volume, effort)
        error_rate: Path = 0.0
        if self.quality:
            noise = self.quality.noise_factor(world, draws, stream)
            error_rate = self.quality.rate_with(learning, leaver_share, noise)
        operations = Operations(
            exposure=work.exposure,
            volume=volume,
            headcount=effort,
            leaver_share=leaver_share,
            error_rate=error_rate,
            fees=fees,
        )
        yield Line("vendor_fees", fees)
        if self.sla:
            monthly = fees if self.sla.earn_back is None else fees + np.zeros((world.months, 1))
            noise_of = partial(_metric_noise, draws, stream, world.months)
            down = self.downtime(operations, world, draws, stream)
            yield Line("service_credits", -self.sla.credit(error_rate, monthly, learning, noise_of, down))
        if self.governance:
            yield Line("governance", self.governance.cost(world, fees, work.share))
        if self.leakage:
            yield Line("taxes", self.leakage.taxes(fees))
            yield Line("change_requests", self.leakage.changes(fees, world.month - self.go_live))
        if self.change_orders:
            orders = draws.take(f"{stream}.change_orders", self.change_orders.sample)
            yield Line("change_requests", self.change_orders.cost(operations, world, orders))
        if self.quality:
            cost = world.monthly(self.quality.cost_per_error)
            yield Line("service_quality", product(volume, error_rate, cost))
        yield from risk_lines(self.risks, operations, world, draws, stream)

    def downtime(self, operations: Operations, world: World, draws: Draws, stream: str) -> Downtime:
        """Return the time without service, where a promise is about it: of the outages that cost money."""
        if self.sla is None or not self.sla.measures_availability:
            return WORKING
        outage: Outage | None = getattr(self.risks, Outage.kind)
        hours = outage.hours_lost(operations, world, outage.noise(draws, stream)) if outage else 0.0
        return Downtime(hours, world.disruption(self.country))

    def fees(self, world: World, work: Work, volume: Path, effort: Path) -> Path:
        """Return the invoice of each month in base currency, before credits."""
        if self.knowledge_loss is not None:  # then effort depends on who left here
            return self._invoice(world, volume, work.served * world.forecast, effort, work.served)
        return product(work.served, self._fees_of_all(world, work.effort))

    def _fees_of_all(self, world: World, learning: Path) -> Path:
        """Return the fees for all of the work; in every price model those for a part are proportional."""

        def whole() -> Path:
            return self._invoice(
                world, world.volume, world.forecast, self._fte_of_all(world, learning), 1.0
            )

        return world.remember(f"fees {id(self)} {_state(learning)}", whole)

    def _invoice(self, world: World, volume: Path, forecast: Path, effort: Path, live: Path) -> Path:
        billable = Billable(
            volume=volume,
            forecast=forecast,
            effort=effort,
            live=live,
            wages=world.wages(self.country or ""),
            indexation=self.indexation.path(world) if self.indexation else 1.0,
            repricing=self._repricing(world),
        )
        return product(self.price.fee(billable), self._rate(world))

    def termination_fee(self, world: World, moved: Path) -> Path:
        """Return the cost of ending early; ``moved`` is the part of all work that leaves in each month."""
        if self.termination is None:
            return 0.0
        return self.termination.fee(world.month, product(self.whole_fees(world), moved))

    def whole_fees(self, world: World) -> Path:
        """Return the invoice of each month for all of the work, done by practised people."""
        return self._fees_of_all(world, 1.0)

    @property
    def go_live(self) -> Path:
        """Month in which the vendor's work starts; 0 where it works already."""
        return self.transition.go_live if self.transition else 0.0

    def _rate(self, world: World) -> Path:
        """Return base currency paid for a unit of the contract's; no clause matters for the base currency."""
        currency = self.price.currency
        if currency in {None, world.base_currency}:
            return 1.0
        path = world.rate(currency)
        monthly = np.full((world.months, 1), path) if np.ndim(path) == 0 else path
        return self.fx_clause.rate(monthly, world.spot_rate(currency))

    def _repricing(self, world: World) -> Path:
        """Return N(t), the price level after the renewals so far."""
        if self.term is None:
            return 1.0
        return repricing(world.month, self.term, self.renewal_uplift, self.dependence, self.go_live)

    def _people(self, world: World, volume: Path, work: Work, draws: Draws, stream: str) -> tuple[Path, Path]:
        """Return the factor on effort and errors, and leavers as a part of the staff.

        Leavers take knowledge along, so the factor rises with those of the months before.
        """
        learning = work.effort
        if self.turnover is None:
            return learning, 0.0
        known = self.productivity is not None
        draw = draws.normal(f"{stream}.turnover", world.months) if known else None
        staff = self._effort(world, volume, work, learning)
        if self.knowledge_loss is None:
            return learning, self.turnover.leaver_share(staff, 1.0, draw)
        q = np.atleast_2d(self.turnover.hazard(1.0))
        hazard = np.broadcast_to(q, (world.months, q.shape[1]))
        heads = np.broadcast_to(np.atleast_2d(staff if known else volume), (world.months, world.trials))

        def leave(row: int, factor: Path) -> Path:
            share: Path = hazard[row]
            if draw is not None:
                share = share * scatter(heads[row] * factor * share, share, draw[row])
            return np.where(heads[row] > 0.0, share, 0.0)

        works_already = hazard if self.transition is None else None
        factor, leaver_share = self.knowledge_loss.factors(world.months, leave, works_already)
        return learning * factor, leaver_share

    def _effort(self, world: World, volume: Path, work: Work, learning: Path) -> Path:
        """Return the vendor's FTE; 0 where its productivity is not given."""
        if learning is not work.effort:  # knowledge was lost with leavers
            return self._fte(world, volume, learning)
        return product(work.served, self._fte_of_all(world, learning))

    def _fte(self, world: World, volume: Path, learning: Path) -> Path:
        if self.productivity is None:
            return 0.0
        effort = product(volume, learning) / (self.productivity * growth_path(self.improvement, world.months))
        return effort if self.automation is None else effort / self.automation.path(world.month)

    def _fte_of_all(self, world: World, learning: Path) -> Path:
        """Return the FTE for all of the work."""
        key = f"staff {id(self)} {_state(learning)}"
        return world.remember(key, lambda: self._fte(world, world.volume, learning))


def _state(learning: Path) -> str:
    """Say whether a vendor is learning; if no knowledge is lost, only its own transition makes it."""
    return "practised" if isinstance(learning, float) else "learning"


def _metric_noise(draws: Draws, stream: str, months: int, metric: str) -> FloatArray | None:
    return draws.normal(f"{stream}.sla.{metric}", months)
