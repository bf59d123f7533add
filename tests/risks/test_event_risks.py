"""Data breach and outage as parts of a leg: money, currency, exposure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.events.arrivals import EventNoise
from bposim.operations import Operations
from bposim.risks.breach import Breach
from bposim.risks.outage import Outage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Still = Callable[..., World]

TRIALS = 20_000


def monthly(
    risk: Breach | Outage, world: World, operations: Operations, noise: EventNoise | None
) -> FloatArray:
    """Return the only line of a risk, ``(months, trials)``."""
    (line,) = risk.lines(operations, world, noise)
    assert line.upfront == 0.0
    return np.broadcast_to(line.monthly, (world.months, world.trials))


def at_work(exposure: Any = 1.0, fees: Any = 0.0) -> Operations:  # noqa: ANN401 - paths
    """Return the operations of a leg, as far as these risks read them."""
    return Operations(exposure=exposure, volume=1000.0, headcount=10.0, leaver_share=0.0, fees=fees)


def noise(trials: int = TRIALS) -> EventNoise:
    """Return the random numbers of a risk."""
    return EventNoise(np.random.default_rng(59), trials)


def test_outage_by_hand(still: Still) -> None:
    """Every outage of 5 hours at 40 % through recovery and 300 an hour costs 600; the mean is rate × that."""
    outage = Outage.model_validate({"per_year": 4, "hours": 5, "cost_per_hour": 300, "recovery_factor": 0.4})
    world = still(24, 2000)
    cost = monthly(outage, world, at_work(), noise(2000))
    assert set(np.unique(cost / 600.0).round(12)) <= {float(k) for k in range(10)}
    assert monthly(outage, still(24), at_work(), None)[:, 0] == pytest.approx([200.0] * 24)
    assert abs(cost.sum(axis=0).mean() - 4800) <= 4 * 600 * math.sqrt(8 / 2000)


def test_outage_is_paid_at_the_rate_of_its_month(still: Still) -> None:
    """A cost in a foreign currency follows the exchange rate, in both the simulation and the expectation."""
    terms = {"per_year": 12, "hours": 1, "cost_per_hour": {"amount": 1000, "currency": "EUR"}}
    euro = {
        "EUR": {"model": "mean_reverting", "spot": 1.0, "level": 1.5, "volatility": 0.0, "half_life": 0.5}
    }
    world = still(12, 500, fx=euro)
    rate = np.asarray(world.fx["EUR"])[:, 0]
    assert rate[5] == pytest.approx(math.sqrt(1.5), rel=1e-12)
    outage = Outage.model_validate(terms)
    assert monthly(outage, world, at_work(), None)[:, 0] == pytest.approx(1000 * rate)
    events = monthly(outage, world, at_work(), noise(500)) / (1000 * rate[:, np.newaxis])
    assert events == pytest.approx(events.round())
    assert events.any()


def test_breach_follows_the_live_share(still: Still) -> None:
    """Nothing before go-live; afterwards λ/12 × exposure: half of the work, half of the breaches."""
    exposure = np.repeat([0.0, 0.5, 1.0], 4)[:, np.newaxis]
    breach = Breach.model_validate({"per_year": 6, "severity": {"gamma": {"shape": 2, "scale": 50}}})
    cost = monthly(breach, still(12, TRIALS), at_work(exposure), noise())
    expected = monthly(breach, still(12), at_work(exposure), None)[:, 0]
    assert expected == pytest.approx(np.repeat([0.0, 25.0, 50.0], 4))
    error = cost.std(axis=1, ddof=1) / math.sqrt(TRIALS)
    assert (np.abs(cost.mean(axis=1) - expected) <= 4 * error).all()


def test_each_breach_has_its_own_size(still: Still) -> None:
    """Severity is drawn anew for each event, not once a trial: the variance is λE[X²], not more."""
    breach = Breach.model_validate({"per_year": 5, "severity": {"gamma": {"shape": 2, "scale": 50}}})
    total = monthly(breach, still(12, TRIALS), at_work(), noise()).sum(axis=0)
    spread = (total - 500.0) ** 2
    assert abs(spread.mean() - 5 * 50**2 * 2 * 3) <= 4 * spread.std() / math.sqrt(TRIALS)


def test_breach_with_sharing_expects_what_it_costs(still: Still) -> None:
    """Vendor's liability and an insured layer: the expectation is the simulated mean, month by month."""
    breach = Breach.model_validate(
        {
            "per_year": 2,
            "severity": {"lognormal": {"mean": 400e3, "sigma": 1.1, "max": 5e6}},
            "recovery": {"probability": 0.5, "liability_cap": 6},
            "insurance": {"retention": 100e3, "limit": 1e6},
        }
    )
    fees = np.linspace(0.0, 50e3, 12)[:, np.newaxis]
    cost = monthly(breach, still(12, TRIALS), at_work(1.0, fees), noise())
    expected = monthly(breach, still(12), at_work(1.0, fees), None)[:, 0]
    error = cost.std(axis=1, ddof=1) / math.sqrt(TRIALS)
    assert (np.abs(cost.mean(axis=1) - expected) <= 4 * error).all()
    assert expected[11] < expected[0]


def test_uncertain_rate_is_that_of_the_trial(still: Still) -> None:
    """A rate that is drawn once a trial sets the events of that trial."""
    breach = Breach.model_validate({"per_year": 0, "severity": 100}).model_copy(
        update={"per_year": np.array([0.0, 36.0])}
    )
    cost = monthly(breach, still(12, 2), at_work(), noise(2)).sum(axis=0)
    assert cost[0] == 0.0
    assert cost[1] > 1000.0
