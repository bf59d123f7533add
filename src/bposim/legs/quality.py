"""Service quality: how many units go wrong, and what that costs."""

from __future__ import annotations

import numpy as np

from bposim.inputs.draws import Draws
from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Share
from bposim.part import Part
from bposim.shapes import FloatArray, Path, product
from bposim.world.noise import Noise
from bposim.world.world import World


class Quality(Part):
    """Error rate e = e0 · learning · (1 + β L/F) · distance · noise, never above 1."""

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

    def rate(self, learning: Path, leaver_share: Path, draw: FloatArray | None) -> Path:
        """Return errors per unit for each month."""
        return self.rate_with(learning, leaver_share, self.noise.factor(draw) if self.noise else 1.0)

    def rate_with(self, learning: Path, leaver_share: Path, noise: Path) -> Path:
        """Return errors per unit for each month, given the factor of the noise."""
        steady = product(self.error_rate, self.distance)
        level = product(steady, self.turnover_sensitivity, leaver_share) + steady
        return np.minimum(1.0, product(level, learning, noise))

    def noise_factor(self, world: World, draws: Draws, stream: str) -> Path:
        """Return the noise of a leg, which is the same in every alternative."""
        noise = self.noise
        if noise is None:
            return 1.0
        draw = draws.normal(f"{stream}.quality", world.months)
        return world.remember(f"noise {id(noise)} of {stream}", lambda: noise.factor(draw))
