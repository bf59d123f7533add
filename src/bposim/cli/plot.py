"""``bposim plot``: pictures of a stored run, without simulating again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bposim.cli.completing import alternatives, pictures
from bposim.cli.terminal import complain, say

if TYPE_CHECKING:
    from bposim.result import Result

ALL = "all"
FORMATS = ("png", "svg", "pdf")
UNDRAWN = 2


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    "kinds",
    default=ALL,
    show_default=True,
    metavar="KIND,…",
    shell_complete=pictures,
    help="savings, s-curves, fan, waterfall, tail, losses, tornado, spider, scatter, break-even, comparison, "
    "value, frontier, convergence.",
)
@click.option(
    "--alternative",
    metavar="NAME",
    shell_complete=alternatives,
    help="The one that pictures of a single alternative are about; the best beside the baseline if left out.",
)
@click.option(
    "--driver",
    "drivers",
    multiple=True,
    metavar="NAME",
    help="A driver for spider, scatter and break-even, in place of the strongest; several times.",
)
@click.option(
    "--format", "formats", default="png", show_default=True, metavar="FORMAT,…", help="png, svg, pdf."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder for the pictures; DIR/pictures if left out.",
)
@click.pass_context
def plot(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context,
    folder: Path,
    kinds: str,
    alternative: str | None,
    drivers: tuple[str, ...],
    formats: str,
    output: Path | None,
) -> None:
    """Draw pictures of the run in DIR, which bposim run -o has left, without simulating again.

    Prints a line a picture: the file and what it finds. Each file carries the same in words, for those who
    cannot see it. docs/reading.md says how to read them. What a run does not keep is simulated and drawn by
    its own command with -o: bposim worth, stress, exit and frontier.
    """
    wanted_formats = _words(formats, FORMATS, "--format")
    result = _stored(folder)
    from bposim.report.pictures.files import save
    from bposim.report.pictures.gallery import BY_COMMAND, KINDS, Wanted
    from bposim.report.pictures.page import CannotDrawError

    every = kinds.strip() == ALL
    wanted_kinds = list(KINDS) if every else _words(kinds, (*KINDS, *BY_COMMAND), "--kind")
    if alternative is not None and alternative not in result.names:
        known = ", ".join(result.names)
        raise click.BadParameter(f"{alternative} is not one of {known}", param_hint="--alternative")
    target = output or folder / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    about = Wanted(result, alternative or "", drivers)
    written, undrawn = 0, 0
    for kind in wanted_kinds:
        if kind in BY_COMMAND:
            complain(f"{kind} is not drawn: a run does not keep it; {BY_COMMAND[kind]} {folder} -o {target}")
            undrawn += 1
            continue
        try:
            for picture in KINDS[kind](about):
                files = save(picture, target, wanted_formats)
                written += len(files)
                say(f"{', '.join(path.name for path in files)}: {picture.finding}")
        except CannotDrawError as error:
            complain(f"{kind} is not drawn: {error}")
            undrawn += 1
    say(f"{written} files are in {target}.")
    if every:
        commands = ", ".join(BY_COMMAND.values())
        say(f"What a run does not keep is simulated and drawn by {commands}, each with -o {target}.")
    if undrawn and not every:
        ctx.exit(UNDRAWN)


def _stored(folder: Path) -> Result:
    """Return the stored run; of a streamed one its first trials, which are a run of their own."""
    from bposim.result import StreamedResult
    from bposim.stored import read

    found = read(folder)
    if not isinstance(found, StreamedResult):
        return found
    complain(f"{found.trials:,} trials were streamed; the pictures are of the first {found.first.trials:,}")
    return found.first


def _words(text: str, known: tuple[str, ...], option: str) -> list[str]:
    """Return the words of a list with commas, each once; BadParameter for one that is not known."""
    words = list(dict.fromkeys(word for word in (part.strip().lower() for part in text.split(",")) if word))
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        what = f"{', '.join(unknown)} is not known" if unknown else "there is nothing to draw"
        raise click.BadParameter(f"{what}; choose from {', '.join(known)}", param_hint=option)
    return words
