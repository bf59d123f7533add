"""Living with a scenario: checks, diff, compare, several files, watching and opening, by command."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bposim import load
from bposim.cli import main
from bposim.report.stored_worth import worth_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
COMMAND = [sys.executable, "-m", "bposim"]


def output(*arguments: object, code: int = 0) -> str:
    """Return what a command writes to stdout, or its complaint where it is to fail."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


@pytest.fixture(scope="module", autouse=True)
def _without_pictures() -> Iterator[None]:
    """Store runs without their pictures, which take longer to draw than the runs to simulate."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bposim.report.pictures.save_all", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the folders of two runs of one seed; the second has a weaker desk and a dearer peso."""
    folder = tmp_path_factory.mktemp("runs")
    output("run", TINY, "-n", "3k", "-o", folder / "old")
    more = ("--set", "world.fx.PHP.spot=0.0190", "--set", "in-house.attrition=45%")
    output("run", TINY, "-n", "2.5k", "-o", folder / "new", *more)
    return folder / "old", folder / "new"


def with_checks(folder: Path, *checks: str) -> Path:
    """Return a file with these checks, one named a, the next b."""
    lines = "".join(f"\n  {name}: {check}" for name, check in zip("abc", checks, strict=False))
    file = folder / "checked.yaml"
    file.write_text(f"{TINY.read_text(encoding='utf-8')}\nchecks:{lines}\n", encoding="utf-8")
    return file


# ---------------------------------------------------------------- checks


@pytest.mark.parametrize(("check", "code"), [("manila.saving.mean >= 50M", 1), ("manila.saving.mean", 2)])
def test_exit_code_of_the_process_says_how_checks_went(tmp_path: Path, check: str, code: int) -> None:
    """Protects scripts: 1 for a check that does not hold, 2 for one that cannot be read."""
    file = with_checks(tmp_path, check)
    done = subprocess.run(
        [*COMMAND, "run", str(file), "-n", "120"], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_exit_code_where_checks_hold_or_cannot_be_told(tmp_path: Path) -> None:
    """A check that holds ends with 0; a tail that 40 trials do not have cannot be told and ends with 1."""
    output("run", with_checks(tmp_path, "manila.saving.mean >= 0"), "-n", "120")
    output("run", with_checks(tmp_path, "manila.saving.es95 <= 1M"), "-n", "40", code=1)


def test_stored_run_keeps_its_checks(tmp_path: Path) -> None:
    """Protects the record: result.json and manifest say what was required and whether it held."""
    file = with_checks(tmp_path, "manila.saving.mean >= 0", "recommended is manila")
    text = output("run", file, "-n", "2k", "-o", tmp_path / "out", code=1)
    assert "1 of 2 checks not passed: b (recommended is manila)." in text
    assert "FAILED" in text
    result, manifest = (
        json.loads((tmp_path / "out" / name).read_text(encoding="utf-8"))
        for name in ("result.json", "manifest.json")
    )
    assert [one["verdict"] for one in result["checks"]] == ["passed", "failed"]
    assert manifest["checks"] == {"a": "passed", "b": "failed"}


# ---------------------------------------------------------------- diff


def test_diff_of_files_and_runs(runs: tuple[Path, Path]) -> None:
    """A run is its scenario with what it was run with; exit code 1 only where it is asked for."""
    text = output("diff", *runs)
    assert "world.fx.PHP.spot: 0.0172 → 0.0190" in text
    assert "in-house.turnover.attrition: {low: 20%, likely: 30%, high: 45%} → 45%  [also in blend]" in text
    assert output("diff", TINY, runs[0]).startswith("Nothing that matters differs")
    assert output("diff", TINY, TINY).startswith("The files are the same, byte for byte")
    output("diff", *runs, "--exit-code", code=1)
    output("diff", TINY, runs[0], "--exit-code")
    content = json.loads(output("diff", *runs, "--format", "json"))
    assert [one["path"] for one in content["assumptions"]] == [
        "world.fx.PHP.spot", "alternatives.in-house.legs[team US].team.turnover.attrition",
    ]  # fmt: skip


def test_diff_of_what_is_no_scenario(tmp_path: Path) -> None:
    """Protects from a traceback for a file that is broken or a folder without a run."""
    output("diff", TINY, tmp_path / "nothing.yaml", code=2)
    assert "holds no run" in output("diff", TINY, tmp_path, code=3)


@pytest.mark.parametrize("command", ["report", "sweep", "worth", "frontier", "exit", "stress", "sensitivity"])
def test_a_source_that_is_missing_says_what_a_source_is(tmp_path: Path, command: str) -> None:
    """Protects from "no such file" where the folder of a run was meant, in every command alike."""
    (tmp_path / "march").mkdir()
    text = " ".join(output(command, tmp_path / "marhc", code=2).split())
    assert "BP101 there is no such folder or file" in text
    assert "a folder that bposim run -o has made, or a scenario file" in text
    assert f'did you mean "{tmp_path / "march"}"?' in text


# ---------------------------------------------------------------- compare


def test_compare_two_runs_says_what_moved_and_why(runs: tuple[Path, Path]) -> None:
    """Protects the sentence that a board asks for, and what differs beside the assumptions."""
    text = output("compare", *runs, "--attribute", "2k")
    assert "the same 2,500 futures in both" in text
    assert "The mean saving of manila" in text
    assert "world.fx.PHP.spot" in text
    assert "The runs have 3,000 and 2,500 futures; compared are the 2,500 that both have." in text
    assert "chance: other futures" in text


def test_compare_two_runs_as_json_adds_up(runs: tuple[Path, Path]) -> None:
    """Shares and chance together are the change, whatever the number of futures for each change."""
    content = json.loads(output("compare", *runs, "--attribute", "2k", "--format", "json"))
    assert content["schema"] == "bposim.changes/1"
    assert content["paired"] is True
    assert content["attribution"]["method"] == "shapley"
    for name, own in content["attribution"]["alternatives"].items():
        shared = sum(one["share"]["value"] for one in own["changes"]) + own["chance"]
        assert shared == pytest.approx(content["alternatives"][name]["saving.mean"]["change"]["value"])


def test_compare_a_run_with_a_file(runs: tuple[Path, Path]) -> None:
    """A file is simulated as the run beside it was; the same file comes out the same."""
    content = json.loads(output("compare", runs[0], TINY, "--format", "json"))
    assert content["runs"]["old"]["digest"] == content["runs"]["new"]["digest"]
    assert content["attribution"] is None
    changed = json.loads(
        output("compare", runs[0], TINY, "--set", "discount_rate=11%", "--attribute", "0", "--format", "json")
    )
    assert [one["path"] for one in changed["assumptions"]["assumptions"]] == ["discount_rate"]
    assert changed["alternatives"]["manila"]["saving.mean"]["change"]["value"]
    assert "leave it out" in output("compare", runs[0], TINY, "-n", "1k", code=2)
    assert "give its file" in output("compare", TINY, runs[0], "--set", "discount_rate=9%", code=2)
    assert "is not a figure" in output("compare", *runs, "--statistic", "saving.best", code=2)


def test_other_seed_is_chance(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Protects from a difference of draws that is told as one of assumptions."""
    output("run", TINY, "-n", "3k", "--seed", "9", "-o", tmp_path / "other")
    text = output("compare", runs[0], tmp_path / "other")
    assert "Their seeds differ (1 and 9), so part of each change is chance." in text
    assert "No assumption that can move a result differs" in text
    assert "moved by no more than chance" in text


def test_worth_is_kept_beside_a_run(runs: tuple[Path, Path]) -> None:
    """Protects the report's list of conditions: `-o DIR` keeps the study where the report looks for it."""
    folder = runs[0]
    output("worth", folder, "--alternative", "manila", "-n", "1k", "-o", folder)
    found = worth_beside(folder, load(TINY).sha256)
    assert found is not None
    assert {item.is_clause for item in found.items["manila"]} == {True}
    assert worth_beside(folder, "0" * 64) is None
    output("verify", folder, "--files")


# ---------------------------------------------------------------- several files


def test_several_files_have_folders_and_the_worst_exit_code(tmp_path: Path) -> None:
    """One that cannot be read does not stop the others, and is not forgotten in the exit code."""
    checked = with_checks(tmp_path, "manila.saving.mean >= 50M")
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema_version: 1\n", encoding="utf-8")
    out = tmp_path / "out"
    text = output("run", TINY, broken, checked, "-n", "300", "-o", out, code=2)
    assert sorted(path.name for path in out.iterdir()) == ["checked", "tiny"]
    assert "not simulated, see above" in text
    assert "0 of 1" in text
    output("run", TINY, checked, "-n", "300", code=1)
    assert "two of the files would go to" in output("run", TINY, TINY, "-o", tmp_path / "twice", code=2)
    assert "is not empty" in output("run", TINY, checked, "-o", out, code=3)


def test_a_goal_that_one_file_does_not_have_leaves_the_others(tmp_path: Path) -> None:
    """Protects the files that come after one whose alternatives have other names."""
    other = tmp_path / "other.yaml"
    other.write_text(TINY.read_text(encoding="utf-8").replace("manila", "cebu"), encoding="utf-8")
    arguments = ("run", other, TINY, "--until", "manila.saving.mean:50%", "--max-trials", "3k")
    text = output(*arguments, "--format", "json", code=2)
    assert "is not a figure" in text
    assert '"file": "' + str(TINY) + '",\n    "schema": "bposim.result/1"' in text


def test_several_files_as_json_and_csv(tmp_path: Path) -> None:
    """Protects programs: an array of results, or one tidy table with a column for the file."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema_version: 1\n", encoding="utf-8")
    arguments = ("run", TINY, broken, "-n", "200", "--format")
    result = CliRunner().invoke(main, [*map(str, arguments), "json"])
    content = json.loads(result.stdout)
    assert (result.exit_code, content[0]["schema"]) == (2, "bposim.result/1")
    assert content[1].keys() == {"file", "error"}
    rows = list(csv.DictReader(io.StringIO(output("run", TINY, TINY, "-n", "200", "--format", "csv"))))
    assert {row["file"] for row in rows} == {str(TINY)}


# ---------------------------------------------------------------- watching


def _wait(done: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until something is so; fail after a while, since other work may slow the machine."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent by a POSIX signal")
def test_watching_simulates_on_save_and_ends_on_request(tmp_path: Path) -> None:
    """A save is simulated and told in one line, a broken one complained about, and Ctrl-C ends with 0.

    What is saved is a file that the scenario extends.
    """
    base, file = tmp_path / "base.yaml", tmp_path / "watched.yaml"
    text = TINY.read_text(encoding="utf-8")
    base.write_text(text, encoding="utf-8")
    file.write_text("schema_version: 1\nextends: base.yaml\n", encoding="utf-8")
    out, err = tmp_path / "out", tmp_path / "err"

    def said(where: Path, words: str) -> bool:
        return words in where.read_text(encoding="utf-8")

    command = [*COMMAND, "run", str(file), "-n", "500", "--watch"]
    with (
        out.open("wb") as stdout,
        err.open("wb") as stderr,
        subprocess.Popen(command, stdout=stdout, stderr=stderr) as process,
    ):
        try:
            _wait(lambda: said(err, "Watching"), "the first run")
            base.write_text(text.replace("buffer: 5%", "buffer: 25%"), encoding="utf-8")
            _wait(lambda: said(out, "Since the last run: in-house.buffer 5% → 25%."), "the second run")
            base.write_text(text.replace("buffer: 5%", "bufer: 5%"), encoding="utf-8")
            _wait(lambda: said(err, "BP104"), "the complaint")
            base.write_text(text, encoding="utf-8")
            _wait(lambda: said(out, "in-house.buffer 25% → 5%."), "the third run")
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert said(err, "No longer watching")
    assert not said(err, "Traceback")


def test_watching_for_a_program_writes_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects whoever reads the JSON: a document a run, and what is said to people is not among them."""
    file = tmp_path / "watched.yaml"
    text = TINY.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    saves = iter([text.replace("buffer: 5%", "buffer: 25%")])

    def save_or_end(_: float) -> None:
        new = next(saves, None)
        if new is None:
            raise KeyboardInterrupt
        file.write_text(new, encoding="utf-8")

    monkeypatch.setattr("bposim.cli.watch.time.sleep", save_or_end)
    arguments = ["run", str(file), "-n", "200", "--watch", "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    first, end = json.JSONDecoder().raw_decode(result.stdout)
    second = json.loads(result.stdout[end:])
    assert first["schema"] == second["schema"] == "bposim.result/1"
    assert first != second
    assert "Since the last run: in-house.buffer 5% → 25%." in result.stderr


def test_watching_keeps_nothing(tmp_path: Path) -> None:
    """Protects a stored run from being written over by the next save."""
    assert "keeps nothing" in output("run", TINY, "--watch", "-o", tmp_path / "out", code=2)
    assert "takes one FILE" in output("run", TINY, TINY, "--watch", code=2)


# ---------------------------------------------------------------- opening


def test_open_shows_the_report(runs: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a display the browser gets the file, made if it was missing; without one the path is printed."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) is None)
    monkeypatch.setenv("DISPLAY", ":0")
    folder = runs[1]
    assert not (folder / "report.html").exists()
    assert "is open in the browser" in output("open", folder)
    assert opened == [(folder / "report.html").absolute().as_uri()]
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if sys.platform.startswith("linux"):
        assert output("open", folder).strip() == str((folder / "report.html").absolute())
        assert len(opened) == 1


def test_open_needs_a_run(tmp_path: Path) -> None:
    """Protects from an empty page: a folder without a run has no report."""
    assert "holds no run" in output("open", tmp_path, code=3)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing was made, hidden or not
