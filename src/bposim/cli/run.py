"""``bposim run``: simulate a scenario and say what to choose."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from bposim.cli.parameters import design_option, set_option, trials_option, without_option
from bposim.cli.terminal import complain, progress, say, show, warn, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.summary import Summary
    from bposim.inputs.designs import Kind
    from bposim.result import Result
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
    yes: bool,  # noqa: FBT001 - a flag is a flag
) -> None:
    """Simulate the scenario in FILE and say which alternative to choose.

    Savings, risk, ranking and the value of knowing more, each with its Monte Carlo error.
    """
    from bposim.analysis.summary import summarise
    from bposim.engine import simulate
    from bposim.files import load
    from bposim.runs import Provenance, check_folder, check_room, write_run

    started = datetime.now(UTC)
    scenario = load(file, overrides, without)
    if output is not None:
        check_folder(output)
    if not yes:
        check_room(scenario, trials, threads, output)
    with progress(trials) as advance:
        result = simulate(
            scenario, trials=trials, seed=seed, threads=threads, progress=advance, design=design
        )
    summary = _with_outside_view(scenario, summarise(result))
    warn(summary.warnings)
    files: Sequence[Path] = ()
    if output is not None:  # first of all, so that a reader who closes the pipe loses nothing
        command = ("bposim", *sys.argv[1:])
        files = write_run(
            result, summary, output, Provenance(Path(file), overrides, command, started, without)
        )
    _render(result, summary, form)
    end = say if form in {"table", "md"} else complain
    if overrides or without:
        changes = [
            *(f"--set {path}={value}" for path, value in overrides.items()),
            *map("--without {}".format, without),
        ]
        end(f"Not the file as it is: {' '.join(changes)}")
    if files:
        end(f"{len(files)} files are in {output}: start with savings.png and summary.csv.")
    else:
        end("Next: add -o DIR to keep pictures, every trial and a manifest.")


def _with_outside_view(scenario: Scenario, summary: Summary) -> Summary:
    """Add a warning wherever the scenario is more optimistic than the published record."""
    from bposim.engine import base_case
    from bposim.library.outside_view import outside_view

    no_saving = {
        name: 1.0 - own.saving.probability_positive.value for name, own in summary.alternatives.items()
    }
    texts = outside_view(scenario, base_case(scenario), no_saving)
    return replace(summary, warnings=(*summary.warnings, *texts))


def _render(result: Result, summary: Summary, form: str) -> None:
    """Write the result to stdout, and the paragraph beside or below it."""
    from bposim.report.document import document, json_text
    from bposim.report.paragraph import paragraph
    from bposim.report.table import categories, csv_text, markdown, outcomes, tidy_rows

    words = paragraph(result, summary)
    tables = [outcomes(result, summary), categories(result, summary)]
    if form == "table":
        show(tables)
        say(words)
    elif form == "md":
        write("\n".join(map(markdown, tables)) + f"\n{words}\n\n")
    elif form == "json":
        write(json_text(document(result, summary)))
        complain(words)
    else:
        write(csv_text([("alternative", "measure", "value", "se"), *tidy_rows(summary)]))
        complain(words)
