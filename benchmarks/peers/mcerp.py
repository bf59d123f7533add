"""mcerp: Latin hypercube samples behind operators; it has no compound distributions."""

import mcerp
import numpy as np
from mcerp import LogNormal, Normal
from reference import DISCOUNT, FX_SIGMA, MU, SIGMA, clocked, losses


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    mcerp.npts = trials
    np.random.seed(1)  # noqa: NPY002 - the only generator that it uses
    total, log_fx = 0, 0
    for factor in DISCOUNT:
        log_fx = log_fx + Normal(-(FX_SIGMA**2) / 2, FX_SIGMA)
        total = total + factor * LogNormal(np.exp(MU), SIGMA) * mcerp.umath.exp(log_fx)
    return total._mcpts + losses(np.random.default_rng(1), trials)  # noqa: SLF001 - the sample itself


clocked(model)
