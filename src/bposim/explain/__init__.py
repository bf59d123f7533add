"""Explanations: how a line comes about, what an input says, what a code or a figure means."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, TypeAlias

from bposim.errors import CODES
from bposim.explain.codes import CodeExplanation, explain_code
from bposim.explain.inputs import InputExplanation, candidates, explain_input
from bposim.explain.lines import LineExplanation, explain_line
from bposim.explain.metrics import WORDS, MetricExplanation, explain_metric
from bposim.explain.sources import numbers
from bposim.explain.twin import twin_of
from bposim.inputs.names import short_name

if TYPE_CHECKING:
    from bposim.explain.twin import Twin
    from bposim.scenario import Scenario

__all__ = [
    "CodeExplanation",
    "Explanation",
    "InputExplanation",
    "LineExplanation",
    "MetricExplanation",
    "UnknownWordError",
    "explain",
]

Explanation: TypeAlias = LineExplanation | InputExplanation | CodeExplanation | MetricExplanation

SUMS = ("total", "saving")
"""Lines of every alternative beside its categories."""

MOST = 6
"""So many meanings of an ambiguous word are listed."""


class UnknownWordError(LookupError):
    """The word means nothing here, or too much; the message says what could be meant."""


def explain(
    word: str,
    scenario: Scenario | None = None,
    alternative: str | None = None,
    at: float | None = None,
) -> list[Explanation]:
    """Return what a word means: one explanation, or one an alternative for a category without alternative.

    Lines go before inputs, and both before figures of the same name.  They are those of the base case, with
    ``at`` of that with every input at that quantile.  Raises UnknownWordError, ValueError unless 0 < at < 1.
    """
    code = word.upper()
    if code in CODES:
        return [explain_code(code)]
    if scenario is not None:
        found = _of_scenario(word, twin_of(scenario, at), alternative)
        if found:
            return found
    try:
        return [explain_metric(word, scenario.preferences if scenario else None)]
    except KeyError:
        raise UnknownWordError(_advice(word, scenario)) from None


def _of_scenario(word: str, twin: Twin, alternative: str | None) -> list[Explanation]:
    """Return the lines or the input that a word means; nothing if it means none."""
    if alternative is not None and alternative not in twin.entries:
        raise UnknownWordError(f"no alternative is called {alternative}; there are {', '.join(twin.entries)}")
    spelt = word.replace("-", "_").replace(" ", "_")
    lines: list[Explanation] = [
        explain_line(twin, name, category)
        for name in twin.entries
        if alternative in {None, name}
        for category in (*twin.categories(name), *SUMS)
        if word in {category, f"{name}.{category}"} or spelt == category
    ]
    if lines:
        return lines
    pattern = f"{alternative}.{word}" if alternative and not word.startswith(f"{alternative}.") else word
    written = numbers(twin.scenario)
    names = candidates(pattern, written) or candidates(word, written)
    if len(names) > MOST:
        raise UnknownWordError(
            f"{word} can mean {len(names)} inputs, such as {', '.join(map(short_name, names[:MOST]))}; "
            "write more of the path"
        )
    if len(names) > 1:
        meant = " or ".join(map(short_name, names))
        raise UnknownWordError(f"{word} can mean {meant}; write more of the path")
    return [explain_input(twin, name) for name in names]


def _advice(word: str, scenario: Scenario | None) -> str:
    """Say what may have been meant."""
    if re.fullmatch(r"bp\d*", word, re.IGNORECASE):
        begun = [code for code in CODES if code.startswith(word.upper())]
        near = begun or difflib.get_close_matches(word.upper(), CODES, n=3, cutoff=0.0)
        return f"there is no code {word.upper()}; did you mean {' or '.join(near)}?"
    known = {*CODES, *WORDS}
    if scenario is not None:
        twin = twin_of(scenario)
        for name in twin.entries:
            categories = (*twin.categories(name), *SUMS)
            known |= {*categories, *(f"{name}.{category}" for category in categories)}
        known |= {short_name(each.name) for each in numbers(scenario)}
    near = difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.5)
    if near:
        return f"nothing is called {word}; did you mean {' or '.join(near)}?"
    if scenario is None:
        return f"no code and no figure is called {word}; for a line or an input name a scenario FILE, too"
    names = ", ".join(scenario.alternatives)
    return (
        f"nothing is called {word}; write ALTERNATIVE.CATEGORY (alternatives: {names}; "
        "`bposim plan` lists the categories), the path of an input, a code or a figure"
    )
