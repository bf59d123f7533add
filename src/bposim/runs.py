"""The folder that a run leaves: results, manifest, trials, tables, pictures and the scenario itself.

Every file is written under a temporary name, flushed to the disk and renamed, and the manifest comes last:
a folder with a manifest is complete.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.engine import BLOCK, base_case
from bposim.errors import BposimError
from bposim.inputs.streams import STREAM_VERSION
from bposim.report.document import document, json_text
from bposim.report.table import csv_text, tidy_rows
from bposim.tree import Text
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bposim.analysis.summary import Summary
    from bposim.result import Result
    from bposim.scenario import Scenario

MANIFEST_SCHEMA = "bposim.manifest/1"
PACKAGES = ("bposim", "numpy", "scipy", "pydantic")

ROWS = 65_536
"""Trials turned into text at a time."""

MEMORY_SHARE = 0.8
"""A run may take so much of the memory or disk that is free."""

_BYTES_PER_TOTAL = 45
"""Cost, saving, their sorted copies and what the comparison needs, for one trial of one alternative."""
_BYTES_PER_CELL = 400
"""Paths alive at once in a block, for one month of one trial, and the kept monthly savings."""
_BYTES_OF_PROGRAM = 120_000_000
_TEXT_PER_TOTAL = 20
"""Characters of one total in totals.csv."""


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


class RunError(BposimError, RuntimeError):
    """A run cannot be started or stored; the message is ``what is wrong; what to do``."""


def check_folder(folder: Path) -> None:
    """Raise RunError unless ``folder`` is empty or can be made; an old run is never written over."""
    if folder.is_dir():
        if any(folder.iterdir()):
            raise RunError(f"{folder} is not empty; choose another folder with -o, or empty this one")
    elif folder.exists():
        raise RunError(f"{folder} is a file; choose another folder with -o")
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(existing, os.W_OK):
        raise RunError(f"{existing} cannot be written to; choose another folder with -o")


def memory_needed(scenario: Scenario, trials: int, threads: int = 1) -> int:
    """Return about how many bytes a run takes."""
    totals = len(scenario.alternatives) * trials * _BYTES_PER_TOTAL
    return _BYTES_OF_PROGRAM + totals + threads * BLOCK * scenario.months * _BYTES_PER_CELL


def memory_available() -> int | None:
    """Return how many bytes of memory are free, None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return int(sizes["MemAvailable"][0]) * 1024 if "MemAvailable" in sizes else None


def check_room(scenario: Scenario, trials: int, threads: int = 1, folder: Path | None = None) -> None:
    """Raise RunError where a run would take more than 80 % of the free memory, or its folder of the disk."""
    needed, available = memory_needed(scenario, trials, threads), memory_available()
    if available is not None and needed > MEMORY_SHARE * available:
        raise RunError(
            f"{trials:,} trials take about {_gigabytes(needed)} of memory, {_gigabytes(available)} are free; "
            "run fewer trials, or add --yes to try"
        )
    if folder is None:
        return
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    text, free = len(scenario.alternatives) * trials * _TEXT_PER_TOTAL, shutil.disk_usage(existing).free
    if text > MEMORY_SHARE * free:
        raise RunError(
            f"totals.csv takes about {_gigabytes(text)}, {_gigabytes(free)} are free in {existing}; "
            "run fewer trials, choose another folder with -o, or add --yes to try"
        )


def write_run(
    result: Result, summary: Summary, folder: Path, provenance: Provenance | None = None
) -> list[Path]:
    """Write a run into an empty or new folder and return the files, the manifest last.

    Raises RunError where the folder is not empty, OSError where it cannot be written.
    """
    from bposim.report.pictures import save_all  # noqa: PLC0415 - imports matplotlib

    origin = provenance or Provenance()
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, Iterable[str]] = {
        "result.json": [json_text(document(result, summary))],
        "summary.csv": [csv_text([("alternative", "measure", "value", "se"), *tidy_rows(summary)])],
        "by_category.csv": [csv_text(_by_category(summary))],
        "cash_flow.csv": [csv_text(_cash_flow(result))],
        "totals.csv": _totals(result),
    }
    written = [_write(folder / name, chunks) for name, chunks in contents.items()]
    if origin.scenario_path is not None:
        text = origin.scenario_path.read_text(encoding="utf-8")
        written.append(_write(folder / "scenario.yaml", [text]))
    written += save_all(result, folder)
    manifest = _manifest(result, summary, origin)
    manifest["files"] = {path.relative_to(folder).as_posix(): file_sha256(path) for path in written}
    written.append(_write(folder / "manifest.json", [json_text(manifest)]))
    return written


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest(result: Result, summary: Summary, origin: Provenance) -> dict[str, Any]:
    """Return what somebody needs who wants this run again, or wants to know why theirs differs."""
    return {
        "schema": MANIFEST_SCHEMA,
        "command": list(origin.command),
        "started": _timestamp(origin.started),
        "finished": _timestamp(datetime.now(UTC)),
        "elapsed_s": result.elapsed,
        "scenario": {
            "title": result.scenario.title,
            "sha256": result.scenario.sha256,
            "set": dict(origin.overrides),
            "without": list(origin.without),
            "files": {str(path): file_sha256(path) for path in _sources(origin.scenario_path)},
        },
        "seed": result.seed,
        "trials": result.trials,
        "design": {"kind": result.design.kind, "replicate": result.replicate},
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


def _cash_flow(result: Result) -> Iterator[tuple[str | float, ...]]:
    """Yield the base case's undiscounted cost by month, 0 for the decision."""
    cases = base_case(result.scenario)
    yield ("month", *result.names)
    for month, row in enumerate(zip(*(cases[name].flow.tolist() for name in result.names), strict=True)):
        yield (month, *row)


def _totals(result: Result) -> Iterator[str]:
    """Yield totals.csv in pieces; each number is the shortest text that reads back as the same double."""
    yield csv_text([("trial", *result.names)])
    columns = [result.costs[name] for name in result.names]
    for start in range(0, result.trials, ROWS):
        pieces = [map(repr, column[start : start + ROWS].tolist()) for column in columns]
        rows = zip(map(str, range(start, min(start + ROWS, result.trials))), *pieces, strict=True)
        yield "\n".join(map(",".join, rows)) + "\n"


def _write(path: Path, chunks: Iterable[str]) -> Path:
    """Write a file so that its name never stands for half of it."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(chunks)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes a private file; a result may be read by whoever may read the folder's other files.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"
