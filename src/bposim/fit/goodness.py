"""Goodness of fit when the parameters come from the same data: three distances and a parametric bootstrap.

Tables of Kolmogorov-Smirnov, Cramér-von Mises and Anderson-Darling hold for known parameters.  Fitted ones
lie closer to the data, so here the model itself is sampled, fitted anew and measured, many times over (Stute,
Gonzáles Manteiga and Presedo Quindimil 1993; for censored data Klein and Moeschberger 2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from bposim.fit.outcome import GoodnessTest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bposim.shapes import FloatArray

LARGE = 5_000
"""Observations from which distances are measured on a part: with more, every model fails on a triviality."""

KS, CVM, AD = "KS", "CvM", "AD"


def distances(u: FloatArray) -> dict[str, float]:
    """Return KS, CvM and AD of probabilities ``(n,)`` that would be uniform under the model.

    Stephens, EDF statistics for goodness of fit, JASA 69 (1974).
    """
    u = np.sort(np.clip(u, 1e-300, 1.0 - 1e-16))
    n = u.size
    i = np.arange(1, n + 1)
    return {
        KS: float(max(np.max(i / n - u), np.max(u - (i - 1) / n))),
        CVM: float(1.0 / (12.0 * n) + np.sum((u - (2.0 * i - 1.0) / (2.0 * n)) ** 2)),
        AD: float(-n - np.mean((2.0 * i - 1.0) * (np.log(u) + np.log1p(-u[::-1])))),
    }


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What fitting to samples of the fitted model gave."""

    tests: tuple[GoodnessTest, ...]
    thetas: FloatArray
    """Coordinates of each replicate, ``(replicates, k)``."""


def bootstrap(
    observed: Mapping[str, float],
    again: Callable[[np.random.Generator], tuple[Mapping[str, float], FloatArray]],
    replicates: int,
    seed: Sequence[int],
) -> Bootstrap:
    """Return the tests of distances, from ``again``: a new sample, fitted, its distances and coordinates.

    p = (1 + number of samples at least as far) / (1 + replicates); Davison and Hinkley (1997), 4.2.
    """
    rng = np.random.default_rng(list(seed))
    found = [again(rng) for _ in range(replicates)]
    tests = tuple(
        GoodnessTest(
            name,
            value,
            (1 + sum(one[name] >= value for one, _ in found)) / (1 + replicates),
        )
        for name, value in observed.items()
    )
    return Bootstrap(tests, np.array([theta for _, theta in found], dtype=np.float64))


def percentile_interval(values: FloatArray) -> tuple[float, float]:
    """Return the middle 95 % of bootstrap replicates, of which some may be infinite."""
    if not values.size:
        return math.nan, math.nan
    low, high = np.quantile(values, [0.025, 0.975], method="nearest")
    return float(low), float(high)


def ljung_box(residuals: FloatArray, lags: int) -> float:
    """Return the p value of no autocorrelation up to ``lags``.

    Q = n (n+2) Σ r_k² / (n-k) against χ² of ``lags`` degrees; Ljung and Box, Biometrika 65 (1978).
    """
    x = residuals - residuals.mean()
    n = x.size
    total = float(x @ x)
    q = n * (n + 2.0) * sum((float(x[k:] @ x[:-k]) / total) ** 2 / (n - k) for k in range(1, lags + 1))
    return float(chdtrc(lags, q))
