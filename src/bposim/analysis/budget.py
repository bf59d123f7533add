"""How often a stated budget is exceeded: of all costs, and of the cash of each contract year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import Estimate, Sample, mean, probability_above, proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.scenario import Budget


@dataclass(frozen=True, slots=True)
class BudgetSummary:
    """How an alternative does against the budget; what the file sets no budget for is None or empty."""

    total: Estimate | None
    """P(present value of the total cost > budget)."""
    excess: Estimate | None
    """Mean of what is spent above the budget of the total, futures that keep it counted as 0."""
    years: tuple[Estimate, ...]
    """P(cash of the year > its budget), year by year."""
    any_year: Estimate | None
    """P(the cash of some year > its budget)."""


def budget_summary(budget: Budget, cost: Sample, cash: NDArray[np.float32] | None) -> BudgetSummary:
    """Return how often ``cost``, present values, and ``cash``, ``(years, trials)``, exceed the budget.

    ``cash`` is that of the first trials; None, where a result has none, leaves the years out.
    """
    total = excess = any_year = None
    years: tuple[Estimate, ...] = ()
    if budget.total is not None:
        total = probability_above(cost, budget.total)
        excess = mean(np.maximum(cost.values - budget.total, 0.0))
    if budget.per_year and cash is not None:
        # Rounded as the cash is: else a certain cash that keeps its budget to the cent could exceed it.
        over = cash > budget.of_years(len(cash)).astype(cash.dtype)[:, np.newaxis]
        trials = over.shape[1]
        years = tuple(proportion(int(count), trials) for count in np.count_nonzero(over, axis=1))
        any_year = proportion(int(np.count_nonzero(np.any(over, axis=0))), trials)
    return BudgetSummary(total, excess, years, any_year)
