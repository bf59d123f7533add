"""All pictures of a result as files."""

from __future__ import annotations

import io
import os
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from bposim.report.pictures import fan, s_curves, savings, waterfall
from bposim.report.pictures.style import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.figure import Figure

    from bposim.result import Result

RESOLUTION = 150
"""Dots per inch of a PNG."""


class Picture(NamedTuple):
    """A figure with its file name, without suffix, and what it shows in words."""

    name: str
    figure: Figure
    alt_text: str


def pictures(result: Result) -> Iterator[Picture]:
    """Yield the pictures of a result one by one; those of savings need a second alternative."""
    if len(result.names) > 1:
        yield Picture("savings", savings.draw(result), savings.alt_text(result))
    yield Picture("s-curves", s_curves.draw(result), s_curves.alt_text(result))
    if len(result.names) > 1:
        yield Picture("fan", fan.draw(result), fan.alt_text(result))
    groups = waterfall.groups(result)
    for place, group in enumerate(groups, 1):
        name = "waterfall" if len(groups) == 1 else f"waterfall-{place}{_file_part(group[0])}"
        yield Picture(name, waterfall.draw(result, group), waterfall.alt_text(result, group))


def save_all(result: Result, folder: Path) -> list[Path]:
    """Write every picture as PNG and SVG into an existing folder and return the files.

    A file is complete or not there.  The same result gives the same SVG, byte by byte.
    """
    written = []
    for picture in pictures(result):
        for kind in ("png", "svg"):
            path = folder / f"{picture.name}.{kind}"
            _write(path, rendered(picture, kind))
            written.append(path)
    return written


def rendered(picture: Picture, kind: str) -> bytes:
    """Return a picture as the bytes of a file of this kind, "png" or "svg", with its words inside."""
    metadata: dict[str, str | None] = {"Title": picture.name, "Description": picture.alt_text}
    if kind == "svg":
        metadata["Date"] = None
    buffer = io.BytesIO()
    with drawing():
        picture.figure.savefig(buffer, format=kind, dpi=RESOLUTION, metadata=metadata)
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _file_part(name: str) -> str:
    """Return a name as part of a file name: letters and digits of ASCII, or nothing."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    part = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40]
    return f"-{part}" if part else ""
