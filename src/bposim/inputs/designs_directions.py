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
    slopes = _slopes(scores, np.array([outcome for outcome in outcomes if np.ptp(outcome) > 0.0]))
    importance = np.max(slopes**2, axis=0, initial=0.0)
    order = np.argsort(-np.round(importance, _DECIMALS), kind="stable")[: MOST_COLUMNS - MOST_DIRECTIONS]
    directions = _orthonormal([np.round(slope[order], _DECIMALS) for slope in slopes])
    return Design(
        "sobol",
        tuple(names[column] for column in order),
        tuple(tuple(direction.tolist()) for direction in directions),
    )


def _slopes(scores: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Return the slopes of the standardised outcomes, ``(outcomes, scores)``, drawn in towards 0 by noise."""
    count, trials = scores.shape
    if not outcomes.size or trials <= 2 * count:
        return np.zeros((len(outcomes), count))
    low, high = np.quantile(outcomes, [_CLIPPED, 1.0 - _CLIPPED], axis=1)
    centred = np.clip(outcomes.T, low, high)
    centred -= centred.mean(axis=0)
    spread = centred.std(axis=0)
    centred /= np.where(spread > 0.0, spread, 1.0)
    # Scores of a hypercube are nearly uncorrelated, so the normal equations are as good as a decomposition of
    # all trials, which took ten times as long.
    slopes = np.linalg.solve(scores @ scores.T, scores @ centred)
    noise = _NOISE * np.std(centred - scores.T @ slopes, axis=0) / np.sqrt(trials - count)
    found: FloatArray = (np.sign(slopes) * np.maximum(np.abs(slopes) - noise, 0.0)).T
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
