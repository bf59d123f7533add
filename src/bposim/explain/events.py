"""What the expectation of a risk is computed from; docs/model.md §8."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bposim.events.following import FollowingRisk
from bposim.events.lag import lagged, lasting
from bposim.events.loss_sharing import expected_net_loss
from bposim.events.risk import EventRisk, LossRisk
from bposim.explain.sheet import Formula, Sheet
from bposim.explain.twin import as_column
from bposim.inputs.draws import NoDraws
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.risks import RISKS
from bposim.risks.customer_satisfaction import CustomerSatisfaction
from bposim.risks.outage import Outage
from bposim.risks.reputation import Reputation

if TYPE_CHECKING:
    from bposim.events.risk import Risk
    from bposim.shapes import FloatArray

SECTION = "8. Events"


def _risk(sheet: Sheet, kind: str) -> Risk:
    body = sheet.doing.body
    assert isinstance(body, Team | Vendor)  # noqa: S101 - only they have risks
    risk: Risk = getattr(body.risks, kind)
    sheet.remarks.append((inspect.getdoc(risk) or "").partition("\n")[0])
    return risk


def _expected(sheet: Sheet, risk: EventRisk) -> FloatArray:
    """Add rate and exposure; return the expected number of events in each month."""
    path = f"risks.{risk.kind}"
    rate = sheet.column(
        "λ",
        "events a year if all the work were here",
        risk.annual_rate(sheet.doing.operations, sheet.world),
        f"{path}.per_year",
        f"{path}.trend",
    )
    exposure = sheet.column("exposure", "factor on it: the part here", risk.exposure(sheet.doing.operations))
    number = rate / 12.0 * exposure
    if not isinstance(risk, FollowingRisk) or not risk.after:
        return number
    every = _following(sheet, risk).expected(sheet.doing.operations, sheet.world)
    causes = ", ".join(sorted(risk.after))
    inputs = [f"{path}.after.{cause}" for cause in sorted(risk.after)]
    sheet.remarks.append("λ/12 × exposure + after in place of λ/12 × exposure")
    after = as_column(every, sheet.months) - number
    return number + sheet.column("after", f"events expected after {causes}", after, *inputs)


def _following(sheet: Sheet, risk: FollowingRisk) -> FollowingRisk:
    body = sheet.doing.body
    assert isinstance(body, Team | Vendor)  # noqa: S101 - only they have risks
    return risk.caused_by(body.risks, NoDraws(), "")


def _loss(kind: str, sheet: Sheet) -> FloatArray:
    risk = _risk(sheet, kind)
    assert isinstance(risk, LossRisk)  # noqa: S101 - the others have formulas of their own
    number, path = _expected(sheet, risk), f"risks.{kind}"
    loss = risk.loss(sheet.world)
    sizes = ("severity", "severity_factor", "records.number", "records.cost_each")
    sheet.column(
        "E[X]", "mean loss of one before anyone shares it", loss.mean, *(f"{path}.{size}" for size in sizes)
    )
    shared = ("recovery.probability", "recovery.liability_cap", "insurance.retention", "insurance.limit")
    net = sheet.column(
        "E[net]",
        "mean of what vendor and insurer leave of it",
        expected_net_loss(risk, loss, sheet.doing.operations.fees),
        *(f"{path}.{term}" for term in shared),
    )
    besides = risk.unshared(sheet.world)
    if not np.any(besides):
        return number * net
    sheet.text = f"{kind.replace('_', ' ')} = λ/12 × exposure × (E[net] + besides)"
    return number * (net + sheet.column("besides", "further cost of each, which nobody shares", besides))


def _outage(sheet: Sheet) -> FloatArray:
    risk = _risk(sheet, "outage")
    assert isinstance(risk, Outage)  # noqa: S101 - of this kind
    number = _expected(sheet, risk)
    hours = sheet.column("E[hours]", "mean length of one", risk.hours.mean, "risks.outage.hours")
    meaning = "factor on the hours through recovery"
    factor = sheet.column("recovery", meaning, risk.recovery_factor, "risks.outage.recovery_factor")
    each = sheet.money("cost", "cost of one hour", risk.cost_per_hour, "risks.outage.cost_per_hour")
    return number * hours * factor * each


def _reputation(sheet: Sheet) -> FloatArray:
    risk, path = _risk(sheet, "reputation"), "risks.reputation"
    assert isinstance(risk, Reputation)  # noqa: S101 - of this kind
    number = _expected(sheet, risk)
    begun = number * sheet.column(
        "E[churn]", "mean part of the revenue lost", risk.churn.mean, f"{path}.churn"
    )
    lost = lasting(begun[:, np.newaxis], risk.lasts)
    lost = sheet.column("lost", "λ/12 × exposure × E[churn], added up while it lasts", lost, f"{path}.lasts")
    factor = sheet.column("factor", "multiplier of the churn", risk.churn_factor, f"{path}.churn_factor")
    margin = sheet.column("margin", "margin of the revenue", risk.margin, f"{path}.margin")
    revenue = sheet.money("revenue", "revenue a year", risk.revenue, f"{path}.revenue")
    return lost * factor * margin * revenue / 12.0


def _customer_satisfaction(sheet: Sheet) -> FloatArray:
    risk, path = _risk(sheet, "customer_satisfaction"), "risks.customer_satisfaction"
    assert isinstance(risk, CustomerSatisfaction)  # noqa: S101 - of this kind
    doing = sheet.doing.operations
    volume = sheet.volume()
    units = sheet.column("v", "units served here", doing.volume)
    errors = sheet.column("e", "errors per unit, see service_quality", doing.error_rate)
    today = sheet.column("e today", "errors per unit today", risk.errors_today, f"{path}.errors_today")
    effect = sheet.column(
        "effect", "points for a percentage point", risk.error_effect, f"{path}.error_effect"
    )
    points = sheet.column("points", "change against today besides", risk.points, f"{path}.points")
    served = np.divide(units, volume, out=np.zeros_like(units), where=volume > 0.0)
    down = (effect * 100.0 * (errors - today) - points) * served
    later = lagged(down[:, np.newaxis], risk.lag)
    down = sheet.column("down", "points lost × part served, a lag ago", later, f"{path}.lag")
    churn = sheet.column(
        "churn", "part of the revenue for a point", risk.churn_per_point, f"{path}.churn_per_point"
    )
    margin = sheet.column("margin", "margin of the revenue", risk.margin, f"{path}.margin")
    revenue = sheet.money("revenue", "revenue a year", risk.revenue, f"{path}.revenue")
    return down * churn * margin * revenue / 12.0


OF = (Team, Vendor)

EVENTS = {
    risk.category: Formula(
        f"{risk.category.replace('_', ' ')} = λ/12 × exposure × E[net]", SECTION, partial(_loss, kind), OF
    )
    for kind, risk in RISKS.items()
    if issubclass(risk, LossRisk)
} | {
    "outage": Formula("outage = λ/12 × exposure × E[hours] × recovery × cost", SECTION, _outage, OF),
    "reputation": Formula("reputation = lost × factor × margin × revenue/12", SECTION, _reputation, OF),
    "customer_satisfaction": Formula(
        "customer satisfaction = down × churn × margin × revenue/12;  "
        "down(t) = ((e − e today) × 100 × effect − points) × v/V at t − lag",
        SECTION,
        _customer_satisfaction,
        OF,
    ),
}
