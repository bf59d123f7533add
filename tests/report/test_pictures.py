"""Pictures: the right data, labels that do nothing and overlap nothing, files that repeat; and numbers."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from bposim.report.numbers import (
    MINUS,
    Scale,
    amount,
    futures,
    money,
    of_futures,
    percent,
    probability,
    stated,
)
from bposim.report.pictures import fan, s_curves, save_all, savings, waterfall
from bposim.report.pictures.files import rendered
from bposim.report.pictures.gallery import pictures
from bposim.report.pictures.labels import clean, short_names, shorten, spread, width_of, wrapped
from bposim.report.pictures.spread import Spread
from bposim.report.pictures.style import looks
from bposim.result import NEVER, Result, payback_month
from bposim.scenario import Preferences
from report.drawn import illegible, seen, texts

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

HOSTILE = [
    "$x_1$ \\frac{",
    '<script>alert(1)</script> & "so"',
    "a_b^c $",
    "\x1b[31mred\n\x00tab\t",
    "\u202eright to left",
]


def result_of(  # a result by hand; the scenario is what the pictures read of it
    savings_by_name: dict[str, FloatArray],
    *,
    base: FloatArray | None = None,
    baseline: str = "in-house",
    months: int = 24,
    categories: dict[str, dict[str, float]] | None = None,
    changes: tuple[str, ...] = (),
) -> Result:
    """Return a result with these savings per trial, earned evenly over the months after a dip."""
    trials = next(iter(savings_by_name.values())).size
    base = np.full(trials, 50e6) if base is None else base
    costs = {baseline: base} | {name: base - saving for name, saving in savings_by_name.items()}
    share = np.arange(months + 1)[:, None] / months
    paths = {
        name: (base - cost) * share - 1e6 * np.sin(np.pi * share) * (cost is not base)
        for name, cost in costs.items()
    }
    return Result(
        scenario=cast(
            "Scenario",
            SimpleNamespace(
                title="A test",
                baseline=baseline,
                titles={},
                base_currency="USD",
                months=months,
                changes=changes,
                preferences=Preferences(),
            ),
        ),
        seed=7,
        trials=trials,
        costs=costs,
        categories=categories
        or {
            name: {"labour": 0.8 * cost.mean(), "vendor_fees": 0.2 * cost.mean()}
            for name, cost in costs.items()
        },
        payback={name: payback_month(path) for name, path in paths.items()},
        cumulative={name: path.astype(np.float32) for name, path in paths.items()},
        elapsed=1.0,
    )


def normal(mean: float, sd: float, trials: int = 2000, seed: int = 1) -> FloatArray:
    """Return normal savings."""
    return np.asarray(np.random.default_rng(seed).normal(mean, sd, trials))


def axes_of_size(width: float = 8.0, height: float = 3.0) -> Axes:
    """Return empty axes that fill a page."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.0, 0.0, 1.0, 1.0))


# --- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (9.8e6, "9.8M"),
        (12_345_678.0, "12.3M"),
        (145.6e6, "146M"),
        (999_960.0, "1.0M"),
        (650_000.0, "650k"),
        (1_000.0, "1.0k"),
        (999.4, "999"),
        (3.55, "3.55"),
        (0.35, "0.35"),
        (0.0172, "0.017"),
        (2.5e9, "2.5bn"),
        (3e12, "3,000bn"),
        (-2_130_000.0, "-2.1M"),
    ],
)
def test_amounts_have_two_or_three_digits(value: float, written: str) -> None:
    """Protects readers from digits that say nothing, and from a wrong unit at its edges."""
    assert amount(value) == written


def test_signs() -> None:
    """Protects spreadsheets from a sign that they cannot read, and pictures from a hyphen for a minus."""
    assert amount(-2.1e6, minus=MINUS) == "\u22122.1M"
    assert amount(2.1e6, plus=True) == "+2.1M"
    assert Scale.of(9e6).text(-1.0) == "0.0M", "what rounds to zero has no sign"
    assert money(-2.1e6, "USD") == "USD -2.1M"
    assert percent(-0.02) == "-2%"


@pytest.mark.parametrize(
    ("value", "se", "written"), [(0.827, 0.119, "0.83"), (0.827, 0.367, "0.8"), (14.674, 0.964, "14.7")]
)
def test_an_error_decides_on_the_last_digit(value: float, se: float, written: str) -> None:
    """Protects the examples of the Particle Data Group: 0.83 ± 0.12, 0.8 ± 0.4, and the step up at 950."""
    assert amount(value, se) == written


def test_what_somebody_has_set_is_written_as_he_did() -> None:
    """Protects from "USD 24.0M" for a promise of 24M: a digit that nobody wrote tells of an error."""
    assert [stated(x) for x in (24e6, 1.25e6, 80e3, 5e3, 999, 0, 1.5e9, 123_456)] == [
        "24M",
        "1.25M",
        "80k",
        "5k",
        "999",
        "0",
        "1.5bn",
        "123.456k",
    ]


def test_an_amount_shows_what_its_error_supports() -> None:
    """Protects against 345M where the error is 60M; an error without digits to take leaves three at most."""
    assert amount(345e6, 60e6) == "340M"
    assert amount(9.823e6, 5e6) == "10M"
    assert amount(9.823e6, 1e3) == "9.8M"
    assert amount(998e3, 60e3) == "1.0M", "rounded to tens of thousands it is a million, not 1,000k"


def test_amounts_on_one_scale_share_unit_and_decimals() -> None:
    """Protects a column against 850k beside 1.2M."""
    scale = Scale.of(12e6, least=0.4e6)
    assert [scale.text(value) for value in (12e6, 850e3, 0.0)] == ["12.0M", "0.8M", "0"]
    assert Scale.of(120e6, least=2e6).text(120e6) == "120.0M"
    assert Scale.of(2.75e6, least=0.02e6).text(0.02e6) == "0.02M"


@pytest.mark.parametrize(
    ("share", "trials", "written"),
    [
        (0.0, 100_000, "<0.1%"),
        (1.0, 100_000, ">99.9%"),
        (0.0, 100, "<3%"),
        (1.0, 100, ">97%"),
        (0.0004, 100_000, "<0.1%"),
        (0.001, 1000, "0.1%"),
        (0.999, 1000, "99.9%"),
        (0.004, 1000, "0.4%"),
        (0.88, 100_000, "88%"),
        (0.99, 100, "99%"),
        (0.6, 5, "3 of 5"),
        (1.0, 1, "1 of 1"),
    ],
)
def test_probabilities(share: float, trials: int, written: str) -> None:
    """Protects the edges: what was never or always seen is told as the bound 3 / trials."""
    assert probability(share, trials) == written


@given(st.integers(1, 200_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_no_finite_sample_is_certain(hits: tuple[int, int]) -> None:
    """Protects against 0% and 100%, and against a bound on the wrong side of the share."""
    seen_in, trials = hits
    text = probability(seen_in / trials, trials)
    assert text not in {"0%", "100%", "0.0%", "100.0%"}
    if "%" in text:
        bound = float(text.strip("<>%")) / 100
        if text[0] == "<":
            assert seen_in / trials < bound
        elif text[0] == ">":
            assert seen_in / trials > bound
        else:
            assert abs(seen_in / trials - bound) <= 0.005 + 1e-12


def test_shares_in_words() -> None:
    """Protects the sentences of titles at their edges."""
    assert futures(0.88, 100_000) == "88 of 100 futures"
    assert futures(1.0, 100_000) == "more than 99 of 100 futures"
    assert futures(0.004, 1000) == "fewer than 1 of 100 futures"
    assert futures(0.0, 100) == "fewer than 3 of 100 futures"
    assert futures(0.6, 5) == "3 of the 5 futures simulated"
    assert futures(1.0, 1) == "the one future simulated"
    assert of_futures(1.0, 100_000) == "more than 99.9% of futures"
    assert of_futures(0.6, 5) == "3 of 5 futures"


# --- what is drawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "saving",
    [
        normal(9e6, 6e6),
        normal(9e6, 6e6, trials=1),
        normal(-40e6, 1e6, trials=100),
        np.zeros(50),
        np.concatenate([normal(1e6, 1e5), [-5e9, 5e9]]),
    ],
    ids=["usual", "one trial", "loss", "same", "outliers"],
)
def test_bars_hold_every_trial_and_stand_over_their_savings(saving: FloatArray) -> None:
    """Protects the histogram: shares add up to 1, outliers included, and break-even parts two bars."""
    result = result_of({"manila": saving})
    axes = savings.plot(axes_of_size(), result, "manila")
    bars = [patch for patch in axes.patches if isinstance(patch, mpl.patches.Rectangle)]
    assert math.isclose(sum(bar.get_height() for bar in bars), 1.0, rel_tol=1e-12)
    for bar in bars[1:-1]:
        inside = (saving >= bar.get_x() - 1e-6) & (saving < bar.get_x() + bar.get_width() - 1e-6)
        assert bar.get_height() == pytest.approx(inside.mean(), abs=1e-12)
    if len(bars) > 1:
        assert not any(bar.get_x() < -1e-6 and bar.get_x() + bar.get_width() > 1e-6 for bar in bars)


def test_savings_are_marked_at_their_quantiles() -> None:
    """Protects P5, P50 and P95 and their labels against NumPy's quantiles, and the share that saves."""
    saving = normal(9e6, 6e6)
    result = result_of({"manila": saving})
    axes = savings.plot(axes_of_size(), result, "manila")
    marks = [
        line.get_xdata()[0]
        for line in axes.lines
        if list(line.get_ydata()) == [0, 1] and len(line.get_xdata()) == 2
    ]
    p5, p50, p95 = np.quantile(saving, (0.05, 0.5, 0.95))
    assert sorted(marks) == pytest.approx(sorted([0.0, p5, p50, p95]), rel=1e-12), (
        "the quantiles, and break-even"
    )
    labels = [text.get_text() for text in axes.texts if text.get_text().startswith("P")]
    assert labels == [
        f"{mark} {at / 1e6:.1f}M".replace("-", MINUS) for mark, at in (("P5", p5), ("P50", p50), ("P95", p95))
    ]
    assert f"cheaper in {100 * (saving > 0).mean():.0f}% of futures" in axes.get_title(loc="left")


def test_break_even_out_of_sight_is_told() -> None:
    """Protects the narrow distribution far from 0: it is not squeezed, and the axis says where 0 lies."""
    figure = savings.draw(result_of({"manila": normal(40e6, 1e5)}))
    assert figure.axes[0].get_xlim()[0] > 0
    assert any("far to the left" in text for text in texts(figure))
    assert "break-even" in texts(savings.draw(result_of({"manila": normal(1e6, 1e6)})))


def test_small_sample_curve_is_the_empirical_distribution() -> None:
    """Protects the steps: from 0 at the least cost to 1 at the greatest."""
    cost, share = s_curves.curve(np.array([3.0, 1.0, 2.0, 2.0]))
    np.testing.assert_array_equal(cost, [1, 1, 2, 2, 3])
    np.testing.assert_array_equal(share, [0, 0.25, 0.5, 0.75, 1])


def test_large_sample_curve_goes_through_the_quantiles() -> None:
    """Protects the thinned curve: at each of its costs it gives the share of trials at or below it."""
    costs = normal(50e6, 5e6, trials=10_000)
    cost, share = s_curves.curve(costs)
    np.testing.assert_allclose([(costs <= at).mean() for at in cost], share, rtol=0, atol=1e-4)


def test_s_curves_show_every_alternative_and_its_quantiles() -> None:
    """Protects the picture of total cost: all alternatives, the baseline too, ordered by median."""
    base = normal(50e6, 2e6)
    result = result_of({"manila": np.full(2000, 9e6), "blend": np.full(2000, -3e6)}, base=base)
    figure = s_curves.draw(result)
    assert len(figure.axes[0].lines) == 3
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_xdata(), s_curves.curve(base)[0])
    shown = texts(figure)
    assert [text for text in shown if text in result.names] == ["manila", "in-house", "blend"]
    for name, own in result.costs.items():
        assert f"{np.quantile(own, 0.95) / 1e6:.1f}M" in shown, name


def test_fan_lines_are_the_percentiles_of_each_month() -> None:
    """Protects the fan: 101 trials with savings 0..100 make the percentiles of a month its trials."""
    result = result_of({"manila": np.arange(101.0) * 1e6}, months=12)
    lines = fan.fan_lines(result, "manila")
    expected = np.sort(result.cumulative["manila"], axis=1)[:, [5, 25, 50, 75, 95]].T
    np.testing.assert_allclose(lines, expected, rtol=1e-6)
    axes = fan.plot(axes_of_size(), result, "manila")
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), lines[2])
    low, high = axes.get_ylim()
    assert low < lines.min() < lines.max() < high


def test_fan_marks_the_median_payback_of_all_trials() -> None:
    """Protects the mark: the month by which half of all trials, not only those kept, have paid back."""
    result = result_of({"manila": np.full(3, 4e6)})
    result.payback["manila"][:] = [11, 17, NEVER]
    axes = fan.plot(axes_of_size(), result, "manila")
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert dots == [17]
    assert "month 17" in [text.get_text() for text in axes.texts]
    result.payback["manila"][:] = [11, NEVER, NEVER]
    axes = fan.plot(axes_of_size(), result, "manila")
    assert not [line for line in axes.lines if line.get_marker() == "o"]


def test_fans_share_a_scale() -> None:
    """Protects comparison by eye: every panel has the same limits, which hold the widest fan."""
    figure = fan.draw(result_of({"a": normal(9e6, 1e6), "b": normal(-1e6, 1e7), "c": normal(0, 1e5)}))
    assert len({axes.get_ylim() for axes in figure.axes}) == 1


CATEGORIES = {
    "in-house": {"labour": 40e6, "overhead": 9e6, "outage": 0.6e6, "data_breach": 0.4e6},
    "manila": {"vendor_fees": 30e6, "labour": 5e6, "overhead": 5e6, "outage": 0.7e6, "data_breach": 0.8e6},
}


def test_a_waterfall_leads_from_mean_to_mean() -> None:
    """Protects the sum: each bar begins where the last ended, from one mean cost to the other."""
    result = result_of({"manila": np.full(10, 8.5e6)}, categories=CATEGORIES)
    first, *changes, last = waterfall.steps(result, "manila")
    assert (first.label, first.start, first.end, first.total) == ("in-house", 0.0, 50e6, True)
    assert (last.label, last.start, last.end, last.total) == ("manila", 0.0, 41.5e6, True)
    assert [step.label for step in changes] == ["labour", "vendor fees", "overhead", "other (2)"]
    assert [step.change for step in changes] == pytest.approx([-35e6, 30e6, -4e6, 0.5e6])
    for before, after in itertools.pairwise([first, *changes]):
        assert after.start == before.end
    assert changes[-1].end == pytest.approx(last.end, rel=1e-12)


def test_a_waterfall_draws_its_steps() -> None:
    """Protects colours and lengths: blue costs less, orange more, totals start at the axis."""
    result = result_of({"manila": np.full(10, 8.5e6)}, categories=CATEGORIES)
    axes = waterfall.plot(axes_of_size(), result, "manila")
    bars = [patch for patch in axes.patches if isinstance(patch, mpl.patches.Rectangle)]
    widths = [bar.get_width() for bar in bars]
    assert widths == pytest.approx([50e6, -35e6, 30e6, -4e6, 0.5e6, 41.5e6])
    assert [mpl.colors.to_hex(bar.get_facecolor()).upper() for bar in bars[1:3]] == ["#0072B2", "#D55E00"]
    labels = [text.get_text() for text in axes.texts]
    assert labels == ["50.0M", f"{MINUS}35.0M", "+30.0M", f"{MINUS}4.0M", "+0.5M", "41.5M"]


def test_one_small_category_keeps_its_name_and_unchanged_ones_are_left_out() -> None:
    """Protects against a group of one, and against bars of no length."""
    own = CATEGORIES["in-house"] | {"labour": 30e6, "outage": 0.5e6}
    result = result_of({"a": np.full(10, 1e6)}, categories={"in-house": CATEGORIES["in-house"], "a": own})
    assert [step.label for step in waterfall.steps(result, "a")[1:-1]] == ["labour", "outage"]


def test_small_changes_are_not_lost_in_the_totals() -> None:
    """Protects the cut axis: where all changes are small it starts above 0, and says so."""
    own = CATEGORIES["in-house"] | {"labour": 39e6, "overhead": 9.5e6}
    result = result_of({"a": np.full(10, 0.5e6)}, categories={"in-house": CATEGORIES["in-house"], "a": own})
    figure = waterfall.draw(result)
    assert figure.axes[0].get_xlim()[0] > 40e6
    assert any("does not start at 0" in text for text in texts(figure))


@pytest.mark.parametrize(("alternatives", "groups"), [(1, [1]), (2, [2]), (3, [1, 1, 1])])
def test_many_waterfalls_are_separate_pictures(alternatives: int, groups: list[int]) -> None:
    """Protects legibility: two alternatives side by side at most."""
    result = result_of({f"a{i}": normal(1e6, 1e6, seed=i) for i in range(alternatives)})
    assert [len(group) for group in waterfall.groups(result)] == groups


# --- what is said ----------------------------------------------------------------------------------

RIVALS = (
    "a and b save most and about the same, USD 5.0M on average; "
    "a is cheaper than in-house in 84 of 100 futures; b is recommended: its bad outcomes are milder"
)
NONE_SAVES = (
    "no alternative saves on average: b, the nearest, costs USD 5.0M more than in-house on average "
    "and is cheaper in fewer than 1 of 100 futures; in-house is recommended"
)


@pytest.mark.parametrize(
    ("by_name", "sentence"),
    [
        (
            {"a": (9.8e6, 8e6)},
            (
                "a saves USD 9.8M on average, and is cheaper than in-house in 89 of 100 futures; "
                "a is recommended"
            ),
        ),
        (
            {"a": (-2e6, 2e6)},
            (
                "a costs USD 2.0M more than in-house on average and is cheaper in 16 of 100 futures; "
                "in-house is recommended"
            ),
        ),
        (
            {"a": (0, 2e6)},
            (
                "a and in-house cost about the same on average; a is cheaper in 50 of 100 futures; "
                "in-house is recommended: its bad outcomes are milder"
            ),
        ),
        (
            {"a": (1e6, 1e6), "b": (5e6, 1e5)},
            (
                "b saves most, USD 5.0M on average, and is cheaper than in-house in more than 99 of 100 "
                "futures; b is recommended"
            ),
        ),
        ({"a": (5e6, 5e6), "b": (5e6, 1e5)}, RIVALS),
        ({"a": (-9e6, 1e5), "b": (-5e6, 1e5)}, NONE_SAVES),
        ({"a": (0, 0), "b": (0, 0)}, "a and b cost exactly as much as in-house in every future"),
        (
            {"a": (-1e6, 1e5), "b": (0, 0)},
            "no alternative saves: b costs exactly as much as in-house in every future",
        ),
    ],
    ids=["saves", "costs", "close", "winner", "rivals", "none saves", "same", "best is the same"],
)
def test_the_title_of_savings_says_what_is_true(
    by_name: dict[str, tuple[float, float]], sentence: str
) -> None:
    """Protects the finding in every kind of outcome; standardised draws make the moments exact."""
    draws = normal(0, 1, trials=10_000)
    draws = (draws - draws.mean()) / draws.std()
    result = result_of(
        {name: mean + sd * draws * (-1) ** (name == "b") for name, (mean, sd) in by_name.items()}
    )
    assert savings.finding(result) == sentence


def test_the_title_of_savings_names_the_recommended_one() -> None:
    """Protects against a first picture that praises another alternative than the run recommends."""
    draws = normal(0, 1, trials=10_000)
    result = result_of({"wild": 6e6 + 8e6 * draws, "steady": 5e6 + 1e5 * draws})
    assert savings.finding(result).startswith("wild saves most, USD ")
    assert savings.finding(result).endswith("; steady is recommended: its bad outcomes are milder")
    alike = {"a": 5e6 + 1e5 * draws, "b": 5e6 + 1e5 * draws[::-1]}
    assert savings.finding(result_of(alike)).endswith(
        "; by risk-adjusted value the choice is too close to call"
    )


def test_a_change_without_a_digit_is_told_in_words() -> None:
    """Protects the waterfall from a bar of 0.0M."""
    scale = Scale(1e6, "M", 1)
    assert waterfall.change_text(scale, 4e4) == waterfall.change_text(scale, -4e4) == "about 0"
    assert waterfall.change_text(scale, 6e4) == "+0.1M"


def test_one_trial_is_told_as_one() -> None:
    """Protects against averages and probabilities of a single future."""
    result = result_of({"a": np.array([3e6])})
    assert savings.finding(result) == "a costs USD 3.0M less than in-house in the one future simulated"
    assert s_curves.finding(result) == "a costs least in the one future simulated: USD 47.0M"
    assert waterfall.finding(result, ["a"]).startswith(
        "Against in-house, a costs USD 3.0M less in the one future"
    )


def test_payback_is_told_for_the_first_to_pay_back() -> None:
    """Protects the finding of the fan, payback and never."""
    result = result_of({"a": np.full(1000, 5e6), "b": np.full(1000, 5e6)}, months=60)
    result.payback["a"][:] = np.repeat([20, NEVER], [880, 120])
    result.payback["b"][:] = 31
    assert fan.finding(result) == (
        "a pays back first, by month 20 in half of futures; in 12% of futures it never does within 60 months"
    )
    result.payback["a"][:] = result.payback["b"][:] = np.repeat([20, NEVER], [400, 600])
    assert fan.finding(result).startswith(
        "no alternative pays back in half of futures: a, the nearest, never pays back"
    )


def test_costs_are_told_by_median_and_tail() -> None:
    """Protects the finding of the S-curves where the cheapest in the median is not so in a costly future."""
    draws = np.linspace(-3, 3, 5001)
    result = result_of({"steady": 2e6 + 4e6 * draws, "wild": 4e6 - 8e6 * draws}, base=50e6 + 5e6 * draws)
    assert s_curves.finding(result) == (
        "wild costs least in the median future, USD 46.0M; "
        "steady costs least in a costly one, USD 50.7M at P95"
    )


def test_alt_text_has_the_figures() -> None:
    """Protects readers who hear the picture: every marked figure is in its words."""
    result = result_of({"a": np.linspace(-1e6, 9e6, 1001)}, categories=None)
    words = {picture.name: picture.alt_text for picture in pictures(result)}
    assert list(words) == ["savings", "s-curves", "fan", "waterfall"]
    assert "a: mean 4.0M, P5 -0.5M, P50 4.0M, P95 8.5M, cheaper in 90% of futures." in words["savings"]
    assert "a: P5 41.5M, P50 46.0M, P95 50.5M." in words["s-curves"]
    assert "in month 24" in words["fan"]
    assert "in-house 50.0M; labour -3.2M; vendor fees -0.8M; a 46.0M." in words["waterfall"]


# --- labels ----------------------------------------------------------------------------------------


LONG = [
    f"option {sign}, a shared service centre in a far country, number {i}" for i, sign in enumerate("ABCDEFG")
]


@pytest.mark.parametrize(
    ("by_name", "months"),
    [
        ({name: normal((3 - i) * 3e6, 6e6, seed=i) for i, name in enumerate(LONG)}, 60),
        ({"W" * 70: normal(1e6, 1e5), "M" * 70: normal(-1e6, 1e5)}, 120),
        ({name: normal(1e6, 1e6, seed=i) for i, name in enumerate(HOSTILE)}, 12),
        ({"a": np.zeros(100), "b": np.zeros(100)}, 24),
        ({"a": np.array([3e6]), "b": np.array([-9e6])}, 24),
        ({"a": normal(-40e6, 1e5), "b": normal(-41e6, 1e5), "c": normal(-70e6, 1e6)}, 24),
        ({"a": normal(1e10, 1e8), "b": normal(-2e10, 1e10)}, 24),
        ({"a": normal(0.8, 0.3)}, 24),
    ],
    ids=["eight", "wide names", "hostile", "same", "one trial", "losses", "billions", "cents"],
)
def test_nothing_is_cut_off_and_no_text_overlaps_another(by_name: dict[str, FloatArray], months: int) -> None:
    """Protects the page: every text is within it and clear of all others, in every picture."""
    trials = next(iter(by_name.values())).size
    result = result_of(by_name, months=months, base=normal(55e6, 4e6, trials=trials, seed=99))
    for picture in pictures(result):
        assert not illegible(picture.figure), picture.name


def test_hostile_labels_are_drawn_as_they_stand() -> None:
    """Protects against mathtext and markup: the label is text in the picture and in the file's words."""
    result = result_of({name: normal(1e6, 1e6) for name in HOSTILE[:2]}, baseline="$y^2$ <b>")
    for picture in pictures(result):
        for text in seen(picture.figure):
            user = any(sign in text.get_text() for sign in "$<")
            assert not (user and text.get_parse_math()), text.get_text()
        root = ET.fromstring(rendered(picture, "svg"))  # noqa: S314 - our own file
        assert not [element for element in root.iter() if element.tag.endswith("script")]
        described = "".join(root.itertext())
        assert "$y^2$ <b>" in described
    shown = texts(savings.draw(result))
    assert any(text.startswith("$x_1$ \\frac{: cheaper in") for text in shown)


def test_footer_says_what_is_not_as_in_the_file() -> None:
    """Protects a picture that is sent on alone: --set and --without stand below it, before the title."""
    result = result_of({"a": normal(4e6, 3e6)}, changes=("--set discount_rate=9%", "--without a.sla"))
    assert "--set discount_rate=9% --without a.sla; A test" in texts(savings.draw(result))


def test_plotting_on_axes_of_ones_own_is_inert_too() -> None:
    """Protects those who call ``plot`` with matplotlib's own settings, where mathtext is on."""
    result = result_of({"$x$ and $y$": normal(1e6, 1e6)})
    for plot in (savings.plot, fan.plot, waterfall.plot):
        axes = plot(axes_of_size(), result, "$x$ and $y$")
        for text in axes.findobj(Text):
            assert isinstance(text, Text)
            assert not ("$" in text.get_text() and text.get_parse_math())


def test_control_characters_and_lines_are_gone() -> None:
    """Protects XML and the layout: what is not printable is a space, and spaces are one."""
    assert clean("a\x00b\n\n c\u202ed") == "a b c d"


def test_long_names_stay_different() -> None:
    """Protects the reader of eight alternatives whose names begin and end alike."""
    names = [f"{'offshore ' * 6}{word}{' centre' * 6}" for word in ("north", "south", "east")]
    labels = short_names({name: name for name in names})
    assert len(set(labels.values())) == 3
    assert max(map(len, labels.values())) <= 30 + len(" (3)")
    assert short_names({"manila": "Manila"}) == {"manila": "Manila"}


def test_a_long_name_keeps_what_it_is_of() -> None:
    """Protects a list of drivers: whose one is gives way before what it is, and no word is cut needlessly."""
    name = "Manila, a price per contact in pesos: people kept to steer the vendor (FTE)"
    assert shorten(name, 50).startswith("Manila")
    assert shorten(name, 50).endswith(": people kept to steer the vendor (FTE)")
    assert all(len(shorten(name, width)) <= width for width in range(8, 90))
    again = shorten(shorten(name.partition(":")[0], 30), 20)
    assert again.count("\N{HORIZONTAL ELLIPSIS}") == 1


def test_an_outermost_bar_says_what_it_holds() -> None:
    """Protects from a false peak at the edge: a bar of everything beyond is labelled, and no other one is."""
    saving = np.clip(normal(9e6, 1e6), 7e6, 11e6)
    axes = savings.plot(axes_of_size(), result_of({"manila": saving}), "manila")
    assert not [text.get_text() for text in axes.texts if text.get_text().startswith(("below", "above"))]
    saving[:5] = 60e6
    axes = savings.plot(axes_of_size(), result_of({"manila": saving}), "manila")
    [label] = [text.get_text() for text in axes.texts if text.get_text().startswith(("below", "above"))]
    edge = float(label.removeprefix("above ").removesuffix("M")) * 1e6
    last = max(
        (bar for bar in axes.patches if isinstance(bar, mpl.patches.Rectangle)), key=lambda bar: bar.get_x()
    )
    assert last.get_x() == pytest.approx(edge)
    assert last.get_height() == pytest.approx(np.mean(saving >= edge))


def test_eight_alternatives_look_different() -> None:
    """Protects colour and style: no two alike, the baseline black and solid."""
    result = result_of({f"a{i}": np.zeros(3) for i in range(7)})
    found = looks(result)
    assert len({look.colour for look in found.values()}) == 8
    assert len({look.dashes for name, look in found.items() if name != "in-house"}) == 7


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 1)), min_size=1, max_size=8))
def test_spread_things_neither_overlap_nor_leave(things: list[tuple[float, float]]) -> None:
    """Protects marks from lying on each other: eight of them always fit into ten inches."""
    centres, sizes = [centre for centre, _ in things], [size for _, size in things]
    moved = spread(centres, sizes, 0.0, 10.0)
    order = sorted(range(len(things)), key=lambda i: centres[i])
    for one, other in itertools.pairwise(order):
        assert moved[other] - moved[one] >= (sizes[one] + sizes[other]) / 2 - 1e-9
    assert min(at - size / 2 for at, size in zip(moved, sizes, strict=True)) >= -1e-9
    assert max(at + size / 2 for at, size in zip(moved, sizes, strict=True)) <= 10 + 1e-9
    if len(things) == 1 and sizes[0] / 2 <= centres[0] <= 10 - sizes[0] / 2:
        assert moved == centres


def test_lines_are_broken_by_width_and_evenly() -> None:
    """Protects titles: no line is wider than the page, no word is lost, and the last is no orphan."""
    words = "manila saves most, USD 9.8M on average, and is cheaper than in-house in 97 of 100 futures"
    lines = wrapped(words, 6.0, 14, "bold")
    assert " ".join(lines) == words
    widths = [width_of(line, 14, "bold") for line in lines]
    assert max(widths) <= 6.0
    assert min(widths) > 0.6 * max(widths)


# --- files -----------------------------------------------------------------------------------------


def test_every_picture_is_written_as_png_and_svg(tmp_path: Path) -> None:
    """Protects the folder of a run: the files, their resolution, their words, and no draft left behind."""
    result = result_of({"a/../b": normal(1e6, 1e6), "Kraków": normal(2e6, 1e6), "": normal(0, 1e6)})
    written = save_all(result, tmp_path)
    waterfalls = ["waterfall-1-krakow", "waterfall-2-a-b", "waterfall-3"]  # the best first
    names = ["savings", "s-curves", "fan", *waterfalls]
    assert [path.name for path in written] == [f"{name}.{kind}" for name in names for kind in ("png", "svg")]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    with Image.open(tmp_path / "savings.png") as image:
        assert [round(dots) for dots in image.info["dpi"]] == [150, 150]
        assert image.info["Description"] == savings.alt_text(result)
        assert image.width >= 1400


def test_svg_repeats_byte_by_byte_whatever_the_settings() -> None:
    """Protects comparison of stored pictures, and them from a user's matplotlibrc."""
    result = result_of({"a": normal(1e6, 1e6)})
    before = dict(mpl.rcParams)
    first = [rendered(picture, "svg") for picture in pictures(result)]
    assert dict(mpl.rcParams) == before, "the user's settings are left alone"
    with mpl.rc_context(
        {"lines.linewidth": 9, "font.size": 30, "svg.hashsalt": None, "text.parse_math": True}
    ):
        again = [rendered(picture, "svg") for picture in pictures(result)]
    assert first == again


def test_without_an_alternative_there_is_still_the_cost() -> None:
    """Protects against a crash where there is nothing to compare: the S-curve alone, and clear errors."""
    result = result_of({"a": normal(1e6, 1e6)})
    del result.costs["a"]
    assert [picture.name for picture in pictures(result)] == ["s-curves"]
    for draw in (savings.draw, fan.draw, waterfall.draw):
        with pytest.raises(ValueError, match="beside the baseline"):
            draw(result)


def test_spread_keeps_its_quantiles_in_order() -> None:
    """Protects the figures that all pictures mark, at a known sample."""
    own = Spread.of(np.arange(1001.0))
    assert [
        own.least,
        own.low,
        own.p5.value,
        own.p50.value,
        own.p95.value,
        own.high,
        own.most,
    ] == pytest.approx([0, 5, 50, 500, 950, 995, 1000])
    assert own.mean.value == 500
