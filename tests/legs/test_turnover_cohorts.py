"""Successors as cohorts: vacancy, training and ramp of each month's leavers, and what they do to a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.legs.cohorts import Replacement, cohorts
from bposim.legs.turnover import Turnover

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]

TERMS = Replacement(hiring_lag=1.5, training_months=1.0, ramp_months=2.0, start_productivity=0.4)
Q = 1 - 0.7 ** (1 / 12)
STAY = 1 - Q / 2
"""Part of the successors, half a month at work in the second month after a leaving, who stay through it."""
MISSING = 2 + 0.7625 * STAY + 0.3 * STAY * (1 - Q) + 0.0375 * STAY * (1 - Q) ** 2
"""Months of output that a leaver's seat lacks, until its successor leaves as well."""


def test_one_leaver_by_hand() -> None:
    """A month and a half empty, a month of training, then from 40 % to 100 % in two months.

    In the third month the half of training is followed by half a month from 40 % to 55 %, so 0.5 + 0.2625.
    """
    assert [TERMS.vacant(age) for age in range(1, 6)] == pytest.approx([1, 0.5, 0, 0, 0])
    missing = [TERMS.missing(age) for age in range(1, 6)]
    assert missing == pytest.approx([1, 1, 0.5 + 0.5 * 0.525, (0.45 + 0.15) / 2, 0.5 * 0.075])


def test_everything_missing_adds_up() -> None:
    """Over all months a leaver costs H months of pay and H + M + (1 - p) R / 2 months of output."""
    ages = range(1, TERMS.ages + 1)
    assert sum(TERMS.vacant(age) for age in ages) == pytest.approx(1.5, rel=1e-12)
    assert sum(TERMS.missing(age) for age in ages) == pytest.approx(2.5 + 0.6, rel=1e-12)


def test_team_at_work_starts_in_the_long_run() -> None:
    """At a constant hazard the vacancies are q H / (1 + q H) from the first month on, and stay there."""
    found = Turnover(attrition=0.3, replacement=TERMS).cohorts(50.0, 1.0, None, 24, at_work=True)
    assert found is not None
    assert found.vacant[:, 0] == pytest.approx([1.5 * Q / (1 + 1.5 * Q)] * 24, rel=1e-12)
    assert found.missing[:, 0] == pytest.approx([MISSING * Q / (1 + 1.5 * Q)] * 24, rel=1e-12)


def test_new_team_starts_complete() -> None:
    """Nobody has left before: the first month is full, the second lacks the first month's leavers."""
    found = Turnover(attrition=0.3, replacement=TERMS).cohorts(50.0, 1.0, None, 24, at_work=False)
    assert found is not None
    assert found.vacant[:3, 0] == pytest.approx([0, Q, 0.5 * Q + Q * (1 - Q)], rel=1e-12)
    assert found.vacant[-1, 0] == pytest.approx(1.5 * Q / (1 + 1.5 * Q), rel=1e-6)


def test_a_wave_of_leavers_passes_through() -> None:
    """A tenth leaves in one month: it is missing as the cohort ages, and then no more."""
    found = cohorts(TERMS, 8, lambda row, _: 0.1 if row == 1 else 0.0, None)
    assert found.vacant[:, 0] == pytest.approx([0, 0, 0.1, 0.05, 0, 0, 0, 0])
    assert found.missing[:, 0] == pytest.approx([0, 0, 0.1, 0.1, 0.07625, 0.03, 0.00375, 0])


def test_no_seat_is_missing_twice() -> None:
    """Where a trainee leaves, too, the seat lacks one person and not two: the exact chain of one seat.

    It is full, or so many months after its last leaver: one empty, three of training, six of a ramp from 0.
    Whoever is there leaves with the same probability, at 60 % a year.
    """
    terms = Replacement(hiring_lag=1.0, training_months=3.0, ramp_months=6.0)
    q = 1 - 0.4 ** (1 / 12)
    found = Turnover(attrition=0.6, replacement=terms).cohorts(1.0, 1.0, None, 60, at_work=False)
    assert found is not None
    missing_at = [1.0] * 4 + [1 - (2 * k + 1) / 12 for k in range(6)]
    seat, full, expected = [0.0] * 10, 1.0, []
    for _ in range(60):
        expected.append(sum(part * m for part, m in zip(seat, missing_at, strict=True)))
        leaving = q * (sum(seat[1:]) + full)
        full = (full + seat[9]) * (1 - q)
        seat = [leaving, seat[0], *(part * (1 - q) for part in seat[1:9])]
    assert found.missing[:, 0] == pytest.approx(expected, rel=1e-12)
    assert expected[-1] < 0.85 * 7 * q / (1 + q)  # what the whole gaps of all leavers would add up to


def test_terms_of_each_trial_are_its_own() -> None:
    """A block of trials with different lags is the trials one by one."""
    lags = np.array([0.0, 0.7, 3.2])
    draw = np.random.default_rng(1).standard_normal((18, 3))
    terms = Replacement().model_copy(update={"hiring_lag": lags})
    together = Turnover(attrition=0.4, replacement=terms).cohorts(30.0, 1.0, draw, 18, at_work=True)
    assert together is not None
    for trial, lag in enumerate(lags):
        alone = Turnover(attrition=0.4, replacement=Replacement(hiring_lag=lag)).cohorts(
            30.0, 1.0, draw[:, [trial]], 18, at_work=True
        )
        assert alone is not None
        assert together.vacant[:, trial] == pytest.approx(alone.vacant[:, 0], rel=1e-12)
        assert together.leaver_share[:, trial] == pytest.approx(alone.leaver_share[:, 0], rel=1e-12)


def test_nobody_leaves_a_team_that_is_not_there() -> None:
    """Before its go-live a team has no vacancies to bring along, with and without noise."""
    staff = np.where(np.arange(12)[:, np.newaxis] < 6, 0.0, 40.0)
    for draw in (None, np.zeros((12, 1))):
        found = Turnover(attrition=0.5, replacement=TERMS).cohorts(staff, 1.0, draw, 12, at_work=False)
        assert found is not None
        assert not found.vacant[:7].any()


def test_team_with_vacancies_by_hand(read: Callable[[Tree], Scenario]) -> None:
    """Empty seats are not paid, their output is made up by overtime and lost, and no flat ramp is charged.

    Ten agents at 4,000 a month; leavers are those of the people who are there.
    """
    replacement = {"hiring_lag": 1.5, "training_months": 1, "ramp_months": 2, "start_productivity": "40%"}
    turnover: Tree = {"attrition": "30%", "recruiting": 1000, "ramp_months": 3, "ramp_productivity": "50%"}
    agent = {"volume_per_fte": 100, "salary": 48_000, "overhead": 1_200}
    tree = {
        "months": 12,
        "discount_rate": 0,
        "world": {"volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7}},
        "alternatives": {
            "stay": {
                "baseline": True,
                "team": {
                    "roles": {"agent": agent},
                    "turnover": turnover | {"replacement": replacement},
                    "overtime": {"limit": "5%"},
                },
            },
            "else": {"vendor": {"price": {"per_unit": {"amount": 1}}}},
        },
    }
    found = base_case(read(tree))["stay"].categories
    vacant, missing = 1.5 * Q / (1 + 1.5 * Q), MISSING * Q / (1 + 1.5 * Q)
    capacity = 1000 * (1 - missing)
    assert found["labour"] == pytest.approx(480_000 * (1 - vacant), rel=1e-12)
    assert found["overhead"] == pytest.approx(12_000, rel=1e-12)
    assert found["turnover"] == pytest.approx(12 * 10 * (1 - vacant) * Q * 1000, rel=1e-12)
    assert found["overtime"] == pytest.approx(12 * 0.05 * capacity * 1.5 * 40, rel=1e-12)
    assert found["lost_work"] == pytest.approx(12 * 7 * (1000 - 1.05 * capacity), rel=1e-9)
