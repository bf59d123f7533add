"""The models of exchange rates as candidates: fitted, tested, and as keys of a scenario."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.fx_models import Jumps, RandomWalk, Reversion
from bposim.fit.goodness import bootstrap, distances, percentile_interval
from bposim.fit.outcome import SEED, SIGNIFICANT, Candidate, Figure
from bposim.fit.snippet import number, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.fit.fx_data import Rates
    from bposim.fit.snippet import Tree
    from bposim.shapes import FloatArray

MOST_JUMPS_A_YEAR = 4.0
"""What comes more often is no jump."""


def gbm_candidate(
    walk: RandomWalk, changes: FloatArray, spot: str, replicates: int
) -> tuple[Candidate, Mapping[str, float]]:
    """Return the random walk, and the p values of its tests by name."""
    tested = bootstrap(
        _normal_distances(changes),
        lambda rng: (_normal_distances(rng.standard_normal(changes.size)), np.zeros(1)),
        replicates,
        [SEED, 6],
    )
    low, high = walk.interval
    keys: dict[str, Tree] = {"spot": spot, "model": "gbm"}
    uncertain: dict[str, Tree] = {
        "volatility": _lognormal(walk.volatility, low, high),
        "drift": {"normal": {"mean": "0%", "sd": share(walk.drift[1])}},
    }
    candidate = Candidate(
        "gbm",
        (Figure("volatility", walk.volatility, low, high, "share"),),
        2,
        changes.size,
        walk.log_likelihood,
        {**keys, "volatility": share(walk.volatility)},
        {**keys, **uncertain},
        tested.tests,
        (Figure("sd of a year", walk.volatility, form="share"),),
    )
    return candidate, {test.name: test.p for test in tested.tests}


def _lognormal(median: float, low: float, high: float) -> Tree:
    """Return the lognormal with this median whose middle 95 % are as wide as the interval."""
    sigma = math.log(high / low) / (2.0 * 1.96)
    return {"lognormal": {"median": share(median), "sigma": number(sigma)}}


def _normal_distances(x: FloatArray) -> dict[str, float]:
    """Return the distances of a sample from the normal distribution fitted to it."""
    return distances(np.asarray(special.ndtr((x - x.mean()) / x.std(ddof=1))))


def mean_reverting_candidate(logs: FloatArray, spot: str, p_walk: float, replicates: int) -> Candidate:
    """Return mean reversion; ``p_walk`` says how often a random walk seems to revert as much."""
    found = Reversion.of(logs)
    n = logs.size - 1
    name = "mean_reverting"
    if not found.reverts:
        flaw = "deviations do not shrink once the bias of short histories is corrected for"
        return Candidate(name, (), 3, n, found.log_likelihood, {}, {}, flaw=flaw, usable=False)

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        path = np.empty_like(logs)
        path[0] = logs[0]
        for t, shock in enumerate(found.residual_sd * rng.standard_normal(n)):
            path[t + 1] = found.centre + found.slope * (path[t] - found.centre) + shock
        again = Reversion.of(path)
        own = (
            [again.volatility, again.half_life, again.level]
            if again.reverts
            else [math.nan, math.inf, math.nan]
        )
        return _normal_distances(again.residuals), np.array(own)

    tested = bootstrap(_normal_distances(found.residuals), again, replicates, [SEED, 7])
    volatility, half_life, level = tested.thetas.T
    sigma = percentile_interval(volatility[np.isfinite(volatility)])
    flaw = ""
    if p_walk >= SIGNIFICANT:
        flaw = f"a random walk looks as much like it in {100 * p_walk:.0f}% of cases"
    keys: dict[str, Tree] = {"spot": spot, "model": name}
    rest: dict[str, Tree] = {"half_life": number(found.half_life), "level": number(found.level)}
    return Candidate(
        name,
        (
            Figure("volatility", found.volatility, *sigma, "share"),
            Figure("half_life", found.half_life, *percentile_interval(half_life), "years"),
            Figure("level", found.level, *percentile_interval(level[np.isfinite(level)]), "rate"),
        ),
        3,
        n,
        found.log_likelihood,
        {**keys, "volatility": share(found.volatility), **rest},
        {**keys, "volatility": _lognormal(found.volatility, *sigma), **rest},
        tested.tests,
        (Figure("sd of a year", _reverting_sd(found), form="share"),),
        flaw,
    )


def _reverting_sd(found: Reversion) -> float:
    """Return the standard deviation of a year's log change from a given rate."""
    return found.residual_sd * math.sqrt((1.0 - found.slope**24) / (1.0 - found.slope**2))


def jump_diffusion_candidate(
    jumps: Jumps, changes: FloatArray, spot: str, replicates: int, gbm: Candidate
) -> Candidate:
    """Return the random walk with jumps, which has to gain on ``gbm``."""
    name, free, n = "jump_diffusion", 5, changes.size
    values = {
        "volatility": jumps.volatility,
        "jumps_per_year": jumps.per_year,
        "jump_mean": jumps.jump_mean,
        "jump_sd": jumps.jump_sd,
    }
    flaw = ""
    if jumps.log_likelihood < (gbm.log_likelihood or 0.0) + 1.0:
        flaw = "there are no jumps to be seen"
    elif jumps.per_year > MOST_JUMPS_A_YEAR:
        flaw = "its jumps come so often that they are ordinary changes"
    if flaw:
        return Candidate(name, (), free, n, jumps.log_likelihood, {}, {}, flaw=flaw, usable=False)

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        drawn = jumps.drawn(rng, n)
        own = Jumps.of(drawn, jumps)
        found = np.array([own.volatility, own.per_year, own.jump_mean, own.jump_sd])
        return distances(own.below(drawn)), found

    tested = bootstrap(distances(jumps.below(changes)), again, max(replicates // 2, 1), [SEED, 8])
    ends = dict(zip(values, map(percentile_interval, tested.thetas.T), strict=True))
    written: dict[str, Tree] = {
        "spot": spot,
        "model": name,
        **{key: number(value) if key == "jumps_per_year" else share(value) for key, value in values.items()},
    }
    rare, often = ends["jumps_per_year"]
    uncertain: dict[str, Tree] = {
        **written,
        "volatility": _lognormal(jumps.volatility, *ends["volatility"]),
        "jumps_per_year": {
            "lognormal": {
                "median": number(jumps.per_year),
                "sigma": number(min(math.log(often / rare) / (2.0 * 1.96), 1.5)),
            }
        },
        "drift": {"normal": {"mean": "0%", "sd": share(jumps.total_volatility / math.sqrt(n / 12.0))}},
    }
    return Candidate(
        name,
        tuple(
            Figure(key, value, *ends[key], "number" if key == "jumps_per_year" else "share")
            for key, value in values.items()
        ),
        free,
        n,
        jumps.log_likelihood,
        written,
        uncertain,
        tested.tests,
        (Figure("sd of a year", jumps.total_volatility, form="share"),),
    )


def jump_quantiles(jumps: Jumps, below: FloatArray, changes: FloatArray) -> FloatArray:
    """Return quantiles by interpolation on a fine grid."""
    reach = 1.5 * float(np.max(np.abs(changes))) + 3.0 * jumps.jump_sd
    grid = np.linspace(-reach, reach, 4001)
    return np.interp(below, jumps.below(grid), grid)


def historical_candidate(rates: Rates, spot: str, walk: RandomWalk) -> Candidate:
    """Return the past itself, drawn again in blocks."""
    past: dict[str, Tree] = {"prices": [f"{rate:.6g}" for rate in rates.values]}
    if rates.published:
        past = {"file": "ecb", "since": rates.months[0]}
    keys: dict[str, Tree] = {"spot": spot, "model": "historical", **past}
    return Candidate(
        "historical",
        (Figure("block_months", 6.0, form="months"),),
        0,
        walk.count,
        None,
        keys,
        keys,
        figures=(Figure("sd of a year", _twelve_month_sd(rates), form="share"),),
    )


def _twelve_month_sd(rates: Rates) -> float:
    """Return the standard deviation of the log changes over twelve months that overlap."""
    logs = np.log(rates.values)
    return float(np.std(logs[12:] - logs[:-12], ddof=1))
