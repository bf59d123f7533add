"""Pictures of comparisons, values of information and studies: the right figures, legible, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import bposim
from bposim.analysis.comparison import MeanEs
from bposim.analysis.frontier import simulated_frontier, splits
from bposim.analysis.measures import Estimate, normal_interval
from bposim.analysis.worth import Worth
from bposim.cli import main
from bposim.engine import simulate
from bposim.report.numbers import MINUS
from bposim.report.pictures import break_even_grid, comparison, frontier, stress, value, worth
from bposim.report.pictures.break_even_grid import Grid
from bposim.report.pictures.files import save_to
from bposim.report.pictures.frontier import SimulatedSplits
from bposim.report.pictures.gallery import KINDS, Wanted, picture_of_worth
from bposim.report.pictures.page import CannotDrawError
from bposim.report.pictures.stress import Stressed
from bposim.report.pictures.style import COSTS, SAVES
from bposim.report.pictures.worth import Priced, PriceList
from bposim.report.study_value import Plan
from bposim.report.value import value as value_of
from bposim.sample import AnalysisSample, Driver
from cli.hand_made import result_of
from report.drawn import illegible, texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bposim.result import Result
    from bposim.shapes import FloatArray

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
SUPPORT = Path(__file__).parents[2] / "scenarios" / "customer-support.yaml"
LONG = "a shared service centre in a far country with a name as long as a line of text"


@pytest.fixture(scope="module")
def result() -> Result:
    """Return a run of the small scenario."""
    return simulate(bposim.load(TINY), 4096, 3)


def canvas() -> Axes:
    """Return empty axes."""
    figure = Figure(figsize=(8.0, 4.0))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.1, 0.1, 0.8, 0.8))


def bars(axes: Axes) -> list[float]:
    """Return how far each bar reaches, from the top."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [bar.get_x() + bar.get_width() for bar in sorted(found, key=lambda bar: bar.get_y())]


def about(number: float, se: float = 1e3) -> Estimate:
    """Return an estimate with its interval."""
    return normal_interval(number, se)


# --- comparison ------------------------------------------------------------------------------------


def test_comparison_shows_the_paired_differences(result: Result) -> None:
    """Protects the pairing and the ends: mean, P5 and P95 of the difference in the same futures."""
    found = comparison.comparison(result)
    axes = comparison.plot(canvas(), result, found)
    pair = found.pairs[0]
    saved = result.costs[pair.second] - result.costs[pair.first]
    drawn = [np.asarray(line.get_xdata(), dtype=float) for line in axes.lines]
    assert any(line.size == 1 and line[0] == pytest.approx(saved.mean()) for line in drawn)
    ends = np.quantile(saved, [0.05, 0.95])
    assert any(line.size == 2 and line == pytest.approx(ends, rel=0.01) for line in drawn)
    regret = [found.regret[place.name].value for place in found.places]
    assert bars(comparison.plot_regret(canvas(), result, found)) == pytest.approx(regret)


def test_comparison_says_when_it_is_too_close_to_call() -> None:
    """Protects from a winner by noise, and from a certain one told as doubtful."""
    rng = np.random.default_rng(4)
    level = result_of({name: rng.normal(10e6, 1e6, 20_000) for name in ("in-house", "manila")})
    assert comparison.finding(comparison.comparison(level)).startswith("too close to call: ")
    base = rng.normal(10e6, 1e6, 20_000)
    sure = result_of({"in-house": base, "manila": base - 1e6 - rng.random(20_000)})
    assert comparison.finding(comparison.comparison(sure)).startswith("manila ranks first, USD 1.")
    with pytest.raises(CannotDrawError, match="run more"):
        comparison.comparison(result_of({"in-house": base[:20], "manila": base[:20] + base[20:40]}))


def test_comparison_of_many_long_names_is_legible() -> None:
    """Protects the page: six alternatives with names as long as a line are fifteen pairs, ten shown."""
    rng = np.random.default_rng(5)
    costs = {"in-house": rng.normal(10e6, 1e6, 2000)}
    costs |= {f"{LONG}, number {place}": rng.normal(9e6 + place, 1e6, 2000) for place in range(5)}
    figure = comparison.draw(result_of(costs))
    assert not illegible(figure)
    assert "10 of 15 pairs" in " ".join(" ".join(texts(figure)).split())


# --- value of information --------------------------------------------------------------------------


def coin(choice_changes: bool = True, name: str = "price") -> Result:
    """Return a choice between 10M and 9.5M or 11.5M by a coin that can be found out: worth 250k."""
    x = np.random.default_rng(6).permutation(np.repeat([-1.0, 1.0], 4000))
    dear = 10.5e6 if choice_changes else 12e6
    run = result_of({"in-house": np.full(8000, 10e6), "manila": dear + 1e6 * x})
    driver = Driver(f"alternatives.manila.{name}", f"manila.{name}", "manila", "price", "", is_input=True)
    drivers: dict[Driver, FloatArray] = {driver: x}
    sample = AnalysisSample(
        8000,
        "USD",
        {own: values.astype(np.float32) for own, values in drivers.items()},
        {each: {"labour": cost} for each, cost in run.costs.items()},
        {each: {} for each in run.costs},
    )
    return replace(run, sample=sample)


def test_value_bars_are_the_values_of_information() -> None:
    """Protects the bars: knowing the coin is worth 250k, as much as all of the future."""
    run = coin()
    found = value_of(run)
    assert bars(value.plot(canvas(), found)) == pytest.approx([250e3])
    assert value.finding(found).startswith("find out manila: price first: ")
    assert value.finding(found).endswith("worth up to USD 250k")
    assert not illegible(value.draw(run, found))


def test_value_of_studies_is_held_against_their_price() -> None:
    """Protects "buy": a study is blue where it is worth more than its price, the best one in the title."""
    run = coin()
    plans = [
        Plan("all", ("manila.price",), 20e3, resolved=1.0),
        Plan("dear", ("manila.price",), 900e3, resolved=1.0),
    ]
    found = value_of(run, plans)
    axes = value.plot_studies(canvas(), found)
    assert bars(axes) == pytest.approx([250e3, 250e3], rel=1e-6)
    shown = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [to_hex(bar.get_facecolor()) for bar in shown] == [SAVES.lower(), COSTS.lower()]
    assert value.finding(found) == "buy the study “all” first: it is worth USD 230k more than it costs"
    assert not illegible(value.draw(run, found))


def test_nothing_to_find_out_is_no_picture() -> None:
    """Protects from a picture of noise: a coin that never changes the choice is worth nothing."""
    run = coin(choice_changes=False)
    with pytest.raises(CannotDrawError, match="nothing that could be found out"):
        value.draw(run, value_of(run))


# --- worth -----------------------------------------------------------------------------------------


def priced(name: str, mean: float, *, clause: bool = True, se: float = 1e3) -> Priced:
    """Return something worth so much, and half as much again in the tail."""
    return Priced(
        name,
        "what it says",
        Worth(about(mean, se), about(1.5 * mean, se), about(1.2 * mean, se), about(0.0), 0.0),
        clause,
        taken=True,
    )


def test_worth_bars_have_the_side_that_they_serve(result: Result) -> None:
    """Protects lengths, colours and the advice: strike what serves the vendor, keep what serves us."""
    rows = (
        priced("sla", 5e5),
        priced("cap", 2e5),
        priced("indexation", -3e6),
        priced("training", 1e5, clause=False),
    )
    prices = PriceList("manila", rows, fees=36e6)
    axes = worth.plot(canvas(), prices, "mean")
    assert bars(axes) == pytest.approx([5e5, 2e5, -3e6, 1e5])
    tail = worth.plot(canvas(), prices, "shortfall")
    assert bars(tail) == pytest.approx([7.5e5, 3e5, -4.5e6, 1.5e5])
    colours = [to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert [colour == SAVES.lower() for colour in colours] == [True, True, False, True]
    found = worth.finding(result, prices)
    assert "negotiate indexation first: striking it out is worth USD 3.6M, 10.0% of the fees" in found
    assert "hold on to sla, worth USD 600k" in found
    assert not illegible(worth.draw(result, prices))


def test_worth_that_cannot_be_told_is_not_advised(result: Result) -> None:
    """Protects from advice by noise, from bars without an error, and from an empty page."""
    doubtful = PriceList("manila", (priced("sla", 500.0, se=1e5),), fees=0.0)
    assert worth.finding(result, doubtful).startswith("nothing in the contract of manila")
    thin = priced("sla", 5e5)
    thin = replace(thin, worth=replace(thin.worth, shortfall=Estimate(1.0, None, note="few")))
    assert "too few futures" in texts(worth.draw(result, PriceList("manila", (thin,), 0.0)))
    only = PriceList("manila", (priced("training", 4e5, clause=False),), 0.0)
    assert "training is worth most: USD 480k more than it costs" in worth.finding(result, only)
    with pytest.raises(CannotDrawError, match="no clause"):
        worth.draw(result, PriceList("manila", (), 0.0))


def test_worth_shows_the_largest_of_many(result: Result) -> None:
    """Protects a long contract: the largest either way stay, in the order of the list, and it is said."""
    rows = tuple(priced(f"{LONG} {place}", (25 - place) * 1e4 * (-1) ** place) for place in range(25))
    prices = PriceList(LONG, rows, fees=1e7)
    figure = worth.draw(result, prices)
    assert prices.shown == rows[: worth.MOST]
    assert "The 18 largest of 25" in " ".join(" ".join(texts(figure)).split())
    assert not illegible(figure)


# --- stress ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """What an alternative saves under a stress."""

    saving: Estimate
    change: Estimate
    p5: Estimate
    p95: Estimate


def under(name: str, mean: float, *order: str, change: float = 0.0, close: bool = False) -> Stressed:
    """Return a stress under which both alternatives save so much."""
    own = Saved(about(mean, 1e4), about(change, 1e4), about(mean - 5e6, 1e4), about(mean + 5e6, 1e4))
    nothing = Saved(*[Estimate(0.0, 0.0)] * 4)
    return Stressed(
        name,
        condition=name == "dear",
        alternatives={"in-house": nothing, "manila": own, "krakow": own},
        order=order or ("manila", "krakow", "in-house"),
        close=close,
    )


def test_stress_lines_go_from_p5_to_p95(result: Result) -> None:
    """Protects the ends and the mean of each row."""
    found = [under("as it is", 4e6), under("peso", 1e6, change=-3e6)]
    axes = stress.plot(canvas(), result, found, "manila")
    drawn = [tuple(np.asarray(line.get_xdata(), dtype=float)) for line in axes.lines]
    for mean in (4e6, 1e6):
        assert (mean - 5e6, mean + 5e6) in drawn
        assert (mean,) in drawn


@pytest.mark.parametrize(
    ("stresses", "told"),
    [
        (
            [under("peso", 1e6, change=-3e6)],
            "manila stays the choice under every stress; peso takes USD 3.0M of its mean saving",
        ),
        ([under("peso", 1e6, "krakow", "manila", "in-house", change=-3e6)], "turns under peso (to krakow)"),
        (
            [under("peso", 1e6, "krakow", "manila", "in-house", change=-3e6, close=True)],
            "no stress clearly turns the choice of manila; peso takes",
        ),
        ([under("calm", 5e6, change=1e6)], "manila stays the choice under every stress"),
    ],
)
def test_stress_says_whether_the_choice_turns(result: Result, stresses: list[Stressed], told: str) -> None:
    """Protects the title: a turn within the error is not told as one."""
    assert told in stress.finding(result, [under("as it is", 4e6), *stresses])


def test_many_stresses_with_long_names_are_legible(result: Result) -> None:
    """Protects the page, and the words about conditions; one row alone is refused."""
    rows = [under("as it is", 4e6), under("dear", 2e6, change=-2e6)]
    rows += [under(f"{LONG} {place}", 1e6, change=-3e6) for place in range(8)]
    figure = stress.draw(result, rows)
    assert not illegible(figure)
    assert "* A condition" in " ".join(" ".join(texts(figure)).split())
    with pytest.raises(CannotDrawError, match="names no stress"):
        stress.draw(result, rows[:1])


# --- splits and maps -------------------------------------------------------------------------------


def test_simulated_splits_promise_no_further_cost(result: Result) -> None:
    """Protects the difference: splits that were simulated have their costs in them, and the page says so."""
    noise = np.random.default_rng(1).normal(0, 10e6, 8000)
    legs = {"manila": 80e6 + noise, "krakow": 80e6 - noise}
    costs = {(s, t): s * legs["manila"] + t * legs["krakow"] for s, t in splits(4, 2)}
    found = simulated_frontier(("manila", "krakow"), costs, np.full(8000, 100e6), MeanEs())
    drawn = SimulatedSplits(result.scenario, 1, 8000, found, 0.25, "splits pay no coordination")
    told = frontier.finding(drawn)
    assert told.startswith("the best split is 50% manila and 50% krakow: worth USD ")
    assert told.endswith(" alone")
    figure = frontier.draw(drawn)
    assert "Each split was simulated in the same futures, in steps of 25%" in " ".join(
        " ".join(texts(figure)).split()
    )
    assert not illegible(figure)


def grid(value_: FloatArray, **changes: object) -> Grid:
    """Return a map of these values, (second, first)."""
    rows, columns = value_.shape
    made = Grid(
        "manila",
        "krakow",
        "risk_adjusted_value",
        0.0,
        saves=True,
        is_share=False,
        first="manila.price",
        second="discount_rate",
        first_at=np.linspace(150, 200, columns),
        second_at=np.linspace(0.04, 0.12, rows),
        value=value_,
        se=np.full_like(value_, 1e5),
        by_runs=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_rate_is_written_in_per_cent(result: Result) -> None:
    """Protects the axes of a map: a growth of 12% is no 0.12, and an amount no percentage."""
    drawn = break_even_grid.draw(result, grid(np.array([[1e6, -1e6], [2e6, 1e6]]), rates=(False, True)))
    axes = drawn.axes[0]
    drawn.canvas.draw()
    across = [label.get_text() for label in axes.get_xticklabels()]
    up = [label.get_text() for label in axes.get_yticklabels()]
    assert all(text.endswith("%") for text in up)
    assert not any("%" in text for text in across)


def test_the_map_counts_the_cells_in_which_the_choice_holds(result: Result) -> None:
    """Protects title, numbers and direction: of a cost less is better."""
    values = np.array([[-2e6, 1e6, 3e6], [-1e6, 2e6, 4e6]])
    assert break_even_grid.finding(grid(values)).startswith("manila is ahead of krakow in 4 of 6 cells")
    assert break_even_grid.finding(grid(values, saves=False)).startswith(
        "manila is ahead of krakow in 2 of 6"
    )
    assert "stays ahead of krakow everywhere" in break_even_grid.finding(grid(np.abs(values)))
    assert "krakow stays ahead of manila" in break_even_grid.finding(grid(-np.abs(values)))
    figure = break_even_grid.draw(result, grid(values))
    assert {f"{MINUS}2.0M", "1.0M", "4.0M", "150", "0.12"} <= set(texts(figure))
    assert not illegible(figure)
    with pytest.raises(CannotDrawError, match="simulate more"):
        break_even_grid.draw(result, grid(np.where(values > 3e6, np.nan, values)))


# --- where they go ---------------------------------------------------------------------------------


def test_one_file_or_a_folder(result: Result, tmp_path: Path) -> None:
    """Protects -o: a name with a format is that file, any other a folder; two pictures need a folder."""
    drawn = [picture_of_worth(result, PriceList(name, (priced("sla", 5e5),), 0.0)) for name in ("a", "b")]
    (file,) = save_to(drawn[:1], tmp_path / "new" / "list.pdf")
    assert file.read_bytes().startswith(b"%PDF")
    assert [path.name for path in save_to(drawn, tmp_path / "folder")] == [
        "worth-a.png", "worth-a.svg", "worth-b.png", "worth-b.svg",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="name a folder"):
        save_to(drawn, tmp_path / "both.png")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("worth", "-n", "256", "--alternative", "manila"), "worth-manila"),
        (("stress", "-n", "256"), "stress"),
        (("frontier", "-n", "2048", "--steps", "2", "--leg", "in-house", "--leg", "manila"), "splits"),
        (("value", "-n", "2048"), "value"),
        (("breakeven", "-n", "1024", "--vary", "manila.price", "--vary", "world.volume.growth",
          "--statistic", "saving.mean"), "break-even-map"),
    ],
)  # fmt: skip
def test_each_study_draws_what_it_found(tmp_path: Path, arguments: tuple[str, ...], found: str) -> None:
    """Protects the one convention: -o of every study, and JSON stays alone on stdout."""
    base = SUPPORT if found == "value" else TINY
    (tmp_path / "base.yaml").write_text(base.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "stressed.yaml"
    file.write_text("extends: base.yaml\nstresses: {dear: {set: {discount_rate: 12%}}}\n", encoding="utf-8")
    command, *options = arguments
    for target, files in (
        (tmp_path / "one.svg", ["one.svg"]),
        (tmp_path / "p", [f"{found}.png", f"{found}.svg"]),
    ):
        called = CliRunner().invoke(
            main, [command, str(file), *options, "-o", str(target), "--format", "json"]
        )
        assert called.exit_code == 0, called.stderr
        assert called.stdout.startswith("{")
        folder = target if target.is_dir() else target.parent
        assert set(files) <= {path.name for path in folder.iterdir()}
        assert files[0] in called.stderr


def test_a_map_needs_two_numbers(tmp_path: Path) -> None:
    """Protects -o from being passed over in silence."""
    call = ["breakeven", str(TINY), "-n", "256", "--vary", "manila.price", "-o", str(tmp_path / "a.png")]
    called = CliRunner().invoke(main, call)
    assert called.exit_code == 2
    assert "--vary twice" in " ".join(called.stderr.replace("│", " ").split())


def test_value_and_comparison_are_drawn_from_a_run(result: Result) -> None:
    """Protects the kinds: a run without a sample or with one alternative is told, not drawn."""
    for kind, run in (("value", coin()), ("comparison", result)):
        (picture,) = KINDS[kind](Wanted(run))
        assert picture.name == kind
        assert picture.alt_text.startswith(f"{picture.finding}.")
        alone = result_of({"in-house": np.full(4096, 1e6)})
        with pytest.raises(CannotDrawError):
            list(KINDS[kind](Wanted(alone)))
