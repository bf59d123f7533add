"""``bposim report``: a run as one page for a board, and as a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from bposim.cli.source import result_of, simulation_options, summary_of
from bposim.cli.terminal import say


@click.command()
@click.option(
    "-o",
    "--html",
    "html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the page goes; report.html in the folder of the run if left out.",
)
@click.option(
    "--excel",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a workbook with native charts as well, e.g. report.xlsx.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="An earlier run: the page says what has changed since in assumptions and result.",
)
@simulation_options
def report(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: str,
    html: Path | None,
    excel: Path | None,
    against: Path | None,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
) -> None:
    """Make a report of the run in SOURCE, a stored run or a scenario file: one page that opens anywhere.

    The page needs no network and no other file: answer, pictures to hover and zoom, tables, assumptions,
    limits and how to repeat it. Print it from the browser for a PDF. docs/report.md says how to read it.
    """
    from bposim.report.html.document import page, story_of
    from bposim.report.since import changes_since
    from bposim.report.stored_worth import worth_beside
    from bposim.storage import write_whole
    from bposim.stored import manifest_of, read

    if html is not None and html.suffix.lower() not in {".html", ".htm"}:
        raise click.BadParameter(
            f"{html.name} is no web page; give a name that ends in .html, and print it for a PDF",
            param_hint="--html",
        )
    if excel is not None and excel.suffix.lower() != ".xlsx":
        raise click.BadParameter(
            f"{excel.name} is no workbook; give a name that ends in .xlsx", param_hint="--excel"
        )
    result = result_of(source, trials, seed, overrides, without, threads)
    summary = summary_of(result)
    folder = Path(source) if Path(source).is_dir() else None
    manifest = manifest_of(folder) if folder else None
    old = read(against) if against else None
    manifests = (manifest_of(against) if against else None, manifest)
    since = changes_since((old, summary_of(old)), (result, summary), manifests) if old else None
    target = html or (folder / "report.html" if folder else Path(f"{Path(source).stem}-report.html"))
    target.parent.mkdir(parents=True, exist_ok=True)
    worth = worth_beside(folder, result.scenario.sha256) if folder else None
    write_whole(target, [page(story_of(result, summary, manifest, since, worth))])
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    say(f"The report is {target} ({size}): open it in a browser, print it for a PDF.")
    if excel is not None:
        from bposim.report.workbook import write_workbook

        excel.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(excel, result, summary, manifest)
        say(f"The workbook is {excel}.")
    if folder is None:
        say("Next: bposim run FILE -o DIR keeps the run, so that the report can be made and verified again.")
    else:
        say(f"Next: bposim verify {folder} shows that the run comes out again.")
