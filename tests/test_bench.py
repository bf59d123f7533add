"""The yardsticks: they compute the same thing as the engine, and count what it draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bench
import by_hand
import growth
import numpy as np
import pytest
import reference
from click.testing import CliRunner
from libraries import PEERS
from section import Goal

from bposim import load, simulate
from bposim.cash import simulate_block
from bposim.cli import main
from bposim.engine import BLOCK
from bposim.files import scenario_of
from bposim.inputs.draws import StreamDraws
from bposim.throughput import CountingDraws, throughput, variates
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from bposim.shapes import FloatArray

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "benchmarks" / "reference.yaml"


def standard_errors(one: FloatArray, other: FloatArray) -> float:
    """Return how far two means are apart, in standard errors of the difference."""
    error = np.sqrt(one.var() / one.size + other.var() / other.size)
    return float(abs(one.mean() - other.mean()) / error)


def test_model_by_hand_is_the_same_model() -> None:
    """A yardstick for another model would say nothing: mean cost, paired saving and its sign agree."""
    trials = 40_000
    hand = by_hand.simulate(trials, seed=3)
    engine = simulate(load(ROOT / "scenarios" / "customer-support.yaml"), trials=trials, seed=4).costs
    assert list(hand) == list(engine)
    for name in hand:
        assert standard_errors(hand[name], engine[name]) < 4
        if name != "in-house":
            savings = [costs["in-house"] - costs[name] for costs in (hand, engine)]
            assert standard_errors(*savings) < 4
            assert standard_errors(*[(saving > 0).astype(float) for saving in savings]) < 4


def test_closed_form_of_the_reference_model_is_the_published_one() -> None:
    """All peers are checked against it: 50,336,055.47 and 6,369,061.63."""
    assert (round(reference.mean(), 2), round(reference.sd(), 2)) == (reference.MEAN, reference.SD)


@pytest.mark.parametrize("way", ["bposim", "month_loop", "matrices"])
def test_reference_model_has_its_closed_form(way: str) -> None:
    """The scenario file expresses the model that the peers compute, not one like it."""
    trials = 60_000
    if way == "bposim":
        total = simulate(load(REFERENCE), trials=trials, seed=5).costs["contract"]
    else:
        total = getattr(reference, way)(trials)
    assert abs(total.mean() - reference.mean()) < 4 * reference.sd() / np.sqrt(trials)
    centred = (total - reference.mean()) ** 2
    assert abs(centred.mean() - reference.sd() ** 2) < 4 * centred.std() / np.sqrt(trials)


def test_counted_draws_are_the_draws() -> None:
    """The floor would be of another model if counting moved a number."""
    scenario = load(REFERENCE)
    counted = simulate_block(scenario, CountingDraws(1, 0, BLOCK))["contract"].total
    plain = simulate_block(scenario, StreamDraws(1, 0, BLOCK))["contract"].total
    assert np.array_equal(counted, plain)


def test_variates_are_counted_by_kind() -> None:
    """By hand: 60 normals of volume, 60 of the rate; a count, then 3 uniforms and a normal an event rank."""
    drawn = variates(load(REFERENCE))
    ranks = drawn.normal // BLOCK - 120
    assert ranks > 4  # of 1,024 trials with 1.5 events on average, one has five
    assert (drawn.normal, drawn.uniform) == (BLOCK * (120 + ranks), BLOCK * (1 + 3 * ranks))
    assert drawn.streams == 3


def test_engine_is_slower_than_its_floor() -> None:
    """Nothing can be faster than its own random numbers; a ratio below 1 is a mistake of the yardstick."""
    found = throughput(load(REFERENCE), trials=4 * BLOCK, turns=3)
    assert found.ratio > 1
    assert found.engine > found.normal > found.uniform > 0


def test_growing_scenario_has_the_size_that_is_asked_for() -> None:
    """Cost against size means nothing if the size does not change."""
    scenario = scenario_of(read_tree(growth.scenario(months=24, alternatives=3, risks=8), "grown.yaml"))
    assert (scenario.months, len(scenario.alternatives)) == (24, 3)
    for alternative in scenario.alternatives.values():
        risks = alternative.legs[0].body.risks
        assert sum(getattr(risks, kind) is not None for kind in growth.EVENTS) == 8


def test_fits_of_a_straight_line() -> None:
    """Cost 2 + 3 n by hand: the line is found, and its log-log slope from 1 to 1,000 is a little below 1."""
    grown = growth.Growth((1, 10, 100, 1000), (5.0, 32.0, 302.0, 3002.0))
    assert grown.line == pytest.approx((2.0, 3.0, 0.0), abs=1e-9)
    assert 0.9 < grown.slope < 1.0


def test_goals_are_met_or_missed() -> None:
    """A limit is reached on its own value; `at_least` turns it round."""
    assert [Goal("", 2.5, value).met for value in (2.4, 2.5, 2.6)] == [True, True, False]
    assert [Goal("", 1.7, value, at_least=True).met for value in (1.6, 1.7, 1.8)] == [False, True, True]


def test_only_what_stands_between_the_marks_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the page is written by people."""
    page = tmp_path / "performance.md"
    page.write_text(f"before\n\n{bench.BEGIN}\nold\n{bench.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(bench, "DOCUMENT", page)
    bench.into_document("new")
    assert page.read_text(encoding="utf-8") == f"before\n\n{bench.BEGIN}\n\nnew\n\n{bench.END}\nafter\n"


def test_every_peer_has_a_script_and_pins() -> None:
    """`make bench` installs exactly these versions."""
    for peer in PEERS:
        pins = (ROOT / "benchmarks" / "peers" / f"{peer.name}.txt").read_text(encoding="utf-8").splitlines()
        assert all("==" in pin for pin in pins)
        assert (ROOT / "benchmarks" / "peers" / f"{peer.name}.py").exists()


def test_bench_command_prints_a_row_a_scenario() -> None:
    """The command works on any file and says how the figure compares with the floor."""
    done = CliRunner().invoke(main, ["bench", str(REFERENCE), "-n", "2048"])
    assert done.exit_code == 0
    row = next(line for line in done.output.splitlines() if "reference.yaml" in line)
    assert row.split()[1:3] == ["2", "60"]
