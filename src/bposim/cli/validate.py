"""``bposim validate``: everything that is wrong with scenario files, at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.completing import paths
from bposim.cli.terminal import complain, visible, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bposim.errors import Complaint
    from bposim.scenario import Scenario

INVALID = 2


@click.command()
@click.argument("files", nargs=-1, required=True, shell_complete=paths)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Lines for people, JSON for programs, or annotations for GitHub Actions.",
)
@click.pass_context
def validate(ctx: click.Context, files: tuple[str, ...], form: str) -> None:
    """Check scenario FILES and print every error: file:line:column CODE path: what; what to do."""
    findings: list[tuple[str, Complaint]] = []
    fine: list[tuple[str, Scenario]] = []
    for file in files:
        scenario, complaints = _check(file)
        findings += [("error" if scenario is None else "warning", complaint) for complaint in complaints]
        if scenario is not None:
            fine.append((file, scenario))
    if form == "json":
        write(json.dumps([_plain(*finding) for finding in findings], indent=2, ensure_ascii=False) + "\n")
    elif form == "github":
        _print(_annotation(*finding) for finding in findings)
    else:
        _print(_line(*finding) for finding in findings)
        _print(f"{file}: OK: {_described(scenario)}" for file, scenario in fine)
    if len(fine) < len(files):
        if form == "text":
            complain(_looking_up([complaint.code for severity, complaint in findings if severity == "error"]))
        ctx.exit(INVALID)


def _check(file: str) -> tuple[Scenario | None, tuple[Complaint, ...]]:
    from bposim.errors import ScenarioError
    from bposim.files import load

    try:
        scenario = load(file)
    except ScenarioError as error:
        return None, error.complaints
    return scenario, scenario.warnings


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(visible(line))


def _line(severity: str, complaint: Complaint) -> str:
    """Return the complaint as text; a warning is marked, an error is the rule."""
    text = str(complaint)
    return text if severity == "error" else text.replace(complaint.code, f"warning {complaint.code}", 1)


def _looking_up(codes: list[str]) -> str:
    return f"Next: mend these and validate again; `bposim explain {codes[0]}` shows an example of the first."


def _plain(severity: str, complaint: Complaint) -> dict[str, Any]:
    mark = complaint.mark
    return {
        "severity": severity,
        "file": mark.file if mark else None,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "code": complaint.code,
        "path": complaint.path,
        "what": complaint.what,
        "remedy": complaint.remedy,
    }


def _annotation(severity: str, complaint: Complaint) -> str:
    """Return a workflow command; its reserved characters are escaped as GitHub documents it."""

    def escaped(text: object, reserved: str = "%\r\n") -> str:
        return "".join(f"%{ord(char):02X}" if char in reserved else char for char in str(text))

    mark = complaint.mark
    place = [("file", mark.file), ("line", mark.line), ("col", mark.column)] if mark else []
    properties = ",".join(
        f"{key}={escaped(value, '%:,' + chr(13) + chr(10))}"
        for key, value in [*place, ("title", complaint.code)]
    )
    path = f"{complaint.path}: " if complaint.path else ""
    return f"::{severity} {properties}::{escaped(f'{path}{complaint.what}; {complaint.remedy}')}"


def _described(scenario: Scenario) -> str:
    count = len(scenario.alternatives)
    return (
        f"{scenario.title}; {count} alternatives, {scenario.months} months, "
        f"{len(scenario.uncertain.names)} uncertain inputs"
    )
