"""The panels of a fit to a series by month: exchange rates and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from bposim.report.numbers import MINUS, Scale, percent
from bposim.report.pictures.fit_layout import BOTTOM, HEIGHT, LEFT, PANEL, PITCH, headed, legend, looks_of
from bposim.report.pictures.labels import amounts_on, clean
from bposim.report.pictures.style import BLUE, FAINT_INK, INK, VERMILION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bposim.fit.evidence import FxEvidence, VolumeEvidence
    from bposim.fit.outcome import Fit
    from bposim.report.pictures.page import Page
    from bposim.shapes import FloatArray

_MONTHS = "JFMAMJJASOND"


def plot_rates(axes: Axes, evidence: FxEvidence) -> None:
    """Draw the rates of the file by month."""
    t = _calendar(evidence.months)
    axes.plot(t, evidence.rates, color=BLUE, linewidth=1.6)
    axes.plot(t[-1], evidence.rates[-1], "o", color=BLUE, markersize=5)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{rate:.4g}"))
    axes.grid(axis="y")
    axes.set_ylabel(clean(evidence.pair))
    headed(axes, f"The rate, {evidence.rates[-1]:.4g} in {evidence.months[-1]}")


def plot_changes(axes: Axes, evidence: FxEvidence, fit: Fit) -> None:
    """Draw the quantiles of the monthly changes against those of the models."""
    changes = evidence.changes
    ends = np.array([changes[0], changes[-1]])
    axes.plot(ends, ends, color=INK, linewidth=0.9)
    looks = looks_of(fit, list(evidence.quantiles))
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
    legend(axes, "upper left")
    headed(axes, "Monthly changes against models")


def _calendar(months: Sequence[str]) -> FloatArray:
    return np.array([int(month[:4]) + (int(month[5:]) - 1) / 12.0 for month in months])


# --- Volume -----------------------------------------------------------------------------------------------


def plot_volumes(axes: Axes, evidence: VolumeEvidence) -> None:
    """Draw the volumes of the file by month, with what the model says."""
    t = _calendar(evidence.months)
    axes.plot(t, evidence.volumes, "o-", color=INK, linewidth=0.8, markersize=3.2, label="the file")
    axes.plot(t, evidence.expected, color=BLUE, linewidth=2.2, label="expected")
    axes.set_ylim(0.0, 1.15 * float(evidence.volumes.max()))
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    amounts_on(axes.yaxis, Scale.of(float(evidence.volumes.max())), 6)
    axes.grid(axis="y")
    axes.set_ylabel("Units a month")
    legend(axes, "lower left")
    headed(axes, "Volume")


def plot_season_or_surprises(sheet: Page, axes: Axes, evidence: VolumeEvidence) -> None:
    """Put the season into a panel of its own above that of the surprises."""
    height = HEIGHT - BOTTOM - 0.35
    upper = sheet.axes(LEFT + PITCH, BOTTOM + 0.68 * height, PANEL, 0.32 * height)
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
    headed(
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
    headed(axes, "What is left against the normal distribution")


# --- All --------------------------------------------------------------------------------------------------
