"""What service quality, of a team or a vendor, is computed from; docs/model.md §5."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import LEARNING, Formula, Sheet
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from bposim.shapes import FloatArray


def _service_quality(sheet: Sheet) -> FloatArray:
    body, doing = sheet.doing.body, sheet.doing.operations
    terms = body.quality if isinstance(body, Team | Vendor) else None
    assert terms is not None  # noqa: S101 - the line comes from it
    volume = sheet.column("v", "units served here", doing.volume)
    level = sheet.column(
        "e0", "errors per unit of a practised, stable team", terms.error_rate, "quality.error_rate"
    )
    distance = sheet.column("distance", "factor for language and culture", terms.distance, "quality.distance")
    learning = sheet.column(LEARNING, "learning: 1 when practised", sheet.doing.learning)
    beta = sheet.column(
        "β", "how leavers raise errors", terms.turnover_sensitivity, "quality.turnover_sensitivity"
    )
    leavers = sheet.column("L/F", "leavers of the month as a part of the staff", doing.leaver_share)
    each = sheet.money("cost", "cost of one error", terms.cost_per_error, "quality.cost_per_error")
    worse = np.ones(sheet.months)
    if terms.degraded is not None:
        inputs = [f"quality.degraded.{name}" for name in ("per_year", "months", "factor")]
        meaning = "factor for spells of worse service, on e"
        worse = sheet.column("worse", meaning, terms.degraded.path(None), *inputs)
    return volume * np.minimum(1.0, level * distance * learning * (1.0 + beta * leavers) * worse) * each


QUALITY = {
    "service_quality": Formula(
        f"service quality = v × min(1, e0 × distance × {LEARNING} × (1 + β × L/F)) × cost",
        "5. Team",
        _service_quality,
        (Team, Vendor),
    ),
}
