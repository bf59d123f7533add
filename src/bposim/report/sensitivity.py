"""What drives an alternative's saving or cost, from the trials that a run has kept.

The figures are those of ``analysis``; here they are put together for one alternative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from bposim.analysis.attribution import saving_parts, tail_parts
from bposim.analysis.measures import Sample, mean, quantile, sd
from bposim.analysis.sensitivity import first_order, rank_correlation, tornado
from bposim.analysis.variance_shares import variance_shares
from bposim.errors import RunError
from bposim.inputs.names import short_name
from bposim.report.document import finite
from bposim.report.drivers import drivers_behind, group_of, sample_of
from bposim.report.estimate import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.attribution import Parts, TailParts
    from bposim.analysis.measures import Estimate, Tail
    from bposim.analysis.sensitivity import Bar
    from bposim.analysis.variance_shares import VarianceShares
    from bposim.report.drivers import Known
    from bposim.result import AnyResult
    from bposim.sample import AnalysisSample, Driver
    from bposim.shapes import FloatArray

SCHEMA = "bposim.sensitivity/1"

Subject: TypeAlias = Literal["saving", "total_cost"]

TAIL = 0.05
"""The worst part of the futures that is taken to pieces."""

REST = "everything else"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Everything about what drives one figure of one alternative."""

    alternative: str
    baseline: str
    of: Subject
    currency: str
    months: int
    seed: int
    sha256: str
    trials: int
    """Trials that the analysis uses: the first ones of the run."""
    run_trials: int
    known: Known
    mean: Estimate
    sd: Estimate
    bad_end: float
    """Probability of the quantile on the bad side: 5 % of a saving, 95 % of a cost."""
    quantile: Estimate
    bars: tuple[Bar, ...]
    rank: dict[str, Estimate]
    alone: dict[str, Estimate]
    """First-order index by driver."""
    shares: VarianceShares
    """By driver."""
    groups: VarianceShares
    """By group of drivers."""
    parts: TailParts
    """Mean and worst 5 % by category."""
    losses: TailParts | None
    """The same by leg and event risk, with all the rest as one part; None without event losses."""

    @property
    def inputs_share(self) -> float:
        """Share of the variance that the inputs carry; the rest is chance, or not explained."""
        return sum(
            self.shares.shapley[name].value for name, driver in self.known.drivers.items() if driver.is_input
        )


def sensitivity(
    result: AnyResult, alternative: str, of: Subject = "saving", *, by_path: bool = False
) -> Sensitivity:
    """Return what drives an alternative's saving against the baseline, or its own cost.

    ``by_path`` names the drivers by their paths.  Raises RunError where nothing does, or the run has kept no
    drivers.
    """
    first = result.first
    sample = sample_of(first)
    involved = [first.baseline, alternative] if of == "saving" else [alternative]
    known = drivers_behind(first, dict.fromkeys(involved), by_path=by_path)
    total = Sample(first.saving(alternative) if of == "saving" else first.costs[alternative])
    if total.size == 1:
        raise RunError("one trial does not show what drives it; simulate more")
    if not known.drivers or total.spread == 0:
        raise RunError(
            f"the {of.replace('_', ' ')} of {alternative} is the same in all trials: nothing drives it"
        )
    tail: Tail = "low" if of == "saving" else "high"
    bad_end = TAIL if of == "saving" else 1 - TAIL
    own = sample.categories[alternative]
    parts = saving_parts(sample.categories[first.baseline], own) if of == "saving" else own
    losses = _losses(sample, involved, total.values)
    shares = variance_shares(total, known.values)
    return Sensitivity(
        alternative=alternative,
        baseline=first.baseline,
        of=of,
        currency=first.scenario.base_currency,
        months=first.scenario.months,
        seed=first.seed,
        sha256=first.scenario.sha256,
        trials=first.trials,
        run_trials=result.trials,
        known=known,
        mean=mean(total),
        sd=sd(total),
        bad_end=bad_end,
        quantile=quantile(total, bad_end),
        bars=tornado(total, known.values, p=bad_end),
        rank=rank_correlation(total, known.values),
        alone=first_order(total, known.values),
        shares=shares,
        groups=variance_shares(total, known.values, known.groups),
        parts=tail_parts(parts, 1 - TAIL, tail),
        losses=tail_parts(losses, 1 - TAIL, tail) if losses else None,
    )


def document(found: Sensitivity) -> dict[str, Any]:
    """Return the figures as plain values in a stable order; keys of a released schema do not change."""
    by_name = {bar.name: bar for bar in found.bars}
    return {
        "schema": SCHEMA,
        "scenario": {"sha256": found.sha256},
        "seed": found.seed,
        "trials": found.trials,
        "run_trials": found.run_trials,
        "currency": found.currency,
        "months": found.months,
        "baseline": found.baseline,
        "alternative": found.alternative,
        "of": found.of,
        "mean": plain(found.mean),
        "sd": plain(found.sd),
        "quantile": {"p": found.bad_end, **plain(found.quantile)},
        "drivers": [
            {
                "name": driver.name,
                "label": found.known.label(name),
                "kind": "input" if driver.is_input else "chance",
                "source": driver.source,
                "group": group_of(driver),
                "unit": driver.unit,
                "tornado": _bar(by_name[name]) if name in by_name else None,
                "rank_correlation": plain(found.rank[name]),
                "first_order": plain(found.alone[name]),
                "total_effect": plain(found.shares.total[name]),
                "shapley": plain(found.shares.shapley[name]),
            }
            for name, driver in _by_swing(found)
        ],
        "groups": [
            {
                "group": found.known.label(name),
                "drivers": [found.known.drivers[own].name for own in found.known.groups[name]],
                "total_effect": plain(found.groups.total[name]),
                "shapley": plain(found.groups.shapley[name]),
            }
            for name in ordered_groups(found)
        ],
        "unexplained": plain(found.groups.unexplained),
        "inputs_share": finite(found.inputs_share),
        "by_category": _tail(found.parts),
        "by_event_risk": _tail(found.losses) if found.losses else None,
    }


def ordered_groups(found: Sensitivity) -> list[str]:
    """Return the groups, the largest share of the variance first."""
    label = found.known.group_labels
    return sorted(found.groups.shapley, key=lambda name: (-found.groups.shapley[name].value, label[name]))


def _by_swing(found: Sensitivity) -> list[tuple[str, Driver]]:
    order = {bar.name: number for number, bar in enumerate(found.bars)}
    label = found.known.labels
    return sorted(
        found.known.drivers.items(), key=lambda item: (order.get(item[0], len(order)), label[item[0]])
    )


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "low_at": finite(bar.low_at),
        "high_at": finite(bar.high_at),
        "mean_low": plain(bar.low_mean),
        "mean_high": plain(bar.high_mean),
        "swing_mean": plain(bar.swing_mean),
        "quantile_low": plain(bar.low_quantile),
        "quantile_high": plain(bar.high_quantile),
        "swing_quantile": plain(bar.swing_quantile),
    }


def _tail(parts: TailParts) -> dict[str, Any]:
    return {
        "worst_5_percent": plain(parts.total),
        "parts": {
            name: {"mean": plain(parts.usual[name]), "worst_5_percent": plain(part)}
            for name, part in parts.parts.items()
        },
    }


def _losses(sample: AnalysisSample, found: Sequence[str], total: FloatArray) -> Parts:
    """Return event losses by leg and risk, and the rest; together they are the total.

    Of two alternatives they are the first one's less the second one's, which is what is saved.
    """
    by_name = [
        {
            _event(key): np.asarray(values, dtype=np.float64)
            for key, values in sample.events.get(name, {}).items()
        }
        for name in found
    ]
    losses = by_name[0] if len(by_name) == 1 or not any(by_name) else saving_parts(*by_name)
    losses = {name: values for name, values in losses.items() if values.any()}
    return losses and {**losses, REST: total - np.sum(list(losses.values()), axis=0)}


def _event(key: str) -> str:
    stream, _, risk = key.rpartition(".")
    return f"{short_name(stream.removeprefix('leg ')) or stream}: {risk.replace('_', ' ')}"
