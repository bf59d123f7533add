"""The past, drawn again in blocks."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator

from bposim.discounting import running_sum
from bposim.inputs.distribution import Reals
from bposim.part import Real, complaint
from bposim.shapes import FloatArray, Path
from bposim.world.fx_model import FxModel

SHORTEST = 24
"""Monthly changes below which a history says next to nothing."""


class Historical(FxModel):
    """Stationary bootstrap of a history's monthly log changes r(1..n), in blocks of geometric length.

    Month 1 draws a row i(1) of the history at random; each later month goes on to the next row (after the
    last to the first), or with probability 1/L to a row at random.  S(t) = S0 exp(μ t/12) exp(Σ r(i)) / c(t),
    c(t) = E[exp(Σ r(i))] exactly, so E[S(t)] = S0 exp(μ t/12): history gives the moves, never the trend.
    Politis and Romano, The stationary bootstrap, Journal of the American Statistical Association 89 (1994).
    """

    kind: ClassVar[str] = "historical"
    shocked: ClassVar[bool] = False
    marks: ClassVar[int] = 2

    file: str | None = None
    """``ecb``, or a CSV in the scenario's folder with the columns month (2019-03) and the currency's code."""
    since: str | None = None
    """First month of the history that is used, e.g. 2015-01; all of it if left out."""
    prices: Reals = ()
    """Price of one unit in base currency at the end of each month, oldest first; filled from ``file``."""
    block_months: Real = 6.0
    """Mean length L of a block, in months, at least 1."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.block_months < 1.0:
            raise complaint(
                "bp_range", f"a block of {self.block_months:g} months is below 1; write 1 or more"
            )
        if not self.prices:
            raise complaint("bp_form", "there is no history; add file: ecb, or a CSV of your own")
        if len(self.prices) <= SHORTEST:
            what = f"the history has {len(self.prices)} months"
            raise complaint("bp_range", f"{what}; give {SHORTEST + 1} or more, or another model")
        if min(self.prices) <= 0.0:
            raise complaint(
                "bp_range", f"the history has a price of {min(self.prices):g}; write prices above 0"
            )
        return self

    @property
    def growth(self) -> FloatArray:
        """P(k) / P(k-1) of each month of the history, ``(n,)``."""
        prices: FloatArray = np.array(self.prices)
        growth: FloatArray = prices[1:] / prices[:-1]
        return growth

    def stream(self, currency: str) -> str:
        """Return one name for all currencies of a file, which so keep their joint rows."""
        return f"world.fx.file {self.file}" if self.file else super().stream(currency)

    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T; of a month's marks, the first starts a block, the second says where."""
        level = self.growing(months)
        if marks is None:
            return level
        growth = self.growth
        rows = (marks[:, 1] * growth.size).astype(np.intp)
        goes_on = marks[:, 0] >= 1.0 / self.block_months
        for t in range(1, months):
            np.copyto(rows[t], rows[t - 1] + 1, where=goes_on[t])
        change = np.log(growth).take(rows, mode="wrap")
        walk = running_sum(change, out=change)
        np.exp(walk, out=walk)
        walk *= level / self._expected_growth(months)
        return walk

    def _expected_growth(self, months: int) -> FloatArray:
        """Return c(t) for months 1..T, ``(months, 1)``, by the Markov chain of the rows.

        ``ending[i]`` is E[exp(Σ r) over the paths whose last row is i].
        """
        growth, fresh = self.growth, 1.0 / self.block_months
        ending = growth / growth.size
        expected = [ending.sum()]
        for _ in range(1, months):
            ending = growth * ((1.0 - fresh) * np.roll(ending, 1) + fresh * expected[-1] / growth.size)
            expected.append(ending.sum())
        return np.array(expected)[:, np.newaxis]

    @classmethod
    def example(cls) -> Self:
        """Return a made-up history of five years with a swing of three months and a shock."""
        logs = [0.03 * np.sin(2.1 * k) + 0.02 * np.sin(0.7 * k) - 0.15 * (k == 31) for k in range(60)]  # noqa: PLR2004
        return cls(spot=0.27, prices=tuple(float(0.25 * np.exp(log)) for log in logs), block_months=4.0)
