"""Shares of a total's variance by driver or group under dependence: total effects and Shapley effects.

One regression of the total on splines and products of all drivers (see :mod:`bposim.analysis.regression`)
gives for every set of drivers the variance that the set explains, v(set) = Var(E[total | set]), as the
regression on the columns that belong to the set alone.  Each value has its degrees of freedom taken off.
Dependence is in the columns' products, so nothing assumes that drivers are independent.

- total effect: v(all) - v(all others), what remains open when everything but this driver is known;
- Shapley effect: the mean, over all orders in which drivers become known, of what the driver adds.
  Shapley effects share out v(all) without a remainder, also under dependence (Owen, 2014; Song, Nelson
  and Staum, 2016).

``unexplained`` is 1 - v(all): noise that is no driver, and joint effects finer than the regression.
Errors are by the jackknife over 20 interleaved folds of the trials, with Student's t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from bposim.analysis.drivers import check_drivers, fixed_stream
from bposim.analysis.measures import Estimate, Sample
from bposim.analysis.regression import Sums, accumulate, choose_basis, ridged
from bposim.analysis.sensitivity import bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from bposim.analysis.drivers import Drivers
    from bposim.analysis.measures import Totals
    from bposim.shapes import FloatArray

FOLDS = 20

STUDENT = 2.093024054408263
"""The 97.5 % point of Student's t with 19 degrees of freedom."""

ORDERS = 256
"""Orders drawn where there are too many to go through; an order and its reverse are drawn together."""

_ORDERS_A_FOLD = 32
_ALL_ORDERS = 6  # up to so many groups every order is taken


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """What each driver or group explains of the variance, as shares of 1."""

    total: dict[str, Estimate]
    shapley: dict[str, Estimate]
    unexplained: Estimate


def variance_shares(
    total: Totals, drivers: Drivers, groups: Mapping[str, Sequence[str]] | None = None
) -> VarianceShares:
    """Return total and Shapley effects by group of drivers; drivers in no group stand for themselves.

    Raises ValueError for a group with an unknown driver, or a driver in two groups.
    """
    sample = Sample.of(total)
    known = check_drivers(drivers, sample.size)
    members = complete_groups(known, groups)
    if sample.spread == 0 or sample.size < 10 * FOLDS:
        note = "the total does not vary" if sample.spread == 0 else "too few trials for shares of variance"
        nothing = {name: Estimate(0.0, None, note=note) for name in members}
        return VarianceShares(nothing, dict(nothing), Estimate(1.0, None, note=note))
    outcomes = sample.values[:, np.newaxis]
    basis = choose_basis(known, outcomes)
    sums = accumulate(basis, known, outcomes, FOLDS)
    group_of = {driver: name for name, own in members.items() for driver in own}
    owners = [frozenset(group_of[driver] for driver in own) for own in basis.owners]
    names = list(members)
    orders = _orders(len(names))
    few = orders[:_ORDERS_A_FOLD]
    full = _Explained(sums, None, owners, names)
    left = [_Explained(sums, fold, owners, names) for fold in range(FOLDS)]
    gains = full.gains(orders)
    shapley, reference = gains.mean(axis=0), gains[: len(few)].mean(axis=0)
    by_fold = np.array([part.gains(few).mean(axis=0) for part in left]) - reference
    drawn = _error_of_orders(gains) if len(names) > _ALL_ORDERS else np.zeros(len(names))
    totals = np.array([part.totals() for part in left])
    return VarianceShares(
        total=_estimates(names, full.totals(), _jackknife(totals)),
        shapley=_estimates(names, shapley, np.hypot(_jackknife(by_fold), drawn)),
        unexplained=_estimate(
            1 - full.everything, float(_jackknife(np.array([[part.everything] for part in left]))[0])
        ),
    )


def complete_groups(
    drivers: Iterable[str], groups: Mapping[str, Sequence[str]] | None
) -> dict[str, tuple[str, ...]]:
    """Return the groups with every driver that is in none as a group of its own, in the drivers' order."""
    known = list(drivers)
    named = {name: tuple(own) for name, own in (groups or {}).items()}
    inside = [driver for own in named.values() for driver in own]
    unknown = sorted(set(inside) - set(known))
    if unknown:
        raise ValueError(f"a group names drivers that the run does not have: {', '.join(unknown)}")
    twice = sorted({driver for driver in inside if inside.count(driver) > 1})
    if twice:
        raise ValueError(f"a driver belongs to one group only: {', '.join(twice)}")
    return named | {driver: (driver,) for driver in known if driver not in set(inside)}


class _Explained:
    """The explained variance v(set), as a share of the total's, in all folds but one (None: in all)."""

    def __init__(
        self, sums: Sums, fold: int | None, owners: Sequence[frozenset[str]], names: Sequence[str]
    ) -> None:
        gram, cross, square, self._count = sums.without(fold)
        self._names = names
        # The constant is taken out first, so that what follows is about the variance alone.
        mean, lift = cross[0, 0] / gram[0, 0], gram[0] / gram[0, 0]
        self._gram = ridged(gram - np.outer(lift, gram[0]))[1:, 1:]
        self._cross = (cross[:, 0] - mean * gram[0])[1:]
        self._variance = float(square[0]) - mean * float(cross[0, 0])
        self._owners = list(owners[1:])
        inverse = np.linalg.inv(self._gram)
        self._inverse, self._fit = inverse, inverse @ self._cross
        columns = len(self._owners)
        open_squares = self._variance - float(self._fit @ self._cross)
        self._noise = max(open_squares, 0.0) / max(self._count - 1 - columns, 1)
        self.everything = float((self._variance - open_squares - columns * self._noise) / self._variance)

    def totals(self) -> FloatArray:
        """Return v(all) - v(all but the group) for each group, ``(groups,)``."""
        found = np.zeros(len(self._names))
        for number, name in enumerate(self._names):
            own = np.array([at for at, owner in enumerate(self._owners) if name in owner], dtype=np.intp)
            if own.size:
                fit = self._fit[own]
                lost = float(fit @ np.linalg.solve(self._inverse[np.ix_(own, own)], fit))
                found[number] = (lost - own.size * self._noise) / self._variance
        return found

    def gains(self, orders: NDArray[np.intp]) -> FloatArray:
        """Return what each group adds to v in each order, ``(orders, groups)``.

        One Cholesky factor of the Gram matrix in the order's sequence of columns gives all its sets at once:
        the squares of L^-1 cross are what each column adds to those before it.
        """
        found = np.zeros(orders.shape)
        place = {name: number for number, name in enumerate(self._names)}
        member = [np.array([place[name] for name in owner], dtype=np.intp) for owner in self._owners]
        for row, order in enumerate(orders):
            position = np.empty_like(order)
            position[order] = np.arange(order.size)
            enters = np.array([position[own].max() for own in member], dtype=np.intp)
            sequence = np.argsort(enters, kind="stable")
            factor = np.linalg.cholesky(self._gram[np.ix_(sequence, sequence)])
            gain = solve_triangular(factor, self._cross[sequence], lower=True, check_finite=False) ** 2
            np.add.at(found[row], order[enters[sequence]], gain - self._noise)
        return np.asarray(found / self._variance)


def _orders(count: int) -> NDArray[np.intp]:
    """Return all orders of a few, or a fixed draw of orders with their reverses, ``(orders, count)``."""
    if count <= _ALL_ORDERS:
        every = np.array(list(permutations(range(count))), dtype=np.intp)
        # Mixed, so that the first few are no special ones.
        return fixed_stream(1).permutation(every, axis=0)
    stream = fixed_stream(1)
    drawn = [stream.permutation(count) for _ in range(ORDERS // 2)]
    return np.array([order for forward in drawn for order in (forward, forward[::-1])], dtype=np.intp)


def _error_of_orders(gains: FloatArray) -> FloatArray:
    """Return the standard error of the mean over drawn pairs of orders, ``(groups,)``."""
    pairs = (gains[0::2] + gains[1::2]) / 2
    return np.asarray(np.std(pairs, axis=0, ddof=1) / math.sqrt(len(pairs)))


def _jackknife(left_out: FloatArray) -> FloatArray:
    """Return the standard error of a statistic from its values with one fold left out, ``(statistics,)``."""
    folds = len(left_out)
    spread = left_out - left_out.mean(axis=0)
    return np.asarray(np.sqrt((folds - 1) / folds * np.sum(spread**2, axis=0)))


def _estimates(names: Sequence[str], values: FloatArray, errors: FloatArray) -> dict[str, Estimate]:
    return {
        name: _estimate(float(value), float(error))
        for name, value, error in zip(names, values, errors, strict=True)
    }


def _estimate(value: float, se: float) -> Estimate:
    return bounded(Estimate(value, se, value - STUDENT * se, value + STUDENT * se), 0.0, 1.0)
