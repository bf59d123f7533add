"""How often: a Poisson rate from dated events, against the negative binomial and a trend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.fit.dates import month_name
from bposim.fit.outcome import SEED, SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.shapes import FloatArray

HORIZON_YEARS = 5.0
"""Of a scenario, for the part of the overdispersion of single years that is left over all of it."""

_YEARS_ENOUGH = 8
_PERIODS_ENOUGH = 4
_QUARTER = 3
_TREND = 2.5


@dataclass(frozen=True, slots=True)
class Frequency:
    """Events in the months from ``first`` to ``last``, counted by period."""

    first: int
    """Months since year 0, as last."""
    last: int
    assumed: bool
    """Whether the window was read off the events themselves."""
    events: int
    period_months: int
    counts: tuple[tuple[str, int], ...]
    """By period, oldest first; none without dates."""
    overdispersion: float
    """Variance of a factor of mean 1 on the rate of a period: 0 is Poisson."""
    poisson_log_likelihood: float
    negative_binomial_log_likelihood: float
    p_poisson: float
    """How often Poisson events would be as uneven."""
    trend: float
    """Standard score of the events' mean time: above 0 they come late."""

    @property
    def years(self) -> float:
        """Length of the window."""
        return (self.last - self.first + 1) / 12.0

    @property
    def per_year(self) -> float:
        """Events a year."""
        return self.events / self.years

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the rate, if Poisson (Garwood, Biometrika 28, 1936)."""
        low = special.gammaincinv(self.events, 0.025) if self.events else 0.0
        return float(low) / self.years, float(special.gammaincinv(self.events + 1, 0.975)) / self.years

    @property
    def clustered(self) -> bool:
        """Whether the events come more unevenly than a Poisson's."""
        return self.p_poisson < SIGNIFICANT and self.overdispersion > 0.0

    @property
    def over_horizon(self) -> float:
        """Variance of the factor over a horizon of years that vary independently of each other."""
        return self.overdispersion * self.period_months / 12.0 / HORIZON_YEARS


def frequency(
    months: Sequence[int], window: tuple[int, int] | None, events: int, replicates: int
) -> Frequency | None:
    """Return the frequency of events by their months since year 0; None without both dates and window.

    Without dates the events are spread over the window unknown, and only their rate is found.
    """
    if window is None and not months:
        return None
    first, last = window or (min(months), max(months))
    if not months:
        return Frequency(first, last, window is None, events, 12, (), 0.0, math.nan, math.nan, 1.0, 0.0)
    length = 12 if (last - first + 1) // 12 >= _YEARS_ENOUGH else _QUARTER
    number = (last - first + 1) // length
    begin = last + 1 - number * length  # the oldest months that fill no period are left out of the counts
    places = np.array([(month - begin) // length for month in months if month >= begin], dtype=np.intp)
    counts = np.bincount(places, minlength=max(number, 0))[: max(number, 0)].astype(np.float64)
    variance, binomial, poisson, p = 0.0, math.nan, math.nan, 1.0
    if number >= _PERIODS_ENOUGH and counts.sum() > 0:
        poisson = negative_binomial(counts, 0.0)
        variance = dispersion(counts)
        binomial = negative_binomial(counts, variance)
        p = _p_of_poisson(counts, binomial - poisson, replicates)
    middle = (np.array(months) - first + 0.5) / (last - first + 1)
    score = float((middle.mean() - 0.5) * math.sqrt(12.0 * len(months)))
    names = [month_name(begin + k * length) for k in range(number)]
    return Frequency(
        first,
        last,
        window is None,
        events,
        length,
        tuple(zip(names, map(int, counts), strict=True)),
        variance,
        poisson,
        binomial,
        p,
        score,
    )


def negative_binomial(counts: FloatArray, variance: float) -> float:
    """Return the log-likelihood at the mean of the counts, of a Poisson whose rate has this squared CV."""
    k = np.asarray(counts, dtype=np.float64)
    mean = float(k.mean())
    if variance <= 0.0:
        return float(np.sum(k * math.log(mean) - mean - special.gammaln(k + 1.0)))
    size = 1.0 / variance
    terms = special.gammaln(k + size) - special.gammaln(size) - special.gammaln(k + 1.0)
    terms += size * math.log(size / (size + mean)) + k * math.log(mean / (size + mean))
    return float(np.sum(terms))


def dispersion(counts: FloatArray) -> float:
    """Return the variance of the factor of the largest likelihood, 0 where Poisson is it."""
    from scipy.optimize import minimize_scalar

    mean = float(np.mean(counts))
    if float(np.var(counts)) <= mean:
        return 0.0  # the likelihood falls from 0 on (Levin and Reeds 1977)
    found = minimize_scalar(
        lambda log: -negative_binomial(counts, math.exp(log)),
        bounds=(-8.0, 5.0),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return math.exp(float(found.x))


def _p_of_poisson(counts: FloatArray, gained: float, replicates: int) -> float:
    """Return how often the negative binomial gains as much on Poisson counts of the same total."""
    total, periods = int(counts.sum()), counts.size
    rng = np.random.default_rng([SEED, 1])
    drawn = rng.multinomial(total, np.full(periods, 1.0 / periods), size=replicates).astype(np.float64)
    again = [negative_binomial(row, dispersion(row)) - negative_binomial(row, 0.0) for row in drawn]
    return (1 + sum(value >= gained for value in again)) / (1 + replicates)


def warnings(found: Frequency) -> list[str]:
    """Return what to be careful about."""
    said = []
    if found.assumed:
        said.append(
            f"the file does not say from when to when events were recorded; taken: {month_name(found.first)} "
            f"to {month_name(found.last)}, its first and last event, which overstates the rate of rare "
            "events. Say it by --observed 2019-01:2024-12"
        )
    if abs(found.trend) > _TREND:
        said.append(
            f"events come {'more' if found.trend > 0 else 'less'} often towards the end (standard score "
            f"{found.trend:.1f}): the mean rate is not today's; fit the last years alone, or add trend:"
        )
    if found.clustered:
        said.append(
            f"events come in good and bad periods (p = {found.p_poisson:.3f} that they are Poisson): "
            f"overdispersion {found.overdispersion:.2g} from "
            f"{'year to year' if found.period_months > _QUARTER else 'quarter to quarter'}; over "
            f"{HORIZON_YEARS:g} years that vary independently {found.over_horizon:.2g}, which is written. "
            "Write the larger one if a bad period stays bad"
        )
    return said
