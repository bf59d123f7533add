"""What must be true: the value of a driver at which a statistic of the saving crosses a level.

There are two readings, and they differ where drivers depend on each other.  *Given the sample*: the statistic
among trials in which the driver came out so, and whatever is correlated with it came out accordingly.
*By runs*: the driver is set, nothing else moves, and the model runs again on the same random numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.drivers import check_drivers, equal_count_bins
from bposim.analysis.measures import Z95, Estimate, Sample, mean, normal_interval
from bposim.analysis.regression import accumulate, choose_basis, chunks, predict, ridged

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bposim.analysis.measures import Totals
    from bposim.shapes import FloatArray

POINTS = 200
"""Places at which a conditional mean is evaluated, between the driver's 0.5 % and 99.5 % quantiles."""

FEWEST = 30
"""A cell or bin of a map with fewer trials is left empty."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A statistic of the outcome given a driver: where (ascending), value and error, ``(points,)`` each."""

    at: FloatArray
    value: FloatArray
    se: FloatArray


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where a curve crosses the level: the place, its 95 % interval (None where it is open) and direction.

    ``below`` is the probability that the driver falls short of the place.
    """

    at: float
    low: float | None
    high: float | None
    below: float
    rising: bool


@dataclass(frozen=True, slots=True)
class TwoWayMap:
    """The mean outcome by cells of two drivers; all but edges and middles are ``(rows, columns)``.

    Rows are cells of the second driver, columns of the first.  Cells have even counts along each driver.
    ``mean`` and ``se`` are those of the trials in a cell, NaN where they are too few; ``surface`` is the
    regression on both drivers at the cells' middles ``first_at`` and ``second_at``: its contour at 0 is the
    break-even line.
    """

    first_edges: FloatArray
    second_edges: FloatArray
    first_at: FloatArray
    second_at: FloatArray
    mean: FloatArray
    se: FloatArray
    count: NDArray[np.intp]
    surface: FloatArray


def conditional_mean(outcome: Totals, driver: FloatArray) -> Curve:
    """Return E[outcome | driver] by regression on a spline, with errors that allow for unequal spread."""
    sample = Sample.of(outcome)
    x = check_drivers({"driver": driver}, sample.size)
    y = sample.values[:, np.newaxis]
    basis = choose_basis(x, y, pairs=False)
    sums = accumulate(basis, x, y, 1)
    coefficients = sums.coefficients()
    spread = np.zeros((len(basis.owners), len(basis.owners)))
    for part in chunks(sample.size):
        here = basis({"driver": x["driver"][part]})
        distance = y[part] - sums.centre - here @ coefficients
        spread += (here * distance**2).T @ here
    bread = np.linalg.inv(ridged(sums.gram[0]))
    at = _places(x["driver"])
    columns = basis({"driver": at})
    variance = np.einsum("ij,jk,ik->i", columns, bread @ spread @ bread, columns)
    value = (columns @ coefficients + sums.centre)[:, 0]
    return Curve(at, value, np.sqrt(np.maximum(variance, 0.0)))


def conditional_statistic(
    outcome: Totals, driver: FloatArray, statistic: Callable[[Sample], Estimate], bins: int = 20
) -> Curve:
    """Return any statistic of the outcome by ``bins`` of the driver of equal count, at their mean driver.

    Between bins it is read off a straight line, so a curved statistic is a little off in the outer bins.
    Bins whose statistic has no error are left out.
    """
    sample = Sample.of(outcome)
    x = check_drivers({"driver": driver}, sample.size)["driver"]
    index, used = equal_count_bins(x, bins)
    rows: list[tuple[float, float, float]] = []
    for number in range(used):
        inside = index == number
        found = statistic(Sample(sample.values[inside]))
        if found.se is not None:
            rows.append((float(x[inside].mean()), found.value, found.se))
    at, value, se = np.array(rows).reshape(-1, 3).T
    return Curve(at, value, se)


def break_evens(curve: Curve, driver: FloatArray, level: float = 0.0) -> tuple[BreakEven, ...]:
    """Return where the curve crosses the level, ascending; none if it stays on one side of it.

    The interval is where the curve's 95 % band holds the level about the crossing.
    """
    gap = curve.value - level
    found = []
    up, down = (gap[:-1] < 0) & (gap[1:] >= 0), (gap[:-1] > 0) & (gap[1:] <= 0)
    for left in np.flatnonzero(up | down):
        share = gap[left] / (gap[left] - gap[left + 1])
        at = float(curve.at[left] + share * (curve.at[left + 1] - curve.at[left]))
        rising = bool(gap[left + 1] > gap[left])
        # Left of the crossing the far side of the band decides, right of it the near one.
        side = 1.0 if rising else -1.0
        low = _crossing(curve.at[: left + 2], side * gap[: left + 2] + Z95 * curve.se[: left + 2], last=True)
        high = _crossing(curve.at[left:], side * gap[left:] - Z95 * curve.se[left:], last=False)
        found.append(BreakEven(at, low, high, float(np.mean(driver < at)), rising))
    return tuple(found)


def break_even_by_runs(
    statistic: Callable[[float], Estimate], low: float, high: float, *, points: int = 9, rtol: float = 1e-6
) -> tuple[Estimate, ...]:
    """Return where a statistic of a run crosses 0 as the driver goes from ``low`` to ``high``, ascending.

    ``statistic`` runs the model with the driver set, on the same random numbers each time, so that it is a
    smooth function of the driver.  The interval is looked through at ``points`` places, and each change of
    sign is narrowed down by Brent's method to ``rtol`` of the interval.  The error is the statistic's over
    its slope, None where it has none.  Raises ValueError for an empty interval.
    """
    from scipy.optimize import brentq

    if not low < high:
        raise ValueError(f"the driver goes from a lower to a higher value; {low} is not below {high}")
    places = [float(place) for place in np.linspace(low, high, max(points, 2))]
    seen = {place: statistic(place) for place in places}

    def value(place: float) -> float:
        if place not in seen:
            seen[place] = statistic(place)
        return seen[place].value

    roots = [place for place in places if seen[place].value == 0]
    for left, right in pairwise(places):
        if seen[left].value * seen[right].value < 0:
            roots.append(float(brentq(value, left, right, xtol=rtol * (high - low))))
    return tuple(_placed(root, value, seen, low, high) for root in sorted(roots))


def two_way_map(outcome: Totals, first: FloatArray, second: FloatArray, cells: int = 10) -> TwoWayMap:
    """Return the mean outcome by cells of two drivers, ``cells`` along each."""
    sample = Sample.of(outcome)
    drivers = check_drivers({"first": first, "second": second}, sample.size)
    (columns, width), (rows, height) = (equal_count_bins(x, cells) for x in drivers.values())
    cell = rows * width + columns
    count = np.bincount(cell, minlength=width * height)
    y = sample.values - sample.centre
    enough = count >= FEWEST
    safe = np.where(enough, count, 2)
    average = np.bincount(cell, weights=y, minlength=count.size) / safe
    squares = np.bincount(cell, weights=y * y, minlength=count.size) / safe
    variance = np.maximum(squares - average**2, 0.0) * safe / (safe - 1)
    first_at, second_at = (
        _middles(x, index) for x, index in zip(drivers.values(), (columns, rows), strict=True)
    )
    basis = choose_basis(drivers, sample.values[:, np.newaxis])
    sums = accumulate(basis, drivers, sample.values[:, np.newaxis], 1)
    grid = {"first": np.tile(first_at, height), "second": np.repeat(second_at, width)}
    shape = (height, width)
    return TwoWayMap(
        _edges(drivers["first"], columns),
        _edges(drivers["second"], rows),
        first_at,
        second_at,
        np.where(enough, average + sample.centre, np.nan).reshape(shape),
        np.where(enough, np.sqrt(variance / safe), np.nan).reshape(shape),
        count.reshape(shape),
        predict(basis, grid, sums.coefficients(), sums.centre).reshape(shape),
    )


def mean_by_bins(sample: Sample) -> Estimate:
    """Return the mean of the outcome in a bin: the plainest statistic for :func:`conditional_statistic`."""
    return mean(sample) if sample.size >= FEWEST else Estimate(sample.centre, None, note="too few trials")


def _places(x: FloatArray) -> FloatArray:
    values = np.unique(x)
    if values.size <= POINTS:
        return values
    low, high = np.quantile(x, [0.005, 0.995])
    return np.linspace(low, high, POINTS) if low < high else values[[0, -1]]


def _crossing(at: FloatArray, height: FloatArray, *, last: bool) -> float | None:
    """Return the last or first place where ``height`` rises through 0, None if it does not."""
    steps = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    if steps.size == 0:
        return None
    left = steps[-1 if last else 0]
    share = height[left] / (height[left] - height[left + 1])
    return float(at[left] + share * (at[left + 1] - at[left]))


def _placed(
    root: float, value: Callable[[float], float], seen: dict[float, Estimate], low: float, high: float
) -> Estimate:
    """Return the crossing with the statistic's error turned into one of the driver."""
    step = (high - low) / 50
    left, right = max(root - step, low), min(root + step, high)
    slope = (value(right) - value(left)) / (right - left)
    value(root)
    se = seen[root].se
    if se is None or slope == 0:
        return Estimate(root, None, note=seen[root].note or "the statistic is flat here")
    return normal_interval(root, se / abs(slope)) if math.isfinite(slope) else Estimate(root, None)


def _edges(x: FloatArray, index: NDArray[np.intp]) -> FloatArray:
    """Return the least value of each bin and the greatest of all, ``(bins + 1,)``."""
    least = np.full(index.max() + 1, np.inf)
    np.minimum.at(least, index, x)
    return np.append(least, x.max())


def _middles(x: FloatArray, index: NDArray[np.intp]) -> FloatArray:
    return np.asarray(np.bincount(index, weights=x) / np.bincount(index))
