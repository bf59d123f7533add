"""``bposim explain``: what an analyst pastes into a spreadsheet, and what everybody else reads."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bposim
from bposim.cli import main
from cli.hand_made import SMALL

SUPPORT = Path(__file__).parents[2] / "scenarios" / "customer-support.yaml"
OK, INVALID = 0, 2


def call(*arguments: object) -> Result:
    """Run the command; stdout and stderr are kept apart."""
    return CliRunner().invoke(main, ["explain", *map(str, arguments)])


def words(text: str) -> str:
    """Return the words of a message without its box."""
    return " ".join(text.replace("│", " ").split())


def test_csv_ties_to_the_base_case(tmp_path: Path) -> None:
    """Protects the spreadsheet: the rows' price × billed × C × N × fx, discounted, is the base case."""
    out = tmp_path / "fees.csv"
    result = call("manila.vendor_fees", SUPPORT, "--csv", out)
    assert result.exit_code == OK
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [row["calendar"] for row in rows[:2]] == ["decision", "2027-01"]
    assert (len(rows), rows[-1]["calendar"]) == (61, "2031-12")
    value = 0.0
    for row in rows[1:]:
        amount = math.prod(float(row[symbol]) for symbol in ("price", "billed", "C", "N", "fx"))
        assert amount == pytest.approx(float(row["amount"]), rel=1e-9)
        value += amount * 1.08 ** (-int(row["month"]) / 12)
    base = bposim.base_case(bposim.load(SUPPORT))["manila"].categories["vendor_fees"]
    assert value == pytest.approx(base, rel=1e-9)
    assert sum(float(row["present_value"]) for row in rows) == pytest.approx(base, rel=1e-9)


def test_text_has_formula_months_sources_and_value() -> None:
    """Protects the page that an analyst reads: each of its parts is there."""
    text = call("manila.vendor_fees", SUPPORT).stdout
    assert "fee = price × billed × C × N × fx" in text
    assert "it equals the engine to 1e-9" in text
    for head in ("month 1 ", "month 13", "month 60"):
        assert head in text
    assert "Present value: USD 28,910,287.00" in text
    assert "Site Selection Group 2024" in text


def test_csv_on_stdout_is_nothing_but_csv() -> None:
    """Protects pipes: - writes the table alone; columns of several pieces carry their names."""
    rows = list(csv.reader(io.StringIO(call("blend.service_quality", SUPPORT, "--csv", "-").stdout)))
    assert len(rows) == 62
    assert {"in-house: v", "blend leg 2: v", "in-house: amount", "amount", "present_value"} <= set(rows[0])


def test_json_has_every_month() -> None:
    """Protects programs: one document with formula, drivers, months, inputs; and inputs of their own."""
    (found,) = json.loads(call("manila.vendor_fees", SMALL, "--format", "json").stdout)["explanations"]
    (piece,) = found["pieces"]
    assert piece["formula"] == "fee = price × billed × C × N × fx"
    assert piece["ties"] is True
    assert {len(driver["values"]) for driver in piece["drivers"]} == {36}
    assert len(found["amount"]) == len(found["months"]) == 37
    assert {"driver": "price", "kind": "pert"}.items() <= next(
        row for row in found["inputs"] if row["driver"] == "price"
    ).items()
    (own,) = json.loads(call("world.volume.growth", SMALL, "--format", "json").stdout)["explanations"]
    assert (own["explains"], own["note"]["source"]) == ("input", "demand plan 2026")


def test_input_text() -> None:
    """Protects the card of an input: distribution, figures, use, correlation."""
    text = call("manila.price", SMALL).stdout
    for part in ("pert: low 150, likely 180, high 240", "mean PHP 185", "manila.vendor_fees", "+0.5 with"):
        assert part in text


def test_a_mixture_is_told_in_words() -> None:
    """Protects against lists of Python: each part with its weight, rates in per cent."""
    text = call("manila.leakage.change_requests", SUPPORT).stdout
    assert "mixture: 43% uniform (low 0%, high 2%); 57% triangular (low 2%, likely 8%, high 20%);" in text
    assert "mean 6.13%, P5 0.233%" in text
    text = call("krakow.transition.one_off.other", SUPPORT).stdout
    assert "mixture: 50% always 0; 33% triangular (low 500,000, likely 1,500,000, high 4,000,000);" in text
    assert "mean USD 2,076,667, P5 0," in text


@pytest.mark.parametrize(("word", "said"), [("bp104", "team: {buffer: 5%}"), ("evpi", "E[max(−X)]")])
def test_codes_and_figures_need_no_file(word: str, said: str) -> None:
    """Protects looking up while a file is broken."""
    result = call(word)
    assert result.exit_code == OK
    assert said in result.stdout


def test_override_moves_the_line() -> None:
    """Protects what-if: --set counts as if it stood in the file."""
    text = call("manila.vendor_fees", SMALL, "--set", "discount_rate=5%", "--csv", "-").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert float(rows[12]["discount_factor"]) == pytest.approx(1 / 1.05, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("manila.vendor_fe", SMALL), "did you mean manila.vendor_fees"),
        (("labour", SMALL, "--csv", "-"), "write in-house.labour or manila.labour or blend.labour"),
        (("evpi", "--csv", "-"), "only a line has months"),
        (("labour", SMALL, "--alternative", "cebu"), "there are in-house, manila, blend"),
        (("manila.price",), "name a scenario FILE"),
    ],
)
def test_mistakes_end_with_advice(arguments: tuple[object, ...], said: str) -> None:
    """Protects usage errors: exit 2 and a way on, nothing on stdout."""
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (INVALID, "")
    assert said in words(result.stderr)


def test_help_does_not_load_the_model() -> None:
    """Protects the time to first help."""
    command = [sys.executable, "-X", "importtime", "-m", "bposim", "explain", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in imported
    assert imported & {"numpy", "pydantic", "bposim.engine", "bposim.explain"} == set()


def test_the_folder_of_a_run_is_a_file_too(tmp_path: Path) -> None:
    """What is read after a run is asked about with the run's folder, and means the same."""
    file, out = tmp_path / "small.yaml", tmp_path / "out"
    file.write_bytes(SMALL.read_bytes())
    assert CliRunner().invoke(main, ["run", str(file), "-n", "256", "-o", str(out)]).exit_code == OK
    for word in ("worst_5_percent", "risk_adjusted_value"):
        of_run = call(word, out)
        assert of_run.exit_code == OK, of_run.stderr
        assert of_run.stdout == call(word, file).stdout
    assert call("es95", out, "--set", "months=12").exit_code == INVALID
    assert "holds no run" in words(call("es95", tmp_path).stderr)
