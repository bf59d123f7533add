"""The outside view: each warning where it is due, with the published figure, and silence where it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bposim
from bposim.cash import base_case
from bposim.library import outside_view

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILES = Path(__file__).parent / "profiles.yaml"


def _warnings(overrides: Mapping[str, str], no_saving: float = 0.3) -> list[str]:
    scenario = bposim.load(PROFILES, overrides)
    return outside_view(scenario, base_case(scenario), {"away": no_saving})


def test_a_scenario_of_defaults_is_not_optimistic() -> None:
    """Protects against crying wolf: the library's own defaults raise no warning."""
    assert _warnings({}) == []


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            {"home.team.roles.agent.salary": "150k"},
            "away: the base case saves 52%; advised contracts at most 39% net (TPI Index",
        ),
        (
            {"away.vendor.turnover.attrition": "10%"},
            "away: attrition of 10% a year in PH is below 18%, the low end of the default (Towers Watson via",
        ),
        (
            {"home.team.turnover.attrition": "5%"},
            "home: attrition of 5% a year in US is below 8%, the low end of the default (our assumption",
        ),
        ({"away.vendor.transition.delay": "0"}, "away: go-live cannot be late; moves took 3 to 12 months"),
        (
            {"away.vendor.transition.overrun": "1", "away.vendor.leakage.change_requests": "0"},
            "away: nothing costs more than planned; 57% of clients",
        ),
        (
            {"away.vendor.transition.learning.extra": "0"},
            "away: the vendor is as good as the old team from its first day",
        ),
        (
            {"away.vendor.governance": "{fee_share: 1%}"},
            "away: governance is 1.0% of the fees; 3% to 12% is good practice (Google Answers",
        ),
        (
            {"away.vendor.transition.one_off": "{other: 1k}"},
            "away: the move costs 0.0% of a year's fees; 5% to 25% is the rule of thumb",
        ),
        (
            {"world.wages.PH.inflation": "4%"},
            "wages in PH rise by 4.0% a year; 5.2% is the least on record (Mercer via iaca.in 2025, grade S",
        ),
        (
            {"world.fx.PHP": "{model: gbm, spot: 0.0157, volatility: 2%}"},
            "PHP moves by 2.0% a year; 5.1% is the least on record (European Central Bank 2026, grade C",
        ),
        ({"world.fx.PHP": "0.0157"}, "PHP moves by 0.0% a year"),
    ],
    ids=lambda value: " ".join(value) + str(len(str(value))) if isinstance(value, dict) else "",
)
def test_each_hope_is_met_with_the_record(overrides: dict[str, str], says: str) -> None:
    """Protects each check: one optimistic number raises its warning and no other, and it says what to do."""
    (warning,) = _warnings(overrides)
    assert warning.startswith(says)
    finding, closed, remedy = warning.rpartition("): ")
    assert closed
    assert "library." in finding
    assert re.match("(check|add|give|count|raise) ", remedy)


def test_a_run_without_losers_is_too_good() -> None:
    """Protects the check on the run: below 10% without a saving is warned of, 10% is not; no run, no word."""
    (warning,) = _warnings({}, no_saving=0.04)
    assert warning == (
        "away: only 4% of its futures save nothing; 44% of clients saved nothing "
        "(Deloitte via PLANSPONSOR 2005, grade S; library.savings.disappointment): widen the ranges of "
        "price, quality and transition, or note why this case is safer"
    )
    assert _warnings({}, no_saving=0.10) == []
    scenario = bposim.load(PROFILES)
    assert outside_view(scenario, base_case(scenario)) == []


def test_work_that_stays_in_the_country_may_be_sure_to_save() -> None:
    """Protects the scope of that check: the surveys are about offshore work."""
    texts = _warnings({"away.vendor.country": "US"}, no_saving=0.0)
    assert not [text for text in texts if "save nothing" in text]


def test_a_move_without_a_transition_is_noticed() -> None:
    """Protects the most common omission: a vendor that does all of the work from the first month."""
    overrides = {"away.vendor": "{price: {fixed_fee: {amount: 300k}}, governance: {fee_share: 7%}}"}
    assert _warnings(overrides)[0].startswith(
        "away: the work moves at once and for nothing; moves took 3 to 12"
    )
