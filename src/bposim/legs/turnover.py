"""People leave: how many each month, and what it costs to replace one."""

from __future__ import annotations

import numpy as np

from bposim.discounting import monthly_hazard
from bposim.inputs.money import Amount
from bposim.inputs.number import Months, Share
from bposim.legs.cohorts import Cohorts, Replacement, cohorts
from bposim.part import Part
from bposim.shapes import FloatArray, Path, Vector, product

_NORMAL_FROM = (
    9.0  # expected leavers per (1 - q): a normal cut at 0 is then off by less than 0.02 % of its mean
)

_RARE = 1.0 / 16.0
"""Part of the cells up to which picking them costs less than computing both sides for all."""


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
    replacement: Replacement | None = None
    """Successors of a team cohort by cohort: they lower capacity, and the flat ramp costs nothing."""

    def leaver_share(self, headcount: Path, factor: Path, draw: FloatArray | None) -> Path:
        """Return leavers of each month as a part of the headcount; their expectation without a draw.

        ``factor`` multiplies attrition, ``draw`` is standard normal.
        """
        q = self.hazard(factor)
        if draw is None:
            return q
        share = scatter(product(headcount, q), q, draw)
        share *= q
        return share

    def hazard(self, factor: Path) -> Path:
        """Return q, the monthly probability that one leaves; ``factor`` multiplies attrition."""
        q: Path = monthly_hazard(np.clip(self.attrition * factor, 0.0, 0.999))
        return q

    def cohorts(
        self, headcount: Path, factor: Path, draw: FloatArray | None, months: int, *, at_work: bool
    ) -> Cohorts | None:
        """Return leavers of those who are there, vacancies and missing output; None without replacement.

        Arguments as leaver_share.  A team already ``at_work`` starts with the vacancies of the long run.
        """
        if self.replacement is None:
            return None
        hazard, heads = np.atleast_2d(self.hazard(factor)), np.atleast_2d(headcount)
        q = np.broadcast_to(hazard, (months, hazard.shape[1]))
        staff = np.broadcast_to(heads, (months, heads.shape[1]))

        def leave(row: int, present: Vector) -> Vector:
            leavers = (
                q[row] if draw is None else q[row] * scatter(staff[row] * present * q[row], q[row], draw[row])
            )
            return np.where(staff[row] > 0.0, leavers, 0.0)

        before = np.atleast_2d(self.hazard(1.0))[0] if at_work else None
        return cohorts(self.replacement, months, leave, before)

    def ramp_loss(self) -> Path:
        """Return the months of loaded cost lost with each successor; 0 with cohorts."""
        if self.replacement is not None:
            return 0.0
        return self.ramp_months * (1.0 - self.ramp_productivity)


def scatter(mean: Path, q: Path, draw: FloatArray) -> FloatArray:
    """Return leavers over their mean Fq: mean 1, variance (1-q)/(Fq) as Binomial(F, q) has, never below 0.

    Normal where Fq is large.  Where it is small a normal cut at 0 would have too high a mean, so a lognormal
    with the exact mean and variance takes its place.
    """
    variance = np.empty_like(draw)
    np.clip(mean, 1e-300, np.inf, out=variance)
    np.divide(1.0 - q, variance, out=variance)
    few = variance > 1.0 / _NORMAL_FROM
    share = np.count_nonzero(few) / few.size
    if _RARE < share < 1.0 - _RARE:
        # Both sides, and products with 0 and 1: choosing between cells at random takes three times as long.
        factor = _cut_normal(variance, draw)
        factor *= ~few
        skewed = _skewed(variance, draw)
        skewed *= few
        factor += skewed
        return factor
    usual, other, rare = (_cut_normal, _skewed, few) if share <= _RARE else (_skewed, _cut_normal, ~few)
    cells = np.flatnonzero(rare)
    there = other(variance.reshape(-1)[cells], draw.reshape(-1)[cells])
    factor = usual(variance, draw)
    factor.reshape(-1)[cells] = there
    return factor


def _cut_normal(variance: FloatArray, draw: FloatArray) -> FloatArray:
    """Return the normal of mean 1 and the given variance, cut at 0."""
    factor: FloatArray = np.sqrt(variance)
    factor *= draw
    factor += 1.0
    return np.clip(factor, 0.0, np.inf, out=factor)


def _skewed(variance: FloatArray, draw: FloatArray) -> FloatArray:
    """Return the lognormal of mean 1 and the given variance, which is written over."""
    log_variance = np.log1p(variance, out=variance)
    exponent: FloatArray = np.sqrt(log_variance)
    exponent *= draw
    log_variance *= 0.5
    exponent -= log_variance
    return np.exp(exponent, out=exponent)
