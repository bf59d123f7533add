"""What the lines of an alternative as a whole are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import Formula, Sheet
from bposim.scenario import Alternative

if TYPE_CHECKING:
    from bposim.shapes import FloatArray


def _alternative(sheet: Sheet) -> FloatArray:
    body = sheet.doing.body
    assert isinstance(body, Alternative)  # noqa: S101 - only an alternative has this line
    if body.once is not None:
        sheet.money("once", "cost in month 0", body.once, "once")
        sheet.upfront = float(np.ravel(sheet.world.today(body.once))[0])
    return sheet.money("per_year", "cost a year of running it", body.per_year, "per_year") / 12.0


WHOLE = {
    "alternative": Formula("per_year / 12; month 0: once", "1. Conventions", _alternative),
}
