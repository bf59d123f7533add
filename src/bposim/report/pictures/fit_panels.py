"""The panels of the picture of a fit: two for each kind of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from bposim.fit.evidence import FxEvidence, LossEvidence, TenureEvidence
from bposim.report.numbers import MINUS, Scale, amount, percent
from bposim.report.pictures.labels import amounts_on, clean
from bposim.report.pictures.style import (
    BLUE,
    FAINT_INK,
    INK,
    LABEL,
    RULE,
    SMALL,
    VERMILION,
    Look,
    series,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bposim.fit.evidence import VolumeEvidence
    from bposim.fit.outcome import Fit
    from bposim.report.pictures.page import Page
    from bposim.shapes import FloatArray

HEIGHT, WIDTH = 4.4, 11.6
_LEFT, _BOTTOM = 0.75, 0.6
_PANEL = 4.75
_PITCH = 6.1
_LABELS = 8

_MONTHS = "JFMAMJJASOND"


def draw_panels(sheet: Page, fit: Fit) -> None:
    """Draw both panels: the proposed model strong, the others faint."""
    left = sheet.axes(_LEFT, _BOTTOM, _PANEL, HEIGHT - _BOTTOM - 0.35)
    right = sheet.axes(_LEFT + _PITCH, _BOTTOM, _PANEL, HEIGHT - _BOTTOM - 0.35)
    evidence = fit.evidence
    if isinstance(evidence, LossEvidence):
        _loss_quantiles(left, evidence, fit)
        _loss_exceedance(right, evidence, fit)
    elif isinstance(evidence, TenureEvidence):
        _stay(left, evidence, fit)
        _hazard(right, evidence, fit)
    elif isinstance(evidence, FxEvidence):
        _rates(left, evidence)
        _changes(right, evidence, fit)
    else:
        _volumes(left, evidence)
        _season_or_surprises(sheet, right, evidence)


# --- Losses -----------------------------------------------------------------------------------------------


def _looks(fit: Fit, names: Sequence[str]) -> dict[str, tuple[Look, float]]:
    """Return look and width of each model: the proposed one strong and first in the palette."""
    order = [fit.chosen, *(name for name in names if name != fit.chosen)]
    found = dict(zip(order, series(len(order)), strict=True))
    return {name: (found[name], 2.2 if name == fit.chosen else 1.2) for name in names}


def _loss_quantiles(axes: Axes, evidence: LossEvidence, fit: Fit) -> None:
    losses = evidence.losses
    ends = np.array([losses[0], losses[-1]])
    axes.plot(ends, ends, color=INK, linewidth=0.9)
    for name, (look, width) in _looks(fit, list(evidence.quantiles)).items():
        if not fit.by_name[name].usable:
            continue
        chosen = name == fit.chosen
        model = evidence.quantiles[name]
        if chosen:
            axes.plot(model, losses, "o", color=look.colour, markersize=4, alpha=0.75, markeredgewidth=0)
        else:
            axes.plot(model, losses, color=look.colour, linestyle=look.dashes, linewidth=width, zorder=1.5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    lowest, highest = float(losses[0]), float(losses[-1])
    axes.set_ylim(lowest / 1.5, highest * 1.5)
    axes.set_xlim(lowest / 3.0, highest * 3.0)
    _decades(axes, "x", 4)
    _decades(axes, "y", 6)
    axes.set_xlabel(f"Loss in the same place by the model (dots: {fit.chosen})")
    axes.set_ylabel("Loss in the file")
    _headed(axes, "Losses against models")


def _loss_exceedance(axes: Axes, evidence: LossEvidence, fit: Fit) -> None:
    losses = evidence.losses
    n = losses.size
    above = 1.0 - (np.arange(n) + 0.5) / n
    axes.plot(losses, above, "o", color=INK, markersize=3.2, markeredgewidth=0, alpha=0.8, label="the file")
    for name, (look, width) in _looks(fit, list(evidence.quantiles)).items():
        if not fit.by_name[name].usable:
            continue
        axes.plot(
            evidence.quantiles[name],
            above,
            color=look.colour,
            linestyle=look.dashes,
            linewidth=width,
            label=name,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(float(losses[0]) / 1.5, float(losses[-1]) * 2.5)
    axes.set_ylim(0.35 / n, 1.3)
    if evidence.threshold is not None:
        axes.axvline(evidence.threshold, color=FAINT_INK, linewidth=0.8, dashes=(3, 1.5))
        axes.annotate(
            "tail from here",
            (evidence.threshold, 1.0),
            (3, -10),
            textcoords="offset points",
            fontsize=SMALL,
            color=FAINT_INK,
            xycoords=("data", "axes fraction"),
        )
    _decades(axes, "x", 6)
    axes.yaxis.set_major_locator(
        FixedLocator([p for p in (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001) if p > 0.35 / n])
    )
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda p, _: f"{100 * p:g}%"))
    axes.grid(axis="y")
    axes.set_xlabel("Loss")
    axes.set_ylabel("Share of losses above")
    _legend(axes, "lower left")
    _headed(axes, "How often a loss is exceeded")


def _decades(axes: Axes, which: str, most: int) -> None:
    """Put amounts such as 10k, 20k, 50k on a logarithmic axis."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = sorted(axes.get_xlim() if which == "x" else axes.get_ylim())
    for steps in ((1, 2, 5), (1, 3), (1,)):
        marks = [
            step * 10.0**power
            for power in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
            for step in steps
            if low <= step * 10.0**power <= high
        ]
        if len(marks) <= most:
            break
    axis.set_major_locator(FixedLocator(marks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: amount(x).replace(".0", "")))


# --- Tenure -----------------------------------------------------------------------------------------------


def _stay(axes: Axes, evidence: TenureEvidence, fit: Fit) -> None:
    axes.fill_between(
        evidence.months, evidence.low, evidence.high, step="post", color=RULE, linewidth=0, label="95% band"
    )
    axes.step(evidence.months, evidence.survival, where="post", color=INK, linewidth=1.6, label="the file")
    for name, (look, width) in _looks(fit, list(evidence.curves)).items():
        axes.plot(
            evidence.grid,
            evidence.curves[name],
            color=look.colour,
            linestyle=look.dashes,
            linewidth=width,
            label=name,
        )
    axes.set_ylim(0.0, 1.02)
    axes.set_xlim(0.0, float(evidence.grid[-1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda p, _: f"{100 * p:.0f}%"))
    axes.grid(axis="y")
    _years(axes)
    axes.set_ylabel("Still there")
    _legend(axes, "upper right")
    _headed(axes, "How long people stay")


def _hazard(axes: Axes, evidence: TenureEvidence, fit: Fit) -> None:
    looks = _looks(fit, list(evidence.hazards))
    for name, (look, width) in looks.items():
        axes.plot(
            evidence.grid[1:-1],
            evidence.hazards[name][1:-1],
            color=look.colour,
            linestyle=look.dashes,
            linewidth=width,
            label=name,
        )
    for k, (begin, end, rate) in enumerate(evidence.observed_hazard):
        axes.plot([begin, end], [rate, rate], color=INK, linewidth=2.4, label="the file" if k == 0 else None)
    top = max([rate for *_, rate in evidence.observed_hazard], default=1.0)
    axes.set_ylim(0.0, 1.35 * top)
    axes.set_xlim(0.0, float(evidence.grid[-1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda p, _: f"{100 * p:.0f}%"))
    axes.grid(axis="y")
    _years(axes)
    axes.set_ylabel("Leavers a year of presence")
    _headed(axes, "When people leave")


def _years(axes: Axes) -> None:
    longest = axes.get_xlim()[1]
    step = next((step for step in (6, 12, 24, 60, 120) if longest / step <= _LABELS), 240)
    axes.xaxis.set_major_locator(FixedLocator(list(range(0, int(longest) + 1, step))))
    axes.set_xlabel("Tenure in months")


# --- Exchange rates ---------------------------------------------------------------------------------------


def _rates(axes: Axes, evidence: FxEvidence) -> None:
    t = _calendar(evidence.months)
    axes.plot(t, evidence.rates, color=BLUE, linewidth=1.6)
    axes.plot(t[-1], evidence.rates[-1], "o", color=BLUE, markersize=5)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{rate:.4g}"))
    axes.grid(axis="y")
    axes.set_ylabel(clean(evidence.pair))
    _headed(axes, f"The rate, {evidence.rates[-1]:.4g} in {evidence.months[-1]}")


def _changes(axes: Axes, evidence: FxEvidence, fit: Fit) -> None:
    changes = evidence.changes
    ends = np.array([changes[0], changes[-1]])
    axes.plot(ends, ends, color=INK, linewidth=0.9)
    looks = _looks(fit, list(evidence.quantiles))
    for name, (look, _) in looks.items():
        if fit.by_name[name].flaw:
            continue
        first = name == fit.chosen or len(looks) == 1
        axes.plot(
            evidence.quantiles[name],
            changes,
            "o" if first else "x",
            color=look.colour,
            markersize=4 if first else 3.5,
            alpha=0.75,
            markeredgewidth=0 if first else 0.8,
            label=name,
        )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda r, _: f"{100 * r:.3g}%".replace("-", MINUS)))
        axis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("Change in the same place by the model")
    axes.set_ylabel("Change in the file")
    _legend(axes, "upper left")
    _headed(axes, "Monthly changes against models")


def _calendar(months: Sequence[str]) -> FloatArray:
    return np.array([int(month[:4]) + (int(month[5:]) - 1) / 12.0 for month in months])


# --- Volume -----------------------------------------------------------------------------------------------


def _volumes(axes: Axes, evidence: VolumeEvidence) -> None:
    t = _calendar(evidence.months)
    axes.plot(t, evidence.volumes, "o-", color=INK, linewidth=0.8, markersize=3.2, label="the file")
    axes.plot(t, evidence.expected, color=BLUE, linewidth=2.2, label="expected")
    axes.set_ylim(0.0, 1.15 * float(evidence.volumes.max()))
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    amounts_on(axes.yaxis, Scale.of(float(evidence.volumes.max())), 6)
    axes.grid(axis="y")
    axes.set_ylabel("Units a month")
    _legend(axes, "lower left")
    _headed(axes, "Volume")


def _season_or_surprises(sheet: Page, axes: Axes, evidence: VolumeEvidence) -> None:
    """Put the season into a panel of its own above that of the surprises."""
    height = HEIGHT - _BOTTOM - 0.35
    upper = sheet.axes(_LEFT + _PITCH, _BOTTOM + 0.68 * height, _PANEL, 0.32 * height)
    box = axes.get_position()
    axes.set_position((box.x0, box.y0, box.width, box.height * 0.5))
    upper.axhline(1.0, color=FAINT_INK, linewidth=0.8)
    upper.bar(range(12), evidence.season - 1.0, bottom=1.0, color=BLUE, width=0.7)
    reach = 1.25 * max(float(np.max(np.abs(evidence.season - 1.0))), 0.02)
    upper.set_ylim(1.0 - reach, 1.0 + reach)
    upper.xaxis.set_major_locator(FixedLocator(range(12)))
    upper.xaxis.set_major_formatter(
        FuncFormatter(lambda k, _: _MONTHS[int(k)] if 0 <= k < len(_MONTHS) else "")
    )
    step = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if reach < 2.5 * step), 1.0)
    upper.yaxis.set_major_locator(FixedLocator([1.0 + k * step for k in range(-2, 3)]))
    upper.yaxis.set_major_formatter(FuncFormatter(lambda x, _: percent(x - 1.0, minus=MINUS, plus=True)))
    _headed(
        upper, "Season: above and below an average month" if np.ptp(evidence.season) > 0 else "Season: none"
    )
    reach = 1.1 * max(float(np.max(np.abs(evidence.surprises))), 2.5)
    axes.plot([-reach, reach], [-reach, reach], color=INK, linewidth=0.9)
    axes.plot(
        evidence.scores, evidence.surprises, "o", color=VERMILION, markersize=4, markeredgewidth=0, alpha=0.8
    )
    axes.set_ylim(-reach, reach)
    axes.set_xlim(-reach, reach)
    axes.set_xlabel("Normal distribution, standard deviations")
    axes.set_ylabel("Surprise of a month")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, integer=True))
    _headed(axes, "What is left against the normal distribution")


# --- All --------------------------------------------------------------------------------------------------


def _headed(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=LABEL, fontweight="bold", color=INK, parse_math=False)


def _legend(axes: Axes, place: str) -> None:
    axes.legend(loc=place, fontsize=SMALL, frameon=False, handlelength=2.6)  # type: ignore[call-overload]
