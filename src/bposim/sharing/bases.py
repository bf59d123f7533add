"""``extends:`` carried out: a scenario laid over the chain of files that it builds upon."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NoReturn

from bposim.errors import Complaint, ScenarioError
from bposim.sharing.pieces import remade
from bposim.tree import Map, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.sharing.overlay import Overlay
    from bposim.tree import Node

MAX_BASES = 10
"""Scenario files that extend one another in a row."""


def with_bases(tree: Map, read: Callable[[str], Map] | None, overlay: Overlay) -> Map:
    """Lay the scenario over the chain of files that it extends."""
    chain, files = [tree], [Path(tree.mark.file).resolve() if tree.mark else Path()]
    while "extends" in chain[-1]:
        value = chain[-1]["extends"]
        path = _base_path(value, files[0].parent, is_file=read is not None)
        if path.resolve() in files or len(files) > MAX_BASES:
            way = " -> ".join(file.name for file in [*files, path])
            _refuse(value, f"extends: goes in a circle or over {MAX_BASES} files: {way}", "shorten the chain")
        files.append(path.resolve())
        chain.append(_base(path, value, read))
    whole = remade(chain[-1], chain[-1])
    for own in reversed(chain[:-1]):
        rest = remade(own, {key: node for key, node in own.items() if key != "extends"})
        whole = overlay.over(whole, rest, ())
    return whole


def _base_path(value: Node, folder: Path, *, is_file: bool) -> Path:
    """Give the path of a base file, which lies in the scenario's folder or below it."""
    if not isinstance(value, Text) or not value:
        _refuse(value, "extends: wants the path of one scenario file", "write extends: base.yaml")
    if not is_file or value.mark is None:
        _refuse(value, "extends: has a meaning only in a file", "read the scenario from a file")
    flavours = PurePosixPath(value), PureWindowsPath(value)
    if "://" in value or any(path.anchor or ".." in path.parts for path in flavours):
        _refuse(value, f'"{value}" leads out of the scenario\'s folder', "use a relative path without ..")
    path = Path(value.mark.file).parent / value
    if not path.resolve().is_relative_to(folder):
        _refuse(value, f'"{value}" is a link out of the scenario\'s folder', "put the file into the folder")
    return path


def _base(path: Path, value: Node, read: Callable[[str], Map] | None) -> Map:
    try:
        return read(str(path)) if read else Map()
    except ScenarioError as error:
        if all(complaint.code != "BP101" for complaint in error.complaints):
            raise
        _refuse(value, f'"{value}": {error.complaints[0].what}', error.complaints[0].remedy)


def _refuse(place: Node, what: str, remedy: str) -> NoReturn:
    raise ScenarioError([Complaint("BP110", "extends", what, remedy, place.mark)])
