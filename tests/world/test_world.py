"""The world as a whole: who is quoted in what, and which draws belong to whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.inputs.money import Money
from bposim.world.fx.fixed import Fixed
from bposim.world.fx.gbm import Gbm
from bposim.world.world import World, WorldModel, simulate_world

MODEL: dict[str, Any] = {
    "volume": {"unit": "call", "per_month": 1000.0, "noise": {"volatility": 0.1}},
    "fx": {
        "PHP": {"spot": 0.0172, "volatility": 0.055},
        "PLN": {"spot": 0.27, "volatility": 0.1},
        "AED": 0.2723,
    },
    "wages": {
        "PH": {"inflation": 0.06, "review_noise": 0.01},
        "PL": {"inflation": 0.05, "review_noise": 0.01},
    },
    "prices": {"PH": {"inflation": 0.04, "review_noise": 0.01}},
}


def simulated(model: dict[str, Any], trials: int = 64, months: int = 30) -> World:
    """Return a simulated world."""
    return simulate_world(
        WorldModel.model_validate(model), StreamDraws(3, 0, trials), months, (2027, 1), "USD"
    )


def test_a_bare_rate_is_fixed_and_a_volatility_means_gbm() -> None:
    """Short spellings of the file: ``AED: 0.2723`` and ``PHP: {spot: …, volatility: …}``."""
    fx = WorldModel.model_validate(MODEL).fx
    assert fx["AED"] == Fixed(spot=0.2723)
    assert fx["PHP"] == Gbm(spot=0.0172, volatility=0.055)


def test_amounts_are_converted_at_the_rate_of_their_month() -> None:
    """Month 0 at the spot, months 1..T at S(t), base currency at 1."""
    world = simulated(MODEL)
    pesos, dollars = Money(amount=100.0, currency="PHP"), Money(amount=100.0)
    assert world.monthly(pesos) == pytest.approx(100.0 * np.asarray(world.fx["PHP"]), rel=1e-14)
    assert world.today(pesos) == pytest.approx(1.72, rel=1e-14)
    assert (
        world.monthly(dollars)
        == world.today(dollars)
        == world.monthly(Money(amount=100.0, currency="USD"))
        == 100.0
    )
    assert world.monthly(None) == world.today(None) == 0.0


def test_country_without_an_index_stays_at_todays_wages() -> None:
    """No wage inflation given is none."""
    world = simulated(MODEL)
    assert world.wages("US") == 1.0
    assert world.prices("PL") == 1.0
    assert np.shape(world.wages("PL")) == (30, 64)


def test_paths_have_one_shape() -> None:
    """Simulated paths are (months, trials), those of the deterministic twin (months, 1) or a float."""
    world = simulated(MODEL)
    assert world.volume.shape == (30, 64)
    assert {np.shape(path) for path in world.fx.values()} == {(30, 64), ()}
    twin = simulate_world(WorldModel.model_validate(MODEL), NoDraws(), 30, (2027, 1), "USD")
    for path in (twin.volume, twin.forecast, *twin.fx.values(), twin.wages("PH"), twin.prices("PH")):
        assert np.broadcast_shapes(np.shape(path), (30, 1)) == (30, 1)
    assert twin.volume == pytest.approx(np.full((30, 1), 1000.0))


@pytest.mark.parametrize("kind", ["fx", "wages"])
def test_a_country_more_moves_no_other(kind: str) -> None:
    """Each currency and each index has a stream of its own, by name."""
    fewer = {**MODEL, kind: {name: model for name, model in MODEL[kind].items() if name not in {"PHP", "PH"}}}
    before, after = simulated(MODEL), simulated(fewer)
    assert np.array_equal(before.volume, after.volume)
    assert np.array_equal(before.fx["PLN"], after.fx["PLN"])
    assert np.array_equal(before.wages("PL"), after.wages("PL"))
    assert np.array_equal(before.prices("PH"), after.prices("PH"))


def test_countries_do_not_move_together_by_accident() -> None:
    """Different names are independent draws: correlations are asked for, never made by a shared stream."""
    world = simulated(MODEL, trials=4096)
    pairs = [
        (world.fx["PHP"], world.fx["PLN"]),
        (world.wages("PH"), world.wages("PL")),
        (world.wages("PH"), world.prices("PH")),
        (world.volume, world.fx["PHP"]),
    ]
    for one, other in pairs:
        correlation = np.corrcoef(np.asarray(one)[-1], np.asarray(other)[-1])[0, 1]
        assert abs(correlation) <= 4 / np.sqrt(4096)
