"""squigglepy in its vector style: a distribution is drawn anew at each use, so each draw is kept by hand."""

import numpy as np
import squigglepy as sq
from reference import DISCOUNT, EVENTS, FX_SIGMA, LOSS_MU, LOSS_SIGMA, MU, SIGMA, clocked


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    sq.set_seed(1)
    total, log_fx = 0, 0
    for factor in DISCOUNT:
        log_fx = log_fx + sq.sample(sq.norm(mean=-(FX_SIGMA**2) / 2, sd=FX_SIGMA), n=trials)
        cost = sq.sample(sq.lognorm(norm_mean=MU, norm_sd=SIGMA), n=trials)
        total = total + factor * cost * np.exp(log_fx)
    count = sq.sample(sq.poisson(EVENTS), n=trials).astype(int)
    sizes = sq.sample(sq.lognorm(norm_mean=LOSS_MU, norm_sd=LOSS_SIGMA), n=int(count.sum()))
    return total + np.bincount(np.repeat(np.arange(trials), count), weights=sizes, minlength=trials)


clocked(model)
