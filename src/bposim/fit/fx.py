"""Exchange rates: month-ends of one currency in another, and which model of bposim moves as they did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.evidence import FxEvidence
from bposim.fit.fx_models import Jumps, RandomWalk, Reversion, p_of_random_walk
from bposim.fit.goodness import bootstrap, distances, ljung_box, percentile_interval
from bposim.fit.oddities import small
from bposim.fit.outcome import REPLICATES, SEED, SIGNIFICANT, SURELY, Candidate, Figure, Fit
from bposim.fit.snippet import number, share
from bposim.library import load
from bposim.world.fx.historical import SHORTEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.fit.fx_data import Rates
    from bposim.fit.snippet import Tree
    from bposim.shapes import FloatArray

MOST_JUMPS_A_YEAR = 4.0
"""What comes more often is no jump."""

_FAR = 6.0
_LONG = 120
_STILL = 0.1
_TOGETHER = 0.1
_BETTER = 6.0
"""BIC that jumps must gain: strong evidence (Kass and Raftery 1995)."""


def fit_fx(file: str, rates: Rates, replicates: int = REPLICATES) -> Fit:
    """Return the models of bposim with the parameters of these rates."""
    logs = np.log(rates.values)
    changes = np.diff(logs)
    walk = RandomWalk.of(changes)
    probabilities = (np.arange(changes.size) + 0.5) / changes.size
    spot = f"{rates.values[-1]:.5g}"
    p_walk = p_of_random_walk(logs, replicates, [SEED, 5])
    gbm, gbm_tests = _gbm(walk, changes, spot, replicates)
    reverting = _mean_reverting(logs, spot, p_walk, replicates)
    jumps = Jumps.of(changes)
    jumping = _jump_diffusion(jumps, changes, spot, replicates, gbm)
    candidates = [gbm, reverting, jumping]
    if changes.size > SHORTEST:
        candidates.append(_historical(rates, spot, walk))
    chosen, why = _chosen(gbm, jumping, reverting, p_walk)
    drift, error = walk.drift
    quantiles = {
        "gbm": walk.mean + walk.volatility / math.sqrt(12.0) * special.ndtri(probabilities),
        "jump_diffusion": _jump_quantiles(jumps, probabilities, changes),
    }
    warnings = [*small(changes.size, "monthly changes"), *_doubts(rates, changes, gbm_tests, chosen)]
    if abs(drift) > 1.96 * error:
        warnings.append(
            f"the currency {'rose' if drift > 0 else 'fell'} by {100 * abs(drift):.1f}% a year, more than "
            "chance "
            f"would (± {196 * error:.1f} points): past trends are no forecast; parity: with two interest "
            "rates is one"
        )
    facts = [
        Figure("spot", float(rates.values[-1]), form="rate"),
        Figure("volatility a year", walk.volatility, *walk.interval, "share"),
        Figure("drift a year", drift, drift - 1.96 * error, drift + 1.96 * error, "share"),
        Figure("kurtosis of changes (normal: 3)", walk.kurtosis),
        Figure("p of a random walk against mean reversion", p_walk),
    ]
    if changes.size >= _LONG:
        recent = RandomWalk.of(changes[-60:])
        facts.insert(2, Figure("of it, the last five years", recent.volatility, *recent.interval, "share"))
    facts += _library(rates, walk, warnings)
    note = (
        f"drift was {100 * drift:.1f}% a year with a standard error of {100 * error:.1f}%, all that "
        f"{changes.size / 12:.0f} years can say; it is left out, which is a fair bet"
    )
    return Fit(
        "fx",
        file,
        rates.said,
        tuple(facts),
        tuple(candidates),
        chosen,
        why,
        tuple(warnings),
        "Below world.fx",
        rates.source,
        FxEvidence(rates.months, rates.values, np.sort(changes), quantiles, rates.pair),
        (note,),
        (rates.currency or "XXX",),
    )


def _gbm(
    walk: RandomWalk, changes: FloatArray, spot: str, replicates: int
) -> tuple[Candidate, Mapping[str, float]]:
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


def _mean_reverting(logs: FloatArray, spot: str, p_walk: float, replicates: int) -> Candidate:
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


def _jump_diffusion(
    jumps: Jumps, changes: FloatArray, spot: str, replicates: int, gbm: Candidate
) -> Candidate:
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


def _jump_quantiles(jumps: Jumps, below: FloatArray, changes: FloatArray) -> FloatArray:
    """Return quantiles by interpolation on a fine grid."""
    reach = 1.5 * float(np.max(np.abs(changes))) + 3.0 * jumps.jump_sd
    grid = np.linspace(-reach, reach, 4001)
    return np.interp(below, jumps.below(grid), grid)


def _historical(rates: Rates, spot: str, walk: RandomWalk) -> Candidate:
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


def _chosen(gbm: Candidate, jumping: Candidate, reverting: Candidate, p_walk: float) -> tuple[str, str]:
    if reverting.usable and p_walk < SIGNIFICANT:
        return (
            reverting.name,
            f"{reverting.name}, which a random walk looks as much like in {100 * p_walk:.1f}% of cases only",
        )
    gained = (gbm.bic or 0.0) - (jumping.bic or 0.0)
    if gained > _BETTER and not jumping.flaw:
        reason = f"whose BIC is {gained:.0f} below that of gbm, for which there are too many large changes"
        return jumping.name, f"{jumping.name}, {reason}"
    return (
        gbm.name,
        "gbm: mean reversion cannot be told from chance, and jumps do not earn their three parameters",
    )


def _doubts(rates: Rates, changes: FloatArray, tests: Mapping[str, float], chosen: str) -> Iterator[str]:
    middle = float(np.median(changes))
    width = 1.4826 * float(np.median(np.abs(changes - middle)))
    for k in np.flatnonzero(np.abs(changes - middle) > _FAR * width) if width > 0.0 else ():
        yield (
            f"{rates.months[k + 1]} moved by {100 * math.expm1(float(changes[k])):+.1f}%, far more than "
            "usual: a "
            "devaluation, a new currency or a slip of the pen?"
        )
    still = float(np.mean(changes == 0.0))
    if still > _STILL:
        part = f"{100 * still:.0f}% of the months"
        yield f"the rate did not move in {part}: a peg may break, and the past does not say when"
    lags = min(6, changes.size // 4)
    away = changes - changes.mean()
    first = float(away[1:] @ away[:-1]) / float(away @ away)
    if ljung_box(changes, lags) < SURELY and first > _TOGETHER:
        yield (
            f"each change has a correlation of {first:.2f} with the one before: averages of months have 0.25 "
            "(Working 1960) and understate volatility by a fifth; use month-ends if these are averages"
        )
    if ljung_box(away * away, lags) < SURELY:
        yield "calm and stormy times come in spells: historical keeps them in its blocks, gbm does not"
    if tests and min(tests.values()) < SURELY and chosen == "gbm":
        yield (
            "monthly changes are not normal (p below 1%): single months can be worse than gbm says; over "
            "years "
            "the difference fades"
        )


def _library(rates: Rates, walk: RandomWalk, warnings: list[str]) -> Iterator[Figure]:
    entry = load().entries.get(f"fx.volatility.{rates.currency.lower()}")
    if entry is None or entry.mean is None or rates.base != "USD":
        return
    yield Figure("the library's volatility", entry.mean, form="share")
    low, high = walk.interval
    if not low <= entry.mean <= high:
        warnings.append(
            f"the library has a volatility of {share(entry.mean)} ({entry.published[0].source.short}), "
            "outside of "
            f"{share(low)} to {share(high)}: another time or another way of measuring"
        )
