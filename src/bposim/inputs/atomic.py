"""Distributions on a few values."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property

import numpy as np

from bposim.inputs.distribution import Distribution
from bposim.shapes import FloatArray


class _Atoms:
    """Possible values in ascending order with their probabilities.

    A class of its own, not a tuple of arrays, so that comparing two distributions never compares arrays.
    """

    def __init__(self, values: tuple[float, ...], weights: tuple[float, ...]) -> None:
        order = np.argsort(values, kind="stable")
        total = math.fsum(weights)
        self.values = np.array(values)[order]
        self.weights = np.array(weights)[order] / total
        self.below = np.concatenate([[0.0], np.minimum(np.cumsum(self.weights), 1.0)])
        self.above = np.concatenate([np.minimum(np.cumsum(self.weights[::-1]), 1.0)[::-1], [0.0]])
        self.below[-1] = self.above[0] = 1.0


class Atomic(Distribution):
    """A distribution on a few values."""

    @abstractmethod
    def _weighted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return values and weights, in any order, the weights with a positive sum."""

    @cached_property
    def _atoms(self) -> _Atoms:
        return _Atoms(*self._weighted())

    @property
    def steps(self) -> FloatArray:
        return self._atoms.values

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        last = self._atoms.values.size - 1
        place: FloatArray = self._atoms.values[np.clip(np.searchsorted(self._atoms.below, u) - 1, 0, last)]
        return place

    def cdf(self, x: FloatArray) -> FloatArray:
        probability: FloatArray = self._atoms.below[np.searchsorted(self._atoms.values, x, side="right")]
        return probability

    def sf(self, x: FloatArray) -> FloatArray:
        probability: FloatArray = self._atoms.above[np.searchsorted(self._atoms.values, x, side="right")]
        return probability

    def _expectation(self, values: FloatArray) -> float:
        return math.fsum(self._atoms.weights * values)

    @property
    def mean(self) -> float:
        return self._expectation(self._atoms.values)

    @property
    def variance(self) -> float:
        return self._expectation((self._atoms.values - self.mean) ** 2)

    @property
    def support(self) -> tuple[float, float]:
        possible = self._atoms.values[self._atoms.weights > 0]
        return float(possible[0]), float(possible[-1])

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        limited: FloatArray = np.sum(
            self._atoms.weights * np.minimum(self._atoms.values, cap[..., None]), axis=-1
        )
        return limited
