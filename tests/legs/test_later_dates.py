"""What happens at a date or takes its time: investment, automation, hiring, spells of worse service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.discounting import months_column
from bposim.inputs.streams import generator
from bposim.legs.automation import Automation
from bposim.legs.quality import Degraded
from bposim.legs.recruiting import missing_staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

MONTHS = 12


@pytest.fixture(name="tree")
def _tree() -> Tree:
    """Return a year without discount: a team of ten at 4,000 a month, and the same again."""
    team = {"country": "US", "roles": {"agent": {"volume_per_fte": 100, "salary": 48_000}}}
    return {
        "months": MONTHS,
        "discount_rate": 0,
        "world": {
            "volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7},
            "wages": {"US": {"inflation": 0}},
        },
        "alternatives": {"stay": {"baseline": True, "team": team}, "change": {"team": dict(team)}},
    }


def flow(tree: Tree, read: Read, category: str) -> tuple[float, list[float]]:
    """Return a category of the changed alternative, and what it costs more than the baseline by month."""
    found = base_case(read(tree))
    more = found["change"].flow - found["stay"].flow
    return found["change"].categories[category], [float(cost) for cost in more]


def test_investment_by_hand(tree: Tree, read: Read) -> None:
    """An amount of month 2.5 is paid at the end of month 3, and every four months again."""
    tree["alternatives"]["change"]["investments"] = {
        "tools": {"amount": 100, "month": 2.5, "every": 4},
        "study": {"amount": 30, "month": 0},
        "never": {"amount": 1e6, "month": 13},
    }
    total, more = flow(tree, read, "investment")
    assert total == pytest.approx(330)
    assert more == pytest.approx([30, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 100, 0])


def test_renewal_of_what_is_bought_at_once(tree: Tree, read: Read) -> None:
    """Bought in month 0 and renewed each half year: thrice in a year, in euros at each month's rate."""
    tree["world"]["fx"] = {"EUR": {"model": "fixed", "spot": 2, "drift": 0.1}}
    terms = {"amount": {"amount": 100, "currency": "EUR"}, "month": 0, "every": 6}
    tree["alternatives"]["change"]["investments"] = {"tools": terms}
    _, more = flow(tree, read, "investment")
    assert [more[0], more[6], more[12]] == pytest.approx([200, 200 * math.exp(0.05), 200 * math.exp(0.1)])
    assert sum(more) == pytest.approx(more[0] + more[6] + more[12])


def test_automation_by_hand() -> None:
    """A quarter more from month 3 on: nothing in month 3, all of it from month 4; with a ramp half way."""
    month = months_column(6)
    assert Automation(gain=0.25, month=3.0).path(month)[:, 0] == pytest.approx([1, 1, 1, 1.25, 1.25, 1.25])
    assert Automation(gain=0.2, month=2.5, ramp_months=2.0).path(month)[:, 0] == pytest.approx(
        [1, 1, 1.05, 1.15, 1.2, 1.2]
    )


@pytest.mark.parametrize("kind", ["team", "vendor"])
def test_automation_saves_people(tree: Tree, read: Read, kind: str) -> None:
    """A quarter more done after month 6: labour, or a fee per head, falls to 80 % of what it was."""
    step, category = {"gain": "25%", "month": 6}, "labour"
    if kind == "team":
        tree["alternatives"]["change"]["team"]["automation"] = step
    else:
        category = "vendor_fees"
        tree["alternatives"]["change"] = {
            "vendor": {"price": {"per_fte": {"amount": 4_000}}, "productivity": 100, "automation": step}
        }
    total, _ = flow(tree, read, category)
    assert total == pytest.approx(40_000 * 6 + 32_000 * 6)


def test_staff_that_cannot_be_hired_by_hand() -> None:
    """A plan of 10, 13, 13, 11, 20 with 2 a month: 10, 12, 13, 11, 13 are there; a new team starts from 0."""
    plan = np.array([[10.0], [13.0], [13.0], [11.0], [20.0]])
    short = missing_staff(plan, 2.0, 5, at_work=True)
    assert (plan * (1 - short))[:, 0] == pytest.approx([10, 12, 13, 11, 13], rel=1e-12)
    new = missing_staff(plan, 5.0, 5, at_work=False)
    assert (plan * (1 - new))[:, 0] == pytest.approx([5, 10, 13, 11, 16], rel=1e-12)


def test_nobody_planned_is_nobody_missing() -> None:
    """A team without work in a month lacks nobody, whatever it can hire."""
    assert missing_staff(np.array([[0.0], [4.0]]), np.array([1.0, 9.0]), 2, at_work=False) == pytest.approx(
        np.array([[0.0, 0.0], [0.75, 0.0]])
    )


def test_missing_staff_is_not_paid_and_its_work_is_lost(tree: Tree, read: Read) -> None:
    """Volume doubles in month 4, two can be hired a month: 12, 14, 16, 18, 20 are there, without overtime."""
    tree["world"]["volume"]["steps"] = [{"from_month": "2027-04", "factor": 2}]
    tree["start"] = "2027-01"
    team = tree["alternatives"]["change"]["team"]
    team |= {"hiring": {"most_per_month": 2}, "overtime": {"limit": 0}}
    tree["alternatives"]["stay"]["team"]["overtime"] = {"limit": 0}
    found = base_case(read(tree))["change"].categories
    assert found["labour"] == pytest.approx(4_000 * (3 * 10 + 12 + 14 + 16 + 18 + 5 * 20))
    assert found["lost_work"] == pytest.approx(7 * 100 * (8 + 6 + 4 + 2))


def test_degraded_months_by_hand() -> None:
    """In with 1 - e^-0.1, out with a half: marks below the chance of the state before make a bad month."""
    terms = Degraded(per_year=1.2, months=2.0, factor=3.0)
    q = 1 - math.exp(-0.1)
    often = q / (q + 0.5)
    marks = np.array([[often - 0.01], [0.49], [0.51], [q + 0.01], [q - 0.01]])
    assert terms.path(marks)[:, 0] == pytest.approx([3, 3, 1, 1, 3])
    assert terms.path(None) == pytest.approx(1 + 2 * often)


def test_degraded_part_of_the_time_is_the_long_run_in_every_month() -> None:
    """Each month of 20,000 trials is bad as often as the next, within 4 errors; spells last 2.5 months."""
    terms = Degraded(per_year=2.0, months=2.5, factor=0.0)
    bad = terms.path(terms.sample(generator(1, "degraded", 0), 24, 20_000)) == 0.0
    q = 1 - math.exp(-2 / 12)
    often = q / (q + 0.4)
    assert (np.abs(bad.mean(axis=1) - often) <= 4 * math.sqrt(often * (1 - often) / 20_000)).all()
    stays = bad[1:][bad[:-1]]
    assert stays.mean() == pytest.approx(0.6, abs=4 * math.sqrt(0.24 / stays.size))


def test_degraded_service_costs_errors(tree: Tree, read: Read) -> None:
    """In the base case errors are × their mean factor."""
    quality = {"error_rate": "2%", "cost_per_error": 5}
    tree["alternatives"]["stay"]["team"]["quality"] = quality
    tree["alternatives"]["change"]["team"]["quality"] = quality | {
        "degraded": {"per_year": 1.2, "months": 2, "factor": 3}
    }
    total, _ = flow(tree, read, "service_quality")
    q = 1 - math.exp(-0.1)
    assert total == pytest.approx(1000 * 0.02 * 5 * 12 * (1 + 2 * q / (q + 0.5)))
