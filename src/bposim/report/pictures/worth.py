"""The price list of a contract: what each clause and each mitigation is worth, on average and in the tail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bposim.analysis.comparison import too_close
from bposim.report.numbers import MINUS, amount, money, percent
from bposim.report.pictures.labels import drawable, shorten, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.rows import GAP, LINE, bar, frame_rows, reached, write_names
from bposim.report.pictures.seen import scale_of
from bposim.report.pictures.style import COSTS, FAINT_INK, LABEL, SAVES, SMALL, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.analysis.worth import Worth
    from bposim.report.pictures.page import Origin

    Of = Literal["mean", "shortfall"]

MOST = 18
"""Rows on the picture."""

NAMES = 3.5
"""Inches for the names at most."""

LONGEST = 30
"""Characters of the alternative's name."""

PANELS: dict[Of, str] = {"mean": "On average", "shortfall": "In the 5% of futures that cost most"}


@dataclass(frozen=True, slots=True)
class Priced:
    """A clause or a mitigation with what it is worth."""

    name: str
    meaning: str
    """Of a clause, in a few words."""
    worth: Worth
    clause: bool
    """Else it is a mitigation, whose worth is net of what it costs."""
    taken: bool


@dataclass(frozen=True, slots=True)
class PriceList:
    """What the clauses and mitigations of an alternative are worth, clauses first, dearest first."""

    alternative: str
    rows: tuple[Priced, ...]
    fees: float
    """Mean present value of the vendors' fees."""

    @property
    def shown(self) -> tuple[Priced, ...]:
        """The rows of the picture: those that are worth most either way, in the order of the list."""
        largest = sorted(self.rows, key=lambda row: -abs(row.worth.adjusted.value))[:MOST]
        return tuple(row for row in self.rows if row in largest)


def finding(origin: Origin, prices: PriceList) -> str:
    """Return in a sentence what to negotiate first and what to hold on to."""
    unit, name = origin.scenario.base_currency, _name(origin, prices)
    clear = [row for row in prices.rows if not too_close(row.worth.adjusted)]
    against = min(
        (row for row in clear if row.clause and row.worth.adjusted.value < 0),
        key=lambda row: row.worth.adjusted.value,
        default=None,
    )
    good = max(
        (row for row in clear if row.clause and row.worth.adjusted.value > 0),
        key=lambda row: row.worth.adjusted.value,
        default=None,
    )
    parts = []
    if against is not None:
        value = against.worth.adjusted
        part = f", {percent(-value.value / prices.fees, 1)} of the fees" if prices.fees else ""
        parts.append(
            f"negotiate {against.name} first: striking it out is worth {money(-value.value, unit, value.se)}"
            f"{part}"
        )
    if good is not None:
        value = good.worth.adjusted
        parts.append(f"hold on to {good.name}, worth {money(value.value, unit, value.se)}")
    if parts:
        return f"in the contract of {name}, {'; '.join(parts)}"
    measures = [row for row in clear if not row.clause and row.worth.adjusted.value > 0]
    if measures:
        best = max(measures, key=lambda row: row.worth.adjusted.value)
        value = best.worth.adjusted
        net = money(value.value, unit, value.se)
        return f"of the mitigations of {name}, {best.name} is worth most: {net} more than it costs"
    return f"nothing in the contract of {name} is worth anything that these trials can tell from 0"


def alt_text(origin: Origin, prices: PriceList) -> str:
    """Return the picture in words, with its figures."""
    rows = [
        f"{drawable(_title(row))}: {_text(row.worth.mean)} on average, {_text(row.worth.shortfall)} in the "
        "futures that cost most."
        for row in prices.shown
    ]
    what = f"Bars of what each clause and mitigation is worth, in {origin.scenario.base_currency}."
    return " ".join([f"{finding(origin, prices)}.", what, *rows])


def plot(axes: Axes, prices: PriceList, of: Of = "mean") -> Axes:
    """Draw what each is worth, on average or in the tail: blue for us, orange for the vendor."""
    rows = prices.shown
    estimates = [_figure(row.worth, of) for row in rows]
    low, high = reached([each for each in estimates if each.se is not None])
    scale = scale_of([each for each in estimates if each.se is not None] or estimates)
    room = max(width_of(_text(each), SMALL) for each in estimates) + 0.12
    frame_rows(axes, len(rows), (low, high), scale, room)
    if low == high:
        axes.set_xticks([])
    for place, (row, estimate) in enumerate(zip(rows, estimates, strict=True)):
        if estimate.se is None:
            axes.annotate(
                "too few futures", (0, place), (4, 0), textcoords="offset points", fontsize=SMALL, va="center"
            )
            continue
        colour = SAVES if estimate.value >= 0 else COSTS
        bar(axes, place, estimate, colour, _text(estimate))
        if place and rows[place - 1].clause and not row.clause:
            axes.axhline(place - 0.5, color=FAINT_INK, linewidth=0.8)
    axes.set_title(PANELS[of], loc="left", fontsize=LABEL, fontweight="bold")
    return axes


def draw(origin: Origin, prices: PriceList) -> Figure:
    """Return the picture; CannotDrawError where there is nothing to value."""
    rows = prices.shown
    if not rows:
        raise CannotDrawError(f"{prices.alternative} has no clause and the scenario no mitigation to value")
    unit = origin.scenario.base_currency
    more = f" The {len(rows)} largest of {len(prices.rows)}." if len(rows) < len(prices.rows) else ""
    net = " Mitigations, below the line, are worth that beside what they cost." if _mixed(rows) else ""
    shown = (
        f"What each is worth in the contract of {_name(origin, prices)}: cost without it less cost with "
        f"it, in the same futures; present value over {horizon(origin)}, {unit}, {trials(origin)}. "
        f"Blue serves us, orange the vendor; black lines are 95% intervals.{net} Worths do not add up.{more}"
    )
    with drawing():
        height = LINE * len(rows)
        sheet = page(origin, finding(origin, prices), shown, height + 0.95, 11.6)
        floor = sheet.height - 0.35 - height
        start = write_names(sheet, floor, height, [_title(row) for row in rows], NAMES)
        width = (sheet.width - start - GAP) / 2
        for place, of in enumerate(PANELS):
            axes = plot(sheet.axes(start + place * (width + GAP), floor, width, height), prices, of)
            axes.set_xlabel(f"Worth, present value, {unit}")
    return sheet.figure


def _title(row: Priced) -> str:
    more = row.meaning if row.clause else "" if row.taken else "not taken"
    return f"{row.name} ({more})" if more else row.name


def _mixed(rows: tuple[Priced, ...]) -> bool:
    return len({row.clause for row in rows}) > 1


def _figure(worth: Worth, of: Of) -> Estimate:
    return worth.mean if of == "mean" else worth.shortfall


def _text(estimate: Estimate) -> str:
    if estimate.se is None:
        return "too few futures"
    return amount(estimate.value, estimate.se, minus=MINUS, plus=True)


def _name(origin: Origin, prices: PriceList) -> str:
    title = origin.scenario.titles.get(prices.alternative, prices.alternative)
    return shorten(drawable(title), LONGEST)
