"""Adverse selection: what due diligence is worth, and what a bad vendor does differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case, simulate
from bposim.cash import simulate_block
from bposim.errors import ScenarioError
from bposim.inputs.draws import StreamDraws
from bposim.legs.selection import Selection
from bposim.legs.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]

VENDOR = {
    "price": {"per_unit": {"amount": 3}},
    "productivity": 100,
    "quality": {"error_rate": 0.04, "cost_per_error": 5},
    "turnover": {"attrition": 0.3},
    "risks": {
        "breach": {"per_year": 0.2, "severity": 1000},
        "outage": {"per_year": 1, "hours": 2, "cost_per_hour": 9},
    },
}


def selection(**keys: Any) -> Selection:  # noqa: ANN401 - as a file would write them
    """Return the terms of a selection."""
    return Selection.model_validate({"good": 0.7, "if_bad": {}} | keys)


def test_due_diligence_raises_the_chance_by_bayes() -> None:
    """At g = 0.7, se = 0.9, sp = 0.6: 0.63 / (0.63 + 0.12) = 0.84; a useless test 0.7, a perfect one 1."""
    test = {"sensitivity": 0.9, "specificity": 0.6}
    assert selection(due_diligence=test).chance_of_good() == pytest.approx(0.84, rel=1e-12)
    useless, perfect = {"sensitivity": 0.4, "specificity": 0.6}, {"sensitivity": 0.4, "specificity": 1}
    assert selection(due_diligence=useless).chance_of_good() == pytest.approx(0.7, rel=1e-12)
    assert selection(due_diligence=perfect).chance_of_good() == 1.0
    assert selection().chance_of_good() == 0.7


def test_part_of_the_bad_ones_is_as_stated() -> None:
    """Of 40,000 vendors taken after the test 16 % are bad, within 4 standard errors."""
    terms = selection(due_diligence={"sensitivity": 0.9, "specificity": 0.6}, if_bad={"error_rate": 2})
    mark = StreamDraws(11, 0, 40_000).take("leg.selection", terms.sample)
    found = terms.revealed(Vendor.model_validate(VENDOR), mark)
    assert found.quality is not None
    bad = np.asarray(found.quality.error_rate) > 0.05
    assert abs(bad.mean() - 0.16) < 4 * np.sqrt(0.16 * 0.84 / 40_000)


def test_bad_vendor_by_hand() -> None:
    """Each factor multiplies its own parameter of the bad trial alone; what is not named stays."""
    terms = selection(
        if_bad={"error_rate": 1.5, "attrition": 1.2, "breach": 3, "productivity": 0.8, "failure": 2}
    )
    found = terms.revealed(Vendor.model_validate(VENDOR), np.array([0.69, 0.70]))
    assert found.quality is not None
    assert found.turnover is not None
    assert np.asarray(found.quality.error_rate) == pytest.approx([0.04, 0.06])
    assert np.asarray(found.turnover.attrition) == pytest.approx([0.3, 0.36])
    assert np.asarray(found.productivity) == pytest.approx([100.0, 80.0])
    assert np.asarray(found.risks.breach.per_year) == pytest.approx([0.2, 0.6])
    assert found.risks.outage.per_year == 1.0
    assert found.failure is None


def test_without_a_mark_the_vendor_is_the_average_one() -> None:
    """The deterministic twin multiplies by 1 + 0.3 (f - 1)."""
    found = selection(if_bad={"error_rate": 1.5}).revealed(Vendor.model_validate(VENDOR), None)
    assert found.quality is not None
    assert found.quality.error_rate == pytest.approx(0.04 * 1.15, rel=1e-12)


def test_vendors_of_two_names_are_good_or_bad_each_by_itself(read: Callable[[Tree], Scenario]) -> None:
    """On the same terms (like) half of the pairs are mixed; under one name the two halves are one vendor."""
    terms = {
        "price": {"per_unit": {"amount": 3}},
        "quality": {"error_rate": 0.01, "cost_per_error": 100},
        "selection": {"good": 0.5, "if_bad": {"error_rate": 3}},
    }
    tree: Tree = {
        "months": 1,
        "discount_rate": 0,
        "world": {"volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7}},
        "alternatives": {
            "two": {
                "baseline": True,
                "legs": [
                    {"share": 0.5, "name": "one", "vendor": terms},
                    {"share": 0.5, "name": "other", "vendor": {"like": "alternatives.two.legs[0].vendor"}},
                ],
            },
            "whole": {
                "legs": [{"share": 1, "name": "other", "vendor": {"like": "alternatives.two.legs[0].vendor"}}]
            },
        },
    }
    found = simulate(read(tree), trials=2_000, seed=5)
    both, other = found.costs["two"] - 3_000, found.costs["whole"] - 3_000
    one = 2 * both - other
    assert {round(cost) for cost in both} == {1_000, 2_000, 3_000}
    assert abs(np.mean(one > 2_000) - 0.5) < 4 * np.sqrt(0.25 / 2_000)
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(2_000)


def test_leaving_a_bad_vendor_costs_months_of_its_own_fee(read: Callable[[Tree], Scenario]) -> None:
    """At half of the productivity a seat price is twice the fee: 6,000 a month, not 3,000; so is a unit."""
    tree: Tree = {
        "months": 12,
        "discount_rate": 0,
        "world": {"volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7}},
        "alternatives": {
            "old": {
                "baseline": True,
                "vendor": {
                    "price": {"per_fte": {"amount": 300}},
                    "productivity": 100,
                    "termination": {"fee_months": [2]},
                    "selection": {"good": 0.5, "if_bad": {"productivity": 0.5}},
                },
            },
            "new": {
                "vendor": {
                    "price": {"per_unit": {"amount": 3}},
                    "transition": {"planned": 0},
                    "continuity": {"emergency_premium": 2},
                    "exit": {"month": 11, "recovery_months": 1},
                }
            },
        },
    }
    found = simulate_block(read(tree), StreamDraws(5, 0, 64))
    fee = found["old"].total / 12
    assert {round(each) for each in fee} == {3_000, 6_000}
    assert found["new"].categories["termination"] == pytest.approx(2 * fee)
    assert found["new"].categories["continuity"] == pytest.approx(2 * fee)
    average = base_case(read(tree))
    assert average["new"].categories["termination"] == pytest.approx(2 * average["old"].total / 12)


def test_unknown_difference_is_refused(
    tiny: dict[str, Any], read: Callable[[dict[str, Any]], Scenario]
) -> None:
    """A misspelt parameter is told, with what may have been meant."""
    tiny["alternatives"]["manila"]["legs"][0]["vendor"]["selection"] = {
        "good": 0.5,
        "if_bad": {"eror_rate": 2},
    }
    with pytest.raises(ScenarioError, match="error_rate"):
        read(tiny)
