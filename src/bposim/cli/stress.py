"""``bposim stress``: the named stresses of a scenario beside the base case, in the same futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bposim.cli.again import source_again
from bposim.cli.source import source_argument
from bposim.cli.study import (
    CHOICE,
    Simulated,
    figure_text,
    heading,
    numbers_of,
    picture_option,
    save_pictures,
    study_options,
)
from bposim.cli.terminal import say, show, write
from bposim.cli.waiting import waiting
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bposim.report.pictures.files import Picture
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.studies.stress import Outcome

SCHEMA = "bposim.stress/1"
FIGURES = {
    "saving": "Mean saving",
    "change": "Change of the mean saving",
    "es95": "Mean saving in the 5% of futures that save least",
    "probability_positive": "P(saves)",
}

OF_EACH = ("cost", "saving", "change", "p5", "p95", "es95", "probability_positive", "adjusted")
"""Figures of each alternative in the JSON."""


@click.command()
@source_argument("origin", "SOURCE")
@picture_option
@study_options
def stress(  # noqa: PLR0913, PLR0917 - one argument an option
    origin: str,
    target: Path | None,
    trials: int,
    seed: int,
    threads: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Show what each stress of the scenario in SOURCE does to savings and choice.

    SOURCE is a scenario file, or the folder of a run. The stresses stand in the file, such as stresses:
    {peso-up: {fx: {PHP: {change: 20%, from_month: 2028-01}}}, attrition: {inputs: {manila.attrition: p95}}};
    `bposim schema` has all keys.
    """
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.studies.stress import UnfitStressError, stressed
    from bposim.studies.variants import Run

    source, seed = source_again(origin, overrides, without, seed)
    scenario = source.scenario
    if not scenario.stresses:
        message = (
            f"{origin} names no stress; add e.g. stresses: {{high-discount: {{set: {{discount_rate: 12%}}}}}}"
        )
        raise click.UsageError(message)
    try:
        with waiting(Run(trials, seed, threads)) as run:
            found = stressed(source, run)
    except UnfitStressError as error:
        raise click.UsageError(f"stresses.{error}") from None
    save_pictures(target, [lambda: _picture(found, Simulated(scenario, seed, trials))])
    if form == "json":
        write(
            json_text(
                {
                    **heading(SCHEMA, scenario, seed),
                    "stresses": [_content(outcome) for outcome in found],
                }
            )
        )
        return
    show(_tables(scenario, found))
    say(ERRORS)
    say(" ".join(_sentences(scenario, found)))
    say(f"Next: bposim sweep {origin} --vary PATH=LOW..HIGH:STEPS shows how far it would have to go.")


def _picture(found: Sequence[Outcome], origin: Simulated) -> Picture:
    from bposim.report.pictures.gallery import picture_of_stresses
    from bposim.report.pictures.stress import Stressed

    rows = [Stressed(o.name, o.condition, o.alternatives, o.order, o.close) for o in found]
    return picture_of_stresses(origin, rows)


def _content(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "condition": outcome.condition,
        "trials": outcome.trials,
        "order": list(outcome.order),
        "too_close": outcome.close,
        "alternatives": {
            name: {figure: numbers_of(getattr(under, figure)) for figure in OF_EACH}
            for name, under in outcome.alternatives.items()
        },
    }


def _tables(scenario: Scenario, found: Sequence[Outcome]) -> Iterator[Table]:
    from bposim.report.table import NOTHING, Table, printable, titled

    names = [name for name in scenario.alternatives if name != scenario.baseline]
    for figure, title in FIGURES.items():
        is_share = figure == "probability_positive"
        rows = [
            (
                printable(outcome.name),
                *(
                    NOTHING
                    if figure == "change" and outcome is found[0]
                    else figure_text(getattr(outcome.alternatives[name], figure), is_share=is_share)
                    for name in names
                ),
                titled(scenario, outcome.order[0]) + (" (close)" if outcome.close else ""),
            )
            for outcome in found
        ]
        unit = "" if is_share else f", {scenario.base_currency}"
        yield Table(
            f"{title}{unit}", ("stress", *(titled(scenario, name) for name in names), CHOICE), tuple(rows)
        )


def _sentences(scenario: Scenario, found: Sequence[Outcome]) -> Iterator[str]:
    from bposim.report.numbers import money
    from bposim.report.table import printable, titled

    base, *stresses = found
    best = base.order[0]
    shown = best if best != scenario.baseline else base.order[1]
    turned = [outcome for outcome in stresses if outcome.order[0] != best]
    if turned:
        told = [f"{printable(outcome.name)} ({titled(scenario, outcome.order[0])})" for outcome in turned]
        yield f"The choice by risk-adjusted value, {titled(scenario, best)}, turns under {listed(told)}."
    else:
        yield f"{titled(scenario, best)} stays the choice by risk-adjusted value under every stress."
    worst = min(stresses, key=lambda outcome: outcome.alternatives[shown].change.value)
    change = worst.alternatives[shown].change
    if change.value < 0:
        yield (
            f"The worst for {titled(scenario, shown)} is {printable(worst.name)}: it takes "
            f"{money(-change.value, scenario.base_currency, change.se)} of its mean saving."
        )
    conditions = [printable(outcome.name) for outcome in stresses if outcome.condition]
    if conditions:
        yield (
            f"{listed(conditions)}: those futures of the base in which it happens, with all that goes along; "
            "the others change one thing and leave the rest."
        )
