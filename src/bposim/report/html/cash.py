"""What a treasurer asks: how much cash each alternative takes in each year, and how far it goes behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.report.numbers import Scale
from bposim.report.pictures.labels import short_names
from bposim.report.table import NOTHING, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.result import Result


def cash_by_year(result: Result) -> Table:
    """Return the mean undiscounted cost by contract year, and the peak outlay against the baseline.

    The peak is the largest undiscounted sum that an alternative has cost more than the baseline by any month,
    found in each future and then averaged.  Of a result that keeps no years there are no rows.
    """
    names, labels = result.names, short_names(result.names)
    kept = {name: result.yearly[name] for name in names if name in result.yearly}
    base, currency = labels[result.baseline], result.scenario.base_currency
    title = f"Cash by year: mean cost, not discounted, {currency}"
    columns = ("contract year", *(labels[name] for name in names))
    if len(kept) < len(names):
        return Table(title, columns, ())
    means = {name: np.asarray(own, dtype=np.float64).mean(axis=1) for name, own in kept.items()}
    errors = [_error(own) for own in kept.values()]
    scale = Scale.of(float(max(np.abs(own).max() for own in means.values())), max(errors))
    years = len(means[names[0]])
    rows = [
        (str(year + 1), *(scale.text(float(means[name][year])) for name in names)) for year in range(years)
    ]
    rows.append(("all years", *(scale.text(float(means[name].sum())) for name in names)))
    peaks = [
        NOTHING if name == result.baseline else scale.text(_peak(result.cumulative[name])) for name in names
    ]
    rows.append((f"peak outlay above {base}, mean", *peaks))
    return Table(f"{title}; month 0 is in year 1", columns, tuple(rows))


def _error(costs: NDArray[np.float32]) -> float:
    """Return the largest standard error of the yearly means."""
    return float(np.std(costs, axis=1, dtype=np.float64).max() / np.sqrt(costs.shape[1]))


def _peak(cumulative_saving: NDArray[np.float32]) -> float:
    """Return how far behind the saving is at its lowest, on average; 0 where it never is."""
    return float(np.mean(np.maximum(-cumulative_saving.min(axis=0), 0.0), dtype=np.float64))
