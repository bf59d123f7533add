"""Workbooks of small runs for the tests, and what LibreOffice makes of them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook

from bposim.analysis.summary import summarise
from bposim.engine import simulate
from bposim.files import load
from bposim.report.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bposim.analysis.summary import Summary
    from bposim.result import Result

SCENARIOS = Path(__file__).parents[3] / "scenarios"
NAMES = ("accounts-payable", "customer-support", "everything", "seasonal-tax")
MONTHS = {"months": "25"}
"""The claims hold month by month: two years and a month show every one of them."""

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
"""A profile in which LibreOffice calculates every formula when it opens a file."""


@cache
def run(name: str) -> tuple[Result, Summary]:
    """Return a small run of a shipped scenario."""
    result = simulate(load(SCENARIOS / f"{name}.yaml", MONTHS), 200, 3)
    return result, summarise(result)


@cache
def book(name: str) -> bytes:
    """Return the workbook of that run."""
    return workbook(*run(name))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the values of every sheet, from its first cell on."""
    found = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: found.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in found.sheet_names
    }


def parts(content: bytes, start: str = "") -> dict[str, str]:
    """Return the XML files of a workbook whose names begin so."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith(start) and name.endswith((".xml", ".rels"))
        }


def without_values(content: bytes, changed: Mapping[tuple[str, str], float] | None = None) -> bytes:
    """Return a workbook whose formulas have no values yet, some cells (sheet, address) with others."""
    wanted = dict(changed or {})
    order = list(sheets(content))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename)
            if found:
                text = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", data.decode())
                for (sheet, address), value in list(wanted.items()):
                    if order[int(found[1]) - 1] == sheet:
                        text, count = re.subn(
                            rf'(<c r="{address}"[^>]*><v>)[^<]*(</v>)', rf"\g<1>{value!r}\g<2>", text
                        )
                        assert count == 1, f"{sheet}!{address} is no number"
                        del wanted[sheet, address]
                data = text.encode()
            new.writestr(item, data)
    assert not wanted
    return out.getvalue()


def opened(contents: Mapping[str, bytes], form: str, folder: Path) -> dict[str, Path]:
    """Return the files that LibreOffice makes of workbooks, by the same names; all in one start of it."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    for name, content in contents.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    command: Sequence[str] = [
        str(shutil.which("soffice")),
        f"-env:UserInstallation=file://{profile.parent}",
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(folder / "out"),
        *(str(folder / f"{name}.xlsx") for name in contents),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    suffix = form.partition(":")[0]
    return {name: folder / "out" / f"{name}.{suffix}" for name in contents}
