"""The commands as click runs them: what goes where, and with which exit code."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import bposim
import bposim.engine
from bposim.cli import main
from bposim.errors import SimulationError
from bposim.runs import memory_needed
from cli.hand_made import SMALL

if TYPE_CHECKING:
    from pathlib import Path

OK, INVALID, FAILED, INTERRUPTED = 0, 2, 3, 130


def call(*arguments: object) -> Result:
    """Run a command; stdout and stderr are kept apart."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a scenario file with two errors on known lines."""
    path = tmp_path / "broken.yaml"
    text = SMALL.read_text(encoding="utf-8")
    path.write_text(
        text.replace("months: 36", "months: 0").replace("buffer: 5%", "bufer: 5%"), encoding="utf-8"
    )
    return path


def line_of(path: Path, key: str) -> int:
    """Return the line, from 1, on which a key stands."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(key))


def test_bare_command_shows_what_to_do_next() -> None:
    """Protects the first minute of a new user: help and three commands, exit 0."""
    result = call()
    assert result.exit_code == OK
    for command in ("bposim init -o FILE", "bposim plan FILE", "bposim run FILE"):
        assert command in result.stdout


def test_run_prints_table_paragraph_and_next_step() -> None:
    """Protects the main job: both tables, the recommendation in words, and what to do next."""
    result = call("run", SMALL, "-n", "2_500", "--seed", 3)
    assert result.exit_code == OK
    assert "Small desk, 20 seats: present value over 36 months, USD, 2,500 trials" in result.stdout
    assert "vendor fees" in result.stdout
    assert "Recommended: manila." in result.stdout
    assert result.stdout.rstrip().endswith("Next: add -o DIR to keep pictures, every trial and a manifest.")


def test_run_json_is_the_whole_of_stdout() -> None:
    """Protects pipes: stdout is one JSON document, words and warnings go to stderr and into it."""
    result = call("run", SMALL, "-n", 300, "--format", "json")
    content = json.loads(result.stdout)
    assert content["trials"] == 300
    assert content["warnings"]
    assert all(f"warning: {warning}" in result.stderr for warning in content["warnings"])


def test_run_is_the_same_as_the_python_function() -> None:
    """Protects one engine behind both: the command's digest is that of `bposim.simulate`."""
    content = json.loads(
        call("run", SMALL, "-n", 1_100, "--seed", 7, "--threads", 2, "--format", "json").stdout
    )
    assert content["digest"] == bposim.simulate(bposim.load(SMALL), trials=1_100, seed=7).digest


def test_run_csv_and_markdown() -> None:
    """Protects the other formats: tidy CSV rows, and a Markdown table with its alignment row."""
    rows = list(csv.DictReader(io.StringIO(call("run", SMALL, "-n", 300, "--format", "csv").stdout)))
    assert {"alternative", "measure", "value", "se"} == set(rows[0])
    assert sum(row["measure"] == "saving.mean" for row in rows) == 3
    assert "| ---: |" in call("run", SMALL, "-n", 300, "--format", "md").stdout


@pytest.mark.parametrize(("text", "trials"), [("200", 200), ("1_000", 1000), ("0.3k", 300), ("1e2", 100)])
def test_trials_are_read_as_people_write_them(text: str, trials: int) -> None:
    """Protects `-n 100k`: the number is read as in a scenario file."""
    assert json.loads(call("run", SMALL, "-n", text, "--format", "json").stdout)["trials"] == trials


@pytest.mark.parametrize("text", ["0", "-1", "1e12", "2bn", "1.5", "many", "", "nan"])
def test_impossible_trials_are_refused_with_a_remedy(text: str) -> None:
    """Protects the machine: 0, negative, fractional and gigantic runs end with exit 2."""
    result = call("run", SMALL, f"--trials={text}")
    assert result.exit_code == INVALID
    assert result.stdout == ""
    assert "Invalid value for '-n' / '--trials'" in result.stderr


def test_a_run_beyond_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects other programs on the machine: the estimate comes first, and --yes overrules it."""
    needed = memory_needed(bposim.load(SMALL), 300)
    monkeypatch.setattr("bposim.runs.memory_available", lambda: int(needed / 0.8) - 1)
    refused = call("run", SMALL, "-n", 300)
    assert refused.exit_code == FAILED
    assert "--yes" in refused.stderr
    assert call("run", SMALL, "-n", 300, "--yes").exit_code == OK


def test_set_changes_the_scenario() -> None:
    """Protects `--set`: a doubled volume is a dearer desk, a bad path or form is refused by name."""
    plain, changed = (
        json.loads(call("run", SMALL, "-n", 300, "--format", "json", *extra).stdout)
        for extra in ((), ("--set", "world.volume.per_month=30_000"))
    )
    costs = [c["alternatives"]["in-house"]["total_cost"]["mean"] for c in (plain, changed)]
    assert costs[1] > 1.5 * costs[0]
    assert plain["scenario"]["sha256"] != changed["scenario"]["sha256"]
    wrong = call("run", SMALL, "--set", "world.volume.per_moth=30_000")
    assert wrong.exit_code == INVALID
    assert "per_moth" in wrong.stderr
    assert call("run", SMALL, "--set", "months").exit_code == INVALID


def test_run_with_a_bad_scenario_names_every_error(broken: Path) -> None:
    """Protects the answer to bad input: both places on stderr, exit 2, nothing on stdout."""
    result = call("run", broken)
    assert result.exit_code == INVALID
    assert result.stdout == ""
    assert f"{broken}:{line_of(broken, 'months')}:" in result.stderr
    assert f"{broken}:{line_of(broken, 'bufer')}:" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects scripts that look at the exit code of an interrupted run."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bposim.engine, "simulate", interrupted)
    result = call("run", SMALL, "-n", 300)
    assert result.exit_code == INTERRUPTED
    assert "interrupted" in result.stderr


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (SimulationError("manila: the cost of trial 3 (block 0) is not a number"), "trial 3"),
        (OSError(28, "No space left on device", "totals.csv"), "totals.csv: No space left on device"),
        (MemoryError(), "run fewer trials"),
        (ZeroDivisionError("slip"), "a fault of bposim"),
    ],
)
def test_a_failed_run_ends_with_3(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    """Protects exit codes: 1 is for declared checks, so no failure may end with Python's own 1."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(bposim.engine, "simulate", fails)
    result = call("run", SMALL, "-n", 300)
    assert result.exit_code == FAILED
    assert message in result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of 1,500 trials."""
    folder = tmp_path_factory.mktemp("runs") / "new" / "first"
    result = call("run", SMALL, "-n", 1_500, "--seed", 7, "-o", folder)
    assert result.exit_code == OK, result.stderr
    return folder


class TestFolder:
    """What ``-o`` leaves behind."""

    def test_the_files_are_complete(self, folder: Path) -> None:
        """Protects the deliverable: documents, tables, each picture as PNG and SVG; no temporary files."""
        names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert {"trials/00000.npz", "trials/run.json"} <= names
        wanted = "result.json manifest.json totals.csv summary.csv by_category.csv scenario.yaml"
        assert set(wanted.split()) <= names
        pictures = {path.stem for path in folder.iterdir() if path.suffix == ".png"}
        assert len(pictures) == 4
        assert pictures == {path.stem for path in folder.iterdir() if path.suffix == ".svg"}
        assert not any("/." in f"/{name}" for name in names)

    def test_the_manifest_reproduces_the_run(self, folder: Path) -> None:
        """Protects the audit: seed, trials, versions and hashes are those of this run and these files."""
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        scenario = bposim.load(folder / "scenario.yaml")
        again = bposim.simulate(scenario, trials=manifest["trials"], seed=manifest["seed"])
        assert manifest["digest"] == again.digest
        assert manifest["scenario"]["sha256"] == scenario.sha256
        assert manifest["versions"]["numpy"] == np.__version__
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert manifest["files"].keys() == files - {"manifest.json"}
        for name, sha256 in manifest["files"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256

    def test_the_totals_are_every_trial_to_the_last_bit(self, folder: Path) -> None:
        """Protects totals.csv: read back as doubles, it is the result."""
        rows = list(csv.reader(io.StringIO((folder / "totals.csv").read_text(encoding="utf-8"))))
        result = bposim.simulate(bposim.load(SMALL), trials=1_500, seed=7)
        assert rows[0] == ["trial", "in-house", "manila", "blend"]
        table = np.array(rows[1:], dtype=float)
        assert np.array_equal(table[:, 0], np.arange(1_500))
        for column, name in enumerate(result.names, 1):
            assert np.array_equal(table[:, column], result.costs[name])

    def test_the_base_case_by_month_adds_up(self, folder: Path) -> None:
        """Protects cash_flow.csv: discounted at 8 % it is the base case's present value."""
        text = (folder / "cash_flow.csv").read_text(encoding="utf-8")
        rows = np.array(list(csv.reader(io.StringIO(text)))[1:], dtype=float)
        discount = 1.08 ** (-rows[:, 0] / 12)
        case = bposim.base_case(bposim.load(SMALL))
        assert np.sum(rows[:, 2] * discount) == pytest.approx(case["manila"].total, rel=1e-9)

    def test_a_folder_in_use_is_refused(self, folder: Path) -> None:
        """Protects old results: a second run into the folder is refused before it starts."""
        before = (folder / "result.json").read_bytes()
        result = call("run", SMALL, "-n", 300, "-o", folder)
        assert result.exit_code == FAILED
        assert "is not empty; choose another folder with -o" in result.stderr
        assert (folder / "result.json").read_bytes() == before

    def test_a_file_in_the_way_is_refused(self, tmp_path: Path) -> None:
        """Protects files: a name that is taken by a file is no folder."""
        (tmp_path / "taken").write_text("x", encoding="utf-8")
        result = call("run", SMALL, "-n", 300, "-o", tmp_path / "taken")
        assert result.exit_code == FAILED
        assert "is a file" in result.stderr


def test_a_streamed_run_says_the_same(tmp_path: Path) -> None:
    """Protects --memory: same digest and recommendation, a warning what is not exact, and no totals.csv."""
    kept = json.loads(call("run", SMALL, "-n", 1_500, "--format", "json").stdout)
    result = call(
        "run", SMALL, "-n", 1_500, "--format", "json", "--memory", "streaming", "-o", tmp_path / "r"
    )
    assert result.exit_code == OK
    streamed = json.loads(result.stdout)
    assert streamed["digest"] == kept["digest"]
    assert streamed["decision"]["recommended"] == kept["decision"]["recommended"]
    assert "quantiles are within 0.1%" in result.stderr
    assert not (tmp_path / "r" / "totals.csv").exists()
    assert json.loads((tmp_path / "r" / "manifest.json").read_text())["memory"] == "streaming"


def test_resume_wants_a_folder_and_kept_totals(tmp_path: Path) -> None:
    """Protects from a slip: --resume without -o, of a streamed run, or of a finished one is refused."""
    assert "needs the folder of -o" in call("run", SMALL, "--resume").stderr
    streamed = call("run", SMALL, "--resume", "--memory", "streaming", "-o", tmp_path / "r")
    assert (streamed.exit_code, "cannot be resumed" in streamed.stderr) == (INVALID, True)
    call("run", SMALL, "-n", 300, "-o", tmp_path / "done")
    again = call("run", SMALL, "-n", 300, "-o", tmp_path / "done", "--resume")
    assert (again.exit_code, "is finished" in again.stderr) == (FAILED, True)


def test_validate_lists_everything(broken: Path) -> None:
    """Protects `file:line:col CODE path: what; remedy`: all errors of all files, and OK for the good one."""
    result = call("validate", SMALL, broken, broken.with_name("absent.yaml"))
    assert result.exit_code == INVALID
    lines = result.stdout.splitlines()
    bufer = [line for line in lines if line.startswith(f"{broken}:{line_of(broken, 'bufer')}:")]
    assert any('did you mean "buffer"' in line for line in bufer)
    months = f"{broken}:{line_of(broken, 'months')}:9 BP201 months: "
    assert any(line.startswith(months) for line in lines)
    assert any(line.startswith(f"{broken.with_name('absent.yaml')}:1:1 BP101") for line in lines)
    assert f"{SMALL}: OK: Small desk, 20 seats; 3 alternatives, 36 months, 7 uncertain inputs" in lines


def test_validate_marks_warnings(tmp_path: Path) -> None:
    """Protects the difference: a one-sided risk is a warning with exit 0."""
    text = SMALL.read_text(encoding="utf-8").replace(
        "          quality: {error_rate: 3%, cost_per_error: 12}\n", ""
    )
    path = tmp_path / "one-sided.yaml"
    path.write_text(text, encoding="utf-8")
    result = call("validate", path)
    assert result.exit_code == OK
    assert " warning BP301 alternatives." in result.stdout
    assert f"{path}: OK" in result.stdout


def test_validate_for_programs(broken: Path) -> None:
    """Protects the machine formats: JSON records, and GitHub annotations on the right line."""
    records = json.loads(call("validate", broken, "--format", "json").stdout)
    assert {record["line"] for record in records} >= {line_of(broken, "months"), line_of(broken, "bufer")}
    assert all(record["severity"] == "error" and record["remedy"] for record in records)
    annotations = call("validate", broken, "--format", "github").stdout.splitlines()
    place = f"::error file={broken},line={line_of(broken, 'months')},col=9"
    assert any(place in line for line in annotations)


def test_plan_ties_to_the_base_case() -> None:
    """Protects the twin: plan shows the engine's base case, its saving, and the correlation asked for."""
    content = json.loads(call("plan", SMALL, "--format", "json").stdout)
    case = bposim.base_case(bposim.load(SMALL))
    manila = content["base_case"]["manila"]
    assert manila["total_cost"] == case["manila"].total
    assert manila["saving"] == pytest.approx(case["in-house"].total - case["manila"].total)
    (pair,) = content["correlations"]
    assert pair["requested"] == 0.5
    assert abs(pair["achieved"] - 0.5) < 4 * 0.01
    inputs = {row["name"]: row for row in content["inputs"]}
    assert inputs["world.wages.US.inflation"]["mean"] == 0.035
    assert inputs["world.volume.growth"]["source"] == "demand plan 2026"
    # Percentiles asked are percentiles got, here of a normal: 1.6449 sd on either side.
    assert inputs["world.wages.US.inflation"]["p95"] == pytest.approx(0.035 + 1.644854 * 0.006)


def test_plan_for_people() -> None:
    """Protects the table form: short names of inputs, base case with its saving, memory, the next step."""
    result = call("plan", SMALL)
    assert result.exit_code == OK
    wanted = "manila.transition.delay|Event sizes|Base case|saving|MB of memory|Next: bposim run"
    for text in wanted.split("|"):
        assert text in result.stdout


def test_schema_is_json() -> None:
    """Protects the editor: the schema is strict JSON and knows the scenario's keys."""
    schema = json.loads(call("schema").stdout)
    assert {"alternatives", "world", "base_currency"} <= set(schema["properties"])


def test_risks_lists_every_family() -> None:
    """Protects discovery: a file dropped into a family is listed, with what its parameters mean."""
    from bposim.inputs.number import DISTRIBUTIONS  # noqa: PLC0415 - the families are asked what they hold
    from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS  # noqa: PLC0415
    from bposim.risks import RISKS  # noqa: PLC0415
    from bposim.world.world import FX_MODELS  # noqa: PLC0415

    text = call("risks").stdout
    for family in (RISKS, FX_MODELS, PRICE_MODELS, FX_CLAUSES, DISTRIBUTIONS):
        assert [kind for kind in family if f"  {kind}: " not in text] == []
    assert "Breaches a year" in text


def test_an_example_of_a_risk_can_be_used(tmp_path: Path) -> None:
    """Protects the example YAML: pasted into a scenario it is valid."""
    shown = call("risks", "outage").stdout
    example = shown.partition("For example:\n")[2]
    pasted = "".join(f"          {line}\n" for line in example.splitlines())
    risks = "          risks:\n"
    text = SMALL.read_text(encoding="utf-8").replace(risks, risks + pasted)
    path = tmp_path / "with-outage.yaml"
    path.write_text(text, encoding="utf-8")
    assert call("validate", path).exit_code == OK


def test_an_unknown_kind_is_answered_with_a_suggestion() -> None:
    """Protects against a dead end: a misspelt kind."""
    result = call("risks", "brech")
    assert result.exit_code == INVALID
    assert 'did you mean "breach"' in result.stderr


def test_hostile_labels_stay_inert(tmp_path: Path) -> None:
    """Protects terminal and spreadsheet: markup, formulas and table borders in a user's names do nothing."""
    path = tmp_path / "hostile.yaml"
    text = SMALL.read_text(encoding="utf-8").replace("Small desk, 20 seats", "'[red]x[/red] =1+1'")
    path.write_text(text.replace("\n  blend:", "\n  '=cmd|[link=x]':"), encoding="utf-8")
    table = call("run", path, "-n", 100)
    assert table.exit_code == OK, table.stderr
    assert "[red]x[/red] =1+1" in table.stdout
    assert "=cmd|[link=x]" in table.stdout
    rows = csv.reader(io.StringIO(call("run", path, "-n", 100, "--format", "csv").stdout))
    assert "'=cmd|[link=x]" in {row[0] for row in rows}
