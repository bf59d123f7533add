"""``bposim`` alone: three commands that fit what lies in the folder."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from bposim.cli import main
from bposim.cli.first_steps import first_steps

if TYPE_CHECKING:
    import pytest

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"


def commands(text: str) -> list[list[str]]:
    """Return the commands that a text proposes."""
    lines = (line.strip().split("   ")[0] for line in text.splitlines()[1:])
    return [shlex.split(line.partition("  ")[0]) for line in lines]


def test_an_empty_folder_begins_with_init(tmp_path: Path) -> None:
    """Protects a newcomer: three commands, the first of which makes a scenario."""
    assert [words[1] for words in commands(first_steps(tmp_path))] == ["init", "plan", "run"]


def test_the_newest_scenario_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the second visit: the commands can be pasted, other YAML is let alone, no folder is taken."""
    (tmp_path / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    for age, name in ((300, "old.yaml"), (200, "my case.yaml")):
        shutil.copy(TINY, tmp_path / name)
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "my case-out").mkdir()
    found = commands(first_steps(tmp_path))
    assert found == [
        ["bposim", "validate", "my case.yaml"],
        ["bposim", "plan", "my case.yaml"],
        ["bposim", "run", "my case.yaml", "-o", "my case-out-2"],
    ]
    monkeypatch.chdir(tmp_path)
    assert 'bposim plan "my case.yaml"' in CliRunner().invoke(main).stdout


def test_a_run_goes_before_its_scenario(tmp_path: Path) -> None:
    """Protects the way on after a run: it is the run that is read, shown and questioned."""
    shutil.copy(TINY, tmp_path / "tiny.yaml")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "result.json").write_text("{}", encoding="utf-8")
    proposed = commands(first_steps(tmp_path))
    assert {words[2] for words in proposed} == {"out"}
    assert {words[1] for words in proposed} <= set(main.list_commands(click.Context(main)))


def test_a_folder_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    """Protects the help itself, which must appear wherever it is asked for."""
    assert "begin with" in first_steps(tmp_path / "gone")
