"""Whether the run has enough trials: mean and P5 of a saving as they settle, with their 95 % intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from bposim.analysis.convergence import running
from bposim.analysis.measures import Z95
from bposim.analysis.statistic import risk_measure, statistic
from bposim.report.numbers import MINUS, Scale, money
from bposim.report.pictures.labels import amounts_on, short_names
from bposim.report.pictures.page import CannotDrawError, page, trials
from bposim.report.pictures.style import BLUE, FAINT_INK, INK, LABEL, SMALL, drawing
from bposim.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.convergence import Step
    from bposim.result import Result

FIGURES = {
    "saving.mean": "Mean saving",
    "saving.p5": "P5 of the saving",
    "risk_adjusted_value": "Risk-adjusted value",
}
"""What is shown, by the names that ``--until`` takes."""

FEWEST = 2
"""Steps without which nothing can be seen to settle."""


def steps(result: Result, name: str, of: str) -> tuple[Step, ...]:
    """Return a figure after 1, 2, 4 … blocks of the run; CannotDrawError where it is one block or less."""
    if name == result.baseline:
        raise CannotDrawError("the baseline saves nothing against itself; choose another alternative")
    figure = statistic(of, result.scenario.preferences, risk_measure(result.scenario, result.costs))
    found = running(figure, result.costs[result.baseline], result.costs[name])
    if len(found) < FEWEST or found[-1].careful is None:
        raise CannotDrawError(f"{trials(result)} are too few to see a figure settle; run more")
    return found


def finding(result: Result, name: str) -> str:
    """Return in a sentence how precisely mean and P5 are known."""
    parts = []
    for of, words in list(FIGURES.items())[:2]:
        last = steps(result, name, of)[-1]
        parts.append(f"the {words[0].lower()}{words[1:]}" if words[0] != "P" else f"its {words.split()[0]}")
        parts[-1] += f" to ±{_half(result, last)}"
    return f"{trials(result)} give {listed(parts)}".replace(
        "the mean saving", f"the mean saving of {_label(result, name)}"
    )


def alt_text(result: Result, name: str) -> str:
    """Return the picture in words, with each figure at its first and last step."""
    currency = result.scenario.base_currency
    rows = []
    for of, words in FIGURES.items():
        told = [
            f"{money(step.estimate.value, currency, step.careful)} after {step.trials:,} trials"
            for step in (steps(result, name, of)[0], steps(result, name, of)[-1])
        ]
        rows.append(f"{words}: {', '.join(told)}.")
    what = "Running estimates with their 95% intervals at doublings of the trials."
    return " ".join([f"{finding(result, name)}.", what, *rows])


def plot(axes: Axes, result: Result, name: str, of: str = "saving.mean") -> Axes:
    """Draw one figure with its interval as the trials double; hollow where they give it no error."""
    found = steps(result, name, of)
    known = [step for step in found if step.careful is not None]
    axes.fill_between(
        [step.trials for step in known],
        [step.estimate.value - Z95 * (step.careful or 0.0) for step in known],
        [step.estimate.value + Z95 * (step.careful or 0.0) for step in known],
        color=BLUE,
        alpha=0.22,
        linewidth=0,
    )
    axes.plot(
        [step.trials for step in found], [step.estimate.value for step in found], color=BLUE, linewidth=2.0
    )
    for step in found:
        face = BLUE if step.careful is not None else "white"
        axes.plot(step.trials, step.estimate.value, "o", color=BLUE, markerfacecolor=face, markersize=5)
    last = found[-1]
    axes.axhline(last.estimate.value, color=FAINT_INK, linewidth=0.8, dashes=(3, 1.5), zorder=0.9)
    axes.set_xscale("log", base=2)
    axes.set_xlim(found[0].trials / 1.15, last.trials * 1.15)
    marks = [step.trials for step in found]
    # Every other doubling, so that the labels have room; the whole run last, without its neighbour.
    shown = [*marks[:-1:3], marks[-1]] if len(marks) > 4 else marks  # noqa: PLR2004
    shown = [mark for mark in shown if mark == marks[-1] or mark * 2.5 < marks[-1]]
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.grid(axis="y")
    amounts_on(axes.yaxis, Scale.of(float(np.max(np.abs(axes.get_ylim())))), 5)
    value = money(last.estimate.value, result.scenario.base_currency, last.careful, minus=MINUS)
    axes.set_title(
        f"{FIGURES.get(of, of)}: {value}",
        loc="left",
        pad=18,
        fontsize=LABEL,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    axes.annotate(
        f"±{_half(result, last)} after {last.trials:,} trials",
        (0, 1),
        (0, 5),
        "axes fraction",
        "offset points",
        fontsize=SMALL,
        color=FAINT_INK,
    )
    return axes


def draw(result: Result, name: str) -> Figure:
    """Return the picture: mean, P5 and risk-adjusted value side by side, each on its own scale."""
    currency = result.scenario.base_currency
    shown = (
        f"Saving of {_label(result, name)} against {_label(result, result.baseline)}, present value, "
        f"{currency}, read after 1, 2, 4 … blocks "
        "of 1,024 trials. Band: 95% interval by the careful error, the largest that the whole run and "
        "its two halves claim; "
        "hollow: too few trials for an error."
    )
    with drawing():
        sheet = page(result, finding(result, name), shown, 3.7, 11.6)
        pitch = (sheet.width + 0.75) / len(FIGURES)
        for place, of in enumerate(FIGURES):
            axes = sheet.axes(place * pitch + 0.55, 0.6, pitch - 1.3, sheet.height - 1.2)
            plot(axes, result, name, of)
            axes.set_xlabel("Trials")
            if place == 0:
                axes.set_ylabel(currency)
    return sheet.figure


def _half(result: Result, step: Step) -> str:
    """Return half the width of the careful interval, in money."""
    half = Z95 * (step.careful or 0.0)
    return money(half, result.scenario.base_currency, half)


def _label(result: Result, name: str) -> str:
    return short_names(result.titles)[name]
