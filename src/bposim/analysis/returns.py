"""The internal rate of return of a saving: the rate at which it is worth nothing.

It belongs to one cash flow.  That of each future has no distribution, since many futures have no rate and
some have several; so it is taken of two flows, the mean one and that of the base case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.quantile_table import crossing

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

LOWEST, HIGHEST = -0.99, 1000.0
"""Yearly rates between which a root is looked for: -99 % to 100,000 %."""

_POINTS = 4000
"""Rates at which the present value is taken to find where it changes sign; 0.3 % apart."""

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class InternalRate:
    """The one rate of return of a cash flow, or why there is none."""

    rate: float | None
    """A year, effective; 0.2 is 20 %."""
    note: str = ""


def internal_rate(saving: FloatArray) -> InternalRate:
    """Return r with Σ saving(t) (1+r)^(-t/12) = 0, for a saving of months 0..T, ``(months + 1,)``.

    Several roots are no rate of return, and neither is a saving that never was behind or never comes ahead.
    """
    flow = np.asarray(saving, dtype=np.float64)
    scale = float(np.max(np.abs(flow)))
    # What is left of equal costs after rounding is no investment.
    flow = np.where(np.abs(flow) > _ROUNDING * scale, flow, 0.0)
    if not flow.any():
        return InternalRate(None, "it saves and costs nothing")
    if not (flow < 0).any():
        return InternalRate(None, "nothing is invested: no month costs more than the baseline")
    if not (flow > 0).any():
        return InternalRate(None, "nothing comes back: no month costs less than the baseline")

    def worth(x: FloatArray) -> FloatArray:
        """Return Σ saving(t) v^t at v = e^(-x/12), x = ln(1+r)."""
        return np.asarray(np.polynomial.polynomial.polyval(np.exp(-x / 12.0), flow))

    x = np.linspace(np.log1p(LOWEST), np.log1p(HIGHEST), _POINTS)
    sign = np.sign(worth(x))
    before = np.flatnonzero(sign[:-1] * sign[1:] < 0)
    between = crossing(lambda at, rising: rising * worth(at), sign[before + 1], x[before], x[before + 1])
    roots = np.expm1(np.concatenate([x[sign == 0], between])).tolist()
    if len(roots) == 1:
        return InternalRate(roots[0])
    if roots:
        listed = " and ".join(f"{100 * rate:.3g}%" for rate in sorted(roots))
        return InternalRate(None, f"{len(roots)} rates solve it, {listed}, so none is the return")
    ahead = "positive" if float(np.sum(flow)) > 0 else "negative"
    return InternalRate(None, f"its present value is {ahead} at every rate from -99% to 100,000%")
