"""The reference model as a spreadsheet, recalculated by LibreOffice Calc without a window.

    python benchmarks/spreadsheet.py [TRIALS]

A row is a trial: 60 cells of the rate's logarithm, 60 of discounted cost, the count and sizes of losses, the
total.  Random cells are volatile, so opening the file calculates all of them.  What opening, writing and
closing cost without formulas, measured on the same rows as plain numbers, is taken off.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from measure import fresh
from reference import DISCOUNT, EVENTS, FX_SIGMA, LOSS_MU, LOSS_SIGMA, MEAN, MONTHS, MU, SIGMA

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LOSSES = 9
"""Losses of a trial that have a column; more come once in 100,000 trials."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
    'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
    '<office:body><office:spreadsheet><table:table table:name="trials">'
)
_FOOT = "</table:table></office:spreadsheet></office:body></office:document>"


def program() -> str | None:
    """Return LibreOffice's command, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def column(number: int) -> str:
    """Return the letters of a column, from 0."""
    return chr(65 + number) if number < 26 else column(number // 26 - 1) + chr(65 + number % 26)


def formulas(row: int) -> Iterator[str]:
    """Yield the formulas of one trial: the total first."""
    fx, cost, size = 2, 2 + MONTHS, 2 + 2 * MONTHS
    first, last = f"{column(cost)}{row}", f"{column(size + MOST_LOSSES - 1)}{row}"
    yield f"SUM([.{first}:.{last}])"
    # The Poisson quantile: how many of the cumulated probabilities a random number exceeds.
    probability = np.exp(-EVENTS) * np.cumprod([1.0, *(EVENTS / n for n in range(1, MOST_LOSSES))])
    yield f"MATCH(RAND();{{{';'.join(f'{p!r}' for p in [0.0, *map(float, np.cumsum(probability))])}}};1)-1"
    for t in range(MONTHS):
        before = f"[.{column(fx + t - 1)}{row}]+" if t else ""
        yield f"{before}{FX_SIGMA!r}*LEGACY.NORMSINV(RAND())-{FX_SIGMA**2 / 2!r}"
    for t, factor in enumerate(DISCOUNT):
        yield f"{float(factor)!r}*EXP({MU!r}+{SIGMA!r}*LEGACY.NORMSINV(RAND())+[.{column(fx + t)}{row}])"
    for n in range(1, MOST_LOSSES + 1):
        yield f"IF([.B{row}]>={n};EXP({LOSS_MU!r}+{LOSS_SIGMA!r}*LEGACY.NORMSINV(RAND()));0)"


def write(file: Path, trials: int, *, calculated: bool) -> None:
    """Write the sheet, with formulas or with numbers in their place."""
    width = 2 + 2 * MONTHS + MOST_LOSSES
    number = '<table:table-cell office:value-type="float" office:value="1234567.891"/>'
    with file.open("w", encoding="utf-8") as sheet:
        sheet.write(_HEAD)
        for row in range(1, trials + 1):
            cells = (
                "".join(
                    f'<table:table-cell table:formula="of:={text.replace(">", "&gt;")}"/>'
                    for text in formulas(row)
                )
                if calculated
                else number * width
            )
            sheet.write(f"<table:table-row>{cells}</table:table-row>")
        sheet.write(_FOOT)


def recalculated(file: Path, folder: Path) -> tuple[float, float, np.ndarray]:
    """Open a sheet and save its values: CPU seconds, peak memory in MiB and the totals."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        program() or "",
        profile,
        "--headless",
        "--convert-to",
        "csv",
        "--outdir",
        str(folder),
        str(file),
    ]
    done = fresh(command)
    with file.with_suffix(".csv").open(encoding="utf-8") as rows:
        totals = np.array([float(row[0]) for row in csv.reader(rows)])
    return done.cpu, done.peak, totals


def measure(trials: int) -> dict[str, float]:
    """Return CPU seconds of the calculation, peak memory and how far the mean is off, in standard errors."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for calculated in (False, True):
            write(folder / f"{calculated}.fods", trials, calculated=calculated)
        recalculated(folder / "False.fods", folder)  # the first start makes a profile
        idle, _, _ = recalculated(folder / "False.fods", folder)
        cpu, peak, totals = recalculated(folder / "True.fods", folder)
    error = totals.std(ddof=1) / np.sqrt(trials)
    return {"cpu": cpu - idle, "peak": peak, "z": (totals.mean() - MEAN) / error}


if __name__ == "__main__":
    if program() is None:
        sys.exit("LibreOffice is not installed; on Debian and Ubuntu: apt-get install libreoffice-calc")
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
