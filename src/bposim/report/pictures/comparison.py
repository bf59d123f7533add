"""The alternatives pair by pair in the same futures, and what having chosen each costs in hindsight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.analysis.measures import Sample, quantiles
from bposim.analysis.summary import summarise
from bposim.report.compare import Comparison, Pair
from bposim.report.compare import compare as compared
from bposim.report.numbers import MINUS, futures, money, probability
from bposim.report.pictures.labels import fitted, short_names, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.rows import LINE, bar, frame_rows, level_of, reached, write_names
from bposim.report.pictures.seen import scale_of
from bposim.report.pictures.style import BLUE, FAINT_INK, INK, LABEL, SMALL, drawing, looks
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.result import Result
    from bposim.shapes import FloatArray

MOST = 10
"""Pairs on the picture: all of those of five alternatives."""

NAMES = 3.2
"""Inches for the names of a pair at most."""

COLUMNS = (0.8, 1.75, 2.75)
"""Right edges of the figures of a pair, in inches from the end of the panel."""

LEVELS = (0.05, 0.25, 0.75, 0.95)
"""Between the outer ones lie nine futures of ten, between the inner ones half of them."""


def comparison(result: Result) -> Comparison:
    """Return how the alternatives stand to each other; CannotDrawError where nothing can be told."""
    if len(result.names) == 1:
        raise CannotDrawError("a comparison needs an alternative beside the baseline")
    found = compared(result, summarise(result))
    if any(pair.saves.se is None for pair in found.pairs) or result.trials < FEWEST:
        raise CannotDrawError(f"{trials(result)} are too few to compare by; run more")
    return found


FEWEST = 100
"""Trials without which P5 and P95 of a difference are single futures."""


def shown_of(found: Comparison) -> tuple[Pair, ...]:
    """Return the pairs on the picture: those of the first one before all others."""
    return found.pairs[:MOST]


def finding(found: Comparison) -> str:
    """Return in a sentence whether the choice is clear, and how often it is the cheapest."""
    first, second = found.places[0], found.places[1]
    names = short_names({place.name: found.titles[place.name] for place in found.places})
    often = futures(found.best[first.name].value, found.trials)
    if first.too_close:
        rivals = listed([names[place.name] for place in found.places[1:] if place.too_close], "or")
        return f"too close to call: {names[first.name]} ranks first, but cannot be told from {rivals}"
    ahead = money(second.behind.value, found.currency, second.behind.se)
    return (
        f"{names[first.name]} ranks first, {ahead} of risk-adjusted cost ahead of {names[second.name]}; "
        f"it is the cheapest in {often}"
    )


def alt_text(result: Result, found: Comparison) -> str:
    """Return the picture in words, with its figures."""
    names = short_names(result.titles)
    rows = [
        f"{names[pair.first]} against {names[pair.second]}: saves {_amount(pair.saves)} on average, "
        f"cheaper in {probability(pair.cheaper.value, found.trials)}; dominance of first order: "
        f"{_verdict(pair, 0)}, of second order: {_verdict(pair, 1)}."
        for pair in shown_of(found)
    ]
    regrets = [
        f"Having chosen {names[place.name]} costs {_amount(found.regret[place.name])} on average."
        for place in found.places
    ]
    what = f"Differences of cost between two alternatives in the same futures, in {found.currency}."
    return " ".join([f"{finding(found)}.", what, *rows, *regrets])


def plot(axes: Axes, result: Result, found: Comparison | None = None) -> Axes:
    """Draw what the first of each pair saves: P5 to P95, the middle half, and the mean with its interval."""
    found = found or comparison(result)
    pairs = shown_of(found)
    spans = [quantiles(Sample(_saved(result, pair)), LEVELS) for pair in pairs]
    low, high = min(s[0].value for s in spans), max(s[-1].value for s in spans)
    frame_rows(axes, len(pairs), (min(low, 0.0), max(high, 0.0)), scale_of([p.saves for p in pairs]), 0.1)
    for place, (pair, (p5, p25, p75, p95)) in enumerate(zip(pairs, spans, strict=True)):
        axes.plot([p5.value, p95.value], [place, place], color=BLUE, linewidth=1.2)
        axes.plot([p25.value, p75.value], [place, place], color=BLUE, linewidth=6.0, alpha=0.45)
        mean = pair.saves
        if mean.low is not None and mean.high is not None:
            axes.plot([mean.low, mean.high], [place, place], color=INK, linewidth=3.0, zorder=3)
        axes.plot(
            mean.value,
            place,
            "o",
            color=INK,
            markeredgecolor="white",
            markeredgewidth=0.8,
            markersize=7,
            zorder=4,
        )
    axes.set_title("What the first saves against the second", loc="left", fontsize=LABEL, fontweight="bold")
    return axes


def plot_regret(axes: Axes, result: Result, found: Comparison | None = None) -> Axes:
    """Draw what having chosen each alternative costs on average against the cheapest of each future."""
    found = found or comparison(result)
    regrets = [found.regret[place.name] for place in found.places]
    room = max(width_of(_amount(each), SMALL) for each in regrets) + 0.12
    _, high = reached(regrets)
    frame_rows(axes, len(regrets), (0.0, high), scale_of(regrets), room)
    axes.set_xlim(left=0.0)
    styled = looks(result)
    for row, (place, regret) in enumerate(zip(found.places, regrets, strict=True)):
        bar(axes, row, regret, styled[place.name].colour, _amount(regret))
    axes.set_title(
        "Mean regret: what having chosen it costs against the cheapest of each future",
        loc="left",
        fontsize=LABEL,
        fontweight="bold",
    )
    return axes


def draw(result: Result, found: Comparison | None = None) -> Figure:
    """Return the picture: the pairs with how often and how far one is better, and the regret of each."""
    found = found or comparison(result)
    pairs, names = shown_of(found), short_names(result.titles)
    more = f" {MOST} of {len(found.pairs)} pairs." if len(pairs) < len(found.pairs) else ""
    shown = (
        f"Differences of cost in the same futures: present value over {horizon(result)}, {found.currency}, "
        f"{trials(result)}. The dot is the mean difference with its 95% interval (often hidden by the dot), "
        "the thick line holds the middle half of futures, the thin one goes from P5 to P95. 1st order: "
        f"better for whoever prefers to pay less; 2nd order: for whoever also dislikes risk.{more}"
    )
    with drawing():
        upper, lower = LINE * len(pairs), LINE * len(found.places)
        sheet = page(result, finding(found), shown, upper + lower + 2.0, 11.6)
        floor = sheet.height - 0.35 - upper
        titles = [f"{names[pair.first]} against {names[pair.second]}" for pair in pairs]
        start = write_names(sheet, floor, upper, titles, NAMES)
        end = sheet.width - COLUMNS[-1] - 0.1
        axes = plot(sheet.axes(start, floor, end - start, upper), result, found)
        axes.set_xlabel(f"Saving, present value, {found.currency}")
        for column, head in zip(COLUMNS, ("cheaper in", "1st order", "2nd order"), strict=True):
            sheet.write(end + column + 0.1, floor + upper + 0.1, head, SMALL, FAINT_INK, align="right")
        for place, pair in enumerate(pairs):
            level = level_of(floor, upper, place, len(pairs))
            for column, text in zip(
                COLUMNS,
                (probability(pair.cheaper.value, found.trials), _verdict(pair, 0), _verdict(pair, 1)),
                strict=True,
            ):
                sheet.write(end + column + 0.1, level, text, SMALL, INK, align="right")
        bottom = 0.6
        labels = [fitted(names[place.name], start - 0.12, SMALL) for place in found.places]
        write_names(sheet, bottom, lower, labels, NAMES)
        axes = plot_regret(sheet.axes(start, bottom, sheet.width - start, lower), result, found)
        axes.set_xlabel(f"Present value, {found.currency}")
    return sheet.figure


def _saved(result: Result, pair: Pair) -> FloatArray:
    return result.costs[pair.second] - result.costs[pair.first]


def _verdict(pair: Pair, order: int) -> str:
    return pair.orders[order].verdict.removesuffix(" to call")


def _amount(estimate: Estimate) -> str:
    if too_close(estimate) and estimate.se:
        scale = scale_of([estimate])
        return f"{scale.text(estimate.value, minus=MINUS)} ± {scale.text(estimate.se)}"
    return scale_of([estimate]).text(estimate.value, minus=MINUS)
