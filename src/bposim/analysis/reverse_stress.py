"""Reverse stress: the most probable joint move of the drivers that turns the choice.

Drivers are taken as their standard normal scores z, which have the correlations R of the run (a Gaussian
copula).  E[saving | z] is a regression on the scores.  Of all z at which it has come down to the level, the
most probable one has the least z' R^-1 z: the design point of structural reliability (Hasofer and Lind,
1974).
Its distance b says how far into the unusual one must go; Phi(-b) is the chance of a move at least as bad
in that direction, exact where the conditional mean is linear in the scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from bposim.analysis.drivers import check_drivers, normal_scores
from bposim.analysis.measures import Estimate, Sample, probability_below
from bposim.analysis.regression import accumulate, choose_basis
from bposim.analysis.sensitivity import first_order

if TYPE_CHECKING:
    from bposim.analysis.drivers import Drivers
    from bposim.analysis.measures import Totals
    from bposim.shapes import FloatArray

MOST = 8
"""So many drivers move at most: those that explain most of the saving on their own."""

LIMIT = 5.0
"""Scores are not moved further than this: beyond it the run has drawn nothing to go by."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where one driver is at the turning point."""

    name: str
    usual: float
    """Its median."""
    at: float
    """Its value at the turning point."""
    below: float
    """The probability that it is below that value, between 0 and 1."""
    score: float
    """The same in standard deviations of a normal."""


@dataclass(frozen=True, slots=True)
class ReverseStress:
    """The most probable way to the level; ``moves`` stand largest first.

    ``distance`` is b, ``likelihood`` Phi(-b), ``seen`` the share of trials that the mean is not with, beyond
    the level for whatever reason, ``expected`` the conditional mean at the place reached.  ``reached`` is
    False where no move within the limits gets there; the moves are then those that come nearest.
    """

    moves: tuple[Move, ...]
    distance: float
    likelihood: float
    seen: Estimate
    expected: float
    reached: bool
    note: str = ""


def reverse_stress(saving: Totals, drivers: Drivers, level: float = 0.0, most: int = MOST) -> ReverseStress:
    """Return the most probable joint move of the drivers that brings the expected saving down to ``level``.

    ``saving`` may be any difference whose sign is the choice; if its mean is below the level, the move that
    brings it up is sought.  Drivers that are not among the ``most`` explaining are where these make them
    expected.  Raises ValueError if no driver varies.
    """
    sample = Sample.of(saving)
    known = check_drivers(drivers, sample.size)
    alone = first_order(sample, known)
    chosen = sorted(known, key=lambda name: (-alone[name].value, name))[:most]
    moving = {name: known[name] for name in chosen if np.ptp(known[name]) > 0}
    if not moving:
        raise ValueError("no driver varies, so none can move")
    side = 1.0 if sample.centre >= level else -1.0
    surface = _Surface(side * (sample.values - level), moving)
    z, reached, note = _turning_point(surface)
    distance = surface.distance(z)
    moves = [
        Move(name, float(np.median(x)), float(np.quantile(x, ndtr(score))), float(ndtr(score)), float(score))
        for (name, x), score in zip(moving.items(), z, strict=True)
    ]
    return ReverseStress(
        tuple(sorted(moves, key=lambda move: (-abs(move.score), move.name))),
        distance,
        float(ndtr(-distance)),
        probability_below(side * sample.values, side * level),
        side * surface.expected(z) + level,
        reached,
        note,
    )


class _Surface:
    """E[height | scores of the drivers], and how far a set of scores lies from the middle."""

    def __init__(self, height: FloatArray, drivers: Drivers) -> None:
        scores = {name: normal_scores(x) for name, x in drivers.items()}
        outcome = height[:, np.newaxis]
        self._basis = choose_basis(scores, outcome)
        sums = accumulate(self._basis, scores, outcome, 1)
        self._coefficients, self._centre = sums.coefficients()[:, 0], float(sums.centre[0])
        count = len(scores)
        self.correlation = np.corrcoef(np.stack(list(scores.values()))).reshape(count, count)
        # Two drivers that always move together are one: the ridge lets them.
        self._precision = np.linalg.inv(self.correlation + 1e-6 * np.eye(count))
        self._names = list(scores)

    def expected(self, z: FloatArray) -> float:
        """Return the conditional mean at the scores ``(drivers,)``."""
        columns = self._basis({name: z[[number]] for number, name in enumerate(self._names)})
        return float(columns[0] @ self._coefficients) + self._centre

    def distance(self, z: FloatArray) -> float:
        """Return the root of z' R^-1 z."""
        return math.sqrt(2 * self.unlikeliness(z))

    def unlikeliness(self, z: FloatArray) -> float:
        """Return z' R^-1 z / 2, minus the logarithm of the scores' density up to a constant."""
        return float(z @ self._precision @ z) / 2

    def unlikeliness_slope(self, z: FloatArray) -> FloatArray:
        """Return the gradient of :meth:`unlikeliness`, ``(drivers,)``."""
        return np.asarray(self._precision @ z)


def _turning_point(surface: _Surface) -> tuple[FloatArray, bool, str]:
    """Return the nearest scores with an expected height of 0, whether it is reached, and a note."""
    from scipy.optimize import NonlinearConstraint, minimize

    correlation = surface.correlation
    count = len(correlation)
    scale = surface.expected(np.zeros(count))
    if scale <= 0:
        return np.zeros(count), True, "with every driver at its median the choice is already the other one"
    slope = np.array([surface.expected(0.5 * unit) - surface.expected(-0.5 * unit) for unit in np.eye(count)])
    steepness = math.sqrt(float(slope @ correlation @ slope))
    downhill = -correlation @ slope / max(steepness, 1e-300)
    # A curved surface may come down in several places: the steepest way and each driver's own are tried.
    starts = [downhill, 2.5 * downhill]
    starts += [-2.0 * math.copysign(1.0, rise) * row for rise, row in zip(slope, correlation, strict=True)]
    found: list[FloatArray] = []
    for start in starts:
        answer = minimize(
            surface.unlikeliness,
            start,
            jac=surface.unlikeliness_slope,
            method="SLSQP",
            bounds=[(-LIMIT, LIMIT)] * count,
            constraints=NonlinearConstraint(lambda z: np.array([surface.expected(z) / scale]), 0.0, 0.0),
            tol=1e-8,
        )
        z = np.asarray(answer.x)
        if answer.success and abs(surface.expected(z)) <= 1e-3 * scale:
            found.append(z)
    if found:
        return min(found, key=surface.distance), True, ""
    tried = [np.clip(far * downhill, -LIMIT, LIMIT) for far in np.linspace(0.5, LIMIT, 10)]
    note = f"no joint move within {LIMIT:g} standard deviations turns the choice on average"
    return min(tried, key=surface.expected), False, note
