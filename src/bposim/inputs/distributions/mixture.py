"""Mixtures of distributions."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field

from bposim.inputs.distribution import Distribution
from bposim.inputs.distributions.gamma import Gamma
from bposim.inputs.distributions.normal import Normal
from bposim.inputs.quantile_table import NormalTable, crossing, shared_table
from bposim.part import Real
from bposim.shapes import FloatArray


class Mixture(Distribution):
    """One of several distributions, chosen by weight: P(X <= x) is their weighted mean."""

    kind = "mixture"
    components: Annotated[
        tuple[Annotated[tuple[Real, Distribution], Field(strict=False)], ...], Field(strict=False)
    ]
    """Pairs of weight and distribution; weights in any unit."""

    LEVELS: ClassVar[int] = 4
    """How often cells of the table around jumps and kinks are refined: down to one draw in a million."""

    @classmethod
    def example(cls) -> Self:
        return cls(components=((0.7, Normal(mean=0.0, sd=1.0)), (0.3, Gamma(shape=2.0, scale=3.0))))

    def _check(self) -> None:
        weights = [weight for weight, _ in self.components]
        if not weights or min(weights) < 0 or math.fsum(weights) == 0:
            raise ValueError(
                "the weights of a mixture are 0 or more and not all 0; give each component its weight"
            )

    @cached_property
    def _parts(self) -> tuple[tuple[float, Distribution], ...]:
        total = math.fsum(weight for weight, _ in self.components)
        return tuple((weight / total, part) for weight, part in self.components if weight > 0)

    def from_normal(self, z: FloatArray) -> FloatArray:
        return self._table(np.asarray(z, dtype=np.float64))

    @cached_property
    def _table(self) -> NormalTable:
        exact = super().from_normal
        return shared_table(repr(self), lambda: NormalTable(exact, self.support, self.LEVELS))

    @property
    def steps(self) -> FloatArray:
        return np.unique(np.concatenate([part.steps for _, part in self._parts]))

    @cached_property
    def _landings(self) -> _Landings:
        return _Landings(self)

    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        below = u <= v
        x = np.empty_like(u)
        for side, upper in ((below, False), (~below, True)):
            x[side] = self._quantile_of_tail(u[side], v[side], upper=upper)
        return x

    def _quantile_of_tail(self, u: FloatArray, v: FloatArray, *, upper: bool) -> FloatArray:
        # The quantile of the mixture lies between the components' and, of its steps, the two around it.
        quantiles = np.stack([part.quantile(u, v) for _, part in self._parts])
        start, stop = self._landings.around(v if upper else u, upper=upper)
        low = np.clip(quantiles.min(axis=0), start, stop)
        high = np.clip(quantiles.max(axis=0), low, stop)

        def excess(x: FloatArray, tail: FloatArray) -> FloatArray:
            # Tails are exponentially small: their logarithms are nearer to straight lines.
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.log(tail / self.sf(x)) if upper else np.log(self.cdf(x) / tail)

        return crossing(excess, v if upper else u, low, high)

    def cdf(self, x: FloatArray) -> FloatArray:
        return np.minimum(_weighted([(weight, part.cdf(x)) for weight, part in self._parts]), 1.0)

    def sf(self, x: FloatArray) -> FloatArray:
        return np.minimum(_weighted([(weight, part.sf(x)) for weight, part in self._parts]), 1.0)

    @property
    def mean(self) -> float:
        return math.fsum(weight * part.mean for weight, part in self._parts)

    @property
    def variance(self) -> float:
        centre = self.mean
        return math.fsum(weight * (part.variance + (part.mean - centre) ** 2) for weight, part in self._parts)

    @property
    def support(self) -> tuple[float, float]:
        lows, highs = zip(*(part.support for _, part in self._parts), strict=True)
        return min(lows), max(highs)

    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        return _weighted([(weight, part.limited_mean(cap)) for weight, part in self._parts])

    @property
    def heavy_tailed(self) -> bool:
        return any(part.heavy_tailed for _, part in self._parts)


def _weighted(terms: list[tuple[float, FloatArray]]) -> FloatArray:
    """Return the weighted sum of arrays, added up in their order."""
    total = np.zeros_like(terms[0][1])
    for weight, term in terms:
        total += weight * term
    return total


class _Landings:
    """Where a mixture's probabilities stand just before each of its steps and on it.

    A class of its own, not arrays, so that comparing two distributions never compares arrays.
    """

    def __init__(self, mixture: Mixture) -> None:
        steps = mixture.steps
        before = np.nextafter(steps, -np.inf)
        self.steps = np.concatenate([[-np.inf], steps, [np.inf]])
        self.below, self.below_before = mixture.cdf(steps), np.append(mixture.cdf(before), np.inf)
        self.above, self.above_before = mixture.sf(steps), np.append(mixture.sf(before), -np.inf)

    def around(self, tail: FloatArray, *, upper: bool) -> tuple[FloatArray, FloatArray]:
        """Return the steps that the quantile of a tail probability lies between; twice that which it is."""
        if upper:
            place = np.searchsorted(-self.above, -tail)
            jumps = self.above_before[place] > tail
        else:
            place = np.searchsorted(self.below, tail)
            jumps = self.below_before[place] < tail
        stop: FloatArray = self.steps[place + 1]
        return np.where(jumps, stop, self.steps[place]), stop
