"""A pilot as a staged decision: by hand, what is shown, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bposim.inputs.money import Money
from bposim.studies.pilot import Plan, has_pilot, pilot_study
from bposim.studies.variants import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Read = Callable[[dict[str, Any]], Scenario]


@pytest.fixture(scope="module")
def gamble(read: Read) -> Scenario:
    """A contract of 60k or 150k a month, as likely, against 100k at home; a tenth goes first."""
    price = {"fixed_fee": {"amount": {"discrete": {"values": ["60k", "150k"], "weights": [1, 1]}}}}
    move = {"planned": 0, "pilot": {"share": "10%", "months": 2}}
    return read(
        {
            "months": 12,
            "discount_rate": "0%",
            "world": {"volume": {"unit": "call", "per_month": 1000}},
            "inputs": {"weather": {"low": 0, "likely": 1, "high": 2}},
            "alternatives": {
                "home": {
                    "baseline": True,
                    "legs": [{"team": {"roles": {"clerk": {"volume_per_fte": 100, "salary": "120k"}}}}],
                },
                "away": {"legs": [{"vendor": {"price": price, "transition": move}}]},
            },
        }
    )


def test_a_pilot_that_tells_a_dear_contract_by_hand(gamble: Scenario) -> None:
    """Going on costs 10 x 50k too much where it is dear; a stop saves that in half of the futures: 250k."""
    assert has_pilot(gamble, "away")
    found = pilot_study(gamble, "away", Plan(reveals=("away.price",)), Run(20_000))
    assert found.stop.value == pytest.approx(found.stops.value * 500e3)
    assert found.stops.value == pytest.approx(0.5, abs=0.015)
    assert found.hindsight.value == pytest.approx(found.stop.value)
    # The delay: 2 months of nine tenths, at a mean of 5k a month too much, which it saves.
    dear = found.stops.value
    mean_excess = dear * 50e3 - (1 - dear) * 40e3
    assert found.delay.value == pytest.approx(-1.8 * mean_excess)
    assert found.worth.value == pytest.approx(found.stop.value - found.delay.value)
    assert found.staged.mean.value == pytest.approx((1 - dear) * (0.2 + 10) * 40e3 - dear * 0.2 * 50e3)


def test_a_stop_may_cost_something(gamble: Scenario) -> None:
    """At 600k nobody stops; at 100k it is worth 400k in each of the dear futures."""
    cheap = Plan(reveals=("away.price",), stop_cost=Money(amount=100e3))
    found = pilot_study(gamble, "away", cheap, Run(4096))
    assert found.stop.value == pytest.approx(found.stops.value * 400e3)
    dear = Plan(reveals=("away.price",), stop_cost=Money(amount=600e3))
    found = pilot_study(gamble, "away", dear, Run(4096))
    assert (found.stop.value, found.stops.value) == (0.0, 0.0)


def test_a_pilot_is_worth_what_it_shows(gamble: Scenario) -> None:
    """Less accuracy is worth less, and what has nothing to do with the contract next to nothing."""
    values = [
        pilot_study(gamble, "away", Plan(reveals=("away.price",), accuracy=accuracy), Run(8192)).stop.value
        for accuracy in (0.3, 0.7, 1.0)
    ]
    assert values == sorted(values)
    blind = pilot_study(gamble, "away", Plan(reveals=("weather",)), Run(8192))
    # Going on costs 10 x 5k too much on average, so that one who knows nothing stops always.
    assert blind.stop.value == pytest.approx(50e3, abs=4 * 450e3 / 8192**0.5 + 1)
    with pytest.raises(ValueError, match="nothing uncertain that a pilot of away shows"):
        pilot_study(gamble, "away", Plan(), Run(8))
    with pytest.raises(ValueError, match="no uncertain input"):
        pilot_study(gamble, "away", Plan(reveals=("moon",)), Run(8))


def test_a_pilot_that_the_file_does_not_have(gamble: Scenario) -> None:
    """A longer pilot of a smaller part in place of the file's: what it costs is in the delay."""
    found = pilot_study(gamble, "away", Plan(share=0.0, months=6, reveals=("away.price",)), Run(4096))
    assert found.stop.value == pytest.approx(found.stops.value * 300e3)
