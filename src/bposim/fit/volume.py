"""Volume of work a month: level, growth, season, and how far months stray from them."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.dates import month_name
from bposim.fit.evidence import VolumeEvidence
from bposim.fit.goodness import bootstrap, distances, ljung_box, percentile_interval
from bposim.fit.outcome import REPLICATES, SEED, SURELY, Candidate, Figure, Fit, proposed
from bposim.fit.snippet import number, quoted, share
from bposim.fit.volume_model import Regression, Structure, averaged, design, fit_regression, simulated

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

_FIVE = 5.0
"""Years that the error of growth is told for."""

_DOUBLE = 2.0
"""Factor by which growth may move volume over those years before a reader is warned."""

_FLOOR = -0.9
_SIGMAS = 6.0
"""Growth of -100 % is no scenario; where draws would come near, they end at the floor."""

_SIDE = 1.96
"""Standard errors to each side of a 95 % interval."""


def fit_volume(sheet: Sheet, volumes: Volumes, start: int | None = None, replicates: int = REPLICATES) -> Fit:
    """Return level, growth, season and noise; ``start`` is the month of the level, since year 0.

    Without it, the month after the last.  The uncertain keys of every model have growth: none is no estimate
    of it, and held to none, the volume of later years misses its interval in six of ten short histories.
    """
    logs, january = np.log(volumes.values), volumes.first % 12
    n = logs.size
    seasons = (False, True) if n >= SEASON_MONTHS else (False,)
    structures = [Structure(growth, season) for season in seasons for growth in (False, True)]
    found = {structure: fit_regression(logs, january, structure) for structure in structures}
    best = min(found.values(), key=lambda own: own.free - own.log_likelihood)
    structures.append(replace(best.structure, memory=False))
    for structure in (structures[-1], _growing(structures[-1])):
        found[structure] = fit_regression(logs, january, structure)
    start = volumes.first + n if start is None else start
    ahead = (start - volumes.first - n) / 12.0
    own = {
        structure: _candidate(averaged(one, logs, january), volumes, ahead, replicates)
        for structure, one in found.items()
    }
    wider = [own[_growing(structure)] for structure in structures]
    candidates = tuple(
        replace(own[structure], uncertain=growing.uncertain, together=growing.together)
        for structure, growing in zip(structures, wider, strict=True)
    )
    # Noise without memory is not proposed: it averages out, which is bold where few months cannot tell.
    chosen, why = proposed(candidates[:-1])
    place = [candidate.name for candidate in candidates].index(chosen)
    fit, growth = found[structures[place]], wider[place].parameters[1]
    expected = np.exp(fit.fitted + fit.volatility**2 / 2.0)
    warnings = [*volumes.warnings, *_doubts(volumes, fit, candidates[place])]
    if (error := _error(growth)) * _FIVE * _SIDE > math.log(_DOUBLE):
        mean = math.expm1((_FIVE * error) ** 2 / 2.0)
        warnings.append(
            f"these data hardly tell growth: its standard error is {100 * error:.0f} points a year, and by "
            f"--uncertain that alone lifts the mean volume after 5 years by {100 * mean:.0f}%: write the "
            "growth that you plan with, and how sure you are of it, in its place"
        )
    facts = [
        Figure("last twelve months", float(volumes.values[-12:].mean()), form="amount"),
        Figure("first twelve months", float(volumes.values[:12].mean()), form="amount"),
        Figure("unexplained, standard deviation", fit.volatility, form="share"),
    ]
    notes = [
        f"per_month is the level expected for {month_name(start)}; growth goes on from the scenario's start"
    ]
    notes.append(_about_growth(growth, "" if fit.structure.growth else chosen))
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


def _error(growth: Figure) -> float:
    """Return the standard error of the logarithm, from the interval."""
    return math.log((1.0 + (growth.high or 0.0)) / (1.0 + (growth.low or 0.0))) / (2.0 * _SIDE)


def _about_growth(growth: Figure, without: str) -> str:
    """Return what the error of growth means; ``without`` is the proposed model, if it has no growth."""
    factor = math.exp(_FIVE * _SIDE * _error(growth))
    alone = f"{100 * (factor - 1.0):.0f}%" if factor < _DOUBLE else f"a factor of {factor:.2g}"
    if not without:
        return (
            f"growth has a standard error of {share(_error(growth))}: over 5 years that alone moves volume "
            f"by {alone}, so --uncertain writes it as a distribution"
        )
    low, high = (f"{100.0 * (end or 0.0):.1f}%" for end in (growth.low, growth.high))
    return (
        f"{without} has no growth, but these data allow {low} to {high} a year, which over 5 years moves "
        f"volume by {alone}: --uncertain writes growth, whatever model is proposed"
    )


def _growing(structure: Structure) -> Structure:
    return replace(structure, growth=True)


def _candidate(fit: Regression, volumes: Volumes, ahead: float, replicates: int) -> Candidate:
    months, january = volumes.values.size, volumes.first % 12

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        own = fit_regression(simulated(fit, rng), january, fit.structure)
        return _distances(own), np.array([own.volatility, own.persistence])

    tested = bootstrap(_distances(fit), again, replicates, [SEED, 9])
    volatility, persistence = tested.thetas.T
    slope, error = fit.slope
    level, level_error = fit.level(ahead)
    sigma = _reflected(fit.volatility, volatility)
    parameters = [
        Figure(
            "per_month",
            level,
            level * math.exp(-_SIDE * level_error),
            level * math.exp(_SIDE * level_error),
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
        low, high = math.expm1(slope - _SIDE * error), math.expm1(slope + _SIDE * error)
        parameters.append(Figure("growth", growth, low, high, "share"))
        keys["growth"] = share(growth)
        sd = error * (1.0 + growth)
        floor = {"min": share(_FLOOR)} if growth - _SIGMAS * sd < _FLOOR else {}
        uncertain["growth"] = {"normal": {"mean": share(growth), "sd": share(sd), **floor}}
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
                "sigma": number(math.log(sigma[1] / sigma[0]) / (2.0 * _SIDE)),
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
    gains, columns = {}, design(fit.structure, january, n)
    for at in range(_EDGE, n - _EDGE):
        after = (np.arange(n) >= at).astype(np.float64)
        if np.linalg.matrix_rank(np.column_stack([columns, after])) <= columns.shape[1]:
            continue  # Between two years a step is growth less a season that rises through the year.
        own = fit_regression(logs, january, fit.structure, after)
        gains[at] = (2.0 * (own.log_likelihood - fit.log_likelihood), math.exp(float(own.coefficients[-1])))
    at = max(gains, key=lambda place: gains[place][0])
    gained, factor = gains[at]
    if gained > _STEP:
        yield (
            f"the level seems to step by a factor of {factor:.2f} in {volumes.months[at]}: growth fitted "
            f"across a step misleads; begin after it by --observed {volumes.months[at]}:"
        )
