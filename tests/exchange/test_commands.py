"""``bposim export`` and ``bposim import``: what a person sees, and which files are written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import bposim
import workbook_cells as cells
from bposim.cli import main
from bposim.report.trials import csv_chunks, trial_columns

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "seasonal-tax.yaml"
OK, INVALID, FAILED = 0, 2, 3
TRIALS = 300


def call(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bposim.Result]:
    """Return a stored run and its result."""
    folder = tmp_path_factory.mktemp("run") / "out"
    result = bposim.simulate(bposim.load(SCENARIO), trials=TRIALS, seed=7)
    bposim.store(result, folder, SCENARIO)
    return folder, result


def test_out_and_back_says_what_changed_and_what_is_next(tmp_path: Path) -> None:
    """Protects the way of a workbook: out, filled in, back; nothing is overwritten."""
    book, new = tmp_path / "book.xlsx", tmp_path / "new.yaml"
    out = call("export", SCENARIO, "--assumptions", book)
    assert out.exit_code == OK, out.output
    assert f"bposim import {book}" in out.stdout.replace("\n", "")
    assert call("export", SCENARIO, "--assumptions", book).exit_code == INVALID
    row = next(number for number in range(5, 40) if _path(book, number) == "discount_rate")
    cells.change(book, "General", {f"D{row}": cells.text("9,5 %")})
    back = call("import", book, "--into", SCENARIO, "-o", new)
    assert back.exit_code == OK, back.output
    assert f"General!D{row} discount_rate: " in back.stdout
    assert "→ 9.5%" in back.stdout
    assert 'text "9,5 %" read as 9.5 %' in back.stderr
    assert f"bposim plan {new}" in back.stdout
    assert bposim.load(new).discount_rate == 0.095
    assert call("import", book, "-o", new).exit_code == INVALID
    assert call("import", book, "--into", new, "-o", new).exit_code == OK, "into itself, on request"


def _path(book: Path, row: int) -> str:
    from bposim.assumption_book.container import open_book  # noqa: PLC0415 - after the extra is known to be there

    return str(open_book(book)["General"].cells[row - 1][13])


def test_stdout_and_json(tmp_path: Path) -> None:
    """Protects pipes: the scenario alone on stdout; JSON with every change."""
    book, new = tmp_path / "book.xlsx", tmp_path / "new.yaml"
    call("export", SCENARIO, "--assumptions", book)
    assert call("import", book, "-o", "-").stdout_bytes == SCENARIO.read_bytes()
    document = json.loads(call("import", book, "-o", new, "--format", "json").stdout)
    assert (document["schema"], document["changes"], document["file"]) == ("bposim.import/1", [], str(new))
    assert call("import", book, "-o", "-", "--format", "json").exit_code == INVALID


def test_bad_books_end_without_a_traceback(tmp_path: Path) -> None:
    """Protects the person at the other end: a place, a reason, a remedy, exit code 2."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"no workbook")
    done = call("import", path, "-o", tmp_path / "new.yaml")
    assert done.exit_code == INVALID
    assert f"{path} BP401 this is not an Excel workbook; name the .xlsx file" in done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "new.yaml").exists()
    path.unlink()
    call("export", SCENARIO, "--assumptions", path)
    done = call("import", path, "--into", tmp_path / "lost.yaml", "-o", tmp_path / "new.yaml")
    assert done.exit_code == INVALID
    assert "lost.yaml:1:1 BP101 there is no such file" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what to export"),
        (("--assumptions", "a.xlsx", "--trials", "t.csv"), "say what to export"),
        (("--assumptions", "a.ods"), "should end in .xlsx"),
        (("--trials", "t.xls"), "should end in .csv or .parquet"),
        (("--assumptions", "a.xlsx", "--inputs"), "belong to --trials"),
        (("--assumptions", "nowhere/a.xlsx"), "there is no folder nowhere; make it first"),
    ],
)
def test_usage(arguments: tuple[str, ...], said: str) -> None:
    """Protects from guessing what is to be exported."""
    done = call("export", SCENARIO, *arguments)
    assert done.exit_code == INVALID
    assert said in " ".join(done.stderr.split())


def test_trials_read_back_to_the_last_bit(run_folder: tuple[Path, bposim.Result], tmp_path: Path) -> None:
    """Protects the numbers on their way into other programs."""
    folder, result = run_folder
    target = tmp_path / "t.csv"
    done = call("export", folder, "--trials", target, "--inputs")
    assert done.exit_code == OK, done.output
    frame = pd.read_csv(target)
    assert len(frame) == TRIALS
    for name in result.names:
        assert np.array_equal(frame[f"cost.{name}"], result.costs[name])
        if name != result.baseline:
            assert np.array_equal(frame[f"saving.{name}"], result.saving(name))
            assert np.array_equal(frame[f"payback_month.{name}"], result.payback[name])
    assert result.sample is not None
    for driver, values in result.sample.inputs.items():
        assert np.array_equal(frame[driver.name].astype(np.float32), values)


def test_trials_as_parquet_and_of_one_alternative(
    run_folder: tuple[Path, bposim.Result], tmp_path: Path
) -> None:
    """Protects types and the choice of columns."""
    pytest.importorskip("pyarrow")
    folder, result = run_folder
    target, name = tmp_path / "t.parquet", result.names[1]
    done = call("export", folder, "--trials", target, "--alternative", name)
    assert done.exit_code == OK, done.output
    frame = pd.read_parquet(target)
    assert list(frame) == ["trial", f"cost.{name}", f"saving.{name}", f"payback_month.{name}"]
    assert np.array_equal(frame[f"cost.{name}"], result.costs[name])
    assert (
        call("export", folder, "--trials", tmp_path / "u.csv", "--alternative", "nobody").exit_code == FAILED
    )


def test_headings_of_trials_are_no_formulas(run_folder: tuple[Path, bposim.Result]) -> None:
    """Protects a spreadsheet that opens the CSV file."""
    _, result = run_folder
    columns = {"=cmd": result.costs[result.baseline], "+1": result.costs[result.baseline]}
    assert next(csv_chunks(columns)) == "'=cmd,'+1\n"
    [heading, *rows] = csv.reader("".join(csv_chunks(trial_columns(result))).splitlines())
    assert heading[0] == "trial"
    assert len(rows) == TRIALS
