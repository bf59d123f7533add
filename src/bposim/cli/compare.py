"""``bposim compare``: how sure the choice is, pair by pair."""

from __future__ import annotations

import click

from bposim.cli.source import result_of, source_options, summary_of
from bposim.cli.terminal import complain, say, show, write


@click.command()
@source_options
def compare(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
) -> None:
    """Compare the alternatives pair by pair, from the stored run in SOURCE or a scenario file.

    How often each is the cheapest, what having chosen it costs, whether the ranking would hold with other
    random numbers, and whether one is better whatever the taste for risk (stochastic dominance).
    """
    from bposim.report.compare import compare as compared
    from bposim.report.compare import document, paragraph, tables
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS

    result = result_of(source, trials, seed, overrides, without, threads)
    found = compared(result, summary_of(result))
    if form == "json":
        write(json_text(document(found)))
        complain(paragraph(found))
        return
    show(tables(found))
    say(ERRORS)
    say(paragraph(found))
    say(f"Next: bposim sensitivity {source} tells what drives the recommended one.")
