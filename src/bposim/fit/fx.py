"""Exchange rates: month-ends of one currency in another, and which model of bposim moves as they did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.evidence import FxEvidence
from bposim.fit.fx_candidates import (
    gbm_candidate,
    historical_candidate,
    jump_diffusion_candidate,
    jump_quantiles,
    mean_reverting_candidate,
)
from bposim.fit.fx_models import Jumps, RandomWalk, p_of_random_walk
from bposim.fit.goodness import ljung_box
from bposim.fit.oddities import small
from bposim.fit.outcome import REPLICATES, SEED, SIGNIFICANT, SURELY, Candidate, Figure, Fit
from bposim.fit.snippet import share
from bposim.library import load
from bposim.world.fx.historical import SHORTEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.fit.fx_data import Rates
    from bposim.shapes import FloatArray

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
    gbm, gbm_tests = gbm_candidate(walk, changes, spot, replicates)
    reverting = mean_reverting_candidate(logs, spot, p_walk, replicates)
    jumps = Jumps.of(changes)
    jumping = jump_diffusion_candidate(jumps, changes, spot, replicates, gbm)
    candidates = [gbm, reverting, jumping]
    if changes.size > SHORTEST:
        candidates.append(historical_candidate(rates, spot, walk))
    chosen, why = _chosen(gbm, jumping, reverting, p_walk)
    drift, error = walk.drift
    quantiles = {
        "gbm": walk.mean + walk.volatility / math.sqrt(12.0) * special.ndtri(probabilities),
        "jump_diffusion": jump_quantiles(jumps, probabilities, changes),
    }
    warnings = [*small(changes.size, "monthly changes"), *_doubts(rates, changes, gbm_tests, chosen)]
    if abs(drift) > 1.96 * error:
        warnings.append(
            f"the currency {'rose' if drift > 0 else 'fell'} by {100 * abs(drift):.1f}% a year, more than "
            f"chance would (± {196 * error:.1f} points): past trends are no forecast; parity: with two "
            "interest rates is one"
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
            "usual: a devaluation, a new currency or a slip of the pen?"
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
            "years the difference fades"
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
            f"outside of {share(low)} to {share(high)}: another time or another way of measuring"
        )
