"""Benefits: negative costs that are stated, never assumed, and stand apart."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.benefits import FasterLaunch, moved
from bposim.cash import base_case, simulate_block
from bposim.inputs.draws import StreamDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.world.world import World

Tree = dict[str, Any]


def with_benefits(tree: Tree, benefits: Tree) -> Tree:
    """Return the scenario with benefits of manila, at a discount rate of 0, without delay."""
    tree = deepcopy(tree) | {"discount_rate": 0}
    tree["alternatives"]["manila"]["benefits"] = benefits
    tree["alternatives"]["manila"]["legs"][0]["vendor"]["transition"] |= {"delay": 0}
    return tree


def of(scenario: Scenario, name: str = "manila") -> float:
    """Return the benefits in an alternative's base case."""
    return base_case(scenario)[name].categories["benefits"]


LIVE = 0.2 + 0.2 + (0.2 + 0.8 / 3) + (0.2 + 1.6 / 3) + 16
"""Sum of manila's live share: 20 % in months 5 and 6, a climb through 7 and 8, all of it from 9 to 24."""


def test_yearly_benefits_come_in_with_the_work(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the timing and the sign: Σ s(t) · FTE · value/12 · realised, a credit; months by hand."""
    freed = {"management_freed": {"fte": 2, "value": "120k", "realised": "30%"}}
    assert of(read(with_benefits(tiny, freed))) == pytest.approx(-LIVE * 2 * 10_000 * 0.3, rel=1e-12)
    abroad = {"technology": {"per_year": {"amount": "12M", "currency": "PHP"}, "realised": 1, "lag": 2}}
    shorter = LIVE - 2  # two months later, two full months fall out of the horizon
    assert of(read(with_benefits(tiny, abroad))) == pytest.approx(-shorter * 1e6 * 0.0172, rel=1e-12)
    once = {"avoided_investment": "50k", "other": {"per_year": "24k", "realised": 0.5}}
    assert of(read(with_benefits(tiny, once))) == pytest.approx(-50_000 - LIVE * 1000, rel=1e-12)


@pytest.mark.parametrize(
    ("months", "planned", "expected"),
    [
        (3.0, None, [1, 1, 1, 0, 0, 0, 0, 0]),
        (2.0, 6.0, [0, 0, 0, 0, 1, 1, 0, 0]),
        (1.5, 6.0, [0, 0, 0, 0, 0.5, 1, 0, 0]),
        (0.5, 5.25, [0, 0, 0, 0, 0.25, 0.25, 0, 0]),
        (9.0, 4.0, [1, 1, 1, 1, 0, 0, 0, 0]),
        (0.0, 4.0, [0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_months_gained_by_an_earlier_launch(
    months: float, planned: float | None, expected: list[float]
) -> None:
    """Protects the margin's place: the months from the earlier launch to the planned one, also in parts."""
    launch = FasterLaunch.model_validate({"months": months, "margin_per_month": 1.0, "planned": planned})
    actual = np.broadcast_to(launch.gained(np.arange(1.0, 9.0)[:, np.newaxis]), (8, 1))[:, 0]
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_earlier_launch_is_worth_its_margin(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the value: 3 months earlier at 200,000 a month, half believed, is 300,000."""
    launch = {"months": 3, "margin_per_month": "200k", "planned": 10, "realised": "50%"}
    assert of(read(with_benefits(tiny, {"faster_launch": launch}))) == pytest.approx(-300_000, rel=1e-12)


def test_only_legs_that_move_count(
    still: Callable[..., World], tiny: Tree, read: Callable[[Tree], Scenario]
) -> None:
    """Protects the blend: 60 % that moves brings all of the benefit; who stays brings none."""
    scenario = read(with_benefits(tiny, {}))
    world = still(months=24)
    bound = scenario.uncertain.bind(scenario, scenario.uncertain.means())
    blend, manila = (
        np.asarray(moved(bound.alternatives[name].legs, world, 0.0)) for name in ("blend", "manila")
    )
    np.testing.assert_allclose(blend, manila, rtol=1e-14)
    assert manila[:, 0].sum() == pytest.approx(LIVE, rel=1e-14)
    nobody = moved(bound.alternatives["in-house"].legs, world, 2.0)
    np.testing.assert_array_equal(np.asarray(nobody)[:, 0], [0, 0, *[1] * 22])


def test_benefits_stand_apart(tiny: Tree, read: Callable[[Tree], Scenario]) -> None:
    """Protects the other categories and alternatives: a benefit changes the line of benefits alone."""
    uncertain = {"low": 0, "likely": 1, "high": 3}
    benefits = {
        "management_freed": {
            "fte": uncertain,
            "value": "120k",
            "realised": {"low": 0, "likely": 0.2, "high": 1},
        }
    }
    plain, stated = (
        simulate_block(read(with_benefits(tiny, chosen)), StreamDraws(3, 0, 64)) for chosen in ({}, benefits)
    )
    for name, cash in plain.items():
        own = stated[name].categories
        for category, value in cash.categories.items():
            if category != "benefits":
                np.testing.assert_array_equal(own[category], value)
    assert (stated["manila"].categories["benefits"] <= 0).all()
    assert len(np.unique(stated["manila"].categories["benefits"])) == 64
    assert "benefits" not in stated["krakow"].categories
