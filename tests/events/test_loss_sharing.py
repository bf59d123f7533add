"""Vendor's liability and insurance: layers by hand, expectations against simulation."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from bposim.events.arrivals import Events
from bposim.events.loss_sharing import Insurance, Recovery, expected_net_loss, net_losses
from bposim.inputs.number import EventSize

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.world.world import World

    Still = Callable[..., World]


def events(month: list[int], trial: list[int], luck: list[float] | None = None) -> Events:
    """Return events at rows of months and columns of trials."""
    chance = np.array(luck) if luck is not None else np.zeros(len(month))
    return Events(np.array(month), np.array(trial), np.zeros(len(month)), chance)


def terms(recovery: Recovery | None = None, insurance: Insurance | None = None) -> Any:  # noqa: ANN401 - a stand-in for a risk
    """Return what a risk says about sharing its losses."""
    return SimpleNamespace(recovery=recovery, insurance=insurance)


def test_layer_by_hand(still: Still) -> None:
    """Below the retention nothing is paid, above it the excess, and never more than the limit."""
    losses = np.array([30.0, 100.0, 180.0, 500.0])
    sharing = terms(insurance=Insurance(retention=100.0, limit=300.0))
    left = net_losses(sharing, losses, events([0, 1, 2, 3], [0, 0, 0, 0]), 0.0, still(12))
    assert left.tolist() == [30.0, 100.0, 100.0, 200.0]


def test_aggregate_bounds_each_year_of_each_trial(still: Still) -> None:
    """Paid 100 + 300 in a year with an aggregate of 200: each at half; other years and trials in full."""
    losses = np.array([200.0, 400.0, 250.0, 400.0])
    when = events([0, 11, 12, 5], [0, 0, 0, 1])
    sharing = terms(insurance=Insurance(retention=100.0, limit=1000.0, aggregate=200.0))
    left = net_losses(sharing, losses, when, 0.0, still(24, 2))
    assert left == pytest.approx([200 - 50, 400 - 150, 250 - 150, 400 - 200])


def test_aggregate_that_is_not_reached_is_as_good_as_none(still: Still) -> None:
    """An aggregate of a billion changes nothing, also where a loss stays below the retention."""
    losses, when = np.array([50.0, 180.0]), events([0, 1], [0, 1])
    layers = (Insurance(retention=100.0, limit=300.0, aggregate=most) for most in (None, 1e3, 1e9))
    left = [net_losses(terms(insurance=layer), losses, when, 0.0, still(12, 2)).tolist() for layer in layers]
    assert left == [[50.0, 100.0]] * 3


def test_aggregate_of_nothing_pays_nothing(still: Still) -> None:
    """With an aggregate of 0 the insured bears everything."""
    sharing = terms(insurance=Insurance(retention=100.0, limit=300.0, aggregate=0.0))
    losses = np.array([50.0, 180.0])
    assert net_losses(sharing, losses, events([0, 1], [0, 1]), 0.0, still(12, 2)).tolist() == [50.0, 180.0]


def test_uncertain_layer_is_that_of_the_trial(still: Still) -> None:
    """Retention, limit and aggregate that are drawn once a trial hold for the events of that trial."""
    layer = Insurance(retention=0.0, limit=0.0).model_copy(
        update={
            "retention": np.array([10.0, 50.0]),
            "limit": np.array([60.0, 70.0]),
            "aggregate": np.array([40.0, 500.0]),
        }
    )
    left = net_losses(
        terms(insurance=layer), np.array([100.0, 100.0]), events([0, 0], [0, 1]), 0.0, still(12, 2)
    )
    assert left == pytest.approx([100 - 40, 100 - 50])


def test_recovery_by_hand(still: Still) -> None:
    """The claim succeeds where luck is below ρ; the vendor pays at most its months of fees."""
    fees = np.array([[10.0], [20.0], [0.0]])
    losses = np.array([25.0, 100.0, 100.0, 70.0])
    when = events([0, 0, 1, 2], [0, 1, 0, 1], [0.2, 0.6, 0.2, 0.2])
    left = net_losses(terms(Recovery(probability=0.5, liability_cap=3.0)), losses, when, fees, still(3, 2))
    assert left.tolist() == [0.0, 100.0, 40.0, 70.0]


def test_vendor_pays_before_the_insurer(still: Still) -> None:
    """A loss of 500, 120 from the vendor, then the layer above 100: 100 stays, or what tops the limit."""
    both = terms(Recovery(probability=1.0, liability_cap=12.0), Insurance(retention=100.0, limit=200.0))
    left = net_losses(both, np.array([500.0, 250.0]), events([0, 0], [0, 1]), 10.0, still(12, 2))
    assert left.tolist() == [500 - 120 - 200, 100]


@pytest.mark.parametrize(
    "severity",
    [
        {"lognormal": {"mean": 400, "sigma": 1.3}},
        {"lognormal": {"mean": 400, "sigma": 1.3, "max": 3000}},
        350,
    ],
)
@pytest.mark.parametrize(
    "recovery", [None, Recovery(probability=0.4, liability_cap=6.0), Recovery(probability=1.0)]
)
@pytest.mark.parametrize(
    "insurance", [None, Insurance(retention=100.0, limit=500.0), Insurance(retention=0.0, limit=100.0)]
)
def test_expected_net_loss(
    still: Still,
    severity: dict[str, Any] | int,
    recovery: Recovery | None,
    insurance: Insurance | None,
) -> None:
    """The deterministic twin's loss, from limited expected values, is the mean of simulated net losses."""
    size: Any = TypeAdapter(EventSize).validate_python(severity)
    trials = 100_000
    rng = np.random.default_rng(53)
    each = Events(
        np.zeros(trials, dtype=int), np.arange(trials), rng.standard_normal(trials), rng.uniform(size=trials)
    )
    left = net_losses(terms(recovery, insurance), size.from_normal(each.size), each, 40.0, still(12, trials))
    expected = float(np.asarray(expected_net_loss(terms(recovery, insurance), size, 40.0)))
    error = left.std(ddof=1) / math.sqrt(trials)
    assert abs(left.mean() - expected) <= 4 * error + 1e-9


def test_expected_net_loss_follows_the_fees() -> None:
    """The cap is in months of fees, so the expectation differs by month: a loss of 100 by hand."""
    size: Any = TypeAdapter(EventSize).validate_python(100)
    fees = np.array([[0.0], [5.0], [50.0]])
    expected = expected_net_loss(terms(Recovery(probability=0.25, liability_cap=10.0)), size, fees)
    assert np.asarray(expected)[:, 0] == pytest.approx([100.0, 75 + 0.25 * 50, 75.0])
