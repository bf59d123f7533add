"""The sections of the page, in the order in which a board reads them, and the page itself."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from bposim.analysis.checks import checked
from bposim.library.outside_view import with_outside_view
from bposim.report.changes_text import changes_sentences
from bposim.report.compare import compare
from bposim.report.compare import paragraph as comparison_paragraph
from bposim.report.compare import tables as comparison_tables
from bposim.report.diff import diff_lines
from bposim.report.document import document
from bposim.report.grades import resting_on
from bposim.report.grades import sentences as grade_sentences
from bposim.report.html.advice import findings
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
from bposim.report.html.conditions import Conditions, conditions
from bposim.report.html.gallery import TITLES, figures_of, seen_of
from bposim.report.html.script import LICENCES, script_text, text_of
from bposim.report.html.status import Item, status
from bposim.report.numbers import MINUS
from bposim.report.people import NOTE as PEOPLE
from bposim.report.people import people_by_alternative
from bposim.report.table import Table, budget_and_return, categories, outcomes, printable, titled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.summary import Summary
    from bposim.report.html.figure import Figure
    from bposim.report.since import RunChanges
    from bposim.report.stored_worth import StoredWorth
    from bposim.result import AnyResult

MOST_BYTES = 2_000_000
"""A page is no larger, so that it can be mailed."""

_NEGATIVE = re.compile(r"(?<![\w.%])-(?=[\d.])")


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
    conditions: Conditions
    status: tuple[Item, ...]
    figures: tuple[Figure, ...]
    undrawn: tuple[tuple[str, str], ...]
    """Figures that this run cannot give, and why."""
    tables: tuple[tuple[Table, str], ...]
    """Each with a note on how to read it, or none."""
    comparison: str
    assumptions: tuple[Assumption, ...]
    since: Since | None
    """What changed since an earlier run; None where none was given."""
    owner: str
    """Of all assumptions; empty where they have several."""
    grades: tuple[tuple[str, str, int], ...]
    resting: tuple[str, ...]
    """How much of what is uncertain rests on which grades; none where it cannot be told."""
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
    worth: StoredWorth | None = None,
) -> Story:
    """Return what the page says of a run; ``manifest`` is that of a stored one.

    ``since`` is what changed from an earlier run to this one, as ``report.since.changes_since`` returns it,
    ``worth`` a study of clauses that was stored beside it.
    Of a streamed run the charts are of its first trials, and the page says so.
    """
    scenario = result.scenario
    summary = with_outside_view(scenario, summary)
    shown = summary.shown
    comparison = compare(result, summary)
    seen = seen_of(result, shown.name)
    found = findings(result, summary, seen)
    tested = checked(result, summary)
    resting = resting_on(found.seen) if found else None
    figures, undrawn = figures_of(result, shown.name, seen)
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
        answer=answer(result, summary, found),
        conditions=conditions(result, summary, found, tested, worth),
        status=status(result, summary, comparison, tested, resting),
        figures=figures,
        undrawn=undrawn,
        tables=tuple(
            (table, note)
            for table, note in (
                (outcomes(result, summary), ""),
                (returns, ""),
                (categories(result, summary), ""),
                *cash_by_year(result.first),
                (people_by_alternative(result.first), PEOPLE),
                *((table, "") for table in comparison_tables(comparison)),
            )
            if table.rows
        ),
        comparison=comparison_paragraph(comparison),
        assumptions=tuple(stated),
        since=_since(since) if since else None,
        owner=owners.pop() if len(owners) == 1 else "",
        grades=tuple(grades_used(stated)),
        resting=tuple(grade_sentences(resting, titled(result, shown.name))) if resting else (),
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
    style, script = text_of("style.css"), script_text()
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


# ---------------------------------------------------------------- the file


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["heading"] = lambda text: " ".join(text.split())
    environment.filters["figure"] = _figure
    environment.filters["dotted"] = _dotted
    return environment.from_string(text_of("page.html.j2"))


def _figure(text: str) -> str:
    """Return text whose amounts look like amounts, and have their errors on the same line."""
    return with_minus(text).replace("± ", "±\N{NO-BREAK SPACE}")


def _dotted(name: str) -> Markup:
    """Return a name that may be broken behind its dots."""
    return Markup(".<wbr>").join(name.split("."))


def with_minus(text: str) -> str:
    """Return text whose negative numbers have the typographic minus sign; words and ranges stay."""
    return _NEGATIVE.sub(MINUS, text)
