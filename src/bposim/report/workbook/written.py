"""How a number of the file stands in a row: its unit, and the number format of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.inputs import figures
from bposim.report.units import unit_of
from bposim.report.workbook.number_formats import PER_CENT, WHOLE, number_format

if TYPE_CHECKING:
    from bposim.explain.inputs import Figures
    from bposim.explain.sources import Written
    from bposim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows of a number."""

    figures: Figures
    unit: str
    """A currency, %, months; empty where it is a plain number."""
    num_format: str


def shown(written: Written, scenario: Scenario) -> Shown:
    """Return what a row shows of a number of the file."""
    said, unit = figures(written.value), unit_of(written, scenario)
    values = np.array([value for value in (said.mean, *said.percentiles.values()) if np.isfinite(value)])
    if unit == "%":
        coarse = said.kind != "certain" and np.max(np.abs(values)) >= 0.01  # noqa: PLR2004 - a per cent
        return Shown(said, unit, "0.0%" if coarse else PER_CENT)
    if np.all(values == np.round(values)):
        return Shown(said, unit, WHOLE)
    return Shown(said, unit, "#,##0.####" if said.kind == "certain" else number_format(values))
