"""``bposim compare``: how sure the choice is, pair by pair; of two runs, what changed and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource
from click.globals import get_current_context

from bposim.cli.parameters import trials as number_of_trials
from bposim.cli.source import result_of, source_argument, source_options, summary_of
from bposim.cli.terminal import complain, progress, say, show, warn, write
from bposim.cli.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bposim.report.since import RunChanges
    from bposim.result import AnyResult


@click.command()
@source_options
@source_argument("new", required=False)
@click.option(
    "--attribute",
    "attribute",
    metavar="NUMBER",
    default="10k",
    show_default=True,
    callback=lambda ctx, param, value: 0 if value == "0" else number_of_trials(ctx, param, value),
    help="Of two runs: futures on which the changes are made one set after another; 0 for none.",
)
@click.option(
    "--statistic",
    "figure",
    metavar="NAME",
    default="saving.mean",
    show_default=True,
    help="Of two runs: the figure that is shared out over the changes, e.g. saving.p5.",
)
def compare(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    new: str | None,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
    attribute: int,
    figure: str,
) -> None:
    """Compare the alternatives of one run pair by pair; of two runs, say what changed and why.

    One SOURCE, a stored run or a scenario file: how often each alternative is the cheapest, what having
    chosen it costs, whether the ranking would hold with other random numbers, and whether one is better
    whatever the taste for risk (stochastic dominance).

    SOURCE and NEW: which figures moved, in the same futures where both have them, and which changed
    assumption did it: the shares add up to the change. A file beside a stored run is simulated as that was;
    --set and --without change NEW.
    """
    if new is not None:
        old_run, new_run = _runs(source, new, _Wanted(trials, seed, threads), overrides, without)
        changes = changes_between((source, old_run), (new, new_run), figure, attribute, threads)
        _render(changes, source, new, form)
        return
    from bposim.report.compare import compare as compared
    from bposim.report.compare import document, paragraph, tables
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS

    result = result_of(source, trials, seed, overrides, without, threads)
    found = compared(result, summary_of(result))
    if form == "json":
        write(json_text(document(found)))
        complain(paragraph(found))
        return
    show(tables(found))
    say(ERRORS)
    say(paragraph(found))
    say(f"Next: bposim sensitivity {source} tells what drives the recommended one.")


class _Wanted(NamedTuple):
    """How a scenario file is simulated."""

    trials: int
    seed: int
    threads: int


def _runs(
    old: str, new: str, wanted: _Wanted, overrides: Mapping[str, str], without: Sequence[str]
) -> tuple[AnyResult, AnyResult]:
    """Return both runs; a file beside a stored run is simulated with its seed, trials and design."""
    from bposim.stored import read

    if Path(new).is_dir() and (overrides or without):
        raise click.UsageError(f"--set and --without change a run, and {new} is one; give its file")
    stored = {source: read(source) for source in dict.fromkeys((old, new)) if Path(source).is_dir()}
    like = next(iter(stored.values()), None)
    if like is not None:
        context = get_current_context()
        for name in ("trials", "seed"):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"--{name} is that of the stored run; leave it out")
        wanted = wanted._replace(trials=like.trials, seed=like.seed)
    before = stored.get(old) or _simulated(old, wanted, like, {}, ())
    return before, stored.get(new) or _simulated(new, wanted, like, overrides, without)


def _simulated(
    source: str,
    wanted: _Wanted,
    like: AnyResult | None,
    overrides: Mapping[str, str],
    without: Sequence[str],
) -> AnyResult:
    from bposim.engine import simulate, simulate_streamed
    from bposim.files import load
    from bposim.runs import check_room, streams

    scenario = load(source, overrides, without)
    streaming = streams(scenario, wanted.trials)
    check_room(scenario, wanted.trials, wanted.threads, streaming=streaming)
    warn(map(str, scenario.warnings))
    with progress(wanted.trials) as advance:
        if streaming:
            return simulate_streamed(scenario, *wanted, advance)
        return simulate(scenario, *wanted, advance, design=like.design.kind if like else "random")


def changes_between(
    before: tuple[str, AnyResult],
    after: tuple[str, AnyResult],
    figure: str = "saving.mean",
    attribute: int = 10_000,
    threads: int = 1,
) -> RunChanges:
    """Return what changed between two runs, each with the folder or file that it comes from.

    The change of the figure is shared out on ``attribute`` futures; 0 leaves that out.
    """
    from bposim.report.since import changes_since
    from bposim.stored import manifest_of
    from bposim.studies.changes import attributed, ends_of
    from bposim.studies.variants import Run

    (old, new), sources = (before[1], after[1]), [Path(source) for source, _ in (before, after)]
    first, second = (manifest_of(source) if source.is_dir() else None for source in sources)
    ends = (old, summary_of(old)), (new, summary_of(new))
    try:
        changes = changes_since(*ends, (first, second), figure)
        if attribute and changes.found.changes_results:
            run = Run(min(attribute, *changes.compared.trials), new.seed, threads)
            known = ends_of(old, new, run)
            with waiting(run, "Which change did it: ", "--attribute 0 leaves it out") as told:
                shared = attributed(changes.found, figure, told, known)
            changes = replace(changes, attribution=shared)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return changes


def _render(changes: RunChanges, old: str, new: str, form: str) -> None:
    from bposim.report.changes import changes_content, changes_tables
    from bposim.report.changes_text import changes_words
    from bposim.report.diff import diff_lines
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS

    if form == "json":
        write(json_text(changes_content(changes)))
        complain(changes_words(changes))
        return
    show(changes_tables(changes))
    say(ERRORS)
    say(changes_words(changes))
    for line in diff_lines(changes.found):
        say(line)
    say(f"Next: bposim diff {old} {new} --format json has every assumption that changed in full.")
