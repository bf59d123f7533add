"""People leave: how many each month, and what it costs to replace one."""

from __future__ import annotations

import numpy as np

from bposim.discounting import monthly_hazard
from bposim.inputs.money import Amount
from bposim.inputs.number import Months, Share
from bposim.part import Part
from bposim.shapes import FloatArray, Path

_NORMAL_FROM = (
    9.0  # expected leavers per (1 - q): a normal cut at 0 is then off by less than 0.02 % of its mean
)


class Turnover(Part):
    """Annual attrition a; a leaver costs recruiting, training and the ramp of the successor.

    Monthly q = 1 - (1-a)^(1/12); leavers have the mean Fq and the variance Fq(1-q) of Binomial(F, q).
    """

    attrition: Share
    """Part of the staff that leaves in a year."""
    recruiting: Amount | None = None
    """Cost of finding one successor, at today's wages."""
    training: Amount | None = None
    """Cost of training one successor, at today's wages."""
    ramp_months: Months = 0.0
    """Months until a new hire is fully productive."""
    ramp_productivity: Share = 1.0
    """Mean productivity of a new hire through the ramp."""

    def leavers(self, headcount: Path, factor: Path, draw: FloatArray | None) -> Path:
        """Return the leavers of each month; ``factor`` multiplies attrition, ``draw`` is standard normal."""
        return leavers(headcount, monthly_hazard(np.minimum(self.attrition * factor, 0.999)), draw)

    def ramp_loss(self) -> Path:
        """Return the months of loaded cost lost with each successor."""
        return self.ramp_months * (1.0 - self.ramp_productivity)


def leavers(headcount: Path, q: Path, draw: FloatArray | None) -> Path:
    """Return leavers with the mean and variance of Binomial(F, q), never below 0.

    Normal where Fq is large.  Where it is small a normal cut at 0 would have too high a mean, so a lognormal
    with the exact mean and variance takes its place.
    """
    mean = headcount * q
    if draw is None:
        return mean
    with np.errstate(divide="ignore", invalid="ignore"):
        relative_variance = np.where(mean > 0.0, (1.0 - q) / mean, 0.0)
        normal = np.maximum(0.0, 1.0 + np.sqrt(relative_variance) * draw)
        log_variance = np.log1p(relative_variance)
        skewed = np.exp(np.sqrt(log_variance) * draw - log_variance / 2.0)
    return mean * np.where(relative_variance <= 1.0 / _NORMAL_FROM, normal, skewed)


def ratio(part: Path, whole: Path) -> Path:
    """Return part / whole, and 0 where there is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(whole) > 0.0, np.divide(part, whole), 0.0)
