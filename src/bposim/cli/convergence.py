"""How ``bposim run --until`` reads its targets and tells how the run converged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bposim.cli.study import check_alternative
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.convergence import Judgement, Step, Target
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.studies.until import Until


def targets_of(texts: Sequence[str], scenario: Scenario) -> tuple[Target, ...]:
    """Return the targets; raise BadParameter for one that cannot be read or means nothing."""
    from bposim.analysis.comparison import MeanEs
    from bposim.analysis.convergence import target
    from bposim.analysis.statistic import statistic

    found = []
    for text in texts:
        try:
            goal = target(text, list(scenario.alternatives))
            statistic(goal.statistic, scenario.preferences, MeanEs())
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--until") from None
        check_alternative(goal.alternative, scenario.alternatives, "--until")
        found.append(goal)
    return tuple(found)


def convergence_tables(run: Until) -> Iterator[Table]:
    """Return for each target the figure after 1, 2, 4 … blocks: each row is the run of so many trials."""
    from bposim.report.table import Table, titled

    for judgement, steps in zip(run.judgements, run.tables, strict=True):
        is_share = "probability" in judgement.target.statistic
        rows = [_row(step, is_share=is_share) for step in steps]
        title = (
            f"{judgement.target.statistic} of {titled(run.result, judgement.alternative)} as the run went on"
        )
        yield Table(title, ("trials", "estimate", "± 95%", "careful\n± 95%"), tuple(rows))


def _row(step: Step, *, is_share: bool) -> tuple[str, ...]:
    from bposim.analysis.measures import Z95
    from bposim.report.numbers import amount, percent
    from bposim.report.table import NOTHING

    estimate = step.estimate
    if estimate.se is None or step.careful is None:
        return (f"{step.trials:,}", NOTHING, NOTHING, estimate.note or NOTHING)
    widths = (Z95 * estimate.se, Z95 * step.careful)
    if is_share:
        return (f"{step.trials:,}", percent(estimate.value, 1), *(percent(width, 1) for width in widths))
    return (f"{step.trials:,}", amount(estimate.value, estimate.se), *map(amount, widths))


def convergence_words(run: Until) -> str:
    """Return whether the targets were reached, and what it would take."""
    trials = run.result.trials
    if run.reached:
        names = listed([_name(each) for each in run.judgements])
        return f"Precise enough after {trials:,} trials, by a careful error: {names}."
    return f"The run ended at --max-trials {trials:,}. " + " ".join(
        _why(each) for each in run.judgements if not each.reached
    )


def _name(judgement: Judgement) -> str:
    return f"{judgement.alternative}.{judgement.target.statistic}"


def _why(judgement: Judgement) -> str:
    from bposim.report.numbers import amount

    step = judgement.step
    if step.careful is None:
        return f"{_name(judgement)} has no error: {step.estimate.note or 'too few trials'}."
    if judgement.trials_needed is None:
        return f"{_name(judgement)} is 0, of which no percentage can be reached; ask for an amount."
    from bposim.analysis.measures import Z95

    return (
        f"{_name(judgement)} is known to ± {amount(Z95 * step.careful)}, not to ± "
        f"{amount(judgement.wanted)}; that takes about {float(f'{judgement.trials_needed:.2g}'):,.0f} trials."
    )
