"""Proteus Actuarial Library: operators carry the path, compound losses are built in."""

import numpy as np
from pal import config, set_random_seed
from pal import distributions as d
from pal.frequency_severity import FrequencySeverityModel
from reference import DISCOUNT, EVENTS, FX_SIGMA, LOSS_MU, LOSS_SIGMA, MU, SIGMA, clocked


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    config.n_sims = trials
    set_random_seed(1)
    total, log_fx = 0, 0
    for factor in DISCOUNT:
        log_fx = log_fx + d.Normal(mu=-(FX_SIGMA**2) / 2, sigma=FX_SIGMA).generate()
        total = total + factor * d.LogNormal(mu=MU, sigma=SIGMA).generate() * np.exp(log_fx)
    frequency, severity = d.Poisson(mean=EVENTS), d.LogNormal(mu=LOSS_MU, sigma=LOSS_SIGMA)
    losses = FrequencySeverityModel(freq_dist=frequency, sev_dist=severity).generate().aggregate()
    return np.asarray((total + losses).values)


clocked(model)
