"""Explanation of a line: formula, drivers month by month, present value and sources."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.events import EVENTS
from bposim.explain.quality import QUALITY
from bposim.explain.sheet import Driver, Sheet
from bposim.explain.sources import Note, noted, number_at
from bposim.explain.team import TEAM
from bposim.explain.traced import expression_of
from bposim.explain.transition import TRANSITION
from bposim.explain.vendor import VENDOR
from bposim.explain.whole import WHOLE
from bposim.risks import RISKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.explain.sheet import Formula
    from bposim.explain.sources import Written
    from bposim.explain.traced import Expression
    from bposim.explain.twin import Doing, Entry, Twin
    from bposim.shapes import FloatArray

FORMULAS: dict[str, Formula] = {**TEAM, **VENDOR, **TRANSITION, **EVENTS, **QUALITY, **WHOLE}
"""By category.  A category without one is still shown month by month."""

TIES = 1e-9
"""Relative difference between a formula and the engine that is rounding."""

MEANINGS = {
    "benefits": "What the alternative brings beside lower cost; a benefit is negative.",
    "continuity": "Emergency service while a leg cannot work.",
    "mitigation": "Cost of the mitigations that the alternative takes.",
    "retransition": "Getting the work back after a failure or an exit.",
    "termination": "Ending a contract early.",
    "investment": "What is paid at later dates, whatever the alternative's legs: systems and their renewal.",
    "coordination": "What the alternative costs whatever its legs: once and per_year.",
    "change_requests": "Extra work ordered from the vendor, beside the contract's fee.",
    "data_breach": "Expected loss from data breaches, after the vendor's liability and insurance.",
    "governance": "The retained organisation that steers the vendor, and what it buys.",
    "hiring_and_release": "Cost of changing the planned headcount.",
    "labour": "Pay of the planned staff with on-cost.",
    "lost_work": "Contribution lost with units that nobody serves.",
    "outage": "Expected cost of hours without service.",
    "overhead": "Space, systems and support of the planned staff.",
    "overtime": "Work above capacity that the team takes on at overtime pay.",
    "service_credits": "What the vendor pays back for service below target; a credit is negative.",
    "service_quality": "Cost of units that go wrong.",
    "severance": "Cost of the people whom the move makes redundant.",
    "stranded_overhead": "Overhead that stays for a while when the people are gone.",
    "taxes": "VAT and withholding tax that the client bears.",
    "temporary_staff": "Pay and training of staff taken on for the forecast above the plan.",
    "transition": "One-off costs of the move.",
    "turnover": "Replacing the people who leave.",
    "vendor_fees": "What the vendor invoices, in base currency.",
    "total": "All categories of the alternative.",
    "saving": "The baseline's cost less the alternative's.",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """An input that a driver comes from."""

    symbol: str
    written: Written
    note: Note


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a line that one team, vendor or transition accounts for."""

    label: str
    formula: str
    """Empty where there is none."""
    section: str
    remarks: tuple[str, ...]
    """How some of the drivers come about."""
    drivers: tuple[Driver, ...]
    flow: FloatArray
    """Cost of months 0..T as the engine has it, ``(months + 1,)``."""
    difference: float | None
    """Largest difference to the formula, as a part of the largest month; None without a formula."""
    references: tuple[Reference, ...]
    expression: Expression | None = None
    """The formula of months 1..T over the drivers; None where it cannot be written so."""
    upfront: Expression | None = None
    """The formula of month 0 over the drivers of month 1."""

    @property
    def ties(self) -> bool:
        """Whether the formula with these drivers gives the engine's figures."""
        return self.difference is not None and self.difference <= TIES


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """A line of an alternative in the deterministic twin."""

    alternative: str
    category: str
    meaning: str
    pieces: tuple[Piece, ...]
    flow: FloatArray
    """Undiscounted cost of months 0..T, ``(months + 1,)``."""
    factors: FloatArray
    """D(t) of months 0..T, ``(months + 1,)``."""
    present_value: float
    currency: str
    discount_rate: float
    start: tuple[int, int]
    """Year and month of month 1."""
    discounting: Reference | None
    at: float | None = None
    """The quantile that every input is at; None for its mean."""

    @property
    def name(self) -> str:
        """The word for it."""
        return f"{self.alternative}.{self.category}"

    @property
    def months(self) -> int:
        """The horizon T."""
        return len(self.flow) - 1


def explain_line(twin: Twin, alternative: str, category: str) -> LineExplanation:
    """Return the explanation of a category, of ``total`` or of ``saving``."""
    if category in {"total", "saving"}:
        pieces: list[Piece] = [_summed(twin, alternative, category)]
    else:
        taken = sorted(twin.bound.alternatives[alternative].mitigations)
        entries = [entry for entry in twin.entries[alternative] if entry.line.category == category]
        pieces = [_piece(twin, category, own, doing, taken) for doing, own in _by_doing(entries)]
    flow = np.sum([piece.flow for piece in pieces], axis=0)
    return LineExplanation(
        alternative=alternative,
        category=category,
        meaning=_meaning(category),
        pieces=tuple(pieces),
        flow=flow,
        factors=twin.factors,
        present_value=twin.present_value(flow),
        currency=twin.bound.base_currency,
        discount_rate=float(twin.bound.discount_rate),
        start=twin.bound.calendar_start,
        discounting=_reference(twin, None, "r", "/discount_rate"),
        at=twin.at,
    )


def _meaning(category: str) -> str:
    """Return what a category is; of a risk without words here, the first sentence of its rule."""
    if category in MEANINGS:
        return MEANINGS[category]
    for kind, risk in RISKS.items():
        if category in {kind, getattr(risk, "category", kind)}:
            return (inspect.getdoc(risk) or "").partition("\n")[0]
    return ""


def _by_doing(entries: list[Entry]) -> Iterator[tuple[Doing, list[Entry]]]:
    """Yield the entries of each team, vendor or transition together."""
    found: dict[int, tuple[Doing, list[Entry]]] = {}
    for entry in entries:
        found.setdefault(id(entry.doing), (entry.doing, []))[1].append(entry)
    yield from found.values()


def _piece(twin: Twin, category: str, entries: list[Entry], doing: Doing, mitigations: list[str]) -> Piece:
    flow = twin.flow(entries)
    formula = FORMULAS.get(category)
    if formula is None or not isinstance(doing.body, formula.of):
        return Piece(doing.label, "", "", (), (), flow, None, ())
    sheet = Sheet(doing)
    monthly = formula.work_out(sheet)
    size = max(float(np.max(np.abs(flow))), 1e-12)
    again = np.concatenate([np.ravel(sheet.upfront)[:1], monthly])
    references = [
        reference
        for driver in sheet.columns.values()
        for path in driver.inputs
        if (reference := _reference(twin, doing, driver.symbol, path)) is not None
    ]
    if mitigations:
        sheet.remarks.append(f"after the effects of {', '.join(mitigations)}")
    return Piece(
        label=doing.label,
        formula=sheet.text or formula.text,
        section=formula.section,
        remarks=tuple(sheet.remarks),
        drivers=tuple(sheet.columns.values()),
        flow=flow,
        difference=float(np.max(np.abs(again - flow))) / size,
        references=tuple(references),
        expression=expression_of(monthly),
        upfront=expression_of(sheet.upfront),
    )


def _reference(twin: Twin, doing: Doing | None, symbol: str, path: str) -> Reference | None:
    """Return the number at a path; None where the file has none there."""
    scenario = twin.scenario
    root = scenario if path.startswith("/") or doing is None else doing.written
    written = number_at(root, path.removeprefix("/"), root.origin)
    return None if written is None else Reference(symbol, written, noted(written, scenario))


def _summed(twin: Twin, alternative: str, category: str) -> Piece:
    """Return the sum of all categories, or the difference of two such sums."""
    own = {
        name: twin.flow([entry for entry in twin.entries[alternative] if entry.line.category == name])
        for name in twin.categories(alternative)
    }
    total: FloatArray = np.sum(list(own.values()), axis=0)
    if category == "total":
        drivers = [Driver(name, _meaning(name), flow[1:]) for name, flow in own.items()]
        return _sum(alternative, "total = sum of the columns", drivers, total)
    baseline = twin.bound.baseline
    base = twin.flow(twin.entries[baseline])
    drivers = [
        Driver(baseline, "cost of the baseline", base[1:]),
        Driver(alternative, "cost of the alternative", total[1:]),
    ]
    text = f"saving = {baseline} − {alternative}"
    return _sum(alternative, text, drivers, base - total)


def _sum(label: str, text: str, drivers: list[Driver], flow: FloatArray) -> Piece:
    return Piece(label, text, "1. Conventions", (), tuple(drivers), flow, 0.0, ())
