"""Whether a result is what its scenario requires, with Monte Carlo error.

The estimate decides: a check passes where the estimate is on the required side of the bound, so the same run
gives the same verdict whatever its error.  Where the 95 % interval reaches over the bound, another seed
might decide otherwise, and the outcome says so.  Below a hundred trials, and where they give the figure no
error, it is untold, and a check that cannot be told has not been passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bposim.analysis.measures import Sample
from bposim.analysis.statistic import risk_measure, statistic
from bposim.analysis.streamed import figure_of_streamed
from bposim.result import StreamedResult

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import Summary
    from bposim.checks import Requirement
    from bposim.result import AnyResult

Verdict = Literal["passed", "failed", "untold"]

FEWEST = 100
"""Fewer trials pass no check: the 95 % interval of a probability may then be over 20 points wide."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What became of one check."""

    name: str
    required: Requirement
    verdict: Verdict
    close: bool
    """Whether another seed might decide otherwise."""
    alternative: str
    """Whose figure it is; of a choice the alternative that is recommended."""
    estimate: Estimate | None
    """The figure; None of a choice."""
    trials: int

    @property
    def passed(self) -> bool:
        """Whether the requirement holds as far as the run can tell."""
        return self.verdict == "passed"


def checked(result: AnyResult, summary: Summary) -> tuple[CheckOutcome, ...]:
    """Return the outcome of every check of the scenario, in the order of the file."""
    return tuple(
        _choice(name, check.require, result, summary)
        if check.require.is_choice
        else _figure(name, check.require, result, summary)
        for name, check in result.scenario.checks.items()
    )


def _choice(name: str, required: Requirement, result: AnyResult, summary: Summary) -> CheckOutcome:
    decision = summary.decision
    verdict: Verdict = "passed" if decision.recommended == required.alternative else "failed"
    rivals = {decision.recommended, *decision.close}
    told = decision.decided and result.trials >= FEWEST
    return CheckOutcome(
        name=name,
        required=required,
        verdict=verdict if told else "untold",
        close=told and required.alternative in rivals and bool(decision.close),
        alternative=decision.recommended,
        estimate=None,
        trials=result.trials,
    )


def _figure(name: str, required: Requirement, result: AnyResult, summary: Summary) -> CheckOutcome:
    own = required.alternative or summary.shown.name
    if isinstance(result, StreamedResult):
        estimate = figure_of_streamed(result, summary, own, required.figure)
    else:
        costs = {one: Sample(result.costs[one], result.replicate) for one in result.names}
        figure = statistic(required.figure, result.scenario.preferences, risk_measure(result.scenario, costs))
        estimate = figure(costs[result.baseline], costs[own])
    told = result.trials >= FEWEST and not (estimate.se is None and estimate.low is None)
    verdict: Verdict = "untold"
    if told:
        verdict = "passed" if required.holds(estimate.value) else "failed"
    close = (
        told
        and estimate.low is not None
        and estimate.high is not None
        and estimate.low < estimate.high
        and (estimate.low <= required.bound <= estimate.high)
    )
    return CheckOutcome(name, required, verdict, close, own, estimate, result.trials)
