"""Pictures as files: in which formats, under which names, complete or not there."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from bposim.report.pictures.style import drawing
from bposim.storage import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

RESOLUTION = 150
"""Dots per inch of a PNG."""

FORMATS = ("png", "svg", "pdf")


class Picture(NamedTuple):
    """A figure with its file name, without suffix, and what it shows in words."""

    name: str
    figure: Figure
    finding: str
    alt_text: str


def save_to(pictures: Sequence[Picture], target: Path) -> list[Path]:
    """Write pictures where a user wants them: a single one into a file whose name says its format.

    Any other name is a folder, which gets each as PNG and SVG.  Raises ValueError for a file name with
    several pictures.
    """
    kind = target.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        target.mkdir(parents=True, exist_ok=True)
        return [path for picture in pictures for path in save(picture, target, ("png", "svg"))]
    if len(pictures) > 1:
        names = ", ".join(picture.name for picture in pictures)
        raise ValueError(f"{target.name} is one file for {len(pictures)} pictures ({names}); name a folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        write_whole(target, [rendered(picture, kind)])
    return [target] if pictures else []


def save(picture: Picture, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write a picture in these formats into an existing folder and return the files."""
    written = []
    for kind in formats:
        path = folder / f"{picture.name}.{kind}"
        write_whole(path, [rendered(picture, kind)])
        written.append(path)
    return written


def rendered(picture: Picture, kind: str) -> bytes:
    """Return a picture as the bytes of a file of one of ``FORMATS``, with its words inside."""
    # Without a date, so that the same picture is the same file.
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Description": picture.alt_text},
        "svg": {"Description": picture.alt_text, "Date": None},
        "pdf": {"Subject": picture.alt_text, "CreationDate": None},
    }
    buffer = io.BytesIO()
    with drawing():
        picture.figure.savefig(
            buffer, format=kind, dpi=RESOLUTION, metadata={"Title": picture.name, **metadata[kind]}
        )
    return buffer.getvalue()


def file_part(name: str) -> str:
    """Return a name as part of a file name: letters and digits of ASCII, or nothing."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    part = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40]
    return f"-{part}" if part else ""
