"""What the inputs of a run look like to the analyses: one array ``(trials,)`` by name, beside the totals.

A driver is an input that was drawn, or noise of the process (a path's mean, the number of events) summed
up in a number a trial.  All that is asked of drivers here is their order, their quantiles, and a fixed
stream of random numbers for resampling them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.special import ndtri

from bposim.analysis.measures import Sample, Totals
from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

Drivers: TypeAlias = Mapping[str, FloatArray]
"""The drivers of a run by name, each ``(trials,)``, in the order of the trials."""


def check_drivers(drivers: Drivers, trials: int) -> dict[str, FloatArray]:
    """Return the drivers as arrays; raise ValueError unless each has ``trials`` finite numbers."""
    if not drivers:
        raise ValueError("there is no driver to look at")
    return {name: Sample(_sized(name, np.asarray(x), trials)).values for name, x in drivers.items()}


def midranks(x: FloatArray) -> FloatArray:
    """Return the rank of every value from 1, ``(trials,)``; equal values share their mean rank."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], x.size)
    ranks = np.empty(x.size)
    ranks[order] = np.repeat((starts + 1 + ends) / 2, ends - starts)
    return ranks


def normal_scores(x: FloatArray) -> FloatArray:
    """Return the standard normal quantile of (rank - 1/2) / trials of every value, ``(trials,)``."""
    scores: FloatArray = ndtri((midranks(x) - 0.5) / x.size)
    return scores


def equal_count_bins(x: FloatArray, bins: int) -> tuple[NDArray[np.intp], int]:
    """Return the bin of every value, ``(trials,)``, and the number of bins, about ``bins`` of equal count.

    Equal values stand in one bin, so a driver with few values gets a bin for each of the frequent ones.
    """
    first = np.floor((midranks(x) - 0.5) * bins / x.size).astype(np.intp)
    used, index = np.unique(first, return_inverse=True)
    return index, used.size


def fixed_stream(purpose: int) -> np.random.Generator:
    """Return the generator that resamples for one purpose, always the same.

    An analysis is a function of the run: asked twice, it answers the same.  The numbers resample what has
    been drawn; no outcome of the model depends on them.
    """
    return np.random.default_rng([20_260_101, purpose])


def difference_of(costs: Mapping[str, Totals], first: str, second: str) -> FloatArray:
    """Return cost of ``first`` less cost of ``second``, trial by trial, ``(trials,)``."""
    return Sample.of(costs[first]).values - Sample.of(costs[second]).values


def _sized(name: str, x: FloatArray, trials: int) -> FloatArray:
    if x.shape != (trials,):
        raise ValueError(f"driver {name} has shape {x.shape}; the totals have {trials} trials")
    return x
