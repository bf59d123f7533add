"""Rates at which a trial would have more events than can be drawn one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.events.arrivals import MOST_CANDIDATES, MOST_EVENTS, gamma_factor
from bposim.inputs.distribution import Distribution

if TYPE_CHECKING:
    from bposim.events.risk import EventRisk

NEVER = 1e-9
"""Probability of a value that no run will see."""


def too_many(risk: EventRisk, months: int) -> tuple[str, str] | None:
    """Return what is wrong with the rate of a risk, not yet drawn, and what to do; None if it is fine."""
    growth = max(0.0, 1.0 + _highest(risk.trend)) ** ((months - 1) / 12)
    rate = _highest(risk.per_year) * max(1.0, growth)
    if rate * months / 12 > MOST_EVENTS:
        return (
            f"{rate:g} events a year are over {MOST_EVENTS:g} in the horizon",
            "lower the rate, and put what happens every day into price or error rate",
        )
    crowded = rate * gamma_factor(np.array([1.0 - NEVER]), _highest(risk.overdispersion)).item()
    if crowded * months / 12 > MOST_CANDIDATES:
        return (
            f"overdispersion can raise {rate:g} events a year to {crowded:,.0f}",
            f"lower it, so that no horizon can have more than {MOST_CANDIDATES:,.0f} events",
        )
    return None


def _highest(value: Any) -> float:  # noqa: ANN401 - a number or its distribution
    return float(value.ppf(np.asarray(1.0 - NEVER)) if isinstance(value, Distribution) else value)
