"""Tab in a shell: commands, files, and the names in the scenario on the line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from bposim.cli import main
from bposim.cli.completing import paths
from bposim.cli.completion import PLACES
from cli.hand_made import SMALL

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = click.Context(main, info_name="bposim")
NAMING_FILES = {"source", "origin", "file", "files", "book", "old", "new"}


def offered(*words: str) -> list[str]:
    """Return what is offered for the last word."""
    complete = ShellComplete(main, {}, "bposim", "_BPOSIM_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("sens",), "sensitivity"),
        (("init", "--template", "seas"), "seasonal-peak"),
        (("run", str(SMALL), "--set", "manila.pr"), "manila.price"),
        (("breakeven", str(SMALL), "--vary", "world.vol"), "world.volume.per_month"),
        (("plot", "out", "--kind", "savings,fa"), "savings,fan"),
        (("breakeven", str(SMALL), "--alternative", ""), "manila"),
        (("explain", "bp10"), "BP104"),
        (("explain", "ev"), "evpi"),
        (("risks", "bre"), "breach"),
        (("run", "--des"), "--design"),
    ],
)
def test_offers(words: tuple[str, ...], some: str) -> None:
    """Protects each kind of name: it is offered, and nothing that does not begin so."""
    found = offered(*words)
    assert some in found
    assert all(each.lower().startswith(words[-1].lower()) for each in found)


def test_a_bad_scenario_offers_nothing(tmp_path: Path) -> None:
    """Protects the prompt: a mistake in the file, or no file, prints no traceback over it."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema_version: 9\n", encoding="utf-8")
    for place in (bad, tmp_path / "none.yaml", tmp_path):
        assert offered("run", str(place), "--set", "m") == []


def test_arguments_that_name_scenarios_complete_files() -> None:
    """Protects the most used Tab of all: a file or a folder after a command."""
    for name in main.list_commands(CONTEXT):
        command = main.get_command(CONTEXT, name)
        assert command is not None
        for param in command.params:
            if isinstance(param, click.Argument) and param.name in NAMING_FILES:
                (typed,) = param.shell_complete(CONTEXT, "x")
                assert typed.type in {"file", "dir"}, f"give {name} shell_complete=paths"
    assert [item.type for item in paths(CONTEXT, click.Argument(["file"]), "x")] == ["file"]


@pytest.mark.parametrize("shell", PLACES)
def test_script_is_alone_on_stdout(shell: str) -> None:
    """Protects redirection into a file; where the script belongs is said beside it."""
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert "_BPOSIM_COMPLETE" in done.stdout
    assert "Next:" not in done.stdout
    assert PLACES[shell] in done.stderr


ASKING = {
    "bash": '''source {script}; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_bposim_completion bposim; printf "%s\\n" "${{COMPREPLY[@]}}"''',
    # What zsh draws is drawn by these three; a terminal for it would take seconds to set up.
    "zsh": """compdef() {{ }}
_describe() {{ print -l -- $completions_with_descriptions }}
compadd() {{ print -l -- $completions }}
_path_files() {{ print -l -- ${{words[CURRENT]}}*(N) }}
words=({line}); CURRENT=$#words; source {script}; _bposim_completion""",
    "fish": '''source {script}; complete -C "{line}"''',
}
"""What is asked of a shell, whose answer is a candidate a line; fish and zsh add what it means."""


COMMAND = ("bposim sens", "sensitivity")
FILE = ("bposim run sma", "small.yaml")
INPUT = ("bposim run small.yaml --set manila.pr", "manila.price")
PICTURE = ("bposim plot out --kind savings,fa", "savings,fan")


@pytest.mark.parametrize(
    ("shell", "line", "offered"),
    [
        *((shell, *case) for case in (COMMAND, INPUT) for shell in PLACES),
        *((shell, *FILE) for shell in ("zsh", "fish")),  # bash completes files itself
        ("fish", *PICTURE),  # whose script parts at commas
    ],
)
def test_tab_in_its_shell(shell: str, line: str, offered: str, tmp_path: Path) -> None:
    """Protects the script as its shell reads it: what is begun is completed, and not cut at a comma."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    shutil.copy(SMALL, tmp_path / "small.yaml")
    command = tmp_path / "bposim"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bposim "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = tmp_path / "script"
    script.write_text(CliRunner().invoke(main, ["completion", shell]).stdout, encoding="utf-8")
    place = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    asking = [
        program,
        *(["-f"] if shell == "zsh" else []),
        "-c",
        ASKING[shell].format(script=script, line=line),
    ]
    done = subprocess.run(
        asking, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, **place}
    )
    candidates = [re.split(r"[\t]|:(?= ?[A-Z])", each)[0] for each in done.stdout.splitlines()]
    assert offered in candidates, done.stderr
    assert all(each.startswith(line.rsplit(maxsplit=1)[-1]) for each in candidates)
