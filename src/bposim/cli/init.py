"""``bposim init``: a scenario to start from, out of a template or by questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bposim.cli.completing import templates as template_names
from bposim.cli.new_file import new_file
from bposim.cli.terminal import say, show, visible, write

STDOUT = "-"
WIZARD_FILE = "scenario.yaml"


@click.command()
@click.option(
    "--template",
    metavar="NAME",
    shell_complete=template_names,
    help="Name or code of a template, such as round-the-clock, W7 or SV8.",
)
@click.option("--list", "listing", is_flag=True, help="Show the templates, a line each.")
@click.option("--wizard", is_flag=True, help="Ask about the decision, and fill the rest from the library.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="New file to write; by default named after the template, - is stdout.",
)
def init(template: str | None, listing: bool, wizard: bool, output: str | None) -> None:  # noqa: FBT001 - flags are flags
    """Write a commented scenario to change: a template, or the answers to a dozen questions.

    A file that exists is never overwritten.
    """
    from bposim import templates

    if listing:
        show([_table()])
        say("Next: bposim init --template NAME writes one.")
        return
    if wizard and template is not None:
        raise click.UsageError("--wizard writes a scenario of its own; leave --template out")
    name = template or templates.STARTER
    try:
        text = "" if wizard else templates.text(name)
    except LookupError as error:
        raise click.BadParameter(
            f"{error.args[0]}; `bposim init --list` shows them all", param_hint="--template"
        ) from None
    target = output or (WIZARD_FILE if wizard else f"{_file_stem(name)}.yaml")
    if target != STDOUT:
        new_file(target, by=" with -o")
    if wizard:
        from bposim.cli.asking import asked

        text = asked(target)
    if target == STDOUT:
        write(text)
        return
    _save(Path(target), text)
    say(f"{target} is written. Replace its figures by your own, then:")
    for step in (f"bposim validate {target}", f"bposim plan {target}", f"bposim run {target} -o out"):
        click.echo(visible(f"  {step}"))


def _file_stem(name: str) -> str:
    """Return the template's own name for its code or a name in capitals."""
    from bposim import templates

    found = name.strip().lower()
    return next((t.name for t in templates.templates() if found in {t.name, t.code.lower()}), found)


def _save(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        new_file(path, by=" with -o")
        raise


def _table() -> Any:  # noqa: ANN401 - a Table, whose module takes long to import
    from bposim import templates
    from bposim.report.table import Table

    rows = tuple((t.name, t.code, t.about) for t in templates.templates())
    return Table("Scenarios to start from", ("template", "code", "what it is"), rows, left=3)
