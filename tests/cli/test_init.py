"""``bposim init``: templates and questions become files that run, and nothing is overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

import bposim
from bposim import templates
from bposim.cli import main
from bposim.wizard import QUESTIONS

if TYPE_CHECKING:
    from pathlib import Path

OK, INVALID = 0, 2


def call(*arguments: object, answers: str | None = None) -> Result:
    """Run ``bposim init``; ``answers`` are piped to it."""
    return CliRunner().invoke(main, ["init", *map(str, arguments)], input=answers)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_init_writes_the_general_template_and_says_what_is_next(tmp_path: Path) -> None:
    """Protects the first minute: a file that loads, and three commands to go on with."""
    result = call()
    assert result.exit_code == OK
    path = tmp_path / "starter.yaml"
    assert path.read_text(encoding="utf-8") == templates.text(templates.STARTER)
    assert bposim.load(path).warnings == ()
    for step in ("validate", "plan", "run"):
        assert f"bposim {step} starter.yaml" in result.stdout


def test_init_names_the_file_after_the_template(tmp_path: Path) -> None:
    """Protects order in a folder: a code gives the name of its template, and -o another."""
    assert call("--template", "W7").exit_code == OK
    assert call("--template", "w7", "-o", "shop.yaml").exit_code == OK
    assert (tmp_path / "round-the-clock.yaml").read_bytes() == (tmp_path / "shop.yaml").read_bytes()


def test_init_never_overwrites(tmp_path: Path) -> None:
    """Protects a day's work: a file that exists is left as it is, by the wizard before it asks."""
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    for arguments in (("-o", path), ("--wizard", "-o", path)):
        result = call(*arguments, answers="\n" * 20)
        assert result.exit_code == INVALID
        assert "is not overwritten; name another file with -o" in " ".join(result.stderr.split())
        assert f"1/{len(QUESTIONS)}" not in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"


def test_init_to_stdout_is_the_file_alone(tmp_path: Path) -> None:
    """Protects pipes: with -o - stdout is the scenario, and no file is written."""
    assert call("--template", "SV8", "-o", "-").stdout == templates.text("SV8")
    assert list(tmp_path.iterdir()) == []


def test_list_shows_every_template_in_a_line() -> None:
    """Protects the choice: each template with its code."""
    result = call("--list")
    lines = result.stdout.splitlines()
    for template in templates.templates():
        assert any(template.name in line and template.code in line for line in lines)


def test_unknown_template_is_a_usage_error() -> None:
    """Protects against a dead end: a suggestion, the list, and exit code 2."""
    result = call("--template", "seasonal-peek")
    assert result.exit_code == INVALID
    assert "seasonal-peak" in result.stderr
    assert "--list" in result.stderr


def test_wizard_with_empty_answers_takes_the_library(tmp_path: Path) -> None:
    """Protects the shortest way to a scenario, and that what is assumed is said with its grade."""
    result = call("--wizard", answers="\n" * len(QUESTIONS))
    assert result.exit_code == OK
    scenario = bposim.load(tmp_path / "scenario.yaml")
    assert scenario.warnings == ()
    assert "library: Damodaran, NYU Stern 2026 (grade P), range ours (grade M)" in result.stderr
    assert "of grade M" in result.stderr
    assert "bposim run scenario.yaml" in result.stdout


def test_wizard_takes_piped_answers(tmp_path: Path) -> None:
    """Protects scripts: each line answers one question, in their order."""
    typed = {
        "service": "SV7",
        "places": "poland, india",
        "currency": "EUR",
        "start": "2028-01",
        "months": "4 years",
        "people": "12",
        "volume": "5k",
        "pay": "46k",
        "quotes": "poland=PLN 21",
        "discount_rate": "7%",
    }
    lines = "".join(f"{typed.get(question.name, '')}\n" for question in QUESTIONS)
    assert call("--wizard", "-o", "payroll.yaml", answers=lines).exit_code == OK
    scenario = bposim.load(tmp_path / "payroll.yaml")
    assert list(scenario.alternatives) == ["in-house", "poland", "india"]
    assert scenario.discount_rate == 0.07
    assert scenario.base_currency == "EUR"


def test_wizard_asks_again_in_a_pipe(tmp_path: Path) -> None:
    """Protects whoever has no terminal: a mistake costs one more line, not the answers before it."""
    lines = ["SV8", "atlantis", "", "manila", *[""] * (len(QUESTIONS) - 2)]
    result = call("--wizard", answers="\n".join(lines) + "\n")
    assert result.exit_code == OK, result.stderr
    assert "is no place; write one of" in " ".join(result.stderr.split())
    assert list(bposim.load(tmp_path / "scenario.yaml").alternatives) == ["in-house", "philippines"]


def test_wizard_does_not_guess_after_a_wrong_piped_answer(tmp_path: Path) -> None:
    """Protects scripts: a line too few after a mistake is an error, and the answers so far are given back."""
    result = call("--wizard", answers="SV8\natlantis\n" + "\n" * 30)
    assert result.exit_code == INVALID
    said = " ".join(result.stderr.split())
    assert f"the answers end before question 2/{len(QUESTIONS)}" in said
    assert "SV8 <- service" in said
    assert list(tmp_path.iterdir()) == []


def test_wizard_asks_for_what_drives_the_result(tmp_path: Path) -> None:
    """Protects growth, a price that is still open, and the promise: they stand in the file as ranges."""
    typed = {
        "growth": "-2% / 3% / 8%",
        "quotes": "philippines=PHP 1,140 / 1,160 / 1,210",
        "promised_saving": "12%",
    }
    lines = "".join(f"{typed.get(question.name, '')}\n" for question in QUESTIONS)
    assert call("--wizard", answers=lines).exit_code == OK
    scenario = bposim.load(tmp_path / "scenario.yaml")
    assert any("growth" in name for name in scenario.uncertain.names)
    assert any(name.endswith("price.per_unit.amount") for name in scenario.uncertain.names)
    assert scenario.preferences.promised_saving == (0.12, True)


def test_wizard_says_when_the_answers_end(tmp_path: Path) -> None:
    """Protects scripts: too few lines are an error, not a file with guesses."""
    result = call("--wizard", answers="SV8\n")
    assert result.exit_code == INVALID
    assert f"the answers end before question 2/{len(QUESTIONS)}" in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_wizard_and_template_exclude_each_other() -> None:
    """Protects against half of a command being ignored."""
    assert call("--wizard", "--template", "W1").exit_code == INVALID


def test_wizard_explains_and_goes_back(tmp_path: Path) -> None:
    """Protects whoever is unsure: ? explains and asks again, < goes back and keeps the answer, - drops it."""
    lines = ["?", "8", "india, poland", "<", "<", "", "-", *[""] * (len(QUESTIONS) - 2)]
    result = call("--wizard", answers="\n".join(lines) + "\n")
    assert result.exit_code == OK, result.stderr
    assert "Decides what is counted (calls, invoices, hours)" in result.stderr
    assert "[8; your answer]" in result.stderr
    assert "[india, poland; your answer]" in result.stderr
    scenario = bposim.load(tmp_path / "scenario.yaml")
    assert scenario.world.volume.unit == "invoice"
    assert list(scenario.alternatives) == ["in-house", "philippines"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_wizard_shows_the_answers_before_it_writes(tmp_path: Path) -> None:
    """Protects a person at a terminal: a wrong answer is asked again, and any can be changed at the end.

    Another currency makes the pay unreadable, which was given in the first: it is asked again.
    """
    import pty  # noqa: PLC0415 - POSIX only

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bposim", "init", "--wizard"]
    pay = [question.name for question in QUESTIONS].index("pay")
    rest = [""] * (len(QUESTIONS) - pay - 1)
    lines = ["SV8", "atlantis", "india", *[""] * (pay - 2), "USD 50k", *rest, "3", "EUR", "48k", ""]
    os.write(ours, ("\n".join(lines) + "\n").encode())
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, cwd=tmp_path, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == OK, done.stderr
    assert '"atlantis" is no place' in done.stderr
    assert "pay is in EUR here; convert the USD" in done.stderr
    assert done.stderr.count("Enter writes scenario.yaml; a number changes that answer:") == 2
    scenario = bposim.load(tmp_path / "scenario.yaml")
    assert (scenario.base_currency, list(scenario.alternatives)) == ("EUR", ["in-house", "india"])


def test_what_the_wizard_writes_runs(tmp_path: Path) -> None:
    """Protects the promise at its end: validate, plan and run go through without a doubt about the file."""
    assert call("--wizard", answers="\n" * len(QUESTIONS)).exit_code == OK
    for command in (["validate"], ["plan"], ["run", "-n", "4k"]):
        result = CliRunner().invoke(main, [*command, str(tmp_path / "scenario.yaml")])
        assert result.exit_code == OK
        assert "BP3" not in result.stderr + result.stdout
