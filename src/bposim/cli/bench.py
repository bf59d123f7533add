"""``bposim bench``: how fast this machine simulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bposim.cli.completing import paths
from bposim.cli.parameters import trials as number_of_trials
from bposim.cli.terminal import say, show

if TYPE_CHECKING:
    from bposim.scenario import Scenario

TEMPLATES = ("starter", "customer-service", "W5")
TURNS = 5


@click.command()
@click.argument("files", nargs=-1, shell_complete=paths)
@click.option(
    "-n",
    "--trials",
    metavar="NUMBER",
    default="20k",
    show_default=True,
    callback=number_of_trials,
    help="Futures to simulate in each of the turns.",
)
def bench(files: tuple[str, ...], trials: int) -> None:
    """Measure the trials a second on one thread, for the scenarios in FILES or for three templates.

    Beside the time stands its floor: what drawing the same random numbers takes alone. The ratio of the two
    compares machines and versions; a time does not.
    """
    from bposim.engine import BLOCK
    from bposim.files import load
    from bposim.report.table import Table
    from bposim.throughput import throughput, variates

    scenarios = {file: load(file) for file in files} or {name: _template(name) for name in TEMPLATES}
    rows = []
    for name, scenario in scenarios.items():
        found, drawn = throughput(scenario, trials, TURNS), variates(scenario)
        rows.append(
            (
                name,
                str(len(scenario.alternatives)),
                str(scenario.months),
                f"{(drawn.normal + drawn.uniform) / BLOCK:,.0f}",
                f"{1 / found.engine:,.0f}",
                f"{1e6 * found.engine:.1f}",
                f"{1e6 * (found.normal + found.uniform):.1f}",
                f"{found.ratio:.1f}",
                f"{found.spread:.1f}",
            )
        )
    head = (
        "scenario",
        "alternatives",
        "months",
        "draws a trial",
        "trials a second",
        "µs a trial",
        "floor, µs",
        "ratio",
        "± of turns",
    )
    show([Table("Throughput, one thread, CPU time", head, tuple(rows))])
    say(f"Medians of {TURNS} turns of {trials:,} trials. Next: make bench in a checkout measures everything.")


def _template(name: str) -> Scenario:
    from bposim import templates
    from bposim.files import scenario_of
    from bposim.yaml_tree import read_tree

    return scenario_of(read_tree(templates.text(name), f"{name}.yaml"))
