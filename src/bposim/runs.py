"""The folder that a run leaves: results, manifest, trials, tables, pictures and the scenario itself.

Every file is written under a temporary name, flushed to the disk and renamed, and the manifest comes last:
a folder with a manifest is complete.  The trials are stored piece by piece while the run goes on; a folder
with pieces and no manifest is a run that can be resumed.
"""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.analysis.checks import checked
from bposim.engine import BLOCK, blocks_together
from bposim.errors import IncompleteRunError, RunError
from bposim.fold import PIECE, SAMPLE_TRIALS
from bposim.inputs.streams import STREAM_VERSION
from bposim.report.document import document, json_text
from bposim.report.table import csv_text, tidy_rows
from bposim.result import AnyResult, Result, StreamedResult
from bposim.storage import (
    IDENTITY,
    MANIFEST_SCHEMA,
    PieceFiles,
    file_sha256,
    piece_path,
    pieces_of,
    write_piece,
    write_streamed,
    write_whole,
)
from bposim.stored import read, verify
from bposim.tree import Text
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.analysis.summary import Summary
    from bposim.inputs.designs import Kind
    from bposim.result import BaseCase
    from bposim.scenario import Scenario

__all__ = ["check_folder", "check_room", "read", "store_for", "verify", "write_run"]

PACKAGES = ("bposim", "numpy", "scipy", "pydantic")

ROWS = 65_536
"""Trials turned into text at a time."""

MEMORY_SHARE = 0.8
"""A run may take so much of the memory or disk that is free."""

MOST_TOTALS = 16_000_000
"""Trials times alternatives above which a run keeps distributions instead: 10M trials of two or more."""

_BYTES_PER_TOTAL = 45
"""Cost, saving, their sorted copies and what the comparison needs, for one trial of one alternative."""
_BYTES_PER_CELL = 400
"""Paths alive at once in a block, for one month of one trial, and the kept monthly savings."""
_BYTES_PER_SAMPLED = 160
"""Present values by category of one trial of one alternative in the analysis sample."""
_BYTES_PER_HISTOGRAM = 2_000_000
_BYTES_PER_BLOCK_SUM = 200
"""Sums of one block of one alternative, from which means are exact."""
_BYTES_OF_PROGRAM = 120_000_000
_DISK_PER_TOTAL = 30
"""Twenty characters of one total in totals.csv, ten bytes in its piece."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a run came about, for its manifest."""

    scenario_path: Path | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    """As given by ``--set``."""
    command: Sequence[str] = ()
    started: datetime | None = None
    without: Sequence[str] = ()
    """As given by ``--without``."""


def check_folder(folder: Path, *, resume: bool = False) -> None:
    """Raise RunError unless ``folder`` is empty or can be made; an old run is never written over.

    To ``resume``, it may hold the pieces of a run that is not finished; RunError where it is.
    """
    unfinished = (folder / IDENTITY).is_file() and not (folder / "manifest.json").exists()
    if folder.is_dir():
        if unfinished and not resume:
            raise IncompleteRunError(
                f"{folder} holds a run that is not finished; add --resume to go on with it, "
                "or choose another folder with -o"
            )
        if resume and (folder / "manifest.json").exists():
            raise RunError(
                f"the run in {folder} is finished; leave --resume out and choose another folder with -o"
            )
        if any(folder.iterdir()) and not unfinished:
            raise RunError(f"{folder} is not empty; choose another folder with -o, or empty this one")
    elif folder.exists():
        raise RunError(f"{folder} is a file; choose another folder with -o")
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(existing, os.W_OK):
        raise RunError(f"{existing} cannot be written to; choose another folder with -o")


def store_for(  # noqa: PLR0913, PLR0917 - what makes a run
    folder: Path, scenario: Scenario, trials: int, seed: int, origin: Provenance, design: Kind = "random"
) -> PieceFiles:
    """Return the store of a run into ``folder``, which is made if need be.

    Raises RunError where the folder holds another run's pieces or is being written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return PieceFiles(
        folder,
        {
            "scenario": scenario.sha256,
            "set": dict(origin.overrides),
            "without": list(origin.without),
            "seed": seed,
            "trials": trials,
            "design": design,
            "piece": PIECE,
            "stream_version": STREAM_VERSION,
            **{package: metadata.version(package) for package in PACKAGES},
        },
    )


def memory_needed(scenario: Scenario, trials: int, threads: int = 1) -> int:
    """Return about how many bytes a run takes that keeps the total of every trial."""
    return _bytes_of_first_trials(scenario, trials, threads) + _totals_of(scenario, trials) * _BYTES_PER_TOTAL


def memory_needed_streaming(scenario: Scenario, trials: int, threads: int = 1) -> int:
    """Return about how many bytes a run takes that keeps distributions."""
    histograms = 2 * len(scenario.alternatives) * _BYTES_PER_HISTOGRAM
    sums = _totals_of(scenario, trials) // BLOCK * _BYTES_PER_BLOCK_SUM
    return _bytes_of_first_trials(scenario, trials, threads) + histograms + sums


def streams(scenario: Scenario, trials: int) -> bool:
    """Return whether a run keeps distributions instead of totals where nobody says."""
    return _totals_of(scenario, trials) > MOST_TOTALS


def _totals_of(scenario: Scenario, trials: int) -> int:
    return len(scenario.alternatives) * trials


def _bytes_of_first_trials(scenario: Scenario, trials: int, threads: int) -> int:
    alternatives = len(scenario.alternatives)
    drivers = (len(scenario.uncertain.entries) + 10 * alternatives) * 4
    kept = min(trials, SAMPLE_TRIALS) * (drivers + alternatives * _BYTES_PER_SAMPLED)
    cells = blocks_together(scenario.months) * BLOCK * scenario.months
    return _BYTES_OF_PROGRAM + kept + threads * cells * _BYTES_PER_CELL


def memory_available() -> int | None:
    """Return how many bytes of memory are free, None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return int(sizes["MemAvailable"][0]) * 1024 if "MemAvailable" in sizes else None


def check_room(
    scenario: Scenario, trials: int, threads: int = 1, folder: Path | None = None, *, streaming: bool = False
) -> None:
    """Raise RunError where a run would take more than 80 % of the free memory, or its folder of the disk."""
    estimate = memory_needed_streaming if streaming else memory_needed
    needed, available = estimate(scenario, trials, threads), memory_available()
    if available is not None and needed > MEMORY_SHARE * available:
        remedy = "run fewer trials" if streaming else "run fewer trials, add --memory streaming"
        raise RunError(
            f"{trials:,} trials take about {_gigabytes(needed)} of memory, {_gigabytes(available)} are free; "
            f"{remedy}, or add --yes to try"
        )
    if folder is None or streaming:
        return
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    text, free = _totals_of(scenario, trials) * _DISK_PER_TOTAL, shutil.disk_usage(existing).free
    if text > MEMORY_SHARE * free:
        raise RunError(
            f"the trials take about {_gigabytes(text)}, {_gigabytes(free)} are free in {existing}; "
            "run fewer trials, choose another folder with -o, or add --yes to try"
        )


def write_run(
    result: AnyResult, summary: Summary, folder: Path, provenance: Provenance | None = None
) -> list[Path]:
    """Write a run and return the files, the manifest last.

    The folder is empty, new, or has the pieces that the run stored there.  Of a streamed result the pictures
    and the stored trials are the first ones, and there is no totals.csv.

    Raises RunError where the folder is not empty, OSError where it cannot be written.
    """
    from bposim.report.pictures import save_all  # noqa: PLC0415 - imports matplotlib

    origin = provenance or Provenance()
    check_folder(folder, resume=(folder / IDENTITY).exists())
    whole = result.first if isinstance(result, StreamedResult) else result
    with store_for(folder, result.scenario, result.trials, result.seed, origin, result.design.kind):
        contents: dict[str, Iterable[str]] = {
            "result.json": [json_text(document(result, summary))],
            "summary.csv": [csv_text([("alternative", "measure", "value", "se"), *tidy_rows(summary)])],
            "by_category.csv": [csv_text(_by_category(summary))],
            "cash_flow.csv": [csv_text(_cash_flow(result.names, summary.base_case))],
        }
        if isinstance(result, Result):
            contents["totals.csv"] = _totals(result)
        written = [write_whole(folder / name, chunks) for name, chunks in contents.items()]
        written.append(folder / IDENTITY)
        for piece in pieces_of(whole):
            stored = piece_path(folder, piece.number)  # by the run itself, as it went on
            written.append(stored if stored.exists() else write_piece(folder, piece))
        if isinstance(result, StreamedResult):
            written.append(write_streamed(folder, result))
        main = ""
        if origin.scenario_path is not None:
            sources, main = _copied(origin.scenario_path, result.scenario, folder)
            written += sources
        written += save_all(whole, folder)
        manifest = _manifest(result, summary, origin, main)
        manifest["files"] = {path.relative_to(folder).as_posix(): file_sha256(path) for path in written}
        written.append(write_whole(folder / "manifest.json", [json_text(manifest)]))
    return written


def _copied(path: Path, scenario: Scenario, folder: Path) -> tuple[list[Path], str]:
    """Copy the scenario into the folder and return the copies, and which of them is to be read again.

    A scenario of several files goes to ``sources`` too, with all that it extends and its data, as they stand
    to each other.
    """
    copies = [write_whole(folder / "scenario.yaml", [path.read_bytes()])]
    parts = source_files(path, scenario)
    if len(parts) == 1:
        return copies, "scenario.yaml"
    for part in parts:
        copy = folder / "sources" / part.relative_to(path.parent)  # no part may lie outside
        copy.parent.mkdir(parents=True, exist_ok=True)
        copies.append(write_whole(copy, [part.read_bytes()]))
    return copies, f"sources/{path.name}"


def source_files(path: Path, scenario: Scenario) -> list[Path]:
    """Return the scenario's file, the files that it extends, and its data files."""
    parts = dict.fromkeys([*_sources(path), *(path.parent / name for name in scenario.data_files)])
    return [part for part in parts if part.is_file()]  # ``ecb`` is no file of the user's


def _manifest(result: AnyResult, summary: Summary, origin: Provenance, main: str) -> dict[str, Any]:
    """Return what somebody needs who wants this run again, or wants to know why theirs differs."""
    return {
        "schema": MANIFEST_SCHEMA,
        "command": list(origin.command),
        "started": _timestamp(origin.started),
        "finished": _timestamp(datetime.now(UTC)),
        "elapsed_s": result.elapsed,
        "scenario": {
            "title": result.scenario.title,
            "file": main,
            "sha256": result.scenario.sha256,
            "set": dict(origin.overrides),
            "without": list(origin.without),
            "files": {str(path): file_sha256(path) for path in _sources(origin.scenario_path)},
        },
        "seed": result.seed,
        "trials": result.trials,
        "design": result.design.kind,
        "memory": "streaming" if isinstance(result, StreamedResult) else "all",
        "block": BLOCK,
        "stream_version": STREAM_VERSION,
        "digest": result.digest,
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in PACKAGES},
        },
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "libc": " ".join(platform.libc_ver()).strip(),
            "simd": _simd(),
        },
        "warnings": list(summary.warnings),
        "checks": {outcome.name: outcome.verdict for outcome in checked(result, summary)},
    }


def _timestamp(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="seconds") if time else None


def _simd() -> dict[str, list[str]]:
    """Return the processor features that NumPy uses; exp and pow differ by an ulp between some of them."""
    found: Any = np.show_config(mode="dicts")
    features = found.get("SIMD Extensions", {}) if isinstance(found, dict) else {}
    return {kind: list(features.get(kind, [])) for kind in ("baseline", "found")}


def _sources(path: Path | None) -> Iterator[Path]:
    """Yield the scenario file and the files that it extends, one after another."""
    while path is not None:
        yield path
        base = load_tree(path).get("extends")
        path = path.parent / base if isinstance(base, Text) else None


def _by_category(summary: Summary) -> Iterator[tuple[str, str, float | str]]:
    yield "alternative", "category", "mean_pv"
    for name, alternative in summary.alternatives.items():
        for category, value in alternative.categories.items():
            yield name, category, value


def _cash_flow(names: Sequence[str], cases: Mapping[str, BaseCase]) -> Iterator[tuple[str | float, ...]]:
    """Yield the base case's undiscounted cost by month, 0 for the decision."""
    yield ("month", *names)
    for month, row in enumerate(zip(*(cases[name].flow.tolist() for name in names), strict=True)):
        yield (month, *row)


def _totals(result: Result) -> Iterator[str]:
    """Yield totals.csv in pieces; each number is the shortest text that reads back as the same double."""
    yield csv_text([("trial", *result.names)])
    columns = [result.costs[name] for name in result.names]
    for start in range(0, result.trials, ROWS):
        pieces = [map(repr, column[start : start + ROWS].tolist()) for column in columns]
        rows = zip(map(str, range(start, min(start + ROWS, result.trials))), *pieces, strict=True)
        yield "\n".join(map(",".join, rows)) + "\n"


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"
