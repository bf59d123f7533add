"""One scenario file simulated as ``bposim run`` is asked to: checked first, stored, and told."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bposim.cli.source import summary_of
from bposim.cli.terminal import complain, progress, say, show, warn, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.analysis.checks import CheckOutcome
    from bposim.analysis.summary import Summary
    from bposim.cli.terminal import Advance
    from bposim.executors import Executor
    from bposim.inputs.designs import Kind
    from bposim.result import AnyResult
    from bposim.runs import Provenance
    from bposim.scenario import Scenario
    from bposim.studies.until import Until

CHECK_FAILED = 1
"""Exit code where a check of the scenario does not hold."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are simulated: the options of ``bposim run``."""

    trials: int
    seed: int
    overrides: Mapping[str, str]
    without: Sequence[str]
    design: Kind
    threads: int
    executor: Executor
    memory: str
    until: Sequence[str]
    max_trials: int
    resume: bool
    yes: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """A file that was simulated."""

    result: AnyResult
    summary: Summary
    checks: tuple[CheckOutcome, ...]
    converged: Until | None
    """How it became precise enough, with --until."""
    output: Path | None
    files: Sequence[Path]
    """What was written."""

    @property
    def code(self) -> int:
        """The exit code that it stands for."""
        return 0 if all(check.passed for check in self.checks) else CHECK_FAILED


def simulate_file(file: str, output: Path | None, settings: Settings) -> Ran:
    """Simulate a file and store it in ``output``, if there is one; warnings and progress go to stderr."""
    from bposim.analysis.checks import checked
    from bposim.cli.convergence import targets_of
    from bposim.files import load
    from bposim.library.outside_view import with_outside_view
    from bposim.runs import Provenance, check_folder, check_room, streams, write_run
    from bposim.studies.until import simulate_until

    started = datetime.now(UTC)
    scenario = load(file, settings.overrides, settings.without)
    goals = targets_of(settings.until, scenario) if settings.until else ()
    if goals and (settings.resume or settings.memory == "streaming"):
        raise click.UsageError(
            "--until keeps every trial in memory: leave out --resume and --memory streaming"
        )
    trials = settings.max_trials if goals else settings.trials
    memory = "all" if goals else settings.memory
    streaming = memory == "streaming" or (memory == "auto" and streams(scenario, trials))
    if settings.resume and (output is None or streaming):
        message = "--resume needs the folder of -o" if output is None else "a streamed run cannot be resumed"
        raise click.UsageError(message)
    _check_design(settings.design, streaming=streaming, goals=bool(goals))
    if output is not None:
        check_folder(output, resume=settings.resume)
    if not settings.yes:
        check_room(scenario, trials, settings.threads, output, streaming=streaming)
    origin = Provenance(
        Path(file), settings.overrides, ("bposim", *sys.argv[1:]), started, tuple(settings.without)
    )
    with progress(trials) as advance:
        wanted = _Run(scenario, trials, settings.seed, settings.threads, advance, settings.executor)
        converged = (
            simulate_until(
                scenario, goals, settings.seed, settings.threads, trials, advance, settings.executor
            )
            if goals
            else None
        )
        result = (
            converged.result
            if converged
            else _simulated(wanted, settings.design, output, origin, streaming=streaming)
        )
    summary = with_outside_view(scenario, summary_of(result))
    warn(summary.warnings)
    files: Sequence[Path] = ()
    if output is not None:  # first of all, so that a reader who closes the pipe loses nothing
        files = write_run(result, summary, output, origin)
    return Ran(result, summary, checked(result, summary), converged, output, files)


def tell(ran: Ran, form: str) -> None:
    """Write a run to stdout in a form, and what else there is to say beside or below it."""
    from bposim.cli.convergence import convergence_tables, convergence_words

    _render(ran, form)
    end = say if form in {"table", "md"} else complain
    if ran.converged:
        if form == "table":
            show(convergence_tables(ran.converged))
        end(convergence_words(ran.converged))
    changes = ran.result.scenario.changes
    if changes:
        end(f"Not the file as it is: {' '.join(changes)}")
    if ran.files:
        end(f"{len(ran.files)} files are in {ran.output}: start with savings.png and summary.csv.")
        end(f"Next: bposim report {ran.output} makes a page to hand on.")
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
    executor: Executor


def _simulated(
    wanted: _Run, design: Kind, output: Path | None, origin: Provenance, *, streaming: bool
) -> AnyResult:
    """Simulate; of a run that goes to a folder, what is done is kept there as it goes on."""
    from bposim.engine import simulate, simulate_streamed
    from bposim.errors import IncompleteRunError
    from bposim.runs import store_for

    if streaming:
        return simulate_streamed(**wanted._asdict())
    if output is None:
        return simulate(**wanted._asdict(), design=design)
    identity = (output, wanted.scenario, wanted.trials, wanted.seed, origin, design)
    with store_for(*identity) as store, ended_by_signal():
        try:
            return simulate(**wanted._asdict(), store=store, design=design)
        except OSError as error:
            raise IncompleteRunError(
                f"{output}: {error.strerror or error}; make room there and repeat the command with --resume"
            ) from None
        except KeyboardInterrupt:
            complain(f"what is done is kept in {output}; the same command with --resume goes on")
            raise


@contextmanager
def ended_by_signal() -> Iterator[None]:
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


def _render(ran: Ran, form: str) -> None:
    """Write the result to stdout, and the paragraph beside or below it."""
    from bposim.report.checks import checks_table, checks_words
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

    result, summary = ran.result, ran.summary
    words = paragraph(result, summary)
    checks = checks_words(ran.checks)
    returns = budget_and_return(result, summary)
    tables = [outcomes(result, summary), *([returns] if returns.rows else []), categories(result, summary)]
    if ran.checks:
        tables.append(checks_table(ran.checks, result.scenario.base_currency))
    if form == "table":
        show(tables)
        say(ERRORS)
        say(words)
        if checks:
            say(checks)
        return
    if form == "md":
        write("\n".join(map(markdown, tables)) + "".join(f"\n{text}\n\n" for text in (words, checks) if text))
        return
    if form == "json":
        write(json_text(document(result, summary)))
    else:
        write(csv_text([("alternative", "measure", "value", "se"), *tidy_rows(summary)]))
    complain(*(text for text in (words, checks) if text))
