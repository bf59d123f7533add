"""``bposim doctor`` and ``bposim selftest``: what is wrong with a machine is said, with what to do."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bposim import machine, selftest
from bposim.cli import main

if TYPE_CHECKING:
    from pathlib import Path

OK, INVALID, FAILED = 0, 2, 3


def test_this_machine_is_fine() -> None:
    """Protects the promise at its end: where the tests pass, doctor finds no fault and says what is next."""
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == OK
    assert "Ready to run." in done.stdout
    found = json.loads(CliRunner().invoke(main, ["doctor", "--format", "json"]).stdout)
    assert (found["schema"], found["fine"]) == ("bposim.doctor/1", True)
    assert all(each["remedy"] for each in found["findings"] if each["verdict"] != "fine")


def test_a_missing_extra_comes_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects whoever lacks an extra: the exact line; it is no fault, a needed library is."""
    installed = metadata.version

    def without(name: str) -> str:
        if name in {"pyarrow", "scipy"}:
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(machine.metadata, "version", without)
    found = {finding.what: finding for finding in machine.packages()}
    assert found["extra parquet"].verdict == "missing"
    assert found["extra parquet"].remedy == 'pip install "bposim[parquet]"'
    assert (found["libraries"].verdict, found["libraries"].remedy) == ("fault", "pip install scipy")
    assert "all" not in " ".join(found)


def test_extras_are_those_of_the_package() -> None:
    """Protects against an extra that doctor does not know."""
    extras = set(metadata.metadata("bposim").get_all("Provides-Extra") or ())
    named = {finding.what.removeprefix("extra ") for finding in machine.packages()} - {"libraries"}
    assert named == extras - {"all"}


def test_a_terminal_without_the_letters_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects old terminals: what cannot be shown, and the setting that helps."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    found = machine.terminal()
    assert (found.verdict, found.remedy) == ("missing", "set PYTHONUTF8=1")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the first run on a server: where nothing can be kept, doctor says so."""

    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refused)
    assert machine.disk(tmp_path).verdict == "missing"


def test_a_fault_ends_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects scripts: a machine whose runs do not repeat is an error."""
    monkeypatch.setattr(machine, "repeats", lambda: machine.Finding("repeats", "no", "fault", "report it"))
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == FAILED
    assert "cannot be relied on: repeats" in done.stdout


def test_selftest_passes_and_keeps_a_record(tmp_path: Path) -> None:
    """Protects an auditor's evidence: every case passes, versions are named, no record is overwritten."""
    record = tmp_path / "selftest.md"
    done = CliRunner().invoke(main, ["selftest", "-o", str(record)])
    assert done.exit_code == OK
    count = len(selftest.EXACT) + len(selftest.SIMULATED)
    assert f"All {count} published cases come out" in done.stdout
    text = record.read_text(encoding="utf-8")
    assert text.count("| pass |") == count
    assert f"- bposim: {metadata.version('bposim')}" in text
    again = CliRunner().invoke(main, ["selftest", "-o", str(record)])
    assert again.exit_code == INVALID
    assert "is not overwritten" in again.stderr


@pytest.mark.parametrize("factor", [1 + 1e-6, float("nan")])
def test_selftest_fails_where_a_figure_is_off(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the verdict: a millionth beside what was published, or no number at all, ends with 3."""
    first, *rest = selftest.EXACT
    wrong = replace(first, expected=first.expected * factor)
    monkeypatch.setattr(selftest, "EXACT", (wrong, *rest))
    monkeypatch.setattr(selftest, "SIMULATED", ())
    done = CliRunner().invoke(main, ["selftest", "--format", "json"])
    assert done.exit_code == FAILED
    verdicts = [case["passed"] for case in json.loads(done.stdout)["cases"]]
    assert verdicts == [False, *[True] * len(rest)]


def test_selftest_needs_no_test_library() -> None:
    """Protects the user's machine, which has neither pytest nor the tests."""
    program = (
        "import sys; from bposim.selftest import outcomes; list(outcomes(quick=True)); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not re.search(r"\b(pytest|hypothesis)\b", done.stdout)
