"""The sections of the page, in the order in which a board reads them, and the page itself."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from bposim.errors import RunError
from bposim.library.outside_view import with_outside_view
from bposim.report.changes_text import changes_sentences
from bposim.report.compare import compare
from bposim.report.compare import paragraph as comparison_paragraph
from bposim.report.compare import tables as comparison_tables
from bposim.report.diff import diff_lines
from bposim.report.document import document
from bposim.report.html.answer import Answer, answer
from bposim.report.html.assumptions import Assumption, assumptions, grades_used
from bposim.report.html.background import (
    commands,
    facts,
    limits,
    method,
    reconciliation,
    reconciliation_by_category,
)
from bposim.report.html.cash import cash_by_year
from bposim.report.html.charts import fan, frontier, losses, s_curves, savings, tail, tornado, waterfall
from bposim.report.html.figure import drawing
from bposim.report.html.status import Item, status
from bposim.report.numbers import MINUS
from bposim.report.pictures.page import CannotDrawError
from bposim.report.pictures.seen import Seen
from bposim.report.table import Table, budget_and_return, categories, outcomes, printable
from bposim.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bposim.analysis.summary import Summary
    from bposim.report.html.figure import Figure
    from bposim.report.since import RunChanges
    from bposim.result import AnyResult

MOST_BYTES = 2_000_000
"""A page is no larger, so that it can be mailed."""

_NEGATIVE = re.compile(r"(?<![\w.%])-(?=[\d.])")

HERE = resources.files("bposim.report.html")

LICENCES = (
    "This page draws its charts with Vega, Vega-Lite and vega-interpreter, copyright 2015-2023 University of "
    "Washington Interactive Data Lab, BSD-3-Clause, and with d3 inside them, copyright 2010-2026 Mike "
    "Bostock, ISC."
)


TITLES = {
    "savings": "What is saved",
    "s-curves": "What it costs",
    "fan": "When the money is back",
    "waterfall": "Where the difference comes from",
    "tornado": "What drives it",
    "losses": "What events cost",
    "tail": "What the worst futures are made of",
    "frontier": "How to split the work",
}
"""What the contents call each figure."""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since an earlier run: the result, then the assumptions."""

    result: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the page says."""

    title: str
    about: tuple[str, ...]
    """Below the title: purpose, months, currency."""
    answer: Answer
    status: tuple[Item, ...]
    figures: tuple[Figure, ...]
    undrawn: tuple[tuple[str, str], ...]
    """Figures that this run cannot give, and why."""
    tables: tuple[Table, ...]
    comparison: str
    assumptions: tuple[Assumption, ...]
    since: Since | None
    """What changed since an earlier run; None where none was given."""
    owner: str
    """Of all assumptions; empty where they have several."""
    grades: tuple[tuple[str, str, int], ...]
    method: tuple[str, ...]
    limits: tuple[str, ...]
    reconciliation: tuple[Table, ...]
    facts: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    result: dict[str, Any]
    """The run as ``bposim.result/1``."""


def story_of(
    result: AnyResult,
    summary: Summary,
    manifest: Mapping[str, Any] | None = None,
    since: RunChanges | None = None,
) -> Story:
    """Return what the page says of a run; ``manifest`` is that of a stored one.

    ``since`` is what changed from an earlier run to this one, as ``report.since.changes_since`` returns it.
    Of a streamed run the charts are of its first trials, and the page says so.
    """
    scenario = result.scenario
    summary = with_outside_view(scenario, summary)
    shown = summary.shown
    comparison = compare(result, summary)
    seen = _seen(result, shown.name)
    figures, undrawn = _figures(result, shown.name, seen)
    meta = scenario.meta
    about = [
        f"{scenario.months} months from {scenario.start}, present values in {scenario.base_currency}",
        f"{result.trials:,} simulated futures",
        *([f"purpose: {meta.purpose}"] if meta.purpose else []),
        *([f"owner: {meta.owner}"] if meta.owner else []),
        *([f"figures as of {meta.as_of}"] if meta.as_of else []),
    ]
    returns = budget_and_return(result, summary)
    stated = assumptions(scenario)
    owners = {each.owner for each in stated}
    return Story(
        title=printable(scenario.title),
        about=tuple(map(printable, about)),
        answer=answer(result, summary, seen),
        status=status(result, summary, comparison),
        figures=figures,
        undrawn=undrawn,
        tables=tuple(
            table
            for table in (
                outcomes(result, summary),
                returns,
                categories(result, summary),
                cash_by_year(result.first),
                *comparison_tables(comparison),
            )
            if table.rows
        ),
        comparison=comparison_paragraph(comparison),
        assumptions=tuple(stated),
        since=_since(since) if since else None,
        owner=owners.pop() if len(owners) == 1 else "",
        grades=tuple(grades_used(stated)),
        method=tuple(method(result, summary)),
        limits=tuple(limits(result)),
        reconciliation=(
            reconciliation(result, summary),
            reconciliation_by_category(result, summary, shown.name),
        ),
        facts=tuple(facts(result, manifest)),
        commands=tuple(commands(result, manifest)),
        result=document(result, summary),
    )


def _since(changes: RunChanges) -> Since:
    lines = (line.strip() for line in diff_lines(changes.found))
    return Since(tuple(changes_sentences(changes)), tuple(line for line in lines if line))


def page(story: Story) -> str:
    """Return the page: one HTML file that asks the network for nothing."""
    style, script = _text("style.css"), _script()
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    charts = {
        f"{figure.key}-{place}": panel.chart
        for figure in story.figures
        for place, panel in enumerate(figure.panels)
    }
    return _template().render(
        story=story,
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file, and the vendored ones
        charts=embedded(charts),
        result=embedded(story.result),
        version=metadata.version("bposim"),
        licences=LICENCES,
        titles=TITLES,
    )


def embedded(content: Mapping[str, Any]) -> Markup:
    """Return JSON for inside a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - escaped above


# ---------------------------------------------------------------- what can be drawn


def _figures(
    result: AnyResult, name: str, seen: Seen | None
) -> tuple[tuple[Figure, ...], tuple[tuple[str, str], ...]]:
    whole = result if isinstance(result, Result) else result.first
    drawn: list[Figure] = []
    undrawn: list[tuple[str, str]] = []
    for title, draw in _charts(whole, name, seen):
        try:
            with drawing():
                drawn.append(draw())
        except CannotDrawError as error:
            undrawn.append((title, printable(str(error))))
    return tuple(drawn), tuple(undrawn)


def _charts(whole: Result, name: str, seen: Seen | None) -> Iterator[tuple[str, Callable[[], Figure]]]:
    yield "Savings", lambda: savings.figure(whole)
    yield "Total costs", lambda: s_curves.figure(whole)
    yield "Saving by month", lambda: fan.figure(whole)
    yield "From the baseline's cost to each alternative's", lambda: waterfall.figure(whole)
    if seen is not None:
        yield "What drives it", lambda: tornado.figure(seen)
    yield "Event losses", lambda: losses.figure(whole.first, name)
    yield "What the worst futures are made of", lambda: tail.figure(whole.first, name)
    yield "Splitting the work", lambda: frontier.figure(whole)


def _seen(result: AnyResult, name: str) -> Seen | None:
    """Return the alternative with its drivers; None where nothing can be told of them."""
    try:
        seen = Seen(result.first, name)
        bars = seen.bars
    except (CannotDrawError, RunError):
        return None
    return seen if bars else None


# ---------------------------------------------------------------- the file


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """Return the drawing code and the page's own, as one script.

    vega-interpreter is published as a module only; a page without a server cannot load modules, so its two
    lines of import and export become plain ones.
    """
    interpreter = _without_map(_text("vendor/vega-interpreter.js"))
    imported = "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
    exported = "export { expression as expressionInterpreter };"
    for line in (imported, exported):
        assert interpreter.count(line) == 1, f"vega-interpreter has changed: {line}"  # noqa: S101 - vendored, and tested
    interpreter = interpreter.replace(
        imported, "const { ascending, isString, DisallowedObjectProperties } = vega;"
    )
    interpreter = interpreter.replace(
        exported, "window.vegaInterpreter = { expressionInterpreter: expression };"
    )
    parts = [
        f"/*! {LICENCES} */",
        _without_map(_text("vendor/vega.min.js")),
        _without_map(_text("vendor/vega-lite.min.js")),
        f"(() => {{\n{interpreter}\n}})();",
        _text("page.js"),
    ]
    script = "\n".join(parts)
    assert "</script" not in script.lower(), "the script would end where it says </script"  # noqa: S101
    assert "<!--" not in script, "a comment would begin inside the script"  # noqa: S101
    return script


def _without_map(text: str) -> str:
    """Return code without the line that sends a browser's tools to another file."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL"))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["heading"] = lambda text: " ".join(text.split())
    environment.filters["figure"] = with_minus
    environment.filters["dotted"] = _dotted
    return environment.from_string(_text("page.html.j2"))


def _dotted(name: str) -> Markup:
    """Return a name that may be broken behind its dots."""
    return Markup(".<wbr>").join(name.split("."))


def with_minus(text: str) -> str:
    """Return text whose negative numbers have the typographic minus sign; words and ranges stay."""
    return _NEGATIVE.sub(MINUS, text)
