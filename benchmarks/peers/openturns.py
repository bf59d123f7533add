"""OpenTURNS: 120 independent variables and a Python function of the whole sample."""

import numpy as np
import openturns as ot
from reference import DISCOUNT, EVENTS, FX_SIGMA, LOSS_MU, LOSS_SIGMA, MONTHS, MU, SIGMA, clocked


def discounted(sample: ot.Sample) -> np.ndarray:
    """Return the present value of each row: 60 costs, then 60 changes of the rate."""
    rows = np.asarray(sample)
    return ((rows[:, :MONTHS] * np.exp(np.cumsum(rows[:, MONTHS:], axis=1))) @ DISCOUNT)[:, None]


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    ot.RandomGenerator.SetSeed(1)
    costs, moves = ot.LogNormal(MU, SIGMA), ot.Normal(-(FX_SIGMA**2) / 2, FX_SIGMA)
    joint = ot.JointDistribution([costs] * MONTHS + [moves] * MONTHS)
    value = ot.PythonFunction(2 * MONTHS, 1, func_sample=discounted)
    total = np.asarray(value(joint.getSample(trials))).ravel()
    count = np.asarray(ot.Poisson(EVENTS).getSample(trials)).ravel().astype(int)
    sizes = np.asarray(ot.LogNormal(LOSS_MU, LOSS_SIGMA).getSample(int(count.sum()))).ravel()
    return total + np.bincount(np.repeat(np.arange(trials), count), weights=sizes, minlength=trials)


clocked(model)
