"""``bposim diff``: what differs between two scenarios, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bposim.cli.parameters import format_option
from bposim.cli.source import source_argument
from bposim.cli.terminal import say, write

if TYPE_CHECKING:
    from bposim.scenario import Scenario

DIFFERENT = 1


@click.command()
@source_argument("old")
@source_argument("new")
@format_option("text", "json")
@click.option(
    "--exit-code", "tell", is_flag=True, help="End with exit code 1 where a run can come out otherwise."
)
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, form: str, tell: bool) -> None:  # noqa: FBT001 - a flag is a flag
    """Say what differs between two scenarios: files, or the folders of runs.

    Compared is what they mean: values with their mean and span, sources, data. Layout, comments, order and
    the spelling of numbers do not count, and what is shared by like: is said once.
    """
    from bposim.differences import differences
    from bposim.report.diff import diff_content, diff_lines
    from bposim.report.document import json_text

    before, after = _scenario(old), _scenario(new)
    found = differences(before, after)
    if form == "json":
        write(json_text(diff_content(found)))
    else:
        for line in diff_lines(found, same_bytes=_bytes(old) == _bytes(new) is not None):
            say(line)
        if found.changes_results and Path(old).is_dir() and Path(new).is_dir():
            say(f"Next: bposim compare {old} {new} says what these changes did to the result.")
    if tell and found.changes_results:
        ctx.exit(DIFFERENT)


def _scenario(source: str) -> Scenario:
    """Return the scenario of a file, or that of a run with the changes it was run with."""
    if not Path(source).is_dir():
        from bposim.files import load

        return load(source)
    from bposim.stored import manifest_of, scenario_of_run

    return scenario_of_run(Path(source), manifest_of(Path(source)))


def _bytes(source: str) -> bytes | None:
    return Path(source).read_bytes() if Path(source).is_file() else None
