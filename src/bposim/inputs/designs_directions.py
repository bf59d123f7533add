"""Which coordinates move the outcomes most, judged by a pilot run.

A net fills its first columns best, so what matters most belongs there.  Outcomes are regressed on the
coordinates of a pilot run; the fitted slopes give an order of the coordinates and, better, directions: one
combination of all coordinates that moves an outcome has a column of its own (the linear transformation of
Imai and Tan, A general dimension reduction technique for derivative pricing, Journal of Computational Finance
10, 2006).  A poor pilot costs precision and nothing else: whatever the directions, each trial is distributed
as a random one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.designs import Design
from bposim.inputs.designs_nets import MOST_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bposim.inputs.designs import Coordinate
    from bposim.shapes import FloatArray

MOST_DIRECTIONS = 4

_NEW = 0.02
"""A direction must explain so much of an outcome's variance that those before it do not."""
_CLIPPED = 0.02
"""Share of the outcomes on either side that is drawn in, so that rare events do not set the slopes."""
_NOISE = 2.0
"""Standard errors by which a slope is drawn in towards 0."""
_DECIMALS = 3
"""Directions are rounded so that the last bits of a linear algebra library decide nothing."""


def directed(coordinates: Mapping[Coordinate, FloatArray], outcomes: Sequence[FloatArray]) -> Design:
    """Return the design ``sobol`` for a pilot's standard normal coordinates and outcomes, ``(trials,)``.

    Earlier outcomes are served first; an outcome that is the same in every trial is left out.
    """
    names = sorted(coordinates)
    scores = np.array([coordinates[name] for name in names])
    slopes = [_slopes(scores, outcome) for outcome in outcomes if np.ptp(outcome) > 0.0]
    importance = np.max([np.zeros(len(names)), *(slope**2 for slope in slopes)], axis=0)
    order = np.argsort(-np.round(importance, _DECIMALS), kind="stable")[: MOST_COLUMNS - MOST_DIRECTIONS]
    directions = _orthonormal([np.round(slope[order], _DECIMALS) for slope in slopes])
    return Design(
        "sobol",
        tuple(names[column] for column in order),
        tuple(tuple(direction.tolist()) for direction in directions),
    )


def _slopes(scores: FloatArray, outcome: FloatArray) -> FloatArray:
    """Return the slopes of the standardised outcome, drawn in towards 0 by their noise."""
    clipped = np.clip(outcome, *np.quantile(outcome, [_CLIPPED, 1.0 - _CLIPPED]))
    centred = clipped - clipped.mean()
    spread = centred.std()
    count, trials = scores.shape
    if spread == 0.0 or trials <= 2 * count:
        return np.zeros(count)
    slopes, *_ = np.linalg.lstsq(scores.T, centred / spread, rcond=None)
    residual = centred / spread - slopes @ scores
    noise = _NOISE * residual.std() / np.sqrt(trials - count)
    found: FloatArray = np.sign(slopes) * np.maximum(np.abs(slopes) - noise, 0.0)
    return found


def _orthonormal(slopes: list[FloatArray]) -> list[FloatArray]:
    """Return the directions of the slopes, each without its part along those before it."""
    directions: list[FloatArray] = []
    for slope in slopes:
        left = slope.copy()
        for direction in directions:
            left -= np.sum(left * direction) * direction
        explained = float(np.sum(left**2))
        if explained > _NEW and len(directions) < MOST_DIRECTIONS:
            directions.append(left / np.sqrt(explained))
    return directions
