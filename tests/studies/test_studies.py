"""Worth, break-even, stress, sweep and --until on the tiny scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim import load
from bposim.analysis.comparison import MeanEs
from bposim.analysis.convergence import Target
from bposim.analysis.measures import Sample
from bposim.analysis.statistic import statistic
from bposim.analysis.turns import alone
from bposim.clauses import clause_paths
from bposim.engine import simulate
from bposim.errors import ScenarioError
from bposim.studies.breakeven import (
    driver_of,
    joint_move,
    map_by_runs,
    map_in_sample,
    turns_by_runs,
    turns_in_sample,
)
from bposim.studies.stress import UnfitStressError, stressed
from bposim.studies.sweep import sweep
from bposim.studies.until import PILOT, simulate_until
from bposim.studies.variants import Run, Source, valued
from bposim.studies.varied import at_values, varied
from bposim.studies.worth import worth_of

if TYPE_CHECKING:
    from bposim.scenario import Scenario

HERE = Path(__file__).parents[1]
TINY = HERE / "data" / "tiny.yaml"
RUN = Run(2048, 5)


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    """Return the tiny scenario."""
    return load(TINY)


def figure(name: str = "saving.mean"):  # noqa: ANN201
    """Return a figure of the tiny scenario."""
    return statistic(name, load(TINY).preferences, MeanEs())


# ---------------------------------------------------------------- worth


def test_every_clause_is_found_once(tiny: Scenario) -> None:
    """Protects the list: the clauses of the contract, not the numbers of the transition."""
    assert [path.partition("vendor.")[2] for path, _ in clause_paths(tiny, "manila")] == [
        "price.per_unit.commitment",
        "price.per_unit.band",
        "term",
        "indexation",
        "indexation.cap",
        "indexation.give_back",
        "sla",
        "risks.breach.recovery",
        "risks.breach.insurance",
    ]


def test_service_credits_are_worth_what_they_pay(tiny: Scenario) -> None:
    """Protects the sign and the pairing: without sla the credits are gone and nothing else moves."""
    found = worth_of(tiny, "manila", RUN)
    whole = valued(tiny, RUN, {"manila"})
    items = {item.short: item for item in found.items}
    paid = whole.categories["manila"]["service_credits"]
    assert items["manila.sla"].worth.mean.value == pytest.approx(-paid, rel=1e-9)
    assert items["manila.sla"].worth.cost == 0.0
    assert found.fees == pytest.approx(whole.categories["manila"]["vendor_fees"], rel=1e-12)
    # 24 months at 8 %: half a month less than two years in the middle, ln(1.08) as continuous rate.
    assert found.annuity == pytest.approx(sum(1.08 ** (-t / 12) for t in range(1, 25)) / 12, rel=1e-9)
    assert found.selection is None


MEASURES = """
extends: tiny.yaml
mitigations:
  drill: {per_year: 10k, effects: {"*.breach.severity": 0.5}}
  patches: {per_year: 5k, effects: {"*.breach.per_year": 0.6}}
  gold-plating: {once: 5M, effects: {"*.outage.hours": 0.5}}
alternatives:
  manila: {mitigations: [patches]}
"""


def test_worth_of_mitigations_and_their_best_set(tmp_path: Path) -> None:
    """Protects the study: each is valued beside what is taken, the groups and the best set are told."""
    (tmp_path / "tiny.yaml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "measures.yaml").write_text(MEASURES, encoding="utf-8")
    found = worth_of(load(tmp_path / "measures.yaml"), "manila", Run(1024, 5), 60_000)
    items = {item.name: item for item in found.items if item.kind == "mitigation"}
    assert {name: item.taken for name, item in items.items()} == {
        "drill": False,
        "patches": True,
        "gold-plating": False,
    }
    assert items["gold-plating"].worth.cost == pytest.approx(5e6, rel=1e-9)
    assert items["gold-plating"].worth.mean.value < -4.9e6
    assert found.selection is not None
    assert found.selection.exact
    assert found.selection.chosen == ("drill", "patches")
    assert ("drill", "patches") in found.selection.groups  # both act on breaches
    assert found.selection.interactions["drill", "patches"].value < 0  # and so partly replace each other
    assert found.chosen is not None
    assert found.chosen.cost < 60_000


# ---------------------------------------------------------------- break-even


def test_break_even_by_runs_is_where_the_saving_is_nothing() -> None:
    """Protects the root: run again there, the mean saving is 0 to a ten-thousandth of its slope."""
    moved = varied(Source(TINY), "manila.price=100..600")
    turn = turns_by_runs(Source(TINY), moved, figure(), "manila", ["in-house"], RUN)[0]
    place = turn.at[0]
    assert not place.rising
    at = valued(at_values(Source(TINY), [moved], [place.at]), RUN)
    saving = at.costs["in-house"] - at.costs["manila"]
    assert abs(np.mean(saving)) < 1e-2 * np.std(saving)
    assert place.low is not None
    assert place.low < place.at < (place.high or 0)


def test_sample_and_runs_agree_without_dependence() -> None:
    """Protects both readings: for an input that nothing is correlated with they are one."""
    source = Source(TINY)
    result = simulate(source.scenario, 16_384, 5)
    moved = varied(source, "manila.delay")
    drawn = driver_of(result.sample, moved)
    assert drawn is not None
    level = float(np.mean(result.saving("manila")))
    at_mean = statistic("saving.mean", source.scenario.preferences, MeanEs())
    lifted = type(at_mean)(**{**{f: getattr(at_mean, f) for f in at_mean.__slots__}, "level": level})
    given = turns_in_sample(result, drawn, lifted, "manila", ["in-house"])[0].at[0]
    run = turns_by_runs(source, moved, lifted, "manila", ["in-house"], Run(16_384, 5), drawn)[0].at[0]
    assert given.low is not None
    assert given.high is not None
    assert given.low <= run.at <= given.high
    assert run.below == pytest.approx(given.below, abs=0.1)


def test_risk_adjusted_value_is_read_off_where_runs_find_it(tiny: Scenario) -> None:
    """Protects the parts of the ranking figure: their mean is it, and they turn where the runs do."""
    source = Source(TINY)
    result = simulate(tiny, 16_384, 5)
    moved = varied(source, "manila.price")
    drawn = driver_of(result.sample, moved)
    assert drawn is not None
    adjusted = figure("risk_adjusted_value")
    costs = result.costs["in-house"], result.costs["manila"]
    assert adjusted.parts is not None
    level = adjusted(*costs).value
    assert float(adjusted.parts(*map(Sample, costs)).mean()) == pytest.approx(level)
    lifted = replace(adjusted, level=level)
    given = turns_in_sample(result, drawn, lifted, "manila", ["in-house"])[0].at[0]
    run = turns_by_runs(source, moved, lifted, "manila", ["in-house"], Run(16_384, 5), drawn)[0].at[0]
    assert given.low is not None
    assert given.high is not None
    assert run.low is not None
    assert run.high is not None
    assert max(given.low, run.low) <= min(given.high, run.high)


def test_figure_that_is_no_mean_is_not_split(tiny: Scenario) -> None:
    """Protects from a break-even of the mean where another figure was asked for."""
    with pytest.raises(ValueError, match="no mean over futures"):
        alone(simulate(tiny, 1024, 5), figure("saving.p5"), "manila", "in-house")


def test_fixed_number_has_no_driver(tiny: Scenario) -> None:
    """Protects the choice of the way: a fixed number is not read off the sample."""
    result = simulate(tiny, 1024, 5)
    assert driver_of(result.sample, varied(Source(TINY), "manila.fee_share")) is None


def test_maps_agree_in_sign_at_the_corners(tiny: Scenario) -> None:
    """Protects rows and columns: dear and late is worse than cheap and early, by either way."""
    source = Source(TINY)
    result = simulate(tiny, 8192, 5)
    first, second = varied(source, "manila.price=160..230:3"), varied(source, "manila.delay=0.5..4:2")
    by_runs = map_by_runs(source, first, second, figure(), "manila", "in-house", Run(1024, 5))
    assert by_runs.value.shape == (2, 3)
    across, down = driver_of(result.sample, first), driver_of(result.sample, second)
    assert across is not None
    assert down is not None
    given = map_in_sample(result, across, down, figure(), "manila", "in-house")
    for found in (by_runs, given):
        assert found.value[0, 0] > found.value[-1, -1]
        assert found.value[0, 0] > found.value[0, -1]


def test_inputs_that_turn_it_and_the_joint_move(tiny: Scenario) -> None:
    """Protects what a break-even without --vary says: each turn has a chance, and so has the joint move."""
    result = simulate(tiny, 4096, 5)
    turns = alone(result, figure(), "manila", "krakow")
    assert all(0 <= place.below <= 1 for _, places in turns for place in places)
    move = joint_move(result, "manila", "krakow")
    assert 0 <= move.likelihood <= 0.5


# ---------------------------------------------------------------- stress and sweep

STRESSES = """
extends: tiny.yaml
stresses:
  peso: {fx: {PHP: {change: 20%, from_month: 2028-01, to_month: 2028-03}}}
  volume: {volume: {change: -10%}}
  rate: {set: {discount_rate: 12%}, inputs: {manila.price: p90}}
  dear: {given: {manila.price: above p80}}
"""


@pytest.fixture
def with_stresses(tmp_path: Path) -> Path:
    """Return the tiny scenario with stresses."""
    (tmp_path / "tiny.yaml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "stressed.yaml").write_text(STRESSES, encoding="utf-8")
    return tmp_path / "stressed.yaml"


def test_stresses_stand_beside_the_base(with_stresses: Path) -> None:
    """Protects each kind: what it moves, and what it leaves to the bit."""
    base, peso, volume, rate, dear = stressed(Source(with_stresses), RUN)
    assert base.name == "as it is"
    assert base.alternatives["manila"].change.value == 0.0
    assert peso.alternatives["krakow"].change.value == 0.0  # paid in zloty
    assert peso.alternatives["manila"].change.value < 0
    assert volume.alternatives["in-house"].cost.value < base.alternatives["in-house"].cost.value
    assert rate.alternatives["in-house"].cost.value < base.alternatives["in-house"].cost.value
    assert dear.condition
    assert dear.trials == pytest.approx(0.2 * RUN.trials, rel=0.2)
    assert dear.alternatives["manila"].change.value < 0


def test_currency_stress_is_that_of_its_months(with_stresses: Path) -> None:
    """Protects the months: three months of a peso a fifth dearer cost a fifth of the fees of those months."""
    _, peso, *_ = stressed(Source(with_stresses), Run(1024, 5))
    scenario = load(with_stresses)
    from bposim.cash import cash_flows  # noqa: PLC0415
    from bposim.discounting import discount_factors  # noqa: PLC0415 - for this test alone
    from bposim.inputs.draws import StreamDraws  # noqa: PLC0415

    draws = StreamDraws(5, 0, 1024)
    bound = scenario.uncertain.bind(scenario, scenario.uncertain.values(draws, scenario.dependence))
    factors = discount_factors(bound.discount_rate, bound.months)
    lost = 0.0
    for name, _, lines in cash_flows(bound, draws):
        for line in lines:
            if name == "manila" and line.category == "vendor_fees":
                monthly = np.broadcast_to(line.monthly, (24, 1024))
                lost += 0.2 * float(np.mean(np.sum((monthly * factors)[9:12], axis=0)))
    change = -peso.alternatives["manila"].change.value
    # Credits, governance and taxes follow the fees: a little more or less than the fees alone.
    assert change == pytest.approx(lost, rel=0.25)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{fx: {EUR: {change: 5%}}}", "no exchange rate of EUR"),
        ("{inputs: {manila.fee_share: p90}}", "no uncertain input"),
        ("{given: {manila.price: above p99.9}}", "100 are needed"),
    ],
)
def test_stress_that_does_not_fit_is_said(with_stresses: Path, text: str, what: str) -> None:
    """Protects the messages."""
    with_stresses.write_text(f"extends: tiny.yaml\nstresses:\n  bad: {text}\n", encoding="utf-8")
    with pytest.raises(UnfitStressError, match=what):
        stressed(Source(with_stresses), RUN)


@pytest.mark.parametrize(
    "text",
    ["{}", "{inputs: {manila.price: high}}", "{given: {manila.price: p90}}", "{fx: {PHP: {change: -100%}}}"],
)
def test_stress_that_cannot_be_read_is_refused(with_stresses: Path, text: str) -> None:
    """Protects the file: a slip is a complaint with its place."""
    with_stresses.write_text(f"extends: tiny.yaml\nstresses:\n  bad: {text}\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        load(with_stresses)


def test_override_does_not_land_in_a_stress(with_stresses: Path) -> None:
    """Protects --set: the keys below stresses.*.set are paths themselves, and not what a path means."""
    assert load(with_stresses, {"discount_rate": "5%"}).discount_rate == 0.05


def test_sweep_is_the_runs_of_its_grid(tiny: Scenario) -> None:
    """Protects the grid: the last number moves fastest, each point is the run with its values."""
    source = Source(TINY)
    moved = [varied(source, "discount_rate=6%..10%:2"), varied(source, "manila.fee_share=5%..7%:3")]
    points = sweep(source, moved, Run(512, 5), ["total_cost.mean"])
    expected = [(a, b) for a in (0.06, 0.10) for b in (0.05, 0.06, 0.07)]
    assert np.allclose([point.at for point in points], expected, rtol=1e-12)
    by_hand = valued(load(TINY, {"discount_rate": "0.06", "manila.fee_share": "0.06"}), Run(512, 5))
    found = points[1].figures["manila"]["total_cost.mean"].value
    assert found == pytest.approx(float(np.mean(by_hand.costs["manila"])), rel=1e-12)


# ---------------------------------------------------------------- until


def test_run_until_is_the_run_of_so_many_trials(tiny: Scenario) -> None:
    """Protects --until: to the bit the run of its trials, at a doubling, with the target kept."""
    found = simulate_until(tiny, [Target("saving.mean", "manila", None, 7_000.0)], seed=2, most=40_000)
    assert found.result.digest == simulate(tiny, found.result.trials, 2).digest
    assert found.result.trials in {PILOT, 2 * PILOT, 40_000}
    assert found.looks[-1] == found.result.trials
    assert found.tables[0][-1].trials == found.result.trials


def test_run_ends_at_the_most_trials(tiny: Scenario) -> None:
    """Protects from a run without end."""
    found = simulate_until(tiny, [Target("saving.mean", None, 1e-9, None)], most=3000)
    assert found.result.trials == 3000
    assert not found.reached
    assert (found.judgements[0].trials_needed or 0) > 1_000_000
