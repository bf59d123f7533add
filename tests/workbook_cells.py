"""Changes to the cells of an xlsx file, as a person or another program would leave them."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

DATE_STYLE = re.compile(r"<cellXfs count=\"(\d+)\">(.*?)</cellXfs>", re.DOTALL)


def number(value: float) -> str:
    """Give the content of a cell that holds a number."""
    return f"<v>{value!r}</v>"


def text(words: str) -> tuple[str, str]:
    """Give the type and content of a cell that holds text."""
    return "inlineStr", f'<is><t xml:space="preserve">{escape(words)}</t></is>'


def formula(value: float | str = "") -> str:
    """Give the content of a cell that holds a formula with its stored result."""
    return f"<f>1+1</f><v>{value}</v>"


def error(name: str = "#REF!") -> tuple[str, str]:
    """Give the type and content of a cell that holds an error."""
    return "e", f"<f>1/0</f><v>{name}</v>"


def truth() -> tuple[str, str]:
    """Give the type and content of a cell that holds TRUE."""
    return "b", "<v>1</v>"


EMPTY = ""


def change(book: Path, sheet: str, cells: Mapping[str, str | tuple[str, str]]) -> None:
    """Exchange the content of cells of a sheet, each given as content or as type and content."""

    def changed(xml: str) -> str:
        for name, new in cells.items():
            kind, content = new if isinstance(new, tuple) else ("", new)
            attribute = f' t="{kind}"' if kind else ""
            pattern = re.compile(rf'<c r="{name}"( s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)', re.DOTALL)
            cell = re.compile(pattern)
            assert cell.search(xml), f"{sheet}!{name} is not in the book"
            made = rf'<c r="{name}"\g<1>{attribute}>' + content.replace("\\", r"\\") + "</c>"
            xml = cell.sub(made, xml, count=1)
        return xml

    edit(book, sheet, changed)


def edit(book: Path, sheet: str, how: Callable[[str], str]) -> None:
    """Change the XML of a sheet."""
    rewrite(book, {part_of(book, sheet): how})


def rewrite(book: Path, parts: Mapping[str, Callable[[str], str]]) -> None:
    """Change parts of a workbook."""
    with zipfile.ZipFile(book) as package:
        content = {name: package.read(name) for name in package.namelist()}
    for name, how in parts.items():
        content[name] = how(content[name].decode()).encode()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)


def part_of(book: Path, sheet: str) -> str:
    """Give the name of the part that holds a sheet; XlsxWriter numbers them in order."""
    with zipfile.ZipFile(book) as package:
        names = re.findall(r'<sheet name="([^"]*)"', package.read("xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(escape(sheet)) + 1}.xml"


def as_date(book: Path, sheet: str, cell: str, serial: int) -> None:
    """Let a cell hold a date."""
    number_of: list[int] = []

    def with_date(xml: str) -> str:
        found = DATE_STYLE.search(xml)
        assert found
        number_of.append(int(found[1]))
        more = (
            f'{found[2]}<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        )
        return xml.replace(found[0], f'<cellXfs count="{int(found[1]) + 1}">{more}</cellXfs>')

    rewrite(book, {"xl/styles.xml": with_date})

    def changed(xml: str) -> str:
        pattern = re.compile(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
        return pattern.sub(f'<c r="{cell}" s="{number_of[0]}"><v>{serial}</v></c>', xml, count=1)

    edit(book, sheet, changed)
