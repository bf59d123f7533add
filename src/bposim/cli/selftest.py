"""``bposim selftest``: published cases on this machine, and a record of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bposim.cli.group import FAILED
from bposim.cli.new_file import new_file
from bposim.cli.parameters import format_option
from bposim.cli.terminal import say, show, write

if TYPE_CHECKING:
    from bposim.report.table import Table
    from bposim.selftest import Outcome


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="New file for the record, in Markdown.")
@format_option("table", "json")
@click.pass_context
def selftest(ctx: click.Context, output: Path | None, form: str) -> None:
    """Compute published cases on this machine, and compare each with what was published.

    Where nothing is random nine digits have to agree, else four standard errors. Ends with 3 where they
    do not.
    """
    from bposim.selftest import outcomes

    if output is not None:
        new_file(output, by=" with -o")
    found = list(outcomes())
    wrong = [outcome for outcome in found if not outcome.passed]
    table = _table(found)
    words = (
        f"{len(wrong)} of {len(found)} published cases do not come out: do not rely on results from here."
        if wrong
        else f"All {len(found)} published cases come out on this machine."
    )
    if output is not None:
        output.write_text(_record(table, words), encoding="utf-8", newline="\n")
    if form == "json":
        write(_json(found))
    else:
        show([table])
        say(words + (f" The record is {output}." if output else " Next: -o FILE keeps a record of it."))
    if wrong:
        ctx.exit(FAILED)


def _table(found: list[Outcome]) -> Table:
    from bposim.report.numbers import rounded_to_error
    from bposim.report.table import Table

    rows = tuple(
        (
            outcome.case.name,
            outcome.case.what,
            outcome.case.source,
            _figure(outcome.case.expected),
            _figure(rounded_to_error(outcome.found.value, outcome.found.se)),
            _figure(float(f"{outcome.allowed:.1g}")),
            "pass" if outcome.passed else "FAIL",
        )
        for outcome in found
    )
    head = ("case", "what", "published by", "published", "found here", "may differ\nby", "verdict")
    return Table("Published cases on this machine", head, rows, left=3)


def _figure(value: float) -> str:
    return f"{value:,.7g}" if abs(value) < 1e6 else f"{value:,.0f}"  # noqa: PLR2004 - longer than seven digits


def _record(table: Table, words: str) -> str:
    from datetime import UTC, datetime

    from bposim.machine import machine
    from bposim.report.table import markdown

    when = datetime.now(UTC).isoformat(timespec="seconds")
    facts = "".join(f"- {each.what}: {each.found}\n" for each in machine())
    return f"# bposim selftest\n\n{words}\n\n- computed: {when}\n{facts}\n{markdown(table)}"


def _json(found: list[Outcome]) -> str:
    from bposim.report.document import finite, json_text

    cases = [
        {
            "case": outcome.case.name,
            "what": outcome.case.what,
            "source": outcome.case.source,
            "published": finite(outcome.case.expected),
            "found": finite(outcome.found.value),
            "allowed": finite(outcome.allowed),
            "passed": outcome.passed,
        }
        for outcome in found
    ]
    passed = all(outcome.passed for outcome in found)
    return json_text({"schema": "bposim.selftest/1", "passed": passed, "cases": cases})
