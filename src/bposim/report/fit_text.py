"""A fit as tables, sentences and JSON (``bposim.fit/1``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bposim.report.document import finite
from bposim.report.numbers import amount, error_place, percent
from bposim.report.table import NOTHING, Table

if TYPE_CHECKING:
    from bposim.fit.outcome import Candidate, Figure, Fit

SCHEMA = "bposim.fit/1"

TESTS = ("KS", "CvM", "AD")
"""Kolmogorov-Smirnov, Cramér-von Mises, Anderson-Darling."""

LEAST_P = 0.01

FAR_OPEN = 1e4
"""An interval's end so many times the value is as good as none."""


def tables(fit: Fit) -> list[Table]:
    """Return what the data say, how the models compare, and their parameters."""
    return [table for table in (_facts(fit), _candidates(fit), _parameters(fit)) if table.rows]


def shown(value: float, figure: Figure) -> str:
    """Return a value of a figure, with the digits that its interval supports."""
    if not math.isfinite(value):
        return "open"
    error = _error(figure)
    if figure.form == "amount":
        return amount(value, error)
    if figure.form == "share":
        decimals = max(-error_place(100.0 * error), 0) if error else 1
        return percent(value, min(decimals, 2))
    if figure.form == "rate":
        return f"{value:.4g}"
    unit = _unit(figure)
    if value == int(value) and not error:
        return f"{value:,.0f}{unit}"
    decimals = max(-error_place(error), 0) if error else 2
    return f"{value:,.{min(decimals, 3)}f}{unit}"


def _error(figure: Figure) -> float | None:
    """Return the standard error behind a figure's interval, from the mean of its sides."""
    if figure.low is None or figure.high is None:
        return None
    sides = [side for side in (figure.value - figure.low, figure.high - figure.value) if math.isfinite(side)]
    error = sum(sides) / len(sides) / 1.96 if sides else 0.0
    return error if error > 0.0 else None


def interval(figure: Figure) -> str:
    """Return "25.6k to 38.8k"; nothing where there is none."""
    if figure.low is None or figure.high is None or math.isnan(figure.low):
        return NOTHING
    high = figure.high if figure.high < FAR_OPEN * max(abs(figure.value), 1e-9) else math.inf
    return f"{shown(figure.low, figure).removesuffix(_unit(figure))} to {shown(high, figure)}"


def _unit(figure: Figure) -> str:
    return {"months": " months", "years": " years"}.get(figure.form, "")


def _p(value: float) -> str:
    """Return a p value; the bootstrap cannot tell those below a hundredth apart."""
    return "<0.01" if value < LEAST_P else f"{value:.2f}"


def _facts(fit: Fit) -> Table:
    rows = tuple((figure.name, shown(figure.value, figure), interval(figure)) for figure in fit.facts)
    return Table("What the data say by themselves", ("figure", "value", "95% interval"), rows)


def _candidates(fit: Fit) -> Table:
    """Return one row a model, the smallest AIC first."""
    order = sorted(fit.candidates, key=lambda own: math.inf if own.aic is None else own.aic)
    measured = [test for test in TESTS if any(t.name == test for own in order for t in own.tests)]
    implied = list(dict.fromkeys(figure.name for own in order for figure in own.figures))
    best = min((own.aic for own in order if own.aic is not None), default=0.0)
    columns = ["", "model", "free", "AIC", "BIC", *(f"p\n{test}" for test in measured), *implied, "remark"]
    rows = [_candidate(own, fit, measured, implied, best) for own in order]
    title = (
        "Models of bposim. AIC, BIC: above the smallest AIC; smaller is better. "
        "p: how often data of the model itself would lie as far from it"
    )
    return Table(title, tuple(columns), tuple(rows), left=2)


def _candidate(
    own: Candidate, fit: Fit, measured: list[str], implied: list[str], best: float
) -> tuple[str, ...]:
    tests = {test.name: test.p for test in own.tests}
    figures = {figure.name: figure for figure in own.figures}
    return (
        "*" if own.name == fit.chosen else "",
        own.name,
        str(own.free) if own.log_likelihood is not None else NOTHING,
        NOTHING if own.aic is None else f"{own.aic - best:.1f}",
        NOTHING if own.bic is None else f"{own.bic - best:.1f}",
        *(_p(tests[name]) if name in tests else NOTHING for name in measured),
        *(shown(figures[name].value, figures[name]) if name in figures else NOTHING for name in implied),
        own.flaw or ("proposed" if own.name == fit.chosen else ""),
    )


def _parameters(fit: Fit) -> Table:
    rows = []
    for own in fit.candidates:
        for place, figure in enumerate(own.parameters):
            name = own.name if place == 0 else ""
            rows.append((name, figure.name, shown(figure.value, figure), interval(figure)))
    title = "Parameters, under the names of a scenario"
    return Table(title, ("model", "parameter", "value", "95% interval"), tuple(rows), left=2)


def document(fit: Fit) -> dict[str, Any]:
    """Return the fit as plain values in a stable order."""
    return {
        "schema": SCHEMA,
        "kind": fit.kind,
        "file": fit.file,
        "read": list(fit.read),
        "facts": list(map(_figure, fit.facts)),
        "candidates": [
            {
                "name": own.name,
                "parameters": list(map(_figure, own.parameters)),
                "free": own.free,
                "count": own.count,
                "log_likelihood": finite(own.log_likelihood),
                "aic": finite(own.aic),
                "bic": finite(own.bic),
                "tests": [
                    {"name": test.name, "statistic": finite(test.statistic), "p": finite(test.p)}
                    for test in own.tests
                ],
                "figures": list(map(_figure, own.figures)),
                "usable": own.usable,
                "flaw": own.flaw,
                "yaml": fit.yaml(own.name) if own.usable else None,
            }
            for own in fit.candidates
        ],
        "proposed": fit.chosen,
        "why": fit.why,
        "warnings": list(fit.warnings),
        "yaml": fit.yaml(),
        "yaml_uncertain": fit.yaml(uncertain=True),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "value": finite(figure.value),
        "low": finite(figure.low),
        "high": finite(figure.high),
        "form": figure.form,
    }
