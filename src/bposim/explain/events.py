"""What the expectation of an event risk is computed from; docs/model.md §8."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bposim.events.loss_sharing import expected_net_loss
from bposim.events.risk import Risk
from bposim.explain.sheet import Formula, Sheet
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.risks.breach import Breach
from bposim.risks.outage import Outage

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

AnyRisk = TypeVar("AnyRisk", bound=Risk)

SECTION = "8. Events"


def _risk(sheet: Sheet, kind: type[AnyRisk]) -> AnyRisk:
    body = sheet.doing.body
    assert isinstance(body, Team | Vendor)  # noqa: S101 - only they have risks
    risk = getattr(body.risks, kind.kind)
    assert isinstance(risk, kind)  # noqa: S101 - the line comes from it
    return risk


def _data_breach(sheet: Sheet) -> FloatArray:
    risk = _risk(sheet, Breach)
    rate = sheet.column(
        "λ", "breaches a year if all the work were here", risk.per_year, "risks.breach.per_year"
    )
    exposure = sheet.column("exposure", "part of the work that is exposed here", sheet.work.exposure)
    sheet.column(
        "E[X]", "mean loss of one before anyone shares it", risk.severity.mean, "risks.breach.severity"
    )
    inputs = []
    if risk.recovery:
        inputs += ["risks.breach.recovery.probability", "risks.breach.recovery.liability_cap"]
    if risk.insurance:
        inputs += ["risks.breach.insurance.retention", "risks.breach.insurance.limit"]
    each = expected_net_loss(risk, risk.severity, sheet.doing.operations.fees)
    net = sheet.column("E[net]", "mean of what vendor and insurer leave of it", each, *inputs)
    return rate / 12.0 * exposure * net


def _outage(sheet: Sheet) -> FloatArray:
    risk = _risk(sheet, Outage)
    rate = sheet.column(
        "λ", "outages a year if all the work were here", risk.per_year, "risks.outage.per_year"
    )
    exposure = sheet.column("exposure", "part of the work that is exposed here", sheet.work.exposure)
    hours = sheet.column("E[hours]", "mean length of one", risk.hours.mean, "risks.outage.hours")
    factor = sheet.column(
        "recovery",
        "factor on the hours through recovery",
        risk.recovery_factor,
        "risks.outage.recovery_factor",
    )
    each = sheet.money("cost", "cost of one hour", risk.cost_per_hour, "risks.outage.cost_per_hour")
    return rate / 12.0 * exposure * hours * factor * each


EVENTS = {
    "data_breach": Formula("data breach = λ/12 × exposure × E[net]", SECTION, _data_breach),
    "outage": Formula("outage = λ/12 × exposure × E[hours] × recovery × cost", SECTION, _outage),
}
