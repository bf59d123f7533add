"""What a scenario says before anything is simulated: inputs, correlations and the deterministic base case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.analysis.summary import event_sizes
from bposim.inputs.draws import StreamDraws
from bposim.inputs.names import short_name
from bposim.library.outside_view import defaults_used
from bposim.report.document import finite
from bposim.report.numbers import Scale
from bposim.report.table import NOTHING, Table, printable, titled
from bposim.sample import units_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.inputs.distribution import Distribution
    from bposim.plain_names import PlainNames
    from bposim.result import BaseCase
    from bposim.scenario import Scenario

SCHEMA = "bposim.plan/1"

SAMPLE = 10_000
"""Draws from which the achieved correlations are taken; their error is at most 0.01."""

PERCENTILES = {"p5": 0.05, "p50": 0.50, "p95": 0.95}


def plan(scenario: Scenario, cases: Mapping[str, BaseCase], at: float | None = None) -> dict[str, Any]:
    """Return the plan as plain values for JSON; amounts in base currency, rates per year.

    ``cases`` is the base case by alternative; ``at`` the quantile of its inputs, None for their means.
    """
    units = dict(units_of(scenario, scenario.base_currency))
    return {
        "schema": SCHEMA,
        "scenario": {"title": scenario.title, "sha256": scenario.sha256},
        "start": scenario.start,
        "months": scenario.months,
        "currency": scenario.base_currency,
        "baseline": scenario.baseline,
        "inputs": [
            _described(entry.name, entry.distribution, scenario.annotations, units)
            for entry in scenario.uncertain.entries
        ],
        "event_sizes": [
            _described(path, size, scenario.annotations, units)
            for path, size in event_sizes(scenario).items()
        ],
        "copula": _copula(scenario),
        "correlations": _correlations(scenario),
        "base_case_at": "mean" if at is None else f"p{100 * at:g}",
        "base_case": _base_case(scenario, cases),
        "library_defaults": [default._asdict() for default in defaults_used(scenario)],
        "warnings": [str(complaint) for complaint in scenario.warnings],
    }


def plan_tables(content: Mapping[str, Any], called: PlainNames) -> list[Table]:
    """Return the tables of a plan, without those that would be empty; ``called`` are the names in it."""
    figures = ("mean", *PERCENTILES)
    tables = [
        Table(
            title,
            (f"{label},\nand its path", "kind", *map(str.upper, PERCENTILES), "mean", "source"),
            tuple(
                (
                    _named(called.input(row["path"]), row["unit"], row["name"]),
                    row["kind"],
                    *(
                        input_figure(row[figure], per_cent=row["per_cent"])
                        for figure in (*figures[1:], figures[0])
                    ),
                    printable(row["source"]),
                )
                for row in content[key]
            ),
            left=2,
        )
        for title, label, key in (
            ("Uncertain inputs, drawn once in each trial", "input", "inputs"),
            ("Event sizes, drawn anew for each event", "event size", "event_sizes"),
        )
    ]
    tables.append(
        Table(
            f"Rank correlations, asked and found in {SAMPLE:,} draws{_joined_by(content['copula'])}",
            ("input", "and", "asked", "found"),
            tuple(
                (
                    *(printable(called.input(path)) for path in row["paths"]),
                    f"{row['requested']:.2f}",
                    f"{row['achieved']:.2f}",
                )
                for row in content["correlations"]
            ),
            left=2,
        )
    )
    tables.append(
        Table(
            "Library defaults, weakest first (P publisher, S press, T trade, C computed, M assumed)",
            ("number", "in the library", "grade"),
            tuple(
                (printable(called.input(row["path"])), row["key"], row["grade"])
                for row in content["library_defaults"]
            ),
            left=3,
        )
    )
    tables.append(_base_case_table(content, called))
    return [table for table in tables if table.rows]


def _named(name: str, unit: str, path: str) -> str:
    """Return an input's plain name with its unit, and its path on a line of its own."""
    return f"{printable(', '.join(filter(None, (name, unit))))}\n{printable(path)}"


def _described(
    path: str,
    distribution: Distribution,
    annotations: Mapping[str, Mapping[str, str]],
    units: Mapping[int, str],
) -> dict[str, Any]:
    levels = np.array(list(PERCENTILES.values()))
    values = distribution.ppf(levels).tolist()
    return {
        "name": short_name(path),
        "path": path,
        "kind": distribution.kind,
        "per_cent": distribution.per_cent,
        "unit": units.get(id(distribution), ""),
        "mean": finite(distribution.mean),
        **{name: finite(value) for name, value in zip(PERCENTILES, values, strict=True)},
        "source": _nearest("source", path, annotations),
        "owner": _nearest("owner", path, annotations),
    }


def _nearest(key: str, path: str, annotations: Mapping[str, Mapping[str, str]]) -> str:
    """Return what is noted at a path, or at the closest mapping around it."""
    while path:
        if key in annotations.get(path, {}):
            return annotations[path][key]
        path = path.rpartition(".")[0]
    return ""


def _copula(scenario: Scenario) -> dict[str, float] | None:
    """Return the copula as the file has it; None for the Gaussian one."""
    chosen = scenario.correlations.copula
    return {"student_t": chosen.student_t} if chosen else None


def _joined_by(copula: Mapping[str, float] | None) -> str:
    return f"; Student-t copula, {copula['student_t']:g} degrees of freedom" if copula else ""


def _correlations(scenario: Scenario) -> list[dict[str, Any]]:
    pairs = scenario.dependence.pairs
    if not pairs:
        return []
    from scipy.stats import spearmanr

    values = scenario.uncertain.values(StreamDraws(1, 0, SAMPLE), scenario.dependence)
    drawn = {entry.name: value for entry, value in zip(scenario.uncertain.entries, values, strict=True)}
    return [
        {
            "inputs": [short_name(one), short_name(other)],
            "paths": [one, other],
            "requested": rank,
            "achieved": finite(float(spearmanr(drawn[one], drawn[other]).statistic)),
        }
        for one, other, rank in pairs
        if one in drawn and other in drawn
    ]


def _base_case(scenario: Scenario, cases: Mapping[str, BaseCase]) -> dict[str, Any]:
    total = {name: case.total for name, case in cases.items()}
    names = [scenario.baseline, *(name for name in cases if name != scenario.baseline)]
    return {
        name: {
            "total_cost": finite(total[name]),
            "saving": finite(total[scenario.baseline] - total[name]),
            "by_category": {category: finite(value) for category, value in cases[name].categories.items()},
        }
        for name in names
    }


def _base_case_table(content: Mapping[str, Any], called: PlainNames) -> Table:
    cases: Mapping[str, Mapping[str, Any]] = content["base_case"]
    own: list[Mapping[str, float]] = [case["by_category"] for case in cases.values()]
    sizes = {
        category: max(abs(amounts.get(category, 0.0)) for amounts in own)
        for amounts in own
        for category in amounts
    }
    scale = Scale.of(max(abs(case["total_cost"]) for case in cases.values()))
    # The base case has no error: it is read beside a spreadsheet, so it keeps more digits than a simulation.
    scale = Scale(scale.divisor, scale.suffix, 3)

    def row(label: str, values: list[float]) -> tuple[str, ...]:
        return (label, *(scale.text(value) if value else NOTHING for value in values))

    rows = [
        row(category.replace("_", " "), [amounts.get(category, 0.0) for amounts in own])
        for category in sorted(sizes, key=lambda name: (-sizes[name], name))
        if sizes[category] > 0.0
    ]
    rows.append(row("total", [case["total_cost"] for case in cases.values()]))
    rows.append(row("saving", [case["saving"] for case in cases.values()]))
    level = content["base_case_at"].replace("p", "P")
    title = (
        f"Base case, every input at its {level} and events at their expectation: "
        f"present value, {content['currency']}"
    )
    return Table(title, ("category", *(titled(called, name) for name in cases)), tuple(rows))


def input_figure(value: float | None, *, per_cent: bool) -> str:
    """Return an input of any unit to four digits, amounts from a thousand up in full, rates in per cent."""
    if value is None:
        return NOTHING
    if per_cent:
        return f"{100 * value:.3g}%"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"  # noqa: PLR2004
