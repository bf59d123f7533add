"""What the commands share of the terminal: consoles, messages, progress."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from bposim.report.table import Table

    Advance: TypeAlias = Callable[[int, int], None]
    """Called with the trials done and the trials asked for."""

PIPE_WIDTH = 200
"""Columns of a table that does not go to a terminal: enough for it not to be wrapped."""


def complain(*messages: str) -> None:
    """Write messages to stderr, a line each."""
    for message in messages:
        click.echo(visible(message), err=True)


def warn(messages: Iterable[str]) -> None:
    """Write warnings to stderr."""
    complain(*(f"warning: {message}" for message in messages))


def visible(message: str) -> str:
    """Return the message with control characters, which a terminal would obey, replaced by a visible sign."""
    return "".join(
        char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in message
    )


def show(tables: Iterable[Table]) -> None:
    """Draw tables on stdout."""
    from bposim.report.table import in_parts, rich_table

    console = _console()
    for table in tables:
        for part in in_parts(table, console.width):
            console.print(rich_table(part, console.width))


def say(text: str) -> None:
    """Write a paragraph to stdout; a terminal wraps it between words, a pipe gets one line."""
    from rich.text import Text

    _console().print(Text(visible(text)), soft_wrap=not sys.stdout.isatty())


def write(text: str) -> None:
    """Write data to stdout as UTF-8, whatever the terminal's encoding: JSON and CSV are read by programs."""
    click.echo(text.encode(), nl=False)


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


@contextmanager
def progress(total: int) -> Iterator[Advance | None]:
    """Show a bar with the time left on stderr; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with bar("simulating", total) as advance:
        yield advance


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Advance]:
    """Show a bar with the time left on stderr; call what it yields with what is done, and of how much."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # The text comes from a file: neither a pattern nor markup.
    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(visible(what), total=total)
        yield lambda done, of: shown.update(task, completed=done, total=of)
