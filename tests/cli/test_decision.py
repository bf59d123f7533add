"""The commands that read a stored run for the decision: compare, sensitivity, value."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bposim.analysis.summary import summarise
from bposim.cli import main
from bposim.engine import simulate
from bposim.errors import RunError
from bposim.files import load
from bposim.report.compare import compare
from bposim.report.compare import paragraph as compared_in_words
from bposim.report.drivers import drivers_behind, inputs_of
from bposim.report.sensitivity import REST, sensitivity
from bposim.report.sensitivity_text import paragraph as drivers_in_words
from bposim.report.study_value import Plan
from bposim.report.value import value
from bposim.report.value_text import by_risk, tables
from bposim.report.value_text import paragraph as value_in_words
from bposim.report.words import listed
from bposim.sample import AnalysisSample, Driver
from bposim.stored import read
from cli.hand_made import SMALL, result_of

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.result import Result as Run
    from bposim.shapes import FloatArray

OK, USAGE, FAILED = 0, 2, 3
SUPPORT = SMALL.parents[2] / "scenarios" / "customer-support.yaml"
TRIALS = 40_000


def call(*arguments: object) -> Result:
    """Run a command; stdout and stderr are kept apart."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def data(*arguments: object) -> dict[str, Any]:
    """Return the JSON that a command writes."""
    result = call(*arguments, "--format", "json")
    assert result.exit_code == OK, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of the small scenario, 3,000 trials."""
    path = tmp_path_factory.mktemp("runs") / "small"
    assert call("run", SMALL, "-n", "3_000", "--seed", 5, "-o", path).exit_code == OK
    return path


def sampled(costs: dict[str, FloatArray], drivers: dict[Driver, FloatArray]) -> Run:
    """Return a result by hand whose costs are of one category, with a sample of these drivers."""
    result = result_of(costs)
    sample = AnalysisSample(
        result.trials,
        "USD",
        {driver: x.astype(np.float32) for driver, x in drivers.items()},
        {name: {"labour": np.asarray(cost)} for name, cost in costs.items()},
        {name: {} for name in costs},
    )
    return replace(result, sample=sample)


def drawn(name: str, group: str = "price", *, is_input: bool = True) -> Driver:
    """Return a driver of manila."""
    return Driver(f"alternatives.manila.{name}", f"manila.{name}", "manila", group, "", is_input=is_input)


def coin(size: int = TRIALS) -> FloatArray:
    """Return as many -1 as 1, in random order: a fair coin without sampling error."""
    return np.random.default_rng(6).permutation(np.repeat([-1.0, 1.0], size // 2))


def one_coin() -> Run:
    """Return a choice between 10M and 9.5M or 11.5M, by a fair coin that can be found out.

    In-house is chosen; knowing the coin saves 0.5M half of the time, 0.25M on average.
    """
    x = coin()
    return sampled({"in-house": np.full(TRIALS, 10e6), "manila": 10.5e6 + 1e6 * x}, {drawn("price"): x})


def test_shares_of_a_linear_saving_are_its_squared_weights() -> None:
    """Protects the shares shown: 36 % and 64 % for 3x + 4y of independent normals, y being chance."""
    x, y = np.random.default_rng(1).standard_normal((2, TRIALS))
    found = sensitivity(
        sampled(
            {"in-house": np.full(TRIALS, 10.0), "manila": 3 * x + 4 * y},
            {drawn("price"): x, drawn("luck", "luck", is_input=False): y},
        ),
        "manila",
    )
    for name, expected in {"manila: price": 0.36, "manila.luck": 0.64}.items():
        for estimate in (found.alone[name], found.shares.shapley[name], found.shares.total[name]):
            assert abs(estimate.value - expected) < 0.015
    assert abs(found.inputs_share - 0.36) < 0.015
    assert [bar.name for bar in found.bars] == ["manila.luck", "manila: price"]
    words = drivers_in_words(found)
    assert "manila: luck (64%) and manila: price (36%)" in words
    assert "No single driver moves it more than manila.luck" in words
    assert "64% is chance" in words


def test_nothing_drives_what_does_not_move() -> None:
    """Protects from tables of zeros: a certain saving is said to be one."""
    with pytest.raises(RunError, match="nothing drives it"):
        sensitivity(
            sampled(
                {"in-house": np.full(400, 3.0), "manila": np.full(400, 1.0)}, {drawn("price"): coin(400)}
            ),
            "manila",
        )


def test_value_of_a_coin_is_what_the_better_choice_saves() -> None:
    """Protects EVPI, EVPPI and a check's value: 250k, 250k, and 50k for a check that is right in 80 %.

    Where it clears, manila is taken, which saves 0.5 (0.8 x 0.5M - 0.2 x 1.5M) = 50k.
    """
    found = value(
        one_coin(),
        [
            Plan("check", ("manila.price",), 20_000.0, check=(0.0, 0.8, 0.2)),
            Plan("blind", ("manila",), 20_000.0, resolved=0.0),
            Plan("all", ("manila: price",), 20_000.0, resolved=1.0),
        ],
    )
    assert found.choice == "in-house"
    assert found.everything.value == pytest.approx(250e3)
    assert found.pieces[0].value.value == pytest.approx(250e3)
    assert found.pieces[0].changes == 0.5
    worth = {plan.name: study.value.value for plan, study in found.studies}
    assert worth == pytest.approx({"check": 50e3, "blind": 0.0, "all": 250e3}, abs=1.0)
    assert [study.name for study in found.first] == ["all", "check"]
    words = value_in_words(found)
    assert "Spend here first: manila: price (up to 250k)." in words
    assert "buy all first" in words


def test_value_quotes_the_run() -> None:
    """Protects from a second figure: EVPI and lead are those of ``run`` and ``compare``, of all trials."""
    half, x = TRIALS // 2, coin()
    late = np.where(np.arange(TRIALS) < half, 0.0, 0.1e6)
    costs = {"in-house": np.full(TRIALS, 10e6), "manila": 10.5e6 + 1e6 * x + late}
    start = sampled({name: cost[:half] for name, cost in costs.items()}, {drawn("price"): x[:half]})
    run = replace(result_of(costs), sample=start.sample)
    found, summary = value(run), summarise(run)
    assert found.trials == half
    assert found.everything == summary.decision.evpi
    assert found.ahead == compare(run, summary).pairs[0].saves
    assert "Inputs are valued on the first 20,000 of 40,000 trials" in value_in_words(found)


def test_value_recommends_only_what_the_run_does() -> None:
    """Protects from "The run recommends" where the run says that it is too close to call."""
    run = one_coin()
    found, decision = value(run), summarise(run).decision
    clear = replace(decision, recommended="manila", close=(), decided=True)
    assert list(by_risk(found, replace(clear, recommended=found.choice))) == []
    assert "The run recommends manila" in next(by_risk(found, clear))
    close = next(by_risk(found, replace(clear, close=("in-house",))))
    assert "manila ranks first, too close to in-house to call" in close
    assert "recommends" not in close
    assert "so far" in next(by_risk(found, replace(clear, decided=False)))


def test_every_input_is_shown_or_counted(folder: Path) -> None:
    """Protects the rows below --top: what is worth something but not shown is said to be there."""
    found = value(read(folder))
    worth = [piece for piece in found.pieces if not piece.worthless]
    table = next(table for table in tables(found, 1) if table.title.startswith("By input"))
    counted = [int(row[0].split()[0]) for row in table.rows[1:]]
    assert counted == [len(worth) - 1, len(found.pieces) - len(worth)]
    assert table.rows[1][1].startswith("up to ")


def test_observations_resolve_their_share_of_the_variance() -> None:
    """Protects "3 x 0.15": four observations with the input's own spread resolve 4/5 of its variance."""
    run = one_coin()
    plans = [
        Plan("seen", ("manila.price",), 0.0, observations=(4.0, 1.0)),
        Plan("resolved", ("manila.price",), 0.0, resolved=0.8),
    ]
    (_, seen), (_, resolved) = value(run, plans).studies
    assert seen.value.value == pytest.approx(resolved.value.value, abs=1.0)
    assert 0 < seen.value.value < 250e3


def test_no_study_is_worth_anything_where_the_choice_does_not_change() -> None:
    """Protects from selling studies: a coin that never makes manila the cheaper one is worth nothing."""
    x = coin()
    found = value(
        sampled({"in-house": np.full(TRIALS, 10e6), "manila": 12e6 + 1e6 * x}, {drawn("price"): x}),
        [Plan("study", ("manila.price",), 1.0, resolved=0.5)],
    )
    assert found.everything.value == 0.0
    assert found.pieces[0].value.value == 0.0
    assert found.studies[0][1].value.value == 0.0
    assert found.first == ()
    assert "the choice does not change" in value_in_words(found)


def test_chance_is_no_use_to_study() -> None:
    """Protects the difference between inputs and chance: what decides here cannot be found out."""
    x = coin()
    run = sampled(
        {"in-house": np.full(TRIALS, 10e6), "manila": 10.5e6 + 1e6 * x},
        {drawn("price"): np.random.default_rng(2).random(TRIALS), drawn("luck", is_input=False): x},
    )
    found = value(run)
    assert found.everything.value == pytest.approx(250e3)
    assert [piece.name for piece in found.pieces] == ["manila: price"]
    assert found.pieces[0].worthless
    assert "what could change it is chance" in value_in_words(found)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan("a", ("krakow.price",), 1.0, resolved=0.5), "no uncertain input is called krakow.price"),
        (Plan("b", ("manila.*",), 1.0, observations=(3.0, 1.0)), "of one input"),
    ],
)
def test_study_of_the_wrong_inputs_is_refused(plan: Plan, message: str) -> None:
    """Protects from a study valued on something else than what was meant."""
    x = coin(400)
    run = sampled(
        {"in-house": np.zeros(400), "manila": x}, {drawn("price"): x, drawn("fee"): np.roll(x, 1) + 0 * x}
    )
    with pytest.raises(RunError, match=message):
        value(run, [plan])


def test_categories_add_up_to_mean_and_worst_futures(folder: Path) -> None:
    """Protects the exact sums: by category and by event risk, on average and in the worst 5 %."""
    run = read(folder).first
    saving = run.saving("manila")
    worst = np.sort(saving)[:150].mean()
    found = sensitivity(run, "manila")
    assert found.losses is not None
    assert REST in found.losses.parts
    for parts in (found.parts, found.losses):
        assert sum(part.value for part in parts.usual.values()) == pytest.approx(saving.mean(), rel=1e-9)
        assert sum(part.value for part in parts.parts.values()) == pytest.approx(worst, rel=1e-9)
        assert parts.total.value == pytest.approx(worst, rel=1e-9)
    assert run.sample is not None
    breaches = {name: own for name, own in run.sample.events["manila"].items() if "manila" in name}
    lost = sum(float(np.mean(losses, dtype=np.float64)) for losses in breaches.values())
    assert found.losses.usual["manila: breach"].value == pytest.approx(-lost)
    assert found.losses.usual["in-house: breach"].value > 0


def test_drivers_are_those_of_the_alternative(folder: Path) -> None:
    """Protects from blaming what is not used: in-house has none of manila's inputs or chance."""
    run = read(folder).first
    mine = drivers_behind(run, ["in-house"]).drivers
    both = drivers_behind(run, ["in-house", "manila"]).drivers
    assert "in-house: staff turnover a year" in mine
    assert "volume growth a year" in mine
    assert not [name for name in mine if "manila" in name]
    assert {"manila: price per contact", "manila: breach losses", "manila: chance in quality"} <= set(both)
    assert all(driver.is_input for driver in inputs_of(run).drivers.values())


def test_an_input_of_anothers_name_is_marked_as_shared() -> None:
    """Protects from manila in what drives krakow: both have one clause; a blend has manila's leg itself."""
    run = simulate(load(SUPPORT), 64)
    of_krakow = set(drivers_behind(run, ["in-house", "krakow"]).drivers)
    assert "manila: change requests (part of fees) (shared)" in of_krakow
    assert [name for name in of_krakow if "manila" in name and "(shared)" not in name] == []
    for own in ("manila", "blend"):
        assert "manila: change requests (part of fees)" in drivers_behind(run, ["in-house", own]).drivers


def test_whoever_is_cheaper_in_every_future_dominates() -> None:
    """Protects the verdicts shown: a million less in every future is better whatever the taste for risk."""
    base = np.random.default_rng(3).normal(10e6, 1e6, TRIALS)
    run = result_of({"in-house": base, "manila": base - 1e6})
    found = compare(run, summarise(run))
    assert [place.name for place in found.places] == ["manila", "in-house"]
    assert [order.verdict for order in found.pairs[0].orders] == ["dominates", "dominates"]
    assert found.pairs[0].saves.value == pytest.approx(1e6)
    words = compared_in_words(found)
    assert "Whoever prefers to pay less prefers it to in-house" in words


def test_level_alternatives_are_too_close_to_call() -> None:
    """Protects from a verdict by noise: independent costs of one distribution are a draw."""
    rng = np.random.default_rng(4)
    run = result_of({name: rng.normal(10e6, 1e6, 20_000) for name in ("in-house", "manila")})
    found = compare(run, summarise(run))
    assert found.places[0].too_close
    assert {order.verdict for order in found.pairs[0].orders} == {"too close to call"}
    assert "Too close to call" in compared_in_words(found)


@pytest.mark.parametrize(
    ("command", "schema", "keys"),
    [
        ("compare", "bposim.comparison/1", {"alternatives", "pairs", "ranking_holds"}),
        ("sensitivity", "bposim.sensitivity/1", {"drivers", "groups", "by_category", "by_event_risk"}),
        ("value", "bposim.value/1", {"evpi", "evppi", "all_inputs", "studies", "spend_here_first"}),
    ],
)
def test_stored_run_and_new_one_say_the_same(folder: Path, command: str, schema: str, keys: set[str]) -> None:
    """Protects the JSON's schema and that a folder is as good as its scenario: nothing depends on the way."""
    stored = data(command, folder)
    assert stored["schema"] == schema
    assert keys <= set(stored)
    assert stored["trials"] == 3_000
    assert stored == data(command, SMALL, "-n", "3_000", "--seed", 5)


def test_values_of_information_are_in_order(folder: Path) -> None:
    """Protects the reader's trust: nothing is worth less than 0 or more than to know everything."""
    found = data("value", folder, "--study", "pilot=manila.transition.delay, manila.price:60%:10k")
    limit = found["evpi"]["value"]
    worth = [each["evppi"]["value"] for each in [*found["evppi"], *found["legs"], found["all_inputs"]]]
    worth += [study["evsi"]["value"] for study in found["studies"]]
    assert len(worth) > 5
    assert min(worth) >= 0.0
    assert max(worth) <= limit
    assert found["studies"][0]["price"] == 10_000.0
    assert found["studies"][0]["net"]["value"] == found["studies"][0]["evsi"]["value"] - 10_000.0


@pytest.mark.parametrize("command", ["compare", "sensitivity", "value"])
def test_tables_fit_eighty_columns(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the usual terminal: no line of a table is wider than 80 columns."""
    monkeypatch.setattr("bposim.cli.terminal.PIPE_WIDTH", 80)
    result = call(command, folder)
    assert result.exit_code == OK
    table = result.stdout[: result.stdout.rindex(" \n")]
    assert max(map(len, table.splitlines())) <= 80


def test_another_alternative_and_its_cost(folder: Path) -> None:
    """Protects --alternative and --of: the cost of the baseline has drivers, and its bad end is high."""
    found = data("sensitivity", folder, "--alternative", "in-house", "--of", "total_cost")
    run = read(folder).first
    assert found["mean"]["value"] == pytest.approx(run.costs["in-house"].mean())
    assert found["quantile"]["p"] == 0.95
    assert found["by_category"]["worst_5_percent"]["value"] > found["mean"]["value"]
    assert {driver["kind"] for driver in found["drivers"]} == {"input", "chance"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sensitivity", "--alternative", "in-house"], "is the baseline"),
        (["sensitivity", "--alternative", "cebu"], "cebu is not one of in-house, manila, blend"),
        (["sensitivity", "-n", "500"], "--trials changes a run"),
        (["value", "--set", "discount_rate=9%"], "--set changes a run"),
        (["value", "--study", "pilot"], "is no study"),
        (["value", "--study", "pilot=manila.price:160%:5k"], "160% is more than all"),
        (["value", "--study", "pilot=manila.price:60%:cheap"], "cheap"),
    ],
)
def test_wrong_use_is_explained(folder: Path, arguments: list[str], message: str) -> None:
    """Protects from answers to another question: what a stored run cannot do is said, with exit code 2."""
    command, *rest = arguments
    result = call(command, folder, *rest)
    assert result.exit_code == USAGE
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_folder_without_run_is_refused(tmp_path: Path) -> None:
    """Protects from a traceback: a folder that holds no run is said to be one."""
    result = call("value", tmp_path)
    assert result.exit_code == FAILED
    assert "holds no run" in result.stderr


@pytest.mark.parametrize(
    ("texts", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_english(texts: list[str], expected: str) -> None:
    """Protects the sentences: commas, and one "and"."""
    assert listed(texts) == expected
