"""``bposim plan``: what a scenario says, without simulating it."""

from __future__ import annotations

import click

from bposim.cli.completing import paths
from bposim.cli.parameters import at_option, format_option, set_option, trials_option, without_option
from bposim.cli.terminal import say, show, warn, write


@click.command()
@click.argument("file", shell_complete=paths)
@set_option
@without_option
@trials_option
@at_option
@format_option("table", "json")
def plan(  # noqa: PLR0913, PLR0917 - one argument an option
    file: str,
    overrides: dict[str, str],
    without: tuple[str, ...],
    trials: int,
    at: float | None,
    form: str,
) -> None:
    """Show what goes into the scenario in FILE, and its base case; nothing is simulated.

    The base case has every input at its mean and events at their expectation: it is the one to hold
    against a spreadsheet.  --at p90 has every input at its P90 instead: a case, not
    the P90 of the cost.
    """
    from bposim.cash import base_case
    from bposim.files import load
    from bposim.library.outside_view import outside_view
    from bposim.plain_names import PlainNames
    from bposim.report.document import json_text
    from bposim.report.plan import plan as planned
    from bposim.report.plan import plan_tables
    from bposim.runs import memory_needed

    scenario = load(file, overrides, without)
    memory = memory_needed(scenario, trials)
    expected = base_case(scenario)
    cases = expected if at is None else base_case(scenario, at)
    content = {**planned(scenario, cases, at), "trials": trials, "memory_bytes": memory}
    content["warnings"] += outside_view(scenario, expected)
    warn(content["warnings"])
    if form == "json":
        write(json_text(content))
        return
    say(f"{scenario.title}: {scenario.months} months from {scenario.start}, {scenario.base_currency}")
    show(plan_tables(content, PlainNames(scenario)))
    say(f"A run of {trials:,} trials takes about {memory / 1e6:,.0f} MB of memory.")
    say(f"Next: bposim run {file}")
