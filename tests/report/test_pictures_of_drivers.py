"""Pictures of risk, drivers, choices and precision: right, legible, and refused where they would mislead."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

import bposim
from bposim.analysis.exit_option import NEVER, exit_by_rule
from bposim.analysis.summary import summarise
from bposim.cli import main
from bposim.engine import simulate
from bposim.report.numbers import MINUS
from bposim.report.pictures import (
    break_even_map,
    convergence,
    frontier,
    losses,
    scatter,
    spider,
    tail,
    tornado,
    waterfall,
)
from bposim.report.pictures import exit as exit_picture
from bposim.report.pictures.files import rendered
from bposim.report.pictures.gallery import KINDS, Wanted, pictures
from bposim.report.pictures.page import CannotDrawError
from bposim.report.pictures.ranks import ranked, subject
from bposim.report.pictures.seen import Seen
from bposim.report.pictures.style import INK
from bposim.result import Result
from bposim.runs import Provenance, write_run
from bposim.scenario import Preferences
from report.drawn import illegible, texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
TRIALS = 8192
OF_ONE = ("tail", "losses", "tornado", "spider", "scatter", "break-even", "convergence")


@pytest.fixture(scope="module")
def result() -> Result:
    """Return a run of the small scenario."""
    return simulate(bposim.load(TINY), TRIALS, 3)


@pytest.fixture(scope="module")
def seen(result: Result) -> Seen:
    """Return its best alternative with its drivers."""
    name = subject(result)
    assert name is not None
    return Seen(result, name)


@pytest.fixture(scope="module")
def few() -> Result:
    """Return a run too short for most pictures."""
    return simulate(bposim.load(TINY), 60, 3)


@pytest.fixture(scope="module")
def stored(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the run."""
    folder = tmp_path_factory.mktemp("plot") / "run"
    write_run(result, summarise(result), folder, Provenance(scenario_path=TINY))
    return folder


def canvas() -> Axes:
    """Return empty axes."""
    figure = Figure(figsize=(8.0, 4.0))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.1, 0.1, 0.8, 0.8))


def by_hand(costs: dict[str, FloatArray]) -> Result:
    """Return a result with these costs, the first the baseline's, and nothing else of interest."""
    baseline, trials = next(iter(costs)), next(iter(costs.values())).size
    scenario = SimpleNamespace(
        title="By hand",
        baseline=baseline,
        titles={},
        base_currency="USD",
        months=12,
        changes=(),
        preferences=Preferences(),
    )
    nothing = {name: {"cost": float(cost.mean())} for name, cost in costs.items()}
    return Result(cast("Scenario", scenario), 1, trials, costs, nothing, {}, {}, 0.0)


# --- the right data --------------------------------------------------------------------------------


def test_tornado_bars_lead_to_the_means_of_the_tenths(result: Result, seen: Seen) -> None:
    """Protects against bars that are not conditional means: the ends by hand, the longest on top."""
    axes = tornado.plot(canvas(), result, seen.name)
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    reached = {round(bar.get_x() + bar.get_width()) for bar in bars}
    first = seen.bars[0].name
    x, saving = seen.drivers[first], seen.saving
    low, high = np.quantile(x, [0.1, 0.9])
    expected = {round(float(saving[x <= low].mean())), round(float(saving[x >= high].mean()))}
    assert expected <= reached
    widths = [abs(bar.swing_mean.value) for bar in seen.bars]
    assert widths == sorted(widths, reverse=True)


def test_spider_lines_rise_with_a_driver_that_saves(seen: Seen) -> None:
    """Protects the direction of the lines: a line's ends differ as the tornado's do."""
    bars = {bar.name: bar.swing_mean.value for bar in seen.bars}
    lines = spider.threads(seen)
    assert lines
    for line in lines:
        assert (line.saving[-1] > line.saving[0]) == (bars[line.name] > 0), line.name


def test_scatter_shows_the_first_futures_as_they_are(result: Result, seen: Seen) -> None:
    """Protects the pairing: dot i is trial i of the driver and of the saving."""
    driver = seen.strongest(1)[0]
    axes = scatter.plot(canvas(), result, seen.name)
    dots = axes.lines[0]
    assert np.array_equal(dots.get_xdata(), seen.drivers[driver][: scatter.DOTS])
    assert np.array_equal(dots.get_ydata(), result.saving(seen.name)[: scatter.DOTS])


def test_exceedance_counts_the_trials_at_or_above() -> None:
    """Protects the curve of losses: 20 losses of 1 to 20 in 100 trials, drawn down to the ten largest."""
    loss = np.concatenate((np.zeros(80), np.arange(1.0, 21.0)))
    amounts, share = losses.exceedance(loss)
    assert dict(zip(amounts, share, strict=True)) == {
        float(amount): (21 - amount) / 100 for amount in range(1, 12)
    }


def test_losses_add_up_to_all_risks_together(result: Result, seen: Seen) -> None:
    """Protects the thick line: the sum of the risks in every trial."""
    own = losses.losses(result, seen.name)
    risks = [loss for risk, loss in own.items() if risk != losses.TOGETHER]
    assert len(risks) > 1
    assert own[losses.TOGETHER] == pytest.approx(np.sum(risks, axis=0))


def test_losses_of_the_work_that_stays_are_called_so(result: Result) -> None:
    """Protects against blaming an alternative that nobody chose: its in-house part is the work kept."""
    assert {"work kept in-house: breach", "manila: breach"} <= losses.losses(result, "blend").keys()
    assert "in-house: breach" in losses.losses(result, "in-house")


def test_the_tail_says_whose_worst_it_is(result: Result, seen: Seen) -> None:
    """Protects against two meanings of "worst 5%": these futures cost most, others save least."""
    words = tail.alt_text(result, seen.name)
    assert words.startswith("in the 5% of futures that cost most, ")
    assert "worst" not in words


def test_drivers_have_the_units_of_the_file(result: Result) -> None:
    """Protects rates and prices: per cent as in the file, and the currency of a contract."""
    manila = Seen(result, "manila")
    assert manila.value(manila.named("world.volume.growth"), -0.0618) == f"{MINUS}6.18%"
    assert manila.value(manila.named("manila.transition.delay"), 0.0618) == "0.0618"
    assert manila.titled(manila.named("manila.price")) == "manila: price per contact, PHP"


def test_scatter_promises_only_what_can_be_seen(result: Result, seen: Seen) -> None:
    """Protects the legend: no word of a break-even that no driver reaches."""
    rich = dataclasses.replace(result, costs={**result.costs, "in-house": result.costs["in-house"] + 1e9})
    shown = " ".join(texts(scatter.draw(rich, seen.name)))
    assert "the line is the mean saving given the driver" in " ".join(shown.split())
    assert "blue dot" not in shown


def test_numbers_in_the_map_are_off_the_line() -> None:
    """Protects a number near break-even from being struck through: it gives way to the line."""
    along = np.linspace(0.0, 1.0, 50)
    assert break_even_map.off_the_line(np.empty((0, 2)), 0.2, 0.1) == 0.5
    assert break_even_map.off_the_line(np.column_stack((along, 0.5 + 0.2 * along)), 0.2, 0.1) == 0.2
    assert break_even_map.off_the_line(np.column_stack((along, 0.5 - 0.2 * along)), 0.2, 0.1) == 0.8
    assert break_even_map.off_the_line(np.column_stack((along, np.full(50, 0.9))), 0.2, 0.1) == 0.5
    steep = np.column_stack((0.3 + 0.2 * along, 0.65 * along))
    assert break_even_map.off_the_line(steep, 0.2, 0.15) == 0.8, "nothing is free: the furthest"


def test_tail_leads_from_the_mean_to_the_mean_of_the_worst(result: Result, seen: Seen) -> None:
    """Protects the ends and the sum of the parts: mean, and mean of the costliest twentieth, by hand."""
    bars = tail.steps(result, seen.name)
    cost = np.sort(result.costs[seen.name])
    fraction = TRIALS * 0.05
    whole = int(fraction)
    worst = (cost[TRIALS - whole :].sum() + (fraction - whole) * cost[TRIALS - whole - 1]) / fraction
    assert bars[0].end == pytest.approx(cost.mean(), rel=1e-9)
    assert bars[-1].end == pytest.approx(worst, rel=1e-9)
    assert bars[0].end + sum(bar.change for bar in bars[1:-1]) == pytest.approx(worst, rel=1e-9)


def test_map_cells_are_means_of_their_trials(result: Result, seen: Seen) -> None:
    """Protects the numbers in the map: one cell by hand, and a number in each cell."""
    found = break_even_map.cells(seen)
    first, second = (seen.drivers[name] for name in break_even_map.pair(seen))
    inside = (first < found.first_edges[1]) & (second < found.second_edges[1])
    assert found.mean[0, 0] == pytest.approx(seen.saving[inside].mean(), rel=1e-9)
    axes = break_even_map.plot(canvas(), result, seen.name)
    written = {
        (text.xy[0], text.xy[1]): text.get_text() for text in axes.texts if isinstance(text, Annotation)
    }
    assert len(written) == np.isfinite(found.mean).sum()
    for column in (0, found.mean.shape[1] - 1):
        value = break_even_map._scale(found).text(float(found.mean[0, column]), minus=MINUS)
        assert written[column + 0.5, 0.5] == value, "the first row is at the bottom"


def test_frontier_finds_the_riskless_half_and_half() -> None:
    """Protects the points and the title: two legs whose risks cancel are best half and half."""
    noise = np.random.default_rng(1).normal(0, 10e6, 20_000)
    result = by_hand(
        {"home": np.full(20_000, 100e6), "a": 80e6 + noise - noise.mean(), "b": 80e6 - noise + noise.mean()}
    )
    assert frontier.finding(result).startswith("the best split is 50% a and 50% b: worth USD ")
    assert frontier.finding(result).endswith(" alone, before the cost of a second transition")
    axes = frontier.plot(canvas(), result)
    (diamond,) = (line for line in axes.lines if line.get_marker() == "D")
    assert diamond.get_markerfacecolor() == "white", "a colour is an alternative's"
    axes = frontier.plot(canvas(), result)
    best = axes.lines[-1]
    assert float(np.asarray(best.get_xdata())[0]) == pytest.approx(20e6)
    assert float(np.asarray(best.get_ydata())[0]) == pytest.approx(80e6)


def test_the_ends_of_the_efficient_line_are_named() -> None:
    """Protects the reading of the line: where it ends in a split, its shares stand there, off the line."""
    rng = np.random.default_rng(3)
    risky, other = rng.normal(50e6, 8e6, 20_000), rng.normal(56e6, 8e6, 20_000)
    result = by_hand({"home": np.full(20_000, 100e6), "a": risky, "b": other})
    (end,) = frontier.ends(frontier.splits(result))
    assert 0 < end.shares["b"] < end.shares["a"]
    figure = frontier.draw(result)
    assert frontier.shares_of(result, end) in texts(figure)
    assert not illegible(figure)
    (axes,) = figure.axes
    line = next(drawn for drawn in axes.lines if drawn.get_linestyle() == "-")
    assert line.get_color() == INK, "the subtitle calls it dark"
    others = axes.lines[0]
    assert others.get_color() == "none", "the other splits are hollow"


def test_frontier_of_one_good_leg_says_so() -> None:
    """Protects against a split for its own sake: a leg that is always cheaper stays alone."""
    noise = np.random.default_rng(1).normal(0, 1e6, 20_000)
    result = by_hand({"home": 100e6 + noise, "a": 50e6 + noise})
    assert frontier.finding(result) == "by risk-adjusted cost no split beats a alone"


def test_a_split_of_many_long_names_is_legible() -> None:
    """Protects the labels: seven legs at nearly one place, with names as long as a line."""
    rng = np.random.default_rng(5)
    costs = {"home": rng.normal(55e6, 4e6, 2000)}
    for place in range(7):
        costs[f"a shared service centre in a far country, number {place}"] = rng.normal(50e6, 6e6, 2000)
    assert not illegible(frontier.draw(by_hand(costs)))


def test_convergence_ends_at_the_run_and_is_hollow_where_nothing_is_known(result: Result, seen: Seen) -> None:
    """Protects the last point, the band and the honesty of the first ones."""
    steps = convergence.steps(result, seen.name, "saving.mean")
    assert [step.trials for step in steps] == [1024, 2048, 4096, 8192]
    assert steps[-1].estimate.value == pytest.approx(result.saving(seen.name).mean())
    assert steps[0].estimate.value == pytest.approx(result.saving(seen.name)[:1024].mean())
    axes = convergence.plot(canvas(), result, seen.name, "risk_adjusted_value")
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
    known = [step.careful is not None for step in convergence.steps(result, seen.name, "risk_adjusted_value")]
    assert [face != "white" for face in faces] == known
    assert not all(known)
    assert all(known[-1:])


def test_exit_shows_when_the_right_is_used() -> None:
    """Protects the bars and the title: one future in four leaves, at the second of three dates."""
    gain = np.zeros((3, 400))
    gain[1, :100] = 4e6
    option = exit_by_rule(gain, gain > 0)
    never = exit_by_rule(gain, gain > 1e9)
    assert (never.date == NEVER).all()
    right = exit_picture.Leaving("manila", (12, 15, 18), option, never, (None, 0.1, None))
    origin = by_hand({"home": np.full(400, 1e6)})
    assert exit_picture.finding(origin, right).startswith(
        "the right to leave manila is worth USD 1.0M at its best, used in 25% of futures"
    )
    figure = exit_picture.draw(origin, right)
    heights = [patch.get_height() for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert heights == [0.0, 0.25, 0.0, 0.0, 0.0, 0.0]
    best, stated = (bars[1].get_x() for bars in figure.axes[0].containers if isinstance(bars, BarContainer))
    assert best < 15 <= stated, "side by side about the date"
    assert not illegible(figure)
    with pytest.raises(CannotDrawError, match="nobody leaves"):
        exit_picture.draw(origin, dataclasses.replace(right, best=never))


def test_waterfalls_are_numbered_by_rank(result: Result) -> None:
    """Protects the order of the files: the best alternative first, as the summary ranks them."""
    ranks = summarise(result).alternatives
    order = sorted(ranks, key=lambda name: ranks[name].rank)
    assert ranked(result) == order
    shown = [name for group in waterfall.groups(result) for name in group]
    assert shown == [name for name in order if name != result.baseline]


# --- legible, in words, and the same again ---------------------------------------------------------


def test_every_picture_is_legible_and_told_in_words(result: Result) -> None:
    """Protects the page: nothing cut off, no text on another, the title in the alt text, for every kind."""
    drawn = list(pictures(result, KINDS))
    assert len(drawn) >= len(KINDS) - 1, "all but the exit"
    for picture in drawn:
        assert not illegible(picture.figure), picture.name
        assert picture.alt_text.startswith(f"{picture.finding}."), picture.name
        joined = " ".join(texts(picture.figure))
        assert picture.finding[1:].split(" ", 1)[0] in joined, picture.name


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_pictures_repeat_byte_by_byte(result: Result, kind: str) -> None:
    """Protects comparison of stored pictures."""
    first, again = (rendered(next(KINDS["tornado"](Wanted(result))), kind) for _ in range(2))
    assert first == again


# --- refused where they would mislead --------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["tail", "tornado", "spider", "scatter", "break-even", "frontier", "convergence"]
)
def test_too_few_trials_draw_no_picture(few: Result, kind: str) -> None:
    """Protects against noise drawn as a finding: the reason is told, with what to do."""
    with pytest.raises(CannotDrawError, match="run more"):
        list(KINDS[kind](Wanted(few)))


@pytest.mark.parametrize("kind", OF_ONE)
def test_without_a_sample_or_an_alternative_nothing_is_made_up(kind: str) -> None:
    """Protects results made by hand: no sample is told, and so is a run of the baseline alone."""
    alone = by_hand({"home": np.full(4096, 1e6)})
    with pytest.raises(CannotDrawError):
        list(KINDS[kind](Wanted(alone)))
    two = by_hand({"home": np.full(4096, 1e6), "a": np.full(4096, 1e6)})
    if kind != "convergence":
        with pytest.raises(CannotDrawError, match="kept no sample"):
            list(KINDS[kind](Wanted(two)))


def test_an_unknown_driver_is_answered_by_the_strongest(result: Result, seen: Seen) -> None:
    """Protects a typing error from a picture of something else."""
    with pytest.raises(CannotDrawError, match="is no driver of the saving"):
        Seen(result, seen.name, ("nonsense",)).strongest(1)
    first = seen.bars[0].name
    assert Seen(result, seen.name, (first,)).strongest(4) == [first]


def test_the_baseline_has_no_saving_to_explain(result: Result) -> None:
    """Protects against a tornado of zeros."""
    with pytest.raises(CannotDrawError, match="choose another"):
        Seen(result, result.baseline)


# --- the command -----------------------------------------------------------------------------------


def test_plot_draws_from_the_stored_run(stored: Path, tmp_path: Path) -> None:
    """Protects the command: the files asked for, a line each, and nothing simulated or altered."""
    before = {path: path.stat().st_mtime_ns for path in stored.rglob("*")}
    arguments = ["plot", str(stored), "--kind", "tail,s-curves", "--format", "png,pdf", "-o", str(tmp_path)]
    called = CliRunner().invoke(main, arguments)
    assert called.exit_code == 0, called.stderr
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    names = {name.rsplit(".", 1)[0] for name in files}
    assert len(files) == 4
    assert "s-curves" in names
    assert {content[:4] for name, content in files.items() if name.endswith("pdf")} == {b"%PDF"}
    assert called.stdout.startswith("tail-")
    assert {path: path.stat().st_mtime_ns for path in stored.rglob("*")} == before


def test_plot_says_what_it_cannot_draw(stored: Path, tmp_path: Path) -> None:
    """Protects scripts: a kind that was asked for and not drawn is exit code 2, with the reason."""
    arguments = ["plot", str(stored), "--kind", "exit,tail", "-o", str(tmp_path)]
    called = CliRunner().invoke(main, arguments)
    assert called.exit_code == 2
    assert "exit is not drawn: a run does not keep" in called.stderr
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"], "the other one is"


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--kind", "pie", "choose from savings"),
        ("--format", "gif", "choose from png"),
        ("--alternative", "mars", "is not one of"),
        ("--kind", ",", "there is nothing"),
    ],
)
def test_plot_names_what_there_is(stored: Path, option: str, value: str, told: str) -> None:
    """Protects against a guess: unknown words are answered by the known ones."""
    called = CliRunner().invoke(main, ["plot", str(stored), option, value])
    assert called.exit_code == 2
    assert told in called.stderr
