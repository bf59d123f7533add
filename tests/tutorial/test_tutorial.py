"""The tutorial: every command on it works, and every line on it is what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tutorial.console import Edit, fits, made, printed, steps

DOCS = Path(__file__).parents[2] / "docs"
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PAGE = (DOCS / "tutorial.md").read_text(encoding="utf-8")


def test_tutorial_is_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects a newcomer's ten minutes: from nothing to a report, and each figure quoted is the real one."""
    monkeypatch.chdir(tmp_path)
    wrong = []
    for step in steps(PAGE):
        if isinstance(step, Edit):
            made(step, tmp_path)
            continue
        output = printed(step.command)
        missing = fits(step.output, output)
        if missing:
            wrong.append(f"$ {step.command}\nthe page says: {missing}\nit prints: {output}")
    assert not wrong, "\n\n".join(wrong)
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "report.xlsx").is_file()


def test_tutorial_shows_the_way_from_nothing_to_a_report() -> None:
    """Protects its promise: each step of the way is a command that is run."""
    commands = [step.command.split()[1] for step in steps(PAGE) if not isinstance(step, Edit)]
    way = ["init", "validate", "plan", "run", "sensitivity", "value", "breakeven", "report", "verify"]
    assert [command for command in dict.fromkeys(commands) if command in way] == way


@pytest.mark.parametrize(
    ("said", "output", "missing"),
    [
        ("a b\n", "a   b\n", ""),
        ("…\n b 2\n…\n", "a 1\nb 2\nc 3\n", ""),
        ("a … c\n", "a b\nc\n", ""),
        ("…\nb 3\n…\n", "a 1\nb 2\n", "b 3"),
        ("b\n…\n", "a b\n", "b"),
        ("…\na\n", "a b\n", "a"),
        ("…\nb\n…\na\n…\n", "a b\n", "a"),
    ],
)
def test_lines_are_compared_in_their_order(said: str, output: str, missing: str) -> None:
    """Protects the comparison: it can fail, at the beginning, the end, and in between."""
    assert fits(said, output) == missing


def test_pages_show_no_command_that_does_not_exist() -> None:
    """Protects readers from commands of yesterday: whatever a page shows as code exists."""
    from bposim.cli import main  # noqa: PLC0415 - the other tests run it

    said = {
        (page.name, command)
        for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]
        for code in CODE.findall(page.read_text(encoding="utf-8"))
        for command in re.findall(r"(?:^\$ |^|`)bposim ([a-z]+)\b", code, re.MULTILINE)
    }
    assert {(page, command) for page, command in said if command not in main.listed} == set()
