"""Files that are whole or not there, and the trials of a run in such files, piece by piece.

A piece is a NumPy archive: arrays, and a header in JSON that says what their rows are.  Nothing in it is ever
executed.  Pieces are written as they are done and never again, so a run that dies has lost one piece at most.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np

from bposim.errors import RunError
from bposim.fold import PIECE, Piece
from bposim.histogram import Histogram, Moments
from bposim.inputs.designs import Design
from bposim.result import Result, StreamedResult
from bposim.sample import AnalysisSample, Driver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from bposim.scenario import Scenario

    Arrays = Mapping[str, NDArray[Any]]

TRIALS = "trials"
"""Folder of the pieces, below that of the run."""

IDENTITY = f"{TRIALS}/run.json"
"""Which run the pieces belong to."""

MANIFEST_SCHEMA = "bposim.manifest/1"
PIECE_SCHEMA = "bposim.piece/1"

_PART = ".part"
"""Ending of a file that is being written."""

_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, TypeError)


class PieceFiles:
    """The store of a run that goes to a folder; a second run into the same folder is refused."""

    def __init__(self, folder: Path, identity: Mapping[str, Any]) -> None:
        """Open the folder for the run that ``identity`` describes, as plain values.

        Raises RunError where it holds pieces of another run, or a run is writing there.
        """
        self.folder = folder
        path = folder / IDENTITY
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_whole(path, [json.dumps(identity, indent=2, ensure_ascii=False) + "\n"])
        self._held = path.open(encoding="utf-8")
        try:
            _lock(self._held.fileno(), folder)
            _check_identity(folder, identity, _identity(self._held.read()))
        except RunError:
            self._held.close()
            raise
        for leftover in [*folder.glob(f".*{_PART}"), *path.parent.glob(f".*{_PART}")]:
            leftover.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._held.close()

    def stored(self) -> Iterator[Piece]:
        """Yield the pieces that are there and undamaged, from the first on without a gap."""
        number = 0
        while (path := piece_path(self.folder, number)).exists():
            try:
                piece = read_piece(path)
            except RunError:
                return  # what follows is drawn again; it comes out the same
            if piece.number != number:
                return
            yield piece
            number += 1

    def keep(self, piece: Piece) -> None:
        """Write a piece."""
        write_piece(self.folder, piece)


def piece_path(folder: Path, number: int) -> Path:
    """Return where a piece is stored."""
    return folder / TRIALS / f"{number:05d}.npz"


def write_piece(folder: Path, piece: Piece) -> Path:
    """Write a piece into the folder of its run and return its path."""
    names = list(piece.costs)
    sums = [(name, key, value) for name, own in piece.category_sums.items() for key, value in own.items()]
    header: dict[str, Any] = {
        "schema": PIECE_SCHEMA,
        "number": piece.number,
        "alternatives": names,
        "category_sums": [row[:2] for row in sums],
        "sample": None,
    }
    arrays: dict[str, NDArray[Any]] = {
        "costs": np.stack([piece.costs[name] for name in names]),
        "payback": np.stack([piece.payback[name] for name in names]),
        "category_sums": np.array([row[2] for row in sums], dtype=np.float64),
    }
    if piece.cumulative:
        arrays["cumulative"] = np.stack([piece.cumulative[name] for name in names])
    if piece.yearly:
        arrays["yearly"] = np.stack([piece.yearly[name] for name in names])
    if piece.sample is not None:
        sample = piece.sample
        header["sample"] = {
            "trials": sample.trials,
            "currency": sample.currency,
            "drivers": [asdict(driver) for driver in sample.drivers],
            "categories": [(name, key) for name, own in sample.categories.items() for key in own],
            "events": [(name, key) for name, own in sample.events.items() for key in own],
        }
        rows: dict[str, list[NDArray[Any]]] = {
            "drivers": list(sample.drivers.values()),
            "categories": [values for own in sample.categories.values() for values in own.values()],
            "events": [values for own in sample.events.values() for values in own.values()],
        }
        # One by one: stacked they would be in memory twice.
        arrays |= {f"{key}_{number}": row for key in rows for number, row in enumerate(rows[key])}
    return write_arrays(piece_path(folder, piece.number), header, arrays)


def read_piece(path: Path) -> Piece:
    """Read a piece; raises RunError where the file is damaged or is none."""
    header, arrays = read_arrays(path)
    try:
        if header["schema"] != PIECE_SCHEMA:
            raise RunError(f"{path} is stored as {header['schema']}, not {PIECE_SCHEMA}; run again")
        names = header["alternatives"]
        sums: dict[str, dict[str, float]] = {name: {} for name in names}
        for (name, key), value in zip(header["category_sums"], arrays["category_sums"], strict=True):
            sums[name][key] = float(value)
        return Piece(
            number=header["number"],
            costs=dict(zip(names, arrays["costs"], strict=True)),
            payback=dict(zip(names, arrays["payback"], strict=True)),
            category_sums=sums,
            cumulative=dict(zip(names, arrays["cumulative"], strict=True)) if "cumulative" in arrays else {},
            yearly=dict(zip(names, arrays["yearly"], strict=True)) if "yearly" in arrays else {},
            sample=_sample(header["sample"], names, arrays),
        )
    except _DAMAGED as error:
        raise _damaged(path, error) from None


def _sample(header: dict[str, Any] | None, names: Iterable[str], arrays: Arrays) -> AnalysisSample | None:
    if header is None:
        return None

    def rows(key: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {name: {} for name in names}
        for number, (name, row) in enumerate(header[key]):
            found[name][row] = arrays[f"{key}_{number}"]
        return found

    return AnalysisSample(
        header["trials"],
        header["currency"],
        {Driver(**fields): arrays[f"drivers_{n}"] for n, fields in enumerate(header["drivers"])},
        rows("categories"),
        rows("events"),
    )


def pieces_of(result: Result) -> Iterator[Piece]:
    """Yield a finished result in pieces; sums by category are not in them, their means are in the result."""
    for start in range(0, result.trials, PIECE):
        here = slice(start, start + PIECE)
        yield Piece(
            start // PIECE,
            {name: cost[here] for name, cost in result.costs.items()},
            {name: months[here] for name, months in result.payback.items()},
            {},
            {} if start else result.cumulative,
            {} if start else result.yearly,
            None if start else result.sample,
        )


def read_result(folder: Path, scenario: Scenario, document: Mapping[str, Any]) -> Result:
    """Put the result of a run together again from its pieces and its ``result.json``."""
    paths = [piece_path(folder, number) for number in range(-(-document["trials"] // PIECE))]
    pieces = [read_piece(path) for path in paths]
    if sum(piece.trials for piece in pieces) != document["trials"]:
        raise RunError(f"{folder / TRIALS} lacks some of {document['trials']:,} trials; run again")
    names = list(scenario.alternatives)
    return Result(
        scenario=scenario,
        seed=document["seed"],
        trials=document["trials"],
        costs={name: _joined([piece.costs[name] for piece in pieces]) for name in names},
        categories=_category_means(document),
        payback={name: _joined([piece.payback[name] for piece in pieces]) for name in names},
        cumulative=pieces[0].cumulative,
        elapsed=document["elapsed_s"],
        sample=pieces[0].sample,
        yearly=pieces[0].yearly,
        design=Design(document["design"]),
    )


def _category_means(document: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the means by alternative and category, which JSON keeps to the last bit."""
    return {name: own["by_category"] for name, own in document["alternatives"].items()}


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


DISTRIBUTIONS = f"{TRIALS}/distributions.npz"
"""Where a streamed run keeps its distributions."""

DISTRIBUTIONS_SCHEMA = "bposim.distributions/1"


def write_streamed(folder: Path, result: StreamedResult) -> Path:
    """Write the distributions of a streamed run and return their path."""
    names = result.names
    arrays: dict[str, NDArray[Any]] = {
        "regrets": np.array([result.regrets[name].state() for name in names]),
        "cheapest": np.array([result.cheapest[name] for name in names]),
        "payback": np.stack([result.payback[name] for name in names]),
    }
    for kind, histograms in (("cost", result.costs), ("saving", result.savings)):
        for number, name in enumerate(names):
            if name in histograms:
                state = histograms[name].state()
                arrays |= {f"{kind}_{number}_{key}": values for key, values in state.items()}
    header = {"schema": DISTRIBUTIONS_SCHEMA, "alternatives": names, "digest": result.digest}
    return write_arrays(folder / DISTRIBUTIONS, header, arrays)


def read_streamed(folder: Path, scenario: Scenario, document: Mapping[str, Any]) -> StreamedResult:
    """Put the result of a streamed run together again."""
    path = folder / DISTRIBUTIONS
    header, arrays = read_arrays(path)
    first = read_result(folder, scenario, {**document, "trials": min(document["trials"], PIECE)})
    first = replace(first, categories=first.sample.category_means() if first.sample else {})

    def histogram(kind: str, number: int) -> Histogram:
        start = f"{kind}_{number}_"
        state = {key.removeprefix(start): values for key, values in arrays.items() if key.startswith(start)}
        return Histogram.restored(state)

    try:
        if header["schema"] != DISTRIBUTIONS_SCHEMA:
            raise RunError(f"{path} is stored as {header['schema']}, not {DISTRIBUTIONS_SCHEMA}; run again")
        numbers = {name: number for number, name in enumerate(header["alternatives"])}
        return StreamedResult(
            scenario=scenario,
            seed=document["seed"],
            trials=document["trials"],
            costs={name: histogram("cost", number) for name, number in numbers.items()},
            savings={
                name: histogram("saving", number)
                for name, number in numbers.items()
                if name != scenario.baseline
            },
            regrets={name: Moments.restored(arrays["regrets"][number]) for name, number in numbers.items()},
            cheapest={name: float(arrays["cheapest"][number]) for name, number in numbers.items()},
            payback={name: arrays["payback"][number] for name, number in numbers.items()},
            categories=_category_means(document),
            first=first,
            digest=header["digest"],
            elapsed=document["elapsed_s"],
        )
    except _DAMAGED as error:
        raise _damaged(path, error) from None


def write_arrays(path: Path, header: Mapping[str, Any], arrays: Arrays) -> Path:
    """Write arrays and a header of plain values into one file, uncompressed."""
    text = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), dtype=np.uint8)
    with _whole(path) as stream:
        np.savez(stream, allow_pickle=False, header=text, **arrays)
    return path


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read header and arrays; raises RunError where the file is damaged or is none."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        header = json.loads(arrays.pop("header").tobytes())
    except FileNotFoundError:
        raise RunError(f"{path} is missing; restore it, or run again") from None
    except _DAMAGED as error:
        raise _damaged(path, error) from None
    return header, arrays


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_whole(path: Path, chunks: Iterable[str | bytes]) -> Path:
    """Write a file so that its name never stands for half of it."""
    with _whole(path) as stream:
        stream.writelines(chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
    return path


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written; it takes its name when it is complete and on the disk."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes a private file; a result may be read by whoever may read the folder's other files.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(f"{path} is damaged ({type(error).__name__}: {error}); restore it, or run again")


def _identity(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_identity(folder: Path, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raise RunError where the pieces in the folder are those of another run."""
    plain = json.loads(json.dumps(wanted))
    for key in sorted(plain.keys() | found.keys()):
        if plain.get(key) != found.get(key):
            raise RunError(
                f"{folder} holds a run with {key} {found.get(key)}, not {plain.get(key)}; "
                "give the same file and options, or choose another folder with -o"
            )


def _lock(descriptor: int, folder: Path) -> None:
    """Lock an open file until it is closed or the process ends; RunError where another holds it."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system; without it two runs are not kept apart
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise RunError(
            f"another run is writing into {folder}; wait for it, or choose another folder with -o"
        ) from None
