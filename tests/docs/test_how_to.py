"""The how-to pages: every file on them is valid and every command works, with few futures.

A ``yaml`` block begins with its file's name as a comment, a ``text`` block belongs to the last ``NAME.csv``
before it, and an ``sh`` block has one bposim command a line.  All pages but the first begin with what the
first one makes: ``my.yaml`` and its run, ``out``.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner

import bposim.fit.files
from bposim.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
FIRST = "README.md"
PAGES = sorted(page.name for page in HOW_TO.glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"`([\w-]+\.csv)`")

FEW = {"trials": "2_048", "attribute": "2_048", "max_trials": "4_096"}
"""Futures in place of those of the page: enough that no command refuses to answer."""

MANY = {"-n", "--max-trials"}
"""Options of a page that say how many futures."""

DEFAULTS = {command: FEW for command in main.listed if command != "export"}
"""What a command takes where nothing is said; the trials of export are a file."""


class Block(NamedTuple):
    """A fenced block of a page, and the text of the page before it."""

    kind: str
    text: str
    before: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page in their order."""
    for found in BLOCK.finditer(page):
        yield Block(found[1], found[2], page[: found.start()])


def told(page: str) -> None:
    """Do in the current folder what a page says, block by block."""
    for block in blocks(page):
        if block.kind == "yaml":
            named = re.match(r"# ([\w-]+\.yaml)\n", block.text)
            assert named, f"a piece of a file begins with its name:\n{block.text}"
            Path(named[1]).write_text(block.text, encoding="utf-8")
            assert ran(f"bposim validate {named[1]}").count("\n") == 1, f"{named[1]} is not without a warning"
        elif block.kind == "text":
            Path(TABLE.findall(block.before)[-1]).write_text(block.text, encoding="utf-8")
        else:
            assert block.kind == "sh", f"what is a block of {block.kind}?"
            for command in block.text.splitlines():
                ran(command)


def ran(command: str) -> str:
    """Return what a command prints, run with few futures; it has to end with exit code 0."""
    program, *words = shlex.split(command, comments=True)
    assert program == "bposim", f"only bposim is run: {command}"
    pairs = zip(["", *words], words, strict=False)
    arguments = [word for before, word in pairs if word not in MANY and before not in MANY]
    done = CliRunner().invoke(main, arguments, prog_name="bposim", default_map=DEFAULTS)
    assert done.exit_code == 0, f"{command}\n{done.output}"
    return done.output


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which everything of the first page has been done."""
    folder = tmp_path_factory.mktemp("how-to")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        told((HOW_TO / FIRST).read_text(encoding="utf-8"))
    return folder


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes half of the time and is tested elsewhere: pictures of every run, bootstraps."""
    whole = bposim.fit.files.from_csv
    monkeypatch.setattr(bposim.fit.files, "from_csv", lambda *a, **k: whole(*a, **k, replicates=9))
    monkeypatch.setattr("bposim.report.pictures.save_all", lambda *_: [])


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("page", [page for page in PAGES if page != FIRST])
def test_what_a_page_says_works(
    page: str, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that fails, or a piece of a file that is refused, ends a newcomer's patience."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    told((HOW_TO / page).read_text(encoding="utf-8"))


def test_every_page_is_found_from_the_first() -> None:
    """A page that nobody can find has not been written."""
    first = (HOW_TO / FIRST).read_text(encoding="utf-8")
    assert [page for page in PAGES if page != FIRST and f"({page})" not in first] == []
