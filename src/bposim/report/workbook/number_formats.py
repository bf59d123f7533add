"""How numbers look in cells and on axes: thousands separated, no more digits than somebody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.report.numbers import Scale

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

WHOLE = "#,##0;-#,##0;0"
PER_CENT = "0.0##%"
UNITS = {1e9: ',,,"bn"', 1e6: ',,"M"', 1e3: ',"k"'}


def amount_format(divisor: float, decimals: int = 1) -> str:
    """Return the number format that tells amounts in units of ``divisor``, such as 1e6 for millions."""
    places = f".{'0' * decimals}" if decimals and divisor > 1 else ""
    shape = f"#,##0{places}{UNITS.get(divisor, '')}"
    return f"{shape};-{shape};0"


def axis_format(largest: float) -> str:
    """Return the number format of an axis that reaches to ``largest``."""
    divisor = Scale.of(largest).divisor
    return amount_format(divisor, 0 if largest / divisor >= 10 else 1)  # noqa: PLR2004 - two digits are enough


def number_format(values: FloatArray) -> str:
    """Return the number format that shows four digits or so of the largest value."""
    largest = float(np.max(np.abs(values)))
    if largest >= 1_000:  # noqa: PLR2004 - from here on no decimals
        return WHOLE
    if largest >= 10:  # noqa: PLR2004 - from here on two
        return "#,##0.00"
    return "0.0000" if largest >= 0.01 or not largest else "0.000000"  # noqa: PLR2004 - hundredths
