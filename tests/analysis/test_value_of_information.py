"""Value of information: the published cases, closed forms, what always holds, coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from bposim.analysis.comparison import evpi
from bposim.analysis.measures import Estimate
from bposim.analysis.value_of_information import (
    Study,
    evppi,
    evsi,
    evsi_by_moments,
    evsi_of_outcomes,
    resolution,
    spend_here_first,
)

TRIALS = 200_000


def within(truth: float, estimate: Estimate) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


def unit_loss(mean: float, sd: float) -> float:
    """E[max(B, 0)] - max(E[B], 0) of a normal benefit B: what knowing B is worth."""
    return sd * float(norm.pdf(mean / sd)) - abs(mean) * float(norm.sf(abs(mean) / sd))


# --- published cases ----------------------------------------------------------------------------------


def test_p15_two_normals() -> None:
    """P15: EVPPI 0.39894 and 0.79788, together the EVPI of 0.89206."""
    rng = np.random.default_rng(90)
    first, second = rng.normal(0, 1, TRIALS), rng.normal(0, 2, TRIALS)
    costs = {"stay": np.zeros(TRIALS), "move": -(first + second)}
    found = {each.name: each for each in evppi(costs, {"p1": first, "p2": second}, {"both": ["p1", "p2"]})}
    assert list(found) == ["both", "p2", "p1"]
    assert within(0.3989422804014327, found["p1"].value)
    assert within(0.7978845608028654, found["p2"].value)
    assert within(0.8920620580763856, found["both"].value)
    assert found["p1"].value.value == pytest.approx(0.39894, rel=0.03)
    assert found["both"].value.value <= evpi(costs).value


def test_p18_campaign_and_p19_make_or_buy() -> None:
    """One driver decides everything, so its EVPPI is the published EVPI: 208,954 and 416.58."""
    rng = np.random.default_rng(91)
    units = rng.normal(225_000, 75_000 / 1.6448536269514722, TRIALS)
    campaign = evppi({"campaign": 5e6 - 25 * units, "none": np.zeros(TRIALS)}, {"units": units})[0]
    assert within(208_954.0079386698, campaign.value)
    assert campaign.value.value == pytest.approx(208_954, rel=0.02)
    assert campaign.changes == pytest.approx(0.291748, abs=0.005)
    q = rng.normal(1100, 100, TRIALS)
    assert within(416.57735293843143, evppi({"make": 50_000 + 125 * q, "buy": 175 * q}, {"q": q})[0].value)


def test_p20_rework() -> None:
    """Every combination many times over: learning the outsourcer's rework alone is worth 5,250, not 6,300.

    Outsourcing costs 105,000 with rework (70 %), 80,000 without; in-house 100,000 on average.  Knowing the
    outsourcer's: 0.7 x 5,000 = 3,500.  Knowing in-house (145,000 or 95,000, against 97,500):
    0.9 x 2,500 = 2,250.
    """
    inside = np.tile(np.repeat([1.0] + [0.0] * 9, 10), 100)
    outside = np.tile([1.0] * 7 + [0.0] * 3, 1000)
    costs = {"in-house": 95_000 + 50_000 * inside, "outsource": 80_000 + 25_000 * outside}
    found = {
        each.name: each.value.value
        for each in evppi(costs, {"inside": inside, "outside": outside}, {"both": ["inside", "outside"]})
    }
    assert found == pytest.approx({"both": 6300.0, "outside": 3500.0, "inside": 2250.0}, rel=1e-9)


def test_p21_network_upgrade() -> None:
    """24 against 20; knowing whether the upgrade pays is worth 8, more than the study's 4."""
    pays = np.tile([1.0, 1.0, 1.0, 0.0, 0.0], 200)
    costs = {"current": np.full(1000, -20.0), "upgrade": -40.0 * pays}
    assert evppi(costs, {"pays": pays})[0].value.value == pytest.approx(8.0, rel=1e-12)
    perfect = evsi_of_outcomes(costs, {"good": pays, "bad": 1 - pays})
    assert perfect.value == pytest.approx(8.0, rel=1e-12)
    best = spend_here_first([Study("study", perfect, 4.0), Study("palm reading", Estimate(0.0, 0.0), 1.0)])
    assert [(study.name, study.net.value) for study in best] == [("study", pytest.approx(4.0))]


# --- closed forms -------------------------------------------------------------------------------------


def test_a_curved_benefit_needs_a_curved_regression() -> None:
    """Benefit x^2 - 1.2, where a straight line sees nothing: E[max(., 0)] in closed form."""
    x = np.random.default_rng(92).standard_normal(TRIALS)
    edge = math.sqrt(1.2)
    truth = 2 * (edge * norm.pdf(edge) + norm.sf(edge)) - 1.2 * 2 * norm.sf(edge)
    assert within(truth, evppi({"stay": np.zeros(TRIALS), "move": 1.2 - x**2}, {"x": x})[0].value)


def test_three_alternatives() -> None:
    """Costs -x, -y and 0 with independent normals: EVPPI of x is E[max(x, 0)], of both E[max(x, y, 0)]."""
    x, y = np.random.default_rng(93).standard_normal((2, TRIALS))
    costs = {"x": -x, "y": -y, "none": np.zeros(TRIALS)}
    found = {each.name: each.value for each in evppi(costs, {"x": x, "y": y}, {"both": ["x", "y"]})}
    assert within(1 / math.sqrt(2 * math.pi), found["x"])
    # E[max(x, y, 0)]: the positive part of x, and of y - x beyond it, each by its half-normal mean.
    assert within((1 + 1 / math.sqrt(2)) / math.sqrt(2 * math.pi), found["both"])


def test_a_group_that_acts_only_together() -> None:
    """Benefit = product of two drivers: each alone is worth nothing, together E|xy| / 2 = 1 / pi."""
    x, y = np.random.default_rng(94).standard_normal((2, 50_000))
    costs = {"stay": np.zeros(50_000), "move": -x * y}
    found = {each.name: each.value for each in evppi(costs, {"x": x, "y": y}, {"both": ["x", "y"]})}
    assert within(1 / math.pi, found["both"])
    assert found["x"].value < 0.02
    assert found["y"].value < 0.02


@pytest.mark.parametrize("resolved", [0.0, 0.2, 0.7, 1.0])
def test_a_study_of_a_normal_driver(resolved: float) -> None:
    """EVSI of a normal benefit of mean 0.3 that a study resolves in part, by moments and by result."""
    rng = np.random.default_rng(95)
    x, error = rng.normal(0.3, 1, TRIALS), rng.standard_normal(TRIALS)
    costs = {"stay": np.zeros(TRIALS), "move": -x}
    truth = unit_loss(0.3, math.sqrt(resolved)) if resolved else 0.0
    by_moments = evsi_by_moments(costs, {"x": x}, resolved)
    assert by_moments.value == pytest.approx(truth, abs=1e-12) if not resolved else within(truth, by_moments)
    signal = math.sqrt(resolved) * (x - 0.3) + math.sqrt(1 - resolved) * error
    assert evsi(costs, {"signal": signal}).value == pytest.approx(truth, abs=0.01)
    if resolved == 1:
        assert by_moments.value == pytest.approx(evppi(costs, {"x": x})[0].value.value, rel=1e-6)


def test_a_reference_check_by_hand() -> None:
    """Good vendor (60 %) saves 10, bad one loses 20; the check clears a good one with 0.9, bad with 0.3.

    Without: stay (0.6 x 10 - 0.4 x 20 = -2).  "Clear": 0.54 x 10 - 0.12 x 20 = 3, move; "warn": stay.
    """
    good = np.tile([1.0, 1.0, 1.0, 0.0, 0.0], 100)
    costs = {"stay": np.zeros(500), "move": np.where(good == 1, -10.0, 20.0)}
    clear = np.where(good == 1, 0.9, 0.3)
    assert evsi_of_outcomes(costs, {"clear": clear, "warn": 1 - clear}).value == pytest.approx(3.0, rel=1e-12)
    useless = evsi_of_outcomes(costs, {"heads": np.full(500, 0.5), "tails": np.full(500, 0.5)})
    assert useless.value == 0.0
    with pytest.raises(ValueError, match="add up to 1"):
        evsi_of_outcomes(costs, {"clear": clear})


def test_resolution_of_a_pilot() -> None:
    """Prior sd 2, noise sd 4: four months of pilot resolve half of the variance; none resolve nothing."""
    assert resolution(2.0, 4.0, 4) == 0.5
    assert resolution(2.0, 4.0, 0) == 0.0
    assert resolution(2.0, 0.0, 1) == 1.0
    assert resolution(0.0, 4.0, 4) == 0.0
    with pytest.raises(ValueError, match="not negative"):
        resolution(1.0, 1.0, -1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        evsi_by_moments({"a": np.zeros(9), "b": np.ones(9)}, {"x": np.arange(9.0)}, 1.5)


# --- what always holds --------------------------------------------------------------------------------


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(40, 400))
def test_between_nothing_and_perfect_and_growing_with_the_group(
    seed: int, alternatives: int, trials: int
) -> None:
    """0 <= EVPPI <= EVPI and never less for a larger group, in small noisy samples, where estimates fail."""
    rng = np.random.default_rng([96, seed])
    x = rng.standard_normal((3, trials))
    mix = rng.standard_normal((alternatives, 3)) * rng.integers(0, 2, (alternatives, 3))
    costs = {f"a{i}": row @ x + rng.standard_normal(trials) for i, row in enumerate(mix)}
    drivers = {"x": x[0], "y": x[1], "z": x[2]}
    groups = {"xy": ["x", "y"], "xyz": ["x", "y", "z"]}
    value = {each.name: each.value.value for each in evppi(costs, drivers, groups)}
    limit = evpi(costs).value
    assert all(0 <= each <= limit for each in value.values())
    assert max(value["x"], value["y"]) <= value["xy"] <= value["xyz"]
    assert value["z"] <= value["xyz"]


def test_drivers_of_nothing_are_worth_next_to_nothing() -> None:
    """Two alternatives a hair apart and eight idle drivers: a fit judged on its own trials finds 0.033.

    What is left is the choice of the best member where nothing is to be found, less than the standard error
    of a single mean, 0.045.
    """
    rng = np.random.default_rng(97)
    alone, together = [], []
    for _ in range(60):
        benefit, *idle = rng.standard_normal((9, 500))
        drivers = {f"x{i}": x for i, x in enumerate(idle)}
        costs = {"a": np.zeros(500), "b": -benefit}
        value = {each.name: each.value.value for each in evppi(costs, drivers, {"all": list(drivers)})}
        alone.append(value["x0"])
        together.append(value["all"])
    assert np.mean(alone) < 0.006
    assert np.mean(together) < 0.022


def test_intervals_cover() -> None:
    """300 runs of 2,000 trials with a noisy benefit of mean -0.3; the errors are those that the runs show."""
    rng = np.random.default_rng(98)
    truth = np.array([unit_loss(0.3, 1), unit_loss(0.3, math.sqrt(0.5))])
    values, errors, hits = [], [], np.zeros(2)
    for _ in range(300):
        x, noise = rng.standard_normal((2, 2000))
        costs = {"stay": np.zeros(2000), "move": 0.3 - x + 3 * noise}
        found = [evppi(costs, {"x": x})[0].value, evsi_by_moments(costs, {"x": x}, 0.5)]
        hits += [each.low <= true <= each.high for each, true in zip(found, truth, strict=True)]
        values.append([each.value for each in found])
        errors.append([each.se for each in found])
    assert hits / 300 == pytest.approx([0.95, 0.95], abs=4 * math.sqrt(0.95 * 0.05 / 300))
    assert np.mean(errors, axis=0) == pytest.approx(np.std(values, axis=0), rel=4 / math.sqrt(600))


def test_unknown_drivers_are_refused() -> None:
    """A misspelt driver would otherwise be worth nothing in silence."""
    with pytest.raises(ValueError, match="does not have: wage"):
        evppi({"a": np.zeros(9), "b": np.ones(9)}, {"x": np.arange(9.0)}, {"g": ["wage"]})
