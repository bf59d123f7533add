"""Months, years and present value.

Running cash flows fall at the end of months 1..T, one-off costs of the decision in month 0.  Month ``t``
lies in year ``floor((t - 1) / 12)``, counted from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bposim.shapes import FloatArray, Path, Vector


def months_column(months: int) -> FloatArray:
    """Return 1..T as a column ``(months, 1)``."""
    return np.arange(1.0, months + 1.0)[:, np.newaxis]


def year_of_month(months: int) -> np.ndarray:
    """Return the year, from 0, of each month 1..T; shape ``(months,)``."""
    return np.arange(months) // 12


def growth_path(rate: Vector, months: int) -> FloatArray:
    """Return (1 + g)^((t-1)/12) for an annual rate g; shape ``(months, 1)`` or ``(months, trials)``.

    The power of whole years times that of the months beyond: few powers, and one product for each month.
    """
    log, years = np.log1p(rate), (months - 1) // 12 + 1
    within = np.exp(log * (np.arange(12.0) / 12.0)[:, np.newaxis])
    whole = np.exp(log * np.arange(float(years))[:, np.newaxis])
    grown = whole[:, np.newaxis] * within
    return np.asarray(grown.reshape(12 * years, -1)[:months])


def discount_factors(rate: Vector, months: int) -> FloatArray:
    """Return D(t) = (1 + r)^(-t/12) for months 1..T; ``rate`` is annual, effective and nominal."""
    return np.exp(np.log1p(rate) * (-months_column(months) / 12.0))


def present_value(flows: Path, factors: FloatArray) -> FloatArray:
    """Return the present value of a monthly path; shape ``(trials,)`` or ``(1,)``.

    The path may end before the factors do.  The sum runs month by month in a fixed order, so it does not
    depend on BLAS.
    """
    if not isinstance(flows, np.ndarray) or flows.ndim < 2:  # noqa: PLR2004
        flows = np.atleast_2d(flows)
    if 1 < len(flows) < len(factors):
        factors = factors[: len(flows)]
    value: FloatArray
    if factors.shape[1] == 1:  # nearly a third quicker than to stretch the factors over the trials
        value = np.einsum("tn,t->n", flows, factors[:, 0])
    else:
        value = np.einsum("tn,tn->n", flows, factors)
    return value


def change(path: Path, before: Path = 0.0) -> FloatArray:
    """Return x(t) - x(t-1) of a path; ``before`` is x(0)."""
    path = np.atleast_2d(path)
    changed = np.empty_like(path)
    np.subtract(path[:1], before, out=changed[:1])
    np.subtract(path[1:], path[:-1], out=changed[1:])
    return changed


def running_sum(path: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Return the sums of a path ``(months, trials)`` from month 1 up to each month.

    Row by row: along the first axis that is far quicker than ``np.cumsum``.
    """
    total = np.empty_like(path) if out is None else out
    total[0] = path[0]
    for t in range(1, len(path)):
        np.add(total[t - 1], path[t], out=total[t])
    return total


def monthly_hazard(annual: Vector) -> Vector:
    """Return the monthly probability 1 - (1 - p)^(1/12) of an annual probability p."""
    return -np.expm1(np.log1p(-annual) / 12.0) if np.ndim(annual) else 1.0 - (1.0 - annual) ** (1.0 / 12.0)
