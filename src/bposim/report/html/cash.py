"""What a budget asks: what each alternative costs in each year, and how far it goes behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.document import calendar_month
from bposim.report.numbers import error_place, money
from bposim.report.pictures.labels import short_names
from bposim.report.table import NOTHING, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bposim.result import Result
    from bposim.shapes import FloatArray

MILLIONS, THOUSANDS, LARGE = 6, 3, 1e7

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Units:
    """Whole units of a table: what one is, and the power of ten to which amounts are rounded."""

    power: int
    place: int

    @classmethod
    def of(cls, largest: float, error: float) -> Units:
        """Return the unit in which the last digit that the error supports is a whole one."""
        place = error_place(error) if error else 0
        power = MILLIONS if place >= MILLIONS else THOUSANDS if place >= THOUSANDS or largest >= LARGE else 0
        return cls(power, max(place, power))

    def text(self, value: float, *, plus: bool = False) -> str:
        """Return a whole number with thousands separators."""
        rounded = round(round(value, -self.place) / 10.0**self.power)
        return f"{rounded:+,}" if plus and rounded else f"{rounded:,}"

    def named(self, currency: str) -> str:
        """Return the unit in words."""
        return {0: currency, THOUSANDS: f"thousand {currency}", MILLIONS: f"million {currency}"}[self.power]


def cash_by_year(result: Result) -> tuple[tuple[Table, str], ...]:
    """Return mean cost by contract year, and how far it is from the baseline's; each table with a note.

    The peak is the largest undiscounted sum that an alternative has cost more than the baseline by any month,
    found in each future and then averaged.  Of a result that keeps no years there are none.
    """
    names, labels = result.names, short_names(result.titles)
    if any(name not in result.yearly for name in names):
        return ()
    yearly = {name: result.yearly[name] for name in names}
    base, currency = yearly[result.baseline], result.scenario.base_currency
    costs = {name: _mean(own) for name, own in yearly.items()}
    gaps = {name: own - costs[result.baseline] for name, own in costs.items() if name != result.baseline}
    peaks = {name: _peak(result.cumulative[name]) for name in gaps}
    cost_error = max(_error(own) for own in yearly.values())
    gap_error = max((_error(yearly[name] - base) for name in gaps), default=0.0)
    largest = max(float(np.abs(own).max()) for own in costs.values())
    units, finer = Units.of(largest, cost_error), Units.of(largest, gap_error)
    finer = Units(units.power, max(finer.place, units.power))
    years = _years(result, len(costs[result.baseline]))
    basis = f"mean of the futures, nominal, before tax, {units.named(currency)}"
    cost = Table(
        f"Cost by year: {basis}",
        ("contract year", *(labels[name] for name in names)),
        _rows(years, costs.values(), units),
    )
    note = (
        "Not discounted; month 0, the decision, is in the first year. All costs of the model are in it, also "
        "what poor service, lost work and events are valued at, which no invoice shows: the cost by category "
        f"says how much that is. An average: no single future looks like it. {_errors(cost_error, currency)}"
    )
    rows = [
        *_rows(years, gaps.values(), finer, plus=True),
        ("furthest behind", *(finer.text(peak) if round(peak) else NOTHING for peak in peaks.values())),
    ]
    gap = Table(
        f"Against {labels[result.baseline]} by year: {basis}",
        ("contract year", *(labels[name] for name in gaps)),
        tuple(rows),
    )
    second = (
        "A minus is cheaper, a plus is dearer. Furthest behind: the most that it has cost above "
        f"{labels[result.baseline]} by any month, found in each future and averaged. "
        f"{_errors(gap_error, currency)}"
    )
    return ((cost, note), (gap, second)) if gaps else ((cost, note),)


def _rows(
    years: list[str], columns: Iterable[FloatArray], units: Units, *, plus: bool = False
) -> tuple[tuple[str, ...], ...]:
    paths = list(columns)
    rows = [
        (year, *(units.text(float(path[at]), plus=plus) for path in paths)) for at, year in enumerate(years)
    ]
    return (*rows, ("all years", *(units.text(float(path.sum()), plus=plus) for path in paths)))


def _years(result: Result, count: int) -> list[str]:
    """Return "1: 2027-01 to 2027-12" by contract year; the last may be shorter."""
    months = result.scenario.months
    firsts = [MONTHS * year + 1 for year in range(count)]
    lasts = [min(first + MONTHS - 1, months) for first in firsts]
    start = result.scenario.calendar_start
    return [
        f"{number}: {calendar_month(start, first)} to {calendar_month(start, last)}"
        for number, (first, last) in enumerate(zip(firsts, lasts, strict=True), 1)
    ]


def _errors(error: float, currency: str) -> str:
    if not error:
        return "Nothing varies by chance from year to year."
    text = money(error, currency, error)
    return f"The standard error of a year is at most {text}: no digit is shown that it does not support."


def _mean(costs: NDArray[np.float32]) -> FloatArray:
    return np.asarray(np.mean(costs, axis=1, dtype=np.float64))


def _error(costs: NDArray[np.float32]) -> float:
    """Return the largest standard error of the yearly means."""
    return float(np.std(costs, axis=1, dtype=np.float64).max() / np.sqrt(costs.shape[1]))


def _peak(cumulative_saving: NDArray[np.float32]) -> float:
    """Return how far behind the saving is at its lowest, on average; 0 where it never is."""
    return float(np.mean(np.maximum(-cumulative_saving.min(axis=0), 0.0), dtype=np.float64))
