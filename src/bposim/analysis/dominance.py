"""Stochastic dominance between two costs on paired trials, judged within Monte Carlo error.

First order: A dominates B when A is the likelier to stay below every amount, P(A > t) <= P(B > t) for all t;
then everyone who prefers less cost to more prefers A.  Second order, for costs: E[max(A - t, 0)] <=
E[max(B - t, 0)] for all t (the stop-loss or increasing convex order); then everyone who also dislikes risk
prefers A, and A has the lower mean, expected shortfall and certainty equivalent at every level and tolerance.

A sample never shows an order at amounts that hardly occur.  So the claim is about the amounts between two
quantiles of both costs together (restricted dominance), and it is made only if the difference is on A's side
at *each* amount of a grid by a one-sided paired test at 5 %: the least favourable of them decides, which
needs no correction for their number (Davidson and Duclos, 2013).  That two costs cross is claimed if some
difference stands clear on either side of a band that holds at all amounts at once with 95 % (Barrett and
Donald, 2003; the critical value is that of a Gaussian process with the differences' own correlation).
Whatever is neither is too close to call.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from bposim.analysis.drivers import fixed_stream
from bposim.analysis.measures import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.analysis.comparison import Costs
    from bposim.analysis.measures import Totals
    from bposim.shapes import FloatArray

Verdict: TypeAlias = Literal["dominates", "dominated", "crosses", "too close to call"]
Order: TypeAlias = Literal[1, 2]

ONE_SIDED = 1.6448536269514722
"""The 95 % point of the standard normal: the least t value of a dominance must lie beyond it."""

GRID = 100
"""Amounts at which the two costs are compared."""

HALF = 0.5

FEWEST = 100
"""So many trials of both costs together lie beyond either end of the grid."""

_CHUNK = 8_192
_DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Dominance:
    """How the first of two costs stands to the second."""

    order: Order
    verdict: Verdict
    amounts: FloatArray
    """Where the costs are compared, ascending, ``(amounts,)``."""
    difference: FloatArray
    """First less second, of P(X > t) (order 1) or E[max(X - t, 0)] (order 2), ``(amounts,)``."""
    se: FloatArray
    """Paired standard error of the difference, ``(amounts,)``."""
    critical: float
    """Half width in standard errors of the band that holds at all amounts together with 95 %."""
    least: float
    """The least favourable t value of the claim that the first dominates; above 1.645 it is made."""


def dominance(first: Totals, second: Totals, order: Order = 1, share: float = 0.01) -> Dominance:
    """Return whether ``first`` stochastically dominates ``second``; both are costs of the same trials.

    The amounts lie between the quantiles ``share`` and 1 - ``share`` of both costs together, nearer to the
    middle in a small sample.  Where the two are equal in every trial that counts at an amount, they are level
    there, exactly, which stands against no claim.  Raises ValueError for unpaired costs or a wrong share.
    """
    a, b = Sample.of(first), Sample.of(second)
    if a.size != b.size:
        raise ValueError(
            f"costs are compared trial by trial, but one has {a.size} trials, the other {b.size}"
        )
    if not 0 < share < HALF:
        raise ValueError(f"the amounts left out at either end are a share below 1/2; it is {share}")
    amounts = _amounts(a, b, max(share, min(FEWEST / (2 * a.size), 0.25)))
    difference, covariance = _moments(a.values, b.values, amounts, order)
    se = np.sqrt(np.maximum(np.diagonal(covariance), 0.0) / a.size)
    scale = float(np.max(np.abs(difference), initial=0.0))
    # A spread of rounding errors is none: there the difference is exact.
    se = np.where(se <= 1e-12 * scale, 0.0, se)
    critical = _critical(covariance, se > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(se > 0, difference / np.where(se > 0, se, 1.0), np.sign(difference) * np.inf)
    t = np.where((se == 0) & (difference == 0), np.nan, t)
    speaks = t[~np.isnan(t)]
    least = float(np.min(-speaks)) if speaks.size else 0.0
    most = float(np.min(speaks)) if speaks.size else 0.0
    return Dominance(order, _verdict(speaks, least, most, critical), amounts, difference, se, critical, least)


def dominance_table(costs: Costs, order: Order = 1) -> dict[tuple[str, str], Dominance]:
    """Return for each ordered pair of alternatives how the first stands to the second."""
    found: dict[tuple[str, str], Dominance] = {}
    for one, other in permutations(costs, 2):
        found[one, other] = dominance(costs[one], costs[other], order)
    return found


def undominated(costs: Costs, order: Order = 1) -> tuple[str, ...]:
    """Return the alternatives that no other one dominates, in the order given."""
    table = dominance_table(costs, order)
    beaten = {other for (_, other), found in table.items() if found.verdict == "dominates"}
    return tuple(name for name in costs if name not in beaten)


def _verdict(t: FloatArray, least: float, most: float, critical: float) -> Verdict:
    if t.size == 0:
        return "too close to call"
    if least > ONE_SIDED:
        return "dominates"
    if most > ONE_SIDED:
        return "dominated"
    if np.min(t) < -critical and np.max(t) > critical:
        return "crosses"
    return "too close to call"


def _amounts(a: Sample, b: Sample, share: float) -> FloatArray:
    """Return values of both costs together at even steps of probability, ascending and different."""
    both = np.sort(np.concatenate([a.ordered, b.ordered]), kind="stable")
    places = np.linspace(share, 1 - share, GRID) * (both.size - 1)
    return np.unique(both[places.astype(np.intp)])


def _moments(
    a: FloatArray, b: FloatArray, amounts: FloatArray, order: Order
) -> tuple[FloatArray, FloatArray]:
    """Return mean ``(amounts,)`` and covariance ``(amounts, amounts)`` of a trial's difference."""
    count = amounts.size
    total, products = np.zeros(count), np.zeros((count, count))
    for start in range(0, a.size, _CHUNK):
        x, y = a[start : start + _CHUNK, np.newaxis], b[start : start + _CHUNK, np.newaxis]
        each = (
            (x > amounts).astype(np.float64) - (y > amounts)
            if order == 1
            else np.maximum(x - amounts, 0.0) - np.maximum(y - amounts, 0.0)
        )
        total += each.sum(axis=0)
        products += each.T @ each
    mean = total / a.size
    return mean, products / a.size - np.outer(mean, mean)


def _critical(covariance: FloatArray, varies: NDArray[np.bool_]) -> float:
    """Return the 95 % point of the largest of the standardised differences when all are 0 in truth."""
    if not varies.any():
        return 0.0
    kept = covariance[np.ix_(varies, varies)]
    spread = np.sqrt(np.diagonal(kept))
    values, vectors = np.linalg.eigh(kept / np.outer(spread, spread))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = fixed_stream(2).standard_normal((_DRAWS, spread.size)) @ root.T
    largest = np.sort(np.max(np.abs(draws), axis=1))
    return float(largest[math.ceil(0.95 * _DRAWS) - 1])
