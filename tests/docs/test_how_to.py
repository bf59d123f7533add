"""The how-to pages: every file on them is valid and every command works, with few futures.

A ``yaml`` block begins with its file's name as a comment, a ``csv`` block belongs to the last ``NAME.csv``
before it, and an ``sh`` block has one bposim command a line.  All pages begin with ``my.yaml`` and the run ``out``.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner

from bposim.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "how-to").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w-]+\.csv)`")
FEW = "2_048"
"""The fewest futures with an error of a tail, so that no command refuses them."""

STORED = ("out", "board", "bids", "breach", "large", "nightly")
"""Folders that hold a run; commands that read them take no number of futures."""


class Block(NamedTuple):
    """A fenced block of a page, with the text of the page before it."""

    kind: str
    text: str
    before: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page in their order."""
    for found in BLOCK.finditer(page):
        yield Block(found[1], found[2], page[: found.start()])


def shortened(command: str) -> list[str]:
    """Return a command's arguments with few futures: the last option that is given counts."""
    program, *arguments = shlex.split(command, comments=True)
    assert program == "bposim", f"only bposim is run: {command}"
    verb, *rest = arguments
    options = {option for parameter in main.commands_of(verb) for option in parameter}
    return arguments


def test_pages_are_in_the_table_of_contents() -> None:
    """A page that nobody can find has not been written."""
    index = (PAGES[0].parent / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index] == []
