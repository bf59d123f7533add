"""What splitting the work would do: mean saving against the mean cost of the futures that cost most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from matplotlib.patheffects import withStroke

from bposim.analysis.comparison import too_close
from bposim.analysis.frontier import Frontier
from bposim.analysis.frontier import frontier as frontier_of
from bposim.analysis.measures import Estimate
from bposim.analysis.statistic import risk_measure
from bposim.report.numbers import Scale, money, percent
from bposim.report.pictures.labels import amounts_on, inches, short_names, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, sampled, trials
from bposim.report.pictures.placing import Name, beside
from bposim.report.pictures.seen import scale_of
from bposim.report.pictures.style import FAINT_INK, INK, RULE, SMALL, drawing, looks_of
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.frontier import Blend
    from bposim.result import Result
    from bposim.scenario import Scenario

FEWEST = 2
"""Alternatives that can be split, the baseline among them."""


@dataclass(frozen=True, slots=True)
class SimulatedSplits:
    """Splits each of which was simulated, in place of a result whose alternatives are split in proportion."""

    scenario: Scenario
    seed: int
    trials: int
    frontier: Frontier
    step: float
    """Least difference of two shares."""
    coordination: str
    """What is paid for running a split beside its legs, in words."""

    @property
    def baseline(self) -> str:
        """Name of the alternative that the savings compare with."""
        return self.scenario.baseline

    @property
    def names(self) -> list[str]:
        """All alternatives, split or not, so that each has the colour that it has in other pictures."""
        return [self.baseline, *(name for name in self.scenario.alternatives if name != self.baseline)]

    @property
    def titles(self) -> dict[str, str]:
        """What people call each alternative, in the same order."""
        return {name: self.scenario.titles[name] for name in self.names}


Splits: TypeAlias = "Result | SimulatedSplits"


def splits(result: Splits) -> Frontier:
    """Return the splits of the work over all alternatives, the baseline too, in the trials of the sample.

    Of splits that were simulated, those.  Raises CannotDrawError where there is nothing to split, or the tail
    has too few trials.
    """
    if isinstance(result, SimulatedSplits):
        if result.frontier.shortfall.se is None:
            raise CannotDrawError(f"{result.frontier.shortfall.note}; run more trials")
        return result.frontier
    first = result.first
    if len(first.names) < FEWEST:
        raise CannotDrawError("a frontier needs an alternative beside the baseline")
    costs = {name: first.costs[name] for name in first.names}
    level = result.scenario.preferences.tail_level
    found = frontier_of(costs, costs[result.baseline], risk_measure(result.scenario, costs), level)
    if found.shortfall.se is None:
        raise CannotDrawError(f"{found.shortfall.note}; run more trials")
    return found


def finding(result: Splits, found: Frontier | None = None) -> str:
    """Return in a sentence which split is best and whether it is better than one alternative alone."""
    found = found or splits(result)
    names, currency = short_names(result.titles), result.scenario.base_currency
    worth, best = found.worth_of_blending, found.best
    alone = names[found.best_single]
    if max(best.shares.values()) == 1:
        return f"by risk-adjusted cost no split beats {alone} alone"
    if too_close(worth):
        return f"a split is worth no more than {alone} alone, as far as these trials can tell"
    more = (
        f"the best split is {shares_of(result, best)}: worth {money(worth.value, currency, worth.se)} more "
        f"than {alone} alone"
    )
    return more if isinstance(result, SimulatedSplits) else f"{more}, before {_left_out(result, best)}"


def _left_out(result: Splits, split: Blend) -> str:
    """Return what a split costs that its parts, each a share of a whole, do not show."""
    moved = [name for name, share in split.shares.items() if share and name != result.baseline]
    return "the cost of a second transition" if len(moved) > 1 else "fixed costs that do not shrink with it"


def alt_text(result: Splits, found: Frontier | None = None) -> str:
    """Return the picture in words, with its best split and the single alternatives."""
    found = found or splits(result)
    scale = scale_of_frontier(found)
    rows = [
        f"{shares_of(result, blend)}: mean saving {scale.text(blend.mean_saving)}, costliest futures "
        f"{scale.text(blend.shortfall)}."
        for blend in (found.best, *singles(found))
    ]
    what = (
        f"Splits of the work by mean saving and by mean cost of the {_worst(result)} of futures that cost "
        f"most, in {result.scenario.base_currency}; the efficient ones joined by a line."
    )
    return " ".join([f"{finding(result, found)}.", what, *rows])


def plot(axes: Axes, result: Splits, found: Frontier | None = None) -> Axes:
    """Draw all splits, the efficient ones joined, the single alternatives by name and the best split."""
    found = found or splits(result)
    names, styled, scale = short_names(result.titles), looks_of(result.names), scale_of_frontier(found)
    x, y = [blend.mean_saving for blend in found.blends], [blend.shortfall for blend in found.blends]
    axes.plot(x, y, "o", color="none", markeredgecolor=FAINT_INK, markersize=2.6, markeredgewidth=0.5)
    efficient = found.efficient
    axes.plot(
        [blend.mean_saving for blend in efficient],
        [blend.shortfall for blend in efficient],
        "o-",
        color=INK,
        linewidth=2.0,
        markersize=4.5,
    )
    across, along = (max(x) - min(x)) or 1.0, (max(y) - min(y)) or 1.0
    axes.set_xlim(min(x) - 0.08 * across, max(x) + 0.25 * across)
    axes.set_ylim(min(y) - 0.1 * along, max(y) + 0.1 * along)
    marked: list[tuple[Blend, str, str]] = []
    for blend in singles(found):
        name = next(name for name, share in blend.shares.items() if share == 1)
        axes.plot(blend.mean_saving, blend.shortfall, "s", color=styled[name].colour, markersize=7)
        marked.append((blend, names[name], "normal"))
    marked += [(blend, shares_of(result, blend), "normal") for blend in ends(found)]
    best = found.best
    # White, as a colour is an alternative's.
    whole = max(best.shares.values()) == 1
    axes.plot(
        best.mean_saving,
        best.shortfall,
        "D",
        markerfacecolor="none" if whole else "white",
        markeredgecolor=INK,
        markeredgewidth=1.8,
        markersize=14 if whole else 9,
        zorder=4,
    )
    if max(best.shares.values()) < 1:
        marked.insert(0, (best, "best split", "bold"))
    else:
        marked = [
            (blend, f"best: {text}" if blend == best else text, weight) for blend, text, weight in marked
        ]
    _write(axes, marked, efficient)
    amounts_on(axes.xaxis, scale, 7)
    amounts_on(axes.yaxis, scale, 6)
    return axes


def draw(result: Splits, found: Frontier | None = None) -> Figure:
    """Return the picture."""
    found = found or splits(result)
    currency = result.scenario.base_currency
    shown = (
        f"Splits of the work over the alternatives: present value over {horizon(result)}, {currency}, "
        f"{_futures(result)}. Right saves more, down is safer; {on_the_line(found)}. {_how(result)}"
    )
    with drawing():
        sheet = page(result, finding(result, found), shown, 4.8, 10.4)
        axes = sheet.axes(0.95, 0.6, sheet.width - 0.95, sheet.height - 0.75)
        plot(axes, result, found)
        base = short_names(result.titles)[result.baseline]
        axes.set_xlabel(f"Mean saving against {base}, present value, {currency}", parse_math=False)
        axes.set_ylabel(f"Mean cost of the dearest {_worst(result)}, {currency}")
    return sheet.figure


def _futures(result: Splits) -> str:
    return trials(result) if isinstance(result, SimulatedSplits) else sampled(result)


def _how(result: Splits) -> str:
    """Return how the costs of a split came about."""
    if isinstance(result, SimulatedSplits):
        return (
            f"Each split was simulated in the same futures, in steps of {percent(result.step)}; "
            f"{result.coordination}."
        )
    return (
        "Each is taken to cost its share of the whole: fixed costs and a second transition come on top, so "
        "run a split before choosing it."
    )


def _write(axes: Axes, marked: list[tuple[Blend, str, str]], efficient: tuple[Blend, ...]) -> None:
    """Write the names beside their points."""
    width, height = inches(axes)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()

    def spot(blend: Blend) -> tuple[float, float]:
        across, up = (blend.mean_saving - left) / (right - left), (blend.shortfall - low) / (high - low)
        return across * width, up * height

    names = [
        Name(spot(blend), width_of(text, SMALL, weight), 0.2 if text.startswith("best: ") else 0.13)
        for blend, text, weight in marked
    ]
    places = beside(names, [spot(blend) for blend in efficient], width, height)
    for (_, text, weight), name, place in zip(marked, names, places, strict=True):
        x = name.at[0] + (name.room if place.is_right else -name.room)
        axes.annotate(
            text,
            (x / width, (name.at[1] + place.up) / height),
            xycoords="axes fraction",
            fontsize=SMALL,
            fontweight=weight,
            color=INK,
            ha="left" if place.is_right else "right",
            va="center",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
    axes.grid(color=RULE)
    axes.tick_params(colors=FAINT_INK)


def on_the_line(found: Frontier) -> str:
    """Return what the efficient splits have over the others, in words."""
    if len(found.efficient) == 1:
        return "no split is better than the best one in either"
    return "on the dark line no other split is better in both"


def ends(found: Frontier) -> list[Blend]:
    """Return the ends of the efficient line that are neither an alternative alone nor the best split."""
    known = [*singles(found), found.best]
    return [blend for blend in (found.efficient[0], found.efficient[-1]) if blend not in known]


def singles(found: Frontier) -> list[Blend]:
    """Return the splits that give everything to one alternative."""
    return [blend for blend in found.blends if max(blend.shares.values()) == 1]


def shares_of(result: Splits, blend: Blend) -> str:
    """Return "60% manila and 40% krakow"."""
    names = short_names(result.titles)
    order = sorted(
        (name for name, share in blend.shares.items() if share), key=lambda name: -blend.shares[name]
    )
    return listed([f"{percent(blend.shares[name])} {names[name]}" for name in order])


def scale_of_frontier(found: Frontier) -> Scale:
    """Return the scale of savings and costs."""
    return scale_of(
        [Estimate(value, found.shortfall.se) for b in found.blends for value in (b.mean_saving, b.shortfall)]
    )


def _worst(result: Splits) -> str:
    return f"{100 * (1 - result.scenario.preferences.tail_level):.3g}%"
