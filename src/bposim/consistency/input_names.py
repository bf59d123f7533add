"""Whether correlations and studies name uncertain inputs, and whether they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding, Keys
from bposim.inputs.correlations import CorrelationError
from bposim.inputs.names import all_meant, closest
from bposim.world.fx_correlations import shock_dependence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.scenario import Scenario

MOST_CORRELATION_FINDINGS = 20
"""Reading the correlations stops here: each round looks at all of them."""


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield correlations and studies of inputs that there are not, or that cannot be."""
    yield from _correlations(scenario)
    yield from _studies(scenario)


def _correlations(scenario: Scenario) -> Iterator[Finding]:
    inputs, world = scenario.uncertain.names, scenario.world
    given = scenario.correlations
    yield from _impossible(
        given.pairs,
        ("correlations", "pairs"),
        lambda rows: given.model_copy(update={"pairs": rows}).dependence(inputs),
    )
    yield from _impossible(
        world.fx_correlations, ("world", "fx_correlations"), lambda rows: shock_dependence(rows, world.fx)
    )


def _studies(scenario: Scenario) -> Iterator[Finding]:
    """Look for studies of inputs that there are not, or of several inputs where one has to be meant."""
    inputs = scenario.uncertain.names if scenario.studies else ()
    for name, plan in scenario.studies.items():
        keys: Keys = ("studies", name, "looks_at")
        found: set[str] = set()
        for pattern in plan.looks_at:
            meant = all_meant(pattern, inputs)
            found.update(meant)
            if not meant:
                alike = closest(pattern, inputs)
                advice = f"did you mean {' or '.join(alike)}?" if alike else "`bposim plan FILE` lists them"
                # A warning: --set may have made the input certain, and a run does not need the study.
                yield Finding("BP302", keys, f"no uncertain input is called {pattern}", advice)
        if len(found) > 1 and plan.resolves is None:
            what = f"observations and checks are of one input; this names {len(found)}"
            yield Finding("BP111", keys, what, "name one of them, or say resolves: in place of the other way")


def _impossible(
    listed: list[list[str]], keys: Keys, check: Callable[[list[list[str]]], object]
) -> Iterator[Finding]:
    """Look at the list again without each row that was refused, so that every mistake is told at once."""
    rows = list(enumerate(listed))
    for _ in range(MOST_CORRELATION_FINDINGS):
        try:
            check([row for _, row in rows])
        except CorrelationError as error:
            what, _, remedy = str(error).partition("; ")
            if error.row is None:
                yield Finding("BP203", keys, what, remedy)
                return
            number, _ = rows.pop(error.row)
            yield Finding("BP203", (*keys, number), what, remedy)
        else:
            return
