"""When a saving has paid for itself, and how often it never does.

Months count from 0, the decision; a payback of 0 means that the saving was never behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bposim.analysis.measures import Estimate, order_statistic_ranks, proportion

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

MonthArray: TypeAlias = NDArray[np.int16]
"""A month by trial, ``(trials,)``; ``NEVER`` where there is none."""

NEVER = -1


@dataclass(frozen=True, slots=True)
class PaybackSummary:
    """The median payback month among all trials, those without payback sorted last.

    ``p50``, and the ends ``low`` and ``high`` of its 95 % interval, are None where the month is never;
    ``note`` says when the trials are too few for an interval.  ``never`` is the share without payback.
    """

    p50: int | None
    low: int | None
    high: int | None
    never: Estimate
    note: str = ""


def payback_month(cumulative_saving: FloatArray) -> MonthArray:
    """Return the first month from which the saving stays at or above 0 to the horizon, ``(trials,)``.

    ``cumulative_saving`` is undiscounted, ``(months + 1, trials)``; row t is the end of month t, row 0
    the decision.  A trial whose last row is negative has none: -1.
    """
    behind = cumulative_saving < 0
    # The first True of the rows read backwards is the last month behind; payback is the month after.
    months_since = np.argmax(behind[::-1], axis=0)
    month = np.where(behind.any(axis=0), len(behind) - months_since, 0)
    return np.where(behind[-1], NEVER, month).astype(np.int16)


def payback_summary(months: MonthArray) -> PaybackSummary:
    """Return the median payback month over all trials, its interval and the share that never pays back.

    The median is the first month by which half of all trials have paid back.  Raises ValueError for an
    empty array.
    """
    n = months.size
    if n == 0:
        raise ValueError("there are no trials to summarise")
    paid = np.sort(months[months != NEVER])
    never = proportion(n - paid.size, n)

    def ranked(rank: int) -> int | None:
        return int(paid[rank - 1]) if rank <= paid.size else None

    median = ranked((n + 1) // 2)
    ranks = order_statistic_ranks(n, 0.5)
    if ranks is None:
        return PaybackSummary(median, None, None, never, f"{n:,} trials are too few for an interval")
    return PaybackSummary(median, ranked(ranks[0]), ranked(ranks[1]), never)
