"""The checks of a scenario as a table and in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bposim.analysis.checks import FEWEST
from bposim.figures import figure_named
from bposim.report.estimate import share, share_decimals
from bposim.report.numbers import Scale
from bposim.report.table import NOTHING, Table, plus_minus, printable
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.checks import CheckOutcome
    from bposim.analysis.measures import Estimate
    from bposim.checks import Requirement

MOST_DECIMALS = 12
"""What is nearer to its bound than these show is written as usual."""

_WORDS = {"passed": "passed", "failed": "FAILED", "untold": "CANNOT TELL"}
"""Verdicts as the table has them; what ends a run with exit code 1 stands out without colour."""


def checks_table(outcomes: Sequence[CheckOutcome], currency: str) -> Table:
    """Return a row a check: what it requires, what was found, and whether it holds."""
    rows = [
        (printable(one.name), printable(one.required.text), found_text(one), verdict_text(one))
        for one in outcomes
    ]
    return Table(
        f"Checks of the scenario, amounts in {currency}",
        ("check", "requires", "found", ""),
        tuple(rows),
        left=4,
    )


def verdict_text(outcome: CheckOutcome) -> str:
    """Return the verdict in a word or two."""
    return _WORDS[outcome.verdict] + (", close" if outcome.close else "")


def found_text(outcome: CheckOutcome) -> str:
    """Return what the run found: "manila: 88.1 ± 0.2%", or the alternative that is recommended."""
    estimate = outcome.estimate
    if estimate is None:
        return f"{printable(outcome.alternative)} is recommended"
    whose = "" if outcome.required.alternative else f"{printable(outcome.alternative)}: "
    if estimate.se is None and estimate.low is None:
        return f"{whose}{estimate.note or NOTHING}"
    return whose + _apart(outcome.required, estimate)


def _apart(required: Requirement, estimate: Estimate) -> str:
    """Return an estimate with the digits that show on which side of its bound it is.

    11,996 is usually written 12.0k, which would not tell why ">= 12k" failed.
    """
    is_share = figure_named(required.figure).is_share
    usual, value = share(estimate) if is_share else plus_minus(estimate), estimate.value
    if estimate.se is None:
        return usual
    own = Scale(0.01, "%", share_decimals(estimate.se)) if is_share else Scale.of(value, estimate.se)
    for decimals in range(own.decimals, MOST_DECIMALS + 1):
        written = round(value, decimals - round(math.log10(own.divisor)))
        if required.holds(written) == required.holds(value):
            break
    else:
        return usual
    if decimals == own.decimals:
        return usual
    error = usual.partition(" ± ")[2]
    shown = replace(own, decimals=decimals).text(value)
    return f"{shown.removesuffix('%')} ± {error}" if error else shown


def checks_words(outcomes: Sequence[CheckOutcome]) -> str:
    """Return how the checks went in a sentence or two; empty where there are none."""
    if not outcomes:
        return ""
    missed = [one for one in outcomes if not one.passed]
    count = "1 check" if len(outcomes) == 1 else f"{len(outcomes)} checks"
    if missed:
        named = listed([f"{printable(one.name)} ({printable(one.required.text)})" for one in missed])
        said = [f"{len(missed)} of {count} not passed: {named}."]
    else:
        said = [f"{count} of the scenario passed."]
    if close := [printable(one.name) for one in outcomes if one.close]:
        said.append(f"Too close to tell: {listed(close)}; another seed may decide otherwise; simulate more.")
    if untold := [printable(one.name) for one in missed if one.verdict == "untold"]:
        trials = outcomes[0].trials
        count = "1 trial is" if trials == 1 else f"{trials:,} trials are"
        needed = f"; a check needs {FEWEST} at least" if trials < FEWEST else ""
        said.append(f"{count} too few for {listed(untold)}{needed}: what cannot be told is not passed.")
    return " ".join(said)
