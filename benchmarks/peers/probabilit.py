"""probabilit: operators carry the path; it has no compound distributions."""

import numpy as np
from probabilit.modeling import Distribution, Exp
from reference import DISCOUNT, FX_SIGMA, MU, SIGMA, clocked, losses


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    total, log_fx = 0, 0
    for factor in DISCOUNT:
        log_fx = log_fx + Distribution("norm", loc=-(FX_SIGMA**2) / 2, scale=FX_SIGMA)
        total = total + float(factor) * Distribution("lognorm", s=SIGMA, scale=np.exp(MU)) * Exp(log_fx)
    return total.sample(trials, random_state=1) + losses(np.random.default_rng(1), trials)


clocked(model)
