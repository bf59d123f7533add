"""When a saving has paid for itself, and how often it never does.

Months count from 0, the decision; a payback of 0 means that the saving was never behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import Estimate, Sample, enclosing_ranks, share
from bposim.result import NEVER

if TYPE_CHECKING:
    from bposim.result import MonthArray


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


def payback_summary(months: MonthArray, replicate: int = 1) -> PaybackSummary:
    """Return the median payback month over all trials, its interval and the share that never pays back.

    The median is the first month by which half of all trials have paid back; ``replicate`` trials each
    were spread together by a design.  Raises ValueError for an empty array.
    """
    n = months.size
    if n == 0:
        raise ValueError("there are no trials to summarise")
    paid = np.sort(months[months != NEVER])
    sample = Sample(np.where(months == NEVER, np.iinfo(months.dtype).max, months), replicate)
    never = share(sample, months == NEVER)

    def ranked(rank: int) -> int | None:
        return int(paid[rank - 1]) if rank <= paid.size else None

    median = ranked((n + 1) // 2)
    ranks = enclosing_ranks(sample, float(sample.ordered[(n + 1) // 2 - 1]), 0.5)
    if ranks is None:
        return PaybackSummary(median, None, None, never, f"{n:,} trials are too few for an interval")
    return PaybackSummary(median, ranked(ranks[0]), ranked(ranks[1]), never)
