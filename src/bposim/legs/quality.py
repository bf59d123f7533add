"""Service quality: how many units go wrong, and what that costs."""

from __future__ import annotations

import numpy as np

from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import Months, NonNegative, Share
from bposim.inputs.streams import uniform_open
from bposim.part import Part
from bposim.shapes import FloatArray, Path, product
from bposim.world.noise import Noise
from bposim.world.world import World


class Degraded(Part):
    """Now and then service gets worse, and stays so until it is noticed and mended: factor · e in a month.

    A Markov chain: a good month is followed by a degraded one with q = 1 - e^(-per_year/12), a degraded one
    by a good one with 1/months.  It starts in its long run: degraded with π = q / (q + 1/months).
    """

    per_year: NonNegative
    """How often a year good service turns bad."""
    months: Months
    """Months until it is good again, on average and at least 1; sooner with what notices it sooner."""
    factor: NonNegative
    """Factor on the error rate meanwhile."""

    def sample(self, rng: np.random.Generator, months: int, trials: int) -> FloatArray:
        """Return the uniform mark of each month, ``(months, trials)``."""
        return uniform_open(rng, (months, trials))

    def path(self, marks: FloatArray | None) -> Path:
        """Return the factor of each month; without marks, its expectation, the same in each."""
        begins = -np.expm1(-self.per_year / 12.0)
        ends = 1.0 / np.maximum(self.months, 1.0)
        often = begins / (begins + ends)
        if marks is None:
            return 1.0 + (self.factor - 1.0) * often
        bad = np.empty(marks.shape, dtype=np.bool_)
        bad[0] = marks[0] < often
        for t in range(1, len(marks)):
            bad[t] = marks[t] < np.where(bad[t - 1], 1.0 - ends, begins)
        return np.where(bad, self.factor, 1.0)


class Quality(Part):
    """Error rate e = e0 · learning · (1 + β L/F) · distance · noise · degradation, never above 1."""

    error_rate: Share
    """e0, errors per unit of a practised and stable team."""
    cost_per_error: Amount
    """Rework, refunds and goodwill of one error."""
    turnover_sensitivity: NonNegative = 0.0
    """β: how strongly a month's leavers (as a part of the staff) raise the error rate."""
    distance: NonNegative = 1.0
    """Factor for language, culture and time zones."""
    noise: Noise | None = None
    """Monthly noise of mean 1."""
    degraded: Degraded | None = None
    """Spells of worse service."""

    def rate(
        self,
        learning: Path,
        leaver_share: Path,
        draw: FloatArray | None,
        marks: FloatArray | None = None,
    ) -> Path:
        """Return errors per unit for each month; ``draw`` is normal, ``marks`` are those of degradation."""
        return self.rate_with(learning, leaver_share, self._factor(draw, marks))

    def rate_with(self, learning: Path, leaver_share: Path, noise: Path) -> Path:
        """Return errors per unit for each month, given the factor of noise and degradation."""
        steady = product(self.error_rate, self.distance)
        level = product(steady, self.turnover_sensitivity, leaver_share) + steady
        return np.clip(product(level, learning, noise), 0.0, 1.0)

    def noise_factor(self, world: World, draws: Draws, stream: str) -> Path:
        """Return the factor of noise and degradation, which is the same for a leg in every alternative."""
        draw = draws.normal(f"{stream}.quality", world.months)
        marks = self.marks(draws, stream, world.months)
        return world.remember(f"quality {id(self)} of {stream}", lambda: self._factor(draw, marks))

    def _factor(self, draw: FloatArray | None, marks: FloatArray | None) -> Path:
        noise = self.noise.factor(draw) if self.noise else 1.0
        return noise if self.degraded is None else product(noise, self.degraded.path(marks))

    def marks(self, draws: Draws, stream: str, months: int) -> FloatArray | None:
        """Return the marks of degradation, drawn under the leg's ``stream``."""
        if self.degraded is None:
            return None
        terms = self.degraded
        return draws.take(f"{stream}.quality.degraded", lambda rng, trials: terms.sample(rng, months, trials))
