"""The command ``bposim``: one file a command, each of which reads, calls and renders.

Data go to stdout, messages and progress to stderr.  Exit codes: 0 fine, 1 a check of the
scenario failed, 2 usage or invalid scenario, 3 the run failed, 4 it is incomplete and can be resumed, 130
interrupted.  A command is imported when it is called, and imports what it needs when it runs, so that
``--help`` stays quick.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bposim.cli.group import Commands, Listed
from bposim.cli.terminal import visible

HELP_WIDTH = 120
"""Columns of the help as plain text: enough for a command to be said in one line; a terminal has its own."""

TASKS = {
    "Write a scenario": {
        "init": Listed(
            "init", "Write a commented scenario to change: a template, or the answers to a dozen questions."
        ),
        "fit": Listed(
            "fit",
            "Fit exchange rates, losses, tenures or volumes in FILE, and print the keys to paste "
            "into a scenario.",
        ),
        "validate": Listed(
            "validate",
            "Check scenario FILES and print every error: file:line:column CODE path: what; what to do.",
        ),
        "plan": Listed(
            "plan", "Show what goes into the scenario in FILE, and its base case; nothing is simulated."
        ),
        "import": Listed(
            "import_", "Bring a workbook of assumptions back into a scenario file, and list every change."
        ),
        "diff": Listed("diff", "Say what differs between two scenarios: files, or the folders of runs."),
    },
    "Decide": {
        "run": Listed("run", "Simulate the scenario in FILE and say which alternative to choose."),
        "compare": Listed(
            "compare",
            "Compare the alternatives of one run pair by pair; of two runs, say what changed and why.",
        ),
        "worth": Listed(
            "worth",
            "Say what each clause and mitigation of the scenario in SOURCE is worth, in the same futures.",
        ),
        "stress": Listed(
            "stress", "Show what each stress of the scenario in SOURCE does to savings and choice."
        ),
        "sweep": Listed(
            "sweep", "Simulate the scenario in SOURCE over a grid of values and tabulate the figures."
        ),
        "exit": Listed(
            "exit",
            "Say what the right to leave each contract is worth, and the right to stop after its pilot.",
        ),
        "frontier": Listed(
            "frontier",
            "Say how the work is best split over teams and vendors, and what a second vendor is worth.",
        ),
    },
    "Understand the answer": {
        "sensitivity": Listed(
            "sensitivity",
            "Show what drives an alternative, from the stored run in SOURCE or a scenario file.",
        ),
        "breakeven": Listed(
            "breakeven",
            "Find the value of an input at which the choice turns, in SOURCE: a stored run or a scenario.",
        ),
        "value": Listed(
            "value",
            "Show what it is worth to find out before choosing, from the run in SOURCE or a scenario file.",
        ),
        "explain": Listed("explain", "Explain WHAT: a line, an input, an error code or a figure of a run."),
    },
    "Share it": {
        "report": Listed(
            "report",
            "Make a report of the run in SOURCE, a stored run or a scenario file: one page that "
            "opens anywhere.",
        ),
        "app": Listed(
            "app",
            "Open a local page with sliders for the main numbers of a template or of the scenario in FILE.",
        ),
        "open": Listed("open_", "Open the report of the run in DIR in the browser; it is made if missing."),
        "export": Listed(
            "export",
            "Export the assumptions of a scenario to a workbook, or the trials of a stored run to "
            "CSV or Parquet.",
        ),
        "plot": Listed(
            "plot", "Draw pictures of the run in DIR, which bposim run -o has left, without simulating again."
        ),
        "verify": Listed(
            "verify", "Check that the run in FOLDER is intact, simulate it again and compare every trial."
        ),
    },
    "Look up": {
        "library": Listed("library", "List published figures and the defaults built on them."),
        "risks": Listed(
            "risks", "List risks, exchange-rate and price models, currency clauses and distributions."
        ),
        "schema": Listed(
            "schema", "Print the JSON Schema of a scenario file, for completion and hover in an editor."
        ),
    },
    "This machine": {
        "doctor": Listed(
            "doctor",
            "Look at this machine: versions, extras, processor, memory, terminal, and whether runs repeat.",
        ),
        "selftest": Listed(
            "selftest", "Compute published cases on this machine, and compare each with what was published."
        ),
        "completion": Listed(
            "completion",
            "Print the script with which SHELL completes commands, files and the names in a scenario.",
        ),
        "bench": Listed(
            "bench",
            "Measure the trials a second on one thread, for the scenarios in FILES or for three templates.",
        ),
    },
}
"""Every command by the task that it serves: its module, and the line with which its help begins."""


@click.group(
    cls=Commands,
    tasks=TASKS,
    invoke_without_command=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": HELP_WIDTH,
        "terminal_width": None if sys.stdout.isatty() else HELP_WIDTH,
    },
)
@click.version_option(package_name="bposim", prog_name="bposim")
@click.pass_context
def main(ctx: click.Context) -> None:
    """What would outsourcing really cost, against keeping the work?  As distributions, not as one number."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter gets its code instead of ending the run.
            stream.reconfigure(errors="backslashreplace")
    if ctx.invoked_subcommand is None:
        from bposim.cli.first_steps import first_steps

        click.echo(ctx.get_help())
        click.echo(f"\n{visible(first_steps(Path()))}")
