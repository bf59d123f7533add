"""Help of the group: it imports no command, says what the commands say, and finds slips of the pen."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import bposim.cli
from bposim.cli import HELP_WIDTH, main

OK, INVALID = 0, 2
CONTEXT = click.Context(main, info_name="bposim")
COMMANDS = main.list_commands(CONTEXT)


@pytest.mark.parametrize("name", COMMANDS)
def test_listed_command_exists_and_begins_with_its_line(name: str) -> None:
    """Protects the help of the group, which imports nothing, from saying other things than the commands."""
    command = main.get_command(CONTEXT, name)
    assert command is not None
    assert command.name == name
    assert main.listed[name].line == command.get_short_help_str(limit=1000)
    width = HELP_WIDTH - len("  ") * 2 - max(map(len, COMMANDS))
    assert len(main.listed[name].line) <= width, "the line wraps"
    assert command.get_short_help_str(limit=1000).endswith("."), "the first sentence stands in a paragraph"


def test_every_module_with_a_command_is_listed() -> None:
    """Protects a new command from being forgotten in the table."""
    folder = Path(bposim.cli.__file__).parent
    with_command = {
        module.name
        for module in pkgutil.iter_modules([str(folder)])
        if "\n@click.command(" in (folder / f"{module.name}.py").read_text(encoding="utf-8")
    }
    assert with_command == {listed.module for listed in main.listed.values()}


def test_help_imports_no_command() -> None:
    """Protects the time to first help."""
    command = [sys.executable, "-X", "importtime", "-m", "bposim", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {name for name in imported if name.startswith("bposim")} == {
        "bposim", "bposim.cli", "bposim.cli.group", "bposim.cli.terminal", "bposim.errors",
    }  # fmt: skip
    assert imported & {"rich", "rich_click", "numpy", "pydantic"} == set()
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("sensitvity", "did you mean sensitivity?"),
        ("break-even", "did you mean breakeven?"),
        ("xyzzy", "bposim --help lists them all"),
        ("my.yaml", "bposim run my.yaml"),
    ],
)
def test_unknown_command_gets_advice(typed: str, advice: str) -> None:
    """Protects the first minute: a slip of the pen, or a file where a command belongs."""
    done = CliRunner().invoke(main, [typed])
    assert done.exit_code == INVALID
    assert f"There is no command {typed}" in done.stderr
    assert advice in done.stderr
