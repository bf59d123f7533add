"""``bposim open``: the report of a run in the browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from bposim.cli.terminal import complain, say

REPORT = "report.html"


@click.command("open")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def open_(folder: Path) -> None:
    """Open the report of the run in DIR in the browser; it is made if missing.

    Without a display the path is printed, for you to open where there is one.
    """
    from bposim.stored import manifest_of

    manifest_of(folder)
    report = folder / REPORT
    if not report.exists():
        _make(folder, report)
    if _shown(report):
        say(f"{report} is open in the browser.")
    else:
        complain("There is no display or no browser here; open this file where there is one:")
        say(str(report.absolute()))


def _make(folder: Path, report: Path) -> None:
    """Write the report, as bposim report does."""
    from click.globals import get_current_context

    from bposim.cli.report import report as report_command

    get_current_context().invoke(report_command, source=str(folder), html=report)


def _shown(report: Path) -> bool:
    """Open the file in the default browser; False where there is no display, or no browser."""
    import webbrowser

    needs_display = sys.platform not in {"win32", "darwin"}
    if needs_display and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(report.absolute().as_uri())
    except webbrowser.Error:
        return False
