"""What somebody needs who wants this run again: seed, versions, hashes and the command."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.report.workbook.book import Book
    from bposim.result import AnyResult

FIRST = 3


def write_manifest(book: Book, result: AnyResult, manifest: Mapping[str, Any] | None) -> None:
    """Write the manifest of a stored run; of a run that was not stored, what its result knows."""
    page = book.sheet("Manifest", (46, 110), colour="#7F7F7F")
    page.title("Manifest: how this run came about")
    page.text(1, 0, "With the same scenario, seed, futures and versions the digest comes out again.", "note")
    page.texts(FIRST, 0, ("what", "value"), "head")
    row = FIRST + 1
    for name, value in _flat("", manifest if manifest is not None else _known(result)):
        page.text(row, 0, name)
        page.text(row, 1, str(value), "label")
        row += 1
    page.freeze(FIRST + 1, 1)
    page.on_paper((FIRST, FIRST), (row - 1, 1))


def _known(result: AnyResult) -> dict[str, Any]:
    scenario = result.scenario
    return {
        "scenario": {"title": scenario.title, "sha256": scenario.sha256, "changes": list(scenario.changes)},
        "seed": result.seed,
        "trials": result.trials,
        "design": result.design.kind,
        "digest": result.digest,
        "elapsed_s": result.elapsed,
        "versions": {name: metadata.version(name) for name in ("bposim", "numpy", "scipy", "pydantic")},
        "stored": "no: run it with -o and the manifest has more",
    }


def _flat(prefix: str, content: object) -> Iterator[tuple[str, Any]]:
    """Yield every value of a document under its dotted name; a command stands in one line."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), value)
    elif isinstance(content, list):
        yield prefix, (" " if prefix == "command" else ", ").join(map(str, content))
    elif content is not None:
        yield prefix, content
