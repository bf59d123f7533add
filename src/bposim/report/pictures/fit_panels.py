"""The panels of the picture of a fit: two for each kind of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from bposim.fit.evidence import FxEvidence, LossEvidence, TenureEvidence
from bposim.report.numbers import amount
from bposim.report.pictures.fit_layout import BOTTOM, HEIGHT, LEFT, PANEL, PITCH, headed, legend, looks_of
from bposim.report.pictures.fit_series import (
    plot_changes,
    plot_rates,
    plot_season_or_surprises,
    plot_volumes,
)
from bposim.report.pictures.style import (
    FAINT_INK,
    INK,
    RULE,
    SMALL,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bposim.fit.outcome import Fit
    from bposim.report.pictures.page import Page


_LABELS = 8


def draw_panels(sheet: Page, fit: Fit) -> None:
    """Draw both panels: the proposed model strong, the others faint."""
    left = sheet.axes(LEFT, BOTTOM, PANEL, HEIGHT - BOTTOM - 0.35)
    right = sheet.axes(LEFT + PITCH, BOTTOM, PANEL, HEIGHT - BOTTOM - 0.35)
    evidence = fit.evidence
    if isinstance(evidence, LossEvidence):
        _loss_quantiles(left, evidence, fit)
        _loss_exceedance(right, evidence, fit)
    elif isinstance(evidence, TenureEvidence):
        _stay(left, evidence, fit)
        _hazard(right, evidence, fit)
    elif isinstance(evidence, FxEvidence):
        plot_rates(left, evidence)
        plot_changes(right, evidence, fit)
    else:
        plot_volumes(left, evidence)
        plot_season_or_surprises(sheet, right, evidence)


# --- Losses -----------------------------------------------------------------------------------------------


def _loss_quantiles(axes: Axes, evidence: LossEvidence, fit: Fit) -> None:
    losses = evidence.losses
    ends = np.array([losses[0], losses[-1]])
    axes.plot(ends, ends, color=INK, linewidth=0.9)
    for name, (look, width) in looks_of(fit, list(evidence.quantiles)).items():
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
    headed(axes, "Losses against models")


def _loss_exceedance(axes: Axes, evidence: LossEvidence, fit: Fit) -> None:
    losses = evidence.losses
    n = losses.size
    above = 1.0 - (np.arange(n) + 0.5) / n
    axes.plot(losses, above, "o", color=INK, markersize=3.2, markeredgewidth=0, alpha=0.8, label="the file")
    for name, (look, width) in looks_of(fit, list(evidence.quantiles)).items():
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
    legend(axes, "lower left")
    headed(axes, "How often a loss is exceeded")


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
    for name, (look, width) in looks_of(fit, list(evidence.curves)).items():
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
    legend(axes, "upper right")
    headed(axes, "How long people stay")


def _hazard(axes: Axes, evidence: TenureEvidence, fit: Fit) -> None:
    looks = looks_of(fit, list(evidence.hazards))
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
    headed(axes, "When people leave")


def _years(axes: Axes) -> None:
    longest = axes.get_xlim()[1]
    step = next((step for step in (6, 12, 24, 60, 120) if longest / step <= _LABELS), 240)
    axes.xaxis.set_major_locator(FixedLocator(list(range(0, int(longest) + 1, step))))
    axes.set_xlabel("Tenure in months")


# --- Exchange rates ---------------------------------------------------------------------------------------
