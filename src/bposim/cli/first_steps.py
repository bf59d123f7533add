"""What ``bposim`` without a command says: three commands to go on with, of whatever lies in the folder."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTHING_YET = {
    "init -o FILE": "a commented scenario to change; --list shows templates, --wizard asks questions",
    "plan FILE": "what goes in, and the base case to hold against a spreadsheet",
    "run FILE -o DIR": "simulate, and keep tables, pictures and a manifest in DIR",
}
WITH_SCENARIO = {
    "validate {}": "every mistake at once, with its line and what to do",
    "plan {}": "what goes in, and the base case to hold against a spreadsheet",
    "run {} -o {}": "simulate, and keep tables, pictures and a manifest",
}
WITH_RUN = {
    "report {}": "one HTML file to hand on: the answer, the charts, the assumptions",
    "sensitivity {}": "which assumptions drive the answer",
    "breakeven {}": "what would have to be true for another choice",
}

_LOOKED_AT = 200
"""Entries of the folder; a scenario lies among few files, and the answer is to be quick."""

_HEAD = 4_096
"""Bytes of a file in which schema_version stands, if it is a scenario."""


def first_steps(folder: Path) -> str:
    """Return three commands: for the newest run in a folder, else its newest scenario, else to begin with."""
    entries = list(islice(_entries(folder), _LOOKED_AT))
    newest_first = sorted(entries, key=lambda entry: -_changed(entry))
    run = next((entry.name for entry in newest_first if (entry / "result.json").is_file()), None)
    scenario = next((entry for entry in newest_first if _is_scenario(entry)), None)
    if run is not None:
        return _said(f"{run} holds a run. Three commands to go on with:", WITH_RUN, run)
    if scenario is not None:
        free = next(name for name in _folders(scenario.stem) if not (folder / name).exists())
        head = f"{scenario.name} is a scenario. Three commands to go on with:"
        return _said(head, WITH_SCENARIO, scenario.name, free)
    return _said("Three commands to begin with:", NOTHING_YET)


def _said(head: str, steps: dict[str, str], *names: str) -> str:
    shown = [f'"{name}"' if " " in name else name for name in names]
    commands = {f"bposim {command.format(*shown)}": about for command, about in steps.items()}
    width = max(map(len, commands))
    return "\n".join([head, *(f"  {command:<{width}}  {about}" for command, about in commands.items())])


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:  # a folder that has gone or may not be read holds nothing
        return


def _changed(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _is_scenario(entry: Path) -> bool:
    if entry.suffix not in {".yaml", ".yml"}:
        return False
    try:
        with entry.open("rb") as file:
            return b"schema_version:" in file.read(_HEAD)
    except OSError:
        return False


def _folders(stem: str) -> Iterator[str]:
    yield f"{stem}-out"
    number = 2
    while True:
        yield f"{stem}-out-{number}"
        number += 1
