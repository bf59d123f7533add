"""How often the event losses of an alternative exceed any amount, risk by risk and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from bposim.analysis.attribution import tail_parts
from bposim.analysis.measures import mean, probability_above, quantile
from bposim.plain_names import PlainNames
from bposim.report.numbers import Scale, amount, money, of_futures, probability
from bposim.report.pictures.key import Row, write_key
from bposim.report.pictures.labels import drawable, short_names
from bposim.report.pictures.page import CannotDrawError, horizon, page, sampled
from bposim.report.pictures.style import INK, Look, drawing, series

if TYPE_CHECKING:
    from collections.abc import Container

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import Result
    from bposim.shapes import FloatArray

MOST = 7
"""Risks with a line of their own, those with the largest mean."""

TAIL = 10
"""A line ends at the loss that so many trials exceed: further out it is single trials."""

POINTS = 300

TOGETHER = "all risks together"

IN_HOUSE = "in-house"

MAIN = 0.5
"""A risk that makes more of the worst futures' losses than this is named in the title."""

RARE = 0.99
"""The key tells the loss that 1 future in 100 exceeds."""


def losses(result: Result, name: str) -> dict[str, FloatArray]:
    """Return the event losses by risk with any, the largest mean first, after their sum; ``(trials,)`` each.

    Raises CannotDrawError where the run kept none or none has happened.
    """
    if result.sample is None:
        raise CannotDrawError("this result kept no sample of its losses; simulate it again")
    # The same leg as the baseline's is what stays of it: the alternative moves only a part of the work.
    legs = result.scenario.alternatives[result.baseline].legs if name != result.baseline else ()
    kept = {leg.stream for leg in legs}
    called = PlainNames(result.scenario)
    found = {
        _label(key, kept, called): np.asarray(loss, dtype=np.float64)
        for key, loss in result.sample.events.get(name, {}).items()
        if np.any(loss > 0)
    }
    if not found:
        raise CannotDrawError(f"{result.titles[name]} has no losses from event risks")
    together = np.sum(list(found.values()), axis=0)
    if np.count_nonzero(together) < TAIL:
        raise CannotDrawError(f"fewer than {TAIL} futures of {name} have any event loss; run more trials")
    order = sorted(found, key=lambda risk: -float(np.mean(found[risk])))
    return {TOGETHER: together, **{risk: found[risk] for risk in order}}


def exceedance(loss: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return losses, ascending, and the share of trials that have at least so much, for a curve.

    The points are even on a logarithmic axis of probabilities, from any loss to ``TAIL`` trials.
    """
    ordered = np.sort(loss)[::-1]
    any_loss = int(np.count_nonzero(loss > 0))
    ranks = np.unique(np.geomspace(min(TAIL, any_loss), any_loss, POINTS).round().astype(np.intp))[::-1]
    return ordered[ranks - 1], ranks / loss.size


def finding(result: Result, name: str) -> str:
    """Return in a sentence how often events cost anything, and how much in a bad case."""
    own = losses(result, name)
    together, kept = own[TOGETHER], result.first.trials
    label, currency = short_names(result.titles)[name], result.scenario.base_currency
    often = of_futures(probability_above(together, 0.0).value, kept)
    worst = quantile(together, RARE)
    start = f"events cost {label} something in {often}"
    if worst.se is None:
        return start
    shares = tail_parts({risk: loss for risk, loss in own.items() if risk != TOGETHER}, RARE).shares
    most = max(shares, key=lambda risk: shares[risk])
    above_all = f", above all through {drawable(most)}" if MAIN < shares[most] < 1 else ""
    return f"{start}, and more than {money(worst.value, currency, worst.se)} in 1 of 100{above_all}"


def alt_text(result: Result, name: str) -> str:
    """Return the picture in words, with the figures of its key."""
    rows = [f"{risk}: {', '.join(figures_of(loss))}." for risk, loss in shown_losses(result, name).items()]
    what = (
        f"Loss exceedance curves by event risk in {result.scenario.base_currency}, both axes logarithmic; "
        "how often there is any loss, its mean, and what 1 future in 100 exceeds:"
    )
    return " ".join([f"{finding(result, name)}.", what, *rows])


def plot(axes: Axes, result: Result, name: str) -> Axes:
    """Draw the curves of the risks and of their sum on logarithmic axes."""
    shown = shown_losses(result, name)
    lowest, least, most = 1.0, np.inf, 0.0
    for risk, look in zip(shown, looks_of(len(shown)), strict=True):
        if np.count_nonzero(shown[risk]) < TAIL:
            continue
        loss, share = exceedance(shown[risk])
        width = 2.8 if risk == TOGETHER else 1.9
        axes.plot(loss, share, color=look.colour, linestyle=look.dashes, linewidth=width)
        visible = loss[share <= 0.9 * share[0]] if share.size > 1 else loss
        lowest, least, most = min(lowest, share[-1]), min(least, visible[0]), max(most, loss[-1])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(max(least, most / 1e5), 1.1 * most if most > least else 2 * most)
    levels = [level for level in (1, 0.5, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6) if level >= lowest]
    axes.set_ylim(min(lowest, 0.5), 1.0)
    axes.yaxis.set_major_locator(FixedLocator(levels))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"1 in {1 / share:,.0f}"))
    decades = np.log10(most / max(least, most / 1e5))
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1.0,) if decades > 3 else (1.0, 2.0, 5.0)))  # noqa: PLR2004
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda loss, _: _round(loss)))
    axes.grid()
    return axes


def draw(result: Result, name: str) -> Figure:
    """Return the picture: the curves, and their figures as a table."""
    own, shown = losses(result, name), shown_losses(result, name)
    currency = result.scenario.base_currency
    more = f" The {MOST} dearest of {len(own) - 1} risks." if len(shown) < len(own) else ""
    described = (
        f"Losses of {short_names(result.titles)[name]} from event risks: present value over "
        f"{horizon(result)}, {currency}, "
        f"{sampled(result)}. A line gives how many futures lose at least so much: the further right, the "
        "worse. "
        f"Lines end where {TAIL} futures are left. Mean: loss a future on average.{more}"
    )
    with drawing():
        sheet = page(result, finding(result, name), described, 4.4, 11.2)
        axes = sheet.axes(0.9, 0.6, 5.0, sheet.height - 0.75)
        plot(axes, result, name)
        axes.set_ylabel("Futures that lose at least this")
        axes.set_xlabel(f"Loss, present value, {currency}", labelpad=6)
        rows = [
            Row(look, drawable(risk), figures_of(shown[risk]), bold=risk == TOGETHER)
            for risk, look in zip(shown, looks_of(len(shown)), strict=True)
        ]
        write_key(sheet, 6.2, (9.5, 10.3, 11.2), ("Largest mean first", "any loss", "mean", "1 in 100"), rows)
    return sheet.figure


def shown_losses(result: Result, name: str) -> dict[str, FloatArray]:
    """Return the losses that have a line of their own, by risk."""
    own = losses(result, name)
    # With one risk its line would lie under that of the sum.
    kept = list(own.items())[: MOST + 1] if len(own) > 2 else list(own.items())[1:]  # noqa: PLR2004
    return dict(kept)


def figures_of(loss: FloatArray) -> list[str]:
    """Return how often there is any loss, its mean, and what 1 future in 100 exceeds."""
    average, worst = mean(loss), quantile(loss, RARE)
    return [
        probability(probability_above(loss, 0.0).value, loss.size),
        amount(average.value, average.se),
        amount(worst.value, worst.se) if worst.se is not None else "too few",
    ]


def looks_of(count: int) -> list[Look]:
    """Return the looks of so many lines, black for the sum if there are several."""
    first = [Look(INK, (0, ()))] if count > 1 else []
    return [*first, *series(count - len(first))]


def _label(key: str, kept: Container[str], called: PlainNames) -> str:
    """Return the leg and the risk of an event, as people call them; ``kept`` are the legs that stay."""
    stream, _, risk = key.rpartition(".")
    leg = called.leg(stream)
    if stream in kept:
        leg = "work kept in-house" if leg == IN_HOUSE else f"work kept with {leg}"
    return f"{leg}: {risk.replace('_', ' ')}"


def _round(value: float) -> str:
    scale = Scale.of(value)
    return f"{value / scale.divisor:g}{scale.suffix}"
