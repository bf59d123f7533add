"""The right to leave: its worth by a stated rule, and at its best by regression on the paths.

At each date at which one may leave, ``gain`` is what leaving then saves against staying to the end, in
present value and with all that leaving costs (notice, fee, knowledge lost, rehiring), along the path as it
comes out.
Nobody knows it at that date; what is known is the state.  Going backwards in time, one leaves where
E[gain of leaving now - gain of the policy later | state] is positive (Longstaff and Schwartz, 2001), the
conditional mean being a regression on splines of the state.

The policy for one half of the trials is learnt from the other half, so no path is judged by a rule that has
seen it: the value errs on the low side, being that of a policy that could actually be followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.analysis.measures import Estimate, Sample, mean, proportion
from bposim.analysis.regression import accumulate, choose_basis, predict
from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

States: TypeAlias = Mapping[str, FloatArray]
"""What is known at each date, by name, each ``(dates, trials)``."""

NEVER = -1
"""Date of a trial in which the right is not used."""

PATHS = 2
"""Dimensions of an array of paths: dates and trials."""

FEWEST_TRIALS = 4

FEWEST = 100
"""With fewer eligible trials at a date there is no rule to learn, and one stays."""


@dataclass(frozen=True, slots=True)
class ExitOption:
    """What a right to leave is worth and when it is used."""

    value: Estimate
    """Mean saving through the right."""
    probability: Estimate
    """Probability that it is used at all."""
    by_date: FloatArray
    """Probability that it is used at each date, ``(dates,)``."""
    date: NDArray[np.intp]
    """Date of use by trial, ``(trials,)``; NEVER where it is not used."""
    gain: FloatArray
    """What it saves by trial, ``(trials,)``; 0 where it is not used."""


def gain_of_leaving(stay: FloatArray, leave: FloatArray) -> FloatArray:
    """Return what leaving at each date saves, ``(dates, trials)``.

    ``stay`` is the discounted cost of each period if one stays, ``leave`` the discounted cost of everything
    from that period on if one decides to leave at its start: the run-off under notice, the fee, and what
    replaces the contract to the horizon.  Both are ``(dates, trials)``.
    """
    to_come = np.cumsum(stay[::-1], axis=0)[::-1]
    return np.asarray(to_come - leave)


def exit_by_rule(gain: FloatArray, rule: NDArray[np.bool_]) -> ExitOption:
    """Return the worth of leaving at the first date at which the stated rule holds; may be negative.

    ``gain`` and ``rule`` are ``(dates, trials)``; the rule may use only what is known at its date.
    """
    _check(gain, {}, rule)
    return _option(gain, rule)


def best_exit(gain: FloatArray, states: States, eligible: NDArray[np.bool_] | None = None) -> ExitOption:
    """Return the worth of the right used as well as the states allow.

    ``eligible``, ``(dates, trials)``, says where one may leave, or where it is worth a thought: a put out of
    the money is not.  A state that does not vary at a date says nothing there.  The value is not below 0:
    nobody has to use a right.  Raises ValueError for shapes that do not fit or fewer than four trials.
    """
    open_to = np.ones(gain.shape, dtype=np.bool_) if eligible is None else eligible
    _check(gain, states, open_to)
    leave = np.zeros(gain.shape, dtype=np.bool_)
    halves = (slice(0, None, 2), slice(1, None, 2))
    for learnt, judged in (halves, halves[::-1]):
        leave[:, judged] = _learn(gain, states, open_to, learnt, judged)
    found = _option(gain, leave)
    value = found.value
    return replace(
        found,
        value=replace(
            value, value=max(value.value, 0.0), low=None if value.low is None else max(value.low, 0.0)
        ),
    )


def _learn(
    gain: FloatArray,
    states: States,
    eligible: NDArray[np.bool_],
    learnt: slice,
    judged: slice,
) -> NDArray[np.bool_]:
    """Return where the judged trials leave by the rule of the learnt ones, ``(dates, judged)``."""
    later = np.zeros(gain[0, learnt].size)
    leave = np.zeros((len(gain), gain[0, judged].size), dtype=np.bool_)
    for date in range(len(gain) - 1, -1, -1):
        mine, theirs = eligible[date, learnt], eligible[date, judged]
        if np.count_nonzero(mine) < FEWEST:
            continue
        seen = {name: state[date, learnt][mine] for name, state in states.items()}
        now = gain[date, learnt][mine]
        ahead = (now - later[mine])[:, np.newaxis]
        basis = choose_basis(seen, ahead)
        sums = accumulate(basis, seen, ahead, 1)
        coefficients = sums.coefficients()
        better = predict(basis, seen, coefficients, sums.centre)[:, 0] > 0
        later[np.flatnonzero(mine)[better]] = now[better]
        new = {name: state[date, judged][theirs] for name, state in states.items()}
        if np.any(theirs):
            leave[date, theirs] = predict(basis, new, coefficients, sums.centre)[:, 0] > 0
    return leave


def _option(gain: FloatArray, leave: NDArray[np.bool_]) -> ExitOption:
    ever = leave.any(axis=0)
    date = np.where(ever, np.argmax(leave, axis=0), NEVER)
    taken = np.where(ever, gain[np.maximum(date, 0), np.arange(date.size)], 0.0)
    return ExitOption(
        mean(taken),
        proportion(int(np.count_nonzero(ever)), ever.size),
        np.bincount(date[ever], minlength=len(gain)) / date.size,
        date,
        taken,
    )


def _check(gain: FloatArray, states: States, allowed: NDArray[np.bool_]) -> None:
    if gain.ndim != PATHS or gain.shape[1] < FEWEST_TRIALS or allowed.shape != gain.shape:
        raise ValueError(
            f"gains and where one may leave are (dates, trials); these are {gain.shape}, {allowed.shape}"
        )
    for name, state in states.items():
        if state.shape != gain.shape:
            raise ValueError(f"state {name} has shape {state.shape}; the gains have {gain.shape}")
    Sample(gain.ravel())  # complains about a number that is not finite
