"""What it is worth to know before deciding: one driver, a group of them, or the result of a study.

Without information the alternative with the lowest mean cost is taken.  Information about drivers lets
the choice depend on them: the value is the mean cost that the better choices save.  E[cost difference |
drivers] comes from regression on the run's own draws, for any number of alternatives at once (Strong,
Oakley and Brennan, 2014).

The regression only makes the choice; the choice is then valued by the trials' own costs, in a fold that
the regression has not seen.  So the estimate cannot flatter itself: a choice made by mistake costs what it
costs, no choice does better in a trial than perfect information, and the error is that of a plain mean.
What a regression misses of the true conditional mean biases the value down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.comparison import evpi
from bposim.analysis.drivers import check_drivers
from bposim.analysis.measures import Estimate, Sample, mean, normal_interval
from bposim.analysis.regression import cross_fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bposim.analysis.comparison import Costs
    from bposim.analysis.drivers import Drivers
    from bposim.shapes import FloatArray

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Information:
    """The value of learning some drivers exactly, in the unit of the costs."""

    name: str
    drivers: tuple[str, ...]
    value: Estimate
    changes: float
    """The probability that what is learned changes the choice."""


@dataclass(frozen=True, slots=True)
class Study:
    """A study that can be bought before the decision."""

    name: str
    value: Estimate
    """Expected value of the sample information."""
    price: float

    @property
    def net(self) -> Estimate:
        """Value less price."""
        return _shifted(self.value, -self.price)


def evppi(
    costs: Costs, drivers: Drivers, groups: Mapping[str, Sequence[str]] | None = None
) -> tuple[Information, ...]:
    """Return the value of learning each driver and each group, most valuable first, equals by name.

    A group may ignore what it knows: its value is the best of its own choice and of the choices of its
    members and of the other groups inside it, so it never falls when a driver is added.  Taking the best
    leans up where nothing is worth anything, by less than the error.  Every value lies between 0 and that of
    perfect information in the same trials.  Raises ValueError for an unknown driver.
    """
    behind = _behind(costs)
    known = check_drivers(drivers, behind.shape[0])
    asked = {name: (name,) for name in known} | {name: tuple(own) for name, own in (groups or {}).items()}
    unknown = sorted({driver for own in asked.values() for driver in own} - set(known))
    if unknown:
        raise ValueError(f"a group names drivers that the run does not have: {', '.join(unknown)}")
    gains: dict[frozenset[str], FloatArray] = {}
    for own in sorted({frozenset(own) for own in asked.values()}, key=len):
        fitted = cross_fitted({name: x for name, x in known.items() if name in own}, behind)
        inside = [gain for other, gain in gains.items() if other < own]
        gains[own] = max([_gain(fitted, behind), *inside], key=lambda gain: float(gain.mean()))
    limit = evpi(costs)
    found = [
        Information(
            name, own, _value(gains[frozenset(own)], limit), float(np.mean(gains[frozenset(own)] != 0))
        )
        for name, own in asked.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.value.value, each.name)))


def evsi(costs: Costs, signals: Drivers) -> Estimate:
    """Return the value of a study whose result was simulated in every trial, by regression on the result.

    ``signals`` are the numbers that the study would report, each ``(trials,)``, drawn from what the trial's
    drivers are and the study's own error (Strong et al., 2015).
    """
    behind = _behind(costs)
    fitted = cross_fitted(check_drivers(signals, behind.shape[0]), behind)
    return _value(_gain(fitted, behind), evpi(costs))


def evsi_of_outcomes(costs: Costs, likelihood: Mapping[str, FloatArray]) -> Estimate:
    """Return the value of a study with a few outcomes, exactly from their probabilities in each trial.

    ``likelihood`` gives by outcome P(outcome | trial), ``(trials,)``; they add up to 1 in every trial.  A
    reference check that clears a good vendor with probability 0.9 and a bad one with 0.3 has "clear": 0.9 or
    0.3, and "warn" the rest.  Nothing is drawn or regressed.  Raises ValueError unless
    they are probabilities.
    """
    behind = _behind(costs)
    chances = check_drivers(likelihood, behind.shape[0])
    everything = np.sum(list(chances.values()), axis=0)
    if any(np.any(chance < 0) for chance in chances.values()) or np.max(np.abs(everything - 1)) > ROUNDING:
        raise ValueError("the outcomes' probabilities lie between 0 and 1 and add up to 1 in every trial")
    gain = np.zeros(len(behind))
    for chance in chances.values():
        choice = int(np.argmin(chance @ behind))
        gain -= chance * behind[:, choice]
    return _value(gain, evpi(costs))


def evsi_by_moments(costs: Costs, drivers: Drivers, resolved: float) -> Estimate:
    """Return the value of a study that resolves a share of what these drivers decide, 0 <= share <= 1.

    E[cost difference | drivers] has its distance to the mean shrunk by the root of ``resolved``, the share of
    the drivers' variance that the study is expected to take away (moment matching: Heath, Manolopoulou and
    Baio, 2018); see :func:`resolution`.  Exact where normal drivers act linearly.
    """
    if not 0 <= resolved <= 1:
        raise ValueError(f"a study resolves a share of the variance between 0 and 1; it is {resolved}")
    behind = _behind(costs)
    fitted = cross_fitted(check_drivers(drivers, behind.shape[0]), behind)
    centre = behind.mean(axis=0)
    expected = centre + math.sqrt(resolved) * (fitted - fitted.mean(axis=0))
    choice = np.argmin(expected, axis=1)
    rows = np.arange(len(choice))
    gain = -expected[rows, choice]
    # The influence of a trial: its own cost in the shrunken distance, and its part in the means.
    share = np.bincount(choice, minlength=behind.shape[1]) / len(choice)
    kept = math.sqrt(resolved)
    influence = -kept * behind[rows, choice] - (1 - kept) * (centre[choice] + (behind - centre) @ share)
    se = float(np.std(influence, ddof=1)) / math.sqrt(len(gain))
    return _limited(normal_interval(float(gain.mean()), se), evpi(costs))


def resolution(prior_sd: float, noise_sd: float, observations: float) -> float:
    """Return the share of a driver's variance that so many independent observations of it resolve.

    sigma^2 / (sigma^2 + tau^2 / m) for a driver of standard deviation sigma and observations, each with error
    tau: the pilot of m months that shows a handling time, month by month, with noise.
    """
    if prior_sd < 0 or noise_sd < 0 or observations < 0:
        raise ValueError("standard deviations and the number of observations are not negative")
    if prior_sd == 0 or observations == 0:
        return 0.0
    return prior_sd**2 / (prior_sd**2 + noise_sd**2 / observations)


def spend_here_first(studies: Iterable[Study]) -> tuple[Study, ...]:
    """Return the studies that are worth more than their price, largest net value first, equals by name."""
    worth = [study for study in studies if study.net.value > 0]
    return tuple(sorted(worth, key=lambda study: (-study.net.value, study.name)))


def _behind(costs: Costs) -> FloatArray:
    """Return by how much each alternative costs more than the one with the lowest mean.

    The array is ``(trials, alternatives)``; the column of the best is 0.
    """
    evpi(costs)  # complains about alternatives that are not paired
    samples = {name: Sample.of(cost) for name, cost in costs.items()}
    names = list(samples)
    best = min(names, key=lambda name: (samples[name].centre, name))
    return np.column_stack([samples[name].values - samples[best].values for name in names])


def _gain(fitted: FloatArray, behind: FloatArray) -> FloatArray:
    """Return what the choice by ``fitted`` saves against the best on average, by trial, ``(trials,)``."""
    choice = np.argmin(fitted, axis=1)
    return np.asarray(-behind[np.arange(len(behind)), choice])


def _value(gain: FloatArray, limit: Estimate) -> Estimate:
    if gain.size == 1:
        return Estimate(max(float(gain[0]), 0.0), None, note="a single trial has no error")
    return _limited(mean(gain), limit)


def _limited(estimate: Estimate, limit: Estimate) -> Estimate:
    """Return the estimate between 0 and the value of perfect information, its interval not below 0."""
    value = min(max(estimate.value, 0.0), limit.value)
    low = None if estimate.low is None else max(estimate.low, 0.0)
    high = None if estimate.high is None else max(estimate.high, 0.0)
    return replace(estimate, value=value, low=low, high=high)


def _shifted(estimate: Estimate, by: float) -> Estimate:
    low = None if estimate.low is None else estimate.low + by
    high = None if estimate.high is None else estimate.high + by
    return Estimate(estimate.value + by, estimate.se, low, high, estimate.note)
