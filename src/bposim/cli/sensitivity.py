"""``bposim sensitivity``: what drives an alternative's saving or cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bposim.cli.source import known_alternative, paths_option, result_of, source_options, summary_of
from bposim.cli.terminal import complain, say, show, write

if TYPE_CHECKING:
    from bposim.report.sensitivity import Subject
    from bposim.result import AnyResult


@click.command()
@source_options
@click.option("--alternative", metavar="NAME", help="Which one; otherwise the one that the run recommends.")
@click.option(
    "--of",
    type=click.Choice(["saving", "total_cost"]),
    default="saving",
    show_default=True,
    help="Saving against the baseline, or the alternative's own cost.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=12, show_default=True, help="Rows of each table of drivers."
)
@paths_option
def sensitivity(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
    alternative: str | None,
    of: Subject,
    top: int,
    by_path: bool,  # noqa: FBT001 - a flag is a flag
) -> None:
    """Show what drives an alternative, from the stored run in SOURCE or a scenario file.

    Swings, rank correlations and shares of the variance by driver and by risk, and what the mean and the
    futures that save least are made of.  Chance (exchange rates, volume, events) counts as a driver.
    """
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.report.sensitivity import document
    from bposim.report.sensitivity import sensitivity as found_by
    from bposim.report.sensitivity_text import paragraph, tables

    result = result_of(source, trials, seed, overrides, without, threads)
    name = _shown(result, of) if alternative is None else known_alternative(result, alternative)
    if name == result.baseline and of == "saving":
        message = f"{name} is the baseline, which saves nothing against itself; add --of total_cost"
        raise click.UsageError(message)
    found = found_by(result, name, of, by_path=by_path)
    if form == "json":
        write(json_text(document(found)))
        complain(paragraph(found))
        return
    show(tables(found, top))
    say(ERRORS)
    say(paragraph(found))
    say(f"Next: bposim value {source} tells what is worth finding out before choosing.")


def _shown(result: AnyResult, of: Subject) -> str:
    """Return the recommended alternative, or for the saving of a baseline that of the next best."""
    summary = summary_of(result)
    return (summary.recommended if of == "total_cost" else summary.shown).name
