"""``bposim run``: simulate a scenario and say what to choose."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bposim.cli.parameters import design_option, set_option, trials_option, without_option
from bposim.cli.parameters import trials as number_of_trials
from bposim.cli.source import summary_of
from bposim.cli.terminal import complain, progress, say, show, warn, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.analysis.summary import Summary
    from bposim.cli.terminal import Advance
    from bposim.inputs.designs import Kind
    from bposim.result import AnyResult
    from bposim.runs import Provenance
    from bposim.scenario import Scenario


@click.command()
@click.argument("file")
@trials_option
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same draws."
)
@set_option
@without_option
@design_option
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads to use.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="New folder for files and pictures.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "md"]),
    default="table",
    show_default=True,
    help="What to write to stdout.",
)
@click.option(
    "--memory",
    type=click.Choice(["auto", "all", "streaming"]),
    default="auto",
    show_default=True,
    help="Keep all totals, or stream them into distributions: for more trials than memory, exact to 0.1%.",
)
@click.option(
    "--until",
    "until",
    multiple=True,
    metavar="FIGURE:PRECISION",
    help="Go on until half the 95% interval of a figure is no more than this, e.g. saving.p5:1% or "
    "manila.saving.mean:50k; can be given several times, and --trials then does not count.",
)
@click.option(
    "--max-trials",
    metavar="NUMBER",
    default="1M",
    show_default=True,
    callback=number_of_trials,
    help="With --until, the trials at which the run ends in any case.",
)
@click.option("--resume", is_flag=True, help="Go on with the run in the folder of -o that was interrupted.")
@click.option("--yes", is_flag=True, help="Run even where memory or disk may not be enough.")
def run(  # noqa: PLR0913, PLR0917 - one argument an option
    file: str,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    design: Kind,
    threads: int,
    output: Path | None,
    form: str,
    memory: str,
    until: tuple[str, ...],
    max_trials: int,
    resume: bool,  # noqa: FBT001 - a flag is a flag
    yes: bool,  # noqa: FBT001
) -> None:
    """Simulate the scenario in FILE and say which alternative to choose.

    Savings, risk, ranking and the value of knowing more, each with its Monte Carlo error.
    """
    from bposim.cli.convergence import convergence_tables, convergence_words, targets_of
    from bposim.files import load
    from bposim.runs import Provenance, check_folder, check_room, streams, write_run
    from bposim.studies.until import simulate_until

    started = datetime.now(UTC)
    scenario = load(file, overrides, without)
    goals = targets_of(until, scenario) if until else ()
    if goals and (resume or memory == "streaming"):
        raise click.UsageError(
            "--until keeps every trial in memory: leave out --resume and --memory streaming"
        )
    trials = max_trials if goals else trials
    memory = "all" if goals else memory
    streaming = memory == "streaming" or (memory == "auto" and streams(scenario, trials))
    if resume and (output is None or streaming):
        message = "--resume needs the folder of -o" if output is None else "a streamed run cannot be resumed"
        raise click.UsageError(message)
    _check_design(design, streaming=streaming, goals=bool(goals))
    if output is not None:
        check_folder(output, resume=resume)
    if not yes:
        check_room(scenario, trials, threads, output, streaming=streaming)
    origin = Provenance(Path(file), overrides, ("bposim", *sys.argv[1:]), started, without)
    with progress(trials) as advance:
        wanted = _Run(scenario, trials, seed, threads, advance)
        converged = simulate_until(scenario, goals, seed, threads, trials, advance) if goals else None
        result = (
            converged.result if converged else _simulated(wanted, design, output, origin, streaming=streaming)
        )
    summary = _with_outside_view(scenario, summary_of(result))
    warn(summary.warnings)
    files: Sequence[Path] = ()
    if output is not None:  # first of all, so that a reader who closes the pipe loses nothing
        files = write_run(result, summary, output, origin)
    _render(result, summary, form)
    end = say if form in {"table", "md"} else complain
    if converged:
        if form == "table":
            show(convergence_tables(converged))
        end(convergence_words(converged))
    if scenario.changes:
        end(f"Not the file as it is: {' '.join(scenario.changes)}")
    if files:
        end(f"{len(files)} files are in {output}: start with savings.png and summary.csv.")
    else:
        end("Next: add -o DIR to keep pictures, every trial and a manifest.")


def _check_design(design: Kind, *, streaming: bool, goals: bool) -> None:
    """Raise UsageError where a design was asked for that this way of running does not have."""
    if design != "random" and goals:
        raise click.UsageError("--until draws at random; leave --design out")
    if design != "random" and streaming:
        raise click.UsageError("a streamed run is drawn at random; add --memory all, or leave --design out")


class _Run(NamedTuple):
    """What is to be simulated, and how."""

    scenario: Scenario
    trials: int
    seed: int
    threads: int
    progress: Advance | None


def _simulated(
    wanted: _Run, design: Kind, output: Path | None, origin: Provenance, *, streaming: bool
) -> AnyResult:
    """Simulate; of a run that goes to a folder, what is done is kept there as it goes on."""
    from bposim.engine import simulate, simulate_streamed
    from bposim.errors import IncompleteRunError
    from bposim.runs import store_for

    if streaming:
        return simulate_streamed(*wanted)
    if output is None:
        return simulate(*wanted, design=design)
    identity = (output, wanted.scenario, wanted.trials, wanted.seed, origin, design)
    with store_for(*identity) as store, _ended_by_signal():
        try:
            return simulate(*wanted, store=store, design=design)
        except OSError as error:
            raise IncompleteRunError(
                f"{output}: {error.strerror or error}; make room there and repeat the command with --resume"
            ) from None
        except KeyboardInterrupt:
            complain(f"what is done is kept in {output}; the same command with --resume goes on")
            raise


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does; in a thread, where that is impossible, leave it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _with_outside_view(scenario: Scenario, summary: Summary) -> Summary:
    """Add a warning wherever the scenario is more optimistic than the published record."""
    from bposim.library.outside_view import outside_view

    no_saving = {
        name: 1.0 - own.saving.probability_positive.value for name, own in summary.alternatives.items()
    }
    texts = outside_view(scenario, summary.base_case, no_saving)
    return replace(summary, warnings=(*summary.warnings, *texts))


def _render(result: AnyResult, summary: Summary, form: str) -> None:
    """Write the result to stdout, and the paragraph beside or below it."""
    from bposim.report.document import document, json_text
    from bposim.report.estimate import ERRORS
    from bposim.report.paragraph import paragraph
    from bposim.report.table import (
        budget_and_return,
        categories,
        csv_text,
        markdown,
        outcomes,
        tidy_rows,
    )

    words = paragraph(result, summary)
    returns = budget_and_return(result, summary)
    tables = [outcomes(result, summary), *([returns] if returns.rows else []), categories(result, summary)]
    if form == "table":
        show(tables)
        say(ERRORS)
        say(words)
    elif form == "md":
        write("\n".join(map(markdown, tables)) + f"\n{words}\n\n")
    elif form == "json":
        write(json_text(document(result, summary)))
        complain(words)
    else:
        write(csv_text([("alternative", "measure", "value", "se"), *tidy_rows(summary)]))
        complain(words)
