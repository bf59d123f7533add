"""An estimate with its error as text and as plain values, for the reports on a stored run."""

from __future__ import annotations

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
    """Return a share with its error, e.g. "12.5 ± 0.3%", or a dash where the trials give no error."""
    if estimate.se is None:
        return NOTHING
    error = 100 * estimate.se
    decimals = 1 if error == 0 else min(max(-error_place(error), 0), 1)
    shown = percent(estimate.value, decimals)
    if not round(error, decimals):
        return shown
    return f"{shown.removesuffix('%')} ± {percent(estimate.se, decimals)}"


def correlation(estimate: Estimate) -> str:
    """Return a correlation with two decimals, e.g. "-0.35"."""
    return f"{round(estimate.value, 2) + 0.0:.2f}"
