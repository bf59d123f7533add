"""Cover round the clock: the least staff of a role, what it costs and what it can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.errors import ScenarioError
from bposim.legs.cover import Cover
from bposim.legs.team import Team

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.world.world import World

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]
    Still = Callable[..., World]

ROUND_THE_CLOCK = {"seats": 1, "productive": "75%"}


def staffed(world: World, **roles: Tree) -> Any:  # noqa: ANN401 - a plan
    """Return the plan of a team with these roles for 1,000 calls a month."""
    return Team.model_validate({"roles": roles}).plan(world)


def test_a_seat_round_the_clock() -> None:
    """168 hours with people who are paid for 40 and there for 30 take 5.6 FTE."""
    assert Cover.model_validate(ROUND_THE_CLOCK).least == pytest.approx(5.6, rel=1e-12)


def test_cover_binds_where_volume_needs_less(still: Still) -> None:
    """Five agents would do for the volume, cover asks for 5.6; a volume that needs 10 has its 10."""
    for per_fte, expected in ((200, 5.6), (100, 10.0)):
        plan = staffed(
            still(12), agent={"volume_per_fte": per_fte, "salary": 12_000, "cover": ROUND_THE_CLOCK}
        )
        assert np.asarray(plan.headcount) == pytest.approx(np.full((12, 1), expected))
        assert np.asarray(plan.labour) == pytest.approx(np.full((12, 1), expected * 1000))
        assert np.asarray(plan.capacity) == pytest.approx(np.full((12, 1), expected * per_fte))


def test_capacity_is_that_of_the_scarcest_role(still: Still) -> None:
    """More agents than the volume needs do nothing for it if the clerks behind them have no cover."""
    agent = {"volume_per_fte": 200, "salary": 12_000, "cover": ROUND_THE_CLOCK}
    clerk: Tree = {"volume_per_fte": 500, "salary": 12_000}
    alone = staffed(still(12), agent=agent, clerk=clerk)
    assert np.asarray(alone.capacity) == pytest.approx(np.full((12, 1), 1000.0))
    both = staffed(still(12), agent=agent, clerk=clerk | {"cover": {"seats": 0.5, "productive": "75%"}})
    assert np.asarray(both.capacity) == pytest.approx(np.full((12, 1), 1120.0))
    assert np.asarray(both.headcount) == pytest.approx(np.full((12, 1), 5.6 + 2.8))


def test_leads_count_those_who_cover(still: Still) -> None:
    """One lead for two agents: of the 5.6 that cover needs, not of the 5 that the volume needs."""
    agent = {"volume_per_fte": 200, "salary": 12_000, "cover": ROUND_THE_CLOCK}
    plan = staffed(still(12), agent=agent, lead={"one_per": 2, "of": "agent", "salary": 24_000})
    assert np.asarray(plan.headcount) == pytest.approx(np.full((12, 1), 8.4))
    assert np.asarray(plan.pay) == pytest.approx(np.full((12, 1), 5600 + 2 * 2800))


def test_shift_premium_by_hand(read: Read) -> None:
    """A control room sized by cover alone: 4.2 FTE at 1,000 a month and 25 % for nights, on-cost on both."""
    room = {"salary": 12_000, "oncost": "10%", "cover": {"seats": 1, "shift_premium": "25%"}}
    team = {"roles": {"agent": {"volume_per_fte": 100, "salary": 0}, "room": room}}
    tree = {
        "months": 12,
        "discount_rate": 0,
        "world": {"volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 1}},
        "alternatives": {
            "stay": {"baseline": True, "team": team},
            "half": {
                "legs": [
                    {"share": "50%", "like": "stay"},
                    {"share": "50%", "vendor": {"price": {"per_unit": {"amount": 0}}}},
                ]
            },
        },
    }
    found = base_case(read(tree))
    assert found["stay"].categories["labour"] == pytest.approx(12 * 4.2 * 1000 * 1.25 * 1.1, rel=1e-12)
    assert found["half"].categories["labour"] == pytest.approx(6 * 4.2 * 1000 * 1.25 * 1.1, rel=1e-12)


def test_cover_that_never_binds_changes_nothing(tiny: Tree, read: Read) -> None:
    """The base case with a cover of nobody is the one without, through hiring and temporary staff too."""
    before = base_case(read(tiny))["krakow"].categories
    agent = tiny["alternatives"]["krakow"]["legs"][0]["team"]["roles"]["agent"]
    agent["cover"] = {"seats": 0}
    after = base_case(read(tiny))["krakow"].categories
    assert after == pytest.approx(before, rel=1e-12)


def test_role_without_any_size_is_refused(tiny: Tree, read: Read) -> None:
    """Cover may size a role alone; nothing at all may not."""
    roles = tiny["alternatives"]["in-house"]["legs"][0]["team"]["roles"]
    roles["guard"] = {"salary": 1000}
    with pytest.raises(ScenarioError, match="size a role"):
        read(tiny)
