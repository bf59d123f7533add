"""An estimate with its error as text and as plain values, for the reports on a stored run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bposim.report.document import finite
from bposim.report.numbers import error_place, percent
from bposim.report.table import NOTHING

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate

ERRORS = "In the tables ± is one standard error; twice that is the 95% interval."
"""What is said below tables of amounts with errors."""


def plain(estimate: Estimate) -> dict[str, Any]:
    """Return value, standard error and 95 % interval for JSON; null where the trials give none."""
    return {
        "value": finite(estimate.value),
        "se": finite(estimate.se),
        "interval": [finite(estimate.low), finite(estimate.high)],
        "note": estimate.note,
    }


def share(estimate: Estimate) -> str:
    """Return a share with its error, e.g. "12.5 ± 0.3%"; a dash where the trials say nothing.

    Of what none or all of the trials show it is the bound of the 95 % interval: "<0.1%", ">99.9%".
    """
    if estimate.se is None:
        return _bound(estimate.value, estimate.low, estimate.high)
    decimals = share_decimals(estimate.se)
    shown = percent(estimate.value, decimals)
    if not round(100 * estimate.se, decimals):
        return shown
    return f"{shown.removesuffix('%')} ± {percent(estimate.se, decimals)}"


def share_decimals(se: float) -> int:
    """Return the decimals of a share in percent, none or one, that its standard error supports."""
    return min(max(-error_place(100 * se), 0), 1) if se else 1


def _bound(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None or value not in {0.0, 1.0}:
        return NOTHING
    away = max(math.ceil(1000.0 * (high if value == 0.0 else 1.0 - low)), 1) / 1000.0
    return f"<{percent(away, 1)}" if value == 0.0 else f">{percent(1.0 - away, 1)}"


def correlation(estimate: Estimate) -> str:
    """Return a correlation with two decimals, e.g. "-0.35"."""
    return f"{round(estimate.value, 2) + 0.0:.2f}"
