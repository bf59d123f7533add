"""Rates that are refused before a run."""

from __future__ import annotations

from typing import Any

import pytest

from bposim.events.feasibility import too_many
from bposim.risks.data_loss import DataLoss


def found(months: int = 60, **terms: Any) -> str:  # noqa: ANN401 - any keys of the risk
    """Return what is said of a risk."""
    trouble = too_many(DataLoss.model_validate({"per_year": 12, "severity": 1} | terms), months)
    return trouble[0] if trouble else ""


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({}, ""),
        ({"per_year": 101}, "101 events a year are over 500 in the horizon"),
        ({"trend": 1.0}, "events a year are over 500"),
        ({"trend": -0.5, "per_year": 99}, ""),
        ({"per_year": {"normal": {"mean": 60, "sd": 9, "min": 0}}}, "events a year are over 500"),
        ({"overdispersion": 0.5}, ""),
        ({"overdispersion": 30}, "overdispersion can raise 12 events a year to"),
    ],
)
def test_more_events_than_can_be_drawn(terms: dict[str, Any], what: str) -> None:
    """A rate, its trend and its overdispersion are looked at together over the whole horizon."""
    assert bool(found(**terms)) == bool(what)
    assert what in found(**terms)
