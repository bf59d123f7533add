"""The picture of a fit: data beside the models fitted to them, with what was found in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.fit.evidence import FxEvidence, LossEvidence, TenureEvidence
from bposim.report.fit_text import interval, shown
from bposim.report.pictures.fit_layout import HEIGHT, WIDTH
from bposim.report.pictures.fit_panels import draw_panels
from bposim.report.pictures.page import paper
from bposim.report.pictures.style import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bposim.fit.outcome import Fit


def finding(fit: Fit) -> str:
    """Return in a sentence what was found."""
    own = fit.proposed
    if fit.kind == "tenure":
        attrition = fit.facts[0]
        value = shown(attrition.value, attrition)
        return f"Attrition is {value} a year, {interval(attrition)} with 95% confidence"
    if fit.kind == "losses":
        mean, *_, p99 = own.figures
        return (
            f"By {own.name}, a loss is {shown(mean.value, mean)} on average and one in a hundred is above "
            f"{shown(p99.value, p99)}"
        )
    parameters = {figure.name: figure for figure in own.parameters}
    if fit.kind == "fx":
        volatility = next(fact for fact in fit.facts if fact.name.startswith("volatility"))
        return (
            f"{fit.wrapped[0]} moves by {shown(volatility.value, volatility)} a year, "
            f"{interval(volatility)}; proposed: {own.name}"
        )
    level, growth = parameters["per_month"], parameters.get("growth")
    start = f"The volume comes to {shown(level.value, level)} a month"
    if growth is None:
        return f"{start}; no growth can be told from chance"
    return f"{start} and grows by {shown(growth.value, growth)} a year, {interval(growth)}"


def alt_text(fit: Fit) -> str:
    """Return the picture in words."""
    told = []
    for own in fit.candidates:
        fits = f"p {min(test.p for test in own.tests):.2g}" if own.tests else "no test"
        aic = "" if own.aic is None else f"AIC {own.aic:.1f}, "
        told.append(f"{own.name}: {aic}{fits}.")
    return " ".join([f"{finding(fit)}.", _legend_of(fit), *told])


def draw(fit: Fit) -> Figure:
    """Return the picture of a fit: two panels that depend on its kind."""
    with drawing():
        footer = (fit.read[0] if fit.read else "", "bposim fit")
        sheet = paper(finding(fit), _legend_of(fit), footer, HEIGHT, WIDTH)
        draw_panels(sheet, fit)
    return sheet.figure


def _legend_of(fit: Fit) -> str:
    evidence = fit.evidence
    if isinstance(evidence, LossEvidence):
        return (
            "Left: each loss against the loss that a model puts in its place; on the line they agree, above "
            "it the data are higher. Right: share of losses above an amount. Both scales are logarithmic."
        )
    if isinstance(evidence, TenureEvidence):
        return (
            "Left: share still there by tenure, without a model (Kaplan-Meier, with 95% band) and by each "
            "model. Right: leavers a year of presence by tenure; level if tenure does not matter."
        )
    if isinstance(evidence, FxEvidence):
        return (
            f"Left: {evidence.pair} at month-ends. Right: each monthly log change against the one that a "
            "model puts in its place; where ends bend away from the line, extremes are more frequent than "
            "the model says."
        )
    return (
        "Left: volumes and what level, growth and season expect. Right: the season above, and what is left "
        "of each month against the normal distribution below; on the line they agree."
    )
