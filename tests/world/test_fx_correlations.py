"""Correlated currencies: what is asked for is got, and what is impossible is refused."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from bposim.inputs.correlations import CorrelationError
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.world.fx_correlations import shock_dependence
from bposim.world.world import World, WorldModel, simulate_world

TRIALS = 4096
FX: dict[str, Any] = {
    "EUR": {"spot": 1.1, "volatility": 0.08},
    "MXN": {"model": "jump_diffusion", "spot": 0.05, "volatility": 0.1, "jumps_per_year": 0.0},
    "PHP": {"spot": 0.017, "volatility": 0.055},
    "PLN": {"spot": 0.27, "volatility": 0.11},
    "INR": {"model": "mean_reverting", "spot": 0.01, "volatility": 0.05, "half_life": 1000.0},
    "AED": 0.2723,
}


def world(rows: list[list[str]], draws: Any = None) -> World:  # noqa: ANN401 - either kind of draws
    """Return a simulated world of a year."""
    model = {"volume": {"unit": "call", "per_month": 1.0}, "fx": FX, "fx_correlations": rows}
    return simulate_world(
        WorldModel.model_validate(model), draws or StreamDraws(9, 0, TRIALS), 12, (2027, 1), "USD"
    )


def test_correlations_asked_are_got() -> None:
    """Pearson correlation of monthly log changes, within 4 standard errors: given pairs, and 0 elsewhere."""
    asked = {
        ("PHP", "PLN"): 0.48,
        ("EUR", "PLN"): 0.87,
        ("EUR", "PHP"): 0.43,
        ("MXN", "PLN"): 0.5,
        ("EUR", "MXN"): 0.38,
    }
    made = world([[one, other, str(rho)] for (one, other), rho in asked.items()])
    change = {
        name: np.diff(np.log(np.asarray(made.fx[name])), axis=0).ravel() for name in FX if name != "AED"
    }
    for (one, ours), (other, theirs) in combinations(sorted(change.items()), 2):
        rho = asked.get((one, other), 0.0)
        error = np.corrcoef(ours, theirs)[0, 1] - rho
        assert abs(error) <= 4 * (1 - rho**2) / np.sqrt(ours.size), (one, other)


def test_a_correlation_keeps_each_currency_as_it_was() -> None:
    """Only the second of a pair is drawn anew, with the same spread; nobody else moves."""
    before, after = world([]), world([["PLN", "PHP", "-0.6"]])
    for name in ("EUR", "MXN", "PHP", "INR"):
        assert np.array_equal(before.fx[name], after.fx[name])
    ours, theirs = (np.log(np.asarray(made.fx["PLN"])[-1] / 0.27).var() for made in (before, after))
    assert ours != theirs
    assert ours == pytest.approx(theirs, rel=4 * np.sqrt(4 / TRIALS))


def test_perfect_correlation() -> None:
    """At 1 both have the same shocks: the log changes are proportional."""
    made = world([["PHP", "PLN", "1"]])
    php, pln = (np.log(np.asarray(made.fx[name]) / FX[name]["spot"]) for name in ("PHP", "PLN"))
    t = np.arange(1, 13)[:, np.newaxis] / 12
    assert (pln + 0.11**2 / 2 * t) / 0.11 == pytest.approx((php + 0.055**2 / 2 * t) / 0.055, abs=1e-10)


def test_expectation_knows_no_correlation() -> None:
    """The deterministic twin's rates are the expected ones."""
    made = world([["PHP", "PLN", "0.48"]], NoDraws())
    assert np.asarray(made.fx["PLN"]).ravel() == pytest.approx(np.full(12, 0.27))


@pytest.mark.parametrize(
    ("rows", "row", "complaint"),
    [
        ([["PHP", "PLN"]], 0, "give all three"),
        ([["PHP", "PLM", "0.5"]], 0, 'PLM has no exchange rate; did you mean "PLN"'),
        ([["PHP", "PLN", "0.5"], ["PHP", "PHP", "0.5"]], 1, "with itself"),
        ([["PHP", "PLN", "0.5"], ["PLN", "PHP", "0.5"]], 1, "in the list already"),
        ([["PHP", "PLN", "1.1"]], 0, "from -1 to 1"),
        ([["PHP", "PLN", "much"]], 0, "is not a number"),
        ([["PHP", "AED", "0.5"]], 0, "AED is fixed and has no shocks"),
    ],
)
def test_impossible_row_is_named(rows: list[list[str]], row: int, complaint: str) -> None:
    """Each slip is told with the place of its row in the list."""
    models = WorldModel.model_validate({"volume": {"unit": "call", "per_month": 1.0}, "fx": FX}).fx
    with pytest.raises(CorrelationError, match=re.escape(complaint)) as error:
        shock_dependence(rows, models)
    assert error.value.row == row


def test_contradiction_comes_with_a_way_out() -> None:
    """The suggested correlations are possible as they are printed, and near those asked for."""
    models = WorldModel.model_validate({"volume": {"unit": "call", "per_month": 1.0}, "fx": FX}).fx
    rows = [["EUR", "PLN", "0.95"], ["EUR", "PHP", "0.9"], ["PHP", "PLN", "0.2"]]
    with pytest.raises(CorrelationError, match="most of all those between EUR, PHP, PLN") as error:
        shock_dependence(rows, models)
    suggested = [row.split(", ") for row in re.findall(r"\[(.*?)\]", str(error.value))]
    assert len(suggested) == 3
    shock_dependence(suggested, models)
    nearest = {(one, other): float(rho) for one, other, rho in suggested}
    assert nearest["EUR", "PLN"] == pytest.approx(0.8, abs=0.15)
    assert nearest["PHP", "PLN"] == pytest.approx(0.35, abs=0.15)
