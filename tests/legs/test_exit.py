"""Planned exits: where the work goes, what it costs; and contracts of the baseline that end on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.cash import simulate_block
from bposim.errors import ScenarioError
from bposim.inputs.draws import StreamDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

MONTHS = 12


@pytest.fixture(name="tree")
def _tree() -> Tree:
    """Return a year without discount: a team of ten at 4,000, and a vendor at 3 a call from month 0 on."""
    return {
        "months": MONTHS,
        "discount_rate": 0,
        "world": {
            "volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7},
            "wages": {"US": {"inflation": 0}},
        },
        "alternatives": {
            "stay": {
                "baseline": True,
                "team": {"country": "US", "roles": {"agent": {"volume_per_fte": 100, "salary": 48_000}}},
            },
            "go": {
                "vendor": {
                    "price": {"per_unit": {"amount": 3}},
                    "governance": {"audits": 12_000},
                    "continuity": {"covered": 1, "emergency_premium": 1.5},
                    "transition": {"planned": 0, "overrun": 2, "one_off": {"legal": 5_000}},
                    "exit": {"month": 6},
                }
            },
        },
    }


def vendor(tree: Tree, name: str = "go") -> Tree:
    """Return the vendor of an alternative."""
    found: Tree = tree["alternatives"][name]["vendor"]
    return found


def test_work_comes_home_by_hand(tree: Tree, read: Read) -> None:
    """Six months with the vendor, one of emergency service, five with the team; one-offs paid again."""
    vendor(tree)["exit"] = {"month": 6, "recovery_months": 1, "cost": 900, "rehiring": 250}
    vendor(tree)["termination"] = {"fee_months": [2], "notice": 8}
    found = base_case(read(tree))["go"].categories
    assert found["vendor_fees"] == pytest.approx(3_000 * 6)
    assert found["governance"] == pytest.approx(1_000 * 6)
    assert found["continuity"] == pytest.approx(1.5 * 40_000)
    assert found["labour"] == pytest.approx(40_000 * 5)
    assert found["retransition"] == pytest.approx(2 * 5_000 + 900 + 10 * 250)
    assert found["termination"] == pytest.approx((2 + (8 - 6)) * 3_000)


def test_vendor_that_is_gone_earns_no_credit_back(tree: Tree, read: Read) -> None:
    """Every month to the exit misses its target, so 10 % of six fees is credited and stays so."""
    vendor(tree)["risks"] = {"outage": {"per_year": 12, "hours": 30, "cost_per_hour": 0}}
    available = {"target": 0.99, "service_hours": 300, "allocation": 1}
    vendor(tree)["sla"] = {"metrics": {"available": available}, "at_risk": 0.1, "earn_back": 2}
    credit = base_case(read(tree))["go"].categories["service_credits"]
    assert credit == pytest.approx(-0.1 * 3_000 * 6)


def test_nothing_moves_again_that_never_moved(tree: Tree, read: Read) -> None:
    """Where a delay outlasts the contract its end costs what leaving costs; one-offs fall due once."""
    vendor(tree)["exit"] = {"month": 6, "cost": 900, "rehiring": 250}
    vendor(tree)["transition"]["delay"] = {"discrete": {"values": [0, 7], "weights": [3, 1]}}
    found = simulate_block(read(tree), StreamDraws(3, 0, 64))["go"].categories
    late = found["vendor_fees"] == 0.0
    assert 0 < np.count_nonzero(late) < late.size
    assert found["transition"] == pytest.approx(2 * 5_000)
    assert found["retransition"][late] == pytest.approx(900)
    assert found["retransition"][~late] == pytest.approx(2 * 5_000 + 900 + 10 * 250)


def test_the_baseline_by_its_name_is_not_in_house(tree: Tree, read: Read) -> None:
    """By name its first leg alone takes over and nobody is rehired: that is said, and only that."""
    vendor(tree)["exit"] = {"month": 6, "fallback": "stay"}
    found = [c for c in read(tree).warnings if c.path.endswith("exit.fallback")]
    assert [c.code for c in found] == ["BP302"]
    vendor(tree)["exit"]["fallback"] = "in-house"
    assert not [c for c in read(tree).warnings if c.path.endswith("exit.fallback")]


def test_lost_knowledge_makes_an_exit_dearer_and_longer(tree: Tree, read: Read) -> None:
    """At half of the knowledge costs are × 1.5, and two months of recovery with e = 2 become four."""
    vendor(tree)["exit"] = {"month": 6, "recovery_months": 2, "cost": 900, "rehiring": 250}
    vendor(tree)["dependence"] = {"half_life": 6, "longer_exit": 2}
    found = base_case(read(tree))["go"].categories
    assert found["retransition"] == pytest.approx(1.5 * (10_000 + 900) + 2_500)
    assert found["continuity"] == pytest.approx(1.5 * 40_000 * 4)
    assert found["labour"] == pytest.approx(40_000 * 2)


def test_lost_knowledge_lengthens_the_recovery_from_a_failure(tree: Tree, read: Read) -> None:
    """A failure in the middle of month 1 with all knowledge gone: one month of gap becomes three."""
    del vendor(tree)["exit"]
    vendor(tree)["failure"] = {"per_year": 0.9, "recovery_months": 1}
    vendor(tree)["dependence"] = {"half_life": 0, "longer_exit": 2}
    survival = [0.1 ** (t / 12) for t in range(MONTHS + 1)]
    gaps = [min(3.0, MONTHS - (t - 0.5)) * (survival[t - 1] - survival[t]) for t in range(1, MONTHS + 1)]
    assert base_case(read(tree))["go"].categories["continuity"] == pytest.approx(60_000 * sum(gaps), rel=1e-9)


def test_work_goes_onward(tree: Tree, read: Read) -> None:
    """With another alternative as fallback its vendor works from the next month on, and nobody is rehired."""
    tree["alternatives"]["next"] = {"vendor": {"price": {"per_unit": {"amount": 5}}}}
    vendor(tree)["exit"] = {"month": 4.5, "fallback": "next", "rehiring": 250}
    found = base_case(read(tree))["go"].categories
    assert found["vendor_fees"] == pytest.approx(3_000 * 4.5 + 5_000 * 7.5)
    assert found["retransition"] == pytest.approx(10_000)
    assert found.get("labour", 0.0) == 0.0


def test_only_what_has_moved_leaves(tree: Tree, read: Read) -> None:
    """Half way up a ramp of ten months, half of the fee is due and half of the team is rehired."""
    vendor(tree)["transition"]["ramp_months"] = 10
    vendor(tree)["exit"] = {"month": 5, "rehiring": 250}
    vendor(tree)["termination"] = {"fee_months": [2]}
    found = base_case(read(tree))["go"].categories
    assert found["termination"] == pytest.approx(2 * 3_000 / 2)
    assert found["retransition"] == pytest.approx(10_000 + 5 * 250)
    assert found["vendor_fees"] == pytest.approx(3_000 * sum(t / 10 for t in range(1, 6)))


def test_exit_after_the_horizon_changes_nothing_but_warns(tree: Tree, read: Read) -> None:
    """The run is that without an exit to 1e-12, and the file's writer is told."""
    vendor(tree)["exit"] = {"month": 30, "cost": 1e6, "rehiring": 1e6}
    late = read(tree)
    del vendor(tree)["exit"]
    without = simulate_block(read(tree), StreamDraws(1, 0, 64))["go"].flow
    assert simulate_block(late, StreamDraws(1, 0, 64))["go"].flow == pytest.approx(without, rel=1e-12)
    assert "alternatives.go.vendor.exit.month" in [warning.path for warning in late.warnings]


def test_exit_before_go_live_is_refused(tree: Tree, read: Read) -> None:
    """A contract that ends before its work starts is a mistake."""
    vendor(tree)["transition"]["planned"] = 7
    with pytest.raises(ScenarioError) as caught:
        read(tree)
    assert [c.path for c in caught.value.complaints] == ["alternatives.go.vendor.exit.month"]


# --- contracts of the baseline that end while their work still moves away -----------------------------


@pytest.fixture(name="outgoing")
def _outgoing(tree: Tree) -> Tree:
    """Return a baseline contract at 4 a call that is left for one at 3 over ten months, and one at 5."""
    tree["alternatives"] = {
        "stay": {
            "baseline": True,
            "vendor": {
                "price": {"per_unit": {"amount": 4}},
                "continuity": {"covered": 1, "emergency_premium": 2},
            },
        },
        "go": {
            "vendor": {"price": {"per_unit": {"amount": 3}}, "transition": {"planned": 0, "ramp_months": 10}}
        },
        "rescue": {"vendor": {"price": {"per_unit": {"amount": 5}}}},
    }
    return tree


LEFT = [max(0.0, 1 - t / 10) for t in range(1, MONTHS + 1)]
"""Part of the work that is still with the baseline's vendor, by month."""


def test_what_remains_with_a_vendor_ends_with_it(outgoing: Tree, read: Read) -> None:
    """The old contract ends after month 4: the rest is in the gap in month 5, then with the third vendor."""
    vendor(outgoing, "stay")["exit"] = {"month": 4, "recovery_months": 1, "fallback": "rescue", "cost": 1_200}
    vendor(outgoing, "stay")["termination"] = {"fee_months": [3]}
    found = base_case(read(outgoing))["go"].categories
    new = 3_000 * (MONTHS - sum(LEFT))
    assert found["vendor_fees"] == pytest.approx(new + 4_000 * sum(LEFT[:4]) + 5_000 * sum(LEFT[5:]))
    assert found["continuity"] == pytest.approx(2 * 4_000 * LEFT[4])
    assert found["retransition"] == pytest.approx(1_200 * LEFT[3])
    # a tenth leaves each month for the new vendor until the contract ends, then the rest
    assert found["termination"] == pytest.approx(3 * 4_000 * (4 / 10 + LEFT[3]))


def test_failing_vendor_of_the_baseline_fails_for_everybody(outgoing: Tree, read: Read) -> None:
    """In each trial the old vendor fails in the same month in the baseline and while work moves away from it.

    The baseline's cost of a trial tells τ; what it costs the alternative follows from it by hand.
    """
    terms = {"per_year": 0.6, "recovery_months": 1, "fallback": "rescue"}
    vendor(outgoing, "stay")["failure"] = terms
    draws = StreamDraws(5, 0, 200)
    block = simulate_block(read(outgoing), draws)
    (name,) = [name for name in draws.by_name() if name.endswith(".failure")]
    tau = 12 * np.log(draws.by_name()[name]) / np.log(0.4)
    month = np.arange(1, MONTHS + 1)[:, np.newaxis]
    alive = np.clip(tau - (month - 1), 0, 1)
    back = np.clip(month - (tau + 1), 0, 1)
    each = 4_000 * alive + 2 * 4_000 * (1 - alive - back) + 5_000 * back
    left = np.array(LEFT)[:, np.newaxis]
    assert block["stay"].flow[1:] == pytest.approx(each, rel=1e-12)
    assert block["go"].flow[1:] == pytest.approx(3_000 * (1 - left) + left * each, rel=1e-12)
    assert (tau < MONTHS).any()


def test_baseline_vendor_may_fall_back_on_the_one_that_takes_over_anyway(outgoing: Tree, read: Read) -> None:
    """Its work then all goes to the new vendor at 3, half of it earlier than planned, none twice."""
    vendor(outgoing, "stay")["exit"] = {"month": 6, "fallback": "go"}
    found = base_case(read(outgoing))["go"].categories["vendor_fees"]
    assert found == pytest.approx(4_000 * sum(LEFT[:6]) + 3_000 * (MONTHS - sum(LEFT[:6])))


def test_contract_of_the_baseline_that_ends_needs_a_named_fallback(outgoing: Tree, read: Read) -> None:
    """In-house means the baseline's legs, and it is one of them that ends."""
    vendor(outgoing, "stay")["exit"] = {"month": 4}
    with pytest.raises(ScenarioError) as caught:
        read(outgoing)
    assert [c.path for c in caught.value.complaints] == ["alternatives.stay.vendor.exit"]
    assert "cannot fall back on the baseline" in caught.value.complaints[0].what


def test_early_end_is_no_use_without_a_move_or_an_exit(tree: Tree, read: Read) -> None:
    """The cost of leaving a contract that nobody leaves is warned of, and not where its exit makes it due."""
    vendor(tree)["termination"] = {"fee_months": [2]}
    assert "alternatives.go.vendor.termination" not in [warning.path for warning in read(tree).warnings]
    del vendor(tree)["exit"]
    assert "alternatives.go.vendor.termination" in [warning.path for warning in read(tree).warnings]
