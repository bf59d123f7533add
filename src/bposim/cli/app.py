"""``bposim app``: the local page for those who never open a terminal."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import click

from bposim.cli.completing import paths
from bposim.cli.terminal import say

PATIENCE = 30.0
"""Seconds after which no browser is opened any more."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), shell_complete=paths)
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Port of the page; the first free one from 8501 if left out.",
)
@click.option(
    "--browser/--no-browser", default=True, help="Open the page in the browser, where there is one."
)
def app(file: Path | None, port: int | None, browser: bool) -> None:  # noqa: FBT001 - a flag is a flag
    """Open a local page with sliders for the main numbers of a template or of the scenario in FILE.

    The page is for this computer alone and asks nothing of any other. It shows the report of 20,000
    futures, and saves the scenario file, the report and a workbook. docs/app.md has more.
    """
    from bposim.app.serving import ADDRESS, check_extra, free_port, serve

    check_extra()
    if file is not None and not file.is_file():
        from bposim.yaml_tree import load_tree

        load_tree(file)
    chosen = free_port(port)
    address = f"http://{ADDRESS}:{chosen}"
    say(f"The page is at {address}, for this computer alone. Ctrl-C in this window ends it.")
    sys.stdout.flush()
    if browser and _has_browser():
        threading.Thread(target=_open_when_ready, args=(chosen, address), daemon=True).start()
    serve(chosen, file.absolute() if file else None)
    say("The page has ended.")


def _has_browser() -> bool:
    needs_display = sys.platform not in {"win32", "darwin"}
    return not needs_display or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_when_ready(port: int, address: str) -> None:
    """Open the browser as soon as the server answers."""
    import socket
    import time
    import webbrowser

    from bposim.app.serving import ADDRESS

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((ADDRESS, port), timeout=1.0).close()
        except OSError:
            time.sleep(0.2)
        else:
            webbrowser.open(address)
            return
