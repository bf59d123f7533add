"""``bposim fit``: what it prints, draws and refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import bposim.fit.files
from bposim.cli import main
from bposim.errors import ScenarioError
from bposim.fit import from_csv
from bposim.report.fit_text import interval, shown
from bposim.report.pictures import fit as picture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def month(k: int) -> str:
    """Return the k-th month from 2020 on."""
    return f"{2020 + k // 12}-{k % 12 + 1:02d}"


def column(header: str, cells: Iterable[tuple[str, int]]) -> str:
    """Return a file of two columns."""
    return header + "\n" + "".join(f"{first},{second}\n" for first, second in cells)


RATES = [f"{month(k)},{0.2 + k * k / 1e4}" for k in range(40)]
LOSSES = [int(x) for x in np.exp(10.0 + np.random.default_rng(1).standard_normal(40))]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command draw few bootstrap samples: what they are worth is tested elsewhere."""
    whole = bposim.fit.files.from_csv
    monkeypatch.setattr(bposim.fit.files, "from_csv", lambda *a, **k: whole(*a, **k, replicates=9))


@pytest.fixture
def losses(tmp_path: Path) -> Path:
    """Return a file of dated losses."""
    rows = [f"{2015 + k // 4}-{3 * (k % 4) + 1:02d},{x}" for k, x in enumerate(LOSSES)]
    file = tmp_path / "losses.csv"
    file.write_text("\n".join(["date,loss", *rows]) + "\n")
    return file


def run(*arguments: object, code: int = 0) -> tuple[str, str]:
    """Return stdout and stderr of the command."""
    result = CliRunner().invoke(main, ["fit", *map(str, arguments)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stdout, result.stderr


def test_text_says_what_was_read_found_and_to_be_pasted(losses: Path) -> None:
    """Protects the whole report: reading, tables, proposal, keys, warnings apart, the next step last."""
    out, err = run(losses)
    assert 'Read as losses: 40 amounts in column "loss", dated 2015-01 to 2024-10.' in out
    assert "Proposed: " in out
    assert "per_year: 4" in out
    assert out.rstrip().splitlines()[-1].startswith("Next:")
    assert "warning:" in err
    assert "warning:" not in out


def test_yaml_alone_goes_to_stdout(losses: Path) -> None:
    """Protects redirection into a file: nothing but keys and comments."""
    out, _ = run(losses, "--format", "yaml", "--observed", "2015-01:2024-12", "--model", "lognormal")
    assert [line.split(":")[0] for line in out.splitlines() if not line.startswith("#")] == [
        "per_year",
        "severity",
        "source",
    ]
    uncertain, _ = run(losses, "--format", "yaml", "--uncertain", "--model", "Lognormal")
    assert "severity_factor:" in uncertain


def test_json_is_strict_and_complete(losses: Path) -> None:
    """Protects the keys of bposim.fit/1, and that what is not finite is null."""
    content = json.loads(run(losses, "--format", "json")[0])
    assert content["schema"] == "bposim.fit/1"
    assert {"kind", "read", "facts", "candidates", "proposed", "why", "warnings", "yaml"} <= content.keys()
    own = content["candidates"][0]
    assert {"name", "parameters", "aic", "bic", "tests", "figures", "usable", "yaml"} <= own.keys()
    assert {"name", "value", "low", "high", "form"} == own["parameters"][0].keys()


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_picture_has_its_words_inside(losses: Path, tmp_path: Path, suffix: str) -> None:
    """Protects those who cannot see the picture, and that its file is whole."""
    target = tmp_path / "new" / f"fit.{suffix}"
    _, err = run(losses, "--picture", target)
    assert str(target) in err
    assert target.stat().st_size > 5_000
    if suffix == "svg":
        assert "one in a hundred" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "header", "rows"),
    [
        ("fx.csv", "month,PHP", [f"{month(k)},{0.02 + 0.001 * (k * 7 % 11)}" for k in range(60)]),
        ("tenure.csv", "months,left", [f"{1 + k % 37},{k % 2}" for k in range(90)]),
        ("volume.csv", "month,calls", [f"{month(k)},{900 + 10 * (k * 7 % 11)}" for k in range(60)]),
        ("short.csv", "month,calls", [f"{month(k)},{900 + 10 * (k * 7 % 11)}" for k in range(15)]),
    ],
)  # fmt: skip
def test_every_kind_draws(tmp_path: Path, name: str, header: str, rows: list[str]) -> None:
    """Protects the pictures of the other kinds, down to short histories; hostile names stay inert."""
    file = tmp_path / f"$\\alpha$ <b>{name}"
    file.write_text("\n".join([header, *rows]) + "\n")
    fit = from_csv(file, replicates=9)
    figure = picture.draw(fit)
    figure.canvas.draw()
    for axes in figure.axes:
        assert axes.get_title(loc="left")
    assert fit.chosen in picture.alt_text(fit)
    width = figure.get_figwidth() * figure.dpi
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x1 <= width, text.get_text()


def test_numbers_have_the_digits_that_their_interval_supports(losses: Path) -> None:
    """Protects from false precision: 31,540 with an interval of 25k to 39k is 31k or 32k."""
    fit = from_csv(losses, replicates=9)
    mean = fit.facts[0]
    assert re.fullmatch(r"\d{1,3}(\.\d)?k", shown(mean.value, mean))
    assert re.fullmatch(r"\d{1,3}(\.\d)?k to \d{1,3}(\.\d)?k", interval(mean))


BAD = {
    "empty": ("", "the file is empty"),
    "header": ("date,loss\n", "no row below the header"),
    "workbook": (b"PK\3\4 and so on", "is a workbook"),
    "utf-16": ("date,loss\n2024-01,5\n".encode("utf-16"), "UTF-16"),
    "latin-1": ("date,loss\n2024-01,5 \xe9\n".encode("latin-1"), "not UTF-8"),
    "quote": ('date,loss\n2024-01,"5\n', "not CSV"),
    "cells": ("date,loss\n2024-01,5,6\n", "3 cells under 2 names"),
    "gap": ("date,loss\n" + "2024-01,5\n" * 9 + "2024-01,\n", "the cell is empty"),
    "text": ("date,loss\n" + "2024-01,5\n" * 9 + "2024-01,lots\n", "not a number"),
    "decimal": ("date;loss\n" + "2024-01;5,5\n" * 9, "--decimal ,"),
    "both": ("date;loss,x\n2024-01;5,1\n", "--delimiter"),
    "thousands": ("date,loss\n2024-01,1'234.50\n", "write 1_234.50"),
    "negative": ("date,loss\n" + "2024-01,5\n" * 9 + "2024-01,-3\n", "is not above 0"),
    "date": ("date,loss\n" + "31/12/2024,5\n" * 9, "write it as 2024-03-31"),
    "calendar": ("date,loss\n2024-02-30,5\n", "not a day of the calendar"),
    "few": ("loss\n5\n6\n7\n", "fewer than 8"),
    "equal": ("loss\n" + "5\n" * 20, "all losses are equal"),
    "unknown": ("a,b\n1,2\n", "do not tell what the data are"),
    "twice": ("loss,loss\n1,2\n", 'called "loss"'),
    "still": ("months,left\n" + "5,0\n" * 20, "0 people have left"),
    "who": ("months,left\n" + "5,maybe\n" * 9, "does not say whether"),
    "backwards": ("hired,left\n2024-05-01,2024-01-01\n", "before being hired"),
    "month gap": (column("month,calls", ((month(k), k) for k in (1, 2, 4))), "between 2020-03 and"),
    "month twice": ("month,calls\n2024-01,5\n2024-01,6\n", "stands in line 2 already"),
    "weeks": (column("date,calls", ((f"{month(k // 3)}-{10 + k % 3 * 9}", k) for k in range(42))), "weeks"),
    "zero": (column("month,calls", ((month(k), k) for k in range(14))), "is 0, and bposim's noise"),
    "rate gap": (column("month,PHP", ((month(k), 1 + k) for k in range(40) if k - 7)), "--observed 2020-09:"),
    "rate zero": ("month,PHP\n" + "2020-01,0\n", "a rate is"),
    "two rates": ("month,PHP,PLN\n2020-01,1,2\n", "--currency"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    """Protects from guessing: whatever cannot be read is refused with its line, and exit code 2."""
    content, said = BAD[name]
    file = tmp_path / "data.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, err = run(file, code=2)
    assert said in err
    assert re.search(r"data\.csv:\d+:1 BP208", err)
    assert "; " in err


def test_all_bad_lines_are_named_at_once(tmp_path: Path) -> None:
    """Protects from mending a file line by line."""
    file = tmp_path / "data.csv"
    file.write_text("loss\n5\nx\n7\n-1\n")
    with pytest.raises(ScenarioError) as error:
        from_csv(file)
    assert [complaint.mark.line for complaint in error.value.complaints if complaint.mark] == [3, 5]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--observed", "yesterday"), "2019-01:2024-12"),
        (("--observed", "2024-01:2023-01"), "earlier one first"),
        (("--observed", "2016-01:2020-12"), "widen --observed"),
        (("--truncated-below", "a lot"), "--truncated-below"),
        (("--truncated-below", "-5"), "0 or more"),
        (("--truncated-below", "1M"), "is not above 1_000_000"),
        (("--column", "los"), 'did you mean --column "loss"?'),
        (("--model", "cauchy"), "is not one of"),
        (("--picture", "fit.gif"), ".png"),
        (("--start", "soon"), "--start"),
        (("--unit", "years"), "--unit has no meaning for losses; leave it out"),
        (("--currency", "php"), "--currency has no meaning for losses"),
    ],
)
def test_wrong_options_are_refused(losses: Path, arguments: tuple[str, ...], said: str) -> None:
    """Protects the messages of wrong questions."""
    _, err = run(losses, *arguments, code=2)
    assert said in " ".join(err.split())


def test_missing_files_and_currencies_are_refused(tmp_path: Path, losses: Path) -> None:
    """Protects the remaining ways to go wrong: no file, a folder, no currency."""
    assert "did you mean" in run(losses.with_name("loses.csv"), code=2)[1]
    assert "folder" in run(tmp_path, code=2)[1]
    assert "--currency" in run("ecb", code=2)[1]
    assert "--base" in run("ecb", "--currency", "php", code=2)[1]
    assert "--column has no meaning for ecb" in run("ecb", "--column", "php", code=2)[1]
    assert "--kind has no meaning for ecb" in run("ecb", "--kind", "losses", code=2)[1]


@pytest.mark.parametrize(
    ("header", "rows", "arguments", "said"),
    [
        ("month,PLN", [f"{month(k)},0.25" for k in range(40)], (), "no volatility to fit"),
        ("month,PLN", [f"{month(k)},{0.25 * 1.01**k}" for k in range(40)], (), "no volatility to fit"),
        ("month,PLN", RATES, ("--currency", "EUR"), "none of EUR"),
        ("month,PLN", RATES, ("--column", "PLX"),
         'did you mean --column "PLN"?'),
        ("tenure_months,left", ["12,1"] * 30, (), "after the same tenure"),
        ("tenure_months,left", ["12,1"] * 8 + ["12,0"] * 30, (), "after the same tenure"),
        ("month,calls", [f"{month(k)},{900 + k}" for k in range(40)], ("--observed", "9999-11:9999-12"),
         "no row lies within"),
    ],
)  # fmt: skip
def test_data_that_no_model_can_have_made_are_refused(
    tmp_path: Path, header: str, rows: list[str], arguments: tuple[str, ...], said: str
) -> None:
    """Protects against a traceback, and against figures of one currency under the name of another."""
    file = tmp_path / "data.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    assert said in " ".join(run(file, *arguments, code=2)[1].split())


def test_spreadsheets_of_other_countries_are_read(tmp_path: Path) -> None:
    """Protects files with a mark in front, semicolons and decimal commas, once they are said to have them."""
    file = tmp_path / "losses.csv"
    rows = "\n".join(f"2024-01-{k % 28 + 1:02d};{x},5" for k, x in enumerate(LOSSES))
    file.write_text(f"\ufeffDate;Loss\n{rows}\n", encoding="utf-8")
    fit = from_csv(file, decimal=",", replicates=9)
    assert fit.facts[0].value == pytest.approx(np.mean(LOSSES) + 0.5)
    assert any('";"' in text for text in fit.read)
