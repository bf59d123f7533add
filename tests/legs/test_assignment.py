"""Who does which part of the work: every unit is served once, and one team stays one team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.inputs.draws import NoDraws
from bposim.legs.assignment import Assignment, assign, undertakings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray, Path
    from bposim.world.world import World

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]
    Still = Callable[..., World]

MONTHS = 12
TEAM = {"roles": {"agent": {"volume_per_fte": 100, "salary": "40k"}}}
MOVE = {
    "planned": 3, "ramp_months": 4, "scope": "80%",
    "parallel_run": {"months": 1, "intensity": "50%"},
    "morale": {"productivity_loss": "10%", "attrition_factor": 1.5},
}  # fmt: skip
LIVE = np.array([0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1])


def work_of(read: Read, world: World, alternatives: Tree, name: str) -> dict[str, Assignment]:
    """Return the work of an alternative by the name of the leg, or by what it is."""
    scenario = read(
        {
            "months": MONTHS,
            "discount_rate": 0,
            "world": {"volume": {"unit": "call", "per_month": 1000}},
            "alternatives": alternatives,
        }
    )
    baseline = scenario.alternatives[scenario.baseline]
    legs = undertakings(scenario.alternatives[name].legs, world, NoDraws())
    given = assign(legs, undertakings(baseline.legs, world, NoDraws()), {}, world)
    found: dict[str, Assignment] = {}
    for assignment in given:
        leg: Any = assignment.leg
        found[leg.name or ("team" if leg.team else "vendor")] = assignment
    assert len(found) == len(given)
    return found


def path(value: Path) -> FloatArray:
    """Return a path of one trial as ``(months,)``."""
    return np.broadcast_to(value, (MONTHS, 1))[:, 0]


@pytest.fixture(name="alternatives")
def _alternatives() -> Tree:
    """Return an in-house team, a vendor with a transition and a blend of both."""
    return {
        "stay": {"baseline": True, "team": TEAM},
        "go": {"vendor": {"price": {"per_unit": {"amount": 1}}, "transition": MOVE}},
        "blend": {"legs": [{"share": "40%", "like": "stay"}, {"share": "60%", "like": "go"}]},
    }


def test_baseline_does_all_of_its_work(read: Read, still: Still, alternatives: Tree) -> None:
    """One team, everything at 1 from month 1 on."""
    (own,) = work_of(read, still(MONTHS), alternatives, "stay").values()
    assert (own.work.share, own.work.served, own.work.staffed, own.work.exposure) == (1.0, 1.0, 1.0, 1.0)


def test_moved_work_by_hand(read: Read, still: Still, alternatives: Tree) -> None:
    """The vendor serves s, the old team 1 - s; with a parallel run; it keeps 1 - κs of the risk."""
    work = work_of(read, still(MONTHS), alternatives, "go")
    vendor, team = work["vendor"].work, work["team"].work
    kept = 0.5 * (LIVE - np.concatenate([[0], LIVE[:-1]]))
    assert path(vendor.served) == pytest.approx(LIVE)
    assert path(vendor.exposure) == pytest.approx(LIVE)
    assert path(team.served) == pytest.approx(1 - LIVE)
    assert path(team.staffed) == pytest.approx(1 - LIVE + kept)
    assert path(team.exposure) == pytest.approx(1 - 0.8 * LIVE)
    assert path(team.productivity) == pytest.approx([0.9] * 7 + [1.0] * 5)
    assert path(team.attrition) == pytest.approx([1.5] * 7 + [1.0] * 5)


def test_blend_keeps_one_team(read: Read, still: Still, alternatives: Tree) -> None:
    """40 % kept and 60 % handed over are one in-house team, whose morale suffers as a whole."""
    work = work_of(read, still(MONTHS), alternatives, "blend")
    assert len(work) == 2
    team = work["team"].work
    assert path(team.served) == pytest.approx(0.4 + 0.6 * (1 - LIVE))
    assert path(team.exposure) == pytest.approx(0.4 + 0.6 * (1 - 0.8 * LIVE))
    assert path(team.productivity) == pytest.approx([0.9] * 7 + [1.0] * 5)


@pytest.mark.parametrize("name", ["stay", "go", "blend"])
def test_every_unit_is_served_once(read: Read, still: Still, alternatives: Tree, name: str) -> None:
    """Through ramp, pilot and parallel run the served shares add up to all of the work in every month."""
    work = work_of(read, still(MONTHS), alternatives, name)
    assert sum(path(a.work.served) for a in work.values()) == pytest.approx(np.ones(MONTHS))


def test_name_makes_a_team_of_its_own(read: Read, still: Still, alternatives: Tree) -> None:
    """Two named legs like one vendor are two vendors."""
    alternatives["pair"] = {
        "legs": [
            {"share": 0.5, "like": "go", "name": "first"},
            {"share": 0.5, "like": "go", "name": "second"},
        ]
    }
    work = work_of(read, still(MONTHS), alternatives, "pair")
    assert set(work) == {"first", "second", "team"}
    assert path(work["team"].work.served) == pytest.approx(1 - LIVE)


def test_baseline_of_two_teams_hands_over_from_both(read: Read, still: Still, alternatives: Tree) -> None:
    """What remains stays with each old team in proportion to its share."""
    alternatives["stay"] = {
        "baseline": True,
        "legs": [
            {"share": 0.7, "name": "north", "team": TEAM},
            {"share": 0.3, "name": "south", "team": TEAM},
        ],
    }
    work = work_of(read, still(MONTHS), {key: alternatives[key] for key in ("stay", "go")}, "go")
    assert path(work["north"].work.served) == pytest.approx(0.7 * (1 - LIVE))
    assert path(work["south"].work.served) == pytest.approx(0.3 * (1 - LIVE))


def test_leg_without_a_transition_leaves_nothing_behind(read: Read, still: Still, alternatives: Tree) -> None:
    """A contract that works already serves all from month 1, beside no old team."""
    del alternatives["go"]["vendor"]["transition"]
    work = work_of(read, still(MONTHS), alternatives, "go")
    assert list(work) == ["vendor"]
    assert work["vendor"].work.served == 1.0
