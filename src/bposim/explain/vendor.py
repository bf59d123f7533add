"""What a vendor's lines are computed from; docs/model.md §6."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.fees import FEE, vendor_fees
from bposim.explain.sheet import Formula, Sheet
from bposim.explain.twin import as_column
from bposim.inputs.draws import NoDraws
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

SECTION = "6. Vendor"


def _vendor(sheet: Sheet) -> Vendor:
    body = sheet.doing.body
    assert isinstance(body, Vendor)  # noqa: S101 - only a vendor yields these lines
    return body


def _fee(sheet: Sheet) -> FloatArray:
    """Add the invoice of the month."""
    return sheet.column("fee", "invoice of the month, see vendor_fees", sheet.doing.operations.fees)


def _service_credits(sheet: Sheet) -> FloatArray:
    terms = _vendor(sheet).sla
    assert terms is not None  # noqa: S101 - the line comes from it
    doing = sheet.doing.operations
    errors = sheet.column("e", "errors per unit, see service_quality", doing.error_rate)
    most = sheet.column(
        "at_risk", "most that a month loses, as a part of its fee", terms.at_risk, "sla.at_risk"
    )
    capture = sheet.column(
        "capture", "part of the credits that is claimed and paid", terms.capture, "sla.capture"
    )
    fee = _fee(sheet)
    down = _vendor(sheet).downtime(doing, sheet.world, NoDraws(), "")
    if terms.target is not None and terms.credit_rate is not None:
        target = sheet.column("target", "accuracy promised", terms.target, "sla.target")
        meaning = "part of the fee for one whole unit of shortfall"
        due = np.maximum(0.0, target - (1.0 - errors))
        due = due * sheet.column("credit", meaning, terms.credit_rate, "sla.credit_rate")
    else:
        due = np.zeros(sheet.months)
        pool = terms.at_risk * terms.pool
        if terms.measures_availability:
            sheet.column("h", "expected hours of outages", down.hours, "risks.outage.hours")
        for name, metric in sorted(terms.metrics.items()):
            below = metric.shortfall(doing.error_rate, sheet.doing.learning, None, down)
            sheet.column(f"shortfall[{name}]", "how far below target", below, f"sla.metrics.{name}.target")
            inputs = [f"sla.metrics.{name}.{way}" for way in ("allocation", "credit_rate")]
            due = due + sheet.column(
                f"due[{name}]", "credit, part of the fee", metric.credit(below, pool), *inputs
            )
        sheet.text = "credit = −min(Σ due, at_risk) × fee × capture"
    credit = np.minimum(due, most) * fee * capture
    if terms.earn_back is None:
        return -credit
    sheet.text = f"{sheet.text or CREDIT} + returned"
    sheet.remarks.append(f"a credit is returned if the next {terms.earn_back} months are on target")
    paid = terms.credit(
        doing.error_rate, doing.fees + np.zeros((sheet.months, 1)), sheet.doing.learning, down=down
    )
    returned = sheet.column(
        "returned", "earlier credits that the vendor earns back", credit - as_column(paid, sheet.months)
    )
    return returned - credit


def _governance(sheet: Sheet) -> FloatArray:
    terms = _vendor(sheet).governance
    assert terms is not None  # noqa: S101 - the line comes from it
    part = sheet.column(
        "part", "cost of steering as a part of the fee", terms.fee_share, "governance.fee_share"
    )
    share, fee = sheet.share(), _fee(sheet)
    heads = sheet.column("FTE", "people retained", terms.retained_fte, "governance.retained_fte")
    each = sheet.money("cost", "one of them a year, today", terms.cost_per_fte, "governance.cost_per_fte")
    wages, prices = sheet.wages(terms.country), sheet.prices(terms.country)
    bought = sum(
        (
            sheet.money(name, f"{name} a year, today", getattr(terms, name), f"governance.{name}")
            for name in ("audits", "travel", "tools")
        ),
        start=np.zeros(sheet.months),
    )
    return part * fee + share * (heads * each * wages + bought * prices) / 12.0


def _taxes(sheet: Sheet) -> FloatArray:
    terms = _vendor(sheet).leakage
    assert terms is not None  # noqa: S101 - the line comes from it
    vat = sheet.column(
        "VAT", "tax that cannot be reclaimed", terms.irrecoverable_vat, "leakage.irrecoverable_vat"
    )
    held = sheet.column(
        "wht", "withholding tax that the client bears", terms.withholding, "leakage.withholding"
    )
    return _fee(sheet) * (vat + held / (1.0 - held))


def _change_requests(sheet: Sheet) -> FloatArray:
    vendor, doing = _vendor(sheet), sheet.doing.operations
    fee = _fee(sheet)
    total = np.zeros(sheet.months)
    if vendor.leakage is not None:
        terms, path = vendor.leakage, "leakage"
        part = sheet.column(
            "part", "extra work as a part of the fee", terms.change_requests, f"{path}.change_requests"
        )
        creep = sheet.column("creep", "growth of such work a year", terms.scope_creep, f"{path}.scope_creep")
        premium = sheet.column(
            "premium", "mark-up on extra work", terms.change_premium, f"{path}.change_premium"
        )
        live = sheet.column("live", "months since go-live", sheet.world.month - vendor.go_live)
        total = total + fee * (part + (1.0 + creep) ** (live / 12.0) - 1.0) * (1.0 + premium)
    if vendor.change_orders is not None:
        orders, path = vendor.change_orders, "change_orders"
        rate = sheet.column("λ", "change orders a year", orders.per_year, f"{path}.per_year")
        size = sheet.column("E[size]", f"mean size of one, {orders.basis}", orders.size.mean, f"{path}.size")
        mark_up = sheet.column("dearer", "mark-up on orders", orders.premium, f"{path}.premium")
        each = fee
        if orders.basis == "money":
            exposure = sheet.column("exposure", "part of the work that is here", doing.exposure)
            each = sheet.rate(orders.currency) * exposure
            sheet.remarks.append("sizes are money: × exposure in place of × fee")
        total = total + rate / 12.0 * size * (1.0 + mark_up) * each
        sheet.text = f"{CHANGES} + λ/12 × E[size] × (1 + dearer) × fee"
    return total


CREDIT = "credit = −min(max(0, target − (1 − e)) × credit, at_risk) × fee × capture"

CHANGES = "change requests = fee × (part + (1 + creep)^(live/12) − 1) × (1 + premium)"

OF = (Vendor,)

VENDOR = {
    "vendor_fees": Formula(FEE, SECTION, vendor_fees, OF),
    "service_credits": Formula(CREDIT, SECTION, _service_credits, OF),
    "governance": Formula(
        "governance = part × fee + σ × (FTE × cost × W + (audits + travel + tools) × CPI) / 12",
        SECTION,
        _governance,
        OF,
    ),
    "taxes": Formula("taxes = fee × (VAT + wht / (1 − wht))", SECTION, _taxes, OF),
    "change_requests": Formula(CHANGES, SECTION, _change_requests, OF),
}
