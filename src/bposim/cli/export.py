"""``bposim export``: assumptions as a workbook to fill in, trials as a table for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from bposim.cli.completing import alternatives as names_of_alternatives
from bposim.cli.completing import paths
from bposim.cli.new_file import new_file
from bposim.cli.terminal import complain, say, visible, write

STDOUT = "-"


@click.command()
@click.argument("source", shell_complete=paths)
@click.option(
    "--assumptions", metavar="BOOK.xlsx", help="New workbook of the assumptions of a scenario file."
)
@click.option(
    "--trials", metavar="FILE", help="New .csv or .parquet file of the trials of a run; - is CSV to stdout."
)
@click.option(
    "--alternative",
    "alternatives",
    multiple=True,
    metavar="NAME",
    shell_complete=names_of_alternatives,
    help="Of the trials only this alternative; several times.",
)
@click.option("--inputs", is_flag=True, help="With the trials the value of every uncertain input.")
def export(
    source: str,
    assumptions: str | None,
    trials: str | None,
    alternatives: tuple[str, ...],
    inputs: bool,  # noqa: FBT001 - a flag is a flag
) -> None:
    """Export the assumptions of a scenario to a workbook, or the trials of a stored run to CSV or Parquet.

    SOURCE is a scenario file for --assumptions, and the folder of a run for --trials. A file that exists is
    never overwritten.
    """
    if (assumptions is None) == (trials is None):
        raise click.UsageError("say what to export: --assumptions BOOK.xlsx or --trials FILE.csv")
    if assumptions is not None:
        if alternatives or inputs:
            raise click.UsageError("--alternative and --inputs belong to --trials; a workbook has everything")
        _assumptions(source, assumptions)
    else:
        _trials(source, str(trials), alternatives, inputs=inputs)


def _free(name: str, *endings: str) -> Path:
    """Return the path of a new file with one of the endings."""
    path = Path(name)
    if path.suffix.lower() not in endings:
        raise click.UsageError(f"{name} should end in {' or '.join(endings)}")
    return new_file(path)


def _assumptions(source: str, target: str) -> None:
    from bposim.assumption_book import export_book

    if Path(source).is_dir():
        raise click.UsageError(
            f"{source} is a folder; name a scenario file, such as {Path(source, 'scenario.yaml')}"
        )
    book = _free(target, ".xlsx")
    sheets = export_book(source, book)
    say(f"{target} is written: {sum(sheets.values()):,} rows on {len(sheets)} sheets ({', '.join(sheets)}).")
    stem = Path(source).stem
    click.echo(
        visible(f"Fill in the coloured cells, then: bposim import {target} --into {source} -o {stem}-2.yaml")
    )


def _trials(source: str, target: str, alternatives: tuple[str, ...], *, inputs: bool) -> None:
    from bposim.report.trials import csv_chunks, parquet_file, trial_columns
    from bposim.storage import write_whole
    from bposim.stored import read

    path = None if target == STDOUT else _free(target, ".csv", ".parquet")
    result = read(source)
    columns = trial_columns(result, alternatives, inputs=inputs)
    count = len(columns["trial"])
    if count < result.trials:
        complain(
            f"The first {count:,} of {result.trials:,} trials: so many are kept whole, with their inputs."
        )
    if path is None:
        for chunk in csv_chunks(columns):
            write(chunk)
        return
    is_csv = path.suffix.lower() == ".csv"
    write_whole(path, csv_chunks(columns) if is_csv else [parquet_file(columns)])
    currency = result.scenario.base_currency
    say(f"{target} is written: {count:,} trials, {len(columns)} columns, money in {currency}.")
