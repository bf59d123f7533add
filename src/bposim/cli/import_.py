"""``bposim import``: a workbook of assumptions that somebody has filled in, back into a scenario file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.completing import paths
from bposim.cli.new_file import new_file
from bposim.cli.terminal import complain, say, visible, warn, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.assumption_book import BookChange, Imported

SCHEMA = "bposim.import/1"
STDOUT = "-"


@click.command("import")
@click.argument("book", shell_complete=paths)
@click.option(
    "--into", metavar="FILE", help="Scenario file to change; if left out, the one inside the workbook."
)
@click.option(
    "-o", "--output", metavar="FILE", required=True, help="New scenario file to write; - is stdout."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The list of changes: lines for people, or JSON for programs.",
)
def import_(book: str, into: str | None, output: str, form: str) -> None:
    """Bring a workbook of assumptions back into a scenario file, and list every change.

    BOOK is what bposim export --assumptions has made and somebody has filled in. Comments, order and sharing
    of the file stay as they are; only lines of changed values change. A file that exists is overwritten only
    where --into and -o name the same.
    """
    from bposim.assumption_book import import_book
    from bposim.storage import write_whole

    target = None if output == STDOUT else Path(output)
    if target and not (into and target.exists() and target.samefile(into)):
        new_file(target, by=" with -o")
    if target is None and form == "json":
        raise click.UsageError("both the scenario and the JSON would go to stdout; name a file with -o")
    imported = import_book(book, into, target)
    if target is None:
        write(imported.data.decode("utf-8"))
    else:
        write_whole(target, [imported.data])
    if form == "json":
        write(json.dumps(_document(imported, output), indent=2, ensure_ascii=False) + "\n")
        return
    _tell(imported, into or "the file", complain if target is None else _line)
    if target is not None:
        say(f"{output} is written.")
        click.echo(
            visible(f"Next: bposim plan {output} shows what goes in now, bposim run {output} decides.")
        )


def _line(text: str) -> None:
    click.echo(visible(text))


def _tell(imported: Imported, into: str, line: Callable[[str], None]) -> None:
    complain(*imported.remarks)
    warn(map(str, imported.warnings))
    if imported.kept:
        complain(f"{into} has changed since the workbook was made; its own changes stay:")
        complain(*(f"  {_change(change)}" for change in imported.kept))
    count = len(imported.changes)
    line(f"{count} change{'s' * (count != 1)} in the workbook{':' if count else ': the file is as it was.'}")
    for change in imported.changes:
        line(f"  {_change(change)}")


def _change(change: BookChange) -> str:
    cell = f"{change.cell} " if change.cell else ""
    return f"{cell}{change.path}: {_shown(change.before)} → {_shown(change.after)}"


def _shown(text: str) -> str:
    """Return a value in one readable line."""
    words = " ".join(text.split())
    return f"{words[:60]}…" if len(words) > 60 else words or "(empty)"  # noqa: PLR2004 - a readable line


def _document(imported: Imported, output: str) -> dict[str, Any]:
    def plain(change: BookChange) -> dict[str, str]:
        return {"cell": change.cell, "path": change.path, "before": change.before, "after": change.after}

    return {
        "schema": SCHEMA,
        "file": output,
        "changes": [plain(change) for change in imported.changes],
        "remarks": list(imported.remarks),
        "kept": [plain(change) for change in imported.kept],
        "warnings": [str(complaint) for complaint in imported.warnings],
    }
