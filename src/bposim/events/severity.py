"""The money that one event costs, before anyone shares it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.continuous import Continuous
from bposim.inputs.distributions.mixture import Mixture
from bposim.part import complaint

if TYPE_CHECKING:
    from bposim.events.arrivals import Events
    from bposim.inputs.distribution import Distribution
    from bposim.shapes import FloatArray, Path


@dataclass(frozen=True, slots=True)
class Loss:
    """min(k X, c): an event size times a factor, up to a cap; both may vary by month and trial."""

    size: Distribution
    """X, drawn for each event."""
    factor: Path = 1.0
    """k, 0 or more: mitigation, or the money of one unit of the size."""
    most: Path = math.inf
    """c, the most that an event can cost, in the money of k X."""

    def drawn(self, events: Events) -> FloatArray:
        """Return the loss of each event."""
        losses = self.size.from_normal(events.size) * events.pick(self.factor)
        return np.minimum(losses, events.pick(self.most))

    @property
    def mean(self) -> Path:
        """E[min(k X, c)]."""
        return self.limited_mean(math.inf)

    def limited_mean(self, cap: Path) -> Path:
        """Return E[min(k X, c, cap)] = k E[min(X, min(c, cap) / k)]."""
        bound, factor = np.asarray(np.minimum(cap, self.most)), np.asarray(self.factor, dtype=np.float64)
        scaled = np.full(np.broadcast_shapes(bound.shape, factor.shape), math.inf)
        with np.errstate(over="ignore"):
            np.divide(bound, factor, out=scaled, where=factor > 0)
        return np.asarray(factor * self.size.limited_mean(scaled))


@lru_cache(maxsize=256)
def with_tail(body: Distribution, tail: Distribution) -> Distribution:
    """Return ``body`` up to the lowest value u of ``tail``; above it ``tail``, with body's P(X > u).

    The two parts are a mixture of what lies on either side of u (McNeil, Frey and Embrechts 2015, ch. 5), so
    quantiles, means and limited means are exact.  Cached: a mixture's tables are slow to make.
    """
    threshold = tail.support[0]
    if not isinstance(body, Continuous):
        raise complaint(
            "bp_value", f"{body.kind} cannot be cut off at the tail; give severity as lognormal, say"
        )
    below = float(body.cdf(np.asarray(threshold)))
    if not 0.0 < below < 1.0:
        side = "below" if below == 0 else "above"
        raise complaint(
            "bp_value",
            f"the tail sets in at {threshold:g}, {side} every loss of severity; move its threshold between",
        )
    return Mixture(components=((below, body.model_copy(update={"max": threshold})), (1.0 - below, tail)))
