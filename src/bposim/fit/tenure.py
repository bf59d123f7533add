"""How long people stay, when some are still there: attrition a year and how it changes with tenure.

A team of bposim loses people at one rate, whatever their tenure.  So attrition is leavers over the time that
all were present, which is what the team of the file lost; the models say how far from constant that rate is.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.evidence import TenureEvidence
from bposim.fit.goodness import CVM, KS, bootstrap
from bposim.fit.likelihood import Fitted, Model, Observations
from bposim.fit.models import ExponentialModel, LognormalModel, WeibullModel
from bposim.fit.oddities import small
from bposim.fit.outcome import EQUAL, REPLICATES, SEED, SURELY, Candidate, Figure, Fit, proposed
from bposim.fit.snippet import number, share
from bposim.fit.survival import KaplanMeier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.fit.sheet import Sheet
    from bposim.fit.snippet import Tree
    from bposim.fit.tenure_data import Tenures
    from bposim.shapes import FloatArray

_HEAPED = 0.3
_THIN = 0.02
_TOO_FEW = 5.0
"""People below which a curve hangs on single ones."""

_LEAST_LEAVERS = 2


def fit_tenure(sheet: Sheet, tenures: Tenures, replicates: int = REPLICATES) -> Fit:
    """Return attrition a year, and how people leave by tenure."""
    data = tenures.data
    curve = KaplanMeier.of(data)
    models: list[Model] = [ExponentialModel(), WeibullModel(), LognormalModel()]
    fitted = [model.fitted(data) for model in models]
    candidates = tuple(_candidate(fit, curve, replicates) for fit in fitted)
    chosen, why = proposed(candidates)
    attrition, low, high = attrition_of(data)
    best = candidates[[c.name for c in candidates].index(chosen)]
    warnings = [*small(int(data.seen.sum()), "leavers"), *tenures.warnings]
    warnings += _doubts(data, curve, candidates, chosen)
    constant = candidates[0]
    steady = (constant.aic or 0.0) - min(c.aic or 0.0 for c in candidates) < EQUAL
    notes = [
        "attrition is the part of the staff that leaves in a year: 1 - exp(-leavers / years of presence)"
    ]
    if not steady:
        first, later = best.figures[0].value, best.figures[1].value
        notes.append(
            f"people leave at a rate that changes with tenure: {number(100 * first)}% in the first year, of "
            f"those left {number(100 * later)}% in the second ({best.name}). A team of bposim has one rate: "
            "this is the file's mix of tenures; a team of new hires begins with the first year's"
        )
    grid = np.linspace(0.0, float(data.value.max()), 121)
    middle = (grid[1:] + grid[:-1]) / 2.0
    times = np.concatenate([[0.0], curve.times])
    band = curve.band()
    return Fit(
        "tenure",
        sheet.file,
        tenures.said,
        (
            Figure("attrition a year", attrition, low, high, "share"),
            Figure("leavers a year of presence", float(data.seen.sum()) / data.exposure * 12.0, form="share"),
            *(
                Figure(
                    f"still there after {years} year{'s' if years > 1 else ''}",
                    *_stays(curve, years),
                    form="share",
                )
                for years in (1, 2, 3, 5)
                if 12 * years <= float(data.value.max())
            ),
            *([Figure("median tenure", curve.median, form="months")] if curve.median is not None else []),
        ),
        candidates,
        chosen,
        why,
        tuple(warnings),
        "Below turnover of a team or vendor",
        f"fit to {PurePath(sheet.file).name}: {int(data.seen.sum()):,} leavers among {data.value.size:,} "
        "people",
        TenureEvidence(
            times,
            np.concatenate([[1.0], curve.survival]),
            np.concatenate([[1.0], band[0]]),
            np.concatenate([[1.0], band[1]]),
            np.concatenate([[float(data.value.size)], curve.at_risk]),
            grid,
            {fit.model.kind: _survival(fit, grid) for fit in fitted},
            {
                fit.model.kind: np.interp(
                    grid,
                    middle,
                    -np.diff(np.log(np.maximum(_survival(fit, grid), 1e-12))) / np.diff(grid) * 12.0,
                )
                for fit in fitted
            },
            tuple(_hazard_by_interval(data)),
        ),
        tuple(notes),
    )


def attrition_of(data: Observations) -> tuple[float, float, float]:
    """Return a = 1 - exp(-leavers / years of presence) with its exact 95 % interval.

    The number of leavers over a given presence is Poisson; its interval is Garwood's (Biometrika 28, 1936).
    """
    leavers, years = float(data.seen.sum()), data.exposure / 12.0
    low, high = special.gammaincinv(leavers, 0.025) / years, special.gammaincinv(leavers + 1.0, 0.975) / years
    return -math.expm1(-leavers / years), -math.expm1(-float(low)), -math.expm1(-float(high))


def _candidate(fit: Fitted, curve: KaplanMeier, replicates: int) -> Candidate:
    natural, intervals = fit.model.natural(fit.theta), fit.intervals()
    leavers, years = float(fit.data.seen.sum()), fit.data.exposure / 12.0
    attrition = attrition_of(fit.data)[0]
    censoring = KaplanMeier.of(
        Observations(fit.data.value - fit.data.entry, 1.0 - fit.data.seen, np.zeros_like(fit.data.value))
    )

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        tenure = fit.drawn(rng)
        # Whoever leaves later than observation would have ended is censored there, as in the data.
        stop = fit.data.entry + _drawn_from(censoring, rng, tenure.size)
        drawn = Observations(np.minimum(tenure, stop), (tenure <= stop).astype(np.float64), fit.data.entry)
        if drawn.seen.sum() < _LEAST_LEAVERS:
            return {KS: 0.0, CVM: 0.0}, fit.theta
        again = fit.model.fitted(drawn, fit.theta)
        return _distances(KaplanMeier.of(drawn), again), again.theta

    tested = bootstrap(_distances(curve, fit), again, replicates, [SEED, 4])
    return Candidate(
        fit.model.kind,
        tuple(
            Figure(
                name,
                natural[name],
                *intervals[name],
                form="months" if name in {"scale", "median"} else "number",
            )
            for name in fit.model.names
        ),
        len(fit.model.names),
        fit.data.value.size,
        fit.log_likelihood,
        {"attrition": share(attrition)},
        {"attrition": _beta(leavers, years)},
        tested.tests,
        tuple(_implied(fit)),
    )


def _implied(fit: Fitted) -> Iterator[Figure]:
    stays = _survival(fit, np.array([12.0, 24.0]))
    yield Figure("leave in year 1", 1.0 - float(stays[0]), form="share")
    yield Figure("of those, in year 2", 1.0 - float(stays[1] / stays[0]), form="share")
    yield Figure("mean tenure", fit.model.distribution(fit.theta).mean, form="months")


def _beta(leavers: float, years: float) -> Tree:
    """Return the beta with the moments of 1 - exp(-λ), λ ~ Γ(leavers + 1/2) / years (Jeffreys)."""
    shape = leavers + 0.5
    stay, squared = (1.0 + 1.0 / years) ** -shape, (1.0 + 2.0 / years) ** -shape
    mean, variance = 1.0 - stay, squared - stay * stay
    size = mean * (1.0 - mean) / variance - 1.0
    return {"beta": {"alpha": number(mean * size), "beta": number((1.0 - mean) * size)}}


def _distances(curve: KaplanMeier, fit: Fitted) -> dict[str, float]:
    """Return the greatest and the mean squared distance of the curve from the model's."""
    gap = curve.survival - _survival(fit, curve.times)
    before = np.concatenate([[1.0], curve.survival[:-1]])
    greatest = np.maximum(np.abs(gap), np.abs(before - _survival(fit, curve.times)))
    reliable = curve.at_risk >= _TOO_FEW
    jumps = before - curve.survival
    root = math.sqrt(fit.data.value.size)
    return {
        KS: root * float(np.max(greatest[reliable], initial=0.0)),
        CVM: fit.data.value.size * float(np.sum((gap * gap * jumps)[reliable])),
    }


def _survival(fit: Fitted, t: FloatArray) -> FloatArray:
    return np.where(t <= 0.0, 1.0, fit.survival(np.maximum(t, 1e-9)))


def _drawn_from(curve: KaplanMeier, rng: np.random.Generator, count: int) -> FloatArray:
    """Return draws from the times of a curve; what it leaves over never comes."""
    if not curve.times.size:
        return np.full(count, math.inf)
    place = np.searchsorted(-curve.survival, -rng.uniform(size=count), side="left")
    return np.append(curve.times, math.inf)[place]


def _stays(curve: KaplanMeier, years: int) -> tuple[float, float, float]:
    low, high = curve.band()
    at = max(int(np.searchsorted(curve.times, 12.0 * years, side="right")) - 1, 0)
    if curve.times[at] > 12.0 * years:
        return 1.0, 1.0, 1.0
    return float(curve.survival[at]), float(low[at]), float(high[at])


def _hazard_by_interval(data: Observations) -> Iterator[tuple[float, float, float]]:
    """Yield leavers a year of presence by tenure: half years at first, then years."""
    edges = [0.0, 6.0, 12.0, 24.0, 36.0, 48.0, 60.0, 84.0, 120.0, 180.0, 240.0, 360.0, 600.0]
    for begin, end in pairwise(edges):
        inside = np.clip(data.value, begin, end) - np.clip(data.entry, begin, end)
        left = float(np.sum((data.seen > 0) & (data.value > begin) & (data.value <= end)))
        present = float(inside.sum())
        if left >= _TOO_FEW and present > _THIN * data.exposure:
            yield begin, min(end, float(data.value.max())), left / present * 12.0


def _doubts(
    data: Observations, curve: KaplanMeier, candidates: Sequence[Candidate], chosen: str
) -> Iterator[str]:
    whole = data.value[data.value >= 1.0]
    part = float(np.mean(np.isclose(whole % 12.0, 0.0, atol=1e-6))) if whole.size else 0.0
    if part > _HEAPED:
        yield f"{100 * part:.0f}% of the tenures are whole years: rounding blurs the first year"
    if float(curve.survival[-1]) > 0.5:  # noqa: PLR2004 - a half
        yield (
            f"{100 * curve.survival[-1]:.0f}% are still there at the longest tenure seen: mean tenure and "
            "what happens later come from the model alone"
        )
    if data.seen.all() and not data.entry.any():
        yield "nobody is still there: check that the file is not a list of leavers"
    own = next(candidate for candidate in candidates if candidate.name == chosen)
    if own.tests and min(test.p for test in own.tests) < SURELY:
        yield f"{chosen} does not fit (p below 1%): trust the attrition, which needs no model, not the shape"
