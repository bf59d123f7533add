"""What a vendor's invoice is computed from, by price model and clause; docs/model.md §6."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import LEARNING, Sheet
from bposim.explain.twin import as_column
from bposim.legs.indexation import Indexation
from bposim.legs.price_model import Billable
from bposim.legs.pricing.cost_plus import CostPlus
from bposim.legs.pricing.hybrid import Hybrid
from bposim.legs.pricing.per_unit import PerUnit
from bposim.legs.renewals import repricing
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.legs.price_model import PriceModel
    from bposim.shapes import FloatArray, Path

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


def vendor_fees(sheet: Sheet) -> FloatArray:
    """Add what the invoice is computed from, and return it."""
    vendor, doing = _vendor(sheet), sheet.doing.operations
    price, work = vendor.price, _billable(sheet)
    currency = price.currency or sheet.world.base_currency
    served, volume = sheet.served(), sheet.volume()
    forecast = sheet.forecast()
    effort = np.zeros(sheet.months)
    if np.any(doing.headcount):
        learning = sheet.column(LEARNING, "learning: 1 when practised", sheet.doing.learning)
        units = sheet.column(
            "units", "units that one FTE handles in a month", vendor.productivity or 0.0, "productivity"
        )
        automation = vendor.automation.path(sheet.world.month) if vendor.automation else 1.0
        growth = sheet.growth(vendor.improvement, "improvement", automation)
        by = served * volume * learning / (units * growth)
        effort = sheet.column("E", "FTE of the vendor", doing.headcount, "productivity", "improvement", by=by)
        sheet.remarks.append(
            f"E = served × V × {LEARNING} / (productivity × ρ);  ρ = (1 + improvement)^((t−1)/12)"
        )
    amount = sheet.column("price", f"price today, {currency}", price.amount, "price.amount")
    billable = _billed(sheet, price, served, volume, forecast, effort)
    meaning = f"what {price.kind} charges for"
    billed = sheet.column("billed", meaning, price.billed(work), *_given(price, "price"), by=billable)
    index = sheet.column(
        "C",
        "price level after the anniversaries so far",
        work.indexation,
        *_given(vendor.indexation, "indexation"),
    )
    renewals = _renewals(sheet, vendor, work.repricing)
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


def _billed(  # noqa: PLR0913, PLR0917 - what there is to charge for
    sheet: Sheet,
    price: PriceModel,
    served: FloatArray,
    volume: FloatArray,
    forecast: FloatArray,
    effort: FloatArray,
) -> FloatArray | None:
    """Add the terms of a price for units and return what is billed; None where no column says how."""
    if isinstance(price, PerUnit):
        units, planned = served * volume, served * forecast
        if price.band is not None:
            terms, path = price.band, "price.band"
            flex = sheet.column("flex", "half-width of the band", terms.flex, f"{path}.flex")
            dearer = sheet.column(
                "above",
                "price of a unit above, × price",
                terms.additional_charge,
                f"{path}.additional_charge",
            )
            back = sheet.column(
                "below", "credit for a unit below, × price", terms.reduced_credit, f"{path}.reduced_credit"
            )
            above = np.maximum(0.0, units - planned * (1.0 + flex))
            below = np.maximum(0.0, planned * (1.0 - flex) - units)
            units = units + (dearer - 1.0) * above + (1.0 - back) * below
        least = sheet.column(
            "commitment", "least that is billed, × forecast", price.commitment, "price.commitment"
        )
        return np.maximum(units, least * planned)
    return {"per_fte": effort, "fixed_fee": served, "hybrid": served}.get(price.kind)


def _renewals(sheet: Sheet, vendor: Vendor, levels: Path) -> FloatArray:
    """Add N, the price level after the renewals so far, and the uplift of each."""
    meaning = "price level after the renewals so far"
    if vendor.term is None:
        return sheet.column("N", meaning, levels, "renewal_uplift")
    term = sheet.column("term", "months of a term", float(vendor.term), "term")
    uplift = sheet.column(
        "uplift", "change of the price at a renewal", vendor.renewal_uplift, "renewal_uplift"
    )
    by = (1.0 + uplift) ** np.floor((sheet.month() - 1.0) / term)
    return sheet.column("N", meaning, levels, "renewal_uplift", by=by)


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
    invoiced = vendor.fx_clause.kind == "invoice"
    by = sheet.rate(currency) if invoiced else None
    rate = sheet.column("fx", f"{base} paid for one {currency}", paid, *inputs, by=by)
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
