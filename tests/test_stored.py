"""Stored runs: read back as they were, damaged ones refused, interrupted ones gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

import bposim
from bposim import simulate
from bposim.analysis.streamed import summarise_streamed
from bposim.analysis.summary import summarise
from bposim.cli import main
from bposim.engine import BLOCK, simulate_streamed
from bposim.errors import IncompleteRunError, RunError
from bposim.result import Result, StreamedResult
from bposim.runs import Provenance, check_folder, read, store_for, verify, write_run
from bposim.storage import IDENTITY, piece_path, read_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.fold import Piece
    from bposim.scenario import Scenario

SMALL = Path(__file__).parent / "data" / "small.yaml"
SEED = 7
TRIALS = 2 * BLOCK + 452
"""Trials of three pieces, when a piece is made as short as a block."""

KILLED = 96 * BLOCK
"""Trials of a run that lasts long enough to be killed."""

ORIGIN = Provenance(SMALL)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a small scenario."""
    return bposim.load(SMALL)


@pytest.fixture(scope="module", autouse=True)
def _short_pieces() -> Iterator[None]:
    """Make a piece as short as a block, so that a small run has several."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("engine", "fold", "storage", "runs"):
            patch.setattr(f"bposim.{module}.PIECE", BLOCK)
        for module in ("engine", "fold", "runs"):
            patch.setattr(f"bposim.{module}.SAMPLE_TRIALS", BLOCK)
        for module in ("engine", "fold"):
            patch.setattr(f"bposim.{module}.FAN_TRIALS", BLOCK)
        yield


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    """Return a run of three pieces."""
    return simulate(scenario, TRIALS, SEED)


@pytest.fixture(scope="module")
def stored(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of that run."""
    folder = tmp_path_factory.mktemp("stored") / "run"
    write_run(result, summarise(result), folder, ORIGIN)
    return folder


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to be damaged."""
    return Path(shutil.copytree(stored, tmp_path / "copy"))


# --- reading ------------------------------------------------------------------------------------------


def test_a_run_is_read_as_it_was(result: Result, stored: Path) -> None:
    """Protects analysis without simulating again: totals, paybacks, paths, means and sample, to the bit."""
    again = read(stored)
    assert isinstance(again, Result)
    assert again.digest == result.digest
    assert again.scenario == result.scenario
    assert again.categories == result.categories
    assert (again.seed, again.trials, again.elapsed) == (result.seed, result.trials, result.elapsed)
    for name in result.names:
        assert np.array_equal(again.payback[name], result.payback[name])
        assert np.array_equal(again.cumulative[name], result.cumulative[name])
        assert np.array_equal(again.yearly[name], result.yearly[name])
    one, other = result.sample, again.sample
    assert one is not None
    assert other is not None
    assert list(other.drivers) == list(one.drivers)
    for kept, found in ((one.drivers, other.drivers), *zip(
        [*one.categories.values(), *one.events.values()],
        [*other.categories.values(), *other.events.values()],
        strict=True,
    )):  # fmt: skip
        for key, values in kept.items():
            assert np.array_equal(found[key], values)
            assert found[key].dtype == values.dtype
    assert summarise(again).decision == summarise(result).decision


def test_a_streamed_run_is_read_as_it_was(scenario: Scenario, tmp_path: Path) -> None:
    """Protects long runs: distributions come back, and with them every figure."""
    result = simulate_streamed(scenario, TRIALS, SEED)
    write_run(result, summarise_streamed(result), tmp_path / "run", ORIGIN)
    again = read(tmp_path / "run")
    assert isinstance(again, StreamedResult)
    assert (again.digest, again.trials) == (result.digest, TRIALS)
    one, other = summarise_streamed(result), summarise_streamed(again)
    assert other.decision == one.decision
    for name, own in one.alternatives.items():
        assert (other.alternatives[name].cost, other.alternatives[name].saving) == (own.cost, own.saving)
    assert again.first.trials == BLOCK
    assert not (tmp_path / "run" / "totals.csv").exists()


def test_changes_of_the_command_line_are_read_with_it(tmp_path: Path) -> None:
    """Protects ``--set`` and ``--without``: the scenario that is read is the one that was run."""
    changes: dict[str, Any] = {"overrides": {"discount_rate": "5%"}, "without": ("*.breach",)}
    scenario = bposim.load(SMALL, **changes)
    result = simulate(scenario, 300, SEED)
    write_run(result, summarise(result), tmp_path / "run", Provenance(SMALL, **changes))
    again = read(tmp_path / "run")
    assert again.scenario.sha256 == scenario.sha256
    assert again.scenario.discount_rate == 0.05
    assert verify(tmp_path / "run").digest == result.digest


def test_a_scenario_of_several_files_is_stored_whole(tmp_path: Path) -> None:
    """Protects ``extends:``: the folder is read where the files that it came from are gone."""
    (tmp_path / "parts").mkdir()
    base, path = tmp_path / "parts" / "base.yaml", tmp_path / "mine.yaml"
    shutil.copy(SMALL, base)
    path.write_text("extends: parts/base.yaml\ndiscount_rate: 4%\n", encoding="utf-8")
    result = simulate(bposim.load(path), 300, SEED)
    write_run(result, summarise(result), tmp_path / "run", Provenance(path))
    base.unlink()
    path.unlink()
    again = read(tmp_path / "run")
    assert again.scenario.sha256 == result.scenario.sha256
    assert again.scenario.discount_rate == 0.04


# --- refusals -----------------------------------------------------------------------------------------


def flipped(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["trials/00001.npz", "result.json", "scenario.yaml"])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flipped, "was altered since it was stored; restore it, or run again"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "was altered since"),
        (lambda path: path.unlink(), "is missing; restore it, or run again"),
    ],
    ids=["altered", "cut", "gone"],
)
def test_damage_is_noticed(copy: Path, name: str, damage: Callable[[Path], None], said: str) -> None:
    """Protects conclusions: a file that is not what was stored is named, with what to do."""
    damage(copy / name)
    with pytest.raises(RunError, match=said) as caught:
        read(copy)
    assert name.rpartition("/")[2] in str(caught.value)


def test_foreign_folders_are_refused(tmp_path: Path, copy: Path) -> None:
    """Protects users from riddles: no run, no manifest, one of another version, one that leads out."""
    with pytest.raises(RunError, match="holds no run; give a folder that bposim run -o has made"):
        read(tmp_path)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    for content, said in (
        ("[]", "is not what bposim writes"),
        ("{", "cannot be read"),
        (json.dumps(manifest | {"schema": "bposim.manifest/9"}), "another version"),
        (json.dumps(manifest | {"files": {"trials/../../x": "0"}}), "which is outside"),
    ):
        (copy / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(RunError, match=said):
            read(copy)


def test_nothing_in_a_piece_is_executed(copy: Path) -> None:
    """Protects against pickles: an array of objects in a piece is damage, not code."""
    path = piece_path(copy, 0)
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RunError, match="is damaged"):
        read_piece(path)


@pytest.mark.parametrize("damage", [flipped, lambda path: path.write_bytes(path.read_bytes()[:-20])])
def test_a_damaged_piece_is_noticed_without_its_manifest(copy: Path, damage: Callable[[Path], None]) -> None:
    """Protects runs that go on: before there is a manifest, a piece's own checksums tell."""
    damage(piece_path(copy, 1))
    with pytest.raises(RunError, match="is damaged"):
        read_piece(piece_path(copy, 1))


# --- verifying ----------------------------------------------------------------------------------------


def test_verify_simulates_again(stored: Path, copy: Path) -> None:
    """Protects repeatability: a stored run comes out again; one with another digest does not."""
    done = CliRunner().invoke(main, ["verify", str(stored), "--threads", "2"])
    assert done.exit_code == 0, done.output
    assert f"all {TRIALS:,} come out again" in done.stdout
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"digest": "0" * 64}), encoding="utf-8")
    done = CliRunner().invoke(main, ["verify", str(copy)])
    assert done.exit_code == 3
    assert "does not come out again" in done.output
    manifest["versions"]["numpy"] = "1.0"
    path.write_text(json.dumps(manifest | {"digest": "0" * 64}), encoding="utf-8")
    with pytest.raises(RunError, match=r"numpy 1\.0, here .*: install those versions"):
        verify(copy)


def test_verify_looks_at_every_file(copy: Path) -> None:
    """Protects pictures and tables, too: a changed one is named."""
    with (copy / "summary.csv").open("a", encoding="utf-8") as stream:
        stream.write("x")
    done = CliRunner().invoke(main, ["verify", str(copy), "--files"])
    assert done.exit_code == 3
    assert "summary.csv was altered" in done.output


# --- going on -----------------------------------------------------------------------------------------


class Interrupted:
    """A store that dies after some pieces."""

    def __init__(self, store: Any, pieces: int) -> None:  # noqa: ANN401 - the real one
        self.store, self.left = store, pieces

    def stored(self) -> Iterator[Piece]:
        """Yield what is there."""
        yield from self.store.stored()

    def keep(self, piece: Piece) -> None:
        """Keep a piece, or die."""
        if not self.left:
            raise KeyboardInterrupt
        self.store.keep(piece)
        self.left -= 1


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_run_goes_on_where_it_was_interrupted(
    scenario: Scenario, result: Result, tmp_path: Path, done: int
) -> None:
    """Protects work: pieces that are there are not drawn again, and the result is the same to the bit."""
    folder = tmp_path / "run"
    with store_for(folder, scenario, TRIALS, SEED, ORIGIN) as store, pytest.raises(KeyboardInterrupt):
        simulate(scenario, TRIALS, SEED, store=Interrupted(store, done))
    with pytest.raises(IncompleteRunError, match="add --resume"):
        check_folder(folder)
    with pytest.raises(IncompleteRunError, match="is not finished"):
        read(folder)
    assert len(list((folder / "trials").glob("*.npz"))) == done
    steps: list[int] = []
    with store_for(folder, scenario, TRIALS, SEED, ORIGIN) as store:
        again = simulate(scenario, TRIALS, SEED, store=store, progress=lambda count, _: steps.append(count))
    assert len(steps) == 3 - done + (done > 0)
    assert again.digest == result.digest
    assert again.categories == result.categories
    for name in result.names:
        assert np.array_equal(again.payback[name], result.payback[name])
        assert np.array_equal(again.cumulative[name], result.cumulative[name])
        assert np.array_equal(again.yearly[name], result.yearly[name])
    assert again.sample is not None
    assert result.sample is not None
    assert again.sample.drivers.keys() == result.sample.drivers.keys()
    write_run(again, summarise(again), folder, ORIGIN)
    assert read(folder).digest == result.digest


def test_a_damaged_piece_is_drawn_again(scenario: Scenario, result: Result, tmp_path: Path) -> None:
    """Protects resumed runs: of three pieces the second is cut, so it and the third are done again."""
    folder = tmp_path / "run"
    with store_for(folder, scenario, TRIALS, SEED, ORIGIN) as store:
        simulate(scenario, TRIALS, SEED, store=store)
    flipped(piece_path(folder, 1))
    with store_for(folder, scenario, TRIALS, SEED, ORIGIN) as store:
        assert len(list(store.stored())) == 1
        assert simulate(scenario, TRIALS, SEED, store=store).digest == result.digest


def test_another_run_is_not_gone_on_with(scenario: Scenario, tmp_path: Path) -> None:
    """Protects against mixing: another seed, number of trials or scenario is refused by name."""
    folder = tmp_path / "run"
    with store_for(folder, scenario, TRIALS, SEED, ORIGIN):
        pass
    for trials, seed, said in ((TRIALS, 8, "seed 7, not 8"), (300, SEED, f"trials {TRIALS}, not 300")):
        with pytest.raises(RunError, match=said):
            store_for(folder, scenario, trials, seed, ORIGIN)


def test_two_runs_do_not_share_a_folder(scenario: Scenario, tmp_path: Path) -> None:
    """Protects pieces from two writers: the second is refused while the first is at work, and not after."""
    with (
        store_for(tmp_path, scenario, TRIALS, SEED, ORIGIN),
        pytest.raises(RunError, match="another run is writing into"),
    ):
        store_for(tmp_path, scenario, TRIALS, SEED, ORIGIN)
    with store_for(tmp_path, scenario, TRIALS, SEED, ORIGIN):
        pass


def test_a_full_disk_leaves_a_run_to_go_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects work and scripts: exit 4, what was done is kept, no half file is left."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    command = ["run", str(SMALL), "-n", "1500", "-o", str(tmp_path / "run")]
    with monkeypatch.context() as patch:
        patch.setattr("bposim.storage.np.savez", full)
        done = CliRunner().invoke(main, command)
    assert done.exit_code == 4
    assert "No space left on device; make room there and repeat the command with --resume" in done.output
    assert [path.name for path in (tmp_path / "run" / "trials").iterdir()] == [Path(IDENTITY).name]
    done = CliRunner().invoke(
        main, ["run", str(SMALL), "-n", "1500", "-o", str(tmp_path / "run"), "--resume"]
    )
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def undisturbed(scenario: Scenario) -> str:
    """Return the digest of the run that the next test kills."""
    return simulate(scenario, KILLED, seed=1).digest


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "code"), [("SIGKILL", -9), ("SIGTERM", 130), ("SIGINT", 130)])
def test_a_killed_process_loses_one_piece_at_most(
    tmp_path: Path, undisturbed: str, number: str, code: int
) -> None:
    """Protects what RELIABILITY promises: kill -9, SIGTERM and Ctrl-C, then --resume, and the same digest."""
    folder, trials = tmp_path / "run", KILLED
    program = "import bposim.engine, bposim.fold, bposim.storage, bposim.runs, bposim.cli\n"
    for module in ("engine", "fold", "storage", "runs"):
        program += f"bposim.{module}.PIECE = {BLOCK}\n"
    command = [sys.executable, "-c", program + "bposim.cli.main()", "run", SMALL, "-n", trials, "-o", folder]
    process = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not piece_path(folder, 2).exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(getattr(signal, number))
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code
    assert (b"--resume" in said) == (number != "SIGKILL")
    kept = len(list((folder / "trials").glob("*.npz")))
    assert 3 <= kept < KILLED // BLOCK
    done = subprocess.run([*map(str, command), "--resume"], check=False, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert read(folder).digest == undisturbed
    assert not list(folder.rglob(".*"))
