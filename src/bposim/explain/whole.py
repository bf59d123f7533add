"""What the lines of an alternative as a whole are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.benefits import moved
from bposim.explain.sheet import Formula, Sheet
from bposim.scenario import Alternative

if TYPE_CHECKING:
    from bposim.shapes import FloatArray


def _own(sheet: Sheet) -> Alternative:
    body = sheet.doing.body
    assert isinstance(body, Alternative)  # noqa: S101 - only an alternative has these lines
    return body


def _alternative(sheet: Sheet) -> FloatArray:
    body = _own(sheet)
    if body.once is not None:
        sheet.money("once", "cost in month 0", body.once, "once")
        sheet.upfront = sheet.today("once", body.once)
    return sheet.money("per_year", "cost a year of running it", body.per_year, "per_year") / 12.0


def _mitigation(sheet: Sheet) -> FloatArray:
    fee = sheet.column("fee", "invoices of the month, see vendor_fees", sheet.doing.operations.fees)
    total = np.zeros(sheet.months)
    for name, measure in sheet.doing.measures.items():
        path = f"/mitigations.{name}"
        if measure.once is not None:
            sheet.money(f"once[{name}]", f"{name}: cost in month 0", measure.once, f"{path}.once")
            sheet.upfront = sheet.upfront + sheet.today(f"once[{name}]", measure.once)
        yearly = sheet.money(
            f"per_year[{name}]", f"{name}: cost a year", measure.per_year, f"{path}.per_year"
        )
        part = sheet.column(
            f"part[{name}]", f"{name}: part of the fee", measure.fee_share, f"{path}.fee_share"
        )
        total += yearly / 12.0 + part * fee
    return total


def _benefits(sheet: Sheet) -> FloatArray:
    own, world = _own(sheet), sheet.world
    terms = own.benefits
    assert terms is not None  # noqa: S101 - the line comes from it
    total = np.zeros(sheet.months)
    if terms.management_freed is not None:
        freed, path = terms.management_freed, "benefits.management_freed"
        heads = sheet.column("FTE", "managers freed", freed.fte, f"{path}.fte")
        part = sheet.column(
            "realised[management]", "part that is realised", freed.realised, f"{path}.realised"
        )
        value = sheet.money("value", "value of one a year", freed.value, f"{path}.value")
        share = sheet.column("moved[management]", "part of the work moved", moved(own.legs, world, freed.lag))
        total += heads * part * value / 12.0 * share
    for name, step in (("technology", terms.technology), ("other", terms.other)):
        if step is not None:
            path = f"benefits.{name}"
            part = sheet.column(
                f"realised[{name}]", "part that is realised", step.realised, f"{path}.realised"
            )
            value = sheet.money(f"per_year[{name}]", f"{name}, a year", step.per_year, f"{path}.per_year")
            share = sheet.column(f"moved[{name}]", "part of the work moved", moved(own.legs, world, step.lag))
            total += part * value / 12.0 * share
    if terms.faster_launch is not None:
        launch, path = terms.faster_launch, "benefits.faster_launch"
        part = sheet.column("realised[launch]", "part that is realised", launch.realised, f"{path}.realised")
        margin = sheet.money(
            "margin", "margin of a month", launch.margin_per_month, f"{path}.margin_per_month"
        )
        gained = sheet.column("gained", "part of the month that is gained", launch.gained(world.month))
        total += part * margin * gained
    if terms.avoided_investment is not None:
        sheet.money(
            "avoided", "investment of month 0", terms.avoided_investment, "benefits.avoided_investment"
        )
        sheet.upfront = -sheet.today("avoided", terms.avoided_investment)
    return -total


def _investments(sheet: Sheet) -> FloatArray:
    total = np.zeros(sheet.months)
    for name, terms in sorted(_own(sheet).investments.items()):
        path, month = f"investments.{name}", sheet.world.month
        inputs = [f"{path}.month"]
        due = sheet.column(f"due[{name}]", f"{name}: payments of the month", terms.due(month), *inputs)
        total += due * sheet.money(f"amount[{name}]", f"{name}: amount", terms.amount, f"{path}.amount")
        today = terms.due(np.zeros((1, 1))) * sheet.world.today(terms.amount)
        sheet.upfront = sheet.upfront + float(np.ravel(today)[0])
    return total


OF = (Alternative,)

WHOLE = {
    "investment": Formula("investment = Σ amounts due in the month", "1. Conventions", _investments, OF),
    "coordination": Formula("per_year / 12; month 0: once", "1. Conventions", _alternative, OF),
    "mitigation": Formula(
        "mitigation = Σ per_year / 12 + part × fee; month 0: Σ once", "Mitigations", _mitigation, OF
    ),
    "benefits": Formula(
        "benefits = −(FTE × realised × value/12 × moved + Σ realised × per_year/12 × moved "
        "+ realised × margin × gained); month 0: −avoided",
        "Mitigations, clauses, benefits",
        _benefits,
        OF,
    ),
}
