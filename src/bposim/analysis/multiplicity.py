"""Which of several findings stand out, when the largest of many would be large by chance alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.measures import Estimate


def standing_out(found: Mapping[str, Estimate], level: float = 0.05) -> frozenset[str]:
    """Return the findings that differ from nothing when all of them were looked at, by Holm's rule.

    With m findings, the k-th smallest two-sided p-value, of a normal error, must not exceed
    ``level`` / (m - k + 1), nor may any before it: the probability that any one without an effect is named is
    ``level`` at most, however the findings depend on each other (Holm, Scandinavian Journal of Statistics 6,
    1979).  One without an error does not stand out.
    """
    ordered = sorted((_p_value(estimate), name) for name, estimate in found.items())
    named: list[str] = []
    for left, (p, name) in zip(range(len(ordered), 0, -1), ordered, strict=True):
        if p > level / left:
            break
        named.append(name)
    return frozenset(named)


def _p_value(estimate: Estimate) -> float:
    if estimate.se is None or estimate.value == 0.0:
        return 1.0
    return math.erfc(abs(estimate.value) / (estimate.se * math.sqrt(2))) if estimate.se else 0.0
