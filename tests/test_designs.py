"""The engine under a design: repeatable, paired, by name, unbiased, and more precise than chance."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from bposim import load, simulate
from bposim.analysis.measures import Sample, mean
from bposim.analysis.summary import summarise
from bposim.cash import simulate_block
from bposim.cli import main
from bposim.engine import BLOCK, design_of
from bposim.inputs.designs import Design, DesignedDraws
from bposim.runs import read as stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result as Outcome

    from bposim.inputs.designs import Kind
    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SMALL = Path(__file__).parent / "data" / "small.yaml"
EVERYTHING = SCENARIOS / "everything.yaml"
KINDS: tuple[Kind, ...] = ("lhs", "sobol")
SEED = 7
TRIALS = 2 * BLOCK + 452


@pytest.mark.parametrize("kind", KINDS)
def test_threads_do_not_change_a_number(tiny: Tree, read: Read, kind: Kind) -> None:
    """A net belongs to its block, not to whoever computes it."""
    digests = {simulate(read(tiny), TRIALS, SEED, threads, design=kind).digest for threads in (1, 2, 5)}
    assert len(digests) == 1
    assert digests != {simulate(read(tiny), TRIALS, SEED).digest}


@pytest.mark.parametrize("kind", ["random", *KINDS])
def test_blocks_valued_together_give_what_each_gives_by_itself(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """How many blocks share the Python changes no number, whatever happens in the neighbouring block."""
    everything = load(EVERYTHING)
    design = design_of(everything, kind)
    together = simulate(everything, TRIALS, SEED, design=design)
    monkeypatch.setattr("bposim.engine.MOST_TOGETHER", 1)
    alone = simulate(everything, TRIALS, SEED, design=design)
    assert together.digest == alone.digest
    assert together.categories == alone.categories


@pytest.mark.parametrize("kind", KINDS)
def test_first_trials_of_a_longer_run_are_the_shorter_run(tiny: Tree, read: Read, kind: Kind) -> None:
    """More trials are more replicates; those that are there stay."""
    scenario = read(tiny)
    long, short = (simulate(scenario, trials, SEED, design=kind) for trials in (TRIALS, BLOCK + 300))
    for name in long.names:
        assert np.array_equal(short.costs[name], long.costs[name][: BLOCK + 300])


@pytest.mark.parametrize("kind", KINDS)
def test_like_shares_the_draws_of_a_design(tiny: Tree, read: Read, kind: Kind) -> None:
    """An alternative that is the baseline under another name saves exactly nothing."""
    tiny["alternatives"]["same"] = {"like": "in-house"}
    result = simulate(read(tiny), BLOCK, SEED, design=kind)
    assert not result.saving("same").any()
    assert result.saving("manila").any()


@pytest.mark.parametrize("kind", KINDS)
def test_order_of_the_file_does_not_change_a_number(tiny: Tree, read: Read, kind: Kind) -> None:
    """The pilot that turns a net takes names in order, not as the file has them."""
    turned = copy.deepcopy(tiny)
    turned["alternatives"] = dict(reversed(turned["alternatives"].items()))
    one, other = (simulate(read(tree), BLOCK, SEED, design=kind).digest for tree in (tiny, turned))
    assert one == other


@pytest.mark.parametrize("kind", KINDS)
def test_under_one_design_a_removed_risk_moves_no_other_draw(tiny: Tree, read: Read, kind: Kind) -> None:
    """Two versions of a scenario are compared on the same numbers when they are handed the same design."""
    design = design_of(read(copy.deepcopy(tiny)), kind)
    before = simulate_block(read(copy.deepcopy(tiny)), design.draws(SEED, 0, BLOCK))
    for name in ("in-house", "manila"):
        leg = tiny["alternatives"][name]["legs"][0]
        del leg["team" if "team" in leg else "vendor"]["risks"]["breach"]
    after = simulate_block(read(tiny), design.draws(SEED, 0, BLOCK))
    assert "data_breach" in before["manila"].categories
    for name, cash in after.items():
        for category in cash.categories.keys() - {"data_breach"}:
            assert np.array_equal(cash.categories[category], before[name].categories[category]), category


@pytest.mark.parametrize("kind", KINDS)
def test_a_design_changes_no_mean(tiny: Tree, read: Read, kind: Kind) -> None:
    """Cost by cost, 32 replicates agree with as many random blocks within four standard errors."""
    scenario = read(tiny)
    designed, plain = (simulate(scenario, 32 * BLOCK, SEED, design=one) for one in (kind, "random"))
    for name in plain.names:
        ours, theirs = (mean(Sample(run.costs[name], run.replicate)) for run in (designed, plain))
        assert ours.se is not None
        assert theirs.se is not None
        assert ours.se < theirs.se
        assert abs(ours.value - theirs.value) <= 4 * np.hypot(ours.se, theirs.se)


def test_the_design_of_a_scenario_leads_with_what_moves_its_saving() -> None:
    """In seasonal-tax the peso, the price, the volume and the retained staff decide."""
    design = design_of(load(SCENARIOS / "seasonal-tax.yaml"), "sobol")
    nearshore = "input:alternatives.nearshore.vendor"
    assert {name for name, _ in design.coordinates[:5]} == {
        "world.fx.MXN",
        "input:world.volume.growth",
        f"{nearshore}.price.per_unit.amount",
        f"{nearshore}.governance.retained_fte",
    }
    assert len(design.directions) in {2, 3}
    assert dict(design.expected)["alternatives.in-house.team.outage"] > 0


def test_sobol_gains_on_a_shipped_scenario() -> None:
    """Between replicates of seasonal-tax the mean saving has less than a twentieth of the plain variance."""
    scenario = load(SCENARIOS / "seasonal-tax.yaml")
    spread = {}
    for kind in ("random", "sobol"):
        result = simulate(scenario, 12 * BLOCK, SEED, design=kind)
        spread[kind] = np.var(result.saving("nearshore").reshape(12, BLOCK).mean(axis=1))
    assert spread["random"] / spread["sobol"] > 20


def test_a_result_says_how_it_was_drawn(tiny: Tree, read: Read) -> None:
    """Errors depend on it, and so does whoever runs it again."""
    scenario = read(tiny)
    plain, designed = (simulate(scenario, 64, SEED, design=kind) for kind in ("random", "sobol"))
    assert (plain.design, plain.replicate) == (Design(), 1)
    assert (designed.design.kind, designed.replicate) == ("sobol", BLOCK)
    again = simulate(scenario, 64, SEED, design=designed.design)
    assert again.digest == designed.digest


def test_the_pilot_uses_no_draw_of_the_run(tiny: Tree, read: Read) -> None:
    """A design that was fitted to the very trials it then spreads would be biased."""
    from bposim.engine import PILOT  # noqa: PLC0415 - named where it is meant

    run, pilot = (DesignedDraws(Design("lhs"), 0, block, 8) for block in (0, PILOT))
    scenario = read(tiny)
    for draws in (run, pilot):
        simulate_block(scenario, draws)
    for name, drawn in run.by_name().items():
        if isinstance(drawn, np.ndarray):
            assert not np.array_equal(drawn, pilot.by_name()[name])


# --- on the command line and in a folder --------------------------------------------------------------


def call(*arguments: object) -> Outcome:
    """Run a command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_designed_run_is_stored_read_and_verified(tmp_path: Path) -> None:
    """Whoever opens the folder later must see the same error bars, and simulate the same trials again."""
    folder = tmp_path / "run"
    done = call("run", SMALL, "-n", 8 * BLOCK, "--design", "sobol", "--format", "json", "-o", folder)
    assert done.exit_code == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["design"] == "sobol"
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["design"] == "sobol"
    again = stored(folder)
    assert again.replicate == BLOCK
    for name, own in summarise(again).alternatives.items():
        assert own.saving.mean.se == printed["alternatives"][name]["saving"]["se"]
        assert own.saving.es95.se == printed["alternatives"][name]["saving"]["se_of"]["es95"]
    assert call("verify", folder).exit_code == 0


def test_few_replicates_are_said_and_streaming_is_refused() -> None:
    """Below eight blocks there are values without errors; a streamed run has no replicates at all."""
    found = json.loads(call("run", SMALL, "-n", 2048, "--design", "lhs", "--format", "json").stdout)
    assert found["alternatives"]["manila"]["saving"]["se"] is None
    refused = call("run", SMALL, "-n", 2048, "--design", "lhs", "--memory", "streaming")
    assert refused.exit_code == 2
    assert "a streamed run is drawn at random" in refused.stderr
