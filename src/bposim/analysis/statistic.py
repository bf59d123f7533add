"""A figure of a run by its name: ``saving.p5``, ``total_cost.mean``, ``risk_adjusted_value``.

What a study varies, stops at or tabulates is any of these, for one alternative beside another on the same
trials.  Savings and values are those against the other one, as a rule the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bposim.analysis.comparison import Entropic, MeanEs, risk_adjusted_value
from bposim.analysis.measures import (
    Sample,
    expected_shortfall,
    mean,
    probability_above,
    quantile,
    sd,
)
from bposim.analysis.summary import TOLERANCE_SHARE, why_no_equivalent
from bposim.figures import figure_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bposim.analysis.comparison import RiskMeasure
    from bposim.analysis.measures import Estimate, Tail, Totals
    from bposim.figures import FigureName
    from bposim.scenario import Preferences, Promise, Scenario
    from bposim.shapes import FloatArray

    Figure: TypeAlias = Callable[[Sample, Sample], Estimate]
    Parts: TypeAlias = Callable[[Sample, Sample], FloatArray]

EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure of an alternative; call it with the costs of what it is compared with, and its own."""

    name: str
    figure: Figure
    level: float
    """Where it turns from bad to good: 0 in money, one half of a probability."""
    is_share: bool
    """A probability; else money."""
    saves: bool
    """Whether more is better; a cost or a spread is better low."""
    parts: Parts | None = None
    """What each trial adds to the figure, ``(trials,)``: their mean is it. None where it is no mean."""

    def __call__(self, other: Totals, own: Totals) -> Estimate:
        """Return the figure with its error; both samples are of the same trials."""
        return self.figure(Sample.of(other), Sample.of(own))


def statistic(name: str, preferences: Preferences, measure: RiskMeasure) -> Statistic:
    """Return the figure of that name; ValueError with what is known for any other.

    ``measure`` is that of the risk-adjusted value, as :func:`risk_measure` gives it.
    """
    named = figure_named(name)
    group, part = named.group, named.part
    if part in {"probability_positive", "probability_saves"}:
        return _share(name, 0.0)
    if part == "probability_kept":
        promised = preferences.promised_saving
        if promised is None:
            raise ValueError("probability_kept needs preferences.promised_saving in the scenario")
        return Statistic(name, _kept(promised), EVEN, is_share=True, saves=True)
    if part == "risk_adjusted_value":
        return Statistic(
            name,
            lambda other, own: risk_adjusted_value(other, own, measure),
            0.0,
            is_share=False,
            saves=True,
            parts=lambda other, own: _counted(other, own, measure),
        )
    of_cost = group == "total_cost"
    of = _one(named, "high" if of_cost else "low")
    own_or_saving: Figure = (
        (lambda _, own: of(own))
        if of_cost
        else (lambda other, own: of(other.like(other.values - own.values)))
    )
    is_mean = part == "mean" and not of_cost
    return Statistic(
        name,
        own_or_saving,
        0.0,
        is_share=False,
        saves=not of_cost and part != "sd",
        parts=(lambda other, own: other.values - own.values) if is_mean else None,
    )


def risk_measure(scenario: Scenario, costs: Mapping[str, Totals]) -> RiskMeasure:
    """Return the measure by which a run of the scenario ranks: as its summary does, mean-ES in need."""
    preferences = scenario.preferences
    if preferences.rank_by == "certainty_equivalent":
        samples = {name: Sample.of(cost) for name, cost in costs.items()}
        base = samples[scenario.baseline].centre
        tolerance = preferences.risk_tolerance or TOLERANCE_SHARE * abs(base) or 1.0
        if not why_no_equivalent(scenario, samples, tolerance):
            return Entropic(tolerance)
    return MeanEs(preferences.tail_weight, preferences.tail_level)


def _counted(other: Sample, own: Sample, measure: RiskMeasure) -> FloatArray:
    """Return what each trial adds to the risk-adjusted value: the costliest ones count more.

    They count as in this sample.  Where a single input is somewhere else than usual, others become the
    costliest, which the mean of these parts leaves out: it is the change to first order.
    """
    influence = measure.influence(other) - measure.influence(own)
    value = measure.value(other).value - measure.value(own).value
    return influence + (value - float(np.mean(influence)))


def _one(named: FigureName, tail: Tail) -> Callable[[Sample], Estimate]:
    level = named.level
    if level is None:
        return mean if named.part == "mean" else sd
    if named.part.startswith("es"):
        return lambda sample: expected_shortfall(sample, level, tail)
    return lambda sample: quantile(sample, level)


def _share(name: str, threshold: float) -> Statistic:
    return Statistic(
        name,
        lambda other, own: probability_above(other.like(other.values - own.values), threshold),
        EVEN,
        is_share=True,
        saves=True,
    )


def _kept(promised: Promise) -> Figure:
    return lambda other, own: probability_above(
        other.like(other.values - own.values - promised.of(other.values)), 0.0
    )
