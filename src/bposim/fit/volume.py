"""Volume of work a month: level, growth, season, and how far months stray from them."""

from __future__ import annotations

import math
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.dates import month_name
from bposim.fit.evidence import VolumeEvidence
from bposim.fit.goodness import bootstrap, distances, ljung_box, percentile_interval
from bposim.fit.outcome import REPLICATES, SEED, SURELY, Candidate, Figure, Fit, proposed
from bposim.fit.snippet import number, quoted, share
from bposim.fit.volume_model import Regression, Structure, fit_regression, simulated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.fit.sheet import Sheet
    from bposim.fit.snippet import Tree
    from bposim.fit.volume_data import Volumes
    from bposim.shapes import FloatArray

SEASON_MONTHS = 24
"""Months from which a season can be told from noise: each twice."""

_SHORT_MONTHS = 36
_FAR = 4.0
_STEP = 14.0
"""Twice the log-likelihood that a step must gain; one in a hundred histories without one gains as much."""

_EDGE = 6


def fit_volume(sheet: Sheet, volumes: Volumes, start: int | None = None, replicates: int = REPLICATES) -> Fit:
    """Return level, growth, season and noise; ``start`` is the month of the level, since year 0.

    Without it, the month after the last.
    """
    logs, january = np.log(volumes.values), volumes.first % 12
    n = logs.size
    seasons = (False, True) if n >= SEASON_MONTHS else (False,)
    structures = [Structure(growth, season) for season in seasons for growth in (False, True)]
    found = [fit_regression(logs, january, structure) for structure in structures]
    best = min(found, key=lambda own: own.free - own.log_likelihood)
    found.append(
        fit_regression(logs, january, Structure(best.structure.growth, best.structure.season, memory=False))
    )
    start = volumes.first + n if start is None else start
    ahead = (start - volumes.first - n) / 12.0
    candidates = tuple(_candidate(own, volumes, ahead, replicates) for own in found)
    # Noise without memory is not proposed: it averages out, which is bold where few months cannot tell.
    chosen, why = proposed(candidates[:-1])
    place = [candidate.name for candidate in candidates].index(chosen)
    fit = found[place]
    expected = np.exp(fit.fitted + fit.volatility**2 / 2.0)
    warnings = [*volumes.warnings, *_doubts(volumes, fit, candidates[place])]
    slope, error = fit.slope
    facts = [
        Figure("last twelve months", float(volumes.values[-12:].mean()), form="amount"),
        Figure("first twelve months", float(volumes.values[:12].mean()), form="amount"),
        Figure("unexplained, standard deviation", fit.volatility, form="share"),
    ]
    notes = [
        f"per_month is the level expected for {month_name(start)}; growth goes on from the scenario's start"
    ]
    if slope:
        notes.append(
            f"growth has a standard error of {share(error)}: over 5 years that alone moves volume by "
            f"{100 * math.expm1(5 * 1.96 * error):.0f}%, so --uncertain writes it as a distribution"
        )
    return Fit(
        "volume",
        sheet.file,
        volumes.said,
        tuple(facts),
        candidates,
        chosen,
        why,
        tuple(warnings),
        "Below world; the unit is yours to name",
        f"fit to {PurePath(sheet.file).name}: {volumes.months[0]} to {volumes.months[-1]}",
        VolumeEvidence(
            volumes.months,
            volumes.values,
            expected,
            np.sort(fit.innovations),
            special.ndtri((np.arange(n) + 0.5) / n),
            fit.season,
        ),
        tuple(notes),
        ("volume",),
    )


def _candidate(fit: Regression, volumes: Volumes, ahead: float, replicates: int) -> Candidate:
    months, january = volumes.values.size, volumes.first % 12

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        own = fit_regression(simulated(fit, rng), january, fit.structure)
        return _distances(own), np.array([own.volatility, own.persistence])

    tested = bootstrap(_distances(fit), again, replicates, [SEED, 9])
    volatility, persistence = tested.thetas.T
    slope, error = fit.slope
    level, level_error = fit.level(ahead)
    wide = _student95(months - fit.coefficients.size)
    sigma = _reflected(fit.volatility, volatility)
    parameters = [
        Figure(
            "per_month",
            level,
            level * math.exp(-wide * level_error),
            level * math.exp(wide * level_error),
            "amount",
        )
    ]
    keys: dict[str, Tree] = {"unit": _unit(volumes.column), "per_month": number(level)}
    uncertain: dict[str, Tree] = {
        **keys,
        "per_month": {"lognormal": {"median": number(level), "sigma": number(level_error)}},
    }
    if fit.structure.growth:
        growth = math.expm1(slope)
        low, high = math.expm1(slope - wide * error), math.expm1(slope + wide * error)
        parameters.append(Figure("growth", growth, low, high, "share"))
        keys["growth"] = share(growth)
        uncertain["growth"] = {"normal": {"mean": share(growth), "sd": share(error * (1.0 + growth))}}
    if fit.structure.season:
        season = [f"{factor:.3f}" for factor in fit.season]
        keys["season"] = uncertain["season"] = season
    noise: dict[str, Tree] = {"volatility": share(fit.volatility)}
    parameters.append(Figure("noise volatility", fit.volatility, *sigma, "share"))
    memory: dict[str, Tree] = {}
    if fit.structure.memory:
        memory = {"persistence": f"{fit.persistence:.2f}"}
        parameters.append(Figure("persistence", fit.persistence, *percentile_interval(persistence)))
    keys["noise"] = {**noise, **memory}
    uncertain["noise"] = {
        "volatility": {
            "lognormal": {
                "median": share(fit.volatility),
                "sigma": number(math.log(sigma[1] / sigma[0]) / (2.0 * 1.96)),
            }
        },
        **memory,
    }
    return Candidate(
        fit.structure.name,
        tuple(parameters),
        fit.free,
        months,
        fit.log_likelihood,
        keys,
        uncertain,
        tested.tests,
        together=(("world.volume.per_month", "world.volume.growth", fit.correlation(ahead)),)
        if fit.structure.growth
        else (),
    )


def _unit(column: str) -> str:
    return column if re.fullmatch("[A-Za-z][A-Za-z_]*", column) else quoted(column)


def _reflected(value: float, replicates: FloatArray) -> tuple[float, float]:
    """Return the basic bootstrap interval of the logarithm, free of bias (Davison and Hinkley 5.2)."""
    low, high = percentile_interval(replicates)
    return value * value / high, value * value / low


def _student95(degrees: int) -> float:
    return float(special.stdtrit(max(degrees, 1), 0.975))


def _distances(fit: Regression) -> dict[str, float]:
    return distances(np.asarray(special.ndtr(fit.innovations)))


def _doubts(volumes: Volumes, fit: Regression, own: Candidate) -> Iterator[str]:
    logs, n = np.log(volumes.values), volumes.values.size
    if n < SEASON_MONTHS:
        yield f"{n} months are too few for a season, which takes {SEASON_MONTHS}: it is in growth and noise"
    elif n < _SHORT_MONTHS:
        yield f"{n} months are few: a season of two years is half noise"
    for k in np.flatnonzero(np.abs(fit.innovations) > _FAR):
        off = math.expm1(float(logs[k] - fit.fitted[k]))
        yield (
            f"{volumes.months[k]} was {100 * abs(off):.0f}% {'above' if off > 0 else 'below'} what the model "
            "expects: if it will not come again, leave it out; if it may, write it as surges:"
        )
    yield from _step(volumes, fit)
    lags = min(12, n // 4)
    if ljung_box(fit.innovations, lags) < SURELY:
        yield "what is left still hangs together from month to month: growth may have changed on the way"
    if own.tests and min(test.p for test in own.tests) < SURELY:
        yield f"{own.name}: what is left is not normal (p below 1%), months stray further than the noise says"


def _step(volumes: Volumes, fit: Regression) -> Iterator[str]:
    """Warn if one step of the level, where it fits best, explains far more than chance would."""
    logs, n, january = np.log(volumes.values), volumes.values.size, volumes.first % 12
    if n < 2 * _EDGE + 2:
        return
    gains = {}
    for at in range(_EDGE, n - _EDGE):
        own = fit_regression(logs, january, fit.structure, (np.arange(n) >= at).astype(np.float64))
        gains[at] = (2.0 * (own.log_likelihood - fit.log_likelihood), math.exp(float(own.coefficients[-1])))
    at = max(gains, key=lambda place: gains[place][0])
    gained, factor = gains[at]
    if gained > _STEP:
        yield (
            f"the level seems to step by a factor of {factor:.2f} in {volumes.months[at]}: growth fitted "
            f"across a step misleads; begin after it by --observed {volumes.months[at]}:"
        )
