"""Pages that show a terminal: their commands are run, their edits made, and their lines compared.

A ``console`` block has commands after ``$ `` and what they print; ``…`` stands for anything, and spaces and
line breaks in a row count as one space.  A ``diff`` block names its file; ``-`` goes and ``+`` comes.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner

from bposim.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Shown:
    """A command of a page, and what it is said to print."""

    command: str
    output: str


@dataclass(frozen=True)
class Edit:
    """A change of a file that a page asks for."""

    file: str
    changes: tuple[tuple[str, str], ...]
    """What goes, and what comes in its place."""


def steps(page: str) -> Iterator[Shown | Edit]:
    """Yield the commands and edits of a page in their order."""
    for kind, text in BLOCK.findall(page):
        if kind == "diff":
            yield _edit(text)
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Shown(command, output)


def _edit(text: str) -> Edit:
    """Read lines to go, each run of them with the lines that come in its place."""
    head, _, rest = text.partition("\n")
    pairs = re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", rest, re.MULTILINE)
    made = tuple((_without_signs(gone), _without_signs(come)) for gone, come in pairs)
    return Edit(head.removeprefix("--- "), made)


def _without_signs(lines: str) -> str:
    return "\n".join(line[1:] for line in lines.splitlines())


def made(edit: Edit, folder: Path) -> None:
    """Make an edit; what has to go must be there once, or the page speaks of another file."""
    path = folder / edit.file
    text = path.read_text(encoding="utf-8")
    for gone, come in edit.changes:
        assert text.count(gone) == 1, f"{edit.file} has this {text.count(gone)} times: {gone}"
        text = text.replace(gone, come)
    path.write_text(text, encoding="utf-8")


def printed(command: str) -> str:
    """Return what a command of the page prints, stdout and stderr together."""
    program, *arguments = shlex.split(command)
    assert program == "bposim", f"only bposim is run: {command}"
    return CliRunner().invoke(main, arguments, prog_name="bposim").output


def fits(said: str, output: str) -> str:
    """Return the first piece of what is said that the output does not have in its place; empty if it fits."""
    left = " ".join(output.split())
    pieces = [" ".join(piece.split()) for piece in said.split(ANYTHING)]
    for number, piece in enumerate(pieces):
        first, last = number == 0, number == len(pieces) - 1
        at = left.rfind(piece) if last and not first else left.find(piece)
        if at < 0 or (first and at > 0) or (last and piece and left[at + len(piece) :].strip()):
            return piece
        left = left[at + len(piece) :]
    return ""
