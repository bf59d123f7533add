"""What one event costs: factors, caps and Pareto tails against closed forms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy.stats import genpareto, lognorm, norm

from bposim.analysis.summary import event_sizes, summarise
from bposim.engine import simulate
from bposim.events.arrivals import Events
from bposim.events.severity import Loss, with_tail
from bposim.inputs.number import EventSize
from bposim.risks.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.inputs.distribution import Distribution
    from bposim.scenario import Scenario

LOGNORMAL = {"lognormal": {"median": 100, "sigma": 1.0}}
PARETO = {"generalised_pareto": {"threshold": 300, "shape": 0.4, "scale": 120}}


def size(data: Any) -> Distribution:  # noqa: ANN401 - as a file would write it
    """Return an event size."""
    distribution: Distribution = TypeAdapter(EventSize).validate_python(data)
    return distribution


def events(z: list[float], trials: list[int]) -> Events:
    """Return events of month 1 by the normal mark of their size."""
    return Events(np.zeros(len(z), dtype=int), np.array(trials), np.array(z), np.zeros(len(z)))


def test_loss_by_hand() -> None:
    """min(k X, c): factor and cap may differ by trial."""
    loss = Loss(
        size({"normal": {"mean": 100, "sd": 10, "min": 0}}), np.array([2.0, 0.5]), np.array([210.0, 1e9])
    )
    assert loss.drawn(events([0.0, 1.0, -1.0], [0, 0, 1])) == pytest.approx([200.0, 210.0, 45.0])


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 7.0])
@pytest.mark.parametrize("most", [150.0, math.inf])
def test_limited_mean_of_a_scaled_and_capped_loss(factor: float, most: float) -> None:
    """Of X uniform on 0..100 by hand: E[min(kX, a)] = a - a²/(2 · 100 k) for a up to 100 k."""
    loss = Loss(size({"uniform": {"low": 0, "high": 100}}), factor, most)

    def expected(cap: float) -> float:
        a, top = min(cap, most), 100 * factor
        return top / 2 if a >= top else a - a * a / (2 * top)

    for cap in (0.0, 20.0, 80.0, 400.0, math.inf):
        assert float(np.asarray(loss.limited_mean(cap))) == pytest.approx(expected(cap), rel=1e-9)
    assert float(np.asarray(loss.mean)) == pytest.approx(expected(math.inf), rel=1e-9)


def test_loss_of_each_month_and_trial() -> None:
    """A factor that changes by month and a cap that differs by trial give an expectation for each."""
    loss = Loss(size(100), np.array([[1.0], [2.0], [0.0]]), np.array([150.0, 500.0]))
    assert np.asarray(loss.mean).tolist() == [[100.0, 100.0], [150.0, 200.0], [0.0, 0.0]]


def test_tail_above_the_threshold() -> None:
    """Below it nothing changes; above, P(X > x) is the body's chance to get there × the Pareto's beyond."""
    whole = with_tail(size(LOGNORMAL), size(PARETO))
    body = lognorm(1.0, scale=100)
    x = np.array([20.0, 100.0, 290.0])
    assert whole.cdf(x) == pytest.approx(body.cdf(x), rel=1e-12)
    x = np.array([301.0, 1000.0, 20_000.0])
    assert whole.sf(x) == pytest.approx(body.sf(300) * genpareto(0.4, 300, 120).sf(x), rel=1e-11)
    z = np.array([-2.0, 0.5, norm.isf(body.sf(300) / 10)])
    drawn = [*body.ppf(norm.cdf(z[:2])), genpareto(0.4, 300, 120).isf(0.1)]
    assert whole.from_normal(z) == pytest.approx(drawn, rel=1e-6)


def test_mean_of_a_spliced_severity() -> None:
    """E[X; X <= u] + P(X > u) (u + σ/(1-ξ)), and layers that straddle the threshold."""
    whole, body = with_tail(size(LOGNORMAL), size(PARETO)), lognorm(1.0, scale=100)
    above = body.sf(300)
    below = 100 * math.exp(0.5) * norm.cdf(math.log(3) - 1)
    assert whole.mean == pytest.approx(below + above * (300 + 120 / 0.6), rel=1e-12)
    excess = 120 / 0.6 * (1 - (1 + 0.4 * 200 / 120) ** (-0.6 / 0.4))
    assert whole.limited_mean(500.0) == pytest.approx(below + above * (300 + excess), rel=1e-12)


@pytest.mark.parametrize(
    ("severity", "tail", "message"),
    [
        (LOGNORMAL, {"generalised_pareto": {"shape": 1.2, "scale": 9}}, "choose a lighter tail or add max"),
        (LOGNORMAL, {"generalised_pareto": {"shape": 0.2, "scale": 9}}, "below every loss of severity"),
        ({"uniform": {"low": 1, "high": 2}}, PARETO, "above every loss of severity"),
        ({"discrete": {"values": [1, 500], "weights": [1, 1]}}, PARETO, "discrete cannot be cut off"),
        (None, PARETO, "give severity or records"),
    ],
)
def test_tails_that_cannot_be(severity: dict[str, Any] | None, tail: dict[str, Any], message: str) -> None:
    """Each is refused on reading, in plain words."""
    data = {"per_year": 1, "tail": tail} | ({"severity": severity} if severity else {})
    with pytest.raises(ValidationError, match=message):
        Breach.model_validate(data)


def test_severity_or_records() -> None:
    """One of the two, and a tail continues a severity only."""
    records = {"number": 10, "cost_each": 100}
    with pytest.raises(ValidationError, match="give severity or records"):
        Breach.model_validate({"per_year": 1, "severity": 5, "records": records})
    with pytest.raises(ValidationError, match="give severity instead of records"):
        Breach.model_validate({"per_year": 1, "tail": PARETO, "records": records})


def two_desks(breach: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario with the same breach on both sides."""
    leg = {"vendor": {"price": {"fixed_fee": {"amount": 1000}}, "risks": {"breach": breach}}}
    return {
        "months": 12,
        "discount_rate": "0%",
        "world": {"volume": {"unit": "call", "per_month": 10}},
        "alternatives": {"old": {"baseline": True, "legs": [leg]}, "new": {"legs": [leg]}},
        "preferences": {"rank_by": "certainty_equivalent", "risk_tolerance": 100_000},
    }


def test_tail_and_records_are_event_sizes(read: Callable[[dict[str, Any]], Scenario]) -> None:
    """They are listed with the event sizes, never drawn once a trial; a heavy one has no equivalent."""
    capped = {"lognormal": {"median": 100, "sigma": 1, "max": 1000}}
    tailed = read(two_desks({"per_year": 1, "severity": capped, "tail": PARETO}))
    assert {path.rpartition(".")[2] for path in event_sizes(tailed)} == {"severity", "tail"}
    assert tailed.uncertain.names == ()
    warnings = summarise(simulate(tailed, trials=50)).warnings
    assert any("tail has no maximum and a heavy tail" in warning for warning in warnings)
    counted = read(two_desks({"per_year": 1, "records": {"number": LOGNORMAL, "cost_each": 9}}))
    assert {path.rpartition(".")[2] for path in event_sizes(counted)} == {"number"}
    assert counted.uncertain.names == ()
