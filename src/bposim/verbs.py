"""What the commands do, as functions: scenario in, figures out, nothing printed.

A function takes what its command reads (a scenario, a result, or a file where it is read again with each
change) and returns the record from which the command makes its tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bposim.analysis.streamed import summary_of
from bposim.errors import ScenarioError
from bposim.files import load
from bposim.studies.variants import TRIALS, Run, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.summary import Summary
    from bposim.differences import Differences
    from bposim.errors import Complaint
    from bposim.inputs.money import Money
    from bposim.machine import Finding
    from bposim.report.compare import Comparison
    from bposim.report.sensitivity import Sensitivity, Subject
    from bposim.report.study_value import Plan
    from bposim.report.value import Value
    from bposim.result import AnyResult
    from bposim.scenario import Scenario
    from bposim.studies.blends import BlendStudy
    from bposim.studies.breakeven import Turn
    from bposim.studies.exit_right import ExitStudy
    from bposim.studies.stress import Outcome
    from bposim.studies.sweep import Point
    from bposim.studies.worth import WorthStudy


# --- a scenario ---------------------------------------------------------------------------------------


def validate(path: str | Path) -> tuple[Complaint, ...]:
    """Return everything that is wrong with a scenario file, or its warnings if it can be run; never raises.

    >>> validate("scenarios/accounts-payable.yaml")
    ()
    """
    try:
        return load(path).warnings
    except ScenarioError as error:
        return error.complaints


def plan(scenario: Scenario, at: float | None = None) -> dict[str, Any]:
    """Return what goes into a scenario and its base case, as ``bposim plan --format json`` has it.

    ``at`` takes every input at that quantile of its own in place of its mean.
    """
    from bposim.cash import base_case  # noqa: PLC0415 - each verb imports what it alone needs
    from bposim.report.plan import plan as planned  # noqa: PLC0415 - as above

    return planned(scenario, base_case(scenario, at), at)


def diff(old: Scenario, new: Scenario) -> Differences:
    """Return what differs between two scenarios that were read from files."""
    from bposim.differences import differences  # noqa: PLC0415 - as above

    return differences(old, new)


# --- a result -----------------------------------------------------------------------------------------


def summarise(result: AnyResult) -> Summary:
    """Return the figures of a result, each with its standard error: costs, savings, risk, decision."""
    return summary_of(result)


def recommendation(result: AnyResult) -> str:
    """Return the paragraph with which ``bposim run`` ends: what to choose, how sure, what it is worth."""
    from bposim.report.paragraph import paragraph  # noqa: PLC0415 - as above

    return paragraph(result, summarise(result))


def compare(result: AnyResult) -> Comparison:
    """Return how the alternatives stand to each other, pair by pair."""
    from bposim.report.compare import compare as compared  # noqa: PLC0415 - as above

    return compared(result, summarise(result))


def sensitivity(result: AnyResult, alternative: str | None = None, of: Subject = "saving") -> Sensitivity:
    """Return what drives an alternative's saving or total cost; the best beside the baseline if left out."""
    from bposim.report.sensitivity import sensitivity as found_by  # noqa: PLC0415 - as above

    return found_by(result, alternative or summarise(result).shown.name, of)


def value(result: AnyResult, plans: Sequence[Plan] = ()) -> Value:
    """Return what it is worth to find out before choosing: everything, each input, each study planned."""
    from bposim.report.value import value as found_by  # noqa: PLC0415 - as above

    return found_by(result, plans)


def store(result: AnyResult, folder: str | Path, scenario_file: str | Path | None = None) -> list[Path]:
    """Write a result as ``bposim run -o`` does and return the files.

    ``scenario_file`` is copied beside it, without which the run can be looked at, but not read or verified.
    Raises RunError where the folder is not empty.
    """
    from bposim.library.outside_view import with_outside_view  # noqa: PLC0415 - as above
    from bposim.runs import Provenance, write_run  # noqa: PLC0415 - as above

    origin = Provenance(Path(scenario_file) if scenario_file is not None else None)
    summary = with_outside_view(result.scenario, summarise(result))
    return write_run(result, summary, Path(folder), origin)


def write_report(
    result: AnyResult, html: str | Path | None = None, excel: str | Path | None = None
) -> list[Path]:
    """Write the report of a result as one HTML page, as a workbook, or both, and return the files.

    Files that are there are replaced as a whole.
    """
    summary, written = summarise(result), []
    if html is not None:
        from bposim.report.html.document import page, story_of  # noqa: PLC0415 - as above
        from bposim.storage import write_whole  # noqa: PLC0415 - as above

        written.append(write_whole(Path(html), [page(story_of(result, summary))]))
    if excel is not None:
        from bposim.report.workbook import write_workbook  # noqa: PLC0415 - as above

        written.append(write_workbook(excel, result, summary))
    return written


# --- a scenario, changed and simulated again ----------------------------------------------------------


def breakeven(  # noqa: PLR0913 - what moves, what is looked at, how it is simulated
    file: str | Path,
    vary: str,
    *,
    statistic: str = "saving.mean",
    alternative: str | None = None,
    against: str | None = None,
    trials: int = TRIALS,
    seed: int = 1,
    threads: int = 1,
) -> list[Turn]:
    """Return where a figure of an alternative turns as one number of the file moves, by runs.

    ``vary`` is PATH or PATH=LOW..HIGH.  Left out, the alternative is the best beside the baseline, and it is
    compared with each other one.
    """
    from bposim.analysis.statistic import risk_measure  # noqa: PLC0415 - as above
    from bposim.analysis.statistic import statistic as figure  # noqa: PLC0415 - as above
    from bposim.studies.breakeven import recommended, turns_by_runs  # noqa: PLC0415 - as above
    from bposim.studies.variants import valued  # noqa: PLC0415 - as above
    from bposim.studies.varied import varied  # noqa: PLC0415 - as above

    source, run = Source(file), Run(trials, seed, threads)
    scenario = source.scenario
    costs = valued(scenario, run).costs
    measure = risk_measure(scenario, costs)
    order = recommended(costs, measure)
    own = alternative or next(name for name in order if name not in {against, scenario.baseline})
    others = [against] if against else [name for name in order if name != own]
    found = figure(statistic, scenario.preferences, measure)
    return turns_by_runs(source, varied(source, vary), found, own, others, run)


def worth(  # noqa: PLR0913 - what is valued, how it is simulated
    scenario: Scenario,
    alternative: str,
    *,
    budget: float | None = None,
    trials: int = TRIALS,
    seed: int = 1,
    threads: int = 1,
) -> WorthStudy:
    """Return what each clause and mitigation of an alternative is worth, on and off in the same futures."""
    from bposim.studies.worth import worth_of  # noqa: PLC0415 - as above

    return worth_of(scenario, alternative, Run(trials, seed, threads), budget)


def stress(file: str | Path, *, trials: int = TRIALS, seed: int = 1, threads: int = 1) -> list[Outcome]:
    """Return the base case, then every stress that the file names."""
    from bposim.studies.stress import stressed  # noqa: PLC0415 - as above

    return stressed(Source(file), Run(trials, seed, threads))


def sweep(file: str | Path, *vary: str, trials: int = TRIALS, seed: int = 1, threads: int = 1) -> list[Point]:
    """Return the figures at every combination of some numbers, each PATH, or PATH=LOW..HIGH:POINTS."""
    from bposim.studies.sweep import sweep as swept  # noqa: PLC0415 - as above
    from bposim.studies.varied import varied  # noqa: PLC0415 - as above

    source = Source(file)
    return swept(source, [varied(source, text) for text in vary], Run(trials, seed, threads))


def exit_right(  # noqa: PLR0913 - the terms, how it is simulated
    scenario: Scenario,
    alternative: str,
    *,
    to: str | None = None,
    notice: float | None = None,
    cost: Money | None = None,
    trials: int = TRIALS,
    seed: int = 1,
    threads: int = 1,
) -> ExitStudy:
    """Return what the right to leave a contract is worth, used by the stated rule and as well as possible."""
    from bposim.studies.exit_right import Rule, dates_of, exit_study  # noqa: PLC0415 - as above
    from bposim.studies.leaving import Terms  # noqa: PLC0415 - as above

    terms = Terms(to, notice, cost=cost)
    dates = dates_of(scenario, alternative, terms)
    return exit_study(scenario, alternative, terms, Rule(), dates, Run(trials, seed, threads))


def frontier(
    scenario: Scenario, legs: Sequence[str] = (), *, trials: int = TRIALS, seed: int = 1, threads: int = 1
) -> BlendStudy:
    """Return every split of the work over the alternatives that are one leg, or over those named."""
    from bposim.studies.blends import blend_study, legs_of  # noqa: PLC0415 - as above

    return blend_study(scenario, legs_of(scenario, legs), Run(trials, seed, threads))


# --- this machine -------------------------------------------------------------------------------------


def doctor() -> list[Finding]:
    """Return what of this machine matters to a run, and what is wrong with it."""
    from bposim.machine import findings  # noqa: PLC0415 - as above

    return list(findings())
