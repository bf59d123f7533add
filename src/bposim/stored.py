"""Reading a run that was stored: its result as it was, without simulating again, and whether it is intact.

Whatever is read is held against the hashes of the manifest first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bposim.errors import IncompleteRunError, RunError, ScenarioError
from bposim.files import load
from bposim.storage import IDENTITY, MANIFEST_SCHEMA, TRIALS, file_sha256, read_result, read_streamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.result import AnyResult
    from bposim.scenario import Scenario

RESULT_SCHEMA = "bposim.result/1"
_AGAIN = "restore it, or run again into another folder"


def read(folder: str | Path) -> AnyResult:
    """Return the result that ``bposim run -o`` or ``write_run`` stored in a folder.

    Raises RunError where there is none, or a file that is needed is missing, altered or of another version;
    IncompleteRunError where the run is not finished.
    """
    here = Path(folder)
    manifest = manifest_of(here)
    for name in manifest["files"]:
        if name == "result.json" or name.startswith((f"{TRIALS}/", "scenario.yaml", "sources/")):
            _check_file(here, manifest, name)
    document = _json(here / "result.json")
    if document.get("schema") != RESULT_SCHEMA:
        raise RunError(
            f"{here / 'result.json'} is not {RESULT_SCHEMA}; read it with the bposim that wrote it"
        )
    scenario = scenario_of_run(here, manifest)
    reader = read_streamed if manifest["memory"] == "streaming" else read_result
    try:
        return reader(here, scenario, document)
    except KeyError as error:
        raise RunError(f"{here / 'result.json'} says nothing of {error}; {_AGAIN}") from None


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a stored run; raises RunError where the folder holds none that can be read."""
    path = folder / "manifest.json"
    if not path.is_file():
        if (folder / IDENTITY).is_file():
            raise IncompleteRunError(
                f"the run in {folder} is not finished; repeat its command with --resume to go on with it"
            )
        raise RunError(f"{folder} holds no run; give a folder that bposim run -o has made")
    manifest = _json(path)
    if manifest.get("schema") != MANIFEST_SCHEMA or "memory" not in manifest:
        raise RunError(f"{path} is of another version of bposim, which kept other files; run again")
    return manifest


def scenario_of_run(folder: Path, manifest: dict[str, Any]) -> Scenario:
    """Return the scenario of a stored run, with the changes that it was run with."""
    stored = manifest["scenario"]
    if not stored["file"]:
        raise RunError(
            f"{folder} was stored without its scenario; give write_run a provenance with scenario_path"
        )
    try:
        scenario = load(folder / stored["file"], stored["set"], stored["without"])
    except ScenarioError as error:
        raise RunError(
            f"this bposim cannot read the scenario in {folder} ({error.complaints[0]}); use "
            f"{manifest['versions']['bposim']}, which wrote it"
        ) from None
    if scenario.sha256 != stored["sha256"]:
        raise RunError(f"the scenario in {folder} is not the one that was run; {_AGAIN}")
    return scenario


def checked_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a stored run all of whose files are intact; else raise RunError."""
    manifest = manifest_of(folder)
    for name in manifest["files"]:
        _check_file(folder, manifest, name)
    return manifest


def verify(
    folder: str | Path, threads: int = 1, progress: Callable[[int, int], None] | None = None
) -> AnyResult:
    """Simulate a stored run again and return the new result.

    Raises RunError where a file is altered or the digest differs from that of the manifest.
    """
    from bposim.engine import simulate, simulate_streamed  # noqa: PLC0415 - reading needs no engine

    here = Path(folder)
    manifest = checked_manifest(here)
    scenario = scenario_of_run(here, manifest)
    wanted = (scenario, manifest["trials"], manifest["seed"], threads, progress)
    result: AnyResult = (
        simulate_streamed(*wanted)
        if manifest["memory"] == "streaming"
        else simulate(*wanted, design=manifest["design"])
    )
    if result.digest != manifest["digest"]:
        raise RunError(
            f"the run in {here} does not come out again: digest {result.digest[:12]}, stored "
            f"{manifest['digest'][:12]}; {_why(manifest)}"
        )
    return result


def _why(manifest: dict[str, Any]) -> str:
    """Return what may explain other digits, and what to do."""
    from importlib import metadata  # noqa: PLC0415 - for the message alone

    differing = [
        f"{package} {version}, here {here}"
        for package, version in manifest["versions"].items()
        if package != "python" and version != (here := metadata.version(package))
    ]
    if differing:
        return f"it was made with {'; '.join(differing)}: install those versions to compare to the last digit"
    return "the versions are the same, so processor or files differ: compare the platform in manifest.json"


def _check_file(folder: Path, manifest: dict[str, Any], name: str) -> None:
    path = folder / name
    if folder.resolve() not in path.resolve().parents:
        raise RunError(f"{folder / 'manifest.json'} names {name}, which is outside; {_AGAIN}")
    if not path.is_file():
        raise RunError(f"{path} is missing; {_AGAIN}")
    if file_sha256(path) != manifest["files"][name]:
        raise RunError(f"{path} was altered since it was stored; {_AGAIN}")


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read ({type(error).__name__}); {_AGAIN}") from None
    if not isinstance(content, dict):
        raise RunError(f"{path} is not what bposim writes; {_AGAIN}")
    return content
