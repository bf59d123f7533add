"""What a vendor's lines are computed from; docs/model.md §6."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import LEARNING, Formula, Sheet
from bposim.explain.twin import as_column
from bposim.inputs.draws import NoDraws
from bposim.legs.indexation import Indexation
from bposim.legs.price_model import Billable
from bposim.legs.pricing.cost_plus import CostPlus
from bposim.legs.pricing.hybrid import Hybrid
from bposim.legs.renewals import repricing
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.shapes import FloatArray, Path

SECTION = "6. Vendor"

UNITS = (
    "billed = max(u, commitment × v̂);  v = served × V, v̂ = served × V̂;  "
    "u = v + (additional_charge − 1) × max(0, v − v̂ × (1 + flex)) "
    "+ (1 − reduced_credit) × max(0, v̂ × (1 − flex) − v)"
)
PASSED_ON = (
    "billed = E × W;  with an incentive: fee = contract × fx, "
    "contract = min(K + fee* + below × max(0, K* − K) − above × max(0, K − K*), ceiling*) × N, "
    "K = price × billed, starred numbers × served × C"
)
GAINS = (
    "contract = (B + min(share × max(0, A − B), cap × B) − min(loss_share × max(0, B − A), floor × B)) "
    "× C × N;  B = price × billed, A = baseline_unit_cost × served × V"
)
FEE = "fee = price × billed × C × N × fx"

FEES = {
    "per_unit": (FEE, UNITS),
    "per_fte": (FEE, "billed = E"),
    "fixed_fee": (FEE, "billed = served"),
    "hybrid": ("fee = (price × served + unit_price × served × V + fte_price × E) × C × N × fx", ""),
    "cost_plus": ("fee = price × billed × (1 + margin) × N × fx", PASSED_ON),
    "gain_share": ("fee = contract × fx", GAINS),
}
"""By price model: the fee, and how its parts come about."""

RATES = {
    "invoice": "fx = S(t)",
    "home": "fx = S(0)",
    "band": "fx = S(0) + client_share × (max(0, S − S(0) × (1 + b)) − max(0, S(0) × (1 − b) − S))",
    "averaged": "fx = mean of S over the last months",
}
"""Currency clauses."""


def _vendor(sheet: Sheet) -> Vendor:
    body = sheet.doing.body
    assert isinstance(body, Vendor)  # noqa: S101 - only a vendor yields these lines
    return body


def _fee(sheet: Sheet) -> FloatArray:
    """Add the invoice of the month."""
    return sheet.column("fee", "invoice of the month, see vendor_fees", sheet.doing.operations.fees)


def _vendor_fees(sheet: Sheet) -> FloatArray:
    vendor, doing = _vendor(sheet), sheet.doing.operations
    price, work = vendor.price, _billable(sheet)
    currency = price.currency or sheet.world.base_currency
    served, volume = sheet.served(), sheet.volume()
    sheet.forecast()
    effort = np.zeros(sheet.months)
    if np.any(doing.headcount):
        effort = sheet.column("E", "FTE of the vendor", doing.headcount, "productivity", "improvement")
        sheet.remarks.append(
            f"E = served × V × {LEARNING} / (productivity × ρ);  ρ = (1 + improvement)^((t−1)/12)"
        )
    amount = sheet.column("price", f"price today, {currency}", price.amount, "price.amount")
    billed = sheet.column(
        "billed", f"what {price.kind} charges for", price.billed(work), *_given(price, "price")
    )
    index = sheet.column(
        "C",
        "price level after the anniversaries so far",
        work.indexation,
        *_given(vendor.indexation, "indexation"),
    )
    renewals = sheet.column("N", "price level after the renewals so far", work.repricing, "renewal_uplift")
    rate = _paid_rate(sheet, vendor, currency)
    sheet.text, what = FEES.get(price.kind, ("fee = contract × fx", inspect.getdoc(price) or ""))
    sheet.remarks += [remark for remark in (what, *_remarks(vendor)) if remark]
    if isinstance(price, Hybrid):
        unit = sheet.column("unit_price", "price of a unit", price.unit_price or 0.0, "price.unit_price")
        each = sheet.column("fte_price", "price of an FTE's month", price.fte_price or 0.0, "price.fte_price")
        return (amount * served + unit * served * volume + each * effort) * index * renewals * rate
    if isinstance(price, CostPlus) and price.margin is not None:
        margin = sheet.column("margin", "vendor's margin on its cost", price.margin, "price.margin")
        return amount * billed * (1.0 + margin) * renewals * rate
    if sheet.text == FEE:
        return amount * billed * index * renewals * rate
    sheet.text = "fee = contract × fx"
    return sheet.column("contract", f"fee in the contract's currency, {currency}", price.fee(work)) * rate


def _paid_rate(sheet: Sheet, vendor: Vendor, currency: str) -> FloatArray:
    """Add the rate that the invoice is paid at."""
    base = sheet.world.base_currency
    if currency == base:
        return sheet.column("fx", "1, the contract is in base currency", 1.0)
    path = as_column(sheet.world.rate(currency), sheet.months)[:, np.newaxis]
    paid = vendor.fx_clause.rate(path, sheet.world.spot_rate(currency))
    inputs = (
        f"/world.fx.{currency}.spot",
        f"/world.fx.{currency}.drift",
        *_given(vendor.fx_clause, "fx_clause"),
    )
    rate = sheet.column("fx", f"{base} paid for one {currency}", paid, *inputs)
    sheet.remarks.append(RATES.get(vendor.fx_clause.kind, inspect.getdoc(vendor.fx_clause) or ""))
    return rate


def _remarks(vendor: Vendor) -> Iterator[str]:
    """Say how index and renewals come about."""
    if vendor.indexation:
        yield (inspect.getdoc(Indexation) or "").partition("\n")[0]
    if vendor.term is not None and vendor.dependence is None:
        yield f"N = (1 + renewal_uplift)^floor((t−1)/{vendor.term:g})"
    elif vendor.term is not None:
        yield f"N: each {vendor.term:g} months × (1 + renewal_uplift × (1 − knowledge left))"


def _billable(sheet: Sheet) -> Billable:
    """Return what the month's invoice is based on, as the contract works it out."""
    vendor, doing, world = _vendor(sheet), sheet.doing.operations, sheet.world
    renewals: Path = 1.0
    if vendor.term is not None:
        terms = (vendor.renewal_uplift, vendor.dependence, vendor.go_live)
        renewals = repricing(world.month, vendor.term, *terms)
    return Billable(
        volume=doing.volume,
        forecast=sheet.work.served * world.forecast,
        effort=doing.headcount,
        live=sheet.work.served,
        wages=world.wages(vendor.country or ""),
        indexation=vendor.indexation.path(world) if vendor.indexation else 1.0,
        repricing=renewals,
    )


def _given(part: object, path: str) -> list[str]:
    """Return the paths of the numbers that a part's writer has given, but for its price."""
    names = getattr(part, "model_fields_set", ())
    return [f"{path}.{name}" for name in sorted(names) if name not in {"amount", "currency"}]


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
    "vendor_fees": Formula(FEE, SECTION, _vendor_fees, OF),
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
