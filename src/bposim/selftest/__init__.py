"""Published cases on the user's own machine: what the scenario says goes in, what was published comes out.

Each case is a scenario file beside this module.  Where nothing is random the result has to agree to nine
digits, where it is estimated from trials to four of its own standard errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import Estimate
from bposim.analysis.summary import summarise
from bposim.cash import base_case
from bposim.engine import simulate
from bposim.files import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.analysis.summary import Summary
    from bposim.result import Result
    from bposim.shapes import FloatArray

CASES = Path(__file__).parent / "cases"
"""Folder of the scenario files."""

TRIALS, SEED = 65_536, 7

ERRORS = 4.0
"""Standard errors by which an estimate may miss what was published."""
DIGITS = 1e-9
"""Relative difference allowed where nothing is random."""


@dataclass(frozen=True, slots=True)
class Case:
    """A published figure, and how it is got here."""

    name: str
    """Its number in the list of published cases, P1 to P28 and V1 to V29."""
    what: str
    source: str
    expected: float
    found: Callable[[], Estimate]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case after it was computed."""

    case: Case
    found: Estimate

    @property
    def allowed(self) -> float:
        """How far what was found may lie from what was published, in the unit of both."""
        if self.found.se is None:
            return DIGITS * max(abs(self.case.expected), 1.0)
        return ERRORS * self.found.se

    @property
    def passed(self) -> bool:
        """Whether it lies no further; what is not a number does not pass."""
        return abs(self.found.value - self.case.expected) <= self.allowed


def outcomes(*, quick: bool = False) -> Iterator[Outcome]:
    """Compute every case, one after the other; with ``quick`` those alone in which nothing is random."""
    yield from (Outcome(case, case.found()) for case in EXACT)
    if not quick:
        yield from (Outcome(case, case.found()) for case in SIMULATED)


# --- without chance -----------------------------------------------------------------------------------


def _total(file: str, alternative: str, **overrides: str) -> Estimate:
    twin = base_case(load(CASES / file, overrides))
    return Estimate(twin[alternative].total, None)


def _saving(file: str, alternative: str, parts: float = 1.0) -> Estimate:
    scenario = load(CASES / file)
    twin = base_case(scenario)
    return Estimate((twin[scenario.baseline].total - twin[alternative].total) / parts, None)


def _credit(alternative: str, **overrides: str) -> Estimate:
    twin = base_case(load(CASES / "v13-v14-service-credits.yaml", overrides))
    return Estimate(-twin[alternative].categories["service_credits"], None)


def _rounded(found: Estimate, digits: int) -> Estimate:
    """Round as the publication did."""
    return Estimate(round(found.value, digits), None)


EXACT = (
    Case(
        "P2",
        "mean of a lognormal between 635k and 19M (90 %)",
        "riskquant",
        5_922_706.833511315,
        lambda: _total("p02-lognormal.yaml", "large"),
    ),
    Case(
        "P11",
        "present value of a project at 8 %",
        "numpy-financial 1.0.0",
        3065.2226681795255,
        lambda: _saving("p11-large-project.yaml", "project"),
    ),
    Case(
        "P12",
        "growing annuity, 4 % at 9 % over 5 years",
        "closed form",
        4.185181849985254,
        lambda: _total(
            "p12-growing-annuity.yaml",
            "annuity",
            **{"world.volume.season": "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12]"},
        ),
    ),
    Case(
        "V3",
        "make or buy over 3 years: value of making",
        "textbook case of flexibility",
        44_649.61,
        lambda: _rounded(_saving("v3-flexibility.yaml", "make"), 2),
    ),
    Case(
        "V4",
        "saving of outsourcing for each of 51 employees",
        "worked example, 6 % a year by the month",
        104_830.0,
        lambda: _rounded(_saving("v4-saving-per-employee.yaml", "outsource", 51.0), 0),
    ),
    Case("V13", "service credit from a pool", "at risk x pool x allocation", 2_000.0, lambda: _credit("v13")),
    Case(
        "V14",
        "service credit by a table, 25 points missed",
        "contract table",
        8_000.0,
        lambda: _credit("v14", **{"v14.sla.metrics.on-time.miss_rate": "25%"}),
    ),
    Case(
        "V16",
        "cost plus incentive below its target",
        "shares 70/30, ceiling 725,000",
        630_000.0,
        lambda: _total("v16-incentive.yaml", "project"),
    ),
)


# --- from trials --------------------------------------------------------------------------------------


@cache
def _run(file: str) -> Result:
    return simulate(load(CASES / file), TRIALS, SEED)


@cache
def _summary(file: str) -> Summary:
    return summarise(_run(file))


def _mean(values: FloatArray) -> Estimate:
    return Estimate(float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values)))


def _share(file: str, alternative: str, low: float, high: float) -> Estimate:
    """Return how many trials cost between low and high."""
    cost = _run(file).costs[alternative]
    return _mean(((cost >= low) & (cost <= high)).astype(float))


LOSSES = "p03-p08-v12-v19-losses.yaml"
RATES = "p09-p10-exchange-rates.yaml"
TAILS = "p04-shortfall.yaml"
CAMPAIGN = "p18-campaign.yaml"

SIMULATED = (
    Case(
        "P1",
        "mean of PERT(2, 5, 20)",
        "beta distribution",
        7.0,
        lambda: _mean(_run("p01-pert.yaml").costs["wide"]),
    ),
    Case(
        "P1",
        "chance of at most its 5 % quantile",
        "beta distribution",
        0.05,
        lambda: _share("p01-pert.yaml", "wide", -math.inf, 2.8711497148794694),
    ),
    Case(
        "P4",
        "mean of the worst 5 % of a lognormal",
        "closed form",
        8.557226866796718,
        lambda: _summary(TAILS).alternatives["lognormal"].cost.es95,
    ),
    Case(
        "P4",
        "95 % quantile of a lognormal",
        "closed form",
        5.180251602233013,
        lambda: _summary(TAILS).alternatives["lognormal"].cost.p95,
    ),
    Case(
        "P6",
        "chance of no loss in a year",
        "Bahnemann, example 4.4",
        0.1737739434504451,
        lambda: _share(LOSSES, "p06", -1e-9, 1e-9),
    ),
    Case(
        "P7",
        "chance of losses up to 3,000",
        "Bahnemann, example 4.2",
        0.5612774644661044,
        lambda: _share(LOSSES, "p07", -1e-9, 3_000.0),
    ),
    Case(
        "P8",
        "chance of losses of 600",
        "Loss Models, example 9.34",
        0.059892862214093054,
        lambda: _share(LOSSES, "p08", 599.9, 600.1),
    ),
    Case(
        "P9",
        "an exchange rate after 3 years, its mean",
        "geometric Brownian motion",
        90.81646554753246,
        lambda: _mean(_run(RATES).costs["p09"]),
    ),
    Case(
        "P9",
        "chance of at most its 5 % quantile",
        "geometric Brownian motion",
        0.05,
        lambda: _share(RATES, "p09", -math.inf, 77.29349155944213),
    ),
    Case(
        "P10",
        "a rate that reverts, its logarithm after 3 years",
        "QuantLib 1.44",
        0.27215385986824,
        lambda: _mean(np.log(_run(RATES).costs["p10"]) + 0.07873096011699353**2 / 2),
    ),
    Case(
        "P15",
        "perfect information about two normals",
        "R package voi",
        0.8920620580763856,
        lambda: _summary("p15-two-options.yaml").decision.evpi,
    ),
    Case(
        "P18",
        "a campaign: chance of a gain",
        "Hubbard, chapter 7",
        1 - 0.29174826979148794,
        lambda: _summary(CAMPAIGN).alternatives["campaign"].saving.probability_positive,
    ),
    Case(
        "P18",
        "a campaign: value of perfect information",
        "Hubbard, chapter 7",
        208_954.0079386698,
        lambda: _summary(CAMPAIGN).decision.evpi,
    ),
    Case(
        "P21",
        "an upgrade: value of perfect information",
        "Wilcoxen",
        8.0,
        lambda: _summary("p21-network.yaml").decision.evpi,
    ),
)
