"""Published worked examples as scenario files: what the file says goes in, what was published comes out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case, load, simulate
from bposim.analysis.measures import expected_shortfall, value_at_risk
from bposim.analysis.summary import summarise
from bposim.selftest import CASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.analysis.measures import Estimate
    from bposim.result import BaseCase, Result
    from bposim.shapes import FloatArray

SEED = 7
TRIALS = 32_768
MANY = 131_072
"""For tails and values of information, which few trials decide."""
YEAR_ENDS = "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12]"
MID_YEARS = "[0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0]"


def twin(name: str, **overrides: str) -> dict[str, BaseCase]:
    """Return the deterministic twin of a case; a dot in a path is written as two underscores."""
    return base_case(load(CASES / name, {path.replace("__", "."): v for path, v in overrides.items()}))


def savings(name: str, **overrides: str) -> dict[str, float]:
    """Return the saving of each alternative in the twin; the baseline stands first in the file."""
    cases = twin(name, **overrides)
    baseline = next(iter(cases.values()))
    return {alternative: baseline.total - case.total for alternative, case in cases.items()}


@cache
def run(name: str, trials: int = TRIALS) -> Result:
    """Return one simulation of a case."""
    return simulate(load(CASES / name), trials, SEED)


def mean_is(expected: float, sample: FloatArray) -> bool:
    """Whether the sample's mean is within four standard errors of what was published."""
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / np.sqrt(sample.size))


def probability_is(expected: float, happened: NDArray[np.bool_]) -> bool:
    """Whether the share of trials is within four standard errors of a published probability."""
    error = np.sqrt(expected * (1.0 - expected) / happened.size)
    return bool(abs(happened.mean() - expected) <= 4 * error)


def estimated(expected: float, found: Estimate) -> bool:
    """Whether a reported figure is within four of its own standard errors of what was published."""
    return found.se is not None and abs(found.value - expected) <= 4 * found.se


# --- inputs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mean", "sd", "q05", "q95"),
    [
        ("wide", 7.0, 3.04724700110022, 2.8711497148794694, 12.72761708442259),
        ("share", 1 / 3, 0.11055415967851331, 0.16569943519899663, 0.5279724319279286),
        ("flat", 0.3666666666666667, 0.14907119849998596, 0.14061579056808052, 0.6203043236176113),
    ],
)
def test_p01_pert(name: str, mean: float, sd: float, q05: float, q95: float) -> None:
    """Protects three-point inputs from the file to the drawn cost: mean, spread and both tails."""
    drawn = run("p01-pert.yaml").costs[name]
    assert twin("p01-pert.yaml")[name].total == pytest.approx(mean, rel=1e-12)
    assert mean_is(mean, drawn)
    assert mean_is(sd**2, (drawn - mean) ** 2)
    assert probability_is(0.05, drawn <= q05)
    assert probability_is(0.95, drawn <= q95)


def test_p02_lognormal() -> None:
    """Protects percentiles in the file: the twin's cost is the published mean of the distribution."""
    totals = {name: case.total for name, case in twin("p02-lognormal.yaml").items()}
    assert totals == pytest.approx({"small": 4.040012826945727, "large": 5922706.833511315}, rel=1e-9)


# --- losses -------------------------------------------------------------------------------------------

LOSSES = "p03-p08-v12-v19-losses.yaml"


@pytest.mark.parametrize(
    ("name", "mean", "variance"),
    [
        ("p03-rare", 0.4040012826945727, None),
        ("p03-often", 12.12003848083718, None),
        ("p05", 0.85, 1.5055),
        ("p06", 4.2875, 3.5619517121937516**2),
        ("p07", 3000.0, 2190.8902300206646**2),
        ("p08", 5 * (80.0 + 80.0 + 40.0), 5 * (8_000.0 + 40_000.0 + 40_000.0)),
        ("v12", 60 * np.exp(3.55), 60 * np.exp(8.2)),
        ("v19", 3.0, None),
    ],
)
def test_moments_of_a_year_of_losses(name: str, mean: float, variance: float | None) -> None:
    """Protects frequency and size of events through the whole engine: mean λE[X], variance λE[X²].

    Of a variance without a fourth moment (V19) and of one that the case does not give only the mean is held.
    """
    loss = run(LOSSES).costs[name]
    assert twin(LOSSES)[name].total == pytest.approx(mean, rel=1e-9)
    assert mean_is(mean, loss)
    if variance is not None:
        assert mean_is(variance, (loss - mean) ** 2)


def test_v19_variance() -> None:
    """Protects the second moment of a heavy tail: λE[X²] = 12 from the severity of the file."""
    leg = load(CASES / LOSSES).alternatives["v19"].legs[0]
    risks: Any = leg.body.risks  # its fields are the kinds of risk found when it is imported
    severity = risks.data_loss.severity
    assert 3 * (severity.variance + severity.mean**2) == pytest.approx(12.0, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "total", "probability"),
    [
        *(("p05", s, p) for s, p in enumerate((0.6, 0.12, 0.166, 0.07, 0.033, 0.01, 0.001))),
        ("p06", 0, 0.1737739434504451),
        ("p06", 1, 0.0608208802076558),
        ("p06", 2, 0.13228541445165137),
        ("p06", 3, 0.10463725599058785),
        ("p06", 4, 0.1170367961675059),
        ("p06", 5, 0.09324854933945848),
        ("p08", 600, 0.059892862214093054),
    ],
)
def test_probability_of_one_total(name: str, total: float, probability: float) -> None:
    """Protects whole distributions of losses, total by total."""
    assert probability_is(probability, np.abs(run(LOSSES).costs[name] - total) < 1e-9)


@pytest.mark.parametrize(
    ("loss", "probability"),
    [
        (0, 0.0820849986238988),
        (500, 0.10955001083722471),
        (1000, 0.18672473239569803),
        (2000, 0.3755291437638643),
        (3000, 0.5612774644661044),
        (5000, 0.8272834305173064),
        (8000, 0.9723333987640276),
    ],
)
def test_p07_distribution(loss: float, probability: float) -> None:
    """Protects the distribution of continuous losses and its atom at nothing."""
    assert probability_is(probability, run(LOSSES).costs["p07"] <= loss)


def test_p06_quantiles() -> None:
    """Protects high quantiles of a discrete total: published 11 and 15."""
    loss = np.round(run(LOSSES).costs["p06"], 9)
    assert np.quantile(loss, [0.95, 0.99]).tolist() == [11.0, 15.0]


def test_v12_is_no_normal() -> None:
    """Protects the tail: beyond 2.807 sd lie 0.0097 of the probability where a normal would have 0.0025."""
    loss = run(LOSSES).costs["v12"]
    beyond = loss > 60 * np.exp(3.55) + 2.8070337683438042 * np.sqrt(60 * np.exp(8.2))
    assert probability_is(0.0097, beyond)


def test_p04_tail() -> None:
    """Protects value at risk and shortfall as a run reports them, and at 99 %."""
    result = run("p04-shortfall.yaml", MANY)
    figures = summarise(result).alternatives
    assert estimated(10 + 1.6448536269514722, figures["normal"].cost.p95)
    assert estimated(10 + 2.0627128075074275, figures["normal"].cost.es95)
    assert estimated(5.180251602233013, figures["lognormal"].cost.p95)
    assert estimated(8.557226866796718, figures["lognormal"].cost.es95)
    normal = result.costs["normal"]
    assert estimated(10 + 2.665214220345808, expected_shortfall(normal, 0.99))
    assert estimated(10 + 2.3263478740408408, value_at_risk(normal, 0.99))


# --- paths --------------------------------------------------------------------------------------------


def test_p09_random_walk() -> None:
    """Protects a currency from the file to the bill: mean, variance and quantiles after three years."""
    rate = run("p09-p10-exchange-rates.yaml").costs["p09"]
    assert twin("p09-p10-exchange-rates.yaml")["p09"].total == pytest.approx(90.81646554753246, rel=1e-9)
    assert mean_is(90.81646554753246, rate)
    assert mean_is(8.671095379157183**2, (rate - 90.81646554753246) ** 2)
    assert probability_is(0.05, rate <= 77.29349155944213)
    assert probability_is(0.95, rate <= 105.74139682388886)


def test_p10_mean_reversion() -> None:
    """Protects half-life and level: the log reverts from 3 to 0 as the published process from 83 to 80.

    The model keeps the mean of the rate, and not of its log, on the curve: half of the variance is added.
    """
    variance = 0.07873096011699353**2
    log = np.log(run("p09-p10-exchange-rates.yaml").costs["p10"]) + variance / 2
    assert mean_is(0.27215385986824, log)
    assert mean_is(variance, (log - 0.27215385986824) ** 2)


# --- present values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "value"), [("28.1%", -0.00847859163845488), ("28.094842115996116%", 0.0)])
def test_p11_small_project(rate: str, value: float) -> None:
    """Protects discounting of month 0 and of year-ends: the published value, and 0 at the internal rate."""
    found = savings("p11-small-project.yaml", discount_rate=rate)
    assert found["project"] == pytest.approx(value, abs=1e-10)


def test_p11_large_project() -> None:
    """Protects the same at 8 %."""
    assert savings("p11-large-project.yaml")["project"] == pytest.approx(3065.2226681795255, rel=1e-11)


@pytest.mark.parametrize(
    ("season", "value"), [(YEAR_ENDS, 4.185181849985254), (MID_YEARS, 4.369458130937534)]
)
def test_p12_growing_annuity(season: str, value: float) -> None:
    """Protects indexation and discounting together: the first rise comes with the second year's bill."""
    found = twin("p12-growing-annuity.yaml", world__volume__season=season)
    assert found["annuity"].total == pytest.approx(value, rel=1e-9)


def test_v3_flexibility() -> None:
    """Protects make or buy over years: both values, and what expected demand leaves of making."""
    found = savings("v3-flexibility.yaml")
    assert round(found["make"], 2) == 44_649.61
    assert round(found["buy"], 2) == 27_232.48
    tree = "[{from_month: 2028-01, factor: 0.905}, {from_month: 2029-01, factor: 0.9895027624309392}]"
    expected = savings("v3-flexibility.yaml", world__volume__steps=tree)["make"]
    assert round(expected, 2) == 9_361.84
    assert round(found["buy"] - expected, 2) == 17_870.64


def test_v4_saving_per_employee() -> None:
    """Protects a rate that is compounded monthly, written as the effective one."""
    assert round(savings("v4-saving-per-employee.yaml")["outsource"] / 51) == 104_830


# --- contracts ----------------------------------------------------------------------------------------

CREDITS = "v13-v14-service-credits.yaml"


def test_v13_credit_from_a_pool() -> None:
    """Protects at risk × pool × allocation, and the cap where several promises are missed."""
    found = twin(CREDITS)
    assert found["v13"].categories["service_credits"] == pytest.approx(-2_000, rel=1e-12)
    assert found["v13-capped"].categories["service_credits"] == pytest.approx(-10_000, rel=1e-12)


@pytest.mark.parametrize(
    ("points", "credit"),
    [(4, 0), (5, 0), (9, 0), (10, 2), (14, 2), (15, 4), (20, 6), (25, 8), (29, 8), (30, 10), (60, 10)],
)
def test_v14_credit_by_table(points: int, credit: int) -> None:
    """Protects a table of credits: on its steps and between them."""
    found = twin(CREDITS, **{"v14.sla.metrics.on-time.miss_rate": f"{points}%"})
    assert found["v14"].categories["service_credits"] == pytest.approx(-1_000 * credit, rel=1e-12, abs=1e-9)


def test_v16_incentive() -> None:
    """Protects the incentive below the target: cost, fee, and the vendor's share of what was saved."""
    assert twin("v16-incentive.yaml")["project"].total == pytest.approx(630_000, rel=1e-12)


# --- decisions ----------------------------------------------------------------------------------------


def test_p15_perfect_information() -> None:
    """Protects the value of perfect information of independent inputs, as a run reports it."""
    assert estimated(0.8920620580763856, summarise(run("p15-two-options.yaml", MANY)).decision.evpi)


def test_p18_campaign() -> None:
    """Protects a decision about an uncertain volume: chance, mean and value of information."""
    summary = summarise(run("p18-campaign.yaml", MANY))
    saving = summary.alternatives["campaign"].saving
    assert estimated(1 - 0.29174826979148794, saving.probability_positive)
    assert estimated(625_000.0, saving.mean)
    assert estimated(208_954.0079386698, summary.decision.evpi)


def test_p21_network() -> None:
    """Protects the same of an outcome of two values: expected gains 24 and 20, information worth 8."""
    assert {name: 40 - case.total for name, case in twin("p21-network.yaml").items()} == pytest.approx(
        {"current": 20.0, "upgrade": 24.0}
    )
    assert estimated(8.0, summarise(run("p21-network.yaml", MANY)).decision.evpi)
