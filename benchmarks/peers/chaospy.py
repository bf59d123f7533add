"""chaospy: 120 independent variables at once; it has no compound distributions."""

import chaospy as cp
import numpy as np
from reference import DISCOUNT, FX_SIGMA, MONTHS, MU, SIGMA, clocked, losses


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    costs = cp.Iid(cp.LogNormal(MU, SIGMA), MONTHS)
    moves = cp.Iid(cp.Normal(-(FX_SIGMA**2) / 2, FX_SIGMA), MONTHS)
    sample = cp.J(costs, moves).sample(trials, rule="random", seed=1)
    cost, fx = sample[:MONTHS], np.exp(np.cumsum(sample[MONTHS:], axis=0))
    return (cost * fx).T @ DISCOUNT + losses(np.random.default_rng(1), trials)


clocked(model)
