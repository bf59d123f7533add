"""When a right to leave is used, and what one sees by then: by the stated rule and at its best."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, MaxNLocator

from bposim.report.numbers import MINUS, money, of_futures, percent
from bposim.report.pictures.fan import month_step
from bposim.report.pictures.labels import drawable, shorten
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.style import BLUE, FAINT_INK, INK, LABEL, SMALL, VERMILION, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.exit_option import ExitOption
    from bposim.report.pictures.page import Origin

LONGEST = 30
"""Characters of the alternative's name."""

NARROW = 0.4
"""Part of the months from date to date that one bar fills."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A right to leave an alternative, used in two ways."""

    alternative: str
    dates: tuple[int, ...]
    """Months of the decision."""
    best: ExitOption
    by_rule: ExitOption
    signs: tuple[float | None, ...]
    """Excess of the last year's cost over that with who takes over, as a part of it, from which one leaves.

    None where too few do."""

    @property
    def boundary(self) -> list[tuple[int, float]]:
        """The dates whose sign is known, with it."""
        return [(date, sign) for date, sign in zip(self.dates, self.signs, strict=True) if sign is not None]


def finding(origin: Origin, right: Leaving) -> str:
    """Return in a sentence what the right is worth, at its best and by the rule, and how often it is used."""
    name, currency = _name(origin, right), origin.scenario.base_currency
    best, stated = right.best, right.by_rule
    if best.value.value <= 0 or (best.value.low is not None and best.value.low <= 0):
        return f"the right to leave {name} is worth nothing that these trials can tell from 0"
    often = of_futures(best.probability.value, origin.trials)
    worth = money(best.value.value, currency, best.value.se)
    by_rule = money(stated.value.value, currency, stated.value.se, minus=MINUS)
    return (
        f"the right to leave {name} is worth {worth} at its best, used in {often}; by the stated rule "
        f"{by_rule}"
    )


def alt_text(origin: Origin, right: Leaving) -> str:
    """Return the picture in words, with the dates at which the right is used most."""
    rows = []
    for words, use in (("At its best", right.best), ("By the stated rule", right.by_rule)):
        by_date = use.by_date
        most = int(by_date.argmax())
        used = of_futures(use.probability.value, origin.trials)
        rows.append(f"{words} it is used in {used}, most often in month {right.dates[most]}.")
    known = right.boundary
    if known:
        ends = [
            f"{percent(sign, minus=MINUS, plus=True)} in month {date}" for date, sign in (known[0], known[-1])
        ]
        rows.append(
            f"One leaves where the last year cost more than with who takes over by {' and by '.join(ends)}."
        )
    what = "Bars of the probability of leaving by month, and the line of the cost above which one leaves."
    return " ".join([f"{finding(origin, right)}.", what, *rows])


def plot(axes: Axes, right: Leaving) -> Axes:
    """Draw how often the right is used at each date: at its best, and hatched by the stated rule."""
    dates = right.dates
    step = min((late - early for early, late in pairwise(dates)), default=1)
    for side, use, colour, hatch, words in (
        (-1, right.best, BLUE, "", "at its best"),
        (1, right.by_rule, VERMILION, "////", "by the stated rule"),
    ):
        axes.bar(
            [date + side * NARROW * step / 2 for date in dates],
            use.by_date,
            NARROW * step,
            color="white" if hatch else colour,
            edgecolor=colour,
            hatch=hatch,
            linewidth=0.8,
            label=f"{words}: {of_futures(use.probability.value, use.date.size)}",
        )
    axes.set_ylim(0.0, 1.25 * max(float(right.best.by_date.max()), float(right.by_rule.by_date.max())))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}%"))
    axes.legend(frameon=False, fontsize=SMALL, loc="upper right")
    _months(axes, right)
    axes.set_title(
        "How often one leaves, by month of the decision",
        loc="left",
        fontsize=LABEL,
        fontweight="bold",
        color=INK,
    )
    return axes


def plot_boundary(axes: Axes, right: Leaving) -> Axes:
    """Draw above which cost of the last year one leaves, at its best; no dot where too few do."""
    known = right.boundary
    if known:
        at, signs = zip(*known, strict=True)
        axes.plot(at, signs, "o-", color=BLUE, linewidth=2.0, markersize=5)
        low, high = min(0.0, *signs), max(0.0, *signs)
        axes.set_ylim(low - 0.1 * (high - low), high + 0.2 * (high - low))
        axes.annotate(
            "leave",
            (at[-1], high),
            (0, 10),
            textcoords="offset points",
            fontsize=SMALL,
            fontweight="bold",
            ha="right",
        )
    else:
        axes.annotate(
            "too few futures leave to say", (0.5, 0.5), xycoords="axes fraction", fontsize=SMALL, ha="center"
        )
        axes.set_ylim(-0.1, 0.5)
    axes.axhline(0.0, color=FAINT_INK, linewidth=1.0, dashes=(3, 1.5))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share, minus=MINUS, plus=True)))
    _months(axes, right)
    axes.set_title(
        "Excess cost of the last year from which one leaves",
        loc="left",
        fontsize=LABEL,
        fontweight="bold",
        color=INK,
    )
    return axes


def draw(origin: Origin, right: Leaving) -> Figure:
    """Return the picture; CannotDrawError where the right is never used."""
    if not (right.best.by_date.any() or right.by_rule.by_date.any()):
        raise CannotDrawError(f"nobody leaves {right.alternative}, at its best or by the stated rule")
    shown = (
        f"The right to leave {_name(origin, right)} within {horizon(origin)}, {trials(origin)}. At its "
        "best: the rule is learnt on one half of the futures and used on the other (Longstaff and Schwartz). "
        "Above the line on the right, leaving is as a rule the better choice; where too few leave there is "
        "no dot."
    )
    with drawing():
        sheet = page(origin, finding(origin, right), shown, 4.0, 11.6)
        half = (sheet.width - 0.9) / 2
        for place, panel in enumerate((plot, plot_boundary)):
            axes = sheet.axes(0.6 + place * (half + 0.6), 0.6, half - 0.3, sheet.height - 1.0)
            panel(axes, right)
            axes.set_xlabel("Month of the decision")
    return sheet.figure


def _months(axes: Axes, right: Leaving) -> None:
    last = right.dates[-1]
    step = month_step(last)
    axes.set_xlim(0, last + 3)
    axes.set_xticks(range(0, last + 1, step))


def _name(origin: Origin, right: Leaving) -> str:
    title = origin.scenario.titles.get(right.alternative, right.alternative)
    return shorten(drawable(title), LONGEST)
