"""What a vendor's lines are computed from; docs/model.md §6, and service quality of either side."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import LEARNING, Formula, Sheet
from bposim.legs.indexation import Indexation
from bposim.legs.price_model import Billable
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.shapes import FloatArray, Path

SECTION = "6. Vendor"

BILLED = {
    "per_unit": "billed = max(u, commitment × v̂);  v = served × V, v̂ = served × V̂;  "
    "u = v + (additional_charge − 1) × max(0, v − v̂ × (1 + flex)) "
    "+ (1 − reduced_credit) × max(0, v̂ × (1 − flex) − v)",
    "per_fte": f"billed = E = served × V × {LEARNING} / (productivity × ρ);  "
    "ρ = (1 + improvement)^((t−1)/12)",
    "fixed_fee": "billed = served",
}
"""What is charged for, by price model."""

RATES = {"invoice": "fx = S(t)", "home": "fx = S(0)"}
"""Currency clauses."""


def _vendor(sheet: Sheet) -> Vendor:
    body = sheet.doing.body
    assert isinstance(body, Vendor)  # noqa: S101 - only a vendor yields these lines
    return body


def _fee(sheet: Sheet) -> FloatArray:
    """Add the invoice of the month."""
    return sheet.column("fee", "invoice of the month, see vendor_fees", sheet.doing.operations.fees)


def _vendor_fees(sheet: Sheet) -> FloatArray:
    vendor = _vendor(sheet)
    price, terms, doing = vendor.price, vendor.indexation, sheet.doing.operations
    currency = price.currency or sheet.world.base_currency
    sheet.served()
    sheet.volume()
    sheet.forecast()
    if np.any(doing.headcount):
        sheet.column("E", "FTE of the vendor", doing.headcount, "productivity", "improvement")
    amount = sheet.column("price", f"price of one billed, today, {currency}", price.amount, "price.amount")
    level: Path = terms.path(sheet.world) if terms else 1.0
    index = sheet.column(
        "C", "price level after the anniversaries so far", level, *_given(terms, "indexation")
    )
    renewals = np.ones((sheet.months, 1))
    if vendor.term is not None:
        past = np.floor((sheet.world.month - 1.0) / vendor.term)
        renewals = (1.0 + vendor.renewal_uplift) ** past
    repricing = sheet.column("N", "price level after the renewals so far", renewals, "renewal_uplift")
    path, spot = sheet.world.rate(price.currency), sheet.world.spot_rate(price.currency)
    foreign = currency != sheet.world.base_currency
    rate = sheet.column(
        "fx",
        f"{sheet.world.base_currency} paid for one {currency}",
        vendor.fx_clause.rate(path, spot) if foreign else 1.0,
        *(f"/world.fx.{currency}.{name}" for name in ("spot", "drift") if foreign),
    )
    sheet.remarks += list(_remarks(vendor, foreign=foreign))
    billed = sheet.column(
        "billed", f"quantity that {price.kind} charges for", _billed(sheet), *_given(price, "price")
    )
    return amount * billed * index * repricing * rate


def _remarks(vendor: Vendor, *, foreign: bool) -> Iterator[str]:
    """Say how the parts of the fee come about."""
    price, clause = vendor.price, vendor.fx_clause
    yield BILLED.get(price.kind, inspect.getdoc(price) or "")
    if vendor.indexation:
        yield (inspect.getdoc(Indexation) or "").partition("\n")[0]
    if vendor.term is not None:
        yield f"N = (1 + renewal_uplift)^floor((t−1)/{vendor.term:g})"
    if foreign:
        yield RATES.get(clause.kind, inspect.getdoc(clause) or "")


def _billed(sheet: Sheet) -> Path:
    doing, work = sheet.doing.operations, sheet.work
    return _vendor(sheet).price.billed(
        Billable(
            volume=doing.volume,
            forecast=work.served * sheet.world.forecast,
            effort=doing.headcount,
            live=work.served,
        )
    )


def _given(part: object, path: str) -> list[str]:
    """Return the paths of the numbers that a part's writer has given, but for its price."""
    names = getattr(part, "model_fields_set", ())
    return [f"{path}.{name}" for name in sorted(names) if name not in {"amount", "currency"}]


def _service_credits(sheet: Sheet) -> FloatArray:
    terms = _vendor(sheet).sla
    assert terms is not None  # noqa: S101 - the line comes from it
    errors = sheet.column("e", "errors per unit, see service_quality", sheet.doing.operations.error_rate)
    target = sheet.column("target", "accuracy promised", terms.target, "sla.target")
    each = sheet.column(
        "credit", "part of the fee for one whole unit of shortfall", terms.credit_rate, "sla.credit_rate"
    )
    most = sheet.column(
        "at_risk", "most that a month loses, as a part of its fee", terms.at_risk, "sla.at_risk"
    )
    capture = sheet.column(
        "capture", "part of the credits that is claimed and paid", terms.capture, "sla.capture"
    )
    shortfall = np.maximum(0.0, target - (1.0 - errors))
    return -np.minimum(shortfall * each, most) * _fee(sheet) * capture


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
    terms = _vendor(sheet).leakage
    assert terms is not None  # noqa: S101 - the line comes from it
    part = sheet.column(
        "part", "extra work as a part of the fee", terms.change_requests, "leakage.change_requests"
    )
    premium = sheet.column("premium", "mark-up on extra work", terms.change_premium, "leakage.change_premium")
    return _fee(sheet) * part * (1.0 + premium)


def _service_quality(sheet: Sheet) -> FloatArray:
    body, doing = sheet.doing.body, sheet.doing.operations
    terms = body.quality if isinstance(body, Team | Vendor) else None
    assert terms is not None  # noqa: S101 - the line comes from it
    volume = sheet.column("v", "units served here", doing.volume)
    level = sheet.column(
        "e0", "errors per unit of a practised, stable team", terms.error_rate, "quality.error_rate"
    )
    distance = sheet.column("distance", "factor for language and culture", terms.distance, "quality.distance")
    learning = sheet.column(LEARNING, "learning: 1 when practised", sheet.work.effort)
    beta = sheet.column(
        "β", "how leavers raise errors", terms.turnover_sensitivity, "quality.turnover_sensitivity"
    )
    leavers = sheet.column("L/F", "leavers of the month as a part of the staff", doing.leaver_share)
    each = sheet.money("cost", "cost of one error", terms.cost_per_error, "quality.cost_per_error")
    return volume * np.minimum(1.0, level * distance * learning * (1.0 + beta * leavers)) * each


VENDOR = {
    "vendor_fees": Formula("fee = price × billed × C × N × fx", SECTION, _vendor_fees),
    "service_credits": Formula(
        "credit = −min(max(0, target − (1 − e)) × credit, at_risk) × fee × capture", SECTION, _service_credits
    ),
    "governance": Formula(
        "governance = part × fee + σ × (FTE × cost × W + (audits + travel + tools) × CPI) / 12",
        SECTION,
        _governance,
    ),
    "taxes": Formula("taxes = fee × (VAT + wht / (1 − wht))", SECTION, _taxes),
    "change_requests": Formula("change requests = fee × part × (1 + premium)", SECTION, _change_requests),
    "service_quality": Formula(
        f"service quality = v × min(1, e0 × distance × {LEARNING} × (1 + β × L/F)) × cost",
        "5. Team",
        _service_quality,
    ),
}
