"""``bposim doctor``: what of this machine matters to a run."""

from __future__ import annotations

import json

import click

from bposim.cli.terminal import say, show, write

FAILED = 3


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="What to write to stdout.",
)
@click.pass_context
def doctor(ctx: click.Context, form: str) -> None:
    """Look at this machine: versions, extras, processor, memory, terminal, and whether runs repeat.

    Ends with 3 where something would make results wrong or runs impossible. Nothing is sent anywhere.
    """
    from dataclasses import asdict

    from bposim.machine import findings
    from bposim.report.table import Table

    found = list(findings())
    faults = [finding.what for finding in found if finding.verdict == "fault"]
    if form == "json":
        content = {
            "schema": "bposim.doctor/1",
            "fine": not faults,
            "findings": [asdict(each) for each in found],
        }
        write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    else:
        rows = tuple((each.what, each.verdict, each.found, each.remedy) for each in found)
        show([Table("This machine", ("what", "verdict", "found", "what to do"), rows, left=4)])
        if faults:
            say(f"Results cannot be relied on: {', '.join(faults)}. What to do stands beside each.")
        else:
            say("Ready to run. Next: bposim selftest compares published cases, bposim bench measures speed.")
    if faults:
        ctx.exit(FAILED)
