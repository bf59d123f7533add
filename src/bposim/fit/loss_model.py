"""One model of losses: fitted, tested, and as keys of a scenario."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bposim.events.severity import with_tail
from bposim.fit.goodness import LARGE, Bootstrap, bootstrap, distances, percentile_interval
from bposim.fit.likelihood import Fitted, Model, Observations
from bposim.fit.models import (
    ExponentialModel,
    LognormalModel,
    ParetoModel,
    SplicedModel,
)
from bposim.fit.outcome import (
    SEED,
    Candidate,
    Figure,
)
from bposim.fit.snippet import number, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.fit.frequency import Frequency
    from bposim.fit.outcome import Form
    from bposim.fit.snippet import Tree
    from bposim.inputs.distribution import Distribution
    from bposim.shapes import FloatArray


def candidate_of(fit: Fitted, truncated_below: float, often: Frequency | None, replicates: int) -> Candidate:
    """Return a model fitted to losses with its parameters, tests and keys; ``often`` says how many."""
    model, intervals = fit.model, fit.intervals()
    natural = model.natural(fit.theta)
    flaw, usable = "", True
    try:
        severity_of(model, fit.theta, truncated_below)
    except ValueError:
        shape = float(fit.theta[-2]) if isinstance(model, ParetoModel | SplicedModel) else 0.0
        why = (
            f"does not exist (shape {shape:.2f}, 1 or more)" if shape >= 1.0 else "is too large for a number"
        )
        flaw, usable = f"its mean {why}", False
    if usable and any(not math.isfinite(end) for ends in intervals.values() for end in ends):
        flaw, usable = "the data leave a parameter open on one side", False
    if not all(math.isfinite(end) for ends in intervals.values() for end in ends):
        replicates = 0  # samples of it would leave it open as well, and take long to say so
    tested = _bootstrapped(fit, replicates)
    implied = _implied(fit, tested.thetas, truncated_below)
    severity = _severity(model, natural, truncated_below, fit)
    return Candidate(
        model.kind,
        tuple(Figure(name, natural[name], *intervals[name], form=_form(name)) for name in model.names),
        len(model.names),
        fit.data.value.size,
        fit.log_likelihood,
        {**_rate(often), "severity": severity},
        {**_rate(often, uncertain=True), **_scale_factor(implied[0]), "severity": severity},
        tested.tests,
        tuple(figure for figure, _ in implied),
        flaw,
        usable,
    )


def _form(name: str) -> Form:
    return "amount" if name in {"median", "scale", "tail scale"} else "number"


def severity_of(model: Model, theta: FloatArray, truncated_below: float) -> Distribution:
    """Return the distribution of the recorded losses; ValueError where bposim refuses its parameters."""
    whole = model.distribution(theta)
    if truncated_below == 0.0 or isinstance(model, ParetoModel):
        return whole
    if isinstance(model, SplicedModel):
        body = LognormalModel().distribution(theta[:2]).model_copy(update={"min": truncated_below})
        return with_tail(body, ParetoModel(model.threshold).distribution(theta[2:]))
    return whole.model_copy(update={"min": truncated_below})


def _bootstrapped(fit: Fitted, replicates: int) -> Bootstrap:
    """Return tests and replicates; of many losses they are made on a part, and the replicates drawn in."""
    if not replicates:
        return Bootstrap((), np.zeros((0, fit.theta.size)))
    data, whole = fit.data, fit.data.value.size
    if whole > LARGE:
        part = np.random.default_rng([SEED, 2]).choice(whole, LARGE, replace=False)
        data = Observations(data.value[part], data.seen[part], data.entry[part])
    measured = Fitted(fit.model, fit.theta, fit.log_likelihood, data)

    def again(rng: np.random.Generator) -> tuple[dict[str, float], FloatArray]:
        drawn = Observations(measured.drawn(rng), data.seen, data.entry)
        refitted = fit.model.fitted(drawn, fit.theta)
        return distances(refitted.below(drawn)), refitted.theta

    found = bootstrap(distances(measured.below(data)), again, replicates, [SEED, 3])
    drawn_in = fit.theta + (found.thetas - fit.theta) * math.sqrt(data.value.size / whole)
    return Bootstrap(found.tests, drawn_in)


def _implied(
    fit: Fitted, thetas: FloatArray, truncated_below: float
) -> tuple[tuple[Figure, FloatArray], ...]:
    """Return mean, P95 and P99 of a recorded loss with bootstrap intervals, and their replicates."""
    every = np.vstack([fit.theta, *thetas])
    mean = np.array([_mean(fit.model, theta, truncated_below) for theta in every])
    found = [("mean loss", mean)]
    for name, above in (("P95", 0.05), ("P99", 0.01)):
        cut = [_survival(fit.model, theta, truncated_below) for theta in every]
        with np.errstate(all="ignore"):  # of a model that the data leave open
            values = [
                fit.model.quantile(theta, np.array([above * left]))[0]
                for theta, left in zip(every, cut, strict=True)
            ]
        found.append((name, np.array(values)))
    return tuple(
        (Figure(name, float(values[0]), *percentile_interval(values[1:]), form="amount"), values[1:])
        for name, values in found
    )


def _mean(model: Model, theta: FloatArray, truncated_below: float) -> float:
    try:
        return severity_of(model, theta, truncated_below).mean
    except ValueError:
        return math.inf


def _survival(model: Model, theta: FloatArray, x: float) -> float:
    if x <= 0.0:
        return 1.0
    return float(np.exp(model.log_survival(theta, np.array(x))))


def _severity(model: Model, natural: Mapping[str, float], truncated_below: float, fit: Fitted) -> Tree:
    """Return the keys of the severity."""
    cut = {"min": number(truncated_below)} if truncated_below > 0.0 else {}
    if isinstance(model, SplicedModel):
        at = number(model.threshold)
        within = _survival(model, fit.theta, model.threshold) / _survival(model, fit.theta, truncated_below)
        body = {"median": number(natural["median"]), "sigma": number(natural["sigma"]), **cut, "max": at}
        tail = {
            "threshold": at,
            "shape": number(natural["tail shape"]),
            "scale": number(natural["tail scale"]),
        }
        return {
            "mixture": [
                {"weight": share(1.0 - within), "lognormal": body},
                {"weight": share(within), "generalised_pareto": tail},
            ]
        }
    parameters = {name: number(natural[name]) for name in model.names}
    if isinstance(model, ParetoModel):
        return {"generalised_pareto": {"threshold": number(model.threshold), **parameters}}
    if isinstance(model, ExponentialModel):
        return {"gamma": {"shape": "1", **parameters, **cut}}
    return {model.kind: {**parameters, **cut}}


def _rate(often: Frequency | None, *, uncertain: bool = False) -> dict[str, Tree]:
    if often is None:
        return {}
    keys: dict[str, Tree] = {"per_year": number(often.per_year)}
    if uncertain:
        # The posterior of a Poisson rate under Jeffreys' prior.
        keys["per_year"] = {
            "gamma": {"shape": number(often.events + 0.5), "scale": number(1.0 / often.years)}
        }
    if often.clustered:
        keys["overdispersion"] = number(often.over_horizon)
    return keys


def _scale_factor(mean: tuple[Figure, FloatArray]) -> dict[str, Tree]:
    """Return the uncertainty of the mean loss as a factor on every loss, the same through a trial."""
    replicates = mean[1][np.isfinite(mean[1])]
    if replicates.size <= mean[1].size / 2 or not math.isfinite(mean[0].value):
        return {}
    sigma = float(np.std(np.log(replicates)))
    return {"severity_factor": {"lognormal": {"mean": "1", "sigma": number(sigma)}}}
