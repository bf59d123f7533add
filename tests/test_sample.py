"""The analysis sample: everything random is in it, it adds up, and it is bounded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

import bposim
from bposim import simulate
from bposim.cash import simulate_block
from bposim.engine import BLOCK
from bposim.inputs.draws import StreamDraws
from bposim.risks import RISKS
from bposim.sample import AnalysisSample, Driver
from bposim.scenario import Scenario

Tree: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[Tree], Scenario]

SEED = 7
SCENARIOS = Path(__file__).parents[1] / "scenarios"


def sample_of(scenario: Scenario, trials: int = BLOCK) -> AnalysisSample:
    """Return the sample of a short run."""
    sample = simulate(scenario, trials, SEED).sample
    assert sample is not None
    return sample


@pytest.fixture(scope="module")
def everything() -> Scenario:
    """Return the scenario that uses every mechanism."""
    return bposim.load(SCENARIOS / "everything.yaml")


def test_categories_add_up_to_the_total_to_the_bit(everything: Scenario) -> None:
    """Protects attribution: in the order of their names the categories of a trial are its total cost."""
    result = simulate(everything, BLOCK + 100, SEED)
    assert result.sample is not None
    for name, parts in result.sample.categories.items():
        assert np.array_equal(sum(parts[key] for key in sorted(parts)), result.costs[name])


def test_event_losses_add_up_to_their_category(tiny: Tree, read: Read) -> None:
    """Protects losses by leg: those of one risk on all legs are its category, as far as float32 tells."""
    sample = sample_of(read(tiny))
    for name, losses in sample.events.items():
        breaches = sum(values.astype(float) for key, values in losses.items() if key.endswith(".breach"))
        assert breaches == pytest.approx(sample.categories[name]["data_breach"], rel=1e-6)
    assert len(sample.events["blend"]) > len(sample.events["in-house"])


def test_nothing_random_is_left_out(everything: Scenario) -> None:
    """Protects sensitivity: what is drawn is an input, noise by its name, a path of the world or a loss."""
    draws = StreamDraws(SEED, 0, BLOCK)
    simulate_block(everything, draws)
    sample = sample_of(everything)
    names = {driver.name for driver in sample.drivers}
    losses = {key for own in sample.events.values() for key in own}
    paths = ("world.fx.", "world.wages.", "world.prices.", "world.volume.", "world.country_events.")
    for name in draws.by_name():
        if name.startswith("input:"):
            assert name.removeprefix("input:") in names
        elif name.startswith(paths):
            assert any(found.startswith(name.rsplit(".", 1)[0]) for found in names), name
        elif name.rpartition(".")[2] in RISKS and not name.startswith("shock."):
            assert name in losses
        else:
            assert name in names


def test_inputs_are_the_values_that_were_used(everything: Scenario) -> None:
    """Protects given-data methods: an input's values are those bound into the scenario, trial by trial."""
    inputs = everything.uncertain
    values = inputs.values(StreamDraws(SEED, 0, BLOCK), everything.dependence)
    found = {driver.name: kept for driver, kept in sample_of(everything).inputs.items()}
    assert len(found) == len(inputs.entries)
    for entry, expected in zip(inputs.entries, values, strict=True):
        variants = [kept for name, kept in found.items() if name.split(" (")[0] == entry.name]
        assert any(np.array_equal(kept, expected.astype(np.float32)) for kept in variants), entry.name


def test_paths_are_held_against_what_the_inputs_let_expect(tiny: Tree, read: Read) -> None:
    """Protects drivers of paths: without the inputs' uncertainty they have mean 1, within 4 errors."""
    noise = {d.label: v.astype(float) for d, v in sample_of(read(tiny), 8 * BLOCK).noise.items()}
    for label, values in noise.items():
        if "against" in label:
            assert abs(values.mean() - 1.0) < 4 * values.std() / np.sqrt(values.size), label
            assert values.std() > 0.001
    assert any("PHP rate" in label for label in noise)


def test_drivers_are_grouped_by_leg_and_clause(everything: Scenario) -> None:
    """Protects grouped sensitivity: source and group of a risk, a clause, a path, a mitigation."""
    places = {driver.name: (driver.source, driver.group) for driver in sample_of(everything).drivers}
    assert places["alternatives.manila.legs[vendor PH].vendor.price.per_unit.amount"] == ("manila", "price")
    assert places["alternatives.today.legs[own staff].team.risks.breach.severity_factor"] == (
        "today.own staff",
        "breach",
    )
    assert places["world.fx.PHP.drift"] == ("world", "exchange rates")
    assert places["world.fx.PHP"] == ("world", "exchange rates")
    assert places["mitigations.security-audit.per_year"] == ("security-audit", "mitigation")


def test_losses_of_an_alternative_are_drivers_of_it(tiny: Tree, read: Read) -> None:
    """Protects event drivers: they stand beside the others, and what never moves does not."""
    sample = sample_of(read(tiny))
    found = sample.behind("manila", "in-house")
    labels = [driver.label for driver in found]
    assert "manila: breach losses" in labels
    assert "in-house: breach losses (manila)" in labels
    assert all(isinstance(driver, Driver) and np.ptp(values) > 0 for driver, values in found.items())


def test_the_sample_is_bounded_and_a_run_of_its_own(
    tiny: Tree, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects memory and pairing: of a long run the first trials are kept, and they are the shorter run."""
    for module in ("engine", "fold"):
        monkeypatch.setattr(f"bposim.{module}.SAMPLE_TRIALS", BLOCK)
    scenario = read(tiny)
    long, short = simulate(scenario, 2 * BLOCK + 5, SEED), simulate(scenario, BLOCK, SEED)
    assert long.sample is not None
    assert short.sample is not None
    assert long.sample.trials == BLOCK
    assert long.first.digest == short.digest
    assert long.sample.drivers.keys() == short.sample.drivers.keys()
    for driver, values in short.sample.drivers.items():
        assert np.array_equal(values, long.sample.drivers[driver])
    assert long.first.categories["manila"] == pytest.approx(short.categories["manila"], rel=1e-12)
